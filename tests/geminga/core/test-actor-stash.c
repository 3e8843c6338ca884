/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"

#include <string.h>

#include "geminga-actor-ref-private.h"
#include "geminga-mailbox-private.h"

/* A door that lets nobody pass while it is shut: who comes has to wait. */

#define DOOR_TYPE (door_get_type ())
G_DECLARE_FINAL_TYPE (Door, door, TEST, DOOR, GemingaActor)

struct _Door
{
  GemingaActor parent_instance;

  gboolean is_open;
  GString *text;
};

G_DEFINE_FINAL_TYPE (Door, door, GEMINGA_TYPE_ACTOR)

static void
door_pass (GemingaActor *actor, GemingaCall *call)
{
  Door *self = TEST_DOOR (actor);
  g_autoptr (GError) error = NULL;
  guint32 number;

  if (!self->is_open)
    {
      if (!geminga_call_stash (call, &error))
        geminga_call_return_error (call, error);
      else
        g_assert_true (geminga_call_is_answered (call));
      return;
    }

  g_variant_get (geminga_call_get_arguments (call), "(u)", &number);
  g_string_append_printf (self->text, "%s%u", self->text->len > 0 ? " " : "", number);
  geminga_call_return_value (call, g_variant_new_uint32 (number));
}

static void
door_open (GemingaActor *actor, GemingaCall *call)
{
  TEST_DOOR (actor)->is_open = TRUE;
  geminga_actor_unstash_all (actor);
  geminga_call_return_value (call, NULL);
}

static void
door_shut (GemingaActor *actor, GemingaCall *call)
{
  TEST_DOOR (actor)->is_open = FALSE;
  geminga_call_return_value (call, NULL);
}

static void
door_only (GemingaActor *actor, GemingaCall *call)
{
  g_autofree const char **commands = NULL;

  g_variant_get (geminga_call_get_arguments (call), "(^a&s)", &commands);
  TEST_DOOR (actor)->is_open = TRUE;
  geminga_actor_receive_only (actor, commands[0] != NULL ? commands : NULL);
  geminga_call_return_value (call, NULL);
}

static void
door_read (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error = NULL;

  geminga_call_return_value (call, g_variant_new ("(su)", TEST_DOOR (actor)->text->str,
                                                  geminga_actor_get_n_stashed (actor)));
  g_assert_false (geminga_call_stash (call, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE);
}

/* From outside of handlers too. */
static gboolean
open_cb (gpointer user_data)
{
  TEST_DOOR (user_data)->is_open = TRUE;
  geminga_actor_unstash_all (user_data);

  return G_SOURCE_REMOVE;
}

static void
door_open_later (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, open_cb, g_object_ref (actor), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
  geminga_call_return_value (call, NULL);
}

static const GemingaCommandEntry door_commands[] = {
  { "Pass", "(u)", "u", "number", NULL, 0, door_pass },
  { "Open", NULL, NULL, NULL, NULL, 0, door_open },
  { "OpenLater", NULL, NULL, NULL, NULL, 0, door_open_later },
  { "Shut", NULL, NULL, NULL, NULL, 0, door_shut },
  { "Only", "(as)", NULL, "commands", NULL, 0, door_only },
  { "Read", NULL, "(su)", NULL, NULL, 0, door_read },
};

static void
door_finalize (GObject *object)
{
  g_string_free (TEST_DOOR (object)->text, TRUE);

  G_OBJECT_CLASS (door_parent_class)->finalize (object);
}

static void
door_class_init (DoorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = door_finalize;
  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), door_commands,
                                    G_N_ELEMENTS (door_commands));
  geminga_actor_class_set_mailbox_limit (GEMINGA_ACTOR_CLASS (klass), 100);
}

static void
door_init (Door *self)
{
  self->text = g_string_new (NULL);
}

/* Helpers */

typedef struct
{
  GemingaPlacement placement;
  GemingaMailboxPolicy policy;
} Case;

static GemingaActorRef *
spawn_door (GemingaSystem *system, const Case *given)
{
  GemingaActorClass *klass = g_type_class_ref (DOOR_TYPE);
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref;

  geminga_actor_class_set_mailbox_policy (klass, given->policy);
  ref = geminga_system_spawn (system, DOOR_TYPE, "door", given->placement, NULL, &error);
  g_assert_no_error (error);
  g_type_class_unref (klass);

  return ref;
}

static guint
get_length (GemingaActorRef *ref)
{
  return geminga_mailbox_get_length ((GemingaMailbox *) geminga_actor_ref_get_target (ref));
}

static void
tell_pass (GemingaActorRef *ref, guint32 first, guint32 last)
{
  for (guint32 i = first; i <= last; i++)
    g_assert_true (geminga_actor_ref_tell (ref, "Pass", g_variant_new ("(u)", i), NULL));
}

static void
assert_read (GemingaActorRef *ref, const char *expected, guint n_stashed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (ref, "Read", NULL, &error);
  const char *text;
  guint32 n;

  g_assert_no_error (error);
  g_variant_get (answer, "(&su)", &text, &n);
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (n, ==, n_stashed);
}

/* Tests */

static void
test_order (gconstpointer data)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn_door (system, data);

  tell_pass (ref, 1, 3);
  assert_read (ref, "", 3);
  /* Those that were put aside come before those that wait already. */
  g_assert_true (geminga_actor_ref_tell (ref, "Open", NULL, NULL));
  tell_pass (ref, 4, 5);
  assert_read (ref, "1 2 3 4 5", 0);

  ask_plainly (ref, "Shut", NULL);
  tell_pass (ref, 6, 7);
  assert_read (ref, "1 2 3 4 5", 2);
  ask_plainly (ref, "OpenLater", NULL);
  g_assert_true (geminga_actor_ref_tell (ref, "Pass", g_variant_new ("(u)", 8), NULL));
  AWAIT_THREAD (({
    g_autoptr (GVariant) answer = ask (ref, "Read", NULL, NULL);
    const char *text;
    gboolean is_there;

    g_variant_get (answer, "(&su)", &text, NULL);
    is_there = g_str_has_suffix (text, "6 7 8") || g_str_has_suffix (text, "6 7");
    is_there;
  }));
  stop_system (system);
}

/* Deadline and cancellable act on what was put aside. */
static void
test_given_up (gconstpointer data)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn_door (system, data);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) late = NULL;
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_ask_async (ref, "Pass", g_variant_new ("(u)", 1), 50, NULL, keep_result_cb,
                               &late);
  geminga_actor_ref_ask_async (ref, "Pass", g_variant_new ("(u)", 2), -1, cancellable,
                               keep_result_cb, &cancelled);
  tell_pass (ref, 3, 3);
  assert_read (ref, "", 3);
  g_cancellable_cancel (cancellable);
  AWAIT (late != NULL && cancelled != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (ref, late, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_null (geminga_actor_ref_ask_finish (ref, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_read (ref, "", 1);
  ask_plainly (ref, "Open", NULL);
  assert_read (ref, "3", 0);
  stop_system (system);
}

static void
test_end (gconstpointer data)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn_door (system, data);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_ask_async (ref, "Pass", g_variant_new ("(u)", 1), -1, NULL, keep_result_cb,
                               &result);
  tell_pass (ref, 2, 2);
  assert_read (ref, "", 2);
  geminga_actor_ref_stop (ref);
  AWAIT (result != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (ref, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  wait_ended (ref, NULL);
  g_assert_cmpuint (geminga_system_get_n_dead_letters (system), ==, 2);
  stop_system (system);
}

/* As many may be put aside as may wait, and those that wait are not fewer for it. */
static void
test_room (gconstpointer data)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn_door (system, data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;

  for (guint32 i = 0; i < 100; i += 50)
    {
      tell_pass (ref, i, i + 49);
      assert_read (ref, "", i + 50);
    }
  answer = ask (ref, "Pass", g_variant_new ("(u)", 100), &error);
  g_assert_null (answer);
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
  /* They wait again until they have been handled. */
  ask_plainly (ref, "Open", NULL);
  AWAIT_THREAD (get_length (ref) == 0);
  ask_plainly (ref, "Pass", g_variant_new ("(u)", 101));
  stop_system (system);
}

static void
test_receive_only (gconstpointer data)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn_door (system, data);
  const char *read[] = { "Read", "Only", NULL };
  const char *pass[] = { "Read", "Only", "Pass", NULL };
  g_autoptr (GAsyncResult) shut = NULL;

  ask_plainly (ref, "Only", g_variant_new ("(^as)", read));
  tell_pass (ref, 1, 2);
  geminga_actor_ref_ask_async (ref, "Shut", NULL, -1, NULL, keep_result_cb, &shut);
  tell_pass (ref, 3, 3);
  assert_read (ref, "", 4);
  ask_plainly (ref, "Ping", NULL);
  g_assert_true (wait_ready (ref, NULL));
  /* Others are received now, those that came meanwhile too. */
  ask_plainly (ref, "Only", g_variant_new ("(^as)", pass));
  assert_read (ref, "1 2 3", 1);
  g_assert_null (shut);
  ask_plainly (ref, "Only", g_variant_new ("(as)", NULL));
  AWAIT (shut != NULL);
  assert_read (ref, "1 2 3", 0);
  ask_plainly (ref, "Only", g_variant_new ("(^as)", read));
  tell_pass (ref, 4, 4);
  ask_plainly (ref, "Stop", NULL);
  g_assert_true (wait_ended (ref, NULL));
  stop_system (system);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    Case given;
  } cases[] = {
    { "shared", { GEMINGA_PLACEMENT_SHARED, GEMINGA_MAILBOX_POLICY_FAIL_CALLER } },
    { "thread", { GEMINGA_PLACEMENT_THREAD, GEMINGA_MAILBOX_POLICY_FAIL_CALLER } },
    { "shared-queue", { GEMINGA_PLACEMENT_SHARED, GEMINGA_MAILBOX_POLICY_CREDIT } },
    { "thread-queue", { GEMINGA_PLACEMENT_THREAD, GEMINGA_MAILBOX_POLICY_CREDIT } },
  };
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    { "order", test_order }, { "given-up", test_given_up },         { "end", test_end },
    { "room", test_room },   { "receive-only", test_receive_only },
  };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    for (guint j = 0; j < G_N_ELEMENTS (cases); j++)
      {
        g_autofree char *path =
            g_strdup_printf ("/core/actor-stash/%s/%s", tests[i].name, cases[j].name);

        g_test_add_data_func (path, &cases[j].given, tests[i].func);
      }

  return g_test_run ();
}
