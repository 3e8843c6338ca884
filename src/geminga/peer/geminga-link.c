/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-link-state-private.h"

#include <unistd.h>

#include "geminga-actor-ref-private.h"
#include "geminga-dead-letters-private.h"
#include "geminga-error.h"

/*
 * Calls are refused while more than this waits for a process that does not read. Replies and what
 * overtakes are not; if they alone double it the process is given up.
 */
#define MAX_BACKLOG ((gsize) 256 * 1024 * 1024)
/* Memory of one waiting message besides its arguments. */
#define OUTGOING_COST 512

/* Helpers */

static gboolean
is_above (GemingaLink *self, gsize limit)
{
  return atomic_load_explicit (&self->backlog, memory_order_relaxed) +
             atomic_load_explicit (&self->unsent, memory_order_relaxed) >
         limit;
}

static gsize
compute_cost (const GemingaOutgoing *outgoing)
{
  GVariant *payload = outgoing->message != NULL ? outgoing->message->arguments : outgoing->body;

  return OUTGOING_COST + (payload != NULL ? g_variant_get_size (payload) : 0);
}

static void
refuse_waiting (GemingaLink *self, gboolean is_late)
{
  GemingaQueueNode *node;

  while ((node = geminga_queue_pop (&self->urgent)) != NULL ||
         (node = geminga_queue_pop (&self->messages)) != NULL)
    geminga_link_refuse (self, (GemingaOutgoing *) node, is_late);
}

static void
attach_socket (GemingaLink *self)
{
  if (self->socket != NULL || self->fd < 0)
    return;

  self->socket =
      geminga_link_socket_new (self->fd, self->context, &geminga_link_socket_funcs, self);
  self->fd = -1;
  atomic_store_explicit (&self->thread, geminga_thread_get (), memory_order_relaxed);
}

static void
link_run (GemingaLoopItem *item)
{
  GemingaLink *self = (GemingaLink *) ((char *) item - G_STRUCT_OFFSET (GemingaLink, item));
  gboolean has_more = FALSE;

  if (atomic_load (&self->is_closed))
    {
      refuse_waiting (self, TRUE);
    }
  else
    {
      attach_socket (self);
      has_more = geminga_link_send_waiting (self);
      if (is_above (self, 2 * MAX_BACKLOG))
        geminga_link_fail (self, "it does not read what it is sent");
    }

  if (!has_more)
    {
      atomic_store (&self->is_scheduled, FALSE);
      if (!geminga_link_may_send (self) || atomic_exchange (&self->is_scheduled, TRUE))
        {
          if (!atomic_load (&self->is_closed) && geminga_link_is_drained (self))
            self->funcs->drained (self->data, self);
          geminga_link_unref (self);
          return;
        }
    }

  geminga_loop_post (self->loop, &self->item);
}

static void
finalize (GemingaLink *self)
{
  refuse_waiting (self, TRUE);
  if (self->socket != NULL)
    geminga_link_socket_destroy (self->socket);
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->pending, g_hash_table_unref);
  g_clear_pointer (&self->serials, g_hash_table_unref);
  g_clear_pointer (&self->handled, g_hash_table_unref);
  g_clear_pointer (&self->late, g_ptr_array_unref);
  g_clear_pointer (&self->named_sender, geminga_target_unref);
  g_clear_pointer (&self->known_sender, geminga_target_unref);
  g_clear_pointer (&self->known_target, geminga_target_unref);
  g_clear_object (&self->system);
  g_free (atomic_load (&self->main_id));
  g_free (self->sender_name);
  g_free (self->known_name);
  g_free (self->known_path);
  g_free (self->close_why);
  g_free (self->finish_why);
  g_clear_pointer (&self->loop, geminga_loop_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self);
}

/* For the link's own files */

void
geminga_outgoing_clear (GemingaOutgoing *self)
{
  g_clear_pointer (&self->target, geminga_target_unref);
  g_clear_pointer (&self->message, geminga_message_free);
  g_clear_pointer (&self->body, g_variant_unref);
  g_clear_pointer (&self->ask, geminga_ask_unref);
  g_clear_object (&self->fds);
  g_clear_error (&self->error);
  g_clear_pointer (&self->own_path, g_free);
}

void
geminga_outgoing_free (GemingaOutgoing *self)
{
  geminga_outgoing_clear (self);
  g_free (self);
}

void
geminga_link_schedule (GemingaLink *self)
{
  if (atomic_load (&self->is_scheduled) || atomic_exchange (&self->is_scheduled, TRUE))
    return;

  geminga_link_ref (self);
  geminga_loop_post (self->loop, &self->item);
}

void
geminga_link_enqueue (GemingaLink *self, GemingaOutgoing *outgoing)
{
  GemingaOutgoing *waiting;

  if (geminga_link_send_now (self, outgoing))
    {
      geminga_outgoing_clear (outgoing);
      return;
    }

  waiting = g_memdup2 (outgoing, sizeof *outgoing);
  if (atomic_load (&self->is_closed) && !geminga_link_is_late_watch (self, waiting))
    {
      geminga_link_refuse (self, waiting, TRUE);
      return;
    }

  waiting->cost = compute_cost (waiting);
  atomic_fetch_add_explicit (&self->backlog, waiting->cost, memory_order_relaxed);
  geminga_queue_push (waiting->is_urgent ? &self->urgent : &self->messages, &waiting->node);
  geminga_link_schedule (self);
}

/* The other process is gone, or has broken the rules. */
void
geminga_link_fail (GemingaLink *self, const char *violation)
{
  if (atomic_load (&self->is_closed))
    return;

  if (violation != NULL)
    g_warning ("The link to process %u is closed: %s", self->node, violation);
  geminga_link_ref (self);
  geminga_link_close (self, GEMINGA_ERROR_DIED,
                      violation != NULL ? "its process broke the rules of the link"
                                        : self->finish_why);
  self->funcs->closed (self->data, self);
  geminga_link_unref (self);
}

/* Private API */

GemingaLink *
geminga_link_new (GemingaSystem *system,
                  GMainContext *context,
                  guint32 node,
                  int fd,
                  const GemingaLinkFuncs *funcs,
                  gpointer data)
{
  GemingaLink *self = g_new0 (GemingaLink, 1);

  atomic_init (&self->ref_count, 1);
  self->node = node;
  self->system = g_object_ref (system);
  self->context = g_main_context_ref (context);
  self->loop = geminga_loop_ref_for_context (context);
  self->funcs = funcs;
  self->data = data;
  self->item.run = link_run;
  self->fd = fd;
  geminga_queue_init (&self->urgent);
  geminga_queue_init (&self->messages);
  geminga_link_init_pending (self);
  if (fd >= 0)
    geminga_link_schedule (self);

  return self;
}

GemingaLink *
geminga_link_ref (GemingaLink *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

void
geminga_link_unref (GemingaLink *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) == 1)
    finalize (self);
}

guint32
geminga_link_get_node (GemingaLink *self)
{
  return self->node;
}

void
geminga_link_set_main (GemingaLink *self, const char *id)
{
  char *expected = NULL;
  char *main_id = g_strdup (id);

  if (!atomic_compare_exchange_strong (&self->main_id, &expected, main_id))
    g_free (main_id);
}

gboolean
geminga_link_is_main (GemingaLink *self, const char *id)
{
  return g_strcmp0 (atomic_load (&self->main_id), id) == 0;
}

void
geminga_link_attach (GemingaLink *self, int fd)
{
  if (atomic_load (&self->is_closed) || self->socket != NULL || self->fd >= 0)
    {
      close (fd);
      return;
    }

  self->fd = fd;
  geminga_link_schedule (self);
}

void
geminga_link_close (GemingaLink *self, int code, const char *why)
{
  GemingaLinkSocket *socket = g_steal_pointer (&self->socket);

  if (atomic_load (&self->is_closed))
    return;

  geminga_link_ref (self);
  self->close_code = code;
  self->close_why = g_strdup (why);
  if (self->is_patient && code == GEMINGA_ERROR_DIED && why == NULL)
    atomic_store (&self->is_unsettled, TRUE);
  atomic_store (&self->is_closed, TRUE);

  if (socket != NULL)
    geminga_link_socket_destroy (socket);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  g_clear_object (&self->system);
  /* They hold a link, which may be this one. */
  g_clear_pointer (&self->named_sender, geminga_target_unref);
  g_clear_pointer (&self->known_sender, geminga_target_unref);
  g_clear_pointer (&self->known_target, geminga_target_unref);

  geminga_link_fail_pending (self);
  geminga_link_cancel_handled (self);
  refuse_waiting (self, FALSE);
  geminga_link_unref (self);
}

void
geminga_link_finish (GemingaLink *self, const char *why)
{
  g_autoptr (GemingaLink) kept = geminga_link_ref (self);

  g_free (self->finish_why);
  self->finish_why = g_strdup (why);
  if (self->socket == NULL && !atomic_load (&self->is_closed))
    attach_socket (self);
  if (self->socket != NULL)
    geminga_link_socket_receive_rest (self->socket);
  geminga_link_fail (self, NULL);
}

gboolean
geminga_link_is_closed (GemingaLink *self)
{
  return atomic_load (&self->is_closed);
}

void
geminga_link_post (GemingaLink *self,
                   GemingaTarget *target,
                   const char *path,
                   GemingaMessage *message)
{
  gboolean is_call = message->kind == GEMINGA_MESSAGE_CALL || message->kind == GEMINGA_MESSAGE_TELL;
  GemingaOutgoing outgoing = { .kind = GEMINGA_OUTGOING_MESSAGE, .is_urgent = !is_call };

  if (is_call && is_above (self, MAX_BACKLOG))
    {
      geminga_dead_letters_note (target, message, GEMINGA_DEAD_LETTER_REASON_FULL);
      geminga_message_refuse (message, GEMINGA_ERROR_MAILBOX_FULL,
                              "Process %u of actor “%s” does not read: %u MiB wait for it",
                              self->node, target->id, (guint) (MAX_BACKLOG >> 20));
      return;
    }

  outgoing.target = geminga_target_ref (target);
  outgoing.path = path;
  outgoing.message = message;
  geminga_link_enqueue (self, &outgoing);
}

void
geminga_link_call (GemingaLink *self,
                   const char *member,
                   GVariant *body,
                   GUnixFDList *fds,
                   GemingaAsk *ask)
{
  GemingaOutgoing outgoing = { .kind = GEMINGA_OUTGOING_CALL, .is_urgent = TRUE };

  outgoing.path = GEMINGA_LINK_PATH;
  outgoing.member = member;
  outgoing.body = g_variant_ref_sink (body != NULL ? body : g_variant_new_tuple (NULL, 0));
  if (fds != NULL)
    outgoing.fds = g_object_ref (fds);
  if (ask != NULL)
    outgoing.ask = geminga_ask_ref (ask);
  geminga_link_enqueue (self, &outgoing);
}

void
geminga_link_signal (GemingaLink *self, GemingaTarget *actor, const char *member, GVariant *body)
{
  GemingaOutgoing outgoing = { .kind = GEMINGA_OUTGOING_SIGNAL, .is_urgent = TRUE };

  outgoing.own_path = geminga_target_dup_path (actor);
  outgoing.path = outgoing.own_path;
  outgoing.member = member;
  outgoing.body = g_variant_ref_sink (body);
  geminga_link_enqueue (self, &outgoing);
}

gboolean
geminga_link_is_drained (GemingaLink *self)
{
  if (atomic_load (&self->is_closed))
    return TRUE;

  return geminga_queue_is_empty (&self->urgent) && geminga_queue_is_empty (&self->messages) &&
         (self->socket == NULL || geminga_link_socket_get_unsent (self->socket) == 0);
}

int
geminga_link_get_fd (GemingaLink *self)
{
  return self->socket != NULL ? geminga_link_socket_get_fd (self->socket) : self->fd;
}
