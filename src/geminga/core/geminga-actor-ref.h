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

/**
 * GEMINGA_DEFAULT_TIMEOUT:
 *
 * How long an ask waits for its answer if nothing else is said, in milliseconds.
 *
 * Since: 0.1
 */
#define GEMINGA_DEFAULT_TIMEOUT (30 * 1000)

#define GEMINGA_TYPE_ACTOR_REF (geminga_actor_ref_get_type ())
GEMINGA_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (GemingaActorRef, geminga_actor_ref, GEMINGA, ACTOR_REF, GObject)

GEMINGA_AVAILABLE_IN_0_1
const char *geminga_actor_ref_get_id (GemingaActorRef *self);
GEMINGA_AVAILABLE_IN_0_1
const char *geminga_actor_ref_get_path (GemingaActorRef *self);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_actor_ref_equal (GemingaActorRef *self, GemingaActorRef *other);

GEMINGA_AVAILABLE_IN_0_1
GemingaCommand *geminga_actor_ref_lookup_command (GemingaActorRef *self, const char *name);

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_actor_ref_tell (GemingaActorRef *self,
                                 const char *command,
                                 GVariant *arguments,
                                 GError **error);

GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_ref_tell_async (GemingaActorRef *self,
                                   const char *command,
                                   GVariant *arguments,
                                   int timeout,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
gboolean
geminga_actor_ref_tell_finish (GemingaActorRef *self, GAsyncResult *result, GError **error);

GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_ref_ask_async (GemingaActorRef *self,
                                  const char *command,
                                  GVariant *arguments,
                                  int timeout,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
GVariant *
geminga_actor_ref_ask_finish (GemingaActorRef *self, GAsyncResult *result, GError **error);

GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_ref_ask_with_fds_async (GemingaActorRef *self,
                                           const char *command,
                                           GVariant *arguments,
                                           GUnixFDList *fds,
                                           int timeout,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
GVariant *geminga_actor_ref_ask_with_fds_finish (GemingaActorRef *self,
                                                 GUnixFDList **fds,
                                                 GAsyncResult *result,
                                                 GError **error);

GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_ref_wait_ready_async (GemingaActorRef *self,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
gboolean
geminga_actor_ref_wait_ready_finish (GemingaActorRef *self, GAsyncResult *result, GError **error);

GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_ref_wait_ended_async (GemingaActorRef *self,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
gboolean
geminga_actor_ref_wait_ended_finish (GemingaActorRef *self, GAsyncResult *result, GError **error);

GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_ref_stop (GemingaActorRef *self);
GEMINGA_AVAILABLE_IN_0_1
void geminga_actor_ref_kill (GemingaActorRef *self);

G_END_DECLS
