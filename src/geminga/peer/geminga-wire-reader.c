/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-wire-body-private.h"

#include <string.h>

/* Numbers of the header fields. The strings are those up to 8, but for 5. */
enum
{
  FIELD_PATH = 1,
  FIELD_INTERFACE,
  FIELD_MEMBER,
  FIELD_ERROR_NAME,
  FIELD_REPLY_SERIAL,
  FIELD_DESTINATION,
  FIELD_SENDER,
  FIELD_SIGNATURE,
  FIELD_UNIX_FDS,
};

#define STRING_FIELDS ((1u << GEMINGA_WIRE_N_STRINGS) - 1 - (1u << FIELD_REPLY_SERIAL))

typedef struct
{
  GemingaWireInput input; /* of the header fields, then of the body */
  GemingaWireMessage *message;
  guint32 body_size;
  gsize fields_end;
  guint seen;            /* bit CODE: the field was there */
  gboolean only_strings; /* so far */
  gsize strings_end;     /* after the strings at the front */
  GError **error;
} Parser;

/* Helpers */

static guint32
load_uint32 (const guint8 *bytes, gboolean swap)
{
  guint32 value;

  memcpy (&value, bytes, 4);

  return swap ? GUINT32_SWAP_LE_BE (value) : value;
}

static guint64
load_uint64 (const guint8 *bytes, gboolean swap)
{
  guint64 value;

  memcpy (&value, bytes, 8);

  return swap ? GUINT64_SWAP_LE_BE (value) : value;
}

static gboolean
is_swapped (guint8 order)
{
  return order == (G_BYTE_ORDER == G_LITTLE_ENDIAN ? 'B' : 'l');
}

static gboolean
check_start (const guint8 *bytes, GError **error)
{
  if (bytes[0] != 'l' && bytes[0] != 'B')
    g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_UNSUPPORTED,
                 "Byte 0: byte order is 0x%02x, only “l” and “B” are allowed", bytes[0]);
  else if (bytes[1] == 0)
    g_set_error_literal (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED,
                         "Byte 1: message type is 0");
  else if (bytes[3] != 1)
    g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_UNSUPPORTED,
                 "Byte 3: protocol version is %u, only 1 is allowed", bytes[3]);
  else if (load_uint32 (bytes + 8, FALSE) == 0)
    g_set_error_literal (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED,
                         "Byte 8: message serial is 0");
  else
    return TRUE;

  return FALSE;
}

static GemingaWireCachedHeader *
get_cached (GemingaWireHeaderCache *cache, guint8 type)
{
  if (cache == NULL || type > G_N_ELEMENTS (cache->header))
    return NULL;

  return &cache->header[type - 1];
}

static const char **
get_string (GemingaWireMessage *message, guint code)
{
  const char **strings[GEMINGA_WIRE_N_STRINGS] = {
    [FIELD_PATH] = &message->path,
    [FIELD_INTERFACE] = &message->interface,
    [FIELD_MEMBER] = &message->member,
    [FIELD_ERROR_NAME] = &message->error_name,
    [FIELD_DESTINATION] = &message->destination,
    [FIELD_SENDER] = &message->sender,
    [FIELD_SIGNATURE] = &message->signature,
  };

  return code < G_N_ELEMENTS (strings) ? strings[code] : NULL;
}

static gboolean
has (Parser *self, gsize size)
{
  if (size <= self->input.end - self->input.position)
    return TRUE;

  return geminga_wire_fail (&self->input, GEMINGA_WIRE_ERROR_TRUNCATED, self->error,
                            "the header fields end inside a field");
}

/* Cache */

/* Takes over the strings at the front if they are, byte for byte, those of the last message. */
static gboolean
use_cached (Parser *self, const GemingaWireCachedHeader *cached)
{
  const guint8 *fields = self->input.bytes + GEMINGA_WIRE_FIXED_HEADER;

  if (cached->order != self->input.bytes[0] ||
      cached->size > self->fields_end - GEMINGA_WIRE_FIXED_HEADER ||
      memcmp (cached->bytes, fields, cached->size) != 0)
    return FALSE;

  for (guint code = 1; code < GEMINGA_WIRE_N_STRINGS; code++)
    {
      if (cached->seen & (1u << code))
        *get_string (self->message, code) = (const char *) fields + cached->string[code];
    }

  self->seen = cached->seen;
  self->input.position += cached->size;
  self->message->cached = TRUE;

  return TRUE;
}

static void
fill_cached (Parser *self, GemingaWireCachedHeader *cached)
{
  const guint8 *fields = self->input.bytes + GEMINGA_WIRE_FIXED_HEADER;
  gsize size = self->strings_end - GEMINGA_WIRE_FIXED_HEADER;

  cached->order = 0;
  cached->seen = 0;
  if (size == 0 || size > sizeof cached->bytes)
    return;

  for (guint code = 1; code < GEMINGA_WIRE_N_STRINGS; code++)
    {
      const char **string = get_string (self->message, code);

      if (string == NULL || *string == NULL)
        continue;
      /* A string after the front was checked now, and will be again when it comes. */
      if ((const guint8 *) *string >= self->input.bytes + self->strings_end)
        continue;

      cached->seen |= (guint16) (1u << code);
      cached->string[code] = (guint16) ((const guint8 *) *string - fields);
    }

  cached->size = (guint16) size;
  cached->order = self->input.bytes[0];
  memcpy (cached->bytes, fields, size);
}

static void
note_header (Parser *self,
             GemingaWireHeaderCache *cache,
             GemingaWireCachedHeader *cached,
             gboolean is_cached)
{
  if (is_cached)
    cache->n_hits++;
  else
    {
      cache->n_misses++;
      fill_cached (self, cached);
    }
}

/* Fields */

static gboolean
parse_string_field (Parser *self, guint code)
{
  GemingaWireInput *input = &self->input;
  gsize width = code == FIELD_SIGNATURE ? 1 : 4;
  guint32 length;
  const char *text;

  if (!has (self, width))
    return FALSE;

  length = width == 1 ? input->bytes[input->position]
                      : load_uint32 (input->bytes + input->position, input->swap);
  input->position += width;
  if (length >= input->end - input->position)
    return geminga_wire_fail (input, GEMINGA_WIRE_ERROR_TRUNCATED, self->error,
                              "header field %u has %u bytes, more than there are", code, length);

  text = (const char *) input->bytes + input->position;
  if (memchr (text, '\0', (gsize) length + 1) != text + length)
    return geminga_wire_fail (input, GEMINGA_WIRE_ERROR_MALFORMED, self->error,
                              "header field %u does not end with its only 0", code);

  *get_string (self->message, code) = text;
  input->position += (gsize) length + 1;

  return TRUE;
}

static gboolean
parse_number_field (Parser *self, guint code, char type)
{
  GemingaWireInput *input = &self->input;
  gsize size = type == 't' ? 8 : 4;
  guint64 value;

  if (!geminga_wire_skip_padding (input, size, self->error) || !has (self, size))
    return FALSE;

  value = type == 't' ? load_uint64 (input->bytes + input->position, input->swap)
                      : load_uint32 (input->bytes + input->position, input->swap);
  input->position += size;

  if (code == FIELD_REPLY_SERIAL && value == 0)
    return geminga_wire_fail (input, GEMINGA_WIRE_ERROR_MALFORMED, self->error,
                              "the reply serial before is 0");
  if (code == FIELD_UNIX_FDS && value > input->limits->max_fds)
    return geminga_wire_fail (input, GEMINGA_WIRE_ERROR_TOO_LARGE, self->error,
                              "the message has %" G_GUINT64_FORMAT
                              " file descriptors, more than %u",
                              value, input->limits->max_fds);

  if (code == FIELD_REPLY_SERIAL)
    self->message->reply_serial = (guint32) value;
  else if (code == FIELD_UNIX_FDS)
    self->message->n_fds = (guint32) value;
  else
    geminga_wire_message_set_extension (self->message, code - GEMINGA_WIRE_EXTENSION_CODE, value);

  return TRUE;
}

static gboolean
check_field_type (Parser *self, guint code, char type)
{
  const guint8 expected[] = { 1, (guint8) type, '\0' }; /* a signature of one character */
  GemingaWireInput *input = &self->input;

  if (!has (self, sizeof expected))
    return FALSE;

  if (memcmp (input->bytes + input->position, expected, sizeof expected) != 0)
    return geminga_wire_fail (input, GEMINGA_WIRE_ERROR_MALFORMED, self->error,
                              "header field %u is not of type “%c”", code, type);

  input->position += sizeof expected;

  return TRUE;
}

static gboolean
note_seen (Parser *self, guint code)
{
  guint bit = code < GEMINGA_WIRE_EXTENSION_CODE
                  ? code
                  : code - GEMINGA_WIRE_EXTENSION_CODE + GEMINGA_WIRE_N_STRINGS + 1;

  if (self->seen & (1u << bit))
    return geminga_wire_fail (&self->input, GEMINGA_WIRE_ERROR_MALFORMED, self->error,
                              "header field %u is there twice", code);

  self->seen |= 1u << bit;

  return TRUE;
}

/* The type of a field, NULL if it is none that we know. */
static const char *
get_field_type (guint code)
{
  switch (code)
    {
    case FIELD_PATH:
      return "o";
    case FIELD_INTERFACE:
    case FIELD_MEMBER:
    case FIELD_ERROR_NAME:
    case FIELD_DESTINATION:
    case FIELD_SENDER:
      return "s";
    case FIELD_SIGNATURE:
      return "g";
    case FIELD_REPLY_SERIAL:
    case FIELD_UNIX_FDS:
    case GEMINGA_WIRE_EXTENSION_CODE + GEMINGA_WIRE_EXTENSION_KIND:
    case GEMINGA_WIRE_EXTENSION_CODE + GEMINGA_WIRE_EXTENSION_CREDIT:
      return "u";
    case GEMINGA_WIRE_EXTENSION_CODE + GEMINGA_WIRE_EXTENSION_DEADLINE:
    case GEMINGA_WIRE_EXTENSION_CODE + GEMINGA_WIRE_EXTENSION_TRACE:
      return "t";
    default:
      return NULL;
    }
}

static gboolean
parse_field (Parser *self)
{
  GemingaWireInput *input = &self->input;
  const char *type;
  gboolean is_string;
  guint code;

  if (!geminga_wire_skip_padding (input, 8, self->error) || !has (self, 1))
    return FALSE;

  code = input->bytes[input->position++];
  if (code == 0)
    return geminga_wire_fail (input, GEMINGA_WIRE_ERROR_MALFORMED, self->error,
                              "header field 0 is not allowed");

  type = get_field_type (code);
  is_string = type != NULL && strchr ("ut", type[0]) == NULL;
  self->only_strings = self->only_strings && is_string;
  if (type == NULL)
    return geminga_wire_skip_variant (input, self->error);

  if (!note_seen (self, code) || !check_field_type (self, code, type[0]))
    return FALSE;
  if (!is_string)
    return parse_number_field (self, code, type[0]);
  if (!parse_string_field (self, code))
    return FALSE;
  if (self->only_strings)
    self->strings_end = input->position;

  return TRUE;
}

static gboolean
parse_header (Parser *self, GemingaWireHeaderCache *cache)
{
  GemingaWireCachedHeader *cached = get_cached (cache, self->message->type);
  gboolean is_cached = cached != NULL && use_cached (self, cached);
  guint known = is_cached ? cached->seen : 0;

  self->only_strings = !is_cached;
  self->strings_end = self->input.position;

  while (self->input.position < self->fields_end)
    {
      if (!parse_field (self))
        return FALSE;
    }

  /* What the cache has was checked when it came there. */
  if (!is_cached || (self->seen & STRING_FIELDS & ~known) != 0)
    {
      self->message->cached = FALSE;
      if (!geminga_wire_message_check_names (self->message, self->error))
        return FALSE;
    }

  if (!geminga_wire_message_check_required (self->message, self->error))
    return FALSE;

  if (cached != NULL)
    note_header (self, cache, cached, is_cached);

  return TRUE;
}

static gboolean
parse_body (Parser *self)
{
  GemingaWireMessage *message = self->message;
  GemingaWireInput *input = &self->input;

  input->end = GEMINGA_WIRE_ALIGN (self->fields_end, 8);
  if (!geminga_wire_skip_padding (input, 8, self->error))
    return FALSE;

  /* Positions count from the message's start, a multiple of 8 before the body. */
  input->end += self->body_size;
  input->n_fds = message->n_fds;
  if (message->signature == NULL)
    message->signature = "";

  message->body =
      geminga_wire_decode (input, message->signature, strlen (message->signature), self->error);

  return message->body != NULL;
}

/* Public API */

/*
 * Tells how many bytes the message that starts at @bytes has: GEMINGA_WIRE_FIXED_HEADER as long as there
 * are fewer than that. Fails as soon as the start is one that no message can have.
 */
gboolean
geminga_wire_peek_size (const guint8 *bytes,
                        gsize size,
                        const GemingaWireLimits *limits,
                        gsize *needed,
                        GError **error)
{
  gboolean swap;
  guint64 body;
  guint64 fields;
  guint64 total;

  *needed = GEMINGA_WIRE_FIXED_HEADER;
  if (size < GEMINGA_WIRE_FIXED_HEADER)
    return TRUE;

  if (!check_start (bytes, error))
    return FALSE;

  swap = is_swapped (bytes[0]);
  body = load_uint32 (bytes + 4, swap);
  fields = load_uint32 (bytes + 12, swap);
  if (fields > limits->max_header)
    {
      g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE,
                   "Byte 12: the header fields have %" G_GUINT64_FORMAT
                   " bytes, more than %" G_GSIZE_FORMAT,
                   fields, limits->max_header);
      return FALSE;
    }

  total = GEMINGA_WIRE_FIXED_HEADER + ((fields + 7) & ~G_GUINT64_CONSTANT (7)) + body;
  if (total > limits->max_message)
    {
      g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE,
                   "Byte 4: the message has %" G_GUINT64_FORMAT
                   " bytes, more than %" G_GSIZE_FORMAT,
                   total, limits->max_message);
      return FALSE;
    }

  *needed = (gsize) total;

  return TRUE;
}

/*
 * Reads the one message that @bytes are, in either byte order. The strings of @message point into
 * @bytes. On failure @message is as after init and needs no clear. @cache may be NULL.
 */
gboolean
geminga_wire_parse (const guint8 *bytes,
                    gsize size,
                    const GemingaWireLimits *limits,
                    GemingaWireHeaderCache *cache,
                    GemingaWireMessage *message,
                    GError **error)
{
  Parser parser = { .message = message, .error = error };
  gsize needed;

  *message = (GemingaWireMessage) GEMINGA_WIRE_MESSAGE_INIT;

  if (!geminga_wire_peek_size (bytes, size, limits, &needed, error))
    return FALSE;

  if (size != needed)
    {
      g_set_error (error, GEMINGA_WIRE_ERROR,
                   size < needed ? GEMINGA_WIRE_ERROR_TRUNCATED : GEMINGA_WIRE_ERROR_MALFORMED,
                   "The message has %" G_GSIZE_FORMAT " bytes, not %" G_GSIZE_FORMAT, needed, size);
      return FALSE;
    }

  parser.input = (GemingaWireInput){ .bytes = bytes,
                                     .position = GEMINGA_WIRE_FIXED_HEADER,
                                     .swap = is_swapped (bytes[0]),
                                     .limits = limits };
  parser.body_size = load_uint32 (bytes + 4, parser.input.swap);
  parser.fields_end = GEMINGA_WIRE_FIXED_HEADER + load_uint32 (bytes + 12, parser.input.swap);
  parser.input.end = parser.fields_end;
  message->type = bytes[1];
  message->flags = bytes[2];
  message->serial = load_uint32 (bytes + 8, parser.input.swap);

  if (parse_header (&parser, cache) && parse_body (&parser))
    return TRUE;

  geminga_wire_message_clear (message);

  return FALSE;
}
