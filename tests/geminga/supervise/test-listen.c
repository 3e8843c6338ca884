/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-listen-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "geminga-settings.h"

/* Helpers */

static GPtrArray *
open_one (const char *address, GError **error)
{
  const char *const addresses[] = { address, NULL };

  return geminga_listen_open (addresses, 16, error);
}

static GPtrArray *
open_good (const char *address)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *sockets = open_one (address, &error);

  g_assert_no_error (error);
  return sockets;
}

static char *
describe (GPtrArray *sockets, guint index)
{
  return geminga_listen_describe (g_ptr_array_index (sockets, index));
}

static gboolean
can_connect (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);
  g_autoptr (GSocket) client = g_socket_new (g_socket_get_family (socket), G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_DEFAULT, NULL);

  return g_socket_connect (client, address, NULL, NULL);
}

static void
assert_good_socket (GSocket *socket)
{
  int fd = g_socket_get_fd (socket);

  g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, !=, 0);
  g_assert_cmpint (fcntl (fd, F_GETFL) & O_NONBLOCK, !=, 0);
  g_assert_false (g_socket_get_blocking (socket));
  g_assert_true (can_connect (socket));
}

static guint
count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static gboolean
has_ipv6 (void)
{
  g_autoptr (GPtrArray) sockets = open_one ("[::1]:0", NULL);

  return sockets != NULL;
}

typedef struct
{
  char *folder;
  char *path;
  char *address; /* unix:PATH */
} Folder;

static void
folder_init (Folder *self)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("geminga-listen-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "x.sock", NULL);
  self->address = g_strconcat ("unix:", self->path, NULL);
}

static void
folder_clear (Folder *self)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
  g_free (self->path);
  g_free (self->address);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Folder, folder_clear)

/* Tests */

static void
test_check (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (geminga_listen_check ("127.0.0.1:80", &error));
  g_assert_no_error (error);
  g_assert_true (geminga_listen_check ("fd:9999", &error));
  g_assert_no_error (error);
  g_assert_false (geminga_listen_check ("http://x", &error));
  g_assert_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE);
}

static void
test_ipv4 (void)
{
  g_autoptr (GPtrArray) sockets = open_good ("127.0.0.1:0");
  g_autofree char *text = describe (sockets, 0);

  g_assert_cmpuint (sockets->len, ==, 1);
  g_assert_true (g_str_has_prefix (text, "127.0.0.1:"));
  g_assert_false (g_str_has_suffix (text, ":0"));
  assert_good_socket (g_ptr_array_index (sockets, 0));
}

static void
test_ipv6 (void)
{
  g_autoptr (GPtrArray) sockets = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  int only = 0;

  if (!has_ipv6 ())
    {
      g_test_skip ("no IPv6 here");
      return;
    }

  sockets = open_good ("[::]:0");
  text = describe (sockets, 0);
  g_assert_true (g_str_has_prefix (text, "[::]:"));
  assert_good_socket (g_ptr_array_index (sockets, 0));
  g_socket_get_option (g_ptr_array_index (sockets, 0), IPPROTO_IPV6, IPV6_V6ONLY, &only, &error);
  g_assert_no_error (error);
  g_assert_cmpint (only, ==, 1);
}

static void
test_any (void)
{
  g_autoptr (GPtrArray) sockets = open_good (":0");
  GSocket *socket = g_ptr_array_index (sockets, 0);
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);
  guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_autoptr (GSocketAddress) v4 = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoptr (GSocket) client =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GError) error = NULL;

  assert_good_socket (socket);
  g_socket_connect (client, v4, NULL, &error);
  g_assert_no_error (error);
}

/* All addresses of a name get the same port. */
static void
test_name (void)
{
  g_autoptr (GPtrArray) sockets = open_good ("localhost:0");
  g_autofree char *first = describe (sockets, 0);

  for (guint i = 0; i < sockets->len; i++)
    {
      g_autofree char *text = describe (sockets, i);

      assert_good_socket (g_ptr_array_index (sockets, i));
      g_assert_cmpstr (strrchr (text, ':'), ==, strrchr (first, ':'));
    }
}

static void
test_unknown_name (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (open_one ("nowhere.invalid:80", &error));
  g_assert_nonnull (error);
  g_assert_true (g_str_has_prefix (error->message, "Cannot listen on nowhere.invalid:80: "));
}

static void
test_in_use (void)
{
  g_autoptr (GPtrArray) sockets = open_good ("127.0.0.1:0");
  g_autofree char *text = describe (sockets, 0);
  const char *const addresses[] = { "127.0.0.1:0", "unix:@geminga-test-in-use-%", text, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = g_strconcat (
      "Cannot listen on ", text,
      ": the address is in use, by another process perhaps; stop it or choose another with --bind",
      NULL);
  guint n_fds = count_fds ();

  g_assert_null (geminga_listen_open (addresses, 16, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_cmpstr (error->message, ==, expected);
  g_assert_cmpuint (count_fds (), ==, n_fds);
}

static void
test_foreign_address (void)
{
  g_autoptr (GError) error = NULL;

  /* Of the range that is kept for documentation. */
  g_assert_null (open_one ("192.0.2.1:0", &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (error->message, ==,
                   "Cannot listen on 192.0.2.1:0: no network interface has this address");
}

static void
test_not_permitted (void)
{
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may listen anywhere");
      return;
    }

  g_assert_null (open_one ("unix:/proc/x", &error));
  g_assert_nonnull (error);
  g_assert_true (g_str_has_prefix (error->message, "Cannot listen on unix:/proc/x: "));
}

static void
test_several (void)
{
  g_auto (Folder) folder = { 0 };
  const char *addresses[] = { "127.0.0.1:0", NULL, "127.0.0.1:0", NULL };
  g_autoptr (GPtrArray) sockets = NULL;
  g_autoptr (GError) error = NULL;

  folder_init (&folder);
  addresses[1] = folder.address;
  sockets = geminga_listen_open (addresses, 16, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sockets->len, ==, 3);
  geminga_listen_unlink (sockets);
}

/* What is left of the ones before is gone too when one fails. */
static void
test_nothing_left (void)
{
  g_auto (Folder) folder = { 0 };
  const char *addresses[] = { NULL, "127.0.0.1:0", "fd:9999", NULL };
  g_autoptr (GError) error = NULL;
  guint n_fds = count_fds ();

  folder_init (&folder);
  addresses[0] = folder.address;
  g_assert_null (geminga_listen_open (addresses, 16, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, ==, "Cannot listen on descriptor 9999: it is not open");
  g_assert_cmpuint (count_fds (), ==, n_fds);
  g_assert_false (g_file_test (folder.path, G_FILE_TEST_EXISTS));
}

static void
test_unix (void)
{
  g_auto (Folder) folder = { 0 };
  g_autoptr (GPtrArray) sockets = NULL;
  g_autofree char *text = NULL;

  folder_init (&folder);
  sockets = open_good (folder.address);
  text = describe (sockets, 0);
  g_assert_cmpstr (text, ==, folder.address);
  assert_good_socket (g_ptr_array_index (sockets, 0));
  g_assert_true (geminga_listen_owns_file (g_ptr_array_index (sockets, 0)));

  geminga_listen_unlink (sockets);
  g_assert_false (g_file_test (folder.path, G_FILE_TEST_EXISTS));
  g_assert_false (geminga_listen_owns_file (g_ptr_array_index (sockets, 0)));
  geminga_listen_unlink (sockets);
}

static void
test_unix_in_use (void)
{
  g_auto (Folder) folder = { 0 };
  g_autoptr (GPtrArray) sockets = NULL;
  g_autoptr (GPtrArray) next = NULL;
  g_autoptr (GError) error = NULL;

  folder_init (&folder);
  sockets = open_good (folder.address);
  g_assert_null (open_one (folder.address, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  assert_good_socket (g_ptr_array_index (sockets, 0));

  /* Its process died without cleaning up. */
  g_clear_pointer (&sockets, g_ptr_array_unref);
  g_assert_true (g_file_test (folder.path, G_FILE_TEST_EXISTS));
  next = open_good (folder.address);
  assert_good_socket (g_ptr_array_index (next, 0));
}

static void
test_unix_not_socket (void)
{
  g_auto (Folder) folder = { 0 };
  g_autoptr (GError) error = NULL;

  folder_init (&folder);
  g_file_set_contents (folder.path, "precious", -1, &error);
  g_assert_no_error (error);
  g_assert_null (open_one (folder.address, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_true (g_file_test (folder.path, G_FILE_TEST_IS_REGULAR));
}

static void
test_unix_no_folder (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (open_one ("unix:/nonexistent/x", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==,
                   "Cannot listen on unix:/nonexistent/x: No such file or directory");
}

static void
test_abstract (void)
{
  g_autofree char *address = g_strdup_printf ("unix:@geminga-test-%d", getpid ());
  g_autoptr (GPtrArray) sockets = open_good (address);
  g_autofree char *text = describe (sockets, 0);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (text, ==, address);
  assert_good_socket (g_ptr_array_index (sockets, 0));
  g_assert_false (geminga_listen_owns_file (g_ptr_array_index (sockets, 0)));
  g_assert_null (open_one (address, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

static void
test_fd (void)
{
  g_autoptr (GPtrArray) opened = open_good ("127.0.0.1:0");
  int fd = dup (g_socket_get_fd (g_ptr_array_index (opened, 0)));
  g_autofree char *address = g_strdup_printf ("fd:%d", fd);
  g_autofree char *expected = describe (opened, 0);
  g_autoptr (GPtrArray) sockets = open_good (address);
  g_autofree char *text = describe (sockets, 0);

  g_assert_cmpint (g_socket_get_fd (g_ptr_array_index (sockets, 0)), ==, fd);
  g_assert_cmpstr (text, ==, expected);
  assert_good_socket (g_ptr_array_index (sockets, 0));
}

static void
test_fd_twice (void)
{
  g_autoptr (GPtrArray) opened = open_good ("127.0.0.1:0");
  int fd = dup (g_socket_get_fd (g_ptr_array_index (opened, 0)));
  g_autofree char *address = g_strdup_printf ("fd:%d", fd);
  const char *const addresses[] = { address, address, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (geminga_listen_open (addresses, 16, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/listen/check", test_check);
  g_test_add_func ("/supervise/listen/ipv4", test_ipv4);
  g_test_add_func ("/supervise/listen/ipv6", test_ipv6);
  g_test_add_func ("/supervise/listen/any", test_any);
  g_test_add_func ("/supervise/listen/name", test_name);
  g_test_add_func ("/supervise/listen/unknown-name", test_unknown_name);
  g_test_add_func ("/supervise/listen/in-use", test_in_use);
  g_test_add_func ("/supervise/listen/foreign-address", test_foreign_address);
  g_test_add_func ("/supervise/listen/not-permitted", test_not_permitted);
  g_test_add_func ("/supervise/listen/several", test_several);
  g_test_add_func ("/supervise/listen/nothing-left", test_nothing_left);
  g_test_add_func ("/supervise/listen/unix/plain", test_unix);
  g_test_add_func ("/supervise/listen/unix/in-use", test_unix_in_use);
  g_test_add_func ("/supervise/listen/unix/not-a-socket", test_unix_not_socket);
  g_test_add_func ("/supervise/listen/unix/no-folder", test_unix_no_folder);
  g_test_add_func ("/supervise/listen/unix/abstract", test_abstract);
  g_test_add_func ("/supervise/listen/fd/plain", test_fd);
  g_test_add_func ("/supervise/listen/fd/twice", test_fd_twice);

  return g_test_run ();
}
