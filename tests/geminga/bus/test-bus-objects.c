/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bus-fixture.h"

static void
test_event (Fixture *self, gconstpointer data)
{
  subscribe (self);
  assert_answers (self, CALC_PATH, CALC, "Emit", NULL, "()");
  assert_signal (self, CALC_PATH " " CALC ".Happened ('news', 7)");
  g_assert_cmpuint (self->signals->len, ==, 0);

  /* Nobody is there, so nothing is said. */
  geminga_bus_emit_event (self->bus, ROOT "/Hello/none", CALC, "Happened",
                          g_variant_new ("(su)", "a", 1));
  geminga_bus_emit_event (self->bus, "none", CALC, "Happened", g_variant_new ("(su)", "a", 1));
  assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
  g_assert_cmpuint (self->signals->len, ==, 0);
}

/* What would make the bus close the connection is not sent. */
static void
test_bad_event (Fixture *self, gconstpointer data)
{
  const struct
  {
    const char *interface;
    const char *member;
    const char *arguments;
  } events[] = {
    { "org", "Happened", "()" },
    { CALC, "Hap-pened", "()" },
    { CALC, "Happened", "'a'" },
    { CALC, "Happened", "(just 'a',)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "Event*cannot be sent*");
      geminga_bus_emit_event (self->bus, CALC_PATH, events[i].interface, events[i].member,
                              g_variant_new_parsed (events[i].arguments));
      g_test_assert_expected_messages ();
    }
  assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
}

static void
emit_large (Fixture *self)
{
  g_autofree char *text = g_strnfill (64 * 1024, 'x');

  geminga_bus_emit_event (self->bus, CALC_PATH, CALC, "Happened", g_variant_new ("(su)", text, 1));
}

/* A bus that does not read costs a bounded amount of memory. */
static void
test_dropped (Fixture *self, gconstpointer data)
{
  gsize n_unsent;

  kill (self->daemon.pid, SIGSTOP);
  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING, "Events are dropped: the bus has not*");
  for (guint i = 0; i < 1000; i++)
    emit_large (self);
  g_test_assert_expected_messages ();
  n_unsent = geminga_bus_gate_get_unsent (self->bus->gate);
  g_assert_cmpuint (n_unsent, <, 9 * 1024 * 1024);
  g_assert_cmpuint (self->bus->n_dropped, >, 800);

  kill (self->daemon.pid, SIGCONT);
  assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
  while (geminga_bus_gate_get_unsent (self->bus->gate) > 0)
    g_main_context_iteration (NULL, FALSE);
  g_test_expect_message ("Geminga", G_LOG_LEVEL_MESSAGE, "The bus reads again; * events were*");
  subscribe (self);
  geminga_bus_emit_event (self->bus, CALC_PATH, CALC, "Happened", g_variant_new ("(su)", "a", 1));
  g_test_assert_expected_messages ();
  assert_signal (self, CALC_PATH " " CALC ".Happened ('a', 1)");
}

/* Without a bus everything works too, and nothing is kept. */
static void
test_no_bus (void)
{
  Fixture fixture;
  Fixture *self = &fixture;

  fixture_init (self);
  geminga_bus_emit_event (self->bus, CALC_PATH, CALC, "Happened", g_variant_new ("(su)", "a", 1));
  geminga_bus_add_actor (self->bus, CALC_PATH, CALC_TYPE, self->calc);
  geminga_bus_remove_actor (self->bus, CALC_PATH);
  geminga_bus_remove_actor (self->bus, CALC_PATH);
  g_assert_cmpuint (g_hash_table_size (self->bus->classes), ==, 1);
  g_assert_cmpuint (g_hash_table_size (self->bus->news), ==, 0);
  fixture_tear_down (self, NULL);
}

static void
test_bad_path (void)
{
  const char *const paths[] = { "/",         "/org/geminga", "/org/geminga12", "org/geminga1/a",
                                ROOT "/a-b", ROOT "/" };
  Fixture fixture;
  Fixture *self = &fixture;

  fixture_init (self);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_test_expect_message ("Geminga", G_LOG_LEVEL_CRITICAL, "*is_path_below_root*");
      geminga_bus_add_actor (self->bus, paths[i], CALC_TYPE, self->calc);
      g_test_assert_expected_messages ();
    }
  fixture_tear_down (self, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/bus/objects/event", Fixture, NULL, fixture_set_up, test_event, fixture_tear_down);
  g_test_add ("/bus/objects/bad-event", Fixture, NULL, fixture_set_up, test_bad_event,
              fixture_tear_down);
  g_test_add ("/bus/objects/dropped", Fixture, NULL, fixture_set_up, test_dropped,
              fixture_tear_down);
  g_test_add_func ("/bus/objects/no-bus", test_no_bus);
  g_test_add_func ("/bus/objects/bad-path", test_bad_path);

  return g_test_run ();
}
