/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-monitor-private.h"

/* What a monitor leaves to that of the next program: its children's states, and its history. */

/* Helpers */

static gboolean
is_local (GemingaPool *pool)
{
  return geminga_pool_get_spec (pool)->placement != GEMINGA_PLACEMENT_PROCESS;
}

static void
on_pool_saved (gpointer data, const char *failure)
{
  GemingaMonitor *self = data;
  g_autofree char *first = NULL;

  if (failure != NULL && self->save_failure == NULL)
    self->save_failure = g_strdup (failure);
  if (--self->n_saving > 0)
    return;

  first = g_steal_pointer (&self->save_failure);
  self->saved_func (self->saved_data, first);
}

/* Private API */

void
geminga_monitor_save_children (GemingaMonitor *self,
                               gboolean is_in_process,
                               GemingaPoolSavedFunc func,
                               gpointer data)
{
  self->saved_func = func;
  self->saved_data = data;
  self->n_saving = 1;
  for (guint i = 0; i < self->pools->len; i++)
    {
      GemingaPool *pool = g_ptr_array_index (self->pools, i);

      if (is_local (pool) != is_in_process)
        continue;
      self->n_saving++;
      geminga_pool_save (pool, on_pool_saved, self);
    }
  on_pool_saved (self, NULL);
}

void
geminga_monitor_resume_children (GemingaMonitor *self)
{
  for (guint i = 0; i < self->pools->len; i++)
    geminga_pool_resume (g_ptr_array_index (self->pools, i));
}

void
geminga_monitor_stop_saved_children (GemingaMonitor *self)
{
  self->has_stopped_local = self->has_stopped_local || geminga_monitor_has_saved_children (self);
  for (guint i = 0; i < self->pools->len; i++)
    if (is_local (g_ptr_array_index (self->pools, i)) &&
        geminga_pool_is_stateful (g_ptr_array_index (self->pools, i)))
      geminga_pool_stop (g_ptr_array_index (self->pools, i), FALSE);
}

gboolean
geminga_monitor_has_saved_children (GemingaMonitor *self)
{
  for (guint i = 0; i < self->pools->len; i++)
    if (is_local (g_ptr_array_index (self->pools, i)) &&
        geminga_pool_is_stateful (g_ptr_array_index (self->pools, i)) &&
        !geminga_pool_is_empty (g_ptr_array_index (self->pools, i)))
      return TRUE;

  return FALSE;
}

void
geminga_monitor_foreach_predecessor (GemingaMonitor *self,
                                     GemingaMonitorPredecessorFunc func,
                                     gpointer data)
{
  for (guint i = 0; i < self->pools->len; i++)
    {
      GemingaPool *pool = g_ptr_array_index (self->pools, i);
      GPtrArray *predecessors = geminga_pool_get_predecessors (pool);

      for (guint j = 0; j < predecessors->len; j++)
        func (data, self, geminga_pool_get_spec (pool)->name, g_ptr_array_index (predecessors, j));
    }
}

gboolean
geminga_monitor_inherit (GemingaMonitor *self,
                         const char *name,
                         const char *id,
                         GemingaActorRef *ref,
                         GUnixFDList *saved)
{
  for (guint i = 0; i < self->pools->len; i++)
    {
      GemingaPool *pool = g_ptr_array_index (self->pools, i);

      if (g_strcmp0 (geminga_pool_get_spec (pool)->name, name) != 0 ||
          geminga_pool_get_spec (pool)->type == G_TYPE_INVALID)
        continue;
      geminga_pool_inherit (pool, id, ref, saved);
      return TRUE;
    }

  return FALSE;
}

GVariant *
geminga_monitor_save_history (GemingaMonitor *self, GArray *fds)
{
  GVariantBuilder records;
  GVariantDict history;

  g_variant_builder_init (&records, G_VARIANT_TYPE ("aa{sv}"));
  geminga_monitor_add_records (self, &records);
  g_variant_dict_init (&history, NULL);
  g_variant_dict_insert (&history, "restarts", "u", self->n_restarts);
  g_variant_dict_insert_value (&history, "records", g_variant_builder_end (&records));
  if (self->hooks != NULL && self->hooks->save_history != NULL)
    self->hooks->save_history (self, &history, fds);

  return g_variant_ref_sink (g_variant_dict_end (&history));
}

void
geminga_monitor_note_predecessors_ended (GemingaMonitor *self)
{
  if (self->hooks != NULL && self->hooks->predecessors_ended != NULL)
    self->hooks->predecessors_ended (self);
}

void
geminga_monitor_restore_history (GemingaMonitor *self, GVariant *history)
{
  g_autoptr (GVariantIter) records = NULL;
  GVariantDict dict;
  GVariant *record;

  g_variant_dict_init (&dict, history);
  if (g_variant_dict_lookup (&dict, "records", "aa{sv}", &records))
    while ((record = g_variant_iter_next_value (records)) != NULL)
      g_queue_push_tail (&self->records, record);
  if (g_variant_dict_lookup (&dict, "restarts", "u", &self->n_restarts))
    g_object_notify (G_OBJECT (self), "restarts");
  if (self->hooks != NULL && self->hooks->restore_history != NULL)
    self->hooks->restore_history (self, &dict);
  g_variant_dict_clear (&dict);
}
