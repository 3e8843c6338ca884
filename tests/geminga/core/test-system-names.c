/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "sample-actor.h"

#include <string.h>

/* Helpers */

static GemingaActorRef *
spawn (GemingaSystem *system, const char *id)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref =
      geminga_system_spawn (system, SAMPLE_TYPE, id, GEMINGA_PLACEMENT_SHARED, NULL, &error);

  g_assert_no_error (error);

  return ref;
}

static gboolean
register_name (GemingaSystem *system, const char *name, GemingaActorRef *ref, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_system_register_name_async (system, name, ref, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return geminga_system_register_name_finish (system, result, error);
}

static gboolean
unregister_name (GemingaSystem *system, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_system_unregister_name_async (system, name, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return geminga_system_unregister_name_finish (system, result, error);
}

static GemingaActorRef *
lookup_name (GemingaSystem *system, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_system_lookup_name_async (system, name, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return geminga_system_lookup_name_finish (system, result, error);
}

static GemingaActorRef *
wait_for_name_finish (GemingaSystem *system, GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) kept = NULL;

  AWAIT (*result != NULL);
  kept = g_steal_pointer (result);

  return geminga_system_wait_for_name_finish (system, kept, error);
}

static void
assert_names (GemingaSystem *system, const char *expected)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) names = NULL;
  g_autofree char *text = NULL;

  geminga_system_list_names_async (system, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);
  names = geminga_system_list_names_finish (system, result, &error);
  g_assert_no_error (error);
  text = g_variant_print (names, FALSE);
  g_assert_cmpstr (text, ==, expected);
}

/* Tests */

static void
test_register (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) one = spawn (system, "one");
  g_autoptr (GemingaActorRef) two = spawn (system, "two");
  g_autoptr (GemingaActorRef) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (register_name (system, "clock", one, &error));
  g_assert_true (register_name (system, "clock", one, &error));
  found = lookup_name (system, "clock", &error);
  g_assert_no_error (error);
  g_assert_true (geminga_actor_ref_equal (found, one));
  assert_names (system, "{'clock': '/org/geminga1/node/0/one'}");

  g_assert_false (register_name (system, "clock", two, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_ALREADY_EXISTS);
  g_assert_cmpstr (error->message, ==,
                   "The name “clock” is taken by actor “one” (/org/geminga1/node/0/one)");
  g_clear_error (&error);
  g_assert_false (register_name (system, "", two, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
  g_clear_error (&error);

  g_assert_true (unregister_name (system, "clock", &error));
  g_assert_false (unregister_name (system, "clock", &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_clear_error (&error);
  g_assert_true (register_name (system, "clock", two, &error));
  assert_names (system, "{'clock': '/org/geminga1/node/0/two'}");
  end_system (g_steal_pointer (&system));
}

static void
test_lookup_fails (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (lookup_name (system, "nobody", &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_assert_cmpstr (error->message, ==, "No actor is registered as “nobody”");
  assert_names (system, "{}");
  end_system (g_steal_pointer (&system));
}

/* A name does not outlive its actor, nor goes to the next of the same id. */
static void
test_end (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) first = spawn (system, "one");
  g_autoptr (GemingaActorRef) second = NULL;
  g_autoptr (GemingaActorRef) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (register_name (system, "clock", first, &error));
  ask_plainly (first, "Stop", NULL);
  g_assert_true (wait_ended (first, NULL));
  g_assert_null (lookup_name (system, "clock", &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_clear_error (&error);
  g_assert_false (register_name (system, "clock", first, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_clear_error (&error);

  second = spawn (system, "one");
  g_assert_true (register_name (system, "clock", second, &error));
  found = lookup_name (system, "clock", &error);
  g_assert_true (geminga_actor_ref_equal (found, second));
  end_system (g_steal_pointer (&system));
}

/* The end of the holder and the start of its successor are not waited for. */
static void
test_successor (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "one");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 100; i++)
    {
      g_assert_true (register_name (system, "clock", ref, &error));
      geminga_actor_ref_stop (ref);
      g_assert_true (wait_ended (ref, NULL));
      g_clear_object (&ref);
      ref = spawn (system, "one");
    }
  end_system (g_steal_pointer (&system));
}

static void
test_wait (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) one = spawn (system, "one");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GAsyncResult *results[4] = { NULL };

  for (guint i = 0; i < 3; i++)
    geminga_system_wait_for_name_async (system, "clock", G_MAXINT, i == 2 ? cancellable : NULL,
                                        keep_result_cb, &results[i]);
  geminga_system_wait_for_name_async (system, "clock", 1, NULL, keep_result_cb, &results[3]);
  g_assert_null (wait_for_name_finish (system, &results[3], &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_null (wait_for_name_finish (system, &results[2], &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  g_assert_null (results[0]);
  g_assert_true (register_name (system, "clock", one, &error));
  geminga_system_wait_for_name_async (system, "clock", -1, NULL, keep_result_cb, &results[2]);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GemingaActorRef) found = wait_for_name_finish (system, &results[i], &error);

      g_assert_no_error (error);
      g_assert_true (geminga_actor_ref_equal (found, one));
    }
  end_system (g_steal_pointer (&system));
}

/* A wait that lasts until the system ends fails, and all of them leave nothing behind. */
static void
test_system_ends (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) registry = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  geminga_system_wait_for_name_async (system, "clock", G_MAXINT, NULL, keep_result_cb, &result);
  registry = geminga_system_ref_actor (system, "registry", &error);
  g_assert_no_error (error);
  ask_plainly (registry, "Ping", NULL);
  stop_system (system);
  g_assert_null (wait_for_name_finish (system, &result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  end_system (g_steal_pointer (&system));
}

typedef enum
{
  REGISTER,
  UNREGISTER,
  LOOKUP,
  WAIT,
  LIST,
  N_OPERATIONS
} Operation;

static void
start (GemingaSystem *system,
       Operation operation,
       GemingaActorRef *ref,
       GCancellable *cancellable,
       GAsyncResult **result)
{
  switch (operation)
    {
    case REGISTER:
      geminga_system_register_name_async (system, "x", ref, cancellable, keep_result_cb, result);
      break;
    case UNREGISTER:
      geminga_system_unregister_name_async (system, "x", cancellable, keep_result_cb, result);
      break;
    case LOOKUP:
      geminga_system_lookup_name_async (system, "x", cancellable, keep_result_cb, result);
      break;
    case WAIT:
      geminga_system_wait_for_name_async (system, "x", -1, cancellable, keep_result_cb, result);
      break;
    case LIST:
    default:
      geminga_system_list_names_async (system, cancellable, keep_result_cb, result);
    }
}

static gboolean
finish (GemingaSystem *system, Operation operation, GAsyncResult *result, GError **error)
{
  g_autoptr (GObject) found = NULL;
  g_autoptr (GVariant) names = NULL;

  switch (operation)
    {
    case REGISTER:
      return geminga_system_register_name_finish (system, result, error);
    case UNREGISTER:
      return geminga_system_unregister_name_finish (system, result, error);
    case LOOKUP:
      found = (GObject *) geminga_system_lookup_name_finish (system, result, error);
      return found != NULL;
    case WAIT:
      found = (GObject *) geminga_system_wait_for_name_finish (system, result, error);
      return found != NULL;
    case LIST:
    default:
      names = geminga_system_list_names_finish (system, result, error);
      return names != NULL;
    }
}

static void
test_cancel (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) one = spawn (system, "one");

  for (guint i = 0; i < 2 * N_OPERATIONS; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      if (i % 2 == 0)
        g_cancellable_cancel (cancellable);
      start (system, i / 2, one, cancellable, &result);
      g_cancellable_cancel (cancellable);
      AWAIT (result != NULL);
      g_assert_false (finish (system, i / 2, result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  end_system (g_steal_pointer (&system));
}

/* The registry is an actor like any other, but it does not end before them. */
static void
test_registry (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) registry = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) before = geminga_system_list_actors (system);

  g_assert_cmpuint (g_strv_length (before), ==, 0);
  registry = geminga_system_ref_actor (system, "/org/geminga1/node/0/registry", &error);
  g_assert_no_error (error);
  g_assert_null (ask (registry, "Stop", NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  g_assert_null (ask (registry, "Register", g_variant_new ("(so)", "x", "/nobody"), &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  ask_plainly (registry, "Ping", NULL);
  end_system (g_steal_pointer (&system));
}

/* Somebody has an actor of that id already. */
static void
test_id_is_taken (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) other = spawn (system, "registry");
  g_autoptr (GError) error = NULL;

  g_assert_null (lookup_name (system, "x", &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_ALREADY_EXISTS);
  g_assert_nonnull (strstr (error->message, "“registry”"));
  end_system (g_steal_pointer (&system));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/system-names/register", test_register);
  g_test_add_func ("/core/system-names/lookup-fails", test_lookup_fails);
  g_test_add_func ("/core/system-names/end", test_end);
  g_test_add_func ("/core/system-names/successor", test_successor);
  g_test_add_func ("/core/system-names/wait", test_wait);
  g_test_add_func ("/core/system-names/system-ends", test_system_ends);
  g_test_add_func ("/core/system-names/cancel", test_cancel);
  g_test_add_func ("/core/system-names/registry", test_registry);
  g_test_add_func ("/core/system-names/id-is-taken", test_id_is_taken);

  return g_test_run ();
}
