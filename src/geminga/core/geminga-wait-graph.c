/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-wait-graph-private.h"

#include <string.h>

#include "geminga-caller-private.h"

typedef struct
{
  char *key;
  char *label;
  char *path;
  GStrv waited_for; /* sorted */
  GStrv above;      /* sorted */
  gboolean is_fresh;

  GPtrArray *waiters; /* (owned) (element-type Node): wait for this one */
  GPtrArray *below;   /* (owned) (element-type Node): are below this one */
  gboolean is_stuck;
  gboolean has_way_out; /* something that it waits for can go on */
  guint n_stuck_above;
  guint walk; /* the last one that came along; 0: none */
} Node;

struct _GemingaWaitGraph
{
  GPtrArray *nodes;   /* (owned) (element-type Node) */
  GHashTable *by_key; /* (element-type utf8 Node) */
};

/* Helpers: nodes */

static void
node_free (gpointer data)
{
  Node *self = data;

  g_free (self->key);
  g_free (self->label);
  g_free (self->path);
  g_strfreev (self->waited_for);
  g_strfreev (self->above);
  g_ptr_array_unref (self->waiters);
  g_ptr_array_unref (self->below);
  g_free (self);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
sort (GStrv keys)
{
  qsort (keys, g_strv_length (keys), sizeof (char *), compare_keys);
}

static Node *
lookup (GemingaWaitGraph *self, const char *key)
{
  return g_hash_table_lookup (self->by_key, key);
}

static gboolean
has_same_edges (const Node *one, const Node *two)
{
  return g_strv_equal ((const char *const *) one->waited_for,
                       (const char *const *) two->waited_for) &&
         g_strv_equal ((const char *const *) one->above, (const char *const *) two->above);
}

static void
forget_edges (Node *self)
{
  g_clear_pointer (&self->waited_for, g_strfreev);
  g_clear_pointer (&self->above, g_strfreev);
  self->waited_for = g_new0 (char *, 1);
  self->above = g_new0 (char *, 1);
}

/* Helpers: what is stuck */

static void
connect (GemingaWaitGraph *self, Node *node)
{
  for (gsize i = 0; node->waited_for[i] != NULL; i++)
    {
      Node *other = lookup (self, node->waited_for[i]);

      if (other != NULL)
        g_ptr_array_add (other->waiters, node);
    }
  for (gsize i = 0; node->above[i] != NULL; i++)
    {
      Node *other = lookup (self, node->above[i]);

      if (other != NULL)
        g_ptr_array_add (other->below, node);
    }
}

/* As far as the nodes say that are taken for stuck. */
static void
count_reasons (GemingaWaitGraph *self, Node *node)
{
  node->has_way_out = node->waited_for[0] == NULL;
  node->n_stuck_above = 0;
  for (gsize i = 0; node->waited_for[i] != NULL; i++)
    {
      Node *other = lookup (self, node->waited_for[i]);

      if (other == NULL || !other->is_stuck)
        node->has_way_out = TRUE;
    }
  for (gsize i = 0; node->above[i] != NULL; i++)
    {
      Node *other = lookup (self, node->above[i]);

      if (other != NULL && other->is_stuck)
        node->n_stuck_above++;
    }
}

static void
free_if_possible (Node *node, GPtrArray *freed)
{
  if (!node->is_stuck || !node->has_way_out || node->n_stuck_above > 0)
    return;

  node->is_stuck = FALSE;
  g_ptr_array_add (freed, node);
}

/* Takes away what can go on, and what can go on then. */
static gboolean
reduce (GemingaWaitGraph *self)
{
  g_autoptr (GPtrArray) freed = g_ptr_array_new ();
  guint n_stuck = 0;

  for (guint i = 0; i < self->nodes->len; i++)
    count_reasons (self, g_ptr_array_index (self->nodes, i));
  for (guint i = 0; i < self->nodes->len; i++)
    free_if_possible (g_ptr_array_index (self->nodes, i), freed);

  for (guint i = 0; i < freed->len; i++)
    {
      Node *node = g_ptr_array_index (freed, i);

      for (guint j = 0; j < node->waiters->len; j++)
        {
          Node *waiter = g_ptr_array_index (node->waiters, j);

          waiter->has_way_out = TRUE;
          free_if_possible (waiter, freed);
        }
      for (guint j = 0; j < node->below->len; j++)
        {
          Node *below = g_ptr_array_index (node->below, j);

          below->n_stuck_above--;
          free_if_possible (below, freed);
        }
    }

  for (guint i = 0; i < self->nodes->len; i++)
    n_stuck += ((Node *) g_ptr_array_index (self->nodes, i))->is_stuck ? 1 : 0;

  return n_stuck > 0;
}

/* Helpers: the way round */

static Node *
find_stuck (GemingaWaitGraph *self, GStrv keys)
{
  for (gsize i = 0; keys[i] != NULL; i++)
    {
      Node *node = lookup (self, keys[i]);

      if (node != NULL && node->is_stuck)
        return node;
    }

  return NULL;
}

static Node *
get_next (GemingaWaitGraph *self, Node *node)
{
  return find_stuck (self, node->has_way_out ? node->above : node->waited_for);
}

/* Some node on a way round that starts at this one; NULL: another walk has been there. */
static Node *
walk_from (GemingaWaitGraph *self, Node *node, guint walk)
{
  while (node != NULL && node->walk == 0)
    {
      node->walk = walk;
      node = get_next (self, node);
    }

  return node != NULL && node->walk == walk ? node : NULL;
}

/* A step, which is what waits: the first by its label, so that the same ring is always told the same way. */
static Node *
find_start (GemingaWaitGraph *self, Node *node)
{
  Node *start = NULL;
  Node *other = node;

  do
    {
      if (*other->path != '\0' && *other->label != '\0' &&
          (start == NULL || strcmp (other->label, start->label) < 0))
        start = other;
      other = get_next (self, other);
    }
  while (other != node);

  return start != NULL ? start : node;
}

static void
append_label (GString *chain, const char *label, const char **last, guint *n_labels)
{
  if (*label == '\0' || g_strcmp0 (*last, label) == 0)
    return;

  if (*n_labels > 0)
    g_string_append (chain, *n_labels == 1 ? " waits for " : ", which waits for ");
  g_string_append (chain, label);
  *last = label;
  (*n_labels)++;
}

static void
append_actor (GPtrArray *actors, const char *path)
{
  if (*path != '\0' && !g_ptr_array_find_with_equal_func (actors, path, g_str_equal, NULL))
    g_ptr_array_add (actors, g_strdup (path));
}

static GemingaDeadlock *
describe (GemingaWaitGraph *self, Node *start)
{
  GemingaDeadlock *deadlock = g_new0 (GemingaDeadlock, 1);
  GString *chain = g_string_new (NULL);
  const char *last = NULL;
  guint n_labels = 0;
  Node *node = start;

  deadlock->asks = g_ptr_array_new_with_free_func (g_free);
  deadlock->actors = g_ptr_array_new_with_free_func (g_free);
  do
    {
      append_label (chain, node->label, &last, &n_labels);
      append_actor (deadlock->actors, node->path);
      if (g_str_has_prefix (node->key, GEMINGA_CALLER_KEY))
        g_ptr_array_add (deadlock->asks, g_strdup (node->key));
      node = get_next (self, node);
    }
  while (node != start);
  append_label (chain, start->label, &last, &n_labels);
  if (n_labels == 1)
    g_string_append (chain, " waits for itself");
  deadlock->chain = g_string_free (chain, FALSE);

  return deadlock;
}

/* Private API */

GemingaWaitGraph *
geminga_wait_graph_new (void)
{
  GemingaWaitGraph *self = g_new0 (GemingaWaitGraph, 1);

  self->nodes = g_ptr_array_new_with_free_func (node_free);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

void
geminga_wait_graph_free (GemingaWaitGraph *self)
{
  g_hash_table_unref (self->by_key);
  g_ptr_array_unref (self->nodes);
  g_free (self);
}

void
geminga_wait_graph_add (GemingaWaitGraph *self, GVariant *nodes)
{
  for (gsize i = 0; i < g_variant_n_children (nodes); i++)
    {
      Node *node = g_new0 (Node, 1);
      Node *known;

      g_variant_get_child (nodes, i, "(sss^as^asb)", &node->key, &node->label, &node->path,
                           &node->waited_for, &node->above, &node->is_fresh);
      sort (node->waited_for);
      sort (node->above);
      node->waiters = g_ptr_array_new ();
      node->below = g_ptr_array_new ();

      known = lookup (self, node->key);
      if (known == NULL)
        {
          g_ptr_array_add (self->nodes, node);
          g_hash_table_insert (self->by_key, node->key, node);
          continue;
        }
      if (!has_same_edges (known, node))
        forget_edges (known);
      node_free (node);
    }
}

gboolean
geminga_wait_graph_settle (GemingaWaitGraph *self)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      Node *node = g_ptr_array_index (self->nodes, i);

      node->is_stuck = TRUE;
      connect (self, node);
    }

  return reduce (self);
}

GPtrArray *
geminga_wait_graph_confirm (GemingaWaitGraph *self, GemingaWaitGraph *older)
{
  GPtrArray *deadlocks = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_deadlock_free);

  for (guint i = 0; i < self->nodes->len; i++)
    {
      Node *node = g_ptr_array_index (self->nodes, i);
      Node *before = lookup (older, node->key);

      node->is_stuck = node->is_stuck && node->is_fresh && before != NULL && before->is_stuck &&
                       has_same_edges (node, before);
    }
  if (!reduce (self))
    return deadlocks;

  for (guint i = 0; i < self->nodes->len; i++)
    {
      Node *node = g_ptr_array_index (self->nodes, i);
      Node *met = node->is_stuck ? walk_from (self, node, i + 1) : NULL;

      if (met != NULL)
        g_ptr_array_add (deadlocks, describe (self, find_start (self, met)));
    }

  return deadlocks;
}

void
geminga_deadlock_free (GemingaDeadlock *self)
{
  g_free (self->chain);
  g_ptr_array_unref (self->asks);
  g_ptr_array_unref (self->actors);
  g_free (self);
}
