/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-access-log-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "geminga-log-file-private.h"

struct _GemingaAccessLogFile
{
  char *path; /* (nullable): standard output */
  GemingaAccessLogFormat format;
  int fd;           /* (owned), unless it is standard output */
  guint64 n_lost;   /* lines that could not be written since the last one that could */
  gboolean is_torn; /* only a part of one of them was written */
};

/* Helpers */

static int
open_file (const char *path, const GemingaPrivileges *owner, GError **error)
{
  int fd;

  if (path == NULL)
    return STDOUT_FILENO;

  fd = geminga_log_file_open (path, owner, error);
  if (fd < 0)
    g_prefix_error (error, _ ("Cannot open the access log %s: "), path);

  return fd;
}

static void
close_file (GemingaAccessLogFile *self)
{
  if (self->path != NULL && self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static void
note_lost (GemingaAccessLogFile *self, int code)
{
  if (self->n_lost++ == 0)
    g_warning ("Cannot write to the access log: %s", g_strerror (code));
}

/* Standard output is shared with others, who do not expect it not to wait. */
static gboolean
would_wait (GemingaAccessLogFile *self)
{
  struct pollfd poll_fd = { self->fd, POLLOUT, 0 };

  return self->path == NULL && poll (&poll_fd, 1, 0) == 0;
}

/* What is written in part only, as when the disk is full, is lost as well, and does not stay. */
static void
take_back (GemingaAccessLogFile *self, gsize length)
{
  if (self->path == NULL || !geminga_log_file_cut (self->fd, length))
    self->is_torn = TRUE;
}

static gboolean
write_line (GemingaAccessLogFile *self, const char *line, gsize length)
{
  gssize n_written;

  if (would_wait (self))
    {
      errno = EAGAIN;
      return FALSE;
    }

  do
    n_written = write (self->fd, line, length);
  while (n_written < 0 && errno == EINTR);
  if (n_written < 0)
    return FALSE;
  if (n_written == (gssize) length)
    {
      self->is_torn = FALSE;
      return TRUE;
    }

  if (n_written > 0)
    take_back (self, (gsize) n_written);
  errno = ENOSPC;

  return FALSE;
}

/* Private API */

gboolean
geminga_access_log_file_prepare (const char *path, const GemingaPrivileges *owner, GError **error)
{
  GStatBuf status;
  int fd;

  /* Whoever reads from a pipe ends when the last writer closes it, which would be this process. */
  if (g_str_equal (path, "-") || (g_stat (path, &status) == 0 && S_ISFIFO (status.st_mode)))
    return TRUE;

  fd = open_file (path, owner, error);
  if (fd < 0)
    return FALSE;

  close (fd);

  return TRUE;
}

GemingaAccessLogFile *
geminga_access_log_file_new (const char *path, GemingaAccessLogFormat format, GError **error)
{
  const char *name = g_str_equal (path, "-") ? NULL : path;
  int fd = open_file (name, NULL, error);
  GemingaAccessLogFile *self;

  if (fd < 0)
    return NULL;

  self = g_new0 (GemingaAccessLogFile, 1);
  self->path = g_strdup (name);
  self->format = format;
  self->fd = fd;

  return self;
}

void
geminga_access_log_file_free (GemingaAccessLogFile *self)
{
  close_file (self);
  g_free (self->path);
  g_free (self);
}

void
geminga_access_log_file_write (GemingaAccessLogFile *self, const GemingaAccessLogEntry *entry)
{
  g_autofree char *text = geminga_access_log_format (self->format, entry);
  g_autofree char *apart = self->is_torn ? g_strconcat ("\n", text, NULL) : NULL;
  char *line = apart != NULL ? apart : text;
  gsize length = strlen (line);

  line[length] = '\n';
  if (!write_line (self, line, length + 1))
    {
      note_lost (self, errno);
    }
  else if (self->n_lost > 0)
    {
      g_message ("%" G_GUINT64_FORMAT " lines are missing in the access log", self->n_lost);
      self->n_lost = 0;
    }
}

gboolean
geminga_access_log_file_reopen (GemingaAccessLogFile *self, GError **error)
{
  int fd = open_file (self->path, NULL, error);

  int code;

  if (fd < 0)
    return FALSE;
  if (self->path == NULL)
    return TRUE;

  /* In one step: another thread may be writing, and must not meet a number that is another file's. */
  code = dup3 (fd, self->fd, O_CLOEXEC) < 0 ? errno : 0;
  close (fd);
  if (code == 0)
    self->is_torn = FALSE;
  else
    g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
                 _ ("Cannot open the access log %s again: %s"), self->path, g_strerror (code));

  return code == 0;
}
