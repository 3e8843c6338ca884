/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Watches many descriptors behind one GSource: GMainContext polls each descriptor it knows on every turn,
 * epoll those only that have something to say. Bound to one main context. */
typedef struct _GemingaHttpPoller GemingaHttpPoller;

typedef struct
{
  /* Keeps an item while its events of one turn are delivered: another may end it before its own come. */
  gpointer (*ref) (gpointer item);
  void (*unref) (gpointer item);
  /* @events are those of epoll. They may be out of date: an earlier item may have consumed them. */
  void (*ready) (gpointer item, guint32 events);
} GemingaHttpPollerFuncs;

GemingaHttpPoller *geminga_http_poller_new (GMainContext *context,
                                            const GemingaHttpPollerFuncs *funcs,
                                            GError **error);
void geminga_http_poller_free (GemingaHttpPoller *self);

/* FALSE: the kernel has no memory for another one. A descriptor must be removed before it is closed. */
gboolean geminga_http_poller_add (GemingaHttpPoller *self, int fd, guint32 events, gpointer item);
void geminga_http_poller_modify (GemingaHttpPoller *self, int fd, guint32 events, gpointer item);
void geminga_http_poller_remove (GemingaHttpPoller *self, int fd);

G_END_DECLS
