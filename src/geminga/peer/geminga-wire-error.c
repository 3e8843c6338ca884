/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-error.h"
#include "geminga-wire-private.h"

#include <string.h>

/*
 * GError ⇄ D-Bus error. Domains that are registered with GDBus have names of their own; any other is
 * packed into a name the way GDBus does it. GDBus unpacks a name too, but leaves its own words in front
 * of the message, and writes names that are not valid for negative codes.
 */

#define PACKED_PREFIX "org.gtk.GDBus.UnmappedGError.Quark._"
#define PACKED_CODE   ".Code"
#define FALLBACK_NAME "org.geminga1.Error.Failed"

/* Helpers */

static char *
pack_name (const GError *error)
{
  const char *domain = g_quark_to_string (error->domain);
  GString *name = g_string_new (PACKED_PREFIX);

  for (const char *c = domain != NULL ? domain : ""; *c != '\0'; c++)
    {
      if (g_ascii_isalnum (*c))
        g_string_append_c (name, *c);
      else
        g_string_append_printf (name, "_%02x", (guint8) *c);
    }

  g_string_append_printf (name, PACKED_CODE "%u", (guint32) error->code);

  return g_string_free (name, FALSE);
}

static gboolean
unpack_domain (const char *text, gsize length, GQuark *domain)
{
  g_autoptr (GString) name = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      int high;
      int low;

      if (text[i] != '_')
        {
          g_string_append_c (name, text[i]);
          continue;
        }

      if (length - i < 3)
        return FALSE;
      high = g_ascii_xdigit_value (text[i + 1]);
      low = g_ascii_xdigit_value (text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0))
        return FALSE;
      g_string_append_c (name, (char) (high << 4 | low));
      i += 2;
    }

  if (name->len == 0 || !g_utf8_validate_len (name->str, name->len, NULL))
    return FALSE;

  /* The domain need not be in use in this process yet. */
  *domain = g_quark_from_string (name->str);

  return TRUE;
}

static gboolean
unpack_name (const char *name, GQuark *domain, int *code)
{
  const char *start;
  const char *end;
  guint64 value;

  if (!g_str_has_prefix (name, PACKED_PREFIX))
    return FALSE;

  start = name + strlen (PACKED_PREFIX);
  end = strchr (start, '.');
  if (end == NULL || !g_str_has_prefix (end, PACKED_CODE) ||
      !g_ascii_string_to_unsigned (end + strlen (PACKED_CODE), 10, 0, G_MAXUINT32, &value, NULL))
    return FALSE;

  *code = (int) (guint32) value;

  return unpack_domain (start, (gsize) (end - start), domain);
}

/* Public API */

/* Gives the D-Bus error name that stands for the domain and code of @error. */
char *
geminga_wire_error_to_name (const GError *error)
{
  g_autofree char *name = NULL;

  g_assert (geminga_error_quark () != 0); /* registers its names */

  name = g_dbus_error_encode_gerror (error);
  if (g_str_has_prefix (name, PACKED_PREFIX))
    {
      g_free (name);
      name = pack_name (error);
    }

  /* A domain whose name is too long to be packed. */
  if (!g_dbus_is_error_name (name))
    return g_strdup (FALLBACK_NAME);

  return g_steal_pointer (&name);
}

/* Gives the body of an error message: the text alone, made UTF-8 if it is not. */
GVariant *
geminga_wire_error_to_body (const GError *error)
{
  g_autofree char *text = g_utf8_make_valid (error->message, -1);

  return g_variant_ref_sink (g_variant_new ("(s)", text));
}

/* Gives the error that @name stands for. A name that nobody knows stays in front of the message. */
GError *
geminga_wire_error_from (const char *name, const char *text)
{
  GError *error;
  GQuark domain;
  int code;

  g_assert (geminga_error_quark () != 0);

  if (unpack_name (name, &domain, &code))
    return g_error_new_literal (domain, code, text);

  error = g_dbus_error_new_for_dbus_error (name, text);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_DBUS_ERROR))
    g_dbus_error_strip_remote_error (error);

  return error;
}

/* The same for an error message, whose text is its first argument if that is a string. */
GError *
geminga_wire_error_from_message (const GemingaWireMessage *message)
{
  g_autoptr (GVariant) first = NULL;

  g_return_val_if_fail (message->type == GEMINGA_WIRE_MESSAGE_ERROR, NULL);

  if (g_variant_n_children (message->body) > 0)
    first = g_variant_get_child_value (message->body, 0);

  return geminga_wire_error_from (
      message->error_name, first != NULL && g_variant_is_of_type (first, G_VARIANT_TYPE_STRING)
                               ? g_variant_get_string (first, NULL)
                               : "");
}
