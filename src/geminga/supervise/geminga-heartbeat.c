/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-heartbeat-private.h"

/*
 * A process that answers is seldom pinged: if its main loop hangs it does since the time that its pulse
 * shows, so that a later ping is early enough to notice. One that is stopped from outside while it waits
 * is pinged as soon as the kernel tells; its silence counts from the ping, which is never too early.
 *
 * One that does not answer is looked at often, since what stops the arbiter too, or all of the machine, is
 * noticed by looking late.
 */
#define LOOKS_IN_TIMEOUT 10
#define MAX_INTERVAL     (3 * G_TIME_SPAN_SECOND)
#define MIN_INTERVAL     (10 * G_TIME_SPAN_MILLISECOND)
#define NEAR_INTERVAL    (80 * G_TIME_SPAN_MILLISECOND)

/* Until its main loop runs for the first time a process may read programs, and be slow at it. */
#define START_TIME (10 * G_TIME_SPAN_SECOND)

typedef struct
{
  GemingaPulse *pulse; /* not owned; (nullable): silence counts from the ping */
  gint64 pinged_at;    /* monotonic; 0: nothing on its way */
  gint64 ping_at;      /* monotonic: the next ping */
  gint64 excuse;       /* how much of the silence is not its fault */
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
  guint n_pinged;    /* how many have not answered */
  GHashTable *beats; /* (owned) (element-type guint32 Beat) */
};

/* Helpers: one process */

static gint64
get_interval (GemingaHeartbeat *self)
{
  return CLAMP (self->timeout / LOOKS_IN_TIMEOUT, MIN_INTERVAL, MAX_INTERVAL);
}

static gint64
get_deadline (GemingaHeartbeat *self, const Beat *beat)
{
  gint64 since = beat->pulse != NULL ? geminga_pulse_get_busy_since (beat->pulse) : 0;
  gint64 limit = beat->is_started ? self->timeout : MAX (self->timeout, START_TIME);

  /* It has been in one turn of its loop all the time, or at least not answered. */
  if (since <= 0 || since > beat->pinged_at)
    since = beat->pinged_at;

  return since + limit + beat->excuse;
}

static void
settle (GemingaHeartbeat *self, Beat *beat)
{
  if (beat->pinged_at != 0)
    self->n_pinged--;
  beat->pinged_at = 0;
}

/* Helpers: the timer */

static gint64
get_next_look (GemingaHeartbeat *self, const Beat *beat, gint64 now)
{
  if (beat->is_reported)
    return G_MAXINT64;
  if (beat->pinged_at == 0)
    return beat->ping_at;

  return MIN (now + MIN (NEAR_INTERVAL, get_interval (self)), get_deadline (self, beat));
}

static void
set_timer (GemingaHeartbeat *self, gint64 now)
{
  gint64 next = G_MAXINT64;
  GHashTableIter iter;
  gpointer beat;

  if (self->timer == NULL)
    return;

  g_hash_table_iter_init (&iter, self->beats);
  while (g_hash_table_iter_next (&iter, NULL, &beat))
    next = MIN (next, get_next_look (self, beat, now));
  g_source_set_ready_time (self->timer, next != G_MAXINT64 ? MAX (next, now) : -1);
}

static void
on_pong (gpointer data, guint32 node)
{
  GemingaHeartbeat *self = data;
  Beat *beat = g_hash_table_lookup (self->beats, GUINT_TO_POINTER (node));

  if (beat == NULL)
    return;

  beat->is_started = TRUE;
  settle (self, beat);
  if (self->n_pinged == 0)
    set_timer (self, g_get_monotonic_time ());
}

/* All that are due soon, so that this process does not wake for each of them. */
static void
ping (GemingaHeartbeat *self, guint32 node, Beat *beat, gint64 now, gboolean is_late)
{
  gint64 interval = get_interval (self);

  if (beat->ping_at > now + interval / 4)
    return;

  beat->ping_at = now + interval;
  beat->pinged_at = now;
  /* Since the last look is how long this process may have been stopped. */
  beat->excuse = is_late ? now - self->checked_at : 0;
  self->n_pinged++;
  geminga_node_ping (self->node, node, on_pong, self);
}

/* Tells whether the process is hung and was not reported. */
static gboolean
check (GemingaHeartbeat *self, guint32 node, Beat *beat, gint64 now, gint64 late)
{
  gboolean is_late = late > 2 * NEAR_INTERVAL;

  if (beat->is_reported)
    return FALSE;
  if (beat->pinged_at == 0)
    {
      ping (self, node, beat, now, is_late);
      return FALSE;
    }

  /* After the arbiter itself was stopped, everybody gets the time to answer. */
  if (is_late)
    beat->excuse += late;
  beat->is_reported = now >= get_deadline (self, beat);
  if (beat->is_reported)
    settle (self, beat);

  return beat->is_reported;
}

static gboolean
on_timer (gpointer user_data)
{
  GemingaHeartbeat *self = user_data;
  g_autoptr (GArray) hung = g_array_new (FALSE, FALSE, sizeof (guint32));
  gint64 now = g_get_monotonic_time ();
  gint64 late = now - g_source_get_ready_time (self->timer);
  GHashTableIter iter;
  gpointer node, beat;

  g_hash_table_iter_init (&iter, self->beats);
  while (g_hash_table_iter_next (&iter, &node, &beat))
    {
      guint32 number = GPOINTER_TO_UINT (node);

      if (check (self, number, beat, now, late))
        g_array_append_val (hung, number);
    }
  self->checked_at = now;
  set_timer (self, now);

  for (guint i = 0; i < hung->len; i++)
    self->hung (self->data, g_array_index (hung, guint32, i));

  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { .dispatch = dispatch };

static void
stop_timer (GemingaHeartbeat *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

/* All are looked at anew. */
static void
update_timer (GemingaHeartbeat *self)
{
  g_autoptr (GMainContext) context = NULL;
  GHashTableIter iter;
  gpointer beat;

  stop_timer (self);
  if (self->timeout == 0 || g_hash_table_size (self->beats) == 0)
    return;

  context = g_main_context_ref_thread_default ();
  self->checked_at = g_get_monotonic_time ();
  g_hash_table_iter_init (&iter, self->beats);
  while (g_hash_table_iter_next (&iter, NULL, &beat))
    ((Beat *) beat)->ping_at = self->checked_at + MIN (NEAR_INTERVAL, get_interval (self));

  self->timer = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->timer, "[geminga] heartbeat");
  g_source_set_callback (self->timer, on_timer, self, NULL);
  set_timer (self, self->checked_at);
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
geminga_heartbeat_add (GemingaHeartbeat *self, guint32 node, GemingaPulse *pulse)
{
  Beat *beat = g_new0 (Beat, 1);
  gint64 now = g_get_monotonic_time ();

  /* Its link is not there yet. */
  beat->pulse = pulse;
  beat->ping_at = now + MIN (NEAR_INTERVAL, get_interval (self));
  geminga_heartbeat_remove (self, node);
  g_hash_table_insert (self->beats, GUINT_TO_POINTER (node), beat);
  if (self->timer == NULL)
    update_timer (self);
  else if (self->n_pinged == 0)
    set_timer (self, now);
}

void
geminga_heartbeat_note_life (GemingaHeartbeat *self, guint32 node)
{
  Beat *beat = g_hash_table_lookup (self->beats, GUINT_TO_POINTER (node));

  if (beat != NULL)
    beat->is_started = TRUE;
}

void
geminga_heartbeat_look (GemingaHeartbeat *self, guint32 node)
{
  Beat *beat = g_hash_table_lookup (self->beats, GUINT_TO_POINTER (node));
  gint64 now = g_get_monotonic_time ();

  if (beat == NULL || beat->is_reported || beat->pinged_at != 0 || self->timer == NULL)
    return;

  beat->ping_at = now;
  ping (self, node, beat, now, FALSE);
  set_timer (self, now);
}

void
geminga_heartbeat_remove (GemingaHeartbeat *self, guint32 node)
{
  Beat *beat = g_hash_table_lookup (self->beats, GUINT_TO_POINTER (node));

  if (beat == NULL)
    return;

  settle (self, beat);
  g_hash_table_remove (self->beats, GUINT_TO_POINTER (node));
  if (g_hash_table_size (self->beats) == 0)
    stop_timer (self);
}
