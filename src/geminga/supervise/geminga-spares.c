/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-spares-private.h"

#include <signal.h>

/* After one was used, what uses it shall have started before the next is, in milliseconds. */
#define DELAY 100

/* After one has ended by itself, which others are likely to do too, in milliseconds. */
#define FIRST_BACK_OFF 1000
#define MAX_BACK_OFF   60000

/* How long the process may take to end, in milliseconds. */
#define END_TIME 2000

struct _GemingaSpares
{
  GemingaNode *node;           /* not owned */
  GemingaProcesses *processes; /* not owned */
  GMainContext *context;       /* (owned) */
  GArray *spares;              /* (owned) (element-type GemingaSpare), oldest first */
  guint n_wanted;
  guint n_stale;   /* of the oldest: to be replaced */
  guint back_off;  /* milliseconds; 0: none ended by itself */
  GSource *refill; /* (owned) (nullable) */
};

/* Helpers */

static void
drop_refill (GemingaSpares *self)
{
  if (self->refill != NULL)
    g_source_destroy (self->refill);
  g_clear_pointer (&self->refill, g_source_unref);
}

static void
dismiss (GemingaSpares *self, guint i)
{
  guint32 node = g_array_index (self->spares, GemingaSpare, i).node;

  g_array_remove_index (self->spares, i);
  if (i < self->n_stale)
    self->n_stale--;
  geminga_node_remove_spare (self->node, node);
  geminga_processes_signal (self->processes, node, SIGTERM);
  geminga_processes_expect_end (self->processes, node, END_TIME);
}

static void
back_off (GemingaSpares *self)
{
  self->back_off = self->back_off == 0 ? FIRST_BACK_OFF : MIN (2 * self->back_off, MAX_BACK_OFF);
}

static void
add (GemingaSpares *self)
{
  g_autoptr (GError) error = NULL;
  GemingaSpare spare = { 0, g_get_real_time () };

  spare.node = geminga_node_add_spare (self->node, &error);
  if (spare.node != 0)
    {
      g_array_append_val (self->spares, spare);
      return;
    }

  g_warning ("%s", error->message);
  back_off (self);
}

static void plan_refill (GemingaSpares *self);

static gboolean
on_refill (gpointer user_data)
{
  GemingaSpares *self = user_data;

  drop_refill (self);
  if (self->n_stale > 0)
    dismiss (self, 0);
  if (self->spares->len < self->n_wanted)
    add (self);
  plan_refill (self);

  return G_SOURCE_REMOVE;
}

static void
plan_refill (GemingaSpares *self)
{
  if (self->refill != NULL || (self->spares->len >= self->n_wanted && self->n_stale == 0))
    return;

  self->refill = g_timeout_source_new (MAX (DELAY, self->back_off));
  g_source_set_static_name (self->refill, "[geminga] spare process");
  g_source_set_callback (self->refill, on_refill, self, NULL);
  g_source_attach (self->refill, self->context);
}

/* FALSE: it is none of these. */
static gboolean
forget (GemingaSpares *self, guint32 node)
{
  for (guint i = 0; i < self->spares->len; i++)
    if (g_array_index (self->spares, GemingaSpare, i).node == node)
      {
        g_array_remove_index (self->spares, i);
        if (i < self->n_stale)
          self->n_stale--;
        return TRUE;
      }

  return FALSE;
}

/* Private API */

GemingaSpares *
geminga_spares_new (GemingaNode *node, GemingaProcesses *processes)
{
  GemingaSpares *self = g_new0 (GemingaSpares, 1);

  self->node = node;
  self->processes = processes;
  self->context = g_main_context_ref_thread_default ();
  self->spares = g_array_new (FALSE, FALSE, sizeof (GemingaSpare));

  return self;
}

void
geminga_spares_free (GemingaSpares *self)
{
  drop_refill (self);
  g_array_unref (self->spares);
  g_main_context_unref (self->context);
  g_free (self);
}

void
geminga_spares_set_n_wanted (GemingaSpares *self, guint n_wanted)
{
  if (self->n_wanted == n_wanted)
    return;

  self->n_wanted = n_wanted;
  self->back_off = 0;
  drop_refill (self);
  while (self->spares->len > n_wanted)
    dismiss (self, 0);
  plan_refill (self);
}

void
geminga_spares_renew (GemingaSpares *self)
{
  self->n_stale = self->spares->len;
  self->back_off = 0;
  drop_refill (self);
  plan_refill (self);
}

void
geminga_spares_dismiss (GemingaSpares *self)
{
  while (self->spares->len > 0)
    dismiss (self, 0);
  geminga_spares_renew (self);
}

void
geminga_spares_note_taken (GemingaSpares *self, guint32 node)
{
  if (!forget (self, node))
    return;

  /* One that was of use has started. */
  self->back_off = 0;
  plan_refill (self);
}

gboolean
geminga_spares_note_end (GemingaSpares *self, guint32 node, const char *why)
{
  if (!forget (self, node))
    return FALSE;

  g_warning ("A spare process %s", why);
  geminga_node_remove_spare (self->node, node);
  back_off (self);
  plan_refill (self);

  return TRUE;
}

GArray *
geminga_spares_list (GemingaSpares *self)
{
  return self->spares;
}
