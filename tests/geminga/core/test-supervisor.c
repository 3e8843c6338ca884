/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "supervised-child.h"

/* Order and strategies */

static void
test_order (void)
{
  Tree tree;

  tree_init_ready (&tree, TREE (A ", " B ", " C));
  assert_log ("+a +b +c ");
  assert_states (tree.ref, "a running, b running, c running, ");
  geminga_actor_ref_stop (tree.ref);
  g_assert_true (wait_ended (tree.ref, NULL));
  assert_log ("-c -b -a ");
  tree_clear (&tree);
}

static void
test_empty (void)
{
  Tree tree;

  tree_init_ready (&tree, "");
  assert_states (tree.ref, "");
  geminga_actor_ref_stop (tree.ref);
  g_assert_true (wait_ended (tree.ref, NULL));
  tree_clear (&tree);
}

/* The next one waits until a child says that it is ready. */
static void
test_order_ready (void)
{
  Tree tree;

  tree_init (&tree, TREE (A_WITH (MODE ("never-ready")) ", " B));
  assert_log ("+a ");
  assert_states (tree.ref, "a starting, b waiting, ");
  tell (&tree, "a", "BecomeReady");
  g_assert_true (wait_ready (tree.ref, NULL));
  assert_log ("+b ");
  tree_clear (&tree);
}

typedef struct
{
  const char *strategy;
  const char *victim;
  const char *log;
} StrategyCase;

static void
test_strategies (void)
{
  static const StrategyCase cases[] = {
    { "one-for-one", "b", "-b +b " },
    { "one-for-all", "b", "-b -c -a +a +b +c " },
    { "one-for-all", "a", "-a -c -b +a +b +c " },
    { "rest-for-one", "a", "-a -c -b +a +b +c " },
    { "rest-for-one", "b", "-b -c +b +c " },
    { "rest-for-one", "c", "-c +c " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *properties =
          g_strdup_printf ("'strategy': <'%s'>, " TREE (A ", " B ", " C), cases[i].strategy);
      Tree tree;

      g_test_message ("%s, %s", cases[i].strategy, cases[i].victim);
      tree_init_ready (&tree, properties);
      assert_log ("+a +b +c ");
      tell (&tree, cases[i].victim, "Break");
      assert_log (cases[i].log);
      assert_record (tree.ref, 1, cases[i].victim, "failed", TRUE);
      assert_states (tree.ref, "a running, b running, c running, ");
      tree_clear (&tree);
    }
}

typedef struct
{
  const char *restart;
  gboolean is_broken;
  const char *log;
  const char *states;
} RestartCase;

static void
test_restart_types (void)
{
  static const RestartCase cases[] = {
    { "permanent", TRUE, "-b +b ", "a running, b running, " },
    { "permanent", FALSE, "-b +b ", "a running, b running, " },
    { "transient", TRUE, "-b +b ", "a running, b running, " },
    { "transient", FALSE, "-b ", "a running, b stopped, " },
    { "temporary", TRUE, "-b ", "a running, " },
    { "temporary", FALSE, "-b ", "a running, " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *properties =
          g_strdup_printf (TREE (A ", " B_WITH ("'restart': <'%s'>")), cases[i].restart);
      Tree tree;

      g_test_message ("%s, %d", cases[i].restart, cases[i].is_broken);
      tree_init_ready (&tree, properties);
      assert_log ("+a +b ");
      tell (&tree, "b", cases[i].is_broken ? "Break" : "Stop");
      assert_log (cases[i].log);
      ask_plainly (tree.ref, "Ping", NULL);
      assert_states (tree.ref, cases[i].states);
      tree_clear (&tree);
    }
}

/* A temporary child does not come back with the others either. */
static void
test_temporary_in_group (void)
{
  Tree tree;

  tree_init_ready (&tree, "'strategy': <'one-for-all'>, " TREE (
                              A ", " B_WITH ("'restart': <'temporary'>") ", " C));
  assert_log ("+a +b +c ");
  tell (&tree, "a", "Break");
  assert_log ("-a -c -b +a +c ");
  ask_plainly (tree.ref, "Ping", NULL);
  assert_states (tree.ref, "a running, c running, ");
  tree_clear (&tree);
}

static void
test_significant (void)
{
  Tree tree;

  tree_init_ready (&tree, TREE (A ", " B_WITH ("'restart': <'transient'>, 'significant': <true>")));
  assert_log ("+a +b ");
  tell (&tree, "b", "Break");
  assert_log ("-b +b ");
  tell (&tree, "b", "Stop");
  g_assert_true (wait_ended (tree.ref, NULL));
  assert_log ("-b -a ");
  tree_clear (&tree);
}

/* Budgets */

static void
test_intensity (void)
{
  Tree tree;

  tree_init_ready (&tree, "'max-restarts': <2>, " TREE (A ", " B));
  assert_log ("+a +b ");
  tell (&tree, "a", "Break");
  assert_log ("-a +a ");
  tell (&tree, "b", "Break");
  assert_log ("-b +b ");
  tell (&tree, "a", "Break");
  assert_gives_up (tree.ref, "more than 2 restarts within 10 s; the last time “a” failed: broken");
  assert_log ("-a -b ");
  tree_clear (&tree);
}

static void
test_child_budget (void)
{
  Tree tree;

  tree_init_ready (&tree, TREE (A_WITH ("'max-restarts': <1>") ", " B));
  assert_log ("+a +b ");
  for (guint i = 0; i < 3; i++)
    {
      tell (&tree, "b", "Break");
      assert_log ("-b +b ");
    }
  tell (&tree, "a", "Break");
  assert_log ("-a +a ");
  tell (&tree, "a", "Break");
  assert_gives_up (tree.ref, "“a” failed more than 1 times");
  tree_clear (&tree);
}

#define MIDDLE(more)                                                             \
  "{'id': <'middle'>, 'type': <'GemingaSupervisor'>, 'properties': <{" more ", " \
  "'children': <<[" A ", " B "]>>}>}"

/* Who gives up is restarted by who is above, with new children, until that one gives up as well. */
static void
test_escalation (void)
{
  Tree tree;

  tree_init_ready (&tree, "'max-restarts': <1>, " TREE (MIDDLE ("'max-restarts': <0>") ", " C));
  assert_log ("+a +b +c ");
  tell (&tree, "a", "Break");
  assert_log ("-a -b +a +b ");
  assert_record (tree.ref, 1, "middle", "failed", TRUE);
  tell (&tree, "b", "Break");
  assert_gives_up (tree.ref, "the last time “middle” failed: Supervisor “middle” gives up");
  assert_log ("-b -a -c ");
  tree_clear (&tree);
}

static void
test_subtree_budget (void)
{
  Tree tree;

  tree_init_ready (&tree, "'subtree-max-restarts': <2>, " TREE (MIDDLE ("'first-delay': <0>")));
  assert_log ("+a +b ");
  for (guint i = 0; i < 2; i++)
    {
      tell (&tree, "b", "Break");
      assert_log ("-b +b ");
    }
  tell (&tree, "a", "Break");
  assert_gives_up (tree.ref, "more than 2 restarts in its subtree");
  tree_clear (&tree);
}

/* The first failure is mended at once, the second waits. */
static void
test_back_off (void)
{
  g_autoptr (GVariant) record = NULL;
  guint32 delay;
  Tree tree;

  tree_init_ready (&tree, "'children': <<[" A ", " B
                          "]>>, 'first-delay': <1000000>, 'max-delay': <1000000>");
  assert_log ("+a +b ");
  tell (&tree, "a", "Break");
  assert_log ("-a +a ");
  tell (&tree, "a", "Break");
  assert_log ("-a ");
  ask_plainly (tree.ref, "Ping", NULL);
  assert_states (tree.ref, "a waiting, b running, ");
  record = get_record (tree.ref, 2);
  g_assert_true (g_variant_lookup (record, "delay", "u", &delay));
  g_assert_cmpuint (delay, >=, 750000);
  g_assert_cmpuint (delay, <=, 1250000);

  /* Others do not wait with it, and who is in a hurry need not wait either. */
  tell (&tree, "b", "Break");
  assert_log ("-b +b ");
  ask_plainly (tree.ref, "RestartChild", g_variant_new ("(sa{sv})", "a", NULL));
  assert_log ("+a ");
  assert_states (tree.ref, "a running, b running, ");
  tree_clear (&tree);
}

static void
test_back_off_passes (void)
{
  Tree tree;

  tree_init_ready (&tree, "'strategy': <'one-for-all'>, 'first-delay': <1>, 'children': <<[" A
                          ", " B "]>>");
  assert_log ("+a +b ");
  for (guint i = 0; i < 3; i++)
    {
      tell (&tree, "a", "Break");
      assert_log ("-a -b +a +b ");
      ask_plainly (tree.ref, "Ping", NULL);
    }
  tree_clear (&tree);
}

static void
test_records (void)
{
  Tree tree;

  tree_init_ready (&tree, "'max-records': <3>, 'max-restarts': <100>, " TREE (A ", " B));
  assert_log ("+a +b ");
  for (guint i = 0; i < 5; i++)
    {
      tell (&tree, "a", "Break");
      assert_log ("-a +a ");
    }
  assert_record (tree.ref, 3, "a", "failed", TRUE);
  tree_clear (&tree);
}

/* Starts that fail */

static void
test_fail_start (void)
{
  g_autoptr (GError) error = NULL;
  Tree tree;

  tree_init (&tree, "'max-restarts': <2>, " TREE (A ", " B_WITH (MODE ("fail-start")) ", " C));
  g_assert_false (wait_ready (tree.ref, &error));
  assert_gives_up (tree.ref, "“b” failed: broken");
  assert_log ("+a +b -b +b -b +b -b -a ");
  tree_clear (&tree);
}

static void
test_never_ready (void)
{
  Tree tree;

  tree_init (&tree, "'max-restarts': <1>, " TREE (
                        A ", " B_WITH (MODE ("never-ready") ", 'start-timeout': <1>") ", " C));
  assert_gives_up (tree.ref, "Actor “b” did not get ready within 1 ms");
  assert_log ("+a +b +b -a ");
  tree_clear (&tree);
}

/* What is wrong with children is said when they are given. */
static void
test_wrong_children (void)
{
  static const char *const wrong[][2] = {
    { "'children': <<1>>", "must be “aa{sv}”, not “i”" },
    { "'children': <<[{'id': <'a'>}]>>", "must have an “id” and a “type”" },
    { "'children': <<[{'id': <'a'>, 'type': <'None'>}]>>", "does not know the class “None”" },
    { "'children': <<[{'id': <'a'>, 'type': <'GObject'>}]>>", "not a class of actors" },
    { "'children': <<[{'id': <''>, 'type': <'Child'>}]>>", "must have an id" },
    { "'children': <<[" A ", " A "]>>", "There is a child “a” already" },
    { "'children': <<[" A_WITH ("'restart': <'often'>") "]>>", "does not take the value 'often'" },
    { "'children': <<[" A_WITH ("'shutdown': <-2>") "]>>", "does not take the value -2" },
    { "'children': <<[" A_WITH ("'speed': <2>") "]>>", "there is no option “speed”" },
    { "'children': <<[" A_WITH ("'properties': <{'no': <2>}>") "]>>", "no property “no”" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      Tree tree;

      tree_init (&tree, wrong[i][0]);
      g_assert_false (wait_ended (tree.ref, &error));
      g_assert_nonnull (error);
      if (strstr (error->message, wrong[i][1]) == NULL)
        g_error ("“%s” is not in: %s", wrong[i][1], error->message);
      tree_clear (&tree);
    }
}

/* Ends */

static void
test_grace (void)
{
  static const char *const children[] = {
    A ", " B_WITH (MODE ("stubborn") ", 'shutdown': <1>") ", " C,
    A ", " B_WITH (MODE ("stubborn") ", 'shutdown': <'kill'>") ", " C,
  };

  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      g_autofree char *properties = g_strdup_printf ("'children': <<[%s]>>", children[i]);
      Tree tree;

      tree_init_ready (&tree, properties);
      assert_log ("+a +b +c ");
      geminga_actor_ref_stop (tree.ref);
      g_assert_true (wait_ended (tree.ref, NULL));
      assert_log (i == 0 ? "-c -b -a " : "-c -a ");
      tree_clear (&tree);
    }
}

static void
test_stop_while_waiting (void)
{
  Tree tree;

  tree_init_ready (&tree, "'first-delay': <1000000>, 'children': <<[" A ", " B "]>>");
  assert_log ("+a +b ");
  tell (&tree, "a", "Break");
  assert_log ("-a +a ");
  tell (&tree, "a", "Break");
  assert_log ("-a ");
  geminga_actor_ref_stop (tree.ref);
  g_assert_true (wait_ended (tree.ref, NULL));
  assert_log ("-b ");
  tree_clear (&tree);
}

static void
test_stop_while_restarting (void)
{
  Tree tree;

  tree_init (&tree,
             "'strategy': <'one-for-all'>, " TREE (A_WITH (MODE ("never-ready")) ", " B ", " C));
  assert_log ("+a ");
  tell (&tree, "a", "BecomeReady");
  g_assert_true (wait_ready (tree.ref, NULL));
  assert_log ("+b +c ");
  tell (&tree, "b", "Break");
  assert_log ("-b -c -a +a ");
  assert_states (tree.ref, "a starting, b waiting, c waiting, ");
  geminga_actor_ref_stop (tree.ref);
  g_assert_true (wait_ended (tree.ref, NULL));
  assert_log ("-a ");
  tree_clear (&tree);
}

/* While a group stops another of it fails: that is one restart. */
static void
test_fail_while_stopping (void)
{
  Tree tree;

  tree_init_ready (
      &tree, "'strategy': <'one-for-all'>, " TREE (
                 A ", " B ", "
                   "{'id': <'c'>, 'type': <'Child'>, 'shutdown': <20>, " MODE ("stubborn") "}"));
  assert_log ("+a +b +c ");
  tell (&tree, "a", "Break");
  assert_log ("-a -c ");
  tell (&tree, "b", "Break");
  assert_log ("-b +a +b +c ");
  assert_record (tree.ref, 1, "a", "failed", TRUE);
  tree_clear (&tree);
}

static void
test_kill (void)
{
  g_autoptr (GemingaActorRef) child = NULL;
  Tree tree;

  tree_init_ready (&tree, TREE (A ", " B));
  child = find (&tree, "a");
  geminga_actor_ref_kill (child);
  g_assert_false (wait_ended (child, NULL));
  ask_plainly (tree.ref, "Ping", NULL);
  assert_record (tree.ref, 1, "a", "killed", TRUE);

  g_clear_object (&child);
  child = find (&tree, "a");
  geminga_actor_ref_kill (tree.ref);
  g_assert_true (wait_ended (child, NULL));
  tree_clear (&tree);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_type_ensure (CHILD_TYPE);

  g_test_add_func ("/core/supervisor/order", test_order);
  g_test_add_func ("/core/supervisor/empty", test_empty);
  g_test_add_func ("/core/supervisor/order-ready", test_order_ready);
  g_test_add_func ("/core/supervisor/strategies", test_strategies);
  g_test_add_func ("/core/supervisor/restart-types", test_restart_types);
  g_test_add_func ("/core/supervisor/temporary-in-group", test_temporary_in_group);
  g_test_add_func ("/core/supervisor/significant", test_significant);
  g_test_add_func ("/core/supervisor/intensity", test_intensity);
  g_test_add_func ("/core/supervisor/child-budget", test_child_budget);
  g_test_add_func ("/core/supervisor/escalation", test_escalation);
  g_test_add_func ("/core/supervisor/subtree-budget", test_subtree_budget);
  g_test_add_func ("/core/supervisor/back-off", test_back_off);
  g_test_add_func ("/core/supervisor/back-off-passes", test_back_off_passes);
  g_test_add_func ("/core/supervisor/records", test_records);
  g_test_add_func ("/core/supervisor/fail-start", test_fail_start);
  g_test_add_func ("/core/supervisor/never-ready", test_never_ready);
  g_test_add_func ("/core/supervisor/wrong-children", test_wrong_children);
  g_test_add_func ("/core/supervisor/grace", test_grace);
  g_test_add_func ("/core/supervisor/stop-while-waiting", test_stop_while_waiting);
  g_test_add_func ("/core/supervisor/stop-while-restarting", test_stop_while_restarting);
  g_test_add_func ("/core/supervisor/fail-while-stopping", test_fail_while_stopping);
  g_test_add_func ("/core/supervisor/kill", test_kill);

  return g_test_run ();
}
