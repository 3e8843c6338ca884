/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bench-common.h"

#include <fcntl.h>
#include <geminga.h>
#include <sys/socket.h>
#include <unistd.h>

#include "geminga-node-private.h"

/*
 * Messages between two processes: asks one after the other and a thousand at once, messages that nobody
 * answers, and a mebibyte. The peer is GDBus over a socket pair, in the same program with the same
 * structure. The program executes itself again as the other process, which has its end of the socket
 * as descriptor 3 and is told by a variable what to be.
 */

#define ROLE_VARIABLE "GEMINGA_BENCH_ROLE"
#define CHILD_FD      3
#define PATH          "/org/example/Bench"
#define INTERFACE     "org.example.Bench1"

#define N_SEQUENTIAL 20000
#define N_OPEN       100000
#define N_ONE_WAY    100000
#define N_LARGE      500

/* The other process, started by hand */

static gboolean
start_self (const char *role, int fd, GError **error)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", error);
  const char *argv[] = { program, NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), ROLE_VARIABLE, role, TRUE);
  const int target_fd = CHILD_FD;

  return g_spawn_async_with_pipes_and_fds (NULL, argv, (const char *const *) environment,
                                           G_SPAWN_DEFAULT, NULL, NULL, -1, -1, -1, &fd, &target_fd,
                                           1, NULL, NULL, NULL, NULL, error);
}

/* One way of calling: both sides of the comparison have one. */
typedef struct _Way Way;

struct _Way
{
  void (*call) (Way *self, const char *member, GVariant *arguments, GAsyncReadyCallback callback);
  GVariant *(*finish) (Way *self, GAsyncResult *result);
  void (*tell) (Way *self, const char *member, GVariant *arguments);
  GemingaActorRef *ref;        /* of the one */
  GDBusConnection *connection; /* of the other */

  const char *member;
  GVariant *arguments;
  guint n_left;
  guint n_open;
  double cpu;
};

/* Geminga */

#define SUMMER_TYPE (summer_get_type ())
G_DECLARE_FINAL_TYPE (Summer, summer, BENCH, SUMMER, GemingaActor)

struct _Summer
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Summer, summer, GEMINGA_TYPE_ACTOR)

static void
summer_add (GemingaActor *actor, GemingaCall *call)
{
  guint64 number;

  g_variant_get (geminga_call_get_arguments (call), "(t)", &number);
  geminga_call_return_value (call, g_variant_new_uint64 (number + 1));
}

static void
summer_size (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GVariant) bytes = g_variant_get_child_value (geminga_call_get_arguments (call), 0);

  geminga_call_return_value (call, g_variant_new_uint64 (g_variant_n_children (bytes)));
}

static void
summer_cpu (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, g_variant_new_double (bench_cpu_self ()));
}

static void
summer_class_init (SummerClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Add", "t", "t", "number", NULL, 0, summer_add },
    { "Size", "ay", "t", "bytes", NULL, 0, summer_size },
    { "Cpu", NULL, "d", NULL, NULL, 0, summer_cpu },
  };

  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
}

static void
summer_init (Summer *self)
{
}

static gboolean
spawn_process (gpointer data, guint32 node, int fd, GError **error)
{
  return start_self ("geminga", fd, error);
}

static void
orphaned (gpointer data)
{
  g_main_loop_quit (data);
}

static void
run_worker (void)
{
  static const GemingaNodeHooks hooks = { .orphaned = orphaned };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  GemingaNode *node;

  g_type_ensure (SUMMER_TYPE);
  fcntl (CHILD_FD, F_SETFD, FD_CLOEXEC);
  node = geminga_node_new_worker (system, CHILD_FD, &hooks, loop);
  g_main_loop_run (loop);
  geminga_node_free (node);
}

static void
way_geminga_call (Way *self, const char *member, GVariant *arguments, GAsyncReadyCallback callback)
{
  geminga_actor_ref_ask_async (self->ref, member, arguments, -1, NULL, callback, self);
}

static GVariant *
way_geminga_finish (Way *self, GAsyncResult *result)
{
  return geminga_actor_ref_ask_finish (self->ref, result, NULL);
}

static void
way_geminga_tell (Way *self, const char *member, GVariant *arguments)
{
  geminga_actor_ref_tell (self->ref, member, arguments, NULL);
}

/* GDBus */

static void
gdbus_called (GDBusConnection *connection,
              const char *sender,
              const char *path,
              const char *interface,
              const char *member,
              GVariant *arguments,
              GDBusMethodInvocation *invocation,
              gpointer user_data)
{
  guint64 number;

  if (g_str_equal (member, "Add"))
    {
      g_variant_get (arguments, "(t)", &number);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(t)", number + 1));
    }
  else if (g_str_equal (member, "Size"))
    {
      g_autoptr (GVariant) bytes = g_variant_get_child_value (arguments, 0);

      number = g_variant_n_children (bytes);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(t)", number));
    }
  else
    {
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(d)", bench_cpu_self ()));
    }
}

static GDBusConnection *
connection_new (int fd, gboolean is_server)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  g_autofree char *guid = is_server ? g_dbus_generate_guid () : NULL;
  GDBusConnection *connection =
      g_dbus_connection_new_sync (G_IO_STREAM (stream), guid,
                                  is_server ? G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER |
                                                  G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING
                                            : G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
                                  NULL, NULL, &error);

  if (connection == NULL)
    g_error ("No connection: %s", error->message);

  return connection;
}

static void
on_connection_closed (GDBusConnection *connection,
                      gboolean peer_vanished,
                      GError *error,
                      gpointer user_data)
{
  g_main_loop_quit (user_data);
}

static void
run_gdbus (void)
{
  static const char xml[] = "<node><interface name='" INTERFACE "'>"
                            "<method name='Add'><arg type='t' direction='in'/>"
                            "<arg type='t' direction='out'/></method>"
                            "<method name='Size'><arg type='ay' direction='in'/>"
                            "<arg type='t' direction='out'/></method>"
                            "<method name='Cpu'><arg type='d' direction='out'/></method>"
                            "</interface></node>";
  static const GDBusInterfaceVTable vtable = { gdbus_called, NULL, NULL, { NULL } };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GDBusConnection) connection = connection_new (CHILD_FD, TRUE);
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (xml, NULL);

  g_dbus_connection_set_exit_on_close (connection, FALSE);
  g_signal_connect (connection, "closed", G_CALLBACK (on_connection_closed), loop);
  g_dbus_connection_register_object (connection, PATH, info->interfaces[0], &vtable, NULL, NULL,
                                     NULL);
  g_dbus_connection_start_message_processing (connection);
  g_main_loop_run (loop);
}

static void
way_gdbus_call (Way *self, const char *member, GVariant *arguments, GAsyncReadyCallback callback)
{
  g_dbus_connection_call (self->connection, NULL, PATH, INTERFACE, member, arguments, NULL, 0, -1,
                          NULL, callback, self);
}

static GVariant *
way_gdbus_finish (Way *self, GAsyncResult *result)
{
  return g_dbus_connection_call_finish (self->connection, result, NULL);
}

static void
way_gdbus_tell (Way *self, const char *member, GVariant *arguments)
{
  g_autoptr (GDBusMessage) message = g_dbus_message_new_method_call (NULL, PATH, INTERFACE, member);

  g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  g_dbus_message_set_body (message, arguments);
  g_dbus_connection_send_message (self->connection, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                  NULL);
}

/* Operations */

static void call_next (Way *self);

static void
called_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Way *self = user_data;
  g_autoptr (GVariant) answer = self->finish (self, result);

  if (answer == NULL)
    g_error ("A call failed");
  if (g_variant_is_of_type (answer, G_VARIANT_TYPE ("(d)")))
    g_variant_get (answer, "(d)", &self->cpu);
  self->n_open--;
  call_next (self);
}

static void
call_next (Way *self)
{
  if (self->n_left == 0)
    return;

  self->n_left--;
  self->n_open++;
  self->call (self, self->member, self->arguments, called_cb);
}

static void
run_calls (Way *self, const char *member, GVariant *arguments, guint n, guint n_at_once)
{
  g_autoptr (GVariant) sunk = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;

  self->member = member;
  self->arguments = sunk;
  self->n_left = n;
  for (guint i = 0; i < n_at_once; i++)
    call_next (self);
  while (self->n_open > 0)
    g_main_context_iteration (NULL, TRUE);
}

static double
other_cpu (gpointer data)
{
  Way *self = data;

  run_calls (self, "Cpu", NULL, 1, 1);

  return self->cpu;
}

static void
op_sequential (gpointer data, guint n)
{
  run_calls (data, "Add", g_variant_new ("(t)", (guint64) 1), n, 1);
}

static void
op_open (gpointer data, guint n)
{
  run_calls (data, "Add", g_variant_new ("(t)", (guint64) 1), n, 1000);
}

/* All but the last of ten thousand are told; the last is asked. */
static void
op_one_way (gpointer data, guint n)
{
  Way *self = data;

  for (guint done = 0; done < n; done += 10000)
    {
      for (guint i = 1; i < 10000; i++)
        self->tell (self, "Add", g_variant_new ("(t)", (guint64) 1));
      run_calls (self, "Add", g_variant_new ("(t)", (guint64) 1), 1, 1);
    }
}

static void
op_large (gpointer data, guint n)
{
  const gsize size = 1024 * 1024;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);
  GVariant *payload = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);

  run_calls (data, "Size", g_variant_new ("(@ay)", payload), n, 1);
}

int
main (void)
{
  static const GemingaNodeHooks hooks = { .spawn_process = spawn_process };
  static const struct
  {
    const char *name;
    BenchFunc func;
    guint n;
  } rows[] = {
    { "peer/ask", op_sequential, N_SEQUENTIAL },
    { "peer/ask/1000-open", op_open, N_OPEN },
    { "peer/tell", op_one_way, N_ONE_WAY },
    { "peer/1-mib", op_large, N_LARGE },
  };
  Way ours = { way_geminga_call, way_geminga_finish, way_geminga_tell };
  Way theirs = { way_gdbus_call, way_gdbus_finish, way_gdbus_tell };
  const char *role = g_getenv (ROLE_VARIABLE);
  GemingaSystem *system;
  GemingaNode *node;
  int fds[2];

  if (role != NULL)
    {
      if (g_str_equal (role, "geminga"))
        run_worker ();
      else
        run_gdbus ();
      return 0;
    }

  system = geminga_system_new ();
  node = geminga_node_new_root (system, &hooks, NULL);
  ours.ref =
      geminga_system_spawn (system, SUMMER_TYPE, "summer", GEMINGA_PLACEMENT_PROCESS, NULL, NULL);
  if (ours.ref == NULL || socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0 ||
      !start_self ("gdbus", fds[1], NULL))
    g_error ("The other processes cannot be started");
  close (fds[1]);
  theirs.connection = connection_new (fds[0], FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BenchFigure figure = { 0 };
      BenchFigure other = { 0 };

      for (guint j = 0; j < BENCH_RUNS; j++)
        {
          bench_run (&figure, rows[i].func, other_cpu, &ours, rows[i].n);
          bench_run (&other, rows[i].func, other_cpu, &theirs, rows[i].n);
        }
      bench_print (rows[i].name, &figure, "GDBus", &other, 0);
    }

  g_dbus_connection_close_sync (theirs.connection, NULL, NULL);
  g_object_unref (theirs.connection);
  g_object_unref (ours.ref);
  geminga_node_free (node);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_object_unref (system);

  return 0;
}
