/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-event-stream.h"

#include <string.h>

#include "geminga-request-private.h"
#include "geminga-response-stream.h"

#define HEARTBEAT 15000 /* milliseconds */

/**
 * GemingaEventStream:
 *
 * Answers a request with Server-Sent Events.
 *
 * Browsers read it with `EventSource`: it connects again when the stream ends, and then tells the id of the
 * last event that it got, see [method@Geminga.EventStream.get_last_event_id]. While there
 * is nothing to send, a comment goes out at intervals, so that proxies do not take the connection for
 * dead.
 *
 * The stream belongs to whoever answers the request; when it is dropped the response ends. The signal
 * [signal@Geminga.EventStream::closed] tells that the client has left. It is bound to the main context of the request.
 *
 * ```python
 * def follow(request):
 *     events = request.respond_events()
 *     followers.add(events)
 *     events.connect("closed", followers.discard)
 * ```
 *
 * Since: 0.1
 */
struct _GemingaEventStream
{
  GObject parent_instance;

  GemingaResponseStream *stream; /* (owned) */
  GCancellable *cancellable;     /* (owned): of the request */
  gulong cancelled_id;
  GMainContext *context;
  GSource *timer;      /* (owned) (nullable) */
  char *last_event_id; /* (owned) (nullable) */
  guint heartbeat;
  gboolean was_busy; /* something was sent since the last heartbeat */
  gboolean is_closed;
};

enum
{
  PROP_HEARTBEAT = 1,
  PROP_LAST_EVENT_ID,
  N_PROPS
};

enum
{
  SIGNAL_CLOSED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GemingaEventStream, geminga_event_stream, G_TYPE_OBJECT)

/* Helpers */

static void
stop_timer (GemingaEventStream *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static gboolean
write_text (GemingaEventStream *self, const char *text, gsize size, GError **error)
{
  gssize n = g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (self->stream),
                                                         text, size, NULL, error);

  self->was_busy |= n >= 0;

  return n >= 0;
}

static gboolean
on_heartbeat (gpointer user_data)
{
  GemingaEventStream *self = user_data;

  /* A client that reads slowly has enough to read. */
  if (!self->was_busy)
    write_text (self, ":\n\n", 3, NULL);
  self->was_busy = FALSE;

  return G_SOURCE_CONTINUE;
}

static void
start_timer (GemingaEventStream *self)
{
  stop_timer (self);
  if (self->heartbeat == 0 || self->is_closed)
    return;

  self->timer = g_timeout_source_new (self->heartbeat);
  g_source_set_static_name (self->timer, "[geminga] event stream heartbeat");
  g_source_set_callback (self->timer, on_heartbeat, self, NULL);
  g_source_attach (self->timer, self->context);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  geminga_event_stream_close (user_data);
}

/* One line of the text each, however its lines end. */
static void
append_lines (GString *out, const char *field, const char *text)
{
  for (;;)
    {
      gsize len = strcspn (text, "\r\n");

      g_string_append (out, field);
      g_string_append (out, ": ");
      g_string_append_len (out, text, (gssize) len);
      g_string_append_c (out, '\n');
      text += len;
      if (*text == '\0')
        return;
      text += g_str_has_prefix (text, "\r\n") ? 2 : 1;
    }
}

static gboolean
is_one_line (const char *text)
{
  return text == NULL || strpbrk (text, "\r\n") == NULL;
}

static GString *
format_event (const char *event, const char *data, const char *id)
{
  GString *out = g_string_new (NULL);

  if (id != NULL)
    append_lines (out, "id", id);
  if (event != NULL)
    append_lines (out, "event", event);
  if (data != NULL)
    append_lines (out, "data", data);
  g_string_append_c (out, '\n');

  return out;
}

/* Waiting for room */

static gboolean
try_send (GTask *task)
{
  GemingaEventStream *self = g_task_get_source_object (task);
  GString *text = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (write_text (self, text->str, text->len, &error))
    {
      g_task_return_boolean (task, TRUE);
      return TRUE;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return FALSE;

  g_task_return_error (task, g_steal_pointer (&error));

  return TRUE;
}

static gboolean
on_room (GObject *stream, gpointer user_data)
{
  GTask *task = user_data;

  if (g_task_return_error_if_cancelled (task) || try_send (task))
    return G_SOURCE_REMOVE;

  return G_SOURCE_CONTINUE;
}

static void
free_text (gpointer data)
{
  g_string_free (data, TRUE);
}

/* GObject */

static void
geminga_event_stream_dispose (GObject *object)
{
  GemingaEventStream *self = GEMINGA_EVENT_STREAM (object);

  if (self->stream != NULL)
    geminga_event_stream_close (self);
  g_clear_object (&self->stream);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (geminga_event_stream_parent_class)->dispose (object);
}

static void
geminga_event_stream_finalize (GObject *object)
{
  GemingaEventStream *self = GEMINGA_EVENT_STREAM (object);

  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->last_event_id, g_free);

  G_OBJECT_CLASS (geminga_event_stream_parent_class)->finalize (object);
}

static void
geminga_event_stream_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GemingaEventStream *self = GEMINGA_EVENT_STREAM (object);

  switch (prop_id)
    {
    case PROP_HEARTBEAT:
      g_value_set_uint (value, self->heartbeat);
      break;
    case PROP_LAST_EVENT_ID:
      g_value_set_string (value, self->last_event_id);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
geminga_event_stream_set_property (GObject *object,
                                   guint prop_id,
                                   const GValue *value,
                                   GParamSpec *pspec)
{
  GemingaEventStream *self = GEMINGA_EVENT_STREAM (object);

  switch (prop_id)
    {
    case PROP_HEARTBEAT:
      geminga_event_stream_set_heartbeat (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
geminga_event_stream_class_init (GemingaEventStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = geminga_event_stream_dispose;
  object_class->finalize = geminga_event_stream_finalize;
  object_class->get_property = geminga_event_stream_get_property;
  object_class->set_property = geminga_event_stream_set_property;

  /**
   * GemingaEventStream:heartbeat: (getter get_heartbeat) (setter set_heartbeat)
   *
   * After how many milliseconds without an event a comment is sent; 0: never. 15000 at first.
   *
   * Since: 0.1
   */
  props[PROP_HEARTBEAT] =
      g_param_spec_uint ("heartbeat", NULL, NULL, 0, G_MAXUINT, HEARTBEAT,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GemingaEventStream:last-event-id: (getter get_last_event_id)
   *
   * The id of the last event that the client got before it connected again.
   *
   * Since: 0.1
   */
  props[PROP_LAST_EVENT_ID] = g_param_spec_string ("last-event-id", NULL, NULL, NULL,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * GemingaEventStream::closed:
   * @self: an event stream
   *
   * The stream has ended: the client left, or it was closed here. It is emitted once.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
geminga_event_stream_init (GemingaEventStream *self)
{
  self->heartbeat = HEARTBEAT;
}

/* Public API */

/**
 * geminga_request_respond_events:
 * @self: a request
 *
 * Answers with a stream of Server-Sent Events, with status 200.
 *
 * `Cache-Control: no-cache` is sent unless that field was set before.
 *
 * Returns: (transfer full): a stream of events
 *
 * Since: 0.1
 */
GemingaEventStream *
geminga_request_respond_events (GemingaRequest *self)
{
  GemingaEventStream *events = NULL;

  g_return_val_if_fail (GEMINGA_IS_REQUEST (self), NULL);

  if (!geminga_request_is_answered (self) &&
      geminga_request_get_response_header (self, "Cache-Control") == NULL)
    geminga_request_set_response_header (self, "Cache-Control", "no-cache", NULL);

  events = g_object_new (GEMINGA_TYPE_EVENT_STREAM, NULL);
  events->context = g_main_context_ref (geminga_http_exchange_get_context (self->exchange));
  events->last_event_id = g_strdup (geminga_request_get_header (self, "Last-Event-ID"));
  events->cancellable = g_object_ref (geminga_request_get_cancellable (self));
  events->cancelled_id =
      g_signal_connect (events->cancellable, "cancelled", G_CALLBACK (on_cancelled), events);
  events->stream = geminga_request_respond_stream (self, 200, "text/event-stream", -1);
  start_timer (events);

  return events;
}

/**
 * geminga_event_stream_get_last_event_id: (get-property last-event-id)
 * @self: an event stream
 *
 * Gets the id of the last event that the client got before it connected again.
 *
 * Returns: (transfer none) (nullable): the id, or %NULL for a client that begins
 *
 * Since: 0.1
 */
const char *
geminga_event_stream_get_last_event_id (GemingaEventStream *self)
{
  g_return_val_if_fail (GEMINGA_IS_EVENT_STREAM (self), NULL);

  return self->last_event_id;
}

/**
 * geminga_event_stream_set_heartbeat: (set-property heartbeat)
 * @self: an event stream
 * @interval: milliseconds; 0: never
 *
 * Sets after which time without an event a comment is sent.
 *
 * Since: 0.1
 */
void
geminga_event_stream_set_heartbeat (GemingaEventStream *self, guint interval)
{
  g_return_if_fail (GEMINGA_IS_EVENT_STREAM (self));

  if (self->heartbeat == interval)
    return;

  self->heartbeat = interval;
  start_timer (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HEARTBEAT]);
}

/**
 * geminga_event_stream_get_heartbeat: (get-property heartbeat)
 * @self: an event stream
 *
 * Gets after which time without an event a comment is sent.
 *
 * Returns: milliseconds; 0: never
 *
 * Since: 0.1
 */
guint
geminga_event_stream_get_heartbeat (GemingaEventStream *self)
{
  g_return_val_if_fail (GEMINGA_IS_EVENT_STREAM (self), 0);

  return self->heartbeat;
}

/**
 * geminga_event_stream_send:
 * @self: an event stream
 * @event: (nullable): the type of the event, one line, or %NULL for `message`
 * @data: (nullable): what it tells, of any number of lines
 * @id: (nullable): its id, one line
 * @error: return location for an error
 *
 * Sends an event.
 *
 * It fails with %G_IO_ERROR_WOULD_BLOCK when the client reads too slowly: the event is not sent, not even in part. It may
 * be dropped, or sent with [method@Geminga.EventStream.send_async]. Once the stream has ended it fails with
 * %G_IO_ERROR_CLOSED or %G_IO_ERROR_CONNECTION_CLOSED.
 *
 * Returns: %TRUE if the event is on its way
 *
 * Since: 0.1
 */
gboolean
geminga_event_stream_send (GemingaEventStream *self,
                           const char *event,
                           const char *data,
                           const char *id,
                           GError **error)
{
  GString *text = NULL;
  gboolean is_sent;

  g_return_val_if_fail (GEMINGA_IS_EVENT_STREAM (self), FALSE);
  g_return_val_if_fail (is_one_line (event), FALSE);
  g_return_val_if_fail (is_one_line (id), FALSE);

  text = format_event (event, data, id);
  is_sent = write_text (self, text->str, text->len, error);
  g_string_free (text, TRUE);

  return is_sent;
}

/**
 * geminga_event_stream_send_async:
 * @self: an event stream
 * @event: (nullable): the type of the event, one line, or %NULL for `message`
 * @data: (nullable): what it tells, of any number of lines
 * @id: (nullable): its id, one line
 * @cancellable: (nullable): a cancellable; a cancelled event is not sent
 * @callback: (scope async) (closure user_data): what to call when the event is on its way
 * @user_data: what to give to @callback
 *
 * Sends an event once the client has read enough.
 *
 * Since: 0.1
 */
void
geminga_event_stream_send_async (GemingaEventStream *self,
                                 const char *event,
                                 const char *data,
                                 const char *id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GSource) source = NULL;

  g_return_if_fail (GEMINGA_IS_EVENT_STREAM (self));
  g_return_if_fail (is_one_line (event));
  g_return_if_fail (is_one_line (id));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, geminga_event_stream_send_async);
  g_task_set_task_data (task, format_event (event, data, id), free_text);
  if (g_task_return_error_if_cancelled (task) || try_send (task))
    return;

  source =
      g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (self->stream), cancellable);
  g_task_attach_source (task, source, G_SOURCE_FUNC (on_room));
}

/**
 * geminga_event_stream_send_finish:
 * @self: an event stream
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends [method@Geminga.EventStream.send_async].
 *
 * Returns: %TRUE if the event is on its way
 *
 * Since: 0.1
 */
gboolean
geminga_event_stream_send_finish (GemingaEventStream *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, geminga_event_stream_send_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * geminga_event_stream_send_retry:
 * @self: an event stream
 * @milliseconds: how long to wait
 * @error: return location for an error
 *
 * Tells the client how long to wait before it connects again.
 *
 * It fails as [method@Geminga.EventStream.send] does.
 *
 * Returns: %TRUE if it is on its way
 *
 * Since: 0.1
 */
gboolean
geminga_event_stream_send_retry (GemingaEventStream *self, guint milliseconds, GError **error)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (GEMINGA_IS_EVENT_STREAM (self), FALSE);

  text = g_strdup_printf ("retry: %u\n\n", milliseconds);

  return write_text (self, text, strlen (text), error);
}

/**
 * geminga_event_stream_send_comment:
 * @self: an event stream
 * @text: any number of lines
 * @error: return location for an error
 *
 * Sends a comment, which clients leave out.
 *
 * It fails as [method@Geminga.EventStream.send] does.
 *
 * Returns: %TRUE if it is on its way
 *
 * Since: 0.1
 */
gboolean
geminga_event_stream_send_comment (GemingaEventStream *self, const char *text, GError **error)
{
  GString *out = NULL;
  gboolean is_sent;

  g_return_val_if_fail (GEMINGA_IS_EVENT_STREAM (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  out = g_string_new (NULL);
  append_lines (out, "", text);
  g_string_append_c (out, '\n');
  is_sent = write_text (self, out->str, out->len, error);
  g_string_free (out, TRUE);

  return is_sent;
}

/**
 * geminga_event_stream_is_closed:
 * @self: an event stream
 *
 * Tells whether the stream has ended, here or by the client.
 *
 * Returns: %TRUE if nothing more can be sent
 *
 * Since: 0.1
 */
gboolean
geminga_event_stream_is_closed (GemingaEventStream *self)
{
  g_return_val_if_fail (GEMINGA_IS_EVENT_STREAM (self), TRUE);

  return self->is_closed;
}

/**
 * geminga_event_stream_close:
 * @self: an event stream
 *
 * Ends the response. The client is likely to connect again.
 *
 * Since: 0.1
 */
void
geminga_event_stream_close (GemingaEventStream *self)
{
  g_return_if_fail (GEMINGA_IS_EVENT_STREAM (self));

  if (self->is_closed)
    return;

  g_object_ref (self);
  self->is_closed = TRUE;
  stop_timer (self);
  g_clear_signal_handler (&self->cancelled_id, self->cancellable);
  g_output_stream_close (G_OUTPUT_STREAM (self->stream), NULL, NULL);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
  g_object_unref (self);
}
