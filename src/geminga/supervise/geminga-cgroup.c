/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-cgroup-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "geminga-error.h"

/* The groups below the service's: one for what has no limits, and one for each process that has. */
#define PREFIX     "geminga-"
#define REST_GROUP PREFIX "main"

/* Of processor time, in microseconds. */
#define PERIOD 100000

/* Helpers: files */

static gboolean
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gsize length = strlen (text);
  gboolean is_written = fd >= 0 && write (fd, text, length) == (gssize) length;
  int code = errno;

  if (fd >= 0)
    close (fd);
  errno = code;

  return is_written;
}

static char *
read_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? g_strchomp (text) : NULL;
}

static gboolean
has_word (const char *text, const char *word)
{
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", " ", -1);

  return g_strv_contains ((const char *const *) words, word);
}

/* Helpers: the service's group */

/* Where version 2 is mounted. */
static char *
find_mount (void)
{
  g_autofree char *text = read_file ("/proc/self", "mountinfo");
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], " ", -1);

      if (strstr (lines[i], " - cgroup2 ") != NULL && g_strv_length (fields) > 4)
        return g_strcompress (fields[4]);
    }

  return NULL;
}

/* The group of this process, or the one above if that is one of those made here. */
static char *
find_service (void)
{
  g_autofree char *mount = find_mount ();
  g_autofree char *text = read_file ("/proc/self", "cgroup");
  const char *own = text != NULL ? strstr (text, "0::/") : NULL;
  g_autofree char *path = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *name = NULL;

  if (mount == NULL || own == NULL)
    return NULL;

  own += strlen ("0::");
  path = g_strndup (own, strcspn (own, "\n"));
  folder = g_build_filename (mount, path, NULL);
  name = g_path_get_basename (folder);

  return g_str_has_prefix (name, PREFIX) ? g_path_get_dirname (folder) : g_steal_pointer (&folder);
}

static char *
find_group (GPid pid)
{
  g_autofree char *service = find_service ();
  g_autofree char *name = g_strdup_printf (PREFIX "%d", (int) pid);

  return service != NULL ? g_build_filename (service, name, NULL) : NULL;
}

static gboolean
fail (const char *folder, const char *what, const char *why, GError **error)
{
  g_set_error (
      error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED,
      _ ("The sandbox's limits need a control group that the service may divide: “%s” in %s: %s"),
      what, folder, why);

  return FALSE;
}

/* Helpers: controllers */

static gboolean
is_of_service (GPid pid, GPid service)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%d", (int) pid);
  g_autofree char *stat = read_file (folder, "stat");
  const char *end = stat != NULL ? strrchr (stat, ')') : NULL;
  int parent = 0;

  return pid == service ||
         (end != NULL && sscanf (end + 1, " %*c %d", &parent) == 1 && parent == service);
}

/* One that has ended meanwhile needs no other place. */
static void
move_rest (const char *folder, GPid service)
{
  g_autofree char *rest = g_build_filename (folder, REST_GROUP, NULL);
  g_autofree char *text = read_file (folder, "cgroup.procs");
  g_auto (GStrv) pids = g_strsplit (text != NULL ? text : "", "\n", -1);

  if (g_mkdir (rest, 0755) != 0 && errno != EEXIST)
    return;

  for (gsize i = 0; pids[i] != NULL; i++)
    if (is_of_service ((GPid) g_ascii_strtoll (pids[i], NULL, 10), service))
      write_file (rest, "cgroup.procs", pids[i]);
}

static gboolean
check (const char *folder, const GemingaCgroupLimits *limits, GError **error)
{
  g_autofree char *available = read_file (folder, "cgroup.controllers");
  const char *missing = NULL;

  if (limits->memory_max > 0 && !has_word (available, "memory"))
    missing = "memory";
  else if (limits->cpu_quota > 0 && !has_word (available, "cpu"))
    missing = "cpu";
  else if (limits->tasks_max > 0 && !has_word (available, "pids"))
    missing = "pids";

  return missing == NULL || fail (folder, missing, _ ("it is not available there"), error);
}

static gboolean
enable (const char *folder, const char *controller, GPid service, GError **error)
{
  g_autofree char *enabled = read_file (folder, "cgroup.subtree_control");
  g_autofree char *order = g_strconcat ("+", controller, NULL);

  if (has_word (enabled, controller))
    return TRUE;

  if (write_file (folder, "cgroup.subtree_control", order))
    return TRUE;
  /* There are processes in it. */
  if (errno == EBUSY)
    {
      move_rest (folder, service);
      if (write_file (folder, "cgroup.subtree_control", order))
        return TRUE;
    }

  return fail (folder, controller, g_strerror (errno), error);
}

static gboolean
enable_all (const char *folder, const GemingaCgroupLimits *limits, GPid service, GError **error)
{
  return (limits->memory_max == 0 || enable (folder, "memory", service, error)) &&
         (limits->cpu_quota == 0 || enable (folder, "cpu", service, error)) &&
         (limits->tasks_max == 0 || enable (folder, "pids", service, error));
}

/* Helpers: limits */

static gboolean
limit (const char *group, const char *name, const char *value, GError **error)
{
  return write_file (group, name, value) || fail (group, name, g_strerror (errno), error);
}

static gboolean
limit_all (const char *group, const GemingaCgroupLimits *limits, GError **error)
{
  g_autofree char *memory = g_strdup_printf ("%" G_GUINT64_FORMAT, limits->memory_max);
  g_autofree char *cpu = g_strdup_printf ("%" G_GUINT64_FORMAT " %d",
                                          (guint64) limits->cpu_quota * PERIOD / 100, PERIOD);
  g_autofree char *tasks = g_strdup_printf ("%u", limits->tasks_max);

  return (limits->memory_max == 0 || limit (group, "memory.max", memory, error)) &&
         (limits->cpu_quota == 0 || limit (group, "cpu.max", cpu, error)) &&
         (limits->tasks_max == 0 || limit (group, "pids.max", tasks, error));
}

/* Private API */

gboolean
geminga_cgroup_enter_below (const char *folder,
                            const GemingaCgroupLimits *limits,
                            GPid service,
                            GPid pid,
                            GError **error)
{
  g_autofree char *name = g_strdup_printf (PREFIX "%d", (int) pid);
  g_autofree char *group = g_build_filename (folder, name, NULL);
  g_autofree char *number = g_strdup_printf ("%d", (int) pid);

  if (!check (folder, limits, error))
    return FALSE;
  /* One of the same number that was left behind is as good. */
  if (g_mkdir (group, 0755) != 0 && errno != EEXIST)
    return fail (folder, name, g_strerror (errno), error);

  /* First out of the group that is to be divided. */
  if (!limit (group, "cgroup.procs", number, error) ||
      !enable_all (folder, limits, service, error) || !limit_all (group, limits, error))
    return FALSE;

  return TRUE;
}

gboolean
geminga_cgroup_enter (const GemingaCgroupLimits *limits, GPid service, GError **error)
{
  g_autofree char *folder = find_service ();

  if (folder == NULL)
    return fail ("/proc/self", "cgroup", _ ("there are no control groups of version 2"), error);

  return geminga_cgroup_enter_below (folder, limits, service, getpid (), error);
}

gboolean
geminga_cgroup_ran_out_of_memory (GPid pid)
{
  g_autofree char *group = find_group (pid);
  g_autofree char *events = group != NULL ? read_file (group, "memory.events") : NULL;
  const char *kills = events != NULL ? strstr (events, "\noom_kill ") : NULL;

  return kills != NULL && g_ascii_strtoull (kills + strlen ("\noom_kill "), NULL, 10) > 0;
}

void
geminga_cgroup_remove (GPid pid)
{
  g_autofree char *group = find_group (pid);

  /* What the process started may be there still. */
  if (group != NULL && g_rmdir (group) != 0 && errno != ENOENT)
    g_debug ("The control group %s stays: %s", group, g_strerror (errno));
}
