/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-command-private.h"
#include "geminga-mailbox-queue-private.h"

/* An ask that remembers nothing. */

static void
silent_deliver (GemingaAsk *ask, GVariant *result, GUnixFDList *fds, GError *error)
{
  g_clear_pointer (&result, g_variant_unref);
  g_clear_error (&error);
}

static void
silent_free (GemingaAsk *ask)
{
}

static const GemingaAskClass silent_class = { sizeof (GemingaAsk), silent_deliver, silent_free };

/* Helpers */

static GemingaCommand *plain;
static GemingaCommand *urgent;
static GemingaCommand *keyed;

static GemingaMessage *
message_new (GemingaCommand *command, GemingaMessageKind kind)
{
  g_autoptr (GemingaAsk) ask = geminga_ask_alloc (&silent_class);
  GemingaMessage *message = geminga_message_new (kind, ask);

  message->declaration = command;

  return message;
}

static GemingaMailboxVerdict
push (GemingaMailboxQueue *queue, GemingaMessage *message)
{
  g_autoptr (GemingaMessage) dropped = NULL;
  g_autoptr (GemingaAsk) accepted = NULL;

  return geminga_mailbox_queue_push (queue, message, &dropped, &accepted);
}

static void
assert_pop (GemingaMailboxQueue *queue, GemingaMessage *expected)
{
  g_autoptr (GemingaAsk) accepted = NULL;
  GemingaMessage *message = geminga_mailbox_queue_pop (queue, &accepted);

  g_assert_true (message == expected);
  g_clear_pointer (&message, geminga_message_free);
}

static void
test_order (void)
{
  GemingaMailboxQueue *queue = geminga_mailbox_queue_new (GEMINGA_MAILBOX_POLICY_FAIL_CALLER, 2);
  GemingaMessage *messages[4];

  g_assert_cmpuint (geminga_mailbox_queue_get_limit (queue), ==, 2);
  g_assert_true (geminga_mailbox_queue_is_empty (queue));
  assert_pop (queue, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      messages[i] = message_new (i < 2 ? plain : urgent, GEMINGA_MESSAGE_CALL);
      g_assert_cmpint (push (queue, messages[i]), ==, GEMINGA_MAILBOX_QUEUED);
    }
  g_assert_cmpint (push (queue, message_new (plain, GEMINGA_MESSAGE_CALL)), ==,
                   GEMINGA_MAILBOX_REFUSED);
  g_assert_cmpuint (geminga_mailbox_queue_get_length (queue), ==, 4);
  assert_pop (queue, messages[2]);
  assert_pop (queue, messages[3]);
  assert_pop (queue, messages[0]);
  assert_pop (queue, messages[1]);
  geminga_mailbox_queue_free (queue);
}

/* Of both lanes, but not of those that wait for room. */
static void
test_oldest (void)
{
  GemingaMailboxQueue *queue = geminga_mailbox_queue_new (GEMINGA_MAILBOX_POLICY_CREDIT, 1);
  GemingaMessage *first = message_new (plain, GEMINGA_MESSAGE_CALL);
  GemingaMessage *second = message_new (urgent, GEMINGA_MESSAGE_CALL);
  GemingaMessage *held = message_new (plain, GEMINGA_MESSAGE_CALL);

  g_assert_null (geminga_mailbox_queue_peek_oldest (queue, 10));
  first->node.stamp = 3; /* the clock has gone round */
  second->node.stamp = G_MAXUINT32 - 2;
  held->node.stamp = G_MAXUINT32 - 4;
  g_assert_cmpint (push (queue, first), ==, GEMINGA_MAILBOX_QUEUED);
  g_assert_true (geminga_mailbox_queue_peek_oldest (queue, 10) == &first->node);
  g_assert_cmpint (push (queue, second), ==, GEMINGA_MAILBOX_QUEUED);
  g_assert_cmpint (push (queue, held), ==, GEMINGA_MAILBOX_HELD);
  g_assert_true (geminga_mailbox_queue_peek_oldest (queue, 10) == &second->node);
  assert_pop (queue, second);
  g_assert_true (geminga_mailbox_queue_peek_oldest (queue, 10) == &first->node);
  assert_pop (queue, first);
  assert_pop (queue, held);
  geminga_mailbox_queue_free (queue);
}

/* What comes in is accepted as soon as there is room, whichever way that comes about. */
static void
test_held (void)
{
  GemingaMailboxQueue *queue = geminga_mailbox_queue_new (GEMINGA_MAILBOX_POLICY_CREDIT, 1);
  GemingaMessage *first = message_new (plain, GEMINGA_MESSAGE_CALL);
  GemingaMessage *second = message_new (plain, GEMINGA_MESSAGE_TELL);
  GemingaMessage *third = message_new (plain, GEMINGA_MESSAGE_TELL);
  GemingaMessage *fourth = message_new (plain, GEMINGA_MESSAGE_CALL);
  GemingaMessage *removed;
  GemingaAsk *accepted;

  g_assert_cmpint (push (queue, first), ==, GEMINGA_MAILBOX_QUEUED);
  g_assert_cmpint (push (queue, second), ==, GEMINGA_MAILBOX_HELD);
  g_assert_cmpint (push (queue, third), ==, GEMINGA_MAILBOX_HELD);
  g_assert_cmpint (push (queue, fourth), ==, GEMINGA_MAILBOX_HELD);
  g_assert_cmpuint (geminga_mailbox_queue_get_length (queue), ==, 1);

  removed = geminga_mailbox_queue_remove (queue, first->ask, &accepted);
  g_assert_true (removed == first);
  g_assert_nonnull (accepted);
  g_clear_pointer (&accepted, geminga_ask_unref);
  geminga_message_free (removed);
  g_assert_cmpint (second->kind, ==, GEMINGA_MESSAGE_CALL);
  g_assert_null (second->ask);

  removed = geminga_mailbox_queue_remove (queue, third->ask, &accepted);
  g_assert_true (removed == third);
  g_assert_null (accepted);
  geminga_message_free (removed);
  assert_pop (queue, second);
  g_assert_cmpuint (geminga_mailbox_queue_get_length (queue), ==, 1);
  assert_pop (queue, fourth);
  g_assert_true (geminga_mailbox_queue_is_empty (queue));
  geminga_mailbox_queue_free (queue);
}

/* The line of those who wait is long, but not endless. */
static void
test_held_bound (void)
{
  GemingaMailboxQueue *queue = geminga_mailbox_queue_new (GEMINGA_MAILBOX_POLICY_CREDIT, 1);
  GemingaMessage *message;
  guint n_accepted = 0;
  GemingaAsk *accepted;

  while (push (queue, message_new (plain, GEMINGA_MESSAGE_CALL)) != GEMINGA_MAILBOX_REFUSED)
    n_accepted++;
  g_assert_cmpuint (n_accepted, ==, 1 + 65536);
  while ((message = geminga_mailbox_queue_pop (queue, &accepted)) != NULL)
    {
      geminga_message_free (message);
      n_accepted--;
    }
  g_assert_cmpuint (n_accepted, ==, 0);
  geminga_mailbox_queue_free (queue);
}

static void
test_keys (void)
{
  GemingaMailboxQueue *queue = geminga_mailbox_queue_new (GEMINGA_MAILBOX_POLICY_COALESCE, 2);
  GemingaMessage *older = message_new (keyed, GEMINGA_MESSAGE_CALL);
  GemingaMessage *newer = message_new (keyed, GEMINGA_MESSAGE_CALL);
  GemingaMessage *dropped = NULL;
  GemingaAsk *accepted;
  GemingaAsk *newer_ask = newer->ask;
  GemingaAsk *older_ask = older->ask;

  older->arguments = g_variant_ref_sink (g_variant_new ("(su)", "key", 1));
  newer->arguments = g_variant_ref_sink (g_variant_new ("(su)", "key", 2));
  g_assert_cmpint (push (queue, older), ==, GEMINGA_MAILBOX_QUEUED);
  g_assert_cmpint (push (queue, message_new (plain, GEMINGA_MESSAGE_CALL)), ==,
                   GEMINGA_MAILBOX_QUEUED);
  g_assert_cmpint (geminga_mailbox_queue_push (queue, newer, &dropped, &accepted), ==,
                   GEMINGA_MAILBOX_SUPERSEDED);
  g_assert_true (dropped->ask == older_ask);
  geminga_message_free (dropped);

  /* It is in the older one's place, and is found by its ask. */
  dropped = geminga_mailbox_queue_remove (queue, newer_ask, &accepted);
  g_assert_nonnull (dropped);
  geminga_message_free (dropped);
  g_assert_cmpuint (geminga_mailbox_queue_get_length (queue), ==, 1);

  /* What is gone has no key any more. */
  newer = message_new (keyed, GEMINGA_MESSAGE_CALL);
  newer->arguments = g_variant_ref_sink (g_variant_new ("(su)", "key", 3));
  g_assert_cmpint (push (queue, newer), ==, GEMINGA_MAILBOX_QUEUED);
  geminga_message_free (geminga_mailbox_queue_pop (queue, &accepted));
  assert_pop (queue, newer);
  geminga_mailbox_queue_free (queue);
}

/* Out of a ring of three: first, middle, last, and what is not there. */
static void
test_remove (void)
{
  for (guint gone = 0; gone < 3; gone++)
    {
      GemingaInboxNode *last = NULL;
      GemingaMessage *messages[3];
      g_autoptr (GemingaAsk) other = geminga_ask_alloc (&silent_class);

      g_assert_null (geminga_message_ring_remove (&last, other));
      for (guint i = 0; i < 3; i++)
        {
          messages[i] = message_new (plain, GEMINGA_MESSAGE_CALL);
          geminga_inbox_add_last (&last, &messages[i]->node);
        }
      g_assert_null (geminga_message_ring_remove (&last, other));
      g_assert_true (geminga_message_ring_remove (&last, messages[gone]->ask) == messages[gone]);
      for (guint i = 0; i < 3; i++)
        {
          if (i != gone)
            g_assert_true (geminga_inbox_take_first (&last) == &messages[i]->node);
          geminga_message_free (messages[i]);
        }
      g_assert_null (last);
    }
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);

  plain = geminga_command_new ("Plain", NULL, NULL);
  urgent = geminga_command_new ("Urgent", NULL, NULL);
  geminga_command_set_flags (urgent, GEMINGA_COMMAND_FLAGS_URGENT);
  keyed = geminga_command_new ("Keyed", "(su)", NULL);
  geminga_command_set_coalesce_key (keyed, "arg1");

  g_test_add_func ("/core/mailbox-queue/order", test_order);
  g_test_add_func ("/core/mailbox-queue/oldest", test_oldest);
  g_test_add_func ("/core/mailbox-queue/held", test_held);
  g_test_add_func ("/core/mailbox-queue/held-bound", test_held_bound);
  g_test_add_func ("/core/mailbox-queue/keys", test_keys);
  g_test_add_func ("/core/mailbox-queue/remove", test_remove);
  result = g_test_run ();

  geminga_command_unref (plain);
  geminga_command_unref (urgent);
  geminga_command_unref (keyed);

  return result;
}
