/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "../death-limit.h"
#include "node-fixture.h"

#include "geminga-exit-private.h"
#include "geminga-node-state-private.h"

static void
test_stop (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GError) error = NULL;

  g_assert_true (wait_ready (ref, NULL));
  geminga_actor_ref_stop (ref);
  g_assert_true (wait_ended (ref, &error));
  g_assert_no_error (error);
  AWAIT (service->gone->len == 1);
  g_assert_cmpuint (GPOINTER_TO_UINT (service->gone->pdata[0]), ==, 1);
  g_assert_true (service_has_logged (service, "1 probe ended -"));

  /* And later, when the process is gone. */
  g_assert_true (wait_ended (ref, &error));
  g_assert_no_error (error);
  g_assert_false (wait_ready (ref, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  g_clear_error (&error);
  g_assert_null (ask (ref, "Ping", NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
}

static void
test_fail (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (ref, "Break", NULL, &error);

  g_assert_no_error (error);
  g_assert_false (wait_ended (ref, &error));
  g_assert_error (error, PROBE_ERROR, 3);
  AWAIT (service_has_logged (service, "1 probe ended broken"));
  AWAIT (service->gone->len == 1);
}

static void
test_kill (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GError) error = NULL;

  g_assert_true (wait_ready (ref, NULL));
  geminga_actor_ref_kill (ref);
  g_assert_false (wait_ended (ref, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  g_assert_cmpstr (error->message, ==, "Actor “probe” was killed");
  AWAIT (service->gone->len == 1);
  g_assert_cmpuint (service->n_killed, ==, 0);
}

static void
test_kill_hung (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GError) error = NULL;

  g_assert_true (wait_ready (ref, NULL));
  g_mutex_lock (&probe_gate);
  geminga_actor_ref_tell (ref, "Hang", NULL, NULL);
  AWAIT_THREAD (g_atomic_int_get (&probe_n_hanging) > 0);
  geminga_actor_ref_kill (ref);
  g_assert_false (wait_ended (ref, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  g_assert_cmpstr (error->message, ==, "Actor “probe” died: its process was killed");
  g_assert_cmpuint (service->n_killed, ==, 1);
  g_assert_cmpuint (service->gone->len, ==, 1);
  g_mutex_unlock (&probe_gate);
}

/* The same through a reference that was looked up. */
static void
test_kill_hung_found (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GemingaActorRef) found = NULL;
  g_autoptr (GError) error = NULL;
  int n_hanging = g_atomic_int_get (&probe_n_hanging);

  g_assert_true (wait_ready (ref, NULL));
  found = geminga_system_ref_actor (service->system, geminga_actor_ref_get_path (ref), &error);
  g_assert_no_error (error);
  g_mutex_lock (&probe_gate);
  geminga_actor_ref_tell (ref, "Hang", NULL, NULL);
  AWAIT_THREAD (g_atomic_int_get (&probe_n_hanging) > n_hanging);
  geminga_actor_ref_kill (found);
  g_assert_false (wait_ended (found, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  g_assert_cmpuint (service->n_killed, ==, 1);
  g_mutex_unlock (&probe_gate);
}

/* And from another process. */
static void
test_kill_hung_third (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GemingaActorRef) killer = spawn_probe (service, "killer");
  g_autoptr (GVariant) killed = NULL;
  g_autoptr (GError) error = NULL;
  int n_hanging = g_atomic_int_get (&probe_n_hanging);

  g_assert_true (wait_ready (ref, NULL));
  g_mutex_lock (&probe_gate);
  geminga_actor_ref_tell (ref, "Hang", NULL, NULL);
  AWAIT_THREAD (g_atomic_int_get (&probe_n_hanging) > n_hanging);
  killed = ask (killer, "Kill", g_variant_new ("(o)", geminga_actor_ref_get_path (ref)), &error);
  g_assert_no_error (error);
  g_assert_false (wait_ended (ref, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  g_assert_cmpuint (service->n_killed, ==, 1);
  g_mutex_unlock (&probe_gate);
}

#define N_ASKS 100

static void
count_failed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GPtrArray *results = user_data;

  g_ptr_array_add (results, g_object_ref (result));
}

/* Gives the time until all asks have failed. */
static gint64
drop_process (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 start;
  gint64 duration;

  g_assert_true (wait_ready (ref, NULL));
  for (guint i = 0; i < N_ASKS; i++)
    geminga_actor_ref_ask_async (ref, "Keep", NULL, -1, NULL, count_failed_cb, results);
  g_variant_unref (ask (ref, "Ping", NULL, NULL));

  start = g_get_monotonic_time ();
  geminga_node_drop_process (service->node, 1, GEMINGA_EXIT_REASON_SIGNAL,
                             "was struck by lightning");
  g_assert_cmpuint (service->gone->len, ==, 1);
  AWAIT (results->len == N_ASKS);
  duration = g_get_monotonic_time () - start;
  for (guint i = 0; i < N_ASKS; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (geminga_actor_ref_ask_finish (ref, g_ptr_array_index (results, i), &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
      g_assert_cmpstr (error->message, ==,
                       "Actor “probe” died: its process was struck by lightning");
    }
  geminga_node_drop_process (service->node, 1, GEMINGA_EXIT_REASON_SIGNAL, "is not there");
  g_assert_cmpuint (service->gone->len, ==, 1);

  return duration;
}

/* The best of some: others may have had the processor meanwhile. */
static void
test_drop_process (void)
{
  gint64 best = G_MAXINT64;

  for (guint i = 0; i < 5 && best >= DEATH_LIMIT; i++)
    best = MIN (best, drop_process ());
  g_assert_cmpint (best, <, DEATH_LIMIT);
}

/* The root notices that the process is gone before anybody tells how. */
static void
lose_process (Service *service, guint32 number)
{
  Worker *worker = g_hash_table_lookup (service->workers, GUINT_TO_POINTER (number));
  guint n_gone = service->gone->len;

  g_assert_cmpint (shutdown (worker->fd, SHUT_RDWR), ==, 0);
  AWAIT (service->gone->len > n_gone);
}

typedef struct
{
  gboolean is_told;
  GemingaExitReason reason;
} End;

static void
end_told (gpointer data, GVariant *result, GUnixFDList *fds, const GError *error)
{
  End *self = data;
  g_autoptr (GError) failure = NULL;

  self->reason = geminga_exit_parse (result, error, &failure);
  self->is_told = TRUE;
}

/* Who begins to watch an actor when its process is gone, but not how, is told how as well. */
static void
test_watch_late (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GemingaAsk) question = NULL;
  End end = { FALSE, GEMINGA_EXIT_REASON_NORMAL };

  g_assert_true (wait_ready (ref, NULL));
  lose_process (service, 1);
  question = geminga_link_request_new (g_main_context_default (), end_told, &end, NULL);
  geminga_target_post (geminga_actor_ref_get_target (ref),
                       geminga_message_new (GEMINGA_MESSAGE_WATCH, question));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  geminga_node_drop_process (service->node, 1, GEMINGA_EXIT_REASON_SIGNAL, "died of a signal");
  AWAIT (end.is_told);
  g_assert_cmpint (end.reason, ==, GEMINGA_EXIT_REASON_SIGNAL);
}

/* Those that die later do not put off when others are told how one has died. */
static void
test_lose_many (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) one = spawn_probe (service, "one");
  g_autoptr (GemingaActorRef) two = spawn_probe (service, "two");
  g_autoptr (GError) error = NULL;
  gint64 deadline;

  g_assert_true (wait_ready (one, NULL));
  g_assert_true (wait_ready (two, NULL));
  lose_process (service, 1);
  deadline = service->node->settle_timer.deadline;
  lose_process (service, 2);
  g_assert_cmpuint (service->node->dying->len, ==, 2);
  g_assert_cmpint (service->node->settle_timer.deadline, ==, deadline);
  geminga_node_drop_process (service->node, 1, GEMINGA_EXIT_REASON_SIGNAL, "died of a signal");
  geminga_node_drop_process (service->node, 2, GEMINGA_EXIT_REASON_SIGNAL, "died of a signal");
  g_assert_false (wait_ended (two, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/node-end/stop", test_stop);
  g_test_add_func ("/peer/node-end/fail", test_fail);
  g_test_add_func ("/peer/node-end/kill", test_kill);
  g_test_add_func ("/peer/node-end/kill-hung", test_kill_hung);
  g_test_add_func ("/peer/node-end/kill-hung/found", test_kill_hung_found);
  g_test_add_func ("/peer/node-end/kill-hung/third", test_kill_hung_third);
  g_test_add_func ("/peer/node-end/watch-late", test_watch_late);
  g_test_add_func ("/peer/node-end/lose-many", test_lose_many);
  g_test_add_func ("/peer/node-end/drop-process", test_drop_process);

  return g_test_run ();
}
