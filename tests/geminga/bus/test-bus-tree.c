/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include "geminga-bus-tree-private.h"

typedef struct
{
  GemingaSystem *system;
  GemingaActorRef *ref;
  GemingaBusClass *klass;
  GemingaBusNode *root;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->system = geminga_system_new ();
  self->ref = geminga_system_spawn (self->system, GEMINGA_TYPE_ACTOR, "a", GEMINGA_PLACEMENT_SHARED,
                                    NULL, NULL);
  self->klass = geminga_bus_class_new (GEMINGA_TYPE_ACTOR);
  self->root = geminga_bus_tree_new ();
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) ended = NULL;

  geminga_bus_tree_free (self->root);
  g_assert_cmpuint (self->klass->ref_count, ==, 1);
  geminga_bus_class_unref (self->klass);
  geminga_system_stop_async (self->system, NULL, keep_result_cb, &ended);
  while (ended == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (self->ref);
  g_object_unref (self->system);
}

static GemingaBusNode *
add (Fixture *self, const char *path)
{
  GemingaBusNode *node = geminga_bus_tree_ensure (self->root, path);

  geminga_bus_node_set_actor (node, self->klass, self->ref);

  return node;
}

static void
assert_children (Fixture *self, const char *path, const char *text)
{
  GemingaBusNode *node = geminga_bus_tree_lookup (self->root, path);
  g_autoptr (GPtrArray) names = geminga_bus_node_list_children (node);
  g_autofree char *joined = NULL;

  g_ptr_array_add (names, NULL);
  joined = g_strjoinv (" ", (char **) names->pdata);
  g_assert_cmpstr (joined, ==, text);
}

static void
count (GemingaBusNode *node, gpointer user_data)
{
  g_assert_nonnull (node->klass);
  ++*(guint *) user_data;
}

static void
test_lookup (Fixture *self, gconstpointer data)
{
  GemingaBusNode *node = add (self, "/a/b/c");
  g_autofree char *path = geminga_bus_node_dup_path (node);
  g_autofree char *top = geminga_bus_node_dup_path (self->root);

  g_assert_cmpstr (path, ==, "/a/b/c");
  g_assert_cmpstr (top, ==, "/");
  g_assert_true (geminga_bus_tree_lookup (self->root, "/a/b/c") == node);
  g_assert_true (geminga_bus_tree_lookup (self->root, "/") == self->root);
  g_assert_nonnull (geminga_bus_tree_lookup (self->root, "/a/b"));
  g_assert_null (geminga_bus_tree_lookup (self->root, "/a/b")->klass);
  g_assert_null (geminga_bus_tree_lookup (self->root, "/a/bb"));
  g_assert_null (geminga_bus_tree_lookup (self->root, "/a/b/c/d"));
}

static void
test_children (Fixture *self, gconstpointer data)
{
  guint n = 0;

  add (self, "/s/w2");
  add (self, "/s");
  add (self, "/s/w10/x");
  add (self, "/s/w1");

  assert_children (self, "/", "s");
  assert_children (self, "/s", "w1 w10 w2");
  assert_children (self, "/s/w10", "x");
  assert_children (self, "/s/w1", "");
  geminga_bus_node_foreach_below (geminga_bus_tree_lookup (self->root, "/s"), count, &n);
  g_assert_cmpuint (n, ==, 3);
}

static void
test_clear (Fixture *self, gconstpointer data)
{
  GemingaBusNode *parent = add (self, "/s/w");
  GemingaBusNode *child = add (self, "/s/w/x/y");

  geminga_bus_node_clear_actor (parent);
  g_assert_true (geminga_bus_tree_lookup (self->root, "/s/w") == parent);
  geminga_bus_node_clear_actor (child);
  g_assert_null (geminga_bus_tree_lookup (self->root, "/s"));
  assert_children (self, "/", "");
}

static void
test_many (Fixture *self, gconstpointer data)
{
  guint n = 0;

  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *path = g_strdup_printf ("/s/%u", i);

      add (self, path);
    }
  geminga_bus_node_foreach_below (self->root, count, &n);
  g_assert_cmpuint (n, ==, 100000);
  g_assert_nonnull (geminga_bus_tree_lookup (self->root, "/s/77777"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/bus/tree/lookup", Fixture, NULL, set_up, test_lookup, tear_down);
  g_test_add ("/bus/tree/children", Fixture, NULL, set_up, test_children, tear_down);
  g_test_add ("/bus/tree/clear", Fixture, NULL, set_up, test_clear, tear_down);
  g_test_add ("/bus/tree/many", Fixture, NULL, set_up, test_many, tear_down);

  return g_test_run ();
}
