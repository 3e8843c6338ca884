/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-wire-private.h"
#include "geminga-wire-signature-private.h"

G_BEGIN_DECLS

gboolean geminga_wire_encode (GByteArray *out,
                              GVariant *body,
                              const GemingaWireSignature *signature,
                              guint n_fds,
                              GError **error);

/* Where values are read. Alignment counts from @bytes. */
typedef struct
{
  const guint8 *bytes;
  gsize position;
  gsize end;
  gboolean swap; /* the bytes are in the other byte order */
  guint n_fds;   /* handles are below */
  const GemingaWireLimits *limits;
} GemingaWireInput;

GVariant *geminga_wire_decode (GemingaWireInput *input,
                               const char *text,
                               gsize length,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean geminga_wire_skip_variant (GemingaWireInput *input, GError **error);
gboolean geminga_wire_skip_padding (GemingaWireInput *input, gsize align, GError **error);
gboolean geminga_wire_fail (const GemingaWireInput *input,
                            GemingaWireError code,
                            GError **error,
                            const char *format,
                            ...) G_GNUC_PRINTF (4, 5);

#define GEMINGA_WIRE_ALIGN(n, align) (((n) + (align) -1) & ~((gsize) (align) -1))

G_END_DECLS
