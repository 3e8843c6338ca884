/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga.h"

/*
 * An actor that asks others and waits for them in every way there is. Its command Go takes steps, pairs of a
 * way to wait and the path of an actor: it asks the actor of the first step to Go with the rest. The ways:
 *
 *   sync    the handler runs the main context until the answer is there
 *   shut    the actor receives nothing meanwhile
 *   async   it goes on taking messages
 *   timed   like async, but a timer of the actor will answer in an hour
 *
 * The path "keep" keeps the call until Release. Who includes this has a keep_result_cb ().
 */
#define WAITING_TYPE (waiting_get_type ())
G_DECLARE_FINAL_TYPE (Waiting, waiting, TEST, WAITING, GemingaActor)

struct _Waiting
{
  GemingaActor parent_instance;

  GPtrArray *kept;   /* (owned) (element-type GemingaCall) */
  char *register_at; /* (owned) (nullable): whom started() asks to Go back, and waits for */
  char *outcome;     /* (owned) (nullable): of that */
};

G_DEFINE_FINAL_TYPE (Waiting, waiting, GEMINGA_TYPE_ACTOR)

enum
{
  WAITING_PROP_REGISTER_AT = 1,
};

/* For the asks of all such actors of this process. */
static GCancellable *waiting_cancellable;

/* Helpers */

static void
waiting_answer (GemingaCall *call, GemingaActorRef *ref, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = geminga_actor_ref_ask_finish (ref, result, &error);

  if (geminga_call_is_answered (call))
    return;
  if (answer != NULL)
    geminga_call_return_value (call, answer);
  else
    geminga_call_return_error (call, error);
}

static void
waiting_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaCall) call = user_data;

  waiting_answer (call, GEMINGA_ACTOR_REF (source), result);
}

typedef struct
{
  GemingaActor *actor;
  GemingaCall *call;
} WaitingShut;

static void
waiting_shut_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WaitingShut *shut = user_data;

  waiting_answer (shut->call, GEMINGA_ACTOR_REF (source), result);
  geminga_actor_receive_only (shut->actor, NULL);
  g_object_unref (shut->call);
  g_object_unref (shut->actor);
  g_free (shut);
}

static void
waiting_hour_cb (GemingaActor *actor, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
waiting_run_until (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
}

static void
waiting_ask (GemingaActorRef *ref,
             GVariant *steps,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  geminga_actor_ref_ask_async (ref, "Go", g_variant_new ("(@a(ss))", steps), G_MAXINT,
                               waiting_cancellable, callback, user_data);
}

static void
waiting_ask_sync (GemingaActor *actor, GemingaCall *call, GemingaActorRef *ref, GVariant *steps)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GemingaActor) kept = g_object_ref (actor);

  waiting_ask (ref, steps, keep_result_cb, &result);
  waiting_run_until (&result);
  waiting_answer (call, ref, result);
}

static void
waiting_ask_shut (GemingaActor *actor, GemingaCall *call, GemingaActorRef *ref, GVariant *steps)
{
  static const char *const nothing[] = { NULL };
  WaitingShut *shut = g_new0 (WaitingShut, 1);

  shut->actor = g_object_ref (actor);
  shut->call = g_object_ref (call);
  geminga_actor_receive_only (actor, nothing);
  waiting_ask (ref, steps, waiting_shut_cb, shut);
}

static void
waiting_wait (GemingaActor *actor,
              GemingaCall *call,
              GemingaActorRef *ref,
              const char *way,
              GVariant *steps)
{
  if (g_str_equal (way, "sync"))
    waiting_ask_sync (actor, call, ref, steps);
  else if (g_str_equal (way, "shut"))
    waiting_ask_shut (actor, call, ref, steps);
  else
    waiting_ask (ref, steps, waiting_answered_cb, g_object_ref (call));

  if (g_str_equal (way, "timed"))
    geminga_actor_add_timer_func (actor, 3600 * 1000, GEMINGA_TIMER_FLAGS_NONE, waiting_hour_cb,
                                  NULL, NULL, NULL);
}

/* Commands */

static GVariant *
waiting_tail (GVariant *steps)
{
  g_autoptr (GPtrArray) rest = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  for (gsize i = 1; i < g_variant_n_children (steps); i++)
    g_ptr_array_add (rest, g_variant_get_child_value (steps, i));

  return g_variant_new_array (G_VARIANT_TYPE ("(ss)"), (GVariant *const *) rest->pdata, rest->len);
}

static void
waiting_go (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GVariant) steps = g_variant_get_child_value (geminga_call_get_arguments (call), 0);
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GError) error = NULL;
  const char *way;
  const char *path;

  if (g_variant_n_children (steps) == 0)
    {
      geminga_call_return_value (call, g_variant_new_string ("done"));
      return;
    }

  g_variant_get_child (steps, 0, "(&s&s)", &way, &path);
  if (g_str_equal (path, "keep"))
    {
      g_ptr_array_add (TEST_WAITING (actor)->kept, g_object_ref (call));
      return;
    }

  ref = geminga_system_ref_actor (geminga_actor_get_system (actor), path, &error);
  if (ref != NULL)
    waiting_wait (actor, call, ref, way, waiting_tail (steps));
  else
    geminga_call_return_error (call, error);
}

static void
waiting_release (GemingaActor *actor, GemingaCall *call)
{
  Waiting *self = TEST_WAITING (actor);

  for (guint i = 0; i < self->kept->len; i++)
    geminga_call_return_value (g_ptr_array_index (self->kept, i), g_variant_new_string ("late"));
  geminga_call_return_value (call, g_variant_new_uint32 (self->kept->len));
  g_ptr_array_set_size (self->kept, 0);
}

static void
waiting_count (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, g_variant_new_uint32 (TEST_WAITING (actor)->kept->len));
}

static void
waiting_outcome (GemingaActor *actor, GemingaCall *call)
{
  const char *outcome = TEST_WAITING (actor)->outcome;

  geminga_call_return_value (call, g_variant_new_string (outcome != NULL ? outcome : ""));
}

static const GemingaCommandEntry waiting_commands[] = {
  { "Go", "(a(ss))", "s", "steps", NULL, 0, waiting_go },
  { "Release", NULL, "u", NULL, NULL, 0, waiting_release },
  { "Count", NULL, "u", NULL, NULL, 0, waiting_count },
  { "Outcome", NULL, "s", NULL, NULL, 0, waiting_outcome },
};

/* GemingaActor */

static void
waiting_started (GemingaActor *actor)
{
  Waiting *self = TEST_WAITING (actor);
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  if (self->register_at == NULL)
    return;

  ref = geminga_system_ref_actor (geminga_actor_get_system (actor), self->register_at, &error);
  g_assert_no_error (error);
  waiting_ask (ref,
               g_variant_new_parsed ("[('async', %s)]", geminga_actor_ref_get_path (
                                                            geminga_actor_get_address (actor))),
               keep_result_cb, &result);
  waiting_run_until (&result);
  answer = geminga_actor_ref_ask_finish (ref, result, &error);
  self->outcome = g_strdup (answer != NULL ? "fine" : error->message);
}

/* GObject */

static void
waiting_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  TEST_WAITING (object)->register_at = g_value_dup_string (value);
}

static void
waiting_finalize (GObject *object)
{
  Waiting *self = TEST_WAITING (object);

  g_ptr_array_unref (self->kept);
  g_free (self->register_at);
  g_free (self->outcome);

  G_OBJECT_CLASS (waiting_parent_class)->finalize (object);
}

static void
waiting_class_init (WaitingClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->set_property = waiting_set_property;
  G_OBJECT_CLASS (klass)->finalize = waiting_finalize;
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), WAITING_PROP_REGISTER_AT,
      g_param_spec_string ("register-at", NULL, NULL, NULL,
                           G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
  actor_class->started = waiting_started;
  geminga_actor_class_add_commands (actor_class, waiting_commands, G_N_ELEMENTS (waiting_commands));
}

static void
waiting_init (Waiting *self)
{
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
}
