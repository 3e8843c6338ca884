/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-timer-heap-private.h"

/* Helpers */

static GemingaTimer *
timer_at (GPtrArray *self, guint index)
{
  return g_ptr_array_index (self, index - 1);
}

static void
place (GPtrArray *self, GemingaTimer *timer, guint index)
{
  g_ptr_array_index (self, index - 1) = timer;
  timer->index = index;
}

static void
sift_up (GPtrArray *self, GemingaTimer *timer)
{
  guint index = timer->index;

  while (index > 1 && timer_at (self, index / 2)->deadline > timer->deadline)
    {
      place (self, timer_at (self, index / 2), index);
      index /= 2;
    }

  place (self, timer, index);
}

static void
sift_down (GPtrArray *self, GemingaTimer *timer)
{
  guint index = timer->index;
  guint child;

  for (child = index * 2; child <= self->len; child = index * 2)
    {
      if (child < self->len &&
          timer_at (self, child + 1)->deadline < timer_at (self, child)->deadline)
        child++;
      if (timer_at (self, child)->deadline >= timer->deadline)
        break;

      place (self, timer_at (self, child), index);
      index = child;
    }

  place (self, timer, index);
}

/* Private API */

GemingaTimer *
geminga_timer_heap_peek (GPtrArray *self)
{
  return self->len > 0 ? timer_at (self, 1) : NULL;
}

gint64
geminga_timer_heap_get_deadline (GPtrArray *self)
{
  return self->len > 0 ? timer_at (self, 1)->deadline : GEMINGA_LOOP_NEVER;
}

void
geminga_timer_heap_add (GPtrArray *self, GemingaTimer *timer)
{
  g_ptr_array_add (self, timer);
  timer->index = self->len;
  sift_up (self, timer);
}

void
geminga_timer_heap_remove (GPtrArray *self, GemingaTimer *timer)
{
  GemingaTimer *last = timer_at (self, self->len);
  guint index = timer->index;

  g_ptr_array_set_size (self, (int) self->len - 1);
  timer->index = 0;
  if (last == timer)
    return;

  place (self, last, index);
  sift_up (self, last);
  sift_down (self, last);
}
