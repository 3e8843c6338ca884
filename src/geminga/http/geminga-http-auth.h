/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-middleware.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_HTTP_AUTH (geminga_http_auth_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaHttpAuth, geminga_http_auth, GEMINGA, HTTP_AUTH, GemingaMiddleware)

/**
 * GemingaCredentialsFunc:
 * @request: a request
 * @user: (nullable): the name of the user, or %NULL with a bearer token
 * @secret: the password or the token
 * @user_data: what was given with the function
 *
 * Checks who sends a request. It may leave attributes on it.
 *
 * Returns: %TRUE if the request may pass
 *
 * Since: 0.1
 */
typedef gboolean (*GemingaCredentialsFunc) (GemingaRequest *request,
                                            const char *user,
                                            const char *secret,
                                            gpointer user_data);

GEMINGA_AVAILABLE_IN_0_1
GemingaMiddleware *geminga_http_auth_new_basic (const char *realm,
                                                GemingaCredentialsFunc func,
                                                gpointer user_data,
                                                GDestroyNotify destroy) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
GemingaMiddleware *geminga_http_auth_new_bearer (const char *realm,
                                                 GemingaCredentialsFunc func,
                                                 gpointer user_data,
                                                 GDestroyNotify destroy) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
