/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "geminga-actor.h"

G_BEGIN_DECLS

#define GEMINGA_TYPE_CALL (geminga_call_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaCall, geminga_call, GEMINGA, CALL, GObject)

/**
 * GemingaCallFunc:
 * @call: the call that is gone on with
 * @user_data: what was given with the function
 *
 * A further step of handling a call, see [method@Geminga.Call.resume].
 *
 * Since: 0.1
 */
typedef void (*GemingaCallFunc) (GemingaCall *call, gpointer user_data);

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_call_get_command (GemingaCall *self);
GEMINGA_AVAILABLE_IN_0_1
GVariant *geminga_call_get_arguments (GemingaCall *self);
GEMINGA_AVAILABLE_IN_0_1
GUnixFDList *geminga_call_get_fds (GemingaCall *self);
GEMINGA_AVAILABLE_IN_0_1
GemingaActorRef *geminga_call_dup_sender (GemingaCall *self);
GEMINGA_AVAILABLE_IN_0_1
GCancellable *geminga_call_get_cancellable (GemingaCall *self);
GEMINGA_AVAILABLE_IN_0_1
gint64 geminga_call_get_deadline (GemingaCall *self);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_call_expects_answer (GemingaCall *self);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_call_is_answered (GemingaCall *self);

GEMINGA_AVAILABLE_IN_0_1
void geminga_call_resume (GemingaCall *self, GemingaCallFunc func, gpointer user_data);

GEMINGA_AVAILABLE_IN_0_1
void geminga_call_return_value (GemingaCall *self, GVariant *value);
GEMINGA_AVAILABLE_IN_0_1
void geminga_call_return_value_with_fds (GemingaCall *self, GVariant *value, GUnixFDList *fds);
GEMINGA_AVAILABLE_IN_0_1
void geminga_call_return_error (GemingaCall *self, const GError *error);
GEMINGA_AVAILABLE_IN_0_1
void
geminga_call_return_error_literal (GemingaCall *self, GQuark domain, int code, const char *message);
GEMINGA_AVAILABLE_IN_0_1
void geminga_call_forward (GemingaCall *self, GemingaActorRef *target);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_call_stash (GemingaCall *self, GError **error);

G_END_DECLS
