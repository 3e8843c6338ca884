/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-error.h"
#include "geminga-route-pattern-private.h"

/* Tests: what is refused is in the router's. */

static void
test_parse (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) segments =
      geminga_route_pattern_parse ("/a/{b}/{c:int}/{d:float}/{e:str}/{f:path}", &error);
  static const struct
  {
    GemingaRouteKind kind;
    const char *text;
  } expected[] = {
    { GEMINGA_ROUTE_LITERAL, "a" }, { GEMINGA_ROUTE_STRING, "b" }, { GEMINGA_ROUTE_INT, "c" },
    { GEMINGA_ROUTE_FLOAT, "d" },   { GEMINGA_ROUTE_STRING, "e" }, { GEMINGA_ROUTE_REST, "f" },
  };

  g_assert_no_error (error);
  g_assert_cmpuint (segments->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < segments->len; i++)
    {
      GemingaRouteSegment *segment = &g_array_index (segments, GemingaRouteSegment, i);

      g_assert_cmpint (segment->rule != NULL ? segment->rule->kind : GEMINGA_ROUTE_LITERAL, ==,
                       expected[i].kind);
      g_assert_cmpstr (segment->text, ==, expected[i].text);
    }
}

static void
test_root (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) segments = geminga_route_pattern_parse ("/", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (segments->len, ==, 1);
  g_assert_cmpstr (g_array_index (segments, GemingaRouteSegment, 0).text, ==, "");
}

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) segments =
      geminga_route_pattern_parse ("/a/{b:int(digits=3)=7}/{c:any(x,y)=y}/{d=e=f}", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (geminga_route_pattern_count_required (segments), ==, 1);
  g_assert_cmpstr (g_array_index (segments, GemingaRouteSegment, 1).fallback, ==, "007");
  g_assert_cmpstr (g_array_index (segments, GemingaRouteSegment, 2).fallback, ==, "y");
  g_assert_cmpstr (g_array_index (segments, GemingaRouteSegment, 3).fallback, ==, "e=f");
}

static void
test_prefix (void)
{
  static const char *const wrong[] = { "", "a", "/a/", "//a", "/{a:path}", "/{a=1}", "/.." };
  g_autoptr (GError) none = NULL;
  g_autoptr (GArray) root = geminga_route_prefix_parse ("/", &none);
  g_autoptr (GArray) deep = geminga_route_prefix_parse ("/a/{b:int}", &none);

  g_assert_no_error (none);
  g_assert_cmpuint (root->len, ==, 0);
  g_assert_cmpuint (deep->len, ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", wrong[i]);
      g_assert_null (geminga_route_prefix_parse (wrong[i], &error));
      g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE);
    }
}

static void
test_methods (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) methods = geminga_route_methods_parse ("GET, POST ,PUT", &error);

  g_assert_no_error (error);
  g_assert_cmpstrv (methods, ((const char *[]){ "GET", "POST", "PUT", NULL }));
  g_assert_null (geminga_route_methods_parse (" ", &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/route-pattern/parse", test_parse);
  g_test_add_func ("/http/route-pattern/root", test_root);
  g_test_add_func ("/http/route-pattern/defaults", test_defaults);
  g_test_add_func ("/http/route-pattern/prefix", test_prefix);
  g_test_add_func ("/http/route-pattern/methods", test_methods);

  return g_test_run ();
}
