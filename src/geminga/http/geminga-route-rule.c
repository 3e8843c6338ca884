/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-route-rule-private.h"

#include <math.h>
#include <string.h>

#include "geminga-http-error.h"

#define MAX_LENGTH 65536
#define MAX_DIGITS 18

static const char *const kind_names[] = {
  [GEMINGA_ROUTE_ANY] = "any",    [GEMINGA_ROUTE_INT] = "int",   [GEMINGA_ROUTE_FLOAT] = "float",
  [GEMINGA_ROUTE_STRING] = "str", [GEMINGA_ROUTE_REST] = "path",
};

/* Helpers: parsing */

static gboolean
parse_kind (const char *text, GemingaRouteKind *kind, GError **error)
{
  for (guint i = GEMINGA_ROUTE_ANY; i <= GEMINGA_ROUTE_REST; i++)
    {
      if (strcmp (text, kind_names[i]) == 0)
        {
          *kind = i;
          return TRUE;
        }
    }

  g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
               "“%s” is no type of a path parameter: any, int, float, str and path are", text);

  return FALSE;
}

static gboolean
parse_number (const char *text, double *number)
{
  char *end = NULL;

  if (*text == '\0' || strspn (text, "0123456789.eE+-") != strlen (text))
    return FALSE;

  *number = g_ascii_strtod (text, &end);

  return *end == '\0' && isfinite (*number);
}

static gboolean
parse_count (const char *text, guint max, guint *count)
{
  guint64 value = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 1, max, &value, NULL))
    return FALSE;

  *count = (guint) value;

  return TRUE;
}

static gboolean
set_int_limit (GemingaRouteRule *self, const char *name, const char *value)
{
  if (strcmp (name, "digits") == 0)
    return parse_count (value, MAX_DIGITS, &self->digits);

  if (strcmp (name, "min") == 0)
    return g_ascii_string_to_signed (value, 10, G_MININT64, G_MAXINT64, &self->min_int, NULL);

  return strcmp (name, "max") == 0 &&
         g_ascii_string_to_signed (value, 10, G_MININT64, G_MAXINT64, &self->max_int, NULL);
}

static gboolean
set_length_limit (GemingaRouteRule *self, const char *name, const char *value)
{
  if (strcmp (name, "min") == 0)
    return parse_count (value, MAX_LENGTH, &self->min_length);
  if (strcmp (name, "max") == 0)
    return parse_count (value, MAX_LENGTH, &self->max_length);
  if (strcmp (name, "length") != 0 || !parse_count (value, MAX_LENGTH, &self->min_length))
    return FALSE;

  self->max_length = self->min_length;

  return TRUE;
}

static gboolean
set_limit (GemingaRouteRule *self, const char *name, const char *value)
{
  switch (self->kind)
    {
    case GEMINGA_ROUTE_INT:
      return set_int_limit (self, name, value);
    case GEMINGA_ROUTE_FLOAT:
      if (strcmp (name, "min") == 0)
        return parse_number (value, &self->min_float);
      return strcmp (name, "max") == 0 && parse_number (value, &self->max_float);
    case GEMINGA_ROUTE_STRING:
      return set_length_limit (self, name, value);
    default:
      return FALSE;
    }
}

static gboolean
parse_choices (GemingaRouteRule *self, char **list, GError **error)
{
  for (guint i = 0; list[i] != NULL; i++)
    g_strstrip (list[i]);

  for (guint i = 0; list[i] != NULL; i++)
    {
      if (*list[i] == '\0' || strpbrk (list[i], "{}?#") != NULL || strcmp (list[i], ".") == 0 ||
          strcmp (list[i], "..") == 0 ||
          g_strv_contains ((const char *const *) list + i + 1, list[i]))
        {
          g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                       "“%s” is not valid in “any”: its values are different texts that can be "
                       "segments",
                       list[i]);
          return FALSE;
        }
    }

  self->choices = g_strdupv (list);

  return TRUE;
}

static gboolean
parse_limits (GemingaRouteRule *self, char **list, GError **error)
{
  for (guint i = 0; list[i] != NULL; i++)
    {
      char *equals = strchr (list[i], '=');

      if (equals != NULL)
        *equals++ = '\0';
      g_strstrip (list[i]);
      if (equals == NULL || !set_limit (self, list[i], g_strstrip (equals)))
        {
          g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                       "“%s%s%s” is no limit of “%s”: int has min, max and digits (1 to 18), float "
                       "min and max, str min, max and length",
                       list[i], equals != NULL ? "=" : "", equals != NULL ? equals : "",
                       kind_names[self->kind]);
          return FALSE;
        }
    }

  self->is_limited = TRUE;

  return TRUE;
}

static gint64
power_of_ten (guint exponent)
{
  gint64 power = 1;

  while (exponent-- > 0)
    power *= 10;

  return power;
}

static gboolean
can_match (const GemingaRouteRule *self)
{
  return self->min_int <= self->max_int && self->min_float <= self->max_float &&
         (self->max_length == 0 || self->min_length <= self->max_length) &&
         (self->digits == 0 || (self->max_int >= 0 && self->min_int < power_of_ten (self->digits)));
}

static char *
make_key (const GemingaRouteRule *self)
{
  g_autofree char *choices = NULL;
  char min[G_ASCII_DTOSTR_BUF_SIZE];
  char max[G_ASCII_DTOSTR_BUF_SIZE];

  switch (self->kind)
    {
    case GEMINGA_ROUTE_ANY:
      choices = g_strjoinv (",", self->choices);
      return g_strdup_printf ("any(%s)", choices);
    case GEMINGA_ROUTE_INT:
      return g_strdup_printf ("int(%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%u)", self->min_int,
                              self->max_int, self->digits);
    case GEMINGA_ROUTE_FLOAT:
      return g_strdup_printf ("float(%s,%s)", g_ascii_dtostr (min, sizeof min, self->min_float),
                              g_ascii_dtostr (max, sizeof max, self->max_float));
    case GEMINGA_ROUTE_STRING:
      return g_strdup_printf ("str(%u,%u)", self->min_length, self->max_length);
    default:
      return g_strdup ("path");
    }
}

/* @inside is what stands between the brackets; NULL when there are none. */
static gboolean
parse_inside (GemingaRouteRule *self, char *inside, GError **error)
{
  g_auto (GStrv) list = inside != NULL ? g_strsplit (inside, ",", -1) : NULL;

  if (self->kind == GEMINGA_ROUTE_ANY && (list == NULL || list[0] == NULL))
    {
      g_set_error_literal (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                           "“any” needs its values, as in any(red,green)");
      return FALSE;
    }
  if (list == NULL)
    return TRUE;
  if (self->kind == GEMINGA_ROUTE_ANY)
    return parse_choices (self, list, error);

  return parse_limits (self, list, error);
}

/* Helpers: matching */

static gboolean
matches_int (const GemingaRouteRule *self, const char *text)
{
  const char *digits = *text == '-' && self->digits == 0 ? text + 1 : text;
  gsize n_digits = strspn (digits, "0123456789");
  gint64 value;

  if (n_digits == 0 || digits[n_digits] != '\0' || (self->digits != 0 && n_digits != self->digits))
    return FALSE;

  return g_ascii_string_to_signed (text, 10, self->min_int, self->max_int, &value, NULL);
}

static gboolean
matches_float (const GemingaRouteRule *self, const char *text)
{
  double value;

  return parse_number (text, &value) && value >= self->min_float && value <= self->max_float;
}

static gboolean
matches_length (const GemingaRouteRule *self, const char *text)
{
  gsize length;

  if (!self->is_limited)
    return *text != '\0';

  length = g_utf8_strlen (text, -1);

  return length >= self->min_length && (self->max_length == 0 || length <= self->max_length);
}

static void
rule_clear (gpointer data)
{
  GemingaRouteRule *self = data;

  g_strfreev (self->choices);
  g_free (self->key);
}

/* Public API */

GemingaRouteRule *
geminga_route_rule_parse (const char *text, GError **error)
{
  g_autoptr (GemingaRouteRule) self = g_atomic_rc_box_new0 (GemingaRouteRule);
  g_autofree char *name = g_strdup (text);
  char *inside = strchr (name, '(');

  self->min_int = G_MININT64;
  self->max_int = G_MAXINT64;
  self->min_float = -G_MAXDOUBLE;
  self->max_float = G_MAXDOUBLE;
  self->min_length = 1;

  if (inside != NULL)
    {
      gsize len = strlen (inside);

      if (len < 3 || inside[len - 1] != ')')
        {
          g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                       "“%s” is no type of a path parameter: its limits stand in brackets, as in "
                       "int(min=1,max=9)",
                       text);
          return NULL;
        }
      inside[len - 1] = '\0';
      *inside++ = '\0';
    }

  if (!parse_kind (name, &self->kind, error) || !parse_inside (self, inside, error))
    return NULL;
  if (!can_match (self))
    {
      g_set_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE,
                   "“%s” takes nothing: its limits exclude each other", text);
      return NULL;
    }

  self->key = make_key (self);

  return g_steal_pointer (&self);
}

GemingaRouteRule *
geminga_route_rule_ref (GemingaRouteRule *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
geminga_route_rule_unref (GemingaRouteRule *self)
{
  g_atomic_rc_box_release_full (self, rule_clear);
}

gboolean
geminga_route_rule_matches (const GemingaRouteRule *self, const char *segment)
{
  switch (self->kind)
    {
    case GEMINGA_ROUTE_ANY:
      return g_strv_contains ((const char *const *) self->choices, segment);
    case GEMINGA_ROUTE_INT:
      return matches_int (self, segment);
    case GEMINGA_ROUTE_FLOAT:
      return matches_float (self, segment);
    case GEMINGA_ROUTE_STRING:
      return matches_length (self, segment);
    default:
      return TRUE;
    }
}

char *
geminga_route_rule_format (const GemingaRouteRule *self, const char *value)
{
  g_autofree char *text = NULL;
  gint64 number;

  if (self->kind == GEMINGA_ROUTE_INT && self->digits > 0 &&
      g_ascii_string_to_signed (value, 10, 0, G_MAXINT64, &number, NULL))
    text = g_strdup_printf ("%0*" G_GINT64_FORMAT, (int) self->digits, number);
  else
    text = g_strdup (value);

  return geminga_route_rule_matches (self, text) ? g_steal_pointer (&text) : NULL;
}

int
geminga_route_rule_compare (const GemingaRouteRule *a, const GemingaRouteRule *b)
{
  if (a->kind != b->kind)
    return (int) a->kind - (int) b->kind;

  return b->is_limited - a->is_limited;
}
