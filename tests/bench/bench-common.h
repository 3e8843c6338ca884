/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/resource.h>
#include <time.h>

/* What benchmarks of actors share: a run is measured by the clock and by the processor time of this
 * process and, where they say so, of another one. Each figure is the best of some runs in turns. */

#define BENCH_RUNS    5
#define BENCH_SECONDS 4 /* after that there are no more than two runs */

typedef struct
{
  double rate; /* operations a second */
  double cpu;  /* microseconds of processor time an operation, of all processes */
} BenchFigure;

/* Does so many operations. */
typedef void (*BenchFunc) (gpointer data, guint n);
/* Processor time of other processes, in seconds. */
typedef double (*BenchCpuFunc) (gpointer data);

static inline void
bench_wait_until (const gboolean *is_done)
{
  while (!*is_done)
    g_main_context_iteration (NULL, TRUE);
}

static inline double
bench_cpu_self (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Of any process, with all its threads. */
static inline double
bench_cpu_process (GPid pid)
{
  struct timespec used = { 0 };
  clockid_t clock;

  if (clock_getcpuclockid (pid, &clock) != 0 || clock_gettime (clock, &used) != 0)
    g_error ("The processor time of process %d cannot be read", (int) pid);

  return (double) used.tv_sec + (double) used.tv_nsec / 1e9;
}

static inline gboolean
bench_has_time (guint n_runs, gint64 start)
{
  return n_runs < 2 || g_get_monotonic_time () - start < (gint64) BENCH_SECONDS * G_USEC_PER_SEC;
}

static inline void
bench_run (BenchFigure *best, BenchFunc func, BenchCpuFunc others, gpointer data, guint n)
{
  double cpu = bench_cpu_self () + (others != NULL ? others (data) : 0);
  gint64 start = g_get_monotonic_time ();
  gint64 end;
  double rate;

  func (data, n);
  end = g_get_monotonic_time ();
  cpu = bench_cpu_self () + (others != NULL ? others (data) : 0) - cpu;
  rate = (double) n / ((double) MAX (end - start, 1) / G_USEC_PER_SEC);
  if (rate > best->rate)
    *best = (BenchFigure){ rate, cpu * 1e6 / n };
}

/* The gate is the least ratio, 0 if there is none; the peer is NULL if there is none. */
static inline void
bench_print (const char *name,
             const BenchFigure *figure,
             const char *peer,
             const BenchFigure *other,
             double gate)
{
  g_print ("{\"name\":\"%s\",\"value\":%.0f,\"unit\":\"op/s\",\"cpu_per_op\":%.3f", name,
           figure->rate, figure->cpu);
  if (peer != NULL)
    g_print (",\"peer\":\"%s\",\"peer_value\":%.0f,\"peer_cpu_per_op\":%.3f", peer, other->rate,
             other->cpu);
  if (gate > 0)
    g_print (",\"gate\":%g", gate);
  g_print ("}\n");
}
