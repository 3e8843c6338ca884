/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "geminga-http-error.h"
#include "geminga-router.h"

/* Helpers */

static void
ignore (GemingaRequest *request, gpointer user_data)
{
}

static GemingaRoute *
add (GemingaRouter *router, const char *pattern, const char *name)
{
  g_autoptr (GError) error = NULL;
  GemingaRoute *route = geminga_router_add_route (router, "GET", pattern, ignore, NULL, NULL);

  geminga_route_set_name (route, name, &error);
  g_assert_no_error (error);

  return route;
}

static GemingaRouter *
make_router (void)
{
  GemingaRouter *router = geminga_router_new ();
  g_autoptr (GemingaRouter) api = geminga_router_new ();
  g_autoptr (GemingaRouter) plain = geminga_router_new ();

  add (router, "/", "root");
  add (router, "/users/{id:int}", "user");
  add (router, "/caf\303\251/{name}", "drink");
  add (router, "/files/{rest:path}", "file");
  add (router, "/year/{year:int(digits=4)}", "year");
  add (router, "/news/{page:int=1}/{size:int=10}", "news");
  add (router, "/wiki/{page=index}", "page");
  g_assert_true (geminga_router_mount (router, "/api/{version:int}", "api", api, NULL));
  g_assert_true (geminga_router_mount (router, "/plain", NULL, plain, NULL));
  add (api, "/users/{id}", "user");
  add (api, "/", "root");
  add (plain, "/x", "x");

  return router;
}

/* Tests */

static void
test_build (void)
{
  static const char *const vectors[][3] = {
    { "root", NULL, "/" },
    { "root", "{'q': <'a b&c'>, 'n': <3>}", "/?q=a%20b%26c&n=3" },
    { "root", "{'tag': <['a', 'b']>}", "/?tag=a&tag=b" },
    { "user", "{'id': <7>}", "/users/7" },
    { "user", "{'id': <'-7'>}", "/users/-7" },
    { "drink", "{'name': <'a/b c?'>}", "/caf%C3%A9/a%2Fb%20c%3F" },
    { "file", "{'rest': <'a b/c'>}", "/files/a%20b/c" },
    { "year", "{'year': <42>}", "/year/0042" },
    { "news", NULL, "/news" },
    { "news", "{'page': <1>}", "/news" },
    { "news", "{'page': <2>}", "/news/2" },
    { "news", "{'size': <20>}", "/news/1/20" },
    { "page", NULL, "/wiki" },
    { "page", "{'page': <'x'>}", "/wiki/x" },
    { "api.user", "{'version': <2>, 'id': <'me'>}", "/api/2/users/me" },
    { "api.root", "{'version': <2>}", "/api/2/" },
    { "x", NULL, "/plain/x" },
  };
  GemingaRouter *router = make_router ();

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = NULL;
      GVariant *values = vectors[i][1] != NULL ? g_variant_new_parsed (vectors[i][1]) : NULL;

      g_test_message ("vector %u", i);
      path = geminga_router_build_path (router, vectors[i][0], values, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (path, ==, vectors[i][2]);
    }

  g_assert_finalize_object (router);
}

static void
test_build_fails (void)
{
  static const struct
  {
    const char *name;
    const char *values;
    int code;
    const char *part;
  } vectors[] = {
    { "nobody", NULL, GEMINGA_HTTP_ERROR_NO_SUCH_ROUTE, "“nobody”" },
    { "api.nobody", NULL, GEMINGA_HTTP_ERROR_NO_SUCH_ROUTE, "api.nobody" },
    { "user", NULL, GEMINGA_HTTP_ERROR_INVALID_PARAMETER, "no value for the path parameter “id”" },
    { "user", "{'id': <'me'>}", GEMINGA_HTTP_ERROR_INVALID_PARAMETER,
      "does not take the value 'me'" },
    { "user", "{'id': <[1]>}", GEMINGA_HTTP_ERROR_INVALID_PARAMETER, "[1]" },
    { "drink", "{'name': <''>}", GEMINGA_HTTP_ERROR_INVALID_PARAMETER, "“name”" },
    { "drink", "{'name': <'..'>}", GEMINGA_HTTP_ERROR_INVALID_PARAMETER, "“name”" },
    { "file", "{'rest': <'a/../b'>}", GEMINGA_HTTP_ERROR_INVALID_PARAMETER, "“rest”" },
    { "year", "{'year': <12345>}", GEMINGA_HTTP_ERROR_INVALID_PARAMETER, "12345" },
    { "api.user", "{'id': <'me'>}", GEMINGA_HTTP_ERROR_INVALID_PARAMETER, "“version”" },
  };
  GemingaRouter *router = make_router ();

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      GVariant *values =
          vectors[i].values != NULL ? g_variant_new_parsed (vectors[i].values) : NULL;

      g_test_message ("vector %u", i);
      g_assert_null (geminga_router_build_path (router, vectors[i].name, values, &error));
      g_assert_error (error, GEMINGA_HTTP_ERROR, vectors[i].code);
      g_assert_nonnull (strstr (error->message, vectors[i].part));
    }

  g_assert_finalize_object (router);
}

static void
test_names (void)
{
  GemingaRouter *router = geminga_router_new ();
  g_autoptr (GemingaRoute) a = g_object_ref (add (router, "/a", "a"));
  GemingaRoute *b = add (router, "/b", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  g_assert_cmpstr (geminga_route_get_name (a), ==, "a");
  g_assert_cmpstr (geminga_route_get_name (b), ==, NULL);
  g_assert_cmpstr (geminga_route_get_pattern (b), ==, "/b");
  g_assert_cmpstr (geminga_route_get_methods (b)[0], ==, "GET");
  g_assert_false (geminga_route_set_name (b, "a", &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE);
  g_clear_error (&error);
  g_assert_false (geminga_route_set_name (b, "", &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE);
  g_clear_error (&error);

  g_assert_true (geminga_route_set_name (a, "a", &error));
  g_assert_true (geminga_route_set_name (a, "other", &error));
  g_assert_true (geminga_route_set_name (b, "a", &error));
  path = geminga_router_build_path (router, "a", NULL, &error);
  g_assert_cmpstr (path, ==, "/b");

  g_assert_finalize_object (router);
  g_assert_false (geminga_route_set_name (a, "late", &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE);
  g_assert_cmpstr (geminga_route_get_name (a), ==, "other");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/router-path/build", test_build);
  g_test_add_func ("/http/router-path/build-fails", test_build_fails);
  g_test_add_func ("/http/router-path/names", test_names);

  return g_test_run ();
}
