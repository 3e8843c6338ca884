/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#define GEMINGA_INSIDE

#include "geminga-version.h"

/* core */
#include "geminga-actor-ref.h"
#include "geminga-actor-timers.h"
#include "geminga-actor.h"
#include "geminga-balancer.h"
#include "geminga-call.h"
#include "geminga-command.h"
#include "geminga-core-enums.h"
#include "geminga-dead-letters.h"
#include "geminga-error.h"
#include "geminga-exit.h"
#include "geminga-group.h"
#include "geminga-interface.h"
#include "geminga-mailbox-policy.h"
#include "geminga-sandbox.h"
#include "geminga-scheduler.h"
#include "geminga-state-machine.h"
#include "geminga-supervisor.h"
#include "geminga-system.h"

/* supervise */
#include "geminga-monitor.h"
#include "geminga-setting-info.h"
#include "geminga-settings-error.h"
#include "geminga-settings.h"
#include "geminga-supervise-enums.h"

/* service */
#include "geminga-arbiter.h"
#include "geminga-service.h"

/* http */
#include "geminga-compression.h"
#include "geminga-cors.h"
#include "geminga-csrf-protection.h"
#include "geminga-error-pages.h"
#include "geminga-event-stream.h"
#include "geminga-form.h"
#include "geminga-http-auth.h"
#include "geminga-http-enums.h"
#include "geminga-http-error.h"
#include "geminga-maintenance.h"
#include "geminga-middleware.h"
#include "geminga-rate-limit.h"
#include "geminga-request.h"
#include "geminga-response-stream.h"
#include "geminga-response.h"
#include "geminga-route.h"
#include "geminga-router.h"
#include "geminga-security-headers.h"
#include "geminga-sessions.h"
#include "geminga-signer.h"
#include "geminga-static-files.h"
#include "geminga-test-client.h"
#include "geminga-trusted-proxies.h"
#include "geminga-upload.h"
#include "geminga-web-service.h"

#undef GEMINGA_INSIDE
