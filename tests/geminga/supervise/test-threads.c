/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-threads-private.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "geminga-error.h"
#include "in-process.h"

#define N_THREADS 20

typedef struct
{
  pthread_barrier_t begun;
  pthread_barrier_t changed;
  gboolean blocks;
  gint n_restricted; /* atomic */
} Threads;

static void *
run_thread (void *data)
{
  Threads *threads = data;
  sigset_t all;

  sigfillset (&all);
  if (threads->blocks)
    pthread_sigmask (SIG_SETMASK, &all, NULL);
  pthread_setname_np (pthread_self (), "hermit");
  pthread_barrier_wait (&threads->begun);
  pthread_barrier_wait (&threads->changed);
  if (prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
    g_atomic_int_inc (&threads->n_restricted);

  return NULL;
}

static void
start (Threads *threads, pthread_t *ids)
{
  pthread_barrier_init (&threads->begun, NULL, N_THREADS + 1);
  pthread_barrier_init (&threads->changed, NULL, N_THREADS + 1);
  for (int i = 0; i < N_THREADS; i++)
    g_assert_cmpint (pthread_create (&ids[i], NULL, run_thread, threads), ==, 0);
  pthread_barrier_wait (&threads->begun);
}

static void
end (Threads *threads, pthread_t *ids)
{
  pthread_barrier_wait (&threads->changed);
  for (int i = 0; i < N_THREADS; i++)
    pthread_join (ids[i], NULL);
}

static void
run_all (void)
{
  Threads threads = { 0 };
  pthread_t ids[N_THREADS];
  struct sigaction action;
  g_autoptr (GError) error = NULL;

  start (&threads, ids);
  g_assert_true (geminga_threads_restrict (-1, &error));
  g_assert_no_error (error);
  end (&threads, ids);
  g_assert_cmpint (threads.n_restricted, ==, N_THREADS);
  g_assert_cmpint (prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), ==, 1);
  /* The signal is the program's again. */
  g_assert_cmpint (sigaction (SIGRTMAX, NULL, &action), ==, 0);
  g_assert_true (action.sa_handler == SIG_DFL);
}

static void
test_all (void)
{
  assert_in_process (run_all);
}

static void
run_blocked (void)
{
  Threads threads = { .blocks = TRUE };
  pthread_t ids[N_THREADS];
  g_autoptr (GError) error = NULL;

  start (&threads, ids);
  g_assert_false (geminga_threads_restrict (-1, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "“hermit”"));
  g_assert_cmpint (prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), ==, 0);
  end (&threads, ids);
  g_assert_cmpint (threads.n_restricted, ==, 0);
}

static void
test_blocked (void)
{
  assert_in_process (run_blocked);
}

static void
run_bad_rules (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (geminga_threads_restrict (1000, &error));
  g_assert_nonnull (error);
}

static void
test_bad_rules (void)
{
  assert_in_process (run_bad_rules);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/threads/restrict/all", test_all);
  g_test_add_func ("/supervise/threads/restrict/blocked", test_blocked);
  g_test_add_func ("/supervise/threads/restrict/bad-rules", test_bad_rules);

  return g_test_run ();
}
