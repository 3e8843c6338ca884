/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-node-state-private.h"

#include "geminga-error.h"
#include "geminga-trace-format-private.h"

/*
 * Traces are read, not sent: the records of an actor wait in its process until the root asks for them, and
 * the root asks because somebody who watches has asked it. So nobody is sent more than he reads.
 *
 *   StartTrace (s actor, s trace, a{sv} options)   trace: a name for it, chosen by the root
 *   ReadTrace (s trace) -> (aa{sv} records, t lost) once there is something
 *   StopTrace (s trace)
 */

/* What one answer holds, about. */
#define MAX_RECORDS 256
#define MAX_BYTES   (1024 * 1024)

typedef struct
{
  GemingaLoopItem item;
  gint ref_count;       /* atomic: the table's, and one while the item is posted */
  GemingaNode *node;    /* (owned) */
  GemingaTrace *trace;  /* (owned) */
  GemingaTarget *actor; /* (owned) */
  GemingaTraceFormat format;
  GemingaAsk *reader; /* (owned) (nullable): who waits for something */
} Watch;

/* Helpers */

static Watch *
watch_ref (Watch *self)
{
  g_atomic_int_inc (&self->ref_count);

  return self;
}

static void
watch_unref (Watch *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  geminga_trace_unref (self->trace);
  geminga_target_unref (self->actor);
  geminga_node_unref (self->node);
  g_free (self);
}

static void
fail_reader (Watch *self)
{
  g_autoptr (GemingaAsk) reader = g_steal_pointer (&self->reader);

  if (reader != NULL)
    geminga_ask_answer (reader, NULL, NULL,
                        g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR,
                                     "There is no actor “%s” any more",
                                     geminga_target_get_id (self->actor)));
}

/* The table lets go of it. */
static void
watch_end (gpointer data)
{
  Watch *self = data;

  geminga_trace_stop (self->trace);
  fail_reader (self);
  watch_unref (self);
}

static GVariant *
build_batch (Watch *self)
{
  GVariantBuilder builder;
  gsize n_bytes = 0;
  guint64 n_lost = 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < MAX_RECORDS && n_bytes < MAX_BYTES; i++)
    {
      guint64 n_more;
      g_autoptr (GPtrArray) records = geminga_trace_take (self->trace, 1, &n_more);
      g_autoptr (GVariant) record = NULL;

      n_lost += n_more;
      if (records->len == 0)
        break;

      record = g_variant_ref_sink (
          geminga_trace_format_record (&self->format, self->actor, g_ptr_array_index (records, 0)));
      n_bytes += g_variant_get_size (record);
      g_variant_builder_add_value (&builder, record);
    }

  return g_variant_ref_sink (g_variant_new ("(aa{sv}t)", &builder, n_lost));
}

/* Unless there is nothing yet. */
static void
serve_reader (Watch *self)
{
  if (self->reader == NULL || !geminga_trace_wait (self->trace))
    return;

  if (geminga_trace_is_over (self->trace))
    {
      fail_reader (self);
      return;
    }

  {
    g_autoptr (GemingaAsk) reader = g_steal_pointer (&self->reader);

    geminga_ask_answer (reader, build_batch (self), NULL, NULL);
  }
}

static void
run_woken (GemingaLoopItem *item)
{
  Watch *self = (Watch *) ((char *) item - G_STRUCT_OFFSET (Watch, item));

  serve_reader (self);
  watch_unref (self);
}

/* Any thread, and only once before it is waited for again. */
static void
wake (gpointer data)
{
  Watch *self = watch_ref (data);

  geminga_loop_post (self->node->loop, &self->item);
}

static Watch *
watch_new (GemingaNode *node, GemingaTarget *actor, const GemingaTraceFormat *format)
{
  Watch *self = g_new0 (Watch, 1);

  self->item.run = run_woken;
  self->ref_count = 1;
  self->node = geminga_node_ref (node);
  self->trace = geminga_trace_new (wake, self);
  self->actor = geminga_target_ref (actor);
  self->format = *format;

  return self;
}

static Watch *
find_watch (GemingaNode *self, const GemingaLinkCall *call)
{
  const char *id;

  g_variant_get (call->arguments, "(&s)", &id);

  return self->traces != NULL ? g_hash_table_lookup (self->traces, id) : NULL;
}

static void
answer_error (GemingaAsk *ask, GError *error)
{
  if (ask != NULL)
    geminga_ask_answer (ask, NULL, NULL, error);
  else
    g_error_free (error);
}

static void
answer_nothing (GemingaAsk *ask)
{
  if (ask != NULL)
    geminga_ask_answer (ask, g_variant_ref (geminga_get_unit ()), NULL, NULL);
}

/* In this process. */
static void
call_here (GemingaNode *self, const char *member, GVariant *arguments, GemingaAsk *ask)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (arguments);
  GemingaLinkCall call = { member, GEMINGA_LINK_PATH, sunk, NULL, FALSE, ask, NULL };

  if (g_str_equal (member, "StartTrace"))
    geminga_node_start_trace (self, &call);
  else if (g_str_equal (member, "ReadTrace"))
    geminga_node_read_trace (self, &call);
  else
    geminga_node_stop_trace (self, &call);
}

/* For the node's own files */

void
geminga_node_start_trace (GemingaNode *self, const GemingaLinkCall *call)
{
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GemingaTarget) actor = NULL;
  GemingaTraceFormat format;
  GError *error = NULL;
  const char *id;
  const char *name;
  Watch *watch;

  g_variant_get (call->arguments, "(&s&s@a{sv})", &id, &name, &options);
  if (!geminga_trace_format_parse (&format, options, &error))
    {
      answer_error (call->ask, error);
      return;
    }

  actor = geminga_system_lookup (self->system, id);
  watch = actor != NULL ? watch_new (self, actor, &format) : NULL;
  if (watch == NULL || !geminga_trace_start (watch->trace, actor))
    {
      g_clear_pointer (&watch, watch_unref);
      answer_error (call->ask, g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR,
                                            "There is no actor “%s”", id));
      return;
    }

  if (self->traces == NULL)
    self->traces = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, watch_end);
  g_hash_table_replace (self->traces, g_strdup (name), watch);
  answer_nothing (call->ask);
}

void
geminga_node_read_trace (GemingaNode *self, const GemingaLinkCall *call)
{
  Watch *watch = find_watch (self, call);

  if (watch == NULL || watch->reader != NULL)
    {
      answer_error (call->ask,
                    g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_FAILED,
                                         watch == NULL ? "There is no such trace"
                                                       : "The trace is being read already"));
      return;
    }

  if (call->ask != NULL)
    watch->reader = geminga_ask_ref (call->ask);
  serve_reader (watch);
}

void
geminga_node_stop_trace (GemingaNode *self, const GemingaLinkCall *call)
{
  const char *name;

  g_variant_get (call->arguments, "(&s)", &name);
  if (self->traces != NULL)
    g_hash_table_remove (self->traces, name);
  answer_nothing (call->ask);
}

void
geminga_node_stop_all_traces (GemingaNode *self)
{
  g_clear_pointer (&self->traces, g_hash_table_unref);
}

/* Private API */

void
geminga_node_call_trace (
    GemingaNode *self,
    guint32 node,
    const char *member,
    GVariant *arguments,
    void (*func) (gpointer data, GVariant *result, GUnixFDList *fds, const GError *error),
    gpointer data,
    GDestroyNotify destroy)
{
  g_autoptr (GemingaAsk) ask = geminga_link_request_new (self->context, func, data, destroy);
  g_autoptr (GemingaLink) link = node != 0 ? geminga_node_lookup_link (self, node) : NULL;

  if (node == 0)
    {
      call_here (self, member, arguments, ask);
    }
  else if (link != NULL)
    {
      geminga_link_call (link, member, arguments, NULL, ask);
    }
  else
    {
      g_variant_unref (g_variant_ref_sink (arguments));
      geminga_ask_answer (
          ask, NULL, NULL,
          g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR, "There is no process %u", node));
    }
}
