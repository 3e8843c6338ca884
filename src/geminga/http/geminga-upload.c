/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-upload.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "geminga-upload-private.h"

/**
 * GemingaUpload:
 *
 * A file in a form that was sent.
 *
 * Small files are in memory; large ones are in a temporary file that has no name and goes with the upload.
 *
 * Its name and its type are what the client says: neither can be trusted.
 *
 * An upload is complete when a handler gets it, and is only read from then on, from any thread.
 *
 * Since: 0.1
 */
struct _GemingaUpload
{
  GObject parent_instance;

  char *name;
  char *filename;
  char *content_type; /* (nullable) */
  GByteArray *memory; /* (nullable): NULL when it is in the file */
  int fd;             /* -1: none */
  guint64 size;
};

G_DEFINE_FINAL_TYPE (GemingaUpload, geminga_upload, G_TYPE_OBJECT)

/* Helpers */

static gboolean
set_errno (const GemingaUpload *self, const char *what, GError **error)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "Upload “%s” cannot be %s: %s",
               self->filename, what, g_strerror (code));

  return FALSE;
}

/* Not every file system has files without a name. */
static int
open_temporary (void)
{
  int fd = open (g_get_tmp_dir (), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  g_autofree char *path = NULL;

  if (fd >= 0)
    return fd;

  path = g_build_filename (g_get_tmp_dir (), "geminga-upload-XXXXXX", NULL);
  fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    g_unlink (path);

  return fd;
}

static gboolean
write_all (GemingaUpload *self, const char *data, gsize size, GError **error)
{
  while (size > 0)
    {
      gssize n = write (self->fd, data, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return set_errno (self, "written to disk", error);
      data += n;
      size -= (gsize) n;
    }

  return TRUE;
}

static gboolean
move_to_disk (GemingaUpload *self, GError **error)
{
  g_autoptr (GByteArray) memory = NULL;

  self->fd = open_temporary ();
  if (self->fd < 0)
    return set_errno (self, "written to disk", error);

  memory = g_steal_pointer (&self->memory);

  return write_all (self, (const char *) memory->data, memory->len, error);
}

/* A position of its own. */
static int
reopen (GemingaUpload *self, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", self->fd);
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    set_errno (self, "read", error);

  return fd;
}

/* GObject */

static void
geminga_upload_finalize (GObject *object)
{
  GemingaUpload *self = GEMINGA_UPLOAD (object);

  g_free (self->name);
  g_free (self->filename);
  g_free (self->content_type);
  g_clear_pointer (&self->memory, g_byte_array_unref);
  if (self->fd >= 0)
    close (self->fd);

  G_OBJECT_CLASS (geminga_upload_parent_class)->finalize (object);
}

static void
geminga_upload_class_init (GemingaUploadClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_upload_finalize;
}

static void
geminga_upload_init (GemingaUpload *self)
{
  self->fd = -1;
  self->memory = g_byte_array_new ();
}

/* Private API */

GemingaUpload *
geminga_upload_new (const char *name, const char *filename, const char *content_type)
{
  GemingaUpload *self = g_object_new (GEMINGA_TYPE_UPLOAD, NULL);

  self->name = g_strdup (name);
  self->filename = g_strdup (filename);
  self->content_type = g_strdup (content_type);

  return self;
}

gboolean
geminga_upload_append (GemingaUpload *self,
                       const char *data,
                       gsize size,
                       gsize max_memory,
                       GError **error)
{
  self->size += size;
  if (self->memory != NULL && self->size <= max_memory)
    {
      g_byte_array_append (self->memory, (const guint8 *) data, (guint) size);
      return TRUE;
    }

  return (self->memory == NULL || move_to_disk (self, error)) &&
         write_all (self, data, size, error);
}

/* Public API */

/**
 * geminga_upload_get_name:
 * @self: an upload
 *
 * Gets the name of the field of the form.
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const char *
geminga_upload_get_name (GemingaUpload *self)
{
  g_return_val_if_fail (GEMINGA_IS_UPLOAD (self), NULL);

  return self->name;
}

/**
 * geminga_upload_get_filename:
 * @self: an upload
 *
 * Gets the name of the file as the client says, without folders. Do not store files under it: it may be
 * empty, hidden, or that of another one.
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const char *
geminga_upload_get_filename (GemingaUpload *self)
{
  g_return_val_if_fail (GEMINGA_IS_UPLOAD (self), NULL);

  return self->filename;
}

/**
 * geminga_upload_get_content_type:
 * @self: an upload
 *
 * Gets the type of the file as the client says.
 *
 * Returns: (transfer none) (nullable): the type, or %NULL when the client says nothing
 *
 * Since: 0.1
 */
const char *
geminga_upload_get_content_type (GemingaUpload *self)
{
  g_return_val_if_fail (GEMINGA_IS_UPLOAD (self), NULL);

  return self->content_type;
}

/**
 * geminga_upload_get_size:
 * @self: an upload
 *
 * Gets the size of the file.
 *
 * Returns: the size in bytes
 *
 * Since: 0.1
 */
guint64
geminga_upload_get_size (GemingaUpload *self)
{
  g_return_val_if_fail (GEMINGA_IS_UPLOAD (self), 0);

  return self->size;
}

/**
 * geminga_upload_is_on_disk:
 * @self: an upload
 *
 * Tells whether the file is in a temporary file.
 *
 * Returns: %FALSE if it is in memory
 *
 * Since: 0.1
 */
gboolean
geminga_upload_is_on_disk (GemingaUpload *self)
{
  g_return_val_if_fail (GEMINGA_IS_UPLOAD (self), FALSE);

  return self->memory == NULL;
}

/**
 * geminga_upload_dup_bytes:
 * @self: an upload
 * @error: return location for an error
 *
 * Gets what is in the file. A file on disk is mapped into memory.
 *
 * Returns: (transfer full): the bytes
 *
 * Since: 0.1
 */
GBytes *
geminga_upload_dup_bytes (GemingaUpload *self, GError **error)
{
  g_autoptr (GMappedFile) file = NULL;

  g_return_val_if_fail (GEMINGA_IS_UPLOAD (self), NULL);

  if (self->memory != NULL)
    return g_bytes_new (self->memory->data, self->memory->len);

  file = g_mapped_file_new_from_fd (self->fd, FALSE, error);

  return file != NULL ? g_mapped_file_get_bytes (file) : NULL;
}

/**
 * geminga_upload_open_stream:
 * @self: an upload
 * @error: return location for an error
 *
 * Opens a stream that reads the file from its beginning, as for [method@Gio.OutputStream.splice_async].
 *
 * Returns: (transfer full): the stream
 *
 * Since: 0.1
 */
GInputStream *
geminga_upload_open_stream (GemingaUpload *self, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  int fd;

  g_return_val_if_fail (GEMINGA_IS_UPLOAD (self), NULL);

  if (self->memory != NULL)
    {
      bytes = g_bytes_new (self->memory->data, self->memory->len);
      return g_memory_input_stream_new_from_bytes (bytes);
    }

  fd = reopen (self, error);

  return fd >= 0 ? g_unix_input_stream_new (fd, TRUE) : NULL;
}
