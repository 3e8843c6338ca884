/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-value.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "cli-error.h"

/* Helpers */

static gboolean
is_quoted (const char *text)
{
  gsize length = strlen (text);

  return length >= 2 && (text[0] == '"' || text[0] == '\'') && text[length - 1] == text[0];
}

/* Bare words are taken as they are; quotes are there for what would not be a word. */
static GVariant *
parse_text (const GVariantType *type, const char *text)
{
  GVariant *value = NULL;

  if (is_quoted (text))
    value = g_variant_parse (type, text, NULL, NULL, NULL);
  if (value != NULL || !g_utf8_validate (text, -1, NULL))
    return value;

  switch (*g_variant_type_peek_string (type))
    {
    case 's':
      return g_variant_ref_sink (g_variant_new_string (text));
    case 'o':
      return g_variant_is_object_path (text) ? g_variant_ref_sink (g_variant_new_object_path (text))
                                             : NULL;
    default:
      return g_variant_is_signature (text) ? g_variant_ref_sink (g_variant_new_signature (text))
                                           : NULL;
    }
}

static GVariant *
parse_boolean (const char *text)
{
  static const char *const yes[] = { "true", "yes", "on", "1", NULL };
  static const char *const no[] = { "false", "no", "off", "0", NULL };

  if (g_strv_contains (yes, text) || g_strv_contains (no, text))
    return g_variant_ref_sink (g_variant_new_boolean (g_strv_contains (yes, text)));

  return NULL;
}

/* GVariant text if it is; otherwise a word. */
static GVariant *
parse_variant (const char *text)
{
  GVariant *value = g_variant_parse (NULL, text, NULL, NULL, NULL);

  if (value == NULL)
    value = parse_text (G_VARIANT_TYPE_STRING, text);
  if (value != NULL && !g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      g_autoptr (GVariant) inner = value;

      value = g_variant_ref_sink (g_variant_new_variant (inner));
    }

  return value;
}

/* Words with commas between them, where there are no brackets. */
static GVariant *
parse_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit (*text != '\0' ? text : "", ",", -1);

  for (gsize i = 0; words[i] != NULL; i++)
    g_strstrip (words[i]);

  return g_variant_ref_sink (g_variant_new_strv ((const char *const *) words, -1));
}

static GVariant *
parse (const GVariantType *type, const char *text, GError **error)
{
  const char *letters = g_variant_type_peek_string (type);

  switch (*letters)
    {
    case 's':
    case 'o':
    case 'g':
      return parse_text (type, text);
    case 'b':
      return parse_boolean (text);
    case 'v':
      return parse_variant (text);
    default:
      if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING_ARRAY) && *text != '[' &&
          *text != '@' && g_utf8_validate (text, -1, NULL))
        return parse_words (text);
      return g_variant_parse (type, text, NULL, NULL, error);
    }
}

static const char *
describe_type (const GVariantType *type)
{
  switch (*g_variant_type_peek_string (type))
    {
    case 's':
      return _ ("text in UTF-8");
    case 'o':
      return _ ("an object path, such as /org/geminga1");
    case 'g':
      return _ ("a D-Bus signature");
    case 'b':
      return _ ("true or false");
    case 'y':
      return _ ("a whole number from 0 to 255");
    case 'n':
    case 'i':
    case 'x':
      return _ ("a whole number");
    case 'q':
    case 'u':
    case 't':
      return _ ("a whole number that is not negative");
    case 'd':
      return _ ("a number");
    default:
      return _ ("a value in GVariant text");
    }
}

/* What may be left out: the options that nearly every command has as its last argument. */
static gboolean
may_leave_out_last (CliMethod *method)
{
  CliArgument *last;

  if (method->in->len == 0)
    return FALSE;

  last = g_ptr_array_index (method->in, method->in->len - 1);
  return g_str_equal (last->type, "a{sv}");
}

static gboolean
check_count (CliMethod *method, guint n, GError **error)
{
  g_autofree char *usage = NULL;

  if (n == method->in->len || (n + 1 == method->in->len && may_leave_out_last (method)))
    return TRUE;

  usage = cli_method_dup_usage (method);
  g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE,
               g_dngettext (GETTEXT_PACKAGE, "%s takes %u argument, not %u: %s",
                            "%s takes %u arguments, not %u: %s", method->in->len),
               method->name, method->in->len, n, usage);
  return FALSE;
}

/* Public API */

/* Gives the value of @type that @text stands for. */
GVariant *
cli_value_parse (const GVariantType *type, const char *text, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *letters = g_variant_type_dup_string (type);
  GVariant *value = parse (type, text, &local_error);

  if (value == NULL && local_error != NULL && g_variant_type_is_container (type))
    g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE, _ ("“%s” is not %s of type “%s”: %s"), text,
                 describe_type (type), letters, local_error->message);
  else if (value == NULL)
    g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE, _ ("“%s” is not %s"), text,
                 describe_type (type));

  return value;
}

/* Gives the arguments of a call of @method as a tuple. */
GVariant *
cli_value_parse_arguments (CliMethod *method, const char *const *texts, GError **error)
{
  guint n = g_strv_length ((char **) texts);
  g_autoptr (GVariantBuilder) builder = NULL;

  if (!check_count (method, n, error))
    return NULL;

  builder = g_variant_builder_new (G_VARIANT_TYPE_TUPLE);
  for (guint i = 0; i < method->in->len; i++)
    {
      CliArgument *argument = g_ptr_array_index (method->in, i);
      g_autoptr (GVariant) value =
          cli_value_parse (G_VARIANT_TYPE (argument->type), i < n ? texts[i] : "{}", error);

      if (value == NULL)
        {
          g_prefix_error (error, _ ("Argument “%s” of %s: "), argument->name, method->name);
          return NULL;
        }
      g_variant_builder_add_value (builder, value);
    }

  return g_variant_ref_sink (g_variant_builder_end (builder));
}
