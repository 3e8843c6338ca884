/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* PEM files; @key_path may be NULL or empty: the key is with the certificate. Fails also if a client could
 * not connect with them, as where the key is another certificate's. */
GTlsCertificate *geminga_http_tls_load (const char *certificate_path,
                                        const char *key_path,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A handshake with the certificate, within this process. */
gboolean geminga_http_tls_try (GTlsCertificate *certificate, GError **error);

/* The server's side of a TLS connection, to clients that show no certificate. */
GIOStream *geminga_http_tls_serve (GIOStream *base,
                                   GTlsCertificate *certificate,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Speaks TLS over a connection that was accepted: gives a descriptor with the plain bytes, which is all
 * that the engine sees, its deadlines and the end of either side included. Takes over @fd, also if it fails with -1.
 * @done runs in the thread-default main context once both ends are closed.
 */
int geminga_http_tls_wrap (int fd,
                           GTlsCertificate *certificate,
                           GFunc done,
                           gpointer data,
                           GError **error);

G_END_DECLS
