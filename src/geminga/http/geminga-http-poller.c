/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-poller-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Events delivered in one turn of the main loop; what is left comes with the next. */
#define BATCH 64

typedef struct
{
  GSource source;
  GemingaHttpPoller *poller;
  gpointer tag;
} PollerSource;

struct _GemingaHttpPoller
{
  int epoll;
  GSource *source;
  const GemingaHttpPollerFuncs *funcs;
};

/* Helpers */

static gboolean
poller_source_check (GSource *source)
{
  return g_source_query_unix_fd (source, ((PollerSource *) source)->tag) != 0;
}

/* The poller itself may be freed by an item: nothing of it is used after the first one. */
static gboolean
poller_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  GemingaHttpPoller *self = ((PollerSource *) source)->poller;
  const GemingaHttpPollerFuncs *funcs = self->funcs;
  struct epoll_event events[BATCH];
  int n = epoll_wait (self->epoll, events, BATCH, 0);

  for (int i = 0; i < n; i++)
    funcs->ref (events[i].data.ptr);

  for (int i = 0; i < n; i++)
    {
      funcs->ready (events[i].data.ptr, events[i].events);
      funcs->unref (events[i].data.ptr);
    }

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .check = poller_source_check,
  .dispatch = poller_source_dispatch,
};

/* Public API */

GemingaHttpPoller *
geminga_http_poller_new (GMainContext *context, const GemingaHttpPollerFuncs *funcs, GError **error)
{
  GemingaHttpPoller *self = NULL;
  PollerSource *source = NULL;
  int epoll = epoll_create1 (EPOLL_CLOEXEC);

  if (epoll < 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "Connections cannot be watched: %s", g_strerror (code));
      return NULL;
    }

  self = g_new0 (GemingaHttpPoller, 1);
  self->epoll = epoll;
  self->funcs = funcs;
  self->source = g_source_new (&source_funcs, sizeof (PollerSource));
  source = (PollerSource *) self->source;
  source->poller = self;
  source->tag = g_source_add_unix_fd (self->source, epoll, G_IO_IN);
  g_source_set_static_name (self->source, "[geminga] http connections");
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, context);

  return self;
}

void
geminga_http_poller_free (GemingaHttpPoller *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  close (self->epoll);
  g_free (self);
}

gboolean
geminga_http_poller_add (GemingaHttpPoller *self, int fd, guint32 events, gpointer item)
{
  struct epoll_event event = { .events = events, .data.ptr = item };

  return epoll_ctl (self->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

void
geminga_http_poller_modify (GemingaHttpPoller *self, int fd, guint32 events, gpointer item)
{
  struct epoll_event event = { .events = events, .data.ptr = item };

  if (epoll_ctl (self->epoll, EPOLL_CTL_MOD, fd, &event) < 0)
    g_assert_not_reached ();
}

void
geminga_http_poller_remove (GemingaHttpPoller *self, int fd)
{
  if (epoll_ctl (self->epoll, EPOLL_CTL_DEL, fd, NULL) < 0)
    g_assert_not_reached ();
}
