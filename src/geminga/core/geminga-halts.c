/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-halts-private.h"

#include "geminga-actor-private.h"
#include "geminga-actor-ref-private.h"
#include "geminga-call-private.h"
#include "geminga-deadlocks-private.h"

/* Of the asks that wait in a mailbox so many are looked at: who waits behind them is not seen to wait. */
#define MAX_ASKS 1000

/* Halts that nobody waits for are looked at less and less often, down to every so many intervals. */
#define MAX_PATIENCE 8

struct _GemingaHalts
{
  GemingaLoop *loop; /* owns this */
  GemingaTimer timer;
  gboolean is_armed;
  gint64 due; /* if it is armed */
  guint patience;
  GPtrArray *shut;      /* (owned) (element-type GemingaMailbox): they are alive */
  GPtrArray *published; /* (owned) (element-type GemingaDeadlocks): where something is */
};

/* What is found in one system. */
typedef struct
{
  GemingaSystem *system; /* (owned) */
  GPtrArray *halts;      /* (owned) (element-type GemingaHalt) */
} Found;

/* Asks that wait for an actor. */
typedef struct
{
  GemingaHalt *halt;
  const char *id;
  guint32 node;
} Waiting;

/* Helpers: one halt */

static char *
make_label (const char *id, const char *command)
{
  return command != NULL ? g_strdup_printf ("%s.%s", id, command) : g_strdup (id);
}

static void
add_waiting (GemingaAsk *ask, const char *command, guint64 step, gpointer user_data)
{
  Waiting *self = user_data;
  char *key = geminga_ask_dup_key (ask, self->node);

  if (key == NULL)
    return;

  g_ptr_array_add (self->halt->asks, key);
  g_ptr_array_add (self->halt->commands, make_label (self->id, command));
}

/* Where a message has been taken, it is another halt. */
static GemingaHalt *
halt_new (GemingaMailbox *mailbox, const char *command, guint64 step, guint64 above)
{
  GemingaHalt *self = g_new0 (GemingaHalt, 1);
  GemingaTarget *target = &mailbox->target;
  Waiting waiting = { self, geminga_target_get_id (target), target->node };

  self->mailbox = mailbox;
  self->path = geminga_target_dup_path (target);
  self->key = g_strdup_printf ("halt:%s:%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, self->path, step,
                               geminga_mailbox_get_n_taken (mailbox));
  self->label = make_label (waiting.id, command);
  self->step = step;
  self->above = above;
  self->asks = g_ptr_array_new_with_free_func (g_free);
  self->commands = g_ptr_array_new_with_free_func (g_free);
  geminga_mailbox_peek_waiting (mailbox, MAX_ASKS, add_waiting, &waiting);

  return self;
}

/* Helpers: all of them */

static void
found_free (gpointer data)
{
  Found *self = data;

  g_clear_pointer (&self->halts, g_ptr_array_unref);
  g_object_unref (self->system);
  g_free (self);
}

static Found *
get_found (GPtrArray *all, GemingaSystem *system)
{
  Found *found;

  for (guint i = 0; i < all->len; i++)
    {
      found = g_ptr_array_index (all, i);
      if (found->system == system)
        return found;
    }

  found = g_new0 (Found, 1);
  found->system = g_object_ref (system);
  found->halts = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_halt_free);
  g_ptr_array_add (all, found);

  return found;
}

static void
add_halt (GPtrArray *all, GemingaMailbox *mailbox, const char *command, guint64 step, guint64 above)
{
  GemingaSystem *system = geminga_mailbox_get_system (mailbox);

  if (system != NULL && mailbox->state != GEMINGA_MAILBOX_ENDED &&
      geminga_deadlocks_get_interval (geminga_system_get_deadlocks (system)) > 0)
    g_ptr_array_add (get_found (all, system)->halts, halt_new (mailbox, command, step, above));
}

/* The code of each waits until what is above it has returned. */
static void
add_frames (GPtrArray *all, GemingaThread *thread)
{
  guint64 above = 0;

  for (GemingaFrame *frame = thread->frames; frame != NULL; frame = frame->below)
    {
      GemingaCall *call = frame->call;
      guint64 step = call != NULL ? geminga_call_get_step (call, thread) : frame->step;

      add_halt (all, geminga_actor_get_mailbox (frame->actor),
                call != NULL ? geminga_call_get_command (call) : NULL, step, above);
      above = step;
    }
}

static void
add_shut (GPtrArray *all, GPtrArray *shut)
{
  for (guint i = shut->len; i > 0; i--)
    {
      GemingaMailbox *mailbox = g_ptr_array_index (shut, i - 1);

      if (geminga_mailbox_is_shut (mailbox))
        add_halt (all, mailbox, NULL, 0, 0);
      else
        g_ptr_array_remove_index_fast (shut, i - 1);
    }
}

static gboolean
are_waited_for (GPtrArray *halts)
{
  for (guint i = 0; i < halts->len; i++)
    if (((GemingaHalt *) g_ptr_array_index (halts, i))->asks->len > 0)
      return TRUE;

  return FALSE;
}

static gboolean
is_among (GPtrArray *all, GemingaDeadlocks *deadlocks)
{
  for (guint i = 0; i < all->len; i++)
    if (geminga_system_get_deadlocks (((Found *) g_ptr_array_index (all, i))->system) == deadlocks)
      return TRUE;

  return FALSE;
}

static void
withdraw (GemingaHalts *self, GPtrArray *all)
{
  for (guint i = self->published->len; i > 0; i--)
    {
      GemingaDeadlocks *deadlocks = g_ptr_array_index (self->published, i - 1);

      if (is_among (all, deadlocks))
        continue;
      geminga_deadlocks_publish (deadlocks, self->loop, NULL);
      g_ptr_array_remove_index_fast (self->published, i - 1);
    }
}

static void
publish (GemingaHalts *self, Found *found)
{
  GemingaDeadlocks *deadlocks = geminga_system_get_deadlocks (found->system);

  if (!g_ptr_array_find (self->published, deadlocks, NULL))
    g_ptr_array_add (self->published, geminga_deadlocks_ref (deadlocks));
  geminga_deadlocks_publish (deadlocks, self->loop, g_steal_pointer (&found->halts));
}

/* Not later than it is already. */
static void
arm (GemingaHalts *self, gint64 delay)
{
  gint64 due = geminga_loop_get_time (self->loop) + delay;

  if (delay == 0 || (self->is_armed && self->due <= due) || geminga_loop_has_scheduler (self->loop))
    return;

  geminga_loop_disarm (self->loop, &self->timer);
  self->is_armed = TRUE;
  self->due = due;
  geminga_loop_arm (self->loop, &self->timer, due);
}

/* What is suspicious is looked at again soon. */
static void
look (gpointer user_data)
{
  GemingaHalts *self = user_data;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (found_free);
  gint64 interval = 0;
  gboolean is_suspicious = FALSE;

  self->is_armed = FALSE;
  add_frames (all, geminga_thread_get ());
  add_shut (all, self->shut);
  withdraw (self, all);
  for (guint i = 0; i < all->len; i++)
    {
      Found *found = g_ptr_array_index (all, i);
      GemingaDeadlocks *deadlocks = geminga_system_get_deadlocks (found->system);
      gboolean are_waited = are_waited_for (found->halts);

      interval = MAX (interval, geminga_deadlocks_get_interval (deadlocks));
      publish (self, found);
      if (are_waited)
        geminga_deadlocks_suspect (found->system);
      is_suspicious = is_suspicious || are_waited;
    }

  self->patience = is_suspicious ? 1 : MIN (2 * self->patience, MAX_PATIENCE);
  arm (self, is_suspicious ? interval / 2 : interval * self->patience);
}

/* The loop ends, and so do its actors. */
static void
loop_ends (gpointer user_data)
{
  GemingaHalts *self = user_data;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  self->is_armed = FALSE;
  geminga_loop_disarm (self->loop, &self->timer);
  withdraw (self, none);
}

/* Private API */

void
geminga_halt_free (GemingaHalt *self)
{
  g_free (self->key);
  g_free (self->label);
  g_free (self->path);
  g_ptr_array_unref (self->asks);
  g_ptr_array_unref (self->commands);
  g_free (self);
}

GemingaHalts *
geminga_halts_new (GemingaLoop *loop)
{
  GemingaHalts *self = g_new0 (GemingaHalts, 1);

  self->loop = loop;
  self->patience = 1;
  self->timer.func = look;
  self->timer.give_up = loop_ends;
  self->timer.user_data = self;
  self->shut = g_ptr_array_new ();
  self->published = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_deadlocks_unref);

  return self;
}

void
geminga_halts_free (GemingaHalts *self)
{
  g_ptr_array_unref (self->shut);
  g_ptr_array_unref (self->published);
  g_free (self);
}

void
geminga_halts_expect (GemingaHalts *self, GemingaMailbox *mailbox)
{
  GemingaSystem *system = geminga_mailbox_get_system (mailbox);

  if (system == NULL)
    return;

  arm (self, geminga_deadlocks_get_interval (geminga_system_get_deadlocks (system)));
}

void
geminga_halts_add_shut (GemingaHalts *self, GemingaMailbox *mailbox)
{
  if (!g_ptr_array_find (self->shut, mailbox, NULL))
    g_ptr_array_add (self->shut, mailbox);
  geminga_halts_expect (self, mailbox);
}

void
geminga_halts_remove_shut (GemingaHalts *self, GemingaMailbox *mailbox)
{
  g_ptr_array_remove_fast (self->shut, mailbox);
}
