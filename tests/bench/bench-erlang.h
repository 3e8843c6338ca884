/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "bench-common.h"

/*
 * BenchErlang: an Erlang virtual machine that runs erlang/bench_peer.erl beside a benchmark, compiled to
 * machine code by its JIT. It does what it is told, one operation after the other.
 */

G_BEGIN_DECLS

typedef struct _BenchErlang BenchErlang;

/* NULL, with a note on standard error, if Erlang is not installed. */
BenchErlang *bench_erlang_new (void);
void bench_erlang_free (BenchErlang *self);

/* As bench_run(): does so many operations and gives what the operation answers. */
gint64 bench_run_erlang (BenchFigure *best, BenchErlang *self, const char *operation, guint n);

G_END_DECLS
