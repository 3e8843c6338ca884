/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-tree-private.h"

#include <string.h>

/* Helpers */

static void
node_free (GemingaBusNode *self)
{
  g_clear_pointer (&self->children, g_hash_table_unref);
  g_clear_pointer (&self->klass, geminga_bus_class_unref);
  g_clear_object (&self->ref);
  g_free (self->name);
  g_free (self);
}

static GemingaBusNode *
node_new (GemingaBusNode *parent, const char *name)
{
  GemingaBusNode *self = g_new0 (GemingaBusNode, 1);

  self->parent = parent;
  self->name = g_strdup (name);

  return self;
}

static GemingaBusNode *
find_child (GemingaBusNode *self, const char *name)
{
  return self->children != NULL ? g_hash_table_lookup (self->children, name) : NULL;
}

static GemingaBusNode *
ensure_child (GemingaBusNode *self, const char *name)
{
  GemingaBusNode *child = find_child (self, name);

  if (child != NULL)
    return child;

  if (self->children == NULL)
    self->children =
        g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) node_free);
  child = node_new (self, name);
  g_hash_table_insert (self->children, child->name, child);

  return child;
}

static GemingaBusNode *
walk (GemingaBusNode *self,
      const char *path,
      GemingaBusNode *(*step) (GemingaBusNode *self, const char *name))
{
  g_autofree char *elements = g_strdup (path + 1);
  char *name = elements;

  while (self != NULL && *name != '\0')
    {
      char *slash = strchrnul (name, '/');
      char *next = *slash != '\0' ? slash + 1 : slash;

      *slash = '\0';
      self = step (self, name);
      name = next;
    }

  return self;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Private API */

GemingaBusNode *
geminga_bus_tree_new (void)
{
  return node_new (NULL, "");
}

void
geminga_bus_tree_free (GemingaBusNode *root)
{
  node_free (root);
}

GemingaBusNode *
geminga_bus_tree_lookup (GemingaBusNode *root, const char *path)
{
  return walk (root, path, find_child);
}

GemingaBusNode *
geminga_bus_tree_ensure (GemingaBusNode *root, const char *path)
{
  return walk (root, path, ensure_child);
}

void
geminga_bus_node_set_actor (GemingaBusNode *self, GemingaBusClass *klass, GemingaActorRef *ref)
{
  g_autoptr (GemingaBusClass) previous = self->klass;

  self->klass = geminga_bus_class_ref (klass);
  g_set_object (&self->ref, ref);
}

void
geminga_bus_node_clear_actor (GemingaBusNode *self)
{
  g_clear_pointer (&self->klass, geminga_bus_class_unref);
  g_clear_object (&self->ref);

  while (!self->is_kept && self->klass == NULL && self->children == NULL && self->parent != NULL)
    {
      GemingaBusNode *parent = self->parent;

      g_hash_table_remove (parent->children, self->name);
      if (g_hash_table_size (parent->children) == 0)
        g_clear_pointer (&parent->children, g_hash_table_unref);
      self = parent;
    }
}

char *
geminga_bus_node_dup_path (GemingaBusNode *self)
{
  GString *path = g_string_new (NULL);

  for (; self->parent != NULL; self = self->parent)
    {
      g_string_prepend (path, self->name);
      g_string_prepend_c (path, '/');
    }
  if (path->len == 0)
    g_string_append_c (path, '/');

  return g_string_free (path, FALSE);
}

GPtrArray *
geminga_bus_node_list_children (GemingaBusNode *self)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  if (self->children == NULL)
    return names;

  g_hash_table_iter_init (&iter, self->children);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, name);
  g_ptr_array_sort (names, compare_names);

  return names;
}

void
geminga_bus_node_foreach_below (GemingaBusNode *self, GemingaBusNodeFunc func, gpointer user_data)
{
  GHashTableIter iter;
  gpointer child;

  if (self->children == NULL)
    return;

  g_hash_table_iter_init (&iter, self->children);
  while (g_hash_table_iter_next (&iter, NULL, &child))
    {
      if (((GemingaBusNode *) child)->klass != NULL)
        func (child, user_data);
      geminga_bus_node_foreach_below (child, func, user_data);
    }
}
