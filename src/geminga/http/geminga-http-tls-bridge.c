/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-tls-private.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long a client may take nothing of what is left for it once the engine is done, in milliseconds. */
#define STALL_TIME 5000

/*
 * A connection that speaks TLS outside and is plain inside, where the engine has the other end. Bytes go
 * both ways, and the end of each way is passed on by itself: a client that ends its side still gets its
 * answer.
 */
typedef struct
{
  GIOStream *outside; /* (owned) */
  GIOStream *inside;  /* (owned) */
  GSocket *outer;     /* (owned): below TLS */
  GSocket *inner;     /* (owned) */
  guint n_ways;       /* that are open */
  gboolean is_sent;   /* all that the engine wrote is, or never will be */
  gboolean is_left;   /* the engine closed its end */
  GSource *leave;     /* (owned) (nullable): waits for that */
  GSource *stall; /* (owned) (nullable): then looks whether the client still takes what is left */
  gssize left;    /* bytes at its last look */
  GFunc done;
  gpointer data;
} Bridge;

/* Helpers */

static void
stop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GIOStream *
open_stream (int fd, GSocket **socket, GError **error)
{
  *socket = g_socket_new_from_fd (fd, error);
  if (*socket == NULL)
    {
      close (fd);
      return NULL;
    }

  return G_IO_STREAM (g_socket_connection_factory_create_connection (*socket));
}

static void
bridge_free (Bridge *self)
{
  stop_source (&self->leave);
  stop_source (&self->stall);
  g_clear_object (&self->outside);
  g_clear_object (&self->inside);
  g_clear_object (&self->outer);
  g_clear_object (&self->inner);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bridge, bridge_free)

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Bridge) self = user_data;
  GFunc done = self->done;
  gpointer data = self->data;

  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  g_clear_pointer (&self, bridge_free);
  done (data, NULL);
}

/* What waits for the client fails or ends now. */
static void
cut (Bridge *self)
{
  g_socket_shutdown (self->outer, TRUE, TRUE, NULL);
}

static void
end_way (Bridge *self)
{
  if (--self->n_ways > 0)
    return;

  stop_source (&self->leave);
  stop_source (&self->stall);
  cut (self);
  g_io_stream_close (self->inside, NULL, NULL);
  g_io_stream_close_async (self->outside, G_PRIORITY_DEFAULT, NULL, on_closed, self);
}

/* The engine sees the end of the client's side, or that the client is gone. */
static void
on_received (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bridge *self = user_data;
  g_autoptr (GError) error = NULL;

  if (g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, &error) < 0)
    g_debug ("TLS: %s", error->message);
  g_socket_shutdown (self->inner, FALSE, TRUE, NULL);
  end_way (self);
}

/* So does the client, of the engine's side. */
static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bridge *self = user_data;
  g_autoptr (GError) error = NULL;

  if (g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, &error) < 0)
    {
      g_debug ("TLS: %s", error->message);
      /* The engine must not write on to nobody. */
      g_socket_shutdown (self->inner, TRUE, FALSE, NULL);
      cut (self);
    }
  self->is_sent = TRUE;
  if (self->is_left)
    cut (self);
  end_way (self);
}

/* Before it has there is nobody to send anything to. */
static gboolean
has_shaken (Bridge *self)
{
  return g_tls_connection_get_protocol_version (G_TLS_CONNECTION (self->outside)) !=
         G_TLS_PROTOCOL_VERSION_UNKNOWN;
}

static gboolean
on_stall_time (gpointer user_data)
{
  Bridge *self = user_data;
  gssize left = g_socket_get_available_bytes (self->inner);

  if (left != self->left)
    {
      self->left = left;
      return G_SOURCE_CONTINUE;
    }

  cut (self);

  return G_SOURCE_REMOVE;
}

static gboolean
on_left (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Bridge *self = user_data;

  self->is_left = TRUE;
  if (self->is_sent || !has_shaken (self))
    {
      cut (self);
      return G_SOURCE_REMOVE;
    }

  self->left = g_socket_get_available_bytes (self->inner);
  self->stall = g_timeout_source_new (STALL_TIME);
  g_source_set_static_name (self->stall, "[geminga] tls stall");
  g_source_set_callback (self->stall, on_stall_time, self, NULL);
  g_source_attach (self->stall, g_main_context_get_thread_default ());

  return G_SOURCE_REMOVE;
}

static void
start (Bridge *self)
{
  GInputStream *received = g_io_stream_get_input_stream (self->outside);
  GOutputStream *sent = g_io_stream_get_output_stream (self->outside);

  self->leave = g_socket_create_source (self->inner, G_IO_HUP, NULL);
  g_source_set_static_name (self->leave, "[geminga] tls engine");
  g_source_set_callback (self->leave, G_SOURCE_FUNC (on_left), self, NULL);
  g_source_attach (self->leave, g_main_context_get_thread_default ());

  self->n_ways = 2;
  g_output_stream_splice_async (g_io_stream_get_output_stream (self->inside), received,
                                G_OUTPUT_STREAM_SPLICE_NONE, G_PRIORITY_DEFAULT, NULL, on_received,
                                self);
  /* Closing the output tells the client that nothing more comes. */
  g_output_stream_splice_async (sent, g_io_stream_get_input_stream (self->inside),
                                G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, G_PRIORITY_DEFAULT, NULL,
                                on_sent, self);
}

static gboolean
open_outside (Bridge *self, int fd, GTlsCertificate *certificate, GError **error)
{
  static const char *const protocols[] = { "http/1.1", NULL };
  g_autoptr (GIOStream) base = open_stream (fd, &self->outer, error);

  if (base == NULL)
    return FALSE;
  self->outside = geminga_http_tls_serve (base, certificate, error);
  if (self->outside == NULL)
    return FALSE;

  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (self->outside), protocols);
  /* Clients that just go do no harm: HTTP tells where a message ends. */
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (self->outside), FALSE);

  return TRUE;
}

/* The engine's end, or -1. */
static int
open_inside (Bridge *self, GError **error)
{
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
                   "Cannot pass a TLS connection on: %s", g_strerror (code));
      return -1;
    }

  self->inside = open_stream (fds[0], &self->inner, error);
  if (self->inside == NULL)
    {
      close (fds[1]);
      return -1;
    }

  return fds[1];
}

/* Private API */

GIOStream *
geminga_http_tls_serve (GIOStream *base, GTlsCertificate *certificate, GError **error)
{
  GType type = g_tls_backend_get_server_connection_type (g_tls_backend_get_default ());

  /* Whom the system trusts is of no use here, and takes a tenth of a second to read. */
  return g_initable_new (type, NULL, error, "base-io-stream", base, "certificate", certificate,
                         "database", NULL, NULL);
}

int
geminga_http_tls_wrap (int fd,
                       GTlsCertificate *certificate,
                       GFunc done,
                       gpointer data,
                       GError **error)
{
  g_autoptr (Bridge) self = g_new0 (Bridge, 1);
  int plain;

  if (!open_outside (self, fd, certificate, error))
    return -1;
  plain = open_inside (self, error);
  if (plain < 0)
    return -1;

  self->done = done;
  self->data = data;
  start (g_steal_pointer (&self));

  return plain;
}
