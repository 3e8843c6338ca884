/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-error.h"

/* One row a code: the assertion below ties the table to the enumeration. */
static const GDBusErrorEntry error_entries[] = {
  { GEMINGA_HTTP_ERROR_INVALID_ROUTE, "org.geminga1.Error.Http.InvalidRoute" },
  { GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE, "org.geminga1.Error.Http.DuplicateRoute" },
  { GEMINGA_HTTP_ERROR_INVALID_HEADER, "org.geminga1.Error.Http.InvalidHeader" },
  { GEMINGA_HTTP_ERROR_INVALID_STATE, "org.geminga1.Error.Http.InvalidState" },
  { GEMINGA_HTTP_ERROR_TIMED_OUT, "org.geminga1.Error.Http.TimedOut" },
  { GEMINGA_HTTP_ERROR_NO_SUCH_ROUTE, "org.geminga1.Error.Http.NoSuchRoute" },
  { GEMINGA_HTTP_ERROR_INVALID_PARAMETER, "org.geminga1.Error.Http.InvalidParameter" },
  { GEMINGA_HTTP_ERROR_INVALID_BODY, "org.geminga1.Error.Http.InvalidBody" },
  { GEMINGA_HTTP_ERROR_UNSUPPORTED_TYPE, "org.geminga1.Error.Http.UnsupportedType" },
  { GEMINGA_HTTP_ERROR_TOO_LARGE, "org.geminga1.Error.Http.TooLarge" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (error_entries) == GEMINGA_HTTP_ERROR_TOO_LARGE + 1);

/**
 * geminga_http_error_quark:
 *
 * Gives the error domain of routes, requests and responses.
 *
 * Returns: the quark
 *
 * Since: 0.1
 */
GQuark
geminga_http_error_quark (void)
{
  static gsize quark;

  g_dbus_error_register_error_domain ("geminga-http-error-quark", &quark, error_entries,
                                      G_N_ELEMENTS (error_entries));

  return (GQuark) quark;
}
