/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-error.h"

#include <stdlib.h>
#include <string.h>

#define UNMAPPED "org.gtk.GDBus.UnmappedGError.Quark._"
#define GDBUS    "org.freedesktop.DBus.Error."
#define GEMINGA  "org.geminga1.Error."

G_DEFINE_QUARK (cli - error - quark, cli_error)

/* Exit status by D-Bus error name; any other is a plain failure. */
static const struct
{
  const char *name;
  int status;
} statuses[] = {
  { GDBUS "ServiceUnknown", CLI_STATUS_NOT_RUNNING },
  { GDBUS "NameHasNoOwner", CLI_STATUS_NOT_RUNNING },
  { GDBUS "UnknownObject", CLI_STATUS_NO_SUCH_ACTOR },
  { GDBUS "UnknownMethod", CLI_STATUS_NO_SUCH_ACTOR },
  { GDBUS "UnknownInterface", CLI_STATUS_NO_SUCH_ACTOR },
  { GDBUS "UnknownProperty", CLI_STATUS_NO_SUCH_ACTOR },
  { GEMINGA "NoSuchActor", CLI_STATUS_NO_SUCH_ACTOR },
  { GEMINGA "NoSuchCommand", CLI_STATUS_NO_SUCH_ACTOR },
  { GDBUS "InvalidArgs", CLI_STATUS_USAGE },
  { GDBUS "PropertyReadOnly", CLI_STATUS_USAGE },
  { GEMINGA "InvalidArguments", CLI_STATUS_USAGE },
  { GEMINGA "Settings.UnknownSetting", CLI_STATUS_NO_SUCH_ACTOR },
  { GEMINGA "Settings.InvalidValue", CLI_STATUS_USAGE },
  { GEMINGA "Settings.OutOfRange", CLI_STATUS_USAGE },
  { GEMINGA "Settings.ReadOnly", CLI_STATUS_USAGE },
  { GDBUS "NoReply", CLI_STATUS_TIMED_OUT },
  { GDBUS "Timeout", CLI_STATUS_TIMED_OUT },
  { GDBUS "TimedOut", CLI_STATUS_TIMED_OUT },
  { GEMINGA "TimedOut", CLI_STATUS_TIMED_OUT },
  { GDBUS "AccessDenied", CLI_STATUS_NOT_AUTHORIZED },
  { GDBUS "AuthFailed", CLI_STATUS_NOT_AUTHORIZED },
  { GDBUS "InteractiveAuthorizationRequired", CLI_STATUS_NOT_AUTHORIZED },
  { GEMINGA "NotAuthorized", CLI_STATUS_NOT_AUTHORIZED },
  { GDBUS "Disconnected", CLI_STATUS_NO_BUS },
  { GDBUS "Spawn.ServiceNotFound", CLI_STATUS_NOT_RUNNING },
  { GDBUS "Spawn.ExecFailed", CLI_STATUS_NOT_LOADABLE },
  { GDBUS "Spawn.ChildExited", CLI_STATUS_NOT_LOADABLE },
  { GDBUS "Spawn.ChildSignaled", CLI_STATUS_NOT_LOADABLE },
  { GDBUS "Spawn.Failed", CLI_STATUS_NOT_LOADABLE },
};

/* Helpers */

static int
get_remote_status (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      if (g_str_equal (statuses[i].name, name))
        return statuses[i].status;
    }

  return EXIT_FAILURE;
}

/* The way GDBus packs a domain that has no D-Bus names: every other byte is _XX. */
static char *
unpack_domain (const char *packed, gsize length)
{
  g_autoptr (GString) domain = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    {
      if (packed[i] == '_' && length - i > 2 && g_ascii_isxdigit (packed[i + 1]) &&
          g_ascii_isxdigit (packed[i + 2]))
        {
          g_string_append_c (domain, (char) (g_ascii_xdigit_value (packed[i + 1]) << 4 |
                                             g_ascii_xdigit_value (packed[i + 2])));
          i += 2;
        }
      else
        {
          g_string_append_c (domain, packed[i]);
        }
    }

  return g_string_free (g_steal_pointer (&domain), FALSE);
}

/* Public API */

gboolean
cli_error_is_quiet (const GError *error)
{
  return g_error_matches (error, CLI_ERROR, CLI_ERROR_QUIET);
}

int
cli_error_get_status (const GError *error)
{
  g_autofree char *name = NULL;

  if (error->domain == CLI_ERROR)
    return error->code;

  name = g_dbus_error_get_remote_error (error);
  if (name != NULL)
    return get_remote_status (name);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return CLI_STATUS_INTERRUPTED;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return CLI_STATUS_TIMED_OUT;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED))
    return CLI_STATUS_NO_BUS;

  return EXIT_FAILURE;
}

/*
 * Gives the name of what went wrong as the service said it: a D-Bus error name, or the domain and code
 * of an error that has none.
 */
char *
cli_error_dup_name (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);
  g_autofree char *domain = NULL;
  const char *start;
  const char *end;

  if (name == NULL)
    {
      return error->domain == CLI_ERROR || error->domain == G_IO_ERROR
                 ? NULL
                 : g_strdup_printf ("%s (%d)", g_quark_to_string (error->domain), error->code);
    }

  if (!g_str_has_prefix (name, UNMAPPED))
    return g_steal_pointer (&name);

  start = name + strlen (UNMAPPED);
  end = strstr (start, ".Code");
  if (end == NULL)
    return g_steal_pointer (&name);

  domain = unpack_domain (start, (gsize) (end - start));
  return g_strdup_printf ("%s (%s)", domain, end + strlen (".Code"));
}

/* Gives the message without the words that GDBus puts in front of it. */
char *
cli_error_dup_message (const GError *error)
{
  g_autoptr (GError) copy = g_error_copy (error);

  g_dbus_error_strip_remote_error (copy);

  return g_strdup (copy->message);
}

gboolean
cli_error_is_remote (const GError *error, const char *name)
{
  g_autofree char *remote = g_dbus_error_get_remote_error (error);

  return g_strcmp0 (remote, name) == 0;
}

/* Tells whether the other side went away, or just never said anything. */
gboolean
cli_error_is_silence (const GError *error)
{
  return cli_error_is_remote (error, GDBUS "NoReply") ||
         cli_error_is_remote (error, GDBUS "NameHasNoOwner") ||
         cli_error_is_remote (error, GDBUS "ServiceUnknown");
}
