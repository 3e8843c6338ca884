/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-http-exchange-private.h"
#include "geminga-http-head-private.h"
#include "geminga-http-pipe-private.h"
#include "geminga-http-query-private.h"
#include "geminga-request.h"

G_BEGIN_DECLS

/* Shared by its reading and its answering half only. */
struct _GemingaRequest
{
  GObject parent_instance;

  GemingaHttpExchange *exchange;
  GemingaHttpHead head;
  GBytes *body; /* (nullable): while it has not been read whole */
  gboolean is_body_streamed;
  gboolean is_body_begun; /* how it is read is settled */
  guint64 max_body;       /* G_MAXUINT64: as the server has it */
  GInputStream *stream;   /* (nullable): of the body, made when somebody asks */
  GemingaHttpPipe *pipe;  /* (nullable): where a streamed body comes from */
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

const GemingaHttpHead *geminga_request_get_head (GemingaRequest *self);
/* Before the body is read. */
guint64 geminga_request_get_max_body (GemingaRequest *self, guint64 fallback);
gboolean geminga_request_is_body_streamed (GemingaRequest *self);
/* It has come, takes over @body; or it will come through @pipe. */
void geminga_request_take_body (GemingaRequest *self, GBytes *body);
void geminga_request_set_body_pipe (GemingaRequest *self, GemingaHttpPipe *pipe);
/* What the router found: @names are borrowed by nobody, both are taken over by copy. */
void geminga_request_set_params (GemingaRequest *self,
                                 const char *const *names,
                                 char **values,
                                 guint n_params);

/* Whether a handler may set such a field. */
gboolean geminga_http_check_field (const char *name, const char *value, GError **error);
/* Of the answer to come: set before. */
const char *geminga_request_get_response_header (GemingaRequest *self, const char *name);

/* Answers with @response, which it takes, and with the header fields that were set before. */
void geminga_request_respond (GemingaRequest *self, GemingaHttpResponse *response);

/* Last reference gone: nobody else will answer. */
void geminga_request_answer_dropped (GemingaRequest *self);

/* A plain answer of the router or of a service itself, with the status' own words when @text is NULL. */
void geminga_request_respond_status (GemingaRequest *self, guint status, const char *text);

/* The text of an address in logs: no port, no brackets; "unix" for a Unix socket. */
char *geminga_http_address_to_string (GSocketAddress *address);

G_END_DECLS
