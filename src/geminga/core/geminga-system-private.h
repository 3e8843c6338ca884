/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-directory-private.h"
#include "geminga-system.h"
#include "geminga-target-private.h"

G_BEGIN_DECLS

typedef struct _GemingaDeadlocks GemingaDeadlocks;

/*
 * What the layers above add to an actor system: other processes, and somebody who listens. Called in
 * any thread; none of it may be missing but what is nullable.
 */
typedef struct
{
  /* Makes an actor in a process of its own; gives where its messages go. */
  GemingaTarget *(
      *spawn) (gpointer data, GType type, const char *id, GVariant *properties, GError **error);
  /* Where messages to an actor of another process go. */
  GemingaTarget *(*resolve) (gpointer data, guint32 node, const char *id, GError **error);
  /* An actor of this process sent an event, was started, has ended. */
  void (*event) (gpointer data,
                 GemingaTarget *actor,
                 const char *interface,
                 const char *member,
                 GVariant *arguments);
  void (*started) (gpointer data, GemingaTarget *actor);
  void (*ended) (gpointer data, GemingaTarget *actor, const GError *failure);
  /*
   * (nullable): actors of this process are waited for that take no messages; without it, only this process
   * is searched for a deadlock.
   */
  void (*suspect) (gpointer data);
} GemingaSystemBackend;

/* Before the first actor is spawned. The data must live as long as actors do. */
void geminga_system_set_backend (GemingaSystem *self,
                                 const GemingaSystemBackend *backend,
                                 gpointer data);
void geminga_system_set_node (GemingaSystem *self, guint32 node);
guint32 geminga_system_get_node (GemingaSystem *self);

/* Whether it is a class of actors. */
gboolean geminga_system_check_type (GType type, GError **error);
/* Whether they are construct properties that the class takes. (nullable) */
gboolean geminga_system_check_properties (GType type, GVariant *properties, GError **error);
/* Whether actors of that class may run there. */
gboolean geminga_system_check_placement (GType type, GemingaPlacement placement, GError **error);

/*
 * In a process made for an actor: makes it, in the thread's default context. It says that it has a
 * process of its own.
 */
GemingaTarget *geminga_system_spawn_in_process (GemingaSystem *self,
                                                GType type,
                                                const char *id,
                                                GVariant *properties,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Makes an actor of the system itself, in the main context that was the thread's default when the system was
 * made. Any thread.
 */
GemingaTarget *geminga_system_spawn_own (GemingaSystem *self,
                                         GType type,
                                         const char *id,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
GemingaDirectory *geminga_system_get_directory (GemingaSystem *self);
GemingaDeadlocks *geminga_system_get_deadlocks (GemingaSystem *self);
/* FALSE: there is nobody to be told. */
gboolean geminga_system_tell_suspicion (GemingaSystem *self);
/* All of this process. */
GPtrArray *geminga_system_ref_actors (GemingaSystem *self) G_GNUC_WARN_UNUSED_RESULT;

/* The actor of this process with that id. */
GemingaTarget *geminga_system_lookup (GemingaSystem *self, const char *id);
/* The same for any process. */
GemingaTarget *
geminga_system_resolve (GemingaSystem *self, guint32 node, const char *id, GError **error);

gboolean geminga_system_has_listener (GemingaSystem *self);
void geminga_system_actor_event (GemingaSystem *self,
                                 GemingaTarget *actor,
                                 const char *interface,
                                 const char *member,
                                 GVariant *arguments);
void geminga_system_actor_started (GemingaSystem *self, GemingaTarget *actor);
/* Its id is free. The system has not stopped before it has ended: until all who wait for it are told. */
void geminga_system_actor_ending (GemingaSystem *self, GemingaTarget *actor);
void geminga_system_actor_ended (GemingaSystem *self, GemingaTarget *actor, const GError *failure);
/* One that never ran. */
void geminga_system_remove (GemingaSystem *self, GemingaTarget *actor);

G_END_DECLS
