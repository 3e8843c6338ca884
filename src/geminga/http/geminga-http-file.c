/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-file-private.h"

#include <errno.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#define SEND_SIZE (1024 * 1024)
#define COPY_SIZE (64 * 1024)

typedef struct
{
  char *text; /* (owned) (nullable): else from the file */
  guint64 offset;
  guint64 size;
} Part;

struct _GemingaHttpFile
{
  int fd;
  GArray *parts; /* (element-type Part) */
  guint part;    /* that is being sent */
  guint64 done;  /* of that one */
  guint64 size;
  gboolean is_copied; /* the kernel cannot send it by itself */
};

/* Helpers */

static void
part_clear (gpointer data)
{
  g_free (((Part *) data)->text);
}

static void
add_part (GemingaHttpFile *self, char *text, guint64 offset, guint64 size)
{
  Part part = { text, offset, size };

  g_array_append_val (self->parts, part);
  self->size += size;
}

static void
advance (GemingaHttpFile *self, guint64 n)
{
  self->done += n;
  if (self->done < g_array_index (self->parts, Part, self->part).size)
    return;

  self->done = 0;
  self->part++;
}

/* What can be read at once of a part of the file; -1: errno says why. */
static gssize
read_part (int fd, const Part *part, guint64 done, GString *out, gsize limit)
{
  gsize len = out->len;
  gsize wanted = (gsize) MIN (limit, part->size - done);
  gssize n;

  g_string_set_size (out, len + wanted);
  do
    n = pread (fd, out->str + len, wanted, (off_t) (part->offset + done));
  while (n < 0 && errno == EINTR);
  g_string_truncate (out, len + (gsize) MAX (n, 0));
  if (n == 0)
    errno = EIO;

  return n > 0 ? n : -1;
}

static int
copy_part (GemingaHttpFile *self, const Part *part, GString *out)
{
  gssize n = read_part (self->fd, part, self->done, out, COPY_SIZE);

  /* A descriptor that would block is no file: not to be tried again. */
  if (n < 0)
    return errno == EAGAIN ? EIO : errno;

  advance (self, (guint64) n);

  return 0;
}

/* Private API */

GemingaHttpFile *
geminga_http_file_new (int fd)
{
  GemingaHttpFile *self = g_new0 (GemingaHttpFile, 1);

  self->fd = fd;
  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_array_set_clear_func (self->parts, part_clear);

  return self;
}

void
geminga_http_file_free (GemingaHttpFile *self)
{
  g_array_unref (self->parts);
  close (self->fd);
  g_free (self);
}

void
geminga_http_file_add_range (GemingaHttpFile *self, guint64 offset, guint64 size)
{
  if (size > 0)
    add_part (self, NULL, offset, size);
}

void
geminga_http_file_add_text (GemingaHttpFile *self, char *text)
{
  add_part (self, text, 0, strlen (text));
}

guint64
geminga_http_file_get_size (const GemingaHttpFile *self)
{
  return self->size;
}

gboolean
geminga_http_file_is_sent (const GemingaHttpFile *self)
{
  return self->part == self->parts->len;
}

int
geminga_http_file_send (GemingaHttpFile *self, int socket, GString *out, gsize *sent)
{
  const Part *part = &g_array_index (self->parts, Part, self->part);
  off_t offset = (off_t) (part->offset + self->done);
  gssize n;

  *sent = 0;
  if (part->text != NULL)
    {
      g_string_append (out, part->text);
      advance (self, part->size);
      return 0;
    }
  if (self->is_copied)
    return copy_part (self, part, out);

  do
    n = sendfile (socket, self->fd, &offset, (gsize) MIN (SEND_SIZE, part->size - self->done));
  while (n < 0 && errno == EINTR);

  if (n < 0 && (errno == EINVAL || errno == ENOSYS))
    {
      self->is_copied = TRUE;
      return copy_part (self, part, out);
    }
  if (n <= 0)
    return n < 0 ? errno : EIO;

  *sent = (gsize) n;
  advance (self, (guint64) n);

  return 0;
}

GBytes *
geminga_http_file_read (const GemingaHttpFile *self)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < self->parts->len; i++)
    {
      const Part *part = &g_array_index (self->parts, Part, i);
      guint64 done = 0;

      if (part->text != NULL)
        g_string_append (out, part->text);
      while (part->text == NULL && done < part->size)
        {
          gssize n = read_part (self->fd, part, done, out, COPY_SIZE);

          if (n < 0)
            return NULL;
          done += (guint64) n;
        }
    }

  return g_string_free_to_bytes (g_steal_pointer (&out));
}
