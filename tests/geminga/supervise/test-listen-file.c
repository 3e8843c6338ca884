/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-listen-file-private.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "geminga-listen-private.h"

/* Helpers */

typedef struct
{
  char *folder;
  char *path;
  GSocketAddress *address;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("geminga-listen-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "x.sock", NULL);
  self->address = g_unix_socket_address_new (self->path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_object_unref (self->address);
  g_free (self->path);
  g_free (self->folder);
}

static GSocket *
bind_socket (Fixture *self)
{
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GError) error = NULL;

  g_socket_bind (socket, self->address, TRUE, &error);
  g_assert_no_error (error);
  return socket;
}

static void
unlink_one (GSocket *socket)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new ();

  g_ptr_array_add (sockets, socket);
  geminga_listen_unlink (sockets);
}

/* Tests */

static void
test_lock (Fixture *self, gconstpointer data)
{
  int first = -1;
  int second = -1;

  g_assert_true (geminga_listen_file_lock (self->path, &first));
  g_assert_cmpint (first, >=, 0);
  g_assert_false (geminga_listen_file_lock (self->path, &second));
  g_assert_cmpint (second, ==, -1);
  close (first);
  g_assert_true (geminga_listen_file_lock (self->path, &second));
  close (second);

  g_assert_true (geminga_listen_file_lock ("/nonexistent/x", &first));
  g_assert_cmpint (first, ==, -1);
}

static void
test_stale (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (geminga_listen_file_is_stale (self->address));
  socket = bind_socket (self);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);
  g_assert_false (geminga_listen_file_is_stale (self->address));
  g_socket_close (socket, &error);
  g_assert_no_error (error);
  g_assert_true (geminga_listen_file_is_stale (self->address));
}

/* One that others cannot keep up with is not stale. */
static void
test_full (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocket) socket = bind_socket (self);
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  gboolean is_full = FALSE;

  g_socket_set_listen_backlog (socket, 1);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 8 && !is_full; i++)
    {
      GSocket *client = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_DEFAULT, NULL);

      g_socket_set_blocking (client, FALSE);
      is_full = !g_socket_connect (client, self->address, NULL, NULL);
      g_ptr_array_add (clients, client);
    }
  g_assert_true (is_full);
  g_assert_false (geminga_listen_file_is_stale (self->address));
}

static void
test_own (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocket) socket = bind_socket (self);

  g_assert_false (geminga_listen_owns_file (socket));
  unlink_one (socket);
  g_assert_true (g_file_test (self->path, G_FILE_TEST_EXISTS));

  geminga_listen_own_file (socket);
  g_assert_true (geminga_listen_owns_file (socket));
  unlink_one (socket);
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

/* Somebody else's file of the same name stays. */
static void
test_replaced (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocket) socket = bind_socket (self);
  g_autoptr (GSocket) other = NULL;

  geminga_listen_own_file (socket);
  g_unlink (self->path);
  other = bind_socket (self);
  unlink_one (socket);
  g_assert_true (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

static void
test_own_nothing (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocket) socket = bind_socket (self);
  g_autoptr (GSocket) other =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);

  g_unlink (self->path);
  geminga_listen_own_file (socket);
  g_assert_false (geminga_listen_owns_file (socket));
  geminga_listen_own_file (other);
  g_assert_false (geminga_listen_owns_file (other));
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/supervise/listen-file/lock", test_lock);
  add ("/supervise/listen-file/stale", test_stale);
  add ("/supervise/listen-file/full", test_full);
  add ("/supervise/listen-file/own", test_own);
  add ("/supervise/listen-file/replaced", test_replaced);
  add ("/supervise/listen-file/own-nothing", test_own_nothing);

  return g_test_run ();
}
