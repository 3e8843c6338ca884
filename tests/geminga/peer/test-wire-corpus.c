/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "../../fuzz/wire-check.h"
#include "wire-samples.h"

/*
 * Messages that must be refused, and why; then many more that only must do no harm. Everything is
 * little-endian, and in memory of exactly its size, so that a sanitizer sees a read beyond it.
 */

#define MALFORMED   GEMINGA_WIRE_ERROR_MALFORMED
#define TRUNCATED   GEMINGA_WIRE_ERROR_TRUNCATED
#define TOO_LARGE   GEMINGA_WIRE_ERROR_TOO_LARGE
#define UNSUPPORTED GEMINGA_WIRE_ERROR_UNSUPPORTED

/* A literal with its length, without the 0 at its end. */
#define BYTES(literal) literal, sizeof (literal) - 1

#define N_MUTATIONS 20000

/* Helpers */

static void
append_uint32 (GByteArray *out, guint32 value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (out, (const guint8 *) &value, 4);
}

static void
pad (GByteArray *out, guint align)
{
  while (out->len % align != 0)
    g_byte_array_append (out, (const guint8 *) "", 1);
}

/* A message with these header fields and body, whatever they are. */
static GByteArray *
assemble (guint8 type, const char *fields, gsize fields_size, const char *body, gsize body_size)
{
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, (const guint8[]){ 'l', type, 0, 1 }, 4);
  append_uint32 (out, (guint32) body_size);
  append_uint32 (out, 1);
  append_uint32 (out, (guint32) fields_size);
  g_byte_array_append (out, (const guint8 *) fields, (guint) fields_size);
  pad (out, 8);
  g_byte_array_append (out, (const guint8 *) body, (guint) body_size);

  return out;
}

/* A reply with this body; 2 file descriptors come with it. */
static GByteArray *
assemble_body (const char *signature, const char *body, gsize body_size)
{
  static const char front[] = "\5\1u\0\1\0\0\0\x09\1u\0\2\0\0";
  g_autoptr (GByteArray) fields = g_byte_array_new ();
  guint8 length = (guint8) strlen (signature);

  g_byte_array_append (fields, (const guint8 *) front, sizeof front);
  if (length > 0)
    {
      g_byte_array_append (fields, (const guint8 *) "\10\1g", 4);
      g_byte_array_append (fields, &length, 1);
      g_byte_array_append (fields, (const guint8 *) signature, length + 1u);
    }

  return assemble (GEMINGA_WIRE_MESSAGE_REPLY, (const char *) fields->data, fields->len, body,
                   body_size);
}

static void
assert_refused (GByteArray *bytes, int code, const char *what)
{
  g_autofree guint8 *exact = g_memdup2 (bytes->data, bytes->len);
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  GemingaWireHeaderCache cache = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (
      geminga_wire_parse (exact, bytes->len, &geminga_wire_limits_default, NULL, &message, &error));
  g_test_message ("%s: %s", what, error->message);
  g_assert_error (error, GEMINGA_WIRE_ERROR, code);
  g_assert_false (wire_check_bytes (exact, bytes->len, &cache));
}

/* Bodies */

static const struct
{
  const char *what;
  const char *signature;
  const char *body;
  gsize size;
  int code;
} bodies[] = {
  { "boolean 2", "b", BYTES ("\2\0\0\0"), MALFORMED },
  { "boolean -1", "b", BYTES ("\xff\xff\xff\xff"), MALFORMED },
  { "boolean short", "b", BYTES ("\1\0\0"), TRUNCATED },
  { "no byte", "y", BYTES (""), TRUNCATED },
  { "byte and more", "y", BYTES ("ab"), MALFORMED },
  { "int16 short", "n", BYTES ("a"), TRUNCATED },
  { "int32 short", "i", BYTES ("abc"), TRUNCATED },
  { "int64 short", "x", BYTES ("abcdefg"), TRUNCATED },
  { "double short", "d", BYTES ("abcd"), TRUNCATED },
  { "padding not zero", "yi", BYTES ("a\0\1\0\1\0\0\0"), MALFORMED },
  { "padding not zero at the end", "yt", BYTES ("a\0\0\0\0\0\0\1\1\0\0\0\0\0\0\0"), MALFORMED },
  { "padding short", "yt", BYTES ("a\0\0"), TRUNCATED },
  { "padding, then nothing", "yt", BYTES ("a\0\0\0\0\0\0\0"), TRUNCATED },
  { "string length short", "s", BYTES ("\0\0"), TRUNCATED },
  { "string length alone", "s", BYTES ("\0\0\0\0"), TRUNCATED },
  { "string one too long", "s", BYTES ("\5\0\0\0abcd\0"), TRUNCATED },
  { "string one too short", "s", BYTES ("\3\0\0\0abcd\0"), MALFORMED },
  { "string of 4 GiB", "s",
    BYTES ("\xff\xff\xff\xff"
           "abcd\0"),
    TRUNCATED },
  { "string of 2 GiB", "s",
    BYTES ("\xff\xff\xff\x7f"
           "abcd\0"),
    TRUNCATED },
  { "string not terminated", "s", BYTES ("\4\0\0\0abcdX"), MALFORMED },
  { "string with a 0", "s", BYTES ("\3\0\0\0a\0b\0"), MALFORMED },
  { "string not UTF-8", "s", BYTES ("\1\0\0\0\xff\0"), MALFORMED },
  { "string overlong", "s", BYTES ("\2\0\0\0\xc0\x80\0"), MALFORMED },
  { "string surrogate", "s", BYTES ("\3\0\0\0\xed\xa0\x80\0"), MALFORMED },
  { "string half a character", "s", BYTES ("\2\0\0\0\xe2\x82\0"), MALFORMED },
  { "string above U+10FFFF", "s", BYTES ("\4\0\0\0\xf4\x90\x80\x80\0"), MALFORMED },
  { "path empty", "o", BYTES ("\0\0\0\0\0"), MALFORMED },
  { "path relative", "o", BYTES ("\1\0\0\0a\0"), MALFORMED },
  { "path ends with a slash", "o", BYTES ("\3\0\0\0/a/\0"), MALFORMED },
  { "path two slashes", "o", BYTES ("\2\0\0\0//\0"), MALFORMED },
  { "path with a dash", "o", BYTES ("\4\0\0\0/a-b\0"), MALFORMED },
  { "path one too long", "o", BYTES ("\3\0\0\0/a\0"), TRUNCATED },
  { "signature nothing", "g", BYTES (""), TRUNCATED },
  { "signature without text", "g", BYTES ("\1"), TRUNCATED },
  { "signature one too long", "g", BYTES ("\2i\0"), TRUNCATED },
  { "signature one too short", "g", BYTES ("\1ii\0"), MALFORMED },
  { "signature of 255", "g", BYTES ("\xffii\0"), TRUNCATED },
  { "signature not terminated", "g", BYTES ("\1ii"), MALFORMED },
  { "signature with a 0", "g", BYTES ("\2i\0\0"), MALFORMED },
  { "signature not closed", "g", BYTES ("\1(\0"), MALFORMED },
  { "signature maybe", "g", BYTES ("\2mi\0"), UNSUPPORTED },
  { "signature empty struct", "g", BYTES ("\2()\0"), MALFORMED },
  { "signature entry alone", "g", BYTES ("\4{sv}\0"), MALFORMED },
  { "variant nothing", "v", BYTES (""), TRUNCATED },
  { "variant without type", "v", BYTES ("\0\0"), MALFORMED },
  { "variant of two types", "v", BYTES ("\2yy\0ab"), MALFORMED },
  { "variant without value", "v", BYTES ("\1y\0"), TRUNCATED },
  { "variant not terminated", "v", BYTES ("\1yya"), MALFORMED },
  { "variant of no type", "v", BYTES ("\1z\0a"), MALFORMED },
  { "variant maybe", "v", BYTES ("\2my\0a"), UNSUPPORTED },
  { "variant of empty struct", "v", BYTES ("\2()\0"), MALFORMED },
  { "variant of empty structs", "v", BYTES ("\3a()\0\0\0\0\1\0\0\0"), MALFORMED },
  { "variant padding not zero", "v", BYTES ("\1u\0\1\0\0\0\0"), MALFORMED },
  { "array length short", "ay", BYTES ("\0\0\0"), TRUNCATED },
  { "array one too long", "ay", BYTES ("\4\0\0\0abc"), TRUNCATED },
  { "array one too short", "ay", BYTES ("\2\0\0\0abc"), MALFORMED },
  { "array above 64 MiB", "ay", BYTES ("\1\0\0\4a"), TOO_LARGE },
  { "array of 64 MiB, not there", "ay", BYTES ("\0\0\0\4a"), TRUNCATED },
  { "array of 4 GiB", "ay", BYTES ("\xff\xff\xff\xff"), TOO_LARGE },
  { "array of 2 GiB", "au", BYTES ("\0\0\0\x80"), TOO_LARGE },
  { "array of half an element", "au", BYTES ("\6\0\0\0abcdef"), MALFORMED },
  { "array of two and a half structs", "a(tt)", BYTES ("\x08\0\0\0\0\0\0\0abcdefgh"), MALFORMED },
  { "array cut in a string", "as", BYTES ("\6\0\0\0\2\0\0\0ab\0"), TRUNCATED },
  { "array cut in a length", "as", BYTES ("\2\0\0\0\2\0"), TRUNCATED },
  { "array padding not zero", "at", BYTES ("\0\0\0\0\0\0\0\1"), MALFORMED },
  { "array padding not there", "at", BYTES ("\0\0\0\0"), TRUNCATED },
  { "array element beyond it", "a(ii)", BYTES ("\4\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0"), TRUNCATED },
  { "array ends in padding", "a(yy)", BYTES ("\4\0\0\0\0\0\0\0ab\0\0"), TRUNCATED },
  { "array of booleans, one wrong", "ab", BYTES ("\x08\0\0\0\1\0\0\0\2\0\0\0"), MALFORMED },
  { "array of half a boolean", "ab", BYTES ("\2\0\0\0\1\0\0\0"), TRUNCATED },
  { "array in array beyond it", "aay", BYTES ("\5\0\0\0\2\0\0\0ab"), TRUNCATED },
  { "entry cut", "a{sv}", BYTES ("\6\0\0\0\0\0\0\0\1\0\0\0a\0\0\0"), TRUNCATED },
  { "entry value of no type", "a{sv}", BYTES ("\x09\0\0\0\0\0\0\0\1\0\0\0a\0\1z\0"), MALFORMED },
  { "struct short", "(ii)", BYTES ("\1\0\0\0"), TRUNCATED },
  { "struct and more", "(ii)", BYTES ("\1\0\0\0\2\0\0\0\0"), MALFORMED },
  { "handle too high", "h", BYTES ("\2\0\0\0"), MALFORMED },
  { "handle -1", "ah", BYTES ("\x08\0\0\0\1\0\0\0\xff\xff\xff\xff"), MALFORMED },
  { "body without signature", "", BYTES ("\0"), MALFORMED },
  { "signature empty struct", "()", BYTES (""), MALFORMED },
  { "signature empty structs", "a()", BYTES ("\xff\xff\xff\x01"), MALFORMED },
  { "signature empty entry", "a{}", BYTES ("\0\0\0\0"), MALFORMED },
  { "signature maybe", "mi", BYTES ("\0\0\0\0"), UNSUPPORTED },
  { "signature unknown", "i~", BYTES ("\0\0\0\0\0\0\0\0"), MALFORMED },
  { "33 arrays", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaai", BYTES ("\0\0\0\0"), TOO_LARGE },
  { "33 structs", "(((((((((((((((((((((((((((((((((i)))))))))))))))))))))))))))))))))",
    BYTES ("\0\0\0\0"), TOO_LARGE },
};

static void
test_bodies (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GByteArray) bytes =
          assemble_body (bodies[i].signature, bodies[i].body, bodies[i].size);

      assert_refused (bytes, bodies[i].code, bodies[i].what);
    }
}

/* Header fields */

#define PATH   "\1\1o\0\1\0\0\0/\0\0\0\0\0\0\0"
#define MEMBER "\3\1s\0\1\0\0\0M\0\0\0\0\0\0\0"
#define REPLY  "\5\1u\0\1\0\0\0"

static const struct
{
  const char *what;
  guint8 type;
  const char *fields;
  gsize size;
  int code;
} headers[] = {
  { "call without anything", 1, BYTES (""), MALFORMED },
  { "call without member", 1, BYTES ("\1\1o\0\1\0\0\0/\0"), MALFORMED },
  { "call without path", 1, BYTES ("\3\1s\0\1\0\0\0M\0"), MALFORMED },
  { "reply without serial", 2, BYTES (PATH "\3\1s\0\1\0\0\0M\0"), MALFORMED },
  { "error without name", 3, BYTES (REPLY), MALFORMED },
  { "error without serial", 3, BYTES ("\4\1s\0\3\0\0\0a.b\0"), MALFORMED },
  { "signal without interface", 4, BYTES (PATH "\3\1s\0\1\0\0\0M\0"), MALFORMED },
  { "type 0", 0, BYTES (REPLY), MALFORMED },
  { "field 0", 2, BYTES (REPLY "\0\1u\0\1\0\0\0"), MALFORMED },
  { "fields end in padding", 1, BYTES (PATH MEMBER), TRUNCATED },
  { "fields end after a code", 2, BYTES (REPLY "\1"), TRUNCATED },
  { "fields end in a type", 2, BYTES (REPLY "\1\1o"), TRUNCATED },
  { "fields end in a length", 2, BYTES (REPLY "\1\1o\0\1\0\0"), TRUNCATED },
  { "fields end in a string", 2, BYTES (REPLY "\1\1o\0\1\0\0\0/"), TRUNCATED },
  { "fields end in a number", 2, BYTES ("\5\1u\0\1\0\0"), TRUNCATED },
  { "padding between fields", 1, BYTES ("\1\1o\0\1\0\0\0/\0\0\0\0\0\0\1\3\1s\0\1\0\0\0M\0"),
    MALFORMED },
  { "path of type string", 1, BYTES ("\1\1s\0\1\0\0\0/\0\0\0\0\0\0\0\3\1s\0\1\0\0\0M\0"),
    MALFORMED },
  { "path of two types", 1, BYTES ("\1\2oo\0\0\0\0/\0"), MALFORMED },
  { "path of no type", 1, BYTES ("\1\0\0\0\1\0\0\0/\0"), MALFORMED },
  { "path type not terminated", 1, BYTES ("\1\1oo\1\0\0\0/\0"), MALFORMED },
  { "path one too long", 1, BYTES ("\1\1o\0\2\0\0\0/\0"), TRUNCATED },
  { "path one too short", 1, BYTES ("\1\1o\0\1\0\0\0/a\0"), MALFORMED },
  { "path of 4 GiB", 1, BYTES ("\1\1o\0\xff\xff\xff\xff/\0"), TRUNCATED },
  { "path of 2 GiB", 1, BYTES ("\1\1o\0\xff\xff\xff\x7f/\0"), TRUNCATED },
  { "path with a 0", 1, BYTES ("\1\1o\0\3\0\0\0/\0a\0\0\0\0\0" MEMBER), MALFORMED },
  { "path relative", 1, BYTES ("\1\1o\0\1\0\0\0a\0\0\0\0\0\0\0\3\1s\0\1\0\0\0M\0"), MALFORMED },
  { "path not UTF-8", 1, BYTES ("\1\1o\0\2\0\0\0/\xff\0\0\0\0\0\0\3\1s\0\1\0\0\0M\0"), MALFORMED },
  { "path twice", 1, BYTES (PATH PATH "\3\1s\0\1\0\0\0M\0"), MALFORMED },
  { "member with a dot", 1, BYTES (PATH "\3\1s\0\3\0\0\0a.b\0"), MALFORMED },
  { "member empty", 1, BYTES (PATH "\3\1s\0\0\0\0\0\0"), MALFORMED },
  { "interface without a dot", 1, BYTES (PATH MEMBER "\2\1s\0\1\0\0\0a\0"), MALFORMED },
  { "destination with a space", 1, BYTES (PATH MEMBER "\6\1s\0\4\0\0\0a .b\0"), MALFORMED },
  { "sender empty", 1, BYTES (PATH MEMBER "\7\1s\0\0\0\0\0\0"), MALFORMED },
  { "error name not UTF-8", 3, BYTES (REPLY "\4\1s\0\3\0\0\0a.\xff\0"), MALFORMED },
  { "reply serial 0", 2, BYTES ("\5\1u\0\0\0\0\0"), MALFORMED },
  { "reply serial signed", 2, BYTES ("\5\1i\0\1\0\0\0"), MALFORMED },
  { "reply serial twice", 2, BYTES (REPLY REPLY), MALFORMED },
  { "signature as string", 2, BYTES (REPLY "\10\1s\0\1\0\0\0i\0"), MALFORMED },
  { "signature one too long", 2, BYTES (REPLY "\10\1g\0\2i\0"), TRUNCATED },
  { "signature with a 0", 2, BYTES (REPLY "\10\1g\0\1\0\0"), MALFORMED },
  { "signature, no body", 2, BYTES (REPLY "\10\1g\0\1i\0"), TRUNCATED },
  { "too many descriptors", 2, BYTES (REPLY "\x09\1u\0\xfe\0\0\0"), TOO_LARGE },
  { "4 G descriptors", 2, BYTES (REPLY "\x09\1u\0\xff\xff\xff\xff"), TOO_LARGE },
  { "extension as string", 2, BYTES (REPLY "\xc8\1s\0\1\0\0\0a\0"), MALFORMED },
  { "extension twice", 2, BYTES (REPLY "\xc9\1u\0\1\0\0\0\xc9\1u\0\1\0\0\0"), MALFORMED },
  { "extension short", 2, BYTES (REPLY "\xc8\1t\0\0\0\0\0\1\0\0\0"), TRUNCATED },
  { "extension padding", 2, BYTES (REPLY "\xc8\1t\0\0\0\0\1\1\0\0\0\0\0\0\0"), MALFORMED },
  { "unknown field of no type", 2, BYTES (REPLY "\x63\0\0\0"), MALFORMED },
  { "unknown field of two types", 2, BYTES (REPLY "\x63\2yy\0ab"), MALFORMED },
  { "unknown field short", 2, BYTES (REPLY "\x63\1t\0\0\0\0\0"), TRUNCATED },
  { "unknown field not UTF-8", 2, BYTES (REPLY "\x63\1s\0\1\0\0\0\xff\0"), MALFORMED },
  { "unknown field, huge array", 2, BYTES (REPLY "\x63\2ay\0\0\0\0\xff\xff\xff\xff"), TOO_LARGE },
  { "unknown field with handle", 2, BYTES (REPLY "\x63\1h\0\0\0\0\0"), MALFORMED },
};

static void
test_headers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autoptr (GByteArray) bytes =
          assemble (headers[i].type, headers[i].fields, headers[i].size, "", 0);

      assert_refused (bytes, headers[i].code, headers[i].what);
    }
}

/* The fixed part */

static void
test_fixed (void)
{
  static const struct
  {
    const char *what;
    guint at;
    const char *bytes;
    gsize size;
    int code;
  } rows[] = {
    { "byte order x", 0, BYTES ("x"), UNSUPPORTED },
    { "byte order 0", 0, BYTES ("\0"), UNSUPPORTED },
    { "byte order is the other one", 0, BYTES ("B"), TOO_LARGE },
    { "HTTP", 0, BYTES ("GET / HTTP/1.1\r\n"), UNSUPPORTED },
    { "type 0", 1, BYTES ("\0"), MALFORMED },
    { "version 0", 3, BYTES ("\0"), UNSUPPORTED },
    { "version 2", 3, BYTES ("\2"), UNSUPPORTED },
    { "body one longer", 4, BYTES ("\x09"), TRUNCATED },
    { "body one shorter", 4, BYTES ("\x07"), MALFORMED },
    { "body of 4 GiB", 4, BYTES ("\xff\xff\xff\xff"), TOO_LARGE },
    { "body of 2 GiB", 4, BYTES ("\0\0\0\x80"), TOO_LARGE },
    { "message above 128 MiB", 4, BYTES ("\0\0\0\x08"), TOO_LARGE },
    { "serial 0", 8, BYTES ("\0\0\0\0"), MALFORMED },
    { "fields one longer", 12, BYTES ("\x10"), TRUNCATED },
    { "fields one shorter", 12, BYTES ("\x0e"), TRUNCATED },
    { "fields 8 shorter", 12, BYTES ("\x07"), MALFORMED },
    { "no fields", 12, BYTES ("\0"), MALFORMED },
    { "fields of 4 GiB", 12, BYTES ("\xff\xff\xff\xff"), TOO_LARGE },
    { "fields of 64 KiB and one", 12, BYTES ("\1\0\1\0"), TOO_LARGE },
    { "padding after the fields", 31, BYTES ("\1"), MALFORMED },
  };
  GemingaWireHeaderCache cache = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) bytes =
          assemble (2, BYTES (REPLY "\10\1g\0\1t\0"), BYTES ("abcdefgh"));

      g_assert_cmpuint (bytes->len, ==, 40);
      g_assert_true (wire_check_bytes (bytes->data, bytes->len, &cache));
      memcpy (bytes->data + rows[i].at, rows[i].bytes, rows[i].size);
      assert_refused (bytes, rows[i].code, rows[i].what);
    }
}

static void
test_short (void)
{
  g_autoptr (GByteArray) bytes = assemble_body ("t", BYTES ("abcdefgh"));

  for (gsize size = 0; size < bytes->len; size++)
    {
      g_autoptr (GByteArray) cut = g_byte_array_new ();

      g_byte_array_append (cut, bytes->data, (guint) size);
      assert_refused (cut, TRUNCATED, "cut");
    }

  g_byte_array_append (bytes, (const guint8 *) "", 1);
  assert_refused (bytes, MALFORMED, "one byte more");
}

/* Bombs */

static void
test_bombs (void)
{
  static const struct
  {
    const char *what;
    const char *signature;
    const char *level;
    gsize size;
    guint n;
  } rows[] = {
    { "65 variants", "v", BYTES ("\1v\0"), 65 },
    { "100,000 variants", "v", BYTES ("\1v\0"), 100000 },
    { "structs of variants", "v", BYTES ("\3(v)\0\0\0\0"), 40 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) body = g_byte_array_new ();
      g_autoptr (GByteArray) bytes = NULL;

      for (guint n = 0; n < rows[i].n; n++)
        g_byte_array_append (body, (const guint8 *) rows[i].level, (guint) rows[i].size);

      /* Enough for the arrays to claim. */
      g_byte_array_set_size (body, body->len + 65536);
      memset (body->data + body->len - 65536, 0, 65536);
      bytes = assemble_body (rows[i].signature, (const char *) body->data, body->len);
      assert_refused (bytes, TOO_LARGE, rows[i].what);
    }
}

/* Each array claims all that is left. */
static void
test_bomb_of_arrays (void)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GByteArray) bytes = NULL;

  for (guint n = 0; n < 40; n++)
    {
      append_uint32 (body, (40 - n) * 8 - 4);
      g_byte_array_append (body, (const guint8 *) "\2av", 4);
    }

  bytes = assemble_body ("av", (const char *) body->data, body->len);
  assert_refused (bytes, TOO_LARGE, "arrays of variants");
}

/* Chance */

static void
mutate (GByteArray *bytes, GRand *random)
{
  static const guint32 numbers[] = { 0,          1,          0x7f,       0x80,
                                     0xff,       0x100,      0xffff,     0x04000000,
                                     0x04000001, 0x7fffffff, 0x80000000, 0xffffffff };
  guint at = bytes->len > 0 ? (guint) g_rand_int_range (random, 0, (gint32) bytes->len) : 0;
  guint32 number = numbers[g_rand_int_range (random, 0, G_N_ELEMENTS (numbers))];
  guint8 byte = (guint8) g_rand_int_range (random, 0, 256);

  switch (g_rand_int_range (random, 0, 7))
    {
    case 0:
      bytes->data[at] ^= (guint8) (1u << g_rand_int_range (random, 0, 8));
      break;
    case 1:
      bytes->data[at] = byte;
      break;
    case 2:
      at &= ~3u;
      if (at + 4 <= bytes->len)
        memcpy (bytes->data + at, &number, 4);
      break;
    case 3:
      bytes->data[at] = (guint8) (bytes->data[at] + (byte & 1 ? 1 : -1));
      break;
    case 4:
      bytes->data[at] = (guint8) "ybnqiuxtdhsogva({)}m"[byte % 20];
      break;
    case 5: /* the body with other bytes of itself */
      if (bytes->len > 32)
        bytes->data[at] = bytes->data[16 + byte % (bytes->len - 16)];
      break;
    default: /* a longer or shorter body that the header knows of */
      number = bytes->data[4];
      if (byte & 1)
        g_byte_array_append (bytes, &byte, 1);
      else if (bytes->len > 16)
        g_byte_array_set_size (bytes, bytes->len - 1);
      bytes->data[4] = (guint8) (number + (byte & 1 ? 1 : -1));
      break;
    }
}

static GByteArray *
new_seed (GRand *random)
{
  guint index = (guint) g_rand_int_range (random, 0, G_N_ELEMENTS (wire_samples));
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GDBusMessage) message = NULL;
  gsize size;
  guint8 *blob;

  if (g_rand_boolean (random))
    return wire_sample_message (index);

  body = wire_sample (index);
  message = g_dbus_message_new_signal ("/a/b", "c.d", "E");
  g_dbus_message_set_serial (message, 1);
  g_dbus_message_set_byte_order (message, G_DBUS_MESSAGE_BYTE_ORDER_BIG_ENDIAN);
  g_dbus_message_set_body (message, body);
  blob = g_dbus_message_to_blob (message, &size, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, NULL);
  g_assert_nonnull (blob);

  return g_byte_array_new_take (blob, size);
}

static void
test_mutations (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261124);
  GemingaWireHeaderCache cache = { 0 };
  guint n_valid = 0;

  for (guint i = 0; i < N_MUTATIONS; i++)
    {
      g_autoptr (GByteArray) bytes = new_seed (random);
      g_autofree guint8 *exact = NULL;
      guint n = (guint) g_rand_int_range (random, 1, 5);

      while (n-- > 0)
        mutate (bytes, random);

      exact = g_memdup2 (bytes->data, bytes->len);
      n_valid += wire_check_bytes (exact, bytes->len, &cache) ? 1 : 0;
    }

  g_test_message ("%u of %u were valid; cache: %" G_GUINT64_FORMAT " hits, %" G_GUINT64_FORMAT
                  " misses",
                  n_valid, N_MUTATIONS, cache.n_hits, cache.n_misses);
  g_assert_cmpuint (n_valid, >, N_MUTATIONS / 20);
  g_assert_cmpuint (n_valid, <, N_MUTATIONS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/wire-corpus/bodies", test_bodies);
  g_test_add_func ("/peer/wire-corpus/headers", test_headers);
  g_test_add_func ("/peer/wire-corpus/fixed", test_fixed);
  g_test_add_func ("/peer/wire-corpus/short", test_short);
  g_test_add_func ("/peer/wire-corpus/bombs", test_bombs);
  g_test_add_func ("/peer/wire-corpus/bomb-of-arrays", test_bomb_of_arrays);
  g_test_add_func ("/peer/wire-corpus/mutations", test_mutations);

  return g_test_run ();
}
