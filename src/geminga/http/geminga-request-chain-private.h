/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-middleware.h"
#include "geminga-response-private.h"

G_BEGIN_DECLS

/* The middleware that one request passes. */
typedef struct _GemingaRequestChain GemingaRequestChain;

/* Adds to those that the request passes next; @list is nullable (element-type GemingaMiddleware). In the
 * thread of the request. */
void geminga_request_chain_add (GemingaRequest *request, GPtrArray *list);
/* Passes them, then has geminga_request_run_handler() called. */
void geminga_request_chain_start (GemingaRequest *request);
/* Takes @response; has it passed back, and gives it to the exchange. Any thread. */
void geminga_request_chain_answer (GemingaRequest *request, GemingaHttpResponse *response);
/* The request is let go of while an answer waits: it is sent as it is. */
void geminga_request_chain_release (GemingaRequest *request);
void geminga_request_chain_free (GemingaRequestChain *self);

G_END_DECLS
