/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "fake-request.h"
#include "geminga-middleware.h"

/* Helpers */

/* A middleware that notes its name, and may hold or answer. */
typedef struct
{
  GemingaMiddleware parent_instance;

  GString *trace; /* of the test */
  const char *name;
  gboolean holds;
  gboolean goes_on;     /* holds, but calls next() at once */
  guint answers;        /* a status; 0: does not */
  GemingaRequest *held; /* (nullable) */
} Noter;

typedef struct
{
  GemingaMiddlewareClass parent_class;
} NoterClass;

static GType noter_get_type (void);
G_DEFINE_FINAL_TYPE_WITH_CODE (Noter, noter, GEMINGA_TYPE_MIDDLEWARE, )

static gboolean
hold (Noter *self, GemingaRequest *request)
{
  if (self->holds)
    self->held = g_object_ref (request);
  if (self->goes_on)
    geminga_request_next (request);

  return self->holds || self->goes_on;
}

static gboolean
noter_before (GemingaMiddleware *middleware, GemingaRequest *request)
{
  Noter *self = (Noter *) middleware;

  g_string_append_printf (self->trace, "%s>", self->name);
  if (self->answers != 0)
    {
      geminga_request_respond_empty (request, self->answers);
      return FALSE;
    }

  return hold (self, request);
}

static gboolean
noter_after (GemingaMiddleware *middleware, GemingaRequest *request, GemingaResponse *response)
{
  Noter *self = (Noter *) middleware;

  g_string_append_printf (self->trace, "<%s", self->name);
  g_assert_true (geminga_request_is_answered (request));
  g_assert_true (geminga_response_add_header (response, "X-Seen", self->name, NULL));

  return hold (self, request);
}

static void
noter_class_init (NoterClass *klass)
{
  GEMINGA_MIDDLEWARE_CLASS (klass)->before = noter_before;
  GEMINGA_MIDDLEWARE_CLASS (klass)->after = noter_after;
}

static void
noter_init (Noter *self)
{
}

static Noter *
noter_new (GString *trace, const char *name)
{
  Noter *self = g_object_new (noter_get_type (), NULL);

  self->trace = trace;
  self->name = name;

  return self;
}

static void
handle (GemingaRequest *request, gpointer user_data)
{
  g_string_append (user_data, "!");
  geminga_request_respond_text (request, 200, "ok");
}

static void
drop (GemingaRequest *request, gpointer user_data)
{
}

typedef struct
{
  GString *trace;
  GemingaRouter *router;
  GemingaRouter *inner;
  Noter *noters[5]; /* a and b of the router, c of the inner one, d and e of its route */
  Answer answer;
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  static const char *const names[] = { "a", "b", "c", "d", "e" };
  GemingaRoute *route = NULL;

  self->trace = g_string_new (NULL);
  self->router = geminga_router_new ();
  self->inner = geminga_router_new ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    self->noters[i] = noter_new (self->trace, names[i]);

  geminga_router_add_route (self->router, "GET", "/", handle, self->trace, NULL);
  geminga_router_add_route (self->router, "GET", "/drop", drop, self->trace, NULL);
  g_assert_true (geminga_router_mount (self->router, "/in", NULL, self->inner, NULL));
  route = geminga_router_add_route (self->inner, "GET", "/x", handle, self->trace, NULL);
  geminga_router_add_middleware (self->router, GEMINGA_MIDDLEWARE (self->noters[0]));
  geminga_router_add_middleware (self->router, GEMINGA_MIDDLEWARE (self->noters[1]));
  geminga_router_add_middleware (self->inner, GEMINGA_MIDDLEWARE (self->noters[2]));
  geminga_route_add_middleware (route, GEMINGA_MIDDLEWARE (self->noters[3]));
  geminga_route_add_middleware (route, GEMINGA_MIDDLEWARE (self->noters[4]));
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  answer_clear (&self->answer);
  g_assert_finalize_object (self->router);
  g_assert_finalize_object (self->inner);
  for (guint i = 0; i < G_N_ELEMENTS (self->noters); i++)
    {
      g_assert_null (self->noters[i]->held);
      g_assert_finalize_object (self->noters[i]);
    }
  g_string_free (self->trace, TRUE);
}

static void
ask (Fixture *self, const char *method, const char *path)
{
  g_autofree char *text = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: a\r\n\r\n", method, path);
  g_autoptr (GemingaRequest) request = request_new (&self->answer, text, NULL);

  g_string_truncate (self->trace, 0);
  geminga_router_handle (self->router, request);
}

static void
let_go_on (Noter *noter)
{
  g_autoptr (GemingaRequest) request = g_steal_pointer (&noter->held);

  geminga_request_next (request);
}

/* Tests */

static void
test_order (Fixture *self, gconstpointer unused)
{
  static const struct
  {
    const char *method;
    const char *path;
    const char *trace;
    guint status;
  } vectors[] = {
    { "GET", "/", "a>b>!<b<a", 200 },
    { "HEAD", "/", "a>b>!<b<a", 200 },
    { "GET", "/in/x", "a>b>c>d>e>!<e<d<c<b<a", 200 },
    { "POST", "/in/x", "a>b>c><c<b<a", 405 },
    { "OPTIONS", "/in/x", "a>b>c><c<b<a", 204 },
    { "GET", "/in/none", "a>b>c><c<b<a", 404 },
    { "GET", "/none", "a>b><b<a", 404 },
    { "GET", "/../none", "a>b><b<a", 400 },
    { "OPTIONS", "*", "a>b><b<a", 204 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_test_message ("vector %u", i);
      ask (self, vectors[i].method, vectors[i].path);
      g_assert_cmpstr (self->trace->str, ==, vectors[i].trace);
      g_assert_cmpuint (self->answer.response->status, ==, vectors[i].status);
    }
}

static void
test_answers (Fixture *self, gconstpointer unused)
{
  self->noters[1]->answers = 403;
  ask (self, "GET", "/in/x");
  g_assert_cmpstr (self->trace->str, ==, "a>b><a");
  g_assert_cmpuint (self->answer.response->status, ==, 403);
  g_assert_cmpstr (answer_get_field (&self->answer, "X-Seen"), ==, "a");

  self->noters[0]->answers = 401;
  ask (self, "GET", "/in/x");
  g_assert_cmpstr (self->trace->str, ==, "a>");
  g_assert_cmpuint (self->answer.response->status, ==, 401);
}

static void
test_holds (Fixture *self, gconstpointer unused)
{
  self->noters[0]->holds = TRUE;
  self->noters[1]->goes_on = TRUE;
  ask (self, "GET", "/");
  g_assert_cmpstr (self->trace->str, ==, "a>");
  g_assert_null (self->answer.response);
  let_go_on (self->noters[0]);
  g_assert_cmpstr (self->trace->str, ==, "a>b>!<b<a");
  g_assert_null (self->answer.response);
  let_go_on (self->noters[0]);
  g_assert_cmpuint (self->answer.response->status, ==, 200);

  /* A request that is held may be answered. */
  ask (self, "GET", "/");
  geminga_request_respond_empty (self->noters[0]->held, 403);
  g_assert_cmpuint (self->answer.response->status, ==, 403);
  let_go_on (self->noters[0]);
  g_assert_cmpstr (self->trace->str, ==, "a>");
}

static void
test_dropped (Fixture *self, gconstpointer unused)
{
  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "*dropped unanswered*");
  ask (self, "GET", "/drop");
  g_test_assert_expected_messages ();
  g_assert_cmpstr (self->trace->str, ==, "a>b><b<a");
  g_assert_cmpuint (self->answer.response->status, ==, 500);

  self->noters[0]->holds = TRUE;
  ask (self, "GET", "/");
  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "*dropped unanswered*");
  g_clear_object (&self->noters[0]->held);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (self->answer.response->status, ==, 500);

  ask (self, "GET", "/");
  let_go_on (self->noters[0]);
  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "*dropped by a middleware*");
  g_clear_object (&self->noters[0]->held);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (self->answer.response->status, ==, 200);
}

static void
test_closed (Fixture *self, gconstpointer unused)
{
  self->noters[0]->holds = TRUE;
  ask (self, "GET", "/");
  g_assert_true (geminga_http_exchange_close (self->answer.exchange));
  g_assert_true (geminga_request_is_answered (self->noters[0]->held));
  let_go_on (self->noters[0]);
  g_assert_cmpstr (self->trace->str, ==, "a>");
  g_assert_null (self->answer.response);
}

static gpointer
answer_in_thread (gpointer data)
{
  g_autoptr (GemingaRequest) request = data;

  geminga_request_respond_text (request, 200, "thread");

  return NULL;
}

static gpointer
go_on_in_thread (gpointer data)
{
  g_autoptr (GemingaRequest) request = data;

  geminga_request_next (request);

  return NULL;
}

static void
test_threads (Fixture *self, gconstpointer unused)
{
  self->noters[0]->holds = TRUE;
  ask (self, "GET", "/in/x");
  g_thread_join (g_thread_new ("next", go_on_in_thread, g_steal_pointer (&self->noters[0]->held)));
  self->noters[0]->holds = FALSE;
  self->noters[3]->holds = TRUE;
  while (self->noters[3]->held == NULL)
    g_main_context_iteration (NULL, TRUE);
  self->noters[3]->holds = FALSE;
  g_thread_join (
      g_thread_new ("answer", answer_in_thread, g_steal_pointer (&self->noters[3]->held)));
  while (self->answer.response == NULL)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpstr (self->trace->str, ==, "a>b>c>d><c<b<a");
  g_assert_cmpuint (self->answer.response->status, ==, 200);
}

static gboolean
refuse_cb (GemingaRequest *request, gpointer user_data)
{
  if (geminga_request_get_header (request, "X-Refuse") != NULL)
    geminga_request_respond_empty (request, 403);

  return FALSE;
}

static gboolean
teapot_cb (GemingaRequest *request, GemingaResponse *response, gpointer user_data)
{
  geminga_response_set_status (response, 418);

  return FALSE;
}

static void
test_functions (Fixture *self, gconstpointer unused)
{
  g_autoptr (GemingaMiddleware) before = geminga_middleware_new_before_func (refuse_cb, NULL, NULL);
  g_autoptr (GemingaMiddleware) after = geminga_middleware_new_after_func (teapot_cb, NULL, NULL);
  GemingaRouter *router = geminga_router_new ();

  geminga_router_add_route (router, "GET", "/", handle, self->trace, NULL);
  geminga_router_add_middleware (router, after);
  geminga_router_add_middleware (router, before);
  g_set_object (&self->router, router);
  ask (self, "GET", "/");
  g_assert_cmpstr (self->trace->str, ==, "!");
  g_assert_cmpuint (self->answer.response->status, ==, 418);
  g_object_unref (router);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "order", test_order },         { "answers", test_answers }, { "holds", test_holds },
    { "dropped", test_dropped },     { "closed", test_closed },   { "threads", test_threads },
    { "functions", test_functions },
  };
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/http/middleware/", tests[i].path, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
