/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#define GEMINGA_TESTING_INSIDE

#include "geminga-test-loop.h"
#include "geminga-test-schedules.h"

#undef GEMINGA_TESTING_INSIDE
