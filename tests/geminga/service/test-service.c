/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-service-private.h"
#include "geminga.h"

#include <string.h>

static GPtrArray *
new_sockets (guint n_sockets)
{
  GPtrArray *sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n_sockets; i++)
    g_ptr_array_add (sockets, g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                            G_SOCKET_PROTOCOL_TCP, &error));
  g_assert_no_error (error);

  return sockets;
}

static void
test_new (void)
{
  GemingaService *service = geminga_service_new ("org.example.Test");
  g_autofree char *id = NULL;
  g_autoptr (GemingaSettings) settings = NULL;
  GType type;

  g_object_get (service, "id", &id, "settings", &settings, "worker-type", &type, NULL);
  g_assert_cmpstr (id, ==, "org.example.Test");
  g_assert_cmpstr (geminga_service_get_id (service), ==, id);
  g_assert_cmpstr (geminga_service_get_name (service), ==, "Test");
  g_assert_true (settings == geminga_service_get_settings (service));
  g_assert_true (geminga_settings_has (settings, "workers"));
  g_assert_true (type == G_TYPE_INVALID);
  g_clear_object (&settings);
  g_assert_finalize_object (service);
}

static void
test_new_fails (void)
{
  if (g_test_subprocess ())
    {
      g_object_unref (geminga_service_new ("nonsense"));
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*nonsense*org.example.Name*");
}

static void
on_notify (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
test_worker_type (void)
{
  GemingaService *service = geminga_service_new ("org.example.Test");
  guint n_notified = 0;

  g_signal_connect (service, "notify::worker-type", G_CALLBACK (on_notify), &n_notified);
  geminga_service_set_worker_type (service, GEMINGA_TYPE_ACTOR);
  geminga_service_set_worker_type (service, GEMINGA_TYPE_ACTOR);
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_true (geminga_service_get_worker_type (service) == GEMINGA_TYPE_ACTOR);
  g_object_set (service, "worker-type", GEMINGA_TYPE_MONITOR, NULL);
  g_assert_true (geminga_service_get_worker_type (service) == GEMINGA_TYPE_MONITOR);
  g_assert_cmpuint (n_notified, ==, 2);
  g_assert_finalize_object (service);
}

static void
test_add_actor (void)
{
  GemingaService *service = geminga_service_new ("org.example.Test");
  g_autoptr (GError) error = NULL;

  g_assert_true (geminga_service_add_actor (service, GEMINGA_TYPE_ACTOR, "one",
                                            GEMINGA_PLACEMENT_THREAD, g_variant_new ("a{sv}", NULL),
                                            &error));
  g_assert_no_error (error);
  g_assert_false (geminga_service_add_actor (service, GEMINGA_TYPE_ACTOR, "one",
                                             GEMINGA_PLACEMENT_PROCESS,
                                             g_variant_new ("a{sv}", NULL), &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_ALREADY_EXISTS);
  g_clear_error (&error);
  g_assert_false (geminga_service_add_actor (service, G_TYPE_OBJECT, "two",
                                             GEMINGA_PLACEMENT_PROCESS, NULL, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
  g_assert_finalize_object (service);
}

static void
setup_clear (GemingaMonitorSetup *setup)
{
  g_free (setup->service_id);
  g_object_unref (setup->settings);
  g_free (setup->workers.name);
  g_clear_pointer (&setup->workers.properties, g_variant_unref);
  g_array_unref (setup->singles);
}

static void
test_fill_setup (void)
{
  GemingaService *service = GEMINGA_SERVICE (geminga_web_service_new ("org.example.Test"));
  g_autoptr (GError) error = NULL;
  GemingaMonitorSetup setup = { 0 };
  const char *service_id;

  geminga_service_add_actor (service, GEMINGA_TYPE_ACTOR, "one", GEMINGA_PLACEMENT_THREAD, NULL,
                             &error);
  g_assert_no_error (error);
  geminga_service_fill_setup (service, &setup);
  g_assert_cmpstr (setup.service_id, ==, "org.example.Test");
  g_assert_cmpstr (setup.workers.name, ==, "worker");
  g_assert_cmpint (setup.workers.placement, ==, GEMINGA_PLACEMENT_PROCESS);
  g_assert_true (g_variant_lookup (setup.workers.properties, "service-id", "&s", &service_id));
  g_assert_cmpstr (service_id, ==, "org.example.Test");
  g_assert_cmpuint (setup.singles->len, ==, 1);
  g_assert_true (g_array_index (setup.singles, GemingaPoolSpec, 0).is_single);
  setup_clear (&setup);

  geminga_settings_set_from_code (geminga_service_get_settings (service), "workers",
                                  g_variant_new_int64 (0), &error);
  g_assert_no_error (error);
  setup = (GemingaMonitorSetup){ 0 };
  geminga_service_fill_setup (service, &setup);
  g_assert_cmpint (setup.workers.placement, ==, GEMINGA_PLACEMENT_SHARED);
  g_assert_cmpstr (setup.workers.name, ==, "worker");
  setup_clear (&setup);
  g_assert_finalize_object (service);
}

static void
test_add_service (void)
{
  GemingaService *service = geminga_service_new ("org.example.Test");
  GemingaService *good = geminga_service_new ("org.example.Other");
  GemingaService *same_name = geminga_service_new ("com.example.Other");
  GemingaService *same_prefix = geminga_service_new ("org.example.Third");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = NULL;

  g_assert_true (geminga_service_add_service (service, "other", good, &error));
  g_assert_no_error (error);
  g_assert_false (geminga_service_add_service (service, "another", same_name, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_ALREADY_EXISTS);
  g_assert_nonnull (strstr (error->message, "com.example.Other"));
  g_clear_error (&error);
  g_assert_false (geminga_service_add_service (service, "other", same_prefix, &error));
  g_assert_nonnull (error);

  all = geminga_service_list_all (service);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_true (all->pdata[0] == service);
  g_assert_true (all->pdata[1] == good);
  g_clear_pointer (&all, g_ptr_array_unref);

  g_object_unref (same_name);
  g_object_unref (same_prefix);
  g_object_unref (good);
  g_object_unref (service);
}

static void
make_pair (GPtrArray **services)
{
  g_autoptr (GemingaService) service = geminga_service_new ("org.example.Test");
  g_autoptr (GemingaService) other = geminga_service_new ("org.example.Other");
  g_autoptr (GError) error = NULL;

  geminga_service_add_service (service, "other", other, &error);
  g_assert_no_error (error);
  *services = geminga_service_list_all (service);
}

static void
test_pack (void)
{
  g_autoptr (GPtrArray) services = NULL;
  g_autoptr (GPtrArray) copies = NULL;
  g_autoptr (GPtrArray) three = new_sockets (3);
  g_autoptr (GPtrArray) one = new_sockets (1);
  g_autoptr (GPtrArray) all = new_sockets (0);
  g_autoptr (GPtrArray) got = NULL;
  g_autoptr (GVariant) packed = NULL;
  g_autoptr (GError) error = NULL;
  const char *secret;

  make_pair (&services);
  make_pair (&copies);
  geminga_settings_set_from_code (geminga_service_get_settings (services->pdata[1]), "workers",
                                  g_variant_new_int64 (7), &error);
  g_assert_no_error (error);
  geminga_service_set_handout (services->pdata[1], g_variant_new_parsed ("{'secret': <'sesame'>}"));
  geminga_service_set_sockets (services->pdata[0], three);
  geminga_service_set_sockets (services->pdata[1], one);
  g_ptr_array_extend (all, three, (GCopyFunc) g_object_ref, NULL);
  g_ptr_array_extend (all, one, (GCopyFunc) g_object_ref, NULL);

  packed = geminga_service_pack (services);
  g_assert_true (geminga_service_unpack (copies, packed, all, &error));
  g_assert_no_error (error);
  g_assert_cmpint (
      geminga_settings_get_int (geminga_service_get_settings (copies->pdata[1]), "workers"), ==, 7);
  g_assert_cmpuint (g_variant_n_children (geminga_service_get_taken (copies->pdata[0])), ==, 0);
  g_assert_true (
      g_variant_lookup (geminga_service_get_taken (copies->pdata[1]), "secret", "&s", &secret));
  g_assert_cmpstr (secret, ==, "sesame");
  g_assert_null (geminga_service_get_taken (services->pdata[1]));
  got = geminga_service_list_sockets (copies->pdata[0]);
  g_assert_cmpuint (got->len, ==, 3);
  g_clear_pointer (&got, g_ptr_array_unref);
  got = geminga_service_list_sockets (copies->pdata[1]);
  g_assert_cmpuint (got->len, ==, 1);
  g_assert_true (got->pdata[0] == one->pdata[0]);
}

static void
test_unpack_fails (void)
{
  g_autoptr (GPtrArray) services = NULL;
  g_autoptr (GPtrArray) sockets = new_sockets (0);
  g_autoptr (GVariant) packed = g_variant_ref_sink (
      g_variant_new_parsed ("{'org.example.Test': <(@a{sv} {}, uint32 5, @a{sv} {})>}"));
  g_autoptr (GError) error = NULL;

  make_pair (&services);
  g_assert_false (geminga_service_unpack (services, packed, sockets, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE);
  g_assert_nonnull (strstr (error->message, "org.example.Other"));
}

static void
test_lookup (void)
{
  GemingaService *service = geminga_service_new ("org.example.Test");
  GemingaSystem *system = geminga_system_new ();

  g_assert_null (geminga_service_lookup (system, "org.example.Test"));
  geminga_service_attach (service, system);
  g_assert_true (geminga_service_lookup (system, "org.example.Test") == service);
  g_assert_null (geminga_service_lookup (system, "org.example.Other"));
  g_assert_finalize_object (system);
  g_assert_finalize_object (service);
}

static void
on_reopen_logs (GemingaService *service, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
test_reopen_logs (void)
{
  GemingaService *service = geminga_service_new ("org.example.Test");
  guint n_emitted = 0;

  g_signal_connect (service, "reopen-logs", G_CALLBACK (on_reopen_logs), &n_emitted);
  geminga_service_emit_reopen_logs (service);
  g_assert_cmpuint (n_emitted, ==, 1);
  g_assert_finalize_object (service);
}

/* A class that has something against each value. */

#define PICKY_TYPE (picky_get_type ())
G_DECLARE_FINAL_TYPE (Picky, picky, TEST, PICKY, GemingaService)

struct _Picky
{
  GemingaService parent_instance;
};

G_DEFINE_FINAL_TYPE (Picky, picky, GEMINGA_TYPE_SERVICE)

static gboolean
picky_check_settings (GemingaService *service, GemingaSettings *settings, GError **error)
{
  g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED, "is not to my taste");

  return FALSE;
}

static void
picky_class_init (PickyClass *klass)
{
  GEMINGA_SERVICE_CLASS (klass)->check_settings = picky_check_settings;
}

static void
picky_init (Picky *self)
{
}

static void
test_check_settings (void)
{
  GemingaService *service = geminga_service_new ("org.example.Test");
  GemingaService *picky = g_object_new (PICKY_TYPE, "id", "org.example.Picky", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (geminga_service_check_settings (service, &error));
  g_assert_no_error (error);
  g_assert_false (geminga_service_check_settings (picky, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED);
  g_assert_finalize_object (service);
  g_assert_finalize_object (picky);
}

static void
run (GemingaService *service, const char *argument)
{
  char *argv[] = { (char *) "test", (char *) argument, NULL };

  exit (geminga_service_run (service, 2, argv));
}

static void
test_run_refuses (void)
{
  if (g_test_subprocess ())
    run (geminga_service_new ("org.example.Test"), "--nonsense");

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*--nonsense*");
}

static void
test_run_refuses_what_the_service_does_not_like (void)
{
  if (g_test_subprocess ())
    run (g_object_new (PICKY_TYPE, "id", "org.example.Picky", NULL), "--workers=1");

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*is not to my taste\n");
}

static void
test_run_helps (void)
{
  if (g_test_subprocess ())
    run (geminga_service_new ("org.example.Test"), "--help");

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*--workers*");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/service/service/new", test_new);
  g_test_add_func ("/service/service/new/fails", test_new_fails);
  g_test_add_func ("/service/service/worker-type", test_worker_type);
  g_test_add_func ("/service/service/add-actor", test_add_actor);
  g_test_add_func ("/service/service/fill-setup", test_fill_setup);
  g_test_add_func ("/service/service/add-service", test_add_service);
  g_test_add_func ("/service/service/pack", test_pack);
  g_test_add_func ("/service/service/unpack/fails", test_unpack_fails);
  g_test_add_func ("/service/service/lookup", test_lookup);
  g_test_add_func ("/service/service/reopen-logs", test_reopen_logs);
  g_test_add_func ("/service/service/check-settings", test_check_settings);
  g_test_add_func ("/service/service/run/refuses", test_run_refuses);
  g_test_add_func ("/service/service/run/refuses-what-the-service-does-not-like",
                   test_run_refuses_what_the_service_does_not_like);
  g_test_add_func ("/service/service/run/helps", test_run_helps);

  return g_test_run ();
}
