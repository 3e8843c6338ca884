/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-heartbeat-private.h"

/*
 * A process may have hung right after its last pong, so the time counts from the first ping that it
 * does not answer: it is never found early, and late by at most the time between two pings.
 */
#define MIN_INTERVAL 10
#define MAX_INTERVAL 80

/* Until its main loop runs for the first time a process may read programs, and be slow at it. */
#define START_TIME (10 * G_TIME_SPAN_SECOND)

typedef struct
{
  gint64 pinged_at; /* monotonic; 0: nothing on its way */
  gboolean is_started;
  gboolean is_reported;
} Beat;

struct _GemingaHeartbeat
{
  GemingaNode *node; /* not owned */
  GemingaHeartbeatFunc hung;
  gpointer data;
  gint64 timeout;
  GSource *timer;    /* (owned) (nullable) */
  gint64 checked_at; /* monotonic: when the timer ran last */
  GHashTable *beats; /* (owned) (element-type guint32 Beat) */
};

/* Helpers */

static void
on_pong (gpointer data, guint32 node)
{
  GemingaHeartbeat *self = data;
  Beat *beat = g_hash_table_lookup (self->beats, GUINT_TO_POINTER (node));

  if (beat != NULL)
    {
      beat->pinged_at = 0;
      beat->is_started = TRUE;
    }
}

/* Tells whether the process is hung and was not reported. */
static gboolean
check (GemingaHeartbeat *self, guint32 node, Beat *beat, gint64 now)
{
  if (beat->is_reported)
    return FALSE;

  if (beat->pinged_at == 0)
    {
      beat->pinged_at = now;
      geminga_node_ping (self->node, node, on_pong, self);
      return FALSE;
    }

  beat->is_reported =
      now - beat->pinged_at >= (beat->is_started ? self->timeout : MAX (self->timeout, START_TIME));

  return beat->is_reported;
}

/* After the arbiter itself was stopped, everybody gets the time to answer. */
static void
forgive (GemingaHeartbeat *self, gint64 now)
{
  gint64 lost = now - self->checked_at - 2 * MAX_INTERVAL * G_TIME_SPAN_MILLISECOND;
  GHashTableIter iter;
  gpointer beat;

  if (lost <= 0)
    return;

  g_hash_table_iter_init (&iter, self->beats);
  while (g_hash_table_iter_next (&iter, NULL, &beat))
    if (((Beat *) beat)->pinged_at != 0)
      ((Beat *) beat)->pinged_at += lost;
}

static gboolean
on_timer (gpointer user_data)
{
  GemingaHeartbeat *self = user_data;
  g_autoptr (GArray) hung = g_array_new (FALSE, FALSE, sizeof (guint32));
  gint64 now = g_get_monotonic_time ();
  GHashTableIter iter;
  gpointer node, beat;

  forgive (self, now);
  self->checked_at = now;
  g_hash_table_iter_init (&iter, self->beats);
  while (g_hash_table_iter_next (&iter, &node, &beat))
    {
      guint32 number = GPOINTER_TO_UINT (node);

      if (check (self, number, beat, now))
        g_array_append_val (hung, number);
    }

  for (guint i = 0; i < hung->len; i++)
    self->hung (self->data, g_array_index (hung, guint32, i));

  return G_SOURCE_CONTINUE;
}

static void
stop_timer (GemingaHeartbeat *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
update_timer (GemingaHeartbeat *self)
{
  gint64 interval = self->timeout / G_TIME_SPAN_MILLISECOND / 10;
  g_autoptr (GMainContext) context = NULL;

  stop_timer (self);
  if (self->timeout == 0 || g_hash_table_size (self->beats) == 0)
    return;

  context = g_main_context_ref_thread_default ();
  self->checked_at = g_get_monotonic_time ();
  self->timer = g_timeout_source_new ((guint) CLAMP (interval, MIN_INTERVAL, MAX_INTERVAL));
  g_source_set_static_name (self->timer, "[geminga] heartbeat");
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, context);
}

/* Private API */

GemingaHeartbeat *
geminga_heartbeat_new (GemingaNode *node, GemingaHeartbeatFunc hung, gpointer data)
{
  GemingaHeartbeat *self = g_new0 (GemingaHeartbeat, 1);

  self->node = node;
  self->hung = hung;
  self->data = data;
  self->beats = g_hash_table_new_full (NULL, NULL, NULL, g_free);

  return self;
}

void
geminga_heartbeat_free (GemingaHeartbeat *self)
{
  stop_timer (self);
  g_hash_table_unref (self->beats);
  g_free (self);
}

void
geminga_heartbeat_set_timeout (GemingaHeartbeat *self, gint64 timeout)
{
  if (self->timeout == timeout)
    return;

  self->timeout = timeout;
  update_timer (self);
}

void
geminga_heartbeat_add (GemingaHeartbeat *self, guint32 node)
{
  g_hash_table_replace (self->beats, GUINT_TO_POINTER (node), g_new0 (Beat, 1));
  if (self->timer == NULL)
    update_timer (self);
}

void
geminga_heartbeat_note_life (GemingaHeartbeat *self, guint32 node)
{
  Beat *beat = g_hash_table_lookup (self->beats, GUINT_TO_POINTER (node));

  if (beat != NULL)
    beat->is_started = TRUE;
}

void
geminga_heartbeat_remove (GemingaHeartbeat *self, guint32 node)
{
  if (g_hash_table_remove (self->beats, GUINT_TO_POINTER (node)) &&
      g_hash_table_size (self->beats) == 0)
    update_timer (self);
}
