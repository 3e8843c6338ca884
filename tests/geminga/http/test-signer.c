/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "geminga-http-error.h"
#include "geminga-signer-private.h"

/* Helpers */

static GBytes *
make_key (char character)
{
  char data[32];

  memset (data, character, sizeof data);

  return g_bytes_new (data, sizeof data);
}

/* Tests */

static void
test_sign (void)
{
  static const char *const texts[] = { "", "a", "h\303\251llo.world", "0123456789" };
  g_autoptr (GBytes) key = make_key ('a');
  GemingaSigner *signer = geminga_signer_new (key, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = geminga_signer_sign (signer, "p", texts[i]);
      g_autofree char *back = geminga_signer_unsign (signer, "p", text, 0);

      g_assert_cmpstr (back, ==, texts[i]);
      g_assert_null (geminga_signer_unsign (signer, "q", text, 0));
      for (gsize j = 0; text[j] != '\0'; j++)
        {
          char kept = text[j];

          text[j] = kept == 'A' ? 'B' : 'A';
          g_assert_null (geminga_signer_unsign (signer, "p", text, 0));
          text[j] = kept;
        }
    }

  g_assert_finalize_object (signer);
}

static void
test_wrong (void)
{
  static const char *const texts[] = { "", ".", "..", "a.b", "a.b.c", "a.b.c.d", "...." };
  g_autoptr (GBytes) key = make_key ('a');
  g_autoptr (GBytes) small = g_bytes_new_static ("short", 5);
  GemingaSigner *signer = geminga_signer_new (key, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_null (geminga_signer_unsign (signer, "p", texts[i], 0));

  g_assert_null (geminga_signer_new (small, &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_PARAMETER);
  g_clear_error (&error);
  g_assert_false (geminga_signer_add_old_key (signer, small, &error));
  g_assert_error (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_PARAMETER);

  g_assert_finalize_object (signer);
}

static void
test_age (void)
{
  g_autoptr (GBytes) key = make_key ('a');
  GemingaSigner *signer = geminga_signer_new (key, NULL);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *old = geminga_signer_sign_at (signer, "p", "x", now - 7200);
  g_autofree char *found = geminga_signer_unsign (signer, "p", old, 86400);

  g_assert_cmpstr (found, ==, "x");
  g_assert_null (geminga_signer_unsign (signer, "p", old, 3600));

  g_assert_finalize_object (signer);
}

static void
test_old_key (void)
{
  g_autoptr (GBytes) key = make_key ('a');
  g_autoptr (GBytes) new_key = make_key ('b');
  GemingaSigner *before = geminga_signer_new (key, NULL);
  GemingaSigner *now = geminga_signer_new (new_key, NULL);
  g_autofree char *text = geminga_signer_sign (before, "p", "x");
  g_autofree char *found = NULL;

  g_assert_null (geminga_signer_unsign (now, "p", text, 0));
  g_assert_true (geminga_signer_add_old_key (now, key, NULL));
  found = geminga_signer_unsign (now, "p", text, 0);
  g_assert_cmpstr (found, ==, "x");

  g_assert_finalize_object (before);
  g_assert_finalize_object (now);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/signer/sign", test_sign);
  g_test_add_func ("/http/signer/wrong", test_wrong);
  g_test_add_func ("/http/signer/age", test_age);
  g_test_add_func ("/http/signer/old-key", test_old_key);

  return g_test_run ();
}
