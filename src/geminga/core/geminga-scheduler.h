/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(GEMINGA_INSIDE) && !defined(GEMINGA_COMPILATION)
#error "Include <geminga.h> instead."
#endif

#include <gio/gio.h>

#include "geminga-version.h"

G_BEGIN_DECLS

/**
 * GemingaFaultPoint: (skip)
 * @GEMINGA_FAULT_POINT_SEND: a command is sent; the detail is its name
 * @GEMINGA_FAULT_POINT_SPAWN: an actor is made; the detail is its class
 * @GEMINGA_FAULT_POINT_RUN: an actor is about to handle its next message; there is no detail
 *
 * Where a scheduler may have something go wrong.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_FAULT_POINT_SEND,
  GEMINGA_FAULT_POINT_SPAWN,
  GEMINGA_FAULT_POINT_RUN,
} GemingaFaultPoint;

/**
 * GemingaFault: (skip)
 * @GEMINGA_FAULT_NONE: nothing goes wrong
 * @GEMINGA_FAULT_FAIL: the command is refused as by a full mailbox, the actor cannot be made, or the
 *   actor fails
 * @GEMINGA_FAULT_KILL: the actor is killed; at %GEMINGA_FAULT_POINT_RUN only
 * @GEMINGA_FAULT_DELAY: the command takes its time; at %GEMINGA_FAULT_POINT_SEND only
 *
 * What goes wrong.
 *
 * Since: 0.1
 */
typedef enum
{
  GEMINGA_FAULT_NONE,
  GEMINGA_FAULT_FAIL,
  GEMINGA_FAULT_KILL,
  GEMINGA_FAULT_DELAY,
} GemingaFault;

/**
 * GemingaScheduler: (skip)
 * @get_time: tells the time, in microseconds
 * @choose: chooses one of so many, from 0
 * @inject: says what goes wrong with an actor at that point, and for a delay how many microseconds;
 *   the detail may be %NULL
 * @note: is told what happens: an actor is about to be made ("spawn", with its class), is made
 *   ("start"), is sent a command ("send", with its name), does something ("run"), has ended ("end", with
 *   the reason)
 *
 * What stands in the place of time and chance in a main context, for tests that do the same each time.
 *
 * Since: 0.1
 */
typedef struct
{
  gint64 (*get_time) (gpointer user_data);
  guint (*choose) (gpointer user_data, guint n_choices);
  GemingaFault (*inject) (gpointer user_data,
                          GemingaFaultPoint point,
                          const char *actor,
                          const char *detail,
                          gint64 *delay);
  void (*note) (gpointer user_data, const char *event, const char *actor, const char *detail);

  /*< private >*/
  gpointer padding[4];
} GemingaScheduler;

GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_scheduler_install (GMainContext *context,
                                    const GemingaScheduler *scheduler,
                                    gpointer user_data);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_scheduler_uninstall (GMainContext *context);
GEMINGA_AVAILABLE_IN_0_1
gint64 geminga_scheduler_get_next_deadline (GMainContext *context);
GEMINGA_AVAILABLE_IN_0_1
gboolean geminga_scheduler_is_idle (GMainContext *context);

G_END_DECLS
