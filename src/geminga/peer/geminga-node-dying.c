/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-node-state-private.h"

#include "geminga-error.h"

/*
 * How a process ended. The root's link often notices first that it is gone, but only its parent learns
 * how: those who watch its actors are told then.
 */

/* A parent that does not tell in this time never will, in microseconds. */
#define SETTLE_TIME G_TIME_SPAN_SECOND

/* Helpers */

static void
settle_time_passed (gpointer user_data)
{
  GemingaNode *self = user_data;

  geminga_node_settle_all (self);
  geminga_node_unref (self);
}

static GemingaLink *
take_dying (GemingaNode *self, guint32 number)
{
  for (guint i = 0; self->dying != NULL && i < self->dying->len; i++)
    if (geminga_link_get_node (g_ptr_array_index (self->dying, i)) == number)
      return g_ptr_array_steal_index_fast (self->dying, i);

  return NULL;
}

/* For the node's own files */

void
geminga_node_note_dying (GemingaNode *self, GemingaLink *link)
{
  if (!geminga_link_is_unsettled (link))
    return;

  if (self->dying == NULL)
    self->dying = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_link_unref);
  g_ptr_array_add (self->dying, geminga_link_ref (link));
  if (geminga_loop_disarm (self->loop, &self->settle_timer))
    geminga_node_unref (self);
  self->settle_timer.func = settle_time_passed;
  self->settle_timer.user_data = geminga_node_ref (self);
  geminga_loop_arm (self->loop, &self->settle_timer, g_get_monotonic_time () + SETTLE_TIME);
}

void
geminga_node_settle_all (GemingaNode *self)
{
  g_autoptr (GPtrArray) dying = g_steal_pointer (&self->dying);

  if (geminga_loop_disarm (self->loop, &self->settle_timer))
    geminga_node_unref (self);
  for (guint i = 0; dying != NULL && i < dying->len; i++)
    geminga_link_settle (g_ptr_array_index (dying, i), "its process ended");
}

/* Private API */

void
geminga_node_drop_process (GemingaNode *self,
                           guint32 node,
                           GemingaExitReason reason,
                           const char *why)
{
  g_autoptr (GemingaLink) link = geminga_node_lookup_link (self, node);
  g_autoptr (GemingaLink) dying = take_dying (self, node);
  g_autofree char *text = g_strconcat ("its process ", why, NULL);

  if (link != NULL)
    {
      geminga_link_set_end_reason (link, reason);
      geminga_link_finish (link, text);
    }
  if (dying != NULL)
    {
      geminga_link_set_end_reason (dying, reason);
      geminga_link_settle (dying, text);
    }
}

void
geminga_node_expect_end (GemingaNode *self, guint32 node, GemingaExitReason reason)
{
  g_autoptr (GemingaLink) link = geminga_node_lookup_link (self, node);

  if (link != NULL)
    geminga_link_set_end_reason (link, reason);
}
