/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-exchange-private.h"

enum
{
  STATE_OPEN,
  STATE_ANSWERED,
  STATE_CLOSED,
};

struct _GemingaHttpExchange
{
  gatomicrefcount ref_count;
  int state;                 /* atomic: who leaves OPEN first owns the fields below */
  int cancelled;             /* atomic */
  GCancellable *cancellable; /* (nullable), atomic: made when somebody asks */
  GMainContext *context;
  GemingaHttpAnswerFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
};

typedef struct
{
  GemingaHttpExchange *exchange;
  GemingaHttpResponse *response; /* (nullable): NULL once delivered */
} Delivery;

/* Helpers */

static void
release_engine (GemingaHttpExchange *self)
{
  gpointer user_data = g_steal_pointer (&self->user_data);

  if (self->destroy != NULL && user_data != NULL)
    self->destroy (user_data);
}

static void
deliver (GemingaHttpExchange *self, GemingaHttpResponse *response)
{
  self->func (response, self->user_data);
  release_engine (self);
}

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  /* The context ended before it could run. */
  if (delivery->response != NULL)
    {
      geminga_http_response_free (delivery->response);
      release_engine (delivery->exchange);
    }

  geminga_http_exchange_unref (delivery->exchange);
  g_free (delivery);
}

static gboolean
deliver_cb (gpointer user_data)
{
  Delivery *delivery = user_data;

  deliver (delivery->exchange, g_steal_pointer (&delivery->response));

  return G_SOURCE_REMOVE;
}

static void
deliver_in_context (GemingaHttpExchange *self, GemingaHttpResponse *response)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Delivery *delivery = g_new0 (Delivery, 1);

  delivery->exchange = geminga_http_exchange_ref (self);
  delivery->response = response;

  g_source_set_static_name (source, "[geminga] http answer");
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver_cb, delivery, delivery_free);
  g_source_attach (source, self->context);
}

/* Public API */

GemingaHttpExchange *
geminga_http_exchange_new (GMainContext *context,
                           GemingaHttpAnswerFunc func,
                           gpointer user_data,
                           GDestroyNotify destroy)
{
  GemingaHttpExchange *self = g_new0 (GemingaHttpExchange, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->context = g_main_context_ref (context);
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;

  return self;
}

GemingaHttpExchange *
geminga_http_exchange_ref (GemingaHttpExchange *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
geminga_http_exchange_unref (GemingaHttpExchange *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  release_engine (self);
  g_clear_object (&self->cancellable);
  g_main_context_unref (self->context);
  g_free (self);
}

gboolean
geminga_http_exchange_answer (GemingaHttpExchange *self, GemingaHttpResponse *response)
{
  if (!g_atomic_int_compare_and_exchange (&self->state, STATE_OPEN, STATE_ANSWERED))
    {
      geminga_http_response_free (response);
      return FALSE;
    }

  if (g_main_context_is_owner (self->context))
    deliver (self, response);
  else
    deliver_in_context (self, response);

  return TRUE;
}

gboolean
geminga_http_exchange_is_answered (GemingaHttpExchange *self)
{
  return g_atomic_int_get (&self->state) != STATE_OPEN;
}

gboolean
geminga_http_exchange_is_closed (GemingaHttpExchange *self)
{
  return g_atomic_int_get (&self->state) == STATE_CLOSED;
}

GMainContext *
geminga_http_exchange_get_context (GemingaHttpExchange *self)
{
  return self->context;
}

GCancellable *
geminga_http_exchange_get_cancellable (GemingaHttpExchange *self)
{
  if (g_atomic_pointer_get (&self->cancellable) == NULL)
    {
      GCancellable *made = g_cancellable_new ();

      if (!g_atomic_pointer_compare_and_exchange (&self->cancellable, NULL, made))
        g_object_unref (made);
    }

  /* The client may have left before anybody asked. */
  if (g_atomic_int_get (&self->cancelled))
    g_cancellable_cancel (self->cancellable);

  return self->cancellable;
}

void
geminga_http_exchange_cancel (GemingaHttpExchange *self)
{
  GCancellable *cancellable = NULL;

  g_atomic_int_set (&self->cancelled, TRUE);
  cancellable = g_atomic_pointer_get (&self->cancellable);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

gboolean
geminga_http_exchange_close (GemingaHttpExchange *self)
{
  if (!g_atomic_int_compare_and_exchange (&self->state, STATE_OPEN, STATE_CLOSED))
    return FALSE;

  release_engine (self);
  geminga_http_exchange_cancel (self);

  return TRUE;
}
