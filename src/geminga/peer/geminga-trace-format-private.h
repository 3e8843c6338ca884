/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-trace-private.h"

G_BEGIN_DECLS

/* How a record of a trace is told to other processes. */
typedef struct
{
  guint length;      /* characters of arguments and results, about */
  gboolean has_wire; /* also as the bytes of a D-Bus message */
} GemingaTraceFormat;

/*
 * Reads the options "length" u and "wire" b, both of which may be missing. FALSE: one is of another type, or
 * there is one that is not known.
 */
gboolean geminga_trace_format_parse (GemingaTraceFormat *self, GVariant *options, GError **error);

/*
 * An a{sv}, floating, of what @actor did: time t (microseconds since 1970), number u, event s ("asked", "told",
 * "answered", "failed", "forwarded", "asks", "tells", "ended"), and, where there is such a thing, reply-to u, peer s
 * (path), command s, interface s, text s (arguments or results as GVariant text), error s (D-Bus name), message s,
 * duration t (microseconds), fds u, wire ay.
 */
GVariant *geminga_trace_format_record (const GemingaTraceFormat *self,
                                       GemingaTarget *actor,
                                       const GemingaTraceRecord *record) G_GNUC_WARN_UNUSED_RESULT;

/* The bytes of the D-Bus message that the record is; NULL: it is none, as the end of a tell. */
GBytes *geminga_trace_format_wire (GemingaTarget *actor,
                                   const GemingaTraceRecord *record) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
