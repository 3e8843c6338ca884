/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-landlock-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "geminga-error.h"

/* Newer than the headers that this is built with may be. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif

/* What came with which version. */
#define VERSION_REFER     2
#define VERSION_TRUNCATE  3
#define VERSION_IOCTL_DEV 5

#define READ_RIGHTS \
  (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

#define ALL_RIGHTS                                                                               \
  (READ_RIGHTS | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                 \
   LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | \
   LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |   \
   LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER |      \
   LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_IOCTL_DEV)

/* Those that mean something for what is no directory; the kernel refuses the others. */
#define FILE_RIGHTS                                                                            \
  (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
   LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_IOCTL_DEV)

/* Helpers */

static guint64
choose_rights (int version)
{
  guint64 rights = ALL_RIGHTS;

  if (version < VERSION_REFER)
    rights &= ~LANDLOCK_ACCESS_FS_REFER;
  if (version < VERSION_TRUNCATE)
    rights &= ~LANDLOCK_ACCESS_FS_TRUNCATE;
  if (version < VERSION_IOCTL_DEV)
    rights &= ~LANDLOCK_ACCESS_FS_IOCTL_DEV;

  return rights;
}

static gboolean
fail (const char *path, GError **error)
{
  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED,
               _ ("The sandbox cannot allow the path %s: %s"), path, g_strerror (errno));

  return FALSE;
}

static gboolean
add_rule (int rules, const char *path, guint64 rights, GError **error)
{
  struct landlock_path_beneath_attr rule = { .allowed_access = rights };
  struct stat status;
  gboolean is_added;

  rule.parent_fd = open (path, O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0)
    return fail (path, error);

  if (fstat (rule.parent_fd, &status) == 0 && !S_ISDIR (status.st_mode))
    rule.allowed_access &= FILE_RIGHTS;
  is_added = syscall (SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0 ||
             fail (path, error);
  close (rule.parent_fd);

  return is_added;
}

static gboolean
add_rules (int rules, GPtrArray *paths, guint64 rights, GError **error)
{
  for (guint i = 0; i < paths->len; i++)
    if (!add_rule (rules, g_ptr_array_index (paths, i), rights, error))
      return FALSE;

  return TRUE;
}

/* Private API */

int
geminga_landlock_get_version (void)
{
  long version = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

  /* ENOSYS, or EOPNOTSUPP if it is not enabled, or EPERM in a container that does not know it. */
  return version > 0 ? (int) version : 0;
}

int
geminga_landlock_new_rules (GPtrArray *read_paths, GPtrArray *write_paths, GError **error)
{
  int version = geminga_landlock_get_version ();
  struct landlock_ruleset_attr attributes = { .handled_access_fs = choose_rights (version) };
  int rules = -1;

  if (version > 0)
    rules = (int) syscall (SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
  if (rules < 0)
    {
      g_set_error (
          error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED,
          _ ("The kernel cannot restrict paths: it has no Landlock, or it is not enabled"));
      return -1;
    }

  if (add_rules (rules, read_paths, attributes.handled_access_fs & READ_RIGHTS, error) &&
      add_rules (rules, write_paths, attributes.handled_access_fs, error))
    return rules;

  close (rules);

  return -1;
}
