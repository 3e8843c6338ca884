/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The files of unix sockets. */

/*
 * Keeps processes that make sockets in one folder from taking each other's for left over: FALSE if
 * another one is at it now. The lock is closed by the caller; it is -1 too where the folder cannot be
 * read, which hinders nobody.
 */
gboolean geminga_listen_file_lock (const char *path, int *lock);
/* Whether nobody listens there any more. */
gboolean geminga_listen_file_is_stale (GSocketAddress *address);

G_END_DECLS
