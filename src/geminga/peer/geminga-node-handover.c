/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-node-state-private.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "geminga-actor-ref-private.h"
#include "geminga-error.h"
#include "geminga-mailbox-private.h"
#include "geminga-remote-private.h"

/*
 * Processes whose actor makes way for that of another one. The root may be another program by then: the old
 * process gets a second line to its root beforehand, which the new program takes up, while the one that it
 * has had only keeps it alive.
 */

/* So long nobody may need it before it ends: somebody may be on the way, in microseconds. */
#define QUIET_TIME (500 * G_TIME_SPAN_MILLISECOND)

/* An actor of this process has handed over. */
typedef struct
{
  GemingaLoopItem item;
  GemingaNode *node; /* (owned) */
} Notice;

/* Helpers */

static void
run_notice (GemingaLoopItem *item)
{
  Notice *self = (Notice *) ((char *) item - G_STRUCT_OFFSET (Notice, item));

  self->node->is_forwarding = TRUE;
  geminga_node_check_forwarding (self->node);
  geminga_node_unref (self->node);
  g_free (self);
}

static GemingaTarget *
ref_main_actor (GemingaNode *self)
{
  g_autofree char *id = NULL;

  g_mutex_lock (&self->lock);
  id = g_strdup (self->main_id);
  g_mutex_unlock (&self->lock);

  return id != NULL ? geminga_system_lookup (self->system, id) : NULL;
}

/* Somebody else may still send something to this process. */
static gboolean
has_callers (GemingaNode *self, GemingaTarget *successor)
{
  g_autoptr (GPtrArray) links = geminga_node_list_links (self);

  for (guint i = 0; i < links->len; i++)
    {
      GemingaLink *link = g_ptr_array_index (links, i);
      guint32 number = geminga_link_get_node (link);

      if (number != 0 && number != successor->node && !geminga_link_is_closed (link))
        return TRUE;
    }

  return FALSE;
}

/* Nobody needs what the process forwards. */
static GemingaTarget *
ref_idle_forwarder (GemingaNode *self)
{
  g_autoptr (GemingaTarget) actor = ref_main_actor (self);
  GemingaTarget *successor;

  if (actor == NULL || !geminga_target_is_mailbox (actor))
    return NULL;

  successor = geminga_mailbox_peek_successor ((GemingaMailbox *) actor);
  if (successor == NULL || has_callers (self, successor) ||
      geminga_mailbox_awaits_forwarded ((GemingaMailbox *) actor))
    return NULL;

  return g_steal_pointer (&actor);
}

static void
quiet_time_passed (gpointer user_data)
{
  GemingaNode *self = user_data;
  g_autoptr (GemingaTarget) actor = ref_idle_forwarder (self);

  if (actor != NULL && !self->is_ending && !self->is_orphaned)
    geminga_target_post (actor, geminga_message_new (GEMINGA_MESSAGE_STOP, NULL));
  geminga_node_unref (self);
}

static gboolean
set_errno (GError **error, guint32 number)
{
  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED, "Process %u gets no new line: %s",
               number, g_strerror (errno));

  return FALSE;
}

/* For the node's own files */

void
geminga_node_actor_handed_over (gpointer data, GemingaTarget *actor)
{
  GemingaNode *self = data;
  Notice *notice;

  if (self->is_root)
    return;

  notice = g_new0 (Notice, 1);
  notice->item.run = run_notice;
  notice->node = geminga_node_ref (self);
  geminga_loop_post (self->loop, &notice->item);
}

/* Once nobody needs it, what forwards ends by itself. */
void
geminga_node_check_forwarding (GemingaNode *self)
{
  g_autoptr (GemingaTarget) actor = NULL;

  if (G_LIKELY (!self->is_forwarding) || self->is_ending || self->is_orphaned)
    return;

  if (geminga_loop_disarm (self->loop, &self->quiet_timer))
    geminga_node_unref (self);
  actor = ref_idle_forwarder (self);
  if (actor == NULL)
    return;

  self->quiet_timer.func = quiet_time_passed;
  self->quiet_timer.user_data = geminga_node_ref (self);
  geminga_loop_arm (self->loop, &self->quiet_timer, g_get_monotonic_time () + QUIET_TIME);
}

void
geminga_node_handle_restore (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  if (call->fds != NULL)
    g_set_object (&self->saved, call->fds);
  if (call->ask != NULL)
    geminga_ask_answer (call->ask, g_variant_ref (geminga_get_unit ()), NULL, NULL);
}

/* Private API */

gboolean
geminga_node_open_line (GemingaNode *self, guint32 number, int *fd, GError **error)
{
  g_autoptr (GemingaLink) link = geminga_node_lookup_link (self, number);
  g_autoptr (GUnixFDList) fds = NULL;
  int ends[2];

  if (link == NULL)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED, "Process %u has ended", number);
      return FALSE;
    }
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return set_errno (error, number);

  fds = g_unix_fd_list_new_from_array (&ends[0], 1);
  geminga_link_call (link, "Accept", g_variant_new ("(uh)", 0, 0), fds, NULL);
  *fd = ends[1];

  return TRUE;
}

GemingaActorRef *
geminga_node_adopt (GemingaNode *self, guint32 number, int fd, GType type, const char *id)
{
  g_autoptr (GemingaLink) link = geminga_node_add_link (self, number, fd, TRUE);
  g_autoptr (GemingaTarget) target = NULL;
  GemingaRemote *remote;

  if (link == NULL)
    return NULL;

  if (self->adopted == NULL)
    self->adopted = g_hash_table_new (NULL, NULL);
  g_hash_table_add (self->adopted, GUINT_TO_POINTER (number));
  remote = geminga_remote_new (self, number, id, link, FALSE);
  target = geminga_remote_get_target (remote);
  target->type = type;

  return geminga_actor_ref_new (target);
}

void
geminga_node_join (GemingaNode *self, guint32 one, guint32 other)
{
  g_autoptr (GemingaLink) first = geminga_node_lookup_link (self, one);
  g_autoptr (GemingaLink) second = geminga_node_lookup_link (self, other);
  g_autoptr (GUnixFDList) fds_one = NULL;
  g_autoptr (GUnixFDList) fds_other = NULL;
  int ends[2];

  if (first == NULL || second == NULL)
    return;
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    {
      g_warning ("Processes %u and %u are not connected: %s", one, other, g_strerror (errno));
      return;
    }

  fds_one = g_unix_fd_list_new_from_array (&ends[0], 1);
  fds_other = g_unix_fd_list_new_from_array (&ends[1], 1);
  geminga_link_call (second, "Accept", g_variant_new ("(uh)", one, 0), fds_other, NULL);
  geminga_link_call (first, "Accept", g_variant_new ("(uh)", other, 0), fds_one, NULL);
}

void
geminga_node_get_next_numbers (GemingaNode *self, guint32 *next, guint32 *next_block)
{
  g_mutex_lock (&self->lock);
  *next = self->numbers.next;
  *next_block = self->next_block;
  g_mutex_unlock (&self->lock);
}

void
geminga_node_skip_numbers (GemingaNode *self, guint32 next, guint32 next_block)
{
  g_mutex_lock (&self->lock);
  if (next > self->numbers.next && next < self->numbers.next + self->numbers.n_left)
    {
      self->numbers.n_left -= next - self->numbers.next;
      self->numbers.next = next;
    }
  self->next_block = MAX (self->next_block, next_block);
  g_mutex_unlock (&self->lock);
}
