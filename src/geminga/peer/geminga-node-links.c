/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-node-state-private.h"

#include <unistd.h>

#include "geminga-error.h"

/*
 * The table has one link a process, which everything that goes there takes, so that order is kept. If
 * two processes ask to be connected at the same moment there are two links between them: each sends
 * over the one it asked for, and reads both.
 */

/* A link that the root was asked for. */
typedef struct
{
  GemingaNode *node; /* (owned) */
  GemingaLink *link; /* (owned) */
} Connecting;

/* Helpers */

static void
connecting_free (gpointer data)
{
  Connecting *self = data;

  geminga_link_unref (self->link);
  geminga_node_unref (self->node);
  g_free (self);
}

static void
connected (gpointer data, GVariant *result, GUnixFDList *fds, const GError *error)
{
  Connecting *self = data;
  g_autoptr (GError) unusable = NULL;
  int fd = -1;

  if (error == NULL && fds != NULL && g_unix_fd_list_get_length (fds) == 1)
    fd = g_unix_fd_list_get (fds, 0, &unusable);

  if (fd >= 0)
    geminga_link_attach (self->link, fd);
  else
    geminga_node_close_link (self->node, self->link, GEMINGA_ERROR_NO_SUCH_ACTOR,
                             error != NULL      ? error->message
                             : unusable != NULL ? unusable->message
                                                : "the root gave no connection");
}

static void
ask_for_connection (GemingaNode *self, GemingaLink *link)
{
  Connecting *connecting = g_new0 (Connecting, 1);
  g_autoptr (GemingaAsk) ask = NULL;

  connecting->node = geminga_node_ref (self);
  connecting->link = geminga_link_ref (link);
  ask = geminga_link_request_new (self->context, connected, connecting, connecting_free);
  geminga_link_call (self->root_link, "Connect",
                     g_variant_new ("(u)", geminga_link_get_node (link)), NULL, ask);
}

static GemingaLink *
new_link (GemingaNode *self, guint32 number, int fd)
{
  return geminga_link_new (self->system, self->context, number, fd, &geminga_node_link_funcs, self);
}

/* FALSE: the node did not have it any more. */
static gboolean
forget_link (GemingaNode *self, GemingaLink *link)
{
  gpointer key = GUINT_TO_POINTER (geminga_link_get_node (link));
  gboolean is_known;

  g_mutex_lock (&self->lock);
  is_known = g_hash_table_lookup (self->links, key) == link;
  if (is_known)
    g_hash_table_remove (self->links, key);
  else
    is_known = g_ptr_array_remove (self->more_links, link);
  g_mutex_unlock (&self->lock);

  return is_known;
}

static gboolean
is_main_link (GemingaNode *self, GemingaLink *link)
{
  gboolean is_main;

  g_mutex_lock (&self->lock);
  is_main = self->main_link == link;
  g_mutex_unlock (&self->lock);

  return is_main;
}

/* Who made the actor that this process is for has died: so ends the actor, and the process. */
static void
stop_main_actor (GemingaNode *self)
{
  g_autofree char *id = NULL;
  g_autoptr (GemingaTarget) target = NULL;

  g_mutex_lock (&self->lock);
  id = g_strdup (self->main_id);
  g_mutex_unlock (&self->lock);

  target = geminga_system_lookup (self->system, id);
  if (target != NULL)
    geminga_target_post (target, geminga_message_new (GEMINGA_MESSAGE_STOP, NULL));
}

static void
note_closed (GemingaNode *self, GemingaLink *link)
{
  geminga_link_ref (link);
  if (!forget_link (self, link))
    {
      geminga_link_unref (link);
      return;
    }

  geminga_node_note_dying (self, link);
  if (self->is_root)
    {
      geminga_node_forget_blocks (self, geminga_link_get_node (link));
      if (self->hooks->process_gone != NULL)
        self->hooks->process_gone (self->data, geminga_link_get_node (link));
    }
  else if (link == self->root_link)
    geminga_node_become_orphan (self);
  else if (is_main_link (self, link))
    stop_main_actor (self);

  geminga_node_check_end (self);
  geminga_link_unref (link);
}

/* GemingaLinkFuncs */

static gboolean
link_called (gpointer data, GemingaLink *link, const GemingaLinkCall *call)
{
  GemingaNode *self = geminga_node_ref (data);
  gboolean is_handled = geminga_node_handle_call (self, link, call);

  geminga_node_unref (self);

  return is_handled;
}

static void
link_drained (gpointer data, GemingaLink *link)
{
  geminga_node_check_end (data);
}

static void
link_closed (gpointer data, GemingaLink *link)
{
  GemingaNode *self = geminga_node_ref (data);

  note_closed (self, link);
  geminga_node_unref (self);
}

static gboolean
link_standard_called (gpointer data, GemingaLink *link, const GemingaLinkCall *call)
{
  GemingaNode *self = data;

  return self->hooks->standard_called != NULL && self->hooks->standard_called (self->data, call);
}

const GemingaLinkFuncs geminga_node_link_funcs = { link_called, link_standard_called, link_drained,
                                                   link_closed };

/* For the node's own files */

GemingaLink *
geminga_node_lookup_link (GemingaNode *self, guint32 number)
{
  GemingaLink *link;

  g_mutex_lock (&self->lock);
  link = g_hash_table_lookup (self->links, GUINT_TO_POINTER (number));
  if (link != NULL)
    geminga_link_ref (link);
  g_mutex_unlock (&self->lock);

  return link;
}

GemingaLink *
geminga_node_ref_link (GemingaNode *self, guint32 number, GError **error)
{
  GemingaLink *link;
  gboolean is_new = FALSE;

  g_mutex_lock (&self->lock);
  link = g_hash_table_lookup (self->links, GUINT_TO_POINTER (number));
  if (link == NULL && !self->is_root && !self->is_closed)
    {
      link = new_link (self, number, -1);
      g_hash_table_insert (self->links, GUINT_TO_POINTER (number), link);
      is_new = TRUE;
    }
  if (link != NULL)
    geminga_link_ref (link);
  g_mutex_unlock (&self->lock);

  if (link == NULL)
    g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR, "There is no process %u",
                 number);
  if (is_new)
    ask_for_connection (self, link);

  return link;
}

GemingaLink *
geminga_node_add_link (GemingaNode *self, guint32 number, int fd, gboolean is_only)
{
  GemingaLink *link = NULL;
  gboolean is_known;

  g_mutex_lock (&self->lock);
  is_known = g_hash_table_contains (self->links, GUINT_TO_POINTER (number));
  if (!self->is_closed && !(is_known && is_only))
    {
      link = new_link (self, number, fd);
      if (is_known)
        g_ptr_array_add (self->more_links, geminga_link_ref (link));
      else
        g_hash_table_insert (self->links, GUINT_TO_POINTER (number), geminga_link_ref (link));
    }
  g_mutex_unlock (&self->lock);

  if (link == NULL)
    close (fd);

  return link;
}

void
geminga_node_close_link (GemingaNode *self, GemingaLink *link, int code, const char *why)
{
  geminga_link_close (link, code, why);
  note_closed (self, link);
}

void
geminga_node_discard_link (GemingaNode *self, GemingaLink *link, int code, const char *why)
{
  forget_link (self, link);
  geminga_link_close (link, code, why);
}

GPtrArray *
geminga_node_list_links (GemingaNode *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_link_unref);
  GHashTableIter iter;
  gpointer link;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, &link))
    g_ptr_array_add (list, geminga_link_ref (link));
  for (guint i = 0; i < self->more_links->len; i++)
    g_ptr_array_add (list, geminga_link_ref (g_ptr_array_index (self->more_links, i)));
  g_mutex_unlock (&self->lock);

  return list;
}
