/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-runner-state-private.h"

/* So many are kept. */
#define MAX_DEADLOCKS 100

/* Helpers */

/* Actors are named as they are on the bus, if they are there. */
static GVariant *
find_paths (GemingaRunner *self, const char *const *actors)
{
  GVariantBuilder paths;

  g_variant_builder_init (&paths, G_VARIANT_TYPE ("ao"));
  for (gsize i = 0; actors[i] != NULL; i++)
    {
      g_autoptr (GemingaActorRef) ref = geminga_system_ref_actor (self->system, actors[i], NULL);
      g_autofree char *path = ref != NULL ? geminga_runner_dup_path (self, ref) : NULL;

      g_variant_builder_add (&paths, "o", path != NULL ? path : actors[i]);
    }

  return g_variant_ref_sink (g_variant_builder_end (&paths));
}

static void
keep (GemingaRunner *self, const char *chain, GVariant *paths)
{
  GVariantDict record;

  g_variant_dict_init (&record, NULL);
  g_variant_dict_insert (&record, "time", "t", (guint64) g_get_real_time ());
  g_variant_dict_insert (&record, "chain", "s", chain);
  g_variant_dict_insert_value (&record, "actors", paths);
  g_queue_push_tail (&self->deadlocks, g_variant_ref_sink (g_variant_dict_end (&record)));
  if (self->deadlocks.length > MAX_DEADLOCKS)
    g_variant_unref (g_queue_pop_head (&self->deadlocks));
}

/* For the runner's own files */

void
geminga_runner_note_deadlock (gpointer data, const char *chain, const char *const *actors)
{
  GemingaRunner *self = data;
  GemingaArbiter *arbiter = geminga_arbiter_lookup (self->system);
  g_autoptr (GVariant) paths = find_paths (self, actors);

  keep (self, chain, paths);
  if (arbiter != NULL)
    geminga_arbiter_tell_deadlock (arbiter, chain, paths);
}

void
geminga_runner_apply_deadlock_interval (GemingaRunner *self)
{
  if (self->system != NULL)
    geminga_service_apply_deadlock_interval (self->settings, self->system);
}

void
geminga_runner_forget_deadlocks (GemingaRunner *self)
{
  g_queue_clear_full (&self->deadlocks, (GDestroyNotify) g_variant_unref);
}

/* Private API */

GVariant *
geminga_runner_list_deadlocks (GemingaRunner *self)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (GList *link = self->deadlocks.head; link != NULL; link = link->next)
    g_variant_builder_add_value (&list, link->data);

  return g_variant_builder_end (&list);
}
