/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-listen-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "geminga-settings.h"

/* Helpers */

static int
listen_fd (void)
{
  const char *const addresses[] = { "127.0.0.1:0", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sockets = geminga_listen_open (addresses, 16, &error);

  g_assert_no_error (error);
  return fcntl (g_socket_get_fd (g_ptr_array_index (sockets, 0)), F_DUPFD, 20);
}

static void
set_variables (const char *pid, const char *fds, const char *names)
{
  g_setenv ("LISTEN_PID", pid, TRUE);
  g_setenv ("LISTEN_FDS", fds, TRUE);
  g_setenv ("LISTEN_FDNAMES", names, TRUE);
}

static void
assert_no_variables (void)
{
  g_assert_null (g_getenv ("LISTEN_PID"));
  g_assert_null (g_getenv ("LISTEN_FDS"));
  g_assert_null (g_getenv ("LISTEN_FDNAMES"));
}

/* As systemd would start this process. Only for subprocesses: what was open there is not any more. */
static void
pass (int first, int second)
{
  g_autofree char *pid = g_strdup_printf ("%d", getpid ());

  /* Not where the first one goes. */
  second = fcntl (second, F_DUPFD, 20);
  g_assert_cmpint (dup2 (first, 3), ==, 3);
  g_assert_cmpint (dup2 (second, 4), ==, 4);
  set_variables (pid, "2", "web:admin");
}

static void
run_subprocess (const char *path)
{
  g_test_trap_subprocess (path, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* Tests */

static void
test_adopt (void)
{
  int fd = listen_fd ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = geminga_listen_adopt (fd, &error);

  g_assert_no_error (error);
  g_assert_cmpint (g_socket_get_fd (socket), ==, fd);
  g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, !=, 0);
  g_assert_cmpint (fcntl (fd, F_GETFL) & O_NONBLOCK, !=, 0);
  g_assert_null (geminga_listen_get_name (socket));
}

static void
assert_not_adopted (int fd, const char *said)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (geminga_listen_adopt (fd, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, said));
  if (fd < 9999)
    g_assert_cmpint (close (fd), ==, 0);
}

static void
test_not_adopted (void)
{
  int pair[2] = { -1, -1 };

  assert_not_adopted (9999, "descriptor 9999: it is not open");
  assert_not_adopted (open ("/dev/null", O_RDWR | O_CLOEXEC), "it is no socket");
  assert_not_adopted (socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "it is no stream socket");
  assert_not_adopted (socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "that does not listen");
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  assert_not_adopted (pair[0], "that does not listen");
  close (pair[1]);
}

static void
test_none (void)
{
  g_autoptr (GError) error = NULL;

  g_unsetenv ("LISTEN_PID");
  g_unsetenv ("LISTEN_FDS");
  g_assert_null (geminga_listen_take_systemd (&error));
  g_assert_no_error (error);

  /* Those of the parent, which the environment came from. */
  set_variables ("1", "5", "a");
  g_assert_null (geminga_listen_take_systemd (&error));
  g_assert_no_error (error);
  assert_no_variables ();
}

static void
test_bad_variables (void)
{
  static const char *const values[] = { "", "-1", "x", " 1", "1 ", "4097", "99999999999999999999" };
  g_autofree char *pid = g_strdup_printf ("%d", getpid ());

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GError) error = NULL;

      set_variables (pid, values[i], "");
      g_assert_null (geminga_listen_take_systemd (&error));
      g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
      g_assert_nonnull (strstr (error->message, "LISTEN_FDS"));
      assert_no_variables ();
    }

  for (gsize i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;

      set_variables (values[i], "1", "");
      g_assert_null (geminga_listen_take_systemd (&error));
      g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
      g_assert_nonnull (strstr (error->message, "LISTEN_PID"));
      assert_no_variables ();
    }
}

static void
test_zero (void)
{
  g_autofree char *pid = g_strdup_printf ("%d", getpid ());
  g_autoptr (GError) error = NULL;

  set_variables (pid, "0", "");
  g_assert_null (geminga_listen_take_systemd (&error));
  g_assert_no_error (error);
  assert_no_variables ();
}

static void
test_taken (void)
{
  g_autoptr (GPtrArray) sockets = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ())
    {
      run_subprocess (NULL);
      return;
    }

  pass (listen_fd (), listen_fd ());
  sockets = geminga_listen_take_systemd (&error);
  g_assert_no_error (error);
  assert_no_variables ();
  g_assert_cmpuint (sockets->len, ==, 2);
  g_assert_cmpint (g_socket_get_fd (g_ptr_array_index (sockets, 0)), ==, 3);
  g_assert_cmpint (g_socket_get_fd (g_ptr_array_index (sockets, 1)), ==, 4);
  g_assert_cmpstr (geminga_listen_get_name (g_ptr_array_index (sockets, 0)), ==, "web");
  g_assert_cmpstr (geminga_listen_get_name (g_ptr_array_index (sockets, 1)), ==, "admin");
  g_assert_cmpint (fcntl (3, F_GETFD) & FD_CLOEXEC, !=, 0);
}

/* What is no listening socket is refused, and nothing stays open. */
static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ())
    {
      run_subprocess (NULL);
      return;
    }

  pass (listen_fd (), open ("/dev/null", O_RDWR | O_CLOEXEC));
  g_assert_null (geminga_listen_take_systemd (&error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, ==,
                   "What systemd passed: Cannot listen on descriptor 4: it is no socket");
  g_assert_cmpint (fcntl (3, F_GETFD), ==, -1);
  g_assert_cmpint (fcntl (4, F_GETFD), ==, -1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/listen-inherited/adopt", test_adopt);
  g_test_add_func ("/supervise/listen-inherited/not-adopted", test_not_adopted);
  g_test_add_func ("/supervise/listen-inherited/none", test_none);
  g_test_add_func ("/supervise/listen-inherited/bad-variables", test_bad_variables);
  g_test_add_func ("/supervise/listen-inherited/zero", test_zero);
  g_test_add_func ("/supervise/listen-inherited/taken", test_taken);
  g_test_add_func ("/supervise/listen-inherited/refused", test_refused);

  return g_test_run ();
}
