/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void cli_json_append (GString *json, GVariant *value, gboolean is_pretty);

G_END_DECLS
