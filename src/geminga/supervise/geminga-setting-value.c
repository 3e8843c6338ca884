/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-setting-value-private.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "geminga-setting-info-private.h"
#include "geminga-settings-error.h"

typedef struct
{
  const char *name;
  double factor;
} Unit;

/* The first of each factor is the one that is written; largest first. */
static const Unit duration_units[] = {
  { "d", 86400 }, { "h", 3600 }, { "m", 60 },     { "min", 60 },
  { "s", 1 },     { "sec", 1 },  { "ms", 0.001 }, { "us", 0.000001 },
};

static const Unit size_units[] = {
  { "T", 1099511627776.0 }, { "G", 1073741824.0 }, { "M", 1048576.0 }, { "k", 1024.0 }, { "", 1.0 },
};

/* Above this, doubles no longer hold every whole number. */
#define MAX_EXACT 9007199254740992.0

/* Helpers */

static GVariant *
refuse (GemingaSettingInfo *info, GemingaSettingsError code, const char *text, GError **error)
{
  g_autofree char *allowed = geminga_setting_info_dup_allowed (info);

  if (code == GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE)
    g_set_error (error, GEMINGA_SETTINGS_ERROR, code, _ ("“%s” is out of range; allowed is %s"),
                 text, allowed);
  else
    g_set_error (error, GEMINGA_SETTINGS_ERROR, code, _ ("“%s” is not valid; allowed is %s"), text,
                 allowed);

  return NULL;
}

static GVariant *
invalid (GemingaSettingInfo *info, const char *text, GError **error)
{
  return refuse (info, GEMINGA_SETTINGS_ERROR_INVALID_VALUE, text, error);
}

static gboolean
is_in_range (GemingaSettingInfo *info, double number)
{
  return number >= info->minimum && number <= info->maximum;
}

/* A double that is a plain decimal number: no hexadecimal, no infinity, no NaN. */
static gboolean
read_number (const char **cursor, double *number)
{
  const char *start = *cursor;
  const char *digits = start + (*start == '-' || *start == '+');
  char *end = NULL;

  if (!g_ascii_isdigit (*digits) && !(*digits == '.' && g_ascii_isdigit (digits[1])))
    return FALSE;
  if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
    return FALSE;

  errno = 0;
  *number = g_ascii_strtod (start, &end);
  *cursor = end;

  return errno == 0 && isfinite (*number);
}

static gboolean
parse_boolean (const char *text, gboolean *value)
{
  static const char *const words[][2] = {
    { "false", "true" },
    { "no", "yes" },
    { "off", "on" },
    { "0", "1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      for (int truth = 0; truth < 2; truth++)
        {
          if (g_ascii_strcasecmp (text, words[i][truth]) == 0)
            {
              *value = truth;
              return TRUE;
            }
        }
    }

  return FALSE;
}

static const Unit *
find_unit (const Unit *units, gsize n_units, const char *name, gsize length)
{
  for (gsize i = 0; i < n_units; i++)
    {
      if (strlen (units[i].name) == length && strncmp (name, units[i].name, length) == 0)
        return &units[i];
    }

  return NULL;
}

/* One number with a unit or several of them (1h30m); a number alone is seconds. */
static gboolean
parse_duration (const char *text, double *seconds)
{
  const char *cursor = text;
  double total = 0;

  do
    {
      gboolean is_first = cursor == text;
      const Unit *unit;
      double number = 0;
      gsize length;

      if (!read_number (&cursor, &number) || (number < 0 && !is_first))
        return FALSE;
      if (*cursor == '\0' && is_first)
        {
          *seconds = number;
          return TRUE;
        }

      cursor += strspn (cursor, " ");
      for (length = 0; g_ascii_isalpha (cursor[length]); length++)
        ;
      unit = find_unit (duration_units, G_N_ELEMENTS (duration_units), cursor, length);
      if (unit == NULL)
        return FALSE;

      total += number * unit->factor;
      cursor += length;
      cursor += strspn (cursor, " ");
    }
  while (*cursor != '\0');

  *seconds = total;
  return TRUE;
}

static gboolean
parse_size (const char *text, double *bytes)
{
  const char *cursor = text;
  double number = 0;

  if (!read_number (&cursor, &number))
    return FALSE;
  while (*cursor == ' ')
    cursor++;

  for (gsize i = 0; i < G_N_ELEMENTS (size_units) - 1; i++)
    {
      if (g_ascii_tolower (*cursor) == g_ascii_tolower (size_units[i].name[0]))
        {
          number *= size_units[i].factor;
          cursor++;
          if (*cursor == 'i' && g_ascii_tolower (cursor[1]) == 'b')
            cursor++;
          break;
        }
    }
  if (g_ascii_tolower (*cursor) == 'b')
    cursor++;

  *bytes = number;
  return *cursor == '\0' && number == floor (number);
}

static GVariant *
parse_int (GemingaSettingInfo *info, const char *text, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gint64 value = 0;

  if (!g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &value, &local_error))
    {
      if (g_error_matches (local_error, G_NUMBER_PARSER_ERROR, G_NUMBER_PARSER_ERROR_OUT_OF_BOUNDS))
        return refuse (info, GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE, text, error);
      return invalid (info, text, error);
    }

  if (!is_in_range (info, (double) value))
    return refuse (info, GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE, text, error);

  return g_variant_new_int64 (value);
}

static GVariant *
parse_mode (GemingaSettingInfo *info, const char *text, GError **error)
{
  guint64 value = 0;

  if (*text == '\0')
    return g_variant_new_int64 (-1);
  if (!g_ascii_string_to_unsigned (text, 8, 0, G_MAXINT32, &value, NULL))
    return invalid (info, text, error);
  if (!is_in_range (info, (double) value))
    return refuse (info, GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE, text, error);

  return g_variant_new_int64 ((gint64) value);
}

static GVariant *
parse_number (GemingaSettingInfo *info, const char *text, GError **error)
{
  const char *cursor = text;
  double number = 0;
  gboolean parsed;

  if (info->type == GEMINGA_SETTING_TYPE_DURATION)
    parsed = parse_duration (text, &number);
  else if (info->type == GEMINGA_SETTING_TYPE_SIZE)
    parsed = parse_size (text, &number);
  else
    parsed = read_number (&cursor, &number) && *cursor == '\0';

  if (!parsed)
    return invalid (info, text, error);
  if (!is_in_range (info, number) ||
      (info->type == GEMINGA_SETTING_TYPE_SIZE && fabs (number) > MAX_EXACT))
    return refuse (info, GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE, text, error);

  if (info->type == GEMINGA_SETTING_TYPE_SIZE)
    return g_variant_new_int64 ((gint64) number);
  return g_variant_new_double (number);
}

static char *
resolve_path (const char *text, const char *directory)
{
  if (*text == '\0' || g_str_equal (text, "-"))
    return g_strdup (text);
  if (g_str_equal (text, "~") || g_str_has_prefix (text, "~/"))
    return g_build_filename (g_get_home_dir (), text + 1, NULL);

  return g_canonicalize_filename (text, directory);
}

static GVariant *
parse_plain (GemingaSettingInfo *info, const char *text, const char *directory, GError **error)
{
  gboolean truth = FALSE;

  switch (info->type)
    {
    case GEMINGA_SETTING_TYPE_BOOLEAN:
      return parse_boolean (text, &truth) ? g_variant_new_boolean (truth)
                                          : invalid (info, text, error);
    case GEMINGA_SETTING_TYPE_INT:
      return parse_int (info, text, error);
    case GEMINGA_SETTING_TYPE_MODE:
      return parse_mode (info, text, error);
    case GEMINGA_SETTING_TYPE_DOUBLE:
    case GEMINGA_SETTING_TYPE_DURATION:
    case GEMINGA_SETTING_TYPE_SIZE:
      return parse_number (info, text, error);
    case GEMINGA_SETTING_TYPE_CHOICE:
      return g_strv_contains ((const char *const *) info->choices, text)
                 ? g_variant_new_string (text)
                 : invalid (info, text, error);
    case GEMINGA_SETTING_TYPE_PATH:
      return g_variant_new_take_string (resolve_path (text, directory));
    case GEMINGA_SETTING_TYPE_STRING:
    default:
      return g_variant_new_string (text);
    }
}

/* Sinks @value and lets the setting's own check look at it. */
static GVariant *
finish (GemingaSettingInfo *info, GVariant *value, GError **error)
{
  g_autoptr (GVariant) sunk = NULL;
  g_autoptr (GError) local_error = NULL;

  if (value == NULL)
    return NULL;

  sunk = g_variant_ref_sink (value);
  if (info->check == NULL || info->check (sunk, info->check_data, &local_error))
    return g_steal_pointer (&sunk);

  if (local_error != NULL)
    {
      g_set_error_literal (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
                           local_error->message);
    }
  else
    {
      g_autofree char *text = geminga_setting_value_to_text (info, sunk);

      invalid (info, text, error);
    }

  return NULL;
}

/* Private API */

GVariant *
geminga_setting_value_parse (GemingaSettingInfo *info,
                             const char *text,
                             const char *directory,
                             GError **error)
{
  g_autofree char *stripped = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    {
      g_autofree char *shown = g_utf8_make_valid (text, -1);

      return invalid (info, shown, error);
    }

  if (info->type == GEMINGA_SETTING_TYPE_STRING_LIST)
    {
      const char *items[] = { text, NULL };

      return geminga_setting_value_parse_list (info, items, error);
    }

  stripped = g_strdup (text);
  if (info->type != GEMINGA_SETTING_TYPE_STRING)
    g_strstrip (stripped);

  return finish (info, parse_plain (info, stripped, directory, error), error);
}

GVariant *
geminga_setting_value_parse_list (GemingaSettingInfo *info,
                                  const char *const *items,
                                  GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("as"));

  for (gsize i = 0; items[i] != NULL; i++)
    {
      g_autofree char *item = NULL;

      if (!g_utf8_validate (items[i], -1, NULL))
        {
          g_autofree char *shown = g_utf8_make_valid (items[i], -1);

          return invalid (info, shown, error);
        }

      /* An empty item is how a list is emptied: --bind= or GEMINGA_BIND= */
      item = g_strstrip (g_strdup (items[i]));
      if (*item != '\0')
        g_variant_builder_add (&builder, "s", item);
    }

  return finish (info, g_variant_builder_end (&builder), error);
}

static gboolean
get_number (GVariant *value, double *number)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BYTE:
      *number = g_variant_get_byte (value);
      return TRUE;
    case G_VARIANT_CLASS_INT16:
      *number = g_variant_get_int16 (value);
      return TRUE;
    case G_VARIANT_CLASS_UINT16:
      *number = g_variant_get_uint16 (value);
      return TRUE;
    case G_VARIANT_CLASS_INT32:
      *number = g_variant_get_int32 (value);
      return TRUE;
    case G_VARIANT_CLASS_UINT32:
      *number = g_variant_get_uint32 (value);
      return TRUE;
    case G_VARIANT_CLASS_INT64:
      *number = (double) g_variant_get_int64 (value);
      return TRUE;
    case G_VARIANT_CLASS_UINT64:
      *number = (double) g_variant_get_uint64 (value);
      return TRUE;
    case G_VARIANT_CLASS_DOUBLE:
      *number = g_variant_get_double (value);
      return TRUE;
    default:
      return FALSE;
    }
}

static GVariant *
convert_number (GemingaSettingInfo *info, GVariant *value, double number, GError **error)
{
  gboolean is_whole = info->type == GEMINGA_SETTING_TYPE_INT ||
                      info->type == GEMINGA_SETTING_TYPE_SIZE ||
                      info->type == GEMINGA_SETTING_TYPE_MODE;
  g_autofree char *text = g_variant_print (value, FALSE);
  gboolean no_mode = info->type == GEMINGA_SETTING_TYPE_MODE && number == -1;

  if (!isfinite (number) || (is_whole && number != floor (number)))
    return invalid (info, text, error);
  if (!no_mode && !is_in_range (info, number))
    return refuse (info, GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE, text, error);
  if (!is_whole)
    return g_variant_new_double (number);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    return g_variant_new_int64 (g_variant_get_int64 (value));
  if (fabs (number) > MAX_EXACT)
    return refuse (info, GEMINGA_SETTINGS_ERROR_OUT_OF_RANGE, text, error);

  return g_variant_new_int64 ((gint64) number);
}

/* Accepts the setting's own variant type, any other numeric one for a number, and text for all. */
GVariant *
geminga_setting_value_convert (GemingaSettingInfo *info, GVariant *value, GError **error)
{
  double number = 0;
  g_autofree char *text = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      g_autoptr (GVariant) inner = g_variant_get_variant (value);

      return geminga_setting_value_convert (info, inner, error);
    }

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return geminga_setting_value_parse (info, g_variant_get_string (value, NULL), NULL, error);

  if (info->type == GEMINGA_SETTING_TYPE_STRING_LIST &&
      g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **items = g_variant_get_strv (value, NULL);

      return geminga_setting_value_parse_list (info, items, error);
    }

  if (info->type == GEMINGA_SETTING_TYPE_BOOLEAN &&
      g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return finish (info, g_variant_new_boolean (g_variant_get_boolean (value)), error);

  if (info->minimum <= info->maximum && info->type >= GEMINGA_SETTING_TYPE_INT &&
      info->type <= GEMINGA_SETTING_TYPE_MODE && get_number (value, &number))
    return finish (info, convert_number (info, value, number, error), error);

  text = g_variant_print (value, TRUE);
  return invalid (info, text, error);
}

static char *
scaled_to_text (double number, const Unit *units, gsize n_units)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (gsize i = 0; i < n_units && number != 0; i++)
    {
      /* Milliseconds have no exact factor: what counts is that reading it gives the same number. */
      double count =
          units[i].factor < 1 ? round (number / units[i].factor) : number / units[i].factor;

      if (count == floor (count) && fabs (count) >= 1 && fabs (count) < MAX_EXACT &&
          count * units[i].factor == number)
        return g_strdup_printf ("%.0f%s", count, units[i].name);
    }

  return g_strdup (g_ascii_dtostr (buffer, sizeof buffer, number));
}

/* Writes a bound or a value of a numeric type so that it can be read back. */
char *
geminga_setting_value_number_to_text (GemingaSettingType type, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  switch (type)
    {
    case GEMINGA_SETTING_TYPE_DURATION:
      return scaled_to_text (number, duration_units, G_N_ELEMENTS (duration_units));
    case GEMINGA_SETTING_TYPE_SIZE:
      return scaled_to_text (number, size_units, G_N_ELEMENTS (size_units));
    case GEMINGA_SETTING_TYPE_MODE:
      return number < 0 ? g_strdup ("") : g_strdup_printf ("%04o", (guint) number);
    case GEMINGA_SETTING_TYPE_INT:
      return g_strdup_printf ("%.0f", number);
    default:
      return g_strdup (g_ascii_dtostr (buffer, sizeof buffer, number));
    }
}

/* Writes a value as it would stand in a configuration file, but for the file's escapes. */
char *
geminga_setting_value_to_text (GemingaSettingInfo *info, GVariant *value)
{
  switch (info->type)
    {
    case GEMINGA_SETTING_TYPE_BOOLEAN:
      return g_strdup (g_variant_get_boolean (value) ? "true" : "false");
    case GEMINGA_SETTING_TYPE_INT:
      return g_strdup_printf ("%" G_GINT64_FORMAT, g_variant_get_int64 (value));
    case GEMINGA_SETTING_TYPE_SIZE:
    case GEMINGA_SETTING_TYPE_MODE:
      return geminga_setting_value_number_to_text (info->type,
                                                   (double) g_variant_get_int64 (value));
    case GEMINGA_SETTING_TYPE_DOUBLE:
    case GEMINGA_SETTING_TYPE_DURATION:
      return geminga_setting_value_number_to_text (info->type, g_variant_get_double (value));
    case GEMINGA_SETTING_TYPE_STRING_LIST:
      {
        g_autofree const char **items = g_variant_get_strv (value, NULL);

        return g_strjoinv (";", (char **) items);
      }
    default:
      return g_variant_dup_string (value, NULL);
    }
}
