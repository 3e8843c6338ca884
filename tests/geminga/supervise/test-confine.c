/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-confine-private.h"

#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "geminga-error.h"
#include "geminga-settings-error.h"
#include "in-process.h"

/* Each part is tested by its own program; here is what becomes of a part that is not supported. */

static guint n_warnings;

static GLogWriterOutput
count_warnings (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  if (level & G_LOG_LEVEL_WARNING)
    n_warnings++;

  return G_LOG_WRITER_HANDLED;
}

static GemingaSandbox *
new_sandbox (gboolean is_required)
{
  GemingaSandbox *sandbox = geminga_sandbox_new ();

  geminga_sandbox_set_required (sandbox, is_required);

  return sandbox;
}

static void
become_nobody (void)
{
  if (getuid () == 0)
    g_assert_cmpint (setuid (65534), ==, 0);
  n_warnings = 0;
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
}

/* A user that only root can become. */
static void
run_user (void)
{
  g_autoptr (GemingaSandbox) sandbox = new_sandbox (FALSE);
  g_auto (GemingaConfine) confine = GEMINGA_CONFINE_INIT;
  g_auto (GemingaPrivileges) privileges = { 0 };
  g_autoptr (GError) error = NULL;

  become_nobody ();
  geminga_sandbox_set_user (sandbox, "root");
  g_assert_true (geminga_confine_begin (&confine, sandbox, TRUE, getppid (), &error));
  g_assert_true (geminga_confine_find_privileges (&confine, &privileges, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (privileges.is_change);
  g_assert_cmpuint (n_warnings, ==, 1);
  g_assert_true (geminga_confine_finish (&confine, &error));
}

static void
run_user_required (void)
{
  g_autoptr (GemingaSandbox) sandbox = new_sandbox (TRUE);
  g_auto (GemingaConfine) confine = GEMINGA_CONFINE_INIT;
  g_auto (GemingaPrivileges) privileges = { 0 };
  g_autoptr (GError) error = NULL;

  become_nobody ();
  geminga_sandbox_set_user (sandbox, "root");
  g_assert_true (geminga_confine_begin (&confine, sandbox, TRUE, getppid (), &error));
  g_assert_false (geminga_confine_find_privileges (&confine, &privileges, NULL, NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "only root can change to another user"));
  g_assert_cmpuint (n_warnings, ==, 0);
}

/* A mistake, whoever one is. */
static void
run_no_such_user (void)
{
  g_autoptr (GemingaSandbox) sandbox = new_sandbox (FALSE);
  g_auto (GemingaConfine) confine = GEMINGA_CONFINE_INIT;
  g_auto (GemingaPrivileges) privileges = { 0 };
  g_autoptr (GError) error = NULL;

  geminga_sandbox_set_user (sandbox, "no-such-user");
  g_assert_true (geminga_confine_begin (&confine, sandbox, TRUE, getppid (), &error));
  g_assert_false (geminga_confine_find_privileges (&confine, &privileges, NULL, NULL, &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
}

/* Nobody may divide a control group here. */
static void
run_limits (void)
{
  for (int is_loud = 0; is_loud <= 1; is_loud++)
    {
      g_autoptr (GemingaSandbox) sandbox = new_sandbox (FALSE);
      g_autoptr (GemingaSandbox) required = new_sandbox (TRUE);
      g_auto (GemingaConfine) confine = GEMINGA_CONFINE_INIT;
      g_autoptr (GError) error = NULL;

      become_nobody ();
      geminga_sandbox_set_memory_max (sandbox, 1 << 30);
      g_assert_true (geminga_confine_begin (&confine, sandbox, is_loud, getppid (), &error));
      g_assert_no_error (error);
      g_assert_cmpuint (n_warnings, ==, is_loud ? 1 : 0);
      geminga_sandbox_set_memory_max (required, 1 << 30);
      g_assert_false (geminga_confine_begin (&confine, required, is_loud, getppid (), &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED);
      g_assert_cmpint (prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), ==, 0);
    }
}

static void
run_no_new_privs (void)
{
  g_autoptr (GemingaSandbox) sandbox = new_sandbox (TRUE);
  g_auto (GemingaConfine) confine = GEMINGA_CONFINE_INIT;
  g_autoptr (GError) error = NULL;

  geminga_sandbox_set_no_new_privs (sandbox, TRUE);
  g_assert_true (geminga_confine_begin (&confine, sandbox, TRUE, getppid (), &error));
  g_assert_cmpint (prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), ==, 0);
  g_assert_true (geminga_confine_finish (&confine, &error));
  g_assert_cmpint (prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), ==, 1);
}

static void
run_none (void)
{
  g_auto (GemingaConfine) confine = GEMINGA_CONFINE_INIT;
  g_auto (GemingaPrivileges) privileges = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (geminga_confine_begin (&confine, NULL, TRUE, getppid (), &error));
  g_assert_true (geminga_confine_find_privileges (&confine, &privileges, NULL, NULL, &error));
  g_assert_true (geminga_confine_finish (&confine, &error));
  g_assert_cmpint (prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), ==, 0);
}

static void
test_in_process (gconstpointer func)
{
  assert_in_process ((void (*) (void)) func);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (count_warnings, NULL, NULL);

  g_test_add_data_func ("/supervise/confine/none", run_none, test_in_process);
  g_test_add_data_func ("/supervise/confine/no-new-privs", run_no_new_privs, test_in_process);
  g_test_add_data_func ("/supervise/confine/user", run_user, test_in_process);
  g_test_add_data_func ("/supervise/confine/user/required", run_user_required, test_in_process);
  g_test_add_data_func ("/supervise/confine/user/no-such", run_no_such_user, test_in_process);
  g_test_add_data_func ("/supervise/confine/limits", run_limits, test_in_process);

  return g_test_run ();
}
