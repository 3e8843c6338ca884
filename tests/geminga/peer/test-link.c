/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "../death-limit.h"
#include "node-fixture.h"

static GemingaActorRef *
ref_path (Service *service, const char *path)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_ref_actor (service->system, path, &error);

  g_assert_no_error (error);

  return ref;
}

#define N_ASKS 100

static void
add_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_ptr_array_add (user_data, g_object_ref (result));
}

/* The process just closes. Gives the time until all asks have failed. */
static gint64
close_once (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GemingaActorRef) ref = NULL;
  gint64 start;
  gint64 duration;

  service->is_played = TRUE;
  ref = spawn_probe (service, "probe");
  for (guint i = 0; i < N_ASKS; i++)
    geminga_actor_ref_ask_async (ref, "Keep", NULL, -1, NULL, add_result_cb, results);
  played_expect (service->played_fd, "Init");

  start = g_get_monotonic_time ();
  close (service->played_fd);
  AWAIT (results->len == N_ASKS);
  duration = g_get_monotonic_time () - start;
  for (guint i = 0; i < N_ASKS; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (geminga_actor_ref_ask_finish (ref, g_ptr_array_index (results, i), &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
      g_assert_cmpstr (error->message, ==, "Actor “probe” died: its process ended");
    }
  g_assert_cmpuint (service->gone->len, ==, 1);

  return duration;
}

/* The best of some: others may have had the processor meanwhile. */
static void
test_closed (void)
{
  gint64 best = G_MAXINT64;

  for (guint i = 0; i < 5 && best >= DEATH_LIMIT; i++)
    best = MIN (best, close_once ());
  g_assert_cmpint (best, <, DEATH_LIMIT);
}

static const char *const values[] = {
  "true",
  "byte 7",
  "int16 -7",
  "uint16 7",
  "-7",
  "uint32 7",
  "int64 -7",
  "uint64 7",
  "1.5",
  "'text – ünï'",
  "objectpath '/a/b'",
  "signature 'a{sv}'",
  "<int64 5>",
  "<<'nested'>>",
  "(1, 'two', 3.0)",
  "[1, 2, 3]",
  "@as []",
  "@a{sv} {}",
  "{'a': <1>, 'b': <'x'>}",
  "[(byte 1, [{'k': <@ai []>}])]",
  "b'bytes'",
  "(((((1,),),),),)",
};

static void
test_echo (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed (values[i]));
      g_autoptr (GVariant) answer = ask (ref, "Echo", g_variant_new ("(v)", value), &error);
      g_autoptr (GVariant) got = NULL;

      g_test_message ("%s", values[i]);
      g_assert_no_error (error);
      g_variant_get (answer, "(v)", &got);
      g_assert_cmpvariant (got, value);
    }
}

static void
test_echo_large (void)
{
  static const gsize sizes[] = { 65000, 65536, 1 << 20, (64 << 20) - 64 };
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *bytes = g_malloc (sizes[i]);
      g_autoptr (GVariant) value = NULL;
      g_autoptr (GVariant) answer = NULL;
      g_autoptr (GVariant) got = NULL;
      gsize size;

      g_test_message ("%" G_GSIZE_FORMAT " bytes", sizes[i]);
      for (gsize k = 0; k < sizes[i]; k++)
        bytes[k] = (guint8) (k * 7 + k / 251);
      value =
          g_variant_ref_sink (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, sizes[i], 1));
      answer = ask (ref, "Echo", g_variant_new ("(v)", value), &error);
      g_assert_no_error (error);
      g_variant_get (answer, "(v)", &got);
      g_assert_cmpmem (g_variant_get_fixed_array (got, &size, 1), size, bytes, sizes[i]);
    }
}

/* They travel in memory that both have, for as long as somebody has them. */
static void
test_large_arrays (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autofree guint64 *numbers = g_new (guint64, 1 << 17);

  for (guint i = 0; i < 1 << 17; i++)
    numbers[i] = i;

  /* More than there is memory for in one go, and again when nobody has the first ones. */
  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) answer = NULL;
      g_autoptr (GVariant) turned = NULL;
      gsize size = (1 << 14) + i * 100;
      const guint64 *got;
      guint one;

      if (i == 25)
        g_ptr_array_set_size (kept, 0);
      numbers[0] = i;
      answer = ask (ref, "Turn",
                    g_variant_new ("(@atu)",
                                   g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, numbers, size,
                                                              sizeof *numbers),
                                   1),
                    &error);
      g_assert_no_error (error);
      g_variant_get (answer, "(u@at)", &one, &turned);
      g_assert_cmpuint (one, ==, 1);
      got = g_variant_get_fixed_array (turned, &size, sizeof *numbers);
      g_assert_cmpmem (got, size * sizeof *got, numbers, ((1 << 14) + i * 100) * sizeof *numbers);
      g_ptr_array_add (kept, g_steal_pointer (&turned));
    }

  for (guint i = 0; i < kept->len; i++)
    {
      gsize size;
      const guint64 *got =
          g_variant_get_fixed_array (g_ptr_array_index (kept, i), &size, sizeof *numbers);

      g_assert_cmpuint (got[0], ==, 25 + i);
      g_assert_cmpuint (got[size - 1], ==, size - 1);
    }

  /* They are still there when the process is not. */
  g_clear_pointer (&service, service_free);
  g_assert_cmpuint (*(const guint64 *) g_variant_get_data (g_ptr_array_index (kept, 0)), ==, 25);
}

static void
test_echo_fds (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  GAsyncResult *results[20] = { NULL };

  /* Many at once, of different numbers, with others in between. */
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GUnixFDList) fds = i % 3 != 2 ? g_unix_fd_list_new () : NULL;

      for (guint k = 0; fds != NULL && k <= i; k++)
        {
          g_autofree char *text = g_strdup_printf ("%u/%u", i, k);
          int pipes[2];

          g_assert_cmpint (pipe (pipes), ==, 0);
          g_assert_cmpint (write (pipes[1], text, strlen (text) + 1), >, 0);
          g_assert_cmpint (g_unix_fd_list_append (fds, pipes[0], NULL), ==, (int) k);
          close (pipes[0]);
          close (pipes[1]);
        }
      geminga_actor_ref_ask_with_fds_async (
          ref, "Echo",
          g_variant_new ("(v)",
                         fds != NULL ? g_variant_new_handle ((int) i) : g_variant_new ("s", "no")),
          fds, -1, NULL, keep_result_cb, &results[i]);
    }

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GUnixFDList) fds = NULL;
      g_autoptr (GVariant) answer = NULL;
      g_autofree char *expected = g_strdup_printf ("%u/%u", i, i);
      char text[16] = "";
      int fd;

      AWAIT (results[i] != NULL);
      answer = geminga_actor_ref_ask_with_fds_finish (ref, &fds, results[i], &error);
      g_assert_no_error (error);
      g_clear_object (&results[i]);
      if (i % 3 == 2)
        {
          g_assert_null (fds);
          continue;
        }

      g_assert_cmpint (g_unix_fd_list_get_length (fds), ==, (int) i + 1);
      fd = g_unix_fd_list_get (fds, (int) i, &error);
      g_assert_no_error (error);
      g_assert_cmpint (read (fd, text, sizeof text), >, 0);
      g_assert_cmpstr (text, ==, expected);
      close (fd);
    }
}

static const struct
{
  const char *command;
  const char *arguments;
  int code; /* in GEMINGA_ERROR */
  const char *message;
} refusals[] = {
  { "Nothing", "()", GEMINGA_ERROR_NO_SUCH_COMMAND,
    "Actor “probe” of class Probe has no command “Nothing”" },
  { "no name", "()", GEMINGA_ERROR_NO_SUCH_COMMAND, "Actor “probe” has no command “no name”" },
  { "Add", "('one', 2.0)", GEMINGA_ERROR_INVALID_ARGUMENTS,
    "Command Add of actor “probe” takes arguments of type “(dd)”, not “(sd)”" },
  { "Echo", "(<handle 3>,)", GEMINGA_ERROR_INVALID_ARGUMENTS, NULL },
};

static void
test_refusals (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) answer =
          ask (ref, refusals[i].command, g_variant_new_parsed (refusals[i].arguments), &error);

      g_test_message ("%s %s: %s", refusals[i].command, refusals[i].arguments,
                      error != NULL ? error->message : "-");
      g_assert_null (answer);
      g_assert_error (error, GEMINGA_ERROR, refusals[i].code);
      if (refusals[i].message != NULL)
        g_assert_cmpstr (error->message, ==, refusals[i].message);
    }
}

static void
test_too_large (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *bytes = g_malloc0 ((64 << 20) + 1);
  g_autoptr (GVariant) answer =
      ask (ref, "Echo",
           g_variant_new (
               "(v)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, (64 << 20) + 1, 1)),
           &error);

  g_assert_null (answer);
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_TOO_LARGE);
}

static void
test_errors (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (ref, "Fail", NULL, &error));
  g_assert_error (error, PROBE_ERROR, -7);
  g_assert_cmpstr (error->message, ==, "Außer Betrieb");
  g_clear_error (&error);

  g_assert_null (ask (ref, "FailIo", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_cmpstr (error->message, ==, "No space");
}

static void
test_no_such_actor (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GemingaActorRef) other = ref_path (service, "/org/geminga1/node/1/other");
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (other, "Ping", NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_assert_cmpstr (error->message, ==, "There is no actor “other”");
  g_clear_error (&error);

  g_assert_null (geminga_system_ref_actor (service->system, "/org/geminga1/node/99/x", &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
}

static void
test_deadline (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  gint64 remaining;

  geminga_actor_ref_ask_async (ref, "Remaining", NULL, 20000, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);
  answer = geminga_actor_ref_ask_finish (ref, result, &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(x)", &remaining);
  g_assert_cmpint (remaining, >, 0);
  g_assert_cmpint (remaining, <=, 20 * G_TIME_SPAN_SECOND);
  g_clear_pointer (&answer, g_variant_unref);
  g_clear_object (&result);

  geminga_actor_ref_ask_async (ref, "Remaining", NULL, G_MAXINT, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);
  answer = geminga_actor_ref_ask_finish (ref, result, &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(x)", &remaining);
  g_assert_cmpint (remaining, ==, 0);
}

static void
test_cancel (gconstpointer data)
{
  gboolean is_deadline = GPOINTER_TO_INT (data);
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) pong = NULL;
  g_autoptr (GError) error = NULL;
  int n_before = g_atomic_int_get (&probe_n_cancelled);

  g_assert_true (wait_ready (ref, NULL));
  geminga_actor_ref_ask_async (ref, "Keep", NULL, is_deadline ? 50 : -1, cancellable,
                               keep_result_cb, &result);
  pong = ask (ref, "Ping", NULL, &error);
  g_assert_no_error (error);
  if (!is_deadline)
    g_cancellable_cancel (cancellable);
  AWAIT (result != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (ref, result, &error));
  if (is_deadline)
    g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_TIMED_OUT);
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  AWAIT_THREAD (g_atomic_int_get (&probe_n_cancelled) == n_before + 1);
}

static void
test_order (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GVariant) counted = NULL;
  g_autoptr (GError) error = NULL;
  guint32 next;
  gboolean is_in_order;

  for (guint32 i = 0; i < 10000; i++)
    g_assert_true (geminga_actor_ref_tell (ref, "Count", g_variant_new ("(u)", i), NULL));
  counted = ask (ref, "Counted", NULL, &error);
  g_assert_no_error (error);
  g_variant_get (counted, "(ub)", &next, &is_in_order);
  g_assert_cmpuint (next, ==, 10000);
  g_assert_true (is_in_order);
}

static gpointer
tell_in_thread (gpointer data)
{
  for (guint i = 0; i < 2000; i++)
    geminga_actor_ref_tell (data, "Count", g_variant_new ("(u)", i), NULL);

  return NULL;
}

static void
test_many_threads (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "probe");
  g_autoptr (GVariant) counted = NULL;
  g_autoptr (GError) error = NULL;
  GThread *threads[4];
  guint32 next;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("teller", tell_in_thread, ref);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  counted = ask (ref, "Counted", NULL, &error);
  g_assert_no_error (error);
  g_variant_get (counted, "(ub)", &next, NULL);
  g_assert_cmpuint (next, ==, 8000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/link/closed", test_closed);
  g_test_add_func ("/peer/link/echo", test_echo);
  g_test_add_func ("/peer/link/echo-large", test_echo_large);
  g_test_add_func ("/peer/link/large-arrays", test_large_arrays);
  g_test_add_func ("/peer/link/echo-fds", test_echo_fds);
  g_test_add_func ("/peer/link/refusals", test_refusals);
  g_test_add_func ("/peer/link/too-large", test_too_large);
  g_test_add_func ("/peer/link/errors", test_errors);
  g_test_add_func ("/peer/link/no-such-actor", test_no_such_actor);
  g_test_add_func ("/peer/link/deadline", test_deadline);
  g_test_add_data_func ("/peer/link/cancelled", GINT_TO_POINTER (FALSE), test_cancel);
  g_test_add_data_func ("/peer/link/timed-out", GINT_TO_POINTER (TRUE), test_cancel);
  g_test_add_func ("/peer/link/order", test_order);
  g_test_add_func ("/peer/link/many-threads", test_many_threads);

  return g_test_run ();
}
