/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-pid-file-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_THREADS 8

/* Helpers */

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("geminga-pid-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "x.pid", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  /* No temporary file is left behind. */
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->path);
  g_free (self->folder);
}

static void
write_file (Fixture *self, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (self->path, text, -1, &error);
  g_assert_no_error (error);
}

static void
assert_file (Fixture *self, const char *expected)
{
  g_autofree char *text = NULL;

  g_file_get_contents (self->path, &text, NULL, NULL);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_own (Fixture *self)
{
  g_autofree char *expected = g_strdup_printf ("%d\n", getpid ());

  assert_file (self, expected);
}

static GemingaPidFile *
make (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  GemingaPidFile *file = geminga_pid_file_new (self->path, &error);

  g_assert_no_error (error);
  return file;
}

/* Tests */

static void
test_plain (Fixture *self, gconstpointer data)
{
  GemingaPidFile *file = make (self);
  GStatBuf status;

  assert_own (self);
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0644);
  geminga_pid_file_free (file);
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

static void
test_held (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaPidFile) file = make (self);
  g_autofree char *expected = g_strdup_printf (
      "Cannot write the PID file %s: process %d runs and has it", self->path, getpid ());
  g_autoptr (GError) error = NULL;

  g_assert_null (geminga_pid_file_new (self->path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_cmpstr (error->message, ==, expected);
  assert_own (self);
}

/* What a process left behind, even if another one has its number now. */
static void
test_left (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = { "1\n", "", "999999999", " 12 \n" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GemingaPidFile) file = NULL;

      write_file (self, texts[i]);
      file = make (self);
      assert_own (self);
    }
}

static void
test_foreign (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = { "root:x:0:0\n", "12 13\n",
                                       "1234567890123456789012345678901234567890\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      write_file (self, texts[i]);
      g_assert_null (geminga_pid_file_new (self->path, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
      assert_file (self, texts[i]);
    }
}

static void
test_not_file (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (geminga_pid_file_new (self->folder, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);

  g_assert_cmpint (symlink ("/dev/null", self->path), ==, 0);
  g_assert_null (geminga_pid_file_new (self->path, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_unlink (self->path);

  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  g_assert_null (geminga_pid_file_new (self->path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
}

static void
test_no_folder (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (geminga_pid_file_new ("/nonexistent/x.pid", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==,
                   "Cannot write the PID file /nonexistent/x.pid: No such file or directory");
}

/* A file that somebody else put there since is not removed. */
static void
test_replaced (Fixture *self, gconstpointer data)
{
  GemingaPidFile *file = make (self);

  g_unlink (self->path);
  geminga_pid_file_free (file);

  file = make (self);
  write_file (self, "42\n");
  geminga_pid_file_free (file);
  assert_file (self, "42\n");
}

static gpointer
thread_func (gpointer data)
{
  return geminga_pid_file_new (data, NULL);
}

/* Of many that begin at once, one wins. */
static void
test_race (Fixture *self, gconstpointer data)
{
  for (guint round = 0; round < 20; round++)
    {
      GThread *threads[N_THREADS];
      GemingaPidFile *winner = NULL;

      if (round % 2 == 0)
        write_file (self, "1\n");
      for (guint i = 0; i < N_THREADS; i++)
        threads[i] = g_thread_new ("pid", thread_func, self->path);
      for (guint i = 0; i < N_THREADS; i++)
        {
          GemingaPidFile *file = g_thread_join (threads[i]);

          g_assert_true (file == NULL || winner == NULL);
          winner = file ?: winner;
        }
      g_assert_nonnull (winner);
      assert_own (self);
      geminga_pid_file_free (winner);
    }
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

  add ("/supervise/pid-file/plain", test_plain);
  add ("/supervise/pid-file/held", test_held);
  add ("/supervise/pid-file/left", test_left);
  add ("/supervise/pid-file/foreign", test_foreign);
  add ("/supervise/pid-file/not-a-file", test_not_file);
  add ("/supervise/pid-file/no-folder", test_no_folder);
  add ("/supervise/pid-file/replaced", test_replaced);
  add ("/supervise/pid-file/race", test_race);

  return g_test_run ();
}
