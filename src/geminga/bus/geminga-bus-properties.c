/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-state-private.h"

/* The properties of an object are asked from its actor each time: nothing is kept that could be stale. */

/* Helpers */

static gboolean
is_root_call (GemingaBusCall *self)
{
  return g_str_equal (g_dbus_message_get_path (self->message), GEMINGA_BUS_ROOT_PATH);
}

static gboolean
is_standard (const char *interface)
{
  return g_str_equal (interface, GEMINGA_BUS_PROPERTIES) ||
         g_str_equal (interface, GEMINGA_BUS_INTROSPECTION) ||
         g_str_equal (interface, GEMINGA_BUS_MANAGER) ||
         g_str_equal (interface, "org.freedesktop.DBus.Peer");
}

static void
fail_unknown_interface (GemingaBusCall *self, const char *interface)
{
  geminga_bus_call_fail (self, GEMINGA_BUS_ERROR_ ("UnknownInterface"),
                         "Object %s has no interface “%s”", g_dbus_message_get_path (self->message),
                         interface);
}

static void
fail_unknown_property (GemingaBusCall *self, const char *interface, const char *property)
{
  geminga_bus_call_fail (self, GEMINGA_BUS_ERROR_ ("UnknownProperty"),
                         "Interface %s of object %s has no property “%s”", interface,
                         g_dbus_message_get_path (self->message), property);
}

/* An empty interface means any. */
static gboolean
find_property (GemingaBusCall *self, const char *interface, const char *property)
{
  for (guint i = 0; self->klass != NULL && i < self->klass->interfaces->len; i++)
    {
      GemingaBusInterface *candidate = g_ptr_array_index (self->klass->interfaces, i);

      if (*interface != '\0' && !g_str_equal (candidate->info->name, interface))
        continue;

      self->interface = candidate;
      self->property = geminga_bus_interface_find_property (candidate, property);
      if (self->property >= 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_log_control (GemingaBusCall *self, const char *interface)
{
  return is_root_call (self) && g_str_equal (interface, GEMINGA_BUS_LOG_CONTROL);
}

/* The a{sv} that GetProperties answers with, or NULL if it is something else. */
static GVariant *
finish_values (GObject *source, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, error);

  if (answer == NULL)
    return NULL;

  if (g_variant_is_of_type (answer, G_VARIANT_TYPE ("(a{sv})")))
    return g_variant_get_child_value (answer, 0);

  g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_FAILED, "The actor's properties are of type “%s”",
               g_variant_get_type_string (answer));

  return NULL;
}

/* Get */

static void
got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaBusCall) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) values = finish_values (source, result, &error);
  g_autoptr (GVariant) value = NULL;

  if (values == NULL)
    {
      geminga_bus_call_fail_error (self, error);
      return;
    }

  value = geminga_bus_interface_pick_property (self->interface, (guint) self->property, values);
  if (value != NULL)
    geminga_bus_call_return (self, g_variant_new ("(v)", value));
  else
    geminga_bus_call_fail (self, GEMINGA_BUS_ERROR_ ("Failed"),
                           "The actor does not tell its property “%s”",
                           self->interface->info->properties[self->property]->name);
}

static void
handle_get (GemingaBusCall *self)
{
  const char *interface;
  const char *property;
  GVariant *value;

  if (!geminga_bus_call_check_arguments (self, G_VARIANT_TYPE ("(ss)")))
    return;

  g_variant_get (self->arguments, "(&s&s)", &interface, &property);
  if (is_log_control (self, interface))
    {
      value = geminga_bus_log_control_get (self->bus, property);
      if (value != NULL)
        geminga_bus_call_return (self, g_variant_new ("(v)", value));
      else
        fail_unknown_property (self, interface, property);
    }
  else if (find_property (self, interface, property))
    geminga_bus_call_ask (self, "GetProperties", NULL, NULL, got_cb);
  else if (self->interface != NULL || is_standard (interface))
    fail_unknown_property (self, interface, property);
  else
    fail_unknown_interface (self, interface);
}

/* GetAll */

static void
add_all (GVariantDict *dict, GVariant *more)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (more);
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, sunk);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    if (!g_variant_dict_contains (dict, name))
      g_variant_dict_insert_value (dict, name, value);
}

/* Of all interfaces; the first one that has a name gets it. */
static GVariant *
merge_all (GemingaBusCall *self, GVariant *values)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  for (guint i = 0; i < self->klass->interfaces->len; i++)
    add_all (&dict, geminga_bus_interface_pick_properties (
                        g_ptr_array_index (self->klass->interfaces, i), values));
  if (is_root_call (self))
    add_all (&dict, geminga_bus_log_control_get_all (self->bus));

  return g_variant_dict_end (&dict);
}

static void
got_all_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaBusCall) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) values = finish_values (source, result, &error);

  if (values == NULL)
    geminga_bus_call_fail_error (self, error);
  else if (self->interface != NULL)
    geminga_bus_call_return (
        self, g_variant_new ("(@a{sv})",
                             geminga_bus_interface_pick_properties (self->interface, values)));
  else
    geminga_bus_call_return (self, g_variant_new ("(@a{sv})", merge_all (self, values)));
}

static void
handle_get_all (GemingaBusCall *self)
{
  const char *interface;

  if (!geminga_bus_call_check_arguments (self, G_VARIANT_TYPE ("(s)")))
    return;

  g_variant_get (self->arguments, "(&s)", &interface);
  if (is_log_control (self, interface) || (*interface == '\0' && self->klass == NULL))
    {
      geminga_bus_call_return (
          self, g_variant_new ("(@a{sv})", geminga_bus_log_control_get_all (self->bus)));
      return;
    }

  if (is_standard (interface))
    {
      geminga_bus_call_return (self, g_variant_new ("(a{sv})", NULL));
      return;
    }

  if (self->klass != NULL && *interface != '\0')
    self->interface = geminga_bus_class_find (self->klass, interface);
  if (self->klass != NULL && (*interface == '\0' || self->interface != NULL))
    geminga_bus_call_ask (self, "GetProperties", NULL, NULL, got_all_cb);
  else
    fail_unknown_interface (self, interface);
}

/* Set */

static void
set_log_control (GemingaBusCall *self, const char *property, GVariant *value)
{
  g_autoptr (GError) error = NULL;

  if (geminga_bus_log_control_set (self->bus, property, value, &error))
    geminga_bus_call_return (self, NULL);
  else
    geminga_bus_call_fail_error (self, error);
}

static void
handle_set (GemingaBusCall *self)
{
  const char *interface;
  const char *property;
  g_autoptr (GVariant) value = NULL;

  if (!geminga_bus_call_check_arguments (self, G_VARIANT_TYPE ("(ssv)")))
    return;

  g_variant_get (self->arguments, "(&s&sv)", &interface, &property, &value);
  if (is_log_control (self, interface))
    set_log_control (self, property, value);
  else if (find_property (self, interface, property))
    geminga_bus_call_fail (
        self, GEMINGA_BUS_ERROR_ ("PropertyReadOnly"),
        "Property “%s” cannot be set on the bus; what may change is changed with "
        "org.geminga1.Actor.SetConfig",
        property);
  else if (self->interface != NULL || is_standard (interface))
    fail_unknown_property (self, interface, property);
  else
    fail_unknown_interface (self, interface);
}

/* Private API */

void
geminga_bus_properties_handle (GemingaBusCall *self, const char *member)
{
  if (g_str_equal (member, "Get"))
    handle_get (self);
  else if (g_str_equal (member, "GetAll"))
    handle_get_all (self);
  else
    handle_set (self);
}
