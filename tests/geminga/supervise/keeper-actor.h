/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "await.h"
#include "geminga.h"

/* An actor that leaves a count to its successor, for tests of those who see to that. */

#define KEEPER_TYPE (keeper_get_type ())
G_DECLARE_FINAL_TYPE (Keeper, keeper, TEST, KEEPER, GemingaActor)

struct _Keeper
{
  GemingaActor parent_instance;

  guint count;
};

G_DEFINE_FINAL_TYPE (Keeper, keeper, GEMINGA_TYPE_ACTOR)

typedef enum
{
  KEEPER_WORKS,
  KEEPER_SAVES_NOTHING,
  KEEPER_REFUSES,
} KeeperMood;

static KeeperMood keeper_mood;

static void
keeper_add (GemingaActor *actor, GemingaCall *call)
{
  Keeper *self = TEST_KEEPER (actor);
  guint32 number;

  g_variant_get (geminga_call_get_arguments (call), "(u)", &number);
  self->count += number;
  geminga_call_return_value (call, g_variant_new_uint32 (self->count));
}

static void
keeper_fail (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error =
      g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_FAILED, "fell into a ditch");

  geminga_call_return_value (call, NULL);
  geminga_actor_fail (actor, error);
}

static const GemingaCommandEntry keeper_commands[] = {
  { "Add", "(u)", "u", "number", NULL, 0, keeper_add },
  { "Fail", NULL, NULL, NULL, NULL, 0, keeper_fail },
};

static GVariant *
keeper_save_state (GemingaActor *actor)
{
  GVariantDict dict;

  if (keeper_mood == KEEPER_SAVES_NOTHING)
    return NULL;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "count", "u", TEST_KEEPER (actor)->count);

  return g_variant_dict_end (&dict);
}

static gboolean
keeper_restore_state (GemingaActor *actor, GVariant *state, GError **error)
{
  if (keeper_mood == KEEPER_REFUSES)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the ink has run");
      return FALSE;
    }

  return g_variant_lookup (state, "count", "u", &TEST_KEEPER (actor)->count);
}

static void
keeper_class_init (KeeperClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  actor_class->save_state = keeper_save_state;
  actor_class->restore_state = keeper_restore_state;
  geminga_actor_class_add_state_entry (actor_class, "count", "u");
  geminga_actor_class_add_commands (actor_class, keeper_commands, G_N_ELEMENTS (keeper_commands));
}

static void
keeper_init (Keeper *self)
{
}

static inline void
keeper_begin_add (GemingaActorRef *ref, guint32 number, GAsyncResult **result)
{
  geminga_actor_ref_ask_async (ref, "Add", g_variant_new ("(u)", number), -1, NULL,
                               await_keep_result_cb, result);
}

static inline guint32
keeper_end_add (GemingaActorRef *ref, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = geminga_actor_ref_ask_finish (ref, result, &error);
  guint32 count;

  g_assert_no_error (error);
  g_variant_get (answer, "(u)", &count);

  return count;
}

static inline guint32
keeper_add_to (GemingaActorRef *ref, guint32 number)
{
  g_autoptr (GAsyncResult) result = NULL;

  keeper_begin_add (ref, number, &result);
  AWAIT (result != NULL);

  return keeper_end_add (ref, result);
}
