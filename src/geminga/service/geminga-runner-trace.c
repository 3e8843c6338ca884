/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-runner-state-private.h"

#include "geminga-error.h"

/*
 * Traces of actors, for who asks the arbiter. What the actor does waits in its process until it is asked for,
 * and it is asked for only while somebody waits here: who reads slowly costs nobody anything. A trace
 * ends when the caller who waits for it leaves the bus, or when nobody has asked for a while.
 */

#define MAX_TRACES 64

/* Seconds after which who waits gets an empty list, so that his own time limit does not strike. */
#define READ_TIME 20
/* Seconds after which a trace that nobody reads ends. */
#define IDLE_TIME 30

typedef struct
{
  GemingaRunner *runner;
  char *id;
  guint32 node;

  GemingaCall *waiting; /* (owned) (nullable): who waits for records */
  gulong cancel_handler;
  gboolean is_reading; /* the process was asked for records */
  GVariant *batch;     /* (owned) (nullable): records that nobody waits for */
  GError *failure;     /* (owned) (nullable): why nothing comes any more */
  GSource *timer;      /* (owned): ends the wait, or the trace */
} Trace;

/* What was asked of a process, which the trace may not live to see. */
typedef struct
{
  GemingaRunner *runner;
  char *id;
  guint32 node;
  GemingaCall *call; /* (owned) (nullable): who wants the trace */
} Request;

/* Helpers */

static Trace *
find_trace (GemingaRunner *self, const char *id)
{
  return self->traces != NULL ? g_hash_table_lookup (self->traces, id) : NULL;
}

static void
set_timer (Trace *self, int seconds)
{
  g_source_set_ready_time (self->timer,
                           g_get_monotonic_time () + (gint64) seconds * G_TIME_SPAN_SECOND);
}

static GemingaCall *
steal_waiting (Trace *self)
{
  if (self->waiting != NULL)
    g_signal_handler_disconnect (geminga_call_get_cancellable (self->waiting),
                                 self->cancel_handler);
  set_timer (self, IDLE_TIME);

  return g_steal_pointer (&self->waiting);
}

static void
request_free (gpointer data)
{
  Request *self = data;

  g_clear_object (&self->call);
  g_free (self->id);
  g_free (self);
}

static void
stopped (gpointer data, GVariant *result, GUnixFDList *fds, const GError *error)
{
  if (error != NULL)
    g_debug ("A trace was not stopped: %s", error->message);
}

/* The table lets go of it. */
static void
trace_end (gpointer data)
{
  Trace *self = data;
  g_autoptr (GemingaCall) waiting = steal_waiting (self);

  geminga_node_call_trace (self->runner->node, self->node, "StopTrace",
                           g_variant_new ("(s)", self->id), stopped, NULL, NULL);
  if (waiting != NULL)
    geminga_call_return_error_literal (waiting, GEMINGA_ERROR, GEMINGA_ERROR_CANCELLED,
                                       "The trace was stopped");
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_clear_pointer (&self->batch, g_variant_unref);
  g_clear_error (&self->failure);
  g_free (self->id);
  g_free (self);
}

static void
forget (GemingaRunner *self, const char *id)
{
  g_autofree char *kept = g_strdup (id);

  if (self->traces != NULL)
    g_hash_table_remove (self->traces, kept);
}

/* Gives what there is to who waits for it. */
static void
serve (Trace *self)
{
  g_autoptr (GemingaCall) waiting = NULL;

  if (self->waiting == NULL || (self->batch == NULL && self->failure == NULL))
    return;

  waiting = steal_waiting (self);
  if (self->batch != NULL)
    {
      geminga_call_return_value (waiting, self->batch);
      g_clear_pointer (&self->batch, g_variant_unref);
      return;
    }

  geminga_call_return_error (waiting, self->failure);
  forget (self->runner, self->id);
}

static gboolean
on_timer (gpointer user_data)
{
  Trace *self = user_data;
  g_autoptr (GemingaCall) waiting = NULL;

  if (self->waiting == NULL)
    {
      g_info ("A trace ends that nobody has read for %d seconds", IDLE_TIME);
      forget (self->runner, self->id);
      return G_SOURCE_REMOVE;
    }

  waiting = steal_waiting (self);
  geminga_call_return_value (waiting, g_variant_new ("(aa{sv}t)", NULL, (guint64) 0));

  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_timer (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);

  return callback (user_data);
}

static GSourceFuncs timer_funcs = { .dispatch = dispatch_timer };

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Trace *self = user_data;

  /* Nobody is there to be answered. */
  forget (self->runner, self->id);
}

static void
trace_new (GemingaRunner *runner, const char *id, guint32 node)
{
  Trace *self = g_new0 (Trace, 1);

  self->runner = runner;
  self->id = g_strdup (id);
  self->node = node;
  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_static_name (self->timer, "geminga-trace");
  g_source_set_callback (self->timer, on_timer, self, NULL);
  set_timer (self, IDLE_TIME);
  g_source_attach (self->timer, g_main_context_get_thread_default ());

  g_hash_table_insert (runner->traces, self->id, self);
}

static Request *
request_new (GemingaRunner *runner, const char *id, guint32 node, GemingaCall *call)
{
  Request *self = g_new0 (Request, 1);

  self->runner = runner;
  self->id = g_strdup (id);
  self->node = node;
  if (call != NULL)
    self->call = g_object_ref (call);

  return self;
}

static void
started (gpointer data, GVariant *result, GUnixFDList *fds, const GError *error)
{
  Request *request = data;

  if (error != NULL)
    {
      geminga_call_return_error (request->call, error);
      return;
    }
  if (request->runner->traces == NULL)
    {
      geminga_call_return_error_literal (request->call, GEMINGA_ERROR, GEMINGA_ERROR_CANCELLED,
                                         "The service stops");
      return;
    }

  trace_new (request->runner, request->id, request->node);
  geminga_call_return_value (request->call, g_variant_new_string (request->id));
}

static void
read_cb (gpointer data, GVariant *result, GUnixFDList *fds, const GError *error)
{
  Request *request = data;
  Trace *trace = find_trace (request->runner, request->id);

  if (trace == NULL)
    return;

  trace->is_reading = FALSE;
  if (error != NULL)
    trace->failure = g_error_copy (error);
  else if (g_variant_is_of_type (result, G_VARIANT_TYPE ("(aa{sv}t)")))
    trace->batch = g_variant_ref (result);
  else
    trace->failure =
        g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_FAILED,
                             "The process of the actor does not tell what the actor does");
  serve (trace);
}

static void
read_more (Trace *self)
{
  self->is_reading = TRUE;
  geminga_node_call_trace (self->runner->node, self->node, "ReadTrace",
                           g_variant_new ("(s)", self->id), read_cb,
                           request_new (self->runner, self->id, self->node, NULL), request_free);
}

/* Private API */

void
geminga_runner_start_trace (GemingaRunner *self,
                            const char *actor,
                            GVariant *options,
                            GemingaCall *call)
{
  g_autofree char *id = NULL;
  g_autofree char *name = g_uuid_string_random ();
  g_autoptr (GError) error = NULL;
  guint32 node;

  if (self->traces == NULL)
    self->traces = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, trace_end);
  if (g_hash_table_size (self->traces) >= MAX_TRACES)
    {
      geminga_call_return_error_literal (call, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE,
                                         "Too many actors are traced already");
      return;
    }
  if (!geminga_runner_find_actor (self, actor, &node, &id, &error))
    {
      geminga_call_return_error (call, error);
      return;
    }

  geminga_node_call_trace (self->node, node, "StartTrace",
                           g_variant_new ("(ss@a{sv})", id, name, options), started,
                           request_new (self, name, node, call), request_free);
}

void
geminga_runner_read_trace (GemingaRunner *self, const char *id, GemingaCall *call)
{
  Trace *trace = find_trace (self, id);

  if (trace == NULL || trace->waiting != NULL)
    {
      geminga_call_return_error_literal (call, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE,
                                         trace == NULL ? "There is no such trace"
                                                       : "The trace is being read already");
      return;
    }
  if (!geminga_call_expects_answer (call))
    {
      geminga_call_return_error_literal (call, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED,
                                         "Who reads a trace has to wait for the answer");
      return;
    }

  trace->waiting = g_object_ref (call);
  trace->cancel_handler = g_signal_connect (geminga_call_get_cancellable (call), "cancelled",
                                            G_CALLBACK (on_cancelled), trace);
  set_timer (trace, READ_TIME);
  if (trace->batch != NULL || trace->failure != NULL)
    serve (trace);
  else if (!trace->is_reading)
    read_more (trace);
}

void
geminga_runner_stop_trace (GemingaRunner *self, const char *id)
{
  forget (self, id);
}

void
geminga_runner_stop_all_traces (GemingaRunner *self)
{
  g_clear_pointer (&self->traces, g_hash_table_unref);
}
