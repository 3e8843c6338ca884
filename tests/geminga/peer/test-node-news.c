/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "node-fixture.h"

static void
test_events (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) far = spawn_probe (service, "far");
  g_autoptr (GemingaActorRef) near = geminga_system_spawn (service->system, PROBE_TYPE, "near",
                                                           GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_autoptr (GemingaActorRef) thread = geminga_system_spawn (service->system, PROBE_TYPE, "thread",
                                                             GEMINGA_PLACEMENT_THREAD, NULL, NULL);

  g_variant_unref (ask (far, "Emit", NULL, NULL));
  g_variant_unref (ask (near, "Emit", NULL, NULL));
  g_variant_unref (ask (thread, "Emit", NULL, NULL));
  AWAIT (service_has_logged (service, "1 far event org.example.Probe1.Happened ('news',)"));
  AWAIT (service_has_logged (service, "0 near event org.example.Probe1.Happened ('news',)"));
  AWAIT (service_has_logged (service, "0 thread event org.example.Probe1.Happened ('news',)"));
  g_assert_true (service_has_logged (service, "0 near started Probe shared"));
  g_assert_true (service_has_logged (service, "0 thread started Probe thread"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/node-news/events", test_events);

  return g_test_run ();
}
