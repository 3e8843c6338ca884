/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor-ref.h"
#include "geminga-bus-introspection-private.h"

G_BEGIN_DECLS

/*
 * GemingaBusNode: one element of an object path, in a tree from "/" down. A node is there while an
 * actor is at it or below it. No path is kept, so that a node costs about a hundred bytes.
 */
typedef struct _GemingaBusNode GemingaBusNode;

struct _GemingaBusNode
{
  GemingaBusNode *parent; /* (nullable): of the root */
  char *name;             /* (owned) */
  gboolean is_kept;       /* it is there even without an actor */
  GHashTable *children;   /* (owned) (nullable) (element-type utf8 GemingaBusNode), by name */
  GemingaBusClass *klass; /* (owned) (nullable): there is no actor here */
  GemingaActorRef *ref;   /* (owned) (nullable), together with klass */
};

typedef void (*GemingaBusNodeFunc) (GemingaBusNode *node, gpointer user_data);

GemingaBusNode *geminga_bus_tree_new (void) G_GNUC_WARN_UNUSED_RESULT;
void geminga_bus_tree_free (GemingaBusNode *root);

/* @path is a valid object path. */
GemingaBusNode *geminga_bus_tree_lookup (GemingaBusNode *root, const char *path);
GemingaBusNode *geminga_bus_tree_ensure (GemingaBusNode *root, const char *path);

void
geminga_bus_node_set_actor (GemingaBusNode *self, GemingaBusClass *klass, GemingaActorRef *ref);
/* Nodes that are not needed any more go away, the given one too. */
void geminga_bus_node_clear_actor (GemingaBusNode *self);

char *geminga_bus_node_dup_path (GemingaBusNode *self) G_GNUC_WARN_UNUSED_RESULT;
/* Names, sorted; borrowed from the nodes. */
GPtrArray *geminga_bus_node_list_children (GemingaBusNode *self) G_GNUC_WARN_UNUSED_RESULT;
/* Every node below that has an actor; the tree may not change meanwhile. */
void
geminga_bus_node_foreach_below (GemingaBusNode *self, GemingaBusNodeFunc func, gpointer user_data);

G_END_DECLS
