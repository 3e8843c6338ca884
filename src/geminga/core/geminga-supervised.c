/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-supervisor-private.h"

#include "geminga-actor-private.h"
#include "geminga-actor-ref-private.h"
#include "geminga-call-private.h"
#include "geminga-error.h"

/* Helpers */

static GemingaMailbox *
get_mailbox (GemingaSupervised *self)
{
  return geminga_actor_get_mailbox (GEMINGA_ACTOR (self->supervisor));
}

static void
kill_overdue (GemingaSupervised *self)
{
  self->is_overdue = TRUE;
  geminga_actor_ref_kill (self->ref);
}

static void
timer_passed (gpointer user_data)
{
  GemingaSupervised *self = user_data;
  g_autoptr (GemingaSupervisor) supervisor = g_object_ref (self->supervisor);

  self->is_waiting = FALSE;
  if (self->state == GEMINGA_SUPERVISED_STOPPING)
    kill_overdue (self);
  else if (self->state == GEMINGA_SUPERVISED_DOWN && self->is_sequenced)
    geminga_supervision_advance (supervisor);
  else if (self->state == GEMINGA_SUPERVISED_DOWN && self->is_wanted)
    geminga_supervised_start (self);
}

static void
start_deadline_passed (gpointer user_data)
{
  g_autoptr (GemingaSupervisor) supervisor = g_object_ref (user_data);
  GemingaSupervision *supervision = geminga_supervisor_get_supervision (supervisor);
  GemingaLoop *loop = geminga_actor_get_mailbox (GEMINGA_ACTOR (supervisor))->loop;
  gint64 now = geminga_loop_get_time (loop);
  gint64 next = 0;

  for (guint i = 0; i < supervision->children->len; i++)
    {
      GemingaSupervised *child = g_ptr_array_index (supervision->children, i);

      if (child->state != GEMINGA_SUPERVISED_STARTING || child->start_deadline == 0 ||
          child->is_overdue)
        continue;
      if (child->start_deadline <= now)
        kill_overdue (child);
      else if (next == 0 || child->start_deadline < next)
        next = child->start_deadline;
    }

  supervision->start_timer_at = next;
  if (next != 0)
    geminga_loop_arm (loop, &supervision->start_timer, next);
}

/* One timer for all children, left alone when they get ready: starting one is cheap. */
static void
arm_start_timer (GemingaSupervised *self)
{
  GemingaSupervision *supervision = geminga_supervisor_get_supervision (self->supervisor);
  GemingaTimer *timer = &supervision->start_timer;
  GemingaLoop *loop = get_mailbox (self)->loop;

  self->start_deadline = 0;
  if (self->spec->start_timeout == 0)
    return;

  self->start_deadline =
      geminga_loop_get_time (loop) + self->spec->start_timeout * G_TIME_SPAN_MILLISECOND;
  if (supervision->start_timer_at != 0 && supervision->start_timer_at <= self->start_deadline)
    return;

  geminga_loop_disarm (loop, timer);
  supervision->start_timer_at = self->start_deadline;
  timer->func = start_deadline_passed;
  timer->user_data = self->supervisor;
  geminga_loop_arm (loop, timer, self->start_deadline);
}

static void
clear_run (GemingaSupervised *self)
{
  g_clear_pointer (&self->end_watch, geminga_watch_free);
  g_clear_pointer (&self->ready_watch, geminga_watch_free);
  g_clear_object (&self->ref);
}

static void
on_ready (GemingaActor *watcher, GemingaWatch *watch)
{
  GemingaSupervised *self = watch->data;
  gboolean is_ready = watch->error == NULL;

  g_clear_pointer (&self->ready_watch, geminga_watch_free);
  if (!is_ready || self->state != GEMINGA_SUPERVISED_STARTING)
    return;

  self->state = GEMINGA_SUPERVISED_RUNNING;
  self->ready_at = geminga_loop_get_time (get_mailbox (self)->loop);
  geminga_supervision_child_ready (GEMINGA_SUPERVISOR (watcher), self);
}

static GError *
explain_overdue (GemingaSupervised *self)
{
  if (self->state == GEMINGA_SUPERVISED_STARTING)
    return g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_TIMED_OUT,
                        "Actor “%s” did not get ready within %u ms", self->spec->id,
                        self->spec->start_timeout);

  return g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_TIMED_OUT, "Actor “%s” did not end within %d ms",
                      self->spec->id, self->spec->shutdown);
}

static void
on_ended (GemingaActor *watcher, GemingaWatch *watch)
{
  GemingaSupervised *self = watch->data;
  g_autoptr (GError) error = g_steal_pointer (&watch->error);
  GemingaExitReason reason = watch->reason;

  if (self->is_overdue && reason != GEMINGA_EXIT_REASON_NORMAL)
    {
      g_clear_error (&error);
      error = explain_overdue (self);
      reason = GEMINGA_EXIT_REASON_TIMED_OUT;
    }

  geminga_supervised_stop_waiting (self);
  clear_run (self);
  geminga_supervision_child_ended (GEMINGA_SUPERVISOR (watcher), self, reason, error);
}

/* A supervisor counts what it restarts for the one above. */
static void
ask_for_reports (GemingaSupervised *self)
{
  GemingaSupervision *supervision = geminga_supervisor_get_supervision (self->supervisor);
  GemingaActorRef *address;

  if ((supervision->subtree_max_restarts == 0 && supervision->report_to == NULL) ||
      !g_type_is_a (self->spec->type, GEMINGA_TYPE_SUPERVISOR))
    return;

  address = geminga_actor_get_address (GEMINGA_ACTOR (self->supervisor));
  geminga_actor_ref_tell (self->ref, "ReportTo",
                          g_variant_new ("(o)", geminga_actor_ref_get_path (address)), NULL);
}

/* Private API */

GemingaSupervised *
geminga_supervised_new (GemingaSupervisor *supervisor, GemingaChildSpec *spec)
{
  GemingaSupervision *supervision = geminga_supervisor_get_supervision (supervisor);
  GemingaSupervised *self = g_new0 (GemingaSupervised, 1);

  self->supervisor = supervisor;
  self->spec = spec;
  self->is_wanted = TRUE;
  self->is_sequenced = TRUE;
  self->timer.func = timer_passed;
  self->timer.user_data = self;
  geminga_restart_budget_init (&self->budget, spec->max_restarts,
                               (spec->period != 0 ? spec->period : supervision->period) *
                                   G_TIME_SPAN_MILLISECOND);

  return self;
}

void
geminga_supervised_free (GemingaSupervised *self)
{
  g_autoptr (GError) error = NULL;

  geminga_supervised_stop_waiting (self);
  clear_run (self);
  g_set_error (&error, GEMINGA_ERROR, GEMINGA_ERROR_DIED, "The supervisor of “%s” let go of it",
               self->spec->id);
  geminga_supervised_answer (self, error);
  geminga_restart_budget_clear (&self->budget);
  geminga_child_spec_free (self->spec);
  g_free (self);
}

void
geminga_supervised_wait (GemingaSupervised *self, gint64 delay)
{
  GemingaLoop *loop = get_mailbox (self)->loop;

  geminga_supervised_stop_waiting (self);
  self->is_waiting = TRUE;
  geminga_loop_arm (loop, &self->timer, geminga_loop_get_time (loop) + delay);
}

void
geminga_supervised_stop_waiting (GemingaSupervised *self)
{
  if (self->is_waiting)
    geminga_loop_disarm (get_mailbox (self)->loop, &self->timer);
  self->is_waiting = FALSE;
}

void
geminga_supervised_start (GemingaSupervised *self)
{
  GemingaMailbox *mailbox = get_mailbox (self);
  g_autoptr (GError) error = NULL;
  GemingaTarget *target;

  geminga_supervised_stop_waiting (self);
  self->is_overdue = FALSE;
  self->is_unspawnable = FALSE;
  self->ready_at = 0;
  self->started_at = g_get_real_time ();
  self->state = GEMINGA_SUPERVISED_STARTING;
  self->ref =
      geminga_actor_spawn (GEMINGA_ACTOR (self->supervisor), self->spec->type, self->spec->id,
                           self->spec->placement, self->spec->properties, &error);
  if (self->ref == NULL)
    {
      self->is_unspawnable = TRUE;
      geminga_supervision_child_ended (self->supervisor, self, GEMINGA_EXIT_REASON_FAILED, error);
      return;
    }

  target = geminga_actor_ref_get_target (self->ref);
  self->ready_watch = geminga_watch_new (mailbox, target, GEMINGA_MESSAGE_READY, on_ready, self);
  self->end_watch = geminga_watch_new (mailbox, target, GEMINGA_MESSAGE_WATCH, on_ended, self);
  arm_start_timer (self);
  ask_for_reports (self);
}

void
geminga_supervised_stop (GemingaSupervised *self)
{
  self->state = GEMINGA_SUPERVISED_STOPPING;
  if (self->spec->shutdown == 0)
    {
      geminga_actor_ref_kill (self->ref);
      return;
    }

  geminga_actor_ref_stop (self->ref);
  if (self->spec->shutdown > 0)
    geminga_supervised_wait (self, self->spec->shutdown * G_TIME_SPAN_MILLISECOND);
}

const char *
geminga_supervised_get_state_name (GemingaSupervised *self)
{
  static const char *const names[] = { "stopped", "starting", "running", "stopping" };

  if (self->state == GEMINGA_SUPERVISED_DOWN && self->is_wanted)
    return "waiting";

  return names[self->state];
}

void
geminga_supervised_answer (GemingaSupervised *self, const GError *error)
{
  g_autoptr (GemingaCall) call = g_steal_pointer (&self->call);

  self->is_on_trial = FALSE;
  if (call == NULL)
    return;

  if (error != NULL)
    geminga_call_return_error (call, error);
  else if (self->ref != NULL)
    geminga_call_return_value (call,
                               g_variant_new_object_path (geminga_actor_ref_get_path (self->ref)));
  else if (g_str_equal (geminga_call_get_command (call), "RemoveChild"))
    geminga_call_return_value (call, NULL);
  else
    geminga_call_refuse (call, GEMINGA_ERROR_DIED, "Child “%s” ended before it was ready",
                         self->spec->id);
}
