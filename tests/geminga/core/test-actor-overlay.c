/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What overlays of languages build on: commands looked up by name, calls that go on later. */
#include "config.h"

#include "geminga.h"

#define CALC_TYPE (calc_get_type ())
G_DECLARE_FINAL_TYPE (Calc, calc, TEST, CALC, GemingaActor)

struct _Calc
{
  GemingaActor parent_instance;

  int digits;
  double scale;
};

enum
{
  PROP_DIGITS = 1,
  PROP_SCALE,
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

static void
tell_end_cb (GemingaCall *call, gpointer user_data)
{
  g_autoptr (GemingaActorRef) next = user_data;
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_tell (next, "Note", NULL, &error);
  g_assert_no_error (error);
}

static gboolean
answer_later_cb (gpointer user_data)
{
  GemingaCall *call = user_data;
  GemingaActorRef *next = g_object_steal_data (G_OBJECT (call), "next");

  geminga_call_resume (call, tell_end_cb, next);
  geminga_call_return_value (call, NULL);

  return G_SOURCE_REMOVE;
}

static void
calc_later (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error = NULL;
  const char *next;

  g_variant_get (geminga_call_get_arguments (call), "(&o)", &next);
  g_object_set_data (G_OBJECT (call), "next",
                     geminga_system_ref_actor (geminga_actor_get_system (actor), next, &error));
  g_assert_no_error (error);
  g_idle_add_full (G_PRIORITY_DEFAULT, answer_later_cb, g_object_ref (call), g_object_unref);
}

static void
calc_note (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) sender = geminga_call_dup_sender (call);

  g_object_set_data_full (G_OBJECT (geminga_actor_get_system (actor)), "sender",
                          g_strdup (geminga_actor_ref_get_id (sender)), g_free);
  geminga_call_return_value (call, NULL);
}

static const GemingaCommandEntry calc_commands[] = {
  { "Add", "(dd)", "d", "a b", "Adds two numbers", 0, calc_add },
  { "Later", "o", NULL, "next", "Tells Note to another actor when the handler is over", 0,
    calc_later },
  { "Note", NULL, NULL, NULL, "Notes who has sent it", 0, calc_note },
  { "Drop", NULL, NULL, NULL, "Lets go of the call", 0, calc_drop },
};

static void
calc_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  Calc *self = TEST_CALC (object);

  if (property_id == PROP_DIGITS)
    self->digits = g_value_get_int (value);
  else
    self->scale = g_value_get_double (value);
}

static void
calc_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  Calc *self = TEST_CALC (object);

  if (property_id == PROP_DIGITS)
    g_value_set_int (value, self->digits);
  else
    g_value_set_double (value, self->scale);
}

static void
calc_class_init (CalcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = calc_set_property;
  object_class->get_property = calc_get_property;
  g_object_class_install_property (object_class, PROP_DIGITS,
                                   g_param_spec_int ("digits", NULL, NULL, 0, 20, 2,
                                                     G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      object_class, PROP_SCALE,
      g_param_spec_double ("scale", NULL, NULL, 0, 1e6, 1,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
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

static void
stop (GemingaSystem *system)
{
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (GError) error = NULL;

  geminga_system_stop_async (system, NULL, keep_result_cb, &stopped);
  geminga_system_stop_finish (system, await (&stopped), &error);
  g_assert_no_error (error);
}

static void
test_lookup_command (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) ref =
      geminga_system_spawn (system, CALC_TYPE, "calc", GEMINGA_PLACEMENT_SHARED, NULL, &error);
  GemingaCommand *command = geminga_actor_ref_lookup_command (ref, "Add");

  g_assert_no_error (error);
  g_assert_cmpstr (geminga_command_get_name (command), ==, "Add");
  g_assert_nonnull (geminga_actor_ref_lookup_command (ref, "Ping"));
  g_assert_null (geminga_actor_ref_lookup_command (ref, "Subtract"));
  stop (system);
  g_assert_true (geminga_actor_ref_lookup_command (ref, "Add") == command);
}

static void
test_resume (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) first =
      geminga_system_spawn (system, CALC_TYPE, "first", GEMINGA_PLACEMENT_SHARED, NULL, &error);
  g_autoptr (GemingaActorRef) second =
      geminga_system_spawn (system, CALC_TYPE, "second", GEMINGA_PLACEMENT_SHARED, NULL, &error);
  g_autoptr (GVariant) answer =
      ask (first, "Later", g_variant_new ("(o)", geminga_actor_ref_get_path (second)), &error);
  g_autoptr (GVariant) pong = ask (second, "Ping", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (g_object_get_data (G_OBJECT (system), "sender"), ==, "first");
  stop (system);
}

/* The same number in any type is taken; one that does not fit is not. */
static void
test_config_numbers (void)
{
  static const struct
  {
    const char *config;
    int code; /* -1: it is taken */
    const char *after;
  } vectors[] = {
    { "{'digits': <int64 3>}", -1, "{'digits': <3>, 'scale': <0.0>}" },
    { "{'digits': <4.0>}", -1, "{'digits': <4>, 'scale': <0.0>}" },
    { "{'digits': <byte 0x05>, 'scale': <6>}", -1, "{'digits': <5>, 'scale': <6.0>}" },
    { "{'scale': <-1>}", GEMINGA_ERROR_INVALID_ARGUMENTS, NULL },
    { "{'digits': <4.5>}", GEMINGA_ERROR_INVALID_ARGUMENTS, NULL },
    { "{'digits': <uint64 4294967298>}", GEMINGA_ERROR_INVALID_ARGUMENTS, NULL },
    { "{'digits': <'3'>}", GEMINGA_ERROR_INVALID_ARGUMENTS, NULL },
    { "{'digits': <true>}", GEMINGA_ERROR_INVALID_ARGUMENTS, NULL },
  };
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) ref =
      geminga_system_spawn (system, CALC_TYPE, "calc", GEMINGA_PLACEMENT_SHARED, NULL, &error);

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      GVariant *config = g_variant_new_parsed (vectors[i].config);
      g_autoptr (GVariant) set = NULL;

      g_test_message ("%s", vectors[i].config);
      set = ask (ref, "SetConfig", g_variant_new_tuple (&config, 1), &error);
      if (vectors[i].code < 0)
        {
          g_autoptr (GVariant) after = ask (ref, "GetConfig", NULL, &error);
          g_autoptr (GVariant) dict = g_variant_get_child_value (after, 0);
          g_autofree char *text = g_variant_print (dict, FALSE);

          g_assert_no_error (error);
          g_assert_cmpstr (text, ==, vectors[i].after);
        }
      else
        {
          g_assert_error (error, GEMINGA_ERROR, vectors[i].code);
          g_clear_error (&error);
        }
    }
  stop (system);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/core/actor/ask/shared", GINT_TO_POINTER (GEMINGA_PLACEMENT_SHARED),
                        test_ask);
  g_test_add_data_func ("/core/actor/ask/thread", GINT_TO_POINTER (GEMINGA_PLACEMENT_THREAD),
                        test_ask);
  g_test_add_func ("/core/actor/lookup-command", test_lookup_command);
  g_test_add_func ("/core/actor/resume", test_resume);
  g_test_add_func ("/core/actor/config-numbers", test_config_numbers);

  return g_test_run ();
}
