/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * An actor with commands of its own, in a process of its own, on D-Bus:
 *
 *     busctl --user call org.example.Calculator /org/geminga1/Calculator/calculator \
 *       org.example.Calculator1 Add dd 1 2
 *     geminga call Calculator calculator Add 1 2
 */
#include <geminga.h>

#define CALCULATOR_TYPE (calculator_get_type ())
G_DECLARE_FINAL_TYPE (Calculator, calculator, EXAMPLE, CALCULATOR, GemingaActor)

struct _Calculator
{
  GemingaActor parent_instance;

  guint64 n_calculations;
};

G_DEFINE_FINAL_TYPE (Calculator, calculator, GEMINGA_TYPE_ACTOR)

static void
count (Calculator *self)
{
  self->n_calculations++;
  g_object_notify (G_OBJECT (self), "calculations");
}

static void
add (GemingaActor *actor, GemingaCall *call)
{
  double a, b;

  g_variant_get (geminga_call_get_arguments (call), "(dd)", &a, &b);
  count (EXAMPLE_CALCULATOR (actor));
  geminga_call_return_value (call, g_variant_new_double (a + b));
}

static void
divide (GemingaActor *actor, GemingaCall *call)
{
  double a, b;

  g_variant_get (geminga_call_get_arguments (call), "(dd)", &a, &b);
  if (b == 0)
    {
      geminga_call_return_error_literal (call, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                                         "Cannot divide by zero");
      return;
    }

  count (EXAMPLE_CALCULATOR (actor));
  geminga_call_return_value (call, g_variant_new_double (a / b));
}

static const GemingaCommandEntry commands[] = {
  { "Add", "(dd)", "d", "a b", "Adds two numbers", 0, add },
  { "Divide", "(dd)", "d", "a b", "Divides one number by another", 0, divide },
};

static void
get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint64 (value, EXAMPLE_CALCULATOR (object)->n_calculations);
}

static void
calculator_class_init (CalculatorClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->get_property = get_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), 1,
                                   g_param_spec_uint64 ("calculations", NULL, NULL, 0, G_MAXUINT64,
                                                        0,
                                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  geminga_actor_class_set_interface_name (actor_class, "org.example.Calculator1");
  geminga_actor_class_add_commands (actor_class, commands, G_N_ELEMENTS (commands));
}

static void
calculator_init (Calculator *self)
{
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaService) service = geminga_service_new ("org.example.Calculator");
  g_autoptr (GError) error = NULL;

  if (!geminga_service_add_actor (service, CALCULATOR_TYPE, "calculator", GEMINGA_PLACEMENT_PROCESS,
                                  NULL, &error))
    g_error ("%s", error->message);

  return geminga_service_run (service, argc, argv);
}
