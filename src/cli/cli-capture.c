/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-capture.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "cli-error.h"

#define MAGIC          0xa1b2c3d4 /* and microseconds */
#define VERSION_MAJOR  2
#define VERSION_MINOR  4
#define MAX_MESSAGE    (128 * 1024 * 1024)
#define LINK_TYPE_DBUS 231
#define FILE_MODE      0600 /* arguments may be private */

struct _CliCapture
{
  char *path;   /* (owned) */
  int fd;       /* (owned); -1: it is the standard output */
  GString *out; /* what is written next; the command's own for the standard output */
};

/* In the order of this machine, which the magic number tells. */
typedef struct
{
  guint32 magic;
  guint16 version_major;
  guint16 version_minor;
  guint32 time_zone;
  guint32 accuracy;
  guint32 max_length;
  guint32 link_type;
} FileHeader;

typedef struct
{
  guint32 seconds;
  guint32 microseconds;
  guint32 captured;
  guint32 length;
} PacketHeader;

G_STATIC_ASSERT (sizeof (FileHeader) == 24);
G_STATIC_ASSERT (sizeof (PacketHeader) == 16);

/* Helpers */

static gboolean
fail (CliCapture *self, GError **error)
{
  int code = errno;

  g_set_error (error, CLI_ERROR, CLI_STATUS_FAILED, _ ("Cannot write to %s: %s"), self->path,
               g_strerror (code));

  return FALSE;
}

/* Public API */

/* Makes the file anew, or writes to the standard output for "-". */
CliCapture *
cli_capture_new (Cli *cli, const char *path, GError **error)
{
  g_autoptr (CliCapture) self = g_new0 (CliCapture, 1);
  const FileHeader header = {
    MAGIC, VERSION_MAJOR, VERSION_MINOR, 0, 0, MAX_MESSAGE, LINK_TYPE_DBUS,
  };

  self->path = g_strdup (path);
  self->fd = -1;
  if (g_str_equal (path, "-"))
    {
      self->out = cli->out;
    }
  else
    {
      self->out = g_string_new (NULL);
      self->fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
      if (self->fd < 0)
        {
          fail (self, error);
          return NULL;
        }
    }
  g_string_append_len (self->out, (const char *) &header, sizeof (header));

  return cli_capture_flush (self, error) ? g_steal_pointer (&self) : NULL;
}

/* Adds a message that was sent at @time, in microseconds since 1970. */
void
cli_capture_add (CliCapture *self, guint64 time, GVariant *bytes)
{
  gsize size = g_variant_get_size (bytes);
  const PacketHeader header = {
    (guint32) (time / G_USEC_PER_SEC),
    (guint32) (time % G_USEC_PER_SEC),
    (guint32) size,
    (guint32) size,
  };

  g_string_append_len (self->out, (const char *) &header, sizeof (header));
  g_string_append_len (self->out, g_variant_get_data (bytes), (gssize) size);
}

/* Writes what was added; what goes to the standard output is written with the rest. */
gboolean
cli_capture_flush (CliCapture *self, GError **error)
{
  gsize done = 0;

  if (self->fd < 0)
    return TRUE;

  while (done < self->out->len)
    {
      ssize_t n = write (self->fd, self->out->str + done, self->out->len - done);

      if (n < 0 && errno != EINTR)
        return fail (self, error);
      if (n > 0)
        done += (gsize) n;
    }
  g_string_truncate (self->out, 0);

  return TRUE;
}

void
cli_capture_free (CliCapture *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (self->fd >= 0 || !g_str_equal (self->path, "-"))
    g_string_free (self->out, TRUE);
  g_free (self->path);
  g_free (self);
}
