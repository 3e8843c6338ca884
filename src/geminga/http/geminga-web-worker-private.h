/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-web-service.h"

G_BEGIN_DECLS

/* The worker of a web service: serves the service's sockets in its loop. */
#define GEMINGA_TYPE_WEB_WORKER (geminga_web_worker_get_type ())
G_DECLARE_FINAL_TYPE (GemingaWebWorker, geminga_web_worker, GEMINGA, WEB_WORKER, GemingaActor)

/* A command that only its monitor sends: "(h)", a page for its counters. */
#define GEMINGA_WEB_WORKER_SHARE_COUNTERS "ShareCounters"

/* Of the settings, which were checked before the process changed its user; NULL: plain HTTP. */
GTlsCertificate *
geminga_web_service_ref_certificate (GemingaWebService *self) G_GNUC_WARN_UNUSED_RESULT;
/* Any thread. */
gboolean geminga_web_service_has_body_handler (GemingaWebService *self);
void geminga_web_service_look_at (GemingaWebService *self, GemingaRequest *request);

G_END_DECLS
