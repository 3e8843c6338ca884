/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-crash-private.h"

#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "geminga-process-report-private.h"
#include "geminga-seccomp-private.h"

/* The headers of the C library lack it. */
#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif

/* What a report begins with if a system call was not allowed; the number follows. */
#define SYSTEM_CALL "system call "

/* What a crash inside of a crash report may take, in seconds: it may need a lock that is held. */
#define MAX_TIME 2

#define MAX_FRAMES 64

/* The handler, and the kernel's way to it. */
#define N_OWN_FRAMES 2

#define STACK_SIZE (64 * 1024)

/* Helpers */

/* In the handler: only what is safe there. */
static void
write_system_call (int call)
{
  char text[] = SYSTEM_CALL "          \n";
  char *digit = text + sizeof text - 2;

  do
    {
      *--digit = (char) ('0' + call % 10);
      call /= 10;
    }
  while (call > 0);

  /* What cannot be written is not told. */
  if (write (GEMINGA_PROCESS_REPORT_FD, text, sizeof text - 1) < 0)
    return;
}

static void
on_crash (int number, siginfo_t *info, void *context)
{
  void *frames[MAX_FRAMES];
  int n_frames;

  alarm (MAX_TIME);
  /* The program may have closed it, and have another file there. */
  if (fcntl (GEMINGA_PROCESS_REPORT_FD, F_GET_SEALS) == GEMINGA_PROCESS_REPORT_SEALS)
    {
      if (number == SIGSYS && info->si_code == SYS_SECCOMP)
        write_system_call (info->si_syscall);
      n_frames = backtrace (frames, MAX_FRAMES);
      if (n_frames > N_OWN_FRAMES)
        backtrace_symbols_fd (frames + N_OWN_FRAMES, n_frames - N_OWN_FRAMES,
                              GEMINGA_PROCESS_REPORT_FD);
    }

  /* It comes once the handler returns, and then does what it does without one. */
  raise (number);
}

static void
take_signal (int number)
{
  struct sigaction action;

  if (sigaction (number, NULL, &action) != 0 || action.sa_handler != SIG_DFL)
    return;

  action = (struct sigaction){ .sa_sigaction = on_crash,
                               .sa_flags = SA_ONSTACK | SA_RESETHAND | SA_SIGINFO };
  sigaction (number, &action, NULL);
}

/* For a stack that has run over. The process has it to its end. */
static void
give_stack (void)
{
  stack_t stack;

  if (sigaltstack (NULL, &stack) != 0 || (stack.ss_flags & SS_DISABLE) == 0)
    return;

  stack = (stack_t){ .ss_sp = g_malloc (STACK_SIZE), .ss_size = STACK_SIZE };
  sigaltstack (&stack, NULL);
}

/* Private API */

void
geminga_crash_take_signals (void)
{
  static const int numbers[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS };
  void *frame;

  /* The first call loads a library, which a handler must not. */
  backtrace (&frame, 1);
  give_stack ();
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    take_signal (numbers[i]);
}

char *
geminga_crash_describe_system_call (const char *report)
{
  g_autofree char *name = NULL;
  gint64 call;

  if (report == NULL || !g_str_has_prefix (report, SYSTEM_CALL))
    return NULL;

  call = g_ascii_strtoll (report + strlen (SYSTEM_CALL), NULL, 10);
  name = geminga_seccomp_dup_name ((int) CLAMP (call, 0, G_MAXINT));

  return g_strdup_printf ("was ended by seccomp: its sandbox does not allow the system call “%s”",
                          name);
}
