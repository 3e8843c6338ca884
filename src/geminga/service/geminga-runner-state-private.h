/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-arbiter-private.h"
#include "geminga-bus-private.h"
#include "geminga-daemon-private.h"
#include "geminga-file-watch-private.h"
#include "geminga-heartbeat-private.h"
#include "geminga-log-private.h"
#include "geminga-notify-private.h"
#include "geminga-pid-file-private.h"
#include "geminga-processes-private.h"
#include "geminga-runner-private.h"
#include "geminga-settings-private.h"
#include "geminga-spares-private.h"

G_BEGIN_DECLS

/* What the files of the runner share; nobody else includes this. */

typedef enum
{
  GEMINGA_RUNNER_STARTING,
  GEMINGA_RUNNER_RUNNING,
  GEMINGA_RUNNER_RELOADING,
  GEMINGA_RUNNER_STOPPING,
} GemingaRunnerState;

/* A process of the program that this one has replaced: it serves until this one can. */
typedef struct
{
  GPid pid;
  int link_fd; /* (owned): while it is open, the process has its arbiter; -1: it is closed */
} GemingaOldWorker;

struct _GemingaRunner
{
  GemingaService *service;   /* (owned): the first */
  GPtrArray *services;       /* (owned) (element-type GemingaService) */
  GemingaSettings *settings; /* (owned): the first's, with those of the process */
  GemingaProgram *program;   /* (owned) */
  GemingaLog *log;           /* (owned) */
  GemingaNotify *notify;     /* (owned) */
  GemingaPidFile *pid_file;  /* (owned) (nullable) */
  GemingaDaemon *daemon;     /* (owned) (nullable): until it is ready */

  GMainLoop *loop;             /* (owned) */
  GemingaSystem *system;       /* (owned) */
  GemingaNode *node;           /* (owned) */
  GemingaProcesses *processes; /* (owned) */
  GemingaHeartbeat *heartbeat; /* (owned) */
  GemingaSpares *spares;       /* (owned) */
  GemingaBus *bus;             /* (owned) (nullable) */
  GPtrArray *monitors;         /* (element-type GemingaMonitor), not owned: those that run */
  GHashTable *actors;          /* (owned) (element-type utf8 Actor), by "node/id" */
  GHashTable *traces;          /* (owned) (nullable): by id, see geminga-runner-trace.c */

  GPtrArray *sockets;      /* (owned) (element-type GSocket): of all services, in their order */
  GQueue deadlocks;        /* (element-type GVariant): the last ones, the oldest first */
  GArray *old_workers;     /* (owned) (element-type GemingaOldWorker) */
  GPtrArray *sources;      /* (owned) (element-type GSource) */
  GemingaFileWatch *watch; /* (owned) (nullable) */
  GStrv watched;           /* (owned) (nullable): its files */
  int signal_fd;           /* (owned): -1 until signals are taken */

  GemingaSettingsState *good; /* (owned) (nullable): the values before a reload that is not done */
  gint64 reloaded_at; /* when the first one since these was read, in microseconds since 1970 */
  guint n_reloads;

  GemingaRunnerState state;
  gboolean is_upgrading;  /* from the trial until the program is executed, or is not */
  gboolean is_leaving;    /* the part of it after the trial: what runs in this process ends */
  gboolean wants_reload;  /* once there is no upgrade going on */
  gboolean wants_upgrade; /* once there is nothing else going on */
  gboolean is_off_bus;    /* which was said */
  GSource *leaving;       /* (owned) (nullable): until the program is executed */
  GPid trial_pid;         /* 0: none */
  int rollback_fd; /* (owned): the program that this one has replaced, until it is ready; or -1 */
  gboolean is_going_back; /* to it */
  gboolean was_ready;
  gboolean is_over; /* there is nothing to run: a trial, or another process does */
  guint n_stops;
  gboolean is_quick; /* nobody gets time to finish any more */
  int status;
};

void geminga_runner_set_state (GemingaRunner *self, GemingaRunnerState state);
void geminga_runner_add_source (GemingaRunner *self, GSource *source);
/* Ends the main loop once nothing is left. */
void geminga_runner_check_end (GemingaRunner *self);
/* What it said it would do cannot be done. */
void geminga_runner_fail (GemingaRunner *self, const char *why);

/* A GemingaRunnerFunc for who is not asked by anybody. */
void geminga_runner_log_failure (gpointer data, const char *failure);

/* geminga-runner-setup.c: from the command line to open sockets */
gboolean geminga_runner_prepare (GemingaRunner *self, const char *const *argv, GError **error);
/* Whether all services can work with them, and the log. */
gboolean geminga_runner_check_settings (GemingaRunner *self, GError **error);
/* After a load or a reload. */
void geminga_runner_apply_settings (GemingaRunner *self);
/* Those that are there, and those that are started later. */
void geminga_runner_tell_workers (GemingaRunner *self);

/* geminga-runner-sockets.c */
/* Takes over or opens them. On failure those that are there can be closed by closing self->sockets. */
gboolean geminga_runner_get_sockets (GemingaRunner *self, GError **error);
void geminga_runner_add_socket (GemingaRunner *self, GemingaService *service, GSocket *socket);
/* The id of the service. */
const char *geminga_runner_find_owner (GemingaRunner *self, GSocket *socket);
void geminga_runner_log_sockets (GemingaRunner *self);

/* geminga-runner-signals.c */
/* Signals that come from now on wait. */
void geminga_runner_block_signals (void);
gboolean geminga_runner_take_signals (GemingaRunner *self, GError **error);

/* geminga-runner-reload.c */
/* For who is not told: at once, or once what goes on is over. */
void geminga_runner_want_reload (GemingaRunner *self);
void geminga_runner_want_upgrade (GemingaRunner *self);
/* Something is over. */
void geminga_runner_check_wishes (GemingaRunner *self);

/* geminga-runner-workers.c: processes and what monitors tell */
extern const GemingaMonitorFuncs geminga_runner_monitor_funcs;
extern const GemingaProcessesFuncs geminga_runner_processes_funcs;
void geminga_runner_replace_worker (GemingaRunner *self, guint32 node, const char *id);
void geminga_runner_process_hung (gpointer data, guint32 node);
/* NULL: it is not there yet, or any more. */
GemingaMonitor *geminga_runner_find_monitor (GemingaRunner *self, const char *service_id);

/* As many spare processes as there shall be now. */
void geminga_runner_update_spares (GemingaRunner *self);

/* geminga-runner-actors.c: the tree of actors, and its way to the bus */
extern const GemingaNodeHooks geminga_runner_node_hooks;
void geminga_runner_start_bus (GemingaRunner *self);
void geminga_runner_forget_node (GemingaRunner *self, guint32 node);
/* Where the actor is on the bus, or will be once it has started. */
char *geminga_runner_dup_path (GemingaRunner *self, GemingaActorRef *ref);

/* By object path, by "Hello/worker1", or by id, if there is one of that id only. */
gboolean geminga_runner_find_actor (GemingaRunner *self,
                                    const char *name,
                                    guint32 *node,
                                    char **id,
                                    GError **error);

/* geminga-runner-trace.c */
void geminga_runner_stop_all_traces (GemingaRunner *self);

/* geminga-runner-deadlocks.c: which actors waited for each other */
void geminga_runner_note_deadlock (gpointer data, const char *chain, const char *const *actors);
void geminga_runner_apply_deadlock_interval (GemingaRunner *self);
void geminga_runner_forget_deadlocks (GemingaRunner *self);

/* geminga-runner-upgrade.c */
/* What the program that this one has replaced left in the environment. */
gboolean geminga_runner_inherit (GemingaRunner *self, GError **error);
/* The new workers serve: the old ones may end. */
void geminga_runner_dismiss_old_workers (GemingaRunner *self, gboolean is_quick);
/* They are no actors of this program, but take signals. */
void geminga_runner_signal_old_workers (GemingaRunner *self, int number);
/*
 * The program that this one has replaced is executed again in its place, soon or, if @is_urgent, at once.
 * FALSE: there is none, it could not be executed, or this one was ready.
 */
gboolean geminga_runner_roll_back (GemingaRunner *self, const char *why, gboolean is_urgent);
/* From now on there is no way back. */
void geminga_runner_forget_predecessor (GemingaRunner *self);
/* Something that ran in this process may have ended. */
void geminga_runner_check_leaving (GemingaRunner *self);
/* Nobody wants to know any more whether the program would start. */
void geminga_runner_abort_trial (GemingaRunner *self);
/* This program replaces another one in its process. */
gboolean geminga_runner_is_successor (void);
/* This is only a trial whether the program would start. */
gboolean geminga_runner_is_trial (void);
/* In a trial: what its actors understand. */
gboolean geminga_runner_tell_interfaces (GemingaRunner *self, GError **error);

G_END_DECLS
