/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-listen-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "geminga-listen-private.h"

#define OWN_FILE "geminga-listen-own-file"

/* The file that this process made, or took over. */
typedef struct
{
  char *path; /* (owned) */
  dev_t device;
  ino_t inode;
} OwnFile;

/* Helpers */

static void
own_file_free (gpointer data)
{
  OwnFile *self = data;

  g_free (self->path);
  g_free (self);
}

static void
unlink_own (OwnFile *own)
{
  GStatBuf file;

  /* Another process may have put its own there since. */
  if (g_lstat (own->path, &file) < 0 || file.st_dev != own->device || file.st_ino != own->inode)
    return;
  if (g_unlink (own->path) < 0 && errno != ENOENT)
    g_warning ("Cannot remove the socket %s: %s", own->path, g_strerror (errno));
}

/* Private API */

gboolean
geminga_listen_file_lock (const char *path, int *lock)
{
  g_autofree char *folder = g_path_get_dirname (path);

  *lock = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (*lock < 0 || flock (*lock, LOCK_EX | LOCK_NB) == 0)
    return TRUE;

  close (*lock);
  *lock = -1;
  return FALSE;
}

gboolean
geminga_listen_file_is_stale (GSocketAddress *address)
{
  g_autoptr (GSocket) probe =
      g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GError) error = NULL;

  if (probe == NULL)
    return FALSE;

  /* A queue that is full must not hold up the start. */
  g_socket_set_blocking (probe, FALSE);
  return !g_socket_connect (probe, address, NULL, &error) &&
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

gboolean
geminga_listen_owns_file (GSocket *socket)
{
  return g_object_get_data (G_OBJECT (socket), OWN_FILE) != NULL;
}

void
geminga_listen_own_file (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);
  GUnixSocketAddress *local = NULL;
  GStatBuf file;
  OwnFile *own = NULL;

  if (!G_IS_UNIX_SOCKET_ADDRESS (address))
    return;
  local = G_UNIX_SOCKET_ADDRESS (address);
  if (g_unix_socket_address_get_address_type (local) != G_UNIX_SOCKET_ADDRESS_PATH ||
      g_lstat (g_unix_socket_address_get_path (local), &file) < 0)
    return;

  own = g_new0 (OwnFile, 1);
  own->path = g_strdup (g_unix_socket_address_get_path (local));
  own->device = file.st_dev;
  own->inode = file.st_ino;
  g_object_set_data_full (G_OBJECT (socket), OWN_FILE, own, own_file_free);
}

void
geminga_listen_unlink (GPtrArray *sockets)
{
  for (guint i = 0; i < sockets->len; i++)
    {
      GObject *socket = g_ptr_array_index (sockets, i);
      OwnFile *own = g_object_get_data (socket, OWN_FILE);

      if (own == NULL)
        continue;

      unlink_own (own);
      g_object_set_data (socket, OWN_FILE, NULL);
    }
}
