/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The D-Bus wire format as pure data code: bytes in, messages out, and back. There is no socket, no
 * loop and no connection in here, so that every byte a peer can send is tested and fuzzed alone.
 *
 * Nothing in here is bound to a thread. A template may be used by several threads at once; a header
 * cache, a message and a buffer belong to one thread at a time.
 */

#define GEMINGA_WIRE_ERROR (geminga_wire_error_quark ())

typedef enum
{
  GEMINGA_WIRE_ERROR_TRUNCATED,   /* a value reaches past the end of what contains it */
  GEMINGA_WIRE_ERROR_MALFORMED,   /* the bytes, or the message to write, are against the rules */
  GEMINGA_WIRE_ERROR_TOO_LARGE,   /* a length or a depth is above its limit */
  GEMINGA_WIRE_ERROR_UNSUPPORTED, /* valid elsewhere, not in D-Bus: maybe types, other protocols */
} GemingaWireError;

typedef enum
{
  GEMINGA_WIRE_MESSAGE_CALL = 1,
  GEMINGA_WIRE_MESSAGE_REPLY = 2,
  GEMINGA_WIRE_MESSAGE_ERROR = 3,
  GEMINGA_WIRE_MESSAGE_SIGNAL = 4,
} GemingaWireMessageType;

typedef enum
{
  GEMINGA_WIRE_FLAG_NONE = 0,
  GEMINGA_WIRE_FLAG_NO_REPLY = 1 << 0,
  GEMINGA_WIRE_FLAG_NO_AUTO_START = 1 << 1,
  GEMINGA_WIRE_FLAG_INTERACTIVE = 1 << 2,
} GemingaWireFlags;

/* Header fields of our own, from GEMINGA_WIRE_EXTENSION_CODE on. D-Bus makes others skip them. */
typedef enum
{
  GEMINGA_WIRE_EXTENSION_DEADLINE, /* 200, "t": microseconds that remain to answer */
  GEMINGA_WIRE_EXTENSION_KIND,     /* 201, "u": what the link makes of the message */
  GEMINGA_WIRE_EXTENSION_TRACE,    /* 202, "t": what belongs together over hops */
  GEMINGA_WIRE_EXTENSION_CREDIT,   /* 203, "u": 1: answer it when it is accepted */
  GEMINGA_WIRE_N_EXTENSIONS,
} GemingaWireExtension;

#define GEMINGA_WIRE_EXTENSION_CODE 200

/* What a peer may make us read. The specification's own maxima are geminga_wire_limits_default. */
typedef struct
{
  gsize max_message; /* whole message, bytes */
  gsize max_header;  /* its header fields, bytes */
  gsize max_array;   /* one array of the body, bytes on the wire */
  guint max_depth;   /* arrays, structs, dictionary entries and variants in each other */
  guint max_fds;     /* file descriptors of one message */
} GemingaWireLimits;

extern const GemingaWireLimits geminga_wire_limits_default;

/*
 * One message, on the stack. The strings are borrowed: from the caller when writing, from the input
 * bytes after parsing. The body is a tuple; NULL when writing means "no arguments", after parsing it
 * is always set.
 */
typedef struct
{
  guint8 type;             /* GemingaWireMessageType, or a newer type to be ignored */
  guint8 flags;            /* GemingaWireFlags */
  guint8 extensions;       /* which of @extension are set: bit N is GemingaWireExtension N */
  gboolean cached;         /* parsed: the strings equal those of the last message of this type */
  guint32 serial;          /* never 0 */
  guint32 reply_serial;    /* 0: none */
  guint32 n_fds;           /* file descriptors that travel with the message */
  const char *path;        /* (nullable) */
  const char *interface;   /* (nullable) */
  const char *member;      /* (nullable) */
  const char *error_name;  /* (nullable) */
  const char *destination; /* (nullable) */
  const char *sender;      /* (nullable) */
  const char *signature;   /* parsed: of the body, "" if it is empty; ignored when writing */
  guint64 extension[GEMINGA_WIRE_N_EXTENSIONS];
  GVariant *body; /* (owned) after parsing; (unowned) when writing */
} GemingaWireMessage;

#define GEMINGA_WIRE_MESSAGE_INIT \
  {                               \
    0                             \
  }

GQuark geminga_wire_error_quark (void);

void geminga_wire_message_init (GemingaWireMessage *self, GemingaWireMessageType type);
void geminga_wire_message_clear (GemingaWireMessage *self);
void geminga_wire_message_set_extension (GemingaWireMessage *self,
                                         GemingaWireExtension extension,
                                         guint64 value);
gboolean geminga_wire_message_get_extension (const GemingaWireMessage *self,
                                             GemingaWireExtension extension,
                                             guint64 *value);
gboolean geminga_wire_message_check_names (const GemingaWireMessage *self, GError **error);
gboolean geminga_wire_message_check_required (const GemingaWireMessage *self, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GemingaWireMessage, geminga_wire_message_clear)

/* Writing. Messages are appended to @out; on failure @out is what it was before. */

typedef struct _GemingaWireTemplate GemingaWireTemplate;

gboolean geminga_wire_write (GByteArray *out, const GemingaWireMessage *message, GError **error);

GemingaWireTemplate *geminga_wire_template_new (const GemingaWireMessage *model,
                                                const char *signature,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void geminga_wire_template_free (GemingaWireTemplate *self);
gboolean geminga_wire_template_write (const GemingaWireTemplate *self,
                                      GByteArray *out,
                                      const GemingaWireMessage *message,
                                      GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaWireTemplate, geminga_wire_template_free)

/* Reading. */

#define GEMINGA_WIRE_FIXED_HEADER 16
#define GEMINGA_WIRE_CACHED_BYTES 256
#define GEMINGA_WIRE_N_STRINGS    9

/* The strings at the front of a header, as they were in the last message of one type. */
typedef struct
{
  guint8 order;                           /* 'l' or 'B' of that message, 0: nothing is cached */
  guint16 size;                           /* bytes that are used of @bytes */
  guint16 seen;                           /* bit CODE is set: the field is among them */
  guint16 string[GEMINGA_WIRE_N_STRINGS]; /* CODE: where the string starts in @bytes */
  guint8 bytes[GEMINGA_WIRE_CACHED_BYTES];
} GemingaWireCachedHeader;

/* All zeros is an empty cache. */
typedef struct
{
  GemingaWireCachedHeader header[GEMINGA_WIRE_MESSAGE_SIGNAL];
  guint64 n_hits;
  guint64 n_misses;
} GemingaWireHeaderCache;

gboolean geminga_wire_peek_size (const guint8 *bytes,
                                 gsize size,
                                 const GemingaWireLimits *limits,
                                 gsize *needed,
                                 GError **error);
gboolean geminga_wire_parse (const guint8 *bytes,
                             gsize size,
                             const GemingaWireLimits *limits,
                             GemingaWireHeaderCache *cache,
                             GemingaWireMessage *message,
                             GError **error);

/* Errors that travel. */

char *geminga_wire_error_to_name (const GError *error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *geminga_wire_error_to_body (const GError *error) G_GNUC_WARN_UNUSED_RESULT;
GError *geminga_wire_error_from (const char *name, const char *text) G_GNUC_WARN_UNUSED_RESULT;
GError *
geminga_wire_error_from_message (const GemingaWireMessage *message) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
