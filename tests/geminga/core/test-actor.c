/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "sample-actor.h"

#include <string.h>

#include "geminga-actor-private.h"
#include "geminga-actor-ref-private.h"
#include "geminga-mailbox-private.h"
#include "geminga-system-private.h"

/* An actor that does in its life what the test says. */

typedef void (*Step) (GemingaActor *actor, GemingaCall *call);

#define LIVING_TYPE (living_get_type ())
G_DECLARE_DERIVABLE_TYPE (Living, living, TEST, LIVING, GemingaActor)

struct _LivingClass
{
  GemingaActorClass parent_class;
};

G_DEFINE_TYPE (Living, living, GEMINGA_TYPE_ACTOR)

typedef struct
{
  Step started; /* (nullable) */
  Step run;     /* (nullable) */
  GString *log; /* (owned) */
} Script;

static Script script;

static void
living_started (GemingaActor *actor)
{
  g_string_append (script.log, "started;");
  if (script.started != NULL)
    script.started (actor, NULL);
}

static void
living_stopping (GemingaActor *actor)
{
  g_string_append (script.log, "stopping;");
}

static void
living_run (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, NULL);
  script.run (actor, call);
}

static void
living_info (GemingaActor *actor, GVariantDict *info)
{
  g_variant_dict_insert (info, "mood", "s", "good");
}

static void
living_finalize (GObject *object)
{
  g_string_append (script.log, "finalize;");

  G_OBJECT_CLASS (living_parent_class)->finalize (object);
}

static void
living_class_init (LivingClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Run", NULL, NULL, NULL, NULL, 0, living_run },
    { "Unhandled", "i", "i", "n", "Nobody does it", 0, NULL },
  };
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);
  g_autoptr (GemingaCommand) event = geminga_command_new ("Changed", "(si)", NULL);

  G_OBJECT_CLASS (klass)->finalize = living_finalize;
  actor_class->started = living_started;
  actor_class->stopping = living_stopping;
  actor_class->info = living_info;
  geminga_actor_class_set_interface_name (actor_class, "org.example.Living1");
  geminga_actor_class_add_commands (actor_class, commands, G_N_ELEMENTS (commands));
  geminga_actor_class_add_event (actor_class, event);
}

static void
living_init (Living *self)
{
}

/* A subclass without anything of its own but one command anew. */

typedef Living Derived;
typedef LivingClass DerivedClass;
GType derived_get_type (void);
G_DEFINE_TYPE (Derived, derived, LIVING_TYPE)

static void
derived_handle (GemingaActor *actor, GemingaCall *call)
{
  if (g_str_equal (geminga_call_get_command (call), "Unhandled"))
    geminga_call_return_value (call, geminga_call_get_arguments (call));
  else
    GEMINGA_ACTOR_CLASS (derived_parent_class)->handle (actor, call);
}

static void
derived_class_init (DerivedClass *klass)
{
  GEMINGA_ACTOR_CLASS (klass)->handle = derived_handle;
}

static void
derived_init (Derived *self)
{
}

/* Fixture */

typedef struct
{
  GemingaSystem *system;
  GemingaActorRef *ref;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  script = (Script){ .log = g_string_new (NULL) };
  self->system = geminga_system_new ();
}

static void
spawn (Fixture *self, GType type)
{
  g_autoptr (GError) error = NULL;

  self->ref =
      geminga_system_spawn (self->system, type, "living", GEMINGA_PLACEMENT_SHARED, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->ref);
  end_system (self->system);
  g_string_free (script.log, TRUE);
}

static void
run (Fixture *self, Step step)
{
  script.run = step;
  ask_plainly (self->ref, "Run", NULL);
}

/* Life */

static void
test_life (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  spawn (self, LIVING_TYPE);
  g_assert_true (wait_ready (self->ref, NULL));
  geminga_actor_ref_stop (self->ref);
  geminga_actor_ref_stop (self->ref);
  g_assert_true (wait_ended (self->ref, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (script.log->str, ==, "started;stopping;finalize;");
}

static void
stop_itself (GemingaActor *actor, GemingaCall *call)
{
  geminga_actor_stop (actor);
}

static void
fail_itself (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error = g_error_new_literal (SAMPLE_ERROR, 5, "not today");

  geminga_actor_fail (actor, error);
  /* What comes later is too late. */
  error->code = 6;
  geminga_actor_fail (actor, error);
}

static void
test_stop_at_start (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  script.started = stop_itself;
  spawn (self, LIVING_TYPE);
  g_assert_false (wait_ready (self->ref, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  g_assert_true (wait_ended (self->ref, NULL));
}

static void
test_fail_at_start (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  script.started = fail_itself;
  spawn (self, LIVING_TYPE);
  g_assert_false (wait_ready (self->ref, &error));
  g_assert_error (error, SAMPLE_ERROR, 5);
  g_clear_error (&error);
  g_assert_false (wait_ended (self->ref, &error));
  g_assert_error (error, SAMPLE_ERROR, 5);
}

static void
test_stop_in_handler (Fixture *self, gconstpointer data)
{
  spawn (self, LIVING_TYPE);
  run (self, stop_itself);
  g_assert_true (wait_ended (self->ref, NULL));
}

static void
hold_and_stop (GemingaActor *actor, GemingaCall *call)
{
  g_object_set_data (G_OBJECT (geminga_actor_get_system (actor)), "held", actor);
  geminga_actor_hold (actor);
  geminga_actor_hold (actor);
  geminga_actor_stop (actor);
}

static void
test_hold (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) ended = NULL;
  g_autoptr (GError) error = NULL;
  GemingaActor *actor;

  spawn (self, LIVING_TYPE);
  geminga_actor_ref_wait_ended_async (self->ref, NULL, keep_result_cb, &ended);
  run (self, hold_and_stop);
  actor = g_object_get_data (G_OBJECT (self->system), "held");
  geminga_actor_release (actor);
  g_assert_null (ask (self->ref, "Ping", NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_assert_null (ended);
  geminga_actor_release (actor);
  AWAIT (ended != NULL);
  g_assert_cmpstr (script.log->str, ==, "started;stopping;finalize;");
}

/* What an actor knows of itself */

static void
look (GemingaActor *actor, GemingaCall *call)
{
  g_autofree char *id = NULL;
  GemingaPlacement placement;

  g_object_get (actor, "id", &id, "placement", &placement, NULL);
  g_assert_cmpstr (id, ==, "living");
  g_assert_cmpstr (geminga_actor_get_id (actor), ==, "living");
  g_assert_cmpint (placement, ==, GEMINGA_PLACEMENT_SHARED);
  g_assert_cmpint (geminga_actor_get_placement (actor), ==, GEMINGA_PLACEMENT_SHARED);
  g_assert_cmpstr (geminga_actor_ref_get_id (geminga_actor_get_address (actor)), ==, "living");
  g_assert_true (geminga_actor_get_address (actor) == geminga_actor_get_address (actor));
  g_assert_nonnull (geminga_actor_get_system (actor));
  g_assert_true (geminga_thread_get ()->actor == actor);
  g_assert_true (geminga_thread_get ()->call == call);
}

static void
test_look (Fixture *self, gconstpointer data)
{
  spawn (self, LIVING_TYPE);
  run (self, look);
  g_assert_null (geminga_thread_get ()->actor);
  g_assert_null (geminga_thread_get ()->call);
}

/* An object that nobody spawned. */
static void
test_unborn (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaActor) actor = g_object_new (LIVING_TYPE, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (geminga_actor_get_id (actor));
  g_assert_null (geminga_actor_get_system (actor));
  g_assert_cmpint (geminga_actor_get_placement (actor), ==, GEMINGA_PLACEMENT_SHARED);
  g_assert_null (
      geminga_actor_spawn (actor, LIVING_TYPE, NULL, GEMINGA_PLACEMENT_SHARED, NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE);
  geminga_actor_emit_event (actor, "Changed", g_variant_new ("(si)", "x", 1));
}

static void
test_info (Fixture *self, gconstpointer data)
{
  g_autoptr (GVariant) info = NULL;
  g_autoptr (GVariant) dict = NULL;
  const char *mood;

  spawn (self, LIVING_TYPE);
  info = ask (self->ref, "Info", NULL, NULL);
  dict = g_variant_get_child_value (info, 0);
  g_assert_true (g_variant_lookup (dict, "mood", "&s", &mood));
  g_assert_cmpstr (mood, ==, "good");
  g_clear_pointer (&info, g_variant_unref);
  info = ask (self->ref, "GetProperties", NULL, NULL);
  g_assert_nonnull (info);
}

/* Commands */

static gboolean
on_call (GemingaActor *actor, GemingaCall *call, gpointer user_data)
{
  geminga_call_return_value (call, g_variant_new_int32 (*(int *) user_data));

  return TRUE;
}

static int signal_answer = 42;

static void
connect_call (GemingaActor *actor, GemingaCall *call)
{
  g_signal_connect (actor, "call", G_CALLBACK (on_call), &signal_answer);
}

static void
test_handle (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;
  int number;

  spawn (self, LIVING_TYPE);
  g_assert_null (ask (self->ref, "Unhandled", g_variant_new ("(i)", 1), &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_COMMAND);
  g_assert_cmpstr (error->message, ==,
                   "Class Living declares the command “Unhandled” but does not handle it");
  g_clear_error (&error);

  run (self, connect_call);
  answer = ask (self->ref, "Unhandled", g_variant_new ("(i)", 1), &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(i)", &number);
  g_assert_cmpint (number, ==, 42);
}

static void
test_handle_override (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;
  int number;

  spawn (self, derived_get_type ());
  answer = ask (self->ref, "Unhandled", g_variant_new ("(i)", 9), &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(i)", &number);
  g_assert_cmpint (number, ==, 9);
  ask_plainly (self->ref, "Ping", NULL);
}

static void
test_interfaces (void)
{
  GemingaActorClass *klass = g_type_class_ref (derived_get_type ());
  g_autoptr (GPtrArray) list = geminga_actor_class_list_interfaces (klass);

  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpstr (geminga_interface_get_name (list->pdata[0]), ==, "org.example.Living1");
  g_assert_cmpstr (geminga_interface_get_name (list->pdata[1]), ==, "org.geminga1.Actor");
  g_type_class_unref (klass);
}

/* Children */

static void
spawn_short_lived (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) child =
      geminga_actor_spawn (actor, SAMPLE_TYPE, NULL, GEMINGA_PLACEMENT_SHARED, NULL, NULL);

  geminga_actor_ref_tell (child, "Stop", NULL, NULL);
}

/* Those that have ended are not kept. */
static void
test_children_end (Fixture *self, gconstpointer data)
{
  GemingaMailbox *mailbox;

  spawn (self, LIVING_TYPE);
  for (guint i = 0; i < 200; i++)
    run (self, spawn_short_lived);
  mailbox = (GemingaMailbox *) geminga_actor_ref_get_target (self->ref);
  g_assert_cmpuint (geminga_mailbox_get_extras (mailbox)->children->len, <, 40);
}

static void
spawn_after_stop (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error = NULL;

  geminga_actor_stop (actor);
  g_assert_null (geminga_actor_get_system (actor));
  g_assert_null (
      geminga_actor_spawn (actor, SAMPLE_TYPE, NULL, GEMINGA_PLACEMENT_SHARED, NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE);
  geminga_actor_emit_event (actor, "Changed", g_variant_new ("(si)", "x", 1));
}

static void
test_children_after_stop (Fixture *self, gconstpointer data)
{
  spawn (self, LIVING_TYPE);
  run (self, spawn_after_stop);
}

static void
spawn_wrong (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (
      geminga_actor_spawn (actor, G_TYPE_OBJECT, NULL, GEMINGA_PLACEMENT_SHARED, NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
}

static void
test_children_refused (Fixture *self, gconstpointer data)
{
  spawn (self, LIVING_TYPE);
  run (self, spawn_wrong);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *self, gconstpointer data);
  } tests[] = {
    { "/core/actor/life", test_life },
    { "/core/actor/stop-at-start", test_stop_at_start },
    { "/core/actor/fail-at-start", test_fail_at_start },
    { "/core/actor/stop-in-handler", test_stop_in_handler },
    { "/core/actor/hold", test_hold },
    { "/core/actor/look", test_look },
    { "/core/actor/unborn", test_unborn },
    { "/core/actor/info", test_info },
    { "/core/actor/handle", test_handle },
    { "/core/actor/handle/override", test_handle_override },
    { "/core/actor/children/end", test_children_end },
    { "/core/actor/children/after-stop", test_children_after_stop },
    { "/core/actor/children/refused", test_children_refused },
  };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  g_test_add_func ("/core/actor/interfaces", test_interfaces);

  return g_test_run ();
}
