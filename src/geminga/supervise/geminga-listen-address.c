/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-listen-address-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/un.h>

#include "geminga-settings-error.h"

/* The room for a path in the kernel's address, and the zero byte after it. */
#define PATH_ROOM (sizeof ((struct sockaddr_un *) NULL)->sun_path)

/* Helpers */

static gboolean fail (const char *text, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
fail (const char *text, GError **error, const char *format, ...)
{
  g_autofree char *why = NULL;
  g_autofree char *message = NULL;
  g_autofree char *valid = NULL;
  va_list args;

  va_start (args, format);
  why = g_strdup_vprintf (format, args);
  va_end (args);
  message = g_strdup_printf (_ ("“%s” is no address to listen on: %s"), text, why);
  valid = g_utf8_make_valid (message, -1);
  g_set_error_literal (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE, valid);

  return FALSE;
}

/* Only digits: no sign, no space, no octal. */
static gboolean
parse_number (const char *text, guint64 maximum, guint64 *number)
{
  if (!g_ascii_isdigit (text[0]))
    return FALSE;

  return g_ascii_string_to_unsigned (text, 10, 0, maximum, number, NULL);
}

static gboolean
parse_port (GemingaListenAddress *address, const char *text, const char *port, GError **error)
{
  guint64 number = 0;

  if (!parse_number (port, G_MAXUINT16, &number))
    return fail (text, error, _ ("the port is a number from 0 (any free one) to 65535"));

  address->port = number;
  return TRUE;
}

static gboolean
parse_unix (GemingaListenAddress *address, const char *text, GError **error)
{
  const char *path = text + strlen ("unix:");
  gboolean is_abstract = path[0] == '@';

  address->kind = is_abstract ? GEMINGA_LISTEN_ABSTRACT : GEMINGA_LISTEN_PATH;
  if (path[is_abstract ? 1 : 0] == '\0')
    return fail (text, error, _ ("“unix:” is followed by a file name, or by @ and a name"));

  address->path = is_abstract ? g_strdup (path + 1) : g_canonicalize_filename (path, NULL);
  if (strlen (address->path) >= PATH_ROOM)
    return fail (text, error, _ ("the name is longer than the %d bytes that sockets can have"),
                 (int) PATH_ROOM - 1);

  return TRUE;
}

static gboolean
parse_fd (GemingaListenAddress *address, const char *text, GError **error)
{
  guint64 number = 0;

  address->kind = GEMINGA_LISTEN_FD;
  if (!parse_number (text + strlen ("fd:"), G_MAXINT, &number))
    return fail (text, error, _ ("“fd:” is followed by the number of an open descriptor"));

  address->fd = number;
  return TRUE;
}

static gboolean
parse_ipv6 (GemingaListenAddress *address, const char *text, GError **error)
{
  const char *end = strchr (text, ']');
  g_autoptr (GSocketAddress) parsed = NULL;

  if (end == NULL || end[1] != ':')
    return fail (text, error, _ ("an IPv6 address is written [ADDRESS]:PORT"));

  address->kind = GEMINGA_LISTEN_IPV6;
  address->host = g_strndup (text + 1, end - text - 1);
  parsed = g_inet_socket_address_new_from_string (address->host, 0);
  if (parsed == NULL || g_socket_address_get_family (parsed) != G_SOCKET_FAMILY_IPV6)
    return fail (text, error, _ ("“%s” is no IPv6 address"), address->host);

  return parse_port (address, text, end + 2, error);
}

/* Letters, digits, dots, dashes and underscores, or anything a resolver may know that is not ASCII. */
static gboolean
is_host_name (const char *host)
{
  for (const guchar *p = (const guchar *) host; *p != '\0'; p++)
    {
      if (*p < 0x80 && !g_ascii_isalnum (*p) && strchr ("-._", *p) == NULL)
        return FALSE;
    }

  return g_utf8_validate (host, -1, NULL);
}

static gboolean
parse_host (GemingaListenAddress *address, const char *text, GError **error)
{
  const char *colon = strrchr (text, ':');
  guint64 number = 0;

  if (colon == NULL && !parse_number (text, G_MAXUINT64, &number))
    return fail (text, error,
                 _ ("it is not HOST:PORT, [HOST]:PORT, :PORT, PORT, unix:PATH or fd:N"));

  address->kind = GEMINGA_LISTEN_ANY;
  if (colon == NULL)
    return parse_port (address, text, text, error);
  if (strchr (text, ':') != colon)
    return fail (text, error, _ ("an IPv6 address is written [ADDRESS]:PORT"));

  address->host = g_strndup (text, colon - text);
  if (g_str_equal (address->host, "") || g_str_equal (address->host, "*"))
    g_clear_pointer (&address->host, g_free);
  else if (!is_host_name (address->host))
    return fail (text, error, _ ("“%s” is no host name"), address->host);
  else
    address->kind = GEMINGA_LISTEN_HOST;

  return parse_port (address, text, colon + 1, error);
}

/* A browser's address is understood and refused, rather than taken for a host called “http”. */
static gboolean
fail_if_url (const char *text, GError **error)
{
  const char *rest = strstr (text, "://");
  g_autofree char *host = NULL;

  if (rest == NULL || g_str_has_prefix (text, "unix:"))
    return FALSE;

  host = g_strndup (rest + 3, strcspn (rest + 3, "/"));
  if (g_str_has_prefix (text, "https:"))
    fail (text, error, _ ("write only %s, and turn TLS on with --tls-certificate"), host);
  else
    fail (text, error, _ ("write only %s"), host);

  return TRUE;
}

/* Private API */

/* Fills @address, which the caller clears in any case, from @text. */
gboolean
geminga_listen_address_parse (GemingaListenAddress *address, const char *text, GError **error)
{
  *address = (GemingaListenAddress){ .fd = -1 };

  if (fail_if_url (text, error))
    return FALSE;
  if (g_str_has_prefix (text, "unix:"))
    return parse_unix (address, text, error);
  if (g_str_has_prefix (text, "fd:"))
    return parse_fd (address, text, error);
  if (text[0] == '[')
    return parse_ipv6 (address, text, error);

  return parse_host (address, text, error);
}

void
geminga_listen_address_clear (GemingaListenAddress *address)
{
  g_clear_pointer (&address->host, g_free);
  g_clear_pointer (&address->path, g_free);
}
