/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bus-fixture.h"

#define MANAGER "org.freedesktop.DBus.ObjectManager"

static const char calc_interfaces[] =
    "{'org.example.Calc1': {'MaxPrecision': <uint32 10>, 'Owner': <'nobody'>}, "
    "'org.geminga1.Actor': {'Id': <'calc'>, 'Placement': <'shared'>}}";

static void
test_objects (Fixture *self, gconstpointer data)
{
  g_autofree char *one = g_strdup_printf ("({'" CALC_PATH "': %s},)", calc_interfaces);

  /* The manager is not among its objects. */
  geminga_bus_add_actor (self->bus, ROOT, GEMINGA_TYPE_ACTOR, self->calc);
  assert_answers (self, ROOT, MANAGER, "GetManagedObjects", NULL, one);

  geminga_bus_remove_actor (self->bus, CALC_PATH);
  assert_answers (self, ROOT, MANAGER, "GetManagedObjects", NULL, "({},)");
  assert_fails (self, ROOT, MANAGER, "GetManagedObjects", g_variant_new ("(s)", ""),
                "org.freedesktop.DBus.Error.InvalidArgs", "GetManagedObjects takes");
  assert_fails (self, ROOT "/Hello/calc", MANAGER, "GetManagedObjects", NULL,
                "org.freedesktop.DBus.Error.UnknownObject", CALC_PATH);
}

/* More than are asked at once. */
static void
test_many (Fixture *self, gconstpointer data)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) objects = NULL;
  g_autoptr (GVariant) object = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3 * GEMINGA_BUS_GATHER_WINDOW; i++)
    {
      g_autofree char *path = g_strdup_printf (ROOT "/Hello/worker%u", i + 1);

      geminga_bus_add_actor (self->bus, path, CALC_TYPE, self->calc);
    }
  reply = call (self, ROOT, MANAGER, "GetManagedObjects", NULL, &error);
  g_assert_no_error (error);
  objects = g_variant_get_child_value (reply, 0);
  g_assert_cmpuint (g_variant_n_children (objects), ==, 3 * GEMINGA_BUS_GATHER_WINDOW + 1);
  object = g_variant_lookup_value (objects, ROOT "/Hello/worker7", NULL);
  g_assert_nonnull (object);
}

/* Who does not answer is told without values, and only that one. */
static void
test_hung (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaActorRef) hung = fixture_spawn (self, "hung", GEMINGA_PLACEMENT_THREAD);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gint64 started;

  g_mutex_lock (&calc_gate);
  g_atomic_int_set (&calc_n_hanging, 0);
  geminga_actor_ref_tell (hung, "Hang", NULL, NULL);
  AWAIT (g_atomic_int_get (&calc_n_hanging) == 1);
  subscribe (self);
  geminga_bus_add_actor (self->bus, ROOT "/Hello/hung", CALC_TYPE, hung);

  started = g_get_monotonic_time ();
  reply = call (self, ROOT, MANAGER, "GetManagedObjects", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_get_monotonic_time () - started, <, 10 * G_TIME_SPAN_SECOND);
  text = g_variant_print (reply, FALSE);
  g_assert_nonnull (strstr (text, calc_interfaces));
  g_assert_nonnull (strstr (text, "'" ROOT "/Hello/hung': {'org.example.Calc1': {}, "
                                  "'org.geminga1.Actor': {}}"));
  assert_signal (self, ROOT " " MANAGER ".InterfacesAdded ('" ROOT "/Hello/hung', "
                            "{'org.example.Calc1': {}, "
                            "'org.geminga1.Actor': {}})");
  g_mutex_unlock (&calc_gate);
}

static void
test_news (Fixture *self, gconstpointer data)
{
  g_autoptr (GemingaActorRef) other = fixture_spawn (self, "other", GEMINGA_PLACEMENT_SHARED);
  const char removed[] = ROOT " " MANAGER ".InterfacesRemoved ('" ROOT "/Hello/other', "
                              "['org.example.Calc1', 'org.geminga1.Actor'])";

  subscribe (self);
  geminga_bus_add_actor (self->bus, ROOT "/Hello/other", CALC_TYPE, other);
  assert_signal (self, ROOT " " MANAGER ".InterfacesAdded ('" ROOT "/Hello/other', "
                            "{'org.example.Calc1': {'MaxPrecision': <uint32 10>, "
                            "'Owner': <'nobody'>}, "
                            "'org.geminga1.Actor': {'Id': <'other'>, 'Placement': <'shared'>}})");
  geminga_bus_remove_actor (self->bus, ROOT "/Hello/other");
  assert_signal (self, removed);

  /* What is gone before anybody was told is not news. */
  geminga_bus_add_actor (self->bus, ROOT "/Hello/other", CALC_TYPE, other);
  geminga_bus_remove_actor (self->bus, ROOT "/Hello/other");
  assert_signal (self, removed);
  assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
  g_assert_cmpuint (self->signals->len, ==, 0);

  /* Another actor in its place is another object. */
  geminga_bus_add_actor (self->bus, CALC_PATH, GEMINGA_TYPE_ACTOR, other);
  assert_signal (self, ROOT " " MANAGER ".InterfacesRemoved ('" CALC_PATH "', "
                            "['org.example.Calc1', 'org.geminga1.Actor'])");
  assert_signal (self, ROOT " " MANAGER ".InterfacesAdded ('" CALC_PATH "', "
                            "{'org.geminga1.Actor': {'Id': <'other'>, 'Placement': <'shared'>}})");
}

/* A service that ends while somebody asks for everything. */
static void
test_freed (Fixture *self, gconstpointer data)
{
  g_dbus_connection_call (self->client, SERVICE_ID, ROOT, MANAGER, "GetManagedObjects", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, 20000, NULL, ignore_result_cb, NULL);
  AWAIT (self->bus->n_calls == 1);
  geminga_bus_add_actor (self->bus, ROOT "/Hello/other", CALC_TYPE, self->calc);
  geminga_bus_free (self->bus);
  self->bus = geminga_bus_new (SERVICE_ID, &fixture_funcs, self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/bus/manager/objects", Fixture, NULL, fixture_set_up, test_objects,
              fixture_tear_down);
  g_test_add ("/bus/manager/many", Fixture, NULL, fixture_set_up, test_many, fixture_tear_down);
  g_test_add ("/bus/manager/hung", Fixture, NULL, fixture_set_up, test_hung, fixture_tear_down);
  g_test_add ("/bus/manager/news", Fixture, NULL, fixture_set_up, test_news, fixture_tear_down);
  g_test_add ("/bus/manager/freed", Fixture, NULL, fixture_set_up, test_freed, fixture_tear_down);

  return g_test_run ();
}
