/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <signal.h>

G_BEGIN_DECLS

/* "Open the log files again" may come at any time: a child starts with it blocked, and takes it later. */
#define GEMINGA_PROGRAM_KEPT_SIGNAL SIGUSR1

/*
 * GemingaProgram: how this program was executed, so that it can be executed again: as a worker, or in
 * place of itself. For an interpreter that is the interpreter with its script. Immutable.
 */
typedef struct _GemingaProgram GemingaProgram;

/* Before anything changes the working directory. */
GemingaProgram *geminga_program_new (GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What was executed as @argv from @folder; @path is the file, for a later program of the same name. */
GemingaProgram *geminga_program_new_for (const char *const *argv,
                                         const char *path,
                                         const char *folder) G_GNUC_WARN_UNUSED_RESULT;
void geminga_program_free (GemingaProgram *self);

const char *const *geminga_program_get_argv (GemingaProgram *self);
/* The executable file, by the name it had at the start. */
const char *geminga_program_get_path (GemingaProgram *self);
/* The files among the arguments: the script of an interpreter. */
GStrv geminga_program_list_files (GemingaProgram *self);

/*
 * Executes the program that runs now once more, even if its file has been replaced. The child gets
 * @fds as descriptors 3, 4, 5 … and @variable=@value in its environment, standard input is empty. It
 * has to be reaped with waitid().
 */
gboolean geminga_program_spawn (GemingaProgram *self,
                                const char *variable,
                                const char *value,
                                const int *fds,
                                gsize n_fds,
                                GPid *pid,
                                GError **error);

/* The same for the file that is there now, which may be a new version. */
gboolean geminga_program_spawn_new (GemingaProgram *self,
                                    const char *variable,
                                    const char *value,
                                    const int *fds,
                                    gsize n_fds,
                                    GPid *pid,
                                    GError **error);

/* Where its file is, for a program that was executed from elsewhere. */
void geminga_program_set_path (GemingaProgram *self, const char *path);

/*
 * Becomes what is in the program's file now, or in @file: same process, new program. @fds stay open
 * under their own numbers, and blocked signals blocked. Returns only if it fails.
 */
void geminga_program_exec (GemingaProgram *self,
                           const char *file,
                           const char *variable,
                           const char *value,
                           const int *fds,
                           gsize n_fds,
                           GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaProgram, geminga_program_free)

G_END_DECLS
