/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-pool-private.h"

#include "geminga-actor-ref-private.h"
#include "geminga-error.h"

/* How often age and memory are looked at, in milliseconds. */
#define CHECK_INTERVAL 1000

/* Beyond its time for a graceful end, for the end itself. */
#define END_SLACK (500 * G_TIME_SPAN_MILLISECOND)

/* An actor that ends by itself so soon does not work, whatever it says. */
#define SHORT_LIFE G_TIME_SPAN_SECOND

struct _GemingaPool
{
  GemingaSystem *system; /* (owned) */
  GemingaPoolSpec spec;
  const GemingaPoolFuncs *funcs;
  gpointer data;
  GMainContext *context; /* (owned) */

  GemingaPoolLimits limits;
  GemingaRestartPolicy policy;
  GPtrArray *children; /* (owned) (element-type GemingaChild), oldest first */
  guint n_wanted;
  guint last_number;
  gboolean is_stopped;
  gboolean is_ending; /* stopped for good */
  gboolean has_given_up;
  gboolean is_replacing;
  gboolean is_reconciling;
  gint64 not_before; /* monotonic: when the next may be spawned */
  GSource *retry;    /* (owned) (nullable) */
  GSource *check;    /* (owned) (nullable) */
};

static void reconcile (GemingaPool *self);

/* Helpers: sources */

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
set_timeout (GemingaPool *self,
             GSource **source,
             gint64 delay,
             const char *name,
             GSourceFunc func,
             gpointer data)
{
  drop_source (source);
  *source = g_timeout_source_new ((guint) (MAX (delay, 0) / G_TIME_SPAN_MILLISECOND));
  g_source_set_static_name (*source, name);
  g_source_set_callback (*source, func, data, NULL);
  g_source_attach (*source, self->context);
}

/* Helpers: children */

static void
child_clear (gpointer data)
{
  GemingaChild *child = data;

  drop_source (&child->grace);
  g_clear_object (&child->ref);
  g_free (child->id);
  g_free (child->reason);
  g_free (child->detail);
  g_strfreev (child->lines);
  g_clear_error (&child->death);
}

static void
child_unref (gpointer data)
{
  g_rc_box_release_full (data, child_clear);
}

static void
set_reason (GemingaChild *child, const char *why)
{
  if (child->reason == NULL)
    child->reason = g_strdup (why);
}

static void
kill_child (GemingaChild *child, const char *why)
{
  GemingaPool *self = child->pool;

  set_reason (child, why);
  child->is_cut_short = TRUE;
  if (child->node != 0)
    self->funcs->kill (self->data, child, why);
  else
    geminga_actor_ref_kill (child->ref);
}

static gboolean
on_grace_passed (gpointer user_data)
{
  GemingaChild *child = user_data;
  g_autofree char *why =
      g_strdup_printf ("did not stop within %g s",
                       (double) child->pool->limits.graceful_timeout / (double) G_TIME_SPAN_SECOND);

  kill_child (child, why);

  return G_SOURCE_REMOVE;
}

static void
stop_child (GemingaChild *child)
{
  GemingaPool *self = child->pool;

  if (child->state == GEMINGA_CHILD_STOPPING)
    return;

  child->state = GEMINGA_CHILD_STOPPING;
  geminga_actor_ref_stop (child->ref);
  set_timeout (self, &child->grace, self->limits.graceful_timeout + END_SLACK,
               "[geminga] graceful stop", on_grace_passed, child);
}

static gint64
choose_expiry (GemingaPool *self, gint64 now)
{
  double jitter = (double) self->limits.max_age_jitter;

  if (self->limits.max_age == 0)
    return 0;

  return now + self->limits.max_age +
         (jitter > 0 ? (gint64) g_rand_double_range (self->policy.random, 0, jitter) : 0);
}

static gboolean
is_leaving (GemingaChild *child)
{
  return child->state == GEMINGA_CHILD_STOPPING || child->state == GEMINGA_CHILD_DYING;
}

static gboolean
has_old (GemingaPool *self)
{
  for (guint i = 0; i < self->children->len; i++)
    {
      GemingaChild *child = g_ptr_array_index (self->children, i);

      if (child->is_old && !is_leaving (child))
        return TRUE;
    }

  return FALSE;
}

/* The new ones are no good: back to the old ones. */
static void
abort_replacement (GemingaPool *self, const char *why)
{
  self->is_replacing = FALSE;
  for (guint i = 0; i < self->children->len; i++)
    {
      GemingaChild *child = g_ptr_array_index (self->children, i);

      child->is_old = child->is_worn;
    }
  self->funcs->not_replaced (self->data, why);
}

/* @child is NULL if it could not even be spawned. */
static void
plan_restart (GemingaPool *self, GemingaChild *child, GemingaEnd end, const char *why)
{
  gboolean is_new = child == NULL || (!child->is_old && child->ready_at == 0);
  gint64 now = g_get_monotonic_time ();
  g_autofree char *message = NULL;
  gint64 delay;

  if (end == GEMINGA_END_FAILED && is_new && self->is_replacing && has_old (self))
    {
      abort_replacement (self, why);
      return;
    }

  if (geminga_restart_policy_next (&self->policy, end, now, &delay))
    {
      self->not_before = MAX (self->not_before, now + delay);
      return;
    }

  self->has_given_up = TRUE;
  self->is_replacing = FALSE;
  message = g_strdup_printf ("“%s” died %u times within a minute; the last time: %s",
                             self->spec.name, geminga_restart_policy_count (&self->policy), why);
  self->funcs->gave_up (self->data, message);
}

static GemingaEnd
judge_end (GemingaChild *child, const GError *error)
{
  gint64 age = child->ready_at != 0 ? g_get_monotonic_time () - child->ready_at : 0;

  if (child->is_killed && child->ready_at != 0)
    return GEMINGA_END_KILLED;

  return error != NULL || child->is_cut_short || age < SHORT_LIFE ? GEMINGA_END_FAILED
                                                                  : GEMINGA_END_WISHED;
}

/* What the actor says of itself tells more than how its process ended, unless it was killed. */
static const char *
tell_why (GemingaChild *child, const GError *error)
{
  gboolean is_told = error != NULL && !g_error_matches (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);

  if (child->reason != NULL && (child->is_cut_short || !is_told))
    return child->reason;

  return error != NULL ? error->message : "ended by itself";
}

static void
child_ended (GemingaChild *child, const GError *error)
{
  GemingaPool *self = child->pool;
  gboolean is_asked = child->state == GEMINGA_CHILD_STOPPING;
  const char *why = tell_why (child, error);

  drop_source (&child->grace);
  child->is_forgotten = TRUE;
  g_ptr_array_remove (self->children, child);
  self->funcs->ended (self->data, child,
                      is_asked && error == NULL && !child->is_cut_short ? NULL : why);
  if (!is_asked)
    plan_restart (self, child, judge_end (child, error), why);
  reconcile (self);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GemingaChild *child = user_data;
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_wait_ended_finish (GEMINGA_ACTOR_REF (source), result, &error);
  /* Its link may be gone before its process is reaped, which tells why. */
  if (child->node != 0 && !child->is_process_over &&
      g_error_matches (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED))
    child->death = g_steal_pointer (&error);
  else if (child->pool != NULL)
    child_ended (child, error);
  child_unref (child);
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GemingaChild *child = user_data;

  /* If it does not get ready it ends, which is told too. */
  if (geminga_actor_ref_wait_ready_finish (GEMINGA_ACTOR_REF (source), result, NULL) &&
      child->pool != NULL && !child->is_forgotten)
    {
      child->ready_at = g_get_monotonic_time ();
      child->expires_at = choose_expiry (child->pool, child->ready_at);
      if (child->state == GEMINGA_CHILD_STARTING)
        child->state = GEMINGA_CHILD_RUNNING;
      reconcile (child->pool);
    }
  child_unref (child);
}

static GemingaChild *
child_new (GemingaPool *self, const char *id, GemingaActorRef *ref)
{
  GemingaChild *child = g_rc_box_new0 (GemingaChild);

  child->pool = self;
  child->id = g_strdup (id);
  child->ref = ref;
  child->placement = self->spec.placement;
  child->node =
      child->placement == GEMINGA_PLACEMENT_PROCESS ? geminga_actor_ref_get_target (ref)->node : 0;
  child->started_at = g_get_real_time ();
  child->load.busy = -1;

  return child;
}

static char *
next_id (GemingaPool *self)
{
  if (self->spec.is_single)
    return g_strdup (self->spec.name);

  return g_strdup_printf ("%s%u", self->spec.name, ++self->last_number);
}

static void
spawn (GemingaPool *self)
{
  g_autofree char *id = next_id (self);
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_spawn (self->system, self->spec.type, id,
                                               self->spec.placement, self->spec.properties, &error);
  GemingaChild *child;

  if (ref == NULL)
    {
      g_autofree char *why = g_strdup_printf ("could not be started: %s", error->message);

      plan_restart (self, NULL, GEMINGA_END_FAILED, why);
      return;
    }

  child = child_new (self, id, ref);
  g_ptr_array_add (self->children, child);
  self->funcs->spawned (self->data, child);
  geminga_actor_ref_wait_ready_async (ref, NULL, on_ready, g_rc_box_acquire (child));
  geminga_actor_ref_wait_ended_async (ref, NULL, on_ended, g_rc_box_acquire (child));
}

/* Helpers: what is wanted */

typedef struct
{
  guint n_fresh;   /* starting or running */
  guint n_running; /* of these */
  guint n_old;     /* to be replaced, and not stopping */
} Census;

static Census
take_census (GemingaPool *self)
{
  Census census = { 0 };

  for (guint i = 0; i < self->children->len; i++)
    {
      GemingaChild *child = g_ptr_array_index (self->children, i);

      if (is_leaving (child))
        continue;
      if (child->is_old)
        census.n_old++;
      else
        census.n_fresh++;
      if (!child->is_old && child->state == GEMINGA_CHILD_RUNNING)
        census.n_running++;
    }

  return census;
}

static guint
count_wanted (GemingaPool *self)
{
  return self->is_stopped || self->has_given_up ? 0 : self->n_wanted;
}

static void
stop_old_in_state (GemingaPool *self, GemingaChildState state, guint *n_surplus)
{
  for (guint i = 0; i<self->children->len && * n_surplus> 0; i++)
    {
      GemingaChild *child = g_ptr_array_index (self->children, i);

      if (!child->is_old || child->state != state)
        continue;
      stop_child (child);
      --*n_surplus;
    }
}

/* Those that do not serve yet first, as after two replacements one after the other. */
static void
stop_old (GemingaPool *self, guint n_surplus)
{
  stop_old_in_state (self, GEMINGA_CHILD_STARTING, &n_surplus);
  stop_old_in_state (self, GEMINGA_CHILD_RUNNING, &n_surplus);
}

static void
stop_newest (GemingaPool *self, guint n_surplus)
{
  for (guint i = self->children->len; i > 0 && n_surplus > 0; i--)
    {
      GemingaChild *child = g_ptr_array_index (self->children, i - 1);

      if (child->is_old || is_leaving (child))
        continue;
      stop_child (child);
      n_surplus--;
    }
}

static gboolean
on_retry (gpointer user_data)
{
  GemingaPool *self = user_data;

  drop_source (&self->retry);
  reconcile (self);

  return G_SOURCE_REMOVE;
}

/* While old ones are replaced there is one more than wanted, and not twice as many. */
static guint
limit_fresh (const Census *census, guint n_wanted)
{
  return census->n_old > 0 ? MIN (n_wanted, n_wanted + 1 - MIN (census->n_old, n_wanted + 1))
                           : n_wanted;
}

static void
spawn_missing (GemingaPool *self, guint n_wanted)
{
  for (;;)
    {
      Census census = take_census (self);
      gint64 wait = self->not_before - g_get_monotonic_time ();

      if (census.n_fresh >= limit_fresh (&census, n_wanted) || self->has_given_up ||
          (self->spec.is_single && self->children->len > 0))
        return;
      if (wait > 0)
        {
          set_timeout (self, &self->retry, wait + G_TIME_SPAN_MILLISECOND, "[geminga] restart",
                       on_retry, self);
          return;
        }
      spawn (self);
    }
}

static void
reconcile (GemingaPool *self)
{
  guint n_wanted = count_wanted (self);
  Census census = take_census (self);
  guint n_kept;

  /* Spawning may fail at once and come back here. */
  if (self->is_reconciling)
    return;

  self->is_reconciling = TRUE;
  n_kept = self->spec.is_single || census.n_running >= n_wanted ? 0 : n_wanted - census.n_running;
  if (census.n_old > n_kept)
    stop_old (self, census.n_old - n_kept);
  if (census.n_fresh > n_wanted)
    stop_newest (self, census.n_fresh - n_wanted);
  spawn_missing (self, n_wanted);
  self->is_reconciling = FALSE;

  if (self->is_replacing && geminga_pool_is_settled (self))
    self->is_replacing = FALSE;
  self->funcs->changed (self->data);
}

/* Helpers: age and memory */

static gboolean
on_check (gpointer user_data)
{
  GemingaPool *self = user_data;
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GPtrArray) children =
      g_ptr_array_copy (self->children, (GCopyFunc) g_rc_box_acquire, NULL);

  g_ptr_array_set_free_func (children, child_unref);
  for (guint i = 0; i < children->len; i++)
    {
      GemingaChild *child = g_ptr_array_index (children, i);
      guint64 memory = 0;

      if (child->state != GEMINGA_CHILD_RUNNING || child->is_old)
        continue;
      if (self->limits.max_memory > 0)
        memory = self->funcs->get_memory (self->data, child);
      if (child->expires_at != 0 && now >= child->expires_at)
        geminga_pool_replace_child (self, child, "reached its maximum age");
      else if (memory > self->limits.max_memory)
        geminga_pool_replace_child (self, child, "uses more memory than allowed");
    }

  return G_SOURCE_CONTINUE;
}

/* Private API */

GemingaPool *
geminga_pool_new (GemingaSystem *system,
                  GemingaPoolSpec *spec,
                  const GemingaPoolFuncs *funcs,
                  gpointer data)
{
  GemingaPool *self = g_new0 (GemingaPool, 1);

  self->system = g_object_ref (system);
  self->spec = *spec;
  *spec = (GemingaPoolSpec){ 0 };
  self->funcs = funcs;
  self->data = data;
  self->context = g_main_context_ref_thread_default ();
  self->children = g_ptr_array_new_with_free_func (child_unref);
  self->limits.graceful_timeout = 30 * G_TIME_SPAN_SECOND;
  geminga_restart_policy_init (&self->policy, 8, g_random_int ());

  return self;
}

void
geminga_pool_free (GemingaPool *self)
{
  for (guint i = 0; i < self->children->len; i++)
    {
      GemingaChild *child = g_ptr_array_index (self->children, i);

      drop_source (&child->grace);
      child->pool = NULL;
    }
  drop_source (&self->retry);
  drop_source (&self->check);
  g_ptr_array_unref (self->children);
  geminga_restart_policy_clear (&self->policy);
  g_clear_pointer (&self->spec.properties, g_variant_unref);
  g_free (self->spec.name);
  g_main_context_unref (self->context);
  g_object_unref (self->system);
  g_free (self);
}

const GemingaPoolSpec *
geminga_pool_get_spec (GemingaPool *self)
{
  return &self->spec;
}

void
geminga_pool_set_limits (GemingaPool *self, const GemingaPoolLimits *limits)
{
  self->limits = *limits;
  self->policy.limit = limits->max_restarts;
  drop_source (&self->check);
  if (limits->max_age > 0 || limits->max_memory > 0)
    set_timeout (self, &self->check, CHECK_INTERVAL * G_TIME_SPAN_MILLISECOND,
                 "[geminga] age and memory", on_check, self);
}

void
geminga_pool_scale (GemingaPool *self, guint n_wanted)
{
  self->n_wanted = n_wanted;
  reconcile (self);
}

guint
geminga_pool_get_n_wanted (GemingaPool *self)
{
  return self->n_wanted;
}

void
geminga_pool_stop (GemingaPool *self, gboolean is_quick)
{
  g_autoptr (GPtrArray) children =
      g_ptr_array_copy (self->children, (GCopyFunc) g_rc_box_acquire, NULL);

  g_ptr_array_set_free_func (children, child_unref);
  self->is_stopped = TRUE;
  drop_source (&self->retry);
  for (guint i = 0; i < children->len; i++)
    {
      GemingaChild *child = g_ptr_array_index (children, i);

      stop_child (child);
      if (is_quick)
        kill_child (child, "was stopped at once");
    }
  reconcile (self);
}

void
geminga_pool_end (GemingaPool *self, gboolean is_quick)
{
  self->is_ending = TRUE;
  geminga_pool_stop (self, is_quick);
}

void
geminga_pool_start (GemingaPool *self)
{
  if (self->is_ending)
    return;

  self->is_stopped = FALSE;
  self->has_given_up = FALSE;
  self->not_before = 0;
  geminga_restart_policy_reset (&self->policy);
  reconcile (self);
}

void
geminga_pool_replace (GemingaPool *self)
{
  if (self->is_ending)
    return;

  for (guint i = 0; i < self->children->len; i++)
    {
      GemingaChild *child = g_ptr_array_index (self->children, i);

      child->is_old = TRUE;
    }
  self->is_replacing = TRUE;
  geminga_pool_start (self);
}

void
geminga_pool_replace_child (GemingaPool *self, GemingaChild *child, const char *why)
{
  if (child->is_old || is_leaving (child))
    return;

  g_info ("Replacing “%s”: it %s", child->id, why);
  child->is_old = TRUE;
  child->is_worn = TRUE;
  reconcile (self);
}

void
geminga_pool_kill_child (GemingaPool *self, GemingaChild *child, const char *why)
{
  kill_child (child, why);
  geminga_pool_note_process_dying (self, child);
}

void
geminga_pool_note_process_dying (GemingaPool *self, GemingaChild *child)
{
  /* Only if the next would not have to wait, whatever this end will count. */
  if (child->state != GEMINGA_CHILD_RUNNING || child->node == 0 ||
      !geminga_restart_policy_is_calm (&self->policy, g_get_monotonic_time ()))
    return;

  child->state = GEMINGA_CHILD_DYING;
  reconcile (self);
}

void
geminga_pool_note_process_end (GemingaPool *self,
                               GemingaChild *child,
                               const char *why,
                               gboolean is_killed)
{
  g_autoptr (GError) death = g_steal_pointer (&child->death);

  child->is_killed = is_killed && child->reason == NULL;
  child->is_process_over = TRUE;
  set_reason (child, why);
  if (death != NULL)
    {
      g_rc_box_acquire (child);
      child_ended (child, death);
      child_unref (child);
    }
}

gboolean
geminga_pool_is_settled (GemingaPool *self)
{
  guint n_wanted = count_wanted (self);
  Census census = take_census (self);

  return self->children->len == n_wanted && census.n_running == n_wanted;
}

gboolean
geminga_pool_is_empty (GemingaPool *self)
{
  return self->children->len == 0;
}

gboolean
geminga_pool_needs_processes (GemingaPool *self)
{
  return self->spec.placement == GEMINGA_PLACEMENT_PROCESS && count_wanted (self) > 0;
}

gboolean
geminga_pool_has_given_up (GemingaPool *self)
{
  return self->has_given_up;
}

gboolean
geminga_pool_is_replacing (GemingaPool *self)
{
  return self->is_replacing;
}

guint
geminga_pool_get_n_running (GemingaPool *self)
{
  guint n_running = 0;

  for (guint i = 0; i < self->children->len; i++)
    {
      GemingaChild *child = g_ptr_array_index (self->children, i);

      n_running += child->state == GEMINGA_CHILD_RUNNING;
    }

  return n_running;
}

GPtrArray *
geminga_pool_get_children (GemingaPool *self)
{
  return self->children;
}

GemingaChild *
geminga_pool_find_node (GemingaPool *self, guint32 node)
{
  for (guint i = 0; i < self->children->len; i++)
    {
      GemingaChild *child = g_ptr_array_index (self->children, i);

      if (child->node == node)
        return child;
    }

  return NULL;
}

GemingaChild *
geminga_pool_find (GemingaPool *self, const char *id)
{
  for (guint i = 0; i < self->children->len; i++)
    {
      GemingaChild *child = g_ptr_array_index (self->children, i);

      if (g_str_equal (child->id, id))
        return child;
    }

  return NULL;
}

const char *
geminga_child_state_to_string (GemingaChildState state)
{
  switch (state)
    {
    case GEMINGA_CHILD_STARTING:
      return "starting";
    case GEMINGA_CHILD_RUNNING:
      return "running";
    case GEMINGA_CHILD_DYING:
      return "dying";
    case GEMINGA_CHILD_STOPPING:
    default:
      return "stopping";
    }
}
