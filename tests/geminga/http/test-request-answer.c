/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "fake-request.h"
#include "geminga-error.h"
#include "geminga-http-error.h"

#define SIMPLE "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"

/* Helpers */

static void
assert_answer (Answer *answer,
               GemingaRequest *request,
               guint status,
               const char *content_type,
               const char *body)
{
  g_autofree char *text = NULL;

  g_assert_true (geminga_request_is_answered (request));
  g_assert_nonnull (answer->response);
  text = answer_dup_text (answer);
  g_assert_cmpuint (answer->response->status, ==, status);
  g_assert_cmpstr (answer->response->content_type, ==, content_type);
  g_assert_cmpstr (text, ==, body);
  g_assert_finalize_object (request);
  answer_clear (answer);
}

/* Tests */

static void
test_respond (void)
{
  Answer answer = { 0 };
  GemingaRequest *request = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("raw", 3);

  request = request_new (&answer, SIMPLE, NULL);
  g_assert_false (geminga_request_is_answered (request));
  geminga_request_respond_text (request, 418, "tea");
  assert_answer (&answer, request, 418, "text/plain; charset=utf-8", "tea");

  request = request_new (&answer, SIMPLE, NULL);
  geminga_request_respond_json (request, 200, "{}");
  assert_answer (&answer, request, 200, "application/json", "{}");

  request = request_new (&answer, SIMPLE, NULL);
  geminga_request_respond_variant (request, 200, g_variant_new ("(si)", "a\nb", 3));
  assert_answer (&answer, request, 200, "application/json", "[\"a\\u000ab\",3]");

  request = request_new (&answer, SIMPLE, NULL);
  geminga_request_respond_bytes (request, 200, "image/x-none", bytes);
  assert_answer (&answer, request, 200, "image/x-none", "raw");

  request = request_new (&answer, SIMPLE, NULL);
  geminga_request_respond_empty (request, 204);
  assert_answer (&answer, request, 204, NULL, "");
}

static void
test_redirect (void)
{
  Answer answer = { 0 };
  GemingaRequest *request = request_new (&answer, SIMPLE, NULL);

  geminga_request_respond_redirect (request, 303, "/b?c=d e\r\nX: y\303\251");
  g_assert_cmpstr (answer_get_field (&answer, "Location"), ==, "/b?c=d%20e%0D%0AX:%20y%C3%A9");
  assert_answer (&answer, request, 303, "text/plain; charset=utf-8", "See Other\n");
}

static void
test_error (void)
{
  static const struct
  {
    int code;
    guint status;
    const char *body;
  } vectors[] = {
    { GEMINGA_ERROR_NO_SUCH_ACTOR, 404, "secret\n" },
    { GEMINGA_ERROR_INVALID_ARGUMENTS, 400, "secret\n" },
    { GEMINGA_ERROR_NOT_AUTHORIZED, 403, "secret\n" },
    { GEMINGA_ERROR_ALREADY_EXISTS, 409, "secret\n" },
    { GEMINGA_ERROR_TOO_LARGE, 413, "secret\n" },
    { GEMINGA_ERROR_FAILED, 500, "Internal Server Error\n" },
    { GEMINGA_ERROR_NOT_SUPPORTED, 501, "Not Implemented\n" },
    { GEMINGA_ERROR_MAILBOX_FULL, 503, "Service Unavailable\n" },
    { GEMINGA_ERROR_TIMED_OUT, 504, "Gateway Timeout\n" },
  };
  Answer answer = { 0 };
  g_autoptr (GError) other = g_error_new (G_FILE_ERROR, G_FILE_ERROR_NOENT, "none");
  g_autoptr (GError) io = g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no file");
  GemingaRequest *request = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = g_error_new (GEMINGA_ERROR, vectors[i].code, "secret");

      request = request_new (&answer, SIMPLE, NULL);
      geminga_request_respond_error (request, error);
      assert_answer (&answer, request, vectors[i].status, "text/plain; charset=utf-8",
                     vectors[i].body);
    }

  g_assert_cmpuint (geminga_http_status_from_error (other), ==, 500);
  g_assert_cmpuint (geminga_http_status_from_error (io), ==, 404);
}

static void
test_headers (void)
{
  static const char *const refused[][2] = {
    { "X-A", "b\r\nSet-Cookie: stolen=1" },
    { "X-A", "b\nc" },
    { "X-A", "b\177" },
    { "X-A", "b\001" },
    { "X A", "b" },
    { "X-A:", "b" },
    { "X-A\r\nB", "b" },
    { "", "b" },
    { "content-length", "5" },
    { "Transfer-Encoding", "chunked" },
    { "Connection", "close" },
  };
  Answer answer = { 0 };
  GemingaRequest *request = request_new (&answer, SIMPLE, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_assert_false (
          geminga_request_set_response_header (request, refused[i][0], refused[i][1], &error));
      g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_HEADER);
      g_assert_null (strpbrk (error->message, "\r\n\001\177"));
      g_clear_error (&error);
      g_assert_false (
          geminga_request_add_response_header (request, refused[i][0], refused[i][1], &error));
      g_clear_error (&error);
    }

  g_assert_true (geminga_request_set_response_header (request, "X-One", "1", &error));
  g_assert_true (geminga_request_set_response_header (request, "x-one", "2", &error));
  g_assert_true (geminga_request_add_response_header (request, "Set-Cookie", "a", &error));
  g_assert_true (geminga_request_add_response_header (request, "Set-Cookie", "b", &error));
  g_assert_true (geminga_request_set_response_header (request, "Content-Type", "a/b", &error));
  g_assert_no_error (error);

  geminga_request_respond_text (request, 200, "x");
  g_assert_cmpstr (answer_get_field (&answer, "X-One"), ==, "2");
  g_assert_cmpuint (answer.response->fields->len, ==, 8);
  g_assert_null (answer.response->content_type);

  g_assert_false (geminga_request_set_response_header (request, "X", "late", &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_STATE);
  g_assert_finalize_object (request);
  answer_clear (&answer);
}

static void
test_twice (void)
{
  Answer answer = { 0 };
  GemingaRequest *request = request_new (&answer, SIMPLE, NULL);

  geminga_request_respond_text (request, 200, "first");
  g_test_expect_message ("Geminga", G_LOG_LEVEL_CRITICAL, "*GET /a) is answered already*");
  geminga_request_respond_text (request, 200, "second");
  g_test_assert_expected_messages ();
  assert_answer (&answer, request, 200, "text/plain; charset=utf-8", "first");
}

static void
test_fail (void)
{
  Answer answer = { 0 };
  GemingaRequest *request = request_new (&answer, SIMPLE, NULL);

  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "*GET /a) failed in its handler: boom");
  geminga_request_fail (request, "boom");
  /* After the answer, it is told only. */
  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "*boom again");
  geminga_request_fail (request, "boom again");
  g_test_assert_expected_messages ();
  assert_answer (&answer, request, 500, "text/plain; charset=utf-8", "Internal Server Error\n");
}

static void
test_dropped (void)
{
  Answer answer = { 0 };
  GemingaRequest *request = request_new (&answer, SIMPLE, NULL);

  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "*GET /a) was dropped unanswered*");
  g_assert_finalize_object (request);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (answer.response->status, ==, 500);
  answer_clear (&answer);
}

/* The engine gave up: what the handler does now is nobody's fault. */
static void
test_closed (void)
{
  Answer answer = { 0 };
  GemingaRequest *request = request_new (&answer, SIMPLE, NULL);
  GCancellable *cancellable = geminga_request_get_cancellable (request);

  g_assert_false (g_cancellable_is_cancelled (cancellable));
  g_assert_true (geminga_http_exchange_close (answer.exchange));
  g_assert_true (g_cancellable_is_cancelled (cancellable));
  g_assert_true (geminga_request_is_answered (request));
  geminga_request_respond_text (request, 200, "late");
  g_assert_null (answer.response);
  g_assert_finalize_object (request);
  answer_clear (&answer);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/request/respond", test_respond);
  g_test_add_func ("/http/request/redirect", test_redirect);
  g_test_add_func ("/http/request/error", test_error);
  g_test_add_func ("/http/request/headers", test_headers);
  g_test_add_func ("/http/request/twice", test_twice);
  g_test_add_func ("/http/request/fail", test_fail);
  g_test_add_func ("/http/request/dropped", test_dropped);
  g_test_add_func ("/http/request/closed", test_closed);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
