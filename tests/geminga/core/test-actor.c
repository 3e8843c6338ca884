/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#define CALC_TYPE (calc_get_type ())
G_DECLARE_FINAL_TYPE (Calc, calc, , CALC, GemingaActor)

struct _Calc
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Calc, calc, GEMINGA_TYPE_ACTOR)

static void
calc_add (GemingaActor *actor, GemingaCall *call)
{
  double a;
  double b;

  g_variant_get (geminga_call_get_arguments (call), "(dd)", &a, &b);
  geminga_call_return_value (call, g_variant_new_double (a + b));
}

static void
calc_drop (GemingaActor *actor, GemingaCall *call)
{
}

static const GemingaCommandEntry calc_commands[] = {
  { "Add", "(dd)", "d", "a b", "Adds two numbers", 0, calc_add },
  { "Drop", NULL, NULL, NULL, "Lets go of the call", 0, calc_drop },
};

static void
calc_class_init (CalcClass *klass)
{
  geminga_actor_class_set_interface_name (GEMINGA_ACTOR_CLASS (klass), "org.example.Calc1");
  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), calc_commands,
                                    G_N_ELEMENTS (calc_commands));
}

static void
calc_init (Calc *self)
{
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

static GVariant *
ask (GemingaActorRef *ref, const char *command, GVariant *arguments, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_actor_ref_ask_async (ref, command, arguments, -1, NULL, keep_result_cb, &result);

  return geminga_actor_ref_ask_finish (ref, await (&result), error);
}

static void
test_ask (gconstpointer data)
{
  GemingaPlacement placement = GPOINTER_TO_INT (data);
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) ref =
      geminga_system_spawn (system, CALC_TYPE, "calc", placement, NULL, &error);
  g_autoptr (GVariant) sum = NULL;
  g_autoptr (GVariant) nothing = NULL;
  g_autoptr (GAsyncResult) stopped = NULL;
  double value;

  g_assert_no_error (error);
  sum = ask (ref, "Add", g_variant_new ("(dd)", 1.5, 2.0), &error);
  g_assert_no_error (error);
  g_variant_get (sum, "(d)", &value);
  g_assert_cmpfloat (value, ==, 3.5);

  nothing = ask (ref, "Drop", NULL, &error);
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DROPPED);
  g_assert_null (nothing);
  g_clear_error (&error);

  geminga_system_stop_async (system, NULL, keep_result_cb, &stopped);
  geminga_system_stop_finish (system, await (&stopped), &error);
  g_assert_no_error (error);

  nothing = ask (ref, "Ping", NULL, &error);
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/core/actor/ask/shared", GINT_TO_POINTER (GEMINGA_PLACEMENT_SHARED),
                        test_ask);
  g_test_add_data_func ("/core/actor/ask/thread", GINT_TO_POINTER (GEMINGA_PLACEMENT_THREAD),
                        test_ask);

  return g_test_run ();
}
