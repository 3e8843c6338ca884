/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "geminga-access-log-private.h"
#include "geminga-http-counters-private.h"
#include "geminga-request.h"

G_BEGIN_DECLS

/* The engine: owns listening sockets and their connections in one main context, and turns what it reads
 * into requests. What stands above it (routers, services) sees this header and GemingaRequest only. */
#define GEMINGA_TYPE_HTTP_SERVER (geminga_http_server_get_type ())
G_DECLARE_FINAL_TYPE (GemingaHttpServer, geminga_http_server, GEMINGA, HTTP_SERVER, GObject)

/* Times are in milliseconds; 0 is no limit. */
typedef struct
{
  guint64 max_body;      /* bytes of a request body: more is answered with 413 */
  guint max_connections; /* more wait in the listen queue */
  guint head_timeout; /* from the first byte of a request (or from accept) to the end of its head */
  guint body_timeout; /* for a body, and one second more for each 4 KiB that came */
  guint request_timeout;        /* for the handler; then 503 */
  guint write_timeout;          /* for a response, and one second more for each 4 KiB that went */
  guint keep_alive;             /* between requests of a connection */
  gboolean is_one_request_each; /* a connection is closed after its first request */
} GemingaHttpLimits;

typedef void (*GemingaHttpAccessLogFunc) (const GemingaAccessLogEntry *entry, gpointer user_data);

/* In the thread-default context of the caller, which must be iterated in that thread. */
GemingaHttpServer *geminga_http_server_new (void);

/* Before the first socket. Defaults: see geminga_http_limits_init(). */
void geminga_http_limits_init (GemingaHttpLimits *limits);
void geminga_http_server_set_limits (GemingaHttpServer *self, const GemingaHttpLimits *limits);
void geminga_http_server_set_handler (GemingaHttpServer *self,
                                      GemingaRequestHandler handler,
                                      gpointer user_data,
                                      GDestroyNotify destroy);
/* Looks at each request that has a body before that is read: may answer it, choose to have the body
 * streamed, or how much of it there may be. */
void geminga_http_server_set_body_handler (GemingaHttpServer *self,
                                           GemingaRequestHandler handler,
                                           gpointer user_data,
                                           GDestroyNotify destroy);
void geminga_http_server_set_access_log (GemingaHttpServer *self,
                                         GemingaHttpAccessLogFunc func,
                                         gpointer user_data,
                                         GDestroyNotify destroy);

/* Speaks TLS with it on connections that are accepted from now on; NULL: does not. */
void geminga_http_server_set_tls_certificate (GemingaHttpServer *self,
                                              GTlsCertificate *certificate);

/* A listening stream socket, which other processes may share; it is set non-blocking. */
gboolean geminga_http_server_add_socket (GemingaHttpServer *self, GSocket *socket, GError **error);

/* Stops accepting and finishes when no connection is left. Requests in progress and those that still come
 * on open connections are answered with "Connection: close". After @grace milliseconds what is left is
 * cut, and finish() says so with GEMINGA_HTTP_ERROR_TIMED_OUT. Cancelling ends the wait, not the drain. */
void geminga_http_server_drain_async (GemingaHttpServer *self,
                                      guint grace,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
geminga_http_server_drain_finish (GemingaHttpServer *self, GAsyncResult *result, GError **error);
/* Cuts every connection, now. */
void geminga_http_server_close (GemingaHttpServer *self);

gboolean geminga_http_server_is_draining (GemingaHttpServer *self);
/* Counts on there, on a page that it takes over. */
void geminga_http_server_share_counters (GemingaHttpServer *self, GemingaHttpCounters *page);
void geminga_http_server_get_counters (GemingaHttpServer *self, GemingaHttpCounters *counters);

G_END_DECLS
