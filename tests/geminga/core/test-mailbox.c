/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "probe-ask.h"
#include "sample-actor.h"

#include "geminga-actor-ref-private.h"
#include "geminga-mailbox-private.h"

/* Helpers */

static GemingaActorRef *
spawn (GemingaSystem *system, const char *id, GemingaPlacement placement)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_spawn (system, SAMPLE_TYPE, id, placement, NULL, &error);

  g_assert_no_error (error);

  return ref;
}

static GemingaMailbox *
mailbox_of (GemingaActorRef *ref)
{
  return (GemingaMailbox *) geminga_actor_ref_get_target (ref);
}

static void
add_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_ptr_array_add (user_data, g_object_ref (result));
}

/* Order and limit */

static void
test_order (gconstpointer data)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "sample", GPOINTER_TO_INT (data));
  g_autoptr (GVariant) steps = NULL;
  gboolean is_in_order;
  guint32 next;

  for (guint32 i = 0; i < 10000; i++)
    geminga_actor_ref_tell (ref, "Step", g_variant_new ("(u)", i), NULL);
  steps = ask (ref, "Steps", NULL, NULL);
  g_variant_get (steps, "(ub)", &next, &is_in_order);
  g_assert_cmpuint (next, ==, 10000);
  g_assert_true (is_in_order);
  stop_system (system);
}

typedef struct
{
  GemingaActorRef *ref;
  guint n_messages;
} Sender;

static gpointer
send_many (gpointer data)
{
  Sender *sender = data;

  for (guint i = 0; i < sender->n_messages; i++)
    geminga_actor_ref_tell (sender->ref, "Add", g_variant_new ("(dd)", 1.0, 2.0), NULL);

  return NULL;
}

/* Four threads at once: nothing is lost. */
static void
test_senders (gconstpointer data)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "sample", GPOINTER_TO_INT (data));
  Sender sender = { ref, 5000 };
  GThread *threads[4];
  guint32 count = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("sender", send_many, &sender);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  {
    g_autoptr (GVariant) answer = ask (ref, "Added", NULL, NULL);

    g_variant_get (answer, "(u)", &count);
  }
  g_assert_cmpuint (count, ==, 20000);
  stop_system (system);
}

static void
test_limit (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) refusal = NULL;
  GemingaActorClass *klass = g_type_class_ref (SAMPLE_TYPE);
  guint n_full = 0;

  geminga_actor_class_set_mailbox_limit (klass, 10);
  ref = spawn (system, "sample", GEMINGA_PLACEMENT_SHARED);
  geminga_actor_class_set_mailbox_limit (klass, 65536);
  for (guint i = 0; i < 15; i++)
    geminga_actor_ref_ask_async (ref, "Ping", NULL, -1, NULL, add_result_cb, results);
  /* What is told is refused at once. */
  g_assert_false (geminga_actor_ref_tell (ref, "Add", g_variant_new ("(dd)", 1.0, 2.0), &refusal));
  g_assert_error (refusal, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
  AWAIT (results->len == 15);

  for (guint i = 0; i < results->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) answer =
          geminga_actor_ref_ask_finish (ref, g_ptr_array_index (results, i), &error);

      if (answer != NULL)
        continue;
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL);
      g_assert_cmpstr (error->message, ==,
                       "The mailbox of actor “sample” is full: 10 messages wait");
      n_full++;
    }
  g_assert_cmpuint (n_full, ==, 5);
  ask_plainly (ref, "Ping", NULL);
  stop_system (system);
  g_type_class_unref (klass);
}

/* What takes everything is not counted by who sends, but whoever looks finds out how many wait. */
static void
test_unbounded (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = NULL;
  GemingaActorClass *klass = g_type_class_ref (SAMPLE_TYPE);
  GemingaMailbox *mailbox;

  geminga_actor_class_set_mailbox_limit (klass, G_MAXUINT);
  ref = spawn (system, "sample", GEMINGA_PLACEMENT_SHARED);
  geminga_actor_class_set_mailbox_limit (klass, 65536);
  mailbox = (GemingaMailbox *) geminga_actor_ref_get_target (ref);
  g_assert_true (geminga_mailbox_is_unbounded (mailbox));
  g_assert_true (wait_ready (ref, NULL));
  g_assert_cmpuint (geminga_mailbox_get_length (mailbox), ==, 0);

  for (guint i = 0; i < 100; i++)
    g_assert_true (geminga_actor_ref_tell (ref, "Add", g_variant_new ("(dd)", 1.0, 2.0), NULL));
  g_assert_cmpuint (geminga_mailbox_get_length (mailbox), ==, 100);
  ask_plainly (ref, "Ping", NULL);
  g_assert_cmpuint (geminga_mailbox_get_length (mailbox), ==, 0);
  g_assert_cmpuint (geminga_mailbox_get_n_taken (mailbox), ==, 101);
  stop_system (system);
  g_assert_cmpuint (geminga_mailbox_get_length (mailbox), ==, 0);
  g_type_class_unref (klass);
}

/* A stop that is sent last is there first. */
static void
test_urgent (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "sample", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_object_unref);

  g_assert_true (wait_ready (ref, NULL));
  for (guint i = 0; i < 200; i++)
    geminga_actor_ref_ask_async (ref, "Ping", NULL, -1, NULL, add_result_cb, results);
  geminga_actor_ref_stop (ref);
  AWAIT (results->len == 200);
  for (guint i = 0; i < results->len; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (geminga_actor_ref_ask_finish (ref, g_ptr_array_index (results, i), &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
    }
  stop_system (system);
}

/* The end */

static void
test_kill (gconstpointer data)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "sample", GPOINTER_TO_INT (data));
  g_autoptr (GError) error = NULL;

  ask_plainly (ref, "Hold", NULL);
  geminga_actor_ref_stop (ref);
  geminga_actor_ref_kill (ref);
  g_assert_false (wait_ended (ref, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  /* In a thread the handler of Hold may not have returned yet. */
  g_assert_true (g_str_has_prefix (error->message, "Actor “sample” was killed"));
  stop_system (system);
}

static void
test_kill_new (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "sample", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_kill (ref);
  g_assert_false (wait_ready (ref, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  stop_system (system);
}

static void
test_kill_failed (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "sample", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GError) error = NULL;

  /* Who killed it does not hide what it failed with. */
  ask_plainly (ref, "Hold", NULL);
  geminga_actor_ref_tell (ref, "Break", NULL, NULL);
  while (mailbox_of (ref)->state != GEMINGA_MAILBOX_STOPPING)
    g_main_context_iteration (NULL, TRUE);
  geminga_actor_ref_kill (ref);
  g_assert_false (wait_ended (ref, &error));
  g_assert_error (error, SAMPLE_ERROR, 3);
  stop_system (system);
}

/* A thread's actor that ends by itself while another thread kills it ends once. */
static void
test_kill_ending (void)
{
  for (guint i = 0; i < 500; i++)
    {
      g_autoptr (GemingaSystem) system = geminga_system_new ();
      g_autoptr (GemingaActorRef) ref = spawn (system, "sample", GEMINGA_PLACEMENT_THREAD);
      g_autoptr (GAsyncResult) result = NULL;

      if (i % 2 == 0)
        wait_ready (ref, NULL);
      geminga_actor_ref_wait_ended_async (ref, NULL, keep_result_cb, &result);
      geminga_actor_ref_tell (ref, i % 3 == 0 ? "Break" : "Stop", NULL, NULL);
      for (guint j = 0; j < i % 50; j++)
        g_thread_yield ();
      geminga_actor_ref_kill (ref);
      AWAIT (result != NULL);
      stop_system (system);
    }
}

static gpointer
post_stop (gpointer data)
{
  geminga_target_post (data, geminga_message_new (GEMINGA_MESSAGE_STOP, NULL));

  return NULL;
}

/* What was sent before the end is refused by the loop's own thread, whoever posts meanwhile. */
static void
test_kill_refuses_here (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "sample", GEMINGA_PLACEMENT_SHARED);
  GemingaTarget *target = geminga_actor_ref_get_target (ref);
  ProbeAsk *first = probe_new (post_stop, target);
  ProbeAsk *second = probe_new (NULL, NULL);

  probe_post (first, target, GEMINGA_MESSAGE_CALL);
  probe_post (second, target, GEMINGA_MESSAGE_CALL);
  geminga_actor_ref_kill (ref);
  AWAIT_THREAD (g_atomic_pointer_get (&second->thread) != NULL);
  AWAIT_THREAD (g_atomic_pointer_get (&first->thread) != NULL);
  g_assert_true (second->thread == g_thread_self ());
  g_assert_error (second->error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  geminga_ask_unref (&first->parent);
  geminga_ask_unref (&second->parent);
  stop_system (system);
}

/* A call that the handler takes after a killer has failed the open ones is not forgotten. */
static void
test_kill_late_call (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "sample", GEMINGA_PLACEMENT_SHARED);
  ProbeAsk *probe = probe_new (NULL, NULL);
  GemingaOpenCall open_call = { NULL };

  geminga_mailbox_open_call (mailbox_of (ref), &open_call, &probe->parent);
  g_assert_null (probe->thread);
  geminga_mailbox_close_call (mailbox_of (ref), &open_call);

  geminga_actor_ref_kill (ref);
  g_assert_false (wait_ended (ref, NULL));
  geminga_mailbox_open_call (mailbox_of (ref), &open_call, &probe->parent);
  g_assert_error (probe->error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  geminga_mailbox_close_call (mailbox_of (ref), &open_call);
  geminga_ask_unref (&probe->parent);
  stop_system (system);
}

/* Waits that are given up leave nothing behind. */
static void
test_forget_waits (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, "sample", GEMINGA_PLACEMENT_SHARED);

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      if (i % 2 == 0)
        g_cancellable_cancel (cancellable);
      geminga_actor_ref_wait_ended_async (ref, cancellable, keep_result_cb, &result);
      ask_plainly (ref, "Ping", NULL);
      g_cancellable_cancel (cancellable);
      AWAIT (result != NULL);
      g_assert_false (geminga_actor_ref_wait_ended_finish (ref, result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  ask_plainly (ref, "Ping", NULL);
  g_assert_true (geminga_waits_are_empty (geminga_mailbox_get_extras (mailbox_of (ref))->waits));
  stop_system (system);
}

/* There may be millions: what few need belongs in the extras. */
static void
test_size (void)
{
  if (sizeof (gpointer) != 8)
    {
      g_test_skip ("Known for 64-bit pointers only");
      return;
    }

  g_assert_cmpuint (sizeof (GemingaMailbox), <=, 168);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/core/mailbox/order/shared", GINT_TO_POINTER (GEMINGA_PLACEMENT_SHARED),
                        test_order);
  g_test_add_data_func ("/core/mailbox/order/thread", GINT_TO_POINTER (GEMINGA_PLACEMENT_THREAD),
                        test_order);
  g_test_add_data_func ("/core/mailbox/senders/shared", GINT_TO_POINTER (GEMINGA_PLACEMENT_SHARED),
                        test_senders);
  g_test_add_data_func ("/core/mailbox/senders/thread", GINT_TO_POINTER (GEMINGA_PLACEMENT_THREAD),
                        test_senders);
  g_test_add_func ("/core/mailbox/limit", test_limit);
  g_test_add_func ("/core/mailbox/unbounded", test_unbounded);
  g_test_add_func ("/core/mailbox/urgent", test_urgent);
  g_test_add_data_func ("/core/mailbox/kill/shared", GINT_TO_POINTER (GEMINGA_PLACEMENT_SHARED),
                        test_kill);
  g_test_add_data_func ("/core/mailbox/kill/thread", GINT_TO_POINTER (GEMINGA_PLACEMENT_THREAD),
                        test_kill);
  g_test_add_func ("/core/mailbox/kill/new", test_kill_new);
  g_test_add_func ("/core/mailbox/kill/failed", test_kill_failed);
  g_test_add_func ("/core/mailbox/kill/ending", test_kill_ending);
  g_test_add_func ("/core/mailbox/kill/refuses-here", test_kill_refuses_here);
  g_test_add_func ("/core/mailbox/kill/late-call", test_kill_late_call);
  g_test_add_func ("/core/mailbox/forget-waits", test_forget_waits);
  g_test_add_func ("/core/mailbox/size", test_size);

  return g_test_run ();
}
