/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bench-peer.h"

#include <sys/socket.h>
#include <unistd.h>

/* Of so many messages that nobody answers one is a call: the others have arrived with it. */
#define N_BETWEEN 10000

/* Helpers */

static void call_next (BenchCalls *self);

static void
called_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BenchCalls *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = self->finish (self, result, &error);

  if (answer == NULL)
    g_error ("A call failed: %s", error->message);
  self->n_open--;
  call_next (self);
}

static void
call_next (BenchCalls *self)
{
  if (self->n_left == 0)
    return;

  self->n_left--;
  self->n_open++;
  self->call (self, self->member, self->arguments, called_cb);
}

static void
op_ask (gpointer data, guint n)
{
  bench_calls_run (data, "Add", g_variant_new ("(t)", (guint64) 1), n, 1);
}

static void
op_ask_many (gpointer data, guint n)
{
  bench_calls_run (data, "Add", g_variant_new ("(t)", (guint64) 1), n, BENCH_N_AT_ONCE);
}

static void
op_tell (gpointer data, guint n)
{
  BenchCalls *self = data;

  for (guint done = 0; done < n; done += N_BETWEEN)
    {
      for (guint i = 1; i < N_BETWEEN; i++)
        self->tell (self, "Add", g_variant_new ("(t)", (guint64) 1));
      op_ask (self, 1);
    }
}

static void
op_large (gpointer data, guint n)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (BENCH_PAYLOAD), BENCH_PAYLOAD);
  GVariant *payload = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);

  bench_calls_run (data, "Size", g_variant_new ("(@ay)", payload), n, 1);
}

/* Public API */

void
bench_calls_run (BenchCalls *self,
                 const char *member,
                 GVariant *arguments,
                 guint n,
                 guint n_at_once)
{
  g_autoptr (GVariant) sunk = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;

  self->member = member;
  self->arguments = sunk;
  self->n_left = n;
  for (guint i = 0; i < n_at_once; i++)
    call_next (self);
  while (self->n_open > 0)
    g_main_context_iteration (NULL, TRUE);
}

void
bench_calls_fill (BenchWay *way, BenchCalls *self)
{
  way->data = self;
  way->run[BENCH_ASK] = op_ask;
  way->run[BENCH_ASK_MANY] = op_ask_many;
  way->run[BENCH_TELL] = op_tell;
  way->run[BENCH_LARGE] = op_large;
}

int
bench_start_role (const char *role, GPid *pid)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { program, NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), BENCH_ROLE_VARIABLE, role, TRUE);
  const int target_fd = BENCH_CHILD_FD;
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    g_error ("No pair of sockets: %s", g_strerror (errno));
  if (!g_spawn_async_with_pipes_and_fds (NULL, argv, (const char *const *) environment,
                                         G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, -1, -1, -1, &fds[1],
                                         &target_fd, 1, pid, NULL, NULL, NULL, &error))
    g_error ("The other process does not start: %s", error->message);
  close (fds[1]);

  return fds[0];
}
