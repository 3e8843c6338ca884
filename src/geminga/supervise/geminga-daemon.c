/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-daemon-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "geminga-process-setup-private.h"

#define VARIABLE "GEMINGA_DAEMON_FD"

/* The first byte of what goes through the pipe; the text of an error follows. */
#define READY  'R'
#define FAILED 'E'

/* A longer error is cut. */
#define MAX_MESSAGE 16384

struct _GemingaDaemon
{
  int fd; /* (owned): -1 once something was said */
};

/* Helpers: the first process */

/* All that comes, up to the end. */
static char *
read_answer (int fd)
{
  GString *answer = g_string_new (NULL);
  char text[1024];
  gssize length;

  while (answer->str[0] != READY && answer->len < MAX_MESSAGE)
    {
      length = read (fd, text, sizeof text);
      if (length < 0 && errno == EINTR)
        continue;
      if (length <= 0)
        break;
      g_string_append_len (answer, text, length);
    }

  return g_string_free (answer, FALSE);
}

/* Not g_printerr(), which spoils quotation marks where no locale is set. */
static void
tell_failure (const char *message)
{
  fprintf (stderr, "%s: %s\n", g_get_prgname () != NULL ? g_get_prgname () : "geminga", message);
}

static int
wait_for (GPid pid)
{
  int status = 0;
  pid_t ended;
  g_autofree char *text = NULL;

  do
    ended = waitpid (pid, &status, 0);
  while (ended < 0 && errno == EINTR);

  if (ended < 0)
    return 1;
  if (!WIFSIGNALED (status))
    return WEXITSTATUS (status);

  text = g_strdup_printf (_ ("The service was ended by a signal before it was ready: %s"),
                          g_strsignal (WTERMSIG (status)));
  tell_failure (text);

  return 128 + WTERMSIG (status);
}

static gboolean
spawn (int fd, GPid *pid, GError **error)
{
  g_autofree char *program = geminga_process_dup_program (error);
  g_auto (GStrv) arguments = program != NULL ? geminga_process_dup_arguments (error) : NULL;
  g_autofree char *number = g_strdup_printf ("%d", fd);
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), VARIABLE, number, TRUE);
  g_autofree char **argv = NULL;

  if (arguments == NULL)
    return FALSE;

  /* The file, then the arguments with the name the program was called by. */
  argv = g_new0 (char *, g_strv_length (arguments) + 2);
  argv[0] = program;
  memcpy (argv + 1, arguments, g_strv_length (arguments) * sizeof *argv);

  return g_spawn_async (NULL, argv, environment,
                        G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_FILE_AND_ARGV_ZERO |
                            G_SPAWN_LEAVE_DESCRIPTORS_OPEN | G_SPAWN_CHILD_INHERITS_STDIN,
                        NULL, NULL, pid, error);
}

/* Helpers: the second process */

static void
say (GemingaDaemon *self, const char *text, gsize length)
{
  if (self->fd < 0)
    return;

  /* Whoever waited may have been interrupted; that is no reason to end. */
  signal (SIGPIPE, SIG_IGN);
  while (length > 0)
    {
      gssize written = write (self->fd, text, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        break;
      text += written;
      length -= written;
    }

  close (self->fd);
  self->fd = -1;
}

static gboolean
is_pipe (int fd)
{
  struct stat status;

  return fd > STDERR_FILENO && fstat (fd, &status) == 0 && S_ISFIFO (status.st_mode) &&
         (fcntl (fd, F_GETFL) & O_ACCMODE) == O_WRONLY;
}

/* Private API */

gboolean
geminga_daemon_start (int *exit_status, GError **error)
{
  int fds[2] = { -1, -1 };
  GPid pid = 0;
  gboolean is_started = FALSE;
  g_autofree char *answer = NULL;

  if (pipe2 (fds, O_CLOEXEC) < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                   _ ("Cannot start in the background: %s"), g_strerror (errno));
      return FALSE;
    }

  /* Of all that this process could start now, only the service gets it. */
  fcntl (fds[1], F_SETFD, 0);
  is_started = spawn (fds[1], &pid, error);
  close (fds[1]);
  if (is_started)
    answer = read_answer (fds[0]);
  close (fds[0]);
  if (!is_started)
    {
      g_prefix_error (error, _ ("Cannot start in the background: "));
      return FALSE;
    }

  if (answer[0] == FAILED)
    tell_failure (answer + 1);
  *exit_status = answer[0] == READY ? 0 : wait_for (pid);

  return TRUE;
}

GemingaDaemon *
geminga_daemon_take (void)
{
  g_autofree char *text = g_strdup (g_getenv (VARIABLE));
  guint64 fd = 0;
  GemingaDaemon *self = NULL;

  if (text == NULL)
    return NULL;

  g_unsetenv (VARIABLE);
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &fd, NULL) || !is_pipe (fd))
    return NULL;

  fcntl (fd, F_SETFD, FD_CLOEXEC);
  self = g_new0 (GemingaDaemon, 1);
  self->fd = fd;

  return self;
}

void
geminga_daemon_leave_terminal (void)
{
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

  if (setsid () < 0)
    g_warning ("Cannot leave the terminal's session: %s", g_strerror (errno));
  if (null < 0)
    {
      g_warning ("Cannot open /dev/null: %s", g_strerror (errno));
      return;
    }

  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    dup2 (null, fd);
  if (null > STDERR_FILENO)
    close (null);
}

void
geminga_daemon_ready (GemingaDaemon *self)
{
  static const char ready = READY;

  if (self->fd < 0)
    return;

  /* Before it is said: the shell may close the terminal at once. */
  geminga_daemon_leave_terminal ();
  say (self, &ready, 1);
}

void
geminga_daemon_fail (GemingaDaemon *self, const char *message)
{
  g_autofree char *text = g_strdup_printf ("%c%s", FAILED, message);

  say (self, text, strlen (text));
}

void
geminga_daemon_free (GemingaDaemon *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}
