/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-wishes-private.h"

typedef struct
{
  GemingaWishes *wishes;
  guint n_told;
  GemingaOutcome outcome;
  char *failure;
} Waiter;

static void
on_told (gpointer data, GemingaOutcome outcome, const char *failure)
{
  Waiter *waiter = data;

  waiter->n_told++;
  waiter->outcome = outcome;
  g_free (waiter->failure);
  waiter->failure = g_strdup (failure);
}

/* Who is told at once wishes for something else. */
static void
on_told_again (gpointer data, GemingaOutcome outcome, const char *failure)
{
  Waiter *waiter = data;

  on_told (waiter, outcome, failure);
  geminga_wishes_add (waiter->wishes, GEMINGA_WISH_START, 1, on_told, waiter);
}

static void
test_finish (void)
{
  g_autoptr (GemingaWishes) wishes = geminga_wishes_new ();
  Waiter waiter = { wishes };

  geminga_wishes_add (wishes, GEMINGA_WISH_SCALE, 3, on_told_again, &waiter);
  geminga_wishes_finish (wishes, GEMINGA_OUTCOME_DONE, NULL);
  g_assert_cmpuint (waiter.n_told, ==, 1);
  g_assert_true (waiter.outcome == GEMINGA_OUTCOME_DONE);
  g_assert_null (waiter.failure);

  geminga_wishes_finish (wishes, GEMINGA_OUTCOME_FAILED, "because");
  g_assert_cmpuint (waiter.n_told, ==, 2);
  g_assert_true (waiter.outcome == GEMINGA_OUTCOME_FAILED);
  g_assert_cmpstr (waiter.failure, ==, "because");

  geminga_wishes_finish (wishes, GEMINGA_OUTCOME_DONE, NULL);
  g_assert_cmpuint (waiter.n_told, ==, 2);
  g_free (waiter.failure);
}

static void
test_supersede (void)
{
  static const struct
  {
    GemingaWish first;
    guint n_first;
    GemingaWish second;
    guint n_second;
    gboolean is_superseded;
  } vectors[] = {
    { GEMINGA_WISH_SCALE, 3, GEMINGA_WISH_STOP, 0, TRUE },
    { GEMINGA_WISH_SCALE, 3, GEMINGA_WISH_SCALE, 4, TRUE },
    { GEMINGA_WISH_SCALE, 3, GEMINGA_WISH_SCALE, 3, FALSE },
    { GEMINGA_WISH_SCALE, 3, GEMINGA_WISH_REPLACE, 0, FALSE },
    { GEMINGA_WISH_SCALE, 3, GEMINGA_WISH_START, 0, FALSE },
    { GEMINGA_WISH_REPLACE, 3, GEMINGA_WISH_SCALE, 4, FALSE },
    { GEMINGA_WISH_REPLACE, 3, GEMINGA_WISH_STOP, 0, TRUE },
    { GEMINGA_WISH_START, 3, GEMINGA_WISH_SCALE, 4, FALSE },
    { GEMINGA_WISH_START, 3, GEMINGA_WISH_STOP, 0, TRUE },
    { GEMINGA_WISH_STOP, 3, GEMINGA_WISH_STOP, 0, FALSE },
    { GEMINGA_WISH_STOP, 3, GEMINGA_WISH_START, 0, TRUE },
    { GEMINGA_WISH_STOP, 3, GEMINGA_WISH_SCALE, 3, TRUE },
    { GEMINGA_WISH_STOP, 3, GEMINGA_WISH_REPLACE, 0, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GemingaWishes) wishes = geminga_wishes_new ();
      Waiter waiter = { wishes };

      g_test_message ("%d, then %d", (int) vectors[i].first, (int) vectors[i].second);
      geminga_wishes_add (wishes, vectors[i].first, vectors[i].n_first, on_told, &waiter);
      geminga_wishes_supersede (wishes, vectors[i].second, vectors[i].n_second, "it was changed");
      g_assert_cmpuint (waiter.n_told, ==, vectors[i].is_superseded);
      if (vectors[i].is_superseded)
        g_assert_cmpstr (waiter.failure, ==, "Superseded: it was changed");
      geminga_wishes_finish (wishes, GEMINGA_OUTCOME_DONE, NULL);
      g_assert_cmpuint (waiter.n_told, ==, 1);
      g_assert_true (waiter.outcome == (vectors[i].is_superseded ? GEMINGA_OUTCOME_SUPERSEDED
                                                                 : GEMINGA_OUTCOME_DONE));
      g_free (waiter.failure);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/wishes/finish", test_finish);
  g_test_add_func ("/supervise/wishes/supersede", test_supersede);

  return g_test_run ();
}
