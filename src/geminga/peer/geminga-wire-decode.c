/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-wire-body-private.h"

#include <string.h>

/*
 * D-Bus bytes → GVariant. Values are checked, and written straight into the serialised normal form of a
 * GVariant: one buffer and one object however many values there are. The rules of that form are in
 * geminga-wire-encode.c, which reads it. A value on the wire makes at most four times its bytes here
 * (a variant of a byte: 4 on the wire, 12 here), so all sizes fit 32 bits.
 */

/* Less room than this that is left over in a body is not worth a call of the allocator. */
#define KEPT_ROOM 64

typedef struct
{
  GemingaWireInput *input;
  guint8 *bytes; /* (owned) */
  gsize size;
  gsize allocated;
  guint32 *offsets; /* (owned) of the open containers, ends of members counted from their start */
  gsize n_offsets;
  gsize n_offsets_allocated;
  GError **error;
} Decoder;

static gboolean decode_value (Decoder *self, const GemingaWireType *type, guint depth);

/* Input */

gboolean
geminga_wire_fail (const GemingaWireInput *input,
                   GemingaWireError code,
                   GError **error,
                   const char *format,
                   ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, GEMINGA_WIRE_ERROR, code, "Byte %" G_GSIZE_FORMAT ": %s", input->position,
               what);

  return FALSE;
}

static gboolean
need (GemingaWireInput *input, guint64 size, const char *what, GError **error)
{
  if (size <= input->end - input->position)
    return TRUE;

  return geminga_wire_fail (input, GEMINGA_WIRE_ERROR_TRUNCATED, error,
                            "%s needs %" G_GUINT64_FORMAT " bytes, there are %" G_GSIZE_FORMAT,
                            what, size, input->end - input->position);
}

gboolean
geminga_wire_skip_padding (GemingaWireInput *input, gsize align, GError **error)
{
  gsize size = GEMINGA_WIRE_ALIGN (input->position, align) - input->position;

  if (size == 0)
    return TRUE;
  if (!need (input, size, "padding", error))
    return FALSE;

  for (; size > 0; size--, input->position++)
    {
      if (input->bytes[input->position] != 0)
        return geminga_wire_fail (input, GEMINGA_WIRE_ERROR_MALFORMED, error,
                                  "padding is 0x%02x, not 0", input->bytes[input->position]);
    }

  return TRUE;
}

static gboolean
read_uint32 (GemingaWireInput *input, guint32 *value, const char *what, GError **error)
{
  if (!geminga_wire_skip_padding (input, 4, error) || !need (input, 4, what, error))
    return FALSE;

  memcpy (value, input->bytes + input->position, 4);
  if (input->swap)
    *value = GUINT32_SWAP_LE_BE (*value);
  input->position += 4;

  return TRUE;
}

/* Output */

static void
grow (Decoder *self, gsize size)
{
  self->allocated = MAX (self->allocated * 2, self->size + size);
  self->bytes = g_realloc (self->bytes, self->allocated);
}

static inline guint8 *
put (Decoder *self, gsize size)
{
  if (G_UNLIKELY (size > self->allocated - self->size))
    grow (self, size);

  self->size += size;

  return self->bytes + self->size - size;
}

static inline void
put_padding (Decoder *self, gsize align)
{
  gsize size = GEMINGA_WIRE_ALIGN (self->size, align) - self->size;

  if (size > 0)
    memset (put (self, size), 0, size);
}

static void
push_offset (Decoder *self, gsize offset)
{
  if (self->n_offsets == self->n_offsets_allocated)
    {
      self->n_offsets_allocated = MAX (self->n_offsets_allocated * 2, 16);
      self->offsets = g_renew (guint32, self->offsets, self->n_offsets_allocated);
    }

  self->offsets[self->n_offsets++] = (guint32) offset;
}

/* Ends a container: what was pushed since @first is its table, last member first for a struct. */
static void
put_offsets (Decoder *self, gsize start, gsize first, gboolean is_reversed)
{
  gsize n = self->n_offsets - first;
  gsize size = self->size - start;
  gsize width;

  if (n == 0)
    return;

  if (size + n <= G_MAXUINT8)
    width = 1;
  else if (size + n * 2 <= G_MAXUINT16)
    width = 2;
  else if (size + n * 4 <= G_MAXUINT32)
    width = 4;
  else
    width = 8;

  for (gsize i = 0; i < n; i++)
    {
      guint64 offset = self->offsets[is_reversed ? first + n - 1 - i : first + i];
      guint8 *place = put (self, width);

      for (gsize byte = 0; byte < width; byte++)
        place[byte] = (guint8) (offset >> (8 * byte));
    }

  self->n_offsets = first;
}

/* Types */

static gboolean
decode_fixed (Decoder *self, const GemingaWireType *type)
{
  GemingaWireInput *input = self->input;
  const guint8 *from;
  guint8 *to;

  if (!geminga_wire_skip_padding (input, type->wire_align, self->error) ||
      !need (input, type->size, "a number", self->error))
    return FALSE;

  from = input->bytes + input->position;
  to = put (self, type->size);
  if (input->swap)
    {
      for (guint i = 0; i < type->size; i++)
        to[i] = from[type->size - 1 - i];
    }
  else
    memcpy (to, from, type->size);

  input->position += type->size;

  return TRUE;
}

static gboolean
decode_boolean (Decoder *self)
{
  guint32 value;

  if (!read_uint32 (self->input, &value, "a boolean", self->error))
    return FALSE;

  if (value > 1)
    return geminga_wire_fail (self->input, GEMINGA_WIRE_ERROR_MALFORMED, self->error,
                              "the boolean before is %u, only 0 and 1 are allowed", value);

  *put (self, 1) = (guint8) value;

  return TRUE;
}

static gboolean
decode_handle (Decoder *self)
{
  guint32 value;

  if (!read_uint32 (self->input, &value, "a handle", self->error))
    return FALSE;

  if (value >= self->input->n_fds)
    return geminga_wire_fail (self->input, GEMINGA_WIRE_ERROR_MALFORMED, self->error,
                              "the handle before is %u, the message has %u file descriptors", value,
                              self->input->n_fds);

  memcpy (put (self, 4), &value, 4);

  return TRUE;
}

static gboolean
is_terminated (Decoder *self, gsize length)
{
  if (self->input->bytes[self->input->position + length] == '\0')
    return TRUE;

  return geminga_wire_fail (self->input, GEMINGA_WIRE_ERROR_MALFORMED, self->error,
                            "the string of %" G_GSIZE_FORMAT " bytes does not end with 0", length);
}

static gboolean
decode_string (Decoder *self, char code)
{
  GemingaWireInput *input = self->input;
  const char *text;
  guint32 length;

  if (!read_uint32 (input, &length, "the length of a string", self->error) ||
      !need (input, (guint64) length + 1, "a string", self->error) || !is_terminated (self, length))
    return FALSE;

  text = (const char *) input->bytes + input->position;
  if (!g_utf8_validate_len (text, length, NULL))
    return geminga_wire_fail (input, GEMINGA_WIRE_ERROR_MALFORMED, self->error,
                              "the string is not UTF-8, or has a 0 in it");
  if (code == 'o' && !g_variant_is_object_path (text))
    return geminga_wire_fail (input, GEMINGA_WIRE_ERROR_MALFORMED, self->error,
                              "the string is not an object path");

  memcpy (put (self, (gsize) length + 1), text, (gsize) length + 1);
  input->position += (gsize) length + 1;

  return TRUE;
}

/* Reads and checks a signature; @text stays in the input. */
static gboolean
read_signature (Decoder *self, GemingaWireSignature *signature, const char **text, gsize *length)
{
  GemingaWireInput *input = self->input;

  if (!need (input, 1, "the length of a signature", self->error))
    return FALSE;

  *length = input->bytes[input->position];
  input->position++;
  if (!need (input, *length + 1, "a signature", self->error) || !is_terminated (self, *length))
    return FALSE;

  *text = (const char *) input->bytes + input->position;
  if (!geminga_wire_signature_init (signature, *text, *length, self->error))
    {
      g_prefix_error (self->error, "Byte %" G_GSIZE_FORMAT ": ", input->position);
      return FALSE;
    }

  input->position += *length + 1;

  return TRUE;
}

static gboolean
decode_signature (Decoder *self)
{
  g_auto (GemingaWireSignature) signature = GEMINGA_WIRE_SIGNATURE_INIT;
  const char *text;
  gsize length;

  if (!read_signature (self, &signature, &text, &length))
    return FALSE;

  memcpy (put (self, length + 1), text, length + 1);

  return TRUE;
}

static gboolean
decode_variant (Decoder *self, guint depth)
{
  g_auto (GemingaWireSignature) signature = GEMINGA_WIRE_SIGNATURE_INIT;
  const char *text;
  gsize length;

  if (!read_signature (self, &signature, &text, &length))
    return FALSE;

  if (!geminga_wire_signature_is_single (&signature))
    return geminga_wire_fail (self->input, GEMINGA_WIRE_ERROR_MALFORMED, self->error,
                              "the signature “%s” of a variant is not one complete type", text);

  if (!decode_value (self, &signature.types[1], depth))
    return FALSE;

  *put (self, 1) = '\0';
  memcpy (put (self, length), text, length);

  return TRUE;
}

/* The whole array at once: its bytes are the same in both worlds, but for the byte order. */
static gboolean
decode_flat_elements (Decoder *self, const GemingaWireType *type, gsize length)
{
  GemingaWireInput *input = self->input;
  guint8 *to;

  if (length % type->size != 0)
    return geminga_wire_fail (input, GEMINGA_WIRE_ERROR_MALFORMED, self->error,
                              "an array of %" G_GSIZE_FORMAT
                              " bytes cannot have elements of %u bytes",
                              length, type->size);
  if (length == 0)
    return TRUE;

  to = put (self, length);
  memcpy (to, input->bytes + input->position, length);
  input->position += length;

  return TRUE;
}

static gboolean
decode_elements (Decoder *self, const GemingaWireType *type, gsize length, guint depth)
{
  GemingaWireInput *input = self->input;
  gsize start = self->size;
  gsize first = self->n_offsets;
  gsize outer_end = input->end;

  input->end = input->position + length;
  while (input->position < input->end)
    {
      if (!decode_value (self, type, depth))
        return FALSE;
      if (type->size == 0)
        push_offset (self, self->size - start);
    }

  input->end = outer_end;
  put_offsets (self, start, first, FALSE);

  return TRUE;
}

static gboolean
decode_array (Decoder *self, const GemingaWireType *type, guint depth)
{
  GemingaWireInput *input = self->input;
  const GemingaWireType *element = type + 1;
  guint32 length;

  if (!read_uint32 (input, &length, "the length of an array", self->error))
    return FALSE;

  if (length > input->limits->max_array)
    return geminga_wire_fail (input, GEMINGA_WIRE_ERROR_TOO_LARGE, self->error,
                              "the array has %u bytes, more than %" G_GSIZE_FORMAT, length,
                              input->limits->max_array);

  if (!geminga_wire_skip_padding (input, element->wire_align, self->error) ||
      !need (input, length, "an array", self->error))
    return FALSE;

  if (element->is_flat && element->code != 'h' && (!input->swap || element->size == 1))
    return decode_flat_elements (self, element, length);

  return decode_elements (self, element, length, depth);
}

/* Members of a struct or dictionary entry, or of the body. */
static gboolean
decode_struct (Decoder *self, const GemingaWireType *type, guint depth)
{
  const GemingaWireType *end_type = type + type->span;
  gsize start = self->size;
  gsize first = self->n_offsets;

  for (const GemingaWireType *member = type + 1; member < end_type; member += member->span)
    {
      if (!decode_value (self, member, depth))
        return FALSE;
      if (member->size == 0 && member + member->span < end_type)
        push_offset (self, self->size - start);
    }

  if (type->size > 0)
    put_padding (self, type->align);
  else
    put_offsets (self, start, first, TRUE);

  return TRUE;
}

static gboolean
decode_container (Decoder *self, const GemingaWireType *type, guint depth)
{
  if (depth >= self->input->limits->max_depth)
    return geminga_wire_fail (self->input, GEMINGA_WIRE_ERROR_TOO_LARGE, self->error,
                              "more than %u containers are in each other",
                              self->input->limits->max_depth);

  switch (type->code)
    {
    case 'a':
      return decode_array (self, type, depth + 1);
    case 'v':
      return decode_variant (self, depth + 1);
    default:
      return geminga_wire_skip_padding (self->input, 8, self->error) &&
             decode_struct (self, type, depth + 1);
    }
}

static gboolean
decode_value (Decoder *self, const GemingaWireType *type, guint depth)
{
  put_padding (self, type->align);

  switch (type->code)
    {
    case 's':
    case 'o':
      return decode_string (self, type->code);
    case 'g':
      return decode_signature (self);
    case 'b':
      return decode_boolean (self);
    case 'h':
      return decode_handle (self);
    case 'a':
    case 'v':
    case '(':
    case '{':
      return decode_container (self, type, depth);
    default:
      return decode_fixed (self, type);
    }
}

static GVariant *
take_variant (Decoder *self, const char *text, gsize length)
{
  char type_string[GEMINGA_WIRE_MAX_SIGNATURE + 3];
  g_autoptr (GBytes) bytes = NULL;

  type_string[0] = '(';
  memcpy (type_string + 1, text, length);
  memcpy (type_string + 1 + length, ")", 2);

  if (self->allocated > self->size + self->size / 4 + KEPT_ROOM)
    self->bytes = g_realloc (self->bytes, self->size);

  bytes = g_bytes_new_take (g_steal_pointer (&self->bytes), self->size);

  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type_string), bytes, TRUE));
}

/* Public API */

/* Makes a tuple of all values of the signature @text, which must fill the input exactly. */
GVariant *
geminga_wire_decode (GemingaWireInput *input, const char *text, gsize length, GError **error)
{
  g_auto (GemingaWireSignature) signature = GEMINGA_WIRE_SIGNATURE_INIT;
  Decoder decoder = { .input = input, .error = error };
  GVariant *body = NULL;

  if (!geminga_wire_signature_init (&signature, text, length, error))
    return NULL;

  if (length == 0)
    *put (&decoder, 1) = 0; /* the unit tuple has one byte */
  else
    grow (&decoder, input->end - input->position + 16);

  if (!decode_struct (&decoder, signature.types, 0))
    ; /* the error is set */
  else if (input->position < input->end)
    geminga_wire_fail (input, GEMINGA_WIRE_ERROR_MALFORMED, error,
                       "%" G_GSIZE_FORMAT " bytes follow after the last value of signature “%s”",
                       input->end - input->position, text);
  else
    body = take_variant (&decoder, text, length);

  g_free (decoder.bytes);
  g_free (decoder.offsets);

  return body;
}

/* Checks a variant, of whatever type, and goes to the end of it. */
gboolean
geminga_wire_skip_variant (GemingaWireInput *input, GError **error)
{
  Decoder decoder = { .input = input, .error = error };
  gboolean is_valid = decode_container (&decoder, &(GemingaWireType){ .span = 1, .code = 'v' }, 0);

  g_free (decoder.bytes);
  g_free (decoder.offsets);

  return is_valid;
}
