/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-tls-private.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* A handshake of this process with itself: what no look at the files tells for every kind of key. */
typedef struct
{
  GCancellable *cancellable; /* (owned): where one side fails the other one would wait */
  guint n_running;
  GError *error; /* (owned) (nullable): the first */
} Trial;

/* Helpers */

static GIOStream *
open_stream (int fd, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, error);

  if (socket == NULL)
    {
      close (fd);
      return NULL;
    }

  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static gboolean
open_pair (GIOStream **one, GIOStream **other, GError **error)
{
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
    {
      int code = errno;

      g_set_error_literal (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
                           g_strerror (code));
      return FALSE;
    }

  *one = open_stream (fds[0], error);
  if (*one == NULL)
    {
      close (fds[1]);
      return FALSE;
    }
  *other = open_stream (fds[1], error);

  return *other != NULL;
}

/* Who trusts the certificate, and until when, is not the question. */
static gboolean
accept_any (GTlsConnection *connection,
            GTlsCertificate *certificate,
            GTlsCertificateFlags flags,
            gpointer user_data)
{
  return TRUE;
}

static void
on_shaken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Trial *self = user_data;
  GError **error = self->error == NULL ? &self->error : NULL;

  if (!g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, error))
    g_cancellable_cancel (self->cancellable);
  self->n_running--;
}

static void
shake (Trial *self, GIOStream *connection)
{
  self->n_running++;
  g_tls_connection_handshake_async (G_TLS_CONNECTION (connection), G_PRIORITY_DEFAULT,
                                    self->cancellable, on_shaken, self);
}

static gboolean
run (GIOStream *server, GIOStream *client, GMainContext *context, GError **error)
{
  Trial self = { .cancellable = g_cancellable_new () };

  shake (&self, server);
  shake (&self, client);
  while (self.n_running > 0)
    g_main_context_iteration (context, TRUE);
  g_object_unref (self.cancellable);
  if (self.error == NULL)
    return TRUE;

  g_propagate_error (error, self.error);

  return FALSE;
}

static gboolean
try_in_context (GTlsCertificate *certificate, GMainContext *context, GError **error)
{
  g_autoptr (GIOStream) outside = NULL;
  g_autoptr (GIOStream) inside = NULL;
  g_autoptr (GIOStream) server = NULL;
  g_autoptr (GIOStream) client = NULL;
  GTlsBackend *backend = g_tls_backend_get_default ();

  if (!open_pair (&outside, &inside, error))
    return FALSE;
  server = geminga_http_tls_serve (outside, certificate, error);
  client = server != NULL
               ? g_initable_new (g_tls_backend_get_client_connection_type (backend), NULL, error,
                                 "base-io-stream", inside, "database", NULL, NULL)
               : NULL;
  if (client == NULL)
    return FALSE;

  g_signal_connect (client, "accept-certificate", G_CALLBACK (accept_any), NULL);

  return run (server, client, context, error);
}

/* Private API */

gboolean
geminga_http_tls_try (GTlsCertificate *certificate, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  gboolean works;

  g_main_context_push_thread_default (context);
  works = try_in_context (certificate, context, error);
  g_main_context_pop_thread_default (context);

  return works;
}
