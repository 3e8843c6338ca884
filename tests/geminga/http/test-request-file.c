/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <gio/gio.h>

#include "geminga-response-stream.h"
#include "http-fixture.h"

#define BIG_SIZE (5 * 1024 * 1024)

/* Helpers */

static void
respond (GemingaRequest *request, gpointer user_data)
{
  g_autofree char *path =
      g_build_filename (user_data, geminga_request_get_param (request, "name"), NULL);

  geminga_request_respond_file (request, path, NULL);
}

static void
put (const char *directory, const char *name, const char *text, gssize size)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, size, &error);
  g_assert_no_error (error);
}

static char *
begin (Fixture *f)
{
  char *directory = g_dir_make_tmp ("geminga-file-XXXXXX", NULL);
  g_autofree char *big = g_strnfill (BIG_SIZE, 'b');

  fixture_init (f, NULL, FALSE);
  geminga_router_add_route (f->router, "*", "/f/{name}", respond, directory, NULL);
  put (directory, "a.txt", "0123456789", -1);
  put (directory, "b.js", "plain", -1);
  put (directory, "b.js.gz", "gzipped", -1);
  put (directory, "b.js.br", "brotli", -1);
  put (directory, "empty", "", -1);
  put (directory, "big", big, BIG_SIZE);

  return directory;
}

static void
end (Fixture *f, char *directory)
{
  static const char *const names[] = { "a.txt", "b.js", "b.js.gz", "b.js.br", "empty", "big" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (directory, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (directory);
  g_free (directory);
  fixture_clear (f);
}

static char *
ask (Fixture *f, const char *method, const char *name, const char *fields)
{
  g_autofree char *text = g_strdup_printf (
      "%s /f/%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n", method, name, fields);

  return fetch (f, text);
}

/* Tests */

static void
test_vectors (void)
{
  static const struct
  {
    const char *method;
    const char *name;
    const char *fields;
    const char *parts[4];
    const char *body;
  } vectors[] = {
    { "GET",
      "a.txt",
      "",
      { "HTTP/1.1 200 ", "\r\nContent-Length: 10\r\n",
        "\r\nContent-Type: text/plain; charset=utf-8\r\n", "\r\nAccept-Ranges: bytes\r\n" },
      "0123456789" },
    { "HEAD", "a.txt", "", { "HTTP/1.1 200 ", "\r\nContent-Length: 10\r\n" }, "" },
    { "GET", "empty", "", { "HTTP/1.1 200 ", "\r\nContent-Length: 0\r\n" }, "" },
    { "GET", "none", "", { "HTTP/1.1 404 " }, NULL },
    { "GET", ".", "", { "HTTP/1.1 400 " }, NULL },
    { "GET",
      "a.txt",
      "Range: bytes=2-4\r\n",
      { "HTTP/1.1 206 ", "\r\nContent-Range: bytes 2-4/10\r\n", "\r\nContent-Length: 3\r\n" },
      "234" },
    { "HEAD", "a.txt", "Range: bytes=2-4\r\n", { "HTTP/1.1 200 " }, "" },
    { "GET",
      "a.txt",
      "Range: bytes=50-\r\n",
      { "HTTP/1.1 416 ", "\r\nContent-Range: bytes */10\r\n" },
      "" },
    { "GET", "a.txt", "Range: nonsense\r\n", { "HTTP/1.1 200 " }, "0123456789" },
    { "GET",
      "a.txt",
      "Range: bytes=2-4\r\nIf-Range: \"other\"\r\n",
      { "HTTP/1.1 200 " },
      "0123456789" },
    { "GET",
      "a.txt",
      "Range: bytes=0-1,5-6\r\n",
      { "HTTP/1.1 206 ", "\r\nContent-Type: multipart/byteranges; boundary=",
        "\r\nContent-Range: bytes 0-1/10\r\n\r\n01\r\n--",
        "\r\nContent-Range: bytes 5-6/10\r\n\r\n56\r\n--" },
      NULL },
    { "GET", "a.txt", "If-None-Match: *\r\n", { "HTTP/1.1 304 ", "\r\nETag: \"" }, "" },
    { "GET", "a.txt", "If-Match: \"other\"\r\n", { "HTTP/1.1 412 " }, NULL },
    { "GET",
      "b.js",
      "Accept-Encoding: gzip\r\n",
      { "HTTP/1.1 200 ", "\r\nContent-Encoding: gzip\r\n", "\r\nVary: Accept-Encoding\r\n",
        "\r\nContent-Type: text/javascript; charset=utf-8\r\n" },
      "gzipped" },
    { "GET",
      "b.js",
      "Accept-Encoding: gzip, br\r\n",
      { "HTTP/1.1 200 ", "\r\nContent-Encoding: br\r\n" },
      "brotli" },
    { "GET",
      "b.js",
      "Accept-Encoding: zstd\r\n",
      { "HTTP/1.1 200 ", "\r\nVary: Accept-Encoding\r\n" },
      "plain" },
  };
  Fixture f;
  char *directory = begin (&f);

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *answer = ask (&f, vectors[i].method, vectors[i].name, vectors[i].fields);

      g_test_message ("%s %s %s", vectors[i].method, vectors[i].name, vectors[i].fields);
      for (guint j = 0; j < 4 && vectors[i].parts[j] != NULL; j++)
        assert_has (answer, vectors[i].parts[j]);
      if (vectors[i].body != NULL)
        g_assert_cmpstr (strstr (answer, "\r\n\r\n") + 4, ==, vectors[i].body);
    }
  end (&f, directory);
}

/* Two in a row on one connection, to a client that reads late: what the socket takes goes first. */
static void
test_big (void)
{
  Fixture f;
  char *directory = begin (&f);
  Client *client = client_new_silent (&f);
  const char *body = NULL;

  client_send (client, GET ("/f/big") GET ("/f/a.txt"));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  client_watch (client);
  await (g_str_has_suffix (client->in->str, "0123456789"));
  body = strstr (client->in->str, "\r\n\r\n") + 4;
  g_assert_cmpuint (strspn (body, "b"), ==, BIG_SIZE);
  g_assert_true (g_str_has_prefix (body + BIG_SIZE, "HTTP/1.1 200 OK\r\n"));
  client_free (client);
  end (&f, directory);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/request-file/vectors", test_vectors);
  g_test_add_func ("/http/request-file/big", test_big);

  return g_test_run ();
}
