/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-middleware.h"

/**
 * GemingaMiddleware:
 *
 * What requests pass on the way to their handler, and their answers on the way back.
 *
 * A middleware is added to a router, for all requests that reach it, those without a route included, or to
 * a route. `before` may answer the request, which then goes no further; `after` may change the answer.
 * Either may wait, for another actor say: it returns %TRUE, keeps a reference on the request and calls
 * [method@Geminga.Request.next] later.
 *
 * Requests pass the middleware of the outer router first, then of those mounted in it, then of the route,
 * each in the order in which they were added; answers pass the same ones backwards. An answer that a
 * middleware gives passes those that the request has passed before, but not that middleware's own `after`.
 * What the server itself answers, because a request is malformed or took too long, passes none.
 *
 * A middleware may be in several routers. It is called in the thread of the request: with the placement
 * "thread" in several threads at once.
 *
 * Since: 0.1
 */
G_DEFINE_TYPE (GemingaMiddleware, geminga_middleware, G_TYPE_OBJECT)

/* Middleware that is one function: two classes, because what has no after() costs answers nothing. */
typedef struct
{
  GemingaMiddleware parent_instance;

  GemingaBeforeFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} BeforeMiddleware;

typedef struct
{
  GemingaMiddleware parent_instance;

  GemingaAfterFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} AfterMiddleware;

typedef struct
{
  GemingaMiddlewareClass parent_class;
} BeforeMiddlewareClass;

typedef struct
{
  GemingaMiddlewareClass parent_class;
} AfterMiddlewareClass;

static GType before_middleware_get_type (void);
static GType after_middleware_get_type (void);
G_DEFINE_FINAL_TYPE_WITH_CODE (BeforeMiddleware, before_middleware, GEMINGA_TYPE_MIDDLEWARE, )
G_DEFINE_FINAL_TYPE_WITH_CODE (AfterMiddleware, after_middleware, GEMINGA_TYPE_MIDDLEWARE, )

/* GemingaMiddleware */

static gboolean
before_middleware_before (GemingaMiddleware *middleware, GemingaRequest *request)
{
  BeforeMiddleware *self = (BeforeMiddleware *) middleware;

  return self->func (request, self->user_data);
}

static gboolean
after_middleware_after (GemingaMiddleware *middleware,
                        GemingaRequest *request,
                        GemingaResponse *response)
{
  AfterMiddleware *self = (AfterMiddleware *) middleware;

  return self->func (request, response, self->user_data);
}

/* GObject */

static void
before_middleware_finalize (GObject *object)
{
  BeforeMiddleware *self = (BeforeMiddleware *) object;

  if (self->destroy != NULL)
    self->destroy (self->user_data);

  G_OBJECT_CLASS (before_middleware_parent_class)->finalize (object);
}

static void
after_middleware_finalize (GObject *object)
{
  AfterMiddleware *self = (AfterMiddleware *) object;

  if (self->destroy != NULL)
    self->destroy (self->user_data);

  G_OBJECT_CLASS (after_middleware_parent_class)->finalize (object);
}

static void
before_middleware_class_init (BeforeMiddlewareClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = before_middleware_finalize;
  GEMINGA_MIDDLEWARE_CLASS (klass)->before = before_middleware_before;
}

static void
after_middleware_class_init (AfterMiddlewareClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = after_middleware_finalize;
  GEMINGA_MIDDLEWARE_CLASS (klass)->after = after_middleware_after;
}

static void
before_middleware_init (BeforeMiddleware *self)
{
}

static void
after_middleware_init (AfterMiddleware *self)
{
}

static void
geminga_middleware_class_init (GemingaMiddlewareClass *klass)
{
}

static void
geminga_middleware_init (GemingaMiddleware *self)
{
}

/* Public API */

/**
 * geminga_middleware_new_before_func:
 * @func: (scope notified) (closure user_data) (destroy destroy): looks at requests
 * @user_data: what to give to @func
 * @destroy: (nullable): how to free @user_data
 *
 * Makes a middleware of a function that looks at requests.
 *
 * Returns: (transfer full): the middleware
 *
 * Since: 0.1
 */
GemingaMiddleware *
geminga_middleware_new_before_func (GemingaBeforeFunc func,
                                    gpointer user_data,
                                    GDestroyNotify destroy)
{
  BeforeMiddleware *self = NULL;

  g_return_val_if_fail (func != NULL, NULL);

  self = g_object_new (before_middleware_get_type (), NULL);
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;

  return GEMINGA_MIDDLEWARE (self);
}

/**
 * geminga_middleware_new_after_func:
 * @func: (scope notified) (closure user_data) (destroy destroy): looks at answers
 * @user_data: what to give to @func
 * @destroy: (nullable): how to free @user_data
 *
 * Makes a middleware of a function that looks at answers.
 *
 * Returns: (transfer full): the middleware
 *
 * Since: 0.1
 */
GemingaMiddleware *
geminga_middleware_new_after_func (GemingaAfterFunc func,
                                   gpointer user_data,
                                   GDestroyNotify destroy)
{
  AfterMiddleware *self = NULL;

  g_return_val_if_fail (func != NULL, NULL);

  self = g_object_new (after_middleware_get_type (), NULL);
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;

  return GEMINGA_MIDDLEWARE (self);
}
