/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-node-state-private.h"

#include <unistd.h>

#include "geminga-error.h"
#include "geminga-remote-private.h"

/* Numbers below are of processes that the root makes. */
#define ROOT_NUMBERS 0x0fffffffu

/* A heartbeat on its way. */
typedef struct
{
  void (*pong) (gpointer data, guint32 node);
  gpointer data;
  guint32 number;
} Ping;

/* A question on its way. */
typedef struct
{
  void (*func) (gpointer data, guint32 node, gint64 idle, gint64 now);
  gpointer data;
  guint32 number;
} IdleQuestion;

/* GemingaSystemBackend */

static GemingaTarget *
node_resolve (gpointer data, guint32 number, const char *id, GError **error)
{
  GemingaNode *self = data;
  g_autoptr (GemingaLink) link = geminga_node_lookup_link (self, number);

  /* The root knows all processes; a worker finds out when it sends. */
  if (link == NULL && self->is_root)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR,
                   "There is no actor “%s”: there is no process %u", id, number);
      return NULL;
    }

  return geminga_remote_get_target (
      geminga_remote_new (self, number, id, link, link != NULL && geminga_link_is_main (link, id)));
}

static const GemingaSystemBackend node_backend = {
  .spawn = geminga_node_spawn,
  .resolve = node_resolve,
  .event = geminga_node_actor_event,
  .started = geminga_node_actor_started,
  .ended = geminga_node_actor_ended,
  .suspect = geminga_node_suspect,
};

/* Helpers */

static GemingaNode *
node_new (GemingaSystem *system, const GemingaNodeHooks *hooks, gpointer data, gboolean is_root)
{
  GemingaNode *self = g_new0 (GemingaNode, 1);

  atomic_init (&self->ref_count, 1);
  self->is_root = is_root;
  self->hooks = hooks;
  self->data = data;
  self->system = g_object_ref (system);
  self->thread = g_thread_self ();
  self->context = g_main_context_ref_thread_default ();
  self->loop = geminga_loop_ref_for_context (self->context);
  g_mutex_init (&self->lock);
  self->links = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) geminga_link_unref);
  self->more_links = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_link_unref);

  /* Actors may end after the node is closed; the system outlives them. */
  g_object_set_data_full (G_OBJECT (system), "geminga-node", geminga_node_ref (self),
                          (GDestroyNotify) geminga_node_unref);
  geminga_system_set_backend (system, &node_backend, self);
  geminga_node_listen_to_letters (self);

  return self;
}

static void
pinged (gpointer data, GVariant *result, GUnixFDList *fds, const GError *error)
{
  Ping *ping = data;

  if (error == NULL)
    ping->pong (ping->data, ping->number);
}

static void
idle_told (gpointer data, GVariant *result, GUnixFDList *fds, const GError *error)
{
  IdleQuestion *question = data;
  gint64 idle;
  gint64 now;

  if (error != NULL || !g_variant_is_of_type (result, G_VARIANT_TYPE ("(xx)")))
    return;

  g_variant_get (result, "(xx)", &idle, &now);
  question->func (question->data, question->number, idle, now);
}

/* For the node's own files */

GemingaNode *
geminga_node_ref (GemingaNode *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

void
geminga_node_unref (GemingaNode *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_clear_pointer (&self->links, g_hash_table_unref);
  g_clear_pointer (&self->more_links, g_ptr_array_unref);
  g_clear_pointer (&self->blocks, g_hash_table_unref);
  g_clear_pointer (&self->dying, g_ptr_array_unref);
  g_clear_pointer (&self->main_link, geminga_link_unref);
  g_clear_pointer (&self->root_link, geminga_link_unref);
  g_clear_pointer (&self->loop, geminga_loop_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->spares, g_array_unref);
  g_mutex_clear (&self->lock);
  g_free (self->main_id);
  g_free (self);
}

/* Private API */

GemingaNode *
geminga_node_new_root (GemingaSystem *system, const GemingaNodeHooks *hooks, gpointer data)
{
  GemingaNode *self = node_new (system, hooks, data, TRUE);

  self->numbers = (GemingaNodeNumbers){ 1, ROOT_NUMBERS };
  geminga_system_set_node (system, 0);

  return self;
}

GemingaNode *
geminga_node_new_worker (GemingaSystem *system,
                         int fd,
                         const GemingaNodeHooks *hooks,
                         gpointer data)
{
  GemingaNode *self = node_new (system, hooks, data, FALSE);

  self->root_link = geminga_node_add_link (self, 0, fd, FALSE);

  return self;
}

void
geminga_node_free (GemingaNode *self)
{
  g_autoptr (GPtrArray) links = NULL;

  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  g_mutex_unlock (&self->lock);

  links = geminga_node_list_links (self);
  g_mutex_lock (&self->lock);
  g_hash_table_remove_all (self->links);
  g_ptr_array_set_size (self->more_links, 0);
  g_mutex_unlock (&self->lock);

  geminga_node_ignore_letters (self);
  geminga_node_stop_looking (self);
  g_clear_pointer (&self->early, g_ptr_array_unref);
  geminga_node_stop_all_traces (self);
  self->is_orphaned = TRUE;
  if (geminga_loop_disarm (self->loop, &self->end_timer))
    geminga_node_unref (self);
  geminga_node_settle_all (self);
  for (guint i = 0; i < links->len; i++)
    geminga_link_close (g_ptr_array_index (links, i), GEMINGA_ERROR_DIED,
                        "this process left the service");

  g_object_unref (self->system);
  geminga_node_unref (self);
}

void
geminga_node_ping (GemingaNode *self,
                   guint32 node,
                   void (*pong) (gpointer data, guint32 node),
                   gpointer data)
{
  g_autoptr (GemingaLink) link = geminga_node_lookup_link (self, node);
  g_autoptr (GemingaAsk) ask = NULL;
  Ping *ping;

  if (link == NULL)
    return;

  ping = g_new0 (Ping, 1);
  ping->pong = pong;
  ping->data = data;
  ping->number = node;
  ask = geminga_link_request_new (self->context, pinged, ping, g_free);
  geminga_link_call (link, "Ping", NULL, NULL, ask);
}

void
geminga_node_ask_idle (GemingaNode *self,
                       guint32 node,
                       void (*func) (gpointer data, guint32 node, gint64 idle, gint64 now),
                       gpointer data)
{
  g_autoptr (GemingaLink) link = geminga_node_lookup_link (self, node);
  g_autoptr (GemingaAsk) ask = NULL;
  IdleQuestion *question;

  if (link == NULL)
    return;

  question = g_new0 (IdleQuestion, 1);
  question->func = func;
  question->data = data;
  question->number = node;
  ask = geminga_link_request_new (self->context, idle_told, question, g_free);
  geminga_link_call (link, "Idle", NULL, NULL, ask);
}

int
geminga_node_get_link_fd (GemingaNode *self, guint32 node)
{
  g_autoptr (GemingaLink) link = geminga_node_lookup_link (self, node);

  return link != NULL ? geminga_link_get_fd (link) : -1;
}

void
geminga_node_configure_all (GemingaNode *self, GVariant *configuration)
{
  g_autoptr (GPtrArray) links = geminga_node_list_links (self);

  for (guint i = 0; i < links->len; i++)
    geminga_link_call (g_ptr_array_index (links, i), "Configure",
                       g_variant_new ("(@a{sv})", configuration), NULL, NULL);
}
