/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-introspection-private.h"

#include "geminga-actor-config-private.h"
#include "geminga-actor.h"
#include "geminga-bus-value-private.h"
#include "geminga-interface-private.h"

#define DOC_STRING "org.gtk.GDBus.DocString"

/* Helpers: annotations */

static GDBusAnnotationInfo *
annotation_new (const char *key, const char *value)
{
  GDBusAnnotationInfo *info = g_new0 (GDBusAnnotationInfo, 1);

  info->ref_count = 1;
  info->key = g_strdup (key);
  info->value = g_strdup (value);

  return info;
}

static GDBusAnnotationInfo **
steal_infos (GPtrArray *array)
{
  g_ptr_array_add (array, NULL);

  return (GDBusAnnotationInfo **) g_ptr_array_free (array, FALSE);
}

static GDBusAnnotationInfo **
annotations_of_command (GemingaCommand *command)
{
  GPtrArray *list = g_ptr_array_new ();
  const char *documentation = geminga_command_get_documentation (command);
  GemingaCommandFlags flags = geminga_command_get_flags (command);

  if (*documentation != '\0')
    g_ptr_array_add (list, annotation_new (DOC_STRING, documentation));
  if ((flags & GEMINGA_COMMAND_FLAGS_DEPRECATED) != 0)
    g_ptr_array_add (list, annotation_new ("org.freedesktop.DBus.Deprecated", "true"));
  if ((flags & GEMINGA_COMMAND_FLAGS_NO_REPLY) != 0)
    g_ptr_array_add (list, annotation_new ("org.freedesktop.DBus.Method.NoReply", "true"));

  return steal_infos (list);
}

/* What is fixed when the actor is made never changes; everything else is told when it does. */
static GDBusAnnotationInfo **
annotations_of_property (GParamSpec *pspec)
{
  GPtrArray *list = g_ptr_array_new ();
  const char *blurb = g_param_spec_get_blurb (pspec);

  if (blurb != NULL && *blurb != '\0')
    g_ptr_array_add (list, annotation_new (DOC_STRING, blurb));
  if ((pspec->flags & G_PARAM_DEPRECATED) != 0)
    g_ptr_array_add (list, annotation_new ("org.freedesktop.DBus.Deprecated", "true"));
  if ((pspec->flags & G_PARAM_CONSTRUCT_ONLY) != 0 || pspec->owner_type == GEMINGA_TYPE_ACTOR)
    g_ptr_array_add (list,
                     annotation_new ("org.freedesktop.DBus.Property.EmitsChangedSignal", "const"));

  return steal_infos (list);
}

/* Helpers: members */

static GDBusArgInfo **
arguments_new (const GVariantType *type, const char *const *names)
{
  GPtrArray *list = g_ptr_array_new ();
  const GVariantType *item = g_variant_type_first (type);

  for (guint i = 0; item != NULL; i++, item = g_variant_type_next (item))
    {
      GDBusArgInfo *info = g_new0 (GDBusArgInfo, 1);

      info->ref_count = 1;
      info->name = g_strdup (names[i]);
      info->signature = g_variant_type_dup_string (item);
      g_ptr_array_add (list, info);
    }
  g_ptr_array_add (list, NULL);

  return (GDBusArgInfo **) g_ptr_array_free (list, FALSE);
}

static GDBusMethodInfo *
method_new (GemingaCommand *command)
{
  GDBusMethodInfo *info = g_new0 (GDBusMethodInfo, 1);
  gboolean is_answered =
      (geminga_command_get_flags (command) & GEMINGA_COMMAND_FLAGS_NO_REPLY) == 0;

  info->ref_count = 1;
  info->name = g_strdup (geminga_command_get_name (command));
  info->in_args = arguments_new (geminga_command_get_argument_type (command),
                                 geminga_command_get_argument_names (command));
  if (is_answered)
    info->out_args = arguments_new (geminga_command_get_result_type (command),
                                    geminga_command_get_result_names (command));
  info->annotations = annotations_of_command (command);

  return info;
}

static GDBusSignalInfo *
signal_new (GemingaCommand *event)
{
  GDBusSignalInfo *info = g_new0 (GDBusSignalInfo, 1);

  info->ref_count = 1;
  info->name = g_strdup (geminga_command_get_name (event));
  info->args = arguments_new (geminga_command_get_argument_type (event),
                              geminga_command_get_argument_names (event));
  info->annotations = annotations_of_command (event);

  return info;
}

static GDBusPropertyInfo *
property_new (GParamSpec *pspec)
{
  GDBusPropertyInfo *info = g_new0 (GDBusPropertyInfo, 1);

  info->ref_count = 1;
  info->name = geminga_interface_member_name (pspec->name);
  info->signature = g_variant_type_dup_string (geminga_property_get_variant_type (pspec));
  info->flags = G_DBUS_PROPERTY_INFO_FLAGS_READABLE;
  info->annotations = annotations_of_property (pspec);

  return info;
}

static gboolean
is_public (GemingaCommand *command)
{
  return (geminga_command_get_flags (command) & GEMINGA_COMMAND_FLAGS_PRIVATE) == 0;
}

static GDBusMethodInfo **
methods_new (GemingaInterface *source)
{
  g_autoptr (GPtrArray) commands = geminga_interface_list_commands (source);
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < commands->len; i++)
    if (is_public (g_ptr_array_index (commands, i)))
      g_ptr_array_add (list, method_new (g_ptr_array_index (commands, i)));
  g_ptr_array_add (list, NULL);

  return (GDBusMethodInfo **) g_ptr_array_free (list, FALSE);
}

static GDBusSignalInfo **
signals_new (GemingaInterface *source)
{
  g_autoptr (GPtrArray) events = geminga_interface_list_events (source);
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < events->len; i++)
    if (is_public (g_ptr_array_index (events, i)))
      g_ptr_array_add (list, signal_new (g_ptr_array_index (events, i)));
  g_ptr_array_add (list, NULL);

  return (GDBusSignalInfo **) g_ptr_array_free (list, FALSE);
}

/* Helpers: interfaces */

/*
 * Those that the class itself declared, readable, with a D-Bus type. What can be set of every actor, such
 * as "trap-exits", is its own affair.
 */
static GPtrArray *
list_properties (GObjectClass *klass, GemingaInterface *source)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) g_param_spec_unref);
  guint n_properties;
  g_autofree GParamSpec **properties = g_object_class_list_properties (klass, &n_properties);

  for (guint i = 0; i < n_properties; i++)
    if ((properties[i]->flags & G_PARAM_READABLE) != 0 &&
        (properties[i]->owner_type != GEMINGA_TYPE_ACTOR ||
         (properties[i]->flags & G_PARAM_WRITABLE) == 0) &&
        geminga_interface_peek_for_type (properties[i]->owner_type) == source &&
        geminga_property_get_variant_type (properties[i]) != NULL)
      g_ptr_array_add (list, g_param_spec_ref (properties[i]));

  return list;
}

static GemingaBusInterface *
interface_new (GObjectClass *klass, GemingaInterface *source)
{
  GemingaBusInterface *self = g_new0 (GemingaBusInterface, 1);
  GPtrArray *properties = g_ptr_array_new ();

  self->source = geminga_interface_ref (source);
  self->properties = list_properties (klass, source);
  for (guint i = 0; i < self->properties->len; i++)
    g_ptr_array_add (properties, property_new (g_ptr_array_index (self->properties, i)));
  g_ptr_array_add (properties, NULL);

  self->info = g_new0 (GDBusInterfaceInfo, 1);
  self->info->ref_count = 1;
  self->info->name = g_strdup (geminga_interface_get_name (source));
  self->info->methods = methods_new (source);
  self->info->signals = signals_new (source);
  self->info->properties = (GDBusPropertyInfo **) g_ptr_array_free (properties, FALSE);

  return self;
}

static void
interface_free (GemingaBusInterface *self)
{
  g_dbus_interface_info_unref (self->info);
  geminga_interface_unref (self->source);
  g_ptr_array_unref (self->properties);
  g_free (self);
}

/* Private API */

GemingaBusClass *
geminga_bus_class_new (GType type)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (type);
  g_autoptr (GPtrArray) sources = geminga_actor_class_list_interfaces (GEMINGA_ACTOR_CLASS (klass));
  GemingaBusClass *self = g_new0 (GemingaBusClass, 1);

  self->ref_count = 1;
  self->type = type;
  self->interfaces = g_ptr_array_new_with_free_func ((GDestroyNotify) interface_free);
  for (guint i = 0; i < sources->len; i++)
    g_ptr_array_add (self->interfaces,
                     interface_new (G_OBJECT_CLASS (klass), g_ptr_array_index (sources, i)));

  return self;
}

GemingaBusClass *
geminga_bus_class_ref (GemingaBusClass *self)
{
  self->ref_count++;

  return self;
}

void
geminga_bus_class_unref (GemingaBusClass *self)
{
  if (--self->ref_count > 0)
    return;

  g_ptr_array_unref (self->interfaces);
  g_free (self);
}

GemingaBusInterface *
geminga_bus_class_find (GemingaBusClass *self, const char *interface)
{
  for (guint i = 0; i < self->interfaces->len; i++)
    {
      GemingaBusInterface *candidate = g_ptr_array_index (self->interfaces, i);

      if (g_str_equal (candidate->info->name, interface))
        return candidate;
    }

  return NULL;
}

GemingaCommand *
geminga_bus_interface_find_method (GemingaBusInterface *self, const char *member)
{
  GemingaCommand *command = geminga_interface_lookup_command (self->source, member);

  return command != NULL && is_public (command) ? command : NULL;
}

gboolean
geminga_bus_class_is_private_event (GemingaBusClass *self,
                                    const char *interface,
                                    const char *member)
{
  GemingaBusInterface *found = geminga_bus_class_find (self, interface);
  GemingaCommand *event =
      found != NULL ? geminga_interface_lookup_event (found->source, member) : NULL;

  return event != NULL && !is_public (event);
}

int
geminga_bus_interface_find_property (GemingaBusInterface *self, const char *name)
{
  for (guint i = 0; i < self->properties->len; i++)
    if (g_str_equal (self->info->properties[i]->name, name))
      return (int) i;

  return -1;
}

GVariant *
geminga_bus_interface_pick_property (GemingaBusInterface *self, guint index, GVariant *values)
{
  GParamSpec *pspec = g_ptr_array_index (self->properties, index);
  const GVariantType *type = geminga_property_get_variant_type (pspec);
  g_autoptr (GVariant) value = g_variant_lookup_value (values, pspec->name, type);

  /* One that is not legal would spoil all others in the same message. */
  if (value != NULL && g_variant_type_equal (type, G_VARIANT_TYPE_VARIANT) &&
      !geminga_bus_is_legal (value))
    return NULL;

  return g_steal_pointer (&value);
}

GVariant *
geminga_bus_interface_pick_properties (GemingaBusInterface *self, GVariant *values)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; values != NULL && i < self->properties->len; i++)
    {
      g_autoptr (GVariant) value = geminga_bus_interface_pick_property (self, i, values);

      if (value != NULL)
        g_variant_builder_add (&builder, "{sv}", self->info->properties[i]->name, value);
    }

  return g_variant_builder_end (&builder);
}

GVariant *
geminga_bus_class_pick_properties (GemingaBusClass *self, GVariant *values)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sa{sv}}"));
  for (guint i = 0; i < self->interfaces->len; i++)
    {
      GemingaBusInterface *interface = g_ptr_array_index (self->interfaces, i);

      g_variant_builder_add (&builder, "{s@a{sv}}", interface->info->name,
                             geminga_bus_interface_pick_properties (interface, values));
    }

  return g_variant_builder_end (&builder);
}

GVariant *
geminga_bus_class_list_names (GemingaBusClass *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < self->interfaces->len; i++)
    {
      GemingaBusInterface *interface = g_ptr_array_index (self->interfaces, i);

      g_variant_builder_add (&builder, "s", interface->info->name);
    }

  return g_variant_builder_end (&builder);
}
