/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-pool-private.h"

#include <string.h>

#include "await.h"
#include "geminga.h"

/* A supervised actor that does what the test wants. */

#define MULE_TYPE (mule_get_type ())
G_DECLARE_FINAL_TYPE (Mule, mule, TEST, MULE, GemingaActor)

struct _Mule
{
  GemingaActor parent_instance;

  gboolean is_alive;
};

G_DEFINE_FINAL_TYPE (Mule, mule, GEMINGA_TYPE_ACTOR)

typedef enum
{
  MULE_WORKS,
  MULE_DOES_NOT_START,
  MULE_DOES_NOT_STOP,
} MuleMood;

/* Read by mules in any thread. */
static int mood;
static int n_alive;
static int most_alive;
static GMutex gate;
static int n_hanging;

static void
mule_started (GemingaActor *actor)
{
  int most;
  int n;

  if (g_atomic_int_get (&mood) == MULE_DOES_NOT_START)
    {
      g_autoptr (GError) error =
          g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_FAILED, "does not want to");

      geminga_actor_fail (actor, error);
      return;
    }

  TEST_MULE (actor)->is_alive = TRUE;
  n = g_atomic_int_add (&n_alive, 1) + 1;
  do
    most = g_atomic_int_get (&most_alive);
  while (n > most && !g_atomic_int_compare_and_exchange (&most_alive, most, n));
}

static void
mule_stopping (GemingaActor *actor)
{
  if (g_atomic_int_get (&mood) == MULE_DOES_NOT_STOP)
    geminga_actor_hold (actor);
}

static void
mule_dispose (GObject *object)
{
  Mule *self = TEST_MULE (object);

  if (self->is_alive)
    g_atomic_int_add (&n_alive, -1);
  self->is_alive = FALSE;

  G_OBJECT_CLASS (mule_parent_class)->dispose (object);
}

static void
mule_fail (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error =
      g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_FAILED, "fell into a ditch");

  geminga_call_return_value (call, NULL);
  geminga_actor_fail (actor, error);
}

static void
mule_hang (GemingaActor *actor, GemingaCall *call)
{
  g_atomic_int_inc (&n_hanging);
  g_mutex_lock (&gate);
  g_mutex_unlock (&gate);
}

static const GemingaCommandEntry commands[] = {
  { "Fail", NULL, NULL, NULL, NULL, 0, mule_fail },
  { "Hang", NULL, NULL, NULL, NULL, 0, mule_hang },
};

static void
mule_class_init (MuleClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mule_dispose;
  actor_class->started = mule_started;
  actor_class->stopping = mule_stopping;
  geminga_actor_class_add_commands (actor_class, commands, G_N_ELEMENTS (commands));
}

static void
mule_init (Mule *self)
{
}

/* The pool and what it tells */

typedef struct
{
  GemingaSystem *system;
  GemingaPool *pool;
  GemingaPoolLimits limits;
  guint n_spawned;
  guint n_ended;
  guint n_failed; /* of these, unasked */
  char *reason;   /* the last one */
  char *not_replaced;
  char *gave_up;
  guint64 memory;
} Fixture;

static void
pool_spawned (gpointer data, GemingaChild *child)
{
  Fixture *self = data;

  self->n_spawned++;
  g_assert_cmpint (child->state, ==, GEMINGA_CHILD_STARTING);
}

static void
pool_ended (gpointer data, GemingaChild *child, const char *reason)
{
  Fixture *self = data;

  self->n_ended++;
  self->n_failed += reason != NULL;
  g_free (self->reason);
  self->reason = g_strdup (reason);
}

static void
pool_kill (gpointer data, GemingaChild *child, const char *why)
{
  g_assert_not_reached ();
}

static guint64
pool_get_memory (gpointer data, GemingaChild *child)
{
  return ((Fixture *) data)->memory;
}

static void
pool_changed (gpointer data)
{
}

static void
pool_not_replaced (gpointer data, const char *why)
{
  Fixture *self = data;

  g_free (self->not_replaced);
  self->not_replaced = g_strdup (why);
}

static void
pool_gave_up (gpointer data, const char *why)
{
  Fixture *self = data;

  g_assert_null (self->gave_up);
  self->gave_up = g_strdup (why);
}

static const GemingaPoolFuncs funcs = {
  .spawned = pool_spawned,
  .ended = pool_ended,
  .kill = pool_kill,
  .get_memory = pool_get_memory,
  .changed = pool_changed,
  .not_replaced = pool_not_replaced,
  .gave_up = pool_gave_up,
};

static void
make_pool (Fixture *self, GemingaPlacement placement, gboolean is_single)
{
  GemingaPoolSpec spec = {
    .name = g_strdup ("mule"), .is_single = is_single, .type = MULE_TYPE, .placement = placement
  };

  g_clear_pointer (&self->pool, geminga_pool_free);
  self->pool = geminga_pool_new (self->system, &spec, &funcs, self);
  geminga_pool_set_limits (self->pool, &self->limits);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_atomic_int_set (&mood, MULE_WORKS);
  g_atomic_int_set (&most_alive, 0);
  self->limits.max_restarts = 3;
  self->limits.graceful_timeout = 60 * G_TIME_SPAN_SECOND;
  self->system = geminga_system_new ();
  make_pool (self, GEMINGA_PLACEMENT_SHARED, FALSE);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) stopped = NULL;

  g_clear_pointer (&self->pool, geminga_pool_free);
  geminga_system_stop_async (self->system, NULL, await_keep_result_cb, &stopped);
  AWAIT (stopped != NULL);
  g_assert_true (geminga_system_stop_finish (self->system, stopped, NULL));
  await_idle ();
  g_object_unref (self->system);
  g_free (self->reason);
  g_free (self->not_replaced);
  g_free (self->gave_up);
}

static GemingaChild *
get_child (Fixture *self, guint i)
{
  return g_ptr_array_index (geminga_pool_get_children (self->pool), i);
}

static void
tell (Fixture *self, guint i, const char *command)
{
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_tell (get_child (self, i)->ref, command, NULL, &error);
  g_assert_no_error (error);
}

static void
start (Fixture *self, guint n_wanted)
{
  geminga_pool_scale (self->pool, n_wanted);
  AWAIT (geminga_pool_is_settled (self->pool));
  g_assert_cmpuint (geminga_pool_get_n_running (self->pool), ==, n_wanted);
}

/* Tests */

static void
test_scale (Fixture *self, gconstpointer data)
{
  start (self, 3);
  g_assert_cmpstr (get_child (self, 0)->id, ==, "mule1");
  g_assert_cmpstr (get_child (self, 2)->id, ==, "mule3");
  g_assert_true (geminga_pool_find (self->pool, "mule2") == get_child (self, 1));
  g_assert_null (geminga_pool_find (self->pool, "mule4"));
  g_assert_null (geminga_pool_find_node (self->pool, 7));

  /* The newest go first. */
  start (self, 1);
  g_assert_cmpstr (get_child (self, 0)->id, ==, "mule1");
  g_assert_cmpuint (self->n_failed, ==, 0);

  /* Numbers are not used again. */
  start (self, 2);
  g_assert_cmpstr (get_child (self, 1)->id, ==, "mule4");
  g_assert_cmpuint (geminga_pool_get_n_wanted (self->pool), ==, 2);

  start (self, 0);
  g_assert_true (geminga_pool_is_empty (self->pool));
}

static void
test_scale_while_starting (Fixture *self, gconstpointer data)
{
  geminga_pool_scale (self->pool, 5);
  geminga_pool_scale (self->pool, 1);
  geminga_pool_scale (self->pool, 2);
  AWAIT (geminga_pool_is_settled (self->pool));
  g_assert_cmpuint (geminga_pool_get_n_running (self->pool), ==, 2);
}

static void
test_restart (Fixture *self, gconstpointer data)
{
  gint64 begin;

  start (self, 2);
  tell (self, 0, "Fail");
  AWAIT (self->n_ended == 1);
  /* At once: it is there already. */
  g_assert_cmpuint (self->n_spawned, ==, 3);
  g_assert_cmpstr (self->reason, ==, "fell into a ditch");
  AWAIT (geminga_pool_is_settled (self->pool));

  begin = g_get_monotonic_time ();
  tell (self, 0, "Fail");
  AWAIT (self->n_ended == 2);
  g_assert_cmpuint (self->n_spawned, ==, 3);
  AWAIT (geminga_pool_is_settled (self->pool));
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 75 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpuint (self->n_spawned, ==, 4);
}

static void
test_ends_by_itself (Fixture *self, gconstpointer data)
{
  start (self, 1);
  geminga_actor_ref_stop (get_child (self, 0)->ref);
  AWAIT (self->n_ended == 1);
  g_assert_cmpstr (self->reason, ==, "ended by itself");
  g_assert_cmpuint (self->n_spawned, ==, 2);
  AWAIT (geminga_pool_is_settled (self->pool));
}

static void
test_gives_up (Fixture *self, gconstpointer data)
{
  g_atomic_int_set (&mood, MULE_DOES_NOT_START);
  geminga_pool_scale (self->pool, 1);
  AWAIT (self->gave_up != NULL);
  g_assert_cmpstr (self->gave_up, ==,
                   "“mule” died 4 times within a minute; the last time: does not want to");
  g_assert_cmpuint (self->n_spawned, ==, 4);
  g_assert_true (geminga_pool_has_given_up (self->pool));
  AWAIT (geminga_pool_is_empty (self->pool));
  g_assert_true (geminga_pool_is_settled (self->pool));

  g_atomic_int_set (&mood, MULE_WORKS);
  geminga_pool_start (self->pool);
  AWAIT (geminga_pool_is_settled (self->pool) && !geminga_pool_is_empty (self->pool));
  g_assert_false (geminga_pool_has_given_up (self->pool));
}

/* Whoever still works ends too. */
static void
test_gives_up_with_others (Fixture *self, gconstpointer data)
{
  self->limits.max_restarts = 0;
  geminga_pool_set_limits (self->pool, &self->limits);
  start (self, 2);
  tell (self, 0, "Fail");
  AWAIT (self->gave_up != NULL && geminga_pool_is_empty (self->pool));
  g_assert_cmpuint (self->n_spawned, ==, 2);
}

/* There is no way to make processes here. */
static void
test_spawn_fails (Fixture *self, gconstpointer data)
{
  self->limits.max_restarts = 2;
  make_pool (self, GEMINGA_PLACEMENT_PROCESS, FALSE);
  geminga_pool_scale (self->pool, 2);
  AWAIT (self->gave_up != NULL);
  g_assert_nonnull (strstr (self->gave_up, "could not be started: "));
  g_assert_cmpuint (self->n_spawned, ==, 0);
  g_assert_true (geminga_pool_is_empty (self->pool));
}

static void
test_replace (Fixture *self, gconstpointer data)
{
  start (self, 2);
  g_atomic_int_set (&most_alive, 0);
  geminga_pool_replace (self->pool);
  g_assert_true (geminga_pool_is_replacing (self->pool));
  /* New ones first, and one after the other. */
  g_assert_cmpuint (self->n_spawned, ==, 3);
  g_assert_cmpint (get_child (self, 0)->state, ==, GEMINGA_CHILD_RUNNING);
  AWAIT (geminga_pool_is_settled (self->pool));
  g_assert_false (geminga_pool_is_replacing (self->pool));
  g_assert_cmpstr (get_child (self, 0)->id, ==, "mule3");
  g_assert_cmpstr (get_child (self, 1)->id, ==, "mule4");
  g_assert_cmpint (g_atomic_int_get (&most_alive), ==, 3);
  g_assert_cmpuint (self->n_failed, ==, 0);
}

static void
test_replace_again (Fixture *self, gconstpointer data)
{
  start (self, 2);
  geminga_pool_replace (self->pool);
  geminga_pool_replace (self->pool);
  AWAIT (geminga_pool_is_settled (self->pool));
  g_assert_cmpuint (geminga_pool_get_n_running (self->pool), ==, 2);
  g_assert_cmpuint (self->n_failed, ==, 0);
  g_assert_false (geminga_pool_is_replacing (self->pool));
}

static void
test_replace_and_scale (Fixture *self, gconstpointer data)
{
  start (self, 4);
  geminga_pool_replace (self->pool);
  start (self, 1);
  g_assert_cmpint (atoi (get_child (self, 0)->id + strlen ("mule")), >, 4);
}

static void
test_not_replaced (Fixture *self, gconstpointer data)
{
  start (self, 2);
  g_atomic_int_set (&mood, MULE_DOES_NOT_START);
  geminga_pool_replace (self->pool);
  AWAIT (self->not_replaced != NULL && geminga_pool_is_settled (self->pool));
  g_assert_cmpstr (self->not_replaced, ==, "does not want to");
  g_assert_cmpstr (get_child (self, 0)->id, ==, "mule1");
  g_assert_cmpstr (get_child (self, 1)->id, ==, "mule2");
  g_assert_false (geminga_pool_is_replacing (self->pool));
  g_assert_null (self->gave_up);

  /* They are as good as before: nothing of it counts. */
  g_atomic_int_set (&mood, MULE_WORKS);
  geminga_pool_replace (self->pool);
  AWAIT (geminga_pool_is_settled (self->pool));
  g_assert_cmpint (atoi (get_child (self, 0)->id + strlen ("mule")), >, 2);
}

/* That says nothing about the new ones. */
static void
test_old_one_dies_while_replaced (Fixture *self, gconstpointer data)
{
  start (self, 2);
  tell (self, 0, "Fail");
  geminga_pool_replace (self->pool);
  AWAIT (self->n_failed == 1 && geminga_pool_is_settled (self->pool));
  g_assert_null (self->not_replaced);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (atoi (get_child (self, i)->id + strlen ("mule")), >, 2);
}

static void
test_replace_child (Fixture *self, gconstpointer data)
{
  start (self, 2);
  geminga_pool_replace_child (self->pool, get_child (self, 0), "is tired");
  geminga_pool_replace_child (self->pool, get_child (self, 0), "is very tired");
  g_assert_cmpuint (self->n_spawned, ==, 3);
  g_assert_false (geminga_pool_is_replacing (self->pool));
  AWAIT (geminga_pool_is_settled (self->pool));
  g_assert_cmpstr (get_child (self, 0)->id, ==, "mule2");
  g_assert_cmpstr (get_child (self, 1)->id, ==, "mule3");
}

static void
test_single (Fixture *self, gconstpointer data)
{
  make_pool (self, GEMINGA_PLACEMENT_SHARED, TRUE);
  start (self, 1);
  g_assert_cmpstr (get_child (self, 0)->id, ==, "mule");
  for (guint i = 0; i < 5; i++)
    {
      if (i % 2 == 0)
        geminga_pool_replace (self->pool);
      else
        geminga_pool_replace_child (self->pool, get_child (self, 0), "is tired");
      g_assert_cmpuint (geminga_pool_get_children (self->pool)->len, ==, 1);
      AWAIT (geminga_pool_is_settled (self->pool));
    }
  tell (self, 0, "Fail");
  AWAIT (self->n_failed == 1 && geminga_pool_is_settled (self->pool));
  g_assert_cmpint (g_atomic_int_get (&most_alive), ==, 1);
  g_assert_cmpuint (self->n_spawned, ==, 7);
}

static void
test_stop (Fixture *self, gconstpointer data)
{
  start (self, 3);
  geminga_pool_stop (self->pool, FALSE);
  g_assert_false (geminga_pool_is_empty (self->pool));
  AWAIT (geminga_pool_is_empty (self->pool));
  g_assert_cmpuint (self->n_ended, ==, 3);
  g_assert_cmpuint (self->n_failed, ==, 0);
  g_assert_true (geminga_pool_is_settled (self->pool));

  /* Until it is started again, whatever the number. */
  geminga_pool_scale (self->pool, 2);
  g_assert_true (geminga_pool_is_empty (self->pool));
  geminga_pool_start (self->pool);
  AWAIT (geminga_pool_is_settled (self->pool));
  g_assert_cmpuint (geminga_pool_get_n_running (self->pool), ==, 2);
}

static void
test_stop_while_waiting_to_restart (Fixture *self, gconstpointer data)
{
  g_atomic_int_set (&mood, MULE_DOES_NOT_START);
  geminga_pool_scale (self->pool, 1);
  AWAIT (self->n_ended == 2);
  geminga_pool_stop (self->pool, FALSE);
  g_assert_true (geminga_pool_is_empty (self->pool));
  await_idle ();
  g_assert_cmpuint (self->n_spawned, ==, 2);
}

static void
test_grace (Fixture *self, gconstpointer data)
{
  start (self, 2);
  g_atomic_int_set (&mood, MULE_DOES_NOT_STOP);
  self->limits.graceful_timeout = 0;
  geminga_pool_set_limits (self->pool, &self->limits);
  geminga_pool_stop (self->pool, FALSE);
  AWAIT (geminga_pool_is_empty (self->pool));
  g_assert_cmpstr (self->reason, ==, "did not stop within 0 s");
  g_assert_cmpuint (self->n_failed, ==, 2);
}

static void
test_quick_stop (Fixture *self, gconstpointer data)
{
  start (self, 2);
  g_atomic_int_set (&mood, MULE_DOES_NOT_STOP);
  geminga_pool_stop (self->pool, FALSE);
  await_idle ();
  g_assert_cmpuint (geminga_pool_get_children (self->pool)->len, ==, 2);
  geminga_pool_stop (self->pool, TRUE);
  AWAIT (geminga_pool_is_empty (self->pool));
  g_assert_cmpstr (self->reason, ==, "was stopped at once");
}

/* In a thread whose handler does not return. */
static void
test_hung (Fixture *self, gconstpointer data)
{
  make_pool (self, GEMINGA_PLACEMENT_THREAD, FALSE);
  start (self, 2);
  g_mutex_lock (&gate);
  tell (self, 0, "Hang");
  while (g_atomic_int_get (&n_hanging) == 0)
    g_thread_yield ();
  geminga_pool_stop (self->pool, TRUE);
  AWAIT (geminga_pool_is_empty (self->pool));
  g_mutex_unlock (&gate);
  while (g_atomic_int_get (&n_alive) > 0)
    g_thread_yield ();
}

static void
test_kill_child (Fixture *self, gconstpointer data)
{
  start (self, 1);
  /* It lives long enough not to be a failure by its age. */
  get_child (self, 0)->ready_at -= 60 * G_TIME_SPAN_SECOND;
  for (guint i = 0; i < 4; i++)
    {
      AWAIT (geminga_pool_is_settled (self->pool));
      get_child (self, 0)->ready_at -= 60 * G_TIME_SPAN_SECOND;
      geminga_pool_kill_child (self->pool, get_child (self, 0), "was in the way");
      AWAIT (self->n_ended == i + 1);
      g_assert_cmpstr (self->reason, ==, "was in the way");
    }
  g_assert_nonnull (self->gave_up);
}

/* A quarter of a failure each. */
static void
test_killed_from_outside (Fixture *self, gconstpointer data)
{
  self->limits.max_restarts = 1;
  geminga_pool_set_limits (self->pool, &self->limits);
  start (self, 1);
  for (guint i = 1; i <= 5; i++)
    {
      g_autoptr (GemingaActorRef) ref = g_object_ref (get_child (self, 0)->ref);

      g_assert_null (self->gave_up);
      geminga_pool_note_process_end (self->pool, get_child (self, 0), "was killed", TRUE);
      geminga_actor_ref_kill (ref);
      AWAIT (self->n_ended == i);
      g_assert_cmpstr (self->reason, ==, "was killed");
      AWAIT (geminga_pool_is_settled (self->pool));
    }
  g_assert_nonnull (self->gave_up);
  g_assert_cmpuint (self->n_spawned, ==, 5);
}

/* The end of a process may be known before what its actor had to say about it. */
static void
test_process_ends_first (Fixture *self, gconstpointer data)
{
  start (self, 1);
  geminga_pool_note_process_end (self->pool, get_child (self, 0), "exited with status 0", FALSE);
  tell (self, 0, "Fail");
  AWAIT (self->n_ended == 1);
  g_assert_cmpstr (self->reason, ==, "fell into a ditch");
  AWAIT (geminga_pool_is_settled (self->pool));
}

static void
test_max_age (Fixture *self, gconstpointer data)
{
  gint64 begin = g_get_monotonic_time ();

  self->limits.max_age = G_TIME_SPAN_MILLISECOND;
  self->limits.max_age_jitter = G_TIME_SPAN_MILLISECOND;
  geminga_pool_set_limits (self->pool, &self->limits);
  start (self, 2);
  g_assert_cmpint (get_child (self, 0)->expires_at, >, begin);
  AWAIT (self->n_ended == 2 && geminga_pool_is_settled (self->pool));
  g_assert_cmpuint (self->n_failed, ==, 0);
  g_assert_cmpstr (get_child (self, 0)->id, ==, "mule3");
}

static void
test_max_memory (Fixture *self, gconstpointer data)
{
  self->limits.max_memory = 1000;
  geminga_pool_set_limits (self->pool, &self->limits);
  self->memory = 1001;
  start (self, 1);
  AWAIT (self->n_ended == 1);
  self->memory = 1000;
  AWAIT (geminga_pool_is_settled (self->pool));
  g_assert_cmpuint (self->n_failed, ==, 0);
}

/* The children live on without it, and it hears of nothing any more. */
static void
test_free (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GAsyncResult) ended = NULL;

  start (self, 1);
  ref = g_object_ref (get_child (self, 0)->ref);
  geminga_pool_scale (self->pool, 3);
  g_clear_pointer (&self->pool, geminga_pool_free);
  geminga_actor_ref_wait_ended_async (ref, NULL, await_keep_result_cb, &ended);
  await_idle ();
  g_assert_cmpint (g_atomic_int_get (&n_alive), ==, 3);
  geminga_actor_ref_stop (ref);
  AWAIT (ended != NULL);
  g_assert_cmpuint (self->n_ended, ==, 0);
}

static void
test_state_to_string (Fixture *self, gconstpointer data)
{
  g_assert_cmpstr (geminga_child_state_to_string (GEMINGA_CHILD_STARTING), ==, "starting");
  g_assert_cmpstr (geminga_child_state_to_string (GEMINGA_CHILD_RUNNING), ==, "running");
  g_assert_cmpstr (geminga_child_state_to_string (GEMINGA_CHILD_STOPPING), ==, "stopping");
}

#define ADD(path, func) g_test_add ("/supervise/pool/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("scale", test_scale);
  ADD ("scale/while-starting", test_scale_while_starting);
  ADD ("restart", test_restart);
  ADD ("restart/ends-by-itself", test_ends_by_itself);
  ADD ("gives-up", test_gives_up);
  ADD ("gives-up/with-others", test_gives_up_with_others);
  ADD ("spawn-fails", test_spawn_fails);
  ADD ("replace", test_replace);
  ADD ("replace/again", test_replace_again);
  ADD ("replace/and-scale", test_replace_and_scale);
  ADD ("replace/does-not-start", test_not_replaced);
  ADD ("replace/old-one-dies", test_old_one_dies_while_replaced);
  ADD ("replace-child", test_replace_child);
  ADD ("single", test_single);
  ADD ("stop", test_stop);
  ADD ("stop/while-waiting-to-restart", test_stop_while_waiting_to_restart);
  ADD ("stop/grace", test_grace);
  ADD ("stop/quick", test_quick_stop);
  ADD ("stop/hung", test_hung);
  ADD ("kill-child", test_kill_child);
  ADD ("killed-from-outside", test_killed_from_outside);
  ADD ("process-ends-first", test_process_ends_first);
  ADD ("max-age", test_max_age);
  ADD ("max-memory", test_max_memory);
  ADD ("free", test_free);
  ADD ("state-to-string", test_state_to_string);

  return g_test_run ();
}
