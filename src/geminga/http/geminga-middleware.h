/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-request.h"
#include "geminga-response.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_MIDDLEWARE (geminga_middleware_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_DERIVABLE_TYPE (GemingaMiddleware, geminga_middleware, GEMINGA, MIDDLEWARE, GObject)

/**
 * GemingaMiddlewareClass:
 * @before: see [vfunc@Geminga.Middleware.before]
 * @after: see [vfunc@Geminga.Middleware.after]
 *
 * The class of [class@Geminga.Middleware].
 *
 * Since: 0.1
 */
struct _GemingaMiddlewareClass
{
  GObjectClass parent_class;

  /**
   * GemingaMiddleware::before:
   * @self: a middleware
   * @request: a request on its way to its handler
   *
   * Looks at a request before its handler does, and may answer it.
   *
   * Returns: %FALSE if the request is answered or may go on now, %TRUE if it waits for
   *   [method@Geminga.Request.next] or an answer
   *
   * Since: 0.1
   */
  gboolean (*before) (GemingaMiddleware *self, GemingaRequest *request);

  /**
   * GemingaMiddleware::after:
   * @self: a middleware
   * @request: the request, which is answered
   * @response: the answer on its way to the client
   *
   * Looks at the answer before it is sent, and may change it.
   *
   * Returns: %FALSE if the answer may go on now, %TRUE if it waits for [method@Geminga.Request.next]
   *
   * Since: 0.1
   */
  gboolean (*after) (GemingaMiddleware *self, GemingaRequest *request, GemingaResponse *response);

  /*< private >*/
  gpointer padding[8];
};

/**
 * GemingaBeforeFunc:
 * @request: a request on its way to its handler
 * @user_data: what was given with the function
 *
 * Looks at a request before its handler does, see [vfunc@Geminga.Middleware.before].
 *
 * Returns: %FALSE if the request is answered or may go on now, %TRUE if it waits
 *
 * Since: 0.1
 */
typedef gboolean (*GemingaBeforeFunc) (GemingaRequest *request, gpointer user_data);

/**
 * GemingaAfterFunc:
 * @request: the request, which is answered
 * @response: the answer on its way to the client
 * @user_data: what was given with the function
 *
 * Looks at the answer before it is sent, see [vfunc@Geminga.Middleware.after].
 *
 * Returns: %FALSE if the answer may go on now, %TRUE if it waits
 *
 * Since: 0.1
 */
typedef gboolean (*GemingaAfterFunc) (GemingaRequest *request,
                                      GemingaResponse *response,
                                      gpointer user_data);

GEMINGA_AVAILABLE_IN_0_1
GemingaMiddleware *
geminga_middleware_new_before_func (GemingaBeforeFunc func,
                                    gpointer user_data,
                                    GDestroyNotify destroy) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
GemingaMiddleware *
geminga_middleware_new_after_func (GemingaAfterFunc func,
                                   gpointer user_data,
                                   GDestroyNotify destroy) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
