/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-dead-letters.h"
#include "geminga-link-private.h"
#include "geminga-node-private.h"
#include "geminga-wait-graph-private.h"

G_BEGIN_DECLS

/* What the files of the node and the remote targets share; nobody else includes this. */

/*
 * Numbers of processes: those that the root makes are 1, 2, 3 …; each process gets a block of numbers
 * above, and another before it runs out, for those that it makes.
 */
#define GEMINGA_NODE_FIRST_BLOCK 0x10000000u
#define GEMINGA_NODE_BLOCK_SIZE  256u

/* A range of process numbers that a node may give away. */
typedef struct
{
  guint32 next;
  guint32 n_left;
} GemingaNodeNumbers;

struct _GemingaNode
{
  atomic_int ref_count;
  gboolean is_root;
  const GemingaNodeHooks *hooks;
  gpointer data;
  GemingaSystem *system;  /* (owned) until closed; from then on only compared */
  GThread *thread;        /* not owned, compared only: the one it was made in */
  GMainContext *context;  /* (owned) */
  GemingaLoop *loop;      /* (owned) */
  GemingaLink *root_link; /* (owned) (nullable), of a worker, constant */

  GMutex lock;
  gboolean is_closed;         /* under lock */
  GHashTable *links;          /* (owned) (element-type guint32 GemingaLink), under lock */
  GPtrArray *more_links;      /* (owned) (element-type GemingaLink), under lock: only read from */
  GemingaNodeNumbers numbers; /* under lock */
  GemingaNodeNumbers reserve; /* under lock, of a worker */
  gboolean is_reserving;      /* under lock */
  guint32 next_block;         /* under lock, of the root */
  GHashTable *blocks;         /* (owned) (nullable), under lock, of the root */
  char *main_id;              /* (owned) (nullable), under lock: whom this worker is for */
  guint32 main_maker;         /* under lock: the process that made it */
  GemingaLink *main_link;     /* (owned) (nullable), under lock: to that one, once it is there */

  /* the loop's thread only */
  GArray *spares;     /* (owned) (nullable) (element-type guint32), of the root, oldest first */
  gboolean is_ending; /* the actor that the worker is for has ended */
  gboolean is_stopped;
  gboolean is_orphaned;
  GHashTable *traces;          /* (owned) (nullable): by id, see geminga-node-trace.c */
  GPtrArray *early;            /* (owned) (nullable), of the root: see geminga-node-early.c */
  GemingaTimer end_timer;      /* holds a reference while it is armed */
  GemingaDeadLetters *letters; /* (owned) (nullable) */
  GPtrArray *dying;            /* (owned) (nullable): unsettled links, see geminga-node-dying.c */
  GemingaTimer settle_timer;   /* holds a reference while it is armed */

  /* the same, of the root: who waits for whom, while it is being found out */
  GemingaWaitGraph *waits; /* (owned) (nullable) */
  guint n_looks;
  guint n_looked_at; /* processes that have not answered, and 1 while they are asked */
  gint64 look_begun;
  gint64 look_since; /* see geminga_deadlocks_get_since () */
};

GemingaNode *geminga_node_ref (GemingaNode *self);
void geminga_node_unref (GemingaNode *self);

/* geminga-node-links.c */
extern const GemingaLinkFuncs geminga_node_link_funcs;
/* The link to that process; in a worker it may be one that is yet to be connected. Any thread. */
GemingaLink *
geminga_node_ref_link (GemingaNode *self, guint32 number, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same, if there is one. */
GemingaLink *geminga_node_lookup_link (GemingaNode *self, guint32 number) G_GNUC_WARN_UNUSED_RESULT;
/* Takes @fd. NULL: the node is closed, or there is such a link and @is_only. Any thread. */
GemingaLink *geminga_node_add_link (GemingaNode *self, guint32 number, int fd, gboolean is_only)
    G_GNUC_WARN_UNUSED_RESULT;
/* The loop's thread. */
void geminga_node_close_link (GemingaNode *self, GemingaLink *link, int code, const char *why);
/* The same for a link whose process was never there. */
void geminga_node_discard_link (GemingaNode *self, GemingaLink *link, int code, const char *why);
GPtrArray *geminga_node_list_links (GemingaNode *self);

/* geminga-node-calls.c */
gboolean
geminga_node_handle_call (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call);

/* Gives whoever is at the other end of @link a connection to that process. */
void geminga_node_connect (GemingaNode *self, GemingaLink *link, guint32 number, GemingaAsk *ask);

/* geminga-node-early.c: who wants to be connected to a process that the root has not heard of yet */
/* Any thread: that process may give away the numbers from @first. */
void geminga_node_note_block (GemingaNode *self, guint32 first, guint32 owner);
/* The loop's thread, all of these. */
void geminga_node_forget_blocks (GemingaNode *self, guint32 owner);
/* FALSE: nobody can make a process of that number, or has and it is gone. */
gboolean
geminga_node_await_birth (GemingaNode *self, GemingaLink *link, guint32 number, GemingaAsk *ask);
/* It has been made, or cannot be. */
void geminga_node_hear_of (GemingaNode *self, guint32 number);

/* geminga-node-spawn.c */
/* One that is told nothing yet; @fd is its end, which the root's process has. Any thread. */
GemingaLink *geminga_node_start_process (GemingaNode *self, GType type, int *fd, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GemingaTarget *geminga_node_spawn (gpointer data,
                                   GType type,
                                   const char *id,
                                   GVariant *properties,
                                   GError **error);
void geminga_node_create (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call);
void geminga_node_spawn_for (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call);
void geminga_node_give_block (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call);
/* Any thread: that process ends now, or in a moment if it does not end by itself. */
/* Any thread. With an id, in a worker: if the root knows that the process is for that actor. */
void geminga_node_kill_soon (GemingaNode *self, guint32 number, const char *id);
void geminga_node_kill_now (GemingaNode *self, guint32 number);

/* geminga-node-spares.c */
/* NULL: there is none, or none for this thread. */
GemingaLink *geminga_node_take_spare (GemingaNode *self, GType type) G_GNUC_WARN_UNUSED_RESULT;

/* geminga-node-news.c: what actors do */
void geminga_node_actor_event (gpointer data,
                               GemingaTarget *actor,
                               const char *interface,
                               const char *member,
                               GVariant *arguments);
void geminga_node_actor_started (gpointer data, GemingaTarget *actor);
void geminga_node_actor_ended (gpointer data, GemingaTarget *actor, const GError *failure);
gboolean
geminga_node_handle_news (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call);

/* geminga-node-trace.c: who watches actors of this process. The loop's thread. */
void geminga_node_start_trace (GemingaNode *self, const GemingaLinkCall *call);
void geminga_node_read_trace (GemingaNode *self, const GemingaLinkCall *call);
void geminga_node_stop_trace (GemingaNode *self, const GemingaLinkCall *call);
void geminga_node_stop_all_traces (GemingaNode *self);

/* geminga-node-letters.c: messages that nobody handles. The loop's thread. */
void geminga_node_listen_to_letters (GemingaNode *self);
void geminga_node_ignore_letters (GemingaNode *self);
void geminga_node_handle_letter (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call);

/* geminga-node-deadlocks.c. The first in any thread, the others in the loop's. */
void geminga_node_suspect (gpointer data);
void
geminga_node_handle_suspect (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call);
void geminga_node_handle_waits (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call);
void
geminga_node_handle_resolve (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call);
void geminga_node_stop_looking (GemingaNode *self);

/* geminga-node-dying.c: the end of other processes. The loop's thread. */
void geminga_node_note_dying (GemingaNode *self, GemingaLink *link);
void geminga_node_settle_all (GemingaNode *self);

/* geminga-node-end.c: the end of a worker */
void geminga_node_begin_end (GemingaNode *self);
void geminga_node_check_end (GemingaNode *self);
void geminga_node_become_orphan (GemingaNode *self);

G_END_DECLS
