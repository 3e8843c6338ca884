/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "node-fixture.h"

#include "../core/waiting-actor.h"
#include "geminga-deadlocks-private.h"

/* Helpers */

typedef struct
{
  Service *service;
  GemingaActorRef *a; /* in processes of their own */
  GemingaActorRef *b;
  GemingaActorRef *c;
  GemingaActorRef *root; /* in the root's */
} World;

static GemingaActorRef *
spawn (Service *service, const char *id, GemingaPlacement placement)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref =
      geminga_system_spawn (service->system, WAITING_TYPE, id, placement, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (wait_ready (ref, &error));

  return ref;
}

static World
world_new (void)
{
  World world = { .service = service_new () };

  g_type_ensure (WAITING_TYPE);
  waiting_cancellable = g_cancellable_new ();
  geminga_system_set_deadlock_interval (world.service->system, WORKER_DEADLOCK_INTERVAL);
  world.a = spawn (world.service, "a", GEMINGA_PLACEMENT_PROCESS);
  world.b = spawn (world.service, "b", GEMINGA_PLACEMENT_PROCESS);
  world.c = spawn (world.service, "c", GEMINGA_PLACEMENT_PROCESS);
  world.root = spawn (world.service, "root", GEMINGA_PLACEMENT_SHARED);

  return world;
}

static void
world_clear (World *world)
{
  g_cancellable_cancel (waiting_cancellable);
  g_clear_object (&world->a);
  g_clear_object (&world->b);
  g_clear_object (&world->c);
  g_clear_object (&world->root);
  g_clear_pointer (&world->service, service_free);
  g_clear_object (&waiting_cancellable);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static GemingaActorRef *
find (World *world, char name)
{
  return name == 'a' ? world->a : name == 'b' ? world->b : name == 'c' ? world->c : world->root;
}

/* "a:sync b:async a": a is asked, and waits for b synchronously, which waits for a. */
static void
begin (World *world, const char *text, GAsyncResult **result)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GVariantBuilder steps;

  g_variant_builder_init (&steps, G_VARIANT_TYPE ("a(ss)"));
  for (gsize i = 0; words[i + 1] != NULL; i++)
    {
      const char *next = words[i + 1];
      const char *path =
          g_str_equal (next, "keep") ? next : geminga_actor_ref_get_path (find (world, next[0]));

      g_variant_builder_add (&steps, "(ss)", strchr (words[i], ':') + 1, path);
    }
  geminga_actor_ref_ask_async (find (world, text[0]), "Go",
                               g_variant_new ("(@a(ss))", g_variant_builder_end (&steps)), G_MAXINT,
                               NULL, keep_result_cb, result);
}

static char *
end (World *world, char name, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;
  char *outcome;

  AWAIT (*result != NULL);
  answer = geminga_actor_ref_ask_finish (find (world, name), *result, &error);
  g_clear_object (result);
  if (answer == NULL)
    {
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DEADLOCK);
      return g_strdup (error->message);
    }

  g_variant_get (answer, "(s)", &outcome);

  return outcome;
}

static guint
count_looks (World *world)
{
  return geminga_deadlocks_get_n_looks (geminga_system_get_deadlocks (world->service->system));
}

/* Tests */

static void
test_deadlocks (void)
{
  static const struct
  {
    const char *steps;
    const char *chain;
    const char *actors;
  } vectors[] = {
    { "a:sync a", "a.Go waits for itself", "/org/geminga1/node/1/a" },
    { "a:sync b:async a", "a.Go waits for b.Go, which waits for a.Go",
      "/org/geminga1/node/1/a /org/geminga1/node/2/b" },
    { "a:sync b:sync a", "a.Go waits for b.Go, which waits for a.Go",
      "/org/geminga1/node/1/a /org/geminga1/node/2/b" },
    { "a:shut b:async c:sync a", "a.Go waits for b.Go, which waits for c.Go, which waits for a.Go",
      "/org/geminga1/node/1/a /org/geminga1/node/2/b /org/geminga1/node/3/c" },
    { "r:async a:sync root:async a", "a.Go waits for root.Go, which waits for a.Go",
      "/org/geminga1/node/1/a /org/geminga1/node/0/root" },
    { "r:sync a:async root", "a.Go waits for root.Go, which waits for a.Go",
      "/org/geminga1/node/1/a /org/geminga1/node/0/root" },
  };
  g_auto (World) world = world_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *warning = g_strdup_printf ("Deadlock: %s; the asks fail", vectors[i].chain);
      g_autofree char *expected = g_strconcat ("Deadlock: ", vectors[i].chain, NULL);
      g_autofree char *line =
          g_strdup_printf ("deadlock %s: %s", vectors[i].chain, vectors[i].actors);
      g_autofree char *outcome = NULL;
      g_autoptr (GAsyncResult) result = NULL;

      g_test_message ("%s", vectors[i].steps);
      g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, warning);
      begin (&world, vectors[i].steps, &result);
      outcome = end (&world, vectors[i].steps[0], &result);
      g_assert_cmpstr (outcome, ==, expected);
      g_test_assert_expected_messages ();
      g_assert_true (service_has_logged (world.service, line));
    }
}

/* A ring, one of which is late rather than stuck. */
static void
test_live (void)
{
  g_auto (World) world = world_new ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autofree char *late = NULL;
  g_autofree char *done = NULL;

  begin (&world, "a:sync b:async keep", &first);
  begin (&world, "c:async a", &second);
  AWAIT_THREAD (count_looks (&world) > 5);
  g_assert_null (first);
  /* What is told now may come before what is to be kept. */
  while (first == NULL)
    {
      g_autoptr (GVariant) answer = ask (world.b, "Release", NULL, NULL);

      g_assert_nonnull (answer);
      g_main_context_iteration (NULL, FALSE);
    }
  late = end (&world, 'a', &first);
  done = end (&world, 'c', &second);
  g_assert_cmpstr (late, ==, "late");
  g_assert_cmpstr (done, ==, "done");
}

/* One of those in it ends. */
static void
test_killed (void)
{
  g_auto (World) world = world_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  geminga_system_set_deadlock_interval (world.service->system, 0);
  begin (&world, "a:sync b:async keep", &result);
  geminga_actor_ref_kill (world.b);
  AWAIT (result != NULL);
  answer = geminga_actor_ref_ask_finish (world.a, result, &error);
  g_assert_null (answer);
  g_assert_nonnull (error);
  g_assert_false (g_error_matches (error, GEMINGA_ERROR, GEMINGA_ERROR_DEADLOCK));
}

/* The service ends while somebody is asked what it knows. */
static void
test_end (void)
{
  g_auto (World) world = world_new ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  begin (&world, "a:sync b:async keep", &first);
  begin (&world, "c:async a", &second);
  AWAIT_THREAD (count_looks (&world) > 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/node-deadlocks/deadlocks", test_deadlocks);
  g_test_add_func ("/peer/node-deadlocks/live", test_live);
  g_test_add_func ("/peer/node-deadlocks/killed", test_killed);
  g_test_add_func ("/peer/node-deadlocks/end", test_end);

  return g_test_run ();
}
