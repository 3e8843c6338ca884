/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "probe-ask.h"

#include "geminga-actor-ref-private.h"
#include "geminga-mailbox-private.h"

/* An actor that gets ready when it is told to, or is caught in a handler */

#define LATE_TYPE (late_get_type ())
G_DECLARE_FINAL_TYPE (Late, late, TEST, LATE, GemingaActor)

struct _Late
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Late, late, GEMINGA_TYPE_ACTOR)

static int late_is_caught; /* atomic */
static int late_is_let_go; /* atomic */
static int late_n_gone;    /* atomic */

/* Where it is caught without being told to. */
typedef enum
{
  HANGS_NOWHERE,
  HANGS_STARTED,
  HANGS_STOPPING,
} Hangs;

static int late_hangs; /* atomic */

static void
late_get_ready (GemingaActor *actor, GemingaCall *call)
{
  geminga_actor_become_ready (actor);
}

static void
wait_until_let_go (void)
{
  g_atomic_int_set (&late_is_caught, TRUE);
  while (!g_atomic_int_get (&late_is_let_go))
    g_thread_yield ();
}

static void
late_catch (GemingaActor *actor, GemingaCall *call)
{
  wait_until_let_go ();
}

static void
late_started (GemingaActor *actor)
{
  geminga_actor_delay_ready (actor);
  if (g_atomic_int_get (&late_hangs) == HANGS_STARTED)
    wait_until_let_go ();
}

static void
late_stopping (GemingaActor *actor)
{
  if (g_atomic_int_get (&late_hangs) == HANGS_STOPPING)
    wait_until_let_go ();
}

static const GemingaCommandEntry late_commands[] = {
  { "GetReady", NULL, NULL, NULL, NULL, 0, late_get_ready },
  { "Catch", NULL, NULL, NULL, NULL, 0, late_catch },
};

static void
late_finalize (GObject *object)
{
  g_atomic_int_inc (&late_n_gone);

  G_OBJECT_CLASS (late_parent_class)->finalize (object);
}

static void
late_class_init (LateClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = late_finalize;
  actor_class->started = late_started;
  actor_class->stopping = late_stopping;
  geminga_actor_class_add_commands (actor_class, late_commands, G_N_ELEMENTS (late_commands));
}

static void
late_init (Late *self)
{
}

static GemingaActorRef *
spawn (GemingaSystem *system, GemingaPlacement placement)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_spawn (system, LATE_TYPE, "late", placement, NULL, &error);

  g_assert_no_error (error);

  return ref;
}

static gpointer
post_kill (gpointer data)
{
  geminga_target_post (data, geminga_message_new (GEMINGA_MESSAGE_KILL, NULL));

  return NULL;
}

/* Tests */

static void
test_ready (gconstpointer data)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, GPOINTER_TO_INT (data));
  GAsyncResult *results[3] = { NULL };
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_wait_ready_async (ref, NULL, keep_result_cb, &results[0]);
  geminga_actor_ref_wait_ended_async (ref, NULL, keep_result_cb, &results[1]);
  geminga_actor_ref_wait_ready_async (ref, NULL, keep_result_cb, &results[2]);
  ask_plainly (ref, "Ping", NULL);
  g_assert_true (results[0] == NULL && results[2] == NULL);
  geminga_actor_ref_tell (ref, "GetReady", NULL, NULL);
  AWAIT (results[0] != NULL && results[2] != NULL);
  g_assert_true (geminga_actor_ref_wait_ready_finish (ref, results[0], &error));
  g_assert_no_error (error);
  /* Who asks later is answered at once; who waits for the end goes on waiting. */
  g_assert_true (wait_ready (ref, &error));
  g_assert_no_error (error);
  g_assert_null (results[1]);
  geminga_actor_ref_stop (ref);
  AWAIT (results[1] != NULL);
  g_assert_true (geminga_actor_ref_wait_ended_finish (ref, results[1], &error));
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    g_object_unref (results[i]);
  stop_system (system);
}

/* A killer takes over while the handler has the actor become ready. */
static void
test_ready_killed (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, GEMINGA_PLACEMENT_THREAD);
  GemingaTarget *target = geminga_actor_ref_get_target (ref);
  ProbeAsk *ready = probe_new (post_kill, target);
  ProbeAsk *end = probe_new (NULL, NULL);

  probe_post (ready, target, GEMINGA_MESSAGE_READY);
  probe_post (end, target, GEMINGA_MESSAGE_EXIT);
  ask_plainly (ref, "Ping", NULL);
  geminga_actor_ref_tell (ref, "GetReady", NULL, NULL);
  AWAIT_THREAD (g_atomic_pointer_get (&ready->thread) != NULL);
  g_assert_no_error (ready->error);
  AWAIT_THREAD (g_atomic_pointer_get (&end->thread) != NULL);
  g_assert_error (end->error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  geminga_ask_unref (&ready->parent);
  geminga_ask_unref (&end->parent);
  stop_system (system);
}

/* A killer takes over while the handler returns: nobody waits for ever, and the thread ends. */
static void
test_killed_returning (void)
{
  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (GemingaSystem) system = geminga_system_new ();
      g_autoptr (GemingaActorRef) ref = spawn (system, GEMINGA_PLACEMENT_THREAD);
      GAsyncResult *results[8] = { NULL };
      int n_gone = g_atomic_int_get (&late_n_gone);
      GThread *killer;

      g_atomic_int_set (&late_is_caught, FALSE);
      g_atomic_int_set (&late_is_let_go, FALSE);
      geminga_actor_ref_tell (ref, "Catch", NULL, NULL);
      AWAIT_THREAD (g_atomic_int_get (&late_is_caught));
      for (guint j = 0; j < G_N_ELEMENTS (results); j++)
        geminga_actor_ref_wait_ended_async (ref, NULL, keep_result_cb, &results[j]);
      killer = g_thread_new ("killer", post_kill, geminga_actor_ref_get_target (ref));
      for (guint j = 0; j < i % 10; j++)
        g_thread_yield ();
      g_atomic_int_set (&late_is_let_go, TRUE);
      g_thread_join (killer);
      for (guint j = 0; j < G_N_ELEMENTS (results); j++)
        {
          AWAIT (results[j] != NULL);
          g_object_unref (results[j]);
        }
      AWAIT_THREAD (g_atomic_int_get (&late_n_gone) > n_gone);
      stop_system (system);
    }
}

/* A killer takes over from all that the actor does with its thread. */
static void
test_killed_hanging (gconstpointer data)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GError) error = NULL;
  int n_gone = g_atomic_int_get (&late_n_gone);

  g_atomic_int_set (&late_is_caught, FALSE);
  g_atomic_int_set (&late_is_let_go, FALSE);
  g_atomic_int_set (&late_hangs, GPOINTER_TO_INT (data));
  ref = spawn (system, GEMINGA_PLACEMENT_THREAD);
  geminga_actor_ref_stop (ref);
  AWAIT_THREAD (g_atomic_int_get (&late_is_caught));
  geminga_actor_ref_kill (ref);
  g_assert_false (wait_ended (ref, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  stop_system (system);
  g_assert_cmpint (g_atomic_int_get (&late_n_gone), ==, n_gone);
  g_atomic_int_set (&late_is_let_go, TRUE);
  AWAIT_THREAD (g_atomic_int_get (&late_n_gone) > n_gone);
  g_atomic_int_set (&late_hangs, HANGS_NOWHERE);
}

/* Waits are given up by many threads while a killer answers them. */

typedef struct
{
  GCancellable *cancellables[60];
  guint first;
} Quitter;

static gpointer
give_up (gpointer data)
{
  Quitter *self = data;

  for (guint i = self->first; i < G_N_ELEMENTS (self->cancellables); i += 2)
    g_cancellable_cancel (self->cancellables[i]);

  return NULL;
}

static void
test_killed_cancelled (void)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (GemingaSystem) system = geminga_system_new ();
      g_autoptr (GemingaActorRef) ref = spawn (system, GEMINGA_PLACEMENT_THREAD);
      GAsyncResult *results[60] = { NULL };
      Quitter quitters[2] = { { .first = 0 }, { .first = 1 } };
      GThread *threads[3];

      for (guint j = 0; j < G_N_ELEMENTS (results); j++)
        {
          quitters[0].cancellables[j] = quitters[1].cancellables[j] = g_cancellable_new ();
          geminga_actor_ref_wait_ended_async (ref, quitters[0].cancellables[j], keep_result_cb,
                                              &results[j]);
        }
      ask_plainly (ref, "Ping", NULL);
      g_atomic_int_set (&late_is_caught, FALSE);
      g_atomic_int_set (&late_is_let_go, FALSE);
      geminga_actor_ref_tell (ref, "Catch", NULL, NULL);
      AWAIT_THREAD (g_atomic_int_get (&late_is_caught));
      threads[0] = g_thread_new ("killer", post_kill, geminga_actor_ref_get_target (ref));
      threads[1] = g_thread_new ("quitter", give_up, &quitters[0]);
      threads[2] = g_thread_new ("quitter", give_up, &quitters[1]);
      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        g_thread_join (threads[j]);
      for (guint j = 0; j < G_N_ELEMENTS (results); j++)
        {
          AWAIT (results[j] != NULL);
          g_object_unref (results[j]);
          g_object_unref (quitters[0].cancellables[j]);
        }
      g_atomic_int_set (&late_is_let_go, TRUE);
      stop_system (system);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/core/mailbox-waits/ready/shared",
                        GINT_TO_POINTER (GEMINGA_PLACEMENT_SHARED), test_ready);
  g_test_add_data_func ("/core/mailbox-waits/ready/thread",
                        GINT_TO_POINTER (GEMINGA_PLACEMENT_THREAD), test_ready);
  g_test_add_func ("/core/mailbox-waits/ready/killed", test_ready_killed);
  g_test_add_data_func ("/core/mailbox-waits/killed/started", GINT_TO_POINTER (HANGS_STARTED),
                        test_killed_hanging);
  g_test_add_data_func ("/core/mailbox-waits/killed/stopping", GINT_TO_POINTER (HANGS_STOPPING),
                        test_killed_hanging);
  g_test_add_func ("/core/mailbox-waits/killed/cancelled", test_killed_cancelled);
  g_test_add_func ("/core/mailbox-waits/killed/returning", test_killed_returning);

  return g_test_run ();
}
