/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-threads-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "geminga-error.h"

/* The last one: programs begin with the first. */
#define NUMBER SIGRTMAX

/* How long a thread may take, in seconds. It may be waiting for a device. */
#define MAX_TIME 5

/* How long a thread may take to begin, in milliseconds. */
#define MAX_BEGIN 200

/* What the threads are to do. */
typedef struct
{
  int rules;
  atomic_int code;  /* what failed */
  gboolean is_late; /* a thread may come yet, and shall find it: it is never freed then */
  sem_t done;
} Job;

/* Helpers: in each thread */

static int
restrict_self (int rules)
{
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      (rules >= 0 && syscall (SYS_landlock_restrict_self, rules, 0) != 0))
    return errno;

  return 0;
}

/* In a signal handler: only what is safe there. */
static void
on_signal (int number, siginfo_t *info, void *context)
{
  int kept = errno;
  Job *job = info->si_value.sival_ptr;
  int code;

  if (info->si_code != SI_QUEUE || info->si_pid != getpid ())
    return;

  code = restrict_self (job->rules);
  if (code != 0)
    atomic_store (&job->code, code);
  sem_post (&job->done);
  errno = kept;
}

/* Helpers */

static gboolean
fail (int code, GError **error)
{
  g_set_error (error, GEMINGA_ERROR,
               code == ENOSYS || code == EOPNOTSUPP ? GEMINGA_ERROR_NOT_SUPPORTED
                                                    : GEMINGA_ERROR_FAILED,
               _ ("The sandbox cannot take privileges from the process: %s"), g_strerror (code));

  return FALSE;
}

static char *
read_thread (pid_t id, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/%s", (int) id, name);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? g_strchomp (text) : NULL;
}

/* One that has ended meanwhile blocks nothing. */
static gboolean
is_blocking (pid_t id)
{
  g_autofree char *status = read_thread (id, "status");
  const char *mask = status != NULL ? strstr (status, "\nSigBlk:") : NULL;

  return mask != NULL &&
         (g_ascii_strtoull (mask + strlen ("\nSigBlk:\t"), NULL, 16) >> (NUMBER - 1) & 1) != 0;
}

/* A thread that is about to begin blocks all signals too. */
static gboolean
check_thread (pid_t id, GError **error)
{
  g_autofree char *name = NULL;
  int n_left = MAX_BEGIN;

  while (is_blocking (id) && --n_left > 0)
    g_usleep (G_TIME_SPAN_MILLISECOND);
  if (n_left > 0)
    return TRUE;

  name = read_thread (id, "comm");
  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED,
               _ ("The sandbox cannot be put on: the program has started the thread “%s” already, "
                  "which blocks signals; start it later than the service"),
               name != NULL ? name : "?");

  return FALSE;
}

/* Those that are not in @done: (element-type pid_t) */
static GArray *
list_threads (GArray *done, GError **error)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/task", 0, error);
  GArray *threads;
  const char *name;

  if (folder == NULL)
    return NULL;

  threads = g_array_new (FALSE, FALSE, sizeof (pid_t));
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      pid_t id = (pid_t) g_ascii_strtoll (name, NULL, 10);
      gboolean is_done = id == gettid ();

      for (guint i = 0; i < done->len && !is_done; i++)
        is_done = g_array_index (done, pid_t, i) == id;
      if (!is_done)
        g_array_append_val (threads, id);
    }

  return threads;
}

static gboolean
check_threads (GArray *threads, GError **error)
{
  for (guint i = 0; i < threads->len; i++)
    if (!check_thread (g_array_index (threads, pid_t, i), error))
      return FALSE;

  return TRUE;
}

/* With the pointer that sigqueue() could give to a process only. */
static gboolean
send_job (pid_t id, Job *job)
{
  siginfo_t info = { .si_signo = NUMBER, .si_code = SI_QUEUE };

  info.si_pid = getpid ();
  info.si_uid = getuid ();
  info.si_value.sival_ptr = job;

  return syscall (SYS_rt_tgsigqueueinfo, getpid (), id, NUMBER, &info) == 0;
}

static gboolean
await (Job *job, guint n_sent)
{
  struct timespec deadline;

  clock_gettime (CLOCK_REALTIME, &deadline);
  deadline.tv_sec += MAX_TIME;
  while (n_sent > 0)
    {
      if (sem_timedwait (&job->done, &deadline) == 0)
        n_sent--;
      else if (errno != EINTR)
        job->is_late = TRUE;
      if (job->is_late)
        return FALSE;
    }

  return TRUE;
}

/* A thread that was not reached yet may start others meanwhile: until there is no new one. */
static gboolean
restrict_others (Job *job, GError **error)
{
  g_autoptr (GArray) done = g_array_new (FALSE, FALSE, sizeof (pid_t));

  for (;;)
    {
      g_autoptr (GArray) threads = list_threads (done, error);
      guint n_sent = 0;

      if (threads == NULL)
        return FALSE;
      if (threads->len == 0)
        return atomic_load (&job->code) == 0 || fail (atomic_load (&job->code), error);
      if (!check_threads (threads, error))
        return FALSE;

      for (guint i = 0; i < threads->len; i++)
        n_sent += send_job (g_array_index (threads, pid_t, i), job) ? 1 : 0;
      if (!await (job, n_sent))
        return fail (ETIMEDOUT, error);
      g_array_append_vals (done, threads->data, threads->len);
    }
}

/* Private API */

gboolean
geminga_threads_restrict (int rules, GError **error)
{
  struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART };
  struct sigaction before;
  Job *job = g_new0 (Job, 1);
  gboolean is_done;
  int code;

  job->rules = rules;
  sem_init (&job->done, 0, 0);
  sigfillset (&action.sa_mask);
  sigaction (NUMBER, &action, &before);
  is_done = restrict_others (job, error);
  if (!job->is_late)
    {
      sigaction (NUMBER, &before, NULL);
      sem_destroy (&job->done);
      g_free (job);
    }
  if (!is_done)
    return FALSE;

  code = restrict_self (rules);

  return code == 0 || fail (code, error);
}
