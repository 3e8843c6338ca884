/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-exit.h"
#include "geminga-system-private.h"

G_BEGIN_DECLS

/*
 * GemingaNode: the actor system's way to the other processes of the service, one in each process. It
 * is the system's backend: it spawns actors in processes of their own, finds those of other
 * processes, and tells the root what happens everywhere.
 *
 * The root's process is node 0. A node belongs to the main context that was the thread's default when
 * it was made: it is made and freed there, its hooks run there, its links are read there. Only what
 * the actor system calls may come from any thread.
 */
typedef struct _GemingaNode GemingaNode;

typedef struct _GemingaLinkCall GemingaLinkCall;

/* What the node cannot do by itself. Those marked as the root's are not used in a worker. */
typedef struct
{
  /*
   * Root: start the program once more, as process @node. @fd is the child's end of its link: the hook
   * passes on a duplicate, the caller closes @fd afterwards. @type: the class of the actor that it is
   * for, or G_TYPE_INVALID.
   */
  gboolean (*spawn_process) (gpointer data, guint32 node, GType type, int fd, GError **error);
  /* Root: end that process at once. */
  void (*kill_process) (gpointer data, guint32 node);
  /* Root: the link to that process is gone. Called once a process. */
  void (*process_gone) (gpointer data, guint32 node);

  /* Root: a spare process has become that of an actor. */
  void (*spare_taken) (gpointer data, guint32 node);

  /* Root: of actors in any process; node 0 is this one. */
  void (*actor_event) (gpointer data,
                       guint32 node,
                       const char *id,
                       const char *interface,
                       const char *member,
                       GVariant *arguments);
  void (*actor_started) (gpointer data,
                         guint32 node,
                         const char *id,
                         const char *type,
                         const char *placement);
  /* @failure is NULL if the actor was asked to end. */
  void (*actor_ended) (gpointer data, guint32 node, const char *id, const GError *failure);

  /* Answers what every object on D-Bus answers; FALSE: there is no such method. Root and worker. */
  gboolean (*standard_called) (gpointer data, const GemingaLinkCall *call);

  /*
   * Root: a message to that path was not handled, in any process; a few a second are told. The reason is
   * a nick of GemingaDeadLetterReason, or of a later version's.
   */
  void (*dead_letter) (gpointer data, const char *target, const char *command, const char *reason);

  /* Root: these actors, by their paths, wait for each other; their asks are about to fail. */
  void (*deadlock) (gpointer data, const char *chain, const char *const *actors);

  /* Worker: whether an actor of that class may have this process. Without the hook any may. */
  gboolean (*admit) (gpointer data, GType type, GError **error);
  /* Worker: how long its main loop had nothing to do, in microseconds; negative: it is not known. */
  gint64 (*get_idle) (gpointer data);
  /* Worker: the root has a new configuration, whatever that is. */
  void (*configured) (gpointer data, GVariant *configuration);
  /*
   * Worker: the root is gone, or the actor that this process was made for has ended: quit the main
   * loop. Called once. Without the hook the process exits.
   */
  void (*orphaned) (gpointer data);
} GemingaNodeHooks;

/* The hooks and their data live as long as the node. No actor may have been spawned yet. */
GemingaNode *geminga_node_new_root (GemingaSystem *system,
                                    const GemingaNodeHooks *hooks,
                                    gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/* Takes @fd, the inherited end of the link to the root. */
GemingaNode *geminga_node_new_worker (GemingaSystem *system,
                                      int fd,
                                      const GemingaNodeHooks *hooks,
                                      gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/* Closes all links. Refs to actors of other processes stay valid; messages to them are refused. */
void geminga_node_free (GemingaNode *self);

/*
 * Root: the heartbeat. The ping is answered by that process's main loop, with no actor involved;
 * @pong runs when the answer is there, and never if the link closes before.
 */
void geminga_node_ping (GemingaNode *self,
                        guint32 node,
                        void (*pong) (gpointer data, guint32 node),
                        gpointer data);

/*
 * Root: how long the main loop of that process had nothing to do, by @now of its clock, in microseconds.
 * @func runs when the answer is there, with a negative @idle if the process does not know, and never if
 * the link closes before.
 */
void geminga_node_ask_idle (GemingaNode *self,
                            guint32 node,
                            void (*func) (gpointer data, guint32 node, gint64 idle, gint64 now),
                            gpointer data);

/*
 * Root: starts a process that is for no actor yet. The next actor that is spawned in a process of its
 * own, from the node's thread, gets it and so does not wait for the program to start. Gives the number
 * of the process, or 0.
 */
guint32 geminga_node_add_spare (GemingaNode *self, GError **error);
/* Root: no actor gets this process any more, which stays as it is. */
void geminga_node_remove_spare (GemingaNode *self, guint32 node);

/*
 * Root: that process is dead, which its parent knows before its link does: everything that waits for
 * it fails now, and the link is closed. @why ends the sentence "Actor “x” died: its process …". If the
 * link has noticed already, those who watch actors there have waited for this.
 */
void geminga_node_drop_process (GemingaNode *self,
                                guint32 node,
                                GemingaExitReason reason,
                                const char *why);
/* Root: that process is about to be ended: this, not what ends it, is how its actors do. */
void geminga_node_expect_end (GemingaNode *self, guint32 node, GemingaExitReason reason);

/* Root: hands every process an a{sv}, for its configured() hook. */
void geminga_node_configure_all (GemingaNode *self, GVariant *configuration);

/*
 * Root: traces of actors in any process; see geminga-node-trace.c for the members, "StartTrace", "ReadTrace" and
 * "StopTrace", and their arguments. @func gets the answer, in the node's context; a process that is not
 * there, or goes, is an error.
 */
void geminga_node_call_trace (
    GemingaNode *self,
    guint32 node,
    const char *member,
    GVariant *arguments,
    void (*func) (gpointer data, GVariant *result, GUnixFDList *fds, const GError *error),
    gpointer data,
    GDestroyNotify destroy);

/* Root: the descriptor of the link to that process, which stays the link's; -1 if there is none. */
int geminga_node_get_link_fd (GemingaNode *self, guint32 node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaNode, geminga_node_free)

G_END_DECLS
