/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-notify-private.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET       "NOTIFY_SOCKET"
#define INTERVAL     "WATCHDOG_USEC"
#define INTERVAL_PID "WATCHDOG_PID"

/* How long a manager that does not read may hold up the process, in seconds. */
#define PATIENCE 1

struct _GemingaNotify
{
  char *socket;     /* (owned) (nullable): path, or @ and an abstract name */
  guint64 interval; /* of the watchdog, in microseconds, or 0 */
  int fd;           /* (owned): -1 where nobody listens */
  int has_failed;   /* atomic: the last message could not be sent */

  struct sockaddr_un address;
  socklen_t size;
};

/* Helpers */

static char *
steal_variable (const char *name)
{
  char *value = g_strdup (g_getenv (name));

  g_unsetenv (name);
  return value;
}

static guint64
parse_number (const char *text)
{
  guint64 number = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &number, NULL))
    return 0;

  return number;
}

static void
complain (GemingaNotify *self, const char *why)
{
  if (g_atomic_int_compare_and_exchange (&self->has_failed, FALSE, TRUE))
    g_message ("Cannot tell the service manager at %s how the service is doing: %s", self->socket,
               why);
}

static gboolean
set_address (GemingaNotify *self)
{
  gsize length = strlen (self->socket);
  gboolean is_abstract = self->socket[0] == '@';

  if (!is_abstract && self->socket[0] != '/')
    {
      complain (self, "this is neither a path nor an abstract name");
      return FALSE;
    }
  if (length >= sizeof self->address.sun_path)
    {
      complain (self, "the name is too long");
      return FALSE;
    }

  self->address.sun_family = AF_UNIX;
  memcpy (self->address.sun_path, self->socket, length);
  self->size = offsetof (struct sockaddr_un, sun_path) + length;
  if (is_abstract)
    self->address.sun_path[0] = '\0';
  else
    self->size++;

  return TRUE;
}

static void
open_socket (GemingaNotify *self)
{
  struct timeval patience = { .tv_sec = PATIENCE };

  if (self->socket == NULL || !set_address (self))
    return;

  self->fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (self->fd < 0 ||
      setsockopt (self->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) < 0)
    complain (self, g_strerror (errno));
}

static void
send_state (GemingaNotify *self, const char *state)
{
  gssize sent;

  if (self->fd < 0)
    return;

  do
    sent = sendto (self->fd, state, strlen (state), MSG_NOSIGNAL,
                   (struct sockaddr *) &self->address, self->size);
  while (sent < 0 && errno == EINTR);

  if (sent < 0)
    complain (self, g_strerror (errno));
  else
    g_atomic_int_set (&self->has_failed, FALSE);
}

/* Private API */

GemingaNotify *
geminga_notify_new (void)
{
  GemingaNotify *self = g_new0 (GemingaNotify, 1);
  g_autofree char *interval = steal_variable (INTERVAL);
  g_autofree char *pid = steal_variable (INTERVAL_PID);

  self->fd = -1;
  self->socket = steal_variable (SOCKET);
  if (self->socket != NULL && *self->socket == '\0')
    g_clear_pointer (&self->socket, g_free);

  /* What was meant for another process reached this one by inheritance. */
  if (self->socket != NULL && (pid == NULL || parse_number (pid) == (guint64) getpid ()))
    self->interval = parse_number (interval);
  open_socket (self);

  return self;
}

void
geminga_notify_free (GemingaNotify *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->socket);
  g_free (self);
}

void
geminga_notify_ready (GemingaNotify *self)
{
  send_state (self, "READY=1");
}

void
geminga_notify_reloading (GemingaNotify *self)
{
  g_autofree char *state =
      g_strdup_printf ("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time ());

  send_state (self, state);
}

void
geminga_notify_stopping (GemingaNotify *self)
{
  send_state (self, "STOPPING=1");
}

void
geminga_notify_status (GemingaNotify *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *valid = NULL;
  g_autofree char *state = NULL;
  va_list args;

  if (self->fd < 0)
    return;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  /* A line feed would begin another assignment. */
  valid = g_utf8_make_valid (text, -1);
  for (char *p = valid; *p != '\0'; p++)
    {
      if (g_ascii_iscntrl (*p))
        *p = ' ';
    }
  state = g_strconcat ("STATUS=", valid, NULL);
  send_state (self, state);
}

void
geminga_notify_main_pid (GemingaNotify *self, pid_t pid)
{
  g_autofree char *state = g_strdup_printf ("MAINPID=%d", pid);

  send_state (self, state);
}

guint64
geminga_notify_get_watchdog_interval (GemingaNotify *self)
{
  return self->interval;
}

void
geminga_notify_watchdog (GemingaNotify *self)
{
  if (self->interval > 0)
    send_state (self, "WATCHDOG=1");
}

gboolean
geminga_notify_is_active (GemingaNotify *self)
{
  return self->fd >= 0;
}

void
geminga_notify_export (GemingaNotify *self)
{
  g_autofree char *interval = NULL;
  g_autofree char *pid = NULL;

  if (self->socket == NULL)
    return;

  g_setenv (SOCKET, self->socket, TRUE);
  if (self->interval == 0)
    return;

  interval = g_strdup_printf ("%" G_GUINT64_FORMAT, self->interval);
  pid = g_strdup_printf ("%d", getpid ());
  g_setenv (INTERVAL, interval, TRUE);
  g_setenv (INTERVAL_PID, pid, TRUE);
}

void
geminga_notify_withdraw (GemingaNotify *self)
{
  g_unsetenv (SOCKET);
  g_unsetenv (INTERVAL);
  g_unsetenv (INTERVAL_PID);
}
