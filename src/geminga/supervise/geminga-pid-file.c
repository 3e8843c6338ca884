/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-pid-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* So often somebody else's file may come or go while it is looked at. */
#define TRIES 16

struct _GemingaPidFile
{
  char *path; /* (owned): absolute */
  pid_t pid;  /* whose file it is: not that of a forked copy */
  int fd;     /* (owned): has the lock */
};

typedef enum
{
  OLD_NONE,
  OLD_LEFT,   /* and locked now */
  OLD_MOVED,  /* came or went meanwhile: to be looked at again */
  OLD_FAILED, /* there is an error */
} OldState;

/* Helpers */

static gboolean
fail (const char *path, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               _ ("Cannot write the PID file %s: %s"), path, g_strerror (code));
  return FALSE;
}

static gboolean
is_file_at (int fd, const char *path)
{
  struct stat here;
  struct stat there;

  return fstat (fd, &here) == 0 && lstat (path, &there) == 0 && here.st_dev == there.st_dev &&
         here.st_ino == there.st_ino;
}

/* A number, or what was meant to become one; FALSE is a file that is somebody's. */
static gboolean
read_pid (int fd, char *text, gsize size)
{
  gssize length = pread (fd, text, size - 1, 0);

  if (length < 0 || (gsize) length == size - 1)
    return FALSE;

  text[length] = '\0';
  g_strstrip (text);
  return strspn (text, "0123456789") == strlen (text);
}

static OldState
inspect (int fd, const char *path, GError **error)
{
  char text[32] = "";
  struct stat status;
  gboolean is_pid =
      fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && read_pid (fd, text, sizeof text);

  if (!is_pid)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                   _ ("Cannot write the PID file %s: there is another file of this name"), path);
      return OLD_FAILED;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    return is_file_at (fd, path) ? OLD_LEFT : OLD_MOVED;
  if (errno != EWOULDBLOCK)
    {
      fail (path, errno, error);
      return OLD_FAILED;
    }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
               _ ("Cannot write the PID file %s: process %s runs and has it"), path, text);
  return OLD_FAILED;
}

static OldState
open_old (const char *path, int *fd, GError **error)
{
  /* Never waits for the writer of a pipe. */
  *fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (*fd < 0 && errno == ENOENT)
    return OLD_NONE;
  if (*fd >= 0)
    return inspect (*fd, path, error);

  fail (path, errno, error);
  return OLD_FAILED;
}

/* Puts @temporary there unless a file of a live process is; 1, or 0 to try again, or -1. */
static int
try_put (const char *temporary, const char *path, GError **error)
{
  int old = -1;
  OldState state = open_old (path, &old, error);
  int code = 0;

  if (state == OLD_NONE && link (temporary, path) < 0)
    code = errno;
  if (state == OLD_LEFT && rename (temporary, path) < 0)
    code = errno;
  if (old >= 0)
    close (old);

  if (state == OLD_FAILED)
    return -1;
  if (state == OLD_MOVED || code == EEXIST)
    return 0;
  if (code == 0)
    return 1;

  fail (path, code, error);
  return -1;
}

static gboolean
put (const char *temporary, const char *path, GError **error)
{
  for (guint i = 0; i < TRIES; i++)
    {
      int done = try_put (temporary, path, error);

      if (done != 0)
        return done > 0;
    }

  return fail (path, EBUSY, error);
}

static gboolean
fill (GemingaPidFile *self)
{
  g_autofree char *text = g_strdup_printf ("%d\n", self->pid);
  gssize length = strlen (text);
  gssize written;

  if (fchmod (self->fd, 0644) < 0 || flock (self->fd, LOCK_EX | LOCK_NB) < 0)
    return FALSE;

  written = write (self->fd, text, length);
  if (written >= 0 && written < length)
    errno = ENOSPC;
  return written == length;
}

/* Private API */

GemingaPidFile *
geminga_pid_file_new (const char *path, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *temporary = g_strconcat (absolute, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  GemingaPidFile *self = NULL;
  gboolean is_there = FALSE;

  if (fd < 0)
    {
      fail (absolute, errno, error);
      return NULL;
    }

  self = g_new0 (GemingaPidFile, 1);
  self->path = g_strdup (absolute);
  self->pid = getpid ();
  self->fd = fd;
  is_there = fill (self) ? put (temporary, absolute, error) : fail (absolute, errno, error);
  /* Gone already if it was renamed. */
  g_unlink (temporary);
  if (is_there)
    return self;

  geminga_pid_file_free (self);
  return NULL;
}

void
geminga_pid_file_free (GemingaPidFile *self)
{
  /* While the lock is held nobody replaces the file, so that it is the one that was looked at. */
  if (self->pid == getpid () && is_file_at (self->fd, self->path) && g_unlink (self->path) < 0)
    g_warning ("Cannot remove the PID file %s: %s", self->path, g_strerror (errno));

  close (self->fd);
  g_free (self->path);
  g_free (self);
}
