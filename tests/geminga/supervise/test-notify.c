/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-notify-private.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Helpers */

typedef struct
{
  char *folder;
  char *path;
  GSocket *manager;
} Fixture;

static GSocket *
listen_at (const char *name, GUnixSocketAddressType type)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new_with_type (name, -1, type);
  g_autoptr (GError) error = NULL;
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);

  g_socket_set_blocking (socket, FALSE);
  g_socket_bind (socket, address, TRUE, &error);
  g_assert_no_error (error);
  return socket;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("geminga-notify-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "notify", NULL);
  self->manager = listen_at (self->path, G_UNIX_SOCKET_ADDRESS_PATH);
  g_setenv ("NOTIFY_SOCKET", self->path, TRUE);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unsetenv ("NOTIFY_SOCKET");
  g_unsetenv ("WATCHDOG_USEC");
  g_unsetenv ("WATCHDOG_PID");
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_object_unref (self->manager);
  g_free (self->path);
  g_free (self->folder);
}

/* NULL if nothing came. */
static char *
receive (GSocket *manager)
{
  char text[4096];
  gssize length = g_socket_receive (manager, text, sizeof text, NULL, NULL);

  return length < 0 ? NULL : g_strndup (text, length);
}

static void
assert_received (GSocket *manager, const char *expected)
{
  g_autofree char *text = receive (manager);

  g_assert_cmpstr (text, ==, expected);
}

static void
set_watchdog (const char *interval, const char *pid)
{
  g_setenv ("WATCHDOG_USEC", interval, TRUE);
  if (pid != NULL)
    g_setenv ("WATCHDOG_PID", pid, TRUE);
  else
    g_unsetenv ("WATCHDOG_PID");
}

/* Tests */

static void
test_states (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaNotify) notify = geminga_notify_new ();

  g_assert_true (geminga_notify_is_active (notify));
  g_assert_null (g_getenv ("NOTIFY_SOCKET"));
  geminga_notify_ready (notify);
  assert_received (self->manager, "READY=1");
  geminga_notify_stopping (notify);
  assert_received (self->manager, "STOPPING=1");
  geminga_notify_main_pid (notify, 1234);
  assert_received (self->manager, "MAINPID=1234");
  geminga_notify_status (notify, "%d workers, %s", 4, "busy");
  assert_received (self->manager, "STATUS=4 workers, busy");
  g_assert_cmpuint (geminga_notify_get_watchdog_interval (notify), ==, 0);
  geminga_notify_watchdog (notify);
  assert_received (self->manager, NULL);
}

static void
test_status_hostile (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaNotify) notify = geminga_notify_new ();

  geminga_notify_status (notify, "%s", "a\nREADY=1\r\xff\033");
  assert_received (self->manager, "STATUS=a READY=1 \xef\xbf\xbd ");
}

static void
test_reloading (Fixture *self, gconstpointer data)
{
  static const char start[] = "RELOADING=1\nMONOTONIC_USEC=";
  g_autoptr (GemingaNotify) notify = geminga_notify_new ();
  gint64 before = g_get_monotonic_time ();
  g_autofree char *text = NULL;
  gint64 said = 0;

  geminga_notify_reloading (notify);
  text = receive (self->manager);
  g_assert_true (g_str_has_prefix (text, start));
  said = g_ascii_strtoll (text + strlen (start), NULL, 10);
  g_assert_cmpint (said, >=, before);
  g_assert_cmpint (said, <=, g_get_monotonic_time ());
}

static void
test_abstract (Fixture *self, gconstpointer data)
{
  g_autofree char *name = g_strdup_printf ("geminga-test-notify-%d", getpid ());
  g_autofree char *value = g_strconcat ("@", name, NULL);
  g_autoptr (GSocket) manager = listen_at (name, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr (GemingaNotify) notify = NULL;

  g_setenv ("NOTIFY_SOCKET", value, TRUE);
  notify = geminga_notify_new ();
  geminga_notify_ready (notify);
  assert_received (manager, "READY=1");
}

static void
test_watchdog (Fixture *self, gconstpointer data)
{
  g_autofree char *pid = g_strdup_printf ("%d", getpid ());
  g_autoptr (GemingaNotify) notify = NULL;

  set_watchdog ("30000000", pid);
  notify = geminga_notify_new ();
  g_assert_null (g_getenv ("WATCHDOG_USEC"));
  g_assert_null (g_getenv ("WATCHDOG_PID"));
  g_assert_cmpuint (geminga_notify_get_watchdog_interval (notify), ==, 30000000);
  geminga_notify_watchdog (notify);
  assert_received (self->manager, "WATCHDOG=1");
}

typedef struct
{
  const char *interval;
  const char *pid;
  guint64 expected;
} Vector;

static const Vector vectors[] = {
  { "5000", NULL, 5000 }, { "5000", "1", 0 }, { "5000", "x", 0 }, { "", NULL, 0 },
  { "x", NULL, 0 },       { "-1", NULL, 0 },  { "0", NULL, 0 },
};

static void
test_watchdog_values (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GemingaNotify) notify = NULL;

      g_setenv ("NOTIFY_SOCKET", self->path, TRUE);
      set_watchdog (vectors[i].interval, vectors[i].pid);
      notify = geminga_notify_new ();
      g_assert_cmpuint (geminga_notify_get_watchdog_interval (notify), ==, vectors[i].expected);
      g_assert_null (g_getenv ("WATCHDOG_USEC"));
    }
}

static void
test_none (Fixture *self, gconstpointer data)
{
  static const char *const values[] = { NULL, "" };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GemingaNotify) notify = NULL;

      g_unsetenv ("NOTIFY_SOCKET");
      if (values[i] != NULL)
        g_setenv ("NOTIFY_SOCKET", values[i], TRUE);
      set_watchdog ("5000", NULL);
      notify = geminga_notify_new ();
      g_assert_false (geminga_notify_is_active (notify));
      g_assert_cmpuint (geminga_notify_get_watchdog_interval (notify), ==, 0);
      geminga_notify_ready (notify);
      geminga_notify_reloading (notify);
      geminga_notify_stopping (notify);
      geminga_notify_status (notify, "x");
      geminga_notify_main_pid (notify, 1);
      geminga_notify_watchdog (notify);
      geminga_notify_export (notify);
      g_assert_null (g_getenv ("NOTIFY_SOCKET"));
    }
}

static void
expect_complaint (const char *why)
{
  g_test_expect_message ("Geminga", G_LOG_LEVEL_MESSAGE, why);
}

static void
test_bad_sockets (Fixture *self, gconstpointer data)
{
  g_autofree char *name = g_strnfill (200, 'x');
  g_autofree char *path = g_strconcat ("/", name, NULL);
  const char *const values[] = { "vsock:2:1", path };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GemingaNotify) notify = NULL;

      g_setenv ("NOTIFY_SOCKET", values[i], TRUE);
      expect_complaint (i == 0 ? "*neither a path nor*" : "*too long*");
      notify = geminga_notify_new ();
      g_test_assert_expected_messages ();
      g_assert_false (geminga_notify_is_active (notify));
      geminga_notify_ready (notify);
    }
}

/* A manager that went away is mentioned once, and again after it was back. */
static void
test_failure (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaNotify) notify = geminga_notify_new ();

  g_unlink (self->path);
  expect_complaint ("Cannot tell the service manager at */notify how*: No such file or directory");
  geminga_notify_ready (notify);
  geminga_notify_ready (notify);
  g_test_assert_expected_messages ();

  g_object_unref (self->manager);
  self->manager = listen_at (self->path, G_UNIX_SOCKET_ADDRESS_PATH);
  geminga_notify_ready (notify);
  assert_received (self->manager, "READY=1");
  g_unlink (self->path);
  expect_complaint ("Cannot tell*");
  geminga_notify_ready (notify);
  g_test_assert_expected_messages ();
}

static void
test_export (Fixture *self, gconstpointer data)
{
  g_autofree char *pid = g_strdup_printf ("%d", getpid ());
  g_autoptr (GemingaNotify) notify = NULL;
  g_autoptr (GemingaNotify) next = NULL;

  set_watchdog ("7000", NULL);
  notify = geminga_notify_new ();
  geminga_notify_export (notify);
  g_assert_cmpstr (g_getenv ("NOTIFY_SOCKET"), ==, self->path);
  g_assert_cmpstr (g_getenv ("WATCHDOG_USEC"), ==, "7000");
  g_assert_cmpstr (g_getenv ("WATCHDOG_PID"), ==, pid);

  geminga_notify_withdraw (notify);
  g_assert_null (g_getenv ("NOTIFY_SOCKET"));
  g_assert_null (g_getenv ("WATCHDOG_USEC"));
  g_assert_null (g_getenv ("WATCHDOG_PID"));
  geminga_notify_export (notify);

  next = geminga_notify_new ();
  g_assert_cmpuint (geminga_notify_get_watchdog_interval (next), ==, 7000);
  geminga_notify_ready (next);
  assert_received (self->manager, "READY=1");
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/supervise/notify/states", test_states);
  add ("/supervise/notify/status-hostile", test_status_hostile);
  add ("/supervise/notify/reloading", test_reloading);
  add ("/supervise/notify/abstract", test_abstract);
  add ("/supervise/notify/watchdog", test_watchdog);
  add ("/supervise/notify/watchdog-values", test_watchdog_values);
  add ("/supervise/notify/none", test_none);
  add ("/supervise/notify/bad-sockets", test_bad_sockets);
  add ("/supervise/notify/failure", test_failure);
  add ("/supervise/notify/export", test_export);

  return g_test_run ();
}
