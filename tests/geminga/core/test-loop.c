/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "sample-actor.h"

#include "geminga-loop-private.h"

/* Items */

typedef struct
{
  GemingaLoopItem item;
  guint sender;
  guint number;
  struct _Log *log;
} Entry;

typedef struct _Log
{
  GPtrArray *entries; /* (owned) (element-type Entry): in the order they ran */
  GThread *thread;
} Log;

static void
run_entry (GemingaLoopItem *item)
{
  Entry *entry = (Entry *) item;

  g_assert_true (g_thread_self () == entry->log->thread);
  g_ptr_array_add (entry->log->entries, entry);
}

static void
post_entry (GemingaLoop *loop, Log *log, guint sender, guint number)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->item.run = run_entry;
  entry->sender = sender;
  entry->number = number;
  entry->log = log;
  geminga_loop_post (loop, &entry->item);
}

static void
log_init (Log *log)
{
  log->entries = g_ptr_array_new_with_free_func (g_free);
  log->thread = g_thread_self ();
}

static void
test_identity (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GemingaLoop) one = geminga_loop_ref_for_context (context);
  g_autoptr (GemingaLoop) two = geminga_loop_ref_for_context (context);
  g_autoptr (GemingaLoop) other = geminga_loop_ref_thread_default ();
  g_autoptr (GemingaLoop) same = NULL;

  g_assert_true (one == two);
  g_assert_true (one != other);
  g_main_context_push_thread_default (context);
  same = geminga_loop_ref_thread_default ();
  g_main_context_pop_thread_default (context);
  g_assert_true (one == same);
}

static void
test_post (void)
{
  g_autoptr (GemingaLoop) loop = geminga_loop_ref_thread_default ();
  Log log;

  log_init (&log);
  for (guint i = 0; i < 5000; i++)
    post_entry (loop, &log, 0, i);
  g_assert_cmpuint (log.entries->len, ==, 0);
  AWAIT (log.entries->len == 5000);
  for (guint i = 0; i < 5000; i++)
    g_assert_cmpuint (((Entry *) log.entries->pdata[i])->number, ==, i);
  g_ptr_array_unref (log.entries);
}

typedef struct
{
  GemingaLoop *loop;
  Log *log;
  guint number;
} Sender;

#define N_POSTS 20000

static gpointer
post_many (gpointer data)
{
  Sender *sender = data;

  for (guint i = 0; i < N_POSTS; i++)
    post_entry (sender->loop, sender->log, sender->number, i);

  return NULL;
}

/* Four senders: each one's items run in their order. */
static void
test_senders (void)
{
  g_autoptr (GemingaLoop) loop = geminga_loop_ref_thread_default ();
  Sender senders[4];
  GThread *threads[4];
  guint next[4] = { 0 };
  Log log;

  log_init (&log);
  for (guint i = 0; i < 4; i++)
    {
      senders[i] = (Sender){ loop, &log, i };
      threads[i] = g_thread_new ("sender", post_many, &senders[i]);
    }
  AWAIT (log.entries->len == 4 * N_POSTS);
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < log.entries->len; i++)
    {
      Entry *entry = log.entries->pdata[i];

      g_assert_cmpuint (entry->number, ==, next[entry->sender]++);
    }
  g_ptr_array_unref (log.entries);
}

static gboolean
set_true_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

typedef struct
{
  GemingaLoopItem item;
  GemingaLoop *loop;
  guint n_left;
} Again;

static void
run_again (GemingaLoopItem *item)
{
  Again *again = (Again *) item;

  if (again->n_left-- > 0)
    geminga_loop_post (again->loop, item);
}

/* Who posts for ever does not starve the other sources. */
static void
test_fair (void)
{
  g_autoptr (GemingaLoop) loop = geminga_loop_ref_thread_default ();
  Again again = { { .run = run_again }, loop, G_MAXUINT };
  gboolean has_run = FALSE;

  geminga_loop_post (loop, &again.item);
  g_idle_add_full (G_PRIORITY_DEFAULT, set_true_cb, &has_run, NULL);
  AWAIT (has_run);
  again.n_left = 0;
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
run_nested (GemingaLoopItem *item)
{
  Entry *entry = (Entry *) item;
  guint n_before = entry->log->entries->len;

  /* A handler may run the loop itself. */
  while (entry->log->entries->len == n_before)
    g_main_context_iteration (NULL, TRUE);
  run_entry (item);
}

static void
test_nested (void)
{
  g_autoptr (GemingaLoop) loop = geminga_loop_ref_thread_default ();
  Entry *entry = g_new0 (Entry, 1);
  Log log;

  log_init (&log);
  entry->item.run = run_nested;
  entry->log = &log;
  geminga_loop_post (loop, &entry->item);
  post_entry (loop, &log, 0, 1);
  AWAIT (log.entries->len == 2);
  g_assert_true (log.entries->pdata[1] == entry);
  g_ptr_array_unref (log.entries);
}

/* Timers */

#define N_TIMERS 300

typedef struct
{
  GemingaTimer timer;
  GPtrArray *fired;
} Alarm;

static void
alarm_fired (gpointer user_data)
{
  Alarm *alarm = user_data;

  g_assert_cmpuint (alarm->timer.index, ==, 0);
  g_assert_cmpint (g_get_monotonic_time (), >=, alarm->timer.deadline);
  g_ptr_array_add (alarm->fired, alarm);
}

static void
alarms_arm (Alarm *alarms, GemingaLoop *loop, GPtrArray *fired, gint64 start)
{
  for (guint i = 0; i < N_TIMERS; i++)
    {
      alarms[i] = (Alarm){ { .func = alarm_fired, .user_data = &alarms[i] }, fired };
      geminga_loop_arm (loop, &alarms[i].timer, start + g_test_rand_int_range (0, 20000));
    }
}

static void
assert_sorted (GPtrArray *fired)
{
  for (guint i = 1; i < fired->len; i++)
    g_assert_cmpint (((Alarm *) fired->pdata[i - 1])->timer.deadline, <=,
                     ((Alarm *) fired->pdata[i])->timer.deadline);
}

static void
test_timers (void)
{
  g_autoptr (GemingaLoop) loop = geminga_loop_ref_thread_default ();
  g_autoptr (GPtrArray) fired = g_ptr_array_new ();
  g_autofree Alarm *alarms = g_new0 (Alarm, N_TIMERS);

  alarms_arm (alarms, loop, fired, g_get_monotonic_time ());
  AWAIT (fired->len == N_TIMERS);
  assert_sorted (fired);
  g_assert_false (geminga_loop_disarm (loop, &alarms[0].timer));
}

static void
test_disarm (void)
{
  g_autoptr (GemingaLoop) loop = geminga_loop_ref_thread_default ();
  g_autoptr (GPtrArray) fired = g_ptr_array_new ();
  g_autofree Alarm *alarms = g_new0 (Alarm, N_TIMERS);
  guint n_disarmed = 0;

  alarms_arm (alarms, loop, fired, g_get_monotonic_time ());
  for (guint i = 0; i < N_TIMERS; i++)
    if (g_test_rand_bit ())
      {
        g_assert_true (geminga_loop_disarm (loop, &alarms[i].timer));
        g_assert_false (geminga_loop_disarm (loop, &alarms[i].timer));
        n_disarmed++;
      }
  AWAIT (fired->len == N_TIMERS - n_disarmed);
  assert_sorted (fired);
}

static gpointer
arm_soon (gpointer data)
{
  Alarm *alarm = data;
  GemingaLoop *loop = alarm->timer.user_data;

  alarm->timer.user_data = alarm;
  geminga_loop_arm (loop, &alarm->timer, g_get_monotonic_time () + 1000);

  return NULL;
}

/* Another thread arms what is due before everything else, while the loop sleeps. */
static void
test_arm_from_thread (void)
{
  g_autoptr (GemingaLoop) loop = geminga_loop_ref_thread_default ();
  g_autoptr (GPtrArray) fired = g_ptr_array_new ();
  Alarm never = { { .func = alarm_fired, .user_data = &never }, fired };
  Alarm late = { { .func = alarm_fired, .user_data = &late }, fired };
  Alarm soon = { { .func = alarm_fired, .user_data = loop }, fired };
  GThread *thread;

  geminga_loop_arm (loop, &never.timer, GEMINGA_LOOP_NEVER);
  geminga_loop_arm (loop, &late.timer, g_get_monotonic_time () + G_TIME_SPAN_HOUR);
  thread = g_thread_new ("armer", arm_soon, &soon);
  AWAIT (fired->len == 1);
  g_assert_true (fired->pdata[0] == &soon);
  g_thread_join (thread);
  g_assert_true (geminga_loop_disarm (loop, &late.timer));
  g_assert_true (geminga_loop_disarm (loop, &never.timer));
}

/* The end */

typedef struct
{
  GemingaTimer timer;
  GemingaLoopItem item;
  GemingaLoop *loop;
  guint n_given_up;
  gboolean is_done;
} Waiter;

static void
waiter_done (GemingaLoopItem *item)
{
  Waiter *self = (Waiter *) ((char *) item - G_STRUCT_OFFSET (Waiter, item));

  g_assert_true (geminga_loop_disarm (self->loop, &self->timer));
  self->is_done = TRUE;
}

static void
waiter_give_up (gpointer user_data)
{
  Waiter *self = user_data;

  self->n_given_up++;
  geminga_loop_post (self->loop, &self->item);
}

static void
waiter_arm (Waiter *self, GemingaLoop *loop, gint64 deadline)
{
  *self =
      (Waiter){ { .give_up = waiter_give_up, .user_data = self }, { .run = waiter_done }, loop };
  geminga_loop_arm (loop, &self->timer, deadline);
}

static void
test_run_down (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GemingaLoop) loop = geminga_loop_ref_for_context (context);
  Waiter waiters[3];

  waiter_arm (&waiters[0], loop, GEMINGA_LOOP_NEVER);
  waiter_arm (&waiters[1], loop, g_get_monotonic_time () + G_TIME_SPAN_HOUR);
  geminga_loop_run_down (loop);
  waiter_arm (&waiters[2], loop, GEMINGA_LOOP_NEVER); /* too late */
  while (g_main_context_iteration (context, FALSE))
    continue;
  for (guint i = 0; i < G_N_ELEMENTS (waiters); i++)
    {
      g_assert_cmpuint (waiters[i].n_given_up, ==, 1);
      g_assert_true (waiters[i].is_done);
    }
}

/* An actor with a thread, which asks one that does not answer. */

#define ASKER_TYPE (asker_get_type ())
G_DECLARE_FINAL_TYPE (Asker, asker, TEST, ASKER, GemingaActor)

struct _Asker
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Asker, asker, GEMINGA_TYPE_ACTOR)

static int asker_n_cancelled; /* atomic */

static void
asker_asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Asker) self = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_null (geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_atomic_int_inc (&asker_n_cancelled);
}

static void
asker_ask (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) ref = NULL;
  const char *path;

  g_variant_get (geminga_call_get_arguments (call), "(&o)", &path);
  ref = geminga_system_ref_actor (geminga_actor_get_system (actor), path, NULL);
  geminga_actor_ref_ask_async (ref, "Keep", NULL, G_MAXINT, NULL, asker_asked_cb,
                               g_object_ref (actor));
  geminga_actor_ref_ask_async (ref, "Keep", NULL, -1, NULL, asker_asked_cb, g_object_ref (actor));
  geminga_call_return_value (call, NULL);
}

static void
asker_spawn (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) ref =
      geminga_actor_spawn (actor, SAMPLE_TYPE, "inner", GEMINGA_PLACEMENT_SHARED, NULL, NULL);

  geminga_actor_ref_tell (ref, "Hold", NULL, NULL);
  geminga_call_return_value (call, NULL);
}

static void
asker_class_init (AskerClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Ask", "(o)", NULL, NULL, NULL, 0, asker_ask },
    { "Spawn", NULL, NULL, NULL, NULL, 0, asker_spawn },
  };

  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, 2);
}

static void
asker_init (Asker *self)
{
}

/* When its thread ends so do its asks, and the callee learns it. */
static void
test_thread_asks (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) sample =
      geminga_system_spawn (system, SAMPLE_TYPE, "sample", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_autoptr (GemingaActorRef) asker =
      geminga_system_spawn (system, ASKER_TYPE, "asker", GEMINGA_PLACEMENT_THREAD, NULL, NULL);
  guint32 n_cancelled = 0;

  ask_plainly (asker, "Ask", g_variant_new ("(o)", geminga_actor_ref_get_path (sample)));
  ask_plainly (asker, "Stop", NULL);
  AWAIT_THREAD (g_atomic_int_get (&asker_n_cancelled) == 2);
  while (n_cancelled < 2)
    {
      g_autoptr (GVariant) kept = ask (sample, "Kept", NULL, NULL);

      g_variant_get (kept, "(uu)", NULL, &n_cancelled);
    }
  stop_system (system);
}

/* An actor that shares the thread keeps it until it has ended too. */
static void
test_thread_guests (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) inner = NULL;
  g_autoptr (GemingaActorRef) asker =
      geminga_system_spawn (system, ASKER_TYPE, "asker", GEMINGA_PLACEMENT_THREAD, NULL, NULL);
  g_autoptr (GError) error = NULL;

  ask_plainly (asker, "Spawn", NULL);
  inner = geminga_system_ref_actor (system, "inner", &error);
  g_assert_no_error (error);
  ask_plainly (inner, "Ping", NULL);
  ask_plainly (asker, "Stop", NULL);
  g_assert_true (wait_ended (asker, &error));
  g_assert_no_error (error);
  geminga_actor_ref_kill (inner);
  g_assert_false (wait_ended (inner, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  stop_system (system);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/loop/identity", test_identity);
  g_test_add_func ("/core/loop/post", test_post);
  g_test_add_func ("/core/loop/senders", test_senders);
  g_test_add_func ("/core/loop/fair", test_fair);
  g_test_add_func ("/core/loop/nested", test_nested);
  g_test_add_func ("/core/loop/timers", test_timers);
  g_test_add_func ("/core/loop/disarm", test_disarm);
  g_test_add_func ("/core/loop/arm-from-thread", test_arm_from_thread);
  g_test_add_func ("/core/loop/run-down", test_run_down);
  g_test_add_func ("/core/loop/thread-asks", test_thread_asks);
  g_test_add_func ("/core/loop/thread-guests", test_thread_guests);

  return g_test_run ();
}
