/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-privileges-private.h"

G_BEGIN_DECLS

/*
 * Opens a file to append lines to, or a pipe or device, and never waits for it. -1: it cannot be; the
 * error says why, for a prefix that names the file.
 *
 * Root opens it as the @owner that the workers are, so that nobody who may write into its folder makes
 * root open another file. Where the owner cannot make or write it root does, and gives it to the owner:
 * in a folder of root's, and only a file that is root's, so that workers can open it again later.
 */
int geminga_log_file_open (const char *path, const GemingaPrivileges *owner, GError **error);

/*
 * Cuts off the @length bytes at the end of the file that this process has just written with one write(),
 * because the rest of the line did not fit. FALSE: it is no file, or others wrote since.
 */
gboolean geminga_log_file_cut (int fd, gsize length);

G_END_DECLS
