/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-head-private.h"

#include <string.h>

#include "geminga-http-response-private.h"

/* Helpers */

/* Most names differ in their first letter. */
static inline gboolean
is_named (const GemingaHttpField *field, const char *name)
{
  return g_ascii_tolower (*field->name) == g_ascii_tolower (*name) &&
         g_ascii_strcasecmp (field->name, name) == 0;
}

/* Cuts the next part of *cursor at @separator, or fails. */
static char *
cut (char **cursor, char separator)
{
  char *start = *cursor;
  char *end = strchr (start, separator);

  if (end == NULL || end == start)
    return NULL;

  *end = '\0';
  *cursor = end + 1;

  return start;
}

static guint
parse_version (GemingaHttpHead *head, const char *text)
{
  if (strncmp (text, "HTTP/", 5) != 0 || !g_ascii_isdigit (text[5]) || text[6] != '.' ||
      !g_ascii_isdigit (text[7]) || text[8] != '\0')
    return 400;
  if (text[5] != '1')
    return 505;

  head->minor_version = text[7] == '0' ? 0 : 1;

  return 0;
}

/* Only what may stand in a URI: no blank, control or non-ASCII byte, no fragment. */
static gboolean
is_target_clean (const char *target)
{
  for (const guchar *p = (const guchar *) target; *p != '\0'; p++)
    {
      if (*p <= 0x20 || *p >= 0x7f)
        return FALSE;
      /* Letters, digits and most marks of a path are not looked for. */
      if (!g_ascii_isalnum (*p) && *p != '/' && strchr ("#\"<>\\^`{}", *p) != NULL)
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_path_valid (const char *path)
{
  g_autofree char *copy = NULL;

  if (strchr (path, '%') == NULL)
    return TRUE;

  copy = g_strdup (path);

  return geminga_http_percent_decode (copy) && g_utf8_validate (copy, -1, NULL);
}

static gboolean
is_authority_valid (const char *text)
{
  const char *port = text;

  if (*text == '[')
    {
      port = strchr (text, ']');
      if (port == NULL ||
          strspn (text + 1, "0123456789abcdefABCDEF:.") != (gsize) (port - text - 1))
        return FALSE;
      port++;
    }
  else
    {
      while (g_ascii_isalnum (*port) ||
             (*port != '\0' && strchr ("-._~!$&'()*+;=%", *port) != NULL))
        port++;
    }

  if (port == text)
    return FALSE;
  if (*port == '\0')
    return TRUE;

  return *port == ':' && strspn (port + 1, "0123456789") == strlen (port + 1) && strlen (port) <= 6;
}

/* http://authority/path: the authority must be what Host says. */
static guint
split_absolute_form (GemingaHttpHead *head, char **path)
{
  const char *host = geminga_http_head_get_field (head, "Host");
  char *authority = NULL;
  gsize len;

  if (g_ascii_strncasecmp (head->uri, "http://", 7) == 0)
    authority = head->uri + 7;
  else if (g_ascii_strncasecmp (head->uri, "https://", 8) == 0)
    authority = head->uri + 8;
  else
    return 400;

  len = strcspn (authority, "/?");
  if (host == NULL || strlen (host) != len || g_ascii_strncasecmp (host, authority, len) != 0)
    return 400;

  *path = authority + len;

  return 0;
}

static guint
split_target (GemingaHttpHead *head)
{
  char *path = NULL;
  char *question = NULL;
  guint status = 0;

  head->uri = g_strdup (head->target);
  path = head->uri;

  if (strcmp (path, "*") == 0)
    {
      head->path = path;
      return strcmp (head->method, "OPTIONS") == 0 ? 0 : 400;
    }

  if (*path != '/')
    status = split_absolute_form (head, &path);
  if (status != 0)
    return status;

  question = strchr (path, '?');
  if (question != NULL)
    {
      *question = '\0';
      head->query = question + 1;
    }

  head->path = *path != '\0' ? path : "/";

  return is_path_valid (head->path) ? 0 : 400;
}

static guint
parse_request_line (GemingaHttpHead *head, char *line)
{
  char *cursor = line;
  char *method = NULL;
  char *target = NULL;

  method = cut (&cursor, ' ');
  target = method != NULL ? cut (&cursor, ' ') : NULL;
  if (target == NULL || !geminga_http_is_token (method) || !is_target_clean (target))
    return 400;

  head->method = method;
  head->target = target;

  if (strlen (method) > GEMINGA_HTTP_MAX_METHOD)
    return 501;

  return parse_version (head, cursor);
}

static guint
parse_field (GemingaHttpHead *head, char *line)
{
  GemingaHttpField field = { 0 };
  char *value = strchr (line, ':');
  char *end = NULL;

  if (value == NULL)
    return 400;

  *value++ = '\0';
  value += strspn (value, " \t");
  end = value + strlen (value);
  while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
    *--end = '\0';

  if (!geminga_http_is_token (line) || !geminga_http_is_field_value (value))
    return 400;
  if (head->fields->len >= GEMINGA_HTTP_MAX_FIELDS)
    return 431;

  field.name = line;
  field.value = value;
  g_array_append_val (head->fields, field);

  return 0;
}

static guint
count_fields (const GemingaHttpHead *head, const char *name)
{
  guint n = 0;

  for (guint i = 0; i < head->fields->len; i++)
    {
      if (is_named (&g_array_index (head->fields, GemingaHttpField, i), name))
        n++;
    }

  return n;
}

static guint
check_host (const GemingaHttpHead *head)
{
  const char *host = geminga_http_head_get_field (head, "Host");

  if (host == NULL)
    return head->minor_version == 0 ? 0 : 400;

  return count_fields (head, "Host") == 1 && is_authority_valid (host) ? 0 : 400;
}

static guint
check_length (GemingaHttpHead *head)
{
  const char *length = geminga_http_head_get_field (head, "Content-Length");

  if (length == NULL)
    return 0;
  if (*length == '\0' || strspn (length, "0123456789") != strlen (length) || strlen (length) > 18 ||
      count_fields (head, "Content-Length") != 1)
    return 400;

  head->has_length = TRUE;
  head->content_length = g_ascii_strtoull (length, NULL, 10);

  return 0;
}

/* A body has one length only, said in one way: everything else is what smuggling is made of. */
static guint
check_transfer_encoding (GemingaHttpHead *head)
{
  const char *coding = geminga_http_head_get_field (head, "Transfer-Encoding");

  if (coding == NULL)
    return 0;
  if (*coding == '\0' || head->has_length || head->minor_version == 0 ||
      count_fields (head, "Transfer-Encoding") != 1)
    return 400;
  if (g_ascii_strcasecmp (coding, "chunked") != 0)
    return 501;

  head->is_chunked = TRUE;

  return 0;
}

static guint
check_expect (GemingaHttpHead *head)
{
  const char *expect = geminga_http_head_get_field (head, "Expect");

  if (expect == NULL || head->minor_version == 0)
    return 0;
  if (g_ascii_strcasecmp (expect, "100-continue") != 0 || count_fields (head, "Expect") != 1)
    return 417;

  head->expects_continue = TRUE;

  return 0;
}

static void
read_connection (GemingaHttpHead *head)
{
  head->keep_alive = head->minor_version > 0;

  for (guint i = 0; i < head->fields->len; i++)
    {
      const GemingaHttpField *field = &g_array_index (head->fields, GemingaHttpField, i);
      g_auto (GStrv) options = NULL;

      if (!is_named (field, "Connection"))
        continue;

      options = g_strsplit (field->value, ",", -1);
      for (guint j = 0; options[j] != NULL; j++)
        {
          const char *option = g_strstrip (options[j]);

          if (g_ascii_strcasecmp (option, "close") == 0)
            {
              head->keep_alive = FALSE;
              return;
            }
          if (g_ascii_strcasecmp (option, "keep-alive") == 0)
            head->keep_alive = TRUE;
        }
    }
}

static guint
check_head (GemingaHttpHead *head)
{
  guint (*checks[]) (GemingaHttpHead *) = { check_length, check_transfer_encoding, split_target,
                                            check_expect };
  guint status = check_host (head);

  for (guint i = 0; status == 0 && i < G_N_ELEMENTS (checks); i++)
    status = checks[i](head);

  return status;
}

/* Public API */

guint
geminga_http_head_find_end (GemingaHttpHeadScan *scan, const char *data, gsize len, gsize *end)
{
  *end = 0;

  while (scan->scanned < len)
    {
      const char *lf = memchr (data + scan->scanned, '\n', len - scan->scanned);
      gsize line_len;

      if (lf == NULL)
        {
          scan->scanned = len;
          break;
        }

      scan->scanned = lf - data + 1;
      line_len = scan->scanned - scan->line_start;
      if (line_len < 2 || lf[-1] != '\r')
        return 400;
      if (scan->line_start == 0 && line_len > GEMINGA_HTTP_MAX_REQUEST_LINE)
        return 414;
      if (line_len == 2)
        {
          *end = scan->scanned;
          break;
        }

      scan->line_start = scan->scanned;
    }

  if (scan->line_start == 0 && scan->scanned > GEMINGA_HTTP_MAX_REQUEST_LINE)
    return 414;
  if (scan->scanned > GEMINGA_HTTP_MAX_HEAD)
    return 431;

  return 0;
}

guint
geminga_http_head_parse (GemingaHttpHead *head, const char *data, gsize len)
{
  char *line = NULL;
  char *limit = NULL;
  guint status = 0;

  memset (head, 0, sizeof *head);
  head->fields = g_array_sized_new (FALSE, FALSE, sizeof (GemingaHttpField), 16);
  head->block = g_malloc (len + 1);
  memcpy (head->block, data, len);
  head->block[len] = '\0';

  if (memchr (data, '\0', len) != NULL)
    return 400;

  line = head->block;
  limit = head->block + len;
  while (status == 0 && line < limit)
    {
      char *lf = strchr (line, '\n');

      /* find_end() saw that each line ends in CR LF, the last one empty. */
      g_assert (lf != NULL && lf > line && lf[-1] == '\r');
      lf[-1] = '\0';
      if (*line == '\0')
        break;

      status = head->method == NULL ? parse_request_line (head, line) : parse_field (head, line);
      line = lf + 1;
    }

  if (status == 0 && head->method == NULL)
    status = 400;
  if (status == 0)
    status = check_head (head);
  if (status == 0)
    read_connection (head);

  return status;
}

void
geminga_http_head_clear (GemingaHttpHead *head)
{
  g_clear_pointer (&head->block, g_free);
  g_clear_pointer (&head->uri, g_free);
  g_clear_pointer (&head->fields, g_array_unref);
  memset (head, 0, sizeof *head);
}

const char *
geminga_http_head_get_field (const GemingaHttpHead *head, const char *name)
{
  for (guint i = 0; head->fields != NULL && i < head->fields->len; i++)
    {
      const GemingaHttpField *field = &g_array_index (head->fields, GemingaHttpField, i);

      if (is_named (field, name))
        return field->value;
    }

  return NULL;
}

gboolean
geminga_http_percent_decode (char *text)
{
  char *out = strchr (text, '%');

  if (out == NULL)
    return TRUE;

  for (const char *in = out; *in != '\0';)
    {
      if (*in != '%')
        {
          *out++ = *in++;
          continue;
        }

      if (!g_ascii_isxdigit (in[1]) || !g_ascii_isxdigit (in[2]))
        return FALSE;

      *out = (char) (g_ascii_xdigit_value (in[1]) * 16 + g_ascii_xdigit_value (in[2]));
      if (*out++ == '\0')
        return FALSE;
      in += 3;
    }

  *out = '\0';

  return TRUE;
}
