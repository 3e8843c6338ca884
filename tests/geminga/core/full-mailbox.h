/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "await.h"

#include <string.h>

#include "geminga-actor-ref-private.h"
#include "geminga-mailbox-private.h"

/*
 * An actor that writes down what it handles, and whose mailbox a test can fill: the loop does not run, or
 * the actor's thread is caught in a handler.
 */

#define WRITER_TYPE (writer_get_type ())
G_DECLARE_FINAL_TYPE (Writer, writer, TEST, WRITER, GemingaActor)

struct _Writer
{
  GemingaActor parent_instance;

  GString *text;
};

G_DEFINE_FINAL_TYPE (Writer, writer, GEMINGA_TYPE_ACTOR)

static GMutex writer_gate;
static int writer_n_caught; /* atomic */

static void
writer_write (GemingaActor *actor, GemingaCall *call)
{
  Writer *self = TEST_WRITER (actor);
  GVariant *arguments = geminga_call_get_arguments (call);
  g_autoptr (GVariant) number =
      g_variant_get_child_value (arguments, g_variant_n_children (arguments) - 1);

  g_string_append_printf (self->text, "%s%u", self->text->len > 0 ? " " : "",
                          g_variant_get_uint32 (number));
  geminga_call_return_value (call, number);
}

static void
writer_read (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, g_variant_new_string (TEST_WRITER (actor)->text->str));
}

static void
writer_catch (GemingaActor *actor, GemingaCall *call)
{
  g_atomic_int_inc (&writer_n_caught);
  g_mutex_lock (&writer_gate);
  g_mutex_unlock (&writer_gate);
}

static const GemingaCommandEntry writer_commands[] = {
  { "Write", "(su)", "u", "key number", NULL, 0, writer_write, "key" },
  { "Note", "(u)", "u", "number", NULL, 0, writer_write, "" },
  { "Add", "(u)", "u", "number", NULL, 0, writer_write },
  { "Hurry", "(u)", "u", "number", NULL, GEMINGA_COMMAND_FLAGS_URGENT, writer_write },
  { "Read", NULL, "s", NULL, NULL, 0, writer_read },
  { "Catch", NULL, NULL, NULL, NULL, 0, writer_catch },
  { "Forget", NULL, NULL, NULL, NULL, 0, NULL },
};

static void
writer_finalize (GObject *object)
{
  g_string_free (TEST_WRITER (object)->text, TRUE);

  G_OBJECT_CLASS (writer_parent_class)->finalize (object);
}

static void
writer_class_init (WriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = writer_finalize;
  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), writer_commands,
                                    G_N_ELEMENTS (writer_commands));
}

static void
writer_init (Writer *self)
{
  self->text = g_string_new (NULL);
}

typedef struct
{
  GemingaSystem *system;
  GemingaActorRef *ref;
  gboolean has_thread;
  gboolean is_caught;
} Scene;

static inline void
scene_begin (Scene *self, GemingaPlacement placement, GemingaMailboxPolicy policy, guint limit)
{
  g_autoptr (GError) error = NULL;
  GemingaActorClass *klass = g_type_class_ref (WRITER_TYPE);

  geminga_actor_class_set_mailbox_policy (klass, policy);
  geminga_actor_class_set_mailbox_limit (klass, limit);
  self->system = geminga_system_new ();
  self->ref = geminga_system_spawn (self->system, WRITER_TYPE, "writer", placement, NULL, &error);
  g_assert_no_error (error);
  g_type_class_unref (klass);

  self->has_thread = self->is_caught = placement == GEMINGA_PLACEMENT_THREAD;
  if (self->is_caught)
    {
      int n_caught = g_atomic_int_get (&writer_n_caught);

      g_mutex_lock (&writer_gate);
      g_assert_true (geminga_actor_ref_tell (self->ref, "Catch", NULL, NULL));
      AWAIT_THREAD (g_atomic_int_get (&writer_n_caught) > n_caught);
    }
}

static inline guint
scene_get_length (Scene *self)
{
  return geminga_mailbox_get_length ((GemingaMailbox *) geminga_actor_ref_get_target (self->ref));
}

/* From now on the actor handles what waits. */
static inline void
scene_let_go (Scene *self)
{
  if (self->is_caught)
    g_mutex_unlock (&writer_gate);
  self->is_caught = FALSE;
}

static inline void
scene_assert_read (Scene *self, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;
  const char *text;

  scene_let_go (self);
  AWAIT_THREAD (scene_get_length (self) == 0);
  answer = ask (self->ref, "Read", NULL, &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(&s)", &text);
  g_assert_cmpstr (text, ==, expected);
}

static inline void
scene_end (Scene *self)
{
  scene_let_go (self);
  g_clear_object (&self->ref);
  if (!self->has_thread)
    {
      end_system (self->system);
      return;
    }

  /* The thread may still have it for a moment. */
  stop_system (self->system);
  g_clear_object (&self->system);
}

static inline void
tell_number (Scene *self, const char *command, guint32 number)
{
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_tell (self->ref, command, g_variant_new ("(u)", number), &error);
  g_assert_no_error (error);
}

static inline void
tell_key (Scene *self, const char *key, guint32 number)
{
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_tell (self->ref, "Write", g_variant_new ("(su)", key, number), &error);
  g_assert_no_error (error);
}

static inline void
assert_refused (Scene *self, const char *command, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (geminga_actor_ref_tell (self->ref, command, arguments, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
}

static inline GAsyncResult **
begin_ask (Scene *self, const char *command, GVariant *arguments, GCancellable *cancellable)
{
  GAsyncResult **result = g_new0 (GAsyncResult *, 1);

  geminga_actor_ref_ask_async (self->ref, command, arguments, -1, cancellable, keep_result_cb,
                               result);

  return result;
}

static inline GAsyncResult **
begin_tell (Scene *self, const char *command, GVariant *arguments, GCancellable *cancellable)
{
  GAsyncResult **result = g_new0 (GAsyncResult *, 1);

  geminga_actor_ref_tell_async (self->ref, command, arguments, -1, cancellable, keep_result_cb,
                                result);

  return result;
}

/* The code is 0 for success. */
static inline void
end_ask (Scene *self, GAsyncResult **result, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;

  AWAIT (*result != NULL);
  answer = geminga_actor_ref_ask_finish (self->ref, *result, &error);
  if (domain == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, domain, code);
  g_assert_true ((answer != NULL) == (domain == 0));
  g_clear_object (result);
  g_free (result);
}

static inline void
end_tell (Scene *self, GAsyncResult **result, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;
  gboolean is_accepted;

  AWAIT (*result != NULL);
  is_accepted = geminga_actor_ref_tell_finish (self->ref, *result, &error);
  if (domain == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, domain, code);
  g_assert_true (is_accepted == (domain == 0));
  g_clear_object (result);
  g_free (result);
}
