/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-json-private.h"

#include <math.h>
#include <string.h>

/* Helpers */

static void append_value (GString *out, GVariant *value);

static void
append_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const guchar *p = (const guchar *) text; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_printf (out, "\\%c", *p);
      else if (*p < 0x20 || *p == 0x7f)
        g_string_append_printf (out, "\\u%04x", *p);
      else
        g_string_append_c (out, (char) *p);
    }
  g_string_append_c (out, '"');
}

/* The shortest text that reads back as the same number. */
static void
append_double (GString *out, double number)
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (number))
    {
      g_string_append (out, "null");
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (buffer, sizeof buffer, formats[i], number);
      if (g_ascii_strtod (buffer, NULL) == number)
        break;
    }

  g_string_append (out, buffer);
}

static void
append_basic (GString *out, GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BOOLEAN:
      g_string_append (out, g_variant_get_boolean (value) ? "true" : "false");
      break;
    case G_VARIANT_CLASS_DOUBLE:
      append_double (out, g_variant_get_double (value));
      break;
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      append_string (out, g_variant_get_string (value, NULL));
      break;
    case G_VARIANT_CLASS_BYTE:
      g_string_append_printf (out, "%u", g_variant_get_byte (value));
      break;
    case G_VARIANT_CLASS_HANDLE:
      g_string_append_printf (out, "%d", g_variant_get_handle (value));
      break;
    default:
      {
        /* Integers: as GVariant writes them. */
        g_autofree char *text = g_variant_print (value, FALSE);

        g_string_append (out, text);
      }
    }
}

static void
append_entry (GString *out, GVariant *entry)
{
  g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
  g_autoptr (GVariant) value = g_variant_get_child_value (entry, 1);

  if (g_variant_is_of_type (key, G_VARIANT_TYPE_STRING) ||
      g_variant_is_of_type (key, G_VARIANT_TYPE_OBJECT_PATH) ||
      g_variant_is_of_type (key, G_VARIANT_TYPE_SIGNATURE))
    append_basic (out, key);
  else
    {
      g_string_append_c (out, '"');
      append_basic (out, key);
      g_string_append_c (out, '"');
    }

  g_string_append_c (out, ':');
  append_value (out, value);
}

static void
append_children (GString *out, GVariant *value)
{
  gboolean is_dictionary = g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY);
  gsize n = g_variant_n_children (value);

  g_string_append_c (out, is_dictionary ? '{' : '[');
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      if (i > 0)
        g_string_append_c (out, ',');
      if (is_dictionary)
        append_entry (out, child);
      else
        append_value (out, child);
    }
  g_string_append_c (out, is_dictionary ? '}' : ']');
}

/* A single dictionary entry is an object, too. */
static void
append_value (GString *out, GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_VARIANT:
    case G_VARIANT_CLASS_MAYBE:
      if (g_variant_n_children (value) == 0)
        g_string_append (out, "null");
      else
        {
          g_autoptr (GVariant) child = g_variant_get_child_value (value, 0);

          append_value (out, child);
        }
      break;
    case G_VARIANT_CLASS_ARRAY:
    case G_VARIANT_CLASS_TUPLE:
      append_children (out, value);
      break;
    case G_VARIANT_CLASS_DICT_ENTRY:
      g_string_append_c (out, '{');
      append_entry (out, value);
      g_string_append_c (out, '}');
      break;
    default:
      append_basic (out, value);
    }
}

/* Public API */

char *
geminga_http_json_from_variant (GVariant *value, gsize *size)
{
  GString *out = g_string_new (NULL);

  append_value (out, value);
  *size = out->len;

  return g_string_free (out, FALSE);
}
