/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A page that lists the directory @fd, which it takes over; names that begin with a dot are left out unless
 * @hidden. NULL with errno. */
GBytes *geminga_static_listing_new (int fd, const char *title, gboolean hidden);

G_END_DECLS
