/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-node-state-private.h"

#include <stdlib.h>

/*
 * A worker ends in order: the actor it is for, all others, what is to be sent, then the hook.
 */

/* What others do not read in this time after the last actor has ended is lost, in microseconds. */
#define FLUSH_TIME G_TIME_SPAN_SECOND

/* Helpers */

typedef struct
{
  GemingaLoopItem item;
  GemingaNode *node; /* (owned) */
} Ending;

static void
flush_time_passed (gpointer user_data)
{
  GemingaNode *self = user_data;

  geminga_node_become_orphan (self);
  geminga_node_unref (self);
}

static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GemingaNode *self = user_data;

  geminga_system_stop_finish (GEMINGA_SYSTEM (source), result, NULL);
  self->is_stopped = TRUE;
  if (!self->is_orphaned)
    {
      self->end_timer.func = flush_time_passed;
      self->end_timer.user_data = geminga_node_ref (self);
      geminga_loop_arm (self->loop, &self->end_timer, g_get_monotonic_time () + FLUSH_TIME);
    }
  geminga_node_check_end (self);
  geminga_node_unref (self);
}

static void
run_ending (GemingaLoopItem *item)
{
  Ending *ending = (Ending *) ((char *) item - G_STRUCT_OFFSET (Ending, item));
  GemingaNode *self = ending->node;

  if (!self->is_ending && !self->is_orphaned)
    {
      self->is_ending = TRUE;
      geminga_system_stop_async (self->system, NULL, stopped_cb, geminga_node_ref (self));
    }
  geminga_node_unref (self);
  g_free (ending);
}

/* For the node's own files */

/* Any thread. */
void
geminga_node_begin_end (GemingaNode *self)
{
  Ending *ending = g_new0 (Ending, 1);

  ending->item.run = run_ending;
  ending->node = geminga_node_ref (self);
  geminga_loop_post (self->loop, &ending->item);
}

void
geminga_node_check_end (GemingaNode *self)
{
  g_autoptr (GPtrArray) links = NULL;

  if (!self->is_stopped || self->is_orphaned)
    return;

  links = geminga_node_list_links (self);
  for (guint i = 0; i < links->len; i++)
    if (!geminga_link_is_drained (g_ptr_array_index (links, i)))
      return;

  geminga_node_become_orphan (self);
}

void
geminga_node_become_orphan (GemingaNode *self)
{
  if (self->is_orphaned)
    return;

  self->is_orphaned = TRUE;
  if (geminga_loop_disarm (self->loop, &self->end_timer))
    geminga_node_unref (self);
  if (geminga_loop_disarm (self->loop, &self->quiet_timer))
    geminga_node_unref (self);

  if (self->hooks->orphaned == NULL)
    exit (EXIT_SUCCESS);
  self->hooks->orphaned (self->data);
}
