/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-command.h"
#include "geminga-exit.h"
#include "geminga-interface.h"
#include "geminga-mailbox-policy.h"

G_BEGIN_DECLS

/**
 * GemingaPlacement:
 * @GEMINGA_PLACEMENT_SHARED: in the loop of the thread that spawns it
 * @GEMINGA_PLACEMENT_THREAD: in a loop and a thread of its own
 * @GEMINGA_PLACEMENT_PROCESS: in a process of its own
 *
 * Where an actor runs. What it may do and how it is called is the same everywhere.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_PLACEMENT_SHARED,
  GEMINGA_PLACEMENT_THREAD,
  GEMINGA_PLACEMENT_PROCESS,
} GemingaPlacement;

typedef struct _GemingaCall GemingaCall;
typedef struct _GemingaActorRef GemingaActorRef;
typedef struct _GemingaSystem GemingaSystem;

#define GEMINGA_TYPE_ACTOR (geminga_actor_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_DERIVABLE_TYPE (GemingaActor, geminga_actor, GEMINGA, ACTOR, GObject)

/**
 * GemingaCommandHandler:
 * @self: the actor
 * @call: what was asked; answer it now, or keep a reference and answer it later
 *
 * Handles one command in the actor's loop.
 *
 * Since: 0.1
 */
typedef void (*GemingaCommandHandler) (GemingaActor *self, GemingaCall *call);

/**
 * GemingaCommandEntry: (skip)
 * @name: name of the command
 * @arguments: types of the arguments, such as `(dd)`
 * @result: types of the results, such as `d`
 * @argument_names: (nullable): names of the arguments, with one space between them
 * @documentation: (nullable): what it does
 * @flags: what is special about it
 * @handler: (nullable): handles it; %NULL: the class's handle() does
 * @coalesce_key: (nullable): see [method@Geminga.Command.set_coalesce_key]
 *
 * One row in the command table of an actor class in C.
 *
 * Since: 0.1
 */
typedef struct
{
  const char *name;
  const char *arguments;
  const char *result;
  const char *argument_names;
  const char *documentation;
  GemingaCommandFlags flags;
  GemingaCommandHandler handler;
  const char *coalesce_key;

  /*< private >*/
  gpointer padding[3];
} GemingaCommandEntry;

/**
 * GemingaActorClass:
 * @parent_class: the parent class
 * @started: the actor is in its loop and is about to get its first message; it may spawn, ask and hold
 *   here, or end itself with [method@Geminga.Actor.fail]
 * @stopping: the actor gets no more messages; what it holds, see [method@Geminga.Actor.hold], it may
 *   still finish
 * @handle: handles one call whose command and arguments have been checked; the default runs the
 *   command's handler, or emits [signal@Geminga.Actor::call]
 * @info: adds to what the command Info answers
 * @peer_ended: an actor that this one watches has ended, see [method@Geminga.Actor.watch]; or one that
 *   it is linked to, if it traps exits
 * @periodic: what is to be done again and again, see
 *   [method@Geminga.ActorClass.set_default_periodic_interval]; it runs as a message, in its turn
 *
 * What an actor class may override. Everything runs in the actor's loop.
 *
 * Since: 0.1
 */
struct _GemingaActorClass
{
  GObjectClass parent_class;

  void (*started) (GemingaActor *self);
  void (*stopping) (GemingaActor *self);
  void (*handle) (GemingaActor *self, GemingaCall *call);
  void (*info) (GemingaActor *self, GVariantDict *info);
  void (*peer_ended) (GemingaActor *self,
                      GemingaActorRef *peer,
                      GemingaExitReason reason,
                      const GError *error);
  void (*periodic) (GemingaActor *self);

  /*< private >*/
  guint mailbox_limit;
  guint periodic_interval; /* milliseconds, 0: never */
  gboolean is_main_thread_only;
  GemingaMailboxPolicy mailbox_policy;
  gboolean has_urgent_commands;
  /* Around started() and stopping(), whatever subclasses do there. */
  void (*begun) (GemingaActor *self);
  void (*end_begun) (GemingaActor *self);
  struct _GemingaSandbox *sandbox; /* (owned unless it is the parent's) (nullable) */
  gpointer padding[6];
};

GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_class_set_interface_name (GemingaActorClass *klass, const char *name);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_class_add_command (GemingaActorClass *klass, GemingaCommand *command);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_class_add_commands (GemingaActorClass *klass,
                                       const GemingaCommandEntry *entries,
                                       gsize n_entries);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_class_add_event (GemingaActorClass *klass, GemingaCommand *event);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_class_set_mailbox_limit (GemingaActorClass *klass, guint limit);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_class_set_mailbox_policy (GemingaActorClass *klass, GemingaMailboxPolicy policy);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_class_set_main_thread_only (GemingaActorClass *klass, gboolean main_thread_only);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_class_set_default_periodic_interval (GemingaActorClass *klass, guint interval);
GEMINGA_AVAILABLE_IN_0_1
GPtrArray *geminga_actor_class_list_interfaces (GemingaActorClass *klass);

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_actor_get_id (GemingaActor *self);
GEMINGA_AVAILABLE_IN_0_1
GemingaPlacement geminga_actor_get_placement (GemingaActor *self);
GEMINGA_AVAILABLE_IN_0_1
GemingaActorRef *geminga_actor_get_address (GemingaActor *self);
GEMINGA_AVAILABLE_IN_0_1
GemingaSystem *geminga_actor_get_system (GemingaActor *self);

GEMINGA_AVAILABLE_IN_0_1
GemingaActorRef *geminga_actor_spawn (GemingaActor *self,
                                      GType type,
                                      const char *id,
                                      GemingaPlacement placement,
                                      GVariant *properties,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_stop (GemingaActor *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_fail (GemingaActor *self, const GError *error);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_delay_ready (GemingaActor *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_become_ready (GemingaActor *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_hold (GemingaActor *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_release (GemingaActor *self);

GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_unstash_all (GemingaActor *self);
GEMINGA_AVAILABLE_IN_0_1
guint geminga_actor_get_n_stashed (GemingaActor *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_receive_only (GemingaActor *self, const char *const *commands);

GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_watch (GemingaActor *self, GemingaActorRef *peer);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_unwatch (GemingaActor *self, GemingaActorRef *peer);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_link (GemingaActor *self, GemingaActorRef *peer);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_unlink (GemingaActor *self, GemingaActorRef *peer);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_actor_get_trap_exits (GemingaActor *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_set_trap_exits (GemingaActor *self, gboolean trap_exits);

GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_emit_event (GemingaActor *self, const char *name, GVariant *arguments);

G_END_DECLS
