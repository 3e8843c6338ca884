/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-value-private.h"

#include <gio/gunixfdlist.h>

#include "geminga-wire-private.h"

/* What the fields of a message have at most. */
#define MAX_HEADER 2048

/* Helpers */

/* Writes it the way it would be sent: the codec of the private links refuses what is not legal. */
static gboolean
try_write (GVariant *body, guint32 n_fds, gsize *size, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  GemingaWireMessage message;

  geminga_wire_message_init (&message, GEMINGA_WIRE_MESSAGE_SIGNAL);
  message.serial = 1;
  message.path = "/";
  message.interface = "a.b";
  message.member = "c";
  message.n_fds = n_fds;
  message.body = body;
  if (!geminga_wire_write (out, &message, error))
    return FALSE;

  *size = out->len;

  return TRUE;
}

/* Private API */

gboolean
geminga_bus_check_message (GDBusMessage *message, GError **error)
{
  GVariant *body = g_dbus_message_get_body (message);
  GUnixFDList *fds = g_dbus_message_get_unix_fd_list (message);
  guint32 n_fds = fds != NULL ? (guint32) g_unix_fd_list_get_length (fds) : 0;
  gsize size = body != NULL ? g_variant_get_size (body) : 0;

  if (body == NULL)
    return TRUE;

  /* No value is much smaller on the wire; what cannot fit need not be written to know. */
  if (size <= 2 * GEMINGA_BUS_MAX_MESSAGE && !try_write (body, n_fds, &size, error))
    return FALSE;

  if (size <= GEMINGA_BUS_MAX_MESSAGE - MAX_HEADER)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
               "It has more than the %d bytes that a bus takes", GEMINGA_BUS_MAX_MESSAGE);

  return FALSE;
}

gboolean
geminga_bus_is_legal (GVariant *value)
{
  g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new ("(v)", value));
  gsize size;

  return try_write (body, 0, &size, NULL) && size <= GEMINGA_BUS_MAX_MESSAGE - MAX_HEADER;
}
