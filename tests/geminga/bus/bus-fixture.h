/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "geminga-bus-private.h"
#include "geminga-bus-state-private.h"
#include "geminga-system-private.h"

/*
 * A bus of its own for each test, a service on it and a client of it. The service is in the test's main
 * context, so that whoever waits for it iterates that.
 */

#define SERVICE_ID "org.example.Hello"
#define ROOT       "/org/geminga1"
#define CALC_PATH  ROOT "/Hello/calc"
#define CALC       "org.example.Calc1"
#define ACTOR      "org.geminga1.Actor"
#define PROPERTIES "org.freedesktop.DBus.Properties"

#define AWAIT(condition) \
  while (!(condition))   \
  g_main_context_iteration (NULL, TRUE)

/* A daemon that can be ended and started again at the same address. */

typedef struct
{
  char *folder;  /* (owned) */
  char *config;  /* (owned): name of its file */
  char *address; /* (owned) */
  GPid pid;
} Daemon;

/* It does not outlive a test that fails. */
static void
daemon_child_cb (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static G_GNUC_UNUSED void
daemon_start (Daemon *self)
{
  g_autofree char *option = g_strconcat ("--config-file=", self->config, NULL);
  const char *const argv[] = { "dbus-daemon",       "--nofork", "--nopidfile",
                               "--print-address=1", option,     NULL };
  g_autoptr (GError) error = NULL;
  char byte;
  int out;

  g_spawn_async_with_pipes (NULL, (char **) argv, NULL,
                            G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                G_SPAWN_STDERR_TO_DEV_NULL,
                            daemon_child_cb, NULL, &self->pid, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  /* It tells its address when it listens. */
  do
    g_assert_cmpint (read (out, &byte, 1), ==, 1);
  while (byte != '\n');
  close (out);
}

static G_GNUC_UNUSED void
daemon_kill (Daemon *self)
{
  kill (self->pid, SIGKILL);
  kill (self->pid, SIGCONT);
  g_assert_cmpint (waitpid (self->pid, NULL, 0), ==, self->pid);
  g_spawn_close_pid (self->pid);
  self->pid = 0;
}

static void
daemon_init (Daemon *self)
{
  g_autofree char *config = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("geminga-bus-XXXXXX", &error);
  g_assert_no_error (error);
  self->config = g_build_filename (self->folder, "bus.conf", NULL);
  self->address = g_strdup_printf ("unix:path=%s/bus", self->folder);
  config = g_strdup_printf ("<busconfig><type>session</type><listen>%s</listen>"
                            "<auth>EXTERNAL</auth><policy context=\"default\">"
                            "<allow send_destination=\"*\"/><allow receive_sender=\"*\"/>"
                            "<allow own=\"*\"/></policy>"
                            "<policy context=\"default\"><deny own=\"org.example.Forbidden\"/>"
                            "</policy>"
                            "<limit name=\"max_replies_per_connection\">50000</limit>"
                            "</busconfig>",
                            self->address);
  g_file_set_contents (self->config, config, -1, &error);
  g_assert_no_error (error);
}

static void
daemon_clear (Daemon *self)
{
  g_autofree char *socket = g_build_filename (self->folder, "bus", NULL);

  if (self->pid != 0)
    daemon_kill (self);
  g_unlink (socket);
  g_unlink (self->config);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
  g_free (self->config);
  g_free (self->address);
}

/* An actor for all tests of the bus */

#define CALC_TYPE (calc_get_type ())
G_DECLARE_FINAL_TYPE (Calc, calc, TEST, CALC, GemingaActor)

struct _Calc
{
  GemingaActor parent_instance;

  guint precision;
  char *owner;
  GPtrArray *kept; /* (owned) (element-type GemingaCall): not answered */
};

G_DEFINE_FINAL_TYPE (Calc, calc, GEMINGA_TYPE_ACTOR)

enum
{
  CALC_PROP_PRECISION = 1,
  CALC_PROP_OWNER,
};

static int calc_n_told;      /* atomic */
static int calc_n_cancelled; /* atomic */
static GMutex calc_gate;
static int calc_n_hanging; /* atomic */

static void
calc_add (GemingaActor *actor, GemingaCall *call)
{
  double a;
  double b;

  g_variant_get (geminga_call_get_arguments (call), "(dd)", &a, &b);
  geminga_call_return_value (call, g_variant_new_double (a + b));
}

static void
calc_divide (GemingaActor *actor, GemingaCall *call)
{
  gint32 a;
  gint32 b;

  g_variant_get (geminga_call_get_arguments (call), "(ii)", &a, &b);
  if (b == 0)
    geminga_call_return_error_literal (call, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "By zero");
  else
    geminga_call_return_value (call, g_variant_new ("(ii)", a / b, a % b));
}

static void
calc_refuse (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_error_literal (call, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE, "Not now");
}

static void
calc_note (GemingaActor *actor, GemingaCall *call)
{
  g_atomic_int_inc (&calc_n_told);
  g_main_context_wakeup (NULL);
}

static void
on_calc_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_atomic_int_inc (&calc_n_cancelled);
  g_main_context_wakeup (NULL);
}

static void
calc_keep (GemingaActor *actor, GemingaCall *call)
{
  g_ptr_array_add (TEST_CALC (actor)->kept, g_object_ref (call));
  g_cancellable_connect (geminga_call_get_cancellable (call), G_CALLBACK (on_calc_cancelled), NULL,
                         NULL);
}

/* Does not return as long as the test has the gate locked. */
static void
calc_hang (GemingaActor *actor, GemingaCall *call)
{
  g_atomic_int_inc (&calc_n_hanging);
  g_main_context_wakeup (NULL);
  g_mutex_lock (&calc_gate);
  g_mutex_unlock (&calc_gate);
  geminga_call_return_value (call, NULL);
}

/* Writes to the descriptor it gets, and gives another one of the same file. */
static void
calc_write (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;
  gint32 handle;
  int fd;

  g_variant_get (geminga_call_get_arguments (call), "(h)", &handle);
  fd = g_unix_fd_list_get (geminga_call_get_fds (call), handle, &error);
  g_assert_no_error (error);
  g_assert_cmpint (write (fd, "hello", 5), ==, 5);
  handle = g_unix_fd_list_append (fds, fd, &error);
  g_assert_no_error (error);
  close (fd);
  geminga_call_return_value_with_fds (call, g_variant_new_handle (handle), fds);
}

static void
calc_emit (GemingaActor *actor, GemingaCall *call)
{
  geminga_actor_emit_event (actor, "Whispered", NULL);
  geminga_actor_emit_event (actor, "Happened", g_variant_new ("(su)", "news", 7));
  geminga_call_return_value (call, NULL);
}

static void
calc_large (GemingaActor *actor, GemingaCall *call)
{
  gsize size = 33 * 1024 * 1024;
  char *bytes = g_malloc0 (size);

  geminga_call_return_value (
      call, g_variant_new_from_data (G_VARIANT_TYPE_BYTESTRING, bytes, size, TRUE, g_free, bytes));
}

static void
calc_secret (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, g_variant_new_string ("secret"));
}

static const GemingaCommandEntry calc_commands[] = {
  { "Add", "(dd)", "d", "a b", "Adds “a” & <b>", 0, calc_add },
  { "Divide", "(ii)", "(ii)", "a b", NULL, GEMINGA_COMMAND_FLAGS_DEPRECATED, calc_divide },
  { "Refuse", NULL, NULL, NULL, NULL, 0, calc_refuse },
  { "Note", "s", NULL, "text", NULL, GEMINGA_COMMAND_FLAGS_NO_REPLY, calc_note },
  { "Keep", NULL, NULL, NULL, NULL, 0, calc_keep },
  { "Hang", NULL, NULL, NULL, NULL, 0, calc_hang },
  { "Write", "h", "h", "file", NULL, 0, calc_write },
  { "Emit", NULL, NULL, NULL, NULL, 0, calc_emit },
  { "Large", NULL, "ay", NULL, NULL, 0, calc_large },
  { "Secret", NULL, "s", NULL, NULL, GEMINGA_COMMAND_FLAGS_PRIVATE, calc_secret },
};

/* Calls that nobody answers any more must not keep the actor. */
static void
calc_stopping (GemingaActor *actor)
{
  g_ptr_array_set_size (TEST_CALC (actor)->kept, 0);
}

static void
calc_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_CALC (object)->kept);
  g_free (TEST_CALC (object)->owner);

  G_OBJECT_CLASS (calc_parent_class)->finalize (object);
}

static void
calc_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  Calc *self = TEST_CALC (object);

  if (id == CALC_PROP_PRECISION)
    self->precision = g_value_get_uint (value);
  else
    self->owner = g_value_dup_string (value);
}

static void
calc_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  Calc *self = TEST_CALC (object);

  if (id == CALC_PROP_PRECISION)
    g_value_set_uint (value, self->precision);
  else
    g_value_set_string (value, self->owner);
}

static void
calc_class_init (CalcClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  g_autoptr (GemingaCommand) happened = geminga_command_new ("Happened", "(su)", NULL);
  g_autoptr (GemingaCommand) whispered = geminga_command_new ("Whispered", NULL, NULL);
  const char *const names[] = { "what", "count", NULL };

  object_class->finalize = calc_finalize;
  object_class->set_property = calc_set_property;
  object_class->get_property = calc_get_property;
  actor_class->stopping = calc_stopping;
  geminga_actor_class_set_interface_name (actor_class, CALC);
  geminga_actor_class_add_commands (actor_class, calc_commands, G_N_ELEMENTS (calc_commands));
  geminga_command_set_argument_names (happened, names);
  geminga_actor_class_add_event (actor_class, happened);
  geminga_command_set_flags (whispered, GEMINGA_COMMAND_FLAGS_PRIVATE);
  geminga_actor_class_add_event (actor_class, whispered);
  g_object_class_install_property (
      object_class, CALC_PROP_PRECISION,
      g_param_spec_uint ("max-precision", NULL, "Digits behind the point", 0, 100, 10,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      object_class, CALC_PROP_OWNER,
      g_param_spec_string ("owner", NULL, NULL, "nobody",
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
}

static void
calc_init (Calc *self)
{
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
}

/* The service and its client */

typedef struct
{
  Daemon daemon;
  GemingaSystem *system;
  GemingaBus *bus;
  GemingaActorRef *calc;
  GDBusConnection *client; /* (nullable) */
  guint n_acquired;
  GPtrArray *lost;    /* (element-type utf8) */
  GPtrArray *signals; /* (element-type utf8): what the client got */
  char *level;
} Fixture;

static void
fixture_acquired (gpointer data)
{
  ((Fixture *) data)->n_acquired++;
}

static void
fixture_lost (gpointer data, const char *why)
{
  g_test_message ("lost: %s", why);
  g_ptr_array_add (((Fixture *) data)->lost, g_strdup (why));
}

static const char *
fixture_get_log_level (gpointer data)
{
  return ((Fixture *) data)->level;
}

static gboolean
fixture_set_log_level (gpointer data, const char *level, GError **error)
{
  Fixture *self = data;

  if (g_str_equal (level, "debug"))
    {
      g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED, "Not that much");
      return FALSE;
    }

  g_free (self->level);
  self->level = g_strdup (level);

  return TRUE;
}

static const GemingaBusFuncs fixture_funcs = {
  .acquired = fixture_acquired,
  .lost = fixture_lost,
  .get_log_level = fixture_get_log_level,
  .set_log_level = fixture_set_log_level,
};

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

/* Without a callback there would be no answer either. */
static G_GNUC_UNUSED void
ignore_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
}

static G_GNUC_UNUSED GDBusConnection *
connect_client (const char *address)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *client =
      g_dbus_connection_new_for_address_sync (address,
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);

  g_assert_no_error (error);

  return client;
}

static G_GNUC_UNUSED GemingaActorRef *
fixture_spawn (Fixture *self, const char *id, GemingaPlacement placement)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref =
      geminga_system_spawn (self->system, CALC_TYPE, id, placement, NULL, &error);

  g_assert_no_error (error);

  return ref;
}

/* What actors of the test's own thread say goes to the bus, as the arbiter does it. */

static void
backend_event (gpointer data,
               GemingaTarget *actor,
               const char *interface,
               const char *member,
               GVariant *arguments)
{
  Fixture *self = data;
  g_autofree char *path = geminga_bus_build_path (ROOT "/Hello", actor->id);

  geminga_bus_emit_event (self->bus, path, interface, member, arguments);
}

static void
backend_started (gpointer data, GemingaTarget *actor)
{
}

static void
backend_ended (gpointer data, GemingaTarget *actor, const GError *failure)
{
}

static void
backend_handed_over (gpointer data, GemingaTarget *actor)
{
}

static const GemingaSystemBackend backend = {
  .event = backend_event,
  .started = backend_started,
  .ended = backend_ended,
  .handed_over = backend_handed_over,
};

/* A service that is not on the bus yet. */
static G_GNUC_UNUSED void
fixture_init (Fixture *self)
{
  memset (self, 0, sizeof *self);
  daemon_init (&self->daemon);
  self->lost = g_ptr_array_new_with_free_func (g_free);
  self->signals = g_ptr_array_new_with_free_func (g_free);
  self->level = g_strdup ("message");
  self->system = geminga_system_new ();
  geminga_system_set_backend (self->system, &backend, self);
  self->bus = geminga_bus_new (SERVICE_ID, &fixture_funcs, self);
  self->calc = fixture_spawn (self, "calc", GEMINGA_PLACEMENT_SHARED);
  geminga_bus_add_actor (self->bus, CALC_PATH, CALC_TYPE, self->calc);
}

static G_GNUC_UNUSED void
fixture_set_up (Fixture *self, gconstpointer data)
{
  fixture_init (self);
  daemon_start (&self->daemon);
  geminga_bus_start (self->bus, self->daemon.address);
  AWAIT (self->n_acquired == 1);
  self->client = connect_client (self->daemon.address);
}

static void
on_weak_notify (gpointer user_data, GObject *object)
{
  g_atomic_int_set ((int *) user_data, TRUE);
}

/* GDBus lets go of a connection in its own thread. */
static G_GNUC_UNUSED void
close_client (GDBusConnection **client)
{
  int is_gone = FALSE;

  if (*client == NULL)
    return;

  g_object_weak_ref (G_OBJECT (*client), on_weak_notify, &is_gone);
  g_dbus_connection_close (*client, NULL, NULL, NULL);
  g_clear_object (client);
  while (!g_atomic_int_get (&is_gone))
    g_main_context_iteration (NULL, FALSE);
}

static G_GNUC_UNUSED void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (GAsyncResult) ended = NULL;

  close_client (&self->client);
  geminga_bus_stop_async (self->bus, NULL, keep_result_cb, &stopped);
  AWAIT (stopped != NULL);
  g_assert_true (geminga_bus_stop_finish (self->bus, stopped, NULL));
  geminga_bus_free (self->bus);
  geminga_system_stop_async (self->system, NULL, keep_result_cb, &ended);
  AWAIT (ended != NULL);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_clear_object (&self->calc);
  g_object_unref (self->system);
  daemon_clear (&self->daemon);
  g_ptr_array_unref (self->lost);
  g_ptr_array_unref (self->signals);
  g_free (self->level);
}

static G_GNUC_UNUSED GVariant *
call_with_fds (Fixture *self,
               const char *path,
               const char *interface,
               const char *method,
               GVariant *arguments,
               GUnixFDList *fds,
               GUnixFDList **out_fds,
               GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_dbus_connection_call_with_unix_fd_list (self->client, SERVICE_ID, path, interface, method,
                                            arguments, NULL, G_DBUS_CALL_FLAGS_NONE, 20000, fds,
                                            NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return g_dbus_connection_call_with_unix_fd_list_finish (self->client, out_fds, result, error);
}

static G_GNUC_UNUSED GVariant *
call (Fixture *self,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *arguments,
      GError **error)
{
  return call_with_fds (self, path, interface, method, arguments, NULL, NULL, error);
}

/* The call fails with that D-Bus error, and its text contains all of @text. */
static G_GNUC_UNUSED void
assert_fails (Fixture *self,
              const char *path,
              const char *interface,
              const char *method,
              GVariant *arguments,
              const char *name,
              const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = call (self, path, interface, method, arguments, &error);
  g_autofree char *remote = error != NULL ? g_dbus_error_get_remote_error (error) : NULL;

  g_assert_null (reply);
  g_assert_cmpstr (remote, ==, name);
  if (strstr (error->message, text) == NULL)
    g_error ("“%s” is not in “%s”", text, error->message);
}

/* The call succeeds with what @text says in the text format of GVariant. */
static G_GNUC_UNUSED void
assert_answers (Fixture *self,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *arguments,
                const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = call (self, path, interface, method, arguments, &error);
  g_autofree char *printed = NULL;

  g_assert_no_error (error);
  printed = g_variant_print (reply, FALSE);
  g_assert_cmpstr (printed, ==, text);
}

static void
on_signal (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *member,
           GVariant *parameters,
           gpointer user_data)
{
  Fixture *self = user_data;
  g_autofree char *text = g_variant_print (parameters, FALSE);

  g_ptr_array_add (self->signals, g_strdup_printf ("%s %s.%s %s", path, interface, member, text));
}

/* The bus tells the client what it asked for in order, so an answer means that it listens. */
static G_GNUC_UNUSED void
subscribe (Fixture *self)
{
  g_dbus_connection_signal_subscribe (self->client, SERVICE_ID, NULL, NULL, NULL, NULL,
                                      G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
  assert_answers (self, CALC_PATH, ACTOR, "Ping", NULL, "('pong',)");
}

/* The next signal is this one. */
static G_GNUC_UNUSED void
assert_signal (Fixture *self, const char *text)
{
  AWAIT (self->signals->len > 0);
  g_assert_cmpstr (g_ptr_array_index (self->signals, 0), ==, text);
  g_ptr_array_remove_index (self->signals, 0);
}
