/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-request-chain-private.h"

#include "geminga-request-private.h"

struct _GemingaRequestChain
{
  GPtrArray *items;          /* (element-type GemingaMiddleware): the outermost first */
  guint n_passed;            /* whose before() let the request go on */
  GMainContext *context;     /* where all of them are called */
  GemingaResponse *response; /* (owned) (nullable): on its way back */
  gboolean is_calling;       /* one of them is running */
  gboolean may_go_on;        /* and called next() meanwhile */
};

/* Helpers */

static void
send (GemingaRequest *request)
{
  GemingaRequestChain *self = request->chain;
  g_autoptr (GemingaResponse) response = g_steal_pointer (&self->response);

  geminga_http_exchange_answer (request->exchange, geminga_response_steal (response));
}

/* TRUE: it may go on. */
static gboolean
call_before (GemingaRequestChain *self, GemingaRequest *request, GemingaMiddleware *middleware)
{
  GemingaMiddlewareClass *klass = GEMINGA_MIDDLEWARE_GET_CLASS (middleware);
  gboolean is_held;

  if (klass->before == NULL)
    return TRUE;

  self->is_calling = TRUE;
  self->may_go_on = FALSE;
  is_held = klass->before (middleware, request);
  self->is_calling = FALSE;

  return !is_held || self->may_go_on;
}

static gboolean
call_after (GemingaRequestChain *self, GemingaRequest *request, GemingaMiddleware *middleware)
{
  GemingaMiddlewareClass *klass = GEMINGA_MIDDLEWARE_GET_CLASS (middleware);
  gboolean is_held;

  if (klass->after == NULL)
    return TRUE;

  self->is_calling = TRUE;
  self->may_go_on = FALSE;
  is_held = klass->after (middleware, request, self->response);
  self->is_calling = FALSE;

  return !is_held || self->may_go_on;
}

static void
go_forth (GemingaRequest *request)
{
  GemingaRequestChain *self = request->chain;

  while (self->n_passed < self->items->len)
    {
      GemingaMiddleware *middleware = g_ptr_array_index (self->items, self->n_passed);

      if (!call_before (self, request, middleware) || geminga_request_is_answered (request))
        return;
      self->n_passed++;
    }

  geminga_request_run_handler (request);
}

static void
go_back (GemingaRequest *request)
{
  GemingaRequestChain *self = request->chain;

  while (self->n_passed > 0)
    {
      self->n_passed--;
      if (!call_after (self, request, g_ptr_array_index (self->items, self->n_passed)))
        return;
    }

  send (request);
}

/* A before() that is waited for has been counted neither way. */
static void
go_on (GemingaRequest *request)
{
  GemingaRequestChain *self = request->chain;

  if (self->is_calling)
    {
      self->may_go_on = TRUE;
      return;
    }

  if (self->response != NULL)
    {
      go_back (request);
      return;
    }
  if (geminga_request_is_answered (request) || self->n_passed == self->items->len)
    return;

  self->n_passed++;
  go_forth (request);
}

static gboolean
go_on_cb (gpointer user_data)
{
  go_on (user_data);

  return G_SOURCE_REMOVE;
}

static gboolean
go_back_cb (gpointer user_data)
{
  go_back (user_data);

  return G_SOURCE_REMOVE;
}

static void
call_in_context (GemingaRequest *request, GSourceFunc func)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_static_name (source, "[geminga] http middleware");
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, g_object_ref (request), g_object_unref);
  g_source_attach (source, request->chain->context);
}

static gboolean
has_after (const GemingaRequestChain *self)
{
  for (guint i = 0; i < self->n_passed; i++)
    {
      if (GEMINGA_MIDDLEWARE_GET_CLASS (g_ptr_array_index (self->items, i))->after != NULL)
        return TRUE;
    }

  return FALSE;
}

static GemingaRequestChain *
ensure_chain (GemingaRequest *request)
{
  if (request->chain == NULL)
    {
      request->chain = g_new0 (GemingaRequestChain, 1);
      request->chain->items = g_ptr_array_new_with_free_func (g_object_unref);
      request->chain->context = g_main_context_ref_thread_default ();
    }

  return request->chain;
}

/* Private API */

void
geminga_request_chain_add (GemingaRequest *request, GPtrArray *list)
{
  if (list == NULL || list->len == 0)
    return;

  g_ptr_array_extend (ensure_chain (request)->items, list, (GCopyFunc) g_object_ref, NULL);
}

void
geminga_request_chain_start (GemingaRequest *request)
{
  g_autoptr (GemingaRequest) kept = g_object_ref (request);

  if (request->chain != NULL)
    go_forth (kept);
  else
    geminga_request_run_handler (kept);
}

void
geminga_request_chain_answer (GemingaRequest *request, GemingaHttpResponse *response)
{
  GemingaRequestChain *self = request->chain;
  g_autoptr (GemingaRequest) kept = NULL;

  if (self == NULL || !has_after (self))
    {
      geminga_http_exchange_answer (request->exchange, response);
      return;
    }

  kept = g_object_ref (request);
  self->response = geminga_response_new_take (response);
  if (g_main_context_is_owner (self->context))
    go_back (request);
  else
    call_in_context (request, go_back_cb);
}

void
geminga_request_chain_release (GemingaRequest *request)
{
  if (request->chain == NULL || request->chain->response == NULL)
    return;

  g_warning ("The answer to request %s (%s %s) was dropped by a middleware: it is sent as it is",
             geminga_request_get_id (request), request->head.method, request->head.path);
  send (request);
}

void
geminga_request_chain_free (GemingaRequestChain *self)
{
  g_ptr_array_unref (self->items);
  g_main_context_unref (self->context);
  g_clear_object (&self->response);
  g_free (self);
}

/* Public API */

/**
 * geminga_request_next:
 * @self: a request that a middleware keeps waiting
 *
 * Has a request go on to its handler, or its answer to the client, after `before` or `after` of a
 * [class@Geminga.Middleware] returned %TRUE.
 *
 * It may be called from any thread; what follows happens in the one of the request. It does nothing when
 * the request was answered meanwhile, as by the server after it took too long.
 *
 * Since: 0.1
 */
void
geminga_request_next (GemingaRequest *self)
{
  g_autoptr (GemingaRequest) kept = NULL;

  g_return_if_fail (GEMINGA_IS_REQUEST (self));

  if (self->chain == NULL)
    return;

  kept = g_object_ref (self);
  if (g_main_context_is_owner (self->chain->context))
    go_on (kept);
  else
    call_in_context (kept, go_on_cb);
}
