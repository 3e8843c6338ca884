/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "../death-limit.h"
#include "placement-world.h"
#include "variant-samples.h"

/* What actors do is the same in all placements: one table, run in each. */

/* Helpers */

static const char *
path_of (GemingaActorRef *ref)
{
  return geminga_actor_ref_get_path (ref);
}

/* An ask that cannot fail; gives its one result. */
static GVariant *
ask_one (GemingaActorRef *ref, const char *command, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (ref, command, arguments, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (answer), ==, 1);

  return g_variant_get_child_value (answer, 0);
}

static guint32
count_added (GemingaActorRef *ref)
{
  g_autoptr (GVariant) count = ask_one (ref, "Added", NULL);

  return g_variant_get_uint32 (count);
}

/* Waits until so many kept calls were cancelled; each ask is a way there and back. */
static void
await_cancelled (GemingaActorRef *ref, guint32 wanted)
{
  gint64 end = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;
  guint32 n_cancelled = 0;

  while (n_cancelled != wanted)
    {
      g_autoptr (GVariant) answer = ask (ref, "Kept", NULL, NULL);

      g_variant_get (answer, "(uu)", NULL, &n_cancelled);
      g_assert_cmpuint (n_cancelled, <=, wanted);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
    }
}

static void
await_kept (GemingaActorRef *ref, guint32 wanted)
{
  gint64 end = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;
  guint32 n_kept = 0;

  while (n_kept != wanted)
    {
      g_autoptr (GVariant) answer = ask (ref, "Kept", NULL, NULL);

      g_variant_get (answer, "(uu)", &n_kept, NULL);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
    }
}

static void
assert_refused (GemingaActorRef *ref, const char *command, GVariant *arguments, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (ref, command, arguments, &error));
  g_assert_error (error, GEMINGA_ERROR, code);
}

/* Cases: commands every actor has */

static void
case_ping (World *world)
{
  g_autoptr (GVariant) answer = ask_one (world->ref, "Ping", NULL);

  g_assert_cmpstr (g_variant_get_string (answer, NULL), ==, "pong");
}

static void
case_echo (World *world)
{
  g_autoptr (GPtrArray) samples = variant_samples_new ();
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();

  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (g_unix_fd_list_append (fds, STDERR_FILENO, NULL), ==, (int) i);

  for (guint i = 0; i < samples->len; i++)
    {
      GVariant *sample = g_ptr_array_index (samples, i);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) answer = NULL;
      g_autoptr (GVariant) echoed = NULL;

      geminga_actor_ref_ask_with_fds_async (world->ref, "Echo", g_variant_new ("(v)", sample), fds,
                                            -1, NULL, keep_result_cb, &result);
      AWAIT (result != NULL);
      answer = geminga_actor_ref_ask_with_fds_finish (world->ref, NULL, result, &error);
      if (error != NULL)
        g_error ("%s: %s", g_variant_get_type_string (sample), error->message);
      g_variant_get (answer, "(v)", &echoed);
      g_assert_cmpvariant (echoed, sample);
    }
}

static void
case_info (World *world)
{
  static const char *const placements[] = { "shared", "thread", "process" };
  gint64 now = g_get_real_time ();
  g_autoptr (GVariant) dict = NULL;
  const char *text;
  guint32 pid;
  guint64 number;

  ask_plainly (world->ref, "Ping", NULL);
  dict = ask_one (world->ref, "Info", NULL);
  g_assert_true (g_variant_lookup (dict, "id", "&s", &text));
  g_assert_cmpstr (text, ==, "sample");
  g_assert_true (g_variant_lookup (dict, "type", "&s", &text));
  g_assert_cmpstr (text, ==, "Sample");
  g_assert_true (g_variant_lookup (dict, "placement", "&s", &text));
  g_assert_cmpstr (text, ==, placements[world->placement]);
  g_assert_true (g_variant_lookup (dict, "pid", "u", &pid));
  g_assert_true ((pid == (guint32) getpid ()) == (world->placement != GEMINGA_PLACEMENT_PROCESS));
  g_assert_true (g_variant_lookup (dict, "processed", "t", &number));
  g_assert_cmpuint (number, ==, 2);
  g_assert_true (g_variant_lookup (dict, "started-at", "t", &number));
  g_assert_cmpint (ABS ((gint64) number - now), <, 60 * G_TIME_SPAN_SECOND);
  g_assert_true (g_variant_lookup (dict, "mailbox", "u", &pid));
  g_assert_cmpuint (pid, ==, 0);
}

static void
assert_config (GemingaActorRef *ref, const char *expected)
{
  g_autoptr (GVariant) config = ask_one (ref, "GetConfig", NULL);
  g_autofree char *text = g_variant_print (config, FALSE);

  g_assert_cmpstr (text, ==, expected);
}

static void
case_config (World *world)
{
  g_autoptr (GemingaActorRef) made =
      world_spawn (world, "made", g_variant_new_parsed ("{'limit': <-3>, 'label': <'x'>}"));
  static const char *const wrong[] = {
    "({'number': <uint32 8>, 'label': <1>},)",
    "({'number': <uint32 8>, 'nothing': <1>},)",
    "({'number': <uint32 1001>},)",
    "({'number': <uint32 8>, 'limit': <1>},)",
    "({'number': <uint32 8>, 'id': <'other'>},)",
    "({'label': <'y'>, 'number': <uint32 8>, 'label': <'z'>},)",
  };

  assert_config (made, "{'number': <uint32 0>, 'label': <'x'>, 'limit': <-3>}");
  ask_plainly (world->ref, "SetConfig",
               g_variant_new_parsed ("({'number': <uint32 7>, 'label': <'größer'>},)"));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    assert_refused (world->ref, "SetConfig", g_variant_new_parsed (wrong[i]),
                    GEMINGA_ERROR_INVALID_ARGUMENTS);
  assert_config (world->ref, "{'number': <uint32 7>, 'label': <'größer'>, 'limit': <2>}");
}

static void
case_stop (World *world)
{
  g_autoptr (GError) error = NULL;

  ask_plainly (world->ref, "Stop", NULL);
  g_assert_true (wait_ended (world->ref, &error));
  g_assert_no_error (error);
  assert_refused (world->ref, "Ping", NULL, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_assert_false (wait_ready (world->ref, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
}

/* Cases: messages */

static void
case_ask (World *world)
{
  g_autoptr (GVariant) sum = ask_one (world->ref, "Add", g_variant_new ("(dd)", 1.5, 2.0));

  g_assert_cmpfloat (g_variant_get_double (sum), ==, 3.5);
  g_assert_cmpuint (count_added (world->ref), ==, 1);
}

static void
case_tell (World *world)
{
  g_autoptr (GVariant) steps = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_in_order;
  guint32 next;

  for (guint32 i = 0; i < 1000; i++)
    g_assert_true (geminga_actor_ref_tell (world->ref, "Step", g_variant_new ("(u)", i), &error));
  g_assert_no_error (error);
  steps = ask (world->ref, "Steps", NULL, &error);
  g_assert_no_error (error);
  g_variant_get (steps, "(ub)", &next, &is_in_order);
  g_assert_cmpuint (next, ==, 1000);
  g_assert_true (is_in_order);

  g_assert_false (geminga_actor_ref_tell (world->ref, "Step", g_variant_new ("u", 1), &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
}

static void
case_tell_between (World *world)
{
  g_autoptr (GemingaActorRef) other = world_spawn (world, "other", NULL);
  g_autoptr (GVariant) steps = NULL;
  gboolean is_in_order;
  guint32 next = 0;

  ask_plainly (other, "Tell", g_variant_new ("(ou)", path_of (world->ref), 100));
  while (next < 100)
    {
      g_clear_pointer (&steps, g_variant_unref);
      steps = ask (world->ref, "Steps", NULL, NULL);
      g_variant_get (steps, "(ub)", &next, &is_in_order);
      g_assert_true (is_in_order);
    }
}

static void
case_forward (World *world)
{
  g_autoptr (GemingaActorRef) other = world_spawn (world, "other", NULL);
  g_autoptr (GVariant) answer =
      ask (world->ref, "Relay", g_variant_new ("(o)", path_of (other)), NULL);
  g_autoptr (GVariant) argument = g_variant_ref_sink (g_variant_new ("o", path_of (other)));
  g_autoptr (GVariant) outer = NULL;
  const char *sender;
  const char *who;

  g_variant_get (answer, "(&o&o)", &sender, &who);
  g_assert_cmpstr (sender, ==, "/");
  g_assert_cmpstr (who, ==, path_of (other));

  /* The sender stays who asked first. */
  g_clear_pointer (&answer, g_variant_unref);
  outer = ask_one (
      other, "Ask",
      g_variant_new ("(os@av)", path_of (world->ref), "Relay",
                     g_variant_new_array (G_VARIANT_TYPE_VARIANT,
                                          (GVariant *[]){ g_variant_new_variant (argument) }, 1)));
  answer = g_variant_get_variant (outer);
  g_variant_get (answer, "(&o&o)", &sender, &who);
  g_assert_cmpstr (sender, ==, path_of (other));
  g_assert_cmpstr (who, ==, path_of (other));
}

static void
case_error (World *world)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (world->ref, "Fail", NULL, &error));
  g_assert_error (error, SAMPLE_ERROR, -7);
  g_assert_cmpstr (error->message, ==, "Außer Betrieb");
  assert_refused (world->ref, "Drop", NULL, GEMINGA_ERROR_DROPPED);
}

static void
case_unknown_target (World *world)
{
  static const char *const paths[] = { "/org/geminga1/node/0/nobody", "/org/geminga1/node/1/nobody",
                                       "/org/geminga1/node/99/nobody" };
  g_autoptr (GError) error = NULL;

  g_assert_null (geminga_system_ref_actor (world->system, "nobody", &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  /* Named by another actor, it is that one's process that does not know it. */
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    assert_refused (world->ref, "Ask", g_variant_new ("(osav)", paths[i], "Ping", NULL),
                    GEMINGA_ERROR_NO_SUCH_ACTOR);
}

static void
case_unknown_command (World *world)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (world->ref, "Nothing", NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_COMMAND);
  g_assert_nonnull (strstr (error->message, "“Nothing”"));
  assert_refused (world->ref, "no-name", NULL, GEMINGA_ERROR_NO_SUCH_COMMAND);
  assert_refused (world->ref, "", NULL, GEMINGA_ERROR_NO_SUCH_COMMAND);
}

static void
case_wrong_arguments (World *world)
{
  static const char *const wrong[] = {
    "()", "(1.5,)", "(1.5, 'x')", "(1.5, 2.0, 3.0)", "((1.5, 2.0),)", "(uint32 1, 2)", "1.5", "'x'"
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    assert_refused (world->ref, "Add", g_variant_new_parsed (wrong[i]),
                    GEMINGA_ERROR_INVALID_ARGUMENTS);
  assert_refused (world->ref, "Ping", g_variant_new ("(s)", "x"), GEMINGA_ERROR_INVALID_ARGUMENTS);
  g_assert_cmpuint (count_added (world->ref), ==, 0);
}

static void
case_ref_in_message (World *world)
{
  g_autoptr (GemingaActorRef) other = world_spawn (world, "other", NULL);
  g_autoptr (GVariant) arguments = g_variant_ref_sink (
      g_variant_new_parsed ("(%o, 'Echo', [<<'over three'>>])", path_of (world->ref)));
  g_autoptr (GVariant) outer = ask_one (other, "Ask", arguments);
  g_autofree char *text = g_variant_print (outer, FALSE);

  g_assert_cmpstr (text, ==, "<(<'over three'>,)>");
}

static void
case_fd (World *world)
{
  g_autoptr (GUnixFDList) sent = g_unix_fd_list_new ();
  g_autoptr (GUnixFDList) got = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  gint32 handle;
  char byte = '\0';
  int ends[2];
  int fd;

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (ends[1], "?", 1), ==, 1);
  handle = g_unix_fd_list_append (sent, ends[0], NULL);
  close (ends[0]);
  geminga_actor_ref_ask_with_fds_async (world->ref, "PassFd", g_variant_new ("(h)", handle), sent,
                                        -1, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);
  answer = geminga_actor_ref_ask_with_fds_finish (world->ref, &got, result, &error);
  g_assert_no_error (error);
  g_variant_get (answer, "(h)", &handle);
  fd = g_unix_fd_list_get (got, handle, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (fd, &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, '?');
  close (fd);
  close (ends[1]);
}

static void
case_large (World *world)
{
  const gsize size = 64 * 1024 * 1024;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);
  GVariant *payload = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
  g_autoptr (GVariant) answer = ask_one (world->ref, "Size", g_variant_new ("(@ay)", payload));

  g_assert_cmpuint (g_variant_get_uint64 (answer), ==, size);
}

/* Cases: time */

static void
case_deadline (World *world)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  ask_plainly (world->ref, "Ping", NULL);
  geminga_actor_ref_ask_async (world->ref, "Keep", NULL, 50, NULL, keep_result_cb, &result);
  await_kept (world->ref, 1);
  AWAIT (result != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (world->ref, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_TIMED_OUT);
  await_cancelled (world->ref, 1);
}

static gint64
ask_remaining (GemingaActorRef *ref, const char *command, GVariant *arguments, int timeout)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) inner = NULL;
  gint64 remaining;

  geminga_actor_ref_ask_async (ref, command, arguments, timeout, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);
  answer = geminga_actor_ref_ask_finish (ref, result, &error);
  g_assert_no_error (error);
  if (g_variant_is_of_type (answer, G_VARIANT_TYPE ("(v)")))
    g_variant_get (answer, "(v)", &inner);
  g_variant_get (inner != NULL ? inner : answer, "(x)", &remaining);

  return remaining;
}

static void
case_deadline_travels (World *world)
{
  g_autoptr (GemingaActorRef) other = world_spawn (world, "other", NULL);
  gint64 remaining;

  g_assert_true (wait_ready (other, NULL));
  remaining = ask_remaining (world->ref, "Remaining", NULL, 20 * 1000);
  g_assert_cmpint (remaining, >, 0);
  g_assert_cmpint (remaining, <=, 20 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (ask_remaining (world->ref, "Remaining", NULL, G_MAXINT), ==, 0);
  /* The second hop has no more time than the first. */
  remaining = ask_remaining (
      other, "Ask", g_variant_new ("(osav)", path_of (world->ref), "Remaining", NULL), 20 * 1000);
  g_assert_cmpint (remaining, >, 0);
  g_assert_cmpint (remaining, <=, 20 * G_TIME_SPAN_SECOND);
}

static void
cancel_one (World *world, GemingaActorRef *callee, const char *command, GVariant *arguments)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_ask_async (world->ref, command, arguments, -1, cancellable, keep_result_cb,
                               &result);
  await_kept (callee, 1);
  g_cancellable_cancel (cancellable);
  AWAIT (result != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (world->ref, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  await_cancelled (callee, 1);
}

static void
case_cancel (World *world)
{
  cancel_one (world, world->ref, "Keep", NULL);
}

static void
case_cancel_forwarded (World *world)
{
  g_autoptr (GemingaActorRef) other = world_spawn (world, "other", NULL);

  g_assert_true (wait_ready (other, NULL));
  cancel_one (world, other, "RelayKeep", g_variant_new ("(o)", path_of (other)));
}

/* Through an actor that asks another one on behalf of its caller. */
static void
case_cancel_hops (World *world)
{
  g_autoptr (GemingaActorRef) other = world_spawn (world, "other", NULL);

  g_assert_true (wait_ready (other, NULL));
  cancel_one (world, other, "Ask", g_variant_new ("(osav)", path_of (other), "Keep", NULL));
}

static void
case_cancel_before (World *world)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  geminga_actor_ref_ask_async (world->ref, "Add", g_variant_new ("(dd)", 1.0, 2.0), -1, cancellable,
                               keep_result_cb, &result);
  AWAIT (result != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (world->ref, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (count_added (world->ref), ==, 0);
}

/* Cases: life and death */

static void
case_spawn (World *world)
{
  g_autoptr (GVariant) path =
      ask_one (world->ref, "Spawn", g_variant_new ("(su)", "child", world->placement));
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) child =
      geminga_system_ref_actor (world->system, g_variant_get_string (path, NULL), &error);
  g_autoptr (GVariant) sum = NULL;

  g_assert_no_error (error);
  sum = ask_one (child, "Add", g_variant_new ("(dd)", 1.0, 2.0));
  g_assert_cmpfloat (g_variant_get_double (sum), ==, 3);

  /* It ends with who made it. */
  geminga_actor_ref_stop (world->ref);
  g_assert_true (wait_ended (world->ref, &error));
  g_assert_no_error (error);
  wait_ended (child, NULL);
  g_assert_null (ask (child, "Ping", NULL, &error));
  g_assert_true (g_error_matches (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR) ||
                 g_error_matches (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED));
}

static void
case_fail (World *world)
{
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_tell (world->ref, "Break", NULL, NULL);
  g_assert_false (wait_ended (world->ref, &error));
  g_assert_error (error, SAMPLE_ERROR, 3);
  g_assert_cmpstr (error->message, ==, "broken");
}

static void
case_kill (World *world)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wait_ready (world->ref, NULL));
  geminga_actor_ref_kill (world->ref);
  g_assert_false (wait_ended (world->ref, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  assert_refused (world->ref, "Ping", NULL, GEMINGA_ERROR_NO_SUCH_ACTOR);
}

static void
add_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_ptr_array_add (user_data, g_object_ref (result));
}

/* Gives the time from when the death is known until the last of 100 asks has failed. */
static gint64
die_once (World *world, guint number)
{
  g_autofree char *id = g_strdup_printf ("victim%u", number);
  g_autoptr (GemingaActorRef) victim = world_spawn (world, id, NULL);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GVariant) info = ask_one (victim, "Info", NULL);
  guint32 pid;

  g_variant_lookup (info, "pid", "u", &pid);
  for (guint i = 0; i < 100; i++)
    geminga_actor_ref_ask_async (victim, "Keep", NULL, -1, NULL, add_result_cb, results);
  await_kept (victim, 100);

  world->death_known_at = g_get_monotonic_time ();
  if (world->placement == GEMINGA_PLACEMENT_PROCESS)
    kill ((pid_t) pid, SIGKILL);
  else
    geminga_actor_ref_kill (victim);
  AWAIT (results->len == 100);

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (geminga_actor_ref_ask_finish (victim, g_ptr_array_index (results, i), &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
    }
  g_assert_false (wait_ended (victim, NULL));

  return g_get_monotonic_time () - world->death_known_at;
}

/* The best of some: others may have had the processor meanwhile. */
static void
case_die (World *world)
{
  gint64 best = G_MAXINT64;

  for (guint i = 0; i < 5 && best >= DEATH_LIMIT; i++)
    best = MIN (best, die_once (world, i));
  g_assert_cmpint (best, <, DEATH_LIMIT);
}

static gboolean
hanging_cb (int fd, GIOCondition condition, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
case_hang (World *world)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GAsyncResult) asked = NULL;
  g_autoptr (GAsyncResult) ended = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_hanging = FALSE;
  int ends[2];

  if (world->placement == GEMINGA_PLACEMENT_SHARED)
    {
      g_test_skip ("what shares its loop hangs with it");
      return;
    }

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  g_unix_fd_list_append (fds, ends[1], NULL);
  close (ends[1]);
  g_mutex_lock (&sample_gate);
  geminga_actor_ref_ask_with_fds_async (world->ref, "Hang", g_variant_new ("(h)", 0), fds, -1, NULL,
                                        keep_result_cb, &asked);
  g_unix_fd_add (ends[0], G_IO_IN, hanging_cb, &is_hanging);
  AWAIT (is_hanging);

  geminga_actor_ref_wait_ended_async (world->ref, NULL, keep_result_cb, &ended);
  geminga_actor_ref_stop (world->ref);
  geminga_actor_ref_kill (world->ref);
  AWAIT (asked != NULL && ended != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (world->ref, asked, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  g_clear_error (&error);
  g_assert_false (geminga_actor_ref_wait_ended_finish (world->ref, ended, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_DIED);
  assert_refused (world->ref, "Ping", NULL, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_mutex_unlock (&sample_gate);
  close (ends[0]);
}

/* The table */

typedef struct
{
  const char *name;
  void (*run) (World *world);
} Case;

static const Case cases[] = {
  { "ping", case_ping },
  { "echo", case_echo },
  { "info", case_info },
  { "config", case_config },
  { "stop", case_stop },
  { "ask", case_ask },
  { "tell", case_tell },
  { "tell-between", case_tell_between },
  { "forward", case_forward },
  { "error", case_error },
  { "unknown-target", case_unknown_target },
  { "unknown-command", case_unknown_command },
  { "wrong-arguments", case_wrong_arguments },
  { "ref-in-message", case_ref_in_message },
  { "fd", case_fd },
  { "large", case_large },
  { "deadline", case_deadline },
  { "deadline-travels", case_deadline_travels },
  { "cancel", case_cancel },
  { "cancel-forwarded", case_cancel_forwarded },
  { "cancel-hops", case_cancel_hops },
  { "cancel-before", case_cancel_before },
  { "spawn", case_spawn },
  { "fail", case_fail },
  { "kill", case_kill },
  { "die", case_die },
  { "hang", case_hang },
};

typedef struct
{
  const Case *the_case;
  GemingaPlacement placement;
} Run;

static void
run_case (gconstpointer data)
{
  const Run *run = data;
  g_autoptr (World) world = world_new (run->placement);

  run->the_case->run (world);
}

int
main (int argc, char *argv[])
{
  static const char *const placements[] = { "shared", "thread", "process" };

  if (g_getenv (WORKER_VARIABLE) != NULL)
    return run_worker ();

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (placements); i++)
    for (guint j = 0; j < G_N_ELEMENTS (cases); j++)
      {
        g_autofree char *path =
            g_strdup_printf ("/core/placements/%s/%s", placements[i], cases[j].name);
        Run *run = g_new (Run, 1);

        *run = (Run){ &cases[j], (GemingaPlacement) i };
        g_test_add_data_func_full (path, run, run_case, g_free);
      }

  return g_test_run ();
}
