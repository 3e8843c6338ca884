/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "manual-clock.h"

#include <string.h>

/* A door: it can be opened and closed, and locked while it is closed; what does not fit waits while it
 * moves, and is refused else. */

#define DOOR_TYPE (door_get_type ())
G_DECLARE_FINAL_TYPE (Door, door, TEST, DOOR, GemingaActor)

struct _Door
{
  GemingaActor parent_instance;

  GemingaStateMachine *machine; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (Door, door, GEMINGA_TYPE_ACTOR)

static GString *seen;

static void
on_entered (GemingaStateMachine *machine, const char *state, gpointer user_data)
{
  g_assert_cmpstr (geminga_state_machine_get_state (machine), ==, state);
  g_string_append_printf (seen, "+%s ", state);
}

static void
on_locked (GemingaStateMachine *machine, const char *state, gpointer user_data)
{
  g_string_append (seen, "locked ");
}

static void
on_left (GemingaStateMachine *machine, const char *state, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_string_append_printf (seen, "-%s ", state);
  g_assert_false (geminga_state_machine_go (machine, state, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE);
}

static const char *const closed_commands[] = { "Open", "Go", "Note", NULL };
static const char *const open_commands[] = { "Close", "Go", "Note", NULL };
static const char *const moving_commands[] = { "Go", NULL };
static const char *const from_closed[] = { "moving", "locked", NULL };
static const char *const from_open[] = { "moving", NULL };

static void
door_started (GemingaActor *actor)
{
  Door *self = TEST_DOOR (actor);
  g_autoptr (GError) error = NULL;

  self->machine = geminga_state_machine_new (actor);
  geminga_state_machine_add_state (self->machine, "closed", 0, closed_commands, from_closed);
  geminga_state_machine_add_state (self->machine, "open", 0, open_commands, from_open);
  geminga_state_machine_add_state (self->machine, "moving", GEMINGA_STATE_FLAGS_POSTPONE,
                                   moving_commands, NULL);
  geminga_state_machine_add_state (self->machine, "locked", 0, NULL, NULL);
  geminga_state_machine_set_timeout (self->machine, "moving", 1000, "open");
  g_signal_connect (self->machine, "entered", G_CALLBACK (on_entered), NULL);
  g_signal_connect (self->machine, "entered::locked", G_CALLBACK (on_locked), NULL);
  g_signal_connect (self->machine, "left", G_CALLBACK (on_left), NULL);
  g_assert_null (geminga_state_machine_get_state (self->machine));
  g_assert_true (geminga_state_machine_go (self->machine, "closed", &error));
  g_assert_no_error (error);
}

static void
go (GemingaActor *actor, GemingaCall *call, const char *state)
{
  g_autoptr (GError) error = NULL;

  if (geminga_state_machine_go (TEST_DOOR (actor)->machine, state, &error))
    geminga_call_return_value (call, NULL);
  else
    geminga_call_return_error (call, error);
}

static void
door_go (GemingaActor *actor, GemingaCall *call)
{
  const char *state;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &state);
  go (actor, call, state);
}

static void
door_move (GemingaActor *actor, GemingaCall *call)
{
  g_string_append_printf (seen, "%s ", geminga_call_get_command (call));
  go (actor, call, "moving");
}

static void
door_note (GemingaActor *actor, GemingaCall *call)
{
  const char *what;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &what);
  g_string_append_printf (seen, "%s ", what);
  geminga_call_return_value (call, NULL);
}

static const GemingaCommandEntry door_commands[] = {
  { "Open", NULL, NULL, NULL, NULL, 0, door_move },
  { "Close", NULL, NULL, NULL, NULL, 0, door_move },
  { "Go", "(s)", NULL, "state", NULL, 0, door_go },
  { "Note", "(s)", NULL, "what", NULL, 0, door_note },
};

static void
door_stopping (GemingaActor *actor)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (geminga_state_machine_go (TEST_DOOR (actor)->machine, "locked", &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE);
}

static void
door_finalize (GObject *object)
{
  g_clear_object (&TEST_DOOR (object)->machine);

  G_OBJECT_CLASS (door_parent_class)->finalize (object);
}

static void
door_class_init (DoorClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = door_finalize;
  actor_class->started = door_started;
  actor_class->stopping = door_stopping;
  geminga_actor_class_add_commands (actor_class, door_commands, G_N_ELEMENTS (door_commands));
  geminga_actor_class_set_mailbox_limit (actor_class, 4);
}

static void
door_init (Door *self)
{
}

/* Helpers */

typedef struct
{
  GemingaSystem *system; /* (owned) */
  GemingaActorRef *ref;  /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  seen = g_string_new (NULL);
  manual_clock_install ();
  fixture->system = geminga_system_new ();
  fixture->ref = geminga_system_spawn (fixture->system, DOOR_TYPE, "door", GEMINGA_PLACEMENT_SHARED,
                                       NULL, NULL);
  manual_clock_advance (0);
  g_assert_cmpstr (seen->str, ==, "+closed ");
  g_string_set_size (seen, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->ref);
  end_system (fixture->system);
  manual_clock_uninstall ();
  g_string_free (seen, TRUE);
}

static void
assert_fails (Fixture *fixture, const char *command, GVariant *arguments, int code, const char *why)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (fixture->ref, command, arguments, &error));
  g_assert_error (error, GEMINGA_ERROR, code);
  if (strstr (error->message, why) == NULL)
    g_error ("“%s” is not in: %s", why, error->message);
}

static void
tell_note (Fixture *fixture, const char *what)
{
  g_assert_true (geminga_actor_ref_tell (fixture->ref, "Note", g_variant_new ("(s)", what), NULL));
}

/* Cases */

static void
test_go (Fixture *fixture, gconstpointer data)
{
  ask_plainly (fixture->ref, "Open", NULL);
  ask_plainly (fixture->ref, "Go", g_variant_new ("(s)", "open"));
  ask_plainly (fixture->ref, "Close", NULL);
  g_assert_cmpstr (seen->str, ==, "Open -closed +moving -moving +open Close -open +moving ");
}

static void
test_detail (Fixture *fixture, gconstpointer data)
{
  ask_plainly (fixture->ref, "Go", g_variant_new ("(s)", "locked"));
  ask_plainly (fixture->ref, "Note", g_variant_new ("(s)", "a"));
  ask_plainly (fixture->ref, "Go", g_variant_new ("(s)", "open"));
  g_assert_cmpstr (seen->str, ==, "-closed +locked locked a -locked +open ");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  assert_fails (fixture, "Close", NULL, GEMINGA_ERROR_INVALID_STATE,
                "Actor “door” does not accept Close in state “closed”");
  assert_fails (fixture, "Go", g_variant_new ("(s)", "open"), GEMINGA_ERROR_INVALID_STATE,
                "cannot go from state “closed” to state “open”");
  assert_fails (fixture, "Go", g_variant_new ("(s)", "ajar"), GEMINGA_ERROR_INVALID_ARGUMENTS,
                "has no state “ajar”");
  ask_plainly (fixture->ref, "Ping", NULL);
  g_assert_cmpstr (seen->str, ==, "");
}

static void
test_timeout (Fixture *fixture, gconstpointer data)
{
  ask_plainly (fixture->ref, "Open", NULL);
  manual_clock_advance (999);
  g_assert_cmpstr (seen->str, ==, "Open -closed +moving ");
  manual_clock_advance (1);
  g_assert_cmpstr (seen->str, ==, "Open -closed +moving -moving +open ");

  /* It is left before: the time does not count. */
  ask_plainly (fixture->ref, "Close", NULL);
  ask_plainly (fixture->ref, "Go", g_variant_new ("(s)", "closed"));
  g_string_set_size (seen, 0);
  manual_clock_advance (5000);
  g_assert_cmpstr (seen->str, ==, "");
}

/* In order, before what is in the mailbox, until the state changes again. */
static void
test_postponed (Fixture *fixture, gconstpointer data)
{
  ask_plainly (fixture->ref, "Open", NULL);
  tell_note (fixture, "a");
  tell_note (fixture, "b");
  geminga_actor_ref_tell (fixture->ref, "Close", NULL, NULL);
  tell_note (fixture, "c");
  manual_clock_advance (0);
  g_string_set_size (seen, 0);
  manual_clock_advance (1000);
  g_assert_cmpstr (seen->str, ==, "-moving +open a b Close -open +moving ");
  manual_clock_advance (1000);
  g_assert_cmpstr (seen->str, ==, "-moving +open a b Close -open +moving -moving +open c ");
}

/* What the new state does not accept either is refused by it. */
static void
test_postponed_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  ask_plainly (fixture->ref, "Open", NULL);
  geminga_actor_ref_ask_async (fixture->ref, "Open", NULL, G_MAXINT, NULL, keep_result_cb, &result);
  manual_clock_advance (999);
  g_assert_null (result);
  manual_clock_advance (1);
  g_assert_nonnull (result);
  g_assert_null (geminga_actor_ref_ask_finish (fixture->ref, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE);
}

/* Nobody waits for it any more. */
static void
test_postponed_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  ask_plainly (fixture->ref, "Open", NULL);
  geminga_actor_ref_ask_async (fixture->ref, "Note", g_variant_new ("(s)", "a"), G_MAXINT,
                               cancellable, keep_result_cb, &result);
  manual_clock_advance (0);
  g_cancellable_cancel (cancellable);
  manual_clock_advance (2000);
  g_assert_null (geminga_actor_ref_ask_finish (fixture->ref, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (seen->str, ==, "Open -closed +moving -moving +open ");
}

static void
test_postponed_too_many (Fixture *fixture, gconstpointer data)
{
  ask_plainly (fixture->ref, "Open", NULL);
  for (guint i = 0; i < 4; i++)
    {
      tell_note (fixture, "a");
      manual_clock_advance (0);
    }
  assert_fails (fixture, "Note", g_variant_new ("(s)", "b"), GEMINGA_ERROR_MAILBOX_FULL,
                "4 calls wait already for actor “door” to leave state “moving”");
}

/* The actor ends: who waits is told. */
static void
test_postponed_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  ask_plainly (fixture->ref, "Open", NULL);
  geminga_actor_ref_ask_async (fixture->ref, "Close", NULL, G_MAXINT, NULL, keep_result_cb,
                               &result);
  manual_clock_advance (0);
  geminga_actor_ref_stop (fixture->ref);
  manual_clock_advance (0);
  g_assert_nonnull (result);
  g_assert_null (geminga_actor_ref_ask_finish (fixture->ref, result, NULL));
}

static void
add_case (const char *path, void (*func) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_case ("/core/state-machine/go", test_go);
  add_case ("/core/state-machine/detail", test_detail);
  add_case ("/core/state-machine/refused", test_refused);
  add_case ("/core/state-machine/timeout", test_timeout);
  add_case ("/core/state-machine/postponed/order", test_postponed);
  add_case ("/core/state-machine/postponed/refused", test_postponed_refused);
  add_case ("/core/state-machine/postponed/cancelled", test_postponed_cancelled);
  add_case ("/core/state-machine/postponed/too-many", test_postponed_too_many);
  add_case ("/core/state-machine/postponed/end", test_postponed_end);

  return g_test_run ();
}
