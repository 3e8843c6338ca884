/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-http-exchange-private.h"
#include "geminga-http-head-private.h"
#include "geminga-http-pipe-private.h"
#include "geminga-http-query-private.h"
#include "geminga-request-chain-private.h"
#include "geminga-request.h"
#include "geminga-router.h"

G_BEGIN_DECLS

/* What a router found. */
typedef struct
{
  GemingaRouter *router; /* (owned) (nullable): that was asked */
  GemingaRoute *route;   /* (owned) (nullable) */
  guint status;          /* without a route: what to answer */
  char *detail;          /* (nullable): "Location" of a redirection, "Allow" of others */
  GemingaHttpPair
      *params; /* (nullable): names of the router's, values in the next two or the router's */
  guint n_params;
  char *text;
  char *rest;
} GemingaRequestRoute;

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

  GemingaRequestRoute found;
  GemingaRequestChain *chain;  /* (nullable) */
  int is_answered;             /* atomic: somebody answered; the answer may be on its way still */
  GHashTable *attributes;      /* (nullable): name to GVariant */
  GemingaHttpResponse *answer; /* (nullable): holds header fields set before the answer */

  char *client_host; /* (nullable): as a trusted proxy says */
  char *scheme;      /* (nullable): "http" if nothing was set */
  char *host;        /* (nullable): as a trusted proxy says */

  /* Made when somebody asks. */
  GArray *cookies; /* (element-type GemingaHttpPair) */
  JsonNode *json;
  GemingaForm *form;
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

/* The router's side: what it found, piece by piece, then the chain is started. set_router() forgets what was there.
 * @detail, @params, @text and @rest are taken over; names and values of @params are not. */
void geminga_request_set_router (GemingaRequest *self, GemingaRouter *router);
void geminga_request_set_route (GemingaRequest *self, GemingaRoute *route);
void geminga_request_set_outcome (GemingaRequest *self, guint status, char *detail);
void geminga_request_take_params (GemingaRequest *self,
                                  GemingaHttpPair *params,
                                  guint n_params,
                                  char *text,
                                  char *rest);
/* The handler, or the answer that there is none. */
void geminga_request_run_handler (GemingaRequest *self);
void geminga_request_clear_route (GemingaRequest *self);

/* How the connection came: "https" with TLS. A trusted proxy may say otherwise later. */
void geminga_request_set_scheme (GemingaRequest *self, const char *scheme);
gboolean geminga_http_is_authority (const char *text);

/* The value of a Set-Cookie. */
char *geminga_request_format_cookie (GemingaRequest *self,
                                     const char *name,
                                     const char *value,
                                     GVariant *given,
                                     GError **error);

const GemingaHttpHead *geminga_request_get_head (GemingaRequest *self);
/* Before the body is read. */
guint64 geminga_request_get_max_body (GemingaRequest *self, guint64 fallback);
gboolean geminga_request_is_body_streamed (GemingaRequest *self);
/* It has come, takes over @body; or it will come through @pipe. */
void geminga_request_take_body (GemingaRequest *self, GBytes *body);
void geminga_request_set_body_pipe (GemingaRequest *self, GemingaHttpPipe *pipe);

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
