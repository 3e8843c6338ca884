/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "await-finalized.h"
#include "geminga.h"

/* Waiting for what comes later, in the loop of the test's thread. */

static inline gboolean
await_tick_cb (gpointer user_data)
{
  g_error ("The test waits for too long");

  return G_SOURCE_REMOVE;
}

/* Waits for a condition that the loop makes true. */
#define AWAIT(condition)                                             \
  G_STMT_START                                                       \
  {                                                                  \
    guint tick_id = g_timeout_add_seconds (30, await_tick_cb, NULL); \
    while (!(condition))                                             \
      g_main_context_iteration (NULL, TRUE);                         \
    g_source_remove (tick_id);                                       \
  }                                                                  \
  G_STMT_END

/* The same for what another thread makes true without telling. */
#define AWAIT_THREAD(condition)                                                               \
  G_STMT_START                                                                                \
  {                                                                                           \
    gint64 thread_start = g_get_monotonic_time ();                                            \
    while (!(condition))                                                                      \
      {                                                                                       \
        g_main_context_iteration (NULL, FALSE);                                               \
        g_thread_yield ();                                                                    \
        g_assert_cmpint (g_get_monotonic_time () - thread_start, <, 30 * G_TIME_SPAN_SECOND); \
      }                                                                                       \
  }                                                                                           \
  G_STMT_END

static inline void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

static inline GVariant *
ask (GemingaActorRef *ref, const char *command, GVariant *arguments, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_actor_ref_ask_async (ref, command, arguments, -1, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return geminga_actor_ref_ask_finish (ref, result, error);
}

/* An ask that cannot fail, and whose answer says nothing more. */
static inline void
ask_plainly (GemingaActorRef *ref, const char *command, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (ref, command, arguments, &error);

  g_assert_no_error (error);
  g_assert_nonnull (answer);
}

static inline gboolean
wait_ready (GemingaActorRef *ref, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_actor_ref_wait_ready_async (ref, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return geminga_actor_ref_wait_ready_finish (ref, result, error);
}

static inline gboolean
wait_ended (GemingaActorRef *ref, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_actor_ref_wait_ended_async (ref, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return geminga_actor_ref_wait_ended_finish (ref, result, error);
}

static inline void
stop_system (GemingaSystem *system)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  geminga_system_stop_async (system, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);
  g_assert_true (geminga_system_stop_finish (system, result, &error));
  g_assert_no_error (error);
}

/* A system whose actors have ended; it must be the last reference. */
static inline void
end_system (GemingaSystem *system)
{
  stop_system (system);
  await_finalized (system);
}
