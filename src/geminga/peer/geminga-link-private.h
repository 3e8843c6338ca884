/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-exit.h"
#include "geminga-link-socket-private.h"
#include "geminga-loop-private.h"
#include "geminga-system-private.h"

G_BEGIN_DECLS

/* What a link has for the processes themselves, not for an actor in them, goes to this object. */
#define GEMINGA_LINK_PATH      "/org/geminga1/peer"
#define GEMINGA_LINK_INTERFACE "org.geminga1.Peer"

/*
 * GemingaLink: messages between this process and one other, whose node it names.
 *
 * Any thread may post. Everything else happens in the loop of the context the link was made for: there
 * messages are encoded, all that wait go out in one write, and what comes in finds its actor.
 *
 * A link may be made before there is a socket; messages wait for it. Once the link is closed all asks
 * that wait for the other process have their error, and what is posted gets one at once.
 */
typedef struct _GemingaLink GemingaLink;
typedef struct _GemingaLinkCall GemingaLinkCall;

/* A call to the other process itself that came in. Borrowed; the reply may be given later. */
struct _GemingaLinkCall
{
  const char *member;
  const char *path; /* GEMINGA_LINK_PATH, or an actor's path for a signal */
  GVariant *arguments;
  GUnixFDList *fds; /* (nullable) */
  gboolean is_signal;
  GemingaAsk *ask;       /* (nullable) */
  const char *interface; /* (nullable): one of D-Bus's own, for standard_called () */
};

/* In the link's loop. */
typedef struct
{
  /* FALSE: there is no such member, or not with these arguments. */
  gboolean (*called) (gpointer data, GemingaLink *link, const GemingaLinkCall *call);
  /* The same for what D-Bus lets every object answer; there is an ask. */
  gboolean (*standard_called) (gpointer data, GemingaLink *link, const GemingaLinkCall *call);
  /* Everything that was posted is on its way. */
  void (*drained) (gpointer data, GemingaLink *link);
  /* Called once, unless the link was closed on purpose. */
  void (*closed) (gpointer data, GemingaLink *link);
} GemingaLinkFuncs;

/* @fd is taken; -1: there is none yet. The data lives until the link is closed. */
GemingaLink *geminga_link_new (GemingaSystem *system,
                               GMainContext *context,
                               guint32 node,
                               int fd,
                               const GemingaLinkFuncs *funcs,
                               gpointer data) G_GNUC_WARN_UNUSED_RESULT;
GemingaLink *geminga_link_ref (GemingaLink *self);
void geminga_link_unref (GemingaLink *self);
guint32 geminga_link_get_node (GemingaLink *self);

/* The loop's thread. Takes @fd. */
void geminga_link_attach (GemingaLink *self, int fd);

/*
 * The loop's thread. @code is how asks fail, and @why, which may be NULL, the reason in their message:
 * GEMINGA_ERROR_DIED, GEMINGA_ERROR_SPAWN_FAILED or GEMINGA_ERROR_NO_SUCH_ACTOR. closed() is not called.
 */
void geminga_link_close (GemingaLink *self, int code, const char *why);

/*
 * The loop's thread. The other process is known to be dead: what it has sent is read, then the link
 * closes as if it had noticed by itself, with @why as the reason.
 */
void geminga_link_finish (GemingaLink *self, const char *why);

/*
 * The loop's thread. How actors end if that process does; what is said first counts. A patient link does
 * not tell those who watch them when it notices by itself that the process is gone, but when it is
 * settled.
 */
void geminga_link_set_end_reason (GemingaLink *self, GemingaExitReason reason);
void geminga_link_set_patient (GemingaLink *self);
gboolean geminga_link_is_unsettled (GemingaLink *self);
void geminga_link_settle (GemingaLink *self, const char *why);

/* Any thread. The actor that the process there is for: who kills one may end the other. */
void geminga_link_set_main (GemingaLink *self, const char *id);
gboolean geminga_link_is_main (GemingaLink *self, const char *id);

/* Any thread. */
gboolean geminga_link_is_closed (GemingaLink *self);
/* @path is the target's own and lives as long as it. Takes the message. */
void geminga_link_post (GemingaLink *self,
                        GemingaTarget *target,
                        const char *path,
                        GemingaMessage *message);
/* Calls the other process itself. @ask may be NULL; @body is sunk and @fds is referenced. */
void geminga_link_call (GemingaLink *self,
                        const char *member,
                        GVariant *body,
                        GUnixFDList *fds,
                        GemingaAsk *ask);
/* Tells the other process what an actor of this one did. */
void
geminga_link_signal (GemingaLink *self, GemingaTarget *actor, const char *member, GVariant *body);

/* The loop's thread: which call of the other process each ask is that was sent; see GemingaWaitGraph. */
void geminga_link_survey (GemingaLink *self, GVariantBuilder *nodes);

/* The loop's thread: nothing waits to be sent. */
gboolean geminga_link_is_drained (GemingaLink *self);

/* The loop's thread: its descriptor, or -1. */
int geminga_link_get_fd (GemingaLink *self);

/* An ask whose answer runs a function in @context, at once if the answer is given there. */
typedef void (*GemingaLinkReplyFunc) (gpointer data,
                                      GVariant *result,
                                      GUnixFDList *fds,
                                      const GError *error);
GemingaAsk *geminga_link_request_new (GMainContext *context,
                                      GemingaLinkReplyFunc func,
                                      gpointer data,
                                      GDestroyNotify destroy) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaLink, geminga_link_unref)

G_END_DECLS
