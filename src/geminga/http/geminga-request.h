/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "geminga-form.h"
#include "geminga-route.h"
#include "geminga-signer.h"
#include "geminga-version.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_REQUEST (geminga_request_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaRequest, geminga_request, GEMINGA, REQUEST, GObject)

/**
 * GemingaRequestHandler:
 * @request: the request to answer
 * @user_data: what was given with the handler
 *
 * Answers a request, in the handler or later.
 *
 * To answer later, keep a reference on @request and call one of its `respond_` methods when the
 * answer is known. A request that is let go of unanswered is answered with status 500.
 *
 * Since: 0.1
 */
typedef void (*GemingaRequestHandler) (GemingaRequest *request, gpointer user_data);

/* What was asked */

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_method (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_path (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_raw_path (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_raw_query (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_protocol (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_query_param (GemingaRequest *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
GStrv geminga_request_get_query_params (GemingaRequest *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_param (GemingaRequest *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
gint64 geminga_request_get_param_int (GemingaRequest *self, const char *name, gint64 fallback);
GEMINGA_AVAILABLE_IN_0_1
double geminga_request_get_param_double (GemingaRequest *self, const char *name, double fallback);
GEMINGA_AVAILABLE_IN_0_1
GemingaRoute *geminga_request_get_route (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
char *geminga_request_build_path (GemingaRequest *self,
                                  const char *name,
                                  GVariant *values,
                                  GError **error);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_header (GemingaRequest *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
SoupMessageHeaders *geminga_request_get_headers (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
GBytes *geminga_request_get_body (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_body_text (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
GSocketAddress *geminga_request_get_remote_address (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_remote_host (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_id (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
GCancellable *geminga_request_get_cancellable (GemingaRequest *self);

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_client_host (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_scheme (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_host (GemingaRequest *self);

/* What is in its fields and its body */

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_get_cookie (GemingaRequest *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
char *geminga_request_dup_signed_cookie (GemingaRequest *self,
                                         GemingaSigner *signer,
                                         const char *name,
                                         guint max_age);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_choose_type (GemingaRequest *self, const char *const *offers);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_choose_language (GemingaRequest *self, const char *const *offers);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_request_choose_encoding (GemingaRequest *self, const char *const *offers);
GEMINGA_AVAILABLE_IN_0_1
GemingaForm *geminga_request_get_form (GemingaRequest *self, GError **error);
GEMINGA_AVAILABLE_IN_0_1
JsonNode *geminga_request_get_json (GemingaRequest *self, GError **error);
GEMINGA_AVAILABLE_IN_0_1
GVariant *
geminga_request_dup_json_variant (GemingaRequest *self, const char *signature, GError **error);

/* The body, before or while it comes */

GEMINGA_AVAILABLE_IN_0_1
void geminga_request_set_body_streamed (GemingaRequest *self, gboolean is_streamed);
GEMINGA_AVAILABLE_IN_0_1
void geminga_request_set_max_body (GemingaRequest *self, guint64 size);
GEMINGA_AVAILABLE_IN_0_1
GInputStream *geminga_request_get_body_stream (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_request_read_body_async (GemingaRequest *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
GBytes *geminga_request_read_body_finish (GemingaRequest *self,
                                          GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What handlers leave for each other */

GEMINGA_AVAILABLE_IN_0_1
void geminga_request_set_attribute (GemingaRequest *self, const char *name, GVariant *value);
GEMINGA_AVAILABLE_IN_0_1
GVariant *geminga_request_get_attribute (GemingaRequest *self, const char *name);

/* Middleware */

GEMINGA_AVAILABLE_IN_0_1
void geminga_request_next (GemingaRequest *self);

/* The answer */

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_request_is_answered (GemingaRequest *self);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_request_set_response_header (GemingaRequest *self,
                                              const char *name,
                                              const char *value,
                                              GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_request_add_response_header (GemingaRequest *self,
                                              const char *name,
                                              const char *value,
                                              GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_request_set_cookie (GemingaRequest *self,
                                     const char *name,
                                     const char *value,
                                     GVariant *options,
                                     GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_request_set_signed_cookie (GemingaRequest *self,
                                            GemingaSigner *signer,
                                            const char *name,
                                            const char *value,
                                            GVariant *options,
                                            GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_request_remove_cookie (GemingaRequest *self,
                                        const char *name,
                                        GVariant *options,
                                        GError **error);
GEMINGA_AVAILABLE_IN_0_1
void geminga_request_respond_text (GemingaRequest *self, guint status, const char *text);
GEMINGA_AVAILABLE_IN_0_1
void geminga_request_respond_json (GemingaRequest *self, guint status, const char *json);
GEMINGA_AVAILABLE_IN_0_1
void geminga_request_respond_variant (GemingaRequest *self, guint status, GVariant *value);
GEMINGA_AVAILABLE_IN_0_1
void geminga_request_respond_json_node (GemingaRequest *self, guint status, JsonNode *node);
GEMINGA_AVAILABLE_IN_0_1
void geminga_request_respond_bytes (GemingaRequest *self,
                                    guint status,
                                    const char *content_type,
                                    GBytes *bytes);
GEMINGA_AVAILABLE_IN_0_1
void
geminga_request_respond_file (GemingaRequest *self, const char *path, const char *content_type);
GEMINGA_AVAILABLE_IN_0_1
void geminga_request_respond_empty (GemingaRequest *self, guint status);
GEMINGA_AVAILABLE_IN_0_1
void geminga_request_respond_redirect (GemingaRequest *self, guint status, const char *location);
GEMINGA_AVAILABLE_IN_0_1
void geminga_request_respond_error (GemingaRequest *self, const GError *error);
GEMINGA_AVAILABLE_IN_0_1
void geminga_request_fail (GemingaRequest *self, const char *message);

G_END_DECLS
