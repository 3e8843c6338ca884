/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-cgroup-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "geminga-error.h"

/* A folder stands for the service's control group: files are written, but no kernel reads them. */

#define PID 4000000

typedef struct
{
  char *folder;
  char *group;
} Fixture;

static void
set_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
assert_file (const char *folder, const char *name, const char *wanted)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, wanted);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  static const char *const files[] = { "cgroup.procs", "memory.max", "cpu.max", "pids.max" };

  self->folder = g_dir_make_tmp (NULL, NULL);
  self->group = g_strdup_printf ("%s/geminga-%d", self->folder, PID);
  g_assert_cmpint (g_mkdir (self->group, 0755), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    set_file (self->group, files[i], "");
  set_file (self->folder, "cgroup.controllers", "cpuset cpu io memory pids\n");
  set_file (self->folder, "cgroup.subtree_control", "cpu memory\n");
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_folder (child);
    }
  g_remove (path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->group);
}

static void
test_enter (Fixture *self, gconstpointer data)
{
  const GemingaCgroupLimits limits = { 1073741824, 150, 20 };
  g_autoptr (GError) error = NULL;

  g_assert_true (geminga_cgroup_enter_below (self->folder, &limits, getpid (), PID, &error));
  g_assert_no_error (error);
  assert_file (self->group, "cgroup.procs", "4000000");
  assert_file (self->group, "memory.max", "1073741824");
  assert_file (self->group, "cpu.max", "150000 100000");
  assert_file (self->group, "pids.max", "20");
  /* What was not on; a kernel adds, a file keeps the rest of what was there. */
  assert_file (self->folder, "cgroup.subtree_control", "+pidsemory\n");
}

static void
test_only_some (Fixture *self, gconstpointer data)
{
  const GemingaCgroupLimits limits = { .cpu_quota = 5 };
  g_autoptr (GError) error = NULL;

  g_assert_true (geminga_cgroup_enter_below (self->folder, &limits, getpid (), PID, &error));
  g_assert_no_error (error);
  assert_file (self->group, "cpu.max", "5000 100000");
  assert_file (self->group, "memory.max", "");
  assert_file (self->group, "pids.max", "");
}

static void
test_no_controller (Fixture *self, gconstpointer data)
{
  const GemingaCgroupLimits limits = { 1073741824, 150, 20 };
  g_autoptr (GError) error = NULL;

  set_file (self->folder, "cgroup.controllers", "memory cpu\n");
  g_assert_false (geminga_cgroup_enter_below (self->folder, &limits, getpid (), PID, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "“pids”"));
  g_assert_nonnull (strstr (error->message, self->folder));
  assert_file (self->group, "cgroup.procs", "");
}

static void
test_not_writable (Fixture *self, gconstpointer data)
{
  const GemingaCgroupLimits limits = { .memory_max = 1 };
  g_autofree char *path = g_build_filename (self->group, "memory.max", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_false (geminga_cgroup_enter_below (self->folder, &limits, getpid (), PID, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "“memory.max”"));
}

/* Of a process that has none. */
static void
test_no_group (void)
{
  g_assert_false (geminga_cgroup_ran_out_of_memory (PID));
  geminga_cgroup_remove (PID);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/supervise/cgroup/enter", test_enter);
  ADD ("/supervise/cgroup/enter/only-some", test_only_some);
  ADD ("/supervise/cgroup/enter/no-controller", test_no_controller);
  ADD ("/supervise/cgroup/enter/not-writable", test_not_writable);
  g_test_add_func ("/supervise/cgroup/no-group", test_no_group);

  return g_test_run ();
}
