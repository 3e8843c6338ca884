/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "sample-actor.h"

#include <string.h>

#define N_MEMBERS 4
#define N_KEYS    4000

typedef struct
{
  GemingaSystem *system;
  GListStore *members;
  GemingaActorRef *refs[N_MEMBERS + 1]; /* (owned): the last is not in the list */
  GemingaBalancer *balancer;
} Fixture;

/* Helpers */

static GemingaActorRef *
spawn (GemingaSystem *system, GemingaPlacement placement)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_spawn (system, SAMPLE_TYPE, NULL, placement, NULL, &error);

  g_assert_no_error (error);

  return ref;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->system = geminga_system_new ();
  self->members = g_list_store_new (GEMINGA_TYPE_ACTOR_REF);
  for (guint i = 0; i <= N_MEMBERS; i++)
    self->refs[i] = spawn (self->system, (GemingaPlacement) (i % 2));
  for (guint i = 0; i < N_MEMBERS; i++)
    g_list_store_append (self->members, self->refs[i]);
  self->balancer = geminga_balancer_new (G_LIST_MODEL (self->members),
                                         (GemingaBalancing) GPOINTER_TO_INT (data));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  await_finalized (self->balancer);
  g_object_unref (self->members);
  for (guint i = 0; i <= N_MEMBERS; i++)
    g_object_unref (self->refs[i]);
  end_system (self->system);
}

static guint
choose (Fixture *self, const char *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) ref = geminga_balancer_choose (self->balancer, key, &error);

  g_assert_no_error (error);
  for (guint i = 0; i <= N_MEMBERS; i++)
    if (geminga_actor_ref_equal (ref, self->refs[i]))
      return i;
  g_assert_not_reached ();
}

static void
assert_nobody (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_null (geminga_balancer_choose (self->balancer, "key", &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_test_message ("%s", error->message);
  g_clear_error (&error);
  g_assert_false (geminga_balancer_tell (self->balancer, "key", "Ping", NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_clear_error (&error);
  geminga_balancer_ask_async (self->balancer, "key", "Ping", NULL, -1, NULL, keep_result_cb,
                              &result);
  AWAIT (result != NULL);
  g_assert_null (geminga_balancer_ask_finish (self->balancer, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
}

static void
end (GemingaActorRef *ref)
{
  geminga_actor_ref_kill (ref);
  g_assert_false (wait_ended (ref, NULL));
}

/* Tests */

static void
test_properties (Fixture *self, gconstpointer data)
{
  GListModel *members = NULL;
  GemingaBalancing balancing;

  g_object_get (self->balancer, "members", &members, "balancing", &balancing, NULL);
  g_assert_true (members == G_LIST_MODEL (self->members));
  g_assert_true (geminga_balancer_get_members (self->balancer) == members);
  g_assert_cmpint (balancing, ==, GPOINTER_TO_INT (data));
  g_assert_cmpint (geminga_balancer_get_balancing (self->balancer), ==, balancing);
  g_object_unref (members);
}

static void
test_ask (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  double sum;

  geminga_balancer_ask_async (self->balancer, "key", "Add", g_variant_new ("(dd)", 1.0, 2.0), -1,
                              NULL, keep_result_cb, &result);
  AWAIT (result != NULL);
  answer = geminga_balancer_ask_finish (self->balancer, result, &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(d)", &sum);
  g_assert_cmpfloat (sum, ==, 3.0);
  g_clear_object (&result);

  geminga_balancer_ask_async (self->balancer, "key", "Fail", NULL, -1, NULL, keep_result_cb,
                              &result);
  AWAIT (result != NULL);
  g_assert_null (geminga_balancer_ask_finish (self->balancer, result, &error));
  g_assert_error (error, SAMPLE_ERROR, -7);
  g_clear_error (&error);
  g_clear_object (&result);

  geminga_balancer_ask_async (self->balancer, "key", "Keep", NULL, -1, cancellable, keep_result_cb,
                              &cancelled);
  g_cancellable_cancel (cancellable);
  AWAIT (cancelled != NULL);
  g_assert_null (geminga_balancer_ask_finish (self->balancer, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_object (&cancelled);

  g_assert_true (geminga_balancer_tell (self->balancer, "key", "Ping", NULL, &error));
  g_assert_false (
      geminga_balancer_tell (self->balancer, "key", "Ping", g_variant_new_byte (1), &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
}

static void
test_round_robin (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 3 * N_MEMBERS; i++)
    g_assert_cmpuint (choose (self, NULL), ==, i % N_MEMBERS);

  end (self->refs[1]);
  g_assert_cmpuint (choose (self, NULL), ==, 0);
  g_assert_cmpuint (choose (self, NULL), ==, 2);
  g_assert_cmpuint (choose (self, NULL), ==, 3);
  g_list_store_append (self->members, self->refs[N_MEMBERS]);
  g_assert_cmpuint (choose (self, NULL), !=, 1);
  g_list_store_remove (self->members, 1);
  for (guint i = 0, seen = 0; i < N_MEMBERS; i++)
    {
      seen |= 1u << choose (self, NULL);
      if (i == N_MEMBERS - 1)
        g_assert_cmphex (seen, ==, 0x1d);
    }
}

static void
test_least_loaded (Fixture *self, gconstpointer data)
{
  GAsyncResult *results[N_MEMBERS + 2] = { NULL };

  /* Each gets one, then there are two more. */
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    geminga_balancer_ask_async (self->balancer, NULL, "Keep", NULL, -1, NULL, keep_result_cb,
                                &results[i]);
  g_assert_cmpuint (choose (self, NULL), ==, 2);
  g_assert_cmpuint (choose (self, NULL), ==, 3);
  g_assert_cmpuint (choose (self, NULL), ==, 2);
  ask_plainly (self->refs[0], "AnswerKept", NULL);
  AWAIT (results[0] != NULL && results[4] != NULL);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (choose (self, NULL), ==, 0);
  end (self->refs[0]);
  g_assert_cmpuint (choose (self, NULL), !=, 0);

  for (guint i = 1; i < N_MEMBERS; i++)
    ask_plainly (self->refs[i], "AnswerKept", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GVariant) answer = NULL;

      AWAIT (results[i] != NULL);
      answer = geminga_balancer_ask_finish (self->balancer, results[i], NULL);
      g_assert_nonnull (answer);
      g_clear_object (&results[i]);
    }
}

static void
choose_all (Fixture *self, guint8 *chosen)
{
  for (guint i = 0; i < N_KEYS; i++)
    {
      g_autofree char *key = g_strdup_printf ("user-%u", i);

      chosen[i] = (guint8) choose (self, key);
    }
}

/* Keys are spread evenly, and only those move that have to. */
static void
test_consistent_hash (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint8 first[N_KEYS];
  guint8 second[N_KEYS];
  guint counts[N_MEMBERS] = { 0 };
  guint n_moved = 0;

  g_assert_null (geminga_balancer_choose (self->balancer, NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);

  choose_all (self, first);
  choose_all (self, second);
  g_assert_cmpmem (first, sizeof first, second, sizeof second);
  for (guint i = 0; i < N_KEYS; i++)
    counts[first[i]]++;
  for (guint i = 0; i < N_MEMBERS; i++)
    g_assert_cmpuint (ABS ((int) counts[i] - N_KEYS / N_MEMBERS), <, N_KEYS / N_MEMBERS / 5);

  end (self->refs[2]);
  choose_all (self, second);
  for (guint i = 0; i < N_KEYS; i++)
    g_assert_true (second[i] != 2 && (first[i] == 2 || second[i] == first[i]));

  g_list_store_append (self->members, self->refs[N_MEMBERS]);
  memcpy (first, second, sizeof first);
  choose_all (self, second);
  for (guint i = 0; i < N_KEYS; i++)
    {
      g_assert_true (second[i] == first[i] || second[i] == N_MEMBERS);
      n_moved += second[i] != first[i];
    }
  g_assert_cmpuint (ABS ((int) n_moved - N_KEYS / N_MEMBERS), <, N_KEYS / N_MEMBERS / 5);
}

static void
test_nobody (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < N_MEMBERS; i++)
    end (self->refs[i]);
  assert_nobody (self);
  g_list_store_remove_all (self->members);
  assert_nobody (self);
  g_list_store_append (self->members, self->refs[N_MEMBERS]);
  g_assert_cmpuint (choose (self, "key"), ==, N_MEMBERS);
}

/* A group is a list of members that ends take out and that its successors join. */
static void
test_group (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  GemingaGroup *group = geminga_group_new (system, "workers");
  GemingaBalancer *balancer = geminga_balancer_new (G_LIST_MODEL (group), 0);
  g_autoptr (GemingaActorRef) one = spawn (system, GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GemingaActorRef) two = spawn (system, GEMINGA_PLACEMENT_THREAD);
  GemingaActorRef *refs[] = { one, two };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GemingaActorRef) chosen = NULL;

      geminga_group_join_async (group, refs[i], NULL, keep_result_cb, &result);
      AWAIT (result != NULL);
      g_assert_true (geminga_group_join_finish (group, result, NULL));
      AWAIT (g_list_model_get_n_items (G_LIST_MODEL (group)) == 1);
      chosen = geminga_balancer_choose (balancer, NULL, NULL);
      g_assert_true (geminga_actor_ref_equal (chosen, refs[i]));
      end (refs[i]);
      g_assert_null (geminga_balancer_choose (balancer, NULL, NULL));
      AWAIT (g_list_model_get_n_items (G_LIST_MODEL (group)) == 0);
    }
  await_finalized (balancer);
  g_object_unref (group);
  end_system (g_steal_pointer (&system));
}

#define ADD(name, balancing, function)                                                          \
  g_test_add ("/core/balancer/" name, Fixture, GINT_TO_POINTER (balancing), set_up, (function), \
              tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("properties", GEMINGA_BALANCING_LEAST_LOADED, test_properties);
  ADD ("ask/round-robin", GEMINGA_BALANCING_ROUND_ROBIN, test_ask);
  ADD ("ask/least-loaded", GEMINGA_BALANCING_LEAST_LOADED, test_ask);
  ADD ("ask/consistent-hash", GEMINGA_BALANCING_CONSISTENT_HASH, test_ask);
  ADD ("round-robin", GEMINGA_BALANCING_ROUND_ROBIN, test_round_robin);
  ADD ("least-loaded", GEMINGA_BALANCING_LEAST_LOADED, test_least_loaded);
  ADD ("consistent-hash", GEMINGA_BALANCING_CONSISTENT_HASH, test_consistent_hash);
  ADD ("nobody/round-robin", GEMINGA_BALANCING_ROUND_ROBIN, test_nobody);
  ADD ("nobody/consistent-hash", GEMINGA_BALANCING_CONSISTENT_HASH, test_nobody);
  g_test_add_func ("/core/balancer/group", test_group);

  return g_test_run ();
}
