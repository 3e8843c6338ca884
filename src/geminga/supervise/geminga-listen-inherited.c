/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-listen-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "geminga-settings-error.h"

/* Sockets that whoever started the program opened, and how systemd says which. */

#define FIRST_FD 3
/* More than any service has; what would be more is a mistake in the environment. */
#define MAX_FDS 4096

#define NAME "geminga-listen-name"

static const char *const variables[] = { "LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS",
                                         "LISTEN_FDNAMES" };

/* Helpers */

static gboolean
get_option (int fd, int option, int *value)
{
  socklen_t size = sizeof *value;

  return getsockopt (fd, SOL_SOCKET, option, value, &size) == 0;
}

static gboolean
check_socket (int fd, GError **error)
{
  int type = 0;
  int is_listening = 0;
  const char *problem = NULL;

  if (fcntl (fd, F_GETFD) < 0)
    problem = _ ("it is not open");
  else if (!get_option (fd, SO_TYPE, &type))
    problem = _ ("it is no socket");
  else if (type != SOCK_STREAM)
    problem = _ ("it is no stream socket");
  else if (!get_option (fd, SO_ACCEPTCONN, &is_listening) || !is_listening)
    problem = _ ("it is a socket that does not listen");
  if (problem == NULL)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _ ("Cannot listen on descriptor %d: %s"), fd, problem);
  return FALSE;
}

static gboolean
parse_variable (const char *name,
                const char *text,
                guint64 maximum,
                guint64 *number,
                GError **error)
{
  if (g_ascii_isdigit (text[0]) && g_ascii_string_to_unsigned (text, 10, 0, maximum, number, NULL))
    return TRUE;

  g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
               _ ("The environment variable %s is “%s”, which is no number from 0 to %u"), name,
               text, (guint) maximum);
  return FALSE;
}

/* How many descriptors there are for this process. */
static gboolean
read_variables (guint64 *n_fds, GError **error)
{
  const char *pid_text = g_getenv ("LISTEN_PID");
  const char *fds_text = g_getenv ("LISTEN_FDS");
  guint64 pid = 0;

  *n_fds = 0;
  if (pid_text == NULL || fds_text == NULL)
    return TRUE;
  if (!parse_variable ("LISTEN_PID", pid_text, G_MAXINT, &pid, error))
    return FALSE;
  /* What was meant for another process reached this one by inheritance. */
  if (pid != (guint64) getpid ())
    return TRUE;

  return parse_variable ("LISTEN_FDS", fds_text, MAX_FDS, n_fds, error);
}

static void
close_all (guint64 n_fds)
{
  for (guint64 i = 0; i < n_fds; i++)
    close (FIRST_FD + i);
}

/* Private API */

GSocket *
geminga_listen_adopt (int fd, GError **error)
{
  GSocket *socket = NULL;
  int flags;

  if (!check_socket (fd, error))
    return NULL;

  flags = fcntl (fd, F_GETFD);
  if (fcntl (fd, F_SETFD, flags | FD_CLOEXEC) < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                   _ ("Cannot listen on descriptor %d: %s"), fd, g_strerror (errno));
      return NULL;
    }

  socket = g_socket_new_from_fd (fd, error);
  if (socket == NULL)
    {
      g_prefix_error (error, _ ("Cannot listen on descriptor %d: "), fd);
      return NULL;
    }

  g_socket_set_blocking (socket, FALSE);
  return socket;
}

GPtrArray *
geminga_listen_take_systemd (GError **error)
{
  g_autoptr (GPtrArray) sockets = NULL;
  g_auto (GStrv) names = g_strsplit (g_getenv ("LISTEN_FDNAMES") ?: "", ":", -1);
  guint n_names = g_strv_length (names);
  guint64 n_fds = 0;
  gboolean is_read = read_variables (&n_fds, error);

  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
    g_unsetenv (variables[i]);
  if (!is_read || n_fds == 0)
    return NULL;

  /* All are looked at before the first is taken: on failure each is closed once. */
  for (guint i = 0; i < n_fds; i++)
    {
      if (!check_socket (FIRST_FD + i, error))
        {
          g_prefix_error (error, _ ("What systemd passed: "));
          close_all (n_fds);
          return NULL;
        }
    }

  sockets = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n_fds; i++)
    {
      GSocket *socket = geminga_listen_adopt (FIRST_FD + i, error);

      if (socket == NULL)
        {
          for (guint rest = i; rest < n_fds; rest++)
            close (FIRST_FD + rest);
          return NULL;
        }
      if (i < n_names)
        g_object_set_data_full (G_OBJECT (socket), NAME, g_strdup (names[i]), g_free);
      g_ptr_array_add (sockets, socket);
    }

  return g_steal_pointer (&sockets);
}

const char *
geminga_listen_get_name (GSocket *socket)
{
  return g_object_get_data (G_OBJECT (socket), NAME);
}
