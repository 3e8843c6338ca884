/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "node-fixture.h"

/* The first number that the first process gives away: the second asks for it before that happens. */
#define CHILD "/org/geminga1/node/268435456/child"

/* Later than whatever its process has sent before. */
static void
await_turn (GemingaActorRef *ref)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) sum = ask (ref, "Add", g_variant_new ("(dd)", 1.0, 1.0), &error);

  g_assert_no_error (error);
}

static void
ask_child (GemingaActorRef *ref, GAsyncResult **result)
{
  geminga_actor_ref_ask_async (
      ref, "Ask", g_variant_new ("(osv)", CHILD, "Add", g_variant_new ("(dd)", 1.0, 1.0)), -1, NULL,
      keep_result_cb, result);
  await_turn (ref);
}

static void
test_early (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) maker = spawn_probe (service, "maker");
  g_autoptr (GemingaActorRef) other = spawn_probe (service, "other");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) spawned = NULL;
  g_autoptr (GVariant) sum = NULL;
  g_autoptr (GError) error = NULL;
  const char *path;

  await_turn (maker);
  ask_child (other, &result);
  g_assert_null (result);
  spawned = ask (maker, "Spawn", g_variant_new ("(s)", "child"), &error);
  g_assert_no_error (error);
  g_variant_get (spawned, "(&o)", &path);
  g_assert_cmpstr (path, ==, CHILD);
  AWAIT (result != NULL);
  sum = geminga_actor_ref_ask_finish (other, result, &error);
  g_assert_no_error (error);
}

static void
test_never (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) maker = spawn_probe (service, "maker");
  g_autoptr (GemingaActorRef) other = spawn_probe (service, "other");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  await_turn (maker);
  ask_child (other, &result);
  AWAIT (result != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (other, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
}

/* It cannot be made: who waits for it learns that, and whoever asks later at once. */
static void
test_refused (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) maker = spawn_probe (service, "maker");
  g_autoptr (GemingaActorRef) other = spawn_probe (service, "other");
  g_autoptr (GemingaActorRef) third = spawn_probe (service, "third");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) spawned = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) late = NULL;
  gint64 start;

  await_turn (maker);
  await_turn (third);
  ask_child (other, &result);
  service->may_not_spawn = TRUE;
  spawned = ask (maker, "Spawn", g_variant_new ("(s)", "child"), &error);
  g_assert_no_error (error);
  AWAIT (result != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (other, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);

  start = g_get_monotonic_time ();
  g_assert_null (ask (
      third, "Ask", g_variant_new ("(osv)", CHILD, "Ping", g_variant_new_string ("none")), &late));
  g_assert_error (late, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_TIME_SPAN_SECOND);
}

/* The service ends while somebody waits. */
static void
test_end (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) maker = spawn_probe (service, "maker");
  g_autoptr (GemingaActorRef) other = spawn_probe (service, "other");
  g_autoptr (GAsyncResult) result = NULL;

  await_turn (maker);
  ask_child (other, &result);
  g_clear_pointer (&service, service_free);
  AWAIT (result != NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/node-early/early", test_early);
  g_test_add_func ("/peer/node-early/never", test_never);
  g_test_add_func ("/peer/node-early/refused", test_refused);
  g_test_add_func ("/peer/node-early/end", test_end);

  return g_test_run ();
}
