/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-tls-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "geminga-error.h"

/* A connection that speaks TLS outside and is plain inside. */
typedef struct
{
  GFunc done;
  gpointer data;
} Wrapped;

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

static GIOStream *
open_tls (int fd, GTlsCertificate *certificate, GError **error)
{
  static const char *const protocols[] = { "http/1.1", NULL };
  g_autoptr (GIOStream) base = open_stream (fd, error);
  GIOStream *stream;

  if (base == NULL)
    return NULL;

  stream = g_tls_server_connection_new (base, certificate, error);
  if (stream != NULL)
    {
      g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (stream), protocols);
      /* Clients that just go do no harm: HTTP tells where a message ends. */
      g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (stream), FALSE);
    }

  return stream;
}

static void
on_spliced (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wrapped *wrapped = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_io_stream_splice_finish (result, &error))
    g_debug ("TLS: %s", error->message);
  wrapped->done (wrapped->data, NULL);
  g_free (wrapped);
}

/* Private API */

GTlsCertificate *
geminga_http_tls_load (const char *certificate_path, const char *key_path, GError **error)
{
  gboolean has_key = key_path != NULL && *key_path != '\0';
  g_autofree char *key = NULL;
  GTlsCertificate *certificate;

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED,
                           _ ("There is no TLS here: install the package glib-networking"));
      return NULL;
    }

  certificate = has_key ? g_tls_certificate_new_from_files (certificate_path, key_path, error)
                        : g_tls_certificate_new_from_file (certificate_path, error);
  if (certificate == NULL)
    {
      g_prefix_error (error, _ ("Cannot use the TLS certificate %s: "), certificate_path);
      return NULL;
    }

  g_object_get (certificate, "private-key-pem", &key, NULL);
  if (key == NULL)
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                   _ ("There is no private key with the TLS certificate %s: name one with tls-key"),
                   certificate_path);
      g_clear_object (&certificate);
    }

  return certificate;
}

int
geminga_http_tls_wrap (int fd,
                       GTlsCertificate *certificate,
                       GFunc done,
                       gpointer data,
                       GError **error)
{
  g_autoptr (GIOStream) outside = open_tls (fd, certificate, error);
  g_autoptr (GIOStream) inside = NULL;
  Wrapped *wrapped;
  int fds[2];

  if (outside == NULL)
    return -1;
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
    {
      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errno),
                   "Cannot pass a TLS connection on: %s", g_strerror (errno));
      return -1;
    }

  inside = open_stream (fds[0], error);
  if (inside == NULL)
    {
      close (fds[1]);
      return -1;
    }

  wrapped = g_new (Wrapped, 1);
  wrapped->done = done;
  wrapped->data = data;
  g_io_stream_splice_async (outside, inside,
                            G_IO_STREAM_SPLICE_CLOSE_STREAM1 | G_IO_STREAM_SPLICE_CLOSE_STREAM2,
                            G_PRIORITY_DEFAULT, NULL, on_spliced, wrapped);

  return fds[1];
}
