/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-gate-private.h"

#include <stdatomic.h>
#include <string.h>

#include "geminga-bus-private.h"
#include "geminga-bus-value-private.h"

/* Bytes of calls that may wait for us; what comes when there are more is refused at once. */
#define MAX_WAITING (64 * 1024 * 1024)

/* Calls that are handled before others get their turn in the main context. */
#define BATCH 64

/* What a message costs besides its body, about, in bytes. */
#define OVERHEAD 1024

#define WEIGHT_KEY "geminga-bus-weight"

struct _GemingaBusGate
{
  atomic_int ref_count;
  GDBusConnection *connection; /* (owned) (nullable): until it is closed; main context only */
  guint filter;                /* main context only */
  atomic_size_t unsent;
  atomic_ullong n_written;

  GSource *source; /* (owned): runs while calls wait */
  GemingaBusGateFunc func;
  gpointer user_data;

  GMutex lock;
  GQueue waiting;     /* (element-type GDBusMessage), under lock */
  gsize n_waiting;    /* bytes, under lock */
  gboolean is_closed; /* under lock */
};

typedef struct
{
  GemingaBusGate *gate; /* (owned) */
  gsize bytes;
} Weight;

/* Helpers: both threads */

static gsize
estimate_size (GDBusMessage *message)
{
  GVariant *body = g_dbus_message_get_body (message);

  return OVERHEAD + (body != NULL ? g_variant_get_size (body) : 0);
}

/* Helpers: the thread of GDBus */

static gboolean
is_path_of_ours (const char *path)
{
  gsize length = strlen (GEMINGA_BUS_ROOT_PATH);

  if (strncmp (path, GEMINGA_BUS_ROOT_PATH, length) == 0)
    return path[length] == '\0' || path[length] == '/';

  return g_str_equal (path, "/") || g_str_equal (path, "/org");
}

/* Takes the message. */
static void
refuse (GDBusConnection *connection, GDBusMessage *message)
{
  g_autoptr (GDBusMessage) reply = NULL;

  if ((g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) == 0)
    {
      reply = g_dbus_message_new_method_error (
          message, "org.freedesktop.DBus.Error.LimitsExceeded",
          "Calls of more than %d bytes wait to be handled already; try again later", MAX_WAITING);
      g_dbus_connection_send_message (connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                      NULL);
    }
  g_object_unref (message);
}

/* Takes the message. */
static void
enqueue (GemingaBusGate *self, GDBusConnection *connection, GDBusMessage *message)
{
  gsize n_bytes = estimate_size (message);
  gboolean is_taken = FALSE;
  gboolean is_full;

  g_mutex_lock (&self->lock);
  is_full = !self->is_closed && self->n_waiting >= MAX_WAITING;
  if (!self->is_closed && !is_full)
    {
      g_queue_push_tail (&self->waiting, message);
      self->n_waiting += n_bytes;
      is_taken = TRUE;
      if (self->waiting.length == 1)
        g_source_set_ready_time (self->source, 0);
    }
  g_mutex_unlock (&self->lock);

  if (is_full)
    refuse (connection, message);
  else if (!is_taken)
    g_object_unref (message);
}

static GDBusMessage *
filter_cb (GDBusConnection *connection,
           GDBusMessage *message,
           gboolean is_incoming,
           gpointer user_data)
{
  GemingaBusGate *self = user_data;

  if (!is_incoming)
    {
      atomic_fetch_add_explicit (&self->n_written, 1, memory_order_relaxed);
      return message;
    }

  /* No sender may number a message 0, and GDBus dies of a reply to it. */
  if (g_dbus_message_get_serial (message) == 0)
    {
      g_object_unref (message);
      return NULL;
    }

  if (!geminga_bus_gate_is_ours (message))
    return message;

  enqueue (self, connection, message);

  return NULL;
}

static void
weight_free (gpointer data)
{
  Weight *self = data;

  atomic_fetch_sub (&self->gate->unsent, self->bytes);
  geminga_bus_gate_unref (self->gate);
  g_free (self);
}

/* Helpers: the main context */

static GDBusMessage *
dequeue (GemingaBusGate *self, gboolean *is_more)
{
  GDBusMessage *message;

  g_mutex_lock (&self->lock);
  message = g_queue_pop_head (&self->waiting);
  if (message != NULL)
    self->n_waiting -= estimate_size (message);
  *is_more = self->waiting.length > 0;
  g_mutex_unlock (&self->lock);

  return message;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  GemingaBusGate *self = user_data;
  g_autoptr (GemingaBusGate) kept = geminga_bus_gate_ref (self);
  gboolean is_more = TRUE;

  g_source_set_ready_time (source, -1);
  for (guint i = 0; i < BATCH && is_more; i++)
    {
      g_autoptr (GDBusMessage) message = dequeue (self, &is_more);

      if (message != NULL)
        self->func (message, self->user_data);
    }

  g_mutex_lock (&self->lock);
  if (self->waiting.length > 0)
    g_source_set_ready_time (source, 0);
  g_mutex_unlock (&self->lock);

  return G_SOURCE_CONTINUE;
}

static gboolean
never_called_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = { .dispatch = dispatch };

/* Private API */

gboolean
geminga_bus_gate_is_ours (GDBusMessage *message)
{
  const char *path = g_dbus_message_get_path (message);

  return g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL &&
         path != NULL && is_path_of_ours (path) &&
         g_strcmp0 (g_dbus_message_get_interface (message), "org.freedesktop.DBus.Peer") != 0;
}

GemingaBusGate *
geminga_bus_gate_new (GDBusConnection *connection,
                      GMainContext *context,
                      GemingaBusGateFunc func,
                      gpointer user_data)
{
  GemingaBusGate *self = g_new0 (GemingaBusGate, 1);

  atomic_init (&self->ref_count, 1);
  self->connection = g_object_ref (connection);
  self->func = func;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_queue_init (&self->waiting);

  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "geminga-bus-gate");
  g_source_set_callback (self->source, never_called_cb, self, NULL);
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, context);

  self->filter = g_dbus_connection_add_filter (connection, filter_cb, geminga_bus_gate_ref (self),
                                               (GDestroyNotify) geminga_bus_gate_unref);

  return self;
}

void
geminga_bus_gate_close (GemingaBusGate *self)
{
  GQueue dropped = G_QUEUE_INIT;

  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  dropped = self->waiting;
  g_queue_init (&self->waiting);
  g_mutex_unlock (&self->lock);

  g_queue_clear_full (&dropped, g_object_unref);
  g_source_destroy (self->source);
  if (self->connection != NULL)
    g_dbus_connection_remove_filter (self->connection, self->filter);
  /* What is unsent refers to us. */
  g_clear_object (&self->connection);
}

GemingaBusGate *
geminga_bus_gate_ref (GemingaBusGate *self)
{
  atomic_fetch_add (&self->ref_count, 1);

  return self;
}

void
geminga_bus_gate_unref (GemingaBusGate *self)
{
  if (atomic_fetch_sub (&self->ref_count, 1) > 1)
    return;

  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_queue_clear_full (&self->waiting, g_object_unref);
  g_mutex_clear (&self->lock);
  g_clear_object (&self->connection);
  g_free (self);
}

gboolean
geminga_bus_gate_send (GemingaBusGate *self, GDBusMessage *message, GError **error)
{
  gsize n_bytes = estimate_size (message);
  g_autoptr (GError) local = NULL;
  Weight *weight;

  if (self->connection == NULL)
    return TRUE;
  if (!geminga_bus_check_message (message, error))
    return FALSE;

  weight = g_new0 (Weight, 1);
  weight->gate = geminga_bus_gate_ref (self);
  weight->bytes = n_bytes;
  atomic_fetch_add (&self->unsent, weight->bytes);
  /* GDBus holds the message until it is written. */
  g_object_set_data_full (G_OBJECT (message), WEIGHT_KEY, weight, weight_free);

  if (g_dbus_connection_send_message (self->connection, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE,
                                      NULL, &local) ||
      g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CLOSED))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}

gsize
geminga_bus_gate_get_unsent (GemingaBusGate *self)
{
  return atomic_load (&self->unsent);
}

guint64
geminga_bus_gate_get_n_written (GemingaBusGate *self)
{
  return atomic_load_explicit (&self->n_written, memory_order_relaxed);
}
