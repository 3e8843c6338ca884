/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-pool-private.h"

#include "keeper-actor.h"

#include <string.h>

/* The pool and what it tells */

typedef struct
{
  GemingaSystem *system;
  GemingaPool *pool;
  GemingaPoolLimits limits;
  guint n_succeeded;
  guint n_failed;
  char *not_replaced;
  char *gave_up;
  guint n_saved; /* how often it has said so */
  char *failure; /* what it said last */
} Fixture;

static void
pool_spawned (gpointer data, GemingaChild *child)
{
}

static void
pool_ended (gpointer data, GemingaChild *child, const char *reason)
{
  ((Fixture *) data)->n_failed += reason != NULL;
}

static void
pool_kill (gpointer data, GemingaChild *child, const char *why)
{
  g_assert_not_reached ();
}

static guint64
pool_get_memory (gpointer data, GemingaChild *child)
{
  return 0;
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
pool_succeeded (gpointer data, GemingaActorRef *predecessor, GemingaChild *child)
{
  ((Fixture *) data)->n_succeeded++;
  g_assert_cmpint (child->state, ==, GEMINGA_CHILD_RUNNING);
  g_assert_false (geminga_actor_ref_equal (predecessor, child->ref));
}

static void
pool_gave_up (gpointer data, const char *why)
{
  Fixture *self = data;

  g_assert_null (self->gave_up);
  self->gave_up = g_strdup (why);
}

static void
saved_cb (gpointer data, const char *failure)
{
  Fixture *self = data;

  self->n_saved++;
  g_free (self->failure);
  self->failure = g_strdup (failure);
}

static const GemingaPoolFuncs funcs = {
  .spawned = pool_spawned,
  .ended = pool_ended,
  .kill = pool_kill,
  .get_memory = pool_get_memory,
  .changed = pool_changed,
  .not_replaced = pool_not_replaced,
  .succeeded = pool_succeeded,
  .gave_up = pool_gave_up,
};

/* Each has a name of its own. */
static void
make_pool (Fixture *self, const char *name, GType type)
{
  GemingaPoolSpec spec = { .name = g_strdup (name),
                           .type = type,
                           .placement = GEMINGA_PLACEMENT_SHARED };

  g_clear_pointer (&self->pool, geminga_pool_free);
  self->pool = geminga_pool_new (self->system, &spec, &funcs, self);
  geminga_pool_set_limits (self->pool, &self->limits);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  keeper_mood = KEEPER_WORKS;
  self->limits.max_restarts = 3;
  self->limits.graceful_timeout = 60 * G_TIME_SPAN_SECOND;
  self->system = geminga_system_new ();
  make_pool (self, "keeper", KEEPER_TYPE);
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
  g_free (self->not_replaced);
  g_free (self->gave_up);
  g_free (self->failure);
}

static GemingaChild *
get_child (Fixture *self, guint i)
{
  return g_ptr_array_index (geminga_pool_get_children (self->pool), i);
}

static void
start (Fixture *self, guint n_wanted)
{
  geminga_pool_scale (self->pool, n_wanted);
  AWAIT (geminga_pool_is_settled (self->pool));
  g_assert_cmpuint (geminga_pool_get_n_running (self->pool), ==, n_wanted);
}

static void
save (Fixture *self)
{
  guint n_before = self->n_saved;

  geminga_pool_save (self->pool, saved_cb, self);
  AWAIT (self->n_saved > n_before);
  g_assert_cmpuint (self->n_saved, ==, n_before + 1);
}

static GemingaPredecessor *
get_predecessor (Fixture *self, guint i)
{
  return g_ptr_array_index (geminga_pool_get_predecessors (self->pool), i);
}

/* Tests */

/* Each gets the state of one, and what was sent to that one meanwhile. */
static void
test_replace (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaActorRef) first = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  guint sum = 0;

  start (self, 2);
  g_assert_true (geminga_pool_is_stateful (self->pool));
  g_assert_cmpuint (keeper_add_to (get_child (self, 0)->ref, 10), ==, 10);
  g_assert_cmpuint (keeper_add_to (get_child (self, 1)->ref, 20), ==, 20);
  first = g_object_ref (get_child (self, 0)->ref);
  geminga_pool_replace (self->pool);
  keeper_begin_add (first, 1, &result);
  AWAIT (geminga_pool_is_settled (self->pool) && result != NULL);
  g_assert_cmpuint (keeper_end_add (first, result), ==, 11);
  g_assert_cmpuint (self->n_succeeded, ==, 2);
  g_assert_cmpuint (self->n_failed, ==, 0);
  g_assert_cmpuint (geminga_pool_get_predecessors (self->pool)->len, ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpstr (get_child (self, i)->id, !=, "keeper1");
      g_assert_cmpstr (get_child (self, i)->id, !=, "keeper2");
      sum += keeper_add_to (get_child (self, i)->ref, 0);
    }
  g_assert_cmpuint (sum, ==, 31);
}

/* The successor does not take it: the old one goes on with what it has and what has come. */
static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  GemingaActorRef *ref;

  start (self, 1);
  ref = get_child (self, 0)->ref;
  g_assert_cmpuint (keeper_add_to (ref, 10), ==, 10);
  keeper_mood = KEEPER_REFUSES;
  geminga_pool_replace (self->pool);
  keeper_begin_add (ref, 1, &result);
  AWAIT (self->not_replaced != NULL && geminga_pool_is_settled (self->pool) && result != NULL);
  g_assert_nonnull (strstr (self->not_replaced, "the ink has run"));
  g_assert_true (get_child (self, 0)->ref == ref);
  g_assert_cmpuint (keeper_end_add (ref, result), ==, 11);
  g_assert_cmpuint (self->n_succeeded, ==, 0);
  g_assert_null (self->gave_up);

  keeper_mood = KEEPER_WORKS;
  geminga_pool_replace (self->pool);
  AWAIT (geminga_pool_is_settled (self->pool));
  g_assert_cmpuint (keeper_add_to (get_child (self, 0)->ref, 1), ==, 12);
  g_assert_cmpuint (self->n_succeeded, ==, 1);
}

static void
test_cannot_save (Fixture *self, gconstpointer data)
{
  start (self, 1);
  g_assert_cmpuint (keeper_add_to (get_child (self, 0)->ref, 10), ==, 10);
  keeper_mood = KEEPER_SAVES_NOTHING;
  geminga_pool_replace (self->pool);
  AWAIT (self->not_replaced != NULL && geminga_pool_is_settled (self->pool));
  g_assert_cmpstr (get_child (self, 0)->id, ==, "keeper1");
  g_assert_cmpuint (keeper_add_to (get_child (self, 0)->ref, 1), ==, 11);
}

/* All wait, and go on as if nothing had been. */
static void
test_save (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  start (self, 2);
  g_assert_cmpuint (keeper_add_to (get_child (self, 1)->ref, 10), ==, 10);
  save (self);
  g_assert_null (self->failure);
  g_assert_cmpuint (geminga_pool_get_predecessors (self->pool)->len, ==, 2);
  g_assert_nonnull (get_predecessor (self, 0)->saved);
  g_assert_cmpint (get_child (self, 1)->state, ==, GEMINGA_CHILD_HANDING_OVER);
  keeper_begin_add (get_child (self, 1)->ref, 1, &result);
  await_idle ();
  g_assert_null (result);

  geminga_pool_resume (self->pool);
  AWAIT (result != NULL);
  g_assert_cmpuint (keeper_end_add (get_child (self, 1)->ref, result), ==, 11);
  g_assert_cmpint (get_child (self, 1)->state, ==, GEMINGA_CHILD_RUNNING);
  g_assert_cmpuint (geminga_pool_get_predecessors (self->pool)->len, ==, 0);
  g_assert_true (geminga_pool_is_settled (self->pool));
}

static void
test_save_fails (Fixture *self, gconstpointer data)
{
  start (self, 2);
  keeper_mood = KEEPER_SAVES_NOTHING;
  save (self);
  g_assert_nonnull (self->failure);
  g_assert_cmpuint (geminga_pool_get_predecessors (self->pool)->len, ==, 0);
  geminga_pool_resume (self->pool);
  g_assert_cmpuint (keeper_add_to (get_child (self, 0)->ref, 1), ==, 1);

  keeper_mood = KEEPER_WORKS;
  save (self);
  g_assert_null (self->failure);
  geminga_pool_resume (self->pool);
  g_assert_cmpuint (keeper_add_to (get_child (self, 0)->ref, 1), ==, 2);
}

/* There is nobody who would save anything. */
static void
test_save_nothing (Fixture *self, gconstpointer data)
{
  geminga_pool_save (self->pool, saved_cb, self);
  g_assert_cmpuint (self->n_saved, ==, 1);
  g_assert_null (self->failure);

  make_pool (self, "plain", GEMINGA_TYPE_ACTOR);
  g_assert_false (geminga_pool_is_stateful (self->pool));
  start (self, 1);
  geminga_pool_save (self->pool, saved_cb, self);
  g_assert_cmpuint (self->n_saved, ==, 2);
  g_assert_null (self->failure);
  geminga_pool_resume (self->pool);
}

/* It ends after it has saved: who is started in its place has that. */
static void
test_ends_after (Fixture *self, gconstpointer data)
{
  start (self, 1);
  g_assert_cmpuint (keeper_add_to (get_child (self, 0)->ref, 10), ==, 10);
  save (self);
  geminga_actor_ref_kill (get_child (self, 0)->ref);
  AWAIT (self->n_failed == 1);
  geminga_pool_resume (self->pool);
  AWAIT (geminga_pool_is_settled (self->pool));
  g_assert_cmpuint (keeper_add_to (get_child (self, 0)->ref, 1), ==, 11);
  g_assert_cmpuint (geminga_pool_get_predecessors (self->pool)->len, ==, 0);
}

/* A crash is no reason to begin where the crash was. */
static void
test_crash (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  start (self, 1);
  g_assert_cmpuint (keeper_add_to (get_child (self, 0)->ref, 10), ==, 10);
  geminga_actor_ref_tell (get_child (self, 0)->ref, "Fail", NULL, &error);
  g_assert_no_error (error);
  AWAIT (self->n_failed == 1 && geminga_pool_is_settled (self->pool));
  g_assert_cmpuint (keeper_add_to (get_child (self, 0)->ref, 1), ==, 1);
}

/* What another pool has saved, as that of the program before. */
static GUnixFDList *
save_elsewhere (Fixture *self)
{
  g_autoptr (GUnixFDList) saved = NULL;

  start (self, 1);
  g_assert_cmpuint (keeper_add_to (get_child (self, 0)->ref, 10), ==, 10);
  save (self);
  saved = g_object_ref (get_predecessor (self, 0)->saved);
  geminga_pool_resume (self->pool);
  make_pool (self, "heir", KEEPER_TYPE);

  return g_steal_pointer (&saved);
}

static void
test_inherit (Fixture *self, gconstpointer data)
{
  g_autoptr (GUnixFDList) saved = save_elsewhere (self);

  geminga_pool_inherit (self->pool, "heir1", NULL, saved);
  start (self, 2);
  g_assert_cmpuint (keeper_add_to (get_child (self, 0)->ref, 1), ==, 11);
  g_assert_cmpuint (keeper_add_to (get_child (self, 1)->ref, 1), ==, 1);
  g_assert_cmpuint (geminga_pool_get_predecessors (self->pool)->len, ==, 0);
  /* Nobody waits whose messages would be forwarded. */
  g_assert_cmpuint (self->n_succeeded, ==, 0);
}

/* Then the program before has to go on. */
static void
test_inherit_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (GUnixFDList) saved = save_elsewhere (self);

  keeper_mood = KEEPER_REFUSES;
  geminga_pool_inherit (self->pool, "heir1", NULL, saved);
  geminga_pool_scale (self->pool, 1);
  AWAIT (self->gave_up != NULL);
  g_assert_nonnull (strstr (self->gave_up, "the ink has run"));
  g_assert_true (geminga_pool_has_given_up (self->pool));
}

/* In the middle of it all. */
static void
test_free (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaActorRef) ref = NULL;

  start (self, 2);
  ref = g_object_ref (get_child (self, 0)->ref);
  geminga_pool_replace (self->pool);
  g_clear_pointer (&self->pool, geminga_pool_free);
  await_idle ();
  geminga_actor_ref_stop (ref);
  g_assert_cmpuint (self->n_succeeded, ==, 0);
}

#define ADD(path, func) \
  g_test_add ("/supervise/pool-handover/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("replace", test_replace);
  ADD ("replace/refused", test_refused);
  ADD ("replace/cannot-save", test_cannot_save);
  ADD ("save", test_save);
  ADD ("save/fails", test_save_fails);
  ADD ("save/nothing", test_save_nothing);
  ADD ("save/ends-after", test_ends_after);
  ADD ("crash", test_crash);
  ADD ("inherit", test_inherit);
  ADD ("inherit/refused", test_inherit_refused);
  ADD ("free", test_free);

  return g_test_run ();
}
