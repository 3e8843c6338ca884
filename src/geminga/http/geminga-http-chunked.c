/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-chunked-private.h"

#define MAX_DIGITS   15
#define MAX_OVERHEAD (16 * 1024)

enum
{
  SIZE,
  EXTENSION,
  SIZE_LF,
  DATA,
  DATA_CR,
  DATA_LF,
  TRAILER_START,
  TRAILER,
  TRAILER_LF,
  LAST_LF,
};

/* Helpers */

static gboolean
is_text (guint8 c)
{
  return c == '\t' || (c >= 0x20 && c != 0x7f);
}

static guint
read_size (GemingaHttpChunked *self, guint8 c)
{
  if (g_ascii_isxdigit (c))
    {
      if (++self->digits > MAX_DIGITS)
        return 413;
      self->left = self->left * 16 + g_ascii_xdigit_value (c);
      return 0;
    }

  if (self->digits == 0)
    return 400;
  if (c == ';')
    self->state = EXTENSION;
  else if (c == '\r')
    self->state = SIZE_LF;
  else
    return 400;

  return 0;
}

static guint
read_text (GemingaHttpChunked *self, guint8 c, int state_at_end)
{
  if (c == '\r')
    self->state = state_at_end;
  else if (!is_text (c))
    return 400;
  else if (++self->overhead > MAX_OVERHEAD)
    return 431;
  else if (state_at_end == TRAILER_LF)
    self->state = TRAILER;

  return 0;
}

static guint
expect (GemingaHttpChunked *self, guint8 c, guint8 wanted, int next)
{
  self->state = next;

  return c == wanted ? 0 : 400;
}

static guint
read_size_lf (GemingaHttpChunked *self, guint8 c)
{
  self->digits = 0;

  return expect (self, c, '\n', self->left > 0 ? DATA : TRAILER_START);
}

/* Everything but the data of chunks goes byte by byte. */
static guint
step (GemingaHttpChunked *self, guint8 c)
{
  switch (self->state)
    {
    case SIZE:
      return read_size (self, c);
    case EXTENSION:
      return read_text (self, c, SIZE_LF);
    case SIZE_LF:
      return read_size_lf (self, c);
    case DATA_CR:
      return expect (self, c, '\r', DATA_LF);
    case DATA_LF:
      return expect (self, c, '\n', SIZE);
    case TRAILER_START:
      if (c == '\r')
        return expect (self, c, '\r', LAST_LF);
      return c == ' ' || c == '\t' || c == ':' ? 400 : read_text (self, c, TRAILER_LF);
    case TRAILER:
      return read_text (self, c, TRAILER_LF);
    case TRAILER_LF:
      return expect (self, c, '\n', TRAILER_START);
    case LAST_LF:
      self->is_done = TRUE;
      return c == '\n' ? 0 : 400;
    default:
      g_assert_not_reached ();
    }
}

/* Public API */

guint
geminga_http_chunked_feed (GemingaHttpChunked *self,
                           const guint8 *data,
                           gsize len,
                           gsize *consumed,
                           GByteArray *body,
                           guint64 max)
{
  gsize pos = 0;
  guint status = 0;

  while (status == 0 && !self->is_done && pos < len)
    {
      if (self->state == DATA)
        {
          gsize n = MIN (self->left, len - pos);

          g_byte_array_append (body, data + pos, n);
          pos += n;
          self->left -= n;
          if (self->left == 0)
            self->state = DATA_CR;
          continue;
        }

      status = step (self, data[pos++]);
      if (status == 0 && self->left > max - MIN (max, body->len))
        status = 413;
    }

  *consumed = pos;

  return status;
}
