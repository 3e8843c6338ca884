/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "sample-actor.h"

#include "geminga-actor-ref-private.h"
#include "geminga-trace-private.h"

typedef struct
{
  GemingaSystem *system; /* (owned) */
  GemingaActorRef *ref;  /* (owned) */
  GemingaTrace *trace;   /* (owned): of it */
  int n_woken;           /* atomic */
} Fixture;

/* An actor that cannot do its work yet. */

#define WAITER_TYPE (waiter_get_type ())
G_DECLARE_FINAL_TYPE (Waiter, waiter, TEST, WAITER, GemingaActor)

struct _Waiter
{
  GemingaActor parent_instance;

  gboolean may_work;
};

G_DEFINE_FINAL_TYPE (Waiter, waiter, GEMINGA_TYPE_ACTOR)

static int waiter_is_hanging; /* atomic */

static void
waiter_work (GemingaActor *actor, GemingaCall *call)
{
  if (TEST_WAITER (actor)->may_work)
    geminga_call_return_value (call, NULL);
  else
    g_assert_true (geminga_call_stash (call, NULL));
}

static void
waiter_begin (GemingaActor *actor, GemingaCall *call)
{
  TEST_WAITER (actor)->may_work = TRUE;
  geminga_actor_unstash_all (actor);
  geminga_call_return_value (call, NULL);
}

static void
waiter_hang (GemingaActor *actor, GemingaCall *call)
{
  g_atomic_int_set (&waiter_is_hanging, TRUE);
  g_mutex_lock (&sample_gate);
  g_mutex_unlock (&sample_gate);
  geminga_call_return_value (call, NULL);
  g_atomic_int_set (&waiter_is_hanging, FALSE);
}

static const GemingaCommandEntry waiter_commands[] = {
  { "Work", NULL, NULL, NULL, NULL, 0, waiter_work },
  { "Begin", NULL, NULL, NULL, NULL, 0, waiter_begin },
  { "Hang", NULL, NULL, NULL, NULL, 0, waiter_hang },
};

static void
waiter_class_init (WaiterClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  geminga_actor_class_set_interface_name (actor_class, "org.example.Waiter1");
  geminga_actor_class_add_commands (actor_class, waiter_commands, G_N_ELEMENTS (waiter_commands));
}

static void
waiter_init (Waiter *self)
{
}

/* Helpers */

static void
count_cb (gpointer data)
{
  g_atomic_int_inc (&((Fixture *) data)->n_woken);
}

static GemingaActorRef *
spawn_type (GemingaSystem *system, GType type, const char *id, GemingaPlacement placement)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_spawn (system, type, id, placement, NULL, &error);

  g_assert_no_error (error);

  return ref;
}

static GemingaActorRef *
spawn (GemingaSystem *system, const char *id, GemingaPlacement placement)
{
  return spawn_type (system, SAMPLE_TYPE, id, placement);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->system = geminga_system_new ();
  self->ref = spawn (self->system, "sample", (GemingaPlacement) GPOINTER_TO_INT (data));
  self->trace = geminga_trace_new (count_cb, self);
  g_assert_true (geminga_trace_start (self->trace, geminga_actor_ref_get_target (self->ref)));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  geminga_trace_stop (self->trace);
  geminga_trace_unref (self->trace);
  g_object_unref (self->ref);
  stop_system (self->system);
  g_object_unref (self->system);
}

static char *
describe (const GemingaTraceRecord *record)
{
  static const char *const kinds[] = { "asked",   "told", "answered", "failed", "forwarded",
                                       "stashed", "asks", "tells",    "ended" };
  GString *line = g_string_new (kinds[record->kind]);

  g_assert_cmpuint (record->number, !=, 0);
  g_assert_cmpint (ABS (record->time - g_get_real_time ()), <, 60 * G_TIME_SPAN_SECOND);
  if (record->reply_to != 0)
    {
      g_string_append_printf (line, " #%u", record->reply_to);
      g_assert_cmpint (record->duration, >=, 0);
      g_assert_cmpint (record->duration, <, 60 * G_TIME_SPAN_SECOND);
    }
  if (record->peer != NULL)
    g_string_append_printf (line, " %s", geminga_target_get_id (record->peer));
  if (record->command != NULL)
    g_string_append_printf (line, " %s", record->command);
  if (record->interface != NULL)
    g_string_append_printf (line, " of %s", record->interface);
  if (record->body != NULL)
    {
      g_autofree char *text = g_variant_print (record->body, FALSE);

      g_string_append_printf (line, " %s", text);
    }
  if (record->error != NULL)
    g_string_append_printf (line, " (%s)", record->error->message);

  return g_string_free (line, FALSE);
}

/* Each line is expected next, behind the number of the record; the list ends with NULL. */
static void
assert_records (GemingaTrace *trace, const char *first, ...)
{
  guint64 n_lost;
  g_autoptr (GPtrArray) records = geminga_trace_take (trace, 1000, &n_lost);
  const char *line = first;
  va_list lines;

  va_start (lines, first);
  for (guint i = 0; i < records->len; i++)
    {
      g_autofree char *found = describe (g_ptr_array_index (records, i));

      g_assert_cmpstr (found, ==, line);
      line = va_arg (lines, const char *);
    }
  va_end (lines);
  g_assert_null (line);
  g_assert_cmpuint (n_lost, ==, 0);
}

/* Tests */

static void
test_calls (Fixture *self, gconstpointer data)
{
  g_variant_unref (ask (self->ref, "Add", g_variant_new ("(dd)", 1.0, 2.0), NULL));
  g_assert_null (ask (self->ref, "Fail", NULL, NULL));
  g_assert_null (ask (self->ref, "Nothing", NULL, NULL));
  geminga_actor_ref_tell (self->ref, "Drop", NULL, NULL);
  geminga_actor_ref_tell (self->ref, "Fail", NULL, NULL);
  geminga_actor_ref_tell (self->ref, "Added", NULL, NULL);
  g_variant_unref (ask (self->ref, "Ping", NULL, NULL));

  assert_records (self->trace, "asked Add of org.example.Sample1 (1.0, 2.0)",       /* 1 */
                  "answered #1 Add (3.0,)", "asked Fail of org.example.Sample1 ()", /* 3 */
                  "failed #3 Fail (Außer Betrieb)", "asked Nothing ()",             /* 5 */
                  "failed #5 Nothing (Actor “sample” of class Sample has no command “Nothing”)",
                  "told Drop of org.example.Sample1 ()",                                    /* 7 */
                  "answered #7 Drop", "told Fail of org.example.Sample1 ()",                /* 9 */
                  "failed #9 Fail (Außer Betrieb)", "told Added of org.example.Sample1 ()", /* 11 */
                  "answered #11 Added (1,)",                                                /* 12 */
                  "asked Ping of org.geminga1.Actor ()",                                    /* 13 */
                  "answered #13 Ping ('pong',)", NULL);
}

/* What the actor sends, what others send it, and whom it lets answer. */
static void
test_others (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaActorRef) other =
      spawn (self->system, "other", (GemingaPlacement) GPOINTER_TO_INT (data));
  const char *path = geminga_actor_ref_get_path (other);
  g_autofree char *asked =
      g_strdup_printf ("asked Ask of org.example.Sample1 ('%s', 'Added', [])", path);
  g_autofree char *told = g_strdup_printf ("asked Tell of org.example.Sample1 ('%s', 2)", path);
  g_autofree char *relayed = g_strdup_printf ("asked Relay of org.example.Sample1 ('%s',)", path);

  g_variant_unref (ask (self->ref, "Ask", g_variant_new ("(osav)", path, "Added", NULL), NULL));
  g_variant_unref (ask (self->ref, "Tell", g_variant_new ("(ou)", path, 2), NULL));
  g_variant_unref (ask (self->ref, "Relay", g_variant_new ("(o)", path), NULL));
  g_variant_unref (
      ask (other, "Ask",
           g_variant_new ("(osav)", geminga_actor_ref_get_path (self->ref), "Added", NULL), NULL));

  assert_records (
      self->trace, asked, /* 1 */
      "asks other Added of org.example.Sample1 ()", "answered #1 Ask (<(uint32 0,)>,)",
      told, /* 4 */
      "tells other Step of org.example.Sample1 (0,)",
      "tells other Step of org.example.Sample1 (1,)", "answered #4 Tell ()", relayed, /* 8 */
      "forwarded #8 other Relay", "asked other Added of org.example.Sample1 ()",      /* 10 */
      "answered #10 other Added (0,)", NULL);
}

static void
test_late_answer (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_actor_ref_ask_async (self->ref, "Keep", NULL, -1, NULL, keep_result_cb, &result);
  g_variant_unref (ask (self->ref, "AnswerKept", NULL, NULL));
  AWAIT (result != NULL);

  assert_records (self->trace, "asked Keep of org.example.Sample1 ()", /* 1 */
                  "asked AnswerKept of org.example.Sample1 ()", "answered #1 Keep ()",
                  "answered #2 AnswerKept ()", NULL);
}

/* What is put aside is handled twice. */
static void
test_stashed (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaActorRef) ref =
      spawn_type (self->system, WAITER_TYPE, "waiter", (GemingaPlacement) GPOINTER_TO_INT (data));
  g_autoptr (GemingaTrace) trace = geminga_trace_new (count_cb, self);
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_true (geminga_trace_start (trace, geminga_actor_ref_get_target (ref)));
  geminga_actor_ref_ask_async (ref, "Work", NULL, -1, NULL, keep_result_cb, &result);
  geminga_actor_ref_tell (ref, "Work", NULL, NULL);
  g_variant_unref (ask (ref, "Begin", NULL, NULL));
  AWAIT (result != NULL);
  g_variant_unref (ask (ref, "Ping", NULL, NULL));
  geminga_trace_stop (trace);

  assert_records (trace, "asked Work of org.example.Waiter1 ()", "stashed #1 Work",
                  "told Work of org.example.Waiter1 ()", /* 3 */
                  "stashed #3 Work", "asked Begin of org.example.Waiter1 ()",
                  "answered #5 Begin ()", "asked Work of org.example.Waiter1 ()", /* 7 */
                  "answered #7 Work ()", "told Work of org.example.Waiter1 ()",
                  "answered #9 Work ()", "asked Ping of org.geminga1.Actor ()",
                  "answered #11 Ping ('pong',)", NULL);
}

/* A tell whose sender waits until it is accepted is a tell like others. */
static void
test_awaited (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_tell_async (self->ref, "Added", NULL, -1, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);
  geminga_actor_ref_tell_finish (self->ref, result, &error);
  g_assert_no_error (error);
  g_variant_unref (ask (self->ref, "Ping", NULL, NULL));

  assert_records (self->trace, "told Added of org.example.Sample1 ()", "answered #1 Added (0,)",
                  "asked Ping of org.geminga1.Actor ()", "answered #3 Ping ('pong',)", NULL);
}

static void
test_wake (Fixture *self, gconstpointer data)
{
  guint64 n_lost;

  g_assert_false (geminga_trace_wait (self->trace));
  g_assert_cmpint (g_atomic_int_get (&self->n_woken), ==, 0);
  g_variant_unref (ask (self->ref, "Added", NULL, NULL));
  g_variant_unref (ask (self->ref, "Added", NULL, NULL));
  g_assert_cmpint (g_atomic_int_get (&self->n_woken), ==, 1);
  g_assert_true (geminga_trace_wait (self->trace));

  /* As many as are wanted. */
  g_ptr_array_unref (geminga_trace_take (self->trace, 3, &n_lost));
  g_assert_true (geminga_trace_wait (self->trace));
  g_ptr_array_unref (geminga_trace_take (self->trace, 3, &n_lost));
  g_assert_false (geminga_trace_wait (self->trace));
  g_assert_false (geminga_trace_is_over (self->trace));

  geminga_trace_stop (self->trace);
  g_variant_unref (ask (self->ref, "Added", NULL, NULL));
  g_assert_cmpint (g_atomic_int_get (&self->n_woken), ==, 1);
  g_assert_true (geminga_trace_wait (self->trace));
  g_assert_true (geminga_trace_is_over (self->trace));
}

/* Whoever does not read loses what is new, and is told how much. */
static void
test_lost (Fixture *self, gconstpointer data)
{
  const guint n_tells = 5000; /* two records each */
  guint64 n_lost;
  guint64 n_more;
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GPtrArray) more = NULL;

  for (guint i = 0; i < n_tells; i++)
    {
      geminga_actor_ref_tell (self->ref, "Added", NULL, NULL);
      if (i % 500 == 0)
        g_variant_unref (ask (self->ref, "Added", NULL, NULL));
    }
  g_variant_unref (ask (self->ref, "Added", NULL, NULL));

  records = geminga_trace_take (self->trace, G_MAXUINT, &n_lost);
  g_assert_cmpuint (records->len, <, 2 * n_tells);
  g_assert_cmpuint (records->len + n_lost, ==, 2 * (n_tells + n_tells / 500 + 1));
  g_variant_unref (ask (self->ref, "Added", NULL, NULL));
  more = geminga_trace_take (self->trace, G_MAXUINT, &n_more);
  g_assert_cmpuint (more->len, ==, 2);
  g_assert_cmpuint (n_more, ==, 0);
}

/* Few messages may be as much. */
static void
test_lost_bytes (Fixture *self, gconstpointer data)
{
  gsize size = 1024 * 1024;
  g_autofree char *bytes = g_malloc0 (size);
  guint64 n_lost;
  g_autoptr (GPtrArray) records = NULL;

  for (guint i = 0; i < 20; i++)
    {
      GVariant *array = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, size, 1);

      g_variant_unref (ask (self->ref, "Size", g_variant_new ("(@ay)", array), NULL));
    }
  records = geminga_trace_take (self->trace, G_MAXUINT, &n_lost);
  g_assert_cmpuint (records->len, <, 20);
  g_assert_cmpuint (records->len + n_lost, ==, 40);
}

static void
test_several (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaTrace) second = geminga_trace_new (count_cb, self);
  GemingaMailbox *mailbox = (GemingaMailbox *) geminga_actor_ref_get_target (self->ref);

  g_variant_unref (ask (self->ref, "Added", NULL, NULL));
  g_assert_true (geminga_trace_start (second, &mailbox->target));
  g_variant_unref (ask (self->ref, "Kept", NULL, NULL));
  geminga_trace_stop (self->trace);
  g_assert_cmpuint (atomic_load (&mailbox->detours) & GEMINGA_MAILBOX_IS_TRACED, !=, 0);
  g_variant_unref (ask (self->ref, "Ping", NULL, NULL));
  geminga_trace_stop (second);
  g_assert_cmpuint (atomic_load (&mailbox->detours) & GEMINGA_MAILBOX_IS_TRACED, ==, 0);
  g_variant_unref (ask (self->ref, "Ping", NULL, NULL));

  assert_records (self->trace, "asked Added of org.example.Sample1 ()", "answered #1 Added (0,)",
                  "asked Kept of org.example.Sample1 ()", "answered #3 Kept (0, 0)", NULL);
  assert_records (second, "asked Kept of org.example.Sample1 ()", "answered #3 Kept (0, 0)",
                  "asked Ping of org.geminga1.Actor ()", "answered #5 Ping ('pong',)", NULL);
}

static void
test_ended (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaTrace) late = geminga_trace_new (count_cb, self);

  g_variant_unref (ask (self->ref, "Ping", NULL, NULL));
  g_assert_false (geminga_trace_is_over (self->trace));
  geminga_actor_ref_kill (self->ref);
  wait_ended (self->ref, NULL);
  g_assert_true (geminga_trace_wait (self->trace));
  g_assert_false (geminga_trace_is_over (self->trace));
  assert_records (self->trace, "asked Ping of org.geminga1.Actor ()", "answered #1 Ping ('pong',)",
                  "ended", NULL);
  g_assert_true (geminga_trace_is_over (self->trace));
  g_assert_false (geminga_trace_start (late, geminga_actor_ref_get_target (self->ref)));
  g_assert_true (geminga_trace_is_over (late));
}

/* A killer takes over from a handler that does not return: what it does from then on is not told. */
static void
test_taken_over (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaActorRef) ref =
      spawn_type (self->system, WAITER_TYPE, "waiter", GEMINGA_PLACEMENT_THREAD);
  g_autoptr (GemingaTrace) trace = geminga_trace_new (count_cb, self);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (geminga_trace_start (trace, geminga_actor_ref_get_target (ref)));
  g_mutex_lock (&sample_gate);
  geminga_actor_ref_ask_async (ref, "Hang", NULL, -1, NULL, keep_result_cb, &result);
  AWAIT_THREAD (g_atomic_int_get (&waiter_is_hanging));
  geminga_actor_ref_kill (ref);
  AWAIT (result != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (ref, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  assert_records (trace, "asked Hang of org.example.Waiter1 ()", "ended", NULL);
  g_assert_true (geminga_trace_is_over (trace));

  g_mutex_unlock (&sample_gate);
  AWAIT_THREAD (!g_atomic_int_get (&waiter_is_hanging));
  assert_records (trace, NULL);
  geminga_trace_stop (trace);
}

/* Starting and stopping while messages come from another thread. */
static gpointer
flood (gpointer data)
{
  Fixture *self = data;

  for (guint i = 0; i < 20000; i++)
    geminga_actor_ref_tell (self->ref, "Added", NULL, NULL);

  return NULL;
}

static void
test_flood (Fixture *self, gconstpointer data)
{
  GThread *thread = g_thread_new ("flood", flood, self);

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (GemingaTrace) trace = geminga_trace_new (count_cb, self);
      guint64 n_lost;

      g_assert_true (geminga_trace_start (trace, geminga_actor_ref_get_target (self->ref)));
      g_variant_unref (ask (self->ref, "Ping", NULL, NULL));
      g_ptr_array_unref (geminga_trace_take (trace, 10, &n_lost));
      geminga_trace_stop (trace);
    }
  g_thread_join (thread);
  g_variant_unref (ask (self->ref, "Ping", NULL, NULL));
}

static void
add_test (const char *name, void (*func) (Fixture *self, gconstpointer data))
{
  g_autofree char *shared = g_strdup_printf ("/core/trace/%s/shared", name);
  g_autofree char *thread = g_strdup_printf ("/core/trace/%s/thread", name);

  g_test_add (shared, Fixture, GINT_TO_POINTER (GEMINGA_PLACEMENT_SHARED), set_up, func, tear_down);
  g_test_add (thread, Fixture, GINT_TO_POINTER (GEMINGA_PLACEMENT_THREAD), set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_test ("calls", test_calls);
  add_test ("others", test_others);
  add_test ("late-answer", test_late_answer);
  add_test ("stashed", test_stashed);
  add_test ("awaited", test_awaited);
  add_test ("wake", test_wake);
  add_test ("lost", test_lost);
  add_test ("lost-bytes", test_lost_bytes);
  add_test ("several", test_several);
  add_test ("ended", test_ended);
  add_test ("flood", test_flood);
  g_test_add ("/core/trace/taken-over", Fixture, GINT_TO_POINTER (GEMINGA_PLACEMENT_SHARED), set_up,
              test_taken_over, tear_down);

  return g_test_run ();
}
