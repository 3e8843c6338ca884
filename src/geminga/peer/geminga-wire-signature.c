/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-wire-signature-private.h"

#include "geminga-wire-body-private.h"

typedef struct
{
  GemingaWireSignature *signature;
  const char *text;
  gsize length;
  gsize position;
  guint n_arrays;  /* open ones */
  guint n_structs; /* open ones */
  GError **error;
} Scanner;

/* Types without members: span, size, code, alignment on the wire and as a GVariant, flat. */
static const GemingaWireType plain_types[128] = {
  ['y'] = { 1, 1, 'y', 1, 1, TRUE },  ['b'] = { 1, 1, 'b', 4, 1, FALSE },
  ['n'] = { 1, 2, 'n', 2, 2, TRUE },  ['q'] = { 1, 2, 'q', 2, 2, TRUE },
  ['i'] = { 1, 4, 'i', 4, 4, TRUE },  ['u'] = { 1, 4, 'u', 4, 4, TRUE },
  ['h'] = { 1, 4, 'h', 4, 4, TRUE },  ['x'] = { 1, 8, 'x', 8, 8, TRUE },
  ['t'] = { 1, 8, 't', 8, 8, TRUE },  ['d'] = { 1, 8, 'd', 8, 8, TRUE },
  ['s'] = { 1, 0, 's', 4, 1, FALSE }, ['o'] = { 1, 0, 'o', 4, 1, FALSE },
  ['g'] = { 1, 0, 'g', 1, 1, FALSE }, ['v'] = { 1, 0, 'v', 1, 8, FALSE },
};

static gboolean scan_type (Scanner *self);

/* Helpers */

static gboolean
fail_at (const Scanner *self, gsize position, GemingaWireError code, const char *what)
{
  g_set_error (self->error, GEMINGA_WIRE_ERROR, code,
               "Signature, character %" G_GSIZE_FORMAT ": %s", position + 1, what);

  return FALSE;
}

static gboolean
fail_unknown (const Scanner *self, gsize position)
{
  guint8 c = (guint8) self->text[position];

  if (c == 'm')
    return fail_at (self, position, GEMINGA_WIRE_ERROR_UNSUPPORTED,
                    "D-Bus has no maybe types (“m”); use an array or a dictionary");

  if (g_ascii_isgraph (c))
    g_set_error (self->error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED,
                 "Signature, character %" G_GSIZE_FORMAT ": “%c” cannot start a type", position + 1,
                 c);
  else
    g_set_error (self->error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED,
                 "Signature, character %" G_GSIZE_FORMAT ": byte 0x%02x is no type", position + 1,
                 c);

  return FALSE;
}

/* Sets what follows from the members, once all of them are known. */
static void
finish_struct (GemingaWireType *self, char code, guint span)
{
  const GemingaWireType *end = self + span;
  gsize size = 0;
  gboolean is_fixed = TRUE;
  gboolean is_flat = TRUE;

  *self = (GemingaWireType){ .span = (guint16) span, .code = code, .wire_align = 8, .align = 1 };

  for (const GemingaWireType *member = self + 1; member < end; member += member->span)
    {
      gsize start = GEMINGA_WIRE_ALIGN (size, member->align);

      self->align = MAX (self->align, member->align);
      is_fixed = is_fixed && member->size > 0;
      is_flat = is_flat && member->is_flat && start == size;
      size = start + member->size;
    }

  if (is_fixed)
    self->size = (guint16) GEMINGA_WIRE_ALIGN (size, self->align);

  self->is_flat = is_fixed && is_flat && self->align == 8 && self->size == size;
}

static gboolean
scan_entry (Scanner *self)
{
  guint index = self->signature->n_types++;
  gsize start = self->position++;

  if (self->position < self->length)
    {
      guint8 key = (guint8) self->text[self->position];

      if (key >= G_N_ELEMENTS (plain_types) || plain_types[key].code == 0 || key == 'v')
        return fail_at (self, self->position, GEMINGA_WIRE_ERROR_MALFORMED,
                        "a dictionary key must be a basic type");
    }

  for (guint i = 0; i < 2; i++)
    {
      if (self->position < self->length && self->text[self->position] == '}')
        return fail_at (self, self->position, GEMINGA_WIRE_ERROR_MALFORMED,
                        "a dictionary entry has two types, a key and a value");
      if (!scan_type (self))
        return FALSE;
    }

  if (self->position >= self->length || self->text[self->position] != '}')
    return fail_at (self, start, GEMINGA_WIRE_ERROR_MALFORMED,
                    "the dictionary entry is not closed after its value");

  self->position++;
  finish_struct (&self->signature->types[index], '{', self->signature->n_types - index);

  return TRUE;
}

static gboolean
scan_array (Scanner *self)
{
  guint index = self->signature->n_types++;
  gsize start = self->position++;
  GemingaWireType *type;

  if (++self->n_arrays > GEMINGA_WIRE_MAX_NESTING)
    return fail_at (self, start, GEMINGA_WIRE_ERROR_TOO_LARGE,
                    "more than 32 arrays are in each other");

  if (self->position >= self->length)
    return fail_at (self, start, GEMINGA_WIRE_ERROR_MALFORMED, "the array has no element type");

  if (self->text[self->position] == '{')
    {
      if (!scan_entry (self))
        return FALSE;
    }
  else if (!scan_type (self))
    return FALSE;

  self->n_arrays--;
  type = &self->signature->types[index];
  *type = (GemingaWireType){ .span = (guint16) (self->signature->n_types - index),
                             .code = 'a',
                             .wire_align = 4,
                             .align = type[1].align };

  return TRUE;
}

static gboolean
scan_struct (Scanner *self)
{
  guint index = self->signature->n_types++;
  gsize start = self->position++;

  if (++self->n_structs > GEMINGA_WIRE_MAX_NESTING)
    return fail_at (self, start, GEMINGA_WIRE_ERROR_TOO_LARGE,
                    "more than 32 structs are in each other");

  if (self->position < self->length && self->text[self->position] == ')')
    return fail_at (self, start, GEMINGA_WIRE_ERROR_MALFORMED, "a struct cannot be empty");

  while (self->position < self->length && self->text[self->position] != ')')
    {
      if (!scan_type (self))
        return FALSE;
    }

  if (self->position >= self->length)
    return fail_at (self, start, GEMINGA_WIRE_ERROR_MALFORMED, "the struct is not closed");

  self->position++;
  self->n_structs--;
  finish_struct (&self->signature->types[index], '(', self->signature->n_types - index);

  return TRUE;
}

static gboolean
scan_type (Scanner *self)
{
  guint8 c;

  if (self->position >= self->length)
    return fail_at (self, self->length, GEMINGA_WIRE_ERROR_MALFORMED,
                    "a type is missing at the end");

  c = (guint8) self->text[self->position];
  if (c < G_N_ELEMENTS (plain_types) && plain_types[c].code != 0)
    {
      self->signature->types[self->signature->n_types++] = plain_types[c];
      self->position++;
      return TRUE;
    }

  if (c == 'a')
    return scan_array (self);
  if (c == '(')
    return scan_struct (self);
  if (c == '{')
    return fail_at (self, self->position, GEMINGA_WIRE_ERROR_MALFORMED,
                    "a dictionary entry is only allowed as the element of an array");

  return fail_unknown (self, self->position);
}

/* Public API */

/* Reads @length bytes at @text, which need not be terminated. On failure there is nothing to clear. */
gboolean
geminga_wire_signature_init (GemingaWireSignature *self,
                             const char *text,
                             gsize length,
                             GError **error)
{
  Scanner scanner = { .signature = self, .text = text, .length = length, .error = error };

  self->types = self->few_types;
  self->n_types = 1;

  if (length > GEMINGA_WIRE_MAX_SIGNATURE)
    {
      g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE,
                   "Signature has %" G_GSIZE_FORMAT " characters, more than %d", length,
                   GEMINGA_WIRE_MAX_SIGNATURE);
      return FALSE;
    }

  /* No character makes more than one type. */
  if (length + 1 > G_N_ELEMENTS (self->few_types))
    self->types = g_new (GemingaWireType, length + 1);

  while (scanner.position < length)
    {
      if (!scan_type (&scanner))
        {
          geminga_wire_signature_clear (self);
          return FALSE;
        }
    }

  finish_struct (&self->types[0], '(', self->n_types);

  return TRUE;
}

void
geminga_wire_signature_clear (GemingaWireSignature *self)
{
  if (self->types != self->few_types)
    g_free (self->types);

  self->types = NULL;
  self->n_types = 0;
}

/* Whether it is one complete type, as a variant has it. */
gboolean
geminga_wire_signature_is_single (const GemingaWireSignature *self)
{
  return self->n_types > 1 && self->types[1].span + 1u == self->n_types;
}
