/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-listen-address-private.h"

#include <string.h>

#include "geminga-settings.h"

typedef struct
{
  const char *text;
  GemingaListenKind kind;
  const char *host;
  const char *path;
  int number; /* the port or the descriptor */
} Vector;

static const Vector vectors[] = {
  { "127.0.0.1:8060", GEMINGA_LISTEN_HOST, "127.0.0.1", NULL, 8060 },
  { "localhost:0", GEMINGA_LISTEN_HOST, "localhost", NULL, 0 },
  { "a-b.example_x:65535", GEMINGA_LISTEN_HOST, "a-b.example_x", NULL, 65535 },
  { "b\xc3\xbc"
    "cher.example:80",
    GEMINGA_LISTEN_HOST,
    "b\xc3\xbc"
    "cher.example",
    NULL, 80 },
  { "[::1]:80", GEMINGA_LISTEN_IPV6, "::1", NULL, 80 },
  { "[::]:0", GEMINGA_LISTEN_IPV6, "::", NULL, 0 },
  { ":8060", GEMINGA_LISTEN_ANY, NULL, NULL, 8060 },
  { "*:8060", GEMINGA_LISTEN_ANY, NULL, NULL, 8060 },
  { "8060", GEMINGA_LISTEN_ANY, NULL, NULL, 8060 },
  { "unix:/run/x", GEMINGA_LISTEN_PATH, NULL, "/run/x", 0 },
  { "unix:/run/../tmp/a://b", GEMINGA_LISTEN_PATH, NULL, "/tmp/a:/b", 0 },
  { "unix:@x y", GEMINGA_LISTEN_ABSTRACT, NULL, "x y", 0 },
  { "fd:0", GEMINGA_LISTEN_FD, NULL, NULL, 0 },
  { "fd:17", GEMINGA_LISTEN_FD, NULL, NULL, 17 },
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_auto (GemingaListenAddress) address = { 0 };
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", vectors[i].text);
      geminga_listen_address_parse (&address, vectors[i].text, &error);
      g_assert_no_error (error);
      g_assert_cmpint (address.kind, ==, vectors[i].kind);
      g_assert_cmpstr (address.host, ==, vectors[i].host);
      g_assert_cmpstr (address.path, ==, vectors[i].path);
      g_assert_cmpint (address.kind == GEMINGA_LISTEN_FD ? address.fd : address.port, ==,
                       vectors[i].number);
    }
}

static void
test_relative (void)
{
  g_auto (GemingaListenAddress) address = { 0 };
  g_autofree char *expected = g_canonicalize_filename ("x.sock", NULL);
  g_autoptr (GError) error = NULL;

  geminga_listen_address_parse (&address, "unix:x.sock", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (address.path, ==, expected);
}

typedef struct
{
  const char *text;
  const char *said;
} ErrorVector;

static const ErrorVector error_vectors[] = {
  { "", "HOST:PORT" },
  { "localhost", "HOST:PORT" },
  { "-1", "HOST:PORT" },
  { "70000", "65535" },
  { "99999999999999999999999:1x", "65535" },
  { "localhost:", "65535" },
  { "localhost:http", "65535" },
  { "localhost:65536", "65535" },
  { "localhost:+1", "65535" },
  { "localhost: 1", "65535" },
  { "localhost:-1", "65535" },
  { "local host:1", "“local host” is no host name" },
  { "a/b:1", "“a/b” is no host name" },
  { "\xff:1", "no host name" },
  { "::1:80", "[ADDRESS]:PORT" },
  { "[::1]", "[ADDRESS]:PORT" },
  { "[::1]80", "[ADDRESS]:PORT" },
  { "[::1:80", "[ADDRESS]:PORT" },
  { "[127.0.0.1]:80", "“127.0.0.1” is no IPv6 address" },
  { "[nowhere]:80", "“nowhere” is no IPv6 address" },
  { "[::1]:x", "65535" },
  { "unix:", "file name" },
  { "unix:@", "file name" },
  { "fd:", "number of an open descriptor" },
  { "fd:x", "number of an open descriptor" },
  { "fd:-1", "number of an open descriptor" },
  { "fd:3000000000", "number of an open descriptor" },
  { "http://127.0.0.1:80/", "write only 127.0.0.1:80" },
  { "https://127.0.0.1:80", "--tls-certificate" },
  { "tcp://[::1]:80", "write only [::1]:80" },
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (error_vectors); i++)
    {
      g_auto (GemingaListenAddress) address = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (geminga_listen_address_parse (&address, error_vectors[i].text, &error));
      g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
      g_test_message ("%s", error->message);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_nonnull (strstr (error->message, error_vectors[i].said));
    }
}

static void
test_length (void)
{
  static const char *const starts[] = { "unix:/", "unix:@" };

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      for (gsize length = 106; length <= 108; length++)
        {
          g_auto (GemingaListenAddress) address = { 0 };
          g_autofree char *name = g_strnfill (length - (i == 0 ? 1 : 0), 'x');
          g_autofree char *text = g_strconcat (starts[i], name, NULL);

          g_assert_cmpint (geminga_listen_address_parse (&address, text, NULL), ==, length < 108);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/listen-address/good", test_good);
  g_test_add_func ("/supervise/listen-address/relative", test_relative);
  g_test_add_func ("/supervise/listen-address/bad", test_bad);
  g_test_add_func ("/supervise/listen-address/length", test_length);

  return g_test_run ();
}
