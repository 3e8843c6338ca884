/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-version.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_RESPONSE (geminga_response_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaResponse, geminga_response, GEMINGA, RESPONSE, GObject)

GEMINGA_AVAILABLE_IN_0_1
guint geminga_response_get_status (GemingaResponse *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_response_set_status (GemingaResponse *self, guint status);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_response_get_header (GemingaResponse *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
GStrv geminga_response_get_header_list (GemingaResponse *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_response_set_header (GemingaResponse *self,
                                      const char *name,
                                      const char *value,
                                      GError **error);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_response_add_header (GemingaResponse *self,
                                      const char *name,
                                      const char *value,
                                      GError **error);
GEMINGA_AVAILABLE_IN_0_1
void geminga_response_remove_header (GemingaResponse *self, const char *name);
GEMINGA_AVAILABLE_IN_0_1
GBytes *geminga_response_get_body (GemingaResponse *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_response_get_body_text (GemingaResponse *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_response_set_body (GemingaResponse *self, const char *content_type, GBytes *body);

G_END_DECLS
