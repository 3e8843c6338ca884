/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "cli-actor.h"
#include "cli-bus.h"
#include "cli-output.h"
#include "cli-service.h"
#include "cli-text.h"
#include "cli-verbs.h"
#include "cli-watch.h"

/* Longer paths are no tree that anybody has, only deep. */
#define MAX_PATH_LENGTH 2048

/* An actor and what is under it; something that is only a level of the paths has no @info. */
typedef struct
{
  char *path;          /* (owned) */
  GVariant *info;      /* (owned) (nullable): a{sv} */
  GPtrArray *children; /* (owned) (element-type Node), borrows */
} Node;

/* Helpers */

static void
node_free (gpointer data)
{
  Node *node = data;

  g_free (node->path);
  g_clear_pointer (&node->info, g_variant_unref);
  g_ptr_array_unref (node->children);
  g_free (node);
}

/* worker2 comes before worker10. */
static int
compare_nodes (gconstpointer a, gconstpointer b)
{
  const Node *const *left = a;
  const Node *const *right = b;

  return strverscmp ((*left)->path, (*right)->path);
}

/* Makes a node and those above it, up to the arbiter. */
static Node *
ensure_node (GHashTable *nodes, const char *path)
{
  Node *node = g_hash_table_lookup (nodes, path);
  const char *slash = strrchr (path, '/');

  if (node != NULL)
    return node;

  node = g_new0 (Node, 1);
  node->path = g_strdup (path);
  node->children = g_ptr_array_new ();
  g_hash_table_insert (nodes, node->path, node);

  if (!g_str_equal (path, CLI_ARBITER_PATH) && slash != NULL)
    {
      g_autofree char *parent = g_strndup (path, (gsize) (slash - path));

      g_ptr_array_add (ensure_node (nodes, parent)->children, node);
    }

  return node;
}

static GHashTable *
build_nodes (GVariant *reply)
{
  g_autoptr (GHashTable) nodes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, node_free);
  g_autoptr (GVariant) actors = NULL;
  GHashTableIter iter;
  Node *node;

  ensure_node (nodes, CLI_ARBITER_PATH);
  if (g_variant_is_of_type (reply, G_VARIANT_TYPE ("(aa{sv})")))
    actors = g_variant_get_child_value (reply, 0);
  for (gsize i = 0; actors != NULL && i < g_variant_n_children (actors); i++)
    {
      g_autoptr (GVariant) actor = g_variant_get_child_value (actors, i);
      const char *path = cli_dict_get_string (actor, "path");

      if (strlen (path) > MAX_PATH_LENGTH)
        continue;
      if (!g_str_equal (path, CLI_ARBITER_PATH) && !g_str_has_prefix (path, CLI_ARBITER_PATH "/"))
        continue;
      node = ensure_node (nodes, path);
      g_clear_pointer (&node->info, g_variant_unref);
      node->info = g_steal_pointer (&actor);
    }

  g_hash_table_iter_init (&iter, nodes);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &node))
    g_ptr_array_sort (node->children, compare_nodes);

  return g_steal_pointer (&nodes);
}

static GVariant *
build_json (Node *node)
{
  g_auto (GVariantDict) json = G_VARIANT_DICT_INIT (node->info);
  GVariantBuilder children;

  g_variant_dict_insert (&json, "path", "s", node->path);
  if (node->children->len > 0)
    {
      g_variant_builder_init (&children, G_VARIANT_TYPE ("aa{sv}"));
      for (guint i = 0; i < node->children->len; i++)
        g_variant_builder_add_value (&children, build_json (g_ptr_array_index (node->children, i)));
      g_variant_dict_insert_value (&json, "children", g_variant_builder_end (&children));
    }

  return g_variant_dict_end (&json);
}

/* "worker1  HelloWorker, process 1234, running 5m02s" */
static void
print_node (Cli *cli, Node *node, const char *label)
{
  const char *state = cli_dict_get_string (node->info, "state");
  const char *color = cli_output_get_color (cli, state);
  g_autofree char *type = cli_text_escape (cli_dict_get_string (node->info, "type"));
  g_autofree char *placement = cli_text_escape (cli_dict_get_string (node->info, "placement"));
  g_autofree char *shown = cli_output_dup_state (cli, state);
  guint64 pid = cli_dict_get_number (node->info, "pid");
  guint64 started_at = cli_dict_get_number (node->info, "started-at");
  g_autofree char *age = cli_text_from_age (started_at);

  cli_output_print (cli, "%s", label);
  if (*type != '\0')
    cli_output_print (cli, "  %s", type);
  if (*placement != '\0')
    cli_output_print (cli, "  %s", placement);
  if (pid != 0)
    cli_output_print (cli, "  %" G_GUINT64_FORMAT, pid);
  if (*state != '\0')
    cli_output_print (cli, "  %s%s%s", color != NULL ? color : "", shown,
                      color != NULL ? "\033[0m" : "");
  if (started_at != 0)
    cli_output_print (cli, "  %s", age);
  cli_output_print (cli, "\n");
}

static void
print_children (Cli *cli, Node *node, const char *indent)
{
  for (guint i = 0; i < node->children->len; i++)
    {
      Node *child = g_ptr_array_index (node->children, i);
      gboolean is_last = i == node->children->len - 1;
      const char *branch = cli->is_unicode ? (is_last ? "└─ " : "├─ ") : (is_last ? "`- " : "|- ");
      const char *trunk = is_last ? "   " : (cli->is_unicode ? "│  " : "|  ");
      g_autofree char *name = cli_actor_dup_name (strrchr (child->path, '/') + 1);
      g_autofree char *label = g_strconcat (indent, branch, name, NULL);
      g_autofree char *deeper = g_strconcat (indent, trunk, NULL);

      print_node (cli, child, label);
      print_children (cli, child, deeper);
    }
}

/* The whole of an arbiter, whichever of its services was asked for. */
static void
render_one (Cli *cli, CliService *service, GVariant *reply, GVariantBuilder *json)
{
  g_autoptr (GHashTable) nodes = build_nodes (reply);
  Node *root = g_hash_table_lookup (nodes, CLI_ARBITER_PATH);
  g_auto (GVariantDict) tree = G_VARIANT_DICT_INIT (NULL);

  if (cli->is_json)
    {
      g_variant_dict_insert (&tree, "service", "s", service->id);
      g_variant_dict_insert_value (&tree, "tree", build_json (root));
      g_variant_builder_add_value (json, g_variant_dict_end (&tree));
      return;
    }

  print_node (cli, root, service->id);
  print_children (cli, root, "");
}

static void
render_failed (Cli *cli, CliService *service, GVariantBuilder *json)
{
  g_autofree char *state = cli_output_dup_state (cli, "not responding");

  if (cli->is_json)
    g_variant_builder_add_value (json, g_variant_new_parsed ("{'service': <%s>, 'state': <%s>}",
                                                             service->id, "not responding"));
  else
    cli_output_print (cli, "%s  %s\n", service->id, state);
}

static GPtrArray *
find_services (Cli *cli, const char *id, GError **error)
{
  g_autoptr (GPtrArray) services = NULL;
  CliService *service;

  if (id == NULL)
    return cli_services_list (cli, error);

  service = cli_service_resolve (cli, id, error);
  if (service == NULL)
    return NULL;

  services = g_ptr_array_new_with_free_func ((GDestroyNotify) cli_service_free);
  g_ptr_array_add (services, service);
  return g_steal_pointer (&services);
}

/* Asks all arbiters at once for their actors. */
static GPtrArray *
ask (CliBatch *batch, GPtrArray *services, GError **error)
{
  g_autoptr (GPtrArray) replies = g_ptr_array_new ();

  for (guint i = 0; i < services->len; i++)
    {
      CliService *service = g_ptr_array_index (services, i);

      g_ptr_array_add (replies, cli_batch_add (batch, service->bus_name, CLI_ARBITER_PATH,
                                               CLI_ARBITER_INTERFACE, "List", NULL));
    }

  return cli_batch_run (batch, error) ? g_steal_pointer (&replies) : NULL;
}

static gboolean
render (Cli *cli, gpointer data, GError **error)
{
  const char *id = data;
  g_autoptr (GPtrArray) services = find_services (cli, id, error);
  g_autoptr (CliBatch) batch = cli_batch_new (cli);
  g_autoptr (GPtrArray) replies = services != NULL ? ask (batch, services, error) : NULL;
  g_autoptr (GVariantBuilder) json = g_variant_builder_new (G_VARIANT_TYPE ("aa{sv}"));

  if (replies == NULL)
    return FALSE;

  for (guint i = 0; i < services->len; i++)
    {
      CliService *service = g_ptr_array_index (services, i);
      CliReply *reply = g_ptr_array_index (replies, i);

      if (reply->error == NULL)
        {
          render_one (cli, service, reply->value, json);
          continue;
        }

      /* Among all services, one that hangs is no reason not to show the others. */
      if (id != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&reply->error));
          return FALSE;
        }
      render_failed (cli, service, json);
    }

  if (cli->is_json)
    cli_output_json (cli, g_variant_builder_end (json));

  return TRUE;
}

/* The verb */

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  return cli_watch_run (cli, render, (char *) operands[0], error);
}

const CliVerb cli_verb_tree = {
  .name = "tree",
  .summary = N_ ("Show who supervises whom"),
  .run = run,
  .usage = N_ ("[ID]"),
  .max_operands = 1,
  .operands = { CLI_OPERAND_SERVICE },
  .flags = CLI_VERB_WATCH,
};
