/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "node-fixture.h"

#include "geminga-error.h"

/* What came of one call. */
typedef struct
{
  gboolean is_done;
  GVariant *result; /* (owned) (nullable) */
  GError *error;    /* (owned) (nullable) */
} Outcome;

/* Helpers */

static void
outcome_clear (Outcome *self)
{
  g_clear_pointer (&self->result, g_variant_unref);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
note_outcome (gpointer data, GVariant *result, GUnixFDList *fds, const GError *error)
{
  Outcome *self = data;

  self->is_done = TRUE;
  if (result != NULL)
    self->result = g_variant_ref (result);
  if (error != NULL)
    self->error = g_error_copy (error);
}

static void
begin (Service *service, guint32 node, const char *member, GVariant *arguments, Outcome *outcome)
{
  geminga_node_call_trace (service->node, node, member, arguments, note_outcome, outcome, NULL);
}

static void
start (Service *service, guint32 node, const char *actor, const char *options)
{
  g_auto (Outcome) outcome = { FALSE };
  GVariant *dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, options, NULL, NULL, NULL);

  begin (service, node, "StartTrace", g_variant_new ("(ss@a{sv})", actor, "trace", dict), &outcome);
  g_variant_unref (dict);
  AWAIT (outcome.is_done);
  g_assert_no_error (outcome.error);
}

static void
begin_read (Service *service, guint32 node, Outcome *outcome)
{
  begin (service, node, "ReadTrace", g_variant_new ("(s)", "trace"), outcome);
}

static void
stop (Service *service, guint32 node)
{
  g_auto (Outcome) outcome = { FALSE };

  begin (service, node, "StopTrace", g_variant_new ("(s)", "trace"), &outcome);
  AWAIT (outcome.is_done);
  g_assert_no_error (outcome.error);
}

static GVariant *
get_record (Outcome *outcome, gsize index)
{
  g_autoptr (GVariant) records = g_variant_get_child_value (outcome->result, 0);

  return g_variant_get_child_value (records, index);
}

static void
assert_event (Outcome *outcome, gsize index, const char *event, const char *text)
{
  g_autoptr (GVariant) record = get_record (outcome, index);
  const char *found;

  g_assert_true (g_variant_lookup (record, "event", "&s", &found));
  g_assert_cmpstr (found, ==, event);
  g_assert_true (g_variant_lookup (record, "text", "&s", &found));
  g_assert_cmpstr (found, ==, text);
}

/* Reads until there are so many records, which come one by one or together. */
static guint
read_records (Service *service, guint32 node, guint n_wanted)
{
  guint n_read = 0;

  while (n_read < n_wanted)
    {
      g_auto (Outcome) outcome = { FALSE };
      g_autoptr (GVariant) records = NULL;

      begin_read (service, node, &outcome);
      AWAIT (outcome.is_done);
      g_assert_no_error (outcome.error);
      g_assert_true (g_variant_is_of_type (outcome.result, G_VARIANT_TYPE ("(aa{sv}t)")));
      records = g_variant_get_child_value (outcome.result, 0);
      n_read += (guint) g_variant_n_children (records);
    }

  return n_read;
}

static GemingaActorRef *
spawn (Service *service, guint32 node)
{
  GemingaActorRef *ref = node != 0 ? spawn_probe (service, "probe")
                                   : geminga_system_spawn (service->system, PROBE_TYPE, "probe",
                                                           GEMINGA_PLACEMENT_SHARED, NULL, NULL);

  g_assert_true (wait_ready (ref, NULL));

  return ref;
}

/* Tests: the actor is in process 0, which is this one, or 1 */

static void
test_read (gconstpointer data)
{
  guint32 node = GPOINTER_TO_UINT (data);
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn (service, node);
  g_auto (Outcome) outcome = { FALSE };

  start (service, node, "probe", "@a{sv} {}");
  g_variant_unref (ask (ref, "Add", g_variant_new ("(dd)", 1.0, 2.0), NULL));
  begin_read (service, node, &outcome);
  AWAIT (outcome.is_done);
  g_assert_no_error (outcome.error);
  assert_event (&outcome, 0, "asked", "(1.0, 2.0)");
  assert_event (&outcome, 1, "answered", "(3.0,)");

  /* From now on the next one is not awaited any more. */
  stop (service, node);
  g_variant_unref (ask (ref, "Counted", NULL, NULL));
}

static void
test_await (gconstpointer data)
{
  guint32 node = GPOINTER_TO_UINT (data);
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn (service, node);
  g_auto (Outcome) first = { FALSE };
  g_auto (Outcome) second = { FALSE };

  start (service, node, "probe", "{'wire': <true>}");
  begin_read (service, node, &first);
  begin_read (service, node, &second);
  AWAIT (second.is_done);
  g_assert_error (second.error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED);
  g_assert_false (first.is_done);

  g_variant_unref (ask (ref, "Counted", NULL, NULL));
  AWAIT (first.is_done);
  g_assert_no_error (first.error);
  {
    g_autoptr (GVariant) record = get_record (&first, 0);
    g_autoptr (GVariant) wire = g_variant_lookup_value (record, "wire", G_VARIANT_TYPE_BYTESTRING);

    g_assert_nonnull (wire);
  }
  stop (service, node);
}

/* Who is waiting is told. */
static void
test_stop (gconstpointer data)
{
  guint32 node = GPOINTER_TO_UINT (data);
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn (service, node);
  g_auto (Outcome) waiting = { FALSE };
  g_auto (Outcome) late = { FALSE };

  start (service, node, "probe", "@a{sv} {}");
  begin_read (service, node, &waiting);
  stop (service, node);
  AWAIT (waiting.is_done);
  g_assert_error (waiting.error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  begin_read (service, node, &late);
  AWAIT (late.is_done);
  g_assert_error (late.error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED);
  stop (service, node);
}

static void
test_many (gconstpointer data)
{
  guint32 node = GPOINTER_TO_UINT (data);
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn (service, node);

  start (service, node, "probe", "@a{sv} {}");
  for (guint32 i = 0; i < 1000; i++)
    geminga_actor_ref_tell (ref, "Count", g_variant_new ("(u)", i), NULL);
  g_assert_cmpuint (read_records (service, node, 2000), ==, 2000);
  stop (service, node);
}

static void
assert_refused (Service *service, guint32 node, const char *actor, const char *options, int code)
{
  g_auto (Outcome) outcome = { FALSE };
  GVariant *dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, options, NULL, NULL, NULL);

  begin (service, node, "StartTrace", g_variant_new ("(ss@a{sv})", actor, "trace", dict), &outcome);
  g_variant_unref (dict);
  AWAIT (outcome.is_done);
  g_assert_error (outcome.error, GEMINGA_ERROR, code);
}

static void
test_refused (gconstpointer data)
{
  guint32 node = GPOINTER_TO_UINT (data);
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn (service, node);

  assert_refused (service, node, "nobody", "@a{sv} {}", GEMINGA_ERROR_NO_SUCH_ACTOR);
  assert_refused (service, node, "probe", "{'frob': <1>}", GEMINGA_ERROR_INVALID_ARGUMENTS);
  assert_refused (service, 99, "probe", "@a{sv} {}", GEMINGA_ERROR_NO_SUCH_ACTOR);
}

/* The end is the last record; who reads on is told so, or that the process has gone. */
static void
test_ended (gconstpointer data)
{
  guint32 node = GPOINTER_TO_UINT (data);
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn (service, node);
  g_auto (Outcome) outcome = { FALSE };

  start (service, node, "probe", "@a{sv} {}");
  begin_read (service, node, &outcome);
  geminga_actor_ref_stop (ref);
  g_assert_true (wait_ended (ref, NULL));
  AWAIT (outcome.is_done);
  if (outcome.error == NULL)
    {
      g_auto (Outcome) after = { FALSE };
      g_autoptr (GVariant) record = get_record (&outcome, 0);
      const char *event;

      g_assert_true (g_variant_lookup (record, "event", "&s", &event));
      g_assert_cmpstr (event, ==, "ended");
      begin_read (service, node, &after);
      AWAIT (after.is_done);
      g_assert_nonnull (after.error);
    }
  else
    {
      g_assert_cmpuint (node, !=, 0);
    }
}

/* A worker may not watch others. */
static void
test_worker (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = NULL;
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  g_auto (GemingaWireMessage) reply = GEMINGA_WIRE_MESSAGE_INIT;
  guint8 bytes[4096];

  service->is_played = TRUE;
  ref = spawn_probe (service, "played");
  played_expect (service->played_fd, "Init");
  played_expect (service->played_fd, "Create");
  geminga_wire_message_init (&message, GEMINGA_WIRE_MESSAGE_CALL);
  message.serial = 1;
  message.path = GEMINGA_LINK_PATH;
  message.interface = GEMINGA_LINK_INTERFACE;
  message.member = "ReadTrace";
  message.body = g_variant_ref_sink (g_variant_new ("(s)", "trace"));
  played_write (service->played_fd, &message);
  do
    {
      geminga_wire_message_clear (&reply);
      played_read (service->played_fd, &reply, bytes, sizeof bytes);
    }
  while (reply.type != GEMINGA_WIRE_MESSAGE_ERROR);
  g_assert_cmpstr (reply.error_name, ==, "org.geminga1.Error.NotSupported");
  close (service->played_fd);
}

static void
add_test (const char *name, GTestDataFunc func)
{
  g_autofree char *here = g_strdup_printf ("/peer/node-trace/%s/here", name);
  g_autofree char *there = g_strdup_printf ("/peer/node-trace/%s/there", name);

  g_test_add_data_func (here, GUINT_TO_POINTER (0), func);
  g_test_add_data_func (there, GUINT_TO_POINTER (1), func);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_test ("read", test_read);
  add_test ("await", test_await);
  add_test ("stop", test_stop);
  add_test ("many", test_many);
  add_test ("refused", test_refused);
  add_test ("ended", test_ended);
  g_test_add_func ("/peer/node-trace/worker", test_worker);

  return g_test_run ();
}
