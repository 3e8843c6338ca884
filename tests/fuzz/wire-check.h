/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <geminga-wire-private.h>
#include <string.h>

/*
 * What must hold for any bytes at all: they are read, or refused with an error; a header cache changes
 * nothing; what was read is in normal form and survives being written and read again.
 */

static inline void
wire_check_same (const GemingaWireMessage *a, const GemingaWireMessage *b)
{
  g_assert_cmpuint (a->type, ==, b->type);
  g_assert_cmpuint (a->flags, ==, b->flags);
  g_assert_cmpuint (a->serial, ==, b->serial);
  g_assert_cmpuint (a->reply_serial, ==, b->reply_serial);
  g_assert_cmpuint (a->n_fds, ==, b->n_fds);
  g_assert_cmpstr (a->path, ==, b->path);
  g_assert_cmpstr (a->interface, ==, b->interface);
  g_assert_cmpstr (a->member, ==, b->member);
  g_assert_cmpstr (a->error_name, ==, b->error_name);
  g_assert_cmpstr (a->destination, ==, b->destination);
  g_assert_cmpstr (a->sender, ==, b->sender);
  g_assert_cmpstr (a->signature, ==, b->signature);
  g_assert_cmpuint (a->extensions, ==, b->extensions);
  g_assert_true (memcmp (a->extension, b->extension, sizeof a->extension) == 0);
  g_assert_true (g_variant_is_of_type (a->body, g_variant_get_type (b->body)));
  g_assert_cmpmem (g_variant_get_data (a->body), g_variant_get_size (a->body),
                   g_variant_get_data (b->body), g_variant_get_size (b->body));
}

/* Looks at the serialised body as if a stranger had sent it. */
static inline void
wire_check_normal (GVariant *body)
{
  g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (body);
  g_autoptr (GVariant) stranger =
      g_variant_ref_sink (g_variant_new_from_bytes (g_variant_get_type (body), bytes, FALSE));

  g_assert_true (g_variant_is_normal_form (stranger));
}

static inline gboolean
wire_check_bytes (const guint8 *bytes, gsize size, GemingaWireHeaderCache *cache)
{
  const GemingaWireLimits *limits = &geminga_wire_limits_default;
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  g_auto (GemingaWireMessage) cached = GEMINGA_WIRE_MESSAGE_INIT;
  g_auto (GemingaWireMessage) again = GEMINGA_WIRE_MESSAGE_INIT;
  g_autoptr (GByteArray) out = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) cached_error = NULL;
  gboolean is_valid = geminga_wire_parse (bytes, size, limits, NULL, &message, &error);

  g_assert_true (is_valid == (error == NULL));
  g_assert_true (is_valid ==
                 geminga_wire_parse (bytes, size, limits, cache, &cached, &cached_error));

  if (!is_valid)
    {
      g_assert_true (error->domain == GEMINGA_WIRE_ERROR);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_cmpint (error->code, ==, cached_error->code);
      g_assert_null (message.body);
      return FALSE;
    }

  wire_check_same (&message, &cached);
  wire_check_normal (message.body);

  out = g_byte_array_new ();
  geminga_wire_write (out, &message, &error);
  g_assert_no_error (error);
  geminga_wire_parse (out->data, out->len, limits, NULL, &again, &error);
  g_assert_no_error (error);
  wire_check_same (&message, &again);

  return TRUE;
}
