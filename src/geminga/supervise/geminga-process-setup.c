/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-process-setup-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRAM   "/proc/self/exe"
#define ARGUMENTS "/proc/self/cmdline"

/* The bytes of a name that the system keeps, and the zero byte after it. */
#define NAME_ROOM 16

/* Helpers */

static gboolean
fail_directory (const char *path, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               _ ("Cannot change to the directory %s: %s"), path, g_strerror (code));
  return FALSE;
}

static gboolean
is_same_file (const char *path, const char *other)
{
  GStatBuf one;
  GStatBuf two;

  return g_stat (path, &one) == 0 && g_stat (other, &two) == 0 && one.st_dev == two.st_dev &&
         one.st_ino == two.st_ino;
}

/* Private API */

void
geminga_process_set_umask (gint64 mode)
{
  if (mode >= 0)
    umask (mode & 0777);
}

gboolean
geminga_process_check_directory (const char *path, GError **error)
{
  GStatBuf status;

  if (path == NULL || *path == '\0')
    return TRUE;
  if (g_stat (path, &status) < 0)
    return fail_directory (path, errno, error);
  if (!S_ISDIR (status.st_mode))
    return fail_directory (path, ENOTDIR, error);

  return g_access (path, X_OK) == 0 || fail_directory (path, errno, error);
}

gboolean
geminga_process_change_directory (const char *path, GError **error)
{
  if (path == NULL || *path == '\0')
    return TRUE;

  return g_chdir (path) == 0 || fail_directory (path, errno, error);
}

void
geminga_process_set_name (const char *name)
{
  char kept[NAME_ROOM] = "";
  const char *end = NULL;

  g_strlcpy (kept, name, sizeof kept);
  /* Not half a character. */
  if (g_utf8_validate (name, -1, NULL) && !g_utf8_validate (kept, -1, &end))
    kept[end - kept] = '\0';
  if (prctl (PR_SET_NAME, kept) < 0)
    g_warning ("Cannot set the name of the process: %s", g_strerror (errno));
}

guint64
geminga_process_raise_file_limit (void)
{
  struct rlimit limit = { 0 };
  struct rlimit wanted = { 0 };

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
    return 0;

  wanted = (struct rlimit){ limit.rlim_max, limit.rlim_max };
  if (limit.rlim_cur == limit.rlim_max || setrlimit (RLIMIT_NOFILE, &wanted) == 0)
    return limit.rlim_max;

  g_warning ("Cannot raise the number of descriptors from %" G_GUINT64_FORMAT ": %s",
             (guint64) limit.rlim_cur, g_strerror (errno));
  return limit.rlim_cur;
}

char *
geminga_process_dup_program (GError **error)
{
  g_autofree char *path = g_file_read_link (PROGRAM, error);

  if (path == NULL)
    return NULL;

  /* The link works where the file is gone, but the new process would be called “exe”. */
  return is_same_file (path, PROGRAM) ? g_steal_pointer (&path) : g_strdup (PROGRAM);
}

GStrv
geminga_process_dup_arguments (GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!g_file_get_contents (ARGUMENTS, &text, &length, error))
    return NULL;
  if (length == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   _ ("Cannot read the arguments of this program from %s"), ARGUMENTS);
      return NULL;
    }

  for (const char *p = text; p < text + length; p += strlen (p) + 1)
    g_strv_builder_add (builder, p);

  return g_strv_builder_end (builder);
}
