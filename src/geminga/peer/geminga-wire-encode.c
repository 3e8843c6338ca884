/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-wire-body-private.h"

#include <string.h>

/*
 * GVariant → D-Bus bytes. The GVariant is read in its serialised normal form, so that no object is made
 * for a child: fixed members are at known places, the ends of the others are in a table of offsets at the
 * end of each container ("framing offsets"), whose entries have as few bytes as the container's size needs.
 */

/* Bodies above this are taken apart by member, so that a large one is not first serialised in one piece. */
#define LARGE_BODY ((gsize) 64 * 1024)
/* Bodies up to this are serialised on the stack: a GVariant would allocate for it. */
#define SMALL_BODY 512

typedef struct
{
  GByteArray *out;
  gsize base; /* where the body starts in @out */
  guint n_fds;
  GError **error;
} Encoder;

/* Bytes of a serialised value. */
typedef struct
{
  const guint8 *bytes;
  gsize size;
} Slice;

static gboolean encode_value (Encoder *self, const GemingaWireType *type, Slice value, guint depth);

/* Helpers */

static inline guint8 *
put (Encoder *self, gsize size)
{
  guint position = self->out->len;

  g_byte_array_set_size (self->out, position + (guint) size);

  return self->out->data + position;
}

static inline void
put_padding (Encoder *self, gsize align)
{
  gsize used = self->out->len - self->base;
  gsize size = GEMINGA_WIRE_ALIGN (used, align) - used;

  if (size > 0)
    memset (put (self, size), 0, size);
}

static inline void
put_uint32 (Encoder *self, guint32 value)
{
  put_padding (self, 4);
  memcpy (put (self, 4), &value, 4);
}

static gboolean
fail (Encoder *self, GemingaWireError code, const char *what)
{
  g_set_error (self->error, GEMINGA_WIRE_ERROR, code, "Message body: %s", what);

  return FALSE;
}

static gboolean
fail_not_normal (Encoder *self)
{
  return fail (self, GEMINGA_WIRE_ERROR_MALFORMED, "the GVariant is not in normal form");
}

static gboolean
has_room (Encoder *self, gsize size)
{
  const gsize max = geminga_wire_limits_default.max_message;
  gsize used = self->out->len - self->base;

  if (used <= max && size <= max - used)
    return TRUE;

  return fail (self, GEMINGA_WIRE_ERROR_TOO_LARGE, "it has more than 128 MiB");
}

/* The bytes between two places of a container, which may be beyond it if the GVariant lied. */
static inline gboolean
slice (Slice whole, gsize start, gsize end, Slice *part)
{
  if (start > end || end > whole.size)
    return FALSE;

  part->size = end - start;
  part->bytes = part->size > 0 ? whole.bytes + start : whole.bytes; /* those may be NULL */

  return TRUE;
}

static inline guint
offset_size (gsize size)
{
  return size <= G_MAXUINT8 ? 1 : size <= G_MAXUINT16 ? 2 : size <= G_MAXUINT32 ? 4 : 8;
}

/* Offset @index from the end of the container (1: the last), or beyond its end if it is not there. */
static inline gsize
read_offset (Slice container, gsize index)
{
  guint width = offset_size (container.size);
  guint64 value = 0;

  if (index > container.size / width)
    return G_MAXSIZE;

  for (guint i = width; i > 0; i--)
    value = value << 8 | container.bytes[container.size - index * width + i - 1];

  return (gsize) value;
}

/* Types */

static gboolean
encode_string (Encoder *self, Slice value)
{
  if (value.size == 0 || value.bytes[value.size - 1] != '\0')
    return fail_not_normal (self);

  if (!has_room (self, value.size))
    return FALSE;

  put_uint32 (self, (guint32) (value.size - 1));
  memcpy (put (self, value.size), value.bytes, value.size);

  return TRUE;
}

static gboolean
encode_signature (Encoder *self, Slice value)
{
  GemingaWireSignature signature;

  if (value.size == 0 || value.bytes[value.size - 1] != '\0')
    return fail_not_normal (self);

  if (!geminga_wire_signature_init (&signature, (const char *) value.bytes, value.size - 1,
                                    self->error))
    return FALSE;

  geminga_wire_signature_clear (&signature);
  *put (self, 1) = (guint8) (value.size - 1);
  memcpy (put (self, value.size), value.bytes, value.size);

  return TRUE;
}

static gboolean
encode_handle (Encoder *self, Slice value)
{
  guint32 handle;

  memcpy (&handle, value.bytes, 4);
  if (handle >= self->n_fds)
    {
      g_set_error (self->error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED,
                   "Message body: handle %u is not among the %u file descriptors of the message",
                   handle, self->n_fds);
      return FALSE;
    }

  put_uint32 (self, handle);

  return TRUE;
}

static gboolean
encode_basic (Encoder *self, const GemingaWireType *type, Slice value)
{
  switch (type->code)
    {
    case 's':
    case 'o':
      return encode_string (self, value);
    case 'g':
      return encode_signature (self, value);
    case 'b':
      put_uint32 (self, value.bytes[0] != 0);
      return TRUE;
    case 'h':
      return encode_handle (self, value);
    default:
      put_padding (self, type->wire_align);
      memcpy (put (self, type->size), value.bytes, type->size);
      return TRUE;
    }
}

static gboolean
encode_variant (Encoder *self, Slice value, guint depth)
{
  g_auto (GemingaWireSignature) signature = GEMINGA_WIRE_SIGNATURE_INIT;
  const guint8 *end = value.size > 0 ? memrchr (value.bytes, '\0', value.size) : NULL;
  gsize size;
  gsize length;

  if (end == NULL)
    return fail_not_normal (self);

  size = (gsize) (end - value.bytes);
  length = value.size - size - 1;
  if (!geminga_wire_signature_init (&signature, (const char *) end + 1, length, self->error))
    return FALSE;
  if (!geminga_wire_signature_is_single (&signature))
    return fail_not_normal (self);

  *put (self, 1) = (guint8) length;
  memcpy (put (self, length), end + 1, length);
  *put (self, 1) = '\0';

  return encode_value (self, &signature.types[1], (Slice){ value.bytes, size }, depth);
}

static gboolean
encode_fixed_elements (Encoder *self, const GemingaWireType *type, Slice value, guint depth)
{
  if (value.size % type->size != 0)
    return fail_not_normal (self);

  if (type->is_flat && type->code != 'h')
    {
      if (value.size > 0)
        memcpy (put (self, value.size), value.bytes, value.size);
      return TRUE;
    }

  for (gsize at = 0; at < value.size; at += type->size)
    {
      if (!encode_value (self, type, (Slice){ value.bytes + at, type->size }, depth))
        return FALSE;
    }

  return TRUE;
}

static gboolean
encode_framed_elements (Encoder *self, const GemingaWireType *type, Slice value, guint depth)
{
  gsize n_elements;
  gsize end = 0;
  gsize table;

  if (value.size == 0)
    return TRUE;

  table = read_offset (value, 1);
  if (table >= value.size || (value.size - table) % offset_size (value.size) != 0)
    return fail_not_normal (self);

  n_elements = (value.size - table) / offset_size (value.size);
  for (gsize i = 0; i < n_elements; i++)
    {
      gsize start = GEMINGA_WIRE_ALIGN (end, type->align);
      Slice element;

      end = read_offset (value, n_elements - i);
      if (end > table || !slice (value, start, end, &element))
        return fail_not_normal (self);
      if (!encode_value (self, type, element, depth))
        return FALSE;
    }

  return TRUE;
}

static gboolean
encode_array (Encoder *self, const GemingaWireType *type, Slice value, guint depth)
{
  const gsize max = geminga_wire_limits_default.max_array;
  const GemingaWireType *element = type + 1;
  gsize length_at;
  gsize start;
  guint32 length;

  if (element->is_flat && value.size > max)
    return fail (self, GEMINGA_WIRE_ERROR_TOO_LARGE, "an array has more than 64 MiB");
  if (element->is_flat && !has_room (self, value.size))
    return FALSE;

  put_uint32 (self, 0);
  length_at = self->out->len - 4;
  put_padding (self, element->wire_align);
  start = self->out->len;

  if (element->size > 0 ? !encode_fixed_elements (self, element, value, depth)
                        : !encode_framed_elements (self, element, value, depth))
    return FALSE;

  if (self->out->len - start > max)
    return fail (self, GEMINGA_WIRE_ERROR_TOO_LARGE, "an array has more than 64 MiB");

  length = (guint32) (self->out->len - start);
  memcpy (self->out->data + length_at, &length, 4);

  return TRUE;
}

static gboolean
encode_struct (Encoder *self, const GemingaWireType *type, Slice value, guint depth)
{
  const GemingaWireType *end_type = type + type->span;
  gsize n_offsets = 0;
  gsize end = 0;

  for (const GemingaWireType *member = type + 1; member < end_type; member += member->span)
    {
      gsize start = GEMINGA_WIRE_ALIGN (end, member->align);
      Slice part;

      if (member->size > 0)
        end = start + member->size;
      else if (member + member->span < end_type)
        end = read_offset (value, ++n_offsets);
      else if (n_offsets * offset_size (value.size) <= value.size)
        end = value.size - n_offsets * offset_size (value.size);
      else
        return fail_not_normal (self);

      if (!slice (value, start, end, &part))
        return fail_not_normal (self);
      if (!encode_value (self, member, part, depth))
        return FALSE;
    }

  return TRUE;
}

static gboolean
encode_value (Encoder *self, const GemingaWireType *type, Slice value, guint depth)
{
  if (type->size > 0 && value.size != type->size)
    return fail_not_normal (self);

  if (strchr ("a({v", type->code) == NULL)
    return encode_basic (self, type, value);

  if (depth >= geminga_wire_limits_default.max_depth)
    return fail (self, GEMINGA_WIRE_ERROR_TOO_LARGE, "more than 64 containers are in each other");

  if (!has_room (self, 0))
    return FALSE;

  if (type->code == 'a')
    return encode_array (self, type, value, depth + 1);
  if (type->code == 'v')
    return encode_variant (self, value, depth + 1);

  put_padding (self, 8);

  return encode_struct (self, type, value, depth + 1);
}

static gboolean
encode_members (Encoder *self, const GemingaWireType *type, GVariant *body)
{
  gsize n_children = g_variant_n_children (body);
  const GemingaWireType *member = type + 1;

  for (gsize i = 0; i < n_children; i++, member += member->span)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (body, i);
      Slice value = { g_variant_get_data (child), g_variant_get_size (child) };

      if (!encode_value (self, member, value, 0))
        return FALSE;
    }

  return TRUE;
}

/* Public API */

/*
 * Appends @body, a tuple of the types of @signature, to @out, where the body starts on a multiple of 8
 * bytes of its message. On failure @out has some of the body, which the caller cuts off.
 */
gboolean
geminga_wire_encode (GByteArray *out,
                     GVariant *body,
                     const GemingaWireSignature *signature,
                     guint n_fds,
                     GError **error)
{
  Encoder encoder = { .out = out, .base = out->len, .n_fds = n_fds, .error = error };
  g_autoptr (GVariant) normal = NULL; /* the body itself, most of the time */

  if (signature->n_types == 1)
    return TRUE;

  normal = g_variant_get_normal_form (body);
  if (g_variant_get_size (normal) > LARGE_BODY)
    {
      if (!encode_members (&encoder, signature->types, normal))
        return FALSE;
    }
  else if (g_variant_get_size (normal) > SMALL_BODY)
    {
      Slice value = { g_variant_get_data (normal), g_variant_get_size (normal) };

      if (!encode_struct (&encoder, signature->types, value, 0))
        return FALSE;
    }
  else
    {
      guint64 bytes[SMALL_BODY / sizeof (guint64)];
      Slice value = { (const guint8 *) bytes, g_variant_get_size (normal) };

      g_variant_store (normal, bytes);
      if (!encode_struct (&encoder, signature->types, value, 0))
        return FALSE;
    }

  return has_room (&encoder, 0);
}
