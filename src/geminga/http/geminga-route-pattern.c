/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-route-pattern-private.h"

#include <string.h>

#include "geminga-http-error.h"
#include "geminga-http-response-private.h"

/* Helpers: parsing */

static void
segment_clear (gpointer data)
{
  GemingaRouteSegment *segment = data;

  g_clear_pointer (&segment->rule, geminga_route_rule_unref);
  g_free (segment->text);
  g_free (segment->fallback);
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

/* The "=" of "name:type(min=1)=value" that begins the value. */
static char *
find_fallback (char *text)
{
  char *close = strrchr (text, ')');
  char *equals = strchr (text, '=');
  char *open = strchr (text, '(');

  if (equals == NULL || open == NULL || equals < open)
    return equals;

  return close != NULL ? strchr (close, '=') : NULL;
}

/* @text is the inside of {...}: "name", "name:type", either with "=value". */
static gboolean
parse_parameter (char *text, GemingaRouteSegment *segment, GError **error)
{
  char *fallback = find_fallback (text);
  char *colon = NULL;

  if (fallback != NULL)
    *fallback++ = '\0';
  colon = strchr (text, ':');
  if (colon != NULL)
    *colon++ = '\0';

  if (!is_name (text))
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                   "“%s” is no name of a path parameter: letters, digits and _ are allowed, no "
                   "digit first",
                   text);
      return FALSE;
    }

  segment->rule = geminga_route_rule_parse (colon != NULL ? colon : "str", error);
  if (segment->rule == NULL)
    return FALSE;

  segment->text = g_strdup (text);
  segment->fallback = fallback != NULL ? geminga_route_rule_format (segment->rule, fallback) : NULL;
  if (fallback != NULL && segment->fallback == NULL)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                   "“%s” cannot be the default of “%s”: its type does not take it", fallback, text);
      return FALSE;
    }

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

  segment->text = g_strdup (text);

  return TRUE;
}

static gboolean
check_neighbours (const GemingaRouteSegment *other,
                  const GemingaRouteSegment *added,
                  GError **error)
{
  if (other->rule == NULL)
    return TRUE;

  if (other->rule->kind == GEMINGA_ROUTE_REST)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                   "“{%s:path}” takes the rest of a path: nothing can follow it", other->text);
      return FALSE;
    }
  if (other->fallback != NULL && added->fallback == NULL)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                   "“%s” has a default: all that follows it needs one", other->text);
      return FALSE;
    }
  if (added->rule != NULL && strcmp (other->text, added->text) == 0)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                   "Two path parameters are called “%s”", added->text);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_segment (GArray *segments, const GemingaRouteSegment *added, GError **error)
{
  for (guint i = 0; i < segments->len; i++)
    {
      if (!check_neighbours (&g_array_index (segments, GemingaRouteSegment, i), added, error))
        return FALSE;
    }

  return TRUE;
}

/* Helpers: building */

static char *
value_to_text (GVariant *value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      return g_variant_dup_string (value, NULL);
    case G_VARIANT_CLASS_DOUBLE:
      return g_strdup (g_ascii_dtostr (buffer, sizeof buffer, g_variant_get_double (value)));
    case G_VARIANT_CLASS_BOOLEAN:
    case G_VARIANT_CLASS_BYTE:
    case G_VARIANT_CLASS_INT16:
    case G_VARIANT_CLASS_UINT16:
    case G_VARIANT_CLASS_INT32:
    case G_VARIANT_CLASS_UINT32:
    case G_VARIANT_CLASS_INT64:
    case G_VARIANT_CLASS_UINT64:
      return g_variant_print (value, FALSE);
    default:
      return NULL;
    }
}

static gboolean
has_dots (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", -1);

  return g_strv_contains ((const char *const *) parts, ".") ||
         g_strv_contains ((const char *const *) parts, "..");
}

/* The text of a parameter in a path; NULL when it is left out. */
static gboolean
find_value (const GemingaRouteSegment *segment, GVariant *values, char **text, GError **error)
{
  g_autoptr (GVariant) value =
      values != NULL ? g_variant_lookup_value (values, segment->text, NULL) : NULL;
  g_autofree char *raw = NULL;

  *text = NULL;
  if (value == NULL && segment->fallback != NULL)
    return TRUE;
  if (value == NULL)
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_PARAMETER,
                   "There is no value for the path parameter “%s”", segment->text);
      return FALSE;
    }

  raw = value_to_text (value);
  if (raw != NULL && !has_dots (raw))
    *text = geminga_route_rule_format (segment->rule, raw);
  if (*text == NULL)
    {
      g_autofree char *shown = g_variant_print (value, FALSE);

      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_PARAMETER,
                   "The path parameter “%s” does not take the value %s", segment->text, shown);
      return FALSE;
    }

  return TRUE;
}

/* What the value of a parameter adds to a path. A value that is the default is written only when one
 * follows that is not. */
static void
append_value (const GemingaRouteSegment *segment,
              const char *text,
              GString *path,
              GString *defaults)
{
  const char *value = text != NULL ? text : segment->fallback;
  gboolean is_rest = segment->rule->kind == GEMINGA_ROUTE_REST;
  g_autofree char *encoded =
      g_uri_escape_string (value, is_rest ? "!$&'()*+,;=:@/" : "!$&'()*+,;=:@", FALSE);

  g_string_append_printf (defaults, "/%s", encoded);
  if (segment->fallback != NULL && strcmp (value, segment->fallback) == 0)
    return;

  g_string_append (path, defaults->str);
  g_string_truncate (defaults, 0);
}

static GArray *
parse_segments (const char *pattern, GError **error)
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

/* Public API */

GArray *
geminga_route_pattern_parse (const char *pattern, GError **error)
{
  return parse_segments (pattern, error);
}

GArray *
geminga_route_prefix_parse (const char *prefix, GError **error)
{
  g_autoptr (GArray) segments = parse_segments (prefix, error);

  if (segments == NULL)
    return NULL;

  if (strcmp (prefix, "/") == 0)
    {
      g_array_set_size (segments, 0);
      return g_steal_pointer (&segments);
    }

  for (guint i = 0; i < segments->len; i++)
    {
      GemingaRouteSegment *segment = &g_array_index (segments, GemingaRouteSegment, i);

      if (segment->fallback != NULL ||
          (segment->rule == NULL ? *segment->text == '\0'
                                 : segment->rule->kind == GEMINGA_ROUTE_REST))
        {
          g_set_error (
              error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
              "Prefix “%s” is not valid: it has no empty segments, no slash at its end, no "
              "defaults and no parameter of type “path”",
              prefix);
          return NULL;
        }
    }

  return g_steal_pointer (&segments);
}

guint
geminga_route_pattern_count_required (GArray *segments)
{
  guint n = segments->len;

  while (n > 0 && g_array_index (segments, GemingaRouteSegment, n - 1).fallback != NULL)
    n--;

  return n;
}

GPtrArray *
geminga_route_pattern_list_names (GArray *segments)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < segments->len; i++)
    {
      GemingaRouteSegment *segment = &g_array_index (segments, GemingaRouteSegment, i);

      if (segment->rule != NULL)
        g_ptr_array_add (names, g_strdup (segment->text));
    }

  return names;
}

gboolean
geminga_route_pattern_append_path (GArray *segments,
                                   GVariant *values,
                                   GHashTable *used,
                                   GString *path,
                                   GError **error)
{
  g_autoptr (GString) defaults = g_string_new (NULL);
  gsize start = path->len;

  for (guint i = 0; i < segments->len; i++)
    {
      const GemingaRouteSegment *segment = &g_array_index (segments, GemingaRouteSegment, i);
      g_autofree char *text = NULL;

      if (segment->rule == NULL)
        {
          text = g_uri_escape_string (segment->text, "!$&'()*+,;=:@", FALSE);
          g_string_append_printf (path, "/%s", text);
          continue;
        }

      if (!find_value (segment, values, &text, error))
        return FALSE;
      g_hash_table_add (used, segment->text);
      append_value (segment, text, path, defaults);
    }

  if (path->len == start && segments->len > 0)
    g_string_append_c (path, '/');

  return TRUE;
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
