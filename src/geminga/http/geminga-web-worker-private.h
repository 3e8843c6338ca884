/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-actor.h"

G_BEGIN_DECLS

/* The worker of a web service: serves the service's sockets in its loop. */
#define GEMINGA_TYPE_WEB_WORKER (geminga_web_worker_get_type ())
G_DECLARE_FINAL_TYPE (GemingaWebWorker, geminga_web_worker, GEMINGA, WEB_WORKER, GemingaActor)

G_END_DECLS
