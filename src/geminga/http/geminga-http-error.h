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
} GemingaHttpError;

GEMINGA_AVAILABLE_IN_0_1
GQuark geminga_http_error_quark (void);

G_END_DECLS
