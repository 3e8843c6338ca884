/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <geminga-testing.h>
#include <string.h>

#include "helper-actor.h"

/*
 * Random trees of supervisors, in which actors fail, are killed, cannot be made and do not get their
 * messages. At each step: no actor is there twice, children start and stop in their order. In the end,
 * when nothing goes wrong any more: whoever is to run runs, each question has had one answer, and nobody
 * is left behind.
 */

/* A sanitizer makes each of them thirty times slower. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define N_SCHEDULES 200
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define N_SCHEDULES 200
#endif
#endif
#ifndef N_SCHEDULES
#define N_SCHEDULES 10000
#endif
#define N_ROUNDS  12
#define MAX_DEPTH 3

/* The tree as it was planned, and what is there of it. */

typedef struct _Node Node;

struct _Node
{
  char *id; /* (owned) */
  Node *parent;
  GPtrArray *children; /* (owned) (element-type Node), of a supervisor */
  guint index;         /* among its siblings */
  gboolean is_supervisor;
  GemingaStrategy strategy;
  GemingaRestart restart;
  gboolean is_significant;
  guint max_restarts;
  guint subtree_max_restarts;
  guint first_delay;
  int shutdown;

  guint n_alive;      /* actors of that id */
  gboolean is_ready;  /* it has said so */
  gboolean is_ending; /* it was asked to end, or ends */
  gboolean is_broken; /* it ended by itself */
  gboolean was_killed;
  gboolean is_orphan;    /* its supervisor was killed: it ends, but nobody waits for that */
  gboolean is_late;      /* it is that before it has even started */
  gboolean is_disturbed; /* it may be asked to end at any time */
};

typedef struct
{
  GemingaTestLoop *loop;
  GemingaSystem *system; /* (owned) */
  GHashTable *nodes;     /* (owned) (element-type utf8 Node) */
  GPtrArray *in_order;   /* (element-type Node) */
  GString *problem;      /* (owned) */
  gboolean is_calm;
  gboolean is_stopping;
  guint n_asked;
  guint n_answered;
} World;

static World *world;

static void complain (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
complain (const char *format, ...)
{
  va_list args;

  if (world->problem->len > 0)
    return;

  va_start (args, format);
  g_string_append_vprintf (world->problem, format, args);
  va_end (args);
}

static Node *
find (const char *id)
{
  return g_hash_table_lookup (world->nodes, id);
}

static guint
choose (guint n)
{
  return geminga_test_loop_choose (world->loop, n);
}

/* TRUE once in so many times, as long as things may go wrong. */
static gboolean
goes_wrong (guint n)
{
  return !world->is_calm && choose (n) == 0;
}

/* An actor is there, and gone. */

static gboolean
can_be_killed (Node *node)
{
  return node->was_killed || node->shutdown == 0;
}

static void
note_started (GemingaActor *actor)
{
  Node *node = find (geminga_actor_get_id (actor));

  if (node->n_alive++ > 0)
    complain ("“%s” is there twice", node->id);
  if (node->parent != NULL && node->parent->n_alive == 0 && !node->is_late)
    complain ("“%s” starts without its supervisor", node->id);

  node->is_ready = FALSE;
  node->is_ending = FALSE;
  node->is_broken = FALSE;
  node->was_killed = FALSE;
  node->is_orphan = node->is_late;
  node->is_late = FALSE;
}

/* A leaf that was asked to end by its supervisor is the last of its siblings that is left. */
static void
note_stopping (GemingaActor *actor)
{
  Node *node = find (geminga_actor_get_id (actor));
  Node *parent = node->parent;

  node->is_ending = TRUE;
  if (node->is_supervisor) /* it may have given up by itself */
    return;
  if (node->is_broken || node->is_orphan || node->is_disturbed || world->is_stopping)
    return;
  if (parent == NULL || !parent->is_ending || parent->n_alive == 0)
    return;

  for (guint i = node->index + 1; i < parent->children->len; i++)
    {
      Node *later = g_ptr_array_index (parent->children, i);

      if (later->n_alive > 0 && !later->is_orphan)
        complain ("“%s” stops before “%s”", node->id, later->id);
    }
}

static void
note_orphan (Node *child)
{
  g_autoptr (GemingaActorRef) ref = geminga_system_ref_actor (world->system, child->id, NULL);

  child->is_orphan = ref != NULL;
  child->is_late = ref != NULL && child->n_alive == 0;
}

static void
note_gone (const char *id)
{
  Node *node = find (id);

  if (node->n_alive == 0)
    return;

  node->n_alive--;
  node->is_ready = FALSE;
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    {
      Node *child = g_ptr_array_index (node->children, i);

      if (child->n_alive > 0 && !child->is_orphan && !can_be_killed (node))
        complain ("“%s” ends before its child “%s”", id, child->id);
      note_orphan (child);
    }
}

/* What both kinds have. */

typedef struct
{
  char *id; /* (owned) (nullable): while it is there */
} Mark;

static void
mark_started (Mark *mark, GemingaActor *actor)
{
  mark->id = g_strdup (geminga_actor_get_id (actor));
  note_started (actor);
}

static void
mark_gone (Mark *mark)
{
  g_autofree char *id = g_steal_pointer (&mark->id);

  if (id != NULL)
    note_gone (id);
}

/* Leaf: works, fails, finishes, takes its time */

#define LEAF_TYPE (leaf_get_type ())
G_DECLARE_FINAL_TYPE (Leaf, leaf, TEST, LEAF, GemingaActor)

struct _Leaf
{
  GemingaActor parent_instance;

  Mark mark;
};

G_DEFINE_FINAL_TYPE (Leaf, leaf, GEMINGA_TYPE_ACTOR)

static void
leaf_break (GemingaActor *actor)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "broken");

  find (geminga_actor_get_id (actor))->is_broken = TRUE;
  geminga_actor_fail (actor, error);
}

static void
leaf_become_ready (GemingaActor *actor, gpointer user_data)
{
  find (geminga_actor_get_id (actor))->is_ready = TRUE;
  geminga_actor_become_ready (actor);
}

static void
leaf_started (GemingaActor *actor)
{
  mark_started (&TEST_LEAF (actor)->mark, actor);
  if (goes_wrong (20))
    {
      leaf_break (actor);
      return;
    }
  if (goes_wrong (4))
    {
      geminga_actor_delay_ready (actor);
      geminga_actor_add_timer_func (actor, choose (2000), GEMINGA_TIMER_FLAGS_NONE,
                                    leaf_become_ready, NULL, NULL, NULL);
    }
}

static void
leaf_slept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaActor) actor = user_data;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, NULL);

  if (geminga_actor_get_system (actor) != NULL)
    geminga_actor_release (actor);
}

static void
leaf_stopping (GemingaActor *actor)
{
  g_autoptr (GemingaActorRef) helper = NULL;

  note_stopping (actor);
  if (!goes_wrong (4))
    return;

  helper = geminga_system_ref_actor (geminga_actor_get_system (actor), "helper", NULL);
  if (helper == NULL)
    return;

  geminga_actor_hold (actor);
  geminga_actor_ref_ask_async (helper, "Sleep", g_variant_new ("(u)", choose (3000)), -1, NULL,
                               leaf_slept_cb, g_object_ref (actor));
}

static void
leaf_work (GemingaActor *actor, GemingaCall *call)
{
  if (goes_wrong (10))
    leaf_break (actor);
  else if (goes_wrong (10))
    answer_later (actor, call, choose (500));
  else if (!goes_wrong (10))
    geminga_call_return_value (call, NULL);
}

static void
leaf_finish (GemingaActor *actor, GemingaCall *call)
{
  find (geminga_actor_get_id (actor))->is_broken = TRUE;
  geminga_call_return_value (call, NULL);
  geminga_actor_stop (actor);
}

static const GemingaCommandEntry leaf_commands[] = {
  { "Work", NULL, NULL, NULL, NULL, 0, leaf_work },
  { "Finish", NULL, NULL, NULL, NULL, 0, leaf_finish },
};

static void
leaf_dispose (GObject *object)
{
  mark_gone (&TEST_LEAF (object)->mark);

  G_OBJECT_CLASS (leaf_parent_class)->dispose (object);
}

static void
leaf_class_init (LeafClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = leaf_dispose;
  actor_class->started = leaf_started;
  actor_class->stopping = leaf_stopping;
  geminga_actor_class_add_commands (actor_class, leaf_commands, G_N_ELEMENTS (leaf_commands));
}

static void
leaf_init (Leaf *self)
{
}

/* Boss: a supervisor that has the children of the plan */

#define BOSS_TYPE (boss_get_type ())
G_DECLARE_FINAL_TYPE (Boss, boss, TEST, BOSS, GemingaSupervisor)

struct _Boss
{
  GemingaSupervisor parent_instance;

  Mark mark;
};

G_DEFINE_FINAL_TYPE (Boss, boss, GEMINGA_TYPE_SUPERVISOR)

static GVariant *
make_properties (Node *node)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "strategy", "s",
                         node->strategy == GEMINGA_STRATEGY_ONE_FOR_ONE   ? "one-for-one"
                         : node->strategy == GEMINGA_STRATEGY_ONE_FOR_ALL ? "one-for-all"
                                                                          : "rest-for-one");
  g_variant_dict_insert (&dict, "max-restarts", "u", node->max_restarts);
  g_variant_dict_insert (&dict, "subtree-max-restarts", "u", node->subtree_max_restarts);
  g_variant_dict_insert (&dict, "first-delay", "u", node->first_delay);

  return g_variant_dict_end (&dict);
}

static GVariant *
make_options (Node *node)
{
  static const char *const restarts[] = { "permanent", "transient", "temporary" };
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "restart", "s", restarts[node->restart]);
  g_variant_dict_insert (&dict, "shutdown", "i", node->shutdown);
  g_variant_dict_insert (&dict, "significant", "b", node->is_significant);
  if (node->is_supervisor)
    g_variant_dict_insert_value (&dict, "properties", make_properties (node));

  return g_variant_dict_end (&dict);
}

static void
boss_started (GemingaActor *actor)
{
  Node *node = find (geminga_actor_get_id (actor));

  mark_started (&TEST_BOSS (actor)->mark, actor);
  for (guint i = 0; i < node->children->len; i++)
    {
      Node *child = g_ptr_array_index (node->children, i);
      g_autoptr (GError) error = NULL;

      if (!geminga_supervisor_add_child (GEMINGA_SUPERVISOR (actor), child->id,
                                         child->is_supervisor ? BOSS_TYPE : LEAF_TYPE,
                                         make_options (child), &error))
        complain ("“%s”: %s", node->id, error->message);
    }
}

static void
boss_dispose (GObject *object)
{
  mark_gone (&TEST_BOSS (object)->mark);

  G_OBJECT_CLASS (boss_parent_class)->dispose (object);
}

static void
boss_class_init (BossClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = boss_dispose;
  actor_class->started = boss_started;
  actor_class->stopping = note_stopping;
}

static void
boss_init (Boss *self)
{
}

/* The plan */

static void
free_node (gpointer data)
{
  Node *self = data;

  g_free (self->id);
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_free (self);
}

static Node *
plan (Node *parent, guint depth)
{
  static const int shutdowns[] = { 0, 1000, 5000 };
  Node *self = g_new0 (Node, 1);

  self->id = g_strdup_printf ("n%u", world->in_order->len);
  self->parent = parent;
  self->restart = (GemingaRestart) choose (3);
  self->shutdown = shutdowns[choose (3)];
  self->is_significant = choose (10) == 0;
  self->is_supervisor = parent == NULL || (depth < MAX_DEPTH && choose (3) == 0);
  g_ptr_array_add (world->in_order, self);
  g_hash_table_insert (world->nodes, self->id, self);
  if (!self->is_supervisor)
    return self;

  self->shutdown = parent == NULL || self->shutdown != 0 ? -1 : 0;
  self->strategy = (GemingaStrategy) choose (3);
  self->max_restarts = parent == NULL ? G_MAXUINT : 1 + choose (6);
  self->subtree_max_restarts = parent == NULL || choose (2) == 0 ? 0 : 3 + choose (8);
  self->first_delay = parent == NULL ? 100 : choose (2) * 100; /* who never gives up must wait */
  self->children = g_ptr_array_new ();
  for (guint i = 0, n = 1 + choose (4); i < n; i++)
    {
      Node *child = plan (self, depth + 1);

      child->index = i;
      g_ptr_array_add (self->children, child);
    }

  return self;
}

/* The root is there for good, so that it can be told what is to be. */
static Node *
plan_tree (void)
{
  Node *root = plan (NULL, 0);

  for (guint i = 0; i < root->children->len; i++)
    ((Node *) g_ptr_array_index (root->children, i))->is_significant = FALSE;

  return root;
}

/* What happens */

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);
  gboolean *is_answered = user_data;

  if (*is_answered)
    complain ("“%s” answered twice", geminga_actor_ref_get_id (GEMINGA_ACTOR_REF (source)));
  *is_answered = TRUE;
  world->n_answered++;
  if ((answer == NULL) == (error == NULL))
    complain ("“%s” answered with nothing", geminga_actor_ref_get_id (GEMINGA_ACTOR_REF (source)));
}

static void
ask (Node *node, const char *command, GVariant *arguments, GPtrArray *answers)
{
  g_autoptr (GVariant) sunk = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  g_autoptr (GemingaActorRef) ref = geminga_system_ref_actor (world->system, node->id, NULL);
  gboolean *is_answered;

  if (ref == NULL)
    return;

  is_answered = g_new0 (gboolean, 1);
  g_ptr_array_add (answers, is_answered);
  world->n_asked++;
  geminga_actor_ref_ask_async (ref, command, sunk, (int) choose (5000), NULL, answered_cb,
                               is_answered);
}

static Node *
choose_node (void)
{
  return g_ptr_array_index (world->in_order, choose (world->in_order->len));
}

static void
make_trouble (GPtrArray *answers)
{
  Node *node = choose_node ();

  if (node->is_supervisor)
    {
      Node *child = g_ptr_array_index (node->children, choose (node->children->len));

      child->is_disturbed = TRUE;
      ask (node, "RestartChild",
           g_variant_new ("(s@a{sv})", child->id,
                          g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)),
           answers);
      return;
    }

  ask (node, choose (4) == 0 ? "Finish" : "Work", NULL, answers);
}

static void
on_fault (GemingaTestLoop *loop, const char *fault, const char *actor, gpointer user_data)
{
  Node *node = find (actor);

  if (node == NULL)
    return;
  if (g_str_equal (fault, "kill"))
    node->is_broken = node->was_killed = TRUE;
  else if (g_str_equal (fault, "crash"))
    node->is_broken = TRUE;
}

/* What has to be true in the end */

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GVariant *
list_children (Node *node)
{
  g_autoptr (GemingaActorRef) ref = geminga_system_ref_actor (world->system, node->id, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *answer;

  geminga_actor_ref_ask_async (ref, "ListChildren", NULL, -1, NULL, keep_result_cb, &result);
  while (result == NULL && geminga_test_loop_step (world->loop))
    continue;
  if (result == NULL)
    return NULL;

  answer = geminga_actor_ref_ask_finish (ref, result, &error);
  if (answer == NULL)
    complain ("“%s” does not tell its children: %s", node->id, error->message);

  return answer;
}

static gboolean
is_right (Node *node, const char *state)
{
  gboolean runs = g_str_equal (state, "running");

  if (runs != (node->n_alive == 1))
    return FALSE;

  return runs || (node->restart == GEMINGA_RESTART_TRANSIENT && g_str_equal (state, "stopped"));
}

static void
check_children (Node *node)
{
  g_autoptr (GVariant) answer = list_children (node);
  g_autoptr (GVariant) list = NULL;
  gsize n = 0;

  if (answer == NULL)
    return;

  list = g_variant_get_child_value (answer, 0);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) described = g_variant_get_child_value (list, i);
      const char *id = NULL;
      const char *state = NULL;
      Node *child;

      g_variant_lookup (described, "id", "&s", &id);
      g_variant_lookup (described, "state", "&s", &state);
      child = find (id);
      if (child->restart != GEMINGA_RESTART_TEMPORARY)
        n++;
      if (!is_right (child, state))
        complain ("“%s” is %s in the end, %u of it are there", id, state, child->n_alive);
    }

  for (guint i = 0; i < node->children->len; i++)
    if (((Node *) g_ptr_array_index (node->children, i))->restart != GEMINGA_RESTART_TEMPORARY)
      n--;
  if (n != 0)
    complain ("“%s” has forgotten a child", node->id);
}

static void
check_tree (void)
{
  for (guint i = 0; i < world->in_order->len; i++)
    {
      Node *node = g_ptr_array_index (world->in_order, i);

      if (node->is_supervisor && node->n_alive > 0)
        check_children (node);
      if (node->n_alive > 0 && node->parent != NULL && node->parent->n_alive == 0)
        complain ("“%s” is left behind", node->id);
    }
  if (world->n_asked != world->n_answered)
    complain ("%u questions had %u answers", world->n_asked, world->n_answered);
}

static void
stop_system (void)
{
  g_autoptr (GAsyncResult) result = NULL;

  world->is_stopping = TRUE;
  geminga_system_stop_async (world->system, NULL, keep_result_cb, &result);
  while (result == NULL && geminga_test_loop_step (world->loop))
    continue;
  if (result == NULL)
    complain ("The system does not stop");
  geminga_test_loop_settle (world->loop);

  for (guint i = 0; i < world->in_order->len; i++)
    if (((Node *) g_ptr_array_index (world->in_order, i))->n_alive > 0)
      complain ("“%s” is left", ((Node *) g_ptr_array_index (world->in_order, i))->id);
}

static void
run_rounds (void)
{
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < N_ROUNDS && world->problem->len == 0; i++)
    {
      make_trouble (answers);
      for (guint j = 0, n = choose (30); j < n && world->problem->len == 0; j++)
        geminga_test_loop_step (world->loop);
    }

  world->is_calm = TRUE;
  g_object_set (world->loop, "has-faults", FALSE, NULL);
  geminga_test_loop_advance (world->loop, 600000);
  if (world->problem->len == 0)
    check_tree ();
  stop_system ();
}

static void
spawn (GType type, const char *id, GVariant *properties)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) ref =
      geminga_system_spawn (world->system, type, id, GEMINGA_PLACEMENT_SHARED, properties, &error);

  g_assert_no_error (error);
  geminga_test_loop_spare (world->loop, id);
}

static char *
run_schedule (GemingaTestLoop *loop, gpointer user_data)
{
  World this_world = { .loop = loop };

  world = &this_world;
  world->system = geminga_system_new ();
  world->nodes = g_hash_table_new (g_str_hash, g_str_equal);
  world->in_order = g_ptr_array_new_with_free_func (free_node);
  world->problem = g_string_new (NULL);
  g_object_set (loop, "send-failure-rate", 0.02, "delay-rate", 0.05, "spawn-failure-rate", 0.03,
                "crash-rate", 0.03, NULL);
  g_signal_connect (loop, "fault", G_CALLBACK (on_fault), NULL);

  geminga_test_loop_spare (loop, "helper");
  geminga_test_loop_spare (loop, "n0");
  spawn (HELPER_TYPE, "helper", NULL);
  spawn (BOSS_TYPE, "n0", make_properties (plan_tree ()));
  run_rounds ();

  g_assert_finalize_object (world->system);
  g_hash_table_unref (world->nodes);
  g_ptr_array_unref (world->in_order);

  return g_string_free (world->problem, world->problem->len == 0);
}

static void
test_schedules (void)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  if (!geminga_test_run_schedules (N_SCHEDULES, run_schedule, NULL, &error))
    g_error ("%s", error->message);
  g_test_message ("%u schedules in %.1f s", N_SCHEDULES,
                  (double) (g_get_monotonic_time () - start) / G_TIME_SPAN_SECOND);
}

/* The same seed, the same run */

static char *
note_digest (GemingaTestLoop *loop, gpointer user_data)
{
  char *problem = run_schedule (loop, NULL);

  g_ptr_array_add (user_data, geminga_test_loop_dup_digest (loop));

  return problem;
}

static void
test_replay (void)
{
  g_autoptr (GPtrArray) digests = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      geminga_test_run_schedules (200, note_digest, digests, &error);
      g_assert_no_error (error);
    }

  for (guint i = 0; i < digests->len / 2; i++)
    {
      g_assert_cmpstr (digests->pdata[i], ==, digests->pdata[i + digests->len / 2]);
      g_assert_true (g_hash_table_add (seen, digests->pdata[i]));
    }
}

static void
drop_cb (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_handler ("Geminga", G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO, drop_cb, NULL);

  g_test_add_func ("/testing/supervision/replay", test_replay);
  g_test_add_func ("/testing/supervision/schedules", test_schedules);

  return g_test_run ();
}
