/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "geminga-actor-private.h"
#include "geminga-actor-ref-private.h"
#include "geminga-link-private.h"
#include "geminga-node-private.h"

/*
 * A service whose processes are threads of the test: the root is in the test's own thread, and each
 * worker has a thread, a main context and an actor system of its own.
 */

/* An actor for all tests of the links. */

#define PROBE_TYPE (probe_get_type ())
G_DECLARE_FINAL_TYPE (Probe, probe, TEST, PROBE, GemingaActor)

struct _Probe
{
  GemingaActor parent_instance;

  guint32 start; /* a property */
  guint32 next;  /* of Count */
  gboolean is_out_of_order;
  GPtrArray *kept; /* (owned) (element-type GemingaCall): not answered */
};

G_DEFINE_FINAL_TYPE (Probe, probe, GEMINGA_TYPE_ACTOR)

#define PROBE_ERROR (g_quark_from_static_string ("probe-error-quark"))

static int probe_n_cancelled; /* atomic */

static void
probe_add (GemingaActor *actor, GemingaCall *call)
{
  double a;
  double b;

  g_variant_get (geminga_call_get_arguments (call), "(dd)", &a, &b);
  geminga_call_return_value (call, g_variant_new_double (a + b));
}

static void
probe_fail (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_error_literal (call, PROBE_ERROR, -7, "Außer Betrieb");
}

static void
probe_fail_io (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_error_literal (call, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "No space");
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_atomic_int_inc (&probe_n_cancelled);
}

static void
probe_keep (GemingaActor *actor, GemingaCall *call)
{
  g_ptr_array_add (TEST_PROBE (actor)->kept, g_object_ref (call));
  g_cancellable_connect (geminga_call_get_cancellable (call), G_CALLBACK (on_cancelled), NULL,
                         NULL);
}

static void
probe_count (GemingaActor *actor, GemingaCall *call)
{
  Probe *self = TEST_PROBE (actor);
  guint32 number;

  g_variant_get (geminga_call_get_arguments (call), "(u)", &number);
  if (number != self->next++)
    self->is_out_of_order = TRUE;
  geminga_call_return_value (call, NULL);
}

static void
probe_counted (GemingaActor *actor, GemingaCall *call)
{
  Probe *self = TEST_PROBE (actor);

  geminga_call_return_value (call, g_variant_new ("(ub)", self->next, !self->is_out_of_order));
}

static void
probe_remaining (GemingaActor *actor, GemingaCall *call)
{
  gint64 deadline = geminga_call_get_deadline (call);

  geminga_call_return_value (
      call, g_variant_new_int64 (deadline != 0 ? deadline - g_get_monotonic_time () : 0));
}

static void
probe_who (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) sender = geminga_call_dup_sender (call);
  const char *path = sender != NULL ? geminga_actor_ref_get_path (sender) : "/";

  geminga_call_return_value (
      call,
      g_variant_new ("(oo)", path, geminga_actor_ref_get_path (geminga_actor_get_address (actor))));
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  if (answer != NULL)
    geminga_call_return_value (call, g_variant_new_variant (answer));
  else
    geminga_call_return_error (call, error);
}

/* Asks the actor with that path, and gives its answer. Arguments that are no tuple stand for none. */
static void
probe_ask (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GVariant) arguments = NULL;
  g_autoptr (GError) error = NULL;
  const char *path;
  const char *command;

  g_variant_get (geminga_call_get_arguments (call), "(&o&sv)", &path, &command, &arguments);
  ref = geminga_system_ref_actor (geminga_actor_get_system (actor), path, &error);
  if (ref == NULL)
    geminga_call_return_error (call, error);
  else
    geminga_actor_ref_ask_async (
        ref, command, g_variant_is_of_type (arguments, G_VARIANT_TYPE_TUPLE) ? arguments : NULL, -1,
        geminga_call_get_cancellable (call), asked_cb, g_object_ref (call));
}

/* Lets the actor with that path tell who asked. */
static void
probe_relay (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) ref = NULL;
  const char *path;

  g_variant_get (geminga_call_get_arguments (call), "(&o)", &path);
  ref = geminga_system_ref_actor (geminga_actor_get_system (actor), path, NULL);
  if (geminga_actor_ref_equal (ref, geminga_actor_get_address (actor)))
    probe_who (actor, call);
  else
    geminga_call_forward (call, ref);
}

/* Does not return as long as the test has the gate locked. */
static GMutex probe_gate;
static int probe_n_hanging; /* atomic */

static void
probe_hang (GemingaActor *actor, GemingaCall *call)
{
  g_atomic_int_inc (&probe_n_hanging);
  g_mutex_lock (&probe_gate);
  g_mutex_unlock (&probe_gate);
}

static void
probe_spawn (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) child = NULL;
  const char *id;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &id);
  child = geminga_actor_spawn (actor, PROBE_TYPE, id, GEMINGA_PLACEMENT_PROCESS, NULL, &error);
  if (child != NULL)
    geminga_call_return_value (call,
                               g_variant_new_object_path (geminga_actor_ref_get_path (child)));
  else
    geminga_call_return_error (call, error);
}

static void
probe_kill (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GError) error = NULL;
  const char *path;

  g_variant_get (geminga_call_get_arguments (call), "(&o)", &path);
  ref = geminga_system_ref_actor (geminga_actor_get_system (actor), path, &error);
  g_assert_no_error (error);
  geminga_actor_ref_kill (ref);
  geminga_call_return_value (call, NULL);
}

static void
probe_emit (GemingaActor *actor, GemingaCall *call)
{
  geminga_actor_emit_event (actor, "Happened", g_variant_new ("(s)", "news"));
  geminga_call_return_value (call, NULL);
}

static void
probe_break (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error = g_error_new_literal (PROBE_ERROR, 3, "broken");

  geminga_call_return_value (call, NULL);
  geminga_actor_fail (actor, error);
}

static void
probe_turn (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GVariant) numbers = g_variant_get_child_value (geminga_call_get_arguments (call), 0);

  geminga_call_return_value (call, g_variant_new ("(u@at)", 1, numbers));
}

static const GemingaCommandEntry probe_commands[] = {
  { "Turn", "(atu)", "(uat)", "numbers one", NULL, 0, probe_turn },
  { "Add", "(dd)", "d", "a b", NULL, 0, probe_add },
  { "Fail", NULL, NULL, NULL, NULL, 0, probe_fail },
  { "FailIo", NULL, NULL, NULL, NULL, 0, probe_fail_io },
  { "Keep", NULL, NULL, NULL, NULL, 0, probe_keep },
  { "Count", "(u)", NULL, "number", NULL, 0, probe_count },
  { "Counted", NULL, "(ub)", NULL, NULL, 0, probe_counted },
  { "Remaining", NULL, "x", NULL, NULL, 0, probe_remaining },
  { "Who", NULL, "(oo)", NULL, NULL, 0, probe_who },
  { "Relay", "(o)", "(oo)", "target", NULL, 0, probe_relay },
  { "Hang", NULL, NULL, NULL, NULL, 0, probe_hang },
  { "Ask", "(osv)", "v", "path command arguments", NULL, 0, probe_ask },
  { "Spawn", "(s)", "o", "id", NULL, 0, probe_spawn },
  { "Kill", "(o)", NULL, "actor", NULL, 0, probe_kill },
  { "Emit", NULL, NULL, NULL, NULL, 0, probe_emit },
  { "Break", NULL, NULL, NULL, NULL, 0, probe_break },
};

static void
probe_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_PROBE (object)->kept);

  G_OBJECT_CLASS (probe_parent_class)->finalize (object);
}

/* Calls that nobody answers any more must not keep the actor. */
static void
probe_stopping (GemingaActor *actor)
{
  g_ptr_array_set_size (TEST_PROBE (actor)->kept, 0);
}

static void
probe_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TEST_PROBE (object)->start = TEST_PROBE (object)->next = g_value_get_uint (value);
}

static void
probe_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, TEST_PROBE (object)->start);
}

static void
probe_class_init (ProbeClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);
  g_autoptr (GemingaCommand) happened = geminga_command_new ("Happened", "(s)", NULL);

  G_OBJECT_CLASS (klass)->finalize = probe_finalize;
  G_OBJECT_CLASS (klass)->set_property = probe_set_property;
  G_OBJECT_CLASS (klass)->get_property = probe_get_property;
  actor_class->stopping = probe_stopping;
  geminga_actor_class_set_interface_name (actor_class, "org.example.Probe1");
  geminga_actor_class_add_commands (actor_class, probe_commands, G_N_ELEMENTS (probe_commands));
  geminga_actor_class_add_event (actor_class, happened);
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), 1,
      g_param_spec_uint ("start", NULL, NULL, 0, 1000, 0,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS));
}

static void
probe_init (Probe *self)
{
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
}

/* Workers that are threads */

/* Milliseconds. */
#define WORKER_DEADLOCK_INTERVAL 20

typedef struct
{
  GThread *thread;
  GMainLoop *loop; /* (owned) */
  int fd;          /* the worker takes it */
  guint32 number;
} Worker;

typedef struct
{
  GemingaSystem *system;
  GemingaNode *node;
  GHashTable *workers; /* (owned) (element-type guint32 Worker) */
  GPtrArray *log;      /* (owned) (element-type utf8): what the hooks were told */
  GPtrArray *gone;     /* (owned) (element-type GUINT): process_gone */
  guint n_killed;
  gboolean may_not_spawn;
  gboolean (*standard_called) (GemingaSystem *system, const GemingaLinkCall *call); /* (nullable) */
  gboolean is_played; /* the test itself is the next process, over @played_fd */
  int played_fd;
} Service;

static void
worker_orphaned (gpointer data)
{
  g_main_loop_quit (data);
}

static void
count_stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_main_loop_quit (user_data);
}

static int worker_n_configured; /* atomic */

static void
worker_configured (gpointer data, GVariant *configuration)
{
  gboolean is_right = FALSE;

  g_assert_true (g_variant_lookup (configuration, "right", "b", &is_right));
  g_assert_true (is_right);
  g_atomic_int_inc (&worker_n_configured);
}

static gpointer
run_worker (gpointer data)
{
  static const GemingaNodeHooks hooks = { .configured = worker_configured,
                                          .orphaned = worker_orphaned };
  Worker *worker = data;
  GMainContext *context = g_main_loop_get_context (worker->loop);
  GemingaSystem *system = geminga_system_new ();
  GemingaNode *node;

  g_main_context_push_thread_default (context);
  geminga_system_set_deadlock_interval (system, WORKER_DEADLOCK_INTERVAL);
  node = geminga_node_new_worker (system, worker->fd, &hooks, worker->loop);
  g_main_loop_run (worker->loop);
  geminga_node_free (node);
  geminga_system_stop_async (system, NULL, count_stopped_cb, worker->loop);
  g_main_loop_run (worker->loop);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_object_unref (system);
  g_main_context_pop_thread_default (context);

  return NULL;
}

static gboolean
service_spawn_process (gpointer data, guint32 node, GType type, int fd, GError **error)
{
  Service *self = data;
  Worker *worker;
  g_autoptr (GMainContext) context = g_main_context_new ();

  if (self->may_not_spawn)
    {
      g_set_error_literal (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT, "no such program");
      return FALSE;
    }

  if (self->is_played)
    {
      self->played_fd = fcntl (fd, F_DUPFD_CLOEXEC, 3);
      return TRUE;
    }

  worker = g_new0 (Worker, 1);
  worker->loop = g_main_loop_new (context, FALSE);
  worker->fd = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  worker->number = node;
  g_hash_table_insert (self->workers, GUINT_TO_POINTER (node), worker);
  worker->thread = g_thread_new ("worker", run_worker, worker);

  return TRUE;
}

static void
service_kill_process (gpointer data, guint32 node)
{
  ((Service *) data)->n_killed++;
}

static void
service_process_gone (gpointer data, guint32 node)
{
  Service *self = data;

  g_ptr_array_add (self->gone, GUINT_TO_POINTER (node));
}

static void
service_spare_taken (gpointer data, guint32 node)
{
  g_ptr_array_add (((Service *) data)->log, g_strdup_printf ("spare %u", node));
}

static void
service_actor_event (gpointer data,
                     guint32 node,
                     const char *id,
                     const char *interface,
                     const char *member,
                     GVariant *arguments)
{
  Service *self = data;
  g_autofree char *text = g_variant_print (arguments, FALSE);

  g_ptr_array_add (self->log,
                   g_strdup_printf ("%u %s event %s.%s %s", node, id, interface, member, text));
}

static void
service_actor_started (gpointer data,
                       guint32 node,
                       const char *id,
                       const char *type,
                       const char *placement)
{
  Service *self = data;

  g_ptr_array_add (self->log, g_strdup_printf ("%u %s started %s %s", node, id, type, placement));
}

static void
service_actor_ended (gpointer data, guint32 node, const char *id, const GError *failure)
{
  Service *self = data;

  g_ptr_array_add (self->log, g_strdup_printf ("%u %s ended %s", node, id,
                                               failure != NULL ? failure->message : "-"));
}

static gboolean
service_standard_called (gpointer data, const GemingaLinkCall *call)
{
  Service *self = data;

  return self->standard_called != NULL && self->standard_called (self->system, call);
}

static void
service_dead_letter (gpointer data, const char *target, const char *command, const char *reason)
{
  g_ptr_array_add (((Service *) data)->log,
                   g_strdup_printf ("%s %s dead letter %s", target, command, reason));
}

static void
service_deadlock (gpointer data, const char *chain, const char *const *actors)
{
  g_autofree char *text = g_strjoinv (" ", (char **) actors);

  g_ptr_array_add (((Service *) data)->log, g_strdup_printf ("deadlock %s: %s", chain, text));
}

static const GemingaNodeHooks service_hooks = {
  .spawn_process = service_spawn_process,
  .kill_process = service_kill_process,
  .process_gone = service_process_gone,
  .spare_taken = service_spare_taken,
  .actor_event = service_actor_event,
  .actor_started = service_actor_started,
  .actor_ended = service_actor_ended,
  .standard_called = service_standard_called,
  .dead_letter = service_dead_letter,
  .deadlock = service_deadlock,
};

static void
worker_free (gpointer data)
{
  Worker *worker = data;

  g_thread_join (worker->thread);
  g_main_loop_unref (worker->loop);
  g_free (worker);
}

static Service *
service_new (void)
{
  Service *self = g_new0 (Service, 1);

  g_type_ensure (PROBE_TYPE);
  self->system = geminga_system_new ();
  self->workers = g_hash_table_new_full (NULL, NULL, NULL, worker_free);
  self->log = g_ptr_array_new_with_free_func (g_free);
  self->gone = g_ptr_array_new ();
  self->node = geminga_node_new_root (self->system, &service_hooks, self);

  return self;
}

static gboolean
tick_cb (gpointer user_data)
{
  g_error ("The test waits for too long");

  return G_SOURCE_REMOVE;
}

/* Waits for a condition that the loop makes true. */
#define AWAIT(condition)                                       \
  G_STMT_START                                                 \
  {                                                            \
    guint tick_id = g_timeout_add_seconds (20, tick_cb, NULL); \
    while (!(condition))                                       \
      g_main_context_iteration (NULL, TRUE);                   \
    g_source_remove (tick_id);                                 \
  }                                                            \
  G_STMT_END

/* The same for what another thread makes true without telling. */
#define AWAIT_THREAD(condition)                                                               \
  G_STMT_START                                                                                \
  {                                                                                           \
    gint64 thread_start = g_get_monotonic_time ();                                            \
    while (!(condition))                                                                      \
      {                                                                                       \
        g_main_context_iteration (NULL, FALSE);                                               \
        g_thread_yield ();                                                                    \
        g_assert_cmpint (g_get_monotonic_time () - thread_start, <, 20 * G_TIME_SPAN_SECOND); \
      }                                                                                       \
  }                                                                                           \
  G_STMT_END

static inline void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

static void
service_free (Service *self)
{
  g_autoptr (GAsyncResult) stopped = NULL;

  geminga_system_stop_async (self->system, NULL, keep_result_cb, &stopped);
  AWAIT (stopped != NULL);
  g_assert_true (geminga_system_stop_finish (self->system, stopped, NULL));
  g_clear_object (&stopped);
  geminga_node_free (self->node);
  g_hash_table_unref (self->workers);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_object_unref (self->system);
  g_ptr_array_unref (self->log);
  g_ptr_array_unref (self->gone);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Service, service_free)

static inline gboolean
service_has_logged (Service *self, const char *line)
{
  return g_ptr_array_find_with_equal_func (self->log, line, g_str_equal, NULL);
}

static inline GVariant *
ask (GemingaActorRef *ref, const char *command, GVariant *arguments, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_actor_ref_ask_async (ref, command, arguments, -1, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return geminga_actor_ref_ask_finish (ref, result, error);
}

static inline gboolean
wait_ready (GemingaActorRef *ref, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_actor_ref_wait_ready_async (ref, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return geminga_actor_ref_wait_ready_finish (ref, result, error);
}

static inline gboolean
wait_ended (GemingaActorRef *ref, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_actor_ref_wait_ended_async (ref, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return geminga_actor_ref_wait_ended_finish (ref, result, error);
}

static inline GemingaActorRef *
spawn_probe (Service *self, const char *id)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref =
      geminga_system_spawn (self->system, PROBE_TYPE, id, GEMINGA_PLACEMENT_PROCESS, NULL, &error);

  g_assert_no_error (error);

  return ref;
}

/* Played processes: the test is the other process, byte by byte. */

static inline void
played_write (int fd, const GemingaWireMessage *message)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  geminga_wire_write (bytes, message, &error);
  g_assert_no_error (error);
  g_assert_cmpint (write (fd, bytes->data, bytes->len), ==, (gssize) bytes->len);
}

/* Reads one message, as soon as the loop has sent it. */
static inline void
played_read (int fd, GemingaWireMessage *message, guint8 *bytes, gsize size)
{
  g_autoptr (GError) error = NULL;
  gsize needed = GEMINGA_WIRE_FIXED_HEADER;
  gsize length = 0;

  while (length < needed)
    {
      gssize n_read = -1;

      g_assert_cmpuint (needed, <=, size);
      AWAIT_THREAD ((n_read = recv (fd, bytes + length, needed - length, MSG_DONTWAIT)) > 0);
      length += (gsize) n_read;
      geminga_wire_peek_size (bytes, length, &geminga_wire_limits_default, &needed, &error);
      g_assert_no_error (error);
    }
  geminga_wire_parse (bytes, length, &geminga_wire_limits_default, NULL, message, &error);
  g_assert_no_error (error);
}

static inline guint32
played_expect (int fd, const char *member)
{
  guint8 bytes[4096];
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;

  played_read (fd, &message, bytes, sizeof bytes);
  g_assert_cmpstr (message.member, ==, member);

  return message.serial;
}
