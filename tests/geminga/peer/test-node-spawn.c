/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "node-fixture.h"

static double
get_double (GVariant *tuple)
{
  double value;

  g_variant_get (tuple, "(d)", &value);

  return value;
}

static char *
get_path (GVariant *tuple)
{
  char *path;

  g_variant_get (tuple, "(o)", &path);

  return path;
}

static GemingaActorRef *
ref_path (Service *service, const char *path)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_ref_actor (service->system, path, &error);

  g_assert_no_error (error);

  return ref;
}

static void
test_spawn (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = spawn_probe (service, "calc");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) sum = NULL;
  g_autoptr (GVariant) info = NULL;
  g_autoptr (GVariant) dict = NULL;
  const char *placement;

  g_assert_cmpstr (geminga_actor_ref_get_path (ref), ==, "/org/geminga1/node/1/calc");
  g_assert_true (wait_ready (ref, &error));
  g_assert_no_error (error);
  sum = ask (ref, "Add", g_variant_new ("(dd)", 1.5, 2.0), &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (get_double (sum), ==, 3.5);

  info = ask (ref, "Info", NULL, &error);
  g_assert_no_error (error);
  dict = g_variant_get_child_value (info, 0);
  g_assert_true (g_variant_lookup (dict, "placement", "&s", &placement));
  g_assert_cmpstr (placement, ==, "process");
  g_assert_true (service_has_logged (service, "1 calc started Probe process"));
}

static void
test_spawn_properties (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) counted = NULL;
  g_autoptr (GemingaActorRef) ref =
      geminga_system_spawn (service->system, PROBE_TYPE, "probe", GEMINGA_PLACEMENT_PROCESS,
                            g_variant_new_parsed ("{'start': <uint32 42>}"), &error);
  guint32 next;

  g_assert_no_error (error);
  counted = ask (ref, "Counted", NULL, &error);
  g_assert_no_error (error);
  g_variant_get (counted, "(ub)", &next, NULL);
  g_assert_cmpuint (next, ==, 42);
}

static void
test_spawn_refused (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref;

  service->may_not_spawn = TRUE;
  ref = geminga_system_spawn (service->system, PROBE_TYPE, "probe", GEMINGA_PLACEMENT_PROCESS, NULL,
                              &error);
  g_assert_null (ref);
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED);
  g_assert_cmpstr (error->message, ==, "Cannot start a process for actor “probe”: no such program");
  g_assert_cmpuint (service->gone->len, ==, 0);
}

typedef struct
{
  Service *service;
  GemingaActorRef *ref;
} Spawning;

static gpointer
spawn_in_thread (gpointer data)
{
  Spawning *spawning = data;

  spawning->ref = spawn_probe (spawning->service, "probe");

  return NULL;
}

static void
test_spawn_from_thread (gconstpointer data)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GError) error = NULL;
  Spawning spawning = { service, NULL };

  service->may_not_spawn = GPOINTER_TO_INT (data);
  g_thread_join (g_thread_new ("spawner", spawn_in_thread, &spawning));
  ref = spawning.ref;
  if (service->may_not_spawn)
    {
      g_assert_false (wait_ready (ref, &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED);
      g_assert_cmpstr (error->message, ==, "Actor “probe” could not be started: no such program");
    }
  else
    {
      g_assert_true (wait_ready (ref, &error));
      g_assert_no_error (error);
    }
}

/* The worker does not know the class. */
static void
test_spawn_unknown_class (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) body =
      g_variant_ref_sink (g_variant_new ("(s)", "the program does not know the class “Probe”"));
  g_autoptr (GAsyncResult) ready = NULL;
  g_autoptr (GAsyncResult) asked = NULL;
  g_autoptr (GemingaActorRef) ref = NULL;
  GemingaWireMessage reply;

  service->is_played = TRUE;
  ref = spawn_probe (service, "probe");
  geminga_actor_ref_wait_ready_async (ref, NULL, keep_result_cb, &ready);
  geminga_actor_ref_ask_async (ref, "Ping", NULL, -1, NULL, keep_result_cb, &asked);
  played_expect (service->played_fd, "Init");
  geminga_wire_message_init (&reply, GEMINGA_WIRE_MESSAGE_ERROR);
  reply.serial = 1;
  reply.reply_serial = played_expect (service->played_fd, "Create");
  reply.error_name = "org.geminga1.Error.SpawnFailed";
  reply.body = body;
  played_write (service->played_fd, &reply);
  AWAIT (ready != NULL && asked != NULL);

  g_assert_false (geminga_actor_ref_wait_ready_finish (ref, ready, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED);
  g_assert_cmpstr (
      error->message, ==,
      "Actor “probe” could not be started: the program does not know the class “Probe”");
  g_clear_error (&error);
  g_assert_null (geminga_actor_ref_ask_finish (ref, asked, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED);
  g_assert_cmpuint (service->gone->len, ==, 1);
  close (service->played_fd);
}

static void
on_orphaned (gpointer data)
{
  (*(guint *) data)++;
}

/* And so it says that it does not. */
static void
test_worker_unknown_class (void)
{
  static const GemingaNodeHooks hooks = { .orphaned = on_orphaned };
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaNode) node = NULL;
  g_autoptr (GVariant) init = g_variant_ref_sink (g_variant_new ("(uuu)", 5, 100, 10));
  g_autoptr (GVariant) create = g_variant_ref_sink (
      g_variant_new_parsed ("('NoSuchClass', 'probe', true, uint32 0, @a{sv} {})"));
  g_auto (GemingaWireMessage) reply = GEMINGA_WIRE_MESSAGE_INIT;
  g_autoptr (GError) error = NULL;
  GemingaWireMessage message;
  guint8 bytes[4096];
  guint n_orphaned = 0;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  node = geminga_node_new_worker (system, fds[1], &hooks, &n_orphaned);
  geminga_wire_message_init (&message, GEMINGA_WIRE_MESSAGE_CALL);
  message.path = GEMINGA_LINK_PATH;
  message.interface = GEMINGA_LINK_INTERFACE;
  message.member = "Init";
  message.flags = GEMINGA_WIRE_FLAG_NO_REPLY;
  message.serial = 1;
  message.body = init;
  played_write (fds[0], &message);
  message.member = "Create";
  message.flags = 0;
  message.serial = 2;
  message.body = create;
  played_write (fds[0], &message);

  played_read (fds[0], &reply, bytes, sizeof bytes);
  g_assert_cmpuint (reply.reply_serial, ==, 2);
  g_assert_cmpuint (reply.type, ==, GEMINGA_WIRE_MESSAGE_ERROR);
  error = geminga_wire_error_from_message (&reply);
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED);
  g_assert_nonnull (strstr (error->message, "“NoSuchClass”"));
  g_assert_nonnull (strstr (error->message, "geminga_service_run()"));
  AWAIT (n_orphaned == 1);
  g_assert_cmpuint (geminga_system_get_node (system), ==, 5);
  close (fds[0]);
}

static void
test_grandchild (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) parent = spawn_probe (service, "parent");
  g_autoptr (GemingaActorRef) child = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) spawned = ask (parent, "Spawn", g_variant_new ("(s)", "child"), &error);
  g_autoptr (GVariant) sum = NULL;
  g_autofree char *path = NULL;

  g_assert_no_error (error);
  path = get_path (spawned);
  child = ref_path (service, path);
  sum = ask (parent, "Ask", g_variant_new ("(osv)", path, "Add", g_variant_new ("(dd)", 1.0, 1.0)),
             &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (service->workers), ==, 2);
  g_assert_true (wait_ready (child, &error));
  g_assert_no_error (error);

  /* It ends with who made it. */
  geminga_actor_ref_stop (parent);
  g_assert_true (wait_ended (parent, &error));
  AWAIT (service->gone->len == 2);
  g_assert_cmpuint (service->n_killed, ==, 0);
}

static void
test_grandchild_refused (void)
{
  g_autoptr (Service) service = service_new ();
  g_autoptr (GemingaActorRef) parent = spawn_probe (service, "parent");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) spawned = NULL;
  g_autofree char *path = NULL;

  g_assert_true (wait_ready (parent, NULL));
  service->may_not_spawn = TRUE;
  spawned = ask (parent, "Spawn", g_variant_new ("(s)", "child"), &error);
  g_assert_no_error (error);
  path = get_path (spawned);
  g_assert_null (ask (
      parent, "Ask", g_variant_new ("(osv)", path, "Ping", g_variant_new_string ("none")), &error));
  g_assert_true (g_error_matches (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED) ||
                 g_error_matches (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer/node-spawn/ready", test_spawn);
  g_test_add_func ("/peer/node-spawn/properties", test_spawn_properties);
  g_test_add_func ("/peer/node-spawn/refused", test_spawn_refused);
  g_test_add_data_func ("/peer/node-spawn/from-thread", GINT_TO_POINTER (FALSE),
                        test_spawn_from_thread);
  g_test_add_data_func ("/peer/node-spawn/from-thread-refused", GINT_TO_POINTER (TRUE),
                        test_spawn_from_thread);
  g_test_add_func ("/peer/node-spawn/unknown-class", test_spawn_unknown_class);
  g_test_add_func ("/peer/node-spawn/unknown-class-told", test_worker_unknown_class);
  g_test_add_func ("/peer/node-spawn/grandchild", test_grandchild);
  g_test_add_func ("/peer/node-spawn/grandchild-refused", test_grandchild_refused);

  return g_test_run ();
}
