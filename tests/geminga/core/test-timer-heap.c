/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "geminga-timer-heap-private.h"

#define N_TIMERS 200

typedef struct
{
  GPtrArray *heap;
  GemingaTimer timers[N_TIMERS];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->heap = g_ptr_array_new ();
  for (guint i = 0; i < N_TIMERS; i++)
    {
      fixture->timers[i].deadline = g_test_rand_int_range (0, N_TIMERS / 2);
      geminga_timer_heap_add (fixture->heap, &fixture->timers[i]);
    }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->heap);
}

static void
assert_comes_in_order (GPtrArray *heap, guint n_timers)
{
  gint64 before = G_MININT64;
  guint n = 0;

  for (GemingaTimer *timer; (timer = geminga_timer_heap_peek (heap)) != NULL; n++)
    {
      g_assert_cmpint (geminga_timer_heap_get_deadline (heap), ==, timer->deadline);
      g_assert_cmpint (timer->deadline, >=, before);
      before = timer->deadline;
      geminga_timer_heap_remove (heap, timer);
      g_assert_cmpuint (timer->index, ==, 0);
    }

  g_assert_cmpuint (n, ==, n_timers);
  g_assert_cmpint (geminga_timer_heap_get_deadline (heap), ==, GEMINGA_LOOP_NEVER);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  assert_comes_in_order (fixture->heap, N_TIMERS);
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < N_TIMERS; i += 3)
    {
      geminga_timer_heap_remove (fixture->heap, &fixture->timers[i]);
      g_assert_cmpuint (fixture->timers[i].index, ==, 0);
    }
  for (guint i = 0; i < fixture->heap->len; i++)
    g_assert_cmpuint (((GemingaTimer *) g_ptr_array_index (fixture->heap, i))->index, ==, i + 1);

  assert_comes_in_order (fixture->heap, N_TIMERS - (N_TIMERS + 2) / 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/timer-heap/order", Fixture, NULL, set_up, test_order, tear_down);
  g_test_add ("/timer-heap/remove", Fixture, NULL, set_up, test_remove, tear_down);

  return g_test_run ();
}
