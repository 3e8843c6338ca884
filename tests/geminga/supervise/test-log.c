/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-log-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "geminga-settings.h"

#define N_THREADS 4
#define N_LINES   200

/* Helpers */

typedef struct
{
  GemingaLog *log;
  char *folder;
  char *path;
  char *old_path;
} Fixture;

static void
configure (Fixture *self, const char *level, const char *format, const char *file)
{
  g_autoptr (GError) error = NULL;

  geminga_log_configure (self->log, level, format, file, NULL, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->log = geminga_log_install ();
  self->folder = g_dir_make_tmp ("geminga-log-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "x.log", NULL);
  self->old_path = g_build_filename (self->folder, "x.log.1", NULL);
  configure (self, "info", "text", self->path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  configure (self, "info", "text", "-");
  g_unlink (self->path);
  g_unlink (self->old_path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->path);
  g_free (self->old_path);
  g_free (self->folder);
}

static void
say (GLogLevelFlags level, const char *message)
{
  g_log_structured ("Geminga", level, "MESSAGE", "%s", message);
}

static char *
read_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
assert_said (const char *path, const char *text, gboolean is_said)
{
  g_autofree char *all = read_file (path);

  g_test_message ("%s", text);
  g_assert_cmpint (strstr (all, text) != NULL, ==, is_said);
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';

  return n;
}

/* Tests */

static void
test_install (Fixture *self, gconstpointer data)
{
  g_assert_true (geminga_log_install () == self->log);
  g_assert_cmpstr (geminga_log_get_level (self->log), ==, "info");
  g_assert_cmpstr (geminga_log_get_format (self->log), ==, "text");
}

static void
test_levels (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "error", "warning", "message", "info", "debug" };
  static const GLogLevelFlags levels[] = { G_LOG_LEVEL_CRITICAL, G_LOG_LEVEL_WARNING,
                                           G_LOG_LEVEL_MESSAGE, G_LOG_LEVEL_INFO,
                                           G_LOG_LEVEL_DEBUG };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;

      geminga_log_set_level (self->log, names[i], &error);
      g_assert_no_error (error);
      g_assert_cmpstr (geminga_log_get_level (self->log), ==, names[i]);
      for (gsize j = 0; j < G_N_ELEMENTS (levels); j++)
        {
          g_autofree char *message = g_strdup_printf ("at %s %s", names[i], names[j]);

          say (levels[j], message);
          assert_said (self->path, message, j <= i);
        }
    }
}

static void
test_bad_names (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (geminga_log_set_level (self->log, "loud", &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
  g_clear_error (&error);
  g_assert_false (geminga_log_configure (self->log, "loud", "json", "-", NULL, &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
  g_clear_error (&error);
  g_assert_false (geminga_log_configure (self->log, "debug", "xml", "-", NULL, &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
  g_clear_error (&error);
  g_assert_false (
      geminga_log_configure (self->log, "debug", "json", "/nonexistent/x", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==,
                   "Cannot open the log file /nonexistent/x: No such file or directory");

  /* All as it was. */
  g_assert_cmpstr (geminga_log_get_level (self->log), ==, "info");
  g_assert_cmpstr (geminga_log_get_format (self->log), ==, "text");
  say (G_LOG_LEVEL_INFO, "still here");
  assert_said (self->path, "still here", TRUE);
}

static void
test_messages_debug (Fixture *self, gconstpointer data)
{
  configure (self, "warning", "text", self->path);
  g_setenv ("G_MESSAGES_DEBUG", "Other Geminga", TRUE);
  say (G_LOG_LEVEL_DEBUG, "wanted debug");
  say (G_LOG_LEVEL_INFO, "wanted info");
  say (G_LOG_LEVEL_MESSAGE, "not wanted");
  g_log_structured ("Else", G_LOG_LEVEL_DEBUG, "MESSAGE", "foreign");
  g_unsetenv ("G_MESSAGES_DEBUG");
  assert_said (self->path, "wanted debug", TRUE);
  assert_said (self->path, "wanted info", TRUE);
  assert_said (self->path, "not wanted", FALSE);
  assert_said (self->path, "foreign", FALSE);
}

static void
test_file (Fixture *self, gconstpointer data)
{
  GStatBuf status;
  g_autofree char *text = NULL;

  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0137, ==, 0);
  say (G_LOG_LEVEL_INFO, "one\n2026-11-24 16:00:00.123 INFO  forged");
  configure (self, "info", "text", self->path);
  say (G_LOG_LEVEL_INFO, "two");
  text = read_file (self->path);
  g_assert_cmpuint (count_lines (text), ==, 2);
}

static void
test_json (Fixture *self, gconstpointer data)
{
  configure (self, "info", "json", self->path);
  g_assert_cmpstr (geminga_log_get_format (self->log), ==, "json");
  g_log_structured ("Geminga", G_LOG_LEVEL_INFO, "ROUTE", "/x", "MESSAGE", "%s", "hi");
  assert_said (self->path, "\"level\":\"info\"", TRUE);
  assert_said (self->path, "\"message\":\"hi\"", TRUE);
  assert_said (self->path, "\"ROUTE\":\"/x\"", TRUE);
}

static void
test_journal (Fixture *self, gconstpointer data)
{
  configure (self, "info", "journal", self->path);
  g_assert_cmpstr (geminga_log_get_format (self->log), ==, "journal");
  say (G_LOG_LEVEL_INFO, "Geminga tests its log");
  assert_said (self->path, "INFO ",
               !g_file_test ("/run/systemd/journal/socket", G_FILE_TEST_EXISTS));
}

static void
test_default_format (Fixture *self, gconstpointer data)
{
  struct stat status;
  g_autofree char *stream = NULL;

  g_assert_cmpint (fstat (STDERR_FILENO, &status), ==, 0);
  stream = g_strdup_printf ("%llu:%llu", (unsigned long long) status.st_dev,
                            (unsigned long long) status.st_ino);
  g_unsetenv ("JOURNAL_STREAM");
  g_assert_cmpstr (geminga_log_default_format (), ==, "text");
  g_setenv ("JOURNAL_STREAM", "1:2", TRUE);
  g_assert_cmpstr (geminga_log_default_format (), ==, "text");
  g_setenv ("JOURNAL_STREAM", stream, TRUE);
  g_assert_cmpstr (geminga_log_default_format (), ==, "journal");
  g_unsetenv ("JOURNAL_STREAM");
}

static void
test_reopen (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  say (G_LOG_LEVEL_INFO, "before");
  g_assert_cmpint (g_rename (self->path, self->old_path), ==, 0);
  say (G_LOG_LEVEL_INFO, "between");
  geminga_log_reopen (self->log, &error);
  g_assert_no_error (error);
  say (G_LOG_LEVEL_INFO, "after");
  assert_said (self->old_path, "before", TRUE);
  assert_said (self->old_path, "between", TRUE);
  assert_said (self->old_path, "after", FALSE);
  assert_said (self->path, "after", TRUE);
}

static void
test_reopen_fails (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (self->path, self->old_path), ==, 0);
  g_assert_cmpint (g_mkdir (self->path, 0700), ==, 0);
  g_assert_false (geminga_log_reopen (self->log, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  say (G_LOG_LEVEL_INFO, "after");
  assert_said (self->old_path, "still goes to the old file", TRUE);
  assert_said (self->old_path, "after", TRUE);
  g_assert_cmpint (g_rmdir (self->path), ==, 0);
}

static void
test_reopen_stderr (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  configure (self, "error", "text", NULL);
  geminga_log_reopen (self->log, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fcntl (STDERR_FILENO, F_GETFD), >=, 0);
}

/* Whether this process can make a file system of its own. */
static gboolean
can_unshare (void)
{
  int status = 0;
  pid_t pid = geteuid () == 0 ? fork () : -1;

  if (pid == 0)
    _exit (unshare (CLONE_NEWNS) == 0 && mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                   mount ("none", "/run", "tmpfs", 0, NULL) == 0
               ? 0
               : 1);

  return pid > 0 && waitpid (pid, &status, 0) == pid && status == 0;
}

/* In the place of the journal. */
static int
listen_as_journal (void)
{
  struct sockaddr_un address = { AF_UNIX, "/run/systemd/journal/socket" };
  struct timeval patience = { 30, 0 };
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (unshare (CLONE_NEWNS), ==, 0);
  g_assert_cmpint (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), ==, 0);
  g_assert_cmpint (mount ("none", "/run", "tmpfs", 0, NULL), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents ("/run/systemd/journal", 0755), ==, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), ==, 0);

  return fd;
}

/* What one datagram says; what is too large for one is in a file without a name. */
static char *
hear (int fd, gboolean is_large)
{
  char text[4096] = "";
  union
  {
    struct cmsghdr header;
    char space[CMSG_SPACE (sizeof (int))];
  } control = { 0 };
  struct iovec vector = { text, sizeof text - 1 };
  struct msghdr message = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  struct cmsghdr *header;
  struct stat status;
  g_autofree char *path = NULL;
  char *all = NULL;
  int passed;

  g_assert_cmpint (recvmsg (fd, &message, 0), >=, 0);
  header = CMSG_FIRSTHDR (&message);
  g_assert_cmpint (header != NULL, ==, is_large);
  if (header == NULL)
    return g_strdup (text);

  memcpy (&passed, CMSG_DATA (header), sizeof passed);
  g_assert_cmpint (fstat (passed, &status), ==, 0);
  g_assert_cmpuint (status.st_nlink, ==, 0);
  path = g_strdup_printf ("/proc/self/fd/%d", passed);
  all = read_file (path);
  close (passed);

  return all;
}

/* As journald gets it: https://systemd.io/JOURNAL_NATIVE_PROTOCOL */
static void
test_journal_socket (Fixture *self, gconstpointer data)
{
  g_autofree char *large = NULL;
  g_autofree char *small_text = NULL;
  g_autofree char *large_text = NULL;
  g_autofree char *identifier = NULL;
  int fd;

  if (!g_test_subprocess ())
    {
      if (!can_unshare ())
        {
          g_test_skip ("Only root can put something in the place of the journal");
          return;
        }
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  fd = listen_as_journal ();
  identifier = g_strdup_printf ("SYSLOG_IDENTIFIER=%s\n", g_get_prgname ());
  configure (self, "info", "journal", self->path);
  say (G_LOG_LEVEL_DEBUG, "hidden");
  say (G_LOG_LEVEL_WARNING, "small");
  small_text = hear (fd, FALSE);
  g_assert_nonnull (strstr (small_text, "MESSAGE=small\n"));
  g_assert_nonnull (strstr (small_text, "PRIORITY=4\n"));
  g_assert_nonnull (strstr (small_text, "GLIB_DOMAIN=Geminga\n"));
  g_assert_nonnull (strstr (small_text, identifier));

  large = g_strnfill (4 * 1024 * 1024, 'x');
  say (G_LOG_LEVEL_INFO, large);
  large_text = hear (fd, TRUE);
  g_assert_nonnull (strstr (large_text, large));
  g_assert_nonnull (strstr (large_text, identifier));

  assert_said (self->path, "small", FALSE);
  close (fd);

  /* The journal is gone: what is logged goes to the file. */
  g_assert_cmpint (g_unlink ("/run/systemd/journal/socket"), ==, 0);
  say (G_LOG_LEVEL_INFO, "without");
  assert_said (self->path, "without", TRUE);
}

/* The disk is full: the service goes on, and the log tells what it lacks once it can. */
static void
test_full (Fixture *self, gconstpointer data)
{
  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("no /dev/full here");
      return;
    }

  configure (self, "info", "json", "/dev/full");
  errno = 0;
  say (G_LOG_LEVEL_INFO, "lost 1");
  say (G_LOG_LEVEL_INFO, "lost 2");
  g_assert_cmpint (errno, ==, 0);
  configure (self, "info", "text", self->path);
  say (G_LOG_LEVEL_INFO, "found");
  say (G_LOG_LEVEL_INFO, "found too");
  assert_said (self->path, "could not be written: 2 (No space left on device)", TRUE);
  assert_said (self->path, "found too", TRUE);
}

/* Half a line does not stay, so that what another process writes next begins a line. */
static void
test_half (Fixture *self, gconstpointer data)
{
  struct rlimit before;
  struct rlimit limit;
  g_autofree char *text = NULL;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  limit = (struct rlimit){ 100, before.rlim_max };
  say (G_LOG_LEVEL_INFO, "whole");
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  say (G_LOG_LEVEL_INFO,
       "It is far too long for what is left of the file, and for the limit that it has");
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  text = read_file (self->path);
  g_assert_cmpuint (count_lines (text), ==, 1);
  g_assert_true (g_str_has_suffix (text, "whole\n"));

  say (G_LOG_LEVEL_INFO, "again");
  assert_said (self->path, "far too long", FALSE);
  assert_said (self->path, "could not be written: 1 (", TRUE);
  assert_said (self->path, "again\n", TRUE);
}

/* A pipe that nobody reads, or that nobody reads fast enough, is like a full disk. */
static void
test_pipe (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *large = g_strnfill (256 * 1024, 'x');
  char got[4096];
  gssize n = 0;
  int reader = -1;
  g_autoptr (GString) all = g_string_new (NULL);

  g_assert_cmpint (mkfifo (self->old_path, 0600), ==, 0);
  g_assert_false (geminga_log_configure (self->log, "info", "text", self->old_path, NULL, &error));
  g_assert_nonnull (strstr (error->message, "nobody reads from it"));

  reader = open (self->old_path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  configure (self, "info", "text", self->old_path);
  say (G_LOG_LEVEL_INFO, large);
  while ((n = read (reader, got, sizeof got)) > 0)
    g_string_append_len (all, got, n);
  g_string_truncate (all, 0);
  say (G_LOG_LEVEL_INFO, "next");
  while ((n = read (reader, got, sizeof got)) > 0)
    g_string_append_len (all, got, n);

  /* What was torn does not run into what follows. */
  g_assert_cmpint (all->str[0], ==, '\n');
  g_assert_nonnull (strstr (all->str, "could not be written: 1"));
  g_assert_nonnull (strstr (all->str, "next\n"));

  close (reader);
  say (G_LOG_LEVEL_INFO, "to nobody");
  configure (self, "info", "text", self->path);
  say (G_LOG_LEVEL_INFO, "to somebody");
  assert_said (self->path, "could not be written: 1", TRUE);
}

static gpointer
thread_func (gpointer data)
{
  for (guint i = 0; i < N_LINES; i++)
    say (G_LOG_LEVEL_INFO, data);

  return NULL;
}

/* Lines of many threads never mix, nor does one get lost while the file changes. */
static void
test_threads (Fixture *self, gconstpointer data)
{
  GThread *threads[N_THREADS];
  g_autofree char *now = NULL;
  g_autofree char *old = NULL;

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("log", thread_func, (gpointer) "0123456789012345678901234567890123");
  g_assert_cmpint (g_rename (self->path, self->old_path), ==, 0);
  for (guint i = 0; i < 50; i++)
    {
      geminga_log_reopen (self->log, NULL);
      geminga_log_set_level (self->log, i % 2 == 0 ? "debug" : "info", NULL);
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);

  now = read_file (self->path);
  old = read_file (self->old_path);
  g_assert_cmpuint (count_lines (now) + count_lines (old), ==, N_THREADS * N_LINES);
  for (const char *line = now; *line != '\0'; line = strchr (line, '\n') + 1)
    g_assert_true (g_str_has_prefix (strchr (line, '\n') - 4, "0123\n"));
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

static void
test_colour (void)
{
  g_autofree char *line = NULL;
  char got[512] = "";
  int terminal = -1;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  terminal = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (terminal, >=, 0);
  g_assert_cmpint (grantpt (terminal) | unlockpt (terminal), ==, 0);
  g_setenv ("TERM", "xterm", TRUE);
  g_unsetenv ("NO_COLOR");
  g_assert_true (geminga_log_configure (geminga_log_install (), "info", "text", ptsname (terminal),
                                        NULL, NULL));
  say (G_LOG_LEVEL_INFO, "green");
  g_assert_cmpint (read (terminal, got, sizeof got - 1), >, 0);
  g_assert_nonnull (strstr (got, "\033[32mINFO "));

  g_setenv ("NO_COLOR", "1", TRUE);
  g_assert_true (geminga_log_configure (geminga_log_install (), "info", "text", ptsname (terminal),
                                        NULL, NULL));
  say (G_LOG_LEVEL_INFO, "plain");
  memset (got, 0, sizeof got);
  g_assert_cmpint (read (terminal, got, sizeof got - 1), >, 0);
  g_assert_null (strchr (got, '\033'));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/supervise/log/install", test_install);
  add ("/supervise/log/levels", test_levels);
  add ("/supervise/log/bad-names", test_bad_names);
  add ("/supervise/log/messages-debug", test_messages_debug);
  add ("/supervise/log/file", test_file);
  add ("/supervise/log/json", test_json);
  add ("/supervise/log/journal", test_journal);
  add ("/supervise/log/default-format", test_default_format);
  add ("/supervise/log/reopen/plain", test_reopen);
  add ("/supervise/log/reopen/fails", test_reopen_fails);
  add ("/supervise/log/reopen/standard-error", test_reopen_stderr);
  add ("/supervise/log/full", test_full);
  add ("/supervise/log/half", test_half);
  add ("/supervise/log/journal/socket", test_journal_socket);
  add ("/supervise/log/pipe", test_pipe);
  add ("/supervise/log/threads", test_threads);
  g_test_add_func ("/supervise/log/colour", test_colour);

  return g_test_run ();
}
