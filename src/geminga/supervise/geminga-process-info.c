/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-process-info-private.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Lines of the kernel's stack that are worth keeping. */
#define MAX_STACK 1024

/* Helpers */

static char *
read_proc (GPid pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", (int) pid, name);
  char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;

  return g_strchomp (text);
}

/* The letter behind the name in parentheses, which may hold anything. */
static char
read_state (GPid pid)
{
  g_autofree char *stat = read_proc (pid, "stat");
  const char *end = stat != NULL ? strrchr (stat, ')') : NULL;

  return end != NULL && end[1] == ' ' ? end[2] : '\0';
}

static const char *
name_state (GPid pid)
{
  switch (read_state (pid))
    {
    case '\0':
      return "gone";
    case 'R':
      return "busy";
    case 'S':
      return "waiting";
    case 'D':
      return "waiting for a device";
    case 'T':
    case 't':
      return "stopped by a signal";
    case 'Z':
      return "dead";
    default:
      return "in an unknown state";
    }
}

/* Private API */

gboolean
geminga_process_info_is_stopped (GPid pid)
{
  char state = read_state (pid);

  return state == 'T' || state == 't';
}

guint64
geminga_process_info_get_memory (GPid pid)
{
  g_autofree char *statm = read_proc (pid, "statm");
  unsigned long size, resident, shared;

  if (statm == NULL || sscanf (statm, "%lu %lu %lu", &size, &resident, &shared) != 3 ||
      resident < shared)
    return 0;

  return (guint64) (resident - shared) * (guint64) sysconf (_SC_PAGESIZE);
}

char *
geminga_process_info_describe (GPid pid)
{
  g_autofree char *place = read_proc (pid, "wchan");
  g_autofree char *syscall = read_proc (pid, "syscall");
  g_autofree char *stack = read_proc (pid, "stack");
  GString *text = g_string_new (name_state (pid));

  if (place != NULL && *place != '\0' && !g_str_equal (place, "0"))
    g_string_append_printf (text, " in %s", place);
  if (syscall != NULL && g_ascii_isdigit (*syscall))
    g_string_append_printf (text, ", system call %s", syscall);
  if (stack != NULL && *stack != '\0')
    g_string_append_printf (text, "\n%.*s", MAX_STACK, stack);

  return g_string_free (text, FALSE);
}

char *
geminga_process_info_describe_end (int code, int status)
{
  if (code == CLD_EXITED)
    return g_strdup_printf ("exited with status %d", status);

  return g_strdup_printf ("was killed by signal %d (%s)%s", status, g_strsignal (status),
                          code == CLD_DUMPED ? " and left a core dump" : "");
}
