/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-log-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FLAGS (O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define MODE  0640

/* Where a group number has 16 bits in the older call. */
#ifdef SYS_setgroups32
#define SET_GROUPS SYS_setgroups32
#else
#define SET_GROUPS SYS_setgroups
#endif

/* Somebody else's try to open the file, in a thread of its own. */
typedef struct
{
  const GemingaPrivileges *owner;
  const char *path;
  gid_t *groups; /* (owned) */
  int n_groups;
  int fd;
  int code;
} Attempt;

/* Helpers: as the owner */

static void
find_groups (Attempt *attempt)
{
  const GemingaPrivileges *owner = attempt->owner;

  attempt->n_groups = 1;
  attempt->groups = g_new (gid_t, 1);
  attempt->groups[0] = owner->gid;
  if (owner->user == NULL)
    return;

  for (int room = 32; room <= 65536; room *= 2)
    {
      int n_groups = room;

      attempt->groups = g_renew (gid_t, attempt->groups, room);
      if (getgrouplist (owner->user, owner->gid, attempt->groups, &n_groups) < 0)
        continue;
      attempt->n_groups = n_groups;
      return;
    }

  attempt->groups[0] = owner->gid;
}

static gboolean
become_owner (Attempt *attempt)
{
  const GemingaPrivileges *owner = attempt->owner;

  /* The system call, since the function changes all threads. */
  if (syscall (SET_GROUPS, (gsize) attempt->n_groups, attempt->groups) < 0)
    return FALSE;

  setfsgid (owner->gid);
  setfsuid (owner->uid);
  if ((gid_t) setfsgid (owner->gid) == owner->gid && (uid_t) setfsuid (owner->uid) == owner->uid)
    return TRUE;

  errno = EPERM;
  return FALSE;
}

/* What is changed here is this thread's, and ends with it. */
static gpointer
open_thread (gpointer data)
{
  Attempt *attempt = data;

  attempt->fd = become_owner (attempt) ? open (attempt->path, FLAGS, MODE) : -1;
  attempt->code = attempt->fd < 0 ? errno : 0;

  return NULL;
}

static int
open_as_owner (Attempt *attempt)
{
  int dumpable = prctl (PR_GET_DUMPABLE);
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_try_new ("log file", open_thread, attempt, &error);

  if (thread == NULL)
    {
      g_info ("Cannot start a thread to open a log file: %s", error->message);
      errno = EAGAIN;
      return -1;
    }

  g_thread_join (thread);
  /* The kernel takes it from whoever changes its user. */
  if (dumpable == 1)
    prctl (PR_SET_DUMPABLE, 1);
  errno = attempt->code;

  return attempt->fd;
}

/* Helpers: as root */

static gboolean
has_group (const Attempt *attempt, gid_t group)
{
  for (int i = 0; i < attempt->n_groups; i++)
    if (attempt->groups[i] == group)
      return TRUE;

  return FALSE;
}

/* Whether nobody but root, and maybe a group of people the owner is not one of, changes what is in it. */
static gboolean
is_safe_folder (const Attempt *attempt, const struct stat *status, gboolean is_above)
{
  if (!S_ISDIR (status->st_mode) || status->st_uid != 0)
    return FALSE;
  /* As in /tmp: others make things there, but do not move those of root. */
  if (is_above && (status->st_mode & S_ISVTX) != 0)
    return TRUE;

  return (status->st_mode & S_IWOTH) == 0 &&
         ((status->st_mode & S_IWGRP) == 0 || !has_group (attempt, status->st_gid));
}

static int
open_safe_folder (const Attempt *attempt, const char *path)
{
  g_autofree char *given = g_path_get_dirname (path);
  char *real = realpath (given, NULL);
  g_autofree char *above = g_strdup (real);
  struct stat status;
  int fd = real != NULL ? open (real, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
  gboolean is_safe =
      fd >= 0 && fstat (fd, &status) == 0 && is_safe_folder (attempt, &status, FALSE);

  free (real);
  while (is_safe && strcmp (above, "/") != 0)
    {
      char *parent = g_path_get_dirname (above);

      g_free (above);
      above = parent;
      is_safe = lstat (above, &status) == 0 && is_safe_folder (attempt, &status, TRUE);
    }
  if (is_safe)
    return fd;

  if (fd >= 0)
    close (fd);
  return -1;
}

/* A file that was root's becomes the owner's. */
static gboolean
give_file (const Attempt *attempt, int fd)
{
  struct stat status;

  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode) || status.st_nlink != 1)
    return FALSE;
  if (status.st_uid != attempt->owner->uid &&
      (status.st_uid != 0 || fchown (fd, attempt->owner->uid, (gid_t) -1) < 0))
    return FALSE;

  return (status.st_mode & S_IWUSR) != 0 || fchmod (fd, (status.st_mode & 07777) | S_IWUSR) == 0;
}

static gboolean
make_as_root (const Attempt *attempt)
{
  g_autofree char *name = g_path_get_basename (attempt->path);
  int folder = open_safe_folder (attempt, attempt->path);
  int fd = folder >= 0 ? openat (folder, name, FLAGS | O_NOFOLLOW, MODE) : -1;
  gboolean is_given = fd >= 0 && give_file (attempt, fd);

  if (fd >= 0)
    close (fd);
  if (folder >= 0)
    close (folder);

  return is_given;
}

/* Helpers */

static int
open_for_owner (const char *path, const GemingaPrivileges *owner, GError **error)
{
  Attempt attempt = { .owner = owner, .path = path };
  g_autofree char *number = g_strdup_printf ("%u", owner->uid);
  int fd;
  int code;

  find_groups (&attempt);
  fd = open_as_owner (&attempt);
  code = errno;
  if (fd < 0 && (code == EACCES || code == EPERM) && make_as_root (&attempt))
    {
      fd = open_as_owner (&attempt);
      code = errno;
    }
  g_free (attempt.groups);
  if (fd < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("%s, as user %s"),
                 code == ENXIO ? _ ("nobody reads from it") : g_strerror (code),
                 owner->user != NULL ? owner->user : number);

  return fd;
}

/* Private API */

int
geminga_log_file_open (const char *path, const GemingaPrivileges *owner, GError **error)
{
  int fd;

  if (owner != NULL && owner->is_change && geteuid () == 0)
    return open_for_owner (path, owner, error);

  fd = open (path, FLAGS, MODE);
  if (fd < 0)
    {
      int code = errno;

      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code),
                           code == ENXIO ? _ ("nobody reads from it") : g_strerror (code));
    }

  return fd;
}

gboolean
geminga_log_file_cut (int fd, gsize length)
{
  struct stat status;
  off_t end = lseek (fd, 0, SEEK_CUR);

  /* What is appended moves the end of the file, but only the writer's own position. */
  return end >= (off_t) length && fstat (fd, &status) == 0 && S_ISREG (status.st_mode) &&
         status.st_size == end && ftruncate (fd, end - (off_t) length) == 0;
}
