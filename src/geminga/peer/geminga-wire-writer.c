/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-wire-body-private.h"

#include <string.h>

/*
 * A message starts with 16 fixed bytes, then the strings of the header, then its numbers, then the body.
 * All up to the numbers is the same in message after message: a template keeps it.
 */

/* More in one buffer means that nobody sends what is written. It also keeps sizes within a guint. */
#define MAX_BUFFER (1024u * 1024 * 1024)

struct _GemingaWireTemplate
{
  GemingaWireSignature signature;
  GVariantType *type; /* (owned) of the body */
  guint8 *bytes;      /* (owned) */
  guint size;
};

/* Helpers */

static guint8 *
put (GByteArray *out, guint size)
{
  guint position = out->len;

  g_byte_array_set_size (out, position + size);

  return out->data + position;
}

static void
put_padding (GByteArray *out, guint base, guint align)
{
  guint used = out->len - base;
  guint size = (guint) GEMINGA_WIRE_ALIGN (used, align) - used;

  memset (put (out, size), 0, size);
}

static void
put_field (GByteArray *out, guint base, guint code, char type)
{
  guint8 *place;

  put_padding (out, base, 8);
  place = put (out, 4);
  place[0] = (guint8) code;
  place[1] = 1;
  place[2] = (guint8) type;
  place[3] = 0;
}

static gboolean
put_string (GByteArray *out, guint base, guint code, char type, const char *text, GError **error)
{
  gsize length;

  if (text == NULL)
    return TRUE;

  length = strlen (text);
  if (length > geminga_wire_limits_default.max_header)
    {
      g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE,
                   "Message header: field %u has %" G_GSIZE_FORMAT
                   " bytes, more than %" G_GSIZE_FORMAT,
                   code, length, geminga_wire_limits_default.max_header);
      return FALSE;
    }

  put_field (out, base, code, type);
  if (type == 'g')
    *put (out, 1) = (guint8) length;
  else
    {
      guint32 length32 = (guint32) length;

      memcpy (put (out, 4), &length32, 4);
    }
  memcpy (put (out, (guint) length + 1), text, length + 1);

  return TRUE;
}

/* The fixed bytes and the strings. @signature was found valid. */
static gboolean
put_front (GByteArray *out,
           const GemingaWireMessage *message,
           const char *signature,
           GError **error)
{
  guint base = out->len;
  guint8 *place = put (out, GEMINGA_WIRE_FIXED_HEADER);

  memset (place, 0, GEMINGA_WIRE_FIXED_HEADER);
  place[0] = G_BYTE_ORDER == G_LITTLE_ENDIAN ? 'l' : 'B';
  place[1] = message->type;
  place[3] = 1;

  return geminga_wire_message_check_names (message, error) &&
         put_string (out, base, 1, 'o', message->path, error) &&
         put_string (out, base, 2, 's', message->interface, error) &&
         put_string (out, base, 3, 's', message->member, error) &&
         put_string (out, base, 4, 's', message->error_name, error) &&
         put_string (out, base, 6, 's', message->destination, error) &&
         put_string (out, base, 7, 's', message->sender, error) &&
         put_string (out, base, 8, 'g', *signature == '\0' ? NULL : signature, error);
}

static void
put_uint32_field (GByteArray *out, guint base, guint code, guint32 value)
{
  put_field (out, base, code, 'u');
  memcpy (put (out, 4), &value, 4);
}

static gboolean
put_extensions (GByteArray *out, guint base, const GemingaWireMessage *message, GError **error)
{
  for (guint i = 0; i < GEMINGA_WIRE_N_EXTENSIONS; i++)
    {
      guint64 value = message->extension[i];
      guint code = GEMINGA_WIRE_EXTENSION_CODE + i;

      if ((message->extensions & (1u << i)) == 0)
        continue;

      if (i == GEMINGA_WIRE_EXTENSION_DEADLINE || i == GEMINGA_WIRE_EXTENSION_TRACE)
        {
          put_field (out, base, code, 't');
          put_padding (out, base, 8);
          memcpy (put (out, 8), &value, 8);
        }
      else if (value <= G_MAXUINT32)
        put_uint32_field (out, base, code, (guint32) value);
      else
        {
          g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE,
                       "Message header: field %u is %" G_GUINT64_FORMAT ", more than %u", code,
                       value, G_MAXUINT32);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
check_numbers (const GemingaWireMessage *message, GError **error)
{
  if (message->serial == 0)
    {
      g_set_error_literal (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED,
                           "Message header: the serial is 0");
      return FALSE;
    }

  if (message->n_fds > geminga_wire_limits_default.max_fds)
    {
      g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE,
                   "Message header: the message has %u file descriptors, more than %u",
                   message->n_fds, geminga_wire_limits_default.max_fds);
      return FALSE;
    }

  return TRUE;
}

/* What follows after the front: numbers and body; and what is filled in when both are known. */
static gboolean
put_rest (GByteArray *out,
          guint base,
          const GemingaWireMessage *message,
          const GemingaWireSignature *signature,
          GError **error)
{
  guint32 fields_size;
  guint32 body_size;
  guint body_at;

  if (!check_numbers (message, error))
    return FALSE;

  if (message->reply_serial != 0)
    put_uint32_field (out, base, 5, message->reply_serial);
  if (message->n_fds != 0)
    put_uint32_field (out, base, 9, message->n_fds);
  if (message->extensions != 0 && !put_extensions (out, base, message, error))
    return FALSE;

  fields_size = out->len - base - GEMINGA_WIRE_FIXED_HEADER;
  put_padding (out, base, 8);
  body_at = out->len;

  if (message->body != NULL &&
      !geminga_wire_encode (out, message->body, signature, message->n_fds, error))
    return FALSE;

  if (fields_size > geminga_wire_limits_default.max_header ||
      out->len - base > geminga_wire_limits_default.max_message)
    {
      g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE,
                   "The message has %u bytes, %u of them header; at most %" G_GSIZE_FORMAT
                   " and %" G_GSIZE_FORMAT " are allowed",
                   out->len - base, fields_size, geminga_wire_limits_default.max_message,
                   geminga_wire_limits_default.max_header);
      return FALSE;
    }

  body_size = out->len - body_at;
  out->data[base + 2] = message->flags;
  memcpy (out->data + base + 4, &body_size, 4);
  memcpy (out->data + base + 8, &message->serial, 4);
  memcpy (out->data + base + 12, &fields_size, 4);

  return TRUE;
}

static gboolean
check_buffer (GByteArray *out, GError **error)
{
  if (out->len <= MAX_BUFFER)
    return TRUE;

  g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE,
               "The output buffer has %u bytes, more than %u", out->len, MAX_BUFFER);

  return FALSE;
}

/* The signature of the body: its type without the parentheses. */
static gboolean
read_body_type (GVariant *body, char *text, GemingaWireSignature *signature, GError **error)
{
  const char *type = body != NULL ? g_variant_get_type_string (body) : "()";
  gsize length = strlen (type);

  if (type[0] != '(')
    {
      g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED,
                   "Message body: it is of type “%s”, not a tuple", type);
      return FALSE;
    }

  if (!geminga_wire_signature_init (signature, type + 1, length - 2, error))
    {
      g_prefix_error (error, "Message body of type “%s”: ", type);
      return FALSE;
    }

  memcpy (text, type + 1, length - 2);
  text[length - 2] = '\0';

  return TRUE;
}

/* Public API */

/* Appends one whole message to @out, or nothing of it. */
gboolean
geminga_wire_write (GByteArray *out, const GemingaWireMessage *message, GError **error)
{
  g_auto (GemingaWireSignature) signature = GEMINGA_WIRE_SIGNATURE_INIT;
  char text[GEMINGA_WIRE_MAX_SIGNATURE + 1];
  guint base = out->len;

  if (!check_buffer (out, error) || !geminga_wire_message_check_required (message, error) ||
      !read_body_type (message->body, text, &signature, error))
    return FALSE;

  if (put_front (out, message, text, error) && put_rest (out, base, message, &signature, error))
    return TRUE;

  g_byte_array_set_size (out, base);

  return FALSE;
}

/*
 * Keeps what messages like @model have in common: type, strings, and a body of @signature ("" for none).
 * The numbers and the body of @model are not looked at.
 */
GemingaWireTemplate *
geminga_wire_template_new (const GemingaWireMessage *model, const char *signature, GError **error)
{
  g_autoptr (GByteArray) front = NULL;
  g_autofree char *type_string = NULL;
  GemingaWireMessage complete = *model;
  GemingaWireTemplate *self;

  complete.reply_serial = MAX (complete.reply_serial, 1);
  if (!geminga_wire_message_check_required (&complete, error))
    return NULL;

  self = g_new0 (GemingaWireTemplate, 1);
  front = g_byte_array_new ();
  if (!geminga_wire_signature_init (&self->signature, signature, strlen (signature), error) ||
      !put_front (front, model, signature, error))
    {
      geminga_wire_template_free (self);
      return NULL;
    }

  type_string = g_strconcat ("(", signature, ")", NULL);
  self->type = g_variant_type_new (type_string);
  self->size = front->len;
  self->bytes = g_byte_array_free (g_steal_pointer (&front), FALSE);

  return self;
}

void
geminga_wire_template_free (GemingaWireTemplate *self)
{
  geminga_wire_signature_clear (&self->signature);
  g_clear_pointer (&self->type, g_variant_type_free);
  g_free (self->bytes);
  g_free (self);
}

/* The same with the strings of the template; only flags, numbers and body of @message are used. */
gboolean
geminga_wire_template_write (const GemingaWireTemplate *self,
                             GByteArray *out,
                             const GemingaWireMessage *message,
                             GError **error)
{
  guint base = out->len;

  if (!check_buffer (out, error))
    return FALSE;

  if (message->body != NULL ? !g_variant_is_of_type (message->body, self->type)
                            : self->signature.n_types > 1)
    {
      g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED,
                   "Message body: it is of type “%s”, the template's is “%s”",
                   message->body != NULL ? g_variant_get_type_string (message->body) : "()",
                   g_variant_type_peek_string (self->type));
      return FALSE;
    }

  memcpy (put (out, self->size), self->bytes, self->size);
  if (put_rest (out, base, message, &self->signature, error))
    return TRUE;

  g_byte_array_set_size (out, base);

  return FALSE;
}
