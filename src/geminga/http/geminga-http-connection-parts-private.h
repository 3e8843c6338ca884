/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-http-body-private.h"
#include "geminga-http-connection-private.h"
#include "geminga-http-exchange-private.h"
#include "geminga-http-head-private.h"
#include "geminga-http-output-private.h"
#include "geminga-request-private.h"

G_BEGIN_DECLS

/* The insides of a connection, for the files that are one: its life and what it reads
 * (geminga-http-connection.c), bodies that come (-body.c) and answers that go (-answer.c). */

typedef enum
{
  GEMINGA_HTTP_STATE_HEAD,    /* waits for a head, or reads one */
  GEMINGA_HTTP_STATE_BODY,    /* collects a body */
  GEMINGA_HTTP_STATE_HANDLER, /* a handler has the request, and may read its body */
  GEMINGA_HTTP_STATE_STREAM,  /* a handler writes the answer, and may read the body */
  GEMINGA_HTTP_STATE_WRITE,   /* an answer did not fit into the socket */
  GEMINGA_HTTP_STATE_LINGER,  /* answered and shut: waits for the client to stop sending */
  GEMINGA_HTTP_STATE_CLOSED,
} GemingaHttpState;

struct _GemingaHttpConnection
{
  gatomicrefcount ref_count; /* an exchange may be dropped in any thread */
  GemingaHttpEnvironment *env;
  GemingaHttpState state;
  int fd;
  guint32 events; /* what the descriptor is watched for */
  gboolean is_watched;
  gboolean is_shut; /* the client ended its side */
  gint64 deadline;
  gint64 idle_since; /* 0: not idle */
  gboolean is_processing;
  GSocketAddress *remote;

  GByteArray *in; /* (nullable): bytes read; from @in_done on they are not consumed */
  guint in_done;
  GemingaHttpHeadScan scan;
  gboolean had_empty_line;

  /* The request */
  GemingaHttpHead head;          /* cleared once a request has it */
  GemingaHttpBody *body;         /* (nullable): while it comes */
  GemingaRequest *request;       /* (nullable): whose body is collected */
  GemingaHttpPipe *upload;       /* (nullable): of a streamed body */
  gboolean awaits_continue;      /* the client sends the body once it is asked to */
  gboolean is_feeding;           /* bytes go to @upload right now */
  gint64 phase_started;          /* of body or response: for their rates */
  gsize phase_size;              /* what moved since */
  GemingaHttpExchange *exchange; /* (nullable): of the request the handler has */

  gint64 started; /* monotonic */
  gboolean in_request;
  gboolean is_head;
  gboolean is_http10;
  gboolean keep_alive;
  gboolean linger;
  GemingaAccessLogEntry entry; /* its strings are owned; empty while nobody reads the log */

  /* The answer */
  GemingaHttpOutput output;
  GemingaHttpPipe *stream; /* (nullable): of a streamed response */
  gint64 stream_length;    /* -1: not known */
};

/* Time */
void geminga_http_connection_set_deadline (GemingaHttpConnection *self, guint milliseconds);
/* A slow peer has more time for each part that moves, so that size alone does not cut it. */
void geminga_http_connection_set_rate_deadline (GemingaHttpConnection *self, guint milliseconds);
void geminga_http_connection_begin_phase (GemingaHttpConnection *self);
void geminga_http_connection_set_handler_deadline (GemingaHttpConnection *self);

/* What was read and not consumed; what is to be sent. */
gsize geminga_http_connection_get_unread (GemingaHttpConnection *self);
void geminga_http_connection_consume (GemingaHttpConnection *self, gsize size);
GString *geminga_http_connection_get_out (GemingaHttpConnection *self);
void geminga_http_connection_set_in_request (GemingaHttpConnection *self, gboolean in_request);

/* Goes on as far as the bytes that are there lead. FALSE: the connection is closed. */
gboolean geminga_http_connection_process (GemingaHttpConnection *self);
void geminga_http_connection_watch (GemingaHttpConnection *self);
GemingaRequest *geminga_http_connection_new_request (GemingaHttpConnection *self);
void geminga_http_connection_hand_over (GemingaHttpConnection *self, GemingaRequest *request);

/* Bodies that come */
void geminga_http_connection_begin_body (GemingaHttpConnection *self);
gboolean geminga_http_connection_take_body (GemingaHttpConnection *self);
gboolean geminga_http_connection_wants_upload (GemingaHttpConnection *self);
gboolean geminga_http_connection_feed_upload (GemingaHttpConnection *self);
void geminga_http_connection_skip_body (GemingaHttpConnection *self);
void geminga_http_connection_end_body (GemingaHttpConnection *self);
void geminga_http_connection_end_upload (GemingaHttpConnection *self, GError *error);

/* Answers that go */
void geminga_http_connection_begin_entry (GemingaHttpConnection *self);
void geminga_http_connection_end_entry (GemingaHttpConnection *self);
GemingaHttpOutputResult geminga_http_connection_send_output (GemingaHttpConnection *self);
gboolean geminga_http_connection_flush (GemingaHttpConnection *self);
void geminga_http_connection_send_batch (GemingaHttpConnection *self);
gboolean geminga_http_connection_write_response (GemingaHttpConnection *self,
                                                 GemingaHttpResponse *response);
void geminga_http_connection_refuse (GemingaHttpConnection *self, guint status);
void geminga_http_connection_drop_request (GemingaHttpConnection *self);
void geminga_http_connection_set_stream_deadline (GemingaHttpConnection *self, gboolean is_blocked);
void geminga_http_connection_pump_stream (GemingaHttpConnection *self);
void geminga_http_connection_end_stream (GemingaHttpConnection *self, GError *error);
void geminga_http_connection_abort_stream (GemingaHttpConnection *self);

G_END_DECLS
