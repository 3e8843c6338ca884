/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-response.h"
#include "geminga-router.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_TEST_CLIENT (geminga_test_client_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaTestClient, geminga_test_client, GEMINGA, TEST_CLIENT, GObject)

GEMINGA_AVAILABLE_IN_0_1
GemingaTestClient *geminga_test_client_new (GemingaRouter *router) G_GNUC_WARN_UNUSED_RESULT;

GEMINGA_AVAILABLE_IN_0_1
void geminga_test_client_set_remote_address (GemingaTestClient *self, GSocketAddress *address);
GEMINGA_AVAILABLE_IN_0_1
SoupCookieJar *geminga_test_client_get_cookies (GemingaTestClient *self);

GEMINGA_AVAILABLE_IN_0_1
void geminga_test_client_send_async (GemingaTestClient *self,
                                     const char *method,
                                     const char *target,
                                     SoupMessageHeaders *headers,
                                     GBytes *body,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
GemingaResponse *
geminga_test_client_send_finish (GemingaTestClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
