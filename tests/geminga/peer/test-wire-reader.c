/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "../../fuzz/wire-check.h"
#include "wire-samples.h"

/* A stream of messages, byte by byte: the size is known with the first 16 bytes, and right. */
static void
test_peek (void)
{
  g_autoptr (GByteArray) bytes = wire_sample_message (5);

  for (gsize size = 0; size <= bytes->len; size++)
    {
      g_autoptr (GError) error = NULL;
      gsize needed = 0;

      geminga_wire_peek_size (bytes->data, size, &geminga_wire_limits_default, &needed, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (needed, ==,
                        size < GEMINGA_WIRE_FIXED_HEADER ? GEMINGA_WIRE_FIXED_HEADER : bytes->len);
    }
}

static void
test_peek_limits (void)
{
  g_autoptr (GByteArray) bytes = wire_sample_message (0);
  GemingaWireLimits limits = geminga_wire_limits_default;
  g_autoptr (GError) error = NULL;
  gsize needed;

  limits.max_message = bytes->len;
  g_assert_true (geminga_wire_peek_size (bytes->data, bytes->len, &limits, &needed, NULL));
  limits.max_message--;
  g_assert_false (geminga_wire_peek_size (bytes->data, bytes->len, &limits, &needed, &error));
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE);
  g_clear_error (&error);

  limits = geminga_wire_limits_default;
  limits.max_header = 16;
  g_assert_false (geminga_wire_peek_size (bytes->data, bytes->len, &limits, &needed, &error));
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE);
}

/* Several messages in one buffer, none at an address that suits its alignment. */
static void
test_batch (void)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  GemingaWireHeaderCache cache = { 0 };
  gsize position = 1;
  guint n = 0;

  g_byte_array_append (stream, (const guint8 *) "x", 1);
  for (guint i = 0; i < G_N_ELEMENTS (wire_samples); i++)
    {
      g_autoptr (GByteArray) one = wire_sample_message (i);

      g_byte_array_append (stream, one->data, one->len);
    }

  while (position < stream->len)
    {
      g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
      g_autoptr (GVariant) body = wire_sample (n);
      g_autoptr (GError) error = NULL;
      gsize needed;

      g_assert_true (geminga_wire_peek_size (stream->data + position, stream->len - position,
                                             &geminga_wire_limits_default, &needed, NULL));
      geminga_wire_parse (stream->data + position, needed, &geminga_wire_limits_default, &cache,
                          &message, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (message.serial, ==, ++n);
      g_assert_cmpvariant (message.body, body);
      position += needed;
    }

  g_assert_cmpuint (n, ==, G_N_ELEMENTS (wire_samples));
}

static void
parse_call (GemingaWireHeaderCache *cache,
            const char *member,
            const char *destination,
            guint32 serial,
            gboolean is_cached)
{
  g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new ("(u)", serial));
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  GemingaWireMessage call = { .type = GEMINGA_WIRE_MESSAGE_CALL,
                              .flags = serial & 7,
                              .serial = serial,
                              .path = "/a",
                              .interface = "a.b",
                              .member = member,
                              .destination = destination,
                              .body = body };
  g_autoptr (GError) error = NULL;

  geminga_wire_message_set_extension (&call, GEMINGA_WIRE_EXTENSION_DEADLINE, serial * 1000);
  g_assert_true (geminga_wire_write (out, &call, NULL));
  geminga_wire_parse (out->data, out->len, &geminga_wire_limits_default, cache, &message, &error);
  g_assert_no_error (error);

  call.signature = "u";
  wire_check_same (&call, &message);
  g_assert_cmpint (message.cached, ==, is_cached);
}

static void
parse_reply (GemingaWireHeaderCache *cache, guint32 serial, gboolean is_cached)
{
  g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new ("(s)", "ok"));
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  GemingaWireMessage reply = {
    .type = GEMINGA_WIRE_MESSAGE_REPLY, .serial = serial, .reply_serial = serial + 1, .body = body
  };

  g_assert_true (geminga_wire_write (out, &reply, NULL));
  g_assert_true (geminga_wire_parse (out->data, out->len, &geminga_wire_limits_default, cache,
                                     &message, NULL));
  reply.signature = "s";
  wire_check_same (&reply, &message);
  g_assert_cmpint (message.cached, ==, is_cached);
}

/* What varies does not spoil the cache; what it keeps does; each type of message has its own. */
static void
test_cache (void)
{
  GemingaWireHeaderCache cache = { 0 };

  parse_call (&cache, "Ping", NULL, 1, FALSE);
  parse_call (&cache, "Ping", NULL, 2, TRUE);
  parse_reply (&cache, 3, FALSE);
  parse_call (&cache, "Ping", NULL, 4, TRUE);
  parse_reply (&cache, 5, TRUE);
  parse_call (&cache, "Pong", NULL, 6, FALSE);
  parse_call (&cache, "Pong", NULL, 7, TRUE);
  parse_call (&cache, "Pong", "x.y", 8, FALSE);
  parse_call (&cache, "Pong", "x.y", 9, TRUE);
  parse_call (&cache, "Ping", NULL, 10, FALSE);
  g_assert_cmpuint (cache.n_hits, ==, 5);
  g_assert_cmpuint (cache.n_misses, ==, 5);
}

/* A header that is too long for the cache works without. */
static void
test_cache_long (void)
{
  GemingaWireHeaderCache cache = { 0 };
  g_autofree char *member = g_strnfill (255, 'M');

  parse_call (&cache, member, NULL, 1, FALSE);
  parse_call (&cache, member, NULL, 2, FALSE);
  parse_call (&cache, "Ping", NULL, 3, FALSE);
  parse_call (&cache, member, NULL, 4, FALSE);
  parse_call (&cache, "Ping", NULL, 5, FALSE);
}

/* Strings after the numbers are outside of the cache: they are checked although the front is known. */
static void
test_cache_behind (void)
{
  GemingaWireHeaderCache cache = { 0 };
  g_autoptr (GByteArray) out = g_byte_array_new ();
  GemingaWireMessage call = {
    .type = GEMINGA_WIRE_MESSAGE_CALL, .serial = 1, .path = "/a", .member = "M"
  };
  static const guint8 sender[] = { 7, 1, 's', 0, 4, 0, 0, 0, ':', '1', '.', '2', 0 };
  static const guint8 zeros[8] = { 0 };
  guint32 fields;

  geminga_wire_message_set_extension (&call, GEMINGA_WIRE_EXTENSION_DEADLINE, 1);
  g_assert_true (geminga_wire_write (out, &call, NULL));
  g_assert_true (wire_check_bytes (out->data, out->len, &cache));

  memcpy (&fields, out->data + 12, 4);
  fields += sizeof sender;
  memcpy (out->data + 12, &fields, 4);
  g_byte_array_append (out, sender, sizeof sender);
  g_byte_array_append (out, zeros, 3);

  for (guint i = 0; i < 2; i++)
    {
      g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
      g_autoptr (GError) error = NULL;

      geminga_wire_parse (out->data, out->len, &geminga_wire_limits_default, &cache, &message,
                          &error);
      g_assert_no_error (error);
      g_assert_cmpstr (message.sender, ==, ":1.2");
      g_assert_false (message.cached);
    }

  out->data[out->len - 8] = '/'; /* its first byte */
  g_assert_false (wire_check_bytes (out->data, out->len, &cache));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/wire-reader/peek", test_peek);
  g_test_add_func ("/peer/wire-reader/peek-limits", test_peek_limits);
  g_test_add_func ("/peer/wire-reader/batch", test_batch);
  g_test_add_func ("/peer/wire-reader/cache", test_cache);
  g_test_add_func ("/peer/wire-reader/cache-long", test_cache_long);
  g_test_add_func ("/peer/wire-reader/cache-behind", test_cache_behind);

  return g_test_run ();
}
