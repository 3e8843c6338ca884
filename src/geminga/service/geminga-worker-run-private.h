/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-process-start-private.h"
#include "geminga-service-private.h"

G_BEGIN_DECLS

/* Runs a process that the arbiter started, until its actor has ended. The exit status. */
int geminga_run_worker (GemingaService *service, GemingaProcessStart *started);

G_END_DECLS
