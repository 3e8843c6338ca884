/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include "geminga-actor.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_ARBITER (geminga_arbiter_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaArbiter, geminga_arbiter, GEMINGA, ARBITER, GemingaActor)

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_arbiter_get_state (GemingaArbiter *self);

G_END_DECLS
