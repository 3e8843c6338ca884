/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-version.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_SIGNER (geminga_signer_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaSigner, geminga_signer, GEMINGA, SIGNER, GObject)

GEMINGA_AVAILABLE_IN_0_1
GemingaSigner *geminga_signer_new (GBytes *key, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_signer_add_old_key (GemingaSigner *self, GBytes *key, GError **error);
GEMINGA_AVAILABLE_IN_0_1
char *geminga_signer_sign (GemingaSigner *self, const char *purpose, const char *text);
GEMINGA_AVAILABLE_IN_0_1
char *geminga_signer_unsign (GemingaSigner *self,
                             const char *purpose,
                             const char *signed_text,
                             guint max_age);

G_END_DECLS
