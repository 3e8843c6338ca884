/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-monitor-private.h"

#include <string.h>
#include <unistd.h>

#include "await.h"
#include "geminga.h"

#define MULE_TYPE (mule_get_type ())
G_DECLARE_FINAL_TYPE (Mule, mule, TEST, MULE, GemingaActor)

struct _Mule
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Mule, mule, GEMINGA_TYPE_ACTOR)

static gboolean is_lame;

static void
mule_started (GemingaActor *actor)
{
  g_autoptr (GError) error =
      g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_FAILED, "does not want to");

  if (is_lame)
    geminga_actor_fail (actor, error);
}

static void
mule_fail (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error =
      g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_FAILED, "fell into a ditch");

  geminga_call_return_value (call, NULL);
  geminga_actor_fail (actor, error);
}

static const GemingaCommandEntry commands[] = {
  { "Fail", NULL, NULL, NULL, NULL, 0, mule_fail },
};

static void
mule_class_init (MuleClass *klass)
{
  GEMINGA_ACTOR_CLASS (klass)->started = mule_started;
  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
}

static void
mule_init (Mule *self)
{
}

/* The arbiter is played by the test. */

typedef struct
{
  GemingaSystem *system;
  GemingaSettings *settings;
  GemingaMonitor *monitor;
  GemingaActorRef *ref;
  guint n_spawned;
  guint n_ended;
  char *gave_up;
  GPtrArray *states; /* (element-type utf8): as notified */
} Fixture;

static void
on_state (GemingaMonitor *monitor, GParamSpec *pspec, gpointer user_data)
{
  Fixture *self = user_data;

  g_ptr_array_add (self->states, g_strdup (geminga_monitor_get_state (monitor)));
}

static void
monitor_started (gpointer data, GemingaMonitor *monitor)
{
  Fixture *self = data;

  self->monitor = monitor;
  g_signal_connect (monitor, "notify::state", G_CALLBACK (on_state), self);
}

static void
monitor_stopped (gpointer data, GemingaMonitor *monitor)
{
  Fixture *self = data;

  g_signal_handlers_disconnect_by_data (monitor, self);
  self->monitor = NULL;
}

static void
monitor_spawned (gpointer data, GemingaMonitor *monitor, GemingaChild *child)
{
  ((Fixture *) data)->n_spawned++;
}

static void
monitor_ended (gpointer data, GemingaMonitor *monitor, GemingaChild *child, const char *reason)
{
  ((Fixture *) data)->n_ended++;
  if (reason != NULL)
    {
      child->detail = g_strdup ("details");
      geminga_monitor_record (monitor, child, reason);
    }
}

static void
monitor_kill (gpointer data, GemingaChild *child, const char *why)
{
  g_assert_not_reached ();
}

static void
monitor_changed (gpointer data, GemingaMonitor *monitor)
{
}

static void
monitor_gave_up (gpointer data, GemingaMonitor *monitor, const char *why)
{
  ((Fixture *) data)->gave_up = g_strdup (why);
}

static void
monitor_foreach_spare (gpointer data,
                       GemingaMonitor *monitor,
                       GemingaMonitorSpareFunc func,
                       gpointer func_data)
{
  func (func_data, 17, getpid (), 1234);
}

static void
monitor_ask_idle (gpointer data, GemingaChild *child)
{
}

static const GemingaMonitorFuncs funcs = {
  monitor_started, monitor_stopped, monitor_spawned,  monitor_ended,         monitor_kill,
  monitor_changed, monitor_gave_up, monitor_ask_idle, monitor_foreach_spare,
};

static void
set_up (Fixture *self, gconstpointer data)
{
  const char *const sockets[] = { "127.0.0.1:80", NULL };
  GemingaMonitorSetup setup = { 0 };
  g_autoptr (GError) error = NULL;

  is_lame = FALSE;
  self->states = g_ptr_array_new_with_free_func (g_free);
  self->system = geminga_system_new ();
  self->settings = geminga_settings_new ("org.example.Stable");
  geminga_settings_add_standard (self->settings);
  geminga_settings_set_from_code (self->settings, "workers", g_variant_new_int64 (2), &error);
  geminga_settings_set_from_code (self->settings, "max-restarts", g_variant_new_int64 (2), &error);
  g_assert_no_error (error);
  g_assert_true (
      geminga_settings_load (self->settings, (const char *const[]){ "test", NULL }, NULL));

  setup.service_id = g_strdup ("org.example.Stable");
  setup.settings = g_object_ref (self->settings);
  setup.workers = (GemingaPoolSpec){ .name = g_strdup ("mule"), .type = MULE_TYPE };
  setup.singles = g_array_new (FALSE, TRUE, sizeof (GemingaPoolSpec));
  setup.sockets = g_strdupv ((GStrv) sockets);
  setup.funcs = &funcs;
  setup.data = self;
  geminga_monitor_prepare (self->system, "Stable", &setup);
  self->ref = geminga_system_spawn (self->system, GEMINGA_TYPE_MONITOR, "Stable",
                                    GEMINGA_PLACEMENT_SHARED, NULL, &error);
  g_assert_no_error (error);
  AWAIT (self->monitor != NULL && geminga_monitor_is_settled (self->monitor));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) stopped = NULL;

  geminga_system_stop_async (self->system, NULL, await_keep_result_cb, &stopped);
  AWAIT (stopped != NULL);
  g_assert_true (geminga_system_stop_finish (self->system, stopped, NULL));
  await_idle ();
  g_assert_null (self->monitor);
  g_object_unref (self->ref);
  g_object_unref (self->system);
  g_assert_finalize_object (self->settings);
  g_ptr_array_unref (self->states);
  g_free (self->gave_up);
}

static GVariant *
ask (Fixture *self, const char *command, GVariant *arguments, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_actor_ref_ask_async (self->ref, command, arguments, -1, NULL, await_keep_result_cb,
                               &result);
  AWAIT (result != NULL);

  return geminga_actor_ref_ask_finish (self->ref, result, error);
}

static void
ask_for_nothing (Fixture *self, const char *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (self, command, g_variant_new ("(a{sv})", NULL), &error);

  g_assert_no_error (error);
}

static void
assert_scaled (Fixture *self, const char *command, GVariant *arguments, guint32 expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (self, command, arguments, &error);
  guint32 n_workers;

  g_assert_no_error (error);
  g_variant_get (answer, "(u)", &n_workers);
  g_assert_cmpuint (n_workers, ==, expected);
  g_assert_cmpuint (geminga_monitor_get_n_workers (self->monitor), ==, expected);
  g_assert_cmpuint (geminga_monitor_get_n_running (self->monitor), ==, expected);
}

static void
fail_one (Fixture *self, const char *id)
{
  g_autoptr (GError) error = NULL;

  geminga_actor_ref_tell (geminga_monitor_find_child (self->monitor, id)->ref, "Fail", NULL,
                          &error);
  g_assert_no_error (error);
}

static void
test_properties (Fixture *self, gconstpointer data)
{
  g_autofree char *service_id = NULL;
  g_autofree char *state = NULL;
  g_auto (GStrv) sockets = NULL;
  guint workers, running, restarts;

  g_object_get (self->monitor, "service-id", &service_id, "state", &state, "sockets", &sockets,
                "workers", &workers, "running", &running, "restarts", &restarts, NULL);
  g_assert_cmpstr (service_id, ==, "org.example.Stable");
  g_assert_cmpstr (service_id, ==, geminga_monitor_get_service_id (self->monitor));
  g_assert_cmpstr (state, ==, "running");
  g_assert_cmpstr (sockets[0], ==, "127.0.0.1:80");
  g_assert_cmpuint (workers, ==, 2);
  g_assert_cmpuint (running, ==, 2);
  g_assert_cmpuint (restarts, ==, 0);
}

static void
test_scale (Fixture *self, gconstpointer data)
{
  assert_scaled (self, "Scale", g_variant_new ("(ua{sv})", 4, NULL), 4);
  g_assert_cmpint (geminga_settings_get_int (self->settings, "workers"), ==, 4);
  assert_scaled (self, "ScaleBy", g_variant_new ("(ia{sv})", -3, NULL), 1);
  assert_scaled (self, "ScaleBy", g_variant_new ("(ia{sv})", 1, NULL), 2);
  assert_scaled (self, "Scale", g_variant_new ("(ua{sv})", 2, NULL), 2);
}

static void
test_scale_fails (Fixture *self, gconstpointer data)
{
  static const guint32 numbers[] = { 0, 1025, G_MAXUINT32 };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ask (self, "Scale", g_variant_new ("(ua{sv})", numbers[i], NULL), &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
    }
  for (int delta = G_MININT32; delta < 0; delta += G_MAXINT32 - 1)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ask (self, "ScaleBy", g_variant_new ("(ia{sv})", delta, NULL), &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
    }
  g_assert_cmpuint (geminga_monitor_get_n_running (self->monitor), ==, 2);
}

static void
test_settings (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  geminga_settings_set_value (self->settings, "workers", g_variant_new_int64 (3), &error);
  g_assert_no_error (error);
  AWAIT (geminga_monitor_get_n_running (self->monitor) == 3);
}

static void
test_reload (Fixture *self, gconstpointer data)
{
  ask_for_nothing (self, "Reload");
  g_assert_cmpuint (self->n_spawned, ==, 4);
  g_assert_cmpuint (self->n_ended, ==, 2);
  g_assert_nonnull (geminga_monitor_find_child (self->monitor, "mule3"));
  g_assert_null (geminga_monitor_find_child (self->monitor, "mule1"));
  g_assert_true (g_ptr_array_find_with_equal_func (self->states, "reloading", g_str_equal, NULL));
  g_assert_cmpstr (geminga_monitor_get_state (self->monitor), ==, "running");
}

static void
test_reload_fails (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  is_lame = TRUE;
  g_test_expect_message ("Geminga", G_LOG_LEVEL_WARNING,
                         "*the old ones stay: one does not want to");
  g_assert_null (ask (self, "Reload", g_variant_new ("(a{sv})", NULL), &error));
  g_test_assert_expected_messages ();
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "does not want to"));
  AWAIT (geminga_monitor_is_settled (self->monitor));
  g_assert_nonnull (geminga_monitor_find_child (self->monitor, "mule1"));
}

static void
test_stop_and_start (Fixture *self, gconstpointer data)
{
  ask_for_nothing (self, "Stop");
  g_assert_true (geminga_monitor_is_empty (self->monitor));
  g_assert_cmpstr (geminga_monitor_get_state (self->monitor), ==, "stopped");
  g_assert_cmpuint (geminga_monitor_get_n_workers (self->monitor), ==, 2);
  ask_for_nothing (self, "Start");
  g_assert_cmpuint (geminga_monitor_get_n_running (self->monitor), ==, 2);
}

static void
test_list_workers (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (self, "ListWorkers", NULL, &error);
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GVariant) first = NULL;
  g_autoptr (GVariant) last = NULL;
  const char *text;

  g_assert_no_error (error);
  list = g_variant_get_child_value (answer, 0);
  g_assert_cmpuint (g_variant_n_children (list), ==, 3);
  last = g_variant_get_child_value (list, 2);
  g_assert_true (g_variant_lookup (last, "state", "&s", &text));
  g_assert_cmpstr (text, ==, "spare");
  first = g_variant_get_child_value (list, 0);
  g_assert_true (g_variant_lookup (first, "id", "&s", &text));
  g_assert_cmpstr (text, ==, "mule1");
  g_assert_true (g_variant_lookup (first, "path", "&o", &text));
  g_assert_cmpstr (text, ==, "/org/geminga1/Stable/mule1");
  g_assert_true (g_variant_lookup (first, "state", "&s", &text));
  g_assert_cmpstr (text, ==, "running");
  g_assert_true (g_variant_lookup (first, "placement", "&s", &text));
  g_assert_cmpstr (text, ==, "shared");
}

static void
test_restart (Fixture *self, gconstpointer data)
{
  GVariantBuilder builder;
  g_autoptr (GVariant) records = NULL;
  g_autoptr (GVariant) record = NULL;
  const char *text;
  guint restarts;

  fail_one (self, "mule1");
  AWAIT (self->n_ended == 1 && geminga_monitor_is_settled (self->monitor));
  g_object_get (self->monitor, "restarts", &restarts, NULL);
  g_assert_cmpuint (restarts, ==, 1);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  geminga_monitor_add_records (self->monitor, &builder);
  records = g_variant_ref_sink (g_variant_builder_end (&builder));
  g_assert_cmpuint (g_variant_n_children (records), ==, 1);
  record = g_variant_get_child_value (records, 0);
  g_assert_true (g_variant_lookup (record, "actor", "&s", &text));
  g_assert_cmpstr (text, ==, "mule1");
  g_assert_true (g_variant_lookup (record, "reason", "&s", &text));
  g_assert_cmpstr (text, ==, "fell into a ditch");
  g_assert_true (g_variant_lookup (record, "detail", "&s", &text));
  g_assert_cmpstr (text, ==, "details");
}

/* Only the last ones are kept. */
static void
test_records (Fixture *self, gconstpointer data)
{
  GemingaChild *child = geminga_monitor_find_child (self->monitor, "mule1");
  GVariantBuilder builder;
  g_autoptr (GVariant) records = NULL;

  for (guint i = 0; i < 150; i++)
    geminga_monitor_record (self->monitor, child, "test");
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  geminga_monitor_add_records (self->monitor, &builder);
  records = g_variant_ref_sink (g_variant_builder_end (&builder));
  g_assert_cmpuint (g_variant_n_children (records), ==, 100);
}

static void
test_gives_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  is_lame = TRUE;
  g_assert_null (ask (self, "Scale", g_variant_new ("(ua{sv})", 3, NULL), &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED);
  g_assert_nonnull (self->gave_up);
  g_assert_cmpstr (geminga_monitor_get_state (self->monitor), ==, "failed");
  g_clear_error (&error);

  /* Until somebody says so. */
  is_lame = FALSE;
  ask_for_nothing (self, "Start");
  g_assert_cmpuint (geminga_monitor_get_n_running (self->monitor), ==, 3);
}

static void
test_single (Fixture *self, gconstpointer data)
{
  GemingaPoolSpec spec = { .name = g_strdup ("boss"), .is_single = TRUE, .type = MULE_TYPE };

  geminga_monitor_add_single (self->monitor, &spec);
  g_assert_null (spec.name);
  AWAIT (geminga_monitor_is_settled (self->monitor));
  g_assert_nonnull (geminga_monitor_find_child (self->monitor, "boss"));
  /* It is no worker. */
  g_assert_cmpuint (geminga_monitor_get_n_running (self->monitor), ==, 2);
  fail_one (self, "boss");
  AWAIT (self->n_ended == 1 && geminga_monitor_is_settled (self->monitor));
  g_assert_null (geminga_monitor_find_node (self->monitor, 0));
}

static void
test_ends_while_asked (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  is_lame = TRUE;
  geminga_actor_ref_ask_async (self->ref, "Scale", g_variant_new ("(ua{sv})", 3, NULL), -1, NULL,
                               await_keep_result_cb, &result);
  AWAIT (self->n_ended == 2);
  geminga_actor_ref_stop (self->ref);
  AWAIT (result != NULL);
  g_assert_null (geminga_actor_ref_ask_finish (self->ref, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED);
  g_assert_null (self->monitor);
}

/* Who waits for what somebody else does not want any more is told so, and not that it is done. */
static void
test_superseded (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *first;
    const char *second;
    const char *words;
  } vectors[] = {
    { "Scale", "Stop", "Superseded: the workers were stopped" },
    { "Reload", "Stop", "Superseded: the workers were stopped" },
    { "Start", "Stop", NULL },
    { "Stop", "Start", "Superseded: the workers were started again" },
    { "Stop", "Reload", "Superseded: the workers were replaced" },
    { "Reload", "Scale", NULL },
    { "Scale", "Reload", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const char *members[] = { vectors[i].first, vectors[i].second };
      GAsyncResult *results[] = { NULL, NULL };
      g_autoptr (GVariant) value = NULL;
      g_autoptr (GVariant) other = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s, then %s", members[0], members[1]);
      assert_scaled (self, "Scale", g_variant_new ("(ua{sv})", 2, NULL), 2);
      for (guint j = 0; j < 2; j++)
        geminga_actor_ref_ask_async (self->ref, members[j],
                                     g_str_equal (members[j], "Scale")
                                         ? g_variant_new ("(ua{sv})", 4, NULL)
                                         : g_variant_new ("(a{sv})", NULL),
                                     -1, NULL, await_keep_result_cb, &results[j]);
      AWAIT (results[0] != NULL && results[1] != NULL);
      other = geminga_actor_ref_ask_finish (self->ref, results[1], &error);
      g_assert_no_error (error);
      value = geminga_actor_ref_ask_finish (self->ref, results[0], &error);
      g_object_unref (results[0]);
      g_object_unref (results[1]);
      if (vectors[i].words == NULL)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_CANCELLED);
      g_assert_cmpstr (error->message, ==, vectors[i].words);
    }
}

static void
test_local_children (Fixture *self, gconstpointer data)
{
  g_assert_true (geminga_monitor_has_local_children (self->monitor));
  geminga_monitor_stop_local_children (self->monitor);
  AWAIT (!geminga_monitor_has_local_children (self->monitor));
  geminga_monitor_start_local_children (self->monitor);
  AWAIT (geminga_monitor_get_n_running (self->monitor) == 2);

  /* What was stopped by somebody else stays so. */
  ask_for_nothing (self, "Stop");
  geminga_monitor_stop_local_children (self->monitor);
  geminga_monitor_start_local_children (self->monitor);
  g_assert_false (geminga_monitor_has_local_children (self->monitor));
}

static void
test_replace_since (Fixture *self, gconstpointer data)
{
  gint64 now;

  assert_scaled (self, "Scale", g_variant_new ("(ua{sv})", 2, NULL), 2);
  now = g_get_real_time ();
  while (g_get_real_time () == now)
    continue;
  now = g_get_real_time ();
  assert_scaled (self, "Scale", g_variant_new ("(ua{sv})", 3, NULL), 3);
  geminga_monitor_replace_since (self->monitor, now, "was tested");
  AWAIT (geminga_monitor_is_settled (self->monitor));
  g_assert_nonnull (geminga_monitor_find_child (self->monitor, "mule1"));
  g_assert_nonnull (geminga_monitor_find_child (self->monitor, "mule2"));
  g_assert_null (geminga_monitor_find_child (self->monitor, "mule3"));
  g_assert_nonnull (geminga_monitor_find_child (self->monitor, "mule4"));
}

static void
test_not_prepared (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) ref = geminga_system_spawn (
      self->system, GEMINGA_TYPE_MONITOR, "other", GEMINGA_PLACEMENT_SHARED, NULL, &error);

  geminga_actor_ref_wait_ready_async (ref, NULL, await_keep_result_cb, &result);
  AWAIT (result != NULL);
  g_assert_false (geminga_actor_ref_wait_ready_finish (ref, result, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED);
}

static void
test_paths (Fixture *self, gconstpointer data)
{
  g_autofree char *one = geminga_monitor_dup_path ("org.example.My_Service");
  g_autofree char *other = geminga_monitor_dup_path ("plain");
  g_autofree char *child = geminga_monitor_dup_child_path (self->monitor, "a-b");

  g_assert_cmpstr (one, ==, "/org/geminga1/My_5fService");
  g_assert_cmpstr (other, ==, "/org/geminga1/plain");
  g_assert_cmpstr (child, ==, "/org/geminga1/Stable/a_2db");
}

#define ADD(path, func) \
  g_test_add ("/supervise/monitor/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("properties", test_properties);
  ADD ("scale", test_scale);
  ADD ("scale/fails", test_scale_fails);
  ADD ("settings", test_settings);
  ADD ("reload", test_reload);
  ADD ("reload/fails", test_reload_fails);
  ADD ("stop-and-start", test_stop_and_start);
  ADD ("list-workers", test_list_workers);
  ADD ("restart", test_restart);
  ADD ("records", test_records);
  ADD ("gives-up", test_gives_up);
  ADD ("single", test_single);
  ADD ("ends-while-asked", test_ends_while_asked);
  ADD ("superseded", test_superseded);
  ADD ("local-children", test_local_children);
  ADD ("replace-since", test_replace_since);
  ADD ("not-prepared", test_not_prepared);
  ADD ("paths", test_paths);

  return g_test_run ();
}
