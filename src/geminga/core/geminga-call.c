/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-call-private.h"

#include "geminga-actor-private.h"
#include "geminga-actor-ref-private.h"
#include "geminga-command-private.h"
#include "geminga-dead-letters-private.h"
#include "geminga-error.h"
#include "geminga-interface-private.h"
#include "geminga-trace-private.h"

/**
 * GemingaCall:
 *
 * One received request: the command, its arguments and who waits for the answer.
 *
 * A handler answers its call exactly once, now or later, from any thread: with
 * [method@Geminga.Call.return_value], with [method@Geminga.Call.return_error], or by letting another
 * actor answer with [method@Geminga.Call.forward]. A call whose last reference goes before it was
 * answered fails by itself with %GEMINGA_ERROR_DROPPED, so that its caller never waits in vain.
 *
 * When the caller cancels, or its deadline passes, the call's [method@Geminga.Call.get_cancellable] is
 * cancelled.
 *
 * Since: 0.1
 */
struct _GemingaCall
{
  GObject parent_instance;

  GemingaMailbox *mailbox;     /* of the actor that was called */
  GemingaMessage *message;     /* (owned) */
  GemingaCommand *declaration; /* (nullable): borrowed from the class */

  GemingaOpenCall open_call; /* in the mailbox's list while @is_open */
  gboolean is_open;          /* an ask that is not answered; who answers clears it */
  gboolean has_mailbox;      /* it holds a reference: once the handler has kept the call */
  _Atomic (guint64) step;    /* what is asked for the call is known by; 0: nothing was asked yet */
  atomic_bool is_answered;
  guint32 trace;    /* number of a traced call, 0 once it is answered */
  gint64 traced_at; /* monotonic, of a traced call: when it was handed to the handler */
};

G_DEFINE_FINAL_TYPE (GemingaCall, geminga_call, G_TYPE_OBJECT)

/* Helpers */

/* Takes the right to answer. FALSE: somebody has answered. */
static gboolean
claim_answer (GemingaCall *self)
{
  if (atomic_exchange (&self->is_answered, TRUE))
    return FALSE;

  if (self->is_open)
    geminga_mailbox_close_call (self->mailbox, &self->open_call);
  self->is_open = FALSE;

  return TRUE;
}

/* Who has claimed the answer is the only one here. */
static void
trace_answer (GemingaCall *self, GVariant *result, GUnixFDList *fds, const GError *error)
{
  geminga_trace_answered (self->mailbox, self->message, self->trace,
                          g_get_monotonic_time () - self->traced_at, result, fds, error);
  self->trace = 0;
}

static void
answer (GemingaCall *self, GVariant *result, GUnixFDList *fds, GError *error)
{
  if (G_UNLIKELY (self->trace != 0))
    trace_answer (self, result, fds, error);
  if (G_UNLIKELY (error != NULL))
    geminga_mailbox_note_failed (self->mailbox);

  if (self->message->ask != NULL)
    {
      geminga_ask_answer (self->message->ask, result, fds, error);
      return;
    }

  if (error != NULL)
    g_info ("Command %s told to actor “%s” failed: %s", geminga_call_get_command (self),
            geminga_target_get_id (&self->mailbox->target), error->message);
  g_clear_pointer (&result, g_variant_unref);
  g_clear_object (&fds);
  g_clear_error (&error);
}

/* "d" stands for "(d)", nothing for "()". Non-floating, or NULL if it does not fit. */
static GVariant *
as_result (GVariant *value, const GVariantType *type)
{
  GVariant *items[1] = { value };
  g_autoptr (GVariant) tuple = NULL;

  if (g_variant_is_of_type (value, type))
    return g_variant_ref (value);

  tuple = g_variant_ref_sink (g_variant_new_tuple (items, 1));

  return g_variant_is_of_type (tuple, type) ? g_steal_pointer (&tuple) : NULL;
}

static gboolean
is_without_reply (GemingaCall *self)
{
  return self->declaration != NULL &&
         (geminga_command_get_flags (self->declaration) & GEMINGA_COMMAND_FLAGS_NO_REPLY) != 0;
}

static void
answer_dropped (GemingaCall *self)
{
  if (self->message->ask == NULL)
    {
      if (G_UNLIKELY (self->trace != 0))
        trace_answer (self, NULL, NULL, NULL);
      return;
    }

  if (is_without_reply (self))
    answer (self, g_variant_ref (geminga_get_unit ()), NULL, NULL);
  else
    answer (self, NULL, NULL,
            g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_DROPPED,
                         "The handler of %s in actor “%s” let go of the call without an answer",
                         geminga_call_get_command (self),
                         geminga_target_get_id (&self->mailbox->target)));
}

/* What it held is gone, and it may be used for another message. */
static void
clear (GemingaCall *self)
{
  if (self->message == NULL)
    return;
  if (claim_answer (self))
    answer_dropped (self);

  g_clear_object (&self->open_call.cancellable);
  geminga_message_free (g_steal_pointer (&self->message));
  if (self->has_mailbox)
    geminga_target_unref (&self->mailbox->target);
  self->has_mailbox = FALSE;
}

/* The same message, for somebody else. */
static GemingaMessage *
dup_message (GemingaCall *self)
{
  GemingaMessage *message = geminga_message_new (GEMINGA_MESSAGE_CALL, self->message->ask);

  message->command = g_ref_string_new (geminga_call_get_command (self));
  message->arguments = g_variant_ref (geminga_call_get_arguments (self));
  message->deadline = self->message->deadline;
  if (self->message->fds != NULL)
    message->fds = g_object_ref (self->message->fds);
  if (self->message->sender != NULL)
    message->sender = geminga_target_ref (self->message->sender);

  return message;
}

/* Nobody else has a reference, not even a weak one. */
static gboolean
is_unknown (GemingaCall *self)
{
  GObject *object = G_OBJECT (self);

  return g_atomic_int_get (&object->ref_count) == 1 && object->qdata == NULL;
}

/* GObject */

static void
geminga_call_finalize (GObject *object)
{
  clear (GEMINGA_CALL (object));

  G_OBJECT_CLASS (geminga_call_parent_class)->finalize (object);
}

static void
geminga_call_class_init (GemingaCallClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = geminga_call_finalize;
}

static void
geminga_call_init (GemingaCall *self)
{
}

/* Private API */

GemingaCall *
geminga_call_new (GemingaThread *thread, GemingaMailbox *mailbox, GemingaMessage *message)
{
  GemingaCall *self = g_steal_pointer (&thread->spare_call);

  if (self == NULL)
    self = g_object_new (GEMINGA_TYPE_CALL, NULL);

  self->mailbox = mailbox;
  self->message = message;
  self->declaration = NULL;
  self->open_call.is_cancelled = FALSE;
  self->is_open = message->ask != NULL;
  atomic_store_explicit (&self->step, 0, memory_order_relaxed);
  atomic_store_explicit (&self->is_answered, FALSE, memory_order_relaxed);
  if (self->is_open)
    geminga_mailbox_open_call (mailbox, &self->open_call, message->ask);

  return self;
}

void
geminga_call_release (GemingaCall *self, GemingaThread *thread)
{
  if (!is_unknown (self))
    {
      geminga_target_ref (&self->mailbox->target);
      self->has_mailbox = TRUE;
      geminga_message_keep_sender (self->message);
      g_object_unref (self);
      return;
    }

  clear (self);
  if (thread->spare_call == NULL)
    thread->spare_call = self;
  else
    g_object_unref (self);
}

GemingaCommand *
geminga_call_get_declaration (GemingaCall *self)
{
  return self->declaration;
}

guint64
geminga_call_get_step (GemingaCall *self, GemingaThread *thread)
{
  guint64 step = atomic_load_explicit (&self->step, memory_order_relaxed);

  if (step == 0)
    {
      step = ++thread->last_step;
      atomic_store_explicit (&self->step, step, memory_order_relaxed);
    }

  return step;
}

guint64
geminga_call_peek_locked (GemingaOpenCall *open_call, const char **command)
{
  GemingaCall *self =
      (GemingaCall *) ((char *) open_call - G_STRUCT_OFFSET (GemingaCall, open_call));

  *command = geminga_message_get_command (self->message);

  return atomic_load_explicit (&self->step, memory_order_relaxed);
}

gboolean
geminga_call_has_ask (GemingaCall *self, const GemingaAsk *ask)
{
  return self->message->ask == ask;
}

void
geminga_call_set_trace (GemingaCall *self, guint32 number)
{
  self->trace = number;
  self->traced_at = g_get_monotonic_time ();
}

void
geminga_call_refuse (GemingaCall *self, int code, const char *format, ...)
{
  va_list args;
  GError *error;

  if (!claim_answer (self))
    return;

  va_start (args, format);
  error = g_error_new_valist (GEMINGA_ERROR, code, format, args);
  va_end (args);
  answer (self, NULL, NULL, error);
}

void
geminga_call_note_unhandled (GemingaCall *self)
{
  geminga_dead_letters_note (&self->mailbox->target, self->message,
                             GEMINGA_DEAD_LETTER_REASON_UNHANDLED);
}

/* Names the command's class in errors as people know it. */
gboolean
geminga_call_check (GemingaCall *self, GemingaActor *actor)
{
  const GemingaMessage *message = self->message;
  const char *name = geminga_message_get_command (message);
  GemingaCommand *command = message->declaration;

  if (command == NULL)
    command = geminga_interface_find_command (G_OBJECT_TYPE (actor), name);
  if (command == NULL)
    {
      geminga_call_note_unhandled (self);
      geminga_call_refuse (self, GEMINGA_ERROR_NO_SUCH_COMMAND,
                           "Actor “%s” of class %s has no command “%s”",
                           geminga_actor_get_id (actor), G_OBJECT_TYPE_NAME (actor), name);
      return FALSE;
    }

  if (message->arguments == NULL
          ? !command->takes_nothing
          : !g_variant_is_of_type (message->arguments, command->argument_type))
    {
      geminga_call_note_unhandled (self);
      geminga_call_refuse (self, GEMINGA_ERROR_INVALID_ARGUMENTS,
                           "Command %s of actor “%s” takes arguments of type “%s”, not “%s”", name,
                           geminga_actor_get_id (actor), (const char *) command->argument_type,
                           g_variant_get_type_string (geminga_message_get_arguments (message)));
      return FALSE;
    }

  self->declaration = command;

  return TRUE;
}

/* Public API */

/**
 * geminga_call_get_command:
 * @self: a call
 *
 * Tells which command was called.
 *
 * Returns: name of the command
 *
 * Since: 0.1
 */
const char *
geminga_call_get_command (GemingaCall *self)
{
  g_return_val_if_fail (GEMINGA_IS_CALL (self), NULL);

  return geminga_message_get_command (self->message);
}

/**
 * geminga_call_get_arguments:
 * @self: a call
 *
 * Gives the arguments, which have the types that the command declares.
 *
 * Returns: (transfer none): a tuple with one element an argument
 *
 * Since: 0.1
 */
GVariant *
geminga_call_get_arguments (GemingaCall *self)
{
  g_return_val_if_fail (GEMINGA_IS_CALL (self), NULL);

  return geminga_message_get_arguments (self->message);
}

/**
 * geminga_call_get_fds:
 * @self: a call
 *
 * Gives the file descriptors that handles in the arguments are indexes into.
 *
 * Returns: (transfer none) (nullable): the descriptors, or %NULL if there are none
 *
 * Since: 0.1
 */
GUnixFDList *
geminga_call_get_fds (GemingaCall *self)
{
  g_return_val_if_fail (GEMINGA_IS_CALL (self), NULL);

  return self->message->fds;
}

/**
 * geminga_call_dup_sender:
 * @self: a call
 *
 * Tells which actor sent it.
 *
 * Returns: (transfer full) (nullable): the sender, or %NULL if it came from outside of actors
 *
 * Since: 0.1
 */
GemingaActorRef *
geminga_call_dup_sender (GemingaCall *self)
{
  g_return_val_if_fail (GEMINGA_IS_CALL (self), NULL);

  if (self->message->sender == NULL)
    return NULL;

  return geminga_actor_ref_new (self->message->sender);
}

/**
 * geminga_call_get_cancellable:
 * @self: a call
 *
 * Gives what is cancelled when nobody waits for the answer any more.
 *
 * It is cancelled in the actor's loop.
 *
 * Returns: (transfer none): the cancellable
 *
 * Since: 0.1
 */
GCancellable *
geminga_call_get_cancellable (GemingaCall *self)
{
  g_return_val_if_fail (GEMINGA_IS_CALL (self), NULL);

  return geminga_mailbox_get_cancellable (self->mailbox, &self->open_call);
}

/**
 * geminga_call_get_deadline:
 * @self: a call
 *
 * Tells until when the caller waits. Asks made while the call is handled get no later deadline.
 *
 * Returns: monotonic time in microseconds, see g_get_monotonic_time(), or 0 if the caller waits for ever
 *
 * Since: 0.1
 */
gint64
geminga_call_get_deadline (GemingaCall *self)
{
  g_return_val_if_fail (GEMINGA_IS_CALL (self), 0);

  return self->message->deadline;
}

/**
 * geminga_call_expects_answer:
 * @self: a call
 *
 * Tells whether somebody waits for an answer; answers to other calls go nowhere.
 *
 * Returns: %TRUE for an ask, %FALSE for a tell
 *
 * Since: 0.1
 */
gboolean
geminga_call_expects_answer (GemingaCall *self)
{
  g_return_val_if_fail (GEMINGA_IS_CALL (self), FALSE);

  return self->message->ask != NULL;
}

/**
 * geminga_call_is_answered:
 * @self: a call
 *
 * Tells whether the handler has answered.
 *
 * Returns: %TRUE if it has
 *
 * Since: 0.1
 */
gboolean
geminga_call_is_answered (GemingaCall *self)
{
  g_return_val_if_fail (GEMINGA_IS_CALL (self), FALSE);

  return atomic_load (&self->is_answered);
}

/**
 * geminga_call_resume:
 * @self: a call
 * @func: (scope call) (closure user_data): what to do
 * @user_data: data for @func
 *
 * Goes on handling a call that its handler has kept.
 *
 * What @func asks and tells is sent by the call's actor, as in the handler, and while the call is not
 * answered asks get no later deadline than it has. Overlays of languages with coroutines do each step of
 * one in here. Only in the actor's loop.
 *
 * Since: 0.1
 */
void
geminga_call_resume (GemingaCall *self, GemingaCallFunc func, gpointer user_data)
{
  g_return_if_fail (GEMINGA_IS_CALL (self));
  g_return_if_fail (func != NULL);

  if (self->mailbox->actor != NULL && self->mailbox->state != GEMINGA_MAILBOX_ENDED)
    geminga_actor_resume (self->mailbox->actor, self, func, user_data);
  else
    func (self, user_data);
}

/**
 * geminga_call_return_value:
 * @self: a call
 * @value: (nullable): the results: a tuple, or the value itself if there is one; %NULL for none.
 *   Floating references are taken
 *
 * Answers the call.
 *
 * A value that is not of the type which the command declares becomes an error for the caller and a
 * warning. Any thread may answer.
 *
 * Since: 0.1
 */
void
geminga_call_return_value (GemingaCall *self, GVariant *value)
{
  geminga_call_return_value_with_fds (self, value, NULL);
}

/**
 * geminga_call_return_value_with_fds:
 * @self: a call
 * @value: (nullable): the results, see [method@Geminga.Call.return_value]
 * @fds: (nullable): the descriptors that handles in @value are indexes into
 *
 * Answers the call with file descriptors.
 *
 * Since: 0.1
 */
void
geminga_call_return_value_with_fds (GemingaCall *self, GVariant *value, GUnixFDList *fds)
{
  g_autoptr (GVariant) sunk = NULL;
  g_autoptr (GVariant) result = NULL;
  const GVariantType *type;

  g_return_if_fail (GEMINGA_IS_CALL (self));
  g_return_if_fail (fds == NULL || G_IS_UNIX_FD_LIST (fds));

  if (value != NULL)
    sunk = g_variant_ref_sink (value);
  g_return_if_fail (claim_answer (self));

  if (value == NULL && self->declaration->gives_nothing)
    {
      answer (self, g_variant_ref (geminga_get_unit ()), fds != NULL ? g_object_ref (fds) : NULL,
              NULL);
      return;
    }

  if (value == NULL)
    sunk = g_variant_ref (geminga_get_unit ());
  type = geminga_command_get_result_type (self->declaration);
  result = as_result (sunk, type);
  if (result == NULL)
    {
      g_warning ("The handler of %s in actor “%s” returned “%s” where “%s” is declared",
                 geminga_call_get_command (self), geminga_target_get_id (&self->mailbox->target),
                 g_variant_get_type_string (sunk), (const char *) type);
      answer (self, NULL, NULL,
              g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_FAILED,
                           "%s returned a value of type “%s” where “%s” is declared",
                           geminga_call_get_command (self), g_variant_get_type_string (sunk),
                           (const char *) type));
      return;
    }

  answer (self, g_steal_pointer (&result), fds != NULL ? g_object_ref (fds) : NULL, NULL);
}

/**
 * geminga_call_return_error:
 * @self: a call
 * @error: what went wrong; domain, code and message reach the caller, wherever it is
 *
 * Answers the call with an error. Any thread may answer.
 *
 * Since: 0.1
 */
void
geminga_call_return_error (GemingaCall *self, const GError *error)
{
  g_return_if_fail (GEMINGA_IS_CALL (self));
  g_return_if_fail (error != NULL);
  g_return_if_fail (claim_answer (self));

  answer (self, NULL, NULL, g_error_copy (error));
}

/**
 * geminga_call_return_error_literal:
 * @self: a call
 * @domain: an error domain
 * @code: a code in it
 * @message: what went wrong
 *
 * Answers the call with an error made from its parts.
 *
 * Since: 0.1
 */
void
geminga_call_return_error_literal (GemingaCall *self, GQuark domain, int code, const char *message)
{
  g_return_if_fail (GEMINGA_IS_CALL (self));
  g_return_if_fail (domain != 0);
  g_return_if_fail (message != NULL);
  g_return_if_fail (claim_answer (self));

  answer (self, NULL, NULL, g_error_new_literal (domain, code, message));
}

/**
 * geminga_call_forward:
 * @self: a call
 * @target: who answers instead
 *
 * Lets another actor answer. It sees the same command, arguments, sender and deadline.
 *
 * Since: 0.1
 */
void
geminga_call_forward (GemingaCall *self, GemingaActorRef *target)
{
  GemingaMessage *message;

  g_return_if_fail (GEMINGA_IS_CALL (self));
  g_return_if_fail (GEMINGA_IS_ACTOR_REF (target));
  g_return_if_fail (claim_answer (self));

  if (G_UNLIKELY (self->trace != 0))
    geminga_trace_forwarded (self->mailbox, self->message, self->trace,
                             geminga_actor_ref_get_target (target));
  self->trace = 0;

  message = dup_message (self);
  if (message->ask != NULL)
    geminga_ask_forward (message->ask, geminga_actor_ref_get_target (target));
  geminga_target_post (geminga_actor_ref_get_target (target), message);
}

/**
 * geminga_call_stash:
 * @self: a call
 * @error: return location for an error
 *
 * Puts the call aside: its actor handles it once more after [method@Geminga.Actor.unstash_all].
 *
 * For handlers of actors that cannot answer in their present state, and only in the actor's loop. The call
 * counts as answered here; the handler gets another one. Meanwhile the caller's deadline and cancellable
 * act on it, and if the actor ends it fails.
 *
 * Fails with %GEMINGA_ERROR_MAILBOX_FULL if as many calls are put aside as may wait in the mailbox; then the
 * call is still to be answered. Fails with %GEMINGA_ERROR_INVALID_STATE if it has been answered.
 *
 * Returns: %TRUE if the call is put aside
 *
 * Since: 0.1
 */
gboolean
geminga_call_stash (GemingaCall *self, GError **error)
{
  GemingaMessage *message;

  g_return_val_if_fail (GEMINGA_IS_CALL (self), FALSE);

  if (geminga_call_is_answered (self))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE,
                   "The call of %s has been answered", geminga_call_get_command (self));
      return FALSE;
    }

  message = dup_message (self);
  if (!geminga_mailbox_stash (self->mailbox, message))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_MAILBOX_FULL,
                   "Actor “%s” cannot put %s aside: %u calls are",
                   geminga_target_get_id (&self->mailbox->target), geminga_call_get_command (self),
                   geminga_mailbox_get_limit (self->mailbox));
      geminga_message_free (message);
      return FALSE;
    }

  claim_answer (self);
  if (G_UNLIKELY (self->trace != 0))
    geminga_trace_stashed (self->mailbox, self->message, self->trace);
  self->trace = 0;

  return TRUE;
}
