/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-config.h"

#include <glib/gi18n-lib.h>

#include "cli-actor.h"
#include "cli-bus.h"
#include "cli-error.h"
#include "cli-text.h"
#include "cli-value.h"

/* The settings of a service, or the writable properties of one of its actors. */

/* Helpers */

static gboolean
is_same_name (const char *a, const char *b)
{
  for (; *a != '\0' || *b != '\0'; a++, b++)
    {
      while (*a == '-' || *a == '_')
        a++;
      while (*b == '-' || *b == '_')
        b++;
      if (g_ascii_tolower (*a) != g_ascii_tolower (*b))
        return FALSE;
      if (*a == '\0')
        return TRUE;
    }

  return TRUE;
}

static GStrv
list_names (GVariant *values)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GVariantIter iter;
  const char *name;

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_next (&iter, "{&sv}", &name, NULL))
    g_strv_builder_add (builder, name);

  return g_strv_builder_end (builder);
}

/* Calls a command of an actor, or one of the arbiter for the settings. */
static GVariant *
call (Cli *cli,
      CliService *service,
      const char *actor,
      const char *command,
      GVariant *arguments,
      GError **error)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (arguments);
  g_autofree char *path = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) local_error = NULL;

  if (actor == NULL)
    return cli_bus_call (cli, service->bus_name, CLI_ARBITER_PATH, CLI_ARBITER_INTERFACE, command,
                         held, error);

  path = cli_actor_dup_path (service, actor, error);
  if (path == NULL)
    return NULL;

  reply =
      cli_bus_call (cli, service->bus_name, path, CLI_ACTOR_INTERFACE, command, held, &local_error);
  if (reply == NULL)
    g_propagate_error (error,
                       cli_actor_explain (cli, service, actor, g_steal_pointer (&local_error)));

  return g_steal_pointer (&reply);
}

/*
 * The new value has the type of the old one. Settings are also taken as people write them, 64M or 5min:
 * what only the service can read is sent as text.
 */
static GVariant *
parse_value (GVariant *values,
             const char *name,
             const char *text,
             gboolean is_setting,
             GError **error)
{
  g_autoptr (GVariant) old = g_variant_lookup_value (values, name, NULL);
  g_autoptr (GError) local_error = NULL;
  GVariant *value = cli_value_parse (g_variant_get_type (old), text, &local_error);

  if (value == NULL && is_setting && g_utf8_validate (text, -1, NULL))
    return g_variant_ref_sink (g_variant_new_string (text));
  if (value == NULL)
    g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "%s: ", name);

  return value;
}

/* Public API */

/* Gives the settings of @service, or the properties of @actor (nullable), as a{sv}. */
GVariant *
cli_config_get (Cli *cli, CliService *service, const char *actor, GError **error)
{
  g_autoptr (GVariant) reply =
      call (cli, service, actor, actor != NULL ? "GetConfig" : "GetSettings",
            actor != NULL ? g_variant_new ("()") : g_variant_new ("(s)", service->name), error);

  if (reply == NULL)
    return NULL;
  if (g_variant_is_of_type (reply, G_VARIANT_TYPE ("(a{sv})")))
    return g_variant_get_child_value (reply, 0);

  g_set_error (error, CLI_ERROR, CLI_STATUS_FAILED, _ ("%s does not answer with names and values"),
               service->id);
  return NULL;
}

/* Gives the name in @values that is meant: log-level may be typed as LogLevel, too. */
char *
cli_config_find (GVariant *values, const char *name, GError **error)
{
  g_auto (GStrv) names = list_names (values);
  const char *nearest;

  for (gsize i = 0; names[i] != NULL; i++)
    {
      if (is_same_name (names[i], name))
        return g_strdup (names[i]);
    }

  nearest = cli_text_find_nearest (name, (const char *const *) names);
  if (nearest != NULL)
    g_set_error (error, CLI_ERROR, CLI_STATUS_NO_SUCH_ACTOR,
                 _ ("There is no “%s”; did you mean “%s”?"), name, nearest);
  else
    g_set_error (error, CLI_ERROR, CLI_STATUS_NO_SUCH_ACTOR, _ ("There is no “%s”"), name);

  return NULL;
}

/* Changes one value. */
gboolean
cli_config_set (Cli *cli,
                CliService *service,
                const char *actor,
                const char *name,
                const char *text,
                GError **error)
{
  g_autoptr (GVariant) values = cli_config_get (cli, service, actor, error);
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *known = NULL;
  GVariant *arguments;

  if (values == NULL)
    return FALSE;
  known = cli_config_find (values, name, error);
  if (known == NULL)
    return FALSE;
  value = parse_value (values, known, text, actor == NULL, error);
  if (value == NULL)
    return FALSE;

  if (actor != NULL)
    arguments = g_variant_new_parsed ("({%s: <%*>},)", known, value);
  else
    arguments = g_variant_new ("(ssva{sv})", service->name, known, value, NULL);
  reply = call (cli, service, actor, actor != NULL ? "SetConfig" : "SetSetting", arguments, error);

  return reply != NULL;
}
