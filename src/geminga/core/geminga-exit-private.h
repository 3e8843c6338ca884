/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-exit.h"
#include "geminga-target-private.h"

G_BEGIN_DECLS

/*
 * How an actor ended, on its way to who watches it. In this process it is handed over as it is; over a
 * link it is a reply "(usis)": reason, domain ("": no error), code and message of the error.
 */

/* Answers an ask that came with a GEMINGA_MESSAGE_WATCH. Any thread. */
void geminga_exit_answer (GemingaAsk *ask, GemingaExitReason reason, const GError *error);

GVariant *geminga_exit_to_variant (GemingaExitReason reason, const GError *error);
#define GEMINGA_EXIT_VARIANT "(usis)"

/* What such an ask was answered with. Any answer is understood: what is odd counts as lost. */
GemingaExitReason geminga_exit_parse (GVariant *result, const GError *error, GError **failure);

const char *geminga_exit_reason_get_nick (GemingaExitReason reason);

G_END_DECLS
