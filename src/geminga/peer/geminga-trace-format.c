/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-trace-format-private.h"

#include <string.h>

#include "geminga-actor-ref-private.h"
#include "geminga-error.h"
#include "geminga-wire-private.h"

/* Characters of arguments, unless somebody wants another number, and at most. */
#define DEFAULT_LENGTH 400
#define MAX_LENGTH     (64 * 1024)

/* Bodies that have more bytes are neither printed nor put into messages, but described. */
#define MAX_PRINTED (256 * 1024)
#define MAX_WIRE    (1024 * 1024)

/* Who is no actor: what has come over the bus, for example. No actor can have that name. */
#define NOBODY "-"

/* Helpers: text */

static char *
describe (GVariant *body)
{
  return g_strdup_printf ("(… %" G_GSIZE_FORMAT " bytes of type %s)", g_variant_get_size (body),
                          g_variant_get_type_string (body));
}

static char *
print (GVariant *body, guint length)
{
  g_autofree char *text = NULL;

  if (g_variant_get_size (body) > MAX_PRINTED)
    return describe (body);

  text = g_variant_print (body, FALSE);
  if (g_utf8_strlen (text, -1) > (glong) length)
    {
      g_autofree char *start = g_utf8_substring (text, 0, (glong) length);

      return g_strconcat (start, "…", NULL);
    }

  return g_steal_pointer (&text);
}

static const char *
get_event (GemingaTraceKind kind)
{
  static const char *const events[] = { "asked",   "told", "answered", "failed", "forwarded",
                                        "stashed", "asks", "tells",    "ended" };

  return events[kind];
}

/* Helpers: messages */

/* An actor's address as links write it: ":NODE.ID"; NULL if that is no name on D-Bus. */
static char *
dup_name (GemingaTarget *target, guint32 node)
{
  g_autofree char *id =
      target != NULL ? geminga_target_escape (geminga_target_get_id (target)) : g_strdup (NOBODY);
  g_autofree char *name = g_strdup_printf (":%u.%s", target != NULL ? target->node : node, id);

  return g_dbus_is_name (name) ? g_steal_pointer (&name) : NULL;
}

static gboolean
is_from_actor (GemingaTraceKind kind)
{
  return kind != GEMINGA_TRACE_ASKED && kind != GEMINGA_TRACE_TOLD;
}

static GemingaWireMessageType
get_message_type (const GemingaTraceRecord *record)
{
  switch (record->kind)
    {
    case GEMINGA_TRACE_ASKED:
    case GEMINGA_TRACE_TOLD:
    case GEMINGA_TRACE_ASKS:
    case GEMINGA_TRACE_TELLS:
      return GEMINGA_WIRE_MESSAGE_CALL;
    case GEMINGA_TRACE_ANSWERED:
      return record->is_tell ? 0 : GEMINGA_WIRE_MESSAGE_REPLY;
    case GEMINGA_TRACE_FAILED:
      return record->is_tell ? 0 : GEMINGA_WIRE_MESSAGE_ERROR;
    case GEMINGA_TRACE_FORWARDED:
    case GEMINGA_TRACE_STASHED:
    case GEMINGA_TRACE_ENDED:
    default:
      return 0;
    }
}

static gboolean
append_message (GByteArray *bytes, GemingaWireMessage *wire, GVariant *body)
{
  wire->body = body;

  return geminga_wire_write (bytes, wire, NULL);
}

/* What has no form on D-Bus, or too many bytes, is there as text. */
static GBytes *
write_message (GemingaWireMessage *wire, GVariant *body)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GVariant) instead = NULL;
  g_autofree char *text = NULL;

  if ((body == NULL || g_variant_get_size (body) <= MAX_WIRE) && append_message (bytes, wire, body))
    return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  if (body == NULL)
    return NULL;

  text = print (body, DEFAULT_LENGTH);
  instead = g_variant_ref_sink (g_variant_new ("(s)", text));
  wire->n_fds = 0;

  return append_message (bytes, wire, instead)
             ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes))
             : NULL;
}

static void
add_wire (GVariantDict *dict, GemingaTarget *actor, const GemingaTraceRecord *record)
{
  g_autoptr (GBytes) bytes = geminga_trace_format_wire (actor, record);

  if (bytes != NULL)
    g_variant_dict_insert_value (dict, "wire",
                                 g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE));
}

static void
add_error (GVariantDict *dict, const GError *error)
{
  g_autofree char *name = geminga_wire_error_to_name (error);
  g_autofree char *text = g_utf8_make_valid (error->message, -1);

  g_variant_dict_insert (dict, "error", "s", name);
  g_variant_dict_insert (dict, "message", "s", text);
}

static void
add_body (GVariantDict *dict, const GemingaTraceRecord *record, guint length)
{
  g_autofree char *text = print (record->body, length);

  g_variant_dict_insert (dict, "text", "s", text);
  if (record->n_fds > 0)
    g_variant_dict_insert (dict, "fds", "u", record->n_fds);
}

static gboolean
fail_option (GError **error, const char *name)
{
  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
               "A trace has no option “%s”, or one of another type", name);

  return FALSE;
}

/* Private API */

gboolean
geminga_trace_format_parse (GemingaTraceFormat *self, GVariant *options, GError **error)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  self->length = DEFAULT_LENGTH;
  self->has_wire = FALSE;
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) owned = value;

      if (g_str_equal (name, "length") && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
        self->length = MIN (g_variant_get_uint32 (value), MAX_LENGTH);
      else if (g_str_equal (name, "wire") && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
        self->has_wire = g_variant_get_boolean (value);
      else
        return fail_option (error, name);
    }

  return TRUE;
}

GVariant *
geminga_trace_format_record (const GemingaTraceFormat *self,
                             GemingaTarget *actor,
                             const GemingaTraceRecord *record)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "time", "t", (guint64) record->time);
  g_variant_dict_insert (&dict, "number", "u", record->number);
  g_variant_dict_insert (&dict, "event", "s", get_event (record->kind));
  if (record->reply_to != 0)
    g_variant_dict_insert (&dict, "reply-to", "u", record->reply_to);
  if (record->peer != NULL)
    {
      g_autofree char *path = geminga_target_dup_path (record->peer);

      g_variant_dict_insert (&dict, "peer", "s", path);
    }
  if (record->command != NULL)
    g_variant_dict_insert (&dict, "command", "s", record->command);
  if (record->interface != NULL)
    g_variant_dict_insert (&dict, "interface", "s", record->interface);
  if (record->body != NULL)
    add_body (&dict, record, self->length);
  if (record->error != NULL)
    add_error (&dict, record->error);
  if (record->kind == GEMINGA_TRACE_ANSWERED || record->kind == GEMINGA_TRACE_FAILED)
    g_variant_dict_insert (&dict, "duration", "t", (guint64) MAX (record->duration, 0));
  if (self->has_wire)
    add_wire (&dict, actor, record);

  return g_variant_dict_end (&dict);
}

GBytes *
geminga_trace_format_wire (GemingaTarget *actor, const GemingaTraceRecord *record)
{
  GemingaWireMessageType type = get_message_type (record);
  gboolean is_outgoing = is_from_actor (record->kind);
  g_autofree char *own = dup_name (actor, 0);
  g_autofree char *peer = dup_name (record->peer, actor->node);
  g_autofree char *path = NULL;
  g_autofree char *error_name = NULL;
  g_autoptr (GVariant) error_body = NULL;
  GemingaWireMessage wire;

  if (type == 0)
    return NULL;

  geminga_wire_message_init (&wire, type);
  wire.serial = record->number;
  wire.reply_serial = record->reply_to;
  wire.sender = is_outgoing ? own : peer;
  wire.destination = is_outgoing ? peer : own;
  wire.n_fds = record->n_fds;
  if (type == GEMINGA_WIRE_MESSAGE_CALL)
    {
      path = geminga_target_dup_path (is_outgoing ? record->peer : actor);
      wire.path = path;
      wire.interface = record->interface;
      wire.member = record->command;
      wire.flags = record->is_tell ? GEMINGA_WIRE_FLAG_NO_REPLY : GEMINGA_WIRE_FLAG_NONE;
    }
  else if (type == GEMINGA_WIRE_MESSAGE_ERROR)
    {
      error_name = geminga_wire_error_to_name (record->error);
      error_body = geminga_wire_error_to_body (record->error);
      wire.error_name = error_name;
    }

  return write_message (&wire, error_body != NULL ? error_body : record->body);
}
