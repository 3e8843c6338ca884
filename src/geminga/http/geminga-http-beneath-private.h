/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Opens @path, relative, below the directory @root for reading: neither dots nor symbolic links lead out. Without
 * @follow_symlinks, and on kernels without openat2(), symbolic links are not followed at all. A descriptor, or -1 with errno. */
int geminga_http_beneath_open (int root, const char *path, gboolean follow_symlinks);

G_END_DECLS
