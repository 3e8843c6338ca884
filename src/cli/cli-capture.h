/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/*
 * D-Bus messages in a file that Wireshark, Bustle and "busctl capture" understand: pcap, with the link type
 * of D-Bus.
 */
typedef struct _CliCapture CliCapture;

CliCapture *cli_capture_new (Cli *cli, const char *path, GError **error);
void cli_capture_add (CliCapture *self, guint64 time, GVariant *bytes);
gboolean cli_capture_flush (CliCapture *self, GError **error);
void cli_capture_free (CliCapture *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliCapture, cli_capture_free)

G_END_DECLS
