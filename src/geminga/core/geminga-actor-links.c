/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-actor-links-private.h"

#include "geminga-actor-private.h"
#include "geminga-actor-ref-private.h"
#include "geminga-watch-private.h"

/*
 * Death-watch and links. A link is a watch on either side: each actor learns of the other's end like
 * any watcher does, wherever it is, and decides for itself what that means. Who was linked to by an
 * actor of another process may learn of the link when that one is gone already: there is nobody to watch
 * then, so an actor that ends says how to those it is linked to elsewhere.
 */

typedef struct
{
  GemingaActorRef *ref; /* (owned) */
  GemingaWatch *watch;  /* (owned) */
  gboolean is_watched;
  gboolean is_linked;
  gboolean is_passive; /* it is the other one who wanted to be linked, and will tell its end */
} Peer;

/* Helpers */

static guint
peer_hash (gconstpointer key)
{
  GemingaTarget *target = geminga_actor_ref_get_target (((const Peer *) key)->ref);

  return g_str_hash (geminga_target_get_id (target)) ^ target->node;
}

/*
 * Several targets stand for the same actor of another process. In this process each actor has one, and
 * one that is replaced has the id of its successor.
 */
static gboolean
peer_equal (gconstpointer a, gconstpointer b)
{
  GemingaTarget *one = geminga_actor_ref_get_target (((const Peer *) a)->ref);
  GemingaTarget *other = geminga_actor_ref_get_target (((const Peer *) b)->ref);

  return one == other || (one->klass == other->klass && !geminga_target_is_mailbox (one) &&
                          one->node == other->node &&
                          g_str_equal (geminga_target_get_id (one), geminga_target_get_id (other)));
}

static void
peer_free (gpointer data)
{
  Peer *self = data;

  g_clear_pointer (&self->watch, geminga_watch_free);
  g_object_unref (self->ref);
  g_free (self);
}

static Peer *
lookup (GemingaActor *self, GemingaActorRef *ref)
{
  GemingaActorLinks *links = geminga_actor_peek_links (self);
  const Peer key = { ref, NULL, FALSE, FALSE, FALSE };

  return links != NULL && links->peers != NULL ? g_hash_table_lookup (links->peers, &key) : NULL;
}

/* What the end of a linked actor means to one that does not trap exits. */
static void
share_end (GemingaActor *self, Peer *peer, const GError *why)
{
  g_autoptr (GError) error = g_error_copy (why);

  g_prefix_error (&error, "The linked actor “%s” ended: ", geminga_actor_ref_get_id (peer->ref));
  geminga_mailbox_end_linked (geminga_actor_get_mailbox (self), error);
}

static void
handle_end (GemingaActor *self, Peer *peer, GemingaExitReason reason, const GError *error)
{
  GemingaActorLinks *links = geminga_actor_get_links (self);

  g_hash_table_steal (links->peers, peer);
  if (peer->is_watched || (peer->is_linked && links->traps_exits))
    geminga_actor_run_peer_ended (self, peer->ref, reason, error);
  if (peer->is_linked && !links->traps_exits && reason != GEMINGA_EXIT_REASON_NORMAL)
    share_end (self, peer, error);
  peer_free (peer);
}

static void
peer_ended (GemingaActor *self, GemingaWatch *watch)
{
  Peer *peer = watch->data;

  if (peer->is_passive && watch->reason == GEMINGA_EXIT_REASON_NEVER)
    return;

  handle_end (self, peer, watch->reason, watch->error);
}

static Peer *
ensure (GemingaActor *self, GemingaActorRef *ref)
{
  GemingaActorLinks *links = geminga_actor_get_links (self);
  Peer *peer = lookup (self, ref);

  if (peer != NULL)
    return peer;

  if (links->peers == NULL)
    links->peers = g_hash_table_new_full (peer_hash, peer_equal, NULL, peer_free);
  peer = g_new0 (Peer, 1);
  peer->ref = g_object_ref (ref);
  g_hash_table_add (links->peers, peer);
  peer->watch =
      geminga_watch_new (geminga_actor_get_mailbox (self), geminga_actor_ref_get_target (ref),
                         GEMINGA_MESSAGE_WATCH, peer_ended, peer);

  return peer;
}

static void
forget_unless_wanted (GemingaActor *self, Peer *peer)
{
  if (!peer->is_watched && !peer->is_linked)
    g_hash_table_remove (geminga_actor_get_links (self)->peers, peer);
}

static void
tell_peer (GemingaActor *self, GemingaActorRef *peer, GemingaMessageKind kind)
{
  GemingaMessage *message = geminga_message_new (kind, NULL);

  message->sender = geminga_target_ref (&geminga_actor_get_mailbox (self)->target);
  geminga_target_post (geminga_actor_ref_get_target (peer), message);
}

/* Of itself an actor is not told, and one that has ended waits for nothing. */
static gboolean
can_watch (GemingaActor *self, GemingaActorRef *peer)
{
  GemingaMailbox *mailbox = geminga_actor_get_mailbox (self);

  return mailbox->state < GEMINGA_MAILBOX_ENDED &&
         geminga_actor_ref_get_target (peer) != &mailbox->target;
}

/* FALSE: they were not linked. */
static gboolean
note_unlinked (GemingaActor *self, GemingaActorRef *ref)
{
  Peer *peer = lookup (self, ref);

  if (peer == NULL || !peer->is_linked)
    return FALSE;

  peer->is_linked = FALSE;
  forget_unless_wanted (self, peer);

  return TRUE;
}

/* The other one may learn of the link only after it has taken it back: it is told once more. */
static void
handle_unlink (GemingaActor *self, GemingaActorRef *ref)
{
  if (note_unlinked (self, ref))
    tell_peer (self, ref, GEMINGA_MESSAGE_UNLINK);
}

static void
note_linked (GemingaActor *self, GemingaActorRef *ref)
{
  Peer *peer = lookup (self, ref);

  if (peer == NULL)
    {
      peer = ensure (self, ref);
      peer->is_passive = TRUE;
    }
  peer->is_linked = TRUE;
}

static void
note_link_ended (GemingaActor *self, GemingaActorRef *ref, GVariant *how)
{
  Peer *peer = lookup (self, ref);
  g_autoptr (GError) error = NULL;
  GemingaExitReason reason;

  if (peer == NULL || !peer->is_linked)
    return;

  reason = geminga_exit_parse (how, NULL, &error);
  handle_end (self, peer, reason, error);
}

/* In this process the target itself tells. */
static void
tell_end (GemingaMailbox *mailbox, Peer *peer)
{
  GemingaTarget *target = geminga_actor_ref_get_target (peer->ref);
  GemingaMessage *message;

  if (!peer->is_linked || geminga_target_is_mailbox (target) ||
      mailbox->state != GEMINGA_MAILBOX_ENDED)
    return;

  message = geminga_message_new (GEMINGA_MESSAGE_LINK_ENDED, NULL);
  message->sender = geminga_target_ref (&mailbox->target);
  message->arguments = geminga_exit_to_variant ((GemingaExitReason) mailbox->reason,
                                                geminga_mailbox_get_failure (mailbox));
  geminga_target_post (target, message);
}

/* Private API */

void
geminga_actor_clear_links (GemingaActor *self)
{
  GemingaActorLinks *links = geminga_actor_get_links (self);
  GemingaMailbox *mailbox = geminga_actor_get_mailbox (self);
  g_autoptr (GHashTable) peers = g_steal_pointer (&links->peers);
  GHashTableIter iter;
  gpointer peer;

  if (peers == NULL)
    return;

  g_hash_table_iter_init (&iter, peers);
  while (g_hash_table_iter_next (&iter, &peer, NULL))
    tell_end (mailbox, peer);
}

void
geminga_actor_handle_told (GemingaActor *self, GemingaMessage *message)
{
  g_autoptr (GemingaActor) kept = g_object_ref (self);
  g_autoptr (GemingaActorRef) sender = NULL;

  if (message->kind == GEMINGA_MESSAGE_TOLD)
    {
      geminga_watch_run (message->ask, self);
      return;
    }
  if (message->sender == NULL)
    return;

  sender = geminga_actor_ref_new (message->sender);
  if (message->kind == GEMINGA_MESSAGE_UNLINK)
    handle_unlink (self, sender);
  else if (message->kind == GEMINGA_MESSAGE_LINK_ENDED)
    note_link_ended (self, sender, message->arguments);
  else if (can_watch (self, sender))
    note_linked (self, sender);
}

/* Public API */

/**
 * geminga_actor_watch:
 * @self: an actor
 * @peer: whose end it wants to know of
 *
 * Has `peer_ended()` run, and [signal@Geminga.Actor::peer-ended] emitted, when the other actor ends.
 *
 * The other one may be in another thread or process, and need not know. One that has ended, or has
 * never been, is reported at once; that comes later all the same, as a message that overtakes others.
 * Watching twice is watching once.
 *
 * Since: 0.1
 */
void
geminga_actor_watch (GemingaActor *self, GemingaActorRef *peer)
{
  g_return_if_fail (GEMINGA_IS_ACTOR (self));
  g_return_if_fail (GEMINGA_IS_ACTOR_REF (peer));
  g_return_if_fail (geminga_actor_get_mailbox (self) != NULL);

  if (can_watch (self, peer))
    ensure (self, peer)->is_watched = TRUE;
}

/**
 * geminga_actor_unwatch:
 * @self: an actor
 * @peer: whom it has watched
 *
 * Takes back [method@Geminga.Actor.watch]. An end that was not told yet will not be.
 *
 * Since: 0.1
 */
void
geminga_actor_unwatch (GemingaActor *self, GemingaActorRef *peer)
{
  Peer *known;

  g_return_if_fail (GEMINGA_IS_ACTOR (self));
  g_return_if_fail (GEMINGA_IS_ACTOR_REF (peer));

  known = lookup (self, peer);
  if (known == NULL)
    return;

  known->is_watched = FALSE;
  forget_unless_wanted (self, known);
}

/**
 * geminga_actor_link:
 * @self: an actor
 * @peer: whom it wants to be linked to
 *
 * Ties two actors together: when one ends in any other way than normally, so does the other, with
 * reason %GEMINGA_EXIT_REASON_LINKED.
 *
 * An actor with [property@Geminga.Actor:trap-exits] stays, and its `peer_ended()` is told of each end,
 * also of a normal one. Linking to an actor that there is not counts as its end.
 *
 * Since: 0.1
 */
void
geminga_actor_link (GemingaActor *self, GemingaActorRef *peer)
{
  Peer *known;

  g_return_if_fail (GEMINGA_IS_ACTOR (self));
  g_return_if_fail (GEMINGA_IS_ACTOR_REF (peer));
  g_return_if_fail (geminga_actor_get_mailbox (self) != NULL);

  if (!can_watch (self, peer))
    return;

  known = ensure (self, peer);
  known->is_linked = TRUE;
  tell_peer (self, peer, GEMINGA_MESSAGE_LINK);
}

/**
 * geminga_actor_unlink:
 * @self: an actor
 * @peer: whom it is linked to, whoever of the two began
 *
 * Takes back [method@Geminga.Actor.link], on both sides.
 *
 * Since: 0.1
 */
void
geminga_actor_unlink (GemingaActor *self, GemingaActorRef *peer)
{
  g_return_if_fail (GEMINGA_IS_ACTOR (self));
  g_return_if_fail (GEMINGA_IS_ACTOR_REF (peer));
  g_return_if_fail (geminga_actor_get_mailbox (self) != NULL);

  note_unlinked (self, peer);
  tell_peer (self, peer, GEMINGA_MESSAGE_UNLINK);
}

/**
 * geminga_actor_get_trap_exits: (get-property trap-exits)
 * @self: an actor
 *
 * Tells whether the end of linked actors is told rather than shared.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
geminga_actor_get_trap_exits (GemingaActor *self)
{
  GemingaActorLinks *links;

  g_return_val_if_fail (GEMINGA_IS_ACTOR (self), FALSE);

  links = geminga_actor_peek_links (self);

  return links != NULL && links->traps_exits;
}

/**
 * geminga_actor_set_trap_exits: (set-property trap-exits)
 * @self: an actor
 * @trap_exits: whether the end of a linked actor is told to `peer_ended()`
 *
 * Keeps the actor from ending with those it is linked to.
 *
 * Since: 0.1
 */
void
geminga_actor_set_trap_exits (GemingaActor *self, gboolean trap_exits)
{
  GemingaActorLinks *links;

  g_return_if_fail (GEMINGA_IS_ACTOR (self));

  links = geminga_actor_get_links (self);
  trap_exits = trap_exits != FALSE;
  if (links->traps_exits == trap_exits)
    return;

  links->traps_exits = trap_exits;
  g_object_notify (G_OBJECT (self), "trap-exits");
}
