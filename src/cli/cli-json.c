/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-json.h"

#include <math.h>
#include <string.h>

#include "cli-text.h"

static void append_value (GString *json, GVariant *value, int indent);

/* Helpers */

static void
append_escaped (GString *json, gunichar c)
{
  if (c > 0xffff)
    g_string_append_printf (json, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                            0xdc00 + ((c - 0x10000) & 0x3ff));
  else
    g_string_append_printf (json, "\\u%04x", c);
}

static void
append_string (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (c == '"' || c == '\\')
        g_string_append_printf (json, "\\%c", (char) c);
      else if (c == '\n')
        g_string_append (json, "\\n");
      else if (c == '\t')
        g_string_append (json, "\\t");
      else if (cli_text_is_harmful (c))
        append_escaped (json, c);
      else
        g_string_append_unichar (json, c);
    }
  g_string_append_c (json, '"');
}

/* JSON has no words for what is not a number. */
static void
append_double (GString *json, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (number))
    {
      g_string_append (json, "null");
      return;
    }

  g_ascii_dtostr (buffer, sizeof buffer, number);
  g_string_append (json, buffer);
  if (strpbrk (buffer, ".e") == NULL)
    g_string_append (json, ".0");
}

/* A new line in pretty JSON; @indent is negative in short JSON. */
static void
append_line (GString *json, int indent)
{
  if (indent >= 0)
    g_string_append_printf (json, "\n%*s", indent * 2, "");
}

static int
deeper (int indent)
{
  return indent < 0 ? indent : indent + 1;
}

/* Keys of an object are strings; other keys are written as GVariant text. */
static void
append_entry (GString *json, GVariant *entry, int indent)
{
  g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
  g_autoptr (GVariant) value = g_variant_get_child_value (entry, 1);
  g_autofree char *text = NULL;

  if (g_variant_is_of_type (key, G_VARIANT_TYPE_STRING))
    text = g_variant_dup_string (key, NULL);
  else
    text = g_variant_print (key, FALSE);

  append_string (json, text);
  g_string_append (json, indent < 0 ? ":" : ": ");
  append_value (json, value, indent);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  g_autoptr (GVariant) left = g_variant_get_child_value (*(GVariant *const *) a, 0);
  g_autoptr (GVariant) right = g_variant_get_child_value (*(GVariant *const *) b, 0);

  return g_variant_compare (left, right);
}

/* Objects have no order: theirs is made the same each time. */
static GPtrArray *
list_children (GVariant *value, gboolean is_object)
{
  g_autoptr (GPtrArray) children =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  gsize n = g_variant_n_children (value);

  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (children, g_variant_get_child_value (value, i));
  if (is_object)
    g_ptr_array_sort (children, compare_entries);

  return g_steal_pointer (&children);
}

static void
append_container (GString *json, GVariant *value, int indent)
{
  gboolean is_object = g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY);
  g_autoptr (GPtrArray) children = list_children (value, is_object);

  g_string_append_c (json, is_object ? '{' : '[');
  for (guint i = 0; i < children->len; i++)
    {
      GVariant *child = g_ptr_array_index (children, i);

      if (i > 0)
        g_string_append_c (json, ',');
      append_line (json, deeper (indent));
      if (is_object)
        append_entry (json, child, deeper (indent));
      else
        append_value (json, child, deeper (indent));
    }
  if (children->len > 0)
    append_line (json, indent);
  g_string_append_c (json, is_object ? '}' : ']');
}

static void
append_inner (GString *json, GVariant *value, int indent)
{
  g_autoptr (GVariant) child = NULL;

  if (g_variant_n_children (value) == 0)
    {
      g_string_append (json, "null");
      return;
    }

  child = g_variant_get_child_value (value, 0);
  append_value (json, child, indent);
}

static void
append_value (GString *json, GVariant *value, int indent)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BOOLEAN:
      g_string_append (json, g_variant_get_boolean (value) ? "true" : "false");
      break;
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      append_string (json, g_variant_get_string (value, NULL));
      break;
    case G_VARIANT_CLASS_DOUBLE:
      append_double (json, g_variant_get_double (value));
      break;
    case G_VARIANT_CLASS_BYTE:
      g_string_append_printf (json, "%u", g_variant_get_byte (value));
      break;
    case G_VARIANT_CLASS_VARIANT:
    case G_VARIANT_CLASS_MAYBE:
      append_inner (json, value, indent);
      break;
    case G_VARIANT_CLASS_ARRAY:
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
      append_container (json, value, indent);
      break;
    default: /* the other numbers: their text is JSON already, but that of handles */
      {
        g_autofree char *text = g_variant_print (value, FALSE);

        g_string_append (json,
                         g_str_has_prefix (text, "handle ") ? text + strlen ("handle ") : text);
      }
    }
}

/* Public API */

/* Appends @value as JSON; @is_pretty spreads it over lines. */
void
cli_json_append (GString *json, GVariant *value, gboolean is_pretty)
{
  append_value (json, value, is_pretty ? 0 : -1);
}
