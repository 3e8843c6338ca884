/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Listening sockets: opened, inherited from whoever started the program, or given by systemd. All are
 * stream sockets that listen already, never block and are closed on exec. What is wrong with the text
 * of an address is a GEMINGA_SETTINGS_ERROR, what the system refuses a G_IO_ERROR; where one fails,
 * none stays open.
 *
 * Addresses are HOST:PORT, [IPV6]:PORT, :PORT or PORT (all interfaces), unix:PATH, unix:@NAME and fd:N;
 * port 0 is any free one. A name that stands for several addresses gives several sockets.
 */
GPtrArray *geminga_listen_open (const char *const *addresses, int backlog, GError **error);
gboolean geminga_listen_check (const char *address, GError **error);

/* Takes the descriptors that systemd passed and the variables that say so; NULL without an error if
 * there are none for this process. */
GPtrArray *geminga_listen_take_systemd (GError **error);
/* Takes one descriptor; on failure it is the caller's still. */
GSocket *geminga_listen_adopt (int fd, GError **error);

/* "127.0.0.1:8060", "[::1]:80", "unix:/run/x", "unix:@x" */
char *geminga_listen_describe (GSocket *socket);
/* What systemd calls the socket (FileDescriptorName=), or NULL. */
const char *geminga_listen_get_name (GSocket *socket);

/*
 * A process that makes a socket file owns it, and removes it at the end if it is the same file still. A
 * program that executes itself again with its sockets tells the new one which files are its own now.
 */
gboolean geminga_listen_owns_file (GSocket *socket);
void geminga_listen_own_file (GSocket *socket);
void geminga_listen_unlink (GPtrArray *sockets);

G_END_DECLS
