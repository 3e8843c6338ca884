/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-process-start-private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "geminga-error.h"
#include "geminga-process-report-private.h"

enum
{
  FD_LINK = 3,
  FD_SETTINGS,
  FD_PULSE,
  FD_REPORT = GEMINGA_PROCESS_REPORT_FD,
  FD_FIRST_SOCKET,
};

/* Helpers */

static GVariant *
read_settings (int fd, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new_from_fd (fd, FALSE, error);
  g_autoptr (GBytes) bytes = file != NULL ? g_mapped_file_get_bytes (file) : NULL;

  if (bytes == NULL)
    return NULL;

  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
}

static GPtrArray *
read_sockets (guint n_sockets, GError **error)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_sockets; i++)
    {
      GSocket *socket = g_socket_new_from_fd (FD_FIRST_SOCKET + (int) i, error);

      if (socket == NULL)
        return NULL;
      g_ptr_array_add (sockets, socket);
    }

  return g_steal_pointer (&sockets);
}

static gboolean
are_fds_open (guint n_sockets)
{
  if (n_sockets > (guint) (G_MAXINT - FD_FIRST_SOCKET))
    return FALSE;

  for (int fd = FD_LINK; fd < FD_FIRST_SOCKET + (int) n_sockets; fd++)
    if (fcntl (fd, F_SETFD, FD_CLOEXEC) != 0)
      return FALSE;

  return TRUE;
}

/* FALSE: it is not what the arbiter gives. */
static gboolean
read_value (GemingaProcessStart *self, const char *value, int *parent, guint *n_sockets)
{
  int is_first = 0;
  int end = 0;

  if (sscanf (value, "%d:%u%n", parent, n_sockets, &end) != 2)
    return FALSE;
  if (value[end] == '\0')
    return TRUE;

  value += end;
  end = 0;
  sscanf (value, ":%d:%n", &is_first, &end);
  if (end == 0 || value[end] == '\0')
    return FALSE;

  self->is_first = is_first;
  self->type = g_strdup (value + end);

  return TRUE;
}

/* Private API */

char *
geminga_process_start_dup_value (guint n_sockets, const char *type, gboolean is_first)
{
  if (type == NULL)
    return g_strdup_printf ("%d:%u", (int) getpid (), n_sockets);

  return g_strdup_printf ("%d:%u:%d:%s", (int) getpid (), n_sockets, is_first, type);
}

int
geminga_process_start_new_settings_fd (GVariant *settings, GError **error)
{
  int fd = memfd_create ("geminga-settings", MFD_CLOEXEC);
  gsize size = g_variant_get_size (settings);

  if (fd >= 0 && write (fd, g_variant_get_data (settings), size) == (gssize) size)
    return fd;

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED,
               "its settings cannot be passed on: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);

  return -1;
}

GemingaProcessStart *
geminga_process_start_read (GError **error)
{
  g_autofree char *value = g_strdup (g_getenv (GEMINGA_WORKER_VARIABLE));
  g_autoptr (GemingaProcessStart) self = NULL;
  GemingaLogTail *log;
  int parent = 0;
  guint n_sockets = 0;

  if (value == NULL)
    return NULL;

  g_unsetenv (GEMINGA_WORKER_VARIABLE);
  self = g_new0 (GemingaProcessStart, 1);
  self->link_fd = -1;
  if (!read_value (self, value, &parent, &n_sockets) || !are_fds_open (n_sockets))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE,
                   "%s=%s is in the environment, but this process was not started as a worker; "
                   "unset the variable",
                   GEMINGA_WORKER_VARIABLE, value);
      return NULL;
    }

  geminga_process_start_follow_parent ();
  if (getppid () != parent)
    _exit (EXIT_SUCCESS);

  log = geminga_process_report_join (FD_REPORT, error);
  if (log == NULL)
    return NULL;

  self->link_fd = FD_LINK;
  self->log = log;
  self->settings = read_settings (FD_SETTINGS, error);
  close (FD_SETTINGS);
  self->pulse = self->settings != NULL ? geminga_pulse_new_for_fd (FD_PULSE, error) : NULL;
  close (FD_PULSE);
  self->sockets = self->pulse != NULL ? read_sockets (n_sockets, error) : NULL;
  if (self->sockets == NULL)
    return NULL;

  return g_steal_pointer (&self);
}

void
geminga_process_start_free (GemingaProcessStart *self)
{
  if (self->link_fd >= 0)
    close (self->link_fd);
  g_clear_pointer (&self->pulse, geminga_pulse_free);
  g_clear_pointer (&self->settings, g_variant_unref);
  g_clear_pointer (&self->sockets, g_ptr_array_unref);
  g_free (self->type);
  g_free (self);
}

void
geminga_process_start_follow_parent (void)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}
