/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Parts of an open file, and bytes between them, that are sent one after the other. */
typedef struct _GemingaHttpFile GemingaHttpFile;

/* Takes over @fd. */
GemingaHttpFile *geminga_http_file_new (int fd);
void geminga_http_file_free (GemingaHttpFile *self);

void geminga_http_file_add_range (GemingaHttpFile *self, guint64 offset, guint64 size);
/* Takes over @text. */
void geminga_http_file_add_text (GemingaHttpFile *self, char *text);
/* Of all of it, sent or not. */
guint64 geminga_http_file_get_size (const GemingaHttpFile *self);

gboolean geminga_http_file_is_sent (const GemingaHttpFile *self);
/* Sends some of what is left, or appends it to @out, which goes before the rest. 0, or an errno value; EIO when the
 * file became shorter. */
int geminga_http_file_send (GemingaHttpFile *self, int socket, GString *out, gsize *sent);
/* All of it, for tests and other readers; NULL if it cannot be read. */
GBytes *geminga_http_file_read (const GemingaHttpFile *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaHttpFile, geminga_http_file_free)

G_END_DECLS
