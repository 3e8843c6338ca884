/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-json-check-private.h"

#include <math.h>
#include <string.h>

#include "geminga-http-error.h"

#define MAX_NUMBER 1024 /* characters */

typedef struct
{
  const char *start;
  const char *next;
  const char *end;
  guint depth;
  const char *problem; /* (nullable) */
} Reader;

/* Helpers */

static gboolean
fail (Reader *self, const char *problem)
{
  if (self->problem == NULL)
    self->problem = problem;

  return FALSE;
}

/* 0 at the end, which is no character of JSON. */
static char
peek (const Reader *self)
{
  return self->next < self->end ? *self->next : '\0';
}

static void
skip_blanks (Reader *self)
{
  while (self->next < self->end && strchr (" \t\r\n", *self->next) != NULL && *self->next != '\0')
    self->next++;
}

static gboolean
take (Reader *self, char wanted)
{
  skip_blanks (self);
  if (self->next >= self->end || *self->next != wanted)
    return FALSE;

  self->next++;

  return TRUE;
}

static gboolean
read_word (Reader *self, const char *word)
{
  gsize len = strlen (word);

  if ((gsize) (self->end - self->next) < len || memcmp (self->next, word, len) != 0)
    return fail (self, "a value is expected");

  self->next += len;

  return TRUE;
}

static gboolean
read_hex (Reader *self, guint *code)
{
  *code = 0;
  if (self->end - self->next < 4)
    return fail (self, "\\u needs four digits");

  for (guint i = 0; i < 4; i++, self->next++)
    {
      if (!g_ascii_isxdigit (*self->next))
        return fail (self, "\\u needs four digits");
      *code = *code * 16 + (guint) g_ascii_xdigit_value (*self->next);
    }

  return TRUE;
}

/* Behind "\u". */
static gboolean
read_unicode (Reader *self)
{
  guint code;
  guint second;

  if (!read_hex (self, &code))
    return FALSE;
  if (code == 0)
    return fail (self, "text cannot have the character NUL");
  if (code < 0xd800 || code > 0xdfff)
    return TRUE;
  if (code > 0xdbff || self->end - self->next < 2 || self->next[0] != '\\' || self->next[1] != 'u')
    return fail (self, "half a surrogate pair");

  self->next += 2;
  if (!read_hex (self, &second))
    return FALSE;

  return (second >= 0xdc00 && second <= 0xdfff) || fail (self, "half a surrogate pair");
}

static gboolean
read_escape (Reader *self)
{
  char escape = peek (self);

  if (escape == '\0' || strchr ("\"\\/bfnrtu", escape) == NULL)
    return fail (self, "an escape that does not exist");

  self->next++;

  return escape != 'u' || read_unicode (self);
}

static gboolean
read_string (Reader *self)
{
  self->next++;
  while (self->next < self->end)
    {
      guchar c = (guchar) *self->next;

      if (c < 0x20)
        return fail (self, "a control character in text");
      self->next++;
      if (c == '"')
        return TRUE;
      if (c == '\\' && !read_escape (self))
        return FALSE;
    }

  return fail (self, "text without an end");
}

static guint
skip_digits (Reader *self)
{
  const char *start = self->next;

  while (g_ascii_isdigit (peek (self)))
    self->next++;

  return (guint) (self->next - start);
}

static gboolean
check_range (Reader *self, const char *start, gboolean is_integer)
{
  char text[MAX_NUMBER + 1];
  gsize len = (gsize) (self->next - start);

  if (len > MAX_NUMBER)
    return fail (self, "a number that is too long");

  memcpy (text, start, len);
  text[len] = '\0';
  if (is_integer)
    return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, NULL, NULL) ||
           fail (self, "an integer that does not fit into 64 bits");

  return isfinite (g_ascii_strtod (text, NULL)) || fail (self, "a number that is too large");
}

static gboolean
read_number (Reader *self)
{
  const char *start = self->next;
  const char *digits;
  gboolean is_integer = TRUE;
  guint n;

  if (peek (self) == '-')
    self->next++;
  digits = self->next;
  n = skip_digits (self);
  if (n == 0 || (n > 1 && *digits == '0'))
    return fail (self, "a number that is not valid");

  if (peek (self) == '.')
    {
      is_integer = FALSE;
      self->next++;
      if (skip_digits (self) == 0)
        return fail (self, "a number that is not valid");
    }

  if (peek (self) == 'e' || peek (self) == 'E')
    {
      is_integer = FALSE;
      self->next++;
      if (peek (self) == '+' || peek (self) == '-')
        self->next++;
      if (skip_digits (self) == 0)
        return fail (self, "a number that is not valid");
    }

  return check_range (self, start, is_integer);
}

static gboolean read_value (Reader *self);

static gboolean
read_member (Reader *self)
{
  skip_blanks (self);
  if (peek (self) != '"')
    return fail (self, "a name is expected");

  return read_string (self) && (take (self, ':') || fail (self, "“:” is expected")) &&
         read_value (self);
}

static gboolean
read_items (Reader *self, char end, gboolean (*read_item) (Reader *))
{
  if (++self->depth > GEMINGA_HTTP_JSON_MAX_DEPTH)
    return fail (self, "more than 64 arrays and objects in each other");

  self->next++;
  if (!take (self, end))
    {
      do
        {
          if (!read_item (self))
            return FALSE;
        }
      while (take (self, ','));

      if (!take (self, end))
        return fail (self, end == ']' ? "“,” or “]” is expected" : "“,” or “}” is expected");
    }

  self->depth--;

  return TRUE;
}

static gboolean
read_value (Reader *self)
{
  skip_blanks (self);
  switch (peek (self))
    {
    case '{':
      return read_items (self, '}', read_member);
    case '[':
      return read_items (self, ']', read_value);
    case '"':
      return read_string (self);
    case 't':
      return read_word (self, "true");
    case 'f':
      return read_word (self, "false");
    case 'n':
      return read_word (self, "null");
    default:
      return peek (self) == '-' || g_ascii_isdigit (peek (self))
                 ? read_number (self)
                 : fail (self, "a value is expected");
    }
}

/* Public API */

gboolean
geminga_http_json_check (const char *data, gsize size, GError **error)
{
  Reader reader = { data, data, data + size, 0, NULL };
  const char *valid_end = NULL;

  if (size > 0 && !g_utf8_validate_len (data, size, &valid_end))
    {
      reader.next = valid_end;
      fail (&reader, "it is not UTF-8, or has a NUL");
    }
  else if (read_value (&reader))
    {
      skip_blanks (&reader);
      if (reader.next < reader.end)
        fail (&reader, "nothing can follow");
    }

  if (reader.problem == NULL)
    return TRUE;

  g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_BODY,
               "The JSON text is not valid at byte %" G_GSIZE_FORMAT ": %s",
               (gsize) (reader.next - reader.start), reader.problem);

  return FALSE;
}
