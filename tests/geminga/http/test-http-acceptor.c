/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-acceptor-private.h"

#include <unistd.h>

typedef struct
{
  guint accepted;
  guint limit; /* how many until no more are wanted */
} Owner;

/* Helpers */

static gboolean
accepted (int fd, const struct sockaddr_storage *address, socklen_t len, gpointer user_data)
{
  Owner *owner = user_data;

  g_assert_cmpint (address->ss_family, ==, AF_INET);
  close (fd);

  return ++owner->accepted < owner->limit;
}

static gboolean
make_room (gpointer user_data)
{
  return FALSE;
}

static const GemingaHttpAcceptorFuncs funcs = { accepted, make_room };

static GSocket *
make_listener (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, &error);

  g_assert_no_error (error);
  g_assert_true (g_socket_bind (socket, address, TRUE, &error));
  g_socket_set_listen_backlog (socket, 64);
  g_assert_true (g_socket_listen (socket, &error));

  return socket;
}

static GSocket *
make_client (GSocket *listener)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (listener, &error);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, &error);

  g_assert_true (g_socket_connect (socket, address, NULL, &error));
  g_assert_no_error (error);

  return socket;
}

/* Tests */

static void
test_pause (void)
{
  Owner owner = { .limit = 20 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) listener = make_listener ();
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (g_object_unref);
  GemingaHttpAcceptor *acceptor = NULL;

  acceptor = geminga_http_acceptor_new (listener, &funcs, &owner, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 30; i++)
    g_ptr_array_add (clients, make_client (listener));

  /* More than a batch, then it stops by itself. */
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (owner.accepted, ==, 20);

  owner.limit = 100;
  geminga_http_acceptor_resume (acceptor);
  geminga_http_acceptor_resume (acceptor);
  while (owner.accepted < 30)
    g_main_context_iteration (NULL, TRUE);

  geminga_http_acceptor_pause (acceptor);
  g_ptr_array_add (clients, make_client (listener));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (owner.accepted, ==, 30);

  geminga_http_acceptor_free (acceptor);
}

/* Two on one socket, as in two processes: each connection is taken once, and nobody blocks. */
static void
test_shared (void)
{
  Owner a = { .limit = G_MAXUINT };
  Owner b = { .limit = G_MAXUINT };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) listener = make_listener ();
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (g_object_unref);
  GemingaHttpAcceptor *first = geminga_http_acceptor_new (listener, &funcs, &a, &error);
  GemingaHttpAcceptor *second = geminga_http_acceptor_new (listener, &funcs, &b, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < 10; i++)
    {
      g_ptr_array_add (clients, make_client (listener));
      while (a.accepted + b.accepted <= i)
        g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpuint (a.accepted + b.accepted, ==, 10);

  geminga_http_acceptor_free (first);
  geminga_http_acceptor_free (second);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/acceptor/pause", test_pause);
  g_test_add_func ("/http/acceptor/shared", test_shared);

  return g_test_run ();
}
