/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-access-log-file-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  char *path;
  char *moved;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("test-access-log-file-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "access.log", NULL);
  self->moved = g_build_filename (self->folder, "access.log.1", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_unlink (self->moved);
  g_rmdir (self->folder);
  g_free (self->path);
  g_free (self->moved);
  g_free (self->folder);
}

static const GemingaAccessLogEntry entry = {
  .remote = "127.0.0.1",
  .method = "GET",
  .target = "/",
  .protocol = "HTTP/1.1",
  .status = 200,
};

static GemingaAccessLogFile *
file_new (const char *path)
{
  g_autoptr (GError) error = NULL;
  GemingaAccessLogFile *file =
      geminga_access_log_file_new (path, GEMINGA_ACCESS_LOG_COMMON, &error);

  g_assert_no_error (error);

  return file;
}

static guint
count_lines (const char *path)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i + 1] != NULL; i++)
    g_assert_nonnull (strstr (lines[i], "\"GET / HTTP/1.1\" 200"));

  return g_strv_length (lines) - 1;
}

static void
test_write (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaAccessLogFile) file = file_new (self->path);
  g_autoptr (GemingaAccessLogFile) other = file_new (self->path);
  struct stat status;

  /* Several append to it. */
  geminga_access_log_file_write (file, &entry);
  geminga_access_log_file_write (other, &entry);
  geminga_access_log_file_write (file, &entry);
  g_assert_cmpuint (count_lines (self->path), ==, 3);
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 07, ==, 0);
}

static void
test_new_fails (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (geminga_access_log_file_new ("/nonexistent/folder/access.log",
                                              GEMINGA_ACCESS_LOG_COMMON, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "/nonexistent/folder/access.log"));
}

static void
test_reopen (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaAccessLogFile) file = file_new (self->path);
  g_autoptr (GError) error = NULL;

  geminga_access_log_file_write (file, &entry);
  g_assert_cmpint (g_rename (self->path, self->moved), ==, 0);
  geminga_access_log_file_write (file, &entry);
  g_assert_true (geminga_access_log_file_reopen (file, &error));
  g_assert_no_error (error);
  geminga_access_log_file_write (file, &entry);
  g_assert_cmpuint (count_lines (self->moved), ==, 2);
  g_assert_cmpuint (count_lines (self->path), ==, 1);
}

static void
test_reopen_fails (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaAccessLogFile) file = file_new (self->path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (self->path, self->moved), ==, 0);
  g_assert_cmpint (g_mkdir (self->path, 0700), ==, 0);
  g_assert_false (geminga_access_log_file_reopen (file, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  geminga_access_log_file_write (file, &entry);
  g_assert_cmpuint (count_lines (self->moved), ==, 1);
  g_rmdir (self->path);
}

/* It is said once, and how many lines are missing. */
static void
test_full (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaAccessLogFile) file = NULL;

  if (g_access ("/dev/full", W_OK) != 0)
    {
      g_test_skip ("There is no /dev/full");
      return;
    }

  g_assert_cmpint (symlink ("/dev/full", self->path), ==, 0);
  file = file_new (self->path);
  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "Cannot write to the access log*");
  for (guint i = 0; i < 3; i++)
    geminga_access_log_file_write (file, &entry);
  g_test_assert_expected_messages ();

  g_assert_cmpint (g_unlink (self->path), ==, 0);
  g_assert_true (geminga_access_log_file_reopen (file, NULL));
  g_test_expect_message ("Geminga", G_LOG_LEVEL_MESSAGE, "3 lines are missing in the access log");
  geminga_access_log_file_write (file, &entry);
  g_test_assert_expected_messages ();
  geminga_access_log_file_write (file, &entry);
  g_assert_cmpuint (count_lines (self->path), ==, 2);
}

/* Half a line does not stay, so that what another process writes next begins a line. */
static void
test_half (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaAccessLogFile) file = file_new (self->path);
  g_autoptr (GemingaAccessLogFile) other = file_new (self->path);
  struct sigaction kept;
  struct rlimit before;
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  sigaction (SIGXFSZ, NULL, &kept);
  signal (SIGXFSZ, SIG_IGN);
  geminga_access_log_file_write (file, &entry);
  limit = (struct rlimit){ 100, before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "Cannot write to the access log*");
  geminga_access_log_file_write (file, &entry);
  g_test_assert_expected_messages ();
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  sigaction (SIGXFSZ, &kept, NULL);

  geminga_access_log_file_write (other, &entry);
  g_test_expect_message ("Geminga", G_LOG_LEVEL_MESSAGE, "1 lines are missing in the access log");
  geminga_access_log_file_write (file, &entry);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (count_lines (self->path), ==, 3);
}

static void
test_prepare (Fixture *self, gconstpointer data)
{
  const GemingaPrivileges same = { 0 };
  g_autoptr (GError) error = NULL;

  struct pollfd reader = { .events = POLLIN };

  g_assert_true (geminga_access_log_file_prepare ("-", &same, &error));
  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  reader.fd = open (self->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  g_assert_true (geminga_access_log_file_prepare (self->path, &same, &error));
  g_assert_cmpint (poll (&reader, 1, 0), ==, 0);
  close (reader.fd);
  g_assert_cmpint (g_unlink (self->path), ==, 0);
  g_assert_true (geminga_access_log_file_prepare (self->path, &same, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (self->path, G_FILE_TEST_IS_REGULAR));
  g_assert_cmpint (g_unlink (self->path), ==, 0);
  g_assert_cmpint (g_mkdir (self->path, 0700), ==, 0);
  g_assert_false (geminga_access_log_file_prepare (self->path, &same, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  g_assert_nonnull (strstr (error->message, self->path));
  g_assert_cmpint (g_rmdir (self->path), ==, 0);
}

/* Whoever does not read must not stop the service. */
static void
test_pipe_that_nobody_reads (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaAccessLogFile) file = NULL;
  g_autoptr (GError) error = NULL;
  int reader;

  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  g_assert_null (geminga_access_log_file_new (self->path, GEMINGA_ACCESS_LOG_COMMON, &error));
  g_assert_nonnull (error);

  reader = open (self->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  file = file_new (self->path);
  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "Cannot write to the access log*");
  for (guint i = 0; i < 10 * 1000; i++)
    geminga_access_log_file_write (file, &entry);
  g_test_assert_expected_messages ();
  close (reader);
}

/* The same with standard output, whose flags are not ours to change. */
static void
test_standard_output (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaAccessLogFile) file = NULL;
  int kept = dup (STDOUT_FILENO);
  int fds[2];
  char text[32];

  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  fflush (stdout);
  dup2 (fds[1], STDOUT_FILENO);
  file = file_new ("-");
  g_assert_true (geminga_access_log_file_reopen (file, NULL));
  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "Cannot write to the access log*");
  for (guint i = 0; i < 10 * 1000; i++)
    geminga_access_log_file_write (file, &entry);
  dup2 (kept, STDOUT_FILENO);
  g_test_assert_expected_messages ();
  g_assert_cmpint (fcntl (fds[1], F_GETFL) & O_NONBLOCK, ==, 0);
  g_assert_cmpint (read (fds[0], text, sizeof text), ==, sizeof text);
  g_assert_true (g_str_has_prefix (text, "127.0.0.1 "));
  for (guint i = 0; i < 2; i++)
    close (fds[i]);
  close (kept);
}

#define ADD(path, func) \
  g_test_add ("/http/access-log-file/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("write", test_write);
  ADD ("new/fails", test_new_fails);
  ADD ("reopen", test_reopen);
  ADD ("reopen/fails", test_reopen_fails);
  ADD ("full", test_full);
  ADD ("half", test_half);
  ADD ("prepare", test_prepare);
  ADD ("pipe-that-nobody-reads", test_pipe_that_nobody_reads);
  ADD ("standard-output", test_standard_output);

  return g_test_run ();
}
