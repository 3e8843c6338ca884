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

/* Oldest first. */
typedef struct
{
  GemingaLink *link; /* (owned) */
  gint64 deadline;   /* monotonic microseconds */
} Dying;

/* Helpers */

static void
dying_free (gpointer data)
{
  Dying *self = data;

  geminga_link_unref (self->link);
  g_free (self);
}

static GemingaLink *
steal_link (GemingaNode *self, guint index)
{
  g_autofree Dying *dying = g_ptr_array_steal_index (self->dying, index);

  return dying->link;
}

static GemingaLink *
take_dying (GemingaNode *self, guint32 number)
{
  for (guint i = 0; self->dying != NULL && i < self->dying->len; i++)
    if (geminga_link_get_node (((Dying *) g_ptr_array_index (self->dying, i))->link) == number)
      return steal_link (self, i);

  return NULL;
}

/* NULL: there is none, or it has time. */
static GemingaLink *
take_overdue (GemingaNode *self, gint64 now)
{
  if (self->dying == NULL || self->dying->len == 0 ||
      ((Dying *) g_ptr_array_index (self->dying, 0))->deadline > now)
    return NULL;

  return steal_link (self, 0);
}

static void
settle_overdue (GemingaNode *self, gint64 now)
{
  for (GemingaLink *link = take_overdue (self, now); link != NULL; link = take_overdue (self, now))
    {
      geminga_link_settle (link, "its process ended");
      geminga_link_unref (link);
    }
}

static void settle_time_passed (gpointer user_data);

/* For the oldest one: those that die later do not put it off. */
static void
set_settle_timer (GemingaNode *self)
{
  if (geminga_loop_disarm (self->loop, &self->settle_timer))
    geminga_node_unref (self);
  if (self->dying == NULL || self->dying->len == 0)
    return;

  self->settle_timer.func = settle_time_passed;
  self->settle_timer.user_data = geminga_node_ref (self);
  geminga_loop_arm (self->loop, &self->settle_timer,
                    ((Dying *) g_ptr_array_index (self->dying, 0))->deadline);
}

static void
settle_time_passed (gpointer user_data)
{
  GemingaNode *self = user_data;

  settle_overdue (self, g_get_monotonic_time ());
  set_settle_timer (self);
  geminga_node_unref (self);
}

/* For the node's own files */

void
geminga_node_note_dying (GemingaNode *self, GemingaLink *link)
{
  Dying *dying;

  if (!geminga_link_is_unsettled (link))
    return;

  dying = g_new (Dying, 1);
  dying->link = geminga_link_ref (link);
  dying->deadline = g_get_monotonic_time () + SETTLE_TIME;
  if (self->dying == NULL)
    self->dying = g_ptr_array_new_with_free_func (dying_free);
  g_ptr_array_add (self->dying, dying);
  set_settle_timer (self);
}

void
geminga_node_settle_all (GemingaNode *self)
{
  settle_overdue (self, G_MAXINT64);
  set_settle_timer (self);
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
