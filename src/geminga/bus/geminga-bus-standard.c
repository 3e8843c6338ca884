/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-standard-private.h"

#include <string.h>

#include "geminga-actor-ref-private.h"
#include "geminga-bus-state-private.h"

#define PEER "org.freedesktop.DBus.Peer"

/* A question about the properties of an actor. */
typedef struct
{
  GemingaAsk *ask;                /* (owned) */
  GemingaBusClass *klass;         /* (owned): of the actor */
  GemingaBusInterface *interface; /* (nullable): of klass; NULL: all of them */
  int property;                   /* index in interface; -1: all of them */
} Question;

/* Helpers */

static void
question_free (Question *self)
{
  geminga_ask_unref (self->ask);
  geminga_bus_class_unref (self->klass);
  g_free (self);
}

static void
answer (GemingaAsk *ask, GVariant *result)
{
  geminga_ask_answer (ask, g_variant_ref_sink (result), NULL, NULL);
}

static void fail (GemingaAsk *ask, int code, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
fail (GemingaAsk *ask, int code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  geminga_ask_answer (ask, NULL, NULL, g_error_new_valist (G_DBUS_ERROR, code, format, args));
  va_end (args);
}

/* (nullable) */
static GemingaTarget *
find_actor (GemingaSystem *system, const char *path)
{
  g_autofree char *id = NULL;
  guint32 node;

  if (!geminga_target_parse_path (path, &node, &id) || node != geminga_system_get_node (system))
    return NULL;

  return geminga_system_lookup (system, id);
}

/* Introspectable: what is below a path, which is the actors' prefix, or part of it. */

static GPtrArray *
list_below (GemingaSystem *system, const char *path)
{
  g_autofree char *prefix =
      g_strdup_printf (GEMINGA_TARGET_PATH_PREFIX "%u", geminga_system_get_node (system));
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  gsize length = g_str_equal (path, "/") ? 0 : strlen (path);

  if (g_str_equal (path, prefix))
    {
      g_auto (GStrv) ids = geminga_system_list_actors (system);

      for (gsize i = 0; ids[i] != NULL; i++)
        g_ptr_array_add (names, geminga_target_escape (ids[i]));
    }
  else if (strncmp (prefix, path, length) == 0 && prefix[length] == '/')
    {
      const char *name = prefix + length + 1;

      g_ptr_array_add (names, g_strndup (name, strcspn (name, "/")));
    }

  return names;
}

static void
introspect (GemingaSystem *system, const GemingaLinkCall *call, GemingaTarget *actor)
{
  g_autoptr (GPtrArray) below = list_below (system, call->path);
  g_autoptr (GemingaBusClass) klass = actor != NULL ? geminga_bus_class_new (actor->type) : NULL;
  g_autofree char *xml = NULL;

  if (actor == NULL && below->len == 0)
    {
      fail (call->ask, G_DBUS_ERROR_UNKNOWN_OBJECT, "There is no object %s", call->path);
      return;
    }

  xml = geminga_bus_write_xml (klass, FALSE, below);
  answer (call->ask, g_variant_new ("(s)", xml));
}

/* Properties */

static void
answer_question (Question *self, GVariant *values)
{
  GVariant *value;

  if (self->interface == NULL)
    {
      g_auto (GVariantDict) all = G_VARIANT_DICT_INIT (NULL);

      for (guint i = 0; i < self->klass->interfaces->len; i++)
        {
          g_autoptr (GVariant) some = g_variant_ref_sink (geminga_bus_interface_pick_properties (
              g_ptr_array_index (self->klass->interfaces, i), values));
          GVariantIter iter;
          const char *name;

          g_variant_iter_init (&iter, some);
          while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
            g_variant_dict_insert_value (&all, name, value);
        }
      answer (self->ask, g_variant_new ("(@a{sv})", g_variant_dict_end (&all)));
      return;
    }
  if (self->property < 0)
    {
      answer (self->ask, g_variant_new ("(@a{sv})", geminga_bus_interface_pick_properties (
                                                        self->interface, values)));
      return;
    }

  value = geminga_bus_interface_pick_property (self->interface, (guint) self->property, values);
  if (value == NULL)
    {
      fail (self->ask, G_DBUS_ERROR_FAILED, "The actor does not tell its property “%s”",
            self->interface->info->properties[self->property]->name);
      return;
    }

  answer (self->ask, g_variant_new ("(v)", value));
  g_variant_unref (value);
}

static void
told_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *self = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) values = NULL;
  g_autoptr (GVariant) told =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  if (told == NULL)
    {
      geminga_ask_answer (self->ask, NULL, NULL, error);
    }
  else if (g_variant_is_of_type (told, G_VARIANT_TYPE ("(a{sv})")))
    {
      values = g_variant_get_child_value (told, 0);
      answer_question (self, values);
    }
  else
    {
      fail (self->ask, G_DBUS_ERROR_FAILED, "The actor's properties are of type “%s”",
            g_variant_get_type_string (told));
    }
  question_free (self);
}

/* Takes the class. */
static void
ask_properties (const GemingaLinkCall *call,
                GemingaTarget *actor,
                GemingaBusClass *klass,
                GemingaBusInterface *interface,
                int property)
{
  g_autoptr (GemingaActorRef) ref = geminga_actor_ref_new (actor);
  Question *question = g_new0 (Question, 1);

  question->ask = geminga_ask_ref (call->ask);
  question->klass = klass;
  question->interface = interface;
  question->property = property;
  geminga_actor_ref_ask_async (ref, "GetProperties", NULL, -1, NULL, told_cb, question);
}

static void
handle_properties (const GemingaLinkCall *call, GemingaTarget *actor)
{
  g_autoptr (GemingaBusClass) klass = geminga_bus_class_new (actor->type);
  gboolean is_all = g_str_equal (call->member, "GetAll");
  GemingaBusInterface *interface;
  const char *interface_name;
  const char *name = "";
  int property = -1;

  if (is_all)
    g_variant_get (call->arguments, "(&s)", &interface_name);
  else
    g_variant_get_child (call->arguments, 0, "&s", &interface_name);
  if (!is_all)
    g_variant_get_child (call->arguments, 1, "&s", &name);

  interface = geminga_bus_class_find (klass, interface_name);
  if (interface == NULL && (!is_all || *interface_name != '\0'))
    {
      fail (call->ask, G_DBUS_ERROR_UNKNOWN_INTERFACE, "Object %s has no interface “%s”",
            call->path, interface_name);
      return;
    }

  if (!is_all)
    property = geminga_bus_interface_find_property (interface, name);
  if (!is_all && property < 0)
    fail (call->ask, G_DBUS_ERROR_UNKNOWN_PROPERTY,
          "Interface %s of object %s has no property “%s”", interface_name, call->path, name);
  else if (g_str_equal (call->member, "Set"))
    fail (call->ask, G_DBUS_ERROR_PROPERTY_READ_ONLY,
          "Property “%s” cannot be set; what may change is changed with "
          "org.geminga1.Actor.SetConfig",
          name);
  else
    ask_properties (call, actor, g_steal_pointer (&klass), interface, property);
}

/* Peer: of the process, whatever the path */

static void
tell_machine_id (const GemingaLinkCall *call)
{
  static const char *const files[] = { "/etc/machine-id", "/var/lib/dbus/machine-id" };

  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *id = NULL;

      g_clear_error (&error);
      if (g_file_get_contents (files[i], &id, NULL, &error) && g_utf8_validate (id, -1, NULL))
        {
          answer (call->ask, g_variant_new ("(s)", g_strstrip (id)));
          return;
        }
    }

  /* The process may be in a sandbox. */
  fail (call->ask, G_DBUS_ERROR_FAILED, "The id of this machine cannot be told: %s",
        error != NULL ? error->message : "it is no text");
}

/* Private API */

gboolean
geminga_bus_answer_standard (GemingaSystem *system, const GemingaLinkCall *call)
{
  static const struct
  {
    const char *interface;
    const char *member;
    const char *type;
  } methods[] = {
    { GEMINGA_BUS_INTROSPECTION, "Introspect", "()" },
    { GEMINGA_BUS_PROPERTIES, "Get", "(ss)" },
    { GEMINGA_BUS_PROPERTIES, "GetAll", "(s)" },
    { GEMINGA_BUS_PROPERTIES, "Set", "(ssv)" },
    { PEER, "Ping", "()" },
    { PEER, "GetMachineId", "()" },
  };
  g_autoptr (GemingaTarget) actor = find_actor (system, call->path);
  guint i = 0;

  while (i < G_N_ELEMENTS (methods) &&
         (!g_str_equal (call->interface, methods[i].interface) ||
          !g_str_equal (call->member, methods[i].member) ||
          !g_variant_is_of_type (call->arguments, G_VARIANT_TYPE (methods[i].type))))
    i++;
  if (i == G_N_ELEMENTS (methods))
    return FALSE;

  if (g_str_equal (call->interface, GEMINGA_BUS_INTROSPECTION))
    introspect (system, call, actor);
  else if (g_str_equal (call->member, "Ping"))
    answer (call->ask, g_variant_new_tuple (NULL, 0));
  else if (g_str_equal (call->member, "GetMachineId"))
    tell_machine_id (call);
  else if (actor != NULL)
    handle_properties (call, actor);
  else
    fail (call->ask, G_DBUS_ERROR_UNKNOWN_OBJECT, "There is no actor %s", call->path);

  return TRUE;
}
