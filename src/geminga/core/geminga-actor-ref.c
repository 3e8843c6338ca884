/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-actor-ref-private.h"

#include <string.h>

#include "geminga-actor-private.h"
#include "geminga-call-private.h"
#include "geminga-caller-private.h"
#include "geminga-command-private.h"
#include "geminga-error.h"
#include "geminga-interface-private.h"
#include "geminga-trace-private.h"

/**
 * GemingaActorRef:
 *
 * The address of an actor, wherever it is: in this thread, another thread or another process.
 *
 * Refs are immutable and may be used from any thread. They stay valid when the actor has ended;
 * messages then fail with %GEMINGA_ERROR_NO_SUCH_ACTOR. A ref travels inside a message as its path (an
 * object path), see [method@Geminga.ActorRef.get_path]; the receiver turns it into a ref again with
 * [method@Geminga.System.ref_actor].
 *
 * Since: 0.1
 */
struct _GemingaActorRef
{
  GObject parent_instance;

  GemingaTarget *target; /* (owned) */
  char *path;            /* (owned) (nullable), set once: made when asked for */
  _Atomic (GemingaCommand *)
      last_command; /* (nullable): what was sent last, of the actor's class */
};

G_DEFINE_FINAL_TYPE (GemingaActorRef, geminga_actor_ref, G_TYPE_OBJECT)

/* Helpers */

static gboolean
is_path_char (char c)
{
  return g_ascii_isalnum (c);
}

/* As sd_bus_path_encode() does: every other byte becomes _XX. */
static void
append_escaped (GString *path, const char *id)
{
  if (*id == '\0')
    g_string_append_c (path, '_');

  for (const char *c = id; *c != '\0'; c++)
    {
      if (is_path_char (*c))
        g_string_append_c (path, *c);
      else
        g_string_append_printf (path, "_%02x", (guchar) *c);
    }
}

/* NULL: it is not what append_escaped() makes of any id. */
static char *
unescape (const char *label)
{
  g_autoptr (GString) id = g_string_new (NULL);

  if (g_str_equal (label, "_"))
    return g_strdup ("");

  for (; *label != '\0'; label++)
    {
      char byte = *label;

      if (byte == '_')
        {
          if (!g_ascii_isxdigit (label[1]) || !g_ascii_isxdigit (label[2]))
            return NULL;

          byte = (char) (g_ascii_xdigit_value (label[1]) * 16 + g_ascii_xdigit_value (label[2]));
          label += 2;
        }
      g_string_append_c (id, byte);
    }

  return g_utf8_validate_len (id->str, id->len, NULL) ? g_strdup (id->str) : NULL;
}

/* NULL: the actor's class is not known here, or has no such command. */
static GemingaCommand *
find_command (GemingaActorRef *self, const char *name)
{
  GemingaCommand *command = atomic_load_explicit (&self->last_command, memory_order_acquire);

  if (command != NULL && strcmp (command->name, name) == 0)
    return command;

  command = geminga_interface_find_command (self->target->type, name);
  if (command != NULL)
    atomic_store_explicit (&self->last_command, command, memory_order_release);

  return command;
}

/* In one loop, the sender needs no atomic reference. */
static void
set_sender (GemingaMessage *message, GemingaThread *thread, GemingaTarget *target)
{
  GemingaMailbox *sender = geminga_actor_get_mailbox (thread->actor);

  message->sender = &sender->target;
  message->has_local_sender =
      thread->dispatching == sender->loop && geminga_mailbox_is_here (target, thread);
  if (message->has_local_sender)
    geminga_target_ref_locally (message->sender);
  else
    geminga_target_ref_from_stock (message->sender, thread);
  if (G_UNLIKELY ((atomic_load_explicit (&sender->detours, memory_order_relaxed) &
                   GEMINGA_MAILBOX_IS_TRACED) != 0))
    geminga_trace_sent (sender, message, target);
}

/* Takes the ask, and a reference to the arguments, which are no floating ones. */
static GemingaMessage *
call_message_new (GemingaActorRef *self,
                  GemingaThread *thread,
                  const char *command,
                  GVariant *arguments,
                  GemingaMessageKind kind,
                  GemingaAsk *ask)
{
  GemingaMessage *message = geminga_message_new_from (thread, GEMINGA_MESSAGE_CALL, ask);

  message->kind = kind;
  if (geminga_target_is_mailbox (self->target))
    message->declaration = find_command (self, command);
  else if (arguments == NULL)
    arguments = g_variant_ref (geminga_get_unit ());
  if (message->declaration == NULL)
    message->command = g_ref_string_new (command);
  message->arguments = arguments;
  if (thread->actor != NULL)
    set_sender (message, thread, self->target);

  return message;
}

static gint64
get_time (GemingaThread *thread)
{
  GemingaLoop *loop = thread->dispatching;

  return geminga_loop_get_time (loop != NULL ? loop : geminga_thread_get_loop (thread));
}

/* Not later than the deadline of the call that is being handled. */
static gint64
compute_deadline (GemingaThread *thread, int timeout)
{
  gint64 inherited = thread->call != NULL ? geminga_call_get_deadline (thread->call) : 0;
  gint64 deadline = 0;

  if (timeout < 0)
    timeout = GEMINGA_DEFAULT_TIMEOUT;
  if (timeout != G_MAXINT)
    deadline = get_time (thread) + (gint64) timeout * G_TIME_SPAN_MILLISECOND;
  if (inherited != 0 && (deadline == 0 || inherited < deadline))
    deadline = inherited;

  return deadline;
}

static gboolean
is_tuple (GVariant *arguments)
{
  return arguments == NULL || g_variant_is_of_type (arguments, G_VARIANT_TYPE_TUPLE);
}

/* An ask, or a tell that is awaited. */
static void
post_async (GemingaActorRef *self,
            GemingaMessageKind kind,
            const char *command,
            GVariant *arguments,
            GUnixFDList *fds,
            int timeout,
            const GemingaCallerArgs *args)
{
  g_autoptr (GVariant) sunk = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  GemingaThread *thread = geminga_thread_get ();
  gint64 deadline = compute_deadline (thread, timeout);
  GemingaAsk *ask = geminga_caller_new (thread, self->target, args, deadline);
  GemingaMessage *message;

  if (!is_tuple (sunk))
    geminga_ask_answer (ask, NULL, NULL,
                        g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                                     "Arguments of %s must be a tuple, not “%s”", command,
                                     g_variant_get_type_string (sunk)));
  if (geminga_ask_is_answered (ask))
    {
      geminga_ask_unref (ask);
      return;
    }

  message = call_message_new (self, thread, command, g_steal_pointer (&sunk), kind, ask);
  message->deadline = deadline;
  if (fds != NULL)
    message->fds = g_object_ref (fds);
  geminga_target_post (self->target, message);
}

static void
wait_async (GemingaActorRef *self,
            GemingaMessageKind kind,
            gpointer tag,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  GemingaCallerArgs args = { G_OBJECT (self), tag, cancellable, callback, user_data };
  GemingaThread *thread = geminga_thread_get ();
  GemingaAsk *ask = geminga_caller_new (thread, self->target, &args, 0);

  geminga_target_post (self->target, geminga_message_new_from (thread, kind, ask));
}

static gboolean
wait_finish (GemingaActorRef *self, gpointer tag, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = NULL;

  g_return_val_if_fail (GEMINGA_IS_ACTOR_REF (self), FALSE);
  g_return_val_if_fail (geminga_caller_is_valid (result, self, tag), FALSE);

  answer = geminga_caller_propagate (GEMINGA_CALLER (result), NULL, error);

  return answer != NULL;
}

/* GObject */

static void
geminga_actor_ref_finalize (GObject *object)
{
  GemingaActorRef *self = GEMINGA_ACTOR_REF (object);

  geminga_target_unref (self->target);
  g_free (self->path);

  G_OBJECT_CLASS (geminga_actor_ref_parent_class)->finalize (object);
}

static void
geminga_actor_ref_class_init (GemingaActorRefClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_actor_ref_finalize;
}

static void
geminga_actor_ref_init (GemingaActorRef *self)
{
}

/* Private API */

GemingaActorRef *
geminga_actor_ref_new (GemingaTarget *target)
{
  GemingaActorRef *self = g_object_new (GEMINGA_TYPE_ACTOR_REF, NULL);

  self->target = geminga_target_ref (target);

  return self;
}

gboolean
geminga_actor_ref_is_of (gpointer object, const GemingaTarget *target)
{
  return object != NULL && GEMINGA_IS_ACTOR_REF (object) &&
         ((GemingaActorRef *) object)->target == target;
}

GemingaTarget *
geminga_actor_ref_get_target (GemingaActorRef *self)
{
  return self->target;
}

char *
geminga_target_escape (const char *id)
{
  GString *escaped = g_string_new (NULL);

  append_escaped (escaped, id);

  return g_string_free (escaped, FALSE);
}

char *
geminga_target_dup_path (GemingaTarget *target)
{
  GString *path = g_string_new (GEMINGA_TARGET_PATH_PREFIX);

  g_string_append_printf (path, "%u/", target->node);
  append_escaped (path, geminga_target_get_id (target));

  return g_string_free (path, FALSE);
}

gboolean
geminga_target_parse_path (const char *path, guint32 *node, char **id)
{
  const char *rest;
  char *end = NULL;
  guint64 number;

  if (!g_str_has_prefix (path, GEMINGA_TARGET_PATH_PREFIX))
    return FALSE;

  rest = path + strlen (GEMINGA_TARGET_PATH_PREFIX);
  if (!g_ascii_isdigit (*rest))
    return FALSE;
  number = g_ascii_strtoull (rest, &end, 10);
  if (number > G_MAXUINT32 || *end != '/' || end[1] == '\0' || strchr (end + 1, '/') != NULL)
    return FALSE;

  *id = unescape (end + 1);
  *node = (guint32) number;

  return *id != NULL;
}

/* Public API */

/**
 * geminga_actor_ref_get_id:
 * @self: a ref
 *
 * Tells the actor's id, unique in its process.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
const char *
geminga_actor_ref_get_id (GemingaActorRef *self)
{
  g_return_val_if_fail (GEMINGA_IS_ACTOR_REF (self), NULL);

  return geminga_target_get_id (self->target);
}

/**
 * geminga_actor_ref_get_path:
 * @self: a ref
 *
 * Tells the address that stands for the actor in messages: a D-Bus object path, valid in all processes
 * of the service.
 *
 * Returns: the path
 *
 * Since: 0.1
 */
const char *
geminga_actor_ref_get_path (GemingaActorRef *self)
{
  g_return_val_if_fail (GEMINGA_IS_ACTOR_REF (self), NULL);

  if (g_once_init_enter (&self->path))
    g_once_init_leave (&self->path, geminga_target_dup_path (self->target));

  return self->path;
}

/**
 * geminga_actor_ref_equal:
 * @self: a ref
 * @other: another ref
 *
 * Tells whether both mean the same actor.
 *
 * Returns: %TRUE if they do
 *
 * Since: 0.1
 */
gboolean
geminga_actor_ref_equal (GemingaActorRef *self, GemingaActorRef *other)
{
  g_return_val_if_fail (GEMINGA_IS_ACTOR_REF (self), FALSE);
  g_return_val_if_fail (GEMINGA_IS_ACTOR_REF (other), FALSE);

  return self->target == other->target || (self->target->node == other->target->node &&
                                           self->target->system == other->target->system &&
                                           g_str_equal (geminga_target_get_id (self->target),
                                                        geminga_target_get_id (other->target)));
}

/**
 * geminga_actor_ref_lookup_command:
 * @self: a ref
 * @name: name of a command
 *
 * Finds out what a command of the actor takes and gives, without asking it.
 *
 * That is known of actors in this process and of those that this process has spawned into others.
 *
 * Returns: (transfer none) (nullable): the command, or %NULL if there is none of that name or the
 *   actor's class is not known here
 *
 * Since: 0.1
 */
GemingaCommand *
geminga_actor_ref_lookup_command (GemingaActorRef *self, const char *name)
{
  g_return_val_if_fail (GEMINGA_IS_ACTOR_REF (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return geminga_interface_find_command (self->target->type, name);
}

/**
 * geminga_actor_ref_tell:
 * @self: a ref
 * @command: name of a command
 * @arguments: (nullable): a tuple with the arguments, or %NULL for none; a floating reference is taken
 * @error: return location for an error
 *
 * Sends a command and does not wait for an answer.
 *
 * Messages from one sender to one actor arrive in the order they were sent, but those of urgent commands
 * overtake. What nobody handles is a dead letter, see [class@Geminga.DeadLetters].
 *
 * Fails with %GEMINGA_ERROR_INVALID_ARGUMENTS if the arguments are no tuple, and with
 * %GEMINGA_ERROR_MAILBOX_FULL if the actor is in this process and its mailbox refuses the message, or if
 * too much waits for the actor's process.
 *
 * Returns: %TRUE if the message is on its way
 *
 * Since: 0.1
 */
gboolean
geminga_actor_ref_tell (GemingaActorRef *self,
                        const char *command,
                        GVariant *arguments,
                        GError **error)
{
  g_autoptr (GVariant) sunk = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  GemingaThread *thread = geminga_thread_get ();

  g_return_val_if_fail (GEMINGA_IS_ACTOR_REF (self), FALSE);
  g_return_val_if_fail (command != NULL, FALSE);

  if (!is_tuple (sunk))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "Arguments of %s must be a tuple, not “%s”", command,
                   g_variant_get_type_string (sunk));
      return FALSE;
    }

  thread->telling =
      call_message_new (self, thread, command, g_steal_pointer (&sunk), GEMINGA_MESSAGE_CALL, NULL);
  geminga_target_post (self->target, thread->telling);
  thread->telling = NULL;
  if (G_LIKELY (thread->refusal == NULL))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&thread->refusal));

  return FALSE;
}

/**
 * geminga_actor_ref_tell_async:
 * @self: a ref
 * @command: name of a command
 * @arguments: (nullable): a tuple with the arguments, or %NULL for none; a floating reference is taken
 * @timeout: milliseconds to wait, see [method@Geminga.ActorRef.ask_async]
 * @cancellable: (nullable): cancels the wait, and takes the message back if it is not accepted yet
 * @callback: (nullable): called in the caller's main context when the message is accepted
 * @user_data: data for @callback
 *
 * Sends a command and waits until the actor's mailbox has accepted it, not until it is handled.
 *
 * A sender that awaits its tells goes no faster than the actor, if the actor's mailbox has the policy
 * %GEMINGA_MAILBOX_POLICY_CREDIT: then the message waits until there is room. With other policies the
 * wait is over at once, and tells whether there was room. It is the same for actors in other processes.
 *
 * Since: 0.1
 */
void
geminga_actor_ref_tell_async (GemingaActorRef *self,
                              const char *command,
                              GVariant *arguments,
                              int timeout,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GemingaCallerArgs args = { G_OBJECT (self), geminga_actor_ref_tell_async, cancellable, callback,
                             user_data };

  g_return_if_fail (GEMINGA_IS_ACTOR_REF (self));
  g_return_if_fail (command != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  post_async (self, GEMINGA_MESSAGE_TELL, command, arguments, NULL, timeout, &args);
}

/**
 * geminga_actor_ref_tell_finish:
 * @self: a ref
 * @result: what the callback got
 * @error: return location for an error
 *
 * Tells whether a message was accepted that was sent with [method@Geminga.ActorRef.tell_async].
 *
 * Fails with %GEMINGA_ERROR_MAILBOX_FULL if the mailbox refused or dropped it, with
 * %GEMINGA_ERROR_TIMED_OUT when the deadline passed, with %GEMINGA_ERROR_NO_SUCH_ACTOR or
 * %GEMINGA_ERROR_DIED if the actor or its process has ended, with %GEMINGA_ERROR_INVALID_ARGUMENTS if the
 * arguments are no tuple, with %G_IO_ERROR_CANCELLED when it was cancelled.
 *
 * Returns: %TRUE if it was
 *
 * Since: 0.1
 */
gboolean
geminga_actor_ref_tell_finish (GemingaActorRef *self, GAsyncResult *result, GError **error)
{
  return wait_finish (self, geminga_actor_ref_tell_async, result, error);
}

/**
 * geminga_actor_ref_ask_async:
 * @self: a ref
 * @command: name of a command
 * @arguments: (nullable): a tuple with the arguments, or %NULL for none; a floating reference is taken
 * @timeout: milliseconds to wait for the answer, -1 for [const@Geminga.DEFAULT_TIMEOUT], %G_MAXINT to
 *   wait for ever; while a call is handled never later than that call's own deadline
 * @cancellable: (nullable): cancels the wait; the callee is told
 * @callback: (nullable): called in the caller's main context when the answer is there
 * @user_data: data for @callback
 *
 * Sends a command and waits for its answer.
 *
 * Any thread may ask; the answer comes in the thread-default main context of who asked.
 *
 * Since: 0.1
 */
void
geminga_actor_ref_ask_async (GemingaActorRef *self,
                             const char *command,
                             GVariant *arguments,
                             int timeout,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  geminga_actor_ref_ask_with_fds_async (self, command, arguments, NULL, timeout, cancellable,
                                        callback, user_data);
}

/**
 * geminga_actor_ref_ask_finish:
 * @self: a ref
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gives the answer to [method@Geminga.ActorRef.ask_async].
 *
 * Fails with the error that the actor answered, with its domain, code and message; with
 * %GEMINGA_ERROR_TIMED_OUT when the deadline passed; with %GEMINGA_ERROR_DIED when the actor or its
 * process ended; with %GEMINGA_ERROR_NO_SUCH_ACTOR, %GEMINGA_ERROR_NO_SUCH_COMMAND,
 * %GEMINGA_ERROR_INVALID_ARGUMENTS or %GEMINGA_ERROR_MAILBOX_FULL when it was not handled at all; with
 * %G_IO_ERROR_CANCELLED when it was cancelled.
 *
 * Returns: (transfer full): a tuple with one element a result
 *
 * Since: 0.1
 */
GVariant *
geminga_actor_ref_ask_finish (GemingaActorRef *self, GAsyncResult *result, GError **error)
{
  return geminga_actor_ref_ask_with_fds_finish (self, NULL, result, error);
}

/**
 * geminga_actor_ref_ask_with_fds_async:
 * @self: a ref
 * @command: name of a command
 * @arguments: (nullable): a tuple with the arguments, or %NULL for none; a floating reference is taken
 * @fds: (nullable): the descriptors that handles in @arguments are indexes into
 * @timeout: milliseconds, see [method@Geminga.ActorRef.ask_async]
 * @cancellable: (nullable): cancels the wait
 * @callback: (nullable): called in the caller's main context when the answer is there
 * @user_data: data for @callback
 *
 * Sends a command with file descriptors and waits for its answer.
 *
 * Since: 0.1
 */
void
geminga_actor_ref_ask_with_fds_async (GemingaActorRef *self,
                                      const char *command,
                                      GVariant *arguments,
                                      GUnixFDList *fds,
                                      int timeout,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  GemingaCallerArgs args = { G_OBJECT (self), geminga_actor_ref_ask_async, cancellable, callback,
                             user_data };

  g_return_if_fail (GEMINGA_IS_ACTOR_REF (self));
  g_return_if_fail (command != NULL);
  g_return_if_fail (fds == NULL || G_IS_UNIX_FD_LIST (fds));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  post_async (self, GEMINGA_MESSAGE_CALL, command, arguments, fds, timeout, &args);
}

/**
 * geminga_actor_ref_ask_with_fds_finish:
 * @self: a ref
 * @fds: (out) (transfer full) (optional) (nullable): descriptors that handles in the results are indexes
 *   into
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gives the answer to [method@Geminga.ActorRef.ask_with_fds_async]. For errors see
 * [method@Geminga.ActorRef.ask_finish].
 *
 * Returns: (transfer full): a tuple with one element a result
 *
 * Since: 0.1
 */
GVariant *
geminga_actor_ref_ask_with_fds_finish (GemingaActorRef *self,
                                       GUnixFDList **fds,
                                       GAsyncResult *result,
                                       GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_ACTOR_REF (self), NULL);
  g_return_val_if_fail (geminga_caller_is_valid (result, self, geminga_actor_ref_ask_async), NULL);

  return geminga_caller_propagate (GEMINGA_CALLER (result), fds, error);
}

/**
 * geminga_actor_ref_wait_ready_async:
 * @self: a ref
 * @cancellable: (nullable): cancels the wait
 * @callback: (nullable): called in the caller's main context
 * @user_data: data for @callback
 *
 * Waits until the actor has started. Messages may be sent before.
 *
 * Since: 0.1
 */
void
geminga_actor_ref_wait_ready_async (GemingaActorRef *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_return_if_fail (GEMINGA_IS_ACTOR_REF (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  wait_async (self, GEMINGA_MESSAGE_READY, geminga_actor_ref_wait_ready_async, cancellable,
              callback, user_data);
}

/**
 * geminga_actor_ref_wait_ready_finish:
 * @self: a ref
 * @result: what the callback got
 * @error: return location for an error
 *
 * Tells whether the actor has started. If it could not, the error says why.
 *
 * Returns: %TRUE if it has
 *
 * Since: 0.1
 */
gboolean
geminga_actor_ref_wait_ready_finish (GemingaActorRef *self, GAsyncResult *result, GError **error)
{
  return wait_finish (self, geminga_actor_ref_wait_ready_async, result, error);
}

/**
 * geminga_actor_ref_wait_ended_async:
 * @self: a ref
 * @cancellable: (nullable): cancels the wait
 * @callback: (nullable): called in the caller's main context
 * @user_data: data for @callback
 *
 * Waits until the actor has ended. If it has, the callback comes at once.
 *
 * Since: 0.1
 */
void
geminga_actor_ref_wait_ended_async (GemingaActorRef *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_return_if_fail (GEMINGA_IS_ACTOR_REF (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  wait_async (self, GEMINGA_MESSAGE_EXIT, geminga_actor_ref_wait_ended_async, cancellable, callback,
              user_data);
}

/**
 * geminga_actor_ref_wait_ended_finish:
 * @self: a ref
 * @result: what the callback got
 * @error: return location for an error
 *
 * Tells how the actor ended: asked to, or, with the error, because something went wrong.
 *
 * Returns: %TRUE if it was stopped, %FALSE if it failed, was killed, or the wait was cancelled
 *
 * Since: 0.1
 */
gboolean
geminga_actor_ref_wait_ended_finish (GemingaActorRef *self, GAsyncResult *result, GError **error)
{
  return wait_finish (self, geminga_actor_ref_wait_ended_async, result, error);
}

/**
 * geminga_actor_ref_stop:
 * @self: a ref
 *
 * Asks the actor to end; messages that wait are overtaken and fail. It may take its time, see
 * [method@Geminga.Actor.hold].
 *
 * Since: 0.1
 */
void
geminga_actor_ref_stop (GemingaActorRef *self)
{
  g_return_if_fail (GEMINGA_IS_ACTOR_REF (self));

  geminga_target_post (self->target, geminga_message_new (GEMINGA_MESSAGE_STOP, NULL));
}

/**
 * geminga_actor_ref_kill:
 * @self: a ref
 *
 * Ends the actor at once, also one whose handler does not return if it has a thread or a process of
 * its own. A thread that is caught in a handler stays behind until the handler returns; it cannot be taken
 * from what the actor does in timers and other sources of its main context.
 *
 * Since: 0.1
 */
void
geminga_actor_ref_kill (GemingaActorRef *self)
{
  g_return_if_fail (GEMINGA_IS_ACTOR_REF (self));

  geminga_target_post (self->target, geminga_message_new (GEMINGA_MESSAGE_KILL, NULL));
}
