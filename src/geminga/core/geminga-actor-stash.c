/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-actor.h"

#include "geminga-actor-private.h"

/* Messages that an actor puts aside for later. */

/* Public API */

/**
 * geminga_actor_unstash_all:
 * @self: an actor
 *
 * Brings back the calls that were put aside with [method@Geminga.Call.stash], in the order in which they
 * were. They are handled before what waits in the mailbox, and may be put aside again.
 *
 * Since: 0.1
 */
void
geminga_actor_unstash_all (GemingaActor *self)
{
  g_return_if_fail (GEMINGA_IS_ACTOR (self));
  g_return_if_fail (geminga_actor_get_mailbox (self) != NULL);

  geminga_mailbox_unstash (geminga_actor_get_mailbox (self));
}

/**
 * geminga_actor_get_n_stashed:
 * @self: an actor
 *
 * Tells how many calls are put aside.
 *
 * Returns: how many
 *
 * Since: 0.1
 */
guint
geminga_actor_get_n_stashed (GemingaActor *self)
{
  g_return_val_if_fail (GEMINGA_IS_ACTOR (self), 0);
  g_return_val_if_fail (geminga_actor_get_mailbox (self) != NULL, 0);

  return geminga_mailbox_get_n_stashed (geminga_actor_get_mailbox (self));
}

/**
 * geminga_actor_receive_only:
 * @self: an actor
 * @commands: (array zero-terminated=1) (nullable): names of commands, or %NULL for all
 *
 * Receives these commands only, and puts all other ones aside until this is called again.
 *
 * Then everything that was put aside, by this or with [method@Geminga.Call.stash], is brought back as
 * [method@Geminga.Actor.unstash_all] does, and what is not received is put aside once more. The commands
 * that all actors have, such as `Ping` and `Stop`, are always received. What finds no room is refused with
 * %GEMINGA_ERROR_MAILBOX_FULL.
 *
 * Since: 0.1
 */
void
geminga_actor_receive_only (GemingaActor *self, const char *const *commands)
{
  g_return_if_fail (GEMINGA_IS_ACTOR (self));
  g_return_if_fail (geminga_actor_get_mailbox (self) != NULL);

  geminga_mailbox_select (geminga_actor_get_mailbox (self), commands);
}
