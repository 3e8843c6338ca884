/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-system-calls-private.h"

#include <string.h>

#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

/* Each call is known, to what this is built with, on some processor; each group that is named is there. */
static void
test_groups (void)
{
  g_auto (GStrv) groups = geminga_system_calls_list_groups ();

  g_assert_cmpstr (groups[0], ==, GEMINGA_SYSTEM_CALLS_BASIC);
  for (gsize i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) names = g_strsplit (geminga_system_calls_lookup (groups[i]), " ", -1);

      for (gsize j = 0; names[j] != NULL; j++)
        {
          g_test_message ("%s: “%s”", groups[i], names[j]);
          if (names[j][0] == '@')
            g_assert_nonnull (geminga_system_calls_lookup (names[j]));
#ifdef HAVE_SECCOMP
          else
            g_assert_cmpint (seccomp_syscall_resolve_name (names[j]), !=, __NR_SCMP_ERROR);
#endif
        }
    }
}

static void
test_lookup_fails (void)
{
  g_assert_null (geminga_system_calls_lookup ("@coffee"));
  g_assert_null (geminga_system_calls_lookup ("open"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/system-calls/groups", test_groups);
  g_test_add_func ("/supervise/system-calls/lookup/fails", test_lookup_fails);

  return g_test_run ();
}
