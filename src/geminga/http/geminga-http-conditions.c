/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-conditions-private.h"

#include <string.h>

/* Helpers */

/* -1: not a date, or not there. */
static gint64
get_date (GemingaRequest *request, const char *name)
{
  const char *field = geminga_request_get_header (request, name);
  g_autoptr (GDateTime) date = NULL;

  if (field != NULL)
    date = soup_date_time_new_from_http_string (field);

  return date != NULL ? g_date_time_to_unix (date) : -1;
}

/* A list of entity tags, or an asterisk. */
static gboolean
has_etag (const char *field, const char *etag, gboolean is_strong)
{
  const char *text = field + strspn (field, " \t,");

  if (strcmp (text, "*") == 0)
    return TRUE;

  while (*text != '\0')
    {
      gboolean is_weak = g_str_has_prefix (text, "W/");
      const char *start = is_weak ? text + 2 : text;
      const char *end = *start == '"' ? strchr (start + 1, '"') : NULL;
      gsize len;

      if (end == NULL)
        return FALSE;
      len = (gsize) (end + 1 - start);
      if ((!is_weak || !is_strong) && strlen (etag) == len && strncmp (start, etag, len) == 0)
        return TRUE;
      text = end + 1 + strspn (end + 1, " \t,");
    }

  return FALSE;
}

static gboolean
is_get_or_head (GemingaRequest *request)
{
  const char *method = geminga_request_get_method (request);

  return strcmp (method, "GET") == 0 || strcmp (method, "HEAD") == 0;
}

/* q=0, in any of its ways. */
static gboolean
is_refused (const char *params)
{
  const char *q = strchr (params, ';');

  if (q == NULL)
    return FALSE;
  q += 1 + strspn (q + 1, " \t");

  return g_ascii_strncasecmp (q, "q=", 2) == 0 && q[2] == '0' &&
         strspn (q + 3, ".0 \t") == strlen (q + 3);
}

/* Private API */

guint
geminga_http_conditions_check (GemingaRequest *request, const char *etag, gint64 modified)
{
  const char *match = geminga_request_get_header (request, "If-Match");
  const char *none_match = geminga_request_get_header (request, "If-None-Match");
  gint64 date;

  if (match != NULL)
    {
      if (!has_etag (match, etag, TRUE))
        return 412;
    }
  else
    {
      date = get_date (request, "If-Unmodified-Since");
      if (date >= 0 && modified > date)
        return 412;
    }

  if (none_match != NULL)
    {
      if (has_etag (none_match, etag, FALSE))
        return is_get_or_head (request) ? 304 : 412;
      return 0;
    }

  date = is_get_or_head (request) ? get_date (request, "If-Modified-Since") : -1;

  return date >= 0 && modified <= date ? 304 : 0;
}

gboolean
geminga_http_conditions_allow_range (GemingaRequest *request, const char *etag, gint64 modified)
{
  const char *field = geminga_request_get_header (request, "If-Range");

  if (strcmp (geminga_request_get_method (request), "GET") != 0)
    return FALSE;
  if (field == NULL || strcmp (field, etag) == 0)
    return TRUE;

  return get_date (request, "If-Range") == modified;
}

gboolean
geminga_http_conditions_accept_coding (const char *field, const char *coding)
{
  g_auto (GStrv) items = NULL;
  gboolean is_any = FALSE;

  if (field == NULL)
    return FALSE;

  items = g_strsplit (field, ",", 32);
  for (guint i = 0; items[i] != NULL; i++)
    {
      const char *item = g_strstrip (items[i]);
      gsize len = strcspn (item, "; \t");

      if (len == strlen (coding) && g_ascii_strncasecmp (item, coding, len) == 0)
        return !is_refused (item);
      if (len == 1 && *item == '*')
        is_any = !is_refused (item);
    }

  return is_any;
}
