/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-signer.h"

G_BEGIN_DECLS

/* As if it were that time, in seconds since 1970. */
char *
geminga_signer_sign_at (GemingaSigner *self, const char *purpose, const char *text, gint64 time);

/* Bytes as text of letters, digits, - and _. */
char *geminga_http_base64url_encode (gconstpointer data, gsize size);

/* Whether both are the same, in a time that does not tell where they differ. */
gboolean geminga_http_is_same_secret (const char *a, const char *b);

G_END_DECLS
