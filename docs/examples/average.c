/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * An actor that lets another one work: the averager starts an adder in a process of its own, asks it for
 * the sum and answers when that is there.
 *
 *     busctl --user call org.example.Average /org/geminga1/Average/averager \
 *       org.example.Averager1 Average ad 3 1 2 6
 */
#include <geminga.h>

/* The adder */

#define ADDER_TYPE (adder_get_type ())
G_DECLARE_FINAL_TYPE (Adder, adder, EXAMPLE, ADDER, GemingaActor)

struct _Adder
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Adder, adder, GEMINGA_TYPE_ACTOR)

static void
sum (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GVariant) numbers = g_variant_get_child_value (geminga_call_get_arguments (call), 0);
  gsize n_numbers;
  const double *values = g_variant_get_fixed_array (numbers, &n_numbers, sizeof (double));
  double total = 0;

  for (gsize i = 0; i < n_numbers; i++)
    total += values[i];
  geminga_call_return_value (call, g_variant_new_double (total));
}

static const GemingaCommandEntry adder_commands[] = {
  { "Sum", "(ad)", "d", "numbers", "Adds numbers", 0, sum },
};

static void
adder_class_init (AdderClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  geminga_actor_class_set_interface_name (actor_class, "org.example.Adder1");
  geminga_actor_class_add_commands (actor_class, adder_commands, G_N_ELEMENTS (adder_commands));
}

static void
adder_init (Adder *self)
{
}

/* The averager */

#define AVERAGER_TYPE (averager_get_type ())
G_DECLARE_FINAL_TYPE (Averager, averager, EXAMPLE, AVERAGER, GemingaActor)

struct _Averager
{
  GemingaActor parent_instance;

  GemingaActorRef *adder; /* (owned) */
};

G_DEFINE_FINAL_TYPE (Averager, averager, GEMINGA_TYPE_ACTOR)

static gsize
count_numbers (GemingaCall *call)
{
  g_autoptr (GVariant) numbers = g_variant_get_child_value (geminga_call_get_arguments (call), 0);

  return g_variant_n_children (numbers);
}

static void
on_sum (GObject *adder, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (adder), result, &error);
  double total;

  if (answer == NULL)
    {
      geminga_call_return_error (call, error);
      return;
    }

  g_variant_get (answer, "(d)", &total);
  geminga_call_return_value (call, g_variant_new_double (total / (double) count_numbers (call)));
}

static void
average (GemingaActor *actor, GemingaCall *call)
{
  if (count_numbers (call) == 0)
    {
      geminga_call_return_error_literal (call, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                                         "No numbers have no average");
      return;
    }

  geminga_actor_ref_ask_async (EXAMPLE_AVERAGER (actor)->adder, "Sum",
                               geminga_call_get_arguments (call), -1,
                               geminga_call_get_cancellable (call), on_sum, g_object_ref (call));
}

static const GemingaCommandEntry averager_commands[] = {
  { "Average", "(ad)", "d", "numbers", "Tells the mean of numbers", 0, average },
};

static void
averager_started (GemingaActor *actor)
{
  Averager *self = EXAMPLE_AVERAGER (actor);
  g_autoptr (GError) error = NULL;

  self->adder =
      geminga_actor_spawn (actor, ADDER_TYPE, "adder", GEMINGA_PLACEMENT_PROCESS, NULL, &error);
  if (self->adder == NULL)
    geminga_actor_fail (actor, error);
}

static void
averager_stopping (GemingaActor *actor)
{
  Averager *self = EXAMPLE_AVERAGER (actor);

  if (self->adder != NULL)
    geminga_actor_ref_stop (self->adder);
  g_clear_object (&self->adder);
}

static void
averager_class_init (AveragerClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  actor_class->started = averager_started;
  actor_class->stopping = averager_stopping;
  geminga_actor_class_set_interface_name (actor_class, "org.example.Averager1");
  geminga_actor_class_add_commands (actor_class, averager_commands,
                                    G_N_ELEMENTS (averager_commands));
}

static void
averager_init (Averager *self)
{
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaService) service = geminga_service_new ("org.example.Average");
  g_autoptr (GError) error = NULL;

  g_type_ensure (ADDER_TYPE);
  if (!geminga_service_add_actor (service, AVERAGER_TYPE, "averager", GEMINGA_PLACEMENT_SHARED,
                                  NULL, &error))
    g_error ("%s", error->message);

  return geminga_service_run (service, argc, argv);
}
