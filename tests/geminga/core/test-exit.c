/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include "geminga-exit-private.h"

static GemingaExitReason
parse (const char *text, GError **failure)
{
  g_autoptr (GVariant) result = g_variant_parse (NULL, text, NULL, NULL, NULL);

  return geminga_exit_parse (result, NULL, failure);
}

static void
test_round_trip (void)
{
  for (int i = GEMINGA_EXIT_REASON_NORMAL; i <= GEMINGA_EXIT_REASON_NEVER; i++)
    {
      g_autoptr (GError) error =
          g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "It is full");
      g_autoptr (GVariant) sent =
          geminga_exit_to_variant ((GemingaExitReason) i, i > 0 ? error : NULL);
      g_autoptr (GError) failure = NULL;

      g_assert_cmpint (geminga_exit_parse (sent, NULL, &failure), ==, i);
      if (i == GEMINGA_EXIT_REASON_NORMAL)
        {
          g_assert_no_error (failure);
          continue;
        }
      g_assert_error (failure, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
      g_assert_cmpstr (failure->message, ==, "It is full");
    }
}

/* Any answer is understood. */
static void
test_odd (void)
{
  static const char *const odd[] = { "()", "(1, 'x')", "'normal'" };
  g_autoptr (GError) gone =
      g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR, "Gone");
  g_autoptr (GError) died = g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_DIED, "Died");
  g_autoptr (GError) failure = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_assert_cmpint (parse (odd[i], &failure), ==, GEMINGA_EXIT_REASON_LOST);
      g_assert_error (failure, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
      g_clear_error (&failure);
    }

  /* Who ends otherwise than normally has an error, and nobody else. */
  g_assert_cmpint (parse ("(uint32 2, '', 0, '')", &failure), ==, GEMINGA_EXIT_REASON_KILLED);
  g_assert_error (failure, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  g_clear_error (&failure);
  g_assert_cmpint (parse ("(uint32 0, 'some-quark', 3, 'x')", &failure), ==,
                   GEMINGA_EXIT_REASON_NORMAL);
  g_assert_no_error (failure);

  /* Of a later version. */
  g_assert_cmpint (parse ("(uint32 99, 'some-quark', 3, 'x')", &failure), ==,
                   GEMINGA_EXIT_REASON_FAILED);
  g_assert_cmpint (failure->code, ==, 3);
  g_clear_error (&failure);

  g_assert_cmpint (geminga_exit_parse (NULL, gone, &failure), ==, GEMINGA_EXIT_REASON_NEVER);
  g_clear_error (&failure);
  g_assert_cmpint (geminga_exit_parse (NULL, died, &failure), ==, GEMINGA_EXIT_REASON_LOST);
  g_assert_error (failure, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
}

static void
test_nick (void)
{
  g_assert_cmpstr (geminga_exit_reason_get_nick (GEMINGA_EXIT_REASON_TIMED_OUT), ==, "timed-out");
  g_assert_cmpstr (geminga_exit_reason_get_nick (GEMINGA_EXIT_REASON_NORMAL), ==, "normal");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/exit/round-trip", test_round_trip);
  g_test_add_func ("/core/exit/odd", test_odd);
  g_test_add_func ("/core/exit/nick", test_nick);

  return g_test_run ();
}
