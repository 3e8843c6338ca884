/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "probe-ask.h"
#include "sample-actor.h"

#include <pthread.h>
#include <string.h>

#include "geminga-actor-ref-private.h"
#include "geminga-system-private.h"

/* Actors that cannot be everywhere */

typedef GemingaActor Fixed;
typedef GemingaActorClass FixedClass;
GType fixed_get_type (void);
G_DEFINE_TYPE (Fixed, fixed, GEMINGA_TYPE_ACTOR)

static void
fixed_class_init (FixedClass *klass)
{
  geminga_actor_class_set_main_thread_only (GEMINGA_ACTOR_CLASS (klass), TRUE);
}

static void
fixed_init (Fixed *self)
{
}

typedef GemingaActor Gjs_Script;
typedef GemingaActorClass Gjs_ScriptClass;
GType gjs_script_get_type (void);
G_DEFINE_TYPE (Gjs_Script, gjs_script, GEMINGA_TYPE_ACTOR)

static void
gjs_script_class_init (Gjs_ScriptClass *klass)
{
}

static void
gjs_script_init (Gjs_Script *self)
{
}

typedef GemingaActor Abstract;
typedef GemingaActorClass AbstractClass;
GType abstract_get_type (void);
G_DEFINE_ABSTRACT_TYPE (Abstract, abstract, GEMINGA_TYPE_ACTOR)

static void
abstract_class_init (AbstractClass *klass)
{
}

static void
abstract_init (Abstract *self)
{
}

/* Helpers */

static GemingaActorRef *
spawn (GemingaSystem *system, const char *id, GemingaPlacement placement)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_spawn (system, SAMPLE_TYPE, id, placement, NULL, &error);

  g_assert_no_error (error);

  return ref;
}

static void
assert_not_spawned (GemingaSystem *system,
                    GType type,
                    const char *id,
                    GemingaPlacement placement,
                    const char *properties,
                    int code,
                    const char *words)
{
  g_autoptr (GError) error = NULL;
  GVariant *parsed = properties != NULL ? g_variant_new_parsed (properties) : NULL;

  g_assert_null (geminga_system_spawn (system, type, id, placement, parsed, &error));
  g_assert_error (error, GEMINGA_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
}

/* Spawning */

static void
test_spawn_refused (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) taken = spawn (system, "taken", GEMINGA_PLACEMENT_SHARED);
  const struct
  {
    GType type;
    const char *id;
    GemingaPlacement placement;
    const char *properties;
    int code;
    const char *words;
  } rows[] = {
    { G_TYPE_INVALID, "a", 0, NULL, GEMINGA_ERROR_INVALID_ARGUMENTS, "“(none)” is not a class" },
    { G_TYPE_OBJECT, "a", 0, NULL, GEMINGA_ERROR_INVALID_ARGUMENTS, "“GObject” is not a class" },
    { abstract_get_type (), "a", 0, NULL, GEMINGA_ERROR_INVALID_ARGUMENTS, "“Abstract”" },
    { SAMPLE_TYPE, "taken", 0, NULL, GEMINGA_ERROR_ALREADY_EXISTS, "“taken”" },
    { SAMPLE_TYPE, "a", 0, "[1, 2]", GEMINGA_ERROR_INVALID_ARGUMENTS, "“a{sv}”, not “ai”" },
    { SAMPLE_TYPE, "a", 0, "{'no': <1>}", GEMINGA_ERROR_INVALID_ARGUMENTS, "no property “no”" },
    { SAMPLE_TYPE, "a", 0, "{'limit': <'x'>}", GEMINGA_ERROR_INVALID_ARGUMENTS, "“limit”" },
    { SAMPLE_TYPE, "a", 0, "{'limit': <6>}", GEMINGA_ERROR_INVALID_ARGUMENTS, "the value 6" },
    { SAMPLE_TYPE, "a", 0, "{'id': <'b'>}", GEMINGA_ERROR_INVALID_ARGUMENTS, "cannot be set" },
    { SAMPLE_TYPE, "a", GEMINGA_PLACEMENT_PROCESS, NULL, GEMINGA_ERROR_UNSUPPORTED_PLACEMENT,
      "one process only" },
    { fixed_get_type (), "a", GEMINGA_PLACEMENT_THREAD, NULL, GEMINGA_ERROR_UNSUPPORTED_PLACEMENT,
      "Fixed cannot run in a thread" },
    { gjs_script_get_type (), "a", GEMINGA_PLACEMENT_THREAD, NULL,
      GEMINGA_ERROR_UNSUPPORTED_PLACEMENT, "Gjs_Script cannot" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_not_spawned (system, rows[i].type, rows[i].id, rows[i].placement, rows[i].properties,
                        rows[i].code, rows[i].words);
  {
    g_auto (GStrv) ids = geminga_system_list_actors (system);

    g_assert_cmpuint (g_strv_length (ids), ==, 1);
  }
  end_system (g_steal_pointer (&system));
}

/* A class for the main thread may still share a loop. */
static void
test_spawn_shared_only (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) fixed =
      geminga_system_spawn (system, fixed_get_type (), NULL, GEMINGA_PLACEMENT_SHARED, NULL, NULL);

  ask_plainly (fixed, "Ping", NULL);
  end_system (g_steal_pointer (&system));
}

/* No thread is to be had: none has so large a stack. */
static void
test_spawn_no_thread (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  pthread_attr_t before;
  pthread_attr_t huge;

  pthread_getattr_default_np (&before);
  pthread_attr_init (&huge);
  pthread_attr_setstacksize (&huge, (gsize) 1 << 46);
  g_assert_cmpint (pthread_setattr_default_np (&huge), ==, 0);
  assert_not_spawned (system, SAMPLE_TYPE, "threaded", GEMINGA_PLACEMENT_THREAD, NULL,
                      GEMINGA_ERROR_SPAWN_FAILED, "thread for actor “threaded”");
  g_assert_cmpint (pthread_setattr_default_np (&before), ==, 0);
  pthread_attr_destroy (&huge);
  pthread_attr_destroy (&before);
  end_system (g_steal_pointer (&system));
}

static void
test_ids (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) one = spawn (system, NULL, GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GemingaActorRef) three = spawn (system, "Sample-3", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GemingaActorRef) two = spawn (system, "", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GemingaActorRef) four = spawn (system, NULL, GEMINGA_PLACEMENT_SHARED);
  g_auto (GStrv) ids = geminga_system_list_actors (system);
  g_autofree char *joined = g_strjoinv (" ", ids);

  g_assert_cmpstr (geminga_actor_ref_get_id (one), ==, "Sample-1");
  g_assert_cmpstr (geminga_actor_ref_get_id (two), ==, "Sample-2");
  g_assert_cmpstr (geminga_actor_ref_get_id (four), ==, "Sample-4");
  g_assert_cmpstr (joined, ==, "Sample-1 Sample-2 Sample-3 Sample-4");
  end_system (g_steal_pointer (&system));
}

static void
test_id_is_free_again (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) first = spawn (system, "x", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GemingaActorRef) second = NULL;
  g_autoptr (GError) error = NULL;

  ask_plainly (first, "Stop", NULL);
  g_assert_true (wait_ended (first, NULL));
  second = spawn (system, "x", GEMINGA_PLACEMENT_SHARED);
  ask_plainly (second, "Ping", NULL);
  /* The ref is the first one's for ever. */
  g_assert_null (ask (first, "Ping", NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  end_system (g_steal_pointer (&system));
}

static void
test_ref_actor (void)
{
  static const char *const unknown[] = { "y",
                                         "",
                                         "/org/geminga1/node/0/y",
                                         "/org/geminga1/node/1/x",
                                         "/org/geminga1/node/0/",
                                         "/org/geminga1/node/x/x",
                                         "/org/geminga1/node/0/_zz",
                                         "/org/geminga1/node/4294967296/x",
                                         "/org/geminga1/node/0/x/x" };
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "x", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GemingaActorRef) by_id = geminga_system_ref_actor (system, "x", NULL);
  g_autoptr (GemingaActorRef) by_path =
      geminga_system_ref_actor (system, "/org/geminga1/node/0/x", NULL);

  g_assert_true (geminga_actor_ref_equal (ref, by_id));
  g_assert_true (geminga_actor_ref_equal (ref, by_path));
  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (geminga_system_ref_actor (system, unknown[i], &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
    }
  end_system (g_steal_pointer (&system));
}

static void
test_spawn_in_process (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaTarget) target =
      geminga_system_spawn_in_process (system, SAMPLE_TYPE, "main", NULL, &error);
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GVariant) info = NULL;
  g_autoptr (GVariant) dict = NULL;
  const char *placement;

  g_assert_no_error (error);
  ref = geminga_actor_ref_new (target);
  info = ask (ref, "Info", NULL, NULL);
  dict = g_variant_get_child_value (info, 0);
  g_variant_lookup (dict, "placement", "&s", &placement);
  g_assert_cmpstr (placement, ==, "process");

  g_assert_null (geminga_system_spawn_in_process (system, G_TYPE_OBJECT, "b", NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
  g_clear_object (&ref);
  g_clear_pointer (&target, geminga_target_unref);
  end_system (g_steal_pointer (&system));
}

/* The backend */

typedef struct
{
  GString *log;
} Backend;

static GemingaTarget *
backend_spawn (gpointer data, GType type, const char *id, GVariant *properties, GError **error)
{
  g_string_append_printf (((Backend *) data)->log, "spawn %s %s;", g_type_name (type), id);
  g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED, "no");

  return NULL;
}

static GemingaTarget *
backend_resolve (gpointer data, guint32 node, const char *id, GError **error)
{
  g_string_append_printf (((Backend *) data)->log, "resolve %u %s;", node, id);
  g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR, "no");

  return NULL;
}

static void
backend_event (gpointer data,
               GemingaTarget *actor,
               const char *interface,
               const char *member,
               GVariant *arguments)
{
  g_autofree char *text = g_variant_print (arguments, FALSE);

  g_string_append_printf (((Backend *) data)->log, "event %s %s.%s %s;",
                          geminga_target_get_id (actor), interface, member, text);
}

static void
backend_started (gpointer data, GemingaTarget *actor)
{
  g_string_append_printf (((Backend *) data)->log, "started %s;", geminga_target_get_id (actor));
}

static void
backend_ended (gpointer data, GemingaTarget *actor, const GError *failure)
{
  g_string_append_printf (((Backend *) data)->log, "ended %s %s;", geminga_target_get_id (actor),
                          failure != NULL ? failure->message : "-");
}

static void
test_backend (void)
{
  static const GemingaSystemBackend funcs = { backend_spawn, backend_resolve, backend_event,
                                              backend_started, backend_ended };
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  Backend backend = { g_string_new (NULL) };
  g_autoptr (GemingaActorRef) ref = NULL;

  g_assert_false (geminga_system_has_listener (system));
  geminga_system_set_backend (system, &funcs, &backend);
  geminga_system_set_node (system, 7);
  g_assert_true (geminga_system_has_listener (system));
  g_assert_cmpuint (geminga_system_get_node (system), ==, 7);

  assert_not_spawned (system, SAMPLE_TYPE, "p", GEMINGA_PLACEMENT_PROCESS, NULL,
                      GEMINGA_ERROR_SPAWN_FAILED, "no");
  g_assert_null (geminga_system_ref_actor (system, "/org/geminga1/node/8/x", NULL));
  ref = spawn (system, "here", GEMINGA_PLACEMENT_SHARED);
  g_assert_cmpstr (geminga_actor_ref_get_path (ref), ==, "/org/geminga1/node/7/here");
  ask_plainly (ref, "SetConfig", g_variant_new_parsed ("({'number': <uint32 5>},)"));
  geminga_actor_ref_tell (ref, "Break", NULL, NULL);
  wait_ended (ref, NULL);
  g_assert_cmpstr (backend.log->str, ==,
                   "spawn Sample p;resolve 8 x;started here;"
                   "event here org.freedesktop.DBus.Properties.PropertiesChanged "
                   "('org.example.Sample1', {'Number': <uint32 5>}, []);"
                   "ended here broken;");
  g_string_free (backend.log, TRUE);
  geminga_system_set_backend (system, NULL, NULL);
  end_system (g_steal_pointer (&system));
}

/* Stopping */

static void
test_stop_none (void)
{
  end_system (geminga_system_new ());
}

static void
test_stop_many (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  for (guint i = 0; i < 20; i++)
    g_object_unref (
        spawn (system, NULL, i % 2 == 0 ? GEMINGA_PLACEMENT_SHARED : GEMINGA_PLACEMENT_THREAD));
  geminga_system_stop_async (system, NULL, keep_result_cb, &first);
  geminga_system_stop_async (system, NULL, keep_result_cb, &second);
  AWAIT (first != NULL && second != NULL);
  g_assert_true (geminga_system_stop_finish (system, first, NULL));
  g_assert_true (geminga_system_stop_finish (system, second, NULL));
  {
    g_auto (GStrv) ids = geminga_system_list_actors (system);

    g_assert_cmpuint (g_strv_length (ids), ==, 0);
  }
}

/* Cancelling gives up the wait at once, not the stop: what holds on is killed in the end. */
typedef struct
{
  GemingaSystem *system;
  GMainContext *context;
  gboolean is_stopped;
  gboolean was_stopped_early;
} EarlyStop;

static void
early_stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EarlyStop *self = user_data;

  self->is_stopped = geminga_system_stop_finish (GEMINGA_SYSTEM (source), result, NULL);
}

static gpointer
stop_early (gpointer data)
{
  EarlyStop *self = data;

  g_main_context_push_thread_default (self->context);
  geminga_system_stop_async (self->system, NULL, early_stopped_cb, self);
  while (g_main_context_iteration (self->context, FALSE))
    continue;
  self->was_stopped_early = self->is_stopped;
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

/* Nothing is stopped while those who wait for the last actor are still being told of its end. */
static void
test_stop_early (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GMainContext) context = g_main_context_new ();
  EarlyStop stop = { system, context, FALSE, FALSE };
  ProbeAsk *probe = probe_new (stop_early, &stop);
  g_autoptr (GemingaActorRef) ref =
      geminga_system_spawn (system, SAMPLE_TYPE, "sample", GEMINGA_PLACEMENT_SHARED, NULL, NULL);

  probe_post (probe, geminga_actor_ref_get_target (ref), GEMINGA_MESSAGE_EXIT);
  geminga_actor_ref_stop (ref);
  AWAIT_THREAD (g_atomic_pointer_get (&probe->thread) != NULL);
  g_assert_false (stop.was_stopped_early);
  while (!stop.is_stopped)
    g_main_context_iteration (context, TRUE);
  geminga_ask_unref (&probe->parent);
}

static void
test_stop_cancelled (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "holds", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) ended = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  ask_plainly (ref, "Hold", NULL);
  geminga_actor_ref_wait_ended_async (ref, NULL, keep_result_cb, &ended);
  geminga_system_stop_async (system, cancellable, keep_result_cb, &result);
  g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (cancellable);
  AWAIT (result != NULL);
  g_assert_false (geminga_system_stop_finish (system, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (ended);

  AWAIT (ended != NULL);
  g_assert_false (geminga_actor_ref_wait_ended_finish (ref, ended, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 5 * G_TIME_SPAN_SECOND);
  g_clear_object (&result);
  end_system (g_steal_pointer (&system));
}

static void
test_stop_cancelled_before (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "x", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  geminga_system_stop_async (system, cancellable, keep_result_cb, &result);
  AWAIT (result != NULL);
  g_assert_false (geminga_system_stop_finish (system, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  wait_ended (ref, NULL);
  g_clear_object (&result);
  end_system (g_steal_pointer (&system));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/system/spawn/refused", test_spawn_refused);
  g_test_add_func ("/core/system/spawn/shared-only", test_spawn_shared_only);
  g_test_add_func ("/core/system/spawn/no-thread", test_spawn_no_thread);
  g_test_add_func ("/core/system/spawn/in-process", test_spawn_in_process);
  g_test_add_func ("/core/system/ids", test_ids);
  g_test_add_func ("/core/system/id-is-free-again", test_id_is_free_again);
  g_test_add_func ("/core/system/ref-actor", test_ref_actor);
  g_test_add_func ("/core/system/backend", test_backend);
  g_test_add_func ("/core/system/stop/none", test_stop_none);
  g_test_add_func ("/core/system/stop/many", test_stop_many);
  g_test_add_func ("/core/system/stop/early", test_stop_early);
  g_test_add_func ("/core/system/stop/cancelled", test_stop_cancelled);
  g_test_add_func ("/core/system/stop/cancelled-before", test_stop_cancelled_before);

  return g_test_run ();
}
