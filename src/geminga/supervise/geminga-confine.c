/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-confine-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "geminga-cgroup-private.h"
#include "geminga-error.h"
#include "geminga-landlock-private.h"
#include "geminga-sandbox-private.h"
#include "geminga-seccomp-private.h"
#include "geminga-threads-private.h"

/* Helpers */

/* Takes @failure. FALSE: the actor must not be. */
static gboolean
tolerate (GemingaConfine *self, GError *failure, GError **error)
{
  if (self->sandbox->is_required ||
      !g_error_matches (failure, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED))
    {
      g_propagate_error (error, failure);
      return FALSE;
    }

  if (self->is_loud)
    g_warning ("%s", failure->message);
  g_error_free (failure);

  return TRUE;
}

static gboolean
set_limits (GemingaConfine *self, GPid service, GError **error)
{
  const GemingaCgroupLimits limits = { self->sandbox->memory_max, self->sandbox->cpu_quota,
                                       self->sandbox->tasks_max };
  GError *failure = NULL;

  return !geminga_sandbox_has_limits (self->sandbox) ||
         geminga_cgroup_enter (&limits, service, &failure) || tolerate (self, failure, error);
}

static gboolean
make_rules (GemingaConfine *self, GError **error)
{
  GError *failure = NULL;

  if (!self->sandbox->restricts_paths)
    return TRUE;

  self->rules =
      geminga_landlock_new_rules (self->sandbox->read_paths, self->sandbox->write_paths, &failure);

  return self->rules >= 0 || tolerate (self, failure, error);
}

/* What the C library and GLib would read from files later, when they are first used. */
static void
load_files (void)
{
  static const char *const domains[] = { GETTEXT_PACKAGE, "glib20" };

  tzset ();
  strerror (ENOENT);
  g_get_charset (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (domains); i++)
    g_dgettext (domains[i], "yes");
}

static gboolean
take_privileges (GemingaConfine *self, GError **error)
{
  GError *failure = NULL;

  if (self->rules < 0 && !self->sandbox->has_no_new_privs && self->sandbox->system_calls == NULL)
    return TRUE;

  return geminga_threads_restrict (self->rules, &failure) || tolerate (self, failure, error);
}

static gboolean
deny_system_calls (GemingaConfine *self, GError **error)
{
  GError *failure = NULL;

  return self->sandbox->system_calls == NULL ||
         geminga_seccomp_apply (self->sandbox->system_calls, self->sandbox->action, &failure) ||
         tolerate (self, failure, error);
}

/* Private API */

gboolean
geminga_confine_begin (GemingaConfine *self,
                       const GemingaSandbox *sandbox,
                       gboolean is_loud,
                       GPid service,
                       GError **error)
{
  *self = (GemingaConfine){ sandbox, is_loud, -1 };

  return sandbox == NULL || (set_limits (self, service, error) && make_rules (self, error));
}

gboolean
geminga_confine_find_privileges (GemingaConfine *self,
                                 GemingaPrivileges *privileges,
                                 const char *user,
                                 const char *group,
                                 GError **error)
{
  GError *failure = NULL;

  if (self->sandbox == NULL || self->sandbox->user == NULL)
    return geminga_privileges_find (privileges, user, group, error);

  if (geminga_privileges_find (privileges, self->sandbox->user, NULL, &failure))
    return TRUE;

  /* Only that it is not root is for the class to put up with. */
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    {
      failure->domain = GEMINGA_ERROR;
      failure->code = GEMINGA_ERROR_NOT_SUPPORTED;
    }
  if (!tolerate (self, failure, error))
    return FALSE;

  geminga_privileges_clear (privileges);

  return geminga_privileges_find (privileges, user, group, error);
}

gboolean
geminga_confine_finish (GemingaConfine *self, GError **error)
{
  if (self->sandbox == NULL)
    return TRUE;

  load_files ();

  return take_privileges (self, error) && deny_system_calls (self, error);
}

void
geminga_confine_clear (GemingaConfine *self)
{
  if (self->rules >= 0)
    close (self->rules);
  self->rules = -1;
}
