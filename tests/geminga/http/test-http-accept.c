/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-accept-private.h"

/* Tests */

static void
test_choose (void)
{
  static const struct
  {
    GemingaHttpAcceptKind kind;
    const char *field;
    const char *offers;
    const char *chosen;
  } vectors[] = {
    { GEMINGA_HTTP_ACCEPT_TYPE, NULL, "a/b c/d", "a/b" },
    { GEMINGA_HTTP_ACCEPT_TYPE, "", "a/b", NULL },
    { GEMINGA_HTTP_ACCEPT_TYPE, "text/html, application/json;q=0.9", "application/json text/html",
      "text/html" },
    { GEMINGA_HTTP_ACCEPT_TYPE, "text/*;q=0.5, text/html;q=0.1, */*;q=0.2",
      "text/html text/plain image/png", "text/plain" },
    { GEMINGA_HTTP_ACCEPT_TYPE, "*/*, text/html;q=0", "text/html", NULL },
    { GEMINGA_HTTP_ACCEPT_TYPE, "TEXT/HTML ; Q=0.3", "text/html", "text/html" },
    { GEMINGA_HTTP_ACCEPT_TYPE, "text/html;level=1, text/html;q=0.2", "text/html text/html;level=1",
      "text/html;level=1" },
    { GEMINGA_HTTP_ACCEPT_TYPE, "text/html;q=1.1, text/plain;q=x, a/b;q=0.0001", "text/html",
      NULL },
    { GEMINGA_HTTP_ACCEPT_TYPE, "texthtml, te*/html", "text/html", NULL },
    { GEMINGA_HTTP_ACCEPT_TYPE, ";;,,=,", "text/html", NULL },
    { GEMINGA_HTTP_ACCEPT_LANGUAGE, "de, en;q=0.8", "en de-AT", "de-AT" },
    { GEMINGA_HTTP_ACCEPT_LANGUAGE, "de-AT, *;q=0.1", "de fr", "de" },
    { GEMINGA_HTTP_ACCEPT_LANGUAGE, "de", "den", NULL },
    { GEMINGA_HTTP_ACCEPT_ENCODING, "gzip, br;q=0.5", "br gzip identity", "gzip" },
    { GEMINGA_HTTP_ACCEPT_ENCODING, "", "gzip identity", "identity" },
    { GEMINGA_HTTP_ACCEPT_ENCODING, "identity;q=0", "identity", NULL },
    { GEMINGA_HTTP_ACCEPT_ENCODING, "*;q=0", "identity", NULL },
    { GEMINGA_HTTP_ACCEPT_ENCODING, "gzip;q=0", "gzip identity", "identity" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_auto (GStrv) offers = g_strsplit (vectors[i].offers, " ", -1);
      int index = geminga_http_accept_choose (vectors[i].kind, vectors[i].field,
                                              (const char *const *) offers);

      g_test_message ("vector %u", i);
      g_assert_cmpstr (index >= 0 ? offers[index] : NULL, ==, vectors[i].chosen);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/http-accept/choose", test_choose);

  return g_test_run ();
}
