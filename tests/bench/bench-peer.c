/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Asks between two processes over a peer link: one after the other, a thousand at once, and with a
 * payload of 1 MiB. The peer is GDBus over a socket pair, peer to peer, with the same calls.
 */
#include "geminga.h"

#include <sys/socket.h>
#include <unistd.h>

#include "bench-common.h"
#include "geminga-actor-ref-private.h"
#include "geminga-node-private.h"
#include "geminga-process-start-private.h"
#include "geminga-processes-private.h"

#define N_SEQUENTIAL 20000
#define N_PIPELINED  100000
#define N_AT_ONCE    1000
#define N_LARGE      300
#define LARGE        (1024 * 1024)

#define GDBUS_VARIABLE "BENCH_GDBUS"

/* The actor that is asked */

#define ANSWERER_TYPE (answerer_get_type ())
G_DECLARE_FINAL_TYPE (Answerer, answerer, BENCH, ANSWERER, GemingaActor)

struct _Answerer
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Answerer, answerer, GEMINGA_TYPE_ACTOR)

static void
answerer_next (GemingaActor *actor, GemingaCall *call)
{
  guint64 number;

  g_variant_get (geminga_call_get_arguments (call), "(t)", &number);
  geminga_call_return_value (call, g_variant_new_uint64 (number + 1));
}

static void
answerer_back (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, geminga_call_get_arguments (call));
}

static const GemingaCommandEntry commands[] = {
  { "Next", "(t)", "t", "number", NULL, 0, answerer_next },
  { "Back", "(ay)", "(ay)", "bytes", NULL, 0, answerer_back },
};

static void
answerer_class_init (AnswererClass *klass)
{
  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
}

static void
answerer_init (Answerer *self)
{
}

/* What is measured, whoever carries it */

typedef struct
{
  Measurement measurement;
  GVariant *arguments; /* (owned) */
  const char *command;
  gint64 n_wanted;
  gint64 n_asked;
  GemingaActorRef *ref;        /* (nullable): or */
  GDBusConnection *connection; /* (nullable) */
} Run;

static void ask (Run *run);

static void
count_answer (Run *run)
{
  run->measurement.n_operations++;
  if (run->n_asked < run->n_wanted)
    ask (run);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  g_assert_no_error (error);
  count_answer (user_data);
}

static void
on_gdbus_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  g_assert_no_error (error);
  count_answer (user_data);
}

static void
ask (Run *run)
{
  run->n_asked++;
  if (run->ref != NULL)
    geminga_actor_ref_ask_async (run->ref, run->command, run->arguments, -1, NULL, on_answer, run);
  else
    g_dbus_connection_call (run->connection, NULL, "/answerer", "org.example.Answerer",
                            run->command, run->arguments, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                            on_gdbus_answer, run);
}

static Measurement
measure (Run *template,
         GPid other,
         const char *command,
         GVariant *arguments,
         gint64 n_wanted,
         guint n_at_once)
{
  Run run = *template;

  run.command = command;
  run.arguments = g_variant_ref_sink (arguments);
  run.n_wanted = n_wanted;
  run.n_asked = 0;
  measure_begin (&run.measurement, other);
  for (guint i = 0; i < n_at_once; i++)
    ask (&run);
  while (run.measurement.n_operations < n_wanted)
    g_main_context_iteration (NULL, TRUE);
  measure_end (&run.measurement);
  g_variant_unref (run.arguments);

  return run.measurement;
}

static GVariant *
new_number (void)
{
  return g_variant_new ("(t)", (guint64) 1);
}

static GVariant *
new_large (void)
{
  g_autofree guint8 *bytes = g_malloc0 (LARGE);

  return g_variant_new ("(@ay)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, LARGE, 1));
}

static void
measure_all (Run *run, GPid other, Measurement results[3])
{
  results[0] = measure (run, other, "Next", new_number (), N_SEQUENTIAL, 1);
  results[1] = measure (run, other, "Next", new_number (), N_PIPELINED, N_AT_ONCE);
  results[2] = measure (run, other, "Back", new_large (), N_LARGE, 1);
}

/* Processes */

static gboolean
spawn_process (gpointer data, guint32 node, int fd, GError **error)
{
  return geminga_processes_spawn (*(GemingaProcesses **) data, node, fd, error);
}

static void
process_ended (gpointer data, guint32 node, GPid pid, int code, int status, const char *why)
{
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(gboolean *) user_data =
      geminga_actor_ref_wait_ready_finish (GEMINGA_ACTOR_REF (source), result, &error);
  g_assert_no_error (error);
}

static void
measure_links (GemingaProgram *program, Measurement results[3])
{
  static const GemingaNodeHooks hooks = { .spawn_process = spawn_process };
  static const GemingaProcessesFuncs funcs = { process_ended };
  GemingaProcesses *processes = geminga_processes_new (program, &funcs, NULL);
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  GemingaNode *node = geminga_node_new_root (system, &hooks, &processes);
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) ref = geminga_system_spawn (system, ANSWERER_TYPE, "answerer",
                                                          GEMINGA_PLACEMENT_PROCESS, NULL, &error);
  gboolean is_ready = FALSE;
  Run run = { .ref = ref };

  g_assert_no_error (error);
  geminga_actor_ref_wait_ready_async (ref, NULL, on_ready, &is_ready);
  while (!is_ready)
    g_main_context_iteration (NULL, TRUE);

  measure_all (&run,
               geminga_processes_get_pid (processes, geminga_actor_ref_get_target (ref)->node),
               results);
  geminga_node_free (node);
  geminga_processes_free (processes);
}

static int
run_worker (GemingaProcessStart *start)
{
  static const GemingaNodeHooks hooks = { 0 };
  GemingaSystem *system = geminga_system_new ();

  geminga_node_new_worker (system, start->link_fd, &hooks, NULL);
  g_main_loop_run (g_main_loop_new (NULL, FALSE));

  return 0;
}

/* GDBus */

static GDBusConnection *
open_gdbus (int fd, GDBusConnectionFlags flags, const char *guid)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);
  g_autoptr (GIOStream) stream =
      G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  GDBusConnection *connection =
      g_dbus_connection_new_sync (stream, guid, flags, NULL, NULL, &error);

  g_assert_no_error (error);

  return connection;
}

static void
handle_method (GDBusConnection *connection,
               const char *sender,
               const char *path,
               const char *interface,
               const char *method,
               GVariant *arguments,
               GDBusMethodInvocation *invocation,
               gpointer user_data)
{
  guint64 number;

  if (g_str_equal (method, "Back"))
    {
      g_dbus_method_invocation_return_value (invocation, arguments);
      return;
    }

  g_variant_get (arguments, "(t)", &number);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(t)", number + 1));
}

static int
run_gdbus (void)
{
  static const char xml[] = "<node><interface name='org.example.Answerer'>"
                            "<method name='Next'><arg direction='in' type='t'/>"
                            "<arg direction='out' type='t'/></method>"
                            "<method name='Back'><arg direction='in' type='ay'/>"
                            "<arg direction='out' type='ay'/></method></interface></node>";
  static const GDBusInterfaceVTable vtable = { .method_call = handle_method };
  g_autofree char *guid = g_dbus_generate_guid ();
  GDBusNodeInfo *info = g_dbus_node_info_new_for_xml (xml, NULL);
  GDBusConnection *connection = open_gdbus (3,
                                            G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER |
                                                G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
                                            guid);

  g_dbus_connection_register_object (connection, "/answerer", info->interfaces[0], &vtable, NULL,
                                     NULL, NULL);
  g_dbus_connection_start_message_processing (connection);
  g_main_loop_run (g_main_loop_new (NULL, FALSE));

  return 0;
}

static void
measure_gdbus (GemingaProgram *program, Measurement results[3])
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  Run run = { 0 };
  int fds[2];
  GPid pid;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  geminga_program_spawn (program, GDBUS_VARIABLE, "1", &fds[1], 1, &pid, &error);
  g_assert_no_error (error);
  close (fds[1]);
  connection = open_gdbus (fds[0], G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL);
  run.connection = connection;
  measure_all (&run, pid, results);
  kill (pid, SIGKILL);
}

int
main (void)
{
  static const char *const names[] = { "peer/ask", "peer/1000 asks at once",
                                       "peer/ask with 1 MiB" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaProcessStart) start = NULL;
  g_autoptr (GemingaProgram) program = NULL;
  Measurement own[3], gdbus[3];

  g_type_ensure (ANSWERER_TYPE);
  if (g_getenv (GDBUS_VARIABLE) != NULL)
    return run_gdbus ();
  start = geminga_process_start_read (&error);
  g_assert_no_error (error);
  if (start != NULL)
    return run_worker (start);

  program = geminga_program_new (&error);
  g_assert_no_error (error);
  measure_links (program, own);
  measure_gdbus (program, gdbus);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    measure_print (names[i], &own[i], "GDBus peer to peer", &gdbus[i]);

  return 0;
}
