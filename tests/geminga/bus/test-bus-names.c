/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bus-fixture.h"

#define SECOND_NAME "org.geminga1.Service.org_2eexample_2eHello"

static void
call_bus (GDBusConnection *connection, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method,
      arguments, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
}

static gboolean
has_owner (GDBusConnection *connection, const char *name)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "NameHasOwner", g_variant_new ("(s)", name), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  gboolean is_owned;

  g_variant_get (reply, "(b)", &is_owned);

  return is_owned;
}

static void
test_both (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) stopped = NULL;

  g_assert_true (has_owner (self->client, SERVICE_ID));
  g_assert_true (has_owner (self->client, SECOND_NAME));
  g_assert_cmpuint (self->lost->len, ==, 0);

  geminga_bus_stop_async (self->bus, NULL, keep_result_cb, &stopped);
  AWAIT (stopped != NULL);
  g_assert_false (has_owner (self->client, SERVICE_ID));
  g_assert_false (has_owner (self->client, SECOND_NAME));
}

/* Somebody else has one of the names, until they give it back. */
static void
test_taken (gconstpointer data)
{
  const char *name = data;
  Fixture fixture;
  Fixture *self = &fixture;
  g_autofree char *why =
      g_strdup_printf ("The bus name “%s” is owned by another process (pid %d)", name, getpid ());

  fixture_init (self);
  daemon_start (&self->daemon);
  self->client = connect_client (self->daemon.address);
  call_bus (self->client, "RequestName", g_variant_new ("(su)", name, 0));
  geminga_bus_start (self->bus, self->daemon.address);
  AWAIT (self->lost->len == 1);
  g_assert_cmpstr (g_ptr_array_index (self->lost, 0), ==, why);
  g_assert_cmpuint (self->n_acquired, ==, 0);

  call_bus (self->client, "ReleaseName", g_variant_new ("(s)", name));
  AWAIT (self->n_acquired == 1);
  g_assert_cmpuint (self->lost->len, ==, 1);
  fixture_tear_down (self, NULL);
}

/* Of two processes with the same id, one gets both names, and the other gets them when it ends. */
static void
test_two (Fixture *self, gconstpointer data)
{
  Fixture other = { .lost = g_ptr_array_new_with_free_func (g_free), .level = g_strdup ("info") };
  GemingaBus *bus = geminga_bus_new (SERVICE_ID, &fixture_funcs, &other);
  g_autoptr (GAsyncResult) stopped = NULL;

  geminga_bus_start (bus, self->daemon.address);
  AWAIT (other.lost->len == 1);
  geminga_bus_stop_async (self->bus, NULL, keep_result_cb, &stopped);
  AWAIT (other.n_acquired == 1);
  AWAIT (stopped != NULL);
  g_assert_cmpuint (self->lost->len, ==, 0);

  geminga_bus_free (bus);
  g_ptr_array_unref (other.lost);
  g_free (other.level);
}

static void
test_taken_away (Fixture *self, gconstpointer data)
{
  /* As if the bus did it: the service does not know who gave it back. */
  g_dbus_connection_call (self->bus->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", "ReleaseName", g_variant_new ("(s)", SERVICE_ID),
                          NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, ignore_result_cb, NULL);
  AWAIT (self->n_acquired == 2);
  g_assert_cmpuint (self->lost->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (self->lost, 0), ==,
                   "The bus took the name “org.example.Hello” away");
}

static void
test_forbidden (Fixture *self, gconstpointer data)
{
  Fixture other = { .lost = g_ptr_array_new_with_free_func (g_free), .level = g_strdup ("info") };
  GemingaBus *bus = geminga_bus_new ("org.example.Forbidden", &fixture_funcs, &other);

  geminga_bus_start (bus, self->daemon.address);
  AWAIT (other.lost->len == 1);
  g_assert_true (g_str_has_prefix (g_ptr_array_index (other.lost, 0),
                                   "The bus does not give the name “org.example.Forbidden”: "));
  g_assert_null (strstr (g_ptr_array_index (other.lost, 0), "GDBus.Error"));
  g_assert_cmpuint (other.n_acquired, ==, 0);

  geminga_bus_free (bus);
  g_ptr_array_unref (other.lost);
  g_free (other.level);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/bus/names/both", Fixture, NULL, fixture_set_up, test_both, fixture_tear_down);
  g_test_add_data_func ("/bus/names/taken/first", SERVICE_ID, test_taken);
  g_test_add_data_func ("/bus/names/taken/second", SECOND_NAME, test_taken);
  g_test_add ("/bus/names/two", Fixture, NULL, fixture_set_up, test_two, fixture_tear_down);
  g_test_add ("/bus/names/taken-away", Fixture, NULL, fixture_set_up, test_taken_away,
              fixture_tear_down);
  g_test_add ("/bus/names/forbidden", Fixture, NULL, fixture_set_up, test_forbidden,
              fixture_tear_down);

  return g_test_run ();
}
