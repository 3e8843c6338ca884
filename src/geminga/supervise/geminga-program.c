/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-program-private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "geminga-error.h"

/* What runs now, also after its file was replaced or removed. */
#define RUNNING_FILE "/proc/self/exe"

/* The first descriptor a child gets from us; below are the standard ones. */
#define FIRST_FD 3

struct _GemingaProgram
{
  GStrv argv;
  char *path;   /* (type filename) */
  char *folder; /* (type filename): where relative names in argv begin */
};

/* Helpers */

static GStrv
read_command_line (GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (GPtrArray) argv = NULL;

  if (!g_file_get_contents ("/proc/self/cmdline", &text, &length, error))
    return NULL;

  argv = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; i < length; i += strlen (text + i) + 1)
    g_ptr_array_add (argv, g_strdup (text + i));
  g_ptr_array_add (argv, NULL);

  return (GStrv) g_ptr_array_free (g_steal_pointer (&argv), FALSE);
}

/* argv[0] stays what it was, since programs look at it. */
static GStrv
new_spawn_argv (GemingaProgram *self, const char *file)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  g_ptr_array_add (argv, g_strdup (file));
  for (gsize i = 0; self->argv[i] != NULL; i++)
    g_ptr_array_add (argv, g_strdup (self->argv[i]));
  g_ptr_array_add (argv, NULL);

  return (GStrv) g_ptr_array_free (g_steal_pointer (&argv), FALSE);
}

/*
 * In the child, between fork and exec: what its parent takes by signalfd() is not blocked in it, but for
 * what it may be sent before it has a handler and would end by.
 */
static void
reset_signals (gpointer user_data)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, GEMINGA_PROGRAM_KEPT_SIGNAL);
  sigprocmask (SIG_SETMASK, &set, NULL);
}

static gboolean
spawn (GemingaProgram *self,
       const char *file,
       const char *variable,
       const char *value,
       const int *fds,
       gsize n_fds,
       GPid *pid,
       GError **error)
{
  g_auto (GStrv) argv = new_spawn_argv (self, file);
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), variable, value, TRUE);
  g_autofree int *targets = g_new (int, n_fds + 1);

  for (gsize i = 0; i < n_fds; i++)
    targets[i] = FIRST_FD + (int) i;

  return g_spawn_async_with_pipes_and_fds (
      self->folder, (const char *const *) argv, (const char *const *) environment,
      G_SPAWN_FILE_AND_ARGV_ZERO | G_SPAWN_DO_NOT_REAP_CHILD, reset_signals, NULL, -1, -1, -1, fds,
      targets, n_fds, pid, NULL, NULL, NULL, error);
}

/* Private API */

GemingaProgram *
geminga_program_new_for (const char *const *argv, const char *path, const char *folder)
{
  GemingaProgram *self = g_new0 (GemingaProgram, 1);

  self->argv = g_strdupv ((GStrv) argv);
  self->path = g_strdup (path);
  self->folder = g_strdup (folder);

  return self;
}

GemingaProgram *
geminga_program_new (GError **error)
{
  g_auto (GStrv) argv = read_command_line (error);
  g_autofree char *path = NULL;
  g_autofree char *folder = NULL;

  if (argv == NULL)
    return NULL;

  path = g_file_read_link (RUNNING_FILE, error);
  if (path == NULL)
    return NULL;

  folder = g_get_current_dir ();

  return geminga_program_new_for ((const char *const *) argv, path, folder);
}

void
geminga_program_free (GemingaProgram *self)
{
  g_strfreev (self->argv);
  g_free (self->path);
  g_free (self->folder);
  g_free (self);
}

const char *const *
geminga_program_get_argv (GemingaProgram *self)
{
  return (const char *const *) self->argv;
}

const char *
geminga_program_get_path (GemingaProgram *self)
{
  return self->path;
}

GStrv
geminga_program_list_files (GemingaProgram *self)
{
  GPtrArray *files = g_ptr_array_new ();

  for (gsize i = 1; self->argv[0] != NULL && self->argv[i] != NULL; i++)
    {
      g_autofree char *file = g_canonicalize_filename (self->argv[i], self->folder);

      if (self->argv[i][0] != '-' && g_file_test (file, G_FILE_TEST_IS_REGULAR))
        g_ptr_array_add (files, g_steal_pointer (&file));
    }
  g_ptr_array_add (files, NULL);

  return (GStrv) g_ptr_array_free (files, FALSE);
}

gboolean
geminga_program_spawn (GemingaProgram *self,
                       const char *variable,
                       const char *value,
                       const int *fds,
                       gsize n_fds,
                       GPid *pid,
                       GError **error)
{
  return spawn (self, RUNNING_FILE, variable, value, fds, n_fds, pid, error);
}

gboolean
geminga_program_spawn_new (GemingaProgram *self,
                           const char *variable,
                           const char *value,
                           GPid *pid,
                           GError **error)
{
  return spawn (self, self->path, variable, value, NULL, 0, pid, error);
}

void
geminga_program_exec (GemingaProgram *self,
                      const char *variable,
                      const char *value,
                      const int *fds,
                      gsize n_fds,
                      GError **error)
{
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), variable, value, TRUE);
  int folder = open (".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  int code;

  for (gsize i = 0; i < n_fds; i++)
    fcntl (fds[i], F_SETFD, 0);

  if (chdir (self->folder) == 0)
    execve (self->path, self->argv, environment);

  code = errno;
  for (gsize i = 0; i < n_fds; i++)
    fcntl (fds[i], F_SETFD, FD_CLOEXEC);
  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED, "Cannot execute %s: %s",
               self->path, g_strerror (code));
  if (folder < 0 || fchdir (folder) != 0)
    g_warning ("The working directory is %s now: %s", self->folder, g_strerror (errno));
  if (folder >= 0)
    close (folder);
}
