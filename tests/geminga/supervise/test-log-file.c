/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-log-file-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder of root's that everybody may look into. */
typedef struct
{
  char *folder;
  char *path;
  char *other;
  GemingaPrivileges owner;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("test-log-file-XXXXXX", &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (self->folder, 0755), ==, 0);
  self->path = g_build_filename (self->folder, "x.log", NULL);
  self->other = g_build_filename (self->folder, "other", NULL);
  if (geteuid () == 0 && !geminga_privileges_find (&self->owner, "nobody", NULL, &error))
    g_test_message ("%s", error->message);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_unlink (self->other);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  geminga_privileges_clear (&self->owner);
  g_free (self->other);
  g_free (self->path);
  g_free (self->folder);
}

static gboolean
can_change (Fixture *self)
{
  if (self->owner.is_change)
    return TRUE;

  g_test_skip ("Only root can open files as somebody else");
  return FALSE;
}

static void
assert_opens (Fixture *self, const GemingaPrivileges *owner, uid_t uid)
{
  g_autoptr (GError) error = NULL;
  int fd = geminga_log_file_open (self->path, owner, &error);
  struct stat status;

  g_assert_no_error (error);
  g_assert_cmpint (write (fd, "x\n", 2), ==, 2);
  g_assert_cmpint (fstat (fd, &status), ==, 0);
  g_assert_cmpuint (status.st_uid, ==, uid);
  g_assert_cmpint (fcntl (fd, F_GETFL) & (O_APPEND | O_NONBLOCK), ==, O_APPEND | O_NONBLOCK);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
  close (fd);
}

static void
assert_fails (Fixture *self, const GemingaPrivileges *owner, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (geminga_log_file_open (self->path, owner, &error), ==, -1);
  g_assert_nonnull (error);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_open (Fixture *self, gconstpointer data)
{
  const GemingaPrivileges same = { 0 };

  assert_opens (self, NULL, geteuid ());
  assert_opens (self, &same, geteuid ());
}

static void
test_open_fails (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (g_mkdir (self->path, 0755), ==, 0);
  assert_fails (self, NULL, "Is a directory");
  g_assert_cmpint (g_rmdir (self->path), ==, 0);
  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  assert_fails (self, NULL, "nobody reads from it");
}

/* In a folder of root's, root makes the file and gives it away, also one that was there. */
static void
test_owner (Fixture *self, gconstpointer data)
{
  if (!can_change (self))
    return;

  assert_opens (self, &self->owner, self->owner.uid);
  assert_opens (self, &self->owner, self->owner.uid);
  g_assert_cmpint (g_unlink (self->path), ==, 0);
  g_assert_true (g_file_set_contents (self->path, "root\n", -1, NULL));
  g_assert_cmpint (g_chmod (self->path, 0600), ==, 0);
  assert_opens (self, &self->owner, self->owner.uid);

  /* This thread is who it was, and can be looked into. */
  g_assert_cmpuint (geteuid (), ==, 0);
  g_assert_cmpint (prctl (PR_GET_DUMPABLE), ==, 1);
  g_assert_true (g_file_set_contents (self->other, "root\n", -1, NULL));
}

/* In its own folder the owner makes it. */
static void
test_owner_folder (Fixture *self, gconstpointer data)
{
  if (!can_change (self))
    return;

  g_assert_cmpint (chown (self->folder, self->owner.uid, self->owner.gid), ==, 0);
  assert_opens (self, &self->owner, self->owner.uid);
}

/* What would give the owner something else than its log. */
static void
test_owner_tricks (Fixture *self, gconstpointer data)
{
  static const char *const refused = "Permission denied, as user nobody";

  if (!can_change (self))
    return;

  g_assert_true (g_file_set_contents (self->other, "secret\n", -1, NULL));
  g_assert_cmpint (g_chmod (self->other, 0600), ==, 0);

  g_assert_cmpint (symlink (self->other, self->path), ==, 0);
  assert_fails (self, &self->owner, refused);
  g_assert_cmpint (chown (self->folder, self->owner.uid, self->owner.gid), ==, 0);
  assert_fails (self, &self->owner, refused);
  g_assert_cmpint (g_unlink (self->path), ==, 0);

  g_assert_cmpint (link (self->other, self->path), ==, 0);
  assert_fails (self, &self->owner, refused);
  g_assert_cmpint (chown (self->folder, 0, 0), ==, 0);
  assert_fails (self, &self->owner, refused);
  g_assert_cmpint (g_unlink (self->path), ==, 0);

  /* The file is somebody else's. */
  g_assert_true (g_file_set_contents (self->path, "", -1, NULL));
  g_assert_cmpint (g_chmod (self->path, 0600), ==, 0);
  g_assert_cmpint (chown (self->path, 4711, 4711), ==, 0);
  assert_fails (self, &self->owner, refused);
}

static void
test_owner_fails (Fixture *self, gconstpointer data)
{
  if (!can_change (self))
    return;

  /* Nobody may look into it. */
  g_assert_cmpint (g_chmod (self->folder, 0700), ==, 0);
  assert_fails (self, &self->owner, "Permission denied, as user nobody");
  g_assert_cmpint (g_chmod (self->folder, 0755), ==, 0);
  g_unlink (self->path);
  g_assert_cmpint (mkfifo (self->path, 0666), ==, 0);
  g_assert_cmpint (g_chmod (self->path, 0666), ==, 0);
  assert_fails (self, &self->owner, "nobody reads from it, as user nobody");
}

static void
assert_contents (const char *path, const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_cut (Fixture *self, gconstpointer data)
{
  int fd = geminga_log_file_open (self->path, NULL, NULL);
  int other = geminga_log_file_open (self->path, NULL, NULL);

  g_assert_cmpint (write (other, "one\n", 4), ==, 4);
  g_assert_cmpint (write (fd, "hal", 3), ==, 3);
  g_assert_true (geminga_log_file_cut (fd, 3));
  assert_contents (self->path, "one\n");

  g_assert_cmpint (write (fd, "hal", 3), ==, 3);
  g_assert_cmpint (write (other, "two\n", 4), ==, 4);
  g_assert_false (geminga_log_file_cut (fd, 3));
  assert_contents (self->path, "one\nhaltwo\n");
  close (fd);
  close (other);
}

static void
test_cut_pipe (Fixture *self, gconstpointer data)
{
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  g_assert_cmpint (write (fds[1], "hal", 3), ==, 3);
  g_assert_false (geminga_log_file_cut (fds[1], 3));
  close (fds[0]);
  close (fds[1]);
}

#define ADD(name, func) \
  g_test_add ("/supervise/log-file/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("open", test_open);
  ADD ("open/fails", test_open_fails);
  ADD ("owner", test_owner);
  ADD ("owner/folder", test_owner_folder);
  ADD ("owner/tricks", test_owner_tricks);
  ADD ("owner/fails", test_owner_fails);
  ADD ("cut", test_cut);
  ADD ("cut/pipe", test_cut_pipe);

  return g_test_run ();
}
