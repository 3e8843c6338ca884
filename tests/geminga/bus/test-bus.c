/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bus-fixture.h"

static void
stop (Fixture *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) stopped = NULL;
  gboolean is_stopped;

  geminga_bus_stop_async (self->bus, cancellable, keep_result_cb, &stopped);
  AWAIT (stopped != NULL);
  is_stopped = geminga_bus_stop_finish (self->bus, stopped, error);
  g_assert_cmpint (is_stopped, ==, error == NULL || *error == NULL);
}

static void
test_again (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  stop (self, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (self->bus->connection);
  stop (self, NULL, &error);
  g_assert_no_error (error);

  geminga_bus_start (self->bus, self->daemon.address);
  AWAIT (self->n_acquired == 2);
  g_assert_cmpuint (self->lost->len, ==, 0);
  assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
}

/* Cancelling makes it less polite, but it stops. */
static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) stopped = NULL;

  /* Before. */
  g_cancellable_cancel (cancellable);
  stop (self, cancellable, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (self->bus->connection);
  g_clear_error (&error);
  g_cancellable_reset (cancellable);

  /* During, with a bus that does not answer. */
  geminga_bus_start (self->bus, self->daemon.address);
  AWAIT (self->n_acquired == 2);
  kill (self->daemon.pid, SIGSTOP);
  geminga_bus_stop_async (self->bus, cancellable, keep_result_cb, &stopped);
  g_main_context_iteration (NULL, FALSE);
  g_assert_null (stopped);
  g_cancellable_cancel (cancellable);
  AWAIT (stopped != NULL);
  g_assert_false (geminga_bus_stop_finish (self->bus, stopped, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  kill (self->daemon.pid, SIGCONT);
}

/* Without stopping first, in every state. */
static void
test_freed (Fixture *self, gconstpointer data)
{
  GemingaBus *idle = geminga_bus_new (SERVICE_ID, &fixture_funcs, self);
  GemingaBus *trying = geminga_bus_new (SERVICE_ID, &fixture_funcs, self);
  GemingaBus *waiting = geminga_bus_new (SERVICE_ID, &fixture_funcs, self);
  GemingaBus *connected = geminga_bus_new ("org.example.Other", &fixture_funcs, self);

  geminga_bus_free (idle);
  geminga_bus_start (trying, self->daemon.address);
  geminga_bus_free (trying);
  geminga_bus_start (waiting, "unix:path=/nonexistent/bus");
  AWAIT (self->lost->len == 1);
  geminga_bus_free (waiting);

  geminga_bus_add_actor (connected, CALC_PATH, CALC_TYPE, self->calc);
  geminga_bus_start (connected, self->daemon.address);
  AWAIT (self->n_acquired == 2);
  geminga_bus_free (connected);
  assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
  g_assert_cmpuint (self->lost->len, ==, 1);
}

static void
test_bad_id (void)
{
  const char *const ids[] = { "", "hello", ":1.5", "org..example" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_test_expect_message ("Geminga", G_LOG_LEVEL_CRITICAL, "*g_dbus_is_name*");
      g_assert_null (geminga_bus_new (ids[i], &fixture_funcs, NULL));
      g_test_assert_expected_messages ();
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/bus/bus/again", Fixture, NULL, fixture_set_up, test_again, fixture_tear_down);
  g_test_add ("/bus/bus/cancelled", Fixture, NULL, fixture_set_up, test_cancelled,
              fixture_tear_down);
  g_test_add ("/bus/bus/freed", Fixture, NULL, fixture_set_up, test_freed, fixture_tear_down);
  g_test_add_func ("/bus/bus/bad-id", test_bad_id);

  return g_test_run ();
}
