/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-link-private.h"

typedef struct
{
  GemingaAsk parent;

  GemingaLoopItem item;
  GMainContext *context; /* (owned) */
  GemingaLoop *loop;     /* (owned) */
  GemingaLinkReplyFunc func;
  gpointer data;
  GDestroyNotify destroy; /* (nullable) */

  /* written once by deliver () */
  GVariant *result; /* (owned) (nullable) */
  GUnixFDList *fds; /* (owned) (nullable) */
  GError *error;    /* (owned) (nullable) */
} Request;

/* Helpers */

static void
run_posted (GemingaLoopItem *item)
{
  Request *self = (Request *) ((char *) item - G_STRUCT_OFFSET (Request, item));

  self->func (self->data, self->result, self->fds, self->error);
  geminga_ask_unref (&self->parent);
}

/* GemingaAsk */

static void
request_deliver (GemingaAsk *ask, GVariant *result, GUnixFDList *fds, GError *error)
{
  Request *self = (Request *) ask;

  self->result = result;
  self->fds = fds;
  self->error = error;

  geminga_ask_ref (ask);
  if (g_main_context_is_owner (self->context))
    run_posted (&self->item);
  else
    geminga_loop_post (self->loop, &self->item);
}

static void
request_free (GemingaAsk *ask)
{
  Request *self = (Request *) ask;

  g_clear_pointer (&self->result, g_variant_unref);
  g_clear_object (&self->fds);
  g_clear_error (&self->error);
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_clear_pointer (&self->loop, geminga_loop_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
}

static const GemingaAskClass request_class = { sizeof (Request), request_deliver, request_free };

/* Private API */

GemingaAsk *
geminga_link_request_new (GMainContext *context,
                          GemingaLinkReplyFunc func,
                          gpointer data,
                          GDestroyNotify destroy)
{
  Request *self = geminga_ask_alloc (&request_class);

  self->item.run = run_posted;
  self->context = g_main_context_ref (context);
  self->loop = geminga_loop_ref_for_context (context);
  self->func = func;
  self->data = data;
  self->destroy = destroy;

  return &self->parent;
}
