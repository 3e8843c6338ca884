/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-state-private.h"

/* Milliseconds that giving the names back may take. */
#define STOP_LIMIT 2000

/*
 * GDBus numbers messages with 32 bits and aborts when it runs out. What is left above this is for calls
 * that are being answered.
 */
#define MESSAGE_LIMIT G_GUINT64_CONSTANT (4000000000)

/* Helpers: stopping */

typedef struct
{
  GemingaBus *bus;             /* (owned) */
  GDBusConnection *connection; /* (owned) */
  GSource *limit;              /* (owned) */
  GCancellable *cancellable;   /* (owned): of the steps, not of the task */
  gulong cancel_handler;
  guint n_waiting; /* names that are not given back yet */
} Stop;

static void
stop_free (Stop *self)
{
  g_source_destroy (self->limit);
  g_source_unref (self->limit);
  g_object_unref (self->connection);
  g_object_unref (self->cancellable);
  geminga_bus_unref (self->bus);
  g_free (self);
}

static gboolean
on_stop_limit (gpointer user_data)
{
  g_cancellable_cancel (user_data);

  return G_SOURCE_REMOVE;
}

static void
on_stop_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

/* A bus that is gone, or does not read, has nothing that it could be told. */
static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Stop *stop = g_task_get_task_data (task);

  g_dbus_connection_close_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_cancellable_disconnect (g_task_get_cancellable (task), stop->cancel_handler);
  stop->bus->state = GEMINGA_BUS_STOPPED;
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
}

static void
flushed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_dbus_connection_close (G_DBUS_CONNECTION (source), NULL, closed_cb, user_data);
}

static void
released_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Stop *stop = g_task_get_task_data (task);
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (--stop->n_waiting == 0)
    g_dbus_connection_flush (stop->connection, stop->cancellable, flushed_cb,
                             g_steal_pointer (&task));
}

static void
stop_release (Stop *self, GTask *task)
{
  self->n_waiting = GEMINGA_BUS_N_NAMES;
  for (guint i = 0; i < GEMINGA_BUS_N_NAMES; i++)
    g_dbus_connection_call (
        self->connection, GEMINGA_BUS_DAEMON, GEMINGA_BUS_DAEMON_PATH, GEMINGA_BUS_DAEMON,
        "ReleaseName", g_variant_new ("(s)", self->bus->names[i].name), NULL,
        G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, released_cb, g_object_ref (task));
}

static Stop *
stop_new (GemingaBus *bus, GDBusConnection *connection, GCancellable *cancellable)
{
  Stop *self = g_new0 (Stop, 1);

  self->bus = geminga_bus_ref (bus);
  self->connection = g_object_ref (connection);
  self->cancellable = g_cancellable_new ();
  self->limit = g_timeout_source_new (STOP_LIMIT);
  g_source_set_static_name (self->limit, "geminga-bus-stop-limit");
  g_source_set_callback (self->limit, on_stop_limit, g_object_ref (self->cancellable),
                         g_object_unref);
  g_source_attach (self->limit, bus->context);
  if (cancellable != NULL)
    self->cancel_handler = g_cancellable_connect (cancellable, G_CALLBACK (on_stop_cancelled),
                                                  g_object_ref (self->cancellable), g_object_unref);

  return self;
}

/* Private API */

GemingaBus *
geminga_bus_ref (GemingaBus *self)
{
  self->ref_count++;

  return self;
}

void
geminga_bus_unref (GemingaBus *self)
{
  if (--self->ref_count > 0)
    return;

  g_assert (self->connection == NULL);

  geminga_bus_names_clear (self);
  g_hash_table_unref (self->callers);
  g_hash_table_unref (self->news);
  g_queue_clear (&self->news_waiting);
  geminga_bus_tree_free (self->tree);
  g_hash_table_unref (self->classes);
  g_main_context_unref (self->context);
  g_free (self->service_id);
  g_free (self->bus);
  g_free (self);
}

GemingaBus *
geminga_bus_new (const char *service_id, const GemingaBusFuncs *funcs, gpointer data)
{
  GemingaBus *self;

  g_return_val_if_fail (g_dbus_is_name (service_id) && !g_dbus_is_unique_name (service_id), NULL);
  g_return_val_if_fail (funcs != NULL, NULL);

  self = g_new0 (GemingaBus, 1);
  self->ref_count = 1;
  self->funcs = *funcs;
  self->data = data;
  self->service_id = g_strdup (service_id);
  self->context = g_main_context_ref_thread_default ();
  self->message_limit = MESSAGE_LIMIT;
  self->tree = geminga_bus_tree_new ();
  geminga_bus_tree_ensure (self->tree, GEMINGA_BUS_ROOT_PATH)->is_kept = TRUE;
  self->classes =
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) geminga_bus_class_unref);
  geminga_bus_manager_init (self);
  geminga_bus_callers_init (self);
  geminga_bus_names_init (self);

  return self;
}

void
geminga_bus_start (GemingaBus *self, const char *bus)
{
  g_return_if_fail (self != NULL && bus != NULL);
  g_return_if_fail (self->state == GEMINGA_BUS_STOPPED);

  g_free (self->bus);
  self->bus = g_strdup (bus);
  self->state = GEMINGA_BUS_STARTED;
  geminga_bus_connection_open (self);
}

void
geminga_bus_stop_async (GemingaBus *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GDBusConnection) connection = NULL;
  Stop *stop;

  g_task_set_source_tag (task, geminga_bus_stop_async);
  g_return_if_fail (self != NULL && self->state != GEMINGA_BUS_STOPPING);

  connection = geminga_bus_connection_drop (self);
  self->is_acquired = FALSE;
  g_clear_pointer (&self->reason, g_free);
  if (connection == NULL)
    {
      self->state = GEMINGA_BUS_STOPPED;
      if (!g_task_return_error_if_cancelled (task))
        g_task_return_boolean (task, TRUE);
      return;
    }

  self->state = GEMINGA_BUS_STOPPING;
  stop = stop_new (self, connection, cancellable);
  g_task_set_task_data (task, stop, (GDestroyNotify) stop_free);
  g_task_set_check_cancellable (task, FALSE);
  stop_release (stop, task);
}

/* What was stopped stays so if it is cancelled; then it was less polite to the bus. */
gboolean
geminga_bus_stop_finish (GemingaBus *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, geminga_bus_stop_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
geminga_bus_free (GemingaBus *self)
{
  g_autoptr (GDBusConnection) connection = NULL;

  g_return_if_fail (self != NULL);

  self->is_freed = TRUE;
  connection = geminga_bus_connection_drop (self);
  if (connection != NULL)
    g_dbus_connection_close (connection, NULL, NULL, NULL);
  geminga_bus_unref (self);
}
