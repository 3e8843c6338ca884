/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-http-exchange-private.h"
#include "geminga-http-head-private.h"
#include "geminga-http-query-private.h"
#include "geminga-request.h"

G_BEGIN_DECLS

/* Shared by its reading and its answering half only. */
struct _GemingaRequest
{
  GObject parent_instance;

  GemingaHttpExchange *exchange;
  GemingaHttpHead head;
  GBytes *body;
  GSocketAddress *remote; /* (nullable) */
  guint32 id_series;
  guint64 id_number;

  GArray *params;              /* (nullable) (element-type GemingaHttpPair) */
  GHashTable *attributes;      /* (nullable): name to GVariant */
  GemingaHttpResponse *answer; /* (nullable): holds header fields set before the answer */

  /* Made when somebody asks. */
  char *path;
  char *id;
  char *remote_host;
  char *body_text;
  GArray *query;      /* (element-type GemingaHttpPair) */
  GHashTable *joined; /* lower-case name to value, of repeated or non-UTF-8 header fields */
  SoupMessageHeaders *headers;
};

/* Empties @head; @exchange, @body (nullable) and @remote (nullable) are referenced. The head passed
 * geminga_http_head_parse(). */
GemingaRequest *geminga_request_new_for_exchange (GemingaHttpExchange *exchange,
                                                  GemingaHttpHead *head,
                                                  GBytes *body,
                                                  GSocketAddress *remote,
                                                  guint32 id_series,
                                                  guint64 id_number);

/* What the router found: @names are borrowed by nobody, both are taken over by copy. */
void geminga_request_set_params (GemingaRequest *self,
                                 const char *const *names,
                                 char **values,
                                 guint n_params);

/* Last reference gone: nobody else will answer. */
void geminga_request_answer_dropped (GemingaRequest *self);

/* A plain answer of the router or of a service itself, with the status' own words when @text is NULL. */
void geminga_request_respond_status (GemingaRequest *self, guint status, const char *text);

/* The text of an address in logs: no port, no brackets; "unix" for a Unix socket. */
char *geminga_http_address_to_string (GSocketAddress *address);

G_END_DECLS
