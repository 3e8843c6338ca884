/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/* Accepts connections of one listening socket, which other processes may share. Never blocks, and never
 * goes deaf: when descriptors or memory run out it makes room, or turns one client away with 503, and
 * tries again 50 ms later. Bound to the thread-default context at creation. */
typedef struct _GemingaHttpAcceptor GemingaHttpAcceptor;

typedef struct
{
  /* Takes over @fd: non-blocking, close-on-exec. FALSE: no more for now, until resume(). */
  gboolean (*accepted) (int fd,
                        const struct sockaddr_storage *address,
                        socklen_t address_len,
                        gpointer user_data);
  /* Descriptors ran out: closes connections that do nothing; FALSE when there is none. */
  gboolean (*make_room) (gpointer user_data);
} GemingaHttpAcceptorFuncs;

GemingaHttpAcceptor *geminga_http_acceptor_new (GSocket *socket,
                                                const GemingaHttpAcceptorFuncs *funcs,
                                                gpointer user_data,
                                                GError **error);
void geminga_http_acceptor_free (GemingaHttpAcceptor *self);

void geminga_http_acceptor_pause (GemingaHttpAcceptor *self);
void geminga_http_acceptor_resume (GemingaHttpAcceptor *self);

G_END_DECLS
