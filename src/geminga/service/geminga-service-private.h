/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-log-private.h"
#include "geminga-monitor-private.h"
#include "geminga-service.h"

G_BEGIN_DECLS

/* A worker of a class with this interface that sends this event is replaced, and then stopped. */
#define GEMINGA_WORKER_INTERFACE "org.geminga1.WebWorker"
#define GEMINGA_WORKER_RETIRING  "Retiring"

/* In every process of the service, before the first actor. */
void geminga_service_attach (GemingaService *self, GemingaSystem *system);
/* The service itself first, then those that were added to it. (element-type GemingaService) */
GPtrArray *geminga_service_list_all (GemingaService *self);

/* What the number of workers that follows the load can be with that placement. */
gboolean geminga_service_check_scaling (GemingaSettings *settings,
                                        GemingaPlacement placement,
                                        GError **error);
gboolean geminga_service_check_settings (GemingaService *self, GError **error);

/* Nothing of it runs in the main process. */
gboolean geminga_service_is_in_processes (GemingaService *self);

/* (element-type GSocket) */
void geminga_service_set_sockets (GemingaService *self, GPtrArray *sockets);
/* A kind of GemingaMonitor. */
GType geminga_service_get_monitor_type (GemingaService *self);
void geminga_service_set_monitor_type (GemingaService *self, GType type);
/* For the monitor of the service: what it shall keep alive. */
void geminga_service_fill_setup (GemingaService *self, GemingaMonitorSetup *setup);
/* What it consists of: the classes of its named actors and its workers, which are called “worker”. */
void geminga_service_foreach_class (GemingaService *self,
                                    void (*func) (gpointer data, const char *actor, GType type),
                                    gpointer data);
void geminga_service_emit_reopen_logs (GemingaService *self);
/* "Hello" of "org.example.Hello" */
const char *geminga_service_get_name (GemingaService *self);

/*
 * What its workers get of the main process besides settings, a{sv}: what they shall not read themselves,
 * since it may be another one by then. (nullable) (transfer none), in the main process.
 */
void geminga_service_set_handout (GemingaService *self, GVariant *handout);
GVariant *geminga_service_get_handout (GemingaService *self);
/* In a worker process, there only: what it got. */
void geminga_service_take_handout (GemingaService *self, GVariant *handout);
GVariant *geminga_service_get_taken (GemingaService *self);

/* As its settings say. */
gboolean geminga_service_configure_log (GemingaLog *log, GemingaSettings *settings, GError **error);

void geminga_service_apply_deadlock_interval (GemingaSettings *settings, GemingaSystem *system);

/* What a started process is told of all services: their settings and how many sockets are whose. */
GVariant *geminga_service_pack (GPtrArray *services);
gboolean geminga_service_unpack_settings (GPtrArray *services, GVariant *packed, GError **error);
gboolean
geminga_service_unpack (GPtrArray *services, GVariant *packed, GPtrArray *sockets, GError **error);

G_END_DECLS
