/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <geminga-wire-private.h>

/* Bodies of every type and awkward layout, as GVariant text. Handles are below WIRE_SAMPLE_FDS. */

#define WIRE_SAMPLE_FDS 4

static const char *const wire_samples[] = {
  "()",
  "(byte 0xff,)",
  "(true,)",
  "(false, true)",
  "(int16 -2,)",
  "(uint16 65535,)",
  "(-2147483648,)",
  "(uint32 4294967295,)",
  "(int64 -9223372036854775808,)",
  "(uint64 18446744073709551615,)",
  "(3.141592653589793,)",
  "(-0.0, 1e308, 4.9e-300)",
  "(handle 0,)",
  "(handle 3, handle 1, 'x', handle 0)",
  "('',)",
  "('a',)",
  "('ä€😀',)",
  "(objectpath '/',)",
  "(objectpath '/org/geminga1/a_b/C3',)",
  "(signature '',)",
  "(signature 'a{s(iv)}',)",
  "(byte 1, uint64 2)",
  "(byte 1, int16 2, byte 3, 4, byte 5, int64 6, byte 7)",
  "(true, byte 1, true)",
  "('a', byte 1, 'bc', int64 2, 'def')",
  "((byte 1,),)",
  "((byte 1, uint64 2), byte 3)",
  "((1, 2, 3), (byte 4, byte 5))",
  "((true, (true, (byte 1, 2.0))), 3)",
  "(('a', ('b', ('c', 1))), 'd')",
  "(((((1,),),),),)",
  "(@ay [],)",
  "(@as [], @ao [], @ag [])",
  "(@ax [], byte 1)",
  "(byte 1, @a(xs) [], byte 2)",
  "(@a{sv} {},)",
  "(@a{sv} {}, @a{sv} {}, 1)",
  "(@av [],)",
  "(@aas [], @aay [[], []])",
  "(@ab [true, false, true],)",
  "(@an [1, 2, 3], @aq [1, 2, 3])",
  "(@ai [1, 2, 3], @au [1])",
  "(@ax [1, -2], @at [3], @ad [4.5, 6])",
  "(@ah [0, 1, 2, 3],)",
  "(b'hello world',)",
  "(['a', '', 'ccc'],)",
  "([objectpath '/', '/a'], [signature 's', ''])",
  "(@aai [[1], [], [2, 3]], byte 1)",
  "(@a(tt) [(1, 2), (3, 4)],)",
  "(@a(ti) [(1, 2), (3, 4)], byte 1)",
  "(@a(iy) [(1, 2), (3, 4)], byte 1)",
  "(@a(yy) [(1, 2), (3, 4), (5, 6)],)",
  "(@a(yb) [(1, true), (2, false)],)",
  "(@a((ii)t) [((1, 2), 3), ((4, 5), 6)],)",
  "(@a(ys) [(1, 'a'), (2, 'bcd')],)",
  "(@a(sy) [('a', 1), ('bcd', 2)],)",
  "(@a{is} {1: 'a', 2: 'b'},)",
  "(@a{yt} {1: 2, 3: 4},)",
  "(@a{tt} {1: 2, 3: 4},)",
  "(@a{ss} {'a': 'b', '': ''}, 'tail')",
  "(@a{ob} {'/': true}, @a{gd} {'ay': 1})",
  "({'a': <1>, 'b': <'two'>, 'c': <@ay []>, 'd': <(1, 'x')>},)",
  "({'a': <{'b': <{'c': <[<1>, <2.0>]>}>}>},)",
  "(<byte 1>,)",
  "(<<<'deep'>>>, byte 2)",
  "([<byte 1>, <int64 2>, <'s'>, <@as []>],)",
  "((byte 1, <uint64 2>), <(byte 1, uint64 2)>)",
  "(@a(oa{sa{sv}}) [('/a', {'i.f': {'p': <true>, 'q': <[1, 2]>}}), ('/b', {})],)",
  "(@aaaaas [[[[['x'], []]], []]],)",
  "(1, 'sender', @ay [1, 2], {'deadline': <uint64 30>}, byte 9)",
};

/* Sample @index as a body that is serialised already. */
static inline GVariant *
wire_sample (guint index)
{
  g_autoptr (GError) error = NULL;
  GVariant *body = g_variant_parse (NULL, wire_samples[index], NULL, NULL, &error);

  g_assert_no_error (error);

  return g_variant_take_ref (body);
}

/* The signature of a body, without the parentheses of its tuple. */
static inline char *
wire_sample_signature (GVariant *body)
{
  const char *type = g_variant_get_type_string (body);

  return g_strndup (type + 1, strlen (type) - 2);
}

static inline GByteArray *
wire_sample_message (guint index)
{
  g_autoptr (GVariant) body = wire_sample (index);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  GemingaWireMessage message = { .type = GEMINGA_WIRE_MESSAGE_CALL + index % 4,
                                 .serial = index + 1,
                                 .n_fds = WIRE_SAMPLE_FDS,
                                 .body = body };
  g_autoptr (GError) error = NULL;

  if (message.type == GEMINGA_WIRE_MESSAGE_CALL || message.type == GEMINGA_WIRE_MESSAGE_SIGNAL)
    {
      message.path = "/org/geminga1/test";
      message.interface = "org.geminga1.Test";
      message.member = "Method";
      geminga_wire_message_set_extension (&message, GEMINGA_WIRE_EXTENSION_DEADLINE,
                                          30 * G_USEC_PER_SEC);
      geminga_wire_message_set_extension (&message, GEMINGA_WIRE_EXTENSION_KIND, index);
    }
  else
    message.reply_serial = index + 7;

  if (message.type == GEMINGA_WIRE_MESSAGE_ERROR)
    message.error_name = "org.geminga1.Error.Failed";
  if (index % 3 == 0)
    message.destination = "org.example.Calc";
  if (index % 5 == 0)
    message.sender = ":1.42";

  geminga_wire_write (out, &message, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&out);
}
