/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-state-private.h"

/*
 * Who waits for answers. When a caller leaves the bus, what is asked for it is cancelled. Most calls
 * are answered before one could even ask the bus to watch the caller, so only those that take longer
 * are watched.
 */

/* Milliseconds that a call may take before its caller is watched. */
#define PATIENCE 250

struct _GemingaBusCaller
{
  char *name;        /* (owned): unique name */
  GHashTable *calls; /* (owned) (element-type GemingaBusCall): not owned, never empty */
  gint64 since;      /* monotonic, when there was a call first */
  guint watch;       /* 0: not watched */
};

/* Helpers */

static void
caller_free (GemingaBusCaller *self)
{
  if (self->watch != 0)
    g_bus_unwatch_name (self->watch);
  g_hash_table_unref (self->calls);
  g_free (self->name);
  g_free (self);
}

static GemingaBusCaller *
ensure_caller (GemingaBus *bus, const char *name)
{
  GemingaBusCaller *self = g_hash_table_lookup (bus->callers, name);

  if (self != NULL)
    return self;

  self = g_new0 (GemingaBusCaller, 1);
  self->name = g_strdup (name);
  self->calls = g_hash_table_new (NULL, NULL);
  self->since = g_get_monotonic_time ();
  g_hash_table_insert (bus->callers, self->name, self);

  return self;
}

static void
cancel_all (GemingaBusCaller *self)
{
  GHashTableIter iter;
  gpointer call;

  /* Answers come later, so nothing is removed meanwhile. */
  g_hash_table_iter_init (&iter, self->calls);
  while (g_hash_table_iter_next (&iter, &call, NULL))
    {
      ((GemingaBusCall *) call)->is_answered = TRUE;
      g_cancellable_cancel (((GemingaBusCall *) call)->cancellable);
    }
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  cancel_all (user_data);
}

static void look_out (GemingaBus *self);

static gboolean
on_look_out (gpointer user_data)
{
  GemingaBus *self = user_data;
  gint64 limit = g_get_monotonic_time () - PATIENCE * G_TIME_SPAN_MILLISECOND;
  gboolean is_more = FALSE;
  GHashTableIter iter;
  gpointer value;

  g_clear_pointer (&self->look_out, g_source_unref);
  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      GemingaBusCaller *caller = value;

      if (caller->watch == 0 && caller->since <= limit)
        caller->watch = g_bus_watch_name_on_connection (self->connection, caller->name,
                                                        G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                        on_vanished, caller, NULL);
      is_more |= caller->watch == 0;
    }
  if (is_more)
    look_out (self);

  return G_SOURCE_REMOVE;
}

static void
look_out (GemingaBus *self)
{
  if (self->look_out != NULL)
    return;

  self->look_out = g_timeout_source_new (PATIENCE);
  g_source_set_static_name (self->look_out, "geminga-bus-look-out");
  g_source_set_callback (self->look_out, on_look_out, self, NULL);
  g_source_attach (self->look_out, self->context);
}

/* Private API */

void
geminga_bus_callers_init (GemingaBus *self)
{
  self->callers =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) caller_free);
}

void
geminga_bus_callers_add (GemingaBus *self, GemingaBusCall *call)
{
  const char *name = g_dbus_message_get_sender (call->message);

  if (name == NULL || call->caller != NULL)
    return;

  call->caller = ensure_caller (self, name);
  g_hash_table_add (call->caller->calls, call);
  self->n_calls++;
  if (call->caller->watch == 0)
    look_out (self);
}

void
geminga_bus_callers_remove (GemingaBus *self, GemingaBusCall *call)
{
  GemingaBusCaller *caller = g_steal_pointer (&call->caller);

  if (caller == NULL)
    return;

  self->n_calls--;
  g_hash_table_remove (caller->calls, call);
  if (g_hash_table_size (caller->calls) == 0)
    g_hash_table_remove (self->callers, caller->name);
}

void
geminga_bus_callers_forget (GemingaBus *self)
{
  GHashTableIter iter;
  gpointer value;

  if (self->look_out != NULL)
    g_source_destroy (self->look_out);
  g_clear_pointer (&self->look_out, g_source_unref);

  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      GemingaBusCaller *caller = value;
      GHashTableIter calls;
      gpointer call;

      cancel_all (caller);
      g_hash_table_iter_init (&calls, caller->calls);
      while (g_hash_table_iter_next (&calls, &call, NULL))
        ((GemingaBusCall *) call)->caller = NULL;
      g_hash_table_iter_remove (&iter);
    }
  self->n_calls = 0;
}
