/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-state-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#define SYSTEM_BUS_ADDRESS "unix:path=/run/dbus/system_bus_socket"

/* Helpers */

static char *
get_session_address (GError **error)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  const char *folder = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *socket = NULL;
  g_autofree char *escaped = NULL;

  if (address != NULL && *address != '\0')
    return g_strdup (address);

  if (folder == NULL || *folder == '\0')
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                           _ ("There is no session bus: neither DBUS_SESSION_BUS_ADDRESS nor "
                              "XDG_RUNTIME_DIR is set"));
      return NULL;
    }

  socket = g_build_filename (folder, "bus", NULL);
  escaped = g_dbus_address_escape_value (socket);

  return g_strconcat ("unix:path=", escaped, NULL);
}

static char *
get_system_address (void)
{
  const char *address = g_getenv ("DBUS_SYSTEM_BUS_ADDRESS");

  return g_strdup (address != NULL && *address != '\0' ? address : SYSTEM_BUS_ADDRESS);
}

/* Without the ways that would start a program. */
static char *
drop_launchers (const char *address)
{
  g_auto (GStrv) ways = g_strsplit (address, ";", -1);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  for (guint i = 0; ways[i] != NULL; i++)
    if (!g_str_has_prefix (ways[i], "autolaunch:") && !g_str_has_prefix (ways[i], "unixexec:"))
      g_ptr_array_add (kept, ways[i]);
  g_ptr_array_add (kept, NULL);

  return g_strjoinv (";", (char **) kept->pdata);
}

/* Private API */

char *
geminga_bus_resolve_address (const char *bus, GError **error)
{
  g_autofree char *address = NULL;
  g_autofree char *safe = NULL;
  g_autoptr (GError) local = NULL;

  if (g_str_equal (bus, "session"))
    address = get_session_address (error);
  else if (g_str_equal (bus, "system"))
    address = get_system_address ();
  else
    address = g_strdup (bus);
  if (address == NULL)
    return NULL;

  safe = drop_launchers (address);
  if (*safe == '\0' || !g_dbus_is_supported_address (safe, &local))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _ ("“%s” is not the address of a bus one can connect to: %s"), address,
                   local != NULL ? local->message : _ ("it would start a program"));
      return NULL;
    }

  return g_steal_pointer (&safe);
}

char *
geminga_bus_get_socket_path (const char *address)
{
  g_auto (GStrv) ways = g_strsplit (address, ";", -1);

  for (guint i = 0; ways[i] != NULL; i++)
    {
      g_auto (GStrv) keys = NULL;

      if (!g_str_has_prefix (ways[i], "unix:"))
        continue;

      keys = g_strsplit (ways[i] + strlen ("unix:"), ",", -1);
      for (guint k = 0; keys[k] != NULL; k++)
        if (g_str_has_prefix (keys[k], "path="))
          return g_uri_unescape_string (keys[k] + strlen ("path="), "/");
    }

  return NULL;
}
