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

/*
 * Signals are taken by a signalfd, not by g_unix_signal_add(), which knows neither SIGQUIT nor SIGTTIN.
 * Those blocked before a program is executed anew wait for its successor.
 */

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

static void
reload (GemingaRunner *self)
{
  g_autoptr (GError) error = NULL;

  if (!geminga_runner_reload (self, NULL, NULL, &error))
    g_warning ("The settings are not reloaded, the old ones stay: %s", error->message);
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
      reload (self);
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
      geminga_runner_upgrade (self, geminga_runner_log_failure, NULL);
      break;
    case SIGWINCH:
      if (!is_in_terminal ())
        geminga_runner_pause (self);
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

/* For the runner's own files */

void
geminga_runner_take_signals (GemingaRunner *self)
{
  static const int numbers[] = { SIGTERM, SIGINT,  SIGQUIT, SIGHUP,  SIGTTIN,
                                 SIGTTOU, SIGUSR1, SIGUSR2, SIGWINCH };
  GSource *source;
  sigset_t set;
  int fd;

  sigemptyset (&set);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      /* What is ignored, as after nohup or in a background job, would not come. */
      signal (numbers[i], hand_on);
      sigaddset (&set, numbers[i]);
    }
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  signal (SIGPIPE, SIG_IGN);

  fd = signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  source = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_static_name (source, "[geminga] signals");
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, G_SOURCE_FUNC (on_signal), self, NULL);
  geminga_runner_add_source (self, source);
}
