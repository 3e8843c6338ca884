/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <geminga-error.h>
#include <geminga-wire-private.h>
#include <string.h>

static void
assert_round_trip (GQuark domain, int code, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (domain, code, text);
  g_autofree char *name = geminga_wire_error_to_name (error);
  g_autoptr (GVariant) body = geminga_wire_error_to_body (error);
  GemingaWireMessage sent = { .type = GEMINGA_WIRE_MESSAGE_ERROR,
                              .serial = 1,
                              .reply_serial = 2,
                              .error_name = name,
                              .body = body };
  g_auto (GemingaWireMessage) received = GEMINGA_WIRE_MESSAGE_INIT;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) failure = NULL;
  g_autoptr (GError) got = NULL;

  g_test_message ("%s", name);
  geminga_wire_write (out, &sent, &failure);
  g_assert_no_error (failure);
  geminga_wire_parse (out->data, out->len, &geminga_wire_limits_default, NULL, &received, &failure);
  g_assert_no_error (failure);

  got = geminga_wire_error_from_message (&received);
  g_assert_error (got, domain, code);
  g_assert_cmpstr (got->message, ==, text);
}

static void
test_round_trip (void)
{
  for (int code = 0; code <= GEMINGA_ERROR_DEADLOCK; code++)
    assert_round_trip (GEMINGA_ERROR, code, "No such actor");
  for (int code = 0; code <= G_IO_ERROR_NO_SUCH_DEVICE; code++)
    assert_round_trip (G_IO_ERROR, code, "Ünknöwn host");
  for (int code = 0; code <= G_DBUS_ERROR_PROPERTY_READ_ONLY; code++)
    assert_round_trip (G_DBUS_ERROR, code, "Access denied");

  assert_round_trip (GEMINGA_ERROR, 4711, "A code that has no name");
  assert_round_trip (G_FILE_ERROR, G_FILE_ERROR_NOSPC, "");
  assert_round_trip (g_quark_from_string ("my_own.domain-öäü 1"), 7, "GDBus.Error:a.b: mine");
  assert_round_trip (g_quark_from_string ("x"), -1, "negative");
  assert_round_trip (g_quark_from_string ("x"), G_MININT, "as negative as can be");
  assert_round_trip (g_quark_from_string ("x"), G_MAXINT, "as positive as can be");
}

/* A domain that nobody in this process has used so far. */
static void
test_new_domain (void)
{
  g_autoptr (GError) error =
      geminga_wire_error_from ("org.gtk.GDBus.UnmappedGError.Quark._never_2dseen.Code12", "text");

  g_assert_cmpstr (g_quark_to_string (error->domain), ==, "never-seen");
  g_assert_cmpint (error->code, ==, 12);
  g_assert_cmpstr (error->message, ==, "text");
}

static void
test_names (void)
{
  g_autoptr (GError) known = g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_DIED, "x");
  g_autofree char *name = geminga_wire_error_to_name (known);
  g_autofree char *long_domain = g_strnfill (300, 'x');
  g_autoptr (GError) unpackable = g_error_new_literal (g_quark_from_string (long_domain), 1, "x");
  g_autofree char *fallback = geminga_wire_error_to_name (unpackable);

  g_assert_cmpstr (name, ==, "org.geminga1.Error.Died");
  g_assert_cmpstr (fallback, ==, "org.geminga1.Error.Failed");
}

/* Names of strangers are kept; names that only look packed are strangers' names. */
static void
test_foreign (void)
{
  static const char *const names[] = {
    "com.example.Error.Odd",
    "org.gtk.GDBus.UnmappedGError.Quark._",
    "org.gtk.GDBus.UnmappedGError.Quark._x",
    "org.gtk.GDBus.UnmappedGError.Quark._x.Code",
    "org.gtk.GDBus.UnmappedGError.Quark._x.Code99999999999",
    "org.gtk.GDBus.UnmappedGError.Quark._x.Code1x",
    "org.gtk.GDBus.UnmappedGError.Quark._.Code1",
    "org.gtk.GDBus.UnmappedGError.Quark._x_2.Code1",
    "org.gtk.GDBus.UnmappedGError.Quark._x_zz.Code1",
    "org.gtk.GDBus.UnmappedGError.Quark._x_00.Code1",
    "org.gtk.GDBus.UnmappedGError.Quark._x_ff.Code1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = geminga_wire_error_from (names[i], "text");

      g_test_message ("%s", names[i]);
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, "text"));
    }

  {
    g_autoptr (GError) error = geminga_wire_error_from (names[0], "text");

    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_DBUS_ERROR);
    g_assert_cmpstr (error->message, ==, "GDBus.Error:com.example.Error.Odd: text");
  }
}

static void
test_text (void)
{
  g_autoptr (GError) broken = g_error_new_literal (G_IO_ERROR, 0, "caf\xe9");
  g_autoptr (GVariant) body = geminga_wire_error_to_body (broken);
  g_autoptr (GVariant) number = g_variant_ref_sink (g_variant_new ("(i)", 1));
  g_autoptr (GVariant) nothing = g_variant_ref_sink (g_variant_new ("()"));
  GemingaWireMessage message = { .type = GEMINGA_WIRE_MESSAGE_ERROR,
                                 .error_name = "org.geminga1.Error.Died" };
  g_autoptr (GError) without = NULL;
  g_autoptr (GError) with_number = NULL;

  g_assert_cmpstr (g_variant_get_type_string (body), ==, "(s)");
  g_assert_true (g_variant_is_normal_form (body));

  message.body = nothing;
  without = geminga_wire_error_from_message (&message);
  g_assert_error (without, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  g_assert_cmpstr (without->message, ==, "");

  message.body = number;
  with_number = geminga_wire_error_from_message (&message);
  g_assert_error (with_number, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/wire-error/round-trip", test_round_trip);
  g_test_add_func ("/peer/wire-error/new-domain", test_new_domain);
  g_test_add_func ("/peer/wire-error/names", test_names);
  g_test_add_func ("/peer/wire-error/foreign", test_foreign);
  g_test_add_func ("/peer/wire-error/text", test_text);

  return g_test_run ();
}
