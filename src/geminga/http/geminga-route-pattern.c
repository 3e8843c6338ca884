/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-route-pattern-private.h"

#include <math.h>
#include <string.h>

#include "geminga-http-error.h"
#include "geminga-http-response-private.h"

static const char *const kind_names[GEMINGA_ROUTE_N_KINDS] = {
  [GEMINGA_ROUTE_INT] = "int",
  [GEMINGA_ROUTE_FLOAT] = "float",
  [GEMINGA_ROUTE_STRING] = "str",
  [GEMINGA_ROUTE_REST] = "path",
};

/* Helpers */

static void
segment_clear (gpointer data)
{
  GemingaRouteSegment *segment = data;

  g_free (segment->text);
}

static gboolean
is_name (const char *text)
{
  if (!g_ascii_isalpha (*text) && *text != '_')
    return FALSE;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (!g_ascii_isalnum (*p) && *p != '_')
        return FALSE;
    }

  return TRUE;
}

static gboolean
parse_kind (const char *text, GemingaRouteKind *kind, GError **error)
{
  for (guint i = GEMINGA_ROUTE_INT; i < GEMINGA_ROUTE_N_KINDS; i++)
    {
      if (strcmp (text, kind_names[i]) == 0)
        {
          *kind = i;
          return TRUE;
        }
    }

  g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
               "“%s” is no type of a path parameter: int, float, str and path are", text);

  return FALSE;
}

/* @text is the inside of {...}: "name" or "name:type". */
static gboolean
parse_parameter (char *text, GemingaRouteSegment *segment, GError **error)
{
  char *colon = strchr (text, ':');

  segment->kind = GEMINGA_ROUTE_STRING;
  if (colon != NULL)
    {
      *colon = '\0';
      if (!parse_kind (colon + 1, &segment->kind, error))
        return FALSE;
    }

  if (!is_name (text))
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                   "“%s” is no name of a path parameter: letters, digits and _ are allowed, no "
                   "digit first",
                   text);
      return FALSE;
    }

  segment->text = g_strdup (text);

  return TRUE;
}

static gboolean
parse_segment (const char *text, GemingaRouteSegment *segment, GError **error)
{
  gsize len = strlen (text);

  if (len >= 2 && text[0] == '{' && text[len - 1] == '}' && strcspn (text + 1, "{}") == len - 2)
    {
      g_autofree char *inside = g_strndup (text + 1, len - 2);

      return parse_parameter (inside, segment, error);
    }

  if (strpbrk (text, "{}?#") != NULL || strcmp (text, ".") == 0 || strcmp (text, "..") == 0)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                   "Segment “%s” is not valid: it is literal text without { } ? and #, or one "
                   "whole {name} or {name:type}",
                   text);
      return FALSE;
    }

  segment->kind = GEMINGA_ROUTE_LITERAL;
  segment->text = g_strdup (text);

  return TRUE;
}

static gboolean
check_segment (GArray *segments, const GemingaRouteSegment *added, GError **error)
{
  for (guint i = 0; i < segments->len; i++)
    {
      const GemingaRouteSegment *other = &g_array_index (segments, GemingaRouteSegment, i);

      if (other->kind == GEMINGA_ROUTE_REST)
        {
          g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                       "“{%s:path}” takes the rest of a path: nothing can follow it", other->text);
          return FALSE;
        }
      if (added->kind != GEMINGA_ROUTE_LITERAL && other->kind != GEMINGA_ROUTE_LITERAL &&
          strcmp (other->text, added->text) == 0)
        {
          g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                       "Two path parameters are called “%s”", added->text);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
is_int (const char *text)
{
  const char *digits = *text == '-' ? text + 1 : text;

  return strspn (digits, "0123456789") == strlen (digits) &&
         g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, NULL, NULL);
}

static gboolean
is_float (const char *text)
{
  char *end = NULL;
  double value;

  if (*text == '\0' || strspn (text, "0123456789.eE+-") != strlen (text))
    return FALSE;

  value = g_ascii_strtod (text, &end);

  return *end == '\0' && isfinite (value);
}

/* Public API */

GArray *
geminga_route_pattern_parse (const char *pattern, GError **error)
{
  g_autoptr (GArray) segments = g_array_new (FALSE, FALSE, sizeof (GemingaRouteSegment));
  g_auto (GStrv) parts = NULL;

  g_array_set_clear_func (segments, segment_clear);

  if (pattern[0] != '/' || !g_utf8_validate (pattern, -1, NULL))
    {
      g_autofree char *shown = g_utf8_make_valid (pattern, -1);

      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                   "Path “%s” is not valid: a path is UTF-8 and begins with a slash", shown);
      return NULL;
    }

  parts = g_strsplit (pattern + 1, "/", -1);
  if (g_strv_length (parts) > GEMINGA_ROUTE_MAX_SEGMENTS)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                   "Path “%s” has more than %d segments", pattern, GEMINGA_ROUTE_MAX_SEGMENTS);
      return NULL;
    }

  for (guint i = 0; i == 0 || parts[i] != NULL; i++)
    {
      GemingaRouteSegment segment = { 0 };

      if (!parse_segment (parts[i] != NULL ? parts[i] : "", &segment, error) ||
          !check_segment (segments, &segment, error))
        {
          segment_clear (&segment);
          g_prefix_error (error, "Path “%s”: ", pattern);
          return NULL;
        }

      g_array_append_val (segments, segment);
      if (parts[i] == NULL)
        break;
    }

  return g_steal_pointer (&segments);
}

gboolean
geminga_route_kind_matches (GemingaRouteKind kind, const char *segment)
{
  switch (kind)
    {
    case GEMINGA_ROUTE_INT:
      return is_int (segment);
    case GEMINGA_ROUTE_FLOAT:
      return is_float (segment);
    case GEMINGA_ROUTE_STRING:
      return *segment != '\0';
    default:
      return FALSE;
    }
}

GStrv
geminga_route_methods_parse (const char *methods, GError **error)
{
  g_auto (GStrv) list = g_strsplit (methods, ",", -1);

  for (guint i = 0; i == 0 || list[i] != NULL; i++)
    {
      if (list[i] != NULL)
        g_strstrip (list[i]);

      if (list[i] == NULL || !geminga_http_is_token (list[i]) ||
          (strcmp (list[i], "*") == 0 && list[1] != NULL) ||
          g_strv_contains ((const char *const *) list + i + 1, list[i]))
        {
          g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                       "Methods “%s” are not valid: one method, several different ones with "
                       "commas between them, or * for all",
                       methods);
          return NULL;
        }
    }

  return g_steal_pointer (&list);
}
