/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-multipart-private.h"

#include <string.h>

#include "geminga-http-error.h"
#include "geminga-http-response-private.h"

typedef enum
{
  STATE_START,     /* before the first delimiter */
  STATE_DELIMITER, /* behind one: what follows says whether it was the last */
  STATE_HEADER,
  STATE_DATA,
  STATE_END,
} State;

struct _GemingaHttpMultipart
{
  GByteArray *buffer;
  char *delimiter; /* CR LF, two hyphens, boundary */
  gsize delimiter_len;
  State state;
  guint n_parts;
  guint n_skip; /* bytes of the next data that belong to the header before it */
  const GemingaHttpMultipartFuncs *funcs;
  gpointer user_data;
};

/* Helpers: header of a part */

static gboolean
refuse (GError **error, const char *problem)
{
  g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_BODY,
               "The multipart body is not valid: %s", problem);

  return FALSE;
}

/* Takes "name=value" or a quoted value off *cursor, which stands behind a semicolon. */
static gboolean
take_parameter (const char **cursor, char **name, char **value)
{
  const char *p = *cursor + strspn (*cursor, " \t");
  gsize len = strcspn (p, "=;\" \t");
  g_autoptr (GString) text = g_string_new (NULL);

  if (len == 0 || p[len] != '=')
    return FALSE;

  *name = g_ascii_strdown (p, (gssize) len);
  p += len + 1;
  if (*p != '"')
    {
      len = strcspn (p, "; \t\"");
      g_string_append_len (text, p, (gssize) len);
      p += len;
    }
  else
    {
      for (p++; *p != '\0' && *p != '"'; p++)
        {
          /* Some clients send paths of Windows, whose backslashes are no escapes. */
          if (*p == '\\' && (p[1] == '"' || p[1] == '\\'))
            p++;
          g_string_append_c (text, *p);
        }
      if (*p++ != '"')
        return FALSE;
    }

  p += strspn (p, " \t");
  if (*p != '\0' && *p != ';')
    return FALSE;

  *cursor = p;
  *value = g_string_free (g_steal_pointer (&text), FALSE);

  return TRUE;
}

/* As browsers write what cannot stand between quotes. */
static void
decode_name (char *text)
{
  static const struct
  {
    const char *code;
    char character;
  } codes[] = { { "%22", '"' }, { "%0D", '\r' }, { "%0A", '\n' } };
  char *out = text;

  while (*text != '\0')
    {
      gboolean is_code = FALSE;

      for (guint i = 0; !is_code && i < G_N_ELEMENTS (codes); i++)
        {
          if (g_ascii_strncasecmp (text, codes[i].code, 3) != 0)
            continue;
          *out++ = codes[i].character;
          text += 3;
          is_code = TRUE;
        }
      if (!is_code)
        *out++ = *text++;
    }

  *out = '\0';
}

static char *
strip_folders (const char *filename)
{
  const char *base = filename;

  for (const char *p = filename; *p != '\0'; p++)
    {
      if (*p == '/' || *p == '\\')
        base = p + 1;
    }

  return g_strdup (base);
}

/* One parameter of a Content-Disposition. */
static gboolean
keep_parameter (const char *key, char *value, char **name, char **filename, GError **error)
{
  char **place = strcmp (key, "name") == 0 ? name : strcmp (key, "filename") == 0 ? filename : NULL;

  if (place == NULL)
    return TRUE;
  if (*place != NULL || !g_utf8_validate (value, -1, NULL))
    return refuse (error, "a name in a Content-Disposition comes twice, or is not UTF-8");

  decode_name (value);
  *place = place == filename ? strip_folders (value) : g_strdup (value);

  return TRUE;
}

static gboolean
parse_disposition (const char *text, char **name, char **filename, GError **error)
{
  const char *cursor = text + strcspn (text, "; \t");

  if (g_ascii_strncasecmp (text, "form-data", 9) != 0 || cursor != text + 9)
    return refuse (error, "a part is no “form-data”");

  cursor += strspn (cursor, " \t");
  while (*cursor == ';')
    {
      g_autofree char *key = NULL;
      g_autofree char *value = NULL;

      cursor++;
      if (!take_parameter (&cursor, &key, &value))
        return refuse (error, "a Content-Disposition cannot be read");
      if (!keep_parameter (key, value, name, filename, error))
        return FALSE;
    }

  if (*cursor != '\0' || *name == NULL)
    return refuse (error, "a part has no name");

  return TRUE;
}

static gboolean
parse_field (char *line, GHashTable *fields, GError **error)
{
  char *colon = strchr (line, ':');

  if (colon != NULL)
    *colon = '\0';
  if (colon == NULL || !geminga_http_is_token (line) || !geminga_http_is_field_value (colon + 1))
    return refuse (error, "a header field of a part cannot be read");

  if (!g_hash_table_insert (fields, g_ascii_strdown (line, -1), g_strstrip (colon + 1)))
    return refuse (error, "a header field of a part comes twice");

  return TRUE;
}

static gboolean
check_encoding (const char *encoding, GError **error)
{
  if (encoding == NULL || g_ascii_strcasecmp (encoding, "binary") == 0 ||
      g_ascii_strcasecmp (encoding, "8bit") == 0 || g_ascii_strcasecmp (encoding, "7bit") == 0)
    return TRUE;

  return refuse (error, "a part has a Content-Transfer-Encoding");
}

/* @header is all lines, with CR LF between them. */
static gboolean
begin_part (GemingaHttpMultipart *self, const char *header, GError **error)
{
  g_autoptr (GHashTable) fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) lines = g_strsplit (header, "\r\n", -1);
  g_autofree char *name = NULL;
  g_autofree char *filename = NULL;
  GemingaHttpPart part = { 0 };
  const char *disposition = NULL;

  if (++self->n_parts > GEMINGA_HTTP_MULTIPART_MAX_PARTS)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_TOO_LARGE,
                   "The multipart body has more than %d parts", GEMINGA_HTTP_MULTIPART_MAX_PARTS);
      return FALSE;
    }

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (!parse_field (lines[i], fields, error))
        return FALSE;
    }

  disposition = g_hash_table_lookup (fields, "content-disposition");
  if (disposition == NULL)
    return refuse (error, "a part has no Content-Disposition");
  if (!check_encoding (g_hash_table_lookup (fields, "content-transfer-encoding"), error) ||
      !parse_disposition (disposition, &name, &filename, error))
    return FALSE;

  part.name = name;
  part.filename = filename;
  part.content_type = g_hash_table_lookup (fields, "content-type");

  return self->funcs->begin (&part, self->user_data, error);
}

/* Helpers: states. Each consumes of the buffer; *needs_more is set when it cannot. */

static void
consume (GemingaHttpMultipart *self, gsize size)
{
  if (size > 0)
    g_byte_array_remove_range (self->buffer, 0, (guint) size);
}

static gboolean
read_start (GemingaHttpMultipart *self, gboolean *needs_more, GError **error)
{
  const char *first = self->delimiter + 2;
  gsize len = MIN (self->buffer->len, self->delimiter_len - 2);

  if (memcmp (self->buffer->data, first, len) != 0)
    return refuse (error, "it does not begin with its boundary");

  *needs_more = len < self->delimiter_len - 2;
  if (!*needs_more)
    {
      consume (self, len);
      self->state = STATE_DELIMITER;
    }

  return TRUE;
}

static gboolean
read_delimiter (GemingaHttpMultipart *self, gboolean *needs_more, GError **error)
{
  *needs_more = self->buffer->len < 2;
  if (*needs_more)
    return TRUE;

  if (memcmp (self->buffer->data, "\r\n", 2) == 0)
    self->state = STATE_HEADER;
  else if (memcmp (self->buffer->data, "--", 2) == 0)
    self->state = STATE_END;
  else
    return refuse (error, "a line begins with its boundary and does not end there");

  consume (self, 2);

  return TRUE;
}

static gboolean
read_header (GemingaHttpMultipart *self, gboolean *needs_more, GError **error)
{
  const char *data = (const char *) self->buffer->data;
  const char *end = memmem (data, self->buffer->len, "\r\n\r\n", 4);
  gsize len = end != NULL ? (gsize) (end - data) : self->buffer->len;
  g_autofree char *header = NULL;

  if (len > GEMINGA_HTTP_MULTIPART_MAX_HEADER)
    return refuse (error, "the header of a part is too long");

  *needs_more = end == NULL;
  if (*needs_more)
    return TRUE;
  if (memchr (data, '\0', len) != NULL)
    return refuse (error, "the header of a part has a NUL");

  /* The second CR LF may be that of the delimiter: then the part is empty. */
  header = g_strndup (data, len);
  consume (self, len + 2);
  self->state = STATE_DATA;
  self->n_skip = 2;

  return begin_part (self, header, error);
}

static gboolean
read_data (GemingaHttpMultipart *self, gboolean *needs_more, GError **error)
{
  const char *data = (const char *) self->buffer->data;
  const char *end = memmem (data, self->buffer->len, self->delimiter, self->delimiter_len);
  gsize skip;
  gsize len;

  if (end != NULL)
    len = (gsize) (end - data);
  else
    len = self->buffer->len - MIN (self->buffer->len, self->delimiter_len - 1);

  skip = MIN (self->n_skip, len);
  self->n_skip -= (guint) skip;
  if (len > skip && !self->funcs->data (data + skip, len - skip, self->user_data, error))
    return FALSE;

  *needs_more = end == NULL;
  if (end == NULL)
    {
      consume (self, len);
      return TRUE;
    }

  consume (self, len + self->delimiter_len);
  self->state = STATE_DELIMITER;

  return self->funcs->end (self->user_data, error);
}

static gboolean
read_end (GemingaHttpMultipart *self, gboolean *needs_more, GError **error)
{
  *needs_more = TRUE;
  if (self->buffer->len > 2 || memcmp (self->buffer->data, "\r\n", self->buffer->len) != 0)
    return refuse (error, "something follows its last boundary");

  return TRUE;
}

/* Public API */

char *
geminga_http_multipart_get_boundary (const char *content_type)
{
  const char *cursor = content_type + strcspn (content_type, ";");
  g_autofree char *boundary = NULL;
  gsize len;

  while (*cursor == ';')
    {
      g_autofree char *name = NULL;
      g_autofree char *value = NULL;

      cursor++;
      if (!take_parameter (&cursor, &name, &value))
        return NULL;
      if (strcmp (name, "boundary") != 0)
        continue;
      if (boundary != NULL)
        return NULL;
      boundary = g_steal_pointer (&value);
    }

  if (boundary == NULL)
    return NULL;

  len = strlen (boundary);
  if (len < 1 || len > 70 || boundary[len - 1] == ' ' ||
      strspn (boundary, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "'()+_,-./:=? ") != len)
    return NULL;

  return g_steal_pointer (&boundary);
}

GemingaHttpMultipart *
geminga_http_multipart_new (const char *boundary,
                            const GemingaHttpMultipartFuncs *funcs,
                            gpointer user_data)
{
  GemingaHttpMultipart *self = g_new0 (GemingaHttpMultipart, 1);

  self->buffer = g_byte_array_new ();
  self->delimiter = g_strconcat ("\r\n--", boundary, NULL);
  self->delimiter_len = strlen (self->delimiter);
  self->funcs = funcs;
  self->user_data = user_data;

  return self;
}

void
geminga_http_multipart_free (GemingaHttpMultipart *self)
{
  g_byte_array_unref (self->buffer);
  g_free (self->delimiter);
  g_free (self);
}

gboolean
geminga_http_multipart_feed (GemingaHttpMultipart *self,
                             const char *data,
                             gsize size,
                             GError **error)
{
  gboolean (*const readers[]) (GemingaHttpMultipart *, gboolean *, GError **) = {
    [STATE_START] = read_start,   [STATE_DELIMITER] = read_delimiter,
    [STATE_HEADER] = read_header, [STATE_DATA] = read_data,
    [STATE_END] = read_end,
  };
  gboolean needs_more = FALSE;

  g_byte_array_append (self->buffer, (const guint8 *) data, (guint) size);
  while (!needs_more && self->buffer->len > 0)
    {
      if (!readers[self->state](self, &needs_more, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
geminga_http_multipart_close (GemingaHttpMultipart *self, GError **error)
{
  if (self->state != STATE_END || (self->buffer->len != 0 && self->buffer->len != 2))
    return refuse (error, "it ends before its last boundary");

  return TRUE;
}
