/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "../../fuzz/wire-check.h"
#include "wire-samples.h"

#define MIB (1024 * 1024)

static const GemingaWireMessage ping = { .type = GEMINGA_WIRE_MESSAGE_CALL,
                                         .serial = 1,
                                         .path = "/org/geminga1/a",
                                         .interface = "org.geminga1.Actor",
                                         .member = "Ping",
                                         .destination = "org.example.Calc",
                                         .sender = ":1.7" };

/* A template writes what the long way writes. */
static void
test_template (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (wire_samples); i++)
    {
      g_autoptr (GVariant) body = wire_sample (i);
      g_autofree char *signature = wire_sample_signature (body);
      g_autoptr (GByteArray) expected = g_byte_array_new ();
      g_autoptr (GByteArray) got = g_byte_array_new ();
      g_autoptr (GemingaWireTemplate) template = NULL;
      g_autoptr (GError) error = NULL;
      GemingaWireMessage message = ping;

      template = geminga_wire_template_new (&ping, signature, &error);
      g_assert_no_error (error);

      message.body = body;
      message.serial = i + 1;
      message.flags = GEMINGA_WIRE_FLAG_NO_REPLY;
      message.n_fds = WIRE_SAMPLE_FDS;
      message.reply_serial = i;
      geminga_wire_message_set_extension (&message, GEMINGA_WIRE_EXTENSION_DEADLINE, G_MAXUINT64);
      geminga_wire_message_set_extension (&message, GEMINGA_WIRE_EXTENSION_KIND, G_MAXUINT32);
      geminga_wire_message_set_extension (&message, GEMINGA_WIRE_EXTENSION_TRACE, i);
      geminga_wire_message_set_extension (&message, GEMINGA_WIRE_EXTENSION_CREDIT, 0);

      g_assert_true (geminga_wire_write (expected, &message, NULL));
      geminga_wire_template_write (template, got, &message, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (got->data, got->len, expected->data, expected->len);
    }
}

static void
test_template_reply (void)
{
  GemingaWireMessage reply = { .type = GEMINGA_WIRE_MESSAGE_REPLY };
  g_autoptr (GemingaWireTemplate) template = geminga_wire_template_new (&reply, "", NULL);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_auto (GemingaWireMessage) got = GEMINGA_WIRE_MESSAGE_INIT;

  reply.serial = 3;
  reply.reply_serial = 4;
  g_assert_true (geminga_wire_template_write (template, out, &reply, NULL));
  g_assert_true (
      geminga_wire_parse (out->data, out->len, &geminga_wire_limits_default, NULL, &got, NULL));
  g_assert_cmpuint (got.serial, ==, 3);
  g_assert_cmpuint (got.reply_serial, ==, 4);
  g_assert_cmpstr (got.signature, ==, "");
  g_assert_cmpuint (g_variant_n_children (got.body), ==, 0);
}

static void
test_template_refused (void)
{
  GemingaWireMessage model = ping;
  g_autoptr (GemingaWireTemplate) template = geminga_wire_template_new (&ping, "s", NULL);
  g_autoptr (GVariant) number = g_variant_ref_sink (g_variant_new ("(i)", 1));
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (geminga_wire_template_new (&model, "mi", &error));
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_UNSUPPORTED);
  g_clear_error (&error);

  model.member = "No.Member";
  g_assert_null (geminga_wire_template_new (&model, "", &error));
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED);
  g_clear_error (&error);

  model.member = NULL;
  g_assert_null (geminga_wire_template_new (&model, "", &error));
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED);
  g_clear_error (&error);

  /* The template wants a string. */
  model = ping;
  g_assert_false (geminga_wire_template_write (template, out, &model, &error));
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED);
  g_clear_error (&error);

  model.body = number;
  g_assert_false (geminga_wire_template_write (template, out, &model, &error));
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED);
  g_assert_nonnull (strstr (error->message, "(i)"));
  g_assert_cmpuint (out->len, ==, 0);
}

static void
assert_refused (const GemingaWireMessage *message, int code, const char *what)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  g_byte_array_append (out, (const guint8 *) "before", 6);
  g_assert_false (geminga_wire_write (out, message, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, GEMINGA_WIRE_ERROR, code);
  g_assert_nonnull (strstr (error->message, what));
  g_assert_cmpmem (out->data, out->len, "before", 6);
}

/* Whatever goes wrong, and wherever: the buffer is what it was. */
static void
test_refused (void)
{
  g_autoptr (GVariant) string = g_variant_ref_sink (g_variant_new_string ("no tuple"));
  g_autoptr (GVariant) maybe = g_variant_ref_sink (g_variant_new ("(sms)", "x", NULL));
  g_autoptr (GVariant) inner = g_variant_ref_sink (g_variant_new_parsed ("('x', <@mi 1>)"));
  g_autofree char *path = g_strnfill (65530, 'a');
  g_autofree char *longer = g_strnfill (65537, 'a');
  GemingaWireMessage message = ping;

  message.serial = 0;
  assert_refused (&message, GEMINGA_WIRE_ERROR_MALFORMED, "serial is 0");

  message = ping;
  message.path = NULL;
  assert_refused (&message, GEMINGA_WIRE_ERROR_MALFORMED, "path is missing");

  message = ping;
  message.interface = "nodots";
  assert_refused (&message, GEMINGA_WIRE_ERROR_MALFORMED, "interface is not");

  message = ping;
  message.n_fds = 254;
  assert_refused (&message, GEMINGA_WIRE_ERROR_TOO_LARGE, "254 file descriptors");

  message = ping;
  geminga_wire_message_set_extension (&message, GEMINGA_WIRE_EXTENSION_KIND,
                                      G_MAXUINT32 + G_GUINT64_CONSTANT (1));
  assert_refused (&message, GEMINGA_WIRE_ERROR_TOO_LARGE, "field 201");

  message = ping;
  message.body = string;
  assert_refused (&message, GEMINGA_WIRE_ERROR_MALFORMED, "not a tuple");
  message.body = maybe;
  assert_refused (&message, GEMINGA_WIRE_ERROR_UNSUPPORTED, "(sms)");
  message.body = inner;
  assert_refused (&message, GEMINGA_WIRE_ERROR_UNSUPPORTED, "maybe");

  message = ping;
  path[0] = '/';
  message.path = path;
  assert_refused (&message, GEMINGA_WIRE_ERROR_TOO_LARGE, "of them header");
  longer[0] = '/';
  message.path = longer;
  assert_refused (&message, GEMINGA_WIRE_ERROR_TOO_LARGE, "field 1 has");
}

/* The largest payload that the format allows goes through whole. */
static void
test_64_mib (void)
{
  guint8 *bytes = g_malloc (64 * MIB);
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_auto (GemingaWireMessage) got = GEMINGA_WIRE_MESSAGE_INIT;
  g_autoptr (GError) error = NULL;
  GemingaWireMessage message = ping;

  for (gsize i = 0; i < 64 * MIB; i++)
    bytes[i] = (guint8) (i * 31 >> 3);

  body = g_variant_ref_sink (
      g_variant_new ("(@ay)", g_variant_new_from_data (G_VARIANT_TYPE ("ay"), bytes, 64 * MIB, TRUE,
                                                       g_free, bytes)));
  message.body = body;
  geminga_wire_write (out, &message, &error);
  g_assert_no_error (error);
  geminga_wire_parse (out->data, out->len, &geminga_wire_limits_default, NULL, &got, &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_equal (got.body, body));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/wire-writer/template", test_template);
  g_test_add_func ("/peer/wire-writer/template-reply", test_template_reply);
  g_test_add_func ("/peer/wire-writer/template-refused", test_template_refused);
  g_test_add_func ("/peer/wire-writer/refused", test_refused);
  g_test_add_func ("/peer/wire-writer/64-mib", test_64_mib);

  return g_test_run ();
}
