/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "manual-clock.h"

#include <string.h>

/* An actor that notes when its timers run. */

#define TICKER_TYPE (ticker_get_type ())
G_DECLARE_FINAL_TYPE (Ticker, ticker, TEST, TICKER, GemingaActor)

struct _Ticker
{
  GemingaActor parent_instance;

  guint timer;     /* the last one that was added */
  GPtrArray *kept; /* (owned) (element-type GemingaCall) */
};

G_DEFINE_FINAL_TYPE (Ticker, ticker, GEMINGA_TYPE_ACTOR)

static GString *seen;
static guint n_freed;

static void
note (GemingaActor *actor, const char *what)
{
  g_string_append_printf (seen, "%s@%" G_GINT64_FORMAT " ", what,
                          geminga_actor_get_time (actor) / G_TIME_SPAN_MILLISECOND);
}

static void
ticker_note (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) sender = geminga_call_dup_sender (call);
  const char *what;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &what);
  note (actor, what);
  if (sender != NULL)
    g_assert_true (geminga_actor_ref_equal (sender, geminga_actor_get_address (actor)));
  geminga_call_return_value (call, NULL);
}

static void
ticker_keep (GemingaActor *actor, GemingaCall *call)
{
  note (actor, "keep");
  g_ptr_array_add (TEST_TICKER (actor)->kept, g_object_ref (call));
}

static void
ticker_answer (GemingaActor *actor, GemingaCall *call)
{
  Ticker *self = TEST_TICKER (actor);

  for (guint i = 0; i < self->kept->len; i++)
    geminga_call_return_value (g_ptr_array_index (self->kept, i), NULL);
  g_ptr_array_set_size (self->kept, 0);
  geminga_call_return_value (call, NULL);
}

static void
ticker_fail (GemingaActor *actor, GemingaCall *call)
{
  note (actor, "fail");
  geminga_call_return_error_literal (call, G_IO_ERROR, G_IO_ERROR_BUSY, "busy");
}

static void
ticker_forget (GemingaActor *actor, GemingaCall *call)
{
  note (actor, "forget");
}

static void
ticker_remove_own (GemingaActor *actor, GemingaCall *call)
{
  note (actor, geminga_actor_remove_timer (actor, TEST_TICKER (actor)->timer) ? "yes" : "no");
  geminga_call_return_value (call, NULL);
}

static void
func_runs (GemingaActor *actor, gpointer user_data)
{
  note (actor, user_data);
}

static void
func_gone (gpointer user_data)
{
  n_freed++;
}

static guint
add (GemingaActor *actor, guint interval, gboolean periodic, const char *command, const char *what)
{
  g_autoptr (GError) error = NULL;
  guint id = geminga_actor_add_timer (
      actor, interval, periodic ? GEMINGA_TIMER_FLAGS_PERIODIC : GEMINGA_TIMER_FLAGS_NONE, command,
      what != NULL ? g_variant_new ("(s)", what) : NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (id, !=, 0);

  return id;
}

static void
ticker_add (GemingaActor *actor, GemingaCall *call)
{
  const char *command;
  const char *what;
  guint32 interval;
  gboolean periodic;

  g_variant_get (geminga_call_get_arguments (call), "(&s&sub)", &command, &what, &interval,
                 &periodic);
  TEST_TICKER (actor)->timer =
      add (actor, interval, periodic, command, *what != '\0' ? what : NULL);
  geminga_call_return_value (call, NULL);
}

static void
ticker_add_func (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error = NULL;
  guint32 interval;
  gboolean periodic;

  g_variant_get (geminga_call_get_arguments (call), "(ub)", &interval, &periodic);
  TEST_TICKER (actor)->timer = geminga_actor_add_timer_func (
      actor, interval, periodic ? GEMINGA_TIMER_FLAGS_PERIODIC : GEMINGA_TIMER_FLAGS_NONE,
      func_runs, (gpointer) "func", func_gone, &error);
  g_assert_no_error (error);
  geminga_call_return_value (call, NULL);
}

static void
ticker_receive_only (GemingaActor *actor, GemingaCall *call)
{
  static const char *const commands[] = { "Add", "AddFunc", "Every", "Note", NULL };

  geminga_actor_receive_only (actor, commands);
  geminga_call_return_value (call, NULL);
}

static void
ticker_remove (GemingaActor *actor, GemingaCall *call)
{
  Ticker *self = TEST_TICKER (actor);

  geminga_call_return_value (
      call, g_variant_new_boolean (geminga_actor_remove_timer (actor, self->timer)));
}

/* What a handler does that is slow: time passes meanwhile. */
static void
ticker_sleep (GemingaActor *actor, GemingaCall *call)
{
  guint32 interval;

  g_variant_get (geminga_call_get_arguments (call), "(u)", &interval);
  manual_clock.now += (gint64) interval * G_TIME_SPAN_MILLISECOND;
  note (actor, "slept");
  geminga_call_return_value (call, NULL);
}

static void
ticker_every (GemingaActor *actor, GemingaCall *call)
{
  guint32 interval;

  g_variant_get (geminga_call_get_arguments (call), "(u)", &interval);
  geminga_actor_set_periodic_interval (actor, interval);
  geminga_call_return_value (call, NULL);
}

static void
ticker_seen (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, g_variant_new_string (seen->str));
}

/* What cannot be added. */
static void
ticker_wrong (GemingaActor *actor, GemingaCall *call)
{
  static const struct
  {
    const char *command;
    guint interval;
    GemingaTimerFlags flags;
    int code;
    const char *message;
  } vectors[] = {
    { "Nothing", 1, 0, GEMINGA_ERROR_NO_SUCH_COMMAND, "has no command “Nothing”" },
    { "Note", 1, 0, GEMINGA_ERROR_INVALID_ARGUMENTS, "takes arguments of type “(s)”, not “()”" },
    { "Ping", 0, GEMINGA_TIMER_FLAGS_PERIODIC, GEMINGA_ERROR_INVALID_ARGUMENTS,
      "needs an interval" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (geminga_actor_add_timer (actor, vectors[i].interval, vectors[i].flags,
                                                 vectors[i].command, NULL, &error),
                        ==, 0);
      g_assert_error (error, GEMINGA_ERROR, vectors[i].code);
      g_assert_nonnull (strstr (error->message, vectors[i].message));
    }
  geminga_call_return_value (call, NULL);
}

static const GemingaCommandEntry ticker_commands[] = {
  { "Note", "(s)", NULL, "what", NULL, 0, ticker_note },
  { "Keep", NULL, NULL, NULL, NULL, 0, ticker_keep },
  { "Answer", NULL, NULL, NULL, NULL, 0, ticker_answer },
  { "Fail", NULL, NULL, NULL, NULL, 0, ticker_fail },
  { "Forget", NULL, NULL, NULL, NULL, 0, ticker_forget },
  { "RemoveOwn", NULL, NULL, NULL, NULL, 0, ticker_remove_own },
  { "Add", "(ssub)", NULL, "command what interval periodic", NULL, 0, ticker_add },
  { "AddFunc", "(ub)", NULL, "interval periodic", NULL, 0, ticker_add_func },
  { "ReceiveOnly", NULL, NULL, NULL, NULL, 0, ticker_receive_only },
  { "Remove", NULL, "b", NULL, NULL, 0, ticker_remove },
  { "Sleep", "(u)", NULL, "interval", NULL, 0, ticker_sleep },
  { "Every", "(u)", NULL, "interval", NULL, 0, ticker_every },
  { "Seen", NULL, "s", NULL, NULL, 0, ticker_seen },
  { "Wrong", NULL, NULL, NULL, NULL, 0, ticker_wrong },
};

static void
ticker_periodic (GemingaActor *actor)
{
  note (actor, "periodic");
}

static void
ticker_stopping (GemingaActor *actor)
{
  g_autoptr (GError) error = NULL;

  g_ptr_array_set_size (TEST_TICKER (actor)->kept, 0);
  g_assert_cmpuint (geminga_actor_add_timer (actor, 1, 0, "Ping", NULL, &error), ==, 0);
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE);
  g_clear_error (&error);
  g_assert_cmpuint (geminga_actor_add_timer_func (actor, 1, 0, func_runs, NULL, NULL, &error), ==,
                    0);
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE);
  geminga_actor_set_periodic_interval (actor, 10);
  g_assert_false (geminga_actor_remove_timer (actor, TEST_TICKER (actor)->timer));
}

static void
ticker_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_TICKER (object)->kept);

  G_OBJECT_CLASS (ticker_parent_class)->finalize (object);
}

static void
ticker_class_init (TickerClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ticker_finalize;
  actor_class->periodic = ticker_periodic;
  actor_class->stopping = ticker_stopping;
  geminga_actor_class_add_commands (actor_class, ticker_commands, G_N_ELEMENTS (ticker_commands));
  geminga_actor_class_set_mailbox_limit (actor_class, 4);
}

static void
ticker_init (Ticker *self)
{
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
}

/* A class that does something again and again from the start. */

#define PULSE_TYPE (pulse_get_type ())
G_DECLARE_FINAL_TYPE (Pulse, pulse, TEST, PULSE, GemingaActor)

struct _Pulse
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Pulse, pulse, GEMINGA_TYPE_ACTOR)

static void
pulse_class_init (PulseClass *klass)
{
  GEMINGA_ACTOR_CLASS (klass)->periodic = ticker_periodic;
  geminga_actor_class_set_default_periodic_interval (GEMINGA_ACTOR_CLASS (klass), 50);
}

static void
pulse_init (Pulse *self)
{
}

/* Helpers */

typedef struct
{
  GemingaSystem *system; /* (owned) */
  GemingaActorRef *ref;  /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer type)
{
  g_autoptr (GError) error = NULL;

  seen = g_string_new (NULL);
  n_freed = 0;
  manual_clock_install ();
  fixture->system = geminga_system_new ();
  fixture->ref = geminga_system_spawn (fixture->system, GPOINTER_TO_SIZE (type), "ticker",
                                       GEMINGA_PLACEMENT_SHARED, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer type)
{
  g_clear_object (&fixture->ref);
  end_system (fixture->system);
  manual_clock_uninstall ();
  g_string_free (seen, TRUE);
}

static void
add_timer (Fixture *fixture, const char *command, const char *what, guint interval, gboolean again)
{
  ask_plainly (fixture->ref, "Add", g_variant_new ("(ssub)", command, what, interval, again));
}

static gboolean
remove_timer (Fixture *fixture)
{
  g_autoptr (GVariant) answer = ask (fixture->ref, "Remove", NULL, NULL);
  gboolean was_there;

  g_variant_get (answer, "(b)", &was_there);

  return was_there;
}

static void
tell (Fixture *fixture, const char *command, GVariant *arguments)
{
  g_assert_true (geminga_actor_ref_tell (fixture->ref, command, arguments, NULL));
}

/* Timers */

static void
test_once (Fixture *fixture, gconstpointer data)
{
  add_timer (fixture, "Note", "a", 100, FALSE);
  add_timer (fixture, "Note", "b", 30, FALSE);
  add_timer (fixture, "Note", "c", 0, FALSE);
  manual_clock_advance (29);
  g_assert_cmpstr (seen->str, ==, "c@1000 ");
  manual_clock_advance (1);
  g_assert_cmpstr (seen->str, ==, "c@1000 b@1030 ");
  manual_clock_advance (1000);
  g_assert_cmpstr (seen->str, ==, "c@1000 b@1030 a@1100 ");
}

static void
test_periodic (Fixture *fixture, gconstpointer data)
{
  add_timer (fixture, "Note", "a", 10, TRUE);
  manual_clock_advance (35);
  g_assert_cmpstr (seen->str, ==, "a@1010 a@1020 a@1030 ");
  g_assert_true (remove_timer (fixture));
  g_assert_false (remove_timer (fixture));
  manual_clock_advance (100);
  g_assert_cmpstr (seen->str, ==, "a@1010 a@1020 a@1030 ");
}

/* A handler is slow: what is late is left out, and the next is on time. */
static void
test_no_drift (Fixture *fixture, gconstpointer data)
{
  add_timer (fixture, "Note", "a", 10, TRUE);
  tell (fixture, "Sleep", g_variant_new ("(u)", 47));
  manual_clock_advance (0);
  g_assert_cmpstr (seen->str, ==, "slept@1047 a@1047 ");
  manual_clock_advance (13);
  g_assert_cmpstr (seen->str, ==, "slept@1047 a@1047 a@1050 a@1060 ");
}

/* The last one is not answered: no other one is sent. */
static void
test_not_answered (Fixture *fixture, gconstpointer data)
{
  add_timer (fixture, "Keep", "", 10, TRUE);
  manual_clock_advance (35);
  g_assert_cmpstr (seen->str, ==, "keep@1010 ");
  ask_plainly (fixture->ref, "Answer", NULL);
  manual_clock_advance (10);
  g_assert_cmpstr (seen->str, ==, "keep@1010 keep@1040 ");
}

/* Errors and lost calls do not end a periodic timer. */
static void
test_fails (Fixture *fixture, gconstpointer data)
{
  add_timer (fixture, "Fail", "", 10, TRUE);
  add_timer (fixture, "Forget", "", 10, TRUE);
  manual_clock_advance (20);
  g_assert_nonnull (strstr (seen->str, "fail@1010 "));
  g_assert_nonnull (strstr (seen->str, "fail@1020 "));
  g_assert_nonnull (strstr (seen->str, "forget@1010 "));
  g_assert_nonnull (strstr (seen->str, "forget@1020 "));
}

/* After what came before it; and what waits is not handled once the timer is removed. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  add_timer (fixture, "Note", "timer", 10, FALSE);
  tell (fixture, "Sleep", g_variant_new ("(u)", 10));
  tell (fixture, "Note", g_variant_new ("(s)", "told"));
  manual_clock_advance (0);
  g_assert_cmpstr (seen->str, ==, "slept@1010 told@1010 timer@1010 ");
}

static void
test_remove_waiting (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) answer = NULL;
  gboolean was_there;

  add_timer (fixture, "Note", "timer", 10, FALSE);
  manual_clock.now += 10 * G_TIME_SPAN_MILLISECOND;
  geminga_actor_ref_ask_async (fixture->ref, "Remove", NULL, -1, NULL, keep_result_cb, &result);
  /* The next iteration has both the timer fire and the actor take the message before. */
  AWAIT (result != NULL);
  answer = geminga_actor_ref_ask_finish (fixture->ref, result, NULL);
  g_variant_get (answer, "(b)", &was_there);
  g_assert_true (was_there);
  manual_clock_advance (10);
  g_assert_cmpstr (seen->str, ==, "");
  g_assert_false (remove_timer (fixture));
}

static void
test_remove_own (Fixture *fixture, gconstpointer data)
{
  add_timer (fixture, "RemoveOwn", "", 10, FALSE);
  manual_clock_advance (10);
  add_timer (fixture, "RemoveOwn", "", 10, TRUE);
  manual_clock_advance (30);
  g_assert_cmpstr (seen->str, ==, "no@1010 yes@1020 ");
}

static void
test_remove_unknown (Fixture *fixture, gconstpointer data)
{
  g_assert_false (remove_timer (fixture));
  add_timer (fixture, "Note", "a", 10, FALSE);
  manual_clock_advance (10);
  g_assert_false (remove_timer (fixture));
}

/* The mailbox is full: it comes later, and is not lost. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  add_timer (fixture, "Note", "timer", 10, FALSE);
  manual_clock.now += 10 * G_TIME_SPAN_MILLISECOND;
  for (guint i = 0; i < 4; i++)
    tell (fixture, "Note", g_variant_new ("(s)", "told"));
  g_assert_false (
      geminga_actor_ref_tell (fixture->ref, "Note", g_variant_new ("(s)", "told"), NULL));
  manual_clock_advance (0);
  g_assert_cmpstr (seen->str, ==, "told@1010 told@1010 told@1010 told@1010 ");
  manual_clock_advance (10);
  g_assert_cmpstr (seen->str, ==, "told@1010 told@1010 told@1010 told@1010 timer@1020 ");
}

static void
test_wrong (Fixture *fixture, gconstpointer data)
{
  ask_plainly (fixture->ref, "Wrong", NULL);
}

/* Functions */

static void
test_func (Fixture *fixture, gconstpointer data)
{
  ask_plainly (fixture->ref, "AddFunc", g_variant_new ("(ub)", 10, FALSE));
  manual_clock_advance (10);
  g_assert_cmpstr (seen->str, ==, "func@1010 ");
  g_assert_cmpuint (n_freed, ==, 1);
  ask_plainly (fixture->ref, "AddFunc", g_variant_new ("(ub)", 10, TRUE));
  manual_clock_advance (20);
  g_assert_cmpstr (seen->str, ==, "func@1010 func@1020 func@1030 ");
  g_assert_cmpuint (n_freed, ==, 1);
  g_assert_true (remove_timer (fixture));
  g_assert_cmpuint (n_freed, ==, 2);
}

/* Who receives only some commands may have timers all the same; what is not a command waits. */
static void
test_selective (Fixture *fixture, gconstpointer data)
{
  ask_plainly (fixture->ref, "ReceiveOnly", NULL);
  add_timer (fixture, "Note", "a", 10, FALSE);
  ask_plainly (fixture->ref, "AddFunc", g_variant_new ("(ub)", 20, FALSE));
  ask_plainly (fixture->ref, "Every", g_variant_new ("(u)", 30));
  manual_clock_advance (30);
  g_assert_cmpstr (seen->str, ==, "a@1010 ");
}

/* The end */

static void
end_with_timers (Fixture *fixture, gboolean is_killed)
{
  add_timer (fixture, "Note", "a", 10, TRUE);
  add_timer (fixture, "Note", "b", 10, FALSE);
  ask_plainly (fixture->ref, "AddFunc", g_variant_new ("(ub)", 10, TRUE));
  if (is_killed)
    geminga_actor_ref_kill (fixture->ref);
  else
    geminga_actor_ref_stop (fixture->ref);
  manual_clock_advance (100);
  g_assert_cmpstr (seen->str, ==, "");
  g_assert_cmpuint (n_freed, ==, 1);
  g_assert_cmpint (geminga_scheduler_get_next_deadline (NULL), ==, G_MAXINT64);
}

static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  end_with_timers (fixture, FALSE);
}

static void
test_killed (Fixture *fixture, gconstpointer data)
{
  end_with_timers (fixture, TRUE);
}

/* What is done again and again */

static void
test_pulse (Fixture *fixture, gconstpointer data)
{
  manual_clock_advance (120);
  g_assert_cmpstr (seen->str, ==, "periodic@1050 periodic@1100 ");
}

static void
test_interval (Fixture *fixture, gconstpointer data)
{
  manual_clock_advance (100);
  g_assert_cmpstr (seen->str, ==, "");
  ask_plainly (fixture->ref, "Every", g_variant_new ("(u)", 40));
  manual_clock_advance (80);
  ask_plainly (fixture->ref, "Every", g_variant_new ("(u)", 5));
  manual_clock_advance (10);
  ask_plainly (fixture->ref, "Every", g_variant_new ("(u)", 0));
  manual_clock_advance (100);
  g_assert_cmpstr (seen->str, ==, "periodic@1140 periodic@1180 periodic@1185 periodic@1190 ");
}

/* By the real clock, and in a thread */

static void
test_real (gconstpointer placement)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) ref = geminga_system_spawn (
      system, TICKER_TYPE, "ticker", GPOINTER_TO_INT (placement), NULL, &error);
  guint n_seen = 0;

  g_assert_no_error (error);
  seen = g_string_new (NULL);
  n_freed = 0;
  ask_plainly (ref, "Add", g_variant_new ("(ssub)", "Note", "a", 1, TRUE));
  while (n_seen < 3)
    {
      g_autoptr (GVariant) answer = ask (ref, "Seen", NULL, NULL);
      const char *at;

      n_seen = 0;
      g_variant_get (answer, "(&s)", &at);
      while ((at = strstr (at, "a@")) != NULL)
        {
          n_seen++;
          at++;
        }
    }
  stop_system (system);
  g_string_free (seen, TRUE);
}

/* Many at once, in one source */

#define N_MANY 20000

static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) refs = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N_MANY / 1000; i++)
    g_ptr_array_add (refs, geminga_system_spawn (fixture->system, TICKER_TYPE, NULL,
                                                 GEMINGA_PLACEMENT_SHARED, NULL, &error));
  for (guint i = 0; i < refs->len; i++)
    for (guint j = 0; j < 1000; j++)
      ask_plainly (refs->pdata[i], "AddFunc", g_variant_new ("(ub)", 1000 + j, FALSE));
  manual_clock_advance (10000);
  g_assert_cmpuint (n_freed, ==, N_MANY);
}

static void
add_case (const char *path, void (*func) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, GSIZE_TO_POINTER (TICKER_TYPE), set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_case ("/core/actor-timers/once", test_once);
  add_case ("/core/actor-timers/periodic", test_periodic);
  add_case ("/core/actor-timers/no-drift", test_no_drift);
  add_case ("/core/actor-timers/not-answered", test_not_answered);
  add_case ("/core/actor-timers/fails", test_fails);
  add_case ("/core/actor-timers/order", test_order);
  add_case ("/core/actor-timers/remove/waiting", test_remove_waiting);
  add_case ("/core/actor-timers/remove/own", test_remove_own);
  add_case ("/core/actor-timers/remove/unknown", test_remove_unknown);
  add_case ("/core/actor-timers/full", test_full);
  add_case ("/core/actor-timers/wrong", test_wrong);
  add_case ("/core/actor-timers/func", test_func);
  add_case ("/core/actor-timers/selective", test_selective);
  add_case ("/core/actor-timers/stopped", test_stopped);
  add_case ("/core/actor-timers/killed", test_killed);
  add_case ("/core/actor-timers/interval", test_interval);
  add_case ("/core/actor-timers/many", test_many);
  g_test_add ("/core/actor-timers/pulse", Fixture, GSIZE_TO_POINTER (PULSE_TYPE), set_up,
              test_pulse, tear_down);
  g_test_add_data_func ("/core/actor-timers/real/shared", GINT_TO_POINTER (0), test_real);
  g_test_add_data_func ("/core/actor-timers/real/thread", GINT_TO_POINTER (1), test_real);

  return g_test_run ();
}
