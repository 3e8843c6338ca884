/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bus-fixture.h"

/* What is asked for a caller that leaves the bus is cancelled; what others asked is not. */
static void
test_leaves (Fixture *self, gconstpointer data)
{
  GDBusConnection *other = connect_client (self->daemon.address);

  g_atomic_int_set (&calc_n_cancelled, 0);
  g_dbus_connection_call (self->client, SERVICE_ID, CALC_PATH, CALC, "Keep", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, 20000, NULL, ignore_result_cb, NULL);
  for (guint i = 0; i < 3; i++)
    g_dbus_connection_call (other, SERVICE_ID, CALC_PATH, CALC, "Keep", NULL, NULL,
                            G_DBUS_CALL_FLAGS_NONE, 20000, NULL, ignore_result_cb, NULL);
  AWAIT (self->bus->n_calls == 4);
  close_client (&other);
  AWAIT (g_atomic_int_get (&calc_n_cancelled) == 3 && self->bus->n_calls == 1);
  g_assert_cmpuint (g_hash_table_size (self->bus->callers), ==, 1);

  close_client (&self->client);
  AWAIT (g_atomic_int_get (&calc_n_cancelled) == 4 && self->bus->n_calls == 0);
  g_assert_cmpuint (g_hash_table_size (self->bus->callers), ==, 0);
}

/* Calls that are answered at once are not worth asking the bus to watch who called. */
static void
test_answered (Fixture *self, gconstpointer data)
{
  assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
  g_assert_cmpuint (g_hash_table_size (self->bus->callers), ==, 0);
  g_assert_cmpuint (self->bus->n_calls, ==, 0);
}

/* The bus itself is gone, so nobody waits. */
static void
test_bus_gone (Fixture *self, gconstpointer data)
{
  g_atomic_int_set (&calc_n_cancelled, 0);
  g_dbus_connection_call (self->client, SERVICE_ID, CALC_PATH, CALC, "Keep", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, 20000, NULL, ignore_result_cb, NULL);
  AWAIT (self->bus->n_calls == 1);
  daemon_kill (&self->daemon);
  AWAIT (g_atomic_int_get (&calc_n_cancelled) == 1);
  g_assert_cmpuint (self->bus->n_calls, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/bus/callers/leaves", Fixture, NULL, fixture_set_up, test_leaves, fixture_tear_down);
  g_test_add ("/bus/callers/answered", Fixture, NULL, fixture_set_up, test_answered,
              fixture_tear_down);
  g_test_add ("/bus/callers/bus-gone", Fixture, NULL, fixture_set_up, test_bus_gone,
              fixture_tear_down);

  return g_test_run ();
}
