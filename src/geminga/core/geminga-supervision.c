/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-supervisor-private.h"

#include "geminga-actor-private.h"
#include "geminga-error.h"

/*
 * What a supervisor does when children end. A child that fails alone is restarted directly. All else
 * goes through advance(): what must stop stops first, the last child first, then what is to run is
 * started, the first child first, each when the one before is ready or has ended.
 */

/* What cannot even be spawned is not tried again at once, in microseconds. */
#define SPAWN_DELAY (10 * G_TIME_SPAN_MILLISECOND)

/* Helpers */

static GemingaSupervision *
get (GemingaSupervisor *self)
{
  return geminga_supervisor_get_supervision (self);
}

static GemingaLoop *
get_loop (GemingaSupervisor *self)
{
  return geminga_actor_get_mailbox (GEMINGA_ACTOR (self))->loop;
}

static const char *
get_id (GemingaSupervisor *self)
{
  return geminga_actor_get_id (GEMINGA_ACTOR (self));
}

static void
forget (GemingaSupervision *supervision, GemingaSupervised *child)
{
  g_hash_table_remove (supervision->by_id, child->spec->id);
  g_ptr_array_remove (supervision->children, child);
}

static void give_up (GemingaSupervisor *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Whoever supervises the supervisor decides. */
static void
give_up (GemingaSupervisor *self, const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, format);
  error = g_error_new_valist (GEMINGA_ERROR, GEMINGA_ERROR_FAILED, format, args);
  va_end (args);

  g_message ("%s", error->message);
  geminga_actor_fail (GEMINGA_ACTOR (self), error);
}

/* Helpers: order */

/* FALSE: one of them takes its time. */
static gboolean
stop_next (GemingaSupervision *supervision)
{
  for (guint i = supervision->children->len; i > 0; i--)
    {
      GemingaSupervised *child = g_ptr_array_index (supervision->children, i - 1);

      if (!child->must_stop)
        continue;
      if (child->state == GEMINGA_SUPERVISED_DOWN)
        {
          child->must_stop = FALSE;
          continue;
        }
      if (child->state != GEMINGA_SUPERVISED_STOPPING)
        geminga_supervised_stop (child);
      return FALSE;
    }

  return TRUE;
}

/* The first one that is not where it should be. */
static GemingaSupervised *
find_next (GemingaSupervision *supervision)
{
  for (guint i = 0; i < supervision->children->len; i++)
    {
      GemingaSupervised *child = g_ptr_array_index (supervision->children, i);

      if (!child->is_sequenced)
        continue;
      if (child->state == GEMINGA_SUPERVISED_RUNNING ||
          (child->state == GEMINGA_SUPERVISED_DOWN && !child->is_wanted))
        child->is_sequenced = FALSE;
      else
        return child;
    }

  return NULL;
}

static void
start_next (GemingaSupervisor *self)
{
  GemingaSupervision *supervision = get (self);
  GemingaSupervised *next = find_next (supervision);

  if (next != NULL)
    {
      if (next->state == GEMINGA_SUPERVISED_DOWN && !next->is_waiting)
        geminga_supervised_start (next);
      return;
    }

  if (!supervision->was_ready)
    {
      supervision->was_ready = TRUE;
      geminga_actor_become_ready (GEMINGA_ACTOR (self));
    }
}

static void
advance_once (GemingaSupervisor *self)
{
  GemingaSupervision *supervision = get (self);

  if (!stop_next (supervision))
    return;

  if (!supervision->is_ending)
    {
      start_next (self);
      return;
    }

  supervision->has_begun = FALSE;
  geminga_actor_release (GEMINGA_ACTOR (self));
}

/* Helpers: failures */

static GemingaRestart
get_restart (GemingaSupervised *child)
{
  return child->spec->restart;
}

static gboolean
is_to_be_restarted (GemingaSupervised *child, GemingaExitReason reason)
{
  if (get_restart (child) == GEMINGA_RESTART_TRANSIENT)
    return reason != GEMINGA_EXIT_REASON_NORMAL;

  return get_restart (child) == GEMINGA_RESTART_PERMANENT;
}

static void
retire (GemingaSupervisor *self,
        GemingaSupervised *child,
        GemingaExitReason reason,
        const GError *error)
{
  gboolean is_significant =
      child->spec->is_significant && get_restart (child) != GEMINGA_RESTART_PERMANENT;

  if (reason != GEMINGA_EXIT_REASON_NORMAL)
    geminga_supervisor_record (get (self), child, reason, error, -1);
  child->is_wanted = FALSE;
  geminga_supervised_answer (child, error);
  if (get_restart (child) == GEMINGA_RESTART_TEMPORARY)
    forget (get (self), child);

  if (is_significant)
    geminga_actor_stop (GEMINGA_ACTOR (self));
  else
    geminga_supervision_advance (self);
}

static gboolean
take_subtree (GemingaSupervisor *self, gint64 now)
{
  GemingaSupervision *supervision = get (self);

  return supervision->subtree_max_restarts == 0 ||
         geminga_restart_budget_take (&supervision->subtree_budget, now);
}

static void
report_up (GemingaSupervisor *self, const char *id)
{
  GemingaSupervision *supervision = get (self);

  if (supervision->report_to != NULL)
    geminga_actor_ref_tell (supervision->report_to, "CountRestart", g_variant_new ("(s)", id),
                            NULL);
}

static void
give_up_subtree (GemingaSupervisor *self, const char *id)
{
  GemingaSupervision *supervision = get (self);

  give_up (self,
           "Supervisor “%s” gives up: more than %u restarts in its subtree within %g s; the last "
           "was of “%s”",
           get_id (self), supervision->subtree_max_restarts, supervision->period / 1000., id);
}

/* FALSE: it has given up. */
static gboolean
pay_for (GemingaSupervisor *self, GemingaSupervised *child, const char *why, gint64 now)
{
  GemingaSupervision *supervision = get (self);
  const char *id = child->spec->id;

  if (!geminga_restart_budget_take (&child->budget, now))
    {
      give_up (self, "Supervisor “%s” gives up: “%s” failed more than %u times within %g s: %s",
               get_id (self), id, child->budget.limit,
               (double) child->budget.period / G_TIME_SPAN_SECOND, why);
      return FALSE;
    }
  if (!geminga_restart_budget_take (&supervision->budget, now))
    {
      give_up (self,
               "Supervisor “%s” gives up: more than %u restarts within %g s; the last time “%s” "
               "failed: %s",
               get_id (self), supervision->max_restarts, supervision->period / 1000., id, why);
      return FALSE;
    }
  if (!take_subtree (self, now))
    {
      give_up_subtree (self, id);
      return FALSE;
    }

  report_up (self, id);

  return TRUE;
}

static gint64
choose_delay (GemingaSupervisor *self, GemingaSupervised *child, gint64 now)
{
  GemingaSupervision *supervision = get (self);
  gint64 period = supervision->period * G_TIME_SPAN_MILLISECOND;
  gint64 delay = 0;

  if (child->ready_at != 0 && now - child->ready_at >= period)
    child->n_failures = 0;
  if (++child->n_failures > 1 && supervision->first_delay > 0)
    {
      if (supervision->random == NULL)
        supervision->random = geminga_loop_make_random (get_loop (self));
      delay = geminga_restart_back_off (
          child->n_failures, supervision->first_delay * G_TIME_SPAN_MILLISECOND,
          supervision->max_delay * G_TIME_SPAN_MILLISECOND, g_rand_double (supervision->random));
    }

  return child->is_unspawnable ? MAX (delay, SPAWN_DELAY) : delay;
}

/* All children that go with the one that failed stop and start in their turn. */
static void
spread (GemingaSupervision *supervision, GemingaSupervised *failed)
{
  guint first = 0;

  if (supervision->strategy == GEMINGA_STRATEGY_REST_FOR_ONE)
    g_ptr_array_find (supervision->children, failed, &first);

  for (guint i = first; i < supervision->children->len; i++)
    {
      GemingaSupervised *child = g_ptr_array_index (supervision->children, i);

      child->is_sequenced = TRUE;
      child->must_stop = child->state != GEMINGA_SUPERVISED_DOWN;
      if (child->must_stop && get_restart (child) == GEMINGA_RESTART_TEMPORARY)
        child->is_removed = TRUE;
    }
}

static void
restart_failed (GemingaSupervisor *self,
                GemingaSupervised *child,
                GemingaExitReason reason,
                const GError *error)
{
  GemingaSupervision *supervision = get (self);
  gint64 now = geminga_loop_get_time (get_loop (self));
  gint64 delay = choose_delay (self, child, now);

  geminga_supervisor_record (supervision, child, reason, error, delay);
  if (!pay_for (self, child, error != NULL ? error->message : "it ended", now))
    return;

  child->n_restarts++;
  if (delay > 0)
    {
      g_message ("Actor “%s” is restarted in %" G_GINT64_FORMAT " ms: %s", child->spec->id,
                 delay / G_TIME_SPAN_MILLISECOND, error != NULL ? error->message : "it ended");
      geminga_supervised_wait (child, delay);
    }

  if (supervision->strategy != GEMINGA_STRATEGY_ONE_FOR_ONE)
    spread (supervision, child);
  if (supervision->strategy != GEMINGA_STRATEGY_ONE_FOR_ONE || child->is_sequenced)
    geminga_supervision_advance (self);
  else if (delay == 0)
    geminga_supervised_start (child);
}

/* It was to end. */
static void
expected_end (GemingaSupervisor *self, GemingaSupervised *child)
{
  GemingaSupervision *supervision = get (self);

  child->must_stop = FALSE;
  if (child->is_removed)
    {
      geminga_supervised_answer (child, NULL);
      forget (supervision, child);
    }
  else if (!supervision->is_ending && child->is_wanted && !child->is_sequenced)
    {
      geminga_supervised_start (child);
      return;
    }

  geminga_supervision_advance (self);
}

/* Private API */

void
geminga_supervision_begin (GemingaSupervisor *self)
{
  GemingaSupervision *supervision = get (self);
  gint64 period = supervision->period * G_TIME_SPAN_MILLISECOND;

  supervision->has_begun = TRUE;
  geminga_restart_budget_init (&supervision->budget, supervision->max_restarts, period);
  geminga_restart_budget_init (&supervision->subtree_budget, supervision->subtree_max_restarts,
                               period);
  geminga_actor_delay_ready (GEMINGA_ACTOR (self));
  geminga_supervision_advance (self);
}

void
geminga_supervision_end (GemingaSupervisor *self)
{
  GemingaSupervision *supervision = get (self);

  geminga_actor_hold (GEMINGA_ACTOR (self));
  supervision->has_begun = TRUE;
  supervision->is_ending = TRUE;
  for (guint i = 0; i < supervision->children->len; i++)
    {
      GemingaSupervised *child = g_ptr_array_index (supervision->children, i);

      child->must_stop = TRUE;
      if (child->state == GEMINGA_SUPERVISED_DOWN)
        geminga_supervised_stop_waiting (child);
    }
  geminga_supervision_advance (self);
}

void
geminga_supervision_clear (GemingaSupervision *self)
{
  self->has_begun = FALSE;
  g_hash_table_remove_all (self->by_id);
  g_ptr_array_set_size (self->children, 0);
}

/* Starting one may fail at once, which asks for more. */
void
geminga_supervision_advance (GemingaSupervisor *self)
{
  GemingaSupervision *supervision = get (self);

  supervision->must_advance = TRUE;
  if (supervision->is_advancing)
    return;

  g_object_ref (self);
  supervision->is_advancing = TRUE;
  while (supervision->must_advance && supervision->has_begun)
    {
      supervision->must_advance = FALSE;
      advance_once (self);
    }
  supervision->is_advancing = FALSE;
  g_object_unref (self);
}

GemingaSupervised *
geminga_supervision_add (GemingaSupervisor *self, GemingaChildSpec *spec)
{
  GemingaSupervision *supervision = get (self);
  GemingaSupervised *child = geminga_supervised_new (self, spec);

  g_ptr_array_add (supervision->children, child);
  g_hash_table_insert (supervision->by_id, child->spec->id, child);

  return child;
}

void
geminga_supervision_remove (GemingaSupervisor *self, GemingaSupervised *child)
{
  child->is_wanted = FALSE;
  child->is_removed = TRUE;
  if (child->state == GEMINGA_SUPERVISED_DOWN)
    expected_end (self, child);
  else if (child->state != GEMINGA_SUPERVISED_STOPPING)
    geminga_supervised_stop (child);
}

void
geminga_supervision_restart (GemingaSupervisor *self, GemingaSupervised *child)
{
  child->is_wanted = TRUE;
  child->n_failures = 0;
  if (child->state == GEMINGA_SUPERVISED_DOWN)
    {
      geminga_supervised_stop_waiting (child);
      expected_end (self, child);
    }
  else if (child->state != GEMINGA_SUPERVISED_STOPPING)
    {
      geminga_supervised_stop (child);
    }
}

void
geminga_supervision_child_ready (GemingaSupervisor *self, GemingaSupervised *child)
{
  geminga_supervised_answer (child, NULL);
  if (child->is_sequenced)
    geminga_supervision_advance (self);
}

void
geminga_supervision_child_ended (GemingaSupervisor *self,
                                 GemingaSupervised *child,
                                 GemingaExitReason reason,
                                 const GError *error)
{
  gboolean is_expected =
      child->state == GEMINGA_SUPERVISED_STOPPING || child->must_stop || get (self)->is_ending;

  child->state = GEMINGA_SUPERVISED_DOWN;
  if (!is_expected && child->is_on_trial)
    {
      geminga_supervised_answer (child, error);
      child->is_removed = TRUE;
      is_expected = TRUE;
    }

  if (is_expected)
    expected_end (self, child);
  else if (is_to_be_restarted (child, reason))
    restart_failed (self, child, reason, error);
  else
    retire (self, child, reason, error);
}

void
geminga_supervision_count_subtree (GemingaSupervisor *self, const char *id)
{
  if (get (self)->is_ending)
    return;

  if (take_subtree (self, geminga_loop_get_time (get_loop (self))))
    report_up (self, id);
  else
    give_up_subtree (self, id);
}
