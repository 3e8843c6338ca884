/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "geminga-http-error.h"
#include "geminga-http-multipart-private.h"

/* Helpers */

static gboolean
begin_cb (const GemingaHttpPart *part, gpointer user_data, GError **error)
{
  g_string_append_printf (user_data, "[%s|%s|%s|", part->name,
                          part->filename != NULL ? part->filename : "-",
                          part->content_type != NULL ? part->content_type : "-");

  return TRUE;
}

static gboolean
data_cb (const char *data, gsize size, gpointer user_data, GError **error)
{
  g_assert_cmpuint (size, >, 0);
  g_string_append_len (user_data, data, (gssize) size);

  return TRUE;
}

static gboolean
end_cb (gpointer user_data, GError **error)
{
  g_string_append_c (user_data, ']');

  return TRUE;
}

static const GemingaHttpMultipartFuncs funcs = { begin_cb, data_cb, end_cb };

/* What came out, or NULL; the same for each size of the pieces. */
static char *
read_pieces (const char *body, gsize size, gsize piece, GError **error)
{
  g_autoptr (GString) trace = g_string_new (NULL);
  g_autoptr (GemingaHttpMultipart) multipart = geminga_http_multipart_new ("bd", &funcs, trace);

  for (gsize i = 0; i < size; i += piece)
    {
      if (!geminga_http_multipart_feed (multipart, body + i, MIN (piece, size - i), error))
        return NULL;
    }
  if (!geminga_http_multipart_close (multipart, error))
    return NULL;

  return g_string_free (g_steal_pointer (&trace), FALSE);
}

#define DISPOSITION "Content-Disposition: form-data; name="

/* Tests */

static void
test_valid (void)
{
  static const char *const vectors[][2] = {
    { "--bd--", "" },
    { "--bd--\r\n", "" },
    { "--bd\r\n" DISPOSITION "\"a\"\r\n\r\nx\r\n--bd--\r\n", "[a|-|-|x]" },
    { "--bd\r\n" DISPOSITION "a\r\n\r\n\r\n--bd--", "[a|-|-|]" },
    { "--bd\r\n" DISPOSITION "a\r\n\r\n--bd--", "[a|-|-|]" },
    { "--bd\r\n" DISPOSITION "a\r\n\r\n\r\n\r\n--b\r\n-\r\r\n--bd--",
      "[a|-|-|\r\n\r\n--b\r\n-\r]" },
    { "--bd\r\n" DISPOSITION "a\r\n\r\n1\r\n--bd\r\n" DISPOSITION
      "\"a\"\r\nX-Y: z\r\n\r\n2\r\n--bd--",
      "[a|-|-|1][a|-|-|2]" },
    { "--bd\r\ncontent-type: text/plain; charset=utf-8\r\n" DISPOSITION
      "\"f\"; filename=\"C:\\dir\\a \\\"b.txt\"\r\n\r\nx\r\n--bd--",
      "[f|a \"b.txt|text/plain; charset=utf-8|x]" },
    { "--bd\r\n" DISPOSITION "\"a%22%0d%0A\"; filename=\"../../etc/passwd\"\r\n\r\nx\r\n--bd--",
      "[a\"\r\n|passwd|-|x]" },
    { "--bd\r\n" DISPOSITION "a; filename=\"\"; x=y\r\n\r\nx\r\n--bd--", "[a||-|x]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gsize size = strlen (vectors[i][0]);

      for (gsize piece = 1; piece <= size; piece++)
        {
          g_autoptr (GError) error = NULL;
          g_autofree char *trace = read_pieces (vectors[i][0], size, piece, &error);

          g_test_message ("vector %u in pieces of %" G_GSIZE_FORMAT, i, piece);
          g_assert_no_error (error);
          g_assert_cmpstr (trace, ==, vectors[i][1]);
        }
    }
}

static void
test_invalid (void)
{
  static const char *const vectors[][2] = {
    { "", "ends before" },
    { "x--bd--", "does not begin" },
    { "\r\n--bd--", "does not begin" },
    { "--bx", "does not begin" },
    { "--bd", "ends before" },
    { "--bd-", "ends before" },
    { "--bdx-", "does not end there" },
    { "--bd \r\n", "does not end there" },
    { "--bd--x", "follows" },
    { "--bd--\r\nx", "follows" },
    { "--bd--\r", "ends before" },
    { "--bd\r\n\r\nx\r\n--bd--", "ends before" },
    { "--bd\r\nX: y\r\n\r\nx\r\n--bd--", "no Content-Disposition" },
    { "--bd\r\n" DISPOSITION "a\r\n\r\nx\r\n--bdx\r\n", "does not end there" },
    { "--bd\r\n" DISPOSITION "a\r\n\r\nx", "ends before" },
    { "--bd\r\n" DISPOSITION "a\r\n\r\nx\n--bd--", "ends before" },
    { "--bd\r\n" DISPOSITION "a\r\n more\r\n\r\nx\r\n--bd--", "cannot be read" },
    { "--bd\r\n" DISPOSITION "a\r\n" DISPOSITION "b\r\n\r\nx\r\n--bd--", "twice" },
    { "--bd\r\n" DISPOSITION "a; name=b\r\n\r\nx\r\n--bd--", "twice" },
    { "--bd\r\n" DISPOSITION "\"a\r\n\r\nx\r\n--bd--", "cannot be read" },
    { "--bd\r\n" DISPOSITION "\"\377\"\r\n\r\nx\r\n--bd--", "UTF-8" },
    { "--bd\r\nContent-Disposition: form-data\r\n\r\nx\r\n--bd--", "no name" },
    { "--bd\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--bd--", "form-data" },
    { "--bd\r\n" DISPOSITION "a\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--bd--",
      "Transfer" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gsize size = strlen (vectors[i][0]);

      for (gsize piece = 1; piece <= MAX (size, 1); piece++)
        {
          g_autoptr (GError) error = NULL;
          g_autofree char *trace = read_pieces (vectors[i][0], size, piece, &error);

          g_test_message ("vector %u in pieces of %" G_GSIZE_FORMAT, i, piece);
          g_assert_null (trace);
          g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_BODY);
          g_assert_nonnull (strstr (error->message, vectors[i][1]));
        }
    }
}

static void
test_limits (void)
{
  g_autoptr (GString) parts = g_string_new ("--bd");
  g_autoptr (GString) header = g_string_new ("--bd\r\nX: ");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= GEMINGA_HTTP_MULTIPART_MAX_PARTS; i++)
    g_string_append (parts, "\r\n" DISPOSITION "a\r\n\r\nx\r\n--bd");
  g_string_append (parts, "--");
  g_assert_null (read_pieces (parts->str, parts->len, 1000, &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_TOO_LARGE);
  g_clear_error (&error);

  for (guint i = 0; i < GEMINGA_HTTP_MULTIPART_MAX_HEADER; i++)
    g_string_append_c (header, 'x');
  g_assert_null (read_pieces (header->str, header->len, 1000, &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_BODY);
}

static void
test_boundary (void)
{
  static const char *const vectors[][2] = {
    { "multipart/form-data; boundary=bd", "bd" },
    { "multipart/form-data;charset=utf-8; Boundary=\"b d\" ", "b d" },
    { "multipart/form-data", NULL },
    { "multipart/form-data; boundary=", NULL },
    { "multipart/form-data; boundary=\"bd \"", NULL },
    { "multipart/form-data; boundary=\"b", NULL },
    { "multipart/form-data; boundary=a; boundary=b", NULL },
    { "multipart/form-data; boundary=b@d", NULL },
    { "multipart/form-data; boundary="
      "12345678901234567890123456789012345678901234567890123456789012345678901",
      NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *boundary = geminga_http_multipart_get_boundary (vectors[i][0]);

      g_test_message ("%s", vectors[i][0]);
      g_assert_cmpstr (boundary, ==, vectors[i][1]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/http-multipart/valid", test_valid);
  g_test_add_func ("/http/http-multipart/invalid", test_invalid);
  g_test_add_func ("/http/http-multipart/limits", test_limits);
  g_test_add_func ("/http/http-multipart/boundary", test_boundary);

  return g_test_run ();
}
