/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-runner-state-private.h"

#include <glib/gi18n-lib.h>

#include "geminga-listen-private.h"
#include "geminga-settings-error.h"

/*
 * Which sockets are whose. What was handed over comes first, since who did that meant it: sockets of the
 * program that this one replaces, each with the id of its service, and those of systemd, named after the
 * prefix of a service. A service that was handed none opens the addresses of its setting.
 */

/* Helpers */

static const char *const *
get_addresses (GemingaService *service)
{
  return geminga_settings_get_strv (geminga_service_get_settings (service), "bind");
}

static gboolean
has_sockets (GemingaService *service)
{
  g_autoptr (GPtrArray) sockets = geminga_service_list_sockets (service);

  return sockets->len > 0;
}

static void
add_sockets (GemingaService *service, GPtrArray *more)
{
  g_autoptr (GPtrArray) sockets = geminga_service_list_sockets (service);

  g_ptr_array_extend (sockets, more, (GCopyFunc) g_object_ref, NULL);
  geminga_service_set_sockets (service, sockets);
}

/* Of all services in their order, as the processes that are started share them out. */
static void
collect (GemingaRunner *self)
{
  g_ptr_array_set_size (self->sockets, 0);
  for (guint i = 0; i < self->services->len; i++)
    {
      g_autoptr (GPtrArray) own =
          geminga_service_list_sockets (g_ptr_array_index (self->services, i));

      g_ptr_array_extend (self->sockets, own, (GCopyFunc) g_object_ref, NULL);
    }
}

/* Helpers: systemd */

static GemingaService *
find_by_prefix (GemingaRunner *self, const char *prefix)
{
  for (guint i = 0; prefix != NULL && i < self->services->len; i++)
    {
      GemingaService *service = g_ptr_array_index (self->services, i);

      if (g_strcmp0 (geminga_settings_get_prefix (geminga_service_get_settings (service)),
                     prefix) == 0)
        return service;
    }

  return NULL;
}

/* To those that have none yet, in their order, one for each address; what is left is the first's. */
static void
deal (GemingaRunner *self, GPtrArray *nameless)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      GemingaService *service = g_ptr_array_index (self->services, i);
      guint n_wanted = has_sockets (service) ? 0 : g_strv_length ((GStrv) get_addresses (service));
      g_autoptr (GPtrArray) own = g_ptr_array_new_with_free_func (g_object_unref);

      while (own->len < n_wanted && nameless->len > 0)
        g_ptr_array_add (own, g_ptr_array_steal_index (nameless, 0));
      add_sockets (service, own);
    }

  add_sockets (self->service, nameless);
}

static void
share (GemingaRunner *self, GPtrArray *given)
{
  g_autoptr (GPtrArray) nameless = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < given->len; i++)
    {
      GSocket *socket = g_ptr_array_index (given, i);
      GemingaService *service = find_by_prefix (self, geminga_listen_get_name (socket));

      if (service != NULL)
        geminga_runner_add_socket (self, service, socket);
      else
        g_ptr_array_add (nameless, g_object_ref (socket));
    }

  deal (self, nameless);
}

/* Helpers: addresses */

/* A free port can be asked for twice. */
static gboolean
is_any_port (const char *address)
{
  return g_str_equal (address, "0") || g_str_has_suffix (address, ":0");
}

/* @opened: services by their addresses. */
static gboolean
check_addresses (GemingaService *service, GHashTable *opened, GError **error)
{
  const char *const *addresses = get_addresses (service);

  for (gsize i = 0; addresses[i] != NULL; i++)
    {
      GemingaService *other = g_hash_table_lookup (opened, addresses[i]);

      if (other != NULL && other != service && !is_any_port (addresses[i]))
        {
          g_autofree char *flag =
              geminga_settings_dup_flag (geminga_service_get_settings (service), "bind");

          g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
                       _ ("%s and %s cannot both listen on %s; give the second another address "
                          "with %s"),
                       geminga_service_get_id (other), geminga_service_get_id (service),
                       addresses[i], flag);
          return FALSE;
        }
      g_hash_table_insert (opened, (char *) addresses[i], service);
    }

  return TRUE;
}

static gboolean
open_missing (GemingaRunner *self, GError **error)
{
  g_autoptr (GHashTable) opened = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->services->len; i++)
    {
      GemingaService *service = g_ptr_array_index (self->services, i);
      GemingaSettings *settings = geminga_service_get_settings (service);
      g_autoptr (GPtrArray) sockets = NULL;

      if (has_sockets (service))
        continue;
      if (!check_addresses (service, opened, error))
        return FALSE;
      sockets = geminga_listen_open (get_addresses (service),
                                     (int) geminga_settings_get_int (settings, "backlog"), error);
      if (sockets == NULL)
        return FALSE;
      geminga_service_set_sockets (service, sockets);
    }

  return TRUE;
}

/* For the runner's own files */

void
geminga_runner_add_socket (GemingaRunner *self, GemingaService *service, GSocket *socket)
{
  g_autoptr (GPtrArray) one = g_ptr_array_new ();

  g_ptr_array_add (one, socket);
  add_sockets (service, one);
}

const char *
geminga_runner_find_owner (GemingaRunner *self, GSocket *socket)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      GemingaService *service = g_ptr_array_index (self->services, i);
      g_autoptr (GPtrArray) sockets = geminga_service_list_sockets (service);

      if (g_ptr_array_find (sockets, socket, NULL))
        return geminga_service_get_id (service);
    }

  return "";
}

gboolean
geminga_runner_get_sockets (GemingaRunner *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GPtrArray) given = NULL;
  gboolean is_done = geminga_runner_inherit (self, error);

  if (is_done)
    {
      given = geminga_listen_take_systemd (&local_error);
      if (given != NULL)
        share (self, given);
      is_done = local_error == NULL && open_missing (self, error);
    }
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  /* In any case: files of unix sockets are removed if this is the end. */
  collect (self);

  return is_done;
}

void
geminga_runner_log_sockets (GemingaRunner *self)
{
  for (guint i = 0; i < self->sockets->len; i++)
    {
      GSocket *socket = g_ptr_array_index (self->sockets, i);
      g_autofree char *address = geminga_listen_describe (socket);

      g_info ("%s listens on %s", geminga_runner_find_owner (self, socket), address);
    }
}
