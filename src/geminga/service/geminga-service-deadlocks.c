/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-service-private.h"

/* Private API */

/* Whatever is more than never is not never. */
void
geminga_service_apply_deadlock_interval (GemingaSettings *settings, GemingaSystem *system)
{
  double seconds = geminga_settings_get_double (settings, "deadlock-interval");
  guint interval = (guint) (seconds * 1000);

  geminga_system_set_deadlock_interval (system, seconds > 0 ? MAX (interval, 1) : 0);
}
