/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "fake-request.h"
#include "geminga-http-error.h"

/* Helpers */

static GemingaRequest *
make (Answer *answer, const char *type, const char *body)
{
  g_autofree char *text =
      g_strdup_printf ("POST / HTTP/1.1\r\nHost: a\r\n%s%s\r\n\r\n",
                       type != NULL ? "Content-Type: " : "X: y", type != NULL ? type : "");

  return request_new (answer, text, body);
}

static void
end (GemingaRequest *request)
{
  geminga_request_respond_empty (request, 204);
  g_assert_finalize_object (request);
}

/* Tests */

static void
test_json (void)
{
  static const struct
  {
    const char *type;
    const char *body;
    int code; /* -1: none */
    guint status;
  } vectors[] = {
    { "application/json", "{\"a\": [1, 2]}", -1 },
    { "application/problem+json; charset=utf-8", "{\"a\": [1, 2]}", -1 },
    { "text/plain", "{}", GEMINGA_HTTP_ERROR_UNSUPPORTED_TYPE, 415 },
    { NULL, "{}", GEMINGA_HTTP_ERROR_UNSUPPORTED_TYPE, 415 },
    { "application/json", "{]", GEMINGA_HTTP_ERROR_INVALID_BODY, 400 },
    { "application/json", "", GEMINGA_HTTP_ERROR_INVALID_BODY, 400 },
  };
  Answer answer = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      GemingaRequest *request = make (&answer, vectors[i].type, vectors[i].body);
      g_autoptr (GError) error = NULL;
      JsonNode *node = geminga_request_get_json (request, &error);

      g_test_message ("vector %u", i);
      if (vectors[i].code < 0)
        {
          g_assert_no_error (error);
          g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
          g_assert_true (geminga_request_get_json (request, &error) == node);
          geminga_request_respond_json_node (request, 200, node);
          g_assert_cmpuint (g_bytes_get_size (answer.response->body), ==, 11);
        }
      else
        {
          g_assert_null (node);
          g_assert_error (error, GEMINGA_HTTP_ERROR, vectors[i].code);
          geminga_request_respond_error (request, error);
          g_assert_cmpuint (answer.response->status, ==, vectors[i].status);
        }
      g_assert_finalize_object (request);
    }

  answer_clear (&answer);
}

static void
test_variant (void)
{
  Answer answer = { 0 };
  GemingaRequest *request = make (&answer, "application/json", "{\"a\": [1, \"x\"]}");
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) loose = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  value = geminga_request_dup_json_variant (request, "a{s(us)}", &error);
  g_assert_no_error (error);
  g_assert_false (g_variant_is_floating (value));
  text = g_variant_print (value, FALSE);
  g_assert_cmpstr (text, ==, "{'a': (1, 'x')}");
  loose = geminga_request_dup_json_variant (request, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_is_of_type (loose, G_VARIANT_TYPE_VARDICT));
  g_assert_null (geminga_request_dup_json_variant (request, "as", &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_BODY);

  end (request);
  answer_clear (&answer);
}

static void
test_form (void)
{
  Answer answer = { 0 };
  GemingaRequest *request =
      make (&answer, "application/x-www-form-urlencoded; charset=UTF-8", "a=1&b=x+y%26&a=2&c");
  g_autoptr (GError) error = NULL;
  GemingaForm *form = geminga_request_get_form (request, &error);
  g_autoptr (GPtrArray) uploads = NULL;
  g_auto (GStrv) names = NULL;
  g_auto (GStrv) values = NULL;

  g_assert_no_error (error);
  g_assert_true (geminga_request_get_form (request, &error) == form);
  names = geminga_form_get_names (form);
  g_assert_cmpstrv (names, ((const char *[]){ "a", "b", "c", NULL }));
  values = geminga_form_get_values (form, "a");
  g_assert_cmpstrv (values, ((const char *[]){ "1", "2", NULL }));
  g_assert_cmpstr (geminga_form_get_value (form, "b"), ==, "x y&");
  g_assert_cmpstr (geminga_form_get_value (form, "c"), ==, "");
  g_assert_null (geminga_form_get_value (form, "d"));
  g_assert_null (geminga_form_get_upload (form, "a"));
  uploads = geminga_form_list_uploads (form);
  g_assert_cmpuint (uploads->len, ==, 0);

  end (request);
  answer_clear (&answer);
}

static void
test_multipart (void)
{
  Answer answer = { 0 };
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GInputStream) stream = NULL;
  GemingaRequest *request = NULL;
  GemingaForm *form = NULL;
  GemingaUpload *upload = NULL;
  char start[4] = { 0 };

  g_string_append (body, "--b\r\nContent-Disposition: form-data; name=t\r\n\r\nh\303\251\r\n"
                         "--b\r\nContent-Disposition: form-data; name=s; filename=s.txt\r\n"
                         "Content-Type: text/plain\r\n\r\nsmall\r\n"
                         "--b\r\nContent-Disposition: form-data; name=l; filename=l\r\n\r\n");
  for (guint i = 0; i < 200000; i++)
    g_string_append (body, "0123456789");
  g_string_append (body, "\r\n--b--\r\n");

  request = make (&answer, "multipart/form-data; boundary=b", body->str);
  form = geminga_request_get_form (request, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (geminga_form_get_value (form, "t"), ==, "h\303\251");

  upload = geminga_form_get_upload (form, "s");
  g_assert_cmpstr (geminga_upload_get_name (upload), ==, "s");
  g_assert_cmpstr (geminga_upload_get_filename (upload), ==, "s.txt");
  g_assert_cmpstr (geminga_upload_get_content_type (upload), ==, "text/plain");
  g_assert_false (geminga_upload_is_on_disk (upload));
  bytes = geminga_upload_dup_bytes (upload, &error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "small", 5);
  g_clear_pointer (&bytes, g_bytes_unref);

  upload = geminga_form_get_upload (form, "l");
  g_assert_true (geminga_upload_is_on_disk (upload));
  g_assert_cmpuint (geminga_upload_get_size (upload), ==, 2000000);
  g_assert_null (geminga_upload_get_content_type (upload));
  bytes = geminga_upload_dup_bytes (upload, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 2000000);
  for (guint i = 0; i < 2; i++)
    {
      g_clear_object (&stream);
      stream = geminga_upload_open_stream (upload, &error);
      g_assert_no_error (error);
      g_assert_true (g_input_stream_read_all (stream, start, 3, NULL, NULL, &error));
      g_assert_cmpstr (start, ==, "012");
    }

  end (request);
  answer_clear (&answer);
}

static void
test_form_fails (void)
{
  static const struct
  {
    const char *type;
    const char *body;
    int code;
  } vectors[] = {
    { "application/json", "{}", GEMINGA_HTTP_ERROR_UNSUPPORTED_TYPE },
    { "multipart/form-data", "--b--", GEMINGA_HTTP_ERROR_INVALID_BODY },
    { "multipart/form-data; boundary=b", "--c--", GEMINGA_HTTP_ERROR_INVALID_BODY },
    { "multipart/form-data; boundary=b",
      "--b\r\nContent-Disposition: form-data; name=t\r\n\r\n\377\r\n--b--",
      GEMINGA_HTTP_ERROR_INVALID_BODY },
    { "multipart/form-data; boundary=b",
      "--b\r\nContent-Disposition: form-data; name=t\r\n\r\nunfinished",
      GEMINGA_HTTP_ERROR_INVALID_BODY },
  };
  Answer answer = { 0 };
  g_autoptr (GString) many = g_string_new ("a");
  g_autoptr (GError) too_many = NULL;
  GemingaRequest *request = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("vector %u", i);
      request = make (&answer, vectors[i].type, vectors[i].body);
      g_assert_null (geminga_request_get_form (request, &error));
      g_assert_error (error, GEMINGA_HTTP_ERROR, vectors[i].code);
      end (request);
    }

  for (guint i = 0; i < 1000; i++)
    g_string_append (many, "&a");
  request = make (&answer, "application/x-www-form-urlencoded", many->str);
  g_assert_null (geminga_request_get_form (request, &too_many));
  g_assert_error (too_many, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_TOO_LARGE);
  end (request);
  answer_clear (&answer);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/request-content/json", test_json);
  g_test_add_func ("/http/request-content/variant", test_variant);
  g_test_add_func ("/http/request-content/form", test_form);
  g_test_add_func ("/http/request-content/multipart", test_multipart);
  g_test_add_func ("/http/request-content/form-fails", test_form_fails);

  result = g_test_run ();
  g_main_context_release (NULL);

  return result;
}
