/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-confine-private.h"
#include "geminga-settings.h"

G_BEGIN_DECLS

/* What the settings say of processes: mask, name, directory and, for workers, user and group. */

/* Whether it will be possible; @is_in_processes: all that has to change its user has its own process. */
gboolean
geminga_process_enter_check (GemingaSettings *settings, gboolean is_in_processes, GError **error);
gboolean geminga_process_enter_arbiter (GemingaSettings *settings, GError **error);
/* @confine: begun with the sandbox that it gets, if any; finished here. */
gboolean
geminga_process_enter_worker (GemingaSettings *settings, GemingaConfine *confine, GError **error);

G_END_DECLS
