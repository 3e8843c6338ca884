/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * An actor that notes every number that it is told or asked to, and workers that send it numbers as fast as
 * they can, over names, through replacements and upgrades. What was sent and what was noted is asked
 * for in the end. With LEDGER_MOOD the actor does not save, or does not restore, its state.
 */

#include <geminga.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Asks that one worker has open at the same time; for each it tells two numbers as well. */
#define N_OPEN 4

#define NAME "ledger"

/* Ledger */

#define LEDGER_TYPE (ledger_get_type ())
G_DECLARE_FINAL_TYPE (Ledger, ledger, EXAMPLE, LEDGER, GemingaActor)

struct _Ledger
{
  GemingaActor parent_instance;

  GHashTable *last; /* (element-type utf8 guint64): by sender, of both kinds */
  guint64 n_noted;
  guint64 n_doubled;
  guint64 n_lost;
};

G_DEFINE_FINAL_TYPE (Ledger, ledger, GEMINGA_TYPE_ACTOR)

static gboolean
is_in_mood (const char *mood)
{
  g_autofree char *text = NULL;
  const char *file = g_getenv ("LEDGER_MOOD");

  if (file == NULL || !g_file_get_contents (file, &text, NULL, NULL))
    return FALSE;

  return g_str_equal (g_strstrip (text), mood);
}

/* Numbers of one sender come in order, each once. */
static void
ledger_note (GemingaActor *actor, GemingaCall *call)
{
  Ledger *self = EXAMPLE_LEDGER (actor);
  guint64 *last;
  guint64 number;
  const char *sender;

  g_variant_get (geminga_call_get_arguments (call), "(&st)", &sender, &number);
  last = g_hash_table_lookup (self->last, sender);
  if (last == NULL)
    {
      last = g_new0 (guint64, 1);
      g_hash_table_insert (self->last, g_strdup (sender), last);
    }
  if (number <= *last)
    self->n_doubled++;
  else
    self->n_lost += number - *last - 1;
  *last = MAX (*last, number);
  self->n_noted++;
  geminga_call_return_value (call, NULL);
}

/* How many, how many twice or too late, how many never, senders. */
static void
ledger_read (GemingaActor *actor, GemingaCall *call)
{
  Ledger *self = EXAMPLE_LEDGER (actor);

  geminga_call_return_value (call, g_variant_new ("(tttu)", self->n_noted, self->n_doubled,
                                                  self->n_lost, g_hash_table_size (self->last)));
}

static void
registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaActor) actor = user_data;
  g_autoptr (GError) error = NULL;

  if (!geminga_system_register_name_finish (GEMINGA_SYSTEM (source), result, &error))
    geminga_actor_fail (actor, error);
  else
    geminga_actor_become_ready (actor);
}

static void
ledger_started (GemingaActor *actor)
{
  g_autoptr (GError) error = g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_FAILED, "has a hangover");

  if (is_in_mood ("fail"))
    {
      geminga_actor_fail (actor, error);
      return;
    }

  geminga_actor_delay_ready (actor);
  geminga_system_register_name_async (geminga_actor_get_system (actor), NAME,
                                      geminga_actor_get_address (actor), NULL, registered,
                                      g_object_ref (actor));
}

static GVariant *
ledger_save_state (GemingaActor *actor)
{
  Ledger *self = EXAMPLE_LEDGER (actor);
  GVariantBuilder last;
  GVariantDict state;
  GHashTableIter iter;
  gpointer sender;
  gpointer number;

  if (is_in_mood ("save-nothing"))
    return NULL;

  g_variant_builder_init (&last, G_VARIANT_TYPE ("a{st}"));
  g_hash_table_iter_init (&iter, self->last);
  while (g_hash_table_iter_next (&iter, &sender, &number))
    g_variant_builder_add (&last, "{st}", sender, *(guint64 *) number);
  g_variant_dict_init (&state, NULL);
  g_variant_dict_insert (&state, "noted", "t", self->n_noted);
  g_variant_dict_insert (&state, "doubled", "t", self->n_doubled);
  g_variant_dict_insert (&state, "lost", "t", self->n_lost);
  g_variant_dict_insert_value (&state, "last", g_variant_builder_end (&last));

  return g_variant_dict_end (&state);
}

static gboolean
ledger_restore_state (GemingaActor *actor, GVariant *state, GError **error)
{
  Ledger *self = EXAMPLE_LEDGER (actor);
  g_autoptr (GVariantIter) last = NULL;
  const char *sender;
  guint64 number;

  if (is_in_mood ("refuse"))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the ink has run");
      return FALSE;
    }

  g_variant_lookup (state, "noted", "t", &self->n_noted);
  g_variant_lookup (state, "doubled", "t", &self->n_doubled);
  g_variant_lookup (state, "lost", "t", &self->n_lost);
  g_variant_lookup (state, "last", "a{st}", &last);
  while (g_variant_iter_next (last, "{&st}", &sender, &number))
    g_hash_table_insert (self->last, g_strdup (sender), g_memdup2 (&number, sizeof number));

  return TRUE;
}

static const GemingaCommandEntry ledger_commands[] = {
  { "Note", "(st)", NULL, "sender number", NULL, 0, ledger_note },
  { "Read", NULL, "(tttu)", NULL, NULL, 0, ledger_read },
};

static void
ledger_finalize (GObject *object)
{
  g_hash_table_unref (EXAMPLE_LEDGER (object)->last);

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
  geminga_actor_class_set_interface_name (actor_class, "org.example.Ledger1");
  geminga_actor_class_add_commands (actor_class, ledger_commands, G_N_ELEMENTS (ledger_commands));
}

static void
ledger_init (Ledger *self)
{
  self->last = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* Clerk: a worker. It keeps the ref that it has found. */

#define CLERK_TYPE (clerk_get_type ())
G_DECLARE_FINAL_TYPE (Clerk, clerk, EXAMPLE, CLERK, GemingaActor)

struct _Clerk
{
  GemingaActor parent_instance;

  GemingaActorRef *ledger; /* (owned) (nullable) */
  char *name;
  guint64 number;
  guint n_open;
  gboolean is_stopping;
};

G_DEFINE_FINAL_TYPE (Clerk, clerk, GEMINGA_TYPE_ACTOR)

static void send_some (Clerk *self);

static void
noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Clerk *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  if (answer == NULL)
    g_warning ("clerk %s: not noted: %s", self->name, error->message);
  self->n_open--;
  send_some (self);
  geminga_actor_release (GEMINGA_ACTOR (self));
}

static void
send_some (Clerk *self)
{
  while (self->ledger != NULL && !self->is_stopping && self->n_open < N_OPEN)
    {
      for (guint i = 0; i < 2; i++)
        if (!geminga_actor_ref_tell (self->ledger, "Note",
                                     g_variant_new ("(st)", self->name, ++self->number), NULL))
          g_warning ("clerk %s: not told", self->name);
      geminga_actor_hold (GEMINGA_ACTOR (self));
      self->n_open++;
      geminga_actor_ref_ask_async (self->ledger, "Note",
                                   g_variant_new ("(st)", self->name, ++self->number), -1, NULL,
                                   noted, self);
    }
}

static void
found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Clerk) self = user_data;
  g_autoptr (GError) error = NULL;

  self->ledger = geminga_system_wait_for_name_finish (GEMINGA_SYSTEM (source), result, &error);
  if (self->ledger == NULL)
    geminga_actor_fail (GEMINGA_ACTOR (self), error);
  else
    send_some (self);
  if (self->ledger != NULL)
    geminga_actor_become_ready (GEMINGA_ACTOR (self));
}

static void
clerk_started (GemingaActor *actor)
{
  Clerk *self = EXAMPLE_CLERK (actor);

  self->name = g_strdup_printf ("%d", (int) getpid ());
  geminga_actor_delay_ready (actor);
  geminga_system_wait_for_name_async (geminga_actor_get_system (actor), NAME, -1, NULL, found,
                                      g_object_ref (actor));
}

/* All that was sent has been answered by the end; and all that was told before. */
static void
clerk_stopping (GemingaActor *actor)
{
  EXAMPLE_CLERK (actor)->is_stopping = TRUE;
}

static void
clerk_finalize (GObject *object)
{
  Clerk *self = EXAMPLE_CLERK (object);

  g_clear_object (&self->ledger);
  g_free (self->name);

  G_OBJECT_CLASS (clerk_parent_class)->finalize (object);
}

static void
clerk_class_init (ClerkClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = clerk_finalize;
  actor_class->started = clerk_started;
  actor_class->stopping = clerk_stopping;
}

static void
clerk_init (Clerk *self)
{
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaService) service = geminga_service_new ("org.example.Ledger");

  geminga_service_add_actor (service, LEDGER_TYPE, "ledger",
                             g_getenv ("LEDGER_LOCAL") != NULL ? GEMINGA_PLACEMENT_THREAD
                                                               : GEMINGA_PLACEMENT_PROCESS,
                             NULL, NULL);
  if (g_getenv ("LEDGER_LOCAL") == NULL)
    geminga_service_set_worker_type (service, CLERK_TYPE);

  return geminga_service_run (service, argc, argv);
}
