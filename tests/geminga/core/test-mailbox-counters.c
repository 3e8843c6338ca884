/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "manual-clock.h"
#include "sample-actor.h"

#include "geminga-actor-ref-private.h"
#include "geminga-mailbox-private.h"

/* An actor whose handler takes time. */

#define SPINNER_TYPE (spinner_get_type ())
G_DECLARE_FINAL_TYPE (Spinner, spinner, TEST, SPINNER, GemingaActor)

struct _Spinner
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Spinner, spinner, GEMINGA_TYPE_ACTOR)

/* Microseconds that a run of it takes, of the processor and by the clock. */
#define SPIN_TIME 20000

static void
spinner_spin (GemingaActor *actor, GemingaCall *call)
{
  gint64 end = g_get_monotonic_time () + SPIN_TIME;

  while (g_get_monotonic_time () < end)
    continue;
  geminga_call_return_value (call, NULL);
}

static const GemingaCommandEntry spinner_commands[] = {
  { "Spin", NULL, NULL, NULL, NULL, 0, spinner_spin },
};

static void
spinner_class_init (SpinnerClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  geminga_actor_class_set_interface_name (actor_class, "org.example.Spinner1");
  geminga_actor_class_add_commands (actor_class, spinner_commands, 1);
}

static void
spinner_init (Spinner *self)
{
}

/* Helpers */

static GemingaActorRef *
spawn (GemingaSystem *system, GType type, const char *id, GemingaPlacement placement)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_spawn (system, type, id, placement, NULL, &error);

  g_assert_no_error (error);

  return ref;
}

static GemingaMailbox *
mailbox_of (GemingaActorRef *ref)
{
  return (GemingaMailbox *) geminga_actor_ref_get_target (ref);
}

static guint64
lookup (GVariant *answer, const char *key)
{
  g_autoptr (GVariant) info = g_variant_get_child_value (answer, 0);
  guint64 number = G_MAXUINT64;

  g_assert_true (g_variant_lookup (info, key, "t", &number));

  return number;
}

static guint64
ask_info (GemingaActorRef *ref, const char *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (ref, "Info", NULL, &error);

  g_assert_no_error (error);

  return lookup (answer, key);
}

/* Tests */

/* More than fits in the mailbox goes on in the extras. */
static void
test_wrap (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, SAMPLE_TYPE, "sample", GEMINGA_PLACEMENT_SHARED);
  GemingaMailbox *mailbox = mailbox_of (ref);

  g_assert_cmpuint (ask_info (ref, "processed"), ==, 1);
  atomic_store (&mailbox->n_taken, G_MAXUINT32 - 1);
  atomic_store (&mailbox->n_from_elsewhere, G_MAXUINT32 - 1);
  g_assert_cmpuint (ask_info (ref, "processed"), ==, G_MAXUINT32);
  g_assert_cmpuint (ask_info (ref, "processed"), ==, (guint64) G_MAXUINT32 + 1);
  g_assert_cmpuint (ask_info (ref, "processed"), ==, (guint64) G_MAXUINT32 + 2);
  g_assert_cmpuint (geminga_mailbox_get_length (mailbox), ==, 0);

  mailbox->busy_low = 0;
  geminga_mailbox_charge (mailbox, G_MAXUINT32);
  g_assert_cmpuint (geminga_mailbox_get_busy_time (mailbox), ==, G_MAXUINT32);
  geminga_mailbox_charge (mailbox, 1);
  g_assert_cmpuint (geminga_mailbox_get_busy_time (mailbox), ==, (guint64) G_MAXUINT32 + 1);
  geminga_mailbox_charge (mailbox, (guint64) 5 << 32);
  g_assert_cmpuint (geminga_mailbox_get_busy_time (mailbox), ==, ((guint64) 6 << 32));
  stop_system (system);
}

/*
 * Time goes to the actor that took it, not to others of its loop. In another thread the loop may come to
 * look at the clock only after the answer is here.
 */
static void
test_busy_time (gconstpointer data)
{
  GemingaPlacement placement = (GemingaPlacement) GPOINTER_TO_INT (data);
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) spinner = spawn (system, SPINNER_TYPE, "spinner", placement);
  g_autoptr (GemingaActorRef) idler = spawn (system, SAMPLE_TYPE, "idler", placement);
  gint64 began_at = g_get_monotonic_time ();
  guint n_asked = 1;
  guint64 busy;

  g_variant_unref (ask (spinner, "Spin", NULL, NULL));
  g_variant_unref (ask (idler, "Added", NULL, NULL));
  while ((busy = ask_info (spinner, "busy-time")) < SPIN_TIME)
    n_asked++;
  if (placement == GEMINGA_PLACEMENT_SHARED)
    {
      g_assert_cmpuint (n_asked, ==, 1);
      busy += ask_info (idler, "busy-time");
      g_assert_cmpuint (busy, <=, (guint64) (g_get_monotonic_time () - began_at));
    }
  g_assert_cmpuint (ask_info (spinner, "processed"), ==, n_asked + 2);
  stop_system (system);
}

/* Many quick messages between two actors are shared out between both. */
static void
test_quick (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) sender =
      spawn (system, SAMPLE_TYPE, "sender", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GemingaActorRef) receiver =
      spawn (system, SAMPLE_TYPE, "receiver", GEMINGA_PLACEMENT_SHARED);

  for (guint i = 0; i < 20; i++)
    {
      g_variant_unref (
          ask (sender, "Tell",
               g_variant_new ("(ou)", geminga_actor_ref_get_path (receiver), (guint32) 100), NULL));
      g_variant_unref (ask (receiver, "Steps", NULL, NULL));
    }
  g_assert_cmpuint (ask_info (receiver, "processed"), ==, 20 * 101 + 1);
  g_assert_cmpuint (ask_info (sender, "busy-time"), >, 0);
  g_assert_cmpuint (ask_info (receiver, "busy-time"), >, 0);
  stop_system (system);
}

static void
test_failed (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, SAMPLE_TYPE, "sample", GEMINGA_PLACEMENT_SHARED);

  g_assert_null (ask (ref, "Fail", NULL, NULL));
  g_assert_null (ask (ref, "Drop", NULL, NULL));
  g_assert_null (ask (ref, "Nothing", NULL, NULL));
  g_assert_null (ask (ref, "Add", g_variant_new ("(s)", "x"), NULL));
  geminga_actor_ref_tell (ref, "Fail", NULL, NULL);
  geminga_actor_ref_tell (ref, "Added", NULL, NULL);
  g_assert_cmpuint (ask_info (ref, "failed"), ==, 5);
  g_assert_cmpuint (ask_info (ref, "processed"), ==, 8);
  stop_system (system);
}

/* What has come while the actor was busy is as old as that. */
static void
assert_age (GemingaPlacement placement)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, SPINNER_TYPE, "spinner", placement);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) info = NULL;
  guint32 length;

  g_assert_cmpuint (ask_info (ref, "mailbox-age"), ==, 0);

  geminga_actor_ref_tell (ref, "Spin", NULL, NULL);
  geminga_actor_ref_ask_async (ref, "Info", NULL, -1, NULL, keep_result_cb, &result);
  geminga_actor_ref_tell (ref, "Ping", NULL, NULL);
  geminga_actor_ref_tell (ref, "Ping", NULL, NULL);
  AWAIT (result != NULL);
  answer = geminga_actor_ref_ask_finish (ref, result, NULL);
  info = g_variant_get_child_value (answer, 0);
  g_assert_true (g_variant_lookup (info, "mailbox", "u", &length));
  g_assert_cmpuint (length, ==, 2);
  /* Both clocks are coarse. */
  g_assert_cmpuint (lookup (answer, "mailbox-age"), >=, SPIN_TIME / 2);
  g_assert_cmpuint (lookup (answer, "mailbox-age"), <, 60 * G_TIME_SPAN_SECOND);
  stop_system (system);
}

static void
test_age (gconstpointer data)
{
  assert_age ((GemingaPlacement) GPOINTER_TO_INT (data));
}

/* In a class's queue. */
static void
test_age_queue (gconstpointer data)
{
  GemingaActorClass *klass = g_type_class_ref (SPINNER_TYPE);

  geminga_actor_class_set_mailbox_policy (klass, GEMINGA_MAILBOX_POLICY_DROP_OLDEST);
  assert_age ((GemingaPlacement) GPOINTER_TO_INT (data));
  geminga_actor_class_set_mailbox_policy (klass, GEMINGA_MAILBOX_POLICY_FAIL_CALLER);
  g_type_class_unref (klass);
}

/* The clock of a test stands still unless it is told to go on. */
static void
test_age_scheduled (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  GemingaLoop *loop = geminga_thread_get_loop (geminga_thread_get ());
  g_autoptr (GemingaActorRef) ref = NULL;
  GemingaMailbox *mailbox;

  manual_clock_install ();
  ref = spawn (system, SAMPLE_TYPE, "sample", GEMINGA_PLACEMENT_SHARED);
  mailbox = mailbox_of (ref);
  g_variant_unref (ask (ref, "Added", NULL, NULL));
  geminga_actor_ref_tell (ref, "Added", NULL, NULL);
  g_assert_cmpuint (geminga_mailbox_get_age (mailbox, geminga_loop_read_stamp (loop)), ==, 0);
  manual_clock.now += 7 * G_TIME_SPAN_SECOND;
  g_assert_cmpuint (geminga_mailbox_get_age (mailbox, geminga_loop_read_stamp (loop)), ==, 7000);
  g_variant_unref (ask (ref, "Added", NULL, NULL));
  g_assert_cmpuint (geminga_mailbox_get_age (mailbox, geminga_loop_read_stamp (loop)), ==, 0);
  stop_system (system);
  manual_clock_uninstall ();
}

/* Whoever has many things to end before it can end. */
static void
test_holds (void)
{
  const guint n_holds = 1000;
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, SAMPLE_TYPE, "sample", GEMINGA_PLACEMENT_SHARED);
  GemingaMailbox *mailbox = mailbox_of (ref);

  g_variant_unref (ask (ref, "Added", NULL, NULL));
  for (guint i = 0; i < n_holds; i++)
    geminga_mailbox_hold (mailbox);
  geminga_mailbox_stop (mailbox);
  for (guint i = 0; i < n_holds; i++)
    {
      g_assert_cmpint (mailbox->state, ==, GEMINGA_MAILBOX_STOPPING);
      geminga_mailbox_release (mailbox);
    }
  g_assert_cmpint (mailbox->state, ==, GEMINGA_MAILBOX_ENDED);
  wait_ended (ref, NULL);
  stop_system (system);
}

/* A clock that goes round, and one that lags behind. */
static void
test_stamps (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref = spawn (system, SAMPLE_TYPE, "sample", GEMINGA_PLACEMENT_SHARED);
  GemingaMailbox *mailbox = mailbox_of (ref);
  GemingaInboxNode *node;

  g_assert_cmpuint (geminga_loop_read_stamp (NULL), !=, 0);
  g_variant_unref (ask (ref, "Added", NULL, NULL));
  geminga_actor_ref_tell (ref, "Added", NULL, NULL);
  node = atomic_load (&mailbox->inbox.shared);
  node->stamp = G_MAXUINT32 - 5;
  g_assert_cmpuint (geminga_mailbox_get_age (mailbox, 10), ==, 16);
  g_assert_cmpuint (geminga_mailbox_get_age (mailbox, G_MAXUINT32 - 6), ==, 0);
  stop_system (system);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/mailbox-counters/wrap", test_wrap);
  g_test_add_data_func ("/core/mailbox-counters/busy-time/shared",
                        GINT_TO_POINTER (GEMINGA_PLACEMENT_SHARED), test_busy_time);
  g_test_add_data_func ("/core/mailbox-counters/busy-time/thread",
                        GINT_TO_POINTER (GEMINGA_PLACEMENT_THREAD), test_busy_time);
  g_test_add_func ("/core/mailbox-counters/quick", test_quick);
  g_test_add_func ("/core/mailbox-counters/failed", test_failed);
  g_test_add_data_func ("/core/mailbox-counters/age/shared",
                        GINT_TO_POINTER (GEMINGA_PLACEMENT_SHARED), test_age);
  g_test_add_data_func ("/core/mailbox-counters/age-queue/shared",
                        GINT_TO_POINTER (GEMINGA_PLACEMENT_SHARED), test_age_queue);
  g_test_add_func ("/core/mailbox-counters/age-scheduled", test_age_scheduled);
  g_test_add_func ("/core/mailbox-counters/holds", test_holds);
  g_test_add_func ("/core/mailbox-counters/stamps", test_stamps);

  return g_test_run ();
}
