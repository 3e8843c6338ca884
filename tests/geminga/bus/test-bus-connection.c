/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bus-fixture.h"

/* Every message in the log of the bus is checked. */
static void
test_restarts (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 5; i++)
    {
      gint64 started;

      close_client (&self->client);
      daemon_kill (&self->daemon);
      AWAIT (self->lost->len > 0);
      g_assert_true (g_str_has_prefix (g_ptr_array_index (self->lost, 0), "The connection to "));

      started = g_get_monotonic_time ();
      daemon_start (&self->daemon);
      AWAIT (self->n_acquired == i + 2);
      g_assert_cmpint (g_get_monotonic_time () - started, <, 2 * G_TIME_SPAN_SECOND);
      g_ptr_array_set_size (self->lost, 0);

      self->client = connect_client (self->daemon.address);
      assert_answers (self, CALC_PATH, CALC, "Add", g_variant_new ("(dd)", 1.0, 2.0), "(3.0,)");
    }
}

/* There is no bus at first, and nothing but its socket tells that it is there. */
static void
test_no_bus (void)
{
  Fixture fixture;
  Fixture *self = &fixture;
  gint64 started;

  fixture_init (self);
  geminga_bus_start (self->bus, self->daemon.address);
  AWAIT (self->lost->len == 1);
  g_assert_nonnull (strstr (g_ptr_array_index (self->lost, 0), self->daemon.address));
  /* Attempts are as far from each other as they get. */
  AWAIT (self->bus->delay >= 400);
  self->bus->delay = 60000;
  AWAIT (self->bus->delay < 60000);
  self->bus->delay = 60000;
  g_assert_cmpuint (self->lost->len, ==, 1);

  started = g_get_monotonic_time ();
  daemon_start (&self->daemon);
  AWAIT (self->n_acquired == 1);
  g_assert_cmpint (g_get_monotonic_time () - started, <, 2 * G_TIME_SPAN_SECOND);
  g_assert_null (self->bus->monitor);
  fixture_tear_down (self, NULL);
}

static void
test_bad_address (void)
{
  Fixture fixture;
  Fixture *self = &fixture;
  g_autoptr (GAsyncResult) stopped = NULL;

  fixture_init (self);
  geminga_bus_start (self->bus, "session"); /* tests have none */
  AWAIT (self->lost->len == 1);
  g_assert_true (g_str_has_prefix (g_ptr_array_index (self->lost, 0), "“disabled:” is not"));
  geminga_bus_stop_async (self->bus, NULL, keep_result_cb, &stopped);
  AWAIT (stopped != NULL);
  geminga_bus_start (self->bus, "unix:path=/nonexistent/bus");
  AWAIT (self->lost->len == 2);
  fixture_tear_down (self, NULL);
}

/* GDBus would die of the last number of a message. */
static void
test_message_limit (Fixture *self, gconstpointer data)
{
  self->bus->message_limit = geminga_bus_gate_get_n_written (self->bus->gate) + 5;
  for (guint i = 0; i < 3; i++)
    assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
  g_assert_cmpuint (self->lost->len, ==, 0);

  while (self->lost->len == 0)
    {
      geminga_bus_emit_event (self->bus, CALC_PATH, CALC, "Happened",
                              g_variant_new ("(su)", "a", 1));
      g_main_context_iteration (NULL, FALSE);
    }
  self->bus->message_limit = G_MAXUINT64;
  AWAIT (self->n_acquired == 2);
  g_assert_cmpuint (self->lost->len, ==, 1);
  g_assert_true (g_str_has_prefix (g_ptr_array_index (self->lost, 0),
                                   "The connection to the bus is replaced"));
  assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
}

/* While a call is pending the connection stays. */
static void
test_message_limit_waits (Fixture *self, gconstpointer data)
{
  g_dbus_connection_call (self->client, SERVICE_ID, CALC_PATH, CALC, "Keep", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, 20000, NULL, ignore_result_cb, NULL);
  AWAIT (self->bus->n_calls == 1);
  self->bus->message_limit = 0;
  assert_answers (self, CALC_PATH, CALC, "Emit", NULL, "()");
  g_assert_cmpuint (self->lost->len, ==, 0);
  g_assert_nonnull (self->bus->connection);
  self->bus->message_limit = G_MAXUINT64;
}

/* A bus that accepts and says nothing. */
static void
test_silent (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (GAsyncResult) stopped_again = NULL;

  close_client (&self->client);
  kill (self->daemon.pid, SIGSTOP);
  geminga_bus_stop_async (self->bus, NULL, keep_result_cb, &stopped);
  AWAIT (stopped != NULL);

  geminga_bus_start (self->bus, self->daemon.address);
  for (guint i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_null (self->bus->connection);
  geminga_bus_stop_async (self->bus, NULL, keep_result_cb, &stopped_again);
  AWAIT (stopped_again != NULL);
  kill (self->daemon.pid, SIGCONT);
}

static void
test_attempt_limit (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) stopped = NULL;

  geminga_bus_stop_async (self->bus, NULL, keep_result_cb, &stopped);
  AWAIT (stopped != NULL);
  kill (self->daemon.pid, SIGSTOP);
  geminga_bus_start (self->bus, self->daemon.address);
  g_assert_nonnull (self->bus->limit);
  g_source_set_ready_time (self->bus->limit, 0);
  AWAIT (self->lost->len == 1);
  g_assert_true (g_str_has_suffix (g_ptr_array_index (self->lost, 0), ": it does not answer"));
  kill (self->daemon.pid, SIGCONT);
  AWAIT (self->n_acquired == 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/bus/connection/restarts", Fixture, NULL, fixture_set_up, test_restarts,
              fixture_tear_down);
  g_test_add_func ("/bus/connection/no-bus", test_no_bus);
  g_test_add_func ("/bus/connection/bad-address", test_bad_address);
  g_test_add ("/bus/connection/message-limit", Fixture, NULL, fixture_set_up, test_message_limit,
              fixture_tear_down);
  g_test_add ("/bus/connection/message-limit-waits", Fixture, NULL, fixture_set_up,
              test_message_limit_waits, fixture_tear_down);
  g_test_add ("/bus/connection/silent", Fixture, NULL, fixture_set_up, test_silent,
              fixture_tear_down);
  g_test_add ("/bus/connection/attempt-limit", Fixture, NULL, fixture_set_up, test_attempt_limit,
              fixture_tear_down);

  return g_test_run ();
}
