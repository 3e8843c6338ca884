/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-call.h"
#include "geminga-service-private.h"

G_BEGIN_DECLS

/*
 * GemingaRunner: what runs a service in its first process: it reads the settings, opens the sockets, owns
 * the processes and the way to the bus, and takes signals. The arbiter, an actor, is its face: what it is
 * asked for ends here. Everything in the main thread.
 */
typedef struct _GemingaRunner GemingaRunner;

/* Runs what this process is for: the arbiter, or a worker. The exit status. */
int geminga_run (GemingaService *service, const char *const *argv);

/* When it is done; @failure is NULL if it worked. */
typedef void (*GemingaRunnerFunc) (gpointer data, const char *failure);

void geminga_runner_stop (GemingaRunner *self, gboolean is_quick);
/* Reads the settings again and replaces all workers. FALSE: the settings are wrong and nothing happens. */
gboolean
geminga_runner_reload (GemingaRunner *self, GemingaRunnerFunc func, gpointer data, GError **error);
/*
 * Executes the program anew, once a trial has shown that it would start and, unless @is_forced, that who
 * knows the actors of this one would not miss anything.
 */
void geminga_runner_upgrade (GemingaRunner *self,
                             gboolean is_forced,
                             GemingaRunnerFunc func,
                             gpointer data);
void geminga_runner_reopen_logs (GemingaRunner *self);
void geminga_runner_pause (GemingaRunner *self);
/* As SIGTTIN and SIGTTOU: of the first service. */
void geminga_runner_scale_by (GemingaRunner *self, int difference);

/* Answers @call once the actor is ready, with its object path. */
void geminga_runner_spawn (GemingaRunner *self,
                           GemingaCall *call,
                           const char *type,
                           const char *id,
                           GVariant *properties,
                           GVariant *options);
gboolean geminga_runner_kill_actor (GemingaRunner *self, const char *actor, GError **error);
GVariant *geminga_runner_list_actors (GemingaRunner *self);

/* Each answers the call. */
void geminga_runner_start_trace (GemingaRunner *self,
                                 const char *actor,
                                 GVariant *options,
                                 GemingaCall *call);
void geminga_runner_read_trace (GemingaRunner *self, const char *id, GemingaCall *call);
/* One that is not there has ended already. */
void geminga_runner_stop_trace (GemingaRunner *self, const char *id);

GVariant *geminga_runner_list_restarts (GemingaRunner *self);
GVariant *geminga_runner_list_deadlocks (GemingaRunner *self);
/* NULL: there is no such service; "" is the first. */
GemingaService *
geminga_runner_find_service (GemingaRunner *self, const char *id_or_name, GError **error);
GemingaService *geminga_runner_get_service (GemingaRunner *self);
GPtrArray *geminga_runner_get_services (GemingaRunner *self);
const char *geminga_runner_get_state (GemingaRunner *self);
gboolean geminga_runner_set_log_level (GemingaRunner *self, const char *level, GError **error);

G_END_DECLS
