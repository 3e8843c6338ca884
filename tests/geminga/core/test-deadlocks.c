/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "waiting-actor.h"

#include "geminga-actor-ref-private.h"
#include "geminga-deadlocks-private.h"
#include "geminga-mailbox-private.h"

/* Milliseconds. */
#define INTERVAL 20

/* Helpers */

typedef struct
{
  GemingaSystem *system;
  GemingaActorRef *a;
  GemingaActorRef *b;
  GemingaActorRef *c;
} World;

static GemingaActorRef *
spawn (GemingaSystem *system, const char *id, GemingaPlacement placement)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_spawn (system, WAITING_TYPE, id, placement, NULL, &error);

  g_assert_no_error (error);

  return ref;
}

static World
world_new (GemingaPlacement placement)
{
  World world = { .system = geminga_system_new () };

  waiting_cancellable = g_cancellable_new ();
  geminga_system_set_deadlock_interval (world.system, INTERVAL);
  world.a = spawn (world.system, "a", placement);
  world.b = spawn (world.system, "b", placement);
  world.c = spawn (world.system, "c", placement);

  return world;
}

static void
world_clear (World *world)
{
  g_clear_object (&world->a);
  g_clear_object (&world->b);
  g_clear_object (&world->c);
  end_system (g_steal_pointer (&world->system));
  g_clear_object (&waiting_cancellable);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

/* "a:sync b:async a": a is asked, and waits for b synchronously, which waits for a. */
static GVariant *
make_steps (char **words)
{
  GVariantBuilder steps;

  g_variant_builder_init (&steps, G_VARIANT_TYPE ("a(ss)"));
  for (gsize i = 0; words[i + 1] != NULL; i++)
    {
      const char *way = strchr (words[i], ':') + 1;
      const char *name = words[i + 1];
      g_autofree char *id = g_strndup (name, strcspn (name, ":"));
      g_autofree char *path = g_str_equal (id, "keep")
                                  ? g_strdup (id)
                                  : g_strconcat ("/org/geminga1/node/0/", id, NULL);

      g_variant_builder_add (&steps, "(ss)", way, path);
    }

  return g_variant_new ("(@a(ss))", g_variant_builder_end (&steps));
}

static GemingaActorRef *
find (World *world, const char *word)
{
  return word[0] == 'a' ? world->a : word[0] == 'b' ? world->b : world->c;
}

static void
begin (World *world,
       const char *text,
       int timeout,
       GCancellable *cancellable,
       GAsyncResult **result)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  geminga_actor_ref_ask_async (find (world, words[0]), "Go", make_steps (words), timeout,
                               cancellable, keep_result_cb, result);
}

static char *
end (World *world, const char *text, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;
  char *outcome;

  AWAIT (*result != NULL);
  answer = geminga_actor_ref_ask_finish (find (world, text), *result, &error);
  g_clear_object (result);
  if (answer == NULL)
    return g_strdup_printf (
        "%s%s", g_error_matches (error, GEMINGA_ERROR, GEMINGA_ERROR_DEADLOCK) ? "" : "not: ",
        error->message);

  g_variant_get (answer, "(s)", &outcome);

  return outcome;
}

static guint
count_looks (World *world)
{
  return geminga_deadlocks_get_n_looks (geminga_system_get_deadlocks (world->system));
}

static guint
ask_number (GemingaActorRef *ref, const char *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (ref, command, NULL, &error);
  guint32 number;

  g_assert_no_error (error);
  g_variant_get (answer, "(u)", &number);

  return number;
}

static void
expect_warning (const char *chain)
{
  g_autofree char *text = g_strdup_printf ("Deadlock: %s; the asks fail", chain);

  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, text);
}

/* Tests: deadlocks */

static void
assert_deadlock (gconstpointer data, GemingaPlacement placement)
{
  const char *const *vector = data;
  g_auto (World) world = world_new (placement);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *expected = g_strconcat ("Deadlock: ", vector[1], NULL);
  g_autofree char *outcome = NULL;

  g_test_message ("%s", vector[0]);
  expect_warning (vector[1]);
  begin (&world, vector[0], G_MAXINT, NULL, &result);
  outcome = end (&world, vector[0], &result);
  g_assert_cmpstr (outcome, ==, expected);
  g_test_assert_expected_messages ();

  /* Everybody goes on. */
  for (guint i = 0; i < 3; i++)
    {
      begin (&world, i == 0 ? "a" : i == 1 ? "b" : "c", G_MAXINT, NULL, &result);
      g_free (outcome);
      outcome = end (&world, i == 0 ? "a" : i == 1 ? "b" : "c", &result);
      g_assert_cmpstr (outcome, ==, "done");
    }
}

static const char *const deadlocks[][2] = {
  { "a:sync a", "a.Go waits for itself" },
  { "a:shut a", "a.Go waits for itself" },
  { "a:sync b:sync a", "a.Go waits for b.Go, which waits for a.Go" },
  { "a:sync b:async a", "a.Go waits for b.Go, which waits for a.Go" },
  { "a:shut b:shut a", "a.Go waits for b.Go, which waits for a.Go" },
  { "a:shut b:async a", "a.Go waits for b.Go, which waits for a.Go" },
  { "a:shut b:sync a", "a.Go waits for b.Go, which waits for a.Go" },
  { "a:sync b:shut a", "a.Go waits for b.Go, which waits for a.Go" },
  { "a:sync b:sync c:sync a", "a.Go waits for b.Go, which waits for c.Go, which waits for a.Go" },
  { "a:sync b:async c:async a", "a.Go waits for b.Go, which waits for c.Go, which waits for a.Go" },
  { "a:shut b:async c:sync a", "a.Go waits for b.Go, which waits for c.Go, which waits for a.Go" },
  /* Who only waits for them goes on with their error. */
  { "a:async b:sync c:async b", "b.Go waits for c.Go, which waits for b.Go" },
};

static void
test_deadlocks (gconstpointer data)
{
  GemingaPlacement placement = (GemingaPlacement) GPOINTER_TO_INT (data);

  for (gsize i = 0; i < G_N_ELEMENTS (deadlocks); i++)
    assert_deadlock (deadlocks[i], placement);
}

typedef struct
{
  World *world;
  GAsyncResult **awaited;
} Releaser;

/* Also while a handler waits, on whose stack the test is not. */
static gboolean
release_cb (gpointer user_data)
{
  Releaser *self = user_data;

  if (*self->awaited == NULL)
    return G_SOURCE_CONTINUE;

  geminga_actor_ref_tell (self->world->c, "Release", NULL, NULL);

  return G_SOURCE_REMOVE;
}

/* What waits on the stack of a thread returns before what is below it. */
static void
test_stack (void)
{
  g_auto (World) world = world_new (GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autofree char *outcome = NULL;
  g_autofree char *late = NULL;
  Releaser releaser = { &world, &second };

  expect_warning ("a.Go waits for b.Go, which waits for a.Go");
  g_idle_add (release_cb, &releaser);
  /* The handler of b runs while that of a waits for what is late, but would come. */
  begin (&world, "a:sync c:async keep", G_MAXINT, NULL, &first);
  begin (&world, "b:sync a", G_MAXINT, NULL, &second);
  outcome = end (&world, "b", &second);
  g_assert_cmpstr (outcome, ==, "Deadlock: a.Go waits for b.Go, which waits for a.Go");
  g_test_assert_expected_messages ();
  late = end (&world, "a", &first);
  g_assert_cmpstr (late, ==, "late");
}

/* Started, but not ready: the handler that waits is that of no call. */
static void
test_started (gconstpointer data)
{
  GemingaPlacement placement = (GemingaPlacement) GPOINTER_TO_INT (data);
  g_auto (World) world = world_new (placement);
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) late = NULL;
  g_autoptr (GVariant) answer = NULL;
  const char *outcome;

  expect_warning ("b.Go waits for late.Go, which waits for late, which waits for b.Go");
  late = geminga_system_spawn (
      world.system, WAITING_TYPE, "late", placement,
      g_variant_new_parsed ("{'register-at': <%s>}", geminga_actor_ref_get_path (world.b)), &error);
  g_assert_no_error (error);
  answer = ask (late, "Outcome", NULL, &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(&s)", &outcome);
  g_assert_cmpstr (outcome, ==,
                   "Deadlock: b.Go waits for late.Go, which waits for late, which waits for b.Go");
  g_test_assert_expected_messages ();
}

/* Those who wait for those in the ring are not part of it, and neither is who does not wait. */
static void
test_bystanders (void)
{
  g_auto (World) world = world_new (GEMINGA_PLACEMENT_THREAD);
  g_autoptr (GAsyncResult) ring = NULL;
  g_autoptr (GAsyncResult) waiting = NULL;
  g_autofree char *outcome = NULL;
  g_autofree char *waited = NULL;

  expect_warning ("a.Go waits for b.Go, which waits for a.Go");
  begin (&world, "a:sync b:async a", G_MAXINT, NULL, &ring);
  begin (&world, "c:sync a", G_MAXINT, NULL, &waiting);
  outcome = end (&world, "a", &ring);
  waited = end (&world, "c", &waiting);
  g_assert_cmpstr (outcome, ==, "Deadlock: a.Go waits for b.Go, which waits for a.Go");
  g_assert_cmpstr (waited, ==, "done");
  g_test_assert_expected_messages ();
}

/* Tests: no deadlocks */

/*
 * The ring is closed, but somebody on the way is late rather than stuck; nobody is bothered however often the
 * ring is looked at.
 */
static void
test_live (gconstpointer data)
{
  static const struct
  {
    const char *chain;
    const char *others[2];
  } vectors[] = {
    { "a:sync b:async keep", { "b:async a", "c:sync a" } },
    { "a:sync b:async keep", { "c:async a", NULL } },
    { "a:shut b:async keep", { "b:async a", "c:shut a" } },
    { "a:shut b:async keep", { "c:async b:async a", NULL } },
  };
  GemingaPlacement placement = (GemingaPlacement) GPOINTER_TO_INT (data);

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_auto (World) world = world_new (placement);
      GAsyncResult *results[3] = { NULL };
      g_autofree char *outcome = NULL;
      guint n_looks;

      g_test_message ("%s", vectors[i].chain);
      begin (&world, vectors[i].chain, G_MAXINT, NULL, &results[0]);
      while (ask_number (world.b, "Count") == 0)
        continue;
      for (gsize j = 0; j < 2; j++)
        if (vectors[i].others[j] != NULL)
          begin (&world, vectors[i].others[j], G_MAXINT, NULL, &results[j + 1]);
      n_looks = count_looks (&world);
      AWAIT_THREAD (count_looks (&world) > n_looks + 5);
      g_assert_null (results[0]);
      geminga_actor_ref_tell (world.b, "Release", NULL, NULL);
      outcome = end (&world, "a", &results[0]);
      g_assert_cmpstr (outcome, ==, "late");
      for (gsize j = 0; j < 2; j++)
        if (vectors[i].others[j] != NULL)
          {
            g_free (outcome);
            outcome = end (&world, vectors[i].others[j], &results[j + 1]);
            g_assert_cmpstr (outcome, ==, "done");
          }
    }
}

/* A timer will let one of them go on. */
static void
test_timed (void)
{
  g_auto (World) world = world_new (GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *outcome = NULL;

  begin (&world, "a:shut b:timed a", G_MAXINT, NULL, &result);
  AWAIT (count_looks (&world) > 5);
  g_assert_null (result);
  g_cancellable_cancel (waiting_cancellable);
  outcome = end (&world, "a", &result);
  g_assert_cmpstr (outcome, ==, "not: Operation was cancelled");
}

/* Who takes messages is not in a deadlock. */
static void
test_taking (void)
{
  g_auto (World) world = world_new (GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *outcome = NULL;

  begin (&world, "a:async b:async c:async a", G_MAXINT, NULL, &result);
  outcome = end (&world, "a", &result);
  g_assert_cmpstr (outcome, ==, "done");
  g_assert_cmpuint (count_looks (&world), ==, 0);
}

/* Nobody looks. */
static void
test_off (void)
{
  g_auto (World) world = world_new (GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *outcome = NULL;

  g_assert_cmpuint (geminga_system_get_deadlock_interval (world.system), ==, INTERVAL);
  geminga_system_set_deadlock_interval (world.system, 0);
  g_assert_cmpuint (geminga_system_get_deadlock_interval (world.system), ==, 0);
  begin (&world, "a:shut b:async a", 10 * INTERVAL, NULL, &result);
  outcome = end (&world, "a", &result);
  g_assert_cmpstr (outcome, ==, "not: Actor “a” did not answer before the deadline");
  g_assert_cmpuint (count_looks (&world), ==, 0);
  g_cancellable_cancel (waiting_cancellable);
}

/* Tests: between two looks */

typedef struct
{
  World *world;
  GCancellable *cancellable;
} Intruder;

static gboolean
intrude_cb (gpointer user_data)
{
  Intruder *self = user_data;

  if (count_looks (self->world) == 0)
    return G_SOURCE_CONTINUE;

  g_cancellable_cancel (self->cancellable);

  return G_SOURCE_REMOVE;
}

/* Seen once, the ring is broken by who gives up. */
static void
test_cancelled (gconstpointer data)
{
  const char *text = data;
  g_auto (World) world = world_new (GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *outcome = NULL;
  Intruder intruder = { &world, waiting_cancellable };

  g_idle_add (intrude_cb, &intruder);
  begin (&world, text, G_MAXINT, NULL, &result);
  outcome = end (&world, "a", &result);
  g_assert_cmpstr (outcome, ==, "not: Operation was cancelled");
}

/* The deadline of the outermost ask is that of all of them. */
static void
test_deadline (void)
{
  g_auto (World) world = world_new (GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *outcome = NULL;

  geminga_system_set_deadlock_interval (world.system, 1000 * 1000);
  begin (&world, "a:sync b:async a", 50, NULL, &result);
  outcome = end (&world, "a", &result);
  g_assert_cmpstr (outcome, ==, "not: Actor “a” did not answer before the deadline");
}

/* One of them ends. */
static void
test_killed (void)
{
  g_auto (World) world = world_new (GEMINGA_PLACEMENT_THREAD);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *outcome = NULL;

  geminga_system_set_deadlock_interval (world.system, 200);
  begin (&world, "a:sync b:sync a", G_MAXINT, NULL, &result);
  AWAIT_THREAD (count_looks (&world) > 0);
  geminga_actor_ref_kill (world.b);
  outcome = end (&world, "a", &result);
  g_assert_cmpstr (outcome, ==, "not: Actor “b” ended before it answered");
  g_cancellable_cancel (waiting_cancellable);
}

int
main (int argc, char *argv[])
{
  gpointer shared = GINT_TO_POINTER (GEMINGA_PLACEMENT_SHARED);
  gpointer thread = GINT_TO_POINTER (GEMINGA_PLACEMENT_THREAD);

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/core/deadlocks/shared", shared, test_deadlocks);
  g_test_add_data_func ("/core/deadlocks/thread", thread, test_deadlocks);
  g_test_add_func ("/core/deadlocks/stack", test_stack);
  g_test_add_data_func ("/core/deadlocks/started/shared", shared, test_started);
  g_test_add_data_func ("/core/deadlocks/started/thread", thread, test_started);
  g_test_add_func ("/core/deadlocks/bystanders", test_bystanders);
  g_test_add_data_func ("/core/deadlocks/live", thread, test_live);
  g_test_add_func ("/core/deadlocks/timed", test_timed);
  g_test_add_func ("/core/deadlocks/taking", test_taking);
  g_test_add_func ("/core/deadlocks/off", test_off);
  g_test_add_data_func ("/core/deadlocks/cancelled/sync", "a:sync b:async a", test_cancelled);
  g_test_add_data_func ("/core/deadlocks/cancelled/shut", "a:shut b:async a", test_cancelled);
  g_test_add_func ("/core/deadlocks/deadline", test_deadline);
  g_test_add_func ("/core/deadlocks/killed", test_killed);

  return g_test_run ();
}
