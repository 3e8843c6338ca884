/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "geminga-wire-private.h"

G_BEGIN_DECLS

/*
 * GemingaLinkSocket: whole messages, with their file descriptors, over one stream socket. It is a
 * source of the context it is attached to and is used in that context's thread only.
 */
typedef struct _GemingaLinkSocket GemingaLinkSocket;

typedef struct
{
  /*
   * A message came. Its strings are valid until the function returns or the loop runs again. @fds
   * has the descriptors that came with it; if @are_fds_lost, this process had no room for all of them
   * and @fds is NULL.
   */
  void (*received) (gpointer data,
                    const GemingaWireMessage *message,
                    GUnixFDList *fds,
                    gboolean are_fds_lost);
  /* What came is handed on, as far as it could be for now. */
  void (*dispatched) (gpointer data);
  /* Any thread: what came in that slot is not needed any more; see GemingaLinkSlots. */
  void (*released) (gpointer data, guint32 slot, gboolean is_known);
  /* What came in a slot holds a reference to the data. */
  gpointer (*ref) (gpointer data);
  void (*unref) (gpointer data);
  /* What was written is with the kernel, to the last byte. */
  void (*drained) (gpointer data);
  /*
   * The peer has closed, or @violation says how it broke the rules. Called once, never by
   * destroy(); the socket is destroyed already.
   */
  void (*closed) (gpointer data, const char *violation);
} GemingaLinkSocketFuncs;

/* Takes @fd. Undone with geminga_link_socket_destroy(). */
GemingaLinkSocket *geminga_link_socket_new (int fd,
                                            GMainContext *context,
                                            const GemingaLinkSocketFuncs *funcs,
                                            gpointer data) G_GNUC_WARN_UNUSED_RESULT;
void geminga_link_socket_destroy (GemingaLinkSocket *self);

/* Appends a message to what is to be sent; sends nothing yet. */
gboolean geminga_link_socket_write (GemingaLinkSocket *self,
                                    const GemingaWireMessage *message,
                                    GUnixFDList *fds,
                                    GError **error);

/* The peer does not need any more what it was sent in that slot. */
void geminga_link_socket_release (GemingaLinkSocket *self, guint32 slot, gboolean is_known);

/* Sends what can be sent now; the rest goes out when the peer reads. Never blocks. */
void geminga_link_socket_flush (GemingaLinkSocket *self);

/* The peer has not made room yet for what flush() left. */
gboolean geminga_link_socket_is_waiting (GemingaLinkSocket *self);

/* Reads all that the peer has sent, for a peer that is known to be dead. May end in closed(). */
void geminga_link_socket_receive_rest (GemingaLinkSocket *self);

/* Bytes that were written and are not sent. */
gsize geminga_link_socket_get_unsent (GemingaLinkSocket *self);

int geminga_link_socket_get_fd (GemingaLinkSocket *self);

G_END_DECLS
