/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sys/wait.h>
#include <unistd.h>

/* A sandbox stays on: what puts one on does so in a process of its own, which ends with 0 if all is well. */
static inline void
assert_in_process (void (*func) (void))
{
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      func ();
      _exit (0);
    }

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}
