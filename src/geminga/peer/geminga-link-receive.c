/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-link-state-private.h"

#include <string.h>

#include "geminga-actor-ref-private.h"
#include "geminga-command-private.h"
#include "geminga-dead-letters-private.h"
#include "geminga-error.h"
#include "geminga-interface-private.h"

/* A call to the other process: what came in a slot is not needed any more. */
#define RELEASE "Release"

/* A call of the other process that is being answered here. */
typedef struct
{
  GemingaAsk parent;

  GemingaLink *link; /* (owned) */
  guint32 serial;
  GemingaTarget *target;    /* (owned) (nullable): who is asked */
  atomic_bool is_cancelled; /* nobody waits for the answer */
} Handled;

/* GemingaAsk */

static void
handled_deliver (GemingaAsk *ask, GVariant *result, GUnixFDList *fds, GError *error)
{
  Handled *self = (Handled *) ask;
  GemingaOutgoing reply = { .kind = GEMINGA_OUTGOING_REPLY,
                            .serial = self->serial,
                            .body = result,
                            .fds = fds,
                            .error = error };

  if (atomic_load (&self->is_cancelled))
    geminga_outgoing_clear (&reply);
  else
    geminga_link_enqueue (self->link, &reply);
}

static void
handled_free (GemingaAsk *ask)
{
  Handled *self = (Handled *) ask;

  g_clear_pointer (&self->target, geminga_target_unref);
  g_clear_pointer (&self->link, geminga_link_unref);
}

static char *
handled_dup_key (GemingaAsk *ask, guint32 node)
{
  Handled *self = (Handled *) ask;

  return geminga_link_make_key (self->link->node, node, self->serial);
}

static const GemingaAskClass handled_class = { sizeof (Handled), handled_deliver, handled_free,
                                               handled_dup_key };

/* Helpers */

/* NULL if no reply is wanted. */
static GemingaAsk *
handled_new (GemingaLink *link, const GemingaWireMessage *wire, GemingaTarget *target)
{
  Handled *self;

  if ((wire->flags & GEMINGA_WIRE_FLAG_NO_REPLY) != 0)
    return NULL;

  self = geminga_ask_alloc (&handled_class);
  self->link = geminga_link_ref (link);
  self->serial = wire->serial;
  if (target != NULL)
    self->target = geminga_target_ref (target);
  atomic_init (&self->is_cancelled, FALSE);
  g_hash_table_insert (link->handled, GUINT_TO_POINTER (wire->serial),
                       geminga_ask_ref (&self->parent));

  return &self->parent;
}

static void
cancel (Handled *handled)
{
  atomic_store (&handled->is_cancelled, TRUE);
  geminga_ask_answer (&handled->parent, NULL, NULL,
                      g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_CANCELLED,
                                           "Nobody waits for the answer any more"));
  if (handled->target != NULL)
    geminga_target_post (handled->target,
                         geminga_message_new (GEMINGA_MESSAGE_CANCEL, &handled->parent));
}

static void
cancel_by_serial (GemingaLink *self, GVariant *arguments)
{
  gpointer handled;
  guint32 serial;

  g_variant_get (arguments, "(u)", &serial);
  if (!g_hash_table_steal_extended (self->handled, GUINT_TO_POINTER (serial), NULL, &handled))
    return; /* the answer is on its way */

  cancel (handled);
  geminga_ask_unref (handled);
}

static void answer_error (GemingaAsk *ask, int code, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
answer_error (GemingaAsk *ask, int code, const char *format, ...)
{
  va_list args;

  if (ask == NULL)
    return;

  va_start (args, format);
  geminga_ask_answer (ask, NULL, NULL, g_error_new_valist (GEMINGA_ERROR, code, format, args));
  va_end (args);
}

/* (nullable) with the id that was looked for */
static GemingaTarget *
find_actor (GemingaLink *self, const char *path, char **id)
{
  guint32 node;

  if (!geminga_target_parse_path (path, &node, id))
    {
      *id = g_strdup (path);
      return NULL;
    }
  if (node != geminga_system_get_node (self->system))
    return NULL;

  return geminga_system_lookup (self->system, *id);
}

/* Whom the last command went to as well, most of the time. The id is made only if there is none. */
static GemingaTarget *
find_receiver (GemingaLink *self, const char *path, char **id)
{
  *id = NULL;
  if (self->known_target != NULL && strcmp (self->known_path, path) == 0 &&
      !geminga_target_has_ended (self->known_target))
    return geminga_target_ref (self->known_target);

  g_clear_pointer (&self->known_target, geminga_target_unref);
  g_free (self->known_path);
  self->known_path = g_strdup (path);
  self->known_command = NULL;
  self->known_target = find_actor (self, path, id);

  return self->known_target != NULL ? geminga_target_ref (self->known_target) : NULL;
}

static void
set_command (GemingaLink *self, GemingaMessage *message, GemingaTarget *target, const char *name)
{
  GemingaCommand *command = self->known_command;

  if (command == NULL || strcmp (command->name, name) != 0)
    command = geminga_interface_find_command (target->type, name);
  if (command == NULL)
    {
      message->command = g_ref_string_new (name);
      return;
    }

  self->known_command = command;
  message->declaration = command;
}

/* ":NODE.ID"; most of the time whom the last one came from as well. */
static GemingaTarget *
find_sender (GemingaLink *self, const char *name)
{
  const char *dot = strchr (name, '.');
  g_autofree char *path = NULL;
  g_autofree char *id = NULL;
  guint32 node;

  if (self->known_sender != NULL && strcmp (self->known_name, name) == 0 &&
      !geminga_target_has_ended (self->known_sender))
    return geminga_target_ref (self->known_sender);

  g_clear_pointer (&self->known_sender, geminga_target_unref);
  g_free (self->known_name);
  self->known_name = g_strdup (name);
  if (*name != ':' || dot == NULL)
    return NULL;

  path = g_strdup_printf (GEMINGA_TARGET_PATH_PREFIX "%.*s/%s", (int) (dot - name - 1), name + 1,
                          dot + 1);
  if (geminga_target_parse_path (path, &node, &id))
    self->known_sender = geminga_system_resolve (self->system, node, id, NULL);

  return self->known_sender != NULL ? geminga_target_ref (self->known_sender) : NULL;
}

static gint64
to_deadline (const GemingaWireMessage *wire)
{
  guint64 remaining;

  if (!geminga_wire_message_get_extension (wire, GEMINGA_WIRE_EXTENSION_DEADLINE, &remaining))
    return 0;

  return g_get_monotonic_time () + (gint64) MIN (remaining, (guint64) G_MAXINT64 / 2);
}

static GemingaMessageKind
get_command_kind (const GemingaWireMessage *wire, GemingaAsk *ask)
{
  guint64 credit;

  if (ask != NULL &&
      geminga_wire_message_get_extension (wire, GEMINGA_WIRE_EXTENSION_CREDIT, &credit) &&
      credit == GEMINGA_LINK_CREDIT_AWAITED)
    return GEMINGA_MESSAGE_TELL;

  return GEMINGA_MESSAGE_CALL;
}

static void
handle_command (GemingaLink *self, const GemingaWireMessage *wire, GUnixFDList *fds)
{
  g_autofree char *id = NULL;
  g_autoptr (GemingaTarget) target = find_receiver (self, wire->path, &id);
  g_autoptr (GemingaAsk) ask = handled_new (self, wire, target);
  GemingaMessage *message = geminga_message_new (get_command_kind (wire, ask), ask);

  if (target != NULL)
    set_command (self, message, target, wire->member);
  else
    message->command = g_ref_string_new (wire->member);
  message->arguments = g_variant_ref (wire->body);
  message->deadline = to_deadline (wire);
  if (fds != NULL)
    message->fds = g_object_ref (fds);
  if (wire->sender != NULL)
    message->sender = find_sender (self, wire->sender);

  if (target == NULL)
    {
      geminga_dead_letters_note_path (self->system, wire->path, message,
                                      GEMINGA_DEAD_LETTER_REASON_ENDED);
      geminga_message_refuse (message, GEMINGA_ERROR_NO_SUCH_ACTOR, "There is no actor “%s”", id);
      return;
    }

  geminga_target_post (target, message);
}

static gboolean
parse_control (const GemingaWireMessage *wire, GemingaMessageKind *kind)
{
  static const struct
  {
    const char *member;
    const char *signature;
    GemingaMessageKind kind;
  } members[] = {
    { "WaitReady", "", GEMINGA_MESSAGE_READY }, { "WaitEnded", "", GEMINGA_MESSAGE_EXIT },
    { "Watch", "", GEMINGA_MESSAGE_WATCH },     { "Link", "", GEMINGA_MESSAGE_LINK },
    { "Unlink", "", GEMINGA_MESSAGE_UNLINK },   { "LinkEnded", "usis", GEMINGA_MESSAGE_LINK_ENDED },
    { "Stop", "", GEMINGA_MESSAGE_STOP },       { "Kill", "", GEMINGA_MESSAGE_KILL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (g_str_equal (wire->member, members[i].member) &&
        g_str_equal (wire->signature, members[i].signature))
      {
        *kind = members[i].kind;
        return TRUE;
      }

  return FALSE;
}

static void
refuse_call (GemingaLink *self, const GemingaWireMessage *wire, GemingaAsk *ask)
{
  answer_error (ask, GEMINGA_ERROR_NOT_SUPPORTED,
                "Process %u has no call %s with arguments of type “%s”",
                geminga_system_get_node (self->system), wire->member, wire->signature);
}

static void
post_control (GemingaLink *self,
              GemingaTarget *target,
              GemingaMessage *message,
              const GemingaWireMessage *wire)
{
  if (wire->sender != NULL)
    message->sender = find_sender (self, wire->sender);
  if (message->kind == GEMINGA_MESSAGE_LINK_ENDED)
    message->arguments = g_variant_ref (wire->body);
  geminga_target_post (target, message);
}

static void
handle_control (GemingaLink *self, const GemingaWireMessage *wire)
{
  g_autofree char *id = NULL;
  g_autoptr (GemingaTarget) target = NULL;
  g_autoptr (GemingaAsk) ask = NULL;
  GemingaMessageKind kind;
  gboolean is_wait;

  if (g_str_equal (wire->member, "Cancel") && g_str_equal (wire->signature, "u"))
    {
      cancel_by_serial (self, wire->body);
      return;
    }

  target = find_actor (self, wire->path, &id);
  ask = handled_new (self, wire, target);
  if (!parse_control (wire, &kind))
    {
      refuse_call (self, wire, ask);
      return;
    }

  is_wait = kind == GEMINGA_MESSAGE_READY || kind == GEMINGA_MESSAGE_EXIT ||
            kind == GEMINGA_MESSAGE_WATCH;
  if (target == NULL)
    answer_error (ask, GEMINGA_ERROR_NO_SUCH_ACTOR, "There is no actor “%s”", id);
  else if (!is_wait || ask != NULL)
    post_control (self, target, geminga_message_new (kind, is_wait ? ask : NULL), wire);
  if (!is_wait && ask != NULL)
    geminga_ask_answer (ask, g_variant_ref_sink (g_variant_new_tuple (NULL, 0)), NULL, NULL);
}

/* Nobody needs any more what the other process was sent in a slot. */
static void
release_slot (GemingaLink *self, GVariant *arguments)
{
  guint32 slot;
  gboolean is_known;

  g_variant_get (arguments, "(ub)", &slot, &is_known);
  if (self->socket != NULL)
    geminga_link_socket_release (self->socket, slot, is_known);
}

static void
handle_peer_call (GemingaLink *self, const GemingaWireMessage *wire, GUnixFDList *fds)
{
  g_autoptr (GemingaAsk) ask = NULL;
  GemingaLinkCall call = { wire->member, wire->path, wire->body, fds, FALSE, NULL, NULL };

  if (!g_str_equal (wire->path, GEMINGA_LINK_PATH))
    {
      handle_control (self, wire);
      return;
    }

  ask = handled_new (self, wire, NULL);
  call.ask = ask;
  if (g_str_equal (wire->member, "Ping"))
    {
      if (ask != NULL)
        geminga_ask_answer (ask, g_variant_ref_sink (g_variant_new_tuple (NULL, 0)), NULL, NULL);
    }
  else if (g_str_equal (wire->member, RELEASE) && g_str_equal (wire->signature, "ub"))
    {
      release_slot (self, wire->body);
    }
  else if (!self->funcs->called (self->data, self, &call))
    {
      refuse_call (self, wire, ask);
    }
}

/* What every object on D-Bus answers is not for the actor itself. */
static gboolean
is_standard (const char *interface)
{
  return interface != NULL && g_str_has_prefix (interface, "org.freedesktop.DBus.");
}

static void
handle_standard (GemingaLink *self, const GemingaWireMessage *wire)
{
  g_autoptr (GemingaAsk) ask = handled_new (self, wire, NULL);
  const GemingaLinkCall call = { .member = wire->member,
                                 .path = wire->path,
                                 .arguments = wire->body,
                                 .ask = ask,
                                 .interface = wire->interface };

  if (ask != NULL && !self->funcs->standard_called (self->data, self, &call))
    answer_error (ask, GEMINGA_ERROR_NO_SUCH_COMMAND,
                  "Interface %s has no method %s with arguments of type “%s”", wire->interface,
                  wire->member, wire->signature);
}

static void
handle_call (GemingaLink *self,
             const GemingaWireMessage *wire,
             GUnixFDList *fds,
             gboolean are_fds_lost)
{
  if (are_fds_lost)
    {
      g_autoptr (GemingaAsk) ask = handled_new (self, wire, NULL);

      g_info ("%s came without its file descriptors: too many files are open", wire->member);
      answer_error (ask, GEMINGA_ERROR_FAILED,
                    "%s came without its file descriptors: process %u has too many files open",
                    wire->member, geminga_system_get_node (self->system));
    }
  else if (g_strcmp0 (wire->interface, GEMINGA_LINK_INTERFACE) == 0)
    {
      handle_peer_call (self, wire, fds);
    }
  else if (is_standard (wire->interface))
    {
      handle_standard (self, wire);
    }
  else
    {
      handle_command (self, wire, fds);
    }
}

static void
handle_reply (GemingaLink *self,
              const GemingaWireMessage *wire,
              GUnixFDList *fds,
              gboolean are_fds_lost)
{
  g_autoptr (GemingaAsk) ask = NULL;
  g_autoptr (GemingaTarget) target = NULL;

  if (!geminga_link_take_pending (self, wire->reply_serial, &ask, &target))
    return; /* it came too late */

  if (wire->type == GEMINGA_WIRE_MESSAGE_ERROR)
    geminga_ask_answer (ask, NULL, NULL, geminga_wire_error_from_message (wire));
  else if (are_fds_lost)
    answer_error (ask, GEMINGA_ERROR_FAILED,
                  "The answer came without its file descriptors: this process has too many files "
                  "open");
  else
    geminga_ask_answer (ask, g_variant_ref (wire->body), fds != NULL ? g_object_ref (fds) : NULL,
                        NULL);
}

static void
handle_signal (GemingaLink *self, const GemingaWireMessage *wire)
{
  GemingaLinkCall call = { wire->member, wire->path, wire->body, NULL, TRUE, NULL, NULL };

  if (!g_str_equal (wire->interface, GEMINGA_LINK_INTERFACE) ||
      !self->funcs->called (self->data, self, &call))
    g_info ("Process %u sent the signal %s, which means nothing here", self->node, wire->member);
}

/* GemingaLinkSocketFuncs */

static void
socket_received (gpointer data,
                 const GemingaWireMessage *message,
                 GUnixFDList *fds,
                 gboolean are_fds_lost)
{
  g_autoptr (GemingaLink) self = geminga_link_ref (data);

  switch (message->type)
    {
    case GEMINGA_WIRE_MESSAGE_CALL:
      handle_call (self, message, fds, are_fds_lost);
      break;
    case GEMINGA_WIRE_MESSAGE_REPLY:
    case GEMINGA_WIRE_MESSAGE_ERROR:
      handle_reply (self, message, fds, are_fds_lost);
      break;
    case GEMINGA_WIRE_MESSAGE_SIGNAL:
      handle_signal (self, message);
      break;
    default:
      break; /* of a later version */
    }
}

static void
socket_drained (gpointer data)
{
  GemingaLink *self = data;

  atomic_store_explicit (&self->unsent, 0, memory_order_relaxed);
  geminga_link_schedule (self);
}

/* The actors that were told, and what they answer: without another turn of the context. */
static void
socket_dispatched (gpointer data)
{
  g_autoptr (GemingaLoop) loop = geminga_loop_ref (((GemingaLink *) data)->loop);

  geminga_loop_run_now (loop);
}

static void
socket_released (gpointer data, guint32 slot, gboolean is_known)
{
  GemingaLink *self = data;

  if (!atomic_load (&self->is_closed))
    geminga_link_call (self, RELEASE, g_variant_new ("(ub)", slot, is_known), NULL, NULL);
}

static void
socket_closed (gpointer data, const char *violation)
{
  GemingaLink *self = data;

  self->socket = NULL;
  geminga_link_fail (self, violation);
}

const GemingaLinkSocketFuncs geminga_link_socket_funcs = {
  .received = socket_received,
  .dispatched = socket_dispatched,
  .released = socket_released,
  .ref = (gpointer (*) (gpointer)) geminga_link_ref,
  .unref = (GDestroyNotify) geminga_link_unref,
  .drained = socket_drained,
  .closed = socket_closed,
};

/* For the link's own files */

void
geminga_link_cancel_handled (GemingaLink *self)
{
  g_autoptr (GHashTable) handled = g_steal_pointer (&self->handled);
  GHashTableIter iter;
  gpointer ask;

  g_hash_table_iter_init (&iter, handled);
  while (g_hash_table_iter_next (&iter, NULL, &ask))
    cancel (ask);
}
