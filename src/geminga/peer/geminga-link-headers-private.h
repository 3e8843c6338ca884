/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-wire-private.h"

G_BEGIN_DECLS

/*
 * Writes messages whose headers repeat: of each type of message the last header that came twice in a
 * row is kept as it is on the wire, checked, and copied when the same strings come again.
 */
typedef struct
{
  GemingaWireTemplate *template; /* (owned) (nullable) */
  char *path;                    /* (owned) (nullable), as the strings below */
  char *interface;
  char *member;
  char *sender;
  char *type; /* of the body */

  /* Compared only: of the last message that is not like this, which may be gone. */
  const char *other_path;
  const char *other_member;
  const char *other_type;
} GemingaLinkHeader;

/* All zeros knows none. */
typedef struct
{
  GemingaLinkHeader header[GEMINGA_WIRE_MESSAGE_SIGNAL];
} GemingaLinkHeaders;

void geminga_link_headers_clear (GemingaLinkHeaders *self);

/* As geminga_wire_write(). */
gboolean geminga_link_headers_write (GemingaLinkHeaders *self,
                                     GByteArray *out,
                                     const GemingaWireMessage *message,
                                     GError **error);

G_END_DECLS
