/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-actor-private.h"

/* What an actor says about its own start and end. */

/* Public API */

/**
 * geminga_actor_stop:
 * @self: an actor
 *
 * Ends the actor: it gets no more messages, `stopping()` runs, and when nothing holds it any more it is
 * gone.
 *
 * Since: 0.1
 */
void
geminga_actor_stop (GemingaActor *self)
{
  g_return_if_fail (GEMINGA_IS_ACTOR (self));
  g_return_if_fail (geminga_actor_get_mailbox (self) != NULL);

  geminga_mailbox_stop (geminga_actor_get_mailbox (self));
}

/**
 * geminga_actor_fail:
 * @self: an actor
 * @error: why
 *
 * Ends the actor as [method@Geminga.Actor.stop] does, because something went wrong. Who supervises it
 * is told why.
 *
 * Since: 0.1
 */
void
geminga_actor_fail (GemingaActor *self, const GError *error)
{
  g_return_if_fail (GEMINGA_IS_ACTOR (self));
  g_return_if_fail (error != NULL);
  g_return_if_fail (geminga_actor_get_mailbox (self) != NULL);

  geminga_mailbox_fail (geminga_actor_get_mailbox (self), error);
}

/**
 * geminga_actor_delay_ready:
 * @self: an actor
 *
 * Keeps the actor from being ready when it has started, until it calls
 * [method@Geminga.Actor.become_ready]. For `started()`.
 *
 * Meanwhile it gets messages, but who waits for it with [method@Geminga.ActorRef.wait_ready_async], as
 * its supervisor does, goes on waiting.
 *
 * Since: 0.1
 */
void
geminga_actor_delay_ready (GemingaActor *self)
{
  g_return_if_fail (GEMINGA_IS_ACTOR (self));
  g_return_if_fail (geminga_actor_get_mailbox (self) != NULL);

  geminga_mailbox_delay_ready (geminga_actor_get_mailbox (self));
}

/**
 * geminga_actor_become_ready:
 * @self: an actor
 *
 * Makes an actor ready that has called [method@Geminga.Actor.delay_ready].
 *
 * Since: 0.1
 */
void
geminga_actor_become_ready (GemingaActor *self)
{
  g_return_if_fail (GEMINGA_IS_ACTOR (self));
  g_return_if_fail (geminga_actor_get_mailbox (self) != NULL);

  geminga_mailbox_become_ready (geminga_actor_get_mailbox (self));
}

/**
 * geminga_actor_hold:
 * @self: an actor
 *
 * Keeps the actor from ending while it finishes something, until it calls
 * [method@Geminga.Actor.release] as often.
 *
 * Since: 0.1
 */
void
geminga_actor_hold (GemingaActor *self)
{
  g_return_if_fail (GEMINGA_IS_ACTOR (self));
  g_return_if_fail (geminga_actor_get_mailbox (self) != NULL);

  geminga_mailbox_hold (geminga_actor_get_mailbox (self));
}

/**
 * geminga_actor_release:
 * @self: an actor
 *
 * Takes back one [method@Geminga.Actor.hold].
 *
 * Since: 0.1
 */
void
geminga_actor_release (GemingaActor *self)
{
  g_return_if_fail (GEMINGA_IS_ACTOR (self));
  g_return_if_fail (geminga_actor_get_mailbox (self) != NULL);

  geminga_mailbox_release (geminga_actor_get_mailbox (self));
}
