/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <stdio.h>
#include <time.h>

/* What was done in a time, and the processor time it took in all processes that took part. */
typedef struct
{
  gint64 n_operations;
  gint64 started_at; /* microseconds */
  gint64 cpu_at;     /* microseconds */
  double rate;       /* operations a second */
  double cpu;        /* microseconds an operation */
  GPid other;        /* another process that takes part; 0: none */
} Measurement;

static inline gint64
measure_clock (clockid_t clock)
{
  struct timespec now;

  g_assert (clock_gettime (clock, &now) == 0);

  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static inline gint64
measure_cpu (GPid other)
{
  gint64 total = measure_clock (CLOCK_PROCESS_CPUTIME_ID);
  clockid_t clock;

  if (other != 0 && clock_getcpuclockid (other, &clock) == 0)
    total += measure_clock (clock);

  return total;
}

static inline void
measure_begin (Measurement *self, GPid other)
{
  self->other = other;
  self->n_operations = 0;
  self->started_at = g_get_monotonic_time ();
  self->cpu_at = measure_cpu (other);
}

static inline void
measure_end (Measurement *self)
{
  gint64 cpu = measure_cpu (self->other) - self->cpu_at;
  gint64 passed = g_get_monotonic_time () - self->started_at;

  self->rate = (double) self->n_operations * G_USEC_PER_SEC / (double) passed;
  self->cpu = (double) cpu / (double) self->n_operations;
}

static inline void
measure_print (const char *name, const Measurement *own, const char *peer, const Measurement *other)
{
  printf ("{\"name\": \"%s\", \"value\": %.0f, \"unit\": \"op/s\", \"cpu_per_op\": %.3f, "
          "\"peer\": \"%s\", \"peer_value\": %.0f}\n",
          name, own->rate, own->cpu, peer, other->rate);
  fflush (stdout);
}
