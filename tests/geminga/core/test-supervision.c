/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "placement-world.h"

/* Supervisors and their children anywhere: in this thread, another thread, another process. */

/* Helpers */

static GemingaActorRef *
spawn_supervisor (World *world, GemingaPlacement placement, const char *child_placement)
{
  g_autofree char *text =
      g_strdup_printf ("{'first-delay': <0>, 'strategy': <'one-for-all'>, 'children': <<["
                       "{'id': <'one'>, 'type': <'Sample'>, 'placement': <'%s'>},"
                       "{'id': <'two'>, 'type': <'Sample'>, 'placement': <'%s'>}]>>}",
                       child_placement, child_placement);
  g_autoptr (GVariant) properties =
      g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_spawn (world->system, GEMINGA_TYPE_SUPERVISOR, "top",
                                               placement, properties, &error);

  g_assert_no_error (error);
  g_assert_true (wait_ready (ref, &error));
  g_assert_no_error (error);

  return ref;
}

static GVariant *
get_list (GemingaActorRef *ref, const char *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (ref, command, NULL, &error);

  g_assert_no_error (error);

  return g_variant_get_child_value (answer, 0);
}

/* What an entry of a list says. */
static char *
dup_text (GVariant *list, gsize i, const char *name)
{
  g_autoptr (GVariant) entry = g_variant_get_child_value (list, i);
  g_autoptr (GVariant) value = g_variant_lookup_value (entry, name, NULL);

  g_assert_nonnull (value);

  return g_variant_dup_string (value, NULL);
}

static GemingaActorRef *
find_child (World *world, GemingaActorRef *ref, guint i)
{
  g_autoptr (GVariant) children = get_list (ref, "ListChildren");
  g_autofree char *path = dup_text (children, i, "path");
  g_autoptr (GError) error = NULL;
  GemingaActorRef *child = geminga_system_ref_actor (world->system, path, &error);

  g_assert_no_error (error);

  return child;
}

static void
await_running (GemingaActorRef *ref, gsize n_records)
{
  gint64 end = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;
  gboolean is_done = FALSE;

  while (!is_done)
    {
      g_autoptr (GVariant) records = get_list (ref, "GetRestarts");
      g_autoptr (GVariant) children = get_list (ref, "ListChildren");
      g_autofree char *one = dup_text (children, 0, "state");
      g_autofree char *two = dup_text (children, 1, "state");

      is_done = g_variant_n_children (records) == n_records && g_str_equal (one, "running") &&
                g_str_equal (two, "running");
      g_assert_cmpint (g_get_monotonic_time (), <, end);
    }
}

static void
assert_reason (GemingaActorRef *ref, gsize i, const char *expected)
{
  g_autoptr (GVariant) records = get_list (ref, "GetRestarts");
  g_autofree char *reason = dup_text (records, i, "reason");
  g_autofree char *detail = dup_text (records, i, "detail");

  g_test_message ("%s: %s", reason, detail);
  g_assert_cmpstr (reason, ==, expected);
}

static pid_t
get_pid (GemingaActorRef *ref)
{
  g_autoptr (GVariant) info = get_list (ref, "Info");
  guint32 pid = 0;

  g_assert_true (g_variant_lookup (info, "pid", "u", &pid));

  return (pid_t) pid;
}

/* Cases */

static void
fail_child (World *world, GemingaActorRef *ref)
{
  g_autoptr (GemingaActorRef) child = find_child (world, ref, 1);

  geminga_actor_ref_tell (child, "Break", NULL, NULL);
  await_running (ref, 1);
  assert_reason (ref, 0, "failed");
}

static void
signal_child (World *world, GemingaActorRef *ref, gboolean is_parent)
{
  g_autoptr (GemingaActorRef) child = find_child (world, ref, 0);

  kill (get_pid (child), SIGKILL);
  await_running (ref, 2);
  assert_reason (ref, 1, is_parent ? "signal" : "lost");
}

typedef struct
{
  GemingaPlacement supervisor;
  const char *children;
} Run;

static void
run (gconstpointer data)
{
  const Run *run = data;
  g_autoptr (World) world = world_new_with_processes (GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GemingaActorRef) ref = spawn_supervisor (world, run->supervisor, run->children);
  g_autoptr (GemingaActorRef) child = NULL;

  fail_child (world, ref);
  if (g_str_equal (run->children, "process"))
    signal_child (world, ref, run->supervisor != GEMINGA_PLACEMENT_PROCESS);

  child = find_child (world, ref, 0);
  geminga_actor_ref_stop (ref);
  g_assert_true (wait_ended (ref, NULL));
  wait_ended (child, NULL);
}

int
main (int argc, char *argv[])
{
  static const char *const placements[] = { "shared", "thread", "process" };

  if (g_getenv (WORKER_VARIABLE) != NULL)
    return run_worker ();

  g_test_init (&argc, &argv, NULL);
  g_type_ensure (SAMPLE_TYPE);

  for (guint i = 0; i < 9; i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/core/supervision/%s-%s", placements[i / 3], placements[i % 3]);
      Run *data = g_new (Run, 1);

      *data = (Run){ (GemingaPlacement) (i / 3), placements[i % 3] };
      g_test_add_data_func_full (path, data, run, g_free);
    }

  return g_test_run ();
}
