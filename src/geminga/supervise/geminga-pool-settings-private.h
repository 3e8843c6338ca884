/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-pool-private.h"
#include "geminga-scaler-private.h"
#include "geminga-settings.h"

G_BEGIN_DECLS

/* What the settings of a service say about its pools. */

void geminga_pool_settings_get_limits (GemingaSettings *settings, GemingaPoolLimits *limits);
void geminga_pool_settings_get_scaler_limits (GemingaSettings *settings,
                                              GemingaScalerLimits *limits);
/* At least one. */
guint geminga_pool_settings_get_n_workers (GemingaSettings *settings);

G_END_DECLS
