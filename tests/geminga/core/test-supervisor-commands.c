/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "supervised-child.h"

/* Commands */

static void
assert_refused (GemingaActorRef *ref, const char *command, GVariant *arguments, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (ref, command, arguments, &error));
  g_assert_error (error, GEMINGA_ERROR, code);
}

static GVariant *
parse_options (const char *text)
{
  return g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
}

static void
test_commands (void)
{
  g_autoptr (GVariant) fails = parse_options ("{" MODE ("fail-start") "}");
  g_autoptr (GError) error = NULL;
  Tree tree;

  tree_init_ready (&tree, "'first-delay': <0>");
  ask_plainly (tree.ref, "AddChild", g_variant_new ("(ssa{sv})", "a", "Child", NULL));
  assert_log ("+a ");
  assert_refused (tree.ref, "AddChild", g_variant_new ("(ssa{sv})", "a", "Child", NULL),
                  GEMINGA_ERROR_ALREADY_EXISTS);
  assert_refused (tree.ref, "AddChild", g_variant_new ("(ssa{sv})", "b", "None", NULL),
                  GEMINGA_ERROR_INVALID_ARGUMENTS);

  /* What cannot start is not kept. */
  g_assert_null (
      ask (tree.ref, "AddChild", g_variant_new ("(ss@a{sv})", "b", "Child", fails), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  assert_log ("+b -b ");
  assert_states (tree.ref, "a running, ");

  ask_plainly (tree.ref, "RestartChild", g_variant_new ("(sa{sv})", "a", NULL));
  assert_log ("-a +a ");
  assert_refused (tree.ref, "RestartChild", g_variant_new ("(sa{sv})", "b", NULL),
                  GEMINGA_ERROR_NO_SUCH_ACTOR);
  ask_plainly (tree.ref, "RemoveChild", g_variant_new ("(sa{sv})", "a", NULL));
  assert_log ("-a ");
  assert_states (tree.ref, "");
  assert_refused (tree.ref, "RemoveChild", g_variant_new ("(sa{sv})", "a", NULL),
                  GEMINGA_ERROR_NO_SUCH_ACTOR);
  tree_clear (&tree);
}

/* Who restarts a child that ends before it is ready again, as it may, is told so. */
static void
test_restart_ended (void)
{
  g_autoptr (GVariant) options =
      parse_options ("{'restart': <'transient'>, " MODE ("never-ready") "}");
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) restarted = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) path = NULL;
  Tree tree;

  tree_init_ready (&tree, "'first-delay': <0>");
  geminga_actor_ref_ask_async (tree.ref, "AddChild",
                               g_variant_new ("(ss@a{sv})", "a", "Child", options), -1, NULL,
                               keep_result_cb, &added);
  assert_log ("+a ");
  tell (&tree, "a", "BecomeReady");
  AWAIT (added != NULL);
  path = geminga_actor_ref_ask_finish (tree.ref, added, &error);
  g_assert_no_error (error);

  geminga_actor_ref_ask_async (tree.ref, "RestartChild", g_variant_new ("(sa{sv})", "a", NULL), -1,
                               NULL, keep_result_cb, &restarted);
  assert_log ("-a +a ");
  tell (&tree, "a", "Stop");
  AWAIT (restarted != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (tree.ref, restarted, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  assert_log ("-a ");
  assert_states (tree.ref, "a stopped, ");
  tree_clear (&tree);
}

/* A call that waits for a child fails when the supervisor ends. */
static void
test_command_lost (void)
{
  g_autoptr (GVariant) options = parse_options ("{" MODE ("never-ready") "}");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Tree tree;

  tree_init_ready (&tree, "");
  geminga_actor_ref_ask_async (tree.ref, "AddChild",
                               g_variant_new ("(ss@a{sv})", "a", "Child", options), -1, NULL,
                               keep_result_cb, &result);
  assert_log ("+a ");
  assert_refused (tree.ref, "RemoveChild", g_variant_new ("(sa{sv})", "a", NULL),
                  GEMINGA_ERROR_INVALID_STATE);
  geminga_actor_ref_stop (tree.ref);
  AWAIT (result != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (tree.ref, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  tree_clear (&tree);
}

/* A class of supervisors */

#define BOSS_TYPE (boss_get_type ())
G_DECLARE_FINAL_TYPE (Boss, boss, TEST, BOSS, GemingaSupervisor)

struct _Boss
{
  GemingaSupervisor parent_instance;
};

G_DEFINE_FINAL_TYPE (Boss, boss, GEMINGA_TYPE_SUPERVISOR)

/* Without chaining up: supervision does not depend on it. */
static void
boss_started (GemingaActor *actor)
{
  GemingaSupervisor *self = GEMINGA_SUPERVISOR (actor);
  g_autoptr (GError) error = NULL;

  g_assert_true (geminga_supervisor_add_child (self, "b", CHILD_TYPE, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (geminga_supervisor_add_child (self, "b", CHILD_TYPE, NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_ALREADY_EXISTS);
  g_assert_null (geminga_supervisor_ref_child (self, "b"));
}

static void
boss_act (GemingaActor *actor, GemingaCall *call)
{
  GemingaSupervisor *self = GEMINGA_SUPERVISOR (actor);
  g_autoptr (GemingaActorRef) child = geminga_supervisor_ref_child (self, "b");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (geminga_actor_ref_get_id (child), ==, "b");
  g_assert_true (geminga_supervisor_restart_child (self, "b", NULL));
  g_assert_true (geminga_supervisor_remove_child (self, "a", NULL));
  g_assert_false (geminga_supervisor_remove_child (self, "c", &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_clear_error (&error);
  g_assert_false (geminga_supervisor_restart_child (self, "c", &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  geminga_call_return_value (call, NULL);
}

static void
boss_class_init (BossClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Act", NULL, NULL, NULL, NULL, 0, boss_act },
  };

  GEMINGA_ACTOR_CLASS (klass)->started = boss_started;
  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, 1);
}

static void
boss_init (Boss *self)
{
  g_assert_true (
      geminga_supervisor_add_child (GEMINGA_SUPERVISOR (self), "a", CHILD_TYPE, NULL, NULL));
}

static void
test_subclass (void)
{
  Tree tree;

  tree_init (&tree, "");
  g_clear_object (&tree.ref);
  tree.ref =
      geminga_system_spawn (tree.system, BOSS_TYPE, "boss", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_assert_true (wait_ready (tree.ref, NULL));
  assert_log ("+a +b ");
  ask_plainly (tree.ref, "Act", NULL);
  AWAIT (strlen (child_log->str) >= strlen ("-a -b +b "));
  ask_plainly (tree.ref, "Ping", NULL);
  assert_states (tree.ref, "b running, ");
  tree_clear (&tree);
}

/* A supervisor that fails before its first child, and one that never runs. */

static void
on_boss_started (GemingaActor *actor, gpointer user_data)
{
  child_fail (actor);
}

#define HASTY_TYPE (hasty_get_type ())
G_DECLARE_FINAL_TYPE (Hasty, hasty, TEST, HASTY, GemingaSupervisor)

struct _Hasty
{
  GemingaSupervisor parent_instance;
};

G_DEFINE_FINAL_TYPE (Hasty, hasty, GEMINGA_TYPE_SUPERVISOR)

static void
hasty_class_init (HastyClass *klass)
{
}

static void
hasty_init (Hasty *self)
{
  g_assert_true (
      geminga_supervisor_add_child (GEMINGA_SUPERVISOR (self), "a", CHILD_TYPE, NULL, NULL));
  g_signal_connect (self, "started", G_CALLBACK (on_boss_started), NULL);
}

static void
test_fail_at_once (void)
{
  g_autoptr (GemingaSupervisor) unused = g_object_new (HASTY_TYPE, NULL);
  g_autoptr (GError) error = NULL;
  Tree tree;

  g_assert_null (geminga_supervisor_ref_child (unused, "a"));
  tree_init (&tree, "");
  g_clear_object (&tree.ref);
  tree.ref =
      geminga_system_spawn (tree.system, HASTY_TYPE, "hasty", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_assert_false (wait_ready (tree.ref, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_cmpstr (child_log->str, ==, "");
  tree_clear (&tree);
}

/* Any number of restarts leaves nothing behind. */
static void
test_many (void)
{
  guint n_restarts = g_test_perf () ? 200000 : 2000;
  Tree tree;
  gint64 start;

  tree_init_ready (&tree, "'max-restarts': <uint32 4294967295>, " TREE (A));
  g_string_free (g_steal_pointer (&child_log), TRUE);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < n_restarts; i++)
    {
      g_autoptr (GemingaActorRef) child = geminga_system_ref_actor (tree.system, "a", NULL);

      geminga_actor_ref_kill (child);
      while (g_main_context_iteration (NULL, FALSE))
        continue;
    }
  g_test_minimized_result ((double) (g_get_monotonic_time () - start) / n_restarts,
                           "%g us a restart",
                           (double) (g_get_monotonic_time () - start) / n_restarts);
  assert_record (tree.ref, 100, "a", "killed", TRUE);
  child_log = g_string_new (NULL);
  tree_clear (&tree);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_type_ensure (CHILD_TYPE);

  g_test_add_func ("/core/supervisor-commands/commands", test_commands);
  g_test_add_func ("/core/supervisor-commands/restart-ended", test_restart_ended);
  g_test_add_func ("/core/supervisor-commands/command-lost", test_command_lost);
  g_test_add_func ("/core/supervisor-commands/subclass", test_subclass);
  g_test_add_func ("/core/supervisor-commands/fail-at-once", test_fail_at_once);
  g_test_add_func ("/core/supervisor-commands/many", test_many);

  return g_test_run ();
}
