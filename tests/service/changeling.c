/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One program in several editions, which take each other's place. What the actor understands: in the
 * second less than in the first, in the third more. The fourth, as the first, does not start.
 */

#include <geminga.h>

#define COUNTER_TYPE (counter_get_type ())
G_DECLARE_FINAL_TYPE (Counter, counter, CHANGELING, COUNTER, GemingaActor)

struct _Counter
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Counter, counter, GEMINGA_TYPE_ACTOR)

static void
counter_started (GemingaActor *actor)
{
  g_autoptr (GError) error = g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_FAILED, "has a hangover");

  g_message ("edition %d counts", EDITION);
  if (EDITION == 4)
    geminga_actor_fail (actor, error);
}

static void
counter_edition (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, g_variant_new_uint32 (EDITION));
}

static const GemingaCommandEntry counter_commands[] = {
  { "Edition", NULL, "u", NULL, NULL, 0, counter_edition },
#if EDITION == 2
  { "Add", "(ddd)", "d", NULL, NULL, 0, counter_edition },
#else
  { "Add", "(dd)", "d", NULL, NULL, 0, counter_edition },
  { "Reset", NULL, NULL, NULL, NULL, 0, counter_edition },
#endif
#if EDITION == 3
  { "Subtract", "(dd)", "d", NULL, NULL, 0, counter_edition },
#endif
};

static void
counter_class_init (CounterClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);
  g_autoptr (GemingaCommand) event =
      geminga_command_new ("Counted", EDITION == 2 ? "(x)" : "(u)", NULL);

  actor_class->started = counter_started;
  geminga_actor_class_set_interface_name (actor_class, "org.example.Counter1");
  geminga_actor_class_add_commands (actor_class, counter_commands, G_N_ELEMENTS (counter_commands));
  geminga_actor_class_add_event (actor_class, event);
}

static void
counter_init (Counter *self)
{
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaService) service = geminga_service_new ("org.example.Changeling");

  geminga_service_add_actor (service, COUNTER_TYPE, "counter", GEMINGA_PLACEMENT_PROCESS, NULL,
                             NULL);

  return geminga_service_run (service, argc, argv);
}
