/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-seccomp-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

#include "geminga-error.h"
#include "geminga-system-calls-private.h"

/* Since Linux 5.17: glibc and others name what they map. */
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

/* Helpers */

#ifdef HAVE_SECCOMP

/* Where clone() has its flags. */
#ifdef __s390__
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif

static gboolean
set_failure (GError **error, int code)
{
  gboolean is_unsupported = code == ENOSYS || code == EINVAL || code == EFAULT || code == ECANCELED;

  /* libseccomp says ECANCELED for what the kernel has refused. */
  g_set_error (error, GEMINGA_ERROR,
               is_unsupported ? GEMINGA_ERROR_NOT_SUPPORTED : GEMINGA_ERROR_FAILED,
               _ ("The kernel cannot restrict system calls: %s"), g_strerror (code));

  return FALSE;
}

/* What is allowed already needs no rule. */
static gboolean
add_rule (scmp_filter_ctx filter,
          int call,
          guint n_conditions,
          const struct scmp_arg_cmp *conditions)
{
  int code = seccomp_rule_add_array (filter, SCMP_ACT_ALLOW, call, n_conditions, conditions);

  return code == 0 || code == -EEXIST;
}

static gboolean
add_names (scmp_filter_ctx filter, const char *const *names, gboolean is_own, GError **error);

static gboolean
add_group (scmp_filter_ctx filter, const char *group, GError **error)
{
  const char *calls = geminga_system_calls_lookup (group);
  g_auto (GStrv) names = NULL;

  if (calls == NULL)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   _ ("There is no group of system calls “%s”"), group);
      return FALSE;
    }

  names = g_strsplit (calls, " ", -1);

  return add_names (filter, (const char *const *) names, TRUE, error);
}

/* @is_own: a name in our own table may be too new for libseccomp. */
static gboolean
add_name (scmp_filter_ctx filter, const char *name, gboolean is_own, GError **error)
{
  int call;

  if (name[0] == '@')
    return add_group (filter, name, error);

  call = seccomp_syscall_resolve_name (name);
  if (call == __NR_SCMP_ERROR && !is_own)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   _ ("There is no system call “%s”"), name);
      return FALSE;
    }

  /* Negative: only processors of another kind have it. */
  return call < 0 || add_rule (filter, call, 0, NULL) || set_failure (error, ENOMEM);
}

static gboolean
add_names (scmp_filter_ctx filter, const char *const *names, gboolean is_own, GError **error)
{
  for (gsize i = 0; names[i] != NULL; i++)
    if (!add_name (filter, names[i], is_own, error))
      return FALSE;

  return TRUE;
}

/* A thread is no process: without what it takes to make one, glibc makes threads by clone(). */
static gboolean
add_threads (scmp_filter_ctx filter, gboolean has_processes)
{
  const struct scmp_arg_cmp is_thread =
      SCMP_CMP (CLONE_FLAGS, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD);

  if (has_processes)
    return TRUE;

  return add_rule (filter, SCMP_SYS (clone), 1, &is_thread) &&
         seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOSYS), SCMP_SYS (clone3), 0) == 0;
}

/* Some C libraries ask so about what is open, with an empty path. Paths cannot be looked at here. */
static gboolean
add_status (scmp_filter_ctx filter)
{
  static const struct
  {
    const char *name;
    guint flags;
  } calls[] = { { "newfstatat", 3 }, { "fstatat64", 3 }, { "statx", 2 } };
  gboolean is_added = TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      const struct scmp_arg_cmp is_empty =
          SCMP_CMP (calls[i].flags, SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH);
      int call = seccomp_syscall_resolve_name (calls[i].name);

      is_added = is_added && (call < 0 || add_rule (filter, call, 1, &is_empty));
    }

  return is_added;
}

static gboolean
add_conditional (scmp_filter_ctx filter, gboolean has_prctl)
{
  static const unsigned long requests[] = {
    FIONREAD, FIONBIO, FIOCLEX, FIONCLEX, TCGETS, TIOCGWINSZ
  };
  static const unsigned long options[] = { PR_GET_NAME, PR_SET_NAME, PR_SET_VMA, PR_GET_DUMPABLE,
                                           PR_GET_NO_NEW_PRIVS };
  gboolean is_added = TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      const struct scmp_arg_cmp condition = SCMP_CMP (1, SCMP_CMP_EQ, requests[i]);

      is_added = is_added && add_rule (filter, SCMP_SYS (ioctl), 1, &condition);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (options) && !has_prctl; i++)
    {
      const struct scmp_arg_cmp condition = SCMP_CMP (0, SCMP_CMP_EQ, options[i]);

      is_added = is_added && add_rule (filter, SCMP_SYS (prctl), 1, &condition);
    }

  return is_added;
}

/* Whether a name is in the list, or in a group of it. */
static gboolean
has_name (const char *const *names, const char *wanted)
{
  for (gsize i = 0; names[i] != NULL; i++)
    {
      const char *calls = names[i][0] == '@' ? geminga_system_calls_lookup (names[i]) : NULL;
      g_auto (GStrv) members = calls != NULL ? g_strsplit (calls, " ", -1) : NULL;

      if (g_str_equal (names[i], wanted) ||
          (members != NULL && has_name ((const char *const *) members, wanted)))
        return TRUE;
    }

  return FALSE;
}

static gboolean
fill (scmp_filter_ctx filter, const char *const *names, GError **error)
{
  if (!add_group (filter, GEMINGA_SYSTEM_CALLS_BASIC, error) ||
      !add_names (filter, names, FALSE, error))
    return FALSE;

  return (add_threads (filter, has_name (names, "clone3") || has_name (names, "clone")) &&
          add_status (filter) && add_conditional (filter, has_name (names, "prctl"))) ||
         set_failure (error, ENOMEM);
}

static gboolean
load (scmp_filter_ctx filter, GError **error)
{
  int code;

  /* All threads, and no other kind of numbers for calls, such as those of 32 bits. */
  code = seccomp_attr_set (filter, SCMP_FLTATR_CTL_TSYNC, 1);
  if (code == 0)
    code = seccomp_attr_set (filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  if (code == 0)
    code = seccomp_load (filter);

  return code == 0 || set_failure (error, -code);
}

/* Private API */

gboolean
geminga_seccomp_apply (GPtrArray *names, GemingaSystemCallAction action, GError **error)
{
  /* A trap is a SIGSYS that tells which call it was; nothing lives on by it, see geminga-crash.c. */
  scmp_filter_ctx filter = seccomp_init (
      action == GEMINGA_SYSTEM_CALL_ACTION_FAIL ? SCMP_ACT_ERRNO (EPERM) : SCMP_ACT_TRAP);
  g_autoptr (GPtrArray) list = g_ptr_array_copy (names, NULL, NULL);
  gboolean is_applied;

  if (filter == NULL)
    return set_failure (error, ENOSYS);

  g_ptr_array_set_free_func (list, NULL);
  g_ptr_array_add (list, NULL);
  is_applied = fill (filter, (const char *const *) list->pdata, error) && load (filter, error);
  seccomp_release (filter);

  return is_applied;
}

char *
geminga_seccomp_dup_name (int number)
{
  char *name = seccomp_syscall_resolve_num_arch (SCMP_ARCH_NATIVE, number);
  char *copy = name != NULL ? g_strdup (name) : g_strdup_printf ("%d", number);

  free (name);

  return copy;
}

#else

/* Private API */

gboolean
geminga_seccomp_apply (GPtrArray *names, GemingaSystemCallAction action, GError **error)
{
  g_set_error_literal (
      error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED,
      _ ("System calls cannot be restricted: Geminga was built without libseccomp"));

  return FALSE;
}

char *
geminga_seccomp_dup_name (int number)
{
  return g_strdup_printf ("%d", number);
}

#endif
