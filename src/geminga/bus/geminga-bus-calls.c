/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-state-private.h"

#include "geminga-wire-private.h"

/* Helpers */

static gboolean
is_answer_wanted (GemingaBusCall *self)
{
  return !self->is_answered &&
         (g_dbus_message_get_flags (self->message) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) == 0;
}

static void
fail_literal (GemingaBusCall *self, const char *name, const char *text)
{
  g_autofree char *valid = NULL;
  g_autoptr (GDBusMessage) reply = NULL;

  if (!is_answer_wanted (self))
    return;

  self->is_answered = TRUE;
  valid = g_utf8_make_valid (text, -1);
  reply = g_dbus_message_new_method_error_literal (self->message, name, valid);
  geminga_bus_gate_send (self->gate, reply, NULL);
}

static GemingaBusCall *
call_new (GemingaBus *bus, GDBusMessage *message)
{
  GemingaBusCall *self = g_new0 (GemingaBusCall, 1);
  GVariant *body = g_dbus_message_get_body (message);

  self->ref_count = 1;
  self->bus = geminga_bus_ref (bus);
  self->gate = geminga_bus_gate_ref (bus->gate);
  self->message = g_object_ref (message);
  self->arguments = g_variant_ref_sink (body != NULL ? body : g_variant_new_tuple (NULL, 0));
  self->cancellable = g_cancellable_new ();

  return self;
}

static char *
describe_arguments (GemingaCommand *command)
{
  const char *const *names = geminga_command_get_argument_names (command);
  g_autofree char *joined = g_strjoinv (", ", (char **) names);
  g_autofree char *type = g_variant_type_dup_string (geminga_command_get_argument_type (command));

  return *joined != '\0' ? g_strdup_printf ("“%s” (%s)", type, joined) : g_strdup ("no arguments");
}

/* Answers */

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaBusCall) self = user_data;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_with_fds_finish (GEMINGA_ACTOR_REF (source), &fds, result, &error);

  if (answer == NULL)
    geminga_bus_call_fail_error (self, error);
  else if (!g_variant_is_of_type (answer, geminga_command_get_result_type (self->command)))
    geminga_bus_call_fail (
        self, GEMINGA_BUS_ERROR_ ("Failed"), "%s answered “%s” and not what its class declares",
        geminga_command_get_name (self->command), g_variant_get_type_string (answer));
  else
    geminga_bus_call_return_with_fds (self, answer, fds);
}

static void
unanswered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaBusCall) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  if (answer == NULL)
    g_debug ("Nobody waits for %s: %s", geminga_command_get_name (self->command), error->message);
}

/* Methods */

static void
tell (GemingaBusCall *self)
{
  GUnixFDList *fds = g_dbus_message_get_unix_fd_list (self->message);
  const char *name = geminga_command_get_name (self->command);

  /* Descriptors travel with asks only. */
  if (fds != NULL)
    geminga_bus_call_ask (self, name, self->arguments, fds, unanswered_cb);
  else
    geminga_actor_ref_tell (self->ref, name, self->arguments, NULL);
  geminga_bus_call_return (self, NULL);
}

static void
handle_method (GemingaBusCall *self)
{
  const GVariantType *type = geminga_command_get_argument_type (self->command);

  if (!g_variant_is_of_type (self->arguments, type))
    {
      g_autofree char *wanted = describe_arguments (self->command);

      geminga_bus_call_fail (self, GEMINGA_BUS_ERROR_ ("InvalidArgs"), "%s.%s takes %s, not “%s”",
                             self->interface->info->name, geminga_command_get_name (self->command),
                             wanted, g_variant_get_type_string (self->arguments));
      return;
    }

  if (!is_answer_wanted (self) ||
      (geminga_command_get_flags (self->command) & GEMINGA_COMMAND_FLAGS_NO_REPLY) != 0)
    tell (self);
  else
    geminga_bus_call_ask (self, geminga_command_get_name (self->command), self->arguments,
                          g_dbus_message_get_unix_fd_list (self->message), answered_cb);
}

/* A caller that does not name the interface gets the first that has the method. */
static gboolean
find_method (GemingaBusCall *self, const char *interface, const char *member)
{
  for (guint i = 0; self->klass != NULL && i < self->klass->interfaces->len; i++)
    {
      GemingaBusInterface *candidate = g_ptr_array_index (self->klass->interfaces, i);

      if (interface != NULL && !g_str_equal (candidate->info->name, interface))
        continue;

      self->interface = candidate;
      self->command = geminga_bus_interface_find_method (candidate, member);
      if (self->command != NULL)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_call_of (const char *interface, const char *expected)
{
  return interface == NULL || g_str_equal (interface, expected);
}

static void
handle_introspect (GemingaBusCall *self, GemingaBusNode *node, gboolean is_root)
{
  if (geminga_bus_call_check_arguments (self, G_VARIANT_TYPE_UNIT))
    {
      g_autofree char *xml = geminga_bus_introspect (node, is_root);

      geminga_bus_call_return (self, g_variant_new ("(s)", xml));
    }
}

static gboolean
handle_standard (GemingaBusCall *self,
                 GemingaBusNode *node,
                 gboolean is_root,
                 const char *interface,
                 const char *member)
{
  static const char *const property_methods[] = { "Get", "GetAll", "Set", NULL };

  if (is_call_of (interface, GEMINGA_BUS_INTROSPECTION) && g_str_equal (member, "Introspect"))
    {
      handle_introspect (self, node, is_root);
      return TRUE;
    }

  if ((self->klass != NULL || is_root) && is_call_of (interface, GEMINGA_BUS_PROPERTIES) &&
      g_strv_contains (property_methods, member))
    {
      geminga_bus_properties_handle (self, member);
      return TRUE;
    }

  if (is_root && is_call_of (interface, GEMINGA_BUS_MANAGER) &&
      g_str_equal (member, "GetManagedObjects"))
    {
      geminga_bus_manager_handle (self);
      return TRUE;
    }

  return FALSE;
}

static gboolean
has_interface (GemingaBusCall *self, gboolean is_root, const char *interface)
{
  if (g_str_equal (interface, GEMINGA_BUS_INTROSPECTION))
    return TRUE;
  if (g_str_equal (interface, GEMINGA_BUS_PROPERTIES))
    return is_root || self->klass != NULL;
  if (g_str_equal (interface, GEMINGA_BUS_MANAGER) ||
      g_str_equal (interface, GEMINGA_BUS_LOG_CONTROL))
    return is_root;

  return self->klass != NULL && geminga_bus_class_find (self->klass, interface) != NULL;
}

static void
handle_unknown (GemingaBusCall *self, gboolean is_root, const char *interface, const char *member)
{
  const char *path = g_dbus_message_get_path (self->message);

  if (interface == NULL)
    geminga_bus_call_fail (self, GEMINGA_BUS_ERROR_ ("UnknownMethod"),
                           "Object %s has no method “%s”", path, member);
  else if (has_interface (self, is_root, interface))
    geminga_bus_call_fail (self, GEMINGA_BUS_ERROR_ ("UnknownMethod"),
                           "Interface %s of object %s has no method “%s”", interface, path, member);
  else
    geminga_bus_call_fail (self, GEMINGA_BUS_ERROR_ ("UnknownInterface"),
                           "Object %s has no interface “%s”", path, interface);
}

/* Private API */

void
geminga_bus_handle_message (GDBusMessage *message, gpointer bus)
{
  GemingaBus *self = bus;
  g_autoptr (GemingaBusCall) call = call_new (self, message);
  const char *path = g_dbus_message_get_path (message);
  const char *interface = g_dbus_message_get_interface (message);
  const char *member = g_dbus_message_get_member (message);
  GemingaBusNode *node = geminga_bus_tree_lookup (self->tree, path);
  gboolean is_root = g_str_equal (path, GEMINGA_BUS_ROOT_PATH);

  if (node == NULL)
    {
      geminga_bus_call_fail (call, GEMINGA_BUS_ERROR_ ("UnknownObject"), "There is no object %s",
                             path);
      return;
    }

  if (node->klass != NULL)
    {
      call->klass = geminga_bus_class_ref (node->klass);
      call->ref = g_object_ref (node->ref);
    }

  if (find_method (call, interface, member))
    handle_method (call);
  else if (!handle_standard (call, node, is_root, interface, member))
    handle_unknown (call, is_root, interface, member);
}

GemingaBusCall *
geminga_bus_call_ref (GemingaBusCall *self)
{
  self->ref_count++;

  return self;
}

void
geminga_bus_call_unref (GemingaBusCall *self)
{
  if (--self->ref_count > 0)
    return;

  geminga_bus_callers_remove (self->bus, self);
  geminga_bus_connection_check_age (self->bus);
  g_clear_pointer (&self->klass, geminga_bus_class_unref);
  g_clear_object (&self->ref);
  g_object_unref (self->cancellable);
  g_variant_unref (self->arguments);
  g_object_unref (self->message);
  geminga_bus_gate_unref (self->gate);
  geminga_bus_unref (self->bus);
  g_free (self);
}

void
geminga_bus_call_return (GemingaBusCall *self, GVariant *body)
{
  geminga_bus_call_return_with_fds (self, body, NULL);
}

void
geminga_bus_call_return_with_fds (GemingaBusCall *self, GVariant *body, GUnixFDList *fds)
{
  g_autoptr (GVariant) sunk =
      g_variant_ref_sink (body != NULL ? body : g_variant_new_tuple (NULL, 0));
  g_autoptr (GDBusMessage) reply = NULL;
  g_autoptr (GError) error = NULL;

  if (!is_answer_wanted (self))
    return;

  reply = g_dbus_message_new_method_reply (self->message);
  g_dbus_message_set_body (reply, sunk);
  if (fds != NULL)
    g_dbus_message_set_unix_fd_list (reply, fds);
  if (geminga_bus_gate_send (self->gate, reply, &error))
    self->is_answered = TRUE;
  else
    geminga_bus_call_fail (self,
                           g_error_matches (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE)
                               ? GEMINGA_BUS_ERROR_ ("LimitsExceeded")
                               : GEMINGA_BUS_ERROR_ ("Failed"),
                           "The answer cannot be sent over D-Bus: %s", error->message);
}

void
geminga_bus_call_fail (GemingaBusCall *self, const char *name, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  fail_literal (self, name, text);
}

void
geminga_bus_call_fail_error (GemingaBusCall *self, const GError *error)
{
  g_autofree char *name = g_dbus_error_is_remote_error (error)
                              ? g_dbus_error_get_remote_error (error)
                              : geminga_wire_error_to_name (error);
  g_autoptr (GError) stripped = g_error_copy (error);

  g_dbus_error_strip_remote_error (stripped);
  fail_literal (self, name, stripped->message);
}

gboolean
geminga_bus_call_check_arguments (GemingaBusCall *self, const GVariantType *type)
{
  g_autofree char *text = NULL;

  if (g_variant_is_of_type (self->arguments, type))
    return TRUE;

  text = g_variant_type_dup_string (type);
  geminga_bus_call_fail (self, GEMINGA_BUS_ERROR_ ("InvalidArgs"), "%s takes “%s”, not “%s”",
                         g_dbus_message_get_member (self->message), text,
                         g_variant_get_type_string (self->arguments));

  return FALSE;
}

void
geminga_bus_call_ask (GemingaBusCall *self,
                      const char *command,
                      GVariant *arguments,
                      GUnixFDList *fds,
                      GAsyncReadyCallback callback)
{
  geminga_bus_callers_add (self->bus, self);
  geminga_actor_ref_ask_with_fds_async (self->ref, command, arguments, fds,
                                        GEMINGA_BUS_CALL_TIMEOUT, self->cancellable, callback,
                                        geminga_bus_call_ref (self));
}
