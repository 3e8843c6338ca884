/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "placement-world.h"

#include "finder-actor.h"

/* Names and groups, from and for actors of each placement: each case runs for all pairs of placements. */

typedef struct
{
  const char *name;
  void (*run) (World *world, GemingaPlacement here, GemingaPlacement there);
} Case;

typedef struct
{
  const Case *test_case;
  GemingaPlacement here;
  GemingaPlacement there;
} Run;

/* Helpers */

static GemingaActorRef *
spawn (World *world, const char *id, GemingaPlacement placement)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref =
      geminga_system_spawn (world->system, FINDER_TYPE, id, placement, NULL, &error);

  g_assert_no_error (error);

  return ref;
}

static void
do_with (GemingaActorRef *ref, const char *command, const char *name)
{
  ask_plainly (ref, command, g_variant_new ("(s)", name));
}

static void
publish (GemingaActorRef *publisher, const char *group, guint32 first, guint32 count)
{
  ask_plainly (publisher, "Publish", g_variant_new ("(suu)", group, first, count));
}

static void
assert_steps (GemingaActorRef *publisher, GemingaActorRef *ref, guint32 from, guint32 to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      ask (publisher, "StepsOf", g_variant_new ("(o)", geminga_actor_ref_get_path (ref)), &error);
  guint32 first;
  guint32 next;
  gboolean is_in_order;

  g_assert_no_error (error);
  g_variant_get (answer, "(uub)", &first, &next, &is_in_order);
  g_assert_cmpuint (first, ==, from);
  g_assert_cmpuint (next, ==, to);
  g_assert_true (is_in_order);
}

static void
assert_found (GemingaActorRef *finder, const char *name, GemingaActorRef *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (finder, "Find", g_variant_new ("(s)", name), &error);
  const char *path;

  g_assert_no_error (error);
  g_variant_get (answer, "(&o)", &path);
  g_assert_cmpstr (path, ==, geminga_actor_ref_get_path (expected));
}

static void
assert_not_found (GemingaActorRef *finder, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *words = g_strdup_printf ("No actor is registered as “%s”", name);

  g_assert_null (ask (finder, "Find", g_variant_new ("(s)", name), &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_assert_cmpstr (error->message, ==, words);
}

static guint32
count (GemingaActorRef *ref, const char *group)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (ref, "Count", g_variant_new ("(s)", group), &error);
  guint32 n;

  g_assert_no_error (error);
  g_variant_get (answer, "(u)", &n);

  return n;
}

static GPid
get_pid (GemingaActorRef *ref)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (ref, "Info", NULL, &error);
  g_autoptr (GVariant) info = NULL;
  guint32 pid = 0;

  g_assert_no_error (error);
  g_variant_get (answer, "(@a{sv})", &info);
  g_assert_true (g_variant_lookup (info, "pid", "u", &pid));

  return (GPid) pid;
}

/* As from outside, if it has a process. */
static void
end_suddenly (GemingaActorRef *ref, GemingaPlacement placement)
{
  if (placement == GEMINGA_PLACEMENT_PROCESS)
    kill (get_pid (ref), SIGKILL);
  else
    geminga_actor_ref_kill (ref);
  g_assert_false (wait_ended (ref, NULL));
}

/* Cases */

static void
run_name (World *world, GemingaPlacement here, GemingaPlacement there)
{
  g_autoptr (GemingaActorRef) one = spawn (world, "one", here);
  g_autoptr (GemingaActorRef) two = spawn (world, "two", there);
  g_autoptr (GError) error = NULL;

  assert_not_found (two, "clock");
  do_with (one, "Register", "clock");
  do_with (one, "Register", "clock");
  do_with (one, "Register", "Uhr");
  assert_found (one, "clock", one);
  assert_found (two, "clock", one);
  assert_found (two, "Uhr", one);

  g_assert_null (ask (two, "Register", g_variant_new ("(s)", "clock"), &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_ALREADY_EXISTS);
  g_assert_nonnull (strstr (error->message, "The name “clock” is taken by actor “one”"));

  end_suddenly (one, here);
  do_with (two, "Register", "clock");
  assert_found (two, "clock", two);
  assert_not_found (two, "Uhr");
}

static void
run_publish (World *world, GemingaPlacement here, GemingaPlacement there)
{
  g_autoptr (GemingaActorRef) publisher = spawn (world, "publisher", here);
  g_autoptr (GemingaActorRef) one = spawn (world, "one", there);
  g_autoptr (GemingaActorRef) two = spawn (world, "two", here);
  g_autoptr (GemingaActorRef) late = spawn (world, "late", there);

  do_with (one, "Join", "steps");
  do_with (two, "Join", "steps");
  publish (publisher, "steps", 1, 1000);
  do_with (late, "Join", "steps");
  publish (publisher, "steps", 1001, 500);
  publish (publisher, "others", 1, 5);
  assert_steps (publisher, one, 1, 1501);
  assert_steps (publisher, two, 1, 1501);
  assert_steps (publisher, late, 1001, 1501);
  g_assert_cmpuint (count (publisher, "steps"), ==, 3);

  do_with (one, "Leave", "steps");
  publish (publisher, "steps", 1501, 10);
  assert_steps (publisher, one, 1, 1501);
  assert_steps (publisher, late, 1001, 1511);
  g_assert_cmpuint (count (late, "steps"), ==, 2);
}

/* Whoever has joined gets what is published next, wherever. */
static void
run_join (World *world, GemingaPlacement here, GemingaPlacement there)
{
  g_autoptr (GemingaActorRef) publisher = spawn (world, "publisher", here);
  g_autoptr (GemingaActorRef) member = spawn (world, "member", there);

  for (guint32 i = 1; i <= 50; i++)
    {
      do_with (member, "Join", "steps");
      publish (publisher, "steps", i, 1);
      assert_steps (publisher, member, 1, i + 1);
      do_with (member, "Leave", "steps");
      publish (publisher, "steps", 1000, 1);
    }
  assert_steps (publisher, member, 1, 51);
}

static void
run_death (World *world, GemingaPlacement here, GemingaPlacement there)
{
  g_autoptr (GemingaActorRef) publisher = spawn (world, "publisher", here);
  g_autoptr (GemingaActorRef) one = spawn (world, "one", there);
  g_autoptr (GemingaActorRef) two = spawn (world, "two", there);
  g_autoptr (GemingaActorRef) three = spawn (world, "three", here);

  do_with (one, "Join", "steps");
  do_with (two, "Join", "steps");
  publish (publisher, "steps", 1, 10);
  end_suddenly (one, there);
  publish (publisher, "steps", 11, 10);
  assert_steps (publisher, two, 1, 21);
  do_with (three, "Join", "steps");
  g_assert_cmpuint (count (publisher, "steps"), ==, 2);

  /* Who has published is not waited for. */
  end_suddenly (publisher, here);
  do_with (two, "Leave", "steps");
  publish (three, "steps", 21, 10);
  assert_steps (three, two, 1, 21);
  assert_steps (three, three, 21, 31);
}

static const Case cases[] = {
  { "name", run_name },
  { "publish", run_publish },
  { "join", run_join },
  { "death", run_death },
};

static void
run_case (gconstpointer data)
{
  const Run *run = data;
  g_autoptr (World) world = world_new_with_processes (GEMINGA_PLACEMENT_SHARED);

  run->test_case->run (world, run->here, run->there);
}

/* The member is told by many at once. */
static void
test_many_publishers (void)
{
  g_autoptr (World) world = world_new_with_processes (GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GPtrArray) finders = g_ptr_array_new_with_free_func (g_object_unref);
  GAsyncResult *results[4] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    g_ptr_array_add (finders, spawn (world, NULL, (GemingaPlacement) (1 + i % 2)));
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    geminga_actor_ref_ask_async (g_ptr_array_index (finders, i), "Join",
                                 g_variant_new ("(s)", "all"), -1, NULL, keep_result_cb,
                                 &results[i]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GVariant) answer = NULL;

      AWAIT (results[i] != NULL);
      answer = geminga_actor_ref_ask_finish (g_ptr_array_index (finders, i), results[i], NULL);
      g_assert_nonnull (answer);
      g_clear_object (&results[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    g_assert_cmpuint (count (g_ptr_array_index (finders, i), "all"), ==, G_N_ELEMENTS (results));
}

int
main (int argc, char *argv[])
{
  static const char *const placements[] = { "shared", "thread", "process" };

  g_type_ensure (FINDER_TYPE);
  if (g_getenv (WORKER_VARIABLE) != NULL)
    return run_worker ();

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/finding/many-publishers", test_many_publishers);
  for (guint i = 0; i < 9; i++)
    for (guint j = 0; j < G_N_ELEMENTS (cases); j++)
      {
        g_autofree char *path = g_strdup_printf ("/core/finding/%s-%s/%s", placements[i / 3],
                                                 placements[i % 3], cases[j].name);
        Run *run = g_new (Run, 1);

        *run = (Run){ &cases[j], (GemingaPlacement) (i / 3), (GemingaPlacement) (i % 3) };
        g_test_add_data_func_full (path, run, run_case, g_free);
      }

  return g_test_run ();
}
