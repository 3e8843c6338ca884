/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-deadlocks-private.h"

#include "geminga-caller-private.h"
#include "geminga-error.h"
#include "geminga-survey-private.h"

/* What is not confirmed by so many looks is looked at anew. */
#define MAX_LOOKS 6

/* The halted actors of one loop. */
typedef struct
{
  GemingaLoop *loop; /* (owned) */
  gint64 seen_at;
  GPtrArray *halts; /* (owned) (element-type GemingaHalt): not changed any more */
} Published;

struct _GemingaDeadlocks
{
  atomic_int ref_count;
  atomic_uint interval; /* milliseconds */

  GMutex lock;
  GHashTable *published; /* (owned) (element-type GemingaLoop Published), under lock */

  /* under lock: the look that is to be confirmed */
  GemingaWaitGraph *candidate; /* (owned) (nullable) */
  gint64 complete_at;
  guint n_looks; /* since then */

  atomic_uint n_looks_in_all;
};

/* The asks to fail. */
typedef struct
{
  const char *const *keys;
  const char *chain;
} Resolution;

/* Helpers */

static void
published_free (gpointer data)
{
  Published *self = data;

  g_ptr_array_unref (self->halts);
  geminga_loop_unref (self->loop);
  g_free (self);
}

static Published *
published_copy (const Published *self)
{
  Published *copy = g_new0 (Published, 1);

  copy->loop = geminga_loop_ref (self->loop);
  copy->seen_at = self->seen_at;
  copy->halts = g_ptr_array_ref (self->halts);

  return copy;
}

static GPtrArray *
list_published (GemingaDeadlocks *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (published_free);
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->published);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (list, published_copy (value));
  g_mutex_unlock (&self->lock);

  return list;
}

static void
visit_published (GemingaSurvey *survey,
                 GPtrArray *list,
                 gint64 since,
                 void (*visit) (GemingaSurvey *survey, const GemingaHalt *halt, gboolean is_fresh))
{
  for (guint i = 0; i < list->len; i++)
    {
      Published *published = g_ptr_array_index (list, i);

      geminga_survey_visit_loop (survey, published->loop);
      for (guint j = 0; j < published->halts->len; j++)
        visit (survey, g_ptr_array_index (published->halts, j), published->seen_at > since);
    }
}

/* Everything but the nodes of the halts. */
static GemingaSurvey *
begin_survey (GemingaSystem *system, GPtrArray *published, gint64 since)
{
  GemingaSurvey *survey = geminga_survey_new (geminga_system_get_node (system));
  g_autoptr (GPtrArray) actors = geminga_system_ref_actors (system);

  visit_published (survey, published, since, geminga_survey_visit_halt);
  for (guint i = 0; i < actors->len; i++)
    {
      GemingaTarget *actor = g_ptr_array_index (actors, i);

      if (geminga_target_is_mailbox (actor))
        geminga_survey_visit_mailbox (survey, (GemingaMailbox *) actor);
    }
  geminga_survey_list_made (survey);

  return survey;
}

static void
drop_candidate_locked (GemingaDeadlocks *self)
{
  g_clear_pointer (&self->candidate, geminga_wait_graph_free);
  self->complete_at = 0;
  self->n_looks = 0;
}

/* Takes the graph if it is to be confirmed. */
static GPtrArray *
judge_locked (GemingaDeadlocks *self, GemingaWaitGraph **graph)
{
  GPtrArray *deadlocks = NULL;

  if (!geminga_wait_graph_settle (*graph))
    {
      drop_candidate_locked (self);
      return NULL;
    }
  if (self->candidate == NULL)
    {
      self->candidate = g_steal_pointer (graph);
      self->complete_at = g_get_monotonic_time ();
      return NULL;
    }

  deadlocks = geminga_wait_graph_confirm (*graph, self->candidate);
  if (deadlocks->len > 0 || ++self->n_looks == MAX_LOOKS)
    drop_candidate_locked (self);

  return deadlocks;
}

static void
fail_ask (GemingaAsk *ask, const char *key, gpointer user_data)
{
  Resolution *self = user_data;

  if (g_strv_contains (self->keys, key))
    geminga_caller_fail (
        ask, g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_DEADLOCK, "Deadlock: %s", self->chain));
}

/* In a system that is alone. */
static void
look (GemingaSystem *system)
{
  GemingaDeadlocks *self = geminga_system_get_deadlocks (system);
  GemingaWaitGraph *graph = geminga_wait_graph_new ();
  gint64 since = geminga_deadlocks_get_since (self);
  g_autoptr (GVariant) nodes = geminga_deadlocks_survey (system, since);
  g_autoptr (GPtrArray) deadlocks = NULL;

  geminga_wait_graph_add (graph, nodes);
  deadlocks = geminga_deadlocks_judge (self, graph, since);
  for (guint i = 0; i < deadlocks->len; i++)
    {
      GemingaDeadlock *deadlock = g_ptr_array_index (deadlocks, i);

      geminga_deadlock_log (deadlock);
      g_ptr_array_add (deadlock->asks, NULL);
      geminga_deadlocks_resolve (system, (const char *const *) deadlock->asks->pdata,
                                 deadlock->chain);
    }
}

/* Private API */

GemingaDeadlocks *
geminga_deadlocks_new (void)
{
  GemingaDeadlocks *self = g_new0 (GemingaDeadlocks, 1);

  atomic_init (&self->ref_count, 1);
  atomic_init (&self->interval, GEMINGA_DEFAULT_DEADLOCK_INTERVAL);
  g_mutex_init (&self->lock);
  self->published = g_hash_table_new_full (NULL, NULL, NULL, published_free);

  return self;
}

GemingaDeadlocks *
geminga_deadlocks_ref (GemingaDeadlocks *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

void
geminga_deadlocks_unref (GemingaDeadlocks *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  drop_candidate_locked (self);
  g_hash_table_unref (self->published);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
geminga_deadlocks_close (GemingaDeadlocks *self)
{
  g_autoptr (GHashTable) published = NULL;

  g_mutex_lock (&self->lock);
  published = self->published;
  self->published = g_hash_table_new_full (NULL, NULL, NULL, published_free);
  atomic_store (&self->interval, 0);
  g_mutex_unlock (&self->lock);
}

gint64
geminga_deadlocks_get_interval (GemingaDeadlocks *self)
{
  return (gint64) atomic_load (&self->interval) * G_TIME_SPAN_MILLISECOND;
}

void
geminga_deadlocks_publish (GemingaDeadlocks *self, GemingaLoop *loop, GPtrArray *halts)
{
  Published *published = NULL;
  gpointer before = NULL;

  if (halts != NULL)
    {
      published = g_new0 (Published, 1);
      published->loop = geminga_loop_ref (loop);
      published->seen_at = g_get_monotonic_time ();
      published->halts = halts;
    }

  g_mutex_lock (&self->lock);
  g_hash_table_steal_extended (self->published, loop, NULL, &before);
  if (published != NULL)
    g_hash_table_insert (self->published, loop, published);
  g_mutex_unlock (&self->lock);

  /* It may be the last to hold the loop. */
  g_clear_pointer (&before, published_free);
}

void
geminga_deadlocks_suspect (GemingaSystem *system)
{
  if (!geminga_system_tell_suspicion (system))
    look (system);
}

GVariant *
geminga_deadlocks_survey (GemingaSystem *system, gint64 since)
{
  g_autoptr (GPtrArray) published = list_published (geminga_system_get_deadlocks (system));
  g_autoptr (GemingaSurvey) survey = begin_survey (system, published, since);

  visit_published (survey, published, since, geminga_survey_add_halt);

  return geminga_survey_end (survey);
}

gint64
geminga_deadlocks_get_since (GemingaDeadlocks *self)
{
  gint64 since;

  g_mutex_lock (&self->lock);
  since = self->complete_at;
  g_mutex_unlock (&self->lock);

  return since;
}

guint
geminga_deadlocks_get_n_looks (GemingaDeadlocks *self)
{
  return atomic_load (&self->n_looks_in_all);
}

/* Others may have looked meanwhile: then something in this graph may be older than what is to be confirmed. */
GPtrArray *
geminga_deadlocks_judge (GemingaDeadlocks *self, GemingaWaitGraph *graph, gint64 since)
{
  g_autoptr (GemingaWaitGraph) kept = graph;
  GPtrArray *deadlocks = NULL;

  atomic_fetch_add (&self->n_looks_in_all, 1);
  g_mutex_lock (&self->lock);
  if (self->complete_at == since)
    deadlocks = judge_locked (self, &kept);
  g_mutex_unlock (&self->lock);

  return deadlocks != NULL ? deadlocks : g_ptr_array_new ();
}

void
geminga_deadlock_log (const GemingaDeadlock *deadlock)
{
  g_warning ("Deadlock: %s; the asks fail", deadlock->chain);
}

void
geminga_deadlocks_resolve (GemingaSystem *system, const char *const *asks, const char *chain)
{
  g_autoptr (GPtrArray) published = list_published (geminga_system_get_deadlocks (system));
  g_autoptr (GemingaSurvey) survey = begin_survey (system, published, 0);
  Resolution resolution = { asks, chain };

  geminga_survey_foreach_made (survey, fail_ask, &resolution);
}

/* Public API */

/**
 * geminga_system_set_deadlock_interval:
 * @self: a system
 * @interval: milliseconds, or 0 not to look for deadlocks
 *
 * Chooses how often actors that take no messages, while others wait for them, are looked at.
 *
 * An actor takes no messages if a handler of its runs the main context to wait for something, or after
 * [method@Geminga.Actor.receive_only] with no commands. If what it waits for waits for the actor in its turn,
 * over any number of other actors and processes, those asks fail with %GEMINGA_ERROR_DEADLOCK after one or
 * two intervals. For actors of a service, the setting `deadlock-interval` is the interval.
 *
 * The default is 1000. A change holds for actors that stop taking messages from then on. Any thread.
 *
 * Since: 0.1
 */
void
geminga_system_set_deadlock_interval (GemingaSystem *self, guint interval)
{
  g_return_if_fail (GEMINGA_IS_SYSTEM (self));

  atomic_store (&geminga_system_get_deadlocks (self)->interval, interval);
}

/**
 * geminga_system_get_deadlock_interval:
 * @self: a system
 *
 * Tells how often actors are looked at that take no messages.
 *
 * Returns: milliseconds, or 0 if they are not
 *
 * Since: 0.1
 */
guint
geminga_system_get_deadlock_interval (GemingaSystem *self)
{
  g_return_val_if_fail (GEMINGA_IS_SYSTEM (self), 0);

  return atomic_load (&geminga_system_get_deadlocks (self)->interval);
}
