/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-scheduler.h"

#include "geminga-mailbox-private.h"

/* What libgeminga-testing needs of the library; everybody else uses GemingaTestLoop. */

/* Helpers */

static GemingaLoop *
ref_loop (GMainContext *context)
{
  return geminga_loop_ref_for_context (context != NULL ? context : g_main_context_default ());
}

/* Public API */

/**
 * geminga_scheduler_install: (skip)
 * @context: (nullable): a main context, %NULL for the default one; this thread's, without actors
 * @scheduler: what decides; it must stay valid until it is uninstalled
 * @user_data: data for the functions of @scheduler
 *
 * Puts a scheduler in the place of time and chance in a main context.
 *
 * From then on deadlines and timers of actors there are reckoned by its time, which has to be moved on
 * to `geminga_scheduler_get_next_deadline ()` when nothing else happens. Each iteration of the context
 * handles one message at most, of an actor that the scheduler chooses. Actors with placements "thread"
 * and "process" that are spawned from there run there as well.
 *
 * Returns: %FALSE if the context has a scheduler already
 *
 * Since: 0.1
 */
gboolean
geminga_scheduler_install (GMainContext *context,
                           const GemingaScheduler *scheduler,
                           gpointer user_data)
{
  g_autoptr (GemingaLoop) loop = ref_loop (context);

  g_return_val_if_fail (scheduler != NULL, FALSE);

  if (geminga_loop_has_scheduler (loop))
    return FALSE;

  geminga_loop_set_scheduler (loop, scheduler, user_data);

  return TRUE;
}

/**
 * geminga_scheduler_uninstall: (skip)
 * @context: (nullable): a main context that has a scheduler
 *
 * Takes the scheduler away. Messages that are delayed arrive.
 *
 * Returns: %FALSE if there are actors in the context: it keeps its scheduler
 *
 * Since: 0.1
 */
gboolean
geminga_scheduler_uninstall (GMainContext *context)
{
  g_autoptr (GemingaLoop) loop = ref_loop (context);

  g_return_val_if_fail (geminga_loop_has_scheduler (loop), TRUE);

  if (geminga_loop_get_n_actors (loop) > 0)
    return FALSE;

  geminga_loop_deliver_delayed (loop);
  geminga_loop_set_scheduler (loop, NULL, NULL);

  return TRUE;
}

/**
 * geminga_scheduler_get_next_deadline: (skip)
 * @context: (nullable): a main context
 *
 * Tells when the next timer is due or the next deadline passes.
 *
 * Returns: the scheduler's time in microseconds, %G_MAXINT64 if there is nothing to wait for
 *
 * Since: 0.1
 */
gint64
geminga_scheduler_get_next_deadline (GMainContext *context)
{
  g_autoptr (GemingaLoop) loop = ref_loop (context);

  return geminga_loop_get_next_deadline (loop);
}

/**
 * geminga_scheduler_is_idle: (skip)
 * @context: (nullable): a main context
 *
 * Tells whether no actor there has anything to do before time moves on.
 *
 * Returns: %TRUE if there is nothing
 *
 * Since: 0.1
 */
gboolean
geminga_scheduler_is_idle (GMainContext *context)
{
  g_autoptr (GemingaLoop) loop = ref_loop (context);

  return !geminga_loop_has_items (loop) &&
         geminga_loop_get_next_deadline (loop) > geminga_loop_get_time (loop);
}
