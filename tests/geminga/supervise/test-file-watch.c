/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-file-watch-private.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* As short as a test may wait for what is not to happen, in milliseconds. */
#define DELAY 20

/* Helpers */

typedef struct
{
  char *folder;
  char *path;
  char *other; /* in the same folder */
  GemingaFileWatch *watch;
  guint n_changed;
  char *changed;
  gboolean is_freed_in_callback;
} Fixture;

static void
changed_cb (const char *path, gpointer user_data)
{
  Fixture *self = user_data;

  g_free (self->changed);
  self->changed = g_strdup (path);
  self->n_changed++;
  if (self->is_freed_in_callback)
    g_clear_pointer (&self->watch, geminga_file_watch_free);
}

static void
write_file (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

/* A file of another size that takes the place of the first, as editors do it. */
static void
replace_file (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
}

static void
watch (Fixture *self, const char *path)
{
  const char *const files[] = { path, NULL };
  g_autoptr (GError) error = NULL;

  self->watch = geminga_file_watch_new (files, DELAY, changed_cb, self, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("geminga-watch-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "x.conf", NULL);
  self->other = g_build_filename (self->folder, "y.conf", NULL);
  write_file (self->path, "1");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->watch, geminga_file_watch_free);
  g_unlink (self->path);
  g_unlink (self->other);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->path);
  g_free (self->other);
  g_free (self->folder);
  g_free (self->changed);
}

static void
await (Fixture *self, const char *path)
{
  while (self->n_changed == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_changed, ==, 1);
  g_assert_cmpstr (self->changed, ==, path);
  self->n_changed = 0;
}

static gboolean
done_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
assert_quiet (Fixture *self)
{
  gboolean is_done = FALSE;

  g_timeout_add (5 * DELAY, done_cb, &is_done);
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_changed, ==, 0);
}

/* Tests */

static void
test_written (Fixture *self, gconstpointer data)
{
  watch (self, self->path);
  write_file (self->path, "22");
  await (self, self->path);
  write_file (self->path, "333");
  await (self, self->path);
}

static void
test_replaced (Fixture *self, gconstpointer data)
{
  watch (self, self->path);
  replace_file (self->path, "1");
  await (self, self->path);
  replace_file (self->path, "2");
  await (self, self->path);
}

/* Gone, and there again: one change. */
static void
test_gone (Fixture *self, gconstpointer data)
{
  watch (self, self->path);
  g_unlink (self->path);
  assert_quiet (self);
  write_file (self->path, "22");
  await (self, self->path);
}

static void
test_appears (Fixture *self, gconstpointer data)
{
  watch (self, self->other);
  write_file (self->other, "1");
  await (self, self->other);
}

static void
test_others (Fixture *self, gconstpointer data)
{
  watch (self, self->path);
  write_file (self->other, "1");
  g_assert_cmpint (g_chmod (self->path, 0640), ==, 0);
  assert_quiet (self);
}

/* Many changes are few: each time the file is left alone for a while. */
static void
test_many (Fixture *self, gconstpointer data)
{
  watch (self, self->path);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *text = g_strnfill (i + 2, 'x');

      write_file (self->path, text);
      g_main_context_iteration (NULL, FALSE);
    }
  while (self->n_changed == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_changed, <, 100);
}

static void
test_two_files (Fixture *self, gconstpointer data)
{
  const char *const files[] = { self->path, self->other, NULL };
  g_autoptr (GError) error = NULL;

  write_file (self->other, "1");
  self->watch = geminga_file_watch_new (files, DELAY, changed_cb, self, &error);
  g_assert_no_error (error);
  replace_file (self->other, "2");
  await (self, self->other);
}

/* The file is behind a link, which is pointed elsewhere, and is followed there. */
static void
test_link (Fixture *self, gconstpointer data)
{
  g_autofree char *first = g_build_filename (self->folder, "first", NULL);
  g_autofree char *second = g_build_filename (self->folder, "second", NULL);
  g_autofree char *old_file = g_build_filename (first, "x", NULL);
  g_autofree char *new_file = g_build_filename (second, "x", NULL);

  g_assert_cmpint (g_mkdir (first, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (second, 0700), ==, 0);
  write_file (old_file, "1");
  write_file (new_file, "1");
  g_assert_cmpint (symlink (old_file, self->other), ==, 0);
  watch (self, self->other);

  replace_file (old_file, "2");
  await (self, self->other);
  g_unlink (self->other);
  g_assert_cmpint (symlink (new_file, self->other), ==, 0);
  await (self, self->other);
  replace_file (new_file, "2");
  await (self, self->other);

  g_clear_pointer (&self->watch, geminga_file_watch_free);
  g_unlink (old_file);
  g_unlink (new_file);
  g_assert_cmpint (g_rmdir (first) | g_rmdir (second), ==, 0);
}

static void
test_freed_in_callback (Fixture *self, gconstpointer data)
{
  self->is_freed_in_callback = TRUE;
  watch (self, self->path);
  replace_file (self->path, "2");
  await (self, self->path);
  g_assert_null (self->watch);
  replace_file (self->path, "3");
  assert_quiet (self);
}

/* Freed while a change waits to be told. */
static void
test_freed (Fixture *self, gconstpointer data)
{
  watch (self, self->path);
  replace_file (self->path, "2");
  g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&self->watch, geminga_file_watch_free);
  assert_quiet (self);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/supervise/file-watch/written", test_written);
  add ("/supervise/file-watch/replaced", test_replaced);
  add ("/supervise/file-watch/gone", test_gone);
  add ("/supervise/file-watch/appears", test_appears);
  add ("/supervise/file-watch/others", test_others);
  add ("/supervise/file-watch/many", test_many);
  add ("/supervise/file-watch/two-files", test_two_files);
  add ("/supervise/file-watch/link", test_link);
  add ("/supervise/file-watch/freed-in-callback", test_freed_in_callback);
  add ("/supervise/file-watch/freed", test_freed);

  return g_test_run ();
}
