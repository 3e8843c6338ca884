/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An actor whose count goes on when the service is reloaded or upgraded. See docs/upgrades.md. */

#include <geminga.h>

#define TALLY_TYPE (tally_get_type ())
G_DECLARE_FINAL_TYPE (Tally, tally, EXAMPLE, TALLY, GemingaActor)

struct _Tally
{
  GemingaActor parent_instance;

  guint64 count;
};

G_DEFINE_FINAL_TYPE (Tally, tally, GEMINGA_TYPE_ACTOR)

static void
tally_add (GemingaActor *actor, GemingaCall *call)
{
  Tally *self = EXAMPLE_TALLY (actor);
  guint32 n;

  g_variant_get (geminga_call_get_arguments (call), "(u)", &n);
  self->count += n;
  geminga_call_return_value (call, g_variant_new_uint64 (self->count));
}

/* [state] */
static GVariant *
tally_save_state (GemingaActor *actor)
{
  GVariantDict state;

  g_variant_dict_init (&state, NULL);
  g_variant_dict_insert (&state, "count", "t", EXAMPLE_TALLY (actor)->count);

  return g_variant_dict_end (&state);
}

static gboolean
tally_restore_state (GemingaActor *actor, GVariant *state, GError **error)
{
  if (g_variant_lookup (state, "count", "t", &EXAMPLE_TALLY (actor)->count))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "There is no count");

  return FALSE;
}
/* [state] */

static const GemingaCommandEntry tally_commands[] = {
  { "Add", "(u)", "t", "n", "Counts on, and tells how far it has come", 0, tally_add },
};

static void
tally_class_init (TallyClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  geminga_actor_class_set_interface_name (actor_class, "org.example.Tally1");
  geminga_actor_class_add_commands (actor_class, tally_commands, G_N_ELEMENTS (tally_commands));
  /* [class] */
  actor_class->save_state = tally_save_state;
  actor_class->restore_state = tally_restore_state;
  geminga_actor_class_add_state_entry (actor_class, "count", "t");
  /* [class] */
}

static void
tally_init (Tally *self)
{
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaService) service = geminga_service_new ("org.example.Tally");

  geminga_service_add_actor (service, TALLY_TYPE, "tally", GEMINGA_PLACEMENT_PROCESS, NULL, NULL);

  return geminga_service_run (service, argc, argv);
}
