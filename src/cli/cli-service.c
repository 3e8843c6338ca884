/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-service.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "cli-bus.h"
#include "cli-error.h"

#define NAME_PREFIX "org.geminga1.Service."

/* Helpers */

static int
compare_services (gconstpointer a, gconstpointer b)
{
  const CliService *const *left = a;
  const CliService *const *right = b;

  return strcmp ((*left)->id, (*right)->id);
}

/* What is shown, and compared, is a name and nothing else; a service may say what it likes. */
static gboolean
is_plausible (const char *id)
{
  for (const char *c = id; *c != '\0'; c++)
    {
      if (!g_ascii_isalnum (*c) && strchr ("._-", *c) == NULL)
        return FALSE;
    }

  return *id != '\0';
}

/* Hello is what org.example.Hello ends with; so is example.Hello. */
static gboolean
has_suffix (const char *id, const char *suffix)
{
  gsize length = strlen (id);
  gsize suffix_length = strlen (suffix);

  return suffix_length > 0 && length > suffix_length && id[length - suffix_length - 1] == '.' &&
         g_str_has_suffix (id, suffix);
}

static CliService *
find_service (GPtrArray *services, const char *id)
{
  for (guint i = 0; i < services->len; i++)
    {
      CliService *service = g_ptr_array_index (services, i);

      if (g_str_equal (service->id, id))
        return service;
    }

  return NULL;
}

static char *
match_service (GPtrArray *services, const char *id, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < services->len; i++)
    {
      CliService *service = g_ptr_array_index (services, i);

      g_ptr_array_add (ids, service->id);
    }

  return cli_service_match (ids, id, error);
}

static GVariant *
get_dict (CliReply *reply)
{
  if (reply->value != NULL && g_variant_is_of_type (reply->value, G_VARIANT_TYPE ("(a{sv})")))
    return g_variant_get_child_value (reply->value, 0);

  return NULL;
}

/* Finds who owns the names, and drops second names of one arbiter. */
static GPtrArray *
inspect_arbiters (Cli *cli, GPtrArray *services, GError **error)
{
  g_autoptr (CliBatch) batch = cli_batch_new (cli);
  g_autoptr (GPtrArray) arbiters =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cli_service_free);
  g_autoptr (GHashTable) owners = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree CliReply **replies = g_new0 (CliReply *, 2 * services->len + 1);

  for (guint i = 0; i < services->len; i++)
    {
      CliService *service = g_ptr_array_index (services, i);

      replies[2 * i] = cli_batch_add (batch, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                      "org.freedesktop.DBus", "GetNameOwner",
                                      g_variant_new ("(s)", service->bus_name));
      replies[2 * i + 1] = cli_batch_add (batch, service->bus_name, CLI_ARBITER_PATH,
                                          "org.freedesktop.DBus.Properties", "GetAll",
                                          g_variant_new ("(s)", CLI_ARBITER_INTERFACE));
    }
  if (!cli_batch_run (batch, error))
    return NULL;

  for (guint i = 0; i < services->len; i++)
    {
      CliService *service = g_ptr_array_index (services, i);
      g_autoptr (CliService) arbiter = cli_service_new (service->id, service->bus_name);

      if (replies[2 * i]->value == NULL)
        continue; /* gone meanwhile */
      g_variant_get (replies[2 * i]->value, "(s)", &arbiter->owner);
      arbiter->arbiter = get_dict (replies[2 * i + 1]);
      if (replies[2 * i + 1]->error != NULL)
        arbiter->error = g_error_copy (replies[2 * i + 1]->error);
      if (g_hash_table_add (owners, arbiter->owner))
        g_ptr_array_add (arbiters, g_steal_pointer (&arbiter));
    }

  g_hash_table_remove_all (owners); /* it borrows */
  return g_steal_pointer (&arbiters);
}

static CliService *
copy_service (CliService *arbiter, const char *id)
{
  CliService *service = cli_service_new (id, arbiter->bus_name);

  service->owner = g_strdup (arbiter->owner);
  if (arbiter->arbiter != NULL)
    service->arbiter = g_variant_ref (arbiter->arbiter);
  if (arbiter->error != NULL)
    service->error = g_error_copy (arbiter->error);

  return service;
}

/* One entry a service of an arbiter; one for the arbiter if it says nothing of services. */
static void
add_services_of (GPtrArray *services, CliService *arbiter)
{
  g_autofree const char **names = NULL;
  guint before = services->len;

  if (arbiter->arbiter != NULL)
    g_variant_lookup (arbiter->arbiter, "Services", "^a&s", &names);

  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    {
      /* Some are told by their last word. */
      gboolean is_own = g_str_equal (names[i], arbiter->name);

      if (is_plausible (names[i]))
        g_ptr_array_add (services, copy_service (arbiter, is_own ? arbiter->id : names[i]));
    }

  if (services->len == before)
    g_ptr_array_add (services, copy_service (arbiter, arbiter->id));
}

/* Public API */

CliService *
cli_service_new (const char *id, const char *bus_name)
{
  CliService *self = g_new0 (CliService, 1);
  const char *dot = strrchr (id, '.');
  g_autofree char *escaped = NULL;

  self->id = g_strdup (id);
  self->name = g_strdup (dot != NULL ? dot + 1 : id);
  self->bus_name = g_strdup (bus_name);
  escaped = cli_service_escape (self->name);
  self->path = g_strconcat (CLI_ARBITER_PATH "/", escaped, NULL);

  return self;
}

void
cli_service_free (CliService *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->path);
  g_free (self->bus_name);
  g_free (self->owner);
  g_clear_pointer (&self->arbiter, g_variant_unref);
  g_clear_pointer (&self->monitor, g_variant_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/* Gives the state of a service that has been inspected. */
const char *
cli_service_get_state (CliService *self)
{
  const char *state = cli_dict_get_string (self->monitor, "State");
  const char *whole = cli_dict_get_string (self->arbiter, "State");

  if (self->arbiter == NULL)
    return "not responding";

  /* What the whole process does matters more than that workers run. */
  if (*whole != '\0' && !g_str_equal (whole, "running"))
    return whole;

  return *state != '\0' ? state : *whole != '\0' ? whole : "running";
}

/* Gives an inspected service as programs get it, a{sv}. */
GVariant *
cli_service_build_json (CliService *self)
{
  g_auto (GVariantDict) json = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) sockets = NULL;

  g_variant_dict_insert (&json, "id", "s", self->id);
  g_variant_dict_insert (&json, "state", "s", cli_service_get_state (self));
  if (self->arbiter != NULL)
    {
      g_variant_dict_insert (&json, "version", "s", cli_dict_get_string (self->arbiter, "Version"));
      g_variant_dict_insert (&json, "pid", "t", cli_dict_get_number (self->arbiter, "Pid"));
      g_variant_dict_insert (&json, "started-at", "t",
                             cli_dict_get_number (self->arbiter, "StartedAt"));
    }
  if (self->monitor != NULL)
    {
      g_variant_dict_insert (&json, "workers", "t", cli_dict_get_number (self->monitor, "Workers"));
      g_variant_dict_insert (&json, "running", "t", cli_dict_get_number (self->monitor, "Running"));
      g_variant_dict_insert (&json, "restarts", "t",
                             cli_dict_get_number (self->monitor, "Restarts"));
      sockets = g_variant_lookup_value (self->monitor, "Sockets", G_VARIANT_TYPE_STRING_ARRAY);
      if (sockets != NULL)
        g_variant_dict_insert_value (&json, "sockets", sockets);
    }
  if (self->error != NULL)
    {
      g_autofree char *message = cli_error_dup_message (self->error);

      g_variant_dict_insert (&json, "error", "s", message);
    }

  return g_variant_dict_end (&json);
}

/* Gives the services of the bus by the names they own, sorted, without asking any of them. */
GPtrArray *
cli_services_list (Cli *cli, GError **error)
{
  g_autoptr (GPtrArray) services =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cli_service_free);
  g_autoptr (GVariant) reply = cli_bus_call (cli, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                             "org.freedesktop.DBus", "ListNames", NULL, error);
  g_autofree const char **names = NULL;

  if (reply == NULL)
    return NULL;

  g_variant_get (reply, "(^a&s)", &names);
  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_autofree char *id = NULL;

      if (!g_str_has_prefix (names[i], NAME_PREFIX))
        continue;
      id = cli_service_unescape (names[i] + strlen (NAME_PREFIX));
      if (id != NULL && is_plausible (id))
        g_ptr_array_add (services, cli_service_new (id, names[i]));
    }
  g_ptr_array_sort (services, compare_services);

  return g_steal_pointer (&services);
}

/* Asks services what they are and do, all at once, and gives the answers as a new list. */
GPtrArray *
cli_services_inspect (Cli *cli, GPtrArray *services, GError **error)
{
  g_autoptr (GPtrArray) arbiters = inspect_arbiters (cli, services, error);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) cli_service_free);
  g_autoptr (CliBatch) batch = cli_batch_new (cli);
  g_autoptr (GPtrArray) replies = g_ptr_array_new ();

  if (arbiters == NULL)
    return NULL;

  for (guint i = 0; i < arbiters->len; i++)
    add_services_of (found, g_ptr_array_index (arbiters, i));

  for (guint i = 0; i < found->len; i++)
    {
      CliService *service = g_ptr_array_index (found, i);
      CliReply *reply = NULL;

      if (service->arbiter != NULL)
        reply = cli_batch_add (batch, service->bus_name, service->path,
                               "org.freedesktop.DBus.Properties", "GetAll",
                               g_variant_new ("(s)", CLI_MONITOR_INTERFACE));
      g_ptr_array_add (replies, reply);
    }
  if (!cli_batch_run (batch, error))
    return NULL;

  for (guint i = 0; i < found->len; i++)
    {
      CliService *service = g_ptr_array_index (found, i);
      CliReply *reply = g_ptr_array_index (replies, i);
      const char *id;

      if (reply == NULL)
        continue;
      service->monitor = get_dict (reply);
      if (reply->error != NULL)
        service->error = g_error_copy (reply->error);

      id = cli_dict_get_string (service->monitor, "ServiceId");
      if (has_suffix (id, service->id) && is_plausible (id))
        {
          g_free (service->id);
          service->id = g_strdup (id);
        }
    }
  g_ptr_array_sort (found, compare_services);

  return g_steal_pointer (&found);
}

/* Gives the one of @ids that is @id or, if it is the only one, ends with it. */
char *
cli_service_match (GPtrArray *ids, const char *id, GError **error)
{
  g_autoptr (GString) several = g_string_new (NULL);
  const char *match = NULL;
  guint n = 0;

  for (guint i = 0; i < ids->len; i++)
    {
      const char *candidate = g_ptr_array_index (ids, i);

      if (g_str_equal (candidate, id))
        return g_strdup (candidate);
      if (!has_suffix (candidate, id) || g_strcmp0 (candidate, match) == 0)
        continue;
      match = candidate;
      g_string_append_printf (several, "%s%s", n++ > 0 ? ", " : "", candidate);
    }

  if (n == 1)
    return g_strdup (match);
  if (n == 0)
    g_set_error (error, CLI_ERROR, CLI_STATUS_NOT_RUNNING, _ ("Service “%s” is not running"), id);
  else
    g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE, _ ("“%s” can be any of these services: %s"),
                 id, several->str);

  return NULL;
}

/* Finds a running service by its id or the end of it. */
CliService *
cli_service_resolve (Cli *cli, const char *id, GError **error)
{
  g_autoptr (GPtrArray) services = cli_services_list (cli, error);
  g_autoptr (GPtrArray) inspected = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *match = NULL;
  CliService *found;

  if (services == NULL)
    return NULL;

  match = match_service (services, id, &local_error);
  if (match == NULL && local_error->code == CLI_STATUS_NOT_RUNNING && services->len > 0)
    {
      /* It may be one of several under one arbiter. */
      inspected = cli_services_inspect (cli, services, error);
      if (inspected == NULL)
        return NULL;
      g_clear_error (&local_error);
      match = match_service (inspected, id, &local_error);
    }
  if (match == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  found = find_service (inspected != NULL ? inspected : services, match);
  return cli_service_new (found->id, found->bus_name);
}

/* Gives @text as an element of a path or name: any byte but letters and digits is _XX. */
char *
cli_service_escape (const char *text)
{
  g_autoptr (GString) escaped = g_string_new (NULL);

  if (*text == '\0')
    g_string_append_c (escaped, '_');
  for (; *text != '\0'; text++)
    {
      if (g_ascii_isalnum (*text))
        g_string_append_c (escaped, *text);
      else
        g_string_append_printf (escaped, "_%02x", (guchar) *text);
    }

  return g_string_free (g_steal_pointer (&escaped), FALSE);
}

/* Gives what was escaped, or %NULL if that was not UTF-8 text. */
char *
cli_service_unescape (const char *text)
{
  g_autoptr (GString) plain = g_string_new (NULL);

  if (g_str_equal (text, "_"))
    return g_strdup ("");

  for (; *text != '\0'; text++)
    {
      int high = *text == '_' ? g_ascii_xdigit_value (text[1]) : -1;
      int low = high >= 0 ? g_ascii_xdigit_value (text[2]) : -1;

      if (*text == '_' && (low < 0 || (high | low) == 0))
        return NULL;
      g_string_append_c (plain, *text == '_' ? (char) (high << 4 | low) : *text);
      text += *text == '_' ? 2 : 0;
    }

  return g_utf8_validate (plain->str, -1, NULL) ? g_string_free (g_steal_pointer (&plain), FALSE)
                                                : NULL;
}

char *
cli_service_dup_bus_name (const char *id)
{
  g_autofree char *escaped = cli_service_escape (id);

  return g_strconcat (NAME_PREFIX, escaped, NULL);
}

/* Gives the id of the service that owns a name; other names stay as they are. */
char *
cli_service_dup_id (const char *bus_name)
{
  char *id = g_str_has_prefix (bus_name, NAME_PREFIX)
                 ? cli_service_unescape (bus_name + strlen (NAME_PREFIX))
                 : NULL;

  return id != NULL ? id : g_strdup (bus_name);
}

/* Gives a string of @dict (nullable); without it an empty one. */
const char *
cli_dict_get_string (GVariant *dict, const char *key)
{
  const char *text = "";

  if (dict != NULL && !g_variant_lookup (dict, key, "&s", &text))
    g_variant_lookup (dict, key, "&o", &text);

  return text;
}

/* Gives a number of any integer type of @dict (nullable); without it 0. */
guint64
cli_dict_get_number (GVariant *dict, const char *key)
{
  g_autoptr (GVariant) value = dict != NULL ? g_variant_lookup_value (dict, key, NULL) : NULL;

  switch (value != NULL ? g_variant_classify (value) : G_VARIANT_CLASS_STRING)
    {
    case G_VARIANT_CLASS_UINT64:
      return g_variant_get_uint64 (value);
    case G_VARIANT_CLASS_UINT32:
      return g_variant_get_uint32 (value);
    case G_VARIANT_CLASS_INT64:
      return (guint64) MAX (g_variant_get_int64 (value), 0);
    case G_VARIANT_CLASS_INT32:
      return (guint64) MAX (g_variant_get_int32 (value), 0);
    default:
      return 0;
    }
}
