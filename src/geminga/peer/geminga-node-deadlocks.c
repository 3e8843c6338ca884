/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-node-state-private.h"

#include <stdlib.h>
#include <string.h>

#include "geminga-caller-private.h"
#include "geminga-deadlocks-private.h"

/*
 * Deadlocks over processes. Who suspects one tells the root, which asks every process what it knows and draws
 * the graph; what it finds twice it resolves, in the processes where those wait that are in it.
 */

/* The answer of one process. */
typedef struct
{
  GemingaNode *node; /* (owned) */
  guint look;
} Question;

/* Somebody in this process, the root's, suspects something. */
typedef struct
{
  GemingaLoopItem item;
  GemingaNode *node; /* (owned) */
} Suspicion;

/* Helpers: what this process knows */

static GVariant *
survey_links (GemingaNode *self)
{
  g_autoptr (GPtrArray) links = geminga_node_list_links (self);
  GVariantBuilder nodes;

  g_variant_builder_init (&nodes, GEMINGA_WAIT_NODES_TYPE);
  for (guint i = 0; i < links->len; i++)
    geminga_link_survey (g_ptr_array_index (links, i), &nodes);

  return g_variant_ref_sink (g_variant_builder_end (&nodes));
}

/* Helpers: what the root finds */

static gboolean
is_closed (GemingaNode *self)
{
  gboolean result;

  g_mutex_lock (&self->lock);
  result = self->is_closed;
  g_mutex_unlock (&self->lock);

  return result;
}

static guint32
get_owner (const char *key)
{
  return (guint32) strtoul (key + strlen (GEMINGA_CALLER_KEY), NULL, 10);
}

static GHashTable *
sort_by_owner (GPtrArray *asks)
{
  GHashTable *sorted = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < asks->len; i++)
    {
      gpointer owner = GUINT_TO_POINTER (get_owner (g_ptr_array_index (asks, i)));
      GPtrArray *list = g_hash_table_lookup (sorted, owner);

      if (list == NULL)
        {
          list = g_ptr_array_new ();
          g_hash_table_insert (sorted, owner, list);
        }
      g_ptr_array_add (list, g_ptr_array_index (asks, i));
    }

  return sorted;
}

static void
resolve_in (GemingaNode *self, guint32 number, GPtrArray *asks, const char *chain)
{
  const char *const *keys;
  g_autoptr (GemingaLink) link = NULL;

  g_ptr_array_add (asks, NULL);
  keys = (const char *const *) asks->pdata;
  if (number == 0)
    {
      geminga_deadlocks_resolve (self->system, keys, chain);
      return;
    }

  link = geminga_node_lookup_link (self, number);
  if (link != NULL)
    geminga_link_call (link, "Resolve", g_variant_new ("(^ass)", keys, chain), NULL, NULL);
}

/* It is told before those in it go on. */
static void
resolve (GemingaNode *self, GemingaDeadlock *deadlock)
{
  g_autoptr (GHashTable) sorted = sort_by_owner (deadlock->asks);
  GHashTableIter iter;
  gpointer number;
  gpointer asks;

  geminga_deadlock_log (deadlock);
  g_ptr_array_add (deadlock->actors, NULL);
  if (self->hooks->deadlock != NULL)
    self->hooks->deadlock (self->data, deadlock->chain,
                           (const char *const *) deadlock->actors->pdata);

  g_hash_table_iter_init (&iter, sorted);
  while (g_hash_table_iter_next (&iter, &number, &asks))
    resolve_in (self, GPOINTER_TO_UINT (number), asks, deadlock->chain);
}

static void
end_look (GemingaNode *self)
{
  g_autoptr (GPtrArray) deadlocks =
      geminga_deadlocks_judge (geminga_system_get_deadlocks (self->system),
                               g_steal_pointer (&self->waits), self->look_since);

  for (guint i = 0; i < deadlocks->len; i++)
    resolve (self, g_ptr_array_index (deadlocks, i));
}

static void
question_free (gpointer data)
{
  Question *self = data;

  geminga_node_unref (self->node);
  g_free (self);
}

/* A process that has ended knows nothing: it is the same as if nobody waited there. */
static void
waits_told (gpointer data, GVariant *result, GUnixFDList *fds, const GError *error)
{
  Question *question = data;
  GemingaNode *self = question->node;

  if (self->waits == NULL || question->look != self->n_looks || is_closed (self))
    return;

  if (error == NULL && g_variant_is_of_type (result, G_VARIANT_TYPE ("(a(sssasasb))")))
    {
      g_autoptr (GVariant) nodes = g_variant_get_child_value (result, 0);

      geminga_wait_graph_add (self->waits, nodes);
    }
  if (--self->n_looked_at == 0)
    end_look (self);
}

static void
ask_for_waits (GemingaNode *self, GemingaLink *link)
{
  Question *question = g_new0 (Question, 1);
  gint64 age = self->look_since != 0 ? g_get_monotonic_time () - self->look_since : 0;
  g_autoptr (GemingaAsk) ask = NULL;

  question->node = geminga_node_ref (self);
  question->look = self->n_looks;
  ask = geminga_link_request_new (self->context, waits_told, question, question_free);
  self->n_looked_at++;
  geminga_link_call (link, "Waits", g_variant_new ("(x)", age), NULL, ask);
}

/* The clocks of two processes need not be the same, and an age only grows on its way. */
static void
begin_look (GemingaNode *self)
{
  GemingaDeadlocks *deadlocks = geminga_system_get_deadlocks (self->system);
  g_autoptr (GPtrArray) links = geminga_node_list_links (self);
  g_autoptr (GVariant) actors = NULL;
  g_autoptr (GVariant) calls = NULL;

  self->n_looks++;
  self->look_begun = g_get_monotonic_time ();
  self->look_since = geminga_deadlocks_get_since (deadlocks);
  self->waits = geminga_wait_graph_new ();
  self->n_looked_at = 1;
  for (guint i = 0; i < links->len; i++)
    ask_for_waits (self, g_ptr_array_index (links, i));

  actors = geminga_deadlocks_survey (self->system, self->look_since);
  calls = survey_links (self);
  geminga_wait_graph_add (self->waits, actors);
  geminga_wait_graph_add (self->waits, calls);
  if (--self->n_looked_at == 0)
    end_look (self);
}

/* Who does not answer is busy, and may go on. */
static void
suspect (GemingaNode *self)
{
  gint64 interval = geminga_deadlocks_get_interval (geminga_system_get_deadlocks (self->system));

  if (is_closed (self) || interval == 0)
    return;

  if (self->waits != NULL && g_get_monotonic_time () - self->look_begun < interval)
    return;
  if (self->waits != NULL)
    end_look (self);
  else
    begin_look (self);
}

static void
run_suspicion (GemingaLoopItem *item)
{
  Suspicion *self = (Suspicion *) item;

  suspect (self->node);
  geminga_node_unref (self->node);
  g_free (self);
}

/* For the node's own files */

void
geminga_node_suspect (gpointer data)
{
  GemingaNode *self = data;
  Suspicion *suspicion;

  if (!self->is_root)
    {
      geminga_link_call (self->root_link, "Suspect", NULL, NULL, NULL);
      return;
    }

  suspicion = g_new0 (Suspicion, 1);
  suspicion->item.run = run_suspicion;
  suspicion->node = geminga_node_ref (self);
  geminga_loop_post (self->loop, &suspicion->item);
}

void
geminga_node_handle_suspect (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  suspect (self);
}

void
geminga_node_handle_waits (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  g_autoptr (GVariant) actors = NULL;
  g_autoptr (GVariant) calls = NULL;
  GVariantBuilder nodes;
  GVariantIter iter;
  GVariant *node;
  gint64 age;

  if (call->ask == NULL)
    return;

  g_variant_get (call->arguments, "(x)", &age);
  actors = geminga_deadlocks_survey (self->system, age != 0 ? g_get_monotonic_time () - age : 0);
  calls = survey_links (self);
  g_variant_builder_init (&nodes, GEMINGA_WAIT_NODES_TYPE);
  g_variant_iter_init (&iter, actors);
  while (g_variant_iter_loop (&iter, "@(sssasasb)", &node))
    g_variant_builder_add_value (&nodes, node);
  g_variant_iter_init (&iter, calls);
  while (g_variant_iter_loop (&iter, "@(sssasasb)", &node))
    g_variant_builder_add_value (&nodes, node);

  geminga_ask_answer (
      call->ask,
      g_variant_ref_sink (g_variant_new ("(@a(sssasasb))", g_variant_builder_end (&nodes))), NULL,
      NULL);
}

void
geminga_node_handle_resolve (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  g_autofree const char **asks = NULL;
  const char *chain;

  g_variant_get (call->arguments, "(^a&s&s)", &asks, &chain);
  geminga_deadlocks_resolve (self->system, asks, chain);
}

void
geminga_node_stop_looking (GemingaNode *self)
{
  g_clear_pointer (&self->waits, geminga_wait_graph_free);
}
