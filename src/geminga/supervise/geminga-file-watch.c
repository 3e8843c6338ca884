/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-file-watch-private.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <sys/stat.h>

/* GIO holds back what happens to one file more often than this, in milliseconds. */
#define RATE_LIMIT 50

/* What tells one state of a file from another. */
typedef struct
{
  gboolean is_there;
  dev_t device;
  ino_t inode;
  off_t size;
  struct timespec modified;
} Signature;

typedef struct
{
  char *path;    /* (owned): absolute */
  Signature old; /* told, or there at the start */
  Signature now; /* seen at last */
} File;

struct _GemingaFileWatch
{
  GPtrArray *files;      /* (owned) (element-type File) */
  GPtrArray *monitors;   /* (owned) (element-type GFileMonitor): of the folders they are in */
  GMainContext *context; /* (owned) */
  GSource *timer;        /* (owned) (nullable): runs since something happened */
  guint delay;           /* milliseconds */
  GemingaFileWatchFunc changed;
  gpointer user_data;
};

/* Helpers: files */

static void
file_free (gpointer data)
{
  File *file = data;

  g_free (file->path);
  g_free (file);
}

static Signature
sign (const char *path)
{
  Signature signature = { 0 };
  struct stat status;

  if (stat (path, &status) < 0)
    return signature;

  signature.is_there = TRUE;
  signature.device = status.st_dev;
  signature.inode = status.st_ino;
  signature.size = status.st_size;
  signature.modified = status.st_mtim;
  return signature;
}

static gboolean
is_equal (const Signature *one, const Signature *other)
{
  return one->is_there == other->is_there && one->device == other->device &&
         one->inode == other->inode && one->size == other->size &&
         one->modified.tv_sec == other->modified.tv_sec &&
         one->modified.tv_nsec == other->modified.tv_nsec;
}

static gboolean
is_changed (const File *file)
{
  return file->now.is_there && !is_equal (&file->now, &file->old);
}

/* Looks at all files, and whether one is not as it was at the last look. */
static gboolean
look (GemingaFileWatch *self)
{
  gboolean is_moving = FALSE;

  for (guint i = 0; i < self->files->len; i++)
    {
      File *file = g_ptr_array_index (self->files, i);
      Signature now = sign (file->path);

      is_moving = is_moving || !is_equal (&now, &file->now);
      file->now = now;
    }

  return is_moving;
}

/* Helpers: folders */

static void
monitor_free (gpointer data)
{
  GFileMonitor *monitor = data;

  g_file_monitor_cancel (monitor);
  g_object_unref (monitor);
}

static gboolean watch_folders (GemingaFileWatch *self, GError **error);
static gboolean timer_cb (gpointer user_data);

/* Other files of the folders change as well: only a look tells. */
static void
look_and_wait (GemingaFileWatch *self)
{
  if (self->timer != NULL || !look (self))
    return;

  self->timer = g_timeout_source_new (self->delay);
  g_source_set_name (self->timer, "geminga file watch");
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, self->context);
}

/* The first file that changed, or NULL; from now on all count as told. */
static char *
take_changed (GemingaFileWatch *self)
{
  char *path = NULL;

  for (guint i = 0; i < self->files->len; i++)
    {
      File *file = g_ptr_array_index (self->files, i);

      if (!is_changed (file))
        continue;
      if (path == NULL)
        path = g_strdup (file->path);
      file->old = file->now;
    }

  return path;
}

static gboolean
timer_cb (gpointer user_data)
{
  GemingaFileWatch *self = user_data;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  if (look (self))
    return G_SOURCE_CONTINUE;

  g_clear_pointer (&self->timer, g_source_unref);
  path = take_changed (self);
  if (path == NULL)
    return G_SOURCE_REMOVE;

  /* A link may lead to another folder now, where nothing was seen so far. */
  if (!watch_folders (self, &error))
    g_warning ("%s", error->message);
  look_and_wait (self);
  self->changed (path, self->user_data);

  return G_SOURCE_REMOVE;
}

static void
on_monitor_changed (GFileMonitor *monitor,
                    GFile *file,
                    GFile *other,
                    GFileMonitorEvent event,
                    GemingaFileWatch *self)
{
  look_and_wait (self);
}

static gboolean
watch_folder (GemingaFileWatch *self, GPtrArray *monitors, const char *path, GError **error)
{
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  GFileMonitor *monitor =
      g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, error);

  if (monitor == NULL)
    {
      g_prefix_error (error, _ ("Cannot watch the folder %s: "), path);
      return FALSE;
    }

  g_file_monitor_set_rate_limit (monitor, RATE_LIMIT);
  g_signal_connect (monitor, "changed", G_CALLBACK (on_monitor_changed), self);
  g_ptr_array_add (monitors, monitor);
  return TRUE;
}

static void
add_folder (GHashTable *folders, const char *path)
{
  g_hash_table_add (folders, g_path_get_dirname (path));
}

/* Folders rather than files: who replaces a file by rename leaves a watch of the file with the old one. */
static gboolean
watch_folders (GemingaFileWatch *self, GError **error)
{
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) monitors = g_ptr_array_new_with_free_func (monitor_free);
  GHashTableIter iter;
  gpointer path;

  for (guint i = 0; i < self->files->len; i++)
    {
      File *file = g_ptr_array_index (self->files, i);
      char *real = realpath (file->path, NULL);

      add_folder (folders, file->path);
      if (real != NULL)
        add_folder (folders, real);
      free (real);
    }

  g_hash_table_iter_init (&iter, folders);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    {
      if (!watch_folder (self, monitors, path, error))
        return FALSE;
    }

  g_ptr_array_unref (self->monitors);
  self->monitors = g_steal_pointer (&monitors);
  return TRUE;
}

/* Private API */

GemingaFileWatch *
geminga_file_watch_new (const char *const *files,
                        guint delay,
                        GemingaFileWatchFunc changed,
                        gpointer user_data,
                        GError **error)
{
  g_autoptr (GemingaFileWatch) self = g_new0 (GemingaFileWatch, 1);

  self->files = g_ptr_array_new_with_free_func (file_free);
  self->monitors = g_ptr_array_new_with_free_func (monitor_free);
  self->context = g_main_context_ref_thread_default ();
  self->delay = delay;
  self->changed = changed;
  self->user_data = user_data;
  for (gsize i = 0; files[i] != NULL; i++)
    {
      File *file = g_new0 (File, 1);

      file->path = g_canonicalize_filename (files[i], NULL);
      g_ptr_array_add (self->files, file);
    }

  /* Watched first: what changes between the two is seen. */
  if (!watch_folders (self, error))
    return NULL;

  for (guint i = 0; i < self->files->len; i++)
    {
      File *file = g_ptr_array_index (self->files, i);

      file->old = file->now = sign (file->path);
    }

  return g_steal_pointer (&self);
}

void
geminga_file_watch_free (GemingaFileWatch *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  g_ptr_array_unref (self->monitors);
  g_ptr_array_unref (self->files);
  g_main_context_unref (self->context);
  g_free (self);
}
