/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-link-body-private.h"

#include "geminga-link-slots-private.h"

#include <string.h>

/* Helpers */

static gboolean
is_foreign_type (const char *type)
{
  if (*type == '{' || strchr (type, 'm') != NULL || strstr (type, "()") != NULL)
    return TRUE;

  for (const char *brace = strchr (type, '{'); brace != NULL; brace = strchr (brace + 1, '{'))
    if (brace[-1] != 'a')
      return TRUE;

  return FALSE;
}

/* What variants hold is not in the type of what they are in. */
static gboolean
has_foreign_variant (GVariant *value)
{
  gboolean is_variant = g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT);

  if (strchr (g_variant_get_type_string (value), 'v') == NULL)
    return FALSE;

  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      if ((is_variant && is_foreign_type (g_variant_get_type_string (child))) ||
          has_foreign_variant (child))
        return TRUE;
    }

  return FALSE;
}

/* The arguments themselves are a tuple that may be empty. */
static gboolean
is_foreign_body (GVariant *body)
{
  for (gsize i = 0; i < g_variant_n_children (body); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (body, i);

      if (is_foreign_type (g_variant_get_type_string (child)))
        return TRUE;
    }

  return has_foreign_variant (body);
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED, "Packed body: %s", what);

  return FALSE;
}

/* Private API */

GVariant *
geminga_link_body_pack (GVariant *body)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) flat = NULL;

  if (body == NULL || !is_foreign_body (body))
    return NULL;

  /* What is nested deeper than GVariant reads again is not normal either. */
  bytes = g_variant_get_data_as_bytes (body);
  flat = g_variant_ref_sink (g_variant_new_from_bytes (g_variant_get_type (body), bytes, FALSE));
  if (!g_variant_is_normal_form (flat))
    return NULL;

  return g_variant_ref_sink (
      g_variant_new ("(s@ay)", g_variant_get_type_string (body),
                     g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE)));
}

gboolean
geminga_link_body_unpack (GemingaWireMessage *message, GError **error)
{
  g_autoptr (GVariant) flat = NULL;
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *type;
  guint64 kind;

  if (!geminga_wire_message_get_extension (message, GEMINGA_WIRE_EXTENSION_KIND, &kind) ||
      kind == GEMINGA_LINK_KIND_SHARED)
    return TRUE;
  if (kind != GEMINGA_LINK_KIND_PACKED ||
      !g_variant_is_of_type (message->body, G_VARIANT_TYPE ("(say)")))
    return fail (error, "it is of no kind that is known");

  g_variant_get (message->body, "(&s@ay)", &type, &flat);
  if (!g_variant_type_string_is_valid (type) || !g_variant_type_is_tuple (G_VARIANT_TYPE (type)) ||
      !g_variant_type_is_definite (G_VARIANT_TYPE (type)))
    return fail (error, "it is of no type that values have");

  bytes = g_variant_get_data_as_bytes (flat);
  body = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));
  if (!g_variant_is_normal_form (body))
    return fail (error, "its bytes are no value of its type");

  g_variant_unref (message->body);
  message->body = g_steal_pointer (&body);

  return TRUE;
}
