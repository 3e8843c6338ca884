/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-runner-state-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "geminga-error.h"

/*
 * Signals are taken by a signalfd, not by g_unix_signal_add(), which knows neither SIGQUIT nor SIGTTIN.
 * Those blocked before a program is executed anew wait for its successor.
 */

static const int numbers[] = { SIGTERM, SIGINT,  SIGQUIT, SIGHUP,   SIGTTIN,
                               SIGTTOU, SIGUSR1, SIGUSR2, SIGWINCH, SIGCHLD };

/* Helpers */

/* A terminal sends it whenever its window changes, which is not meant for us. */
static gboolean
is_in_terminal (void)
{
  int fd = open ("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
  gboolean is_foreground;

  if (fd < 0)
    return FALSE;

  is_foreground = tcgetpgrp (fd) == getpgrp ();
  close (fd);

  return is_foreground;
}

/* Who is stopped while it waits for something to do has not hung since then: nothing else tells. */
static void
look_for_stopped (GemingaRunner *self)
{
  g_autoptr (GArray) stopped = NULL;

  if (self->processes == NULL)
    return;

  stopped = geminga_processes_take_stopped (self->processes);
  for (guint i = 0; i < stopped->len; i++)
    geminga_heartbeat_look (self->heartbeat, g_array_index (stopped, guint32, i));
}

static void
handle_signal (GemingaRunner *self, guint32 number)
{
  switch (number)
    {
    case SIGTERM:
    case SIGINT:
      geminga_runner_stop (self, number == SIGINT && self->n_stops > 0);
      break;
    case SIGQUIT:
      geminga_runner_stop (self, TRUE);
      break;
    case SIGHUP:
      geminga_runner_want_reload (self);
      break;
    case SIGTTIN:
      geminga_runner_scale_by (self, 1);
      break;
    case SIGTTOU:
      geminga_runner_scale_by (self, -1);
      break;
    case SIGUSR1:
      geminga_runner_reopen_logs (self);
      break;
    case SIGUSR2:
      geminga_runner_want_upgrade (self);
      break;
    case SIGWINCH:
      if (!is_in_terminal ())
        geminga_runner_pause (self);
      break;
    case SIGCHLD:
      look_for_stopped (self);
      break;
    default:
      break;
    }
}

static gboolean
on_signal (int fd, GIOCondition condition, gpointer user_data)
{
  GemingaRunner *self = user_data;
  struct signalfd_siginfo info;

  while (read (fd, &info, sizeof info) == sizeof info)
    {
      if (info.ssi_signo != SIGCHLD)
        g_debug ("Signal %u", info.ssi_signo);
      handle_signal (self, info.ssi_signo);
    }

  return G_SOURCE_CONTINUE;
}

/*
 * Threads that were there before us, as those of a language's runtime, do not block the signals. The
 * kernel may choose one of them; it hands the signal on to the main thread, which does.
 */
static void
hand_on (int number)
{
  int saved = errno;

  if (gettid () != getpid ())
    tgkill (getpid (), getpid (), number);
  errno = saved;
}

static void
fill_set (sigset_t *set)
{
  sigemptyset (set);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    sigaddset (set, numbers[i]);
}

/* For the runner's own files */

void
geminga_runner_block_signals (void)
{
  sigset_t set;

  fill_set (&set);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  /* What is ignored, as after nohup or in a background job, would not come. */
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    signal (numbers[i], hand_on);
  signal (SIGPIPE, SIG_IGN);
}

gboolean
geminga_runner_take_signals (GemingaRunner *self, GError **error)
{
  GSource *source;
  sigset_t set;
  int fd;

  fill_set (&set);
  fd = signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED, "Signals cannot be taken: %s",
                   g_strerror (errno));
      return FALSE;
    }

  self->signal_fd = fd;
  source = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_static_name (source, "[geminga] signals");
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, G_SOURCE_FUNC (on_signal), self, NULL);
  geminga_runner_add_source (self, source);

  return TRUE;
}
