/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-directory-private.h"
#include "geminga-loop-private.h"
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
  /* Makes an actor in a process of its own, from a predecessor's state; gives where its messages go. */
  GemingaTarget *(*spawn) (gpointer data,
                           GType type,
                           const char *id,
                           GVariant *properties,
                           GUnixFDList *saved,
                           GError **error);
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
  /* It forwards to a successor from now on. */
  void (*handed_over) (gpointer data, GemingaTarget *actor);
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
                                                GUnixFDList *saved,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Makes an actor of the system itself, in the main context that was the thread's default when the system was
 * made. Any thread.
 */
GemingaTarget *geminga_system_spawn_own (GemingaSystem *self,
                                         GType type,
                                         const char *id,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/*
 * As geminga_system_spawn(), of an actor that takes another one's place: @saved is what that one was asked to
 * save, see geminga-saved-state-private.h. It may have that one's id.
 */
GemingaActorRef *geminga_system_spawn_successor (GemingaSystem *self,
                                                 GType type,
                                                 const char *id,
                                                 GemingaPlacement placement,
                                                 GVariant *properties,
                                                 GUnixFDList *saved,
                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* geminga-system.c, for geminga-system-spawn.c and the mailbox. Any thread. */
const GemingaSystemBackend *geminga_system_get_backend (GemingaSystem *self, gpointer *data);
gboolean geminga_system_add (GemingaSystem *self,
                             GemingaTarget *target,
                             gboolean is_successor,
                             GError **error);
/* One that has made way for a successor that is not there any more: it is found again. */
void geminga_system_take_back (GemingaSystem *self, GemingaTarget *actor);
char *geminga_system_dup_free_id (GemingaSystem *self, GType type) G_GNUC_WARN_UNUSED_RESULT;
/* NULL: all actors are being stopped. */
GemingaLoop *geminga_system_ref_own_loop (GemingaSystem *self) G_GNUC_WARN_UNUSED_RESULT;

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
void geminga_system_actor_handed_over (GemingaSystem *self, GemingaTarget *actor);
/* One that never ran. */
void geminga_system_remove (GemingaSystem *self, GemingaTarget *actor);

G_END_DECLS
