/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-heartbeat-private.h"

#include <unistd.h>

#include "../peer/node-fixture.h"

#define MILLISECONDS(n) ((n) *G_TIME_SPAN_MILLISECOND)

typedef struct
{
  guint n_hung;
  guint32 node;
} Found;

static void
on_hung (gpointer data, guint32 node)
{
  Found *found = data;

  found->n_hung++;
  found->node = node;
}

/* The node is freed first, so that no pong comes to who is not there. */
static Service *
service_new_with_heartbeat (GemingaHeartbeat **heartbeat, Found *found)
{
  Service *service = service_new ();

  *heartbeat = geminga_heartbeat_new (service->node, on_hung, found);

  return service;
}

static void
hang (GemingaActorRef *ref)
{
  int n_hanging = g_atomic_int_get (&probe_n_hanging);

  g_assert_true (wait_ready (ref, NULL));
  geminga_actor_ref_tell (ref, "Hang", NULL, NULL);
  AWAIT_THREAD (g_atomic_int_get (&probe_n_hanging) > n_hanging);
}

static gboolean
count_cb (gpointer user_data)
{
  ++*(guint *) user_data;

  return G_SOURCE_CONTINUE;
}

/* So many of the timer's intervals, which are real time. */
static void
await_ticks (guint n_ticks)
{
  guint n_passed = 0;
  guint id = g_timeout_add (10, count_cb, &n_passed);

  AWAIT (n_passed >= n_ticks);
  g_source_remove (id);
}

static void
test_hung (void)
{
  Found found = { 0 };
  g_autoptr (GemingaHeartbeat) heartbeat = NULL;
  g_autoptr (Service) service = service_new_with_heartbeat (&heartbeat, &found);
  g_autoptr (GemingaActorRef) good = spawn_probe (service, "good");
  g_autoptr (GemingaActorRef) bad = spawn_probe (service, "bad");
  gint64 start;

  g_assert_true (wait_ready (good, NULL));
  g_assert_true (wait_ready (bad, NULL));
  geminga_heartbeat_set_timeout (heartbeat, MILLISECONDS (200));
  geminga_heartbeat_add (heartbeat, 1, NULL);
  geminga_heartbeat_add (heartbeat, 2, NULL);
  geminga_heartbeat_note_life (heartbeat, 2);

  g_mutex_lock (&probe_gate);
  start = g_get_monotonic_time ();
  hang (bad);
  AWAIT (found.n_hung > 0);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, MILLISECONDS (200));
  g_assert_cmpuint (found.node, ==, 2);

  /* It is told once. */
  await_ticks (30);
  g_assert_cmpuint (found.n_hung, ==, 1);
  geminga_heartbeat_remove (heartbeat, 2);
  g_mutex_unlock (&probe_gate);
}

/* A pulse whose loop has just begun to do something. */
static GemingaPulse *
show_busy (GemingaPulse **other)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSource) source = NULL;
  GemingaPulse *pulse;
  int fd;

  pulse = geminga_pulse_new (&fd, &error);
  g_assert_no_error (error);
  *other = geminga_pulse_new_for_fd (fd, &error);
  g_assert_no_error (error);
  close (fd);

  source = geminga_pulse_create_source (*other);
  g_source_attach (source, context);
  g_main_context_iteration (context, FALSE);
  g_source_destroy (source);
  g_assert_cmpint (geminga_pulse_get_busy_since (pulse), >, 0);

  return pulse;
}

/* It hung long before it was pinged. */
static void
test_hung_since (void)
{
  Found found = { 0 };
  g_autoptr (GemingaHeartbeat) heartbeat = NULL;
  g_autoptr (Service) service = service_new_with_heartbeat (&heartbeat, &found);
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GemingaPulse) other = NULL;
  g_autoptr (GemingaPulse) pulse = NULL;
  gint64 since;

  geminga_heartbeat_set_timeout (heartbeat, MILLISECONDS (900));
  g_mutex_lock (&probe_gate);
  hang (ref);
  pulse = show_busy (&other);
  since = geminga_pulse_get_busy_since (pulse);
  await_ticks (50);
  geminga_heartbeat_add (heartbeat, 1, pulse);
  geminga_heartbeat_note_life (heartbeat, 1);
  AWAIT (found.n_hung > 0);
  g_assert_cmpint (g_get_monotonic_time () - since, >=, MILLISECONDS (900));
  g_assert_cmpint (g_get_monotonic_time () - since, <, MILLISECONDS (1400));
  geminga_heartbeat_remove (heartbeat, 1);
  g_mutex_unlock (&probe_gate);
}

static void
test_healthy (void)
{
  Found found = { 0 };
  g_autoptr (GemingaHeartbeat) heartbeat = NULL;
  g_autoptr (Service) service = service_new_with_heartbeat (&heartbeat, &found);
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");

  g_assert_true (wait_ready (ref, NULL));
  geminga_heartbeat_add (heartbeat, 1, NULL);
  geminga_heartbeat_set_timeout (heartbeat, MILLISECONDS (1000));
  await_ticks (150);
  g_assert_cmpuint (found.n_hung, ==, 0);
}

/* As when the machine was suspended, or the arbiter stopped: that is not the others' fault. */
static void
test_late_self (void)
{
  Found found = { 0 };
  g_autoptr (GemingaHeartbeat) heartbeat = NULL;
  g_autoptr (Service) service = service_new_with_heartbeat (&heartbeat, &found);
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");

  g_assert_true (wait_ready (ref, NULL));
  geminga_heartbeat_set_timeout (heartbeat, MILLISECONDS (500));
  geminga_heartbeat_add (heartbeat, 1, NULL);
  await_ticks (10);
  g_usleep (MILLISECONDS (800));
  await_ticks (50);
  g_assert_cmpuint (found.n_hung, ==, 0);
}

static void
test_off (void)
{
  Found found = { 0 };
  g_autoptr (GemingaHeartbeat) heartbeat = NULL;
  g_autoptr (Service) service = service_new_with_heartbeat (&heartbeat, &found);
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");

  geminga_heartbeat_add (heartbeat, 1, NULL);
  geminga_heartbeat_note_life (heartbeat, 1);
  geminga_heartbeat_note_life (heartbeat, 7);
  g_mutex_lock (&probe_gate);
  hang (ref);
  await_ticks (20);
  g_assert_cmpuint (found.n_hung, ==, 0);

  /* Later it may be wanted, and then not. */
  geminga_heartbeat_set_timeout (heartbeat, MILLISECONDS (100));
  AWAIT (found.n_hung == 1);
  geminga_heartbeat_set_timeout (heartbeat, 0);
  geminga_heartbeat_remove (heartbeat, 1);
  geminga_heartbeat_remove (heartbeat, 1);
  geminga_heartbeat_remove (heartbeat, 7);
  g_mutex_unlock (&probe_gate);
}

/* The answer comes when nobody looks at that process any more. */
static void
test_removed (void)
{
  Found found = { 0 };
  g_autoptr (GemingaHeartbeat) heartbeat = NULL;
  g_autoptr (Service) service = service_new_with_heartbeat (&heartbeat, &found);
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");

  geminga_heartbeat_set_timeout (heartbeat, MILLISECONDS (60000));
  geminga_heartbeat_add (heartbeat, 1, NULL);
  g_mutex_lock (&probe_gate);
  hang (ref);
  await_ticks (20);
  geminga_heartbeat_remove (heartbeat, 1);
  g_mutex_unlock (&probe_gate);
  g_variant_unref (ask (ref, "Ping", NULL, NULL));
  g_assert_cmpuint (found.n_hung, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/heartbeat/hung", test_hung);
  g_test_add_func ("/supervise/heartbeat/hung/since", test_hung_since);
  g_test_add_func ("/supervise/heartbeat/healthy", test_healthy);
  g_test_add_func ("/supervise/heartbeat/late-self", test_late_self);
  g_test_add_func ("/supervise/heartbeat/off", test_off);
  g_test_add_func ("/supervise/heartbeat/removed", test_removed);

  return g_test_run ();
}
