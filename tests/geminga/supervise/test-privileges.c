/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-privileges-private.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "geminga-settings.h"

/* Helpers */

static void
assert_not_found (const char *user, const char *group, const char *said)
{
  g_auto (GemingaPrivileges) privileges = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (geminga_privileges_find (&privileges, user, group, &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
  g_assert_cmpstr (error->message, ==, said);
}

static gboolean
skip_without_root (void)
{
  if (geteuid () == 0 && getpwnam ("nobody") != NULL)
    return FALSE;

  g_test_skip ("only root can change to another user");
  return TRUE;
}

/* Changes in a process of its own; FALSE in the one that only waits for it. */
static gboolean
is_subprocess (void)
{
  if (g_test_subprocess ())
    return TRUE;

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
  return FALSE;
}

static void
drop (const char *user, const char *group)
{
  g_auto (GemingaPrivileges) privileges = { 0 };
  g_autoptr (GError) error = NULL;

  geminga_privileges_find (&privileges, user, group, &error);
  g_assert_no_error (error);
  g_assert_true (privileges.is_change);
  geminga_privileges_drop (&privileges, &error);
  g_assert_no_error (error);
}

/* Tests */

static void
test_nothing (void)
{
  static const char *const values[] = { NULL, "" };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_auto (GemingaPrivileges) privileges = { 0 };
      g_autoptr (GError) error = NULL;

      geminga_privileges_find (&privileges, values[i], values[i], &error);
      g_assert_no_error (error);
      g_assert_false (privileges.is_change);
      geminga_privileges_drop (&privileges, &error);
      g_assert_no_error (error);
    }
}

/* Whom the process runs as already needs no rights. */
static void
test_same (void)
{
  g_auto (GemingaPrivileges) privileges = { 0 };
  g_autofree char *user = g_strdup_printf ("%u", getuid ());
  g_autofree char *group = g_strdup_printf ("%u", getgid ());
  g_autoptr (GError) error = NULL;

  geminga_privileges_find (&privileges, user, group, &error);
  g_assert_no_error (error);
  g_assert_false (privileges.is_change);
  g_assert_cmpuint (privileges.uid, ==, getuid ());
  g_assert_cmpuint (privileges.gid, ==, getgid ());
}

static void
test_unknown (void)
{
  assert_not_found ("geminga-nobody", NULL, "There is no user “geminga-nobody” here");
  assert_not_found (NULL, "geminga-nobody", "There is no group “geminga-nobody” here");
  assert_not_found ("-1", NULL, "There is no user “-1” here");
  assert_not_found ("4294967295", NULL, "There is no user “4294967295” here");
  assert_not_found (NULL, "4294967295", "There is no group “4294967295” here");
  assert_not_found ("3999999999", NULL,
                    "User 3999999999 has no account here, so that --group has to be given too");
}

static void
test_find (void)
{
  g_auto (GemingaPrivileges) by_name = { 0 };
  g_auto (GemingaPrivileges) by_number = { 0 };
  g_auto (GemingaPrivileges) with_group = { 0 };
  g_autofree char *number = NULL;
  g_autoptr (GError) error = NULL;
  struct passwd *nobody = NULL;

  if (skip_without_root ())
    return;

  nobody = getpwnam ("nobody");
  number = g_strdup_printf ("%u", nobody->pw_uid);
  geminga_privileges_find (&by_name, "nobody", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (by_name.is_change);
  g_assert_cmpuint (by_name.uid, ==, nobody->pw_uid);
  g_assert_cmpuint (by_name.gid, ==, nobody->pw_gid);
  g_assert_cmpstr (by_name.user, ==, "nobody");

  geminga_privileges_find (&by_number, number, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (by_number.uid, ==, nobody->pw_uid);
  g_assert_cmpstr (by_number.user, ==, "nobody");

  geminga_privileges_find (&with_group, "nobody", "12345", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (with_group.uid, ==, nobody->pw_uid);
  g_assert_cmpuint (with_group.gid, ==, 12345);
}

static void
test_drop (void)
{
  struct passwd *nobody = NULL;

  if (skip_without_root () || !is_subprocess ())
    return;

  drop ("nobody", NULL);
  nobody = getpwnam ("nobody");
  g_assert_cmpuint (getuid (), ==, nobody->pw_uid);
  g_assert_cmpuint (geteuid (), ==, nobody->pw_uid);
  g_assert_cmpuint (getegid (), ==, nobody->pw_gid);
  g_assert_cmpint (setuid (0), ==, -1);
}

/* A number without an account has the one group and none of root's. */
static void
test_drop_number (void)
{
  gid_t groups[8] = { 0 };

  if (skip_without_root () || !is_subprocess ())
    return;

  drop ("3999999999", "3999999998");
  g_assert_cmpuint (getuid (), ==, 3999999999u);
  g_assert_cmpuint (getgid (), ==, 3999999998u);
  g_assert_cmpint (getgroups (G_N_ELEMENTS (groups), groups), ==, 1);
  g_assert_cmpuint (groups[0], ==, 3999999998u);
}

static void
test_not_permitted (void)
{
  g_auto (GemingaPrivileges) privileges = { 0 };
  GemingaPrivileges forced = { .is_change = TRUE };
  g_autoptr (GError) error = NULL;

  if (!is_subprocess ())
    return;
  if (geteuid () == 0)
    drop ("3999999999", "3999999998");

  g_assert_false (geminga_privileges_find (&privileges, "0", "0", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_cmpstr (
      error->message, ==,
      "Cannot run as user 0 and group 0: only root can change to another user or group");
  g_clear_error (&error);
  g_assert_false (geminga_privileges_drop (&forced, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/privileges/nothing", test_nothing);
  g_test_add_func ("/supervise/privileges/same", test_same);
  g_test_add_func ("/supervise/privileges/unknown", test_unknown);
  g_test_add_func ("/supervise/privileges/find", test_find);
  g_test_add_func ("/supervise/privileges/drop", test_drop);
  g_test_add_func ("/supervise/privileges/drop-number", test_drop_number);
  g_test_add_func ("/supervise/privileges/not-permitted", test_not_permitted);

  return g_test_run ();
}
