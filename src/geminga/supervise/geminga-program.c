/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-program-private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
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

/* Above all that the child is given, so that nothing is overwritten before it was copied. */
static GArray *
dup_fds (const int *fds, gsize n_fds)
{
  GArray *copies = g_array_new (FALSE, FALSE, sizeof (int));

  for (gsize i = 0; i < n_fds; i++)
    {
      int copy = fcntl (fds[i], F_DUPFD_CLOEXEC, FIRST_FD + (int) n_fds);

      if (copy < 0)
        break;
      g_array_append_val (copies, copy);
    }

  return copies;
}

static void
close_fds (GArray *fds)
{
  for (guint i = 0; i < fds->len; i++)
    close (g_array_index (fds, int, i));
  g_array_unref (fds);
}

static void
fill_actions (GemingaProgram *self, posix_spawn_file_actions_t *actions, GArray *fds)
{
  posix_spawn_file_actions_addchdir_np (actions, self->folder);
  posix_spawn_file_actions_addopen (actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  for (guint i = 0; i < fds->len; i++)
    posix_spawn_file_actions_adddup2 (actions, g_array_index (fds, int, i), FIRST_FD + (int) i);
  posix_spawn_file_actions_addclosefrom_np (actions, FIRST_FD + (int) fds->len);
}

/*
 * What the parent takes by signalfd() is not blocked in the child, but for what it may be sent before it
 * has a handler and would end by.
 */
static void
fill_attributes (posix_spawnattr_t *attributes)
{
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, GEMINGA_PROGRAM_KEPT_SIGNAL);
  posix_spawnattr_setsigmask (attributes, &signals);
  sigemptyset (&signals);
  sigaddset (&signals, SIGPIPE);
  posix_spawnattr_setsigdefault (attributes, &signals);
  posix_spawnattr_setflags (attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/*
 * Not g_spawn_async(), which copies the whole process: that takes longer than all the rest, and then
 * each page that is written to in the parent has to be taken back.
 */
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
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), variable, value, TRUE);
  GArray *copies = dup_fds (fds, n_fds);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int code = errno;

  if (copies->len == n_fds)
    {
      posix_spawn_file_actions_init (&actions);
      posix_spawnattr_init (&attributes);
      fill_actions (self, &actions, copies);
      fill_attributes (&attributes);
      code = posix_spawn (pid, file, &actions, &attributes, self->argv, environment);
      posix_spawnattr_destroy (&attributes);
      posix_spawn_file_actions_destroy (&actions);
    }
  close_fds (copies);
  if (code == 0)
    return TRUE;

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED, "Cannot execute %s in %s: %s",
               file, self->folder, g_strerror (code));

  return FALSE;
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
                           const int *fds,
                           gsize n_fds,
                           GPid *pid,
                           GError **error)
{
  return spawn (self, self->path, variable, value, fds, n_fds, pid, error);
}

void
geminga_program_set_path (GemingaProgram *self, const char *path)
{
  g_free (self->path);
  self->path = g_strdup (path);
}

void
geminga_program_exec (GemingaProgram *self,
                      const char *file,
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
    execve (file != NULL ? file : self->path, self->argv, environment);

  code = errno;
  for (gsize i = 0; i < n_fds; i++)
    fcntl (fds[i], F_SETFD, FD_CLOEXEC);
  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED, "Cannot execute %s: %s",
               file != NULL ? file : self->path, g_strerror (code));
  if (folder < 0 || fchdir (folder) != 0)
    g_warning ("The working directory is %s now: %s", self->folder, g_strerror (errno));
  if (folder >= 0)
    close (folder);
}
