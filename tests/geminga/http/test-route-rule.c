/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-error.h"
#include "geminga-route-rule-private.h"

/* Tests: what is refused is in the router's. */

static void
test_matches (void)
{
  static const struct
  {
    const char *rule;
    const char *text;
    gboolean is_match;
  } vectors[] = {
    { "int", "-9223372036854775808", TRUE },
    { "int", "9223372036854775808", FALSE },
    { "int", "-", FALSE },
    { "int", "", FALSE },
    { "int", " 1", FALSE },
    { "int", "+1", FALSE },
    { "int", "0x1", FALSE },
    { "int(digits=3)", "007", TRUE },
    { "int(digits=3)", "-07", FALSE },
    { "int(digits=3)", "0007", FALSE },
    { "int(digits=3,min=8)", "007", FALSE },
    { "int( min = -5 , max=-2 )", "-3", TRUE },
    { "int(min=-5,max=-2)", "-1", FALSE },
    { "float", "-.5e-3", TRUE },
    { "float", "nan", FALSE },
    { "float", "0x1", FALSE },
    { "float", ".", FALSE },
    { "float(max=1e3)", "1000", TRUE },
    { "float(max=1e3)", "1000.1", FALSE },
    { "str", "", FALSE },
    { "str(length=1)", "\342\202\254", TRUE },
    { "str(min=2)", "\342\202\254", FALSE },
    { "any(a b, c)", "a b", TRUE },
    { "any(a b, c)", "c", TRUE },
    { "any(a b, c)", "a", FALSE },
    { "path", "", TRUE },
    { "path", "a/b", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GemingaRouteRule) rule = geminga_route_rule_parse (vectors[i].rule, &error);

      g_test_message ("%s: %s", vectors[i].rule, vectors[i].text);
      g_assert_no_error (error);
      g_assert_cmpint (geminga_route_rule_matches (rule, vectors[i].text), ==, vectors[i].is_match);
    }
}

static void
test_format (void)
{
  static const char *const vectors[][3] = {
    { "int(digits=4)", "42", "0042" }, { "int(digits=4)", "12345", NULL },
    { "int(digits=4)", "-1", NULL },   { "int", "-1", "-1" },
    { "float", "0.5", "0.5" },         { "any(a,b)", "c", NULL },
    { "str(max=2)", "abc", NULL },     { "str", "a/b", "a/b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GemingaRouteRule) rule = geminga_route_rule_parse (vectors[i][0], NULL);
      g_autofree char *text = geminga_route_rule_format (rule, vectors[i][1]);

      g_test_message ("vector %u", i);
      g_assert_cmpstr (text, ==, vectors[i][2]);
    }
}

static void
test_order (void)
{
  static const char *const sorted[] = { "any(a)", "int(max=1)", "int", "float(min=1)",
                                        "float",  "str(min=2)", "str", "path" };

  for (guint i = 0; i + 1 < G_N_ELEMENTS (sorted); i++)
    {
      g_autoptr (GemingaRouteRule) a = geminga_route_rule_parse (sorted[i], NULL);
      g_autoptr (GemingaRouteRule) b = geminga_route_rule_parse (sorted[i + 1], NULL);

      g_assert_cmpint (geminga_route_rule_compare (a, b), <, 0);
      g_assert_cmpint (geminga_route_rule_compare (b, a), >, 0);
      g_assert_cmpint (geminga_route_rule_compare (a, a), ==, 0);
      g_assert_cmpstr (a->key, !=, b->key);
    }
}

static void
test_key (void)
{
  g_autoptr (GemingaRouteRule) a = geminga_route_rule_parse ("str(length=3)", NULL);
  g_autoptr (GemingaRouteRule) b = geminga_route_rule_parse ("str(max=3,min=3)", NULL);

  g_assert_cmpstr (a->key, ==, b->key);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/route-rule/matches", test_matches);
  g_test_add_func ("/http/route-rule/format", test_format);
  g_test_add_func ("/http/route-rule/order", test_order);
  g_test_add_func ("/http/route-rule/key", test_key);

  return g_test_run ();
}
