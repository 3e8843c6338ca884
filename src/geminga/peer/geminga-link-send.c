/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-link-state-private.h"

#include <string.h>

#include "geminga-actor-ref-private.h"
#include "geminga-dead-letters-private.h"
#include "geminga-error.h"

/* After so many messages other items of the loop get their turn. */
#define BATCH 1024
/* What is written in between, so that the buffer stays small. */
#define WRITE_SIZE (256 * 1024)
/* What is written in a loop's dispatch is sent at its end, but for so much: the peer may begin. */
#define EARLY_SIZE (32 * 1024)
/* While the peer leaves more than this unread, calls and replies stay where they are. */
#define STALLED_SIZE (1024 * 1024)

/* Helpers */

static guint32
choose_serial (GemingaLink *self)
{
  do
    self->last_serial++;
  while (self->last_serial == 0 ||
         g_hash_table_contains (self->pending, GUINT_TO_POINTER (self->last_serial)));

  return self->last_serial;
}

static void
add_pending (GemingaLink *self,
             guint32 serial,
             GemingaAsk *ask,
             GemingaTarget *target,
             gboolean is_watch)
{
  GemingaPending *pending = g_new0 (GemingaPending, 1);

  pending->ask = geminga_ask_ref (ask);
  if (target != NULL)
    pending->target = geminga_target_ref (target);
  pending->is_watch = is_watch;
  g_hash_table_insert (self->pending, GUINT_TO_POINTER (serial), pending);
  g_hash_table_insert (self->serials, ask, GUINT_TO_POINTER (serial));
}

/* An actor's address as a bus name: ":NODE.ID", where its path ends in "NODE/ID". */
static const char *
name_sender (GemingaLink *self, GemingaTarget *sender)
{
  g_autofree char *path = NULL;
  char *slash;

  if (self->named_sender == sender)
    return self->sender_name;

  path = geminga_target_dup_path (sender);
  slash = strrchr (path, '/');
  *slash = '.';
  while (slash[-1] != '/')
    slash--;

  g_clear_pointer (&self->named_sender, geminga_target_unref);
  g_free (self->sender_name);
  self->named_sender = geminga_target_ref (sender);
  self->sender_name = g_strconcat (":", slash, NULL);
  /* An id of hundreds of bytes has no name on the wire: its messages come without a sender. */
  if (!g_dbus_is_name (self->sender_name))
    g_clear_pointer (&self->sender_name, g_free);

  return self->sender_name;
}

static GError *
explain_unsendable (const GError *error, const char *what, const char *actor)
{
  gboolean is_too_large = g_error_matches (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_TOO_LARGE);

  return g_error_new (
      GEMINGA_ERROR, is_too_large ? GEMINGA_ERROR_TOO_LARGE : GEMINGA_ERROR_INVALID_ARGUMENTS,
      "%s cannot be sent %s “%s” in another process: %s", what, actor != NULL ? "to actor" : "to",
      actor != NULL ? actor : "it", error->message);
}

/* Helpers: messages to actors */

static guint
count_fds (GUnixFDList *fds)
{
  return fds != NULL ? (guint) g_unix_fd_list_get_length (fds) : 0;
}

static void
fill_call (GemingaLink *self, const GemingaMessage *message, GemingaWireMessage *wire)
{
  if (message->kind == GEMINGA_MESSAGE_TELL)
    geminga_wire_message_set_extension (wire, GEMINGA_WIRE_EXTENSION_CREDIT,
                                        GEMINGA_LINK_CREDIT_AWAITED);
  wire->member = message->command;
  wire->body = message->arguments;
  wire->n_fds = count_fds (message->fds);
  if (message->sender != NULL)
    wire->sender = name_sender (self, message->sender);
  if (message->deadline != 0)
    {
      gint64 remaining = message->deadline - g_get_monotonic_time ();

      geminga_wire_message_set_extension (wire, GEMINGA_WIRE_EXTENSION_DEADLINE,
                                          (guint64) MAX (remaining, 0));
    }
}

/* FALSE: there is nothing to tell. */
static gboolean
fill_cancel (GemingaLink *self, GemingaAsk *cancelled, GemingaWireMessage *wire)
{
  guint32 serial = GPOINTER_TO_UINT (g_hash_table_lookup (self->serials, cancelled));
  g_autoptr (GemingaTarget) target = NULL;
  g_autoptr (GemingaAsk) ask = NULL;

  if (serial == 0 || !geminga_link_take_pending (self, serial, &ask, &target))
    return FALSE;

  wire->member = "Cancel";
  wire->body = g_variant_ref_sink (g_variant_new ("(u)", serial));

  return TRUE;
}

static const char *
get_member (GemingaMessageKind kind)
{
  switch (kind)
    {
    case GEMINGA_MESSAGE_READY:
      return "WaitReady";
    case GEMINGA_MESSAGE_EXIT:
      return "WaitEnded";
    case GEMINGA_MESSAGE_WATCH:
      return "Watch";
    case GEMINGA_MESSAGE_LINK:
      return "Link";
    case GEMINGA_MESSAGE_UNLINK:
      return "Unlink";
    case GEMINGA_MESSAGE_LINK_ENDED:
      return "LinkEnded";
    case GEMINGA_MESSAGE_STOP:
      return "Stop";
    case GEMINGA_MESSAGE_KILL:
      return "Kill";
    case GEMINGA_MESSAGE_CALL:
    case GEMINGA_MESSAGE_TELL:
    case GEMINGA_MESSAGE_CANCEL:
    case GEMINGA_MESSAGE_TOLD:
    default:
      g_return_val_if_reached (NULL);
    }
}

/* A name that D-Bus does not know cannot be a command's either. */
static GError *
explain_unsendable_message (GemingaMessage *message, const GError *error, const char *actor)
{
  if (message->command != NULL && !g_dbus_is_member_name (message->command))
    return g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_COMMAND,
                        "Actor “%s” has no command “%s”", actor, message->command);

  return explain_unsendable (error, message->command != NULL ? message->command : "A message",
                             actor);
}

static void
refuse_unsendable (GemingaMessage *message, const GError *error, GemingaTarget *actor)
{
  GError *explained = explain_unsendable_message (message, error, actor->id);

  geminga_dead_letters_note (actor, message, GEMINGA_DEAD_LETTER_REASON_UNSENDABLE);
  if (message->ask != NULL)
    {
      geminga_ask_answer (message->ask, NULL, NULL, explained);
      return;
    }

  g_info ("%s", explained->message);
  g_error_free (explained);
}

static gboolean
write_message (GemingaLink *self, GemingaOutgoing *outgoing, GemingaWireMessage *wire)
{
  GemingaMessage *message = outgoing->message;
  GemingaAsk *ask = message->kind != GEMINGA_MESSAGE_CANCEL ? message->ask : NULL;
  g_autoptr (GError) error = NULL;

  if (ask == NULL)
    wire->flags = GEMINGA_WIRE_FLAG_NO_REPLY;
  if (!geminga_link_socket_write (self->socket, wire, message->fds, &error))
    {
      refuse_unsendable (message, error, outgoing->target);
      return FALSE;
    }

  if (ask != NULL)
    add_pending (self, wire->serial, ask, outgoing->target, message->kind == GEMINGA_MESSAGE_WATCH);

  return TRUE;
}

static void
send_message (GemingaLink *self, GemingaOutgoing *outgoing)
{
  GemingaMessage *message = outgoing->message;
  g_autoptr (GVariant) cancel = NULL;
  GemingaWireMessage wire;

  geminga_wire_message_init (&wire, GEMINGA_WIRE_MESSAGE_CALL);
  wire.path = outgoing->path;

  if (message->kind == GEMINGA_MESSAGE_CANCEL)
    {
      if (!fill_cancel (self, message->ask, &wire))
        return;
      cancel = wire.body;
    }
  else if (message->ask != NULL && geminga_ask_is_answered (message->ask))
    {
      return;
    }

  if (message->kind == GEMINGA_MESSAGE_CALL || message->kind == GEMINGA_MESSAGE_TELL)
    {
      fill_call (self, message, &wire);
    }
  else
    {
      wire.interface = GEMINGA_LINK_INTERFACE;
      if (wire.member == NULL)
        {
          wire.member = get_member (message->kind);
          wire.body = message->arguments;
        }
      if (message->sender != NULL)
        wire.sender = name_sender (self, message->sender);
    }
  wire.serial = choose_serial (self);
  write_message (self, outgoing, &wire);
}

/* Helpers: the rest */

static void
write_error_reply (GemingaLink *self, guint32 serial, const GError *error)
{
  g_autofree char *name = geminga_wire_error_to_name (error);
  g_autoptr (GVariant) body = geminga_wire_error_to_body (error);
  g_autoptr (GError) unsendable = NULL;
  GemingaWireMessage wire;

  geminga_wire_message_init (&wire, GEMINGA_WIRE_MESSAGE_ERROR);
  wire.serial = choose_serial (self);
  wire.reply_serial = serial;
  wire.error_name = name;
  wire.body = body;
  if (!geminga_link_socket_write (self->socket, &wire, NULL, &unsendable))
    {
      g_autoptr (GError) shorter =
          g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_TOO_LARGE,
                               "The error that the actor answered is too long to be sent");

      g_return_if_fail (error->code != GEMINGA_ERROR_TOO_LARGE);
      write_error_reply (self, serial, shorter);
    }
}

static void
send_reply (GemingaLink *self, GemingaOutgoing *outgoing)
{
  g_autoptr (GError) unsendable = NULL;
  g_autoptr (GError) explained = NULL;
  GemingaWireMessage wire;

  g_hash_table_remove (self->handled, GUINT_TO_POINTER (outgoing->serial));
  if (outgoing->error != NULL)
    {
      write_error_reply (self, outgoing->serial, outgoing->error);
      return;
    }

  geminga_wire_message_init (&wire, GEMINGA_WIRE_MESSAGE_REPLY);
  wire.serial = choose_serial (self);
  wire.reply_serial = outgoing->serial;
  wire.body = outgoing->body;
  wire.n_fds = count_fds (outgoing->fds);
  if (geminga_link_socket_write (self->socket, &wire, outgoing->fds, &unsendable))
    return;

  explained = explain_unsendable (unsendable, "The answer", NULL);
  write_error_reply (self, outgoing->serial, explained);
}

static void
send_call (GemingaLink *self, GemingaOutgoing *outgoing)
{
  g_autoptr (GError) error = NULL;
  GemingaWireMessage wire;

  geminga_wire_message_init (&wire, outgoing->kind == GEMINGA_OUTGOING_SIGNAL
                                        ? GEMINGA_WIRE_MESSAGE_SIGNAL
                                        : GEMINGA_WIRE_MESSAGE_CALL);
  wire.serial = choose_serial (self);
  wire.path = outgoing->path;
  wire.interface = GEMINGA_LINK_INTERFACE;
  wire.member = outgoing->member;
  wire.body = outgoing->body;
  wire.n_fds = count_fds (outgoing->fds);
  if (outgoing->ask == NULL)
    wire.flags = GEMINGA_WIRE_FLAG_NO_REPLY;

  if (!geminga_link_socket_write (self->socket, &wire, outgoing->fds, &error))
    {
      if (outgoing->ask != NULL)
        geminga_ask_answer (outgoing->ask, NULL, NULL, g_steal_pointer (&error));
      else
        g_warning ("%s cannot be sent to process %u: %s", outgoing->member, self->node,
                   error->message);
      return;
    }

  if (outgoing->ask != NULL)
    add_pending (self, wire.serial, outgoing->ask, NULL, FALSE);
}

static void
send_one (GemingaLink *self, GemingaOutgoing *outgoing)
{
  switch (outgoing->kind)
    {
    case GEMINGA_OUTGOING_MESSAGE:
      send_message (self, outgoing);
      break;
    case GEMINGA_OUTGOING_REPLY:
      send_reply (self, outgoing);
      break;
    case GEMINGA_OUTGOING_CALL:
    case GEMINGA_OUTGOING_SIGNAL:
      send_call (self, outgoing);
      break;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
is_stalled (GemingaLink *self)
{
  return geminga_link_socket_get_unsent (self->socket) > STALLED_SIZE;
}

/* Another thread's context may be iterated by this one later: what counts is who owns it now. */
static gboolean
is_in_loop (GemingaLink *self)
{
  return atomic_load_explicit (&self->thread, memory_order_relaxed) == geminga_thread_get () &&
         g_main_context_is_owner (self->context);
}

static gboolean
must_wait (GemingaLink *self, const GemingaOutgoing *outgoing)
{
  if (outgoing->is_urgent)
    return !geminga_queue_is_empty (&self->urgent);

  return is_stalled (self) || !geminga_queue_is_empty (&self->messages);
}

static GemingaOutgoing *
take_waiting (GemingaLink *self)
{
  GemingaQueueNode *node = geminga_queue_pop (&self->urgent);

  if (node == NULL && !is_stalled (self))
    node = geminga_queue_pop (&self->messages);

  return (GemingaOutgoing *) node;
}

static void
note_unsent (GemingaLink *self)
{
  atomic_store_explicit (&self->unsent,
                         self->socket != NULL ? geminga_link_socket_get_unsent (self->socket) : 0,
                         memory_order_relaxed);
}

static void
flush (GemingaLink *self)
{
  if (self->socket == NULL)
    return;

  geminga_link_socket_flush (self->socket);
  note_unsent (self);
}

/* For the link's own files */

void
geminga_link_init_pending (GemingaLink *self)
{
  self->pending = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) geminga_pending_free);
  self->serials = g_hash_table_new (NULL, NULL);
  self->handled = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) geminga_ask_unref);
}

/* TRUE: there is more, but others of the loop have waited long enough. */
gboolean
geminga_link_send_waiting (GemingaLink *self)
{
  guint n_sent = 0;

  while (self->socket != NULL && n_sent < BATCH)
    {
      GemingaOutgoing *outgoing = take_waiting (self);

      if (outgoing == NULL)
        break;

      n_sent++;
      atomic_fetch_sub_explicit (&self->backlog, outgoing->cost, memory_order_relaxed);
      send_one (self, outgoing);
      geminga_outgoing_free (outgoing);
      if (self->socket != NULL && geminga_link_socket_get_unsent (self->socket) > WRITE_SIZE)
        flush (self);
    }

  flush (self);

  return n_sent == BATCH && self->socket != NULL;
}

gboolean
geminga_link_send_now (GemingaLink *self, GemingaOutgoing *outgoing)
{
  if (!is_in_loop (self) || atomic_load (&self->is_closed) || self->socket == NULL ||
      must_wait (self, outgoing))
    return FALSE;

  send_one (self, outgoing);
  if (self->socket != NULL && geminga_link_socket_get_unsent (self->socket) > EARLY_SIZE &&
      !geminga_link_socket_is_waiting (self->socket))
    flush (self);
  else
    note_unsent (self);
  geminga_link_schedule (self);

  return TRUE;
}

gboolean
geminga_link_may_send (GemingaLink *self)
{
  if (!atomic_load (&self->is_closed))
    {
      if (self->socket == NULL)
        return self->fd >= 0;
      if (is_stalled (self))
        return !geminga_queue_is_empty (&self->urgent);
    }

  return !geminga_queue_is_empty (&self->urgent) || !geminga_queue_is_empty (&self->messages);
}

gboolean
geminga_link_take_pending (GemingaLink *self,
                           guint32 serial,
                           GemingaAsk **ask,
                           GemingaTarget **target)
{
  gpointer taken;
  GemingaPending *pending;

  if (!g_hash_table_steal_extended (self->pending, GUINT_TO_POINTER (serial), NULL, &taken))
    return FALSE;

  pending = taken;
  g_hash_table_remove (self->serials, pending->ask);
  *ask = pending->ask;
  *target = pending->target;
  g_free (pending);

  return TRUE;
}
