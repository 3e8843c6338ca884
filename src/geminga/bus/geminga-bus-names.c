/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-state-private.h"

#include <glib/gi18n-lib.h>

/* Of RequestName. */
#define FLAG_DO_NOT_QUEUE  4
#define REPLY_OURS         1
#define REPLY_OURS_ALREADY 4

/* Milliseconds until a bus that refused is asked again: its policy may have changed. */
#define REFUSED_DELAY 5000

/* Helpers */

typedef struct
{
  GemingaBus *bus;      /* (owned) */
  GemingaBusName *name; /* in the bus */
} Request;

static void
request_free (Request *self)
{
  geminga_bus_unref (self->bus);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static void request_next (GemingaBus *self);

static void
call_daemon (GemingaBus *self,
             GemingaBusName *name,
             const char *method,
             GVariant *arguments,
             GAsyncReadyCallback callback)
{
  Request *request = g_new0 (Request, 1);

  request->bus = geminga_bus_ref (self);
  request->name = name;
  g_dbus_connection_call (self->connection, GEMINGA_BUS_DAEMON, GEMINGA_BUS_DAEMON_PATH,
                          GEMINGA_BUS_DAEMON, method, arguments, G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, callback, request);
}

static gboolean
on_name_retry (gpointer user_data)
{
  GemingaBus *self = user_data;

  g_clear_pointer (&self->name_retry, g_source_unref);
  request_next (self);

  return G_SOURCE_REMOVE;
}

static void
retry_later (GemingaBus *self)
{
  if (self->name_retry != NULL)
    return;

  self->name_retry = g_timeout_source_new (REFUSED_DELAY);
  g_source_set_static_name (self->name_retry, "geminga-bus-name-retry");
  g_source_set_callback (self->name_retry, on_name_retry, self, NULL);
  g_source_attach (self->name_retry, self->context);
}

/* Whose the name is, if the bus tells: one does not have to search. */
static void
owner_told_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  guint32 pid = 0;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      request->name->state != GEMINGA_BUS_NAME_NOT_OURS)
    return;

  if (reply != NULL)
    g_variant_get (reply, "(u)", &pid);
  if (pid != 0)
    geminga_bus_say_lost (request->bus,
                          _ ("The bus name “%s” is owned by another process (pid %u)"),
                          request->name->name, pid);
  else
    geminga_bus_say_lost (request->bus, _ ("The bus name “%s” is owned by another process"),
                          request->name->name);
}

static void
name_taken (GemingaBus *self, GemingaBusName *name)
{
  call_daemon (self, name, "GetConnectionUnixProcessID", g_variant_new ("(s)", name->name),
               owner_told_cb);
}

static void
name_refused (GemingaBus *self, GemingaBusName *name, GError *error)
{
  g_dbus_error_strip_remote_error (error);
  retry_later (self);
  geminga_bus_say_lost (self, _ ("The bus does not give the name “%s”: %s"), name->name,
                        error->message);
}

static void
requested_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  GemingaBus *self = request->bus;
  GemingaBusName *name = request->name;
  guint32 answer = 0;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  name->state = GEMINGA_BUS_NAME_NOT_OURS;
  if (reply == NULL)
    {
      name_refused (self, name, error);
      return;
    }

  g_variant_get (reply, "(u)", &answer);
  if (answer == REPLY_OURS || answer == REPLY_OURS_ALREADY)
    name->state = GEMINGA_BUS_NAME_OURS;
  if (name->state == GEMINGA_BUS_NAME_OURS || name->is_changed)
    request_next (self);
  else
    name_taken (self, name);
}

static void
request (GemingaBus *self, GemingaBusName *name)
{
  name->state = GEMINGA_BUS_NAME_REQUESTED;
  name->is_changed = FALSE;
  call_daemon (self, name, "RequestName",
               g_variant_new ("(su)", name->name, (guint32) FLAG_DO_NOT_QUEUE), requested_cb);
}

/* One after the other, so that of two processes one gets both. */
static void
request_next (GemingaBus *self)
{
  for (guint i = 0; i < GEMINGA_BUS_N_NAMES; i++)
    {
      if (self->names[i].state == GEMINGA_BUS_NAME_REQUESTED)
        return;
      if (self->names[i].state == GEMINGA_BUS_NAME_NOT_OURS)
        {
          request (self, &self->names[i]);
          return;
        }
    }

  if (self->is_acquired)
    return;

  self->is_acquired = TRUE;
  g_clear_pointer (&self->reason, g_free);
  if (!self->is_freed)
    self->funcs.acquired (self->data);
}

/* @owner is empty: nobody has it. */
static void
owner_changed (GemingaBus *self, GemingaBusName *name, const char *owner)
{
  if (name->state == GEMINGA_BUS_NAME_REQUESTED)
    {
      name->is_changed |= *owner == '\0';
      return;
    }

  if (name->state == GEMINGA_BUS_NAME_OURS)
    {
      name->state = GEMINGA_BUS_NAME_NOT_OURS;
      geminga_bus_say_lost (self, _ ("The bus took the name “%s” away"), name->name);
    }
  if (*owner == '\0' && self->connection != NULL)
    request_next (self);
}

static void
on_name_owner_changed (GDBusConnection *connection,
                       const char *sender,
                       const char *path,
                       const char *interface,
                       const char *signal,
                       GVariant *parameters,
                       gpointer user_data)
{
  GemingaBus *self = user_data;
  const char *text;
  const char *owner;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sss)")))
    return;

  g_variant_get (parameters, "(&s&s&s)", &text, NULL, &owner);
  if (g_strcmp0 (owner, g_dbus_connection_get_unique_name (connection)) == 0)
    return;

  geminga_bus_ref (self);
  for (guint i = 0; i < GEMINGA_BUS_N_NAMES; i++)
    if (g_str_equal (self->names[i].name, text))
      owner_changed (self, &self->names[i], owner);
  geminga_bus_unref (self);
}

/* Private API */

void
geminga_bus_names_init (GemingaBus *self)
{
  self->names[0].name = g_strdup (self->service_id);
  self->names[1].name = geminga_bus_dup_service_name (self->service_id);
}

void
geminga_bus_names_clear (GemingaBus *self)
{
  for (guint i = 0; i < GEMINGA_BUS_N_NAMES; i++)
    g_free (self->names[i].name);
  g_free (self->reason);
}

void
geminga_bus_names_request (GemingaBus *self)
{
  for (guint i = 0; i < GEMINGA_BUS_N_NAMES; i++)
    self->names[i].subscription = g_dbus_connection_signal_subscribe (
        self->connection, GEMINGA_BUS_DAEMON, GEMINGA_BUS_DAEMON, "NameOwnerChanged",
        GEMINGA_BUS_DAEMON_PATH, self->names[i].name, G_DBUS_SIGNAL_FLAGS_NONE,
        on_name_owner_changed, self, NULL);
  request_next (self);
}

void
geminga_bus_names_forget (GemingaBus *self)
{
  if (self->name_retry != NULL)
    g_source_destroy (self->name_retry);
  g_clear_pointer (&self->name_retry, g_source_unref);

  for (guint i = 0; i < GEMINGA_BUS_N_NAMES; i++)
    {
      if (self->names[i].subscription != 0)
        g_dbus_connection_signal_unsubscribe (self->connection, self->names[i].subscription);
      self->names[i].subscription = 0;
      self->names[i].state = GEMINGA_BUS_NAME_NOT_OURS;
    }
}

void
geminga_bus_say_lost (GemingaBus *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  if (!self->is_acquired && g_strcmp0 (self->reason, text) == 0)
    return;

  self->is_acquired = FALSE;
  g_free (self->reason);
  self->reason = g_strdup (text);
  if (!self->is_freed)
    self->funcs.lost (self->data, text);
}
