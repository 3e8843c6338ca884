/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-actor.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "cli-bus.h"
#include "cli-error.h"
#include "cli-text.h"

/* Helpers */

static gboolean
is_name_of (CliService *service, const char *word)
{
  return g_str_equal (word, service->name) || g_str_equal (word, service->id);
}

/* What actors may be called here, for people: arbiter, Hello, worker1, worker1/child. */
static GPtrArray *
list_names (Cli *cli, CliService *service)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GVariant) actors = cli_actor_list (cli, service, NULL);

  g_ptr_array_add (names, g_strdup ("arbiter"));
  g_ptr_array_add (names, g_strdup (service->name));
  for (gsize i = 0; actors != NULL && i < g_variant_n_children (actors); i++)
    {
      g_autoptr (GVariant) actor = g_variant_get_child_value (actors, i);
      const char *path = cli_dict_get_string (actor, "path");
      gsize length = strlen (service->path);

      if (strncmp (path, service->path, length) == 0 && path[length] == '/')
        g_ptr_array_add (names, cli_actor_dup_name (path + length));
    }
  g_ptr_array_add (names, NULL);

  return g_steal_pointer (&names);
}

/* Public API */

/*
 * Gives the path of an actor: "arbiter", the service's name or id, "worker1", "Hello/worker1",
 * "worker1/child", or a path as it is.
 */
char *
cli_actor_dup_path (CliService *service, const char *actor, GError **error)
{
  g_autoptr (GString) path = NULL;
  g_auto (GStrv) words = NULL;

  if (*actor == '/')
    {
      if (g_variant_is_object_path (actor))
        return g_strdup (actor);
      g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE, _ ("“%s” is not a valid object path"),
                   actor);
      return NULL;
    }
  if (g_str_equal (actor, "arbiter"))
    return g_strdup (CLI_ARBITER_PATH);

  path = g_string_new (service->path);
  words = g_strsplit (actor, "/", -1);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      g_autofree char *escaped = cli_service_escape (words[i]);

      if (*words[i] == '\0')
        {
          g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE, _ ("“%s” is not the name of an actor"),
                       actor);
          return NULL;
        }
      if (i > 0 || !is_name_of (service, words[i]))
        g_string_append_printf (path, "/%s", escaped);
    }

  return g_string_free (g_steal_pointer (&path), FALSE);
}

/* Gives a path, or a part of one, as people see it: /org/geminga1/Hello/worker1 is Hello/worker1. */
char *
cli_actor_dup_name (const char *path)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_auto (GStrv) words = NULL;

  if (g_str_equal (path, CLI_ARBITER_PATH))
    return g_strdup ("arbiter");
  if (g_str_has_prefix (path, CLI_ARBITER_PATH "/"))
    path += strlen (CLI_ARBITER_PATH);
  if (*path == '/')
    path++;

  words = g_strsplit (path, "/", -1);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      g_autofree char *word = cli_service_unescape (words[i]);
      g_autofree char *safe = cli_text_escape (word != NULL ? word : words[i]);

      g_string_append_printf (name, "%s%s", i > 0 ? "/" : "", safe);
    }

  return g_string_free (g_steal_pointer (&name), FALSE);
}

/* Gives all actors under the arbiter of @service as aa{sv}. */
GVariant *
cli_actor_list (Cli *cli, CliService *service, GError **error)
{
  g_autoptr (GVariant) reply = cli_bus_call (cli, service->bus_name, CLI_ARBITER_PATH,
                                             CLI_ARBITER_INTERFACE, "List", NULL, error);

  if (reply == NULL)
    return NULL;
  if (g_variant_is_of_type (reply, G_VARIANT_TYPE ("(aa{sv})")))
    return g_variant_get_child_value (reply, 0);

  g_set_error (error, CLI_ERROR, CLI_STATUS_FAILED, _ ("%s answers List with something else"),
               service->id);
  return NULL;
}

/* Makes an error that says an object is unknown one that says which actor is; takes @error. */
GError *
cli_actor_explain (Cli *cli, CliService *service, const char *actor, GError *error)
{
  g_autoptr (GError) cause = error;
  g_autoptr (GPtrArray) names = NULL;
  const char *nearest;

  if (!cli_error_is_remote (error, "org.freedesktop.DBus.Error.UnknownObject") &&
      !cli_error_is_remote (error, "org.freedesktop.DBus.Error.UnknownMethod") &&
      !cli_error_is_remote (error, "org.freedesktop.DBus.Error.UnknownInterface") &&
      !cli_error_is_remote (error, "org.geminga1.Error.NoSuchActor"))
    return g_steal_pointer (&cause);

  names = list_names (cli, service);
  nearest = cli_text_find_nearest (actor, (const char *const *) names->pdata);
  if (nearest != NULL && !g_str_equal (nearest, actor))
    return g_error_new (CLI_ERROR, CLI_STATUS_NO_SUCH_ACTOR,
                        _ ("%s has no actor “%s”; did you mean “%s”?"), service->id, actor,
                        nearest);

  return g_error_new (CLI_ERROR, CLI_STATUS_NO_SUCH_ACTOR, _ ("%s has no actor “%s”"), service->id,
                      actor);
}
