/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-version.h"

G_BEGIN_DECLS

/**
 * GEMINGA_HTTP_ERROR:
 *
 * The error domain of routes, requests and responses. Codes are [enum@Geminga.HttpError].
 *
 * Since: 0.1
 */
#define GEMINGA_HTTP_ERROR (geminga_http_error_quark ())

/**
 * GemingaHttpError:
 * @GEMINGA_HTTP_ERROR_INVALID_ROUTE: a method or a path pattern of a route is not valid
 * @GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE: the router has a route for that method and path already
 * @GEMINGA_HTTP_ERROR_INVALID_HEADER: a response header has a name or a value that must not be sent
 * @GEMINGA_HTTP_ERROR_INVALID_STATE: the request or the server is past the point where that is possible
 * @GEMINGA_HTTP_ERROR_TIMED_OUT: connections were left when the grace time had passed
 * @GEMINGA_HTTP_ERROR_NO_SUCH_ROUTE: no route has that name
 * @GEMINGA_HTTP_ERROR_INVALID_PARAMETER: a path parameter has no value, or one that its route does not take
 * @GEMINGA_HTTP_ERROR_INVALID_BODY: the body of a request is not what its type says; status 400
 * @GEMINGA_HTTP_ERROR_UNSUPPORTED_TYPE: the body of a request has another type; status 415
 * @GEMINGA_HTTP_ERROR_TOO_LARGE: the body of a request has more than is allowed; status 413
 *
 * What can go wrong with routes, requests and responses.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_HTTP_ERROR_INVALID_ROUTE,
  GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE,
  GEMINGA_HTTP_ERROR_INVALID_HEADER,
  GEMINGA_HTTP_ERROR_INVALID_STATE,
  GEMINGA_HTTP_ERROR_TIMED_OUT,
  GEMINGA_HTTP_ERROR_NO_SUCH_ROUTE,
  GEMINGA_HTTP_ERROR_INVALID_PARAMETER,
  GEMINGA_HTTP_ERROR_INVALID_BODY,
  GEMINGA_HTTP_ERROR_UNSUPPORTED_TYPE,
  GEMINGA_HTTP_ERROR_TOO_LARGE,
} GemingaHttpError;

GEMINGA_AVAILABLE_IN_0_1
GQuark geminga_http_error_quark (void);

G_END_DECLS
