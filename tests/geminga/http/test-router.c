/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "fake-request.h"
#include "geminga-http-error.h"
#include "geminga-router.h"

/* Helpers */

/* Answers with the name of the route and the value of "id" or "rest". */
static void
tell (GemingaRequest *request, gpointer user_data)
{
  const char *id = geminga_request_get_param (request, "id");
  const char *rest = geminga_request_get_param (request, "rest");
  g_autofree char *text = NULL;

  text = g_strdup_printf ("%s:%s", (char *) user_data, id != NULL ? id : rest != NULL ? rest : "");
  geminga_request_respond_text (request, 200, text);
}

static guint
ask (GemingaRouter *router, Answer *answer, const char *method, const char *path)
{
  g_autofree char *text = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: a\r\n\r\n", method, path);
  g_autoptr (GemingaRequest) request = request_new (answer, text, NULL);

  geminga_router_handle (router, request);
  g_assert_nonnull (answer->response);

  return answer->response->status;
}

static GemingaRouter *
make_router (void)
{
  static const char *const routes[][3] = {
    { "GET", "/", "root" },
    { "GET", "/users", "users" },
    { "POST", "/users", "add" },
    { "GET", "/users/me", "me" },
    { "GET", "/users/{id:int}", "number" },
    { "GET", "/users/{id}", "name" },
    { "DELETE,PUT", "/users/{id}", "change" },
    { "GET", "/users/{id:int}/posts", "posts" },
    { "GET", "/users/me/{id}", "mine" },
    { "GET", "/x/{id:float}", "float" },
    { "GET", "/x/{id:int}", "int" },
    { "GET", "/files/{rest:path}", "files" },
    { "GET", "/files/fixed", "fixed" },
    { "*", "/any", "any" },
    { "HEAD", "/head", "head" },
    { "OPTIONS", "/options", "options" },
    { "GET", "/caf\303\251", "utf8" },
    { "GET", "/slash/", "slash" },
  };
  GemingaRouter *router = geminga_router_new ();

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    geminga_router_add_route (router, routes[i][0], routes[i][1], tell, (gpointer) routes[i][2],
                              NULL);
  g_assert_cmpuint (geminga_router_get_n_routes (router), ==, G_N_ELEMENTS (routes));

  return router;
}

/* Tests */

static void
test_match (void)
{
  static const struct
  {
    const char *method;
    const char *path;
    const char *text; /* or NULL and: */
    guint status;
    const char *allow;
  } vectors[] = {
    { "GET", "/", "root:" },
    { "GET", "/users", "users:" },
    { "POST", "/users", "add:" },
    { "GET", "/users/me", "me:" },
    { "GET", "/users/%6De", "me:" },
    { "GET", "/users/17", "number:17" },
    { "GET", "/users/-17", "number:-17" },
    { "GET", "/users/+17", "name:+17" },
    { "GET", "/users/99999999999999999999", "name:99999999999999999999" },
    { "GET", "/users/a%2Fb", "name:a/b" },
    { "GET", "/users/a%20b", "name:a b" },
    { "GET", "/users/17/posts", "posts:17" },
    { "GET", "/users/me/posts", "mine:posts" },
    { "PUT", "/users/17", "change:17" },
    { "DELETE", "/users/me", "change:me" },
    { "GET", "/x/1", "int:1" },
    { "GET", "/x/1.5", "float:1.5" },
    { "GET", "/x/-1e3", "float:-1e3" },
    { "GET", "/files/", "files:" },
    { "GET", "/files/a", "files:a" },
    { "GET", "/files/a/b%20c/d", "files:a/b c/d" },
    { "GET", "/files/fixed", "fixed:" },
    { "GET", "/files/fixed/more", "files:fixed/more" },
    { "BREW", "/any", "any:" },
    { "OPTIONS", "/any", "any:" },
    { "HEAD", "/users/me", "me:" },
    { "HEAD", "/head", "head:" },
    { "OPTIONS", "/options", "options:" },
    { "GET", "/caf%C3%A9", "utf8:" },
    { "GET", "/slash/", "slash:" },
    { "GET", "/users?x=/y", "users:" },
    { "GET", "/slash", NULL, 404 },
    { "GET", "/users/", NULL, 404 },
    { "GET", "//", NULL, 404 },
    { "GET", "/files", NULL, 404 },
    { "GET", "/x/inf", NULL, 404 },
    { "GET", "/x/1e999", NULL, 404 },
    { "GET", "/users/me/a/b", NULL, 404 },
    { "GET", "/files/a%2Fb", NULL, 404 },
    { "GET", "/files/../x", NULL, 400 },
    { "GET", "/files/%2e%2E/x", NULL, 400 },
    { "GET", "/./users", NULL, 400 },
    { "PATCH", "/users", NULL, 405, "GET, HEAD, POST, OPTIONS" },
    { "GET", "/head", NULL, 405, "HEAD, OPTIONS" },
    { "PATCH", "/users/me", NULL, 405, "GET, HEAD, DELETE, PUT, OPTIONS" },
    { "OPTIONS", "/users", NULL, 204, "GET, HEAD, POST, OPTIONS" },
    { "OPTIONS", "/nowhere", NULL, 404 },
    { "OPTIONS", "*", NULL, 204 },
  };
  GemingaRouter *router = make_router ();
  Answer answer = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text = NULL;
      guint status;

      g_test_message ("vector %u", i);
      status = ask (router, &answer, vectors[i].method, vectors[i].path);
      text = answer_dup_text (&answer);
      g_assert_cmpuint (status, ==, vectors[i].text != NULL ? 200 : vectors[i].status);
      if (vectors[i].text != NULL)
        g_assert_cmpstr (text, ==, vectors[i].text);
      g_assert_cmpstr (answer_get_field (&answer, "Allow"), ==, vectors[i].allow);
    }

  answer_clear (&answer);
  g_assert_finalize_object (router);
}

static void
test_check (void)
{
  static const struct
  {
    const char *method;
    const char *path;
    int code;
    const char *part; /* of the message */
  } vectors[] = {
    { "GET", "users", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "begins with a slash" },
    { "GET", "", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "begins with a slash" },
    { "GET", "/\377", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "UTF-8" },
    { "GET", "/a{b}", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "a{b}" },
    { "GET", "/{", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "“{”" },
    { "GET", "/{}", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "no name" },
    { "GET", "/{1a}", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "1a" },
    { "GET", "/{a:uint}", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "int, float, str and path are" },
    { "GET", "/{a}/{a}", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "Two path parameters" },
    { "GET", "/{a:path}/b", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "nothing can follow" },
    { "GET", "/a/../b", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "“..”" },
    { "GET", "/a?b", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "a?b" },
    { "", "/new", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "Methods “”" },
    { "GET POST", "/new", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "GET POST" },
    { "GET,", "/new", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "GET," },
    { "GET,GET", "/new", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "different" },
    { "GET,*", "/new", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "*" },
    { "GET", "/users", GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE, "GET /users" },
    { "PATCH,POST", "/users", GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE, "POST /users" },
    { "GET", "/users/{other}", GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE, "{other}" },
    { "*", "/any", GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE, "* /any" },
    { "GET", "/{a:int(}", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "brackets" },
    { "GET", "/{a:int(min=x)}", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "“min=x” is no limit of “int”" },
    { "GET", "/{a:int(min=3,max=2)}", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "exclude each other" },
    { "GET", "/{a:int(min=100,digits=2)}", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "exclude" },
    { "GET", "/{a:str(digits=2)}", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "digits=2" },
    { "GET", "/{a:any}", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "any(red,green)" },
    { "GET", "/{a:any(x,x)}", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "different texts" },
    { "GET", "/{a=1}/b", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "all that follows it needs one" },
    { "GET", "/{a:int=x}", GEMINGA_HTTP_ERROR_INVALID_ROUTE, "“x” cannot be the default of “a”" },
    { "GET", "/users/{a:int=1}", GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE, "already: /users" },
  };
  GemingaRouter *router = make_router ();
  g_autoptr (GError) none = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("vector %u", i);
      g_assert_false (
          geminga_router_check_route (router, vectors[i].method, vectors[i].path, &error));
      g_assert_error (error, GEMINGA_HTTP_ERROR, vectors[i].code);
      g_assert_nonnull (strstr (error->message, vectors[i].part));
    }

  g_assert_true (geminga_router_check_route (router, "GET, POST", "/any/{x:str}", &none));
  g_assert_true (geminga_router_check_route (router, "GET", "/any", &none));
  g_assert_no_error (none);
  g_assert_finalize_object (router);
}

static void
test_limits (void)
{
  static const char *const routes[][2] = {
    { "/l/{id:str(length=2)}", "two" },      { "/l/{id:str(min=4,max=5)}", "some" },
    { "/l/{id:int(digits=4)}", "year" },     { "/l/{id:int(min=1,max=99)}", "small" },
    { "/l/{id:any(red, green)}", "colour" }, { "/f/{id:float(min=0,max=1)}", "part" },
    { "/news/{id:int=1}", "news" },          { "/{id=index}", "page" },
    { "/tree/{rest:path=top}", "tree" },
  };
  static const char *const vectors[][2] = {
    { "/l/de", "two:de" },      { "/l/%C3%A4%C3%B6", "two:\303\244\303\266" },
    { "/l/abc", NULL },         { "/l/abcd", "some:abcd" },
    { "/l/abcdef", NULL },      { "/l/2024", "year:2024" },
    { "/l/0024", "year:0024" }, { "/l/-024", "some:-024" },
    { "/l/7", "small:7" },      { "/l/99", "small:99" },
    { "/l/0", NULL },           { "/l/red", "colour:red" },
    { "/l/blue", "some:blue" }, { "/f/0.5", "part:0.5" },
    { "/f/1.5", NULL },         { "/news", "news:1" },
    { "/news/3", "news:3" },    { "/news/", NULL },
    { "/", "page:index" },      { "/x", "page:x" },
    { "/tree", "tree:top" },    { "/tree/a/b", "tree:a/b" },
  };
  GemingaRouter *router = geminga_router_new ();
  Answer answer = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    g_assert_nonnull (geminga_router_add_route (router, "GET", routes[i][0], tell,
                                                (gpointer) routes[i][1], NULL));

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text = NULL;

      g_test_message ("%s", vectors[i][0]);
      g_assert_cmpuint (ask (router, &answer, "GET", vectors[i][0]), ==,
                        vectors[i][1] != NULL ? 200 : 404);
      text = answer_dup_text (&answer);
      if (vectors[i][1] != NULL)
        g_assert_cmpstr (text, ==, vectors[i][1]);
    }

  answer_clear (&answer);
  g_assert_finalize_object (router);
}

static void
test_slashes (void)
{
  static const struct
  {
    GemingaSlashPolicy trailing;
    GemingaSlashPolicy twice;
    const char *path;
    guint status;
    const char *detail; /* location or text */
  } vectors[] = {
    { GEMINGA_SLASH_POLICY_REDIRECT, 0, "/users/?a=b", 308, "/users?a=b" },
    { GEMINGA_SLASH_POLICY_REDIRECT, 0, "/slash", 308, "/slash/" },
    { GEMINGA_SLASH_POLICY_REDIRECT, 0, "/slash/", 200, "slash:" },
    { GEMINGA_SLASH_POLICY_REDIRECT, 0, "/nowhere/", 404, NULL },
    { GEMINGA_SLASH_POLICY_IGNORE, 0, "/users/", 200, "users:" },
    { GEMINGA_SLASH_POLICY_IGNORE, 0, "/slash", 200, "slash:" },
    { GEMINGA_SLASH_POLICY_IGNORE, 0, "/users/%2F/", 200, "name:/" },
    { GEMINGA_SLASH_POLICY_IGNORE, 0, "/options/", 405, NULL },
    { 0, GEMINGA_SLASH_POLICY_REDIRECT, "//users///17?x=//", 308, "/users/17?x=//" },
    { 0, GEMINGA_SLASH_POLICY_REDIRECT, "//", 308, "/" },
    { 0, GEMINGA_SLASH_POLICY_REDIRECT, "//nowhere", 404, NULL },
    { 0, GEMINGA_SLASH_POLICY_IGNORE, "//users///17", 200, "number:17" },
    { 0, GEMINGA_SLASH_POLICY_IGNORE, "//slash//", 200, "slash:" },
    { GEMINGA_SLASH_POLICY_REDIRECT, GEMINGA_SLASH_POLICY_REDIRECT, "/users//", 308, "/users" },
  };
  GemingaRouter *router = make_router ();
  Answer answer = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text = NULL;

      g_test_message ("vector %u: %s", i, vectors[i].path);
      geminga_router_set_trailing_slash (router, vectors[i].trailing);
      geminga_router_set_double_slash (router, vectors[i].twice);
      g_assert_cmpint (geminga_router_get_trailing_slash (router), ==, vectors[i].trailing);
      g_assert_cmpint (geminga_router_get_double_slash (router), ==, vectors[i].twice);
      g_assert_cmpuint (ask (router, &answer, "GET", vectors[i].path), ==, vectors[i].status);
      text = answer_dup_text (&answer);
      if (vectors[i].status == 308)
        g_assert_cmpstr (answer_get_field (&answer, "Location"), ==, vectors[i].detail);
      else if (vectors[i].detail != NULL)
        g_assert_cmpstr (text, ==, vectors[i].detail);
    }

  answer_clear (&answer);
  g_assert_finalize_object (router);
}

static void
test_other_host (void)
{
  GemingaRouter *router = geminga_router_new ();
  Answer answer = { 0 };

  geminga_router_set_trailing_slash (router, GEMINGA_SLASH_POLICY_REDIRECT);
  geminga_router_add_route (router, "GET", "//example.org/", tell, "trap", NULL);
  g_assert_cmpuint (ask (router, &answer, "GET", "//example.org"), ==, 404);

  answer_clear (&answer);
  g_assert_finalize_object (router);
}

/* Answers with all parameters. */
static void
tell_all (GemingaRequest *request, gpointer user_data)
{
  g_autofree char *text = g_strdup_printf (
      "%s %s %s", geminga_route_get_pattern (geminga_request_get_route (request)),
      geminga_request_get_param (request, "version"), geminga_request_get_param (request, "id"));

  geminga_request_respond_text (request, 200, text);
}

static void
test_mount (void)
{
  static const char *const vectors[][2] = {
    { "/api/1/users/7", "/users/{id} 1 7" },        { "/api/2/", "/ 2 (null)" },
    { "/api/1/list", "/list/{id:int=5} 1 5" },      { "/api/x/users/7", NULL },
    { "/api/1/own", "/api/{id:int}/own (null) 1" }, { "/api/1", NULL },
    { "/api/1/inner/x", "/{version} x (null)" },
  };
  GemingaRouter *router = geminga_router_new ();
  GemingaRouter *api = geminga_router_new ();
  GemingaRouter *inner = geminga_router_new ();
  g_autoptr (GError) error = NULL;
  Answer answer = { 0 };

  g_assert_true (geminga_router_mount (router, "/api/{version:int}", "api", api, &error));
  g_assert_true (geminga_router_mount (api, "/inner", NULL, inner, &error));
  g_assert_no_error (error);
  geminga_router_add_route (api, "GET", "/users/{id}", tell_all, NULL, NULL);
  geminga_router_add_route (api, "GET", "/", tell_all, NULL, NULL);
  geminga_router_add_route (api, "GET", "/list/{id:int=5}", tell_all, NULL, NULL);
  geminga_router_add_route (inner, "GET", "/{version}", tell_all, NULL, NULL);
  geminga_router_add_route (router, "GET", "/api/{id:int}/own", tell_all, NULL, NULL);
  g_assert_cmpuint (geminga_router_get_n_routes (router), ==, 1);

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text = NULL;

      g_test_message ("%s", vectors[i][0]);
      g_assert_cmpuint (ask (router, &answer, "GET", vectors[i][0]), ==,
                        vectors[i][1] != NULL ? 200 : 404);
      text = answer_dup_text (&answer);
      if (vectors[i][1] != NULL)
        g_assert_cmpstr (text, ==, vectors[i][1]);
    }

  g_assert_cmpuint (ask (router, &answer, "POST", "/api/1/users/7"), ==, 405);
  g_assert_cmpstr (answer_get_field (&answer, "Allow"), ==, "GET, HEAD, OPTIONS");

  g_assert_false (geminga_router_mount (inner, "/up", NULL, router, &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE);
  g_assert_nonnull (strstr (error->message, "in itself"));
  g_clear_error (&error);
  g_assert_false (geminga_router_mount (router, "/api/{v:int}", NULL, inner, &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_DUPLICATE_ROUTE);
  g_clear_error (&error);
  g_assert_false (geminga_router_mount (router, "/api/", NULL, inner, &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE);

  answer_clear (&answer);
  g_assert_finalize_object (router);
  g_assert_finalize_object (api);
  g_assert_finalize_object (inner);
}

static void
test_mount_depth (void)
{
  GemingaRouter *routers[10];
  g_autoptr (GError) error = NULL;
  Answer answer = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (routers); i++)
    routers[i] = geminga_router_new ();
  for (guint i = 8; i > 0; i--)
    g_assert_true (geminga_router_mount (routers[i - 1], "/a", NULL, routers[i], &error));
  geminga_router_add_route (routers[8], "GET", "/x", tell, "deep", NULL);
  g_assert_cmpuint (ask (routers[0], &answer, "GET", "/a/a/a/a/a/a/a/a/x"), ==, 200);

  g_assert_false (geminga_router_mount (routers[8], "/a", NULL, routers[9], &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE);
  g_clear_error (&error);
  g_assert_false (geminga_router_mount (routers[9], "/a", NULL, routers[0], &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_ROUTE);

  answer_clear (&answer);
  for (guint i = 0; i < G_N_ELEMENTS (routers); i++)
    g_assert_finalize_object (routers[i]);
}

static void
count_cb (gpointer data)
{
  (*(guint *) data)++;
}

static void
test_add (void)
{
  GemingaRouter *router = geminga_router_new ();
  guint destroyed = 0;

  geminga_router_add_route (router, "GET", "/a", tell, &destroyed, count_cb);
  g_test_expect_message ("Geminga", G_LOG_LEVEL_CRITICAL, "*route for GET /a already*");
  geminga_router_add_route (router, "GET", "/a", tell, &destroyed, count_cb);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (destroyed, ==, 1);
  g_assert_cmpuint (geminga_router_get_n_routes (router), ==, 1);

  g_assert_finalize_object (router);
  g_assert_cmpuint (destroyed, ==, 2);
}

static void
test_deep (void)
{
  GemingaRouter *router = geminga_router_new ();
  Answer answer = { 0 };
  g_autoptr (GString) deep = g_string_new (NULL);

  geminga_router_add_route (router, "GET", "/{rest:path}", tell, "all", NULL);
  for (guint i = 0; i < 64; i++)
    g_string_append (deep, "/x");
  g_assert_cmpuint (ask (router, &answer, "GET", deep->str), ==, 200);
  g_string_append (deep, "/x");
  g_assert_cmpuint (ask (router, &answer, "GET", deep->str), ==, 404);

  answer_clear (&answer);
  g_assert_finalize_object (router);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/router/match", test_match);
  g_test_add_func ("/http/router/check", test_check);
  g_test_add_func ("/http/router/limits", test_limits);
  g_test_add_func ("/http/router/slashes", test_slashes);
  g_test_add_func ("/http/router/other-host", test_other_host);
  g_test_add_func ("/http/router/mount", test_mount);
  g_test_add_func ("/http/router/mount-depth", test_mount_depth);
  g_test_add_func ("/http/router/add", test_add);
  g_test_add_func ("/http/router/deep", test_deep);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
