/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-wire-private.h"

#include <string.h>

#define MAX_NAME 255

const GemingaWireLimits geminga_wire_limits_default = {
  .max_message = (gsize) 128 * 1024 * 1024,
  .max_header = (gsize) 64 * 1024,
  .max_array = (gsize) 64 * 1024 * 1024,
  .max_depth = 64,
  .max_fds = 253, /* what the kernel passes in one message */
};

GQuark
geminga_wire_error_quark (void)
{
  return g_quark_from_static_string ("geminga-wire-error-quark");
}

/* Helpers */

static gboolean
check_name (const char *name,
            gboolean (*is_valid) (const char *name),
            const char *field,
            GError **error)
{
  /* GLib does not look at the length of all of them. */
  if (name == NULL || (strnlen (name, MAX_NAME + 1) <= MAX_NAME && is_valid (name)))
    return TRUE;

  g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED,
               "Message header: the %s is not a valid D-Bus name", field);

  return FALSE;
}

static gboolean
check_present (gboolean is_present, const char *field, GError **error)
{
  if (is_present)
    return TRUE;

  g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED,
               "Message header: the %s is missing, which messages of this type must have", field);

  return FALSE;
}

/* Public API */

void
geminga_wire_message_init (GemingaWireMessage *self, GemingaWireMessageType type)
{
  *self = (GemingaWireMessage) GEMINGA_WIRE_MESSAGE_INIT;
  self->type = (guint8) type;
}

/* Lets go of the body that parsing made. Never for a message that was filled by hand to be written. */
void
geminga_wire_message_clear (GemingaWireMessage *self)
{
  g_clear_pointer (&self->body, g_variant_unref);
  *self = (GemingaWireMessage) GEMINGA_WIRE_MESSAGE_INIT;
}

void
geminga_wire_message_set_extension (GemingaWireMessage *self,
                                    GemingaWireExtension extension,
                                    guint64 value)
{
  g_return_if_fail (extension < GEMINGA_WIRE_N_EXTENSIONS);

  self->extension[extension] = value;
  self->extensions |= (guint8) (1u << extension);
}

gboolean
geminga_wire_message_get_extension (const GemingaWireMessage *self,
                                    GemingaWireExtension extension,
                                    guint64 *value)
{
  g_return_val_if_fail (extension < GEMINGA_WIRE_N_EXTENSIONS, FALSE);

  if ((self->extensions & (1u << extension)) == 0)
    return FALSE;

  *value = self->extension[extension];

  return TRUE;
}

/* Checks the strings of the header, each by itself. */
gboolean
geminga_wire_message_check_names (const GemingaWireMessage *self, GError **error)
{
  if (self->path != NULL && !g_variant_is_object_path (self->path))
    {
      g_set_error_literal (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED,
                           "Message header: the path is not a valid object path");
      return FALSE;
    }

  if (g_strcmp0 (self->path, "/org/freedesktop/DBus/Local") == 0 ||
      g_strcmp0 (self->interface, "org.freedesktop.DBus.Local") == 0)
    {
      g_set_error_literal (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED,
                           "Message header: org.freedesktop.DBus.Local is reserved");
      return FALSE;
    }

  return check_name (self->interface, g_dbus_is_interface_name, "interface", error) &&
         check_name (self->member, g_dbus_is_member_name, "member", error) &&
         check_name (self->error_name, g_dbus_is_error_name, "error name", error) &&
         check_name (self->destination, g_dbus_is_name, "destination", error) &&
         check_name (self->sender, g_dbus_is_name, "sender", error);
}

/* Checks that the header has what its type demands. */
gboolean
geminga_wire_message_check_required (const GemingaWireMessage *self, GError **error)
{
  switch (self->type)
    {
    case 0:
      return check_present (FALSE, "type", error);
    case GEMINGA_WIRE_MESSAGE_CALL:
      return check_present (self->path != NULL, "path", error) &&
             check_present (self->member != NULL, "member", error);
    case GEMINGA_WIRE_MESSAGE_SIGNAL:
      return check_present (self->path != NULL, "path", error) &&
             check_present (self->interface != NULL, "interface", error) &&
             check_present (self->member != NULL, "member", error);
    case GEMINGA_WIRE_MESSAGE_ERROR:
      return check_present (self->error_name != NULL, "error name", error) &&
             check_present (self->reply_serial != 0, "reply serial", error);
    case GEMINGA_WIRE_MESSAGE_REPLY:
      return check_present (self->reply_serial != 0, "reply serial", error);
    default:
      return TRUE; /* the specification says: ignore */
    }
}
