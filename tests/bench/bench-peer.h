/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "bench-common.h"

/* What the benchmarks of two processes share. Each peer is the same program, executed again with its
 * end of a socket as a descriptor and a variable that tells it what to be. */

G_BEGIN_DECLS

#define BENCH_ROLE_VARIABLE "GEMINGA_BENCH_ROLE"
#define BENCH_CHILD_FD      3
#define BENCH_PATH          "/org/example/Bench"
#define BENCH_INTERFACE     "org.example.Bench1"
#define BENCH_N_AT_ONCE     1000
#define BENCH_PAYLOAD       (1024 * 1024)

typedef enum
{
  BENCH_ASK,
  BENCH_ASK_MANY,
  BENCH_TELL,
  BENCH_LARGE,
  BENCH_N_OPERATIONS,
} BenchOperation;

/* A way of calling another process: Add (t) -> t and Size (ay) -> t. */
typedef struct
{
  const char *name;
  gpointer data;
  BenchFunc run[BENCH_N_OPERATIONS];
  BenchCpuFunc cpu; /* of the other process */
} BenchWay;

/* The calling side of those that use GLib's main loop. */
typedef struct _BenchCalls BenchCalls;

struct _BenchCalls
{
  void (*call) (BenchCalls *self,
                const char *member,
                GVariant *arguments,
                GAsyncReadyCallback callback);
  GVariant *(*finish) (BenchCalls *self, GAsyncResult *result, GError **error);
  void (*tell) (BenchCalls *self, const char *member, GVariant *arguments);

  /* While some are made. */
  const char *member;
  GVariant *arguments;
  guint n_left;
  guint n_open;
};

void bench_calls_run (BenchCalls *self,
                      const char *member,
                      GVariant *arguments,
                      guint n,
                      guint n_at_once);
/* The data of each is a BenchCalls. */
void bench_calls_fill (BenchWay *way, BenchCalls *self);

/* Starts the program again in a role, with one end of a socket; gives the other one. */
int bench_start_role (const char *role, GPid *pid);

void bench_gdbus_serve (void);
void bench_gdbus_init (BenchWay *way);
void bench_gdbus_clear (BenchWay *way);

#ifdef BENCH_HAVE_SDBUS
void bench_sdbus_serve (void);
void bench_sdbus_init (BenchWay *way);
void bench_sdbus_clear (BenchWay *way);
#endif

G_END_DECLS
