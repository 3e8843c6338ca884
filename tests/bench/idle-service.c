/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <geminga.h>

/* The smallest service: one actor that does nothing, in a process of its own. */

#define IDLE_TYPE (idle_get_type ())
G_DECLARE_FINAL_TYPE (Idle, idle, BENCH, IDLE, GemingaActor)

struct _Idle
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Idle, idle, GEMINGA_TYPE_ACTOR)

static void
idle_class_init (IdleClass *klass)
{
}

static void
idle_init (Idle *self)
{
}

int
main (int argc, char **argv)
{
  g_autoptr (GemingaService) service = geminga_service_new ("org.example.Idle");
  g_autoptr (GError) error = NULL;

  if (!geminga_service_add_actor (service, IDLE_TYPE, "idle", GEMINGA_PLACEMENT_PROCESS, NULL,
                                  &error))
    g_error ("%s", error->message);

  return geminga_service_run (service, argc, argv);
}
