/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-settings.h"

G_BEGIN_DECLS

/* What the settings say of processes: mask, name, directory and, for workers, user and group. */

/* Whether it will be possible. */
gboolean geminga_process_enter_check (GemingaSettings *settings, GError **error);
gboolean geminga_process_enter_arbiter (GemingaSettings *settings, GError **error);
gboolean geminga_process_enter_worker (GemingaSettings *settings, GError **error);

G_END_DECLS
