/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-pool-state-private.h"

#include <glib/gi18n-lib.h>

#include "geminga-actor-ref-handover-private.h"
#include "geminga-actor-state-private.h"
#include "geminga-directory-private.h"
#include "geminga-error.h"

/*
 * A child that saves state is replaced in its place: it saves and pauses, its successor is made from what it
 * has saved, and when that is ready the old one forwards to it what has come meanwhile. If the successor
 * does not get ready the old one goes on.
 *
 * At an upgrade all of them save, and the pool of the new program inherits what they have saved, and refs
 * to those that wait in other processes.
 */

/* How long an actor may take at most to finish what it has begun: those who ask it wait meanwhile. */
#define MAX_PATIENCE (10 * G_TIME_SPAN_SECOND)

/* What a process that forwards gets for its end, beyond its time. */
#define END_SLACK (500 * G_TIME_SPAN_MILLISECOND)

/* Helpers */

static void
predecessor_free (gpointer data)
{
  GemingaPredecessor *self = data;

  if (self->child != NULL)
    geminga_pool_unref_child (self->child);
  if (self->successor != NULL)
    geminga_pool_unref_child (self->successor);
  g_clear_object (&self->ref);
  g_clear_object (&self->saved);
  g_free (self->id);
  g_free (self);
}

static GemingaPredecessor *
find_by_child (GemingaPool *self, GemingaChild *child)
{
  for (guint i = 0; i < self->predecessors->len; i++)
    {
      GemingaPredecessor *predecessor = g_ptr_array_index (self->predecessors, i);

      if (predecessor->child == child)
        return predecessor;
    }

  return NULL;
}

static GemingaPredecessor *
find_by_successor (GemingaPool *self, GemingaChild *child)
{
  for (guint i = 0; i < self->predecessors->len; i++)
    {
      GemingaPredecessor *predecessor = g_ptr_array_index (self->predecessors, i);

      if (predecessor->successor == child)
        return predecessor;
    }

  return NULL;
}

static gboolean
is_saving (GemingaPool *self)
{
  for (guint i = 0; i < self->predecessors->len; i++)
    if (((GemingaPredecessor *) g_ptr_array_index (self->predecessors, i))->saved == NULL)
      return TRUE;

  return FALSE;
}

/* Helpers: saving */

static void
check_saved (GemingaPool *self)
{
  GemingaPoolSavedFunc func = self->saved_func;
  g_autofree char *failure = NULL;

  if (func == NULL || is_saving (self))
    return;

  failure = g_steal_pointer (&self->save_failure);
  self->saved_func = NULL;
  func (self->saved_data, failure);
}

static void
keep (GemingaChild *child)
{
  if (child->state == GEMINGA_CHILD_HANDING_OVER)
    child->state = GEMINGA_CHILD_RUNNING;
  child->is_old = FALSE;
  child->is_worn = FALSE;
  child->is_kept = TRUE;
}

/* It may have saved and not been able to say so. */
static void
note_not_saved (GemingaPool *self, GemingaChild *child, const GError *error)
{
  GemingaPredecessor *predecessor = find_by_child (self, child);

  if (predecessor != NULL)
    g_ptr_array_remove (self->predecessors, predecessor);
  geminga_actor_ref_resume (child->ref);
  keep (child);
  if (self->saved_func == NULL)
    geminga_pool_abort_replacement (self, error->message);
  else if (self->save_failure == NULL)
    self->save_failure = g_strdup (error->message);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GemingaChild *child = user_data;
  GemingaPool *self = child->pool;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) saved =
      geminga_actor_ref_save_state_finish (GEMINGA_ACTOR_REF (source), result, &error);
  GemingaPredecessor *predecessor = self != NULL ? find_by_child (self, child) : NULL;

  if (predecessor != NULL && saved != NULL)
    predecessor->saved = g_steal_pointer (&saved);
  else if (predecessor != NULL)
    note_not_saved (self, child, error);
  if (self != NULL && self->saved_func != NULL)
    check_saved (self);
  else if (self != NULL)
    geminga_pool_reconcile (self);
  geminga_pool_unref_child (child);
}

static void
begin_save (GemingaPool *self, GemingaChild *child)
{
  gint64 patience = MIN (self->limits.graceful_timeout, MAX_PATIENCE);
  GemingaPredecessor *predecessor = g_new0 (GemingaPredecessor, 1);

  child->state = GEMINGA_CHILD_HANDING_OVER;
  predecessor->child = g_rc_box_acquire (child);
  predecessor->ref = g_object_ref (child->ref);
  predecessor->id = g_strdup (child->id);
  g_ptr_array_add (self->predecessors, predecessor);
  geminga_actor_ref_save_state_async (child->ref, (guint) (patience / G_TIME_SPAN_MILLISECOND),
                                      NULL, on_saved, g_rc_box_acquire (child));
}

/* Helpers: the successor */

static gboolean
on_forward_grace (gpointer user_data)
{
  GemingaChild *child = user_data;

  geminga_pool_stop_forwarder (child);

  return G_SOURCE_REMOVE;
}

/* A process ends by itself once nobody sends it anything, but not later than others do. */
static void
let_go (GemingaPool *self, GemingaChild *child)
{
  child->state = GEMINGA_CHILD_STOPPING;
  child->is_forwarding = TRUE;
  if (child->node == 0)
    geminga_pool_stop_forwarder (child);
  else
    geminga_pool_set_grace (child, self->limits.graceful_timeout, on_forward_grace);
}

/* What could not be restored is given up with who has died; what is inherited is not. */
static gboolean
note_refused (GemingaPool *self, GemingaPredecessor *predecessor, const GError *error)
{
  if (predecessor->is_inherited)
    {
      geminga_pool_give_up (self, error->message);
      return TRUE;
    }

  g_warning (_ ("The state of “%s” is lost: %s"), predecessor->id, error->message);
  g_ptr_array_remove (self->predecessors, predecessor);

  return FALSE;
}

/* For the pool's own files */

void
geminga_pool_init_handover (GemingaPool *self)
{
  self->predecessors = g_ptr_array_new_with_free_func (predecessor_free);
  self->is_stateful = g_type_is_a (self->spec.type, GEMINGA_TYPE_ACTOR) &&
                      geminga_actor_class_saves_state (self->spec.type);
}

void
geminga_pool_clear_handover (GemingaPool *self)
{
  g_clear_pointer (&self->predecessors, g_ptr_array_unref);
  g_clear_pointer (&self->save_failure, g_free);
}

gboolean
geminga_pool_find_predecessor (GemingaPool *self, GemingaPredecessor **predecessor)
{
  *predecessor = NULL;
  for (guint i = 0; i < self->predecessors->len; i++)
    {
      GemingaPredecessor *candidate = g_ptr_array_index (self->predecessors, i);

      if (candidate->saved == NULL)
        return FALSE;
      if (candidate->successor != NULL)
        continue;
      *predecessor = candidate;
      return TRUE;
    }

  for (guint i = 0; self->is_stateful && i < self->children->len; i++)
    {
      GemingaChild *child = g_ptr_array_index (self->children, i);

      if (!child->is_old || child->state != GEMINGA_CHILD_RUNNING)
        continue;
      begin_save (self, child);
      return FALSE;
    }

  return TRUE;
}

void
geminga_pool_set_successor (GemingaPredecessor *predecessor, GemingaChild *successor)
{
  predecessor->successor = g_rc_box_acquire (successor);
  if (predecessor->ref != NULL)
    geminga_directory_note_successor (successor->pool->system, predecessor->ref, successor->ref);
}

void
geminga_pool_note_ready (GemingaPool *self, GemingaChild *child)
{
  GemingaPredecessor *predecessor = find_by_successor (self, child);

  if (predecessor == NULL)
    return;

  if (predecessor->ref != NULL)
    {
      self->funcs->succeeded (self->data, predecessor->ref, child);
      geminga_actor_ref_forward_to (predecessor->ref, child->ref);
    }
  if (predecessor->child != NULL)
    let_go (self, predecessor->child);
  g_ptr_array_remove (self->predecessors, predecessor);
}

gboolean
geminga_pool_note_ended (GemingaPool *self, GemingaChild *child, const GError *error)
{
  GemingaPredecessor *own = find_by_child (self, child);
  GemingaPredecessor *predecessor = find_by_successor (self, child);

  if (own != NULL)
    {
      g_clear_object (&own->ref);
      geminga_pool_unref_child (g_steal_pointer (&own->child));
      if (own->saved == NULL)
        g_ptr_array_remove (self->predecessors, own);
      check_saved (self);
    }
  if (predecessor == NULL)
    return FALSE;

  geminga_pool_unref_child (g_steal_pointer (&predecessor->successor));
  if (child->state == GEMINGA_CHILD_STOPPING)
    return FALSE;
  if (predecessor->child == NULL)
    return g_error_matches (error, GEMINGA_ERROR, GEMINGA_ERROR_STATE_REFUSED) &&
           note_refused (self, predecessor, error);

  geminga_pool_abort_replacement (self, error != NULL ? error->message : _ ("ended by itself"));

  return TRUE;
}

void
geminga_pool_take_back (GemingaPool *self)
{
  for (guint i = self->predecessors->len; i > 0; i--)
    {
      GemingaPredecessor *predecessor = g_ptr_array_index (self->predecessors, i - 1);
      GemingaChild *child = predecessor->child;

      if (child == NULL || predecessor->successor != NULL)
        continue;
      geminga_actor_ref_resume (child->ref);
      keep (child);
      g_ptr_array_remove_index (self->predecessors, i - 1);
    }
}

/* Private API */

void
geminga_pool_stop_forwarder (GemingaChild *child)
{
  geminga_actor_ref_stop (child->ref);
  geminga_pool_set_grace (child, END_SLACK, geminga_pool_on_grace_passed);
}

void
geminga_pool_inherit (GemingaPool *self, const char *id, GemingaActorRef *ref, GUnixFDList *saved)
{
  GemingaPredecessor *predecessor = g_new0 (GemingaPredecessor, 1);

  predecessor->id = g_strdup (id);
  predecessor->saved = g_object_ref (saved);
  predecessor->is_inherited = TRUE;
  if (ref != NULL)
    predecessor->ref = g_object_ref (ref);
  g_ptr_array_add (self->predecessors, predecessor);
}

void
geminga_pool_save (GemingaPool *self, GemingaPoolSavedFunc func, gpointer data)
{
  self->saved_func = func;
  self->saved_data = data;
  for (guint i = 0; self->is_stateful && i < self->children->len; i++)
    {
      GemingaChild *child = g_ptr_array_index (self->children, i);

      if (child->state == GEMINGA_CHILD_RUNNING)
        begin_save (self, child);
    }
  check_saved (self);
}

void
geminga_pool_resume (GemingaPool *self)
{
  geminga_pool_take_back (self);
  geminga_pool_reconcile (self);
}

gboolean
geminga_pool_is_stateful (GemingaPool *self)
{
  return self->is_stateful;
}

GPtrArray *
geminga_pool_get_predecessors (GemingaPool *self)
{
  return self->predecessors;
}
