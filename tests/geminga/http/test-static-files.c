/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-static-files.h"

#include "fake-request.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* A root with files, links and a secret beside it. */
typedef struct
{
  char *directory;
  char *root;
} Site;

/* Helpers */

static char *
path_of (Site *site, const char *name)
{
  return g_build_filename (site->directory, name, NULL);
}

static void
put (Site *site, const char *name, const char *text)
{
  g_autofree char *path = path_of (site, name);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
put_link (Site *site, const char *name, const char *target)
{
  g_autofree char *path = path_of (site, name);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static void
begin (Site *site)
{
  site->directory = g_dir_make_tmp ("geminga-site-XXXXXX", NULL);
  site->root = path_of (site, "root");
  put (site, "secret", "secret");
  put (site, "root/index.html", "home");
  put (site, "root/a.txt", "aaa");
  put (site, "root/.hidden", "hidden");
  put (site, "root/.well-known/x", "known");
  put (site, "root/sub/index.html", "sub");
  put (site, "root/bare/<b>&.txt", "odd");
  put (site, "root/bare/.dot", "dot");
  put_link (site, "root/inside", "a.txt");
  put_link (site, "root/outside", "../secret");
  put_link (site, "root/absolute", "/etc/passwd");
  put_link (site, "root/up", "..");
}

static void
end (Site *site)
{
  static const char *const names[] = {
    "secret",
    "root/index.html",
    "root/a.txt",
    "root/.hidden",
    "root/.well-known/x",
    "root/.well-known",
    "root/sub/index.html",
    "root/sub",
    "root/bare/<b>&.txt",
    "root/bare/.dot",
    "root/bare",
    "root/inside",
    "root/outside",
    "root/absolute",
    "root/up",
    "root",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = path_of (site, names[i]);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_rmdir (site->directory);
  g_free (site->root);
  g_free (site->directory);
}

static void
ask (GemingaStaticFiles *files, Answer *answer, const char *method, const char *path)
{
  g_autofree char *uri = g_uri_escape_string (path, "/", FALSE);
  g_autofree char *text = g_strdup_printf (
      "%s /%s?q HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", method, uri);
  g_autoptr (GemingaRequest) request = request_new (answer, text, NULL);

  geminga_static_files_respond (files, request, path);
  g_assert_nonnull (answer->response);
}

static char *
get_text (Answer *answer)
{
  g_autoptr (GBytes) bytes = NULL;

  if (answer->response->file == NULL)
    return answer_dup_text (answer);

  bytes = geminga_http_file_read (answer->response->file);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

typedef struct
{
  const char *path;
  guint status;
  const char *text;
} Vector;

static void
check (GemingaStaticFiles *files, const Vector *vectors, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      Answer answer = { 0 };
      g_autofree char *text = NULL;

      g_test_message ("%s", vectors[i].path);
      ask (files, &answer, "GET", vectors[i].path);
      g_assert_cmpuint (answer.response->status, ==, vectors[i].status);
      text = get_text (&answer);
      if (vectors[i].text != NULL)
        g_assert_cmpstr (text, ==, vectors[i].text);
      answer_clear (&answer);
    }
}

/* Tests */

static void
test_vectors (void)
{
  static const Vector vectors[] = {
    { "", 200, "home" },
    { "a.txt", 200, "aaa" },
    { "sub/", 200, "sub" },
    { "inside", 200, "aaa" },
    { ".well-known/x", 200, "known" },
    { "sub", 308, NULL },
    { "none", 404, NULL },
    { "a.txt/", 404, NULL },
    { "a.txt/b", 404, NULL },
    { "bare/", 404, NULL },
    { ".hidden", 404, NULL },
    { "bare/.dot", 404, NULL },
    { "sub/.well-known/x", 404, NULL },
    { "..", 404, NULL },
    { "../secret", 404, NULL },
    { "sub/../../secret", 404, NULL },
    { "./a.txt", 404, NULL },
    { "/etc/passwd", 404, NULL },
    { "sub//index.html", 404, NULL },
    { "..\\secret", 404, NULL },
    { "outside", 404, NULL },
    { "absolute", 404, NULL },
    { "up/secret", 404, NULL },
  };
  Site site;
  g_autoptr (GemingaStaticFiles) files = NULL;

  begin (&site);
  files = geminga_static_files_new (site.root);
  check (files, vectors, G_N_ELEMENTS (vectors));
  end (&site);
}

static void
test_policy (void)
{
  static const Vector vectors[] = {
    { "inside", 404, NULL },
    { ".hidden", 200, "hidden" },
    { "../secret", 404, NULL },
    { "", 404, NULL },
  };
  Site site;
  g_autoptr (GemingaStaticFiles) files = NULL;

  begin (&site);
  files = g_object_new (GEMINGA_TYPE_STATIC_FILES, "root", site.root, "follow-symlinks", FALSE,
                        "hidden", TRUE, "index", "", NULL);
  check (files, vectors, G_N_ELEMENTS (vectors));
  end (&site);
}

static void
test_fields (void)
{
  Site site;
  Answer answer = { 0 };
  g_autoptr (GemingaStaticFiles) files = NULL;

  begin (&site);
  files = g_object_new (GEMINGA_TYPE_STATIC_FILES, "root", site.root, "cache-control", "max-age=5",
                        NULL);
  ask (files, &answer, "GET", "a.txt");
  g_assert_cmpstr (answer_get_field (&answer, "Cache-Control"), ==, "max-age=5");
  g_assert_cmpstr (answer_get_field (&answer, "Vary"), ==, "Accept-Encoding");
  g_assert_nonnull (answer_get_field (&answer, "ETag"));
  g_assert_cmpstr (answer.response->content_type, ==, "text/plain; charset=utf-8");
  answer_clear (&answer);

  ask (files, &answer, "GET", "sub");
  g_assert_cmpstr (answer_get_field (&answer, "Location"), ==, "/sub/?q");
  answer_clear (&answer);

  ask (files, &answer, "POST", "a.txt");
  g_assert_cmpuint (answer.response->status, ==, 405);
  g_assert_cmpstr (answer_get_field (&answer, "Allow"), ==, "GET, HEAD");
  answer_clear (&answer);
  end (&site);
}

static void
test_listing (void)
{
  Site site;
  Answer answer = { 0 };
  g_autofree char *text = NULL;
  g_autoptr (GemingaStaticFiles) files = NULL;

  begin (&site);
  files = g_object_new (GEMINGA_TYPE_STATIC_FILES, "root", site.root, "listing", TRUE, NULL);
  ask (files, &answer, "GET", "bare/");
  g_assert_cmpuint (answer.response->status, ==, 200);
  text = get_text (&answer);
  g_assert_nonnull (strstr (text, "<a href=\"./%3Cb%3E%26.txt\">&lt;b&gt;&amp;.txt</a>"));
  g_assert_null (strstr (text, ".dot"));
  answer_clear (&answer);
  end (&site);
}

static void
test_no_root (void)
{
  Answer answer = { 0 };
  g_autoptr (GemingaStaticFiles) files = geminga_static_files_new ("/nonexistent/site");

  ask (files, &answer, "GET", "a.txt");
  g_assert_cmpuint (answer.response->status, ==, 404);
  answer_clear (&answer);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/static-files/vectors", test_vectors);
  g_test_add_func ("/http/static-files/policy", test_policy);
  g_test_add_func ("/http/static-files/fields", test_fields);
  g_test_add_func ("/http/static-files/listing", test_listing);
  g_test_add_func ("/http/static-files/no-root", test_no_root);

  return g_test_run ();
}
