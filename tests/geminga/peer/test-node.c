/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "node-fixture.h"

static void
on_pong (gpointer data, guint32 node)
{
  *(guint32 *) data += node;
}

static void
test_ping (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  guint32 ponged = 0;

  geminga_node_ping (service->node, 1, on_pong, &ponged);
  AWAIT (ponged == 1);

  /* Nobody there, and one that goes: no pong. */
  geminga_node_ping (service->node, 9, on_pong, &ponged);
  geminga_node_ping (service->node, 1, on_pong, &ponged);
  geminga_node_drop_process (service->node, 1, GEMINGA_EXIT_REASON_SIGNAL, "died");
  g_assert_cmpuint (ponged, ==, 1);
}

static void
test_freed (void)
{
  Service *service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (wait_ready (ref, NULL));
  geminga_actor_ref_ask_async (ref, "Keep", NULL, -1, NULL, keep_result_cb, &result);
  service_free (service);
  AWAIT (result != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (ref, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  g_clear_error (&error);

  g_assert_null (ask (ref, "Ping", NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
}

static void
test_configure (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) one = spawn_probe (service, "one");
  g_autoptr (GemingaActorRef) two = spawn_probe (service, "two");
  g_autoptr (GVariant) configuration =
      g_variant_ref_sink (g_variant_new_parsed ("{'right': <true>}"));

  g_assert_true (wait_ready (one, NULL));
  g_assert_true (wait_ready (two, NULL));
  geminga_node_configure_all (service->node, configuration);
  AWAIT_THREAD (g_atomic_int_get (&worker_n_configured) == 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/node/ping", test_ping);
  g_test_add_func ("/peer/node/freed", test_freed);

  g_test_add_func ("/peer/node/configure", test_configure);

  return g_test_run ();
}
