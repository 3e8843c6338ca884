/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an Accept field is about: how its items match. */
typedef enum
{
  GEMINGA_HTTP_ACCEPT_TYPE,     /* media ranges, as "text / *", "text/html" */
  GEMINGA_HTTP_ACCEPT_LANGUAGE, /* basic filtering: "de" takes "de-AT" */
  GEMINGA_HTTP_ACCEPT_ENCODING, /* "identity" is taken unless it is refused */
} GemingaHttpAcceptKind;

/* How much it is wanted, in thousandths, 0: not at all. @field is nullable: all is as good. */
guint
geminga_http_accept_get_quality (GemingaHttpAcceptKind kind, const char *field, const char *offer);

/* The index of the offer that is wanted most, the first one of equals; -1: none. */
int geminga_http_accept_choose (GemingaHttpAcceptKind kind,
                                const char *field,
                                const char *const *offers);

G_END_DECLS
