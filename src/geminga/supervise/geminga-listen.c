/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-listen-private.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "geminga-listen-address-private.h"
#include "geminga-listen-file-private.h"

/* So often a free port of the first address of a host was tried that is taken at its next one. */
#define PORT_TRIES 16

typedef enum
{
  V6_UNSET, /* not an IPv6 socket */
  V6_ONLY,
  V6_DUAL, /* IPv4 too */
} V6Mode;

/* Helpers */

static const char *
explain (int code)
{
  if (code == EADDRINUSE)
    return _ ("the address is in use, by another process perhaps; stop it or choose another with "
              "--bind");
  if (code == EADDRNOTAVAIL)
    return _ ("no network interface has this address");
  if (code == EAFNOSUPPORT)
    return _ ("the system does not support this kind of address");

  return g_strerror (code);
}

static gboolean
fail (const char *text, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("Cannot listen on %s: %s"), text,
               explain (code));
  return FALSE;
}

static gboolean
set_options (int fd, V6Mode mode)
{
  int yes = 1;
  int only = mode == V6_ONLY;

  if (setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0)
    return FALSE;

  return mode == V6_UNSET || setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only) == 0;
}

/* A descriptor that listens, or -1 and errno. */
static int
listen_at (GSocketAddress *address, V6Mode mode, int backlog)
{
  struct sockaddr_storage native = { 0 };
  gssize size = g_socket_address_get_native_size (address);
  int fd;

  if (size < 0 || !g_socket_address_to_native (address, &native, sizeof native, NULL))
    {
      errno = EINVAL;
      return -1;
    }

  fd = socket (native.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  if (!set_options (fd, mode) || bind (fd, (struct sockaddr *) &native, size) < 0 ||
      listen (fd, backlog) < 0)
    {
      int code = errno;

      close (fd);
      errno = code;
      return -1;
    }

  return fd;
}

/* 0, or what errno was. */
static int
open_at (GPtrArray *sockets, GSocketAddress *address, V6Mode mode, int backlog)
{
  int fd = listen_at (address, mode, backlog);
  GSocket *socket = NULL;

  if (fd < 0)
    return errno;

  socket = g_socket_new_from_fd (fd, NULL);
  if (socket == NULL)
    {
      close (fd);
      return EAFNOSUPPORT;
    }

  g_socket_set_blocking (socket, FALSE);
  g_ptr_array_add (sockets, socket);
  return 0;
}

/* Helpers: the internet */

static gboolean
is_missing (int code)
{
  return code == EAFNOSUPPORT || code == EADDRNOTAVAIL;
}

static int
open_any (GPtrArray *sockets, guint16 port, int backlog)
{
  g_autoptr (GSocketAddress) v6 = g_inet_socket_address_new_from_string ("::", port);
  g_autoptr (GSocketAddress) v4 = g_inet_socket_address_new_from_string ("0.0.0.0", port);
  int code = open_at (sockets, v6, V6_DUAL, backlog);

  return is_missing (code) ? open_at (sockets, v4, V6_UNSET, backlog) : code;
}

static guint16
get_port (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

/* One socket for each address, all with the same port; addresses that this machine does not have are
 * left out where it has another one. */
static int
open_each (GPtrArray *sockets, GList *hosts, guint16 port, int backlog)
{
  guint first = sockets->len;
  int missing = EADDRNOTAVAIL;

  for (GList *l = hosts; l != NULL; l = l->next)
    {
      GInetAddress *host = l->data;
      V6Mode mode = g_inet_address_get_family (host) == G_SOCKET_FAMILY_IPV6 ? V6_ONLY : V6_UNSET;
      g_autoptr (GSocketAddress) address = g_inet_socket_address_new (host, port);
      int code = open_at (sockets, address, mode, backlog);

      if (code == 0)
        port = get_port (g_ptr_array_index (sockets, sockets->len - 1));
      else if (is_missing (code))
        missing = code;
      else
        {
          g_ptr_array_set_size (sockets, first);
          return code;
        }
    }

  return sockets->len > first ? 0 : missing;
}

static gboolean
open_name (GPtrArray *sockets,
           const char *text,
           const GemingaListenAddress *address,
           int backlog,
           GError **error)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  GList *hosts = g_resolver_lookup_by_name (resolver, address->host, NULL, error);
  guint tries = address->port == 0 ? PORT_TRIES : 1;
  int code = EADDRINUSE;

  if (hosts == NULL)
    {
      g_prefix_error (error, _ ("Cannot listen on %s: "), text);
      return FALSE;
    }

  for (guint i = 0; i < tries && code == EADDRINUSE; i++)
    code = open_each (sockets, hosts, address->port, backlog);
  g_resolver_free_addresses (hosts);

  return code == 0 || fail (text, code, error);
}

static gboolean
open_host (GPtrArray *sockets,
           const char *text,
           const GemingaListenAddress *address,
           int backlog,
           GError **error)
{
  g_autoptr (GSocketAddress) literal =
      g_inet_socket_address_new_from_string (address->host, address->port);
  int code;

  if (literal == NULL)
    return open_name (sockets, text, address, backlog, error);

  code = open_at (sockets, literal, address->kind == GEMINGA_LISTEN_IPV6 ? V6_ONLY : V6_UNSET,
                  backlog);
  return code == 0 || fail (text, code, error);
}

/* Helpers: unix sockets and descriptors */

/* The name is free, or was the socket of a process that is gone and is free now. */
static gboolean
make_room (GSocketAddress *address, const char *path, const char *text, GError **error)
{
  GStatBuf file;

  if (g_lstat (path, &file) < 0)
    return errno == ENOENT || fail (text, errno, error);
  if (!S_ISSOCK (file.st_mode))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                   _ ("Cannot listen on %s: there is a file of this name that is no socket"), text);
      return FALSE;
    }
  if (!geminga_listen_file_is_stale (address))
    return fail (text, EADDRINUSE, error);

  return g_unlink (path) == 0 || errno == ENOENT || fail (text, errno, error);
}

static gboolean
open_path_locked (GPtrArray *sockets,
                  const char *text,
                  const char *path,
                  gboolean is_alone,
                  int backlog,
                  GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  int code = open_at (sockets, address, V6_UNSET, backlog);

  /* While others make sockets here, one that nobody listens on may be about to be listened on. */
  if (code == EADDRINUSE && is_alone)
    {
      if (!make_room (address, path, text, error))
        return FALSE;
      code = open_at (sockets, address, V6_UNSET, backlog);
    }
  if (code != 0)
    return fail (text, code, error);

  geminga_listen_own_file (g_ptr_array_index (sockets, sockets->len - 1));
  return TRUE;
}

static gboolean
open_path (GPtrArray *sockets, const char *text, const char *path, int backlog, GError **error)
{
  int lock = -1;
  gboolean is_alone = geminga_listen_file_lock (path, &lock);
  gboolean is_open = open_path_locked (sockets, text, path, is_alone, backlog, error);

  if (lock >= 0)
    close (lock);

  return is_open;
}

static int
open_abstract (GPtrArray *sockets, const char *name, int backlog)
{
  g_autoptr (GSocketAddress) address =
      g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);

  return open_at (sockets, address, V6_UNSET, backlog);
}

static gboolean
open_fd (GPtrArray *sockets, const char *text, int fd, GError **error)
{
  GSocket *socket = NULL;

  for (guint i = 0; i < sockets->len; i++)
    {
      if (g_socket_get_fd (g_ptr_array_index (sockets, i)) == fd)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                       _ ("Cannot listen on %s: the descriptor is in use already"), text);
          return FALSE;
        }
    }

  socket = geminga_listen_adopt (fd, error);
  if (socket == NULL)
    return FALSE;

  g_ptr_array_add (sockets, socket);
  return TRUE;
}

static gboolean
open_one (GPtrArray *sockets, const char *text, int backlog, GError **error)
{
  g_auto (GemingaListenAddress) address = { 0 };
  int code = 0;

  if (!geminga_listen_address_parse (&address, text, error))
    return FALSE;

  switch (address.kind)
    {
    case GEMINGA_LISTEN_HOST:
    case GEMINGA_LISTEN_IPV6:
      return open_host (sockets, text, &address, backlog, error);
    case GEMINGA_LISTEN_PATH:
      return open_path (sockets, text, address.path, backlog, error);
    case GEMINGA_LISTEN_FD:
      return open_fd (sockets, text, address.fd, error);
    case GEMINGA_LISTEN_ABSTRACT:
      code = open_abstract (sockets, address.path, backlog);
      break;
    case GEMINGA_LISTEN_ANY:
    default:
      code = open_any (sockets, address.port, backlog);
      break;
    }

  return code == 0 || fail (text, code, error);
}

/* Private API */

GPtrArray *
geminga_listen_open (const char *const *addresses, int backlog, GError **error)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize i = 0; addresses[i] != NULL; i++)
    {
      if (!open_one (sockets, addresses[i], backlog, error))
        {
          geminga_listen_unlink (sockets);
          return NULL;
        }
    }

  return g_steal_pointer (&sockets);
}

gboolean
geminga_listen_check (const char *address, GError **error)
{
  g_auto (GemingaListenAddress) parsed = { 0 };

  return geminga_listen_address_parse (&parsed, address, error);
}

char *
geminga_listen_describe (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  if (G_IS_INET_SOCKET_ADDRESS (address))
    {
      GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
      g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
      guint port = g_inet_socket_address_get_port (inet);
      guint scope = 0;

      if (g_socket_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
        return g_strdup_printf ("%s:%u", host, port);

      scope = g_inet_socket_address_get_scope_id (inet);
      if (scope != 0)
        return g_strdup_printf ("[%s%%%u]:%u", host, scope, port);
      return g_strdup_printf ("[%s]:%u", host, port);
    }
  if (G_IS_UNIX_SOCKET_ADDRESS (address))
    {
      GUnixSocketAddress *local = G_UNIX_SOCKET_ADDRESS (address);
      g_autofree char *path = g_utf8_make_valid (g_unix_socket_address_get_path (local), -1);
      gboolean is_abstract =
          g_unix_socket_address_get_address_type (local) == G_UNIX_SOCKET_ADDRESS_ABSTRACT;

      return g_strconcat ("unix:", is_abstract ? "@" : "", path, NULL);
    }

  return g_strdup_printf ("fd:%d", g_socket_get_fd (socket));
}
