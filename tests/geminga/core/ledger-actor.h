/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga.h"

/* An actor that counts what it is told, and leaves the count to its successor. */

#define LEDGER_TYPE (ledger_get_type ())
G_DECLARE_FINAL_TYPE (Ledger, ledger, TEST, LEDGER, GemingaActor)

typedef enum
{
  LEDGER_WORKS,
  LEDGER_SAVES_NOTHING,   /* as after an exception */
  LEDGER_SAVES_NONSENSE,  /* a value of another type */
  LEDGER_SAVES_TOO_MUCH,  /* an entry that is not declared */
  LEDGER_REFUSES,         /* with an error */
  LEDGER_REFUSES_SILENTLY /* as after an exception */
} LedgerMood;

static int ledger_mood; /* atomic */

struct _Ledger
{
  GemingaActor parent_instance;

  guint count;
  gboolean is_restored;
  gboolean was_started_first;
  GString *numbers;     /* (owned): that were told, in their order */
  GemingaCall *pending; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (Ledger, ledger, GEMINGA_TYPE_ACTOR)

static void
ledger_add (GemingaActor *actor, GemingaCall *call)
{
  Ledger *self = TEST_LEDGER (actor);
  guint32 number;

  g_variant_get (geminga_call_get_arguments (call), "(u)", &number);
  self->count++;
  g_string_append_printf (self->numbers, "%u ", number);
  geminga_call_return_value (call, g_variant_new_uint32 (self->count));
}

static void
ledger_read (GemingaActor *actor, GemingaCall *call)
{
  Ledger *self = TEST_LEDGER (actor);

  geminga_call_return_value (
      call, g_variant_new ("(usb)", self->count, self->numbers->str, self->is_restored));
}

/* Answered by Finish, which counts it. */
static void
ledger_begin (GemingaActor *actor, GemingaCall *call)
{
  g_set_object (&TEST_LEDGER (actor)->pending, call);
}

static void
ledger_finish (Ledger *self)
{
  self->count += 100;
  geminga_call_return_value (self->pending, g_variant_new_uint32 (self->count));
  g_clear_object (&self->pending);
}

static void
ledger_tick (GemingaActor *actor, gpointer user_data)
{
  TEST_LEDGER (actor)->count += 1000;
}

/* It has not ended, even if it makes way. */
static gboolean
ledger_finish_cb (gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  guint timer = geminga_actor_add_timer_func (user_data, 10000, GEMINGA_TIMER_FLAGS_NONE,
                                              ledger_tick, NULL, NULL, &error);

  g_assert_no_error (error);
  geminga_actor_remove_timer (user_data, timer);
  ledger_finish (user_data);

  return G_SOURCE_REMOVE;
}

static void
ledger_later (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GSource) source = g_timeout_source_new (10);

  g_set_object (&TEST_LEDGER (actor)->pending, call);
  g_source_set_callback (source, ledger_finish_cb, g_object_ref (actor), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
ledger_stash (GemingaActor *actor, GemingaCall *call)
{
  if (TEST_LEDGER (actor)->is_restored)
    geminga_call_return_value (call, g_variant_new_uint32 (TEST_LEDGER (actor)->count));
  else
    geminga_call_stash (call, NULL);
}

static void
ledger_set_timer (GemingaActor *actor, GemingaCall *call)
{
  geminga_actor_add_timer_func (actor, 1, GEMINGA_TIMER_FLAGS_NONE, ledger_tick, NULL, NULL, NULL);
  geminga_call_return_value (call, NULL);
}

static const GemingaCommandEntry ledger_commands[] = {
  { "Add", "(u)", "u", "number", NULL, 0, ledger_add },
  { "Read", NULL, "(usb)", NULL, NULL, 0, ledger_read },
  { "Begin", NULL, "u", NULL, NULL, 0, ledger_begin },
  { "Later", NULL, "u", NULL, NULL, 0, ledger_later },
  { "Stash", NULL, "u", NULL, NULL, 0, ledger_stash },
  { "SetTimer", NULL, NULL, NULL, NULL, 0, ledger_set_timer },
};

static void
ledger_started (GemingaActor *actor)
{
  TEST_LEDGER (actor)->was_started_first = !TEST_LEDGER (actor)->is_restored;
}

static GVariant *
ledger_save_state (GemingaActor *actor)
{
  Ledger *self = TEST_LEDGER (actor);
  GVariantDict dict;

  switch (g_atomic_int_get (&ledger_mood))
    {
    case LEDGER_SAVES_NOTHING:
      return NULL;
    case LEDGER_SAVES_NONSENSE:
      return g_variant_new_uint32 (1);
    default:
      break;
    }

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "count", "u", self->count);
  g_variant_dict_insert (&dict, "numbers", "s", self->numbers->str);
  if (g_atomic_int_get (&ledger_mood) == LEDGER_SAVES_TOO_MUCH)
    g_variant_dict_insert (&dict, "colour", "s", "blue");

  return g_variant_dict_end (&dict);
}

static gboolean
ledger_restore_state (GemingaActor *actor, GVariant *state, GError **error)
{
  Ledger *self = TEST_LEDGER (actor);
  const char *numbers = "";

  if (g_atomic_int_get (&ledger_mood) == LEDGER_REFUSES)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the ink has run");
  if (g_atomic_int_get (&ledger_mood) >= LEDGER_REFUSES)
    return FALSE;

  g_variant_lookup (state, "count", "u", &self->count);
  g_variant_lookup (state, "numbers", "&s", &numbers);
  g_string_assign (self->numbers, numbers);
  self->is_restored = TRUE;

  return TRUE;
}

static void
ledger_finalize (GObject *object)
{
  g_clear_object (&TEST_LEDGER (object)->pending);
  g_string_free (TEST_LEDGER (object)->numbers, TRUE);

  G_OBJECT_CLASS (ledger_parent_class)->finalize (object);
}

static void
ledger_class_init (LedgerClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ledger_finalize;
  actor_class->started = ledger_started;
  actor_class->save_state = ledger_save_state;
  actor_class->restore_state = ledger_restore_state;
  geminga_actor_class_add_state_entry (actor_class, "count", "u");
  geminga_actor_class_add_state_entry (actor_class, "numbers", "s");
  geminga_actor_class_add_commands (actor_class, ledger_commands, G_N_ELEMENTS (ledger_commands));
}

static void
ledger_init (Ledger *self)
{
  self->numbers = g_string_new (NULL);
}
