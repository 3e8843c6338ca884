/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bench-erlang.h"

struct _BenchErlang
{
  GSubprocess *process;    /* (owned) */
  GDataInputStream *lines; /* (owned) */
  GPid pid;

  const char *operation;
  gint64 answer;
};

/* Helpers */

static void
run_operation (gpointer data, guint n)
{
  BenchErlang *self = data;
  GOutputStream *input = g_subprocess_get_stdin_pipe (self->process);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  if (g_output_stream_printf (input, NULL, NULL, &error, "%s %u\n", self->operation, n))
    line = g_data_input_stream_read_line (self->lines, NULL, NULL, &error);
  if (line == NULL)
    g_error ("Erlang does not do “%s”: %s", self->operation,
             error != NULL ? error->message : "it ended");

  self->answer = g_ascii_strtoll (line, NULL, 10);
}

static double
cpu (gpointer data)
{
  BenchErlang *self = data;

  return bench_cpu_process (self->pid);
}

/* Public API */

BenchErlang *
bench_erlang_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;
  BenchFigure first = { 0 };
  BenchErlang *self;

  /* The default limit of processes would be 262,144. */
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                              &error, "erl", "+P", "4000000", "-noshell", "-pa", BENCH_ERLANG_DIR,
                              "-s", "bench_peer", "main", NULL);
  if (process == NULL)
    {
      g_printerr ("Erlang does not start: %s\n", error->message);
      return NULL;
    }

  self = g_new0 (BenchErlang, 1);
  self->process = g_steal_pointer (&process);
  self->lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  self->pid = (GPid) g_ascii_strtoll (g_subprocess_get_identifier (self->process), NULL, 10);
  /* Now it is there. */
  bench_run_erlang (&first, self, "tell", 1);

  return self;
}

void
bench_erlang_free (BenchErlang *self)
{
  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->lines);
  g_object_unref (self->process);
  g_free (self);
}

gint64
bench_run_erlang (BenchFigure *best, BenchErlang *self, const char *operation, guint n)
{
  self->operation = operation;
  bench_run (best, run_operation, cpu, self, n);

  return self->answer;
}
