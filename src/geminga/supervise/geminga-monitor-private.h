/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-monitor.h"
#include "geminga-pool-private.h"
#include "geminga-scaling-private.h"
#include "geminga-settings.h"
#include "geminga-wishes-private.h"

G_BEGIN_DECLS

typedef void (*GemingaMonitorSpareFunc) (gpointer data, guint32 node, GPid pid, gint64 started_at);

/* What the arbiter is told and asked, in its thread. */
typedef struct
{
  /* The monitor is there and has its workers started; it has ended. */
  void (*started) (gpointer data, GemingaMonitor *monitor);
  void (*stopped) (gpointer data, GemingaMonitor *monitor);

  void (*spawned) (gpointer data, GemingaMonitor *monitor, GemingaChild *child);
  /* @reason is NULL if it was asked to. */
  void (*ended) (gpointer data, GemingaMonitor *monitor, GemingaChild *child, const char *reason);
  void (*kill) (gpointer data, GemingaChild *child, const char *why);
  void (*changed) (gpointer data, GemingaMonitor *monitor);
  void (*gave_up) (gpointer data, GemingaMonitor *monitor, const char *why);
  /* Answered with geminga_scaling_note_idle(), or never. */
  void (*ask_idle) (gpointer data, GemingaChild *child);
  /* Calls @func for each process that waits to become a worker. */
  void (*foreach_spare) (gpointer data,
                         GemingaMonitor *monitor,
                         GemingaMonitorSpareFunc func,
                         gpointer func_data);
} GemingaMonitorFuncs;

/* What a monitor is made for; it is found by the id of the monitor in its actor system. */
typedef struct
{
  char *service_id;
  GemingaSettings *settings;
  GemingaPoolSpec workers;
  GArray *singles; /* (element-type GemingaPoolSpec): supervised actors of their own */
  GStrv sockets;   /* what it listens on */
  const GemingaMonitorFuncs *funcs;
  gpointer data;
} GemingaMonitorSetup;

/* What monitors of one kind of service do besides. */
typedef struct
{
  void (*spawned) (GemingaMonitor *self, GemingaChild *child);
  void (*ended) (GemingaMonitor *self, GemingaChild *child);
} GemingaMonitorHooks;

/* For those kinds; others use functions. */
struct _GemingaMonitor
{
  GemingaActor parent_instance;

  GemingaMonitorSetup setup;
  GPtrArray *pools;        /* (owned) (element-type GemingaPool): the workers, then the singles */
  GemingaScaling *scaling; /* (owned) (nullable): of the workers */
  GemingaWishes *wishes;   /* (owned) */
  GQueue records;          /* (owned) (element-type GVariant), a{sv}, oldest first */
  guint n_restarts;
  guint n_notified; /* last notified number of running workers */
  const char *state;
  gulong changed_id;
  gboolean has_stopped_local;
  const GemingaMonitorHooks *hooks; /* (nullable): of a kind of monitor */
};

/* Before the monitor is spawned, with placement "shared". Takes over the contents of @setup. */
void geminga_monitor_prepare (GemingaSystem *system, const char *id, GemingaMonitorSetup *setup);

/* geminga-monitor-commands.c: what a monitor can be asked for */
void geminga_monitor_add_commands (GemingaActorClass *klass);

GemingaSettings *geminga_monitor_get_settings (GemingaMonitor *self);
/* geminga-monitor-scaling.c: once it has its pool of workers */
void geminga_monitor_start_scaling (GemingaMonitor *self);
/* Settings have changed. */
void geminga_monitor_configure (GemingaMonitor *self);
/* So many workers, until the next replacement whatever the load is. */
void geminga_monitor_scale_by_hand (GemingaMonitor *self, guint n_workers);
void geminga_monitor_scale_by_load (GemingaMonitor *self);

void geminga_monitor_replace (GemingaMonitor *self);
void geminga_monitor_start_children (GemingaMonitor *self);
void geminga_monitor_stop_children (GemingaMonitor *self, gboolean is_quick);
/* The same, for good. */
void geminga_monitor_end_children (GemingaMonitor *self, gboolean is_quick);
/* Replaces those that were started at @since, in microseconds since 1970, or later. */
void geminga_monitor_replace_since (GemingaMonitor *self, gint64 since, const char *why);
/* Stops those that run in this process, gracefully; starts them again, unless there were none. */
void geminga_monitor_stop_local_children (GemingaMonitor *self);
void geminga_monitor_start_local_children (GemingaMonitor *self);
gboolean geminga_monitor_has_local_children (GemingaMonitor *self);

/*
 * Runs @func once everything wanted is there and nothing else, or will not be. Call it after what is
 * wished for was begun.
 */
void geminga_monitor_when_settled (GemingaMonitor *self,
                                   GemingaWish wish,
                                   GemingaWishFunc func,
                                   gpointer data);

/* Keeps one more actor, until it is stopped. The spec is taken over. */
void geminga_monitor_add_single (GemingaMonitor *self, GemingaPoolSpec *spec);

/* The objects on a bus, of the monitor of a service and of its children. */
char *geminga_monitor_dup_path (const char *service_id) G_GNUC_WARN_UNUSED_RESULT;
char *geminga_monitor_dup_child_path (GemingaMonitor *self,
                                      const char *id) G_GNUC_WARN_UNUSED_RESULT;

gboolean geminga_monitor_is_settled (GemingaMonitor *self);
gboolean geminga_monitor_is_empty (GemingaMonitor *self);
gboolean geminga_monitor_needs_processes (GemingaMonitor *self);
const char *geminga_monitor_get_state (GemingaMonitor *self);
/* In this process with @node 0 (@id is looked at), in another otherwise. */
GemingaChild *geminga_monitor_find_node (GemingaMonitor *self, guint32 node);
GemingaChild *geminga_monitor_find_child (GemingaMonitor *self, const char *id);
/* What is kept at hand for its workers, and for those of others. */
void
geminga_monitor_foreach_spare (GemingaMonitor *self, GemingaMonitorSpareFunc func, gpointer data);
/* Calls @func for each child. */
void geminga_monitor_foreach_child (GemingaMonitor *self, GFunc func, gpointer data);

/* Adds to the restart records: a child ended unasked. */
void geminga_monitor_record (GemingaMonitor *self, GemingaChild *child, const char *reason);
/* To aa{sv}, oldest first. */
void geminga_monitor_add_records (GemingaMonitor *self, GVariantBuilder *list);

G_END_DECLS
