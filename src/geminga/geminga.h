/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#define GEMINGA_INSIDE

#include "geminga-version.h"

/* core */
#include "geminga-core-enums.h"
#include "geminga-error.h"

/* supervise */

/* service */

/* http */

#undef GEMINGA_INSIDE
