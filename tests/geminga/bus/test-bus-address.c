/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include "geminga-bus-state-private.h"

static const struct
{
  const char *bus;
  const char *session; /* DBUS_SESSION_BUS_ADDRESS */
  const char *folder;  /* XDG_RUNTIME_DIR */
  const char *system;  /* DBUS_SYSTEM_BUS_ADDRESS */
  const char *address; /* NULL: it fails */
  const char *text;    /* of the error */
} vectors[] = {
  { "session", "unix:path=/a", "/run/user/1", NULL, "unix:path=/a", NULL },
  { "session", NULL, "/run/user/1", NULL, "unix:path=/run/user/1/bus", NULL },
  { "session", "", "/run/a,b", NULL, "unix:path=/run/a%2Cb/bus", NULL },
  { "session", NULL, NULL, NULL, NULL, "neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR" },
  { "session", "autolaunch:", "/run/user/1", NULL, NULL, "would start a program" },
  { "session", "autolaunch:;unix:path=/a", NULL, NULL, "unix:path=/a", NULL },
  { "session", "disabled:", NULL, NULL, NULL, "“disabled:” is not the address of a bus" },
  { "system", NULL, NULL, NULL, "unix:path=/run/dbus/system_bus_socket", NULL },
  { "system", NULL, NULL, "unix:path=/b", "unix:path=/b", NULL },
  { "unix:abstract=c", NULL, NULL, NULL, "unix:abstract=c", NULL },
  { "unixexec:path=/bin/sh", NULL, NULL, NULL, NULL, "would start a program" },
  { "rubbish", NULL, NULL, NULL, NULL, "“rubbish” is not the address of a bus" },
};

static void
set_variable (const char *name, const char *value)
{
  if (value != NULL)
    g_setenv (name, value, TRUE);
  else
    g_unsetenv (name);
}

static void
test_resolve (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *address = NULL;

      g_test_message ("%u: %s", i, vectors[i].bus);
      set_variable ("DBUS_SESSION_BUS_ADDRESS", vectors[i].session);
      set_variable ("XDG_RUNTIME_DIR", vectors[i].folder);
      set_variable ("DBUS_SYSTEM_BUS_ADDRESS", vectors[i].system);
      address = geminga_bus_resolve_address (vectors[i].bus, &error);
      g_assert_cmpstr (address, ==, vectors[i].address);
      if (address == NULL)
        g_assert_nonnull (strstr (error->message, vectors[i].text));
      else
        g_assert_no_error (error);
    }
}

static void
test_socket_path (void)
{
  const struct
  {
    const char *address;
    const char *path;
  } paths[] = {
    { "unix:path=/run/user/1/bus", "/run/user/1/bus" },
    { "unix:abstract=a;unix:guid=1,path=/run/a%20b", "/run/a b" },
    { "tcp:host=localhost,port=1", NULL },
    { "unix:path=/a%00b", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *path = geminga_bus_get_socket_path (paths[i].address);

      g_assert_cmpstr (path, ==, paths[i].path);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/bus/address/resolve", test_resolve);
  g_test_add_func ("/bus/address/socket-path", test_socket_path);

  return g_test_run ();
}
