/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sys/socket.h>

#include "geminga-http-poller-private.h"
#include "geminga-http-server-private.h"

G_BEGIN_DECLS

/* One connection of a server: reads requests, one at a time, and writes their answers in order. Lives
 * until it is closed; an unanswered request keeps its memory. */
typedef struct _GemingaHttpConnection GemingaHttpConnection;

/* What a connection needs of its server. */
typedef struct
{
  GemingaHttpLimits limits;
  GemingaHttpCounters *counters;
  gboolean is_draining;
  guint32 id_series; /* of request ids */
  guint64 last_id;
  GMainContext *context;
  GemingaHttpPoller *poller;
  gpointer server;
  void (*handle) (gpointer server, GemingaRequest *request);
  /* (nullable): looks at a request before its body is read, and may answer it */
  void (*begin) (gpointer server, GemingaRequest *request);
  /* (nullable): when nobody reads the log */
  void (*log) (gpointer server, const GemingaAccessLogEntry *entry);
  /* A deadline was set: monotonic time. */
  void (*deadline) (gpointer server, gint64 deadline);
  /* The connection is closed: the server gives up its reference. */
  void (*closed) (gpointer server, GemingaHttpConnection *connection);
  const char *(*date) (gpointer server);
  /* Buffers that no connection needs now. */
  GByteArray *spare_in; /* (owned) (nullable): empty */
  GString *spare_out;   /* (owned) (nullable): empty */
} GemingaHttpEnvironment;

/* Takes over @fd. */
GemingaHttpConnection *geminga_http_connection_new (GemingaHttpEnvironment *env,
                                                    int fd,
                                                    const struct sockaddr_storage *address,
                                                    socklen_t address_len);
GemingaHttpConnection *geminga_http_connection_ref (GemingaHttpConnection *self);
void geminga_http_connection_unref (GemingaHttpConnection *self);

/* Begins to read, once the server has it in its list. */
void geminga_http_connection_start (GemingaHttpConnection *self);
/* The poller has events for it. */
void geminga_http_connection_ready (GemingaHttpConnection *self, guint32 events);

/* 0: none */
gint64 geminga_http_connection_get_deadline (GemingaHttpConnection *self);
/* Its deadline has passed. */
void geminga_http_connection_expire (GemingaHttpConnection *self);
/* Since when it waits for a request of which nothing came; 0: it does not. */
gint64 geminga_http_connection_get_idle_since (GemingaHttpConnection *self);
void geminga_http_connection_close (GemingaHttpConnection *self);

void geminga_http_environment_clear (GemingaHttpEnvironment *env);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaHttpConnection, geminga_http_connection_unref)

G_END_DECLS
