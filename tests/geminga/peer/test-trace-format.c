/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "node-fixture.h"

#include "geminga-error.h"
#include "geminga-trace-format-private.h"
#include "geminga-wire-private.h"

typedef struct
{
  Service *service;     /* (owned) */
  GemingaTarget *actor; /* (owned) */
  GemingaTarget *peer;  /* (owned) */
  GemingaTraceRecord record;
} Fixture;

/* Helpers */

static GemingaTarget *
spawn (GemingaSystem *system, const char *id)
{
  g_autoptr (GemingaActorRef) ref =
      geminga_system_spawn (system, PROBE_TYPE, id, GEMINGA_PLACEMENT_SHARED, NULL, NULL);

  return geminga_target_ref (geminga_actor_ref_get_target (ref));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->service = service_new ();
  self->actor = spawn (self->service->system, "probe");
  self->peer = spawn (self->service->system, "Hello-1");
  self->record = (GemingaTraceRecord){
    .kind = GEMINGA_TRACE_ASKED,
    .number = 7,
    .time = 1000000,
    .peer = self->peer,
    .command = g_ref_string_new ("Add"),
    .interface = "org.example.Probe1",
    .body = g_variant_ref_sink (g_variant_new ("(dd)", 1.0, 2.0)),
  };
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_ref_string_release (self->record.command);
  g_clear_pointer (&self->record.body, g_variant_unref);
  g_clear_error (&self->record.error);
  geminga_target_unref (self->actor);
  geminga_target_unref (self->peer);
  service_free (self->service);
}

static void
set_body (Fixture *self, GVariant *body)
{
  g_clear_pointer (&self->record.body, g_variant_unref);
  if (body != NULL)
    self->record.body = g_variant_ref_sink (body);
}

static void
assert_record (Fixture *self, const char *expected)
{
  const GemingaTraceFormat format = { 20, FALSE };
  g_autoptr (GVariant) found =
      g_variant_ref_sink (geminga_trace_format_record (&format, self->actor, &self->record));
  g_autoptr (GVariant) wanted =
      g_variant_parse (G_VARIANT_TYPE_VARDICT, expected, NULL, NULL, NULL);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (found);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_assert_nonnull (wanted);
  g_variant_iter_init (&iter, wanted);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) other = g_variant_dict_lookup_value (&dict, key, NULL);
      g_autofree char *text = other != NULL ? g_variant_print (other, TRUE) : NULL;
      g_autofree char *wanted_text = g_variant_print (value, TRUE);

      g_assert_cmpstr (text, ==, wanted_text);
      g_variant_dict_remove (&dict, key);
    }
  {
    g_autoptr (GVariant) rest = g_variant_ref_sink (g_variant_dict_end (&dict));

    g_assert_cmpuint (g_variant_n_children (rest), ==, 0);
  }
}

static GBytes *
parse (Fixture *self, GemingaWireMessage *message)
{
  GBytes *bytes = geminga_trace_format_wire (self->actor, &self->record);
  g_autoptr (GError) error = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  gsize needed = 0;

  geminga_wire_peek_size (data, size, &geminga_wire_limits_default, &needed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (needed, ==, size);
  geminga_wire_parse (data, size, &geminga_wire_limits_default, NULL, message, &error);
  g_assert_no_error (error);
  g_assert_true (geminga_wire_message_check_names (message, &error));
  g_assert_true (geminga_wire_message_check_required (message, &error));

  return bytes;
}

/* GLib reads them as well. */
static void
assert_dbus (Fixture *self, GDBusMessageType type)
{
  g_autoptr (GBytes) bytes = geminga_trace_format_wire (self->actor, &self->record);
  g_autoptr (GError) error = NULL;
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  g_autoptr (GDBusMessage) message = g_dbus_message_new_from_blob (
      (guchar *) data, size, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, &error);

  g_assert_no_error (error);
  g_assert_cmpint (g_dbus_message_get_message_type (message), ==, type);
}

/* Tests */

static void
test_asked (Fixture *self, gconstpointer data)
{
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  g_autoptr (GBytes) bytes = parse (self, &message);

  assert_record (self, "{'time': <uint64 1000000>, 'number': <uint32 7>, 'event': <'asked'>,"
                       " 'peer': <'/org/geminga1/node/0/Hello_2d1'>, 'command': <'Add'>,"
                       " 'interface': <'org.example.Probe1'>, 'text': <'(1.0, 2.0)'>}");
  g_assert_cmpuint (message.type, ==, GEMINGA_WIRE_MESSAGE_CALL);
  g_assert_cmpuint (message.flags, ==, GEMINGA_WIRE_FLAG_NONE);
  g_assert_cmpuint (message.serial, ==, 7);
  g_assert_cmpstr (message.sender, ==, ":0.Hello_2d1");
  g_assert_cmpstr (message.destination, ==, ":0.probe");
  g_assert_cmpstr (message.path, ==, "/org/geminga1/node/0/probe");
  g_assert_cmpstr (message.interface, ==, "org.example.Probe1");
  g_assert_cmpstr (message.member, ==, "Add");
  g_assert_true (g_variant_equal (message.body, self->record.body));
  assert_dbus (self, G_DBUS_MESSAGE_TYPE_METHOD_CALL);
}

/* From outside, and nobody waits. */
static void
test_told (Fixture *self, gconstpointer data)
{
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  g_autoptr (GBytes) bytes = NULL;

  self->record.kind = GEMINGA_TRACE_TOLD;
  self->record.is_tell = TRUE;
  self->record.peer = NULL;
  self->record.interface = NULL;
  bytes = parse (self, &message);
  assert_record (self, "{'time': <uint64 1000000>, 'number': <uint32 7>, 'event': <'told'>,"
                       " 'command': <'Add'>, 'text': <'(1.0, 2.0)'>}");
  g_assert_cmpuint (message.flags, ==, GEMINGA_WIRE_FLAG_NO_REPLY);
  g_assert_cmpstr (message.sender, ==, ":0.-");
  g_assert_null (message.interface);
}

static void
test_sent (Fixture *self, gconstpointer data)
{
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  g_autoptr (GBytes) bytes = NULL;

  self->record.kind = GEMINGA_TRACE_ASKS;
  bytes = parse (self, &message);
  g_assert_cmpstr (message.sender, ==, ":0.probe");
  g_assert_cmpstr (message.destination, ==, ":0.Hello_2d1");
  g_assert_cmpstr (message.path, ==, "/org/geminga1/node/0/Hello_2d1");
}

static void
test_answered (Fixture *self, gconstpointer data)
{
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  g_autoptr (GBytes) bytes = NULL;

  self->record.kind = GEMINGA_TRACE_ANSWERED;
  self->record.reply_to = 6;
  self->record.duration = 12;
  bytes = parse (self, &message);
  assert_record (self, "{'time': <uint64 1000000>, 'number': <uint32 7>, 'event': <'answered'>,"
                       " 'reply-to': <uint32 6>, 'peer': <'/org/geminga1/node/0/Hello_2d1'>,"
                       " 'command': <'Add'>, 'interface': <'org.example.Probe1'>,"
                       " 'text': <'(1.0, 2.0)'>, 'duration': <uint64 12>}");
  g_assert_cmpuint (message.type, ==, GEMINGA_WIRE_MESSAGE_REPLY);
  g_assert_cmpuint (message.reply_serial, ==, 6);
  g_assert_cmpstr (message.sender, ==, ":0.probe");
  g_assert_cmpstr (message.destination, ==, ":0.Hello_2d1");
  assert_dbus (self, G_DBUS_MESSAGE_TYPE_METHOD_RETURN);
}

static void
test_failed (Fixture *self, gconstpointer data)
{
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  g_autoptr (GBytes) bytes = NULL;

  set_body (self, NULL);
  self->record.kind = GEMINGA_TRACE_FAILED;
  self->record.reply_to = 6;
  self->record.interface = NULL;
  self->record.error =
      g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_COMMAND, "No such thing");
  bytes = parse (self, &message);
  assert_record (self, "{'time': <uint64 1000000>, 'number': <uint32 7>, 'event': <'failed'>,"
                       " 'reply-to': <uint32 6>, 'peer': <'/org/geminga1/node/0/Hello_2d1'>,"
                       " 'command': <'Add'>, 'error': <'org.geminga1.Error.NoSuchCommand'>,"
                       " 'message': <'No such thing'>, 'duration': <uint64 0>}");
  g_assert_cmpuint (message.type, ==, GEMINGA_WIRE_MESSAGE_ERROR);
  g_assert_cmpstr (message.error_name, ==, "org.geminga1.Error.NoSuchCommand");
  assert_dbus (self, G_DBUS_MESSAGE_TYPE_ERROR);
}

static void
test_none (Fixture *self, gconstpointer data)
{
  static const GemingaTraceKind kinds[] = { GEMINGA_TRACE_ANSWERED, GEMINGA_TRACE_FAILED,
                                            GEMINGA_TRACE_FORWARDED, GEMINGA_TRACE_STASHED,
                                            GEMINGA_TRACE_ENDED };

  self->record.is_tell = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      self->record.kind = kinds[i];
      g_assert_null (geminga_trace_format_wire (self->actor, &self->record));
    }
}

/* What is long is cut; what D-Bus does not know is text. */
static void
test_unusual_bodies (Fixture *self, gconstpointer data)
{
  g_auto (GemingaWireMessage) maybe = GEMINGA_WIRE_MESSAGE_INIT;
  g_auto (GemingaWireMessage) large = GEMINGA_WIRE_MESSAGE_INIT;
  g_autoptr (GBytes) maybe_bytes = NULL;
  g_autoptr (GBytes) large_bytes = NULL;
  gsize size = 2 * 1024 * 1024;
  g_autofree char *bytes = g_malloc0 (size);

  self->record.interface = NULL;
  self->record.peer = NULL;
  set_body (self, g_variant_new ("(s)", "äöüäöüäöüäöüäöüäöüäöü"));
  assert_record (self, "{'time': <uint64 1000000>, 'number': <uint32 7>, 'event': <'asked'>,"
                       " 'command': <'Add'>, 'text': <\"('äöüäöüäöüäöüäöüäöü…\">}");

  set_body (self, g_variant_new ("(ms)", "x"));
  maybe_bytes = parse (self, &maybe);
  g_assert_cmpstr (maybe.signature, ==, "s");

  set_body (self, g_variant_new ("(@ay)",
                                 g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, size, 1)));
  large_bytes = parse (self, &large);
  g_assert_cmpstr (large.signature, ==, "s");
  g_assert_cmpuint (g_bytes_get_size (large_bytes), <, 1024);
}

/* A handle needs no descriptor to be looked at. */
static void
test_fds (Fixture *self, gconstpointer data)
{
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  g_autoptr (GBytes) bytes = NULL;

  set_body (self, g_variant_new ("(h)", 0));
  self->record.n_fds = 1;
  bytes = parse (self, &message);
  g_assert_cmpuint (message.n_fds, ==, 1);
  g_assert_cmpstr (message.signature, ==, "h");
}

static void
assert_options (const char *text, gboolean is_legal, guint length, gboolean has_wire)
{
  g_autoptr (GVariant) options = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  GemingaTraceFormat format;

  g_assert_true (geminga_trace_format_parse (&format, options, &error) == is_legal);
  if (!is_legal)
    {
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (format.length, ==, length);
  g_assert_true (format.has_wire == has_wire);
}

static void
test_options (void)
{
  assert_options ("@a{sv} {}", TRUE, 400, FALSE);
  assert_options ("{'wire': <true>, 'length': <uint32 5>}", TRUE, 5, TRUE);
  assert_options ("{'length': <uint32 4294967295>}", TRUE, 65536, FALSE);
  assert_options ("{'length': <5>}", FALSE, 0, FALSE);
  assert_options ("{'wire': <'yes'>}", FALSE, 0, FALSE);
  assert_options ("{'frob': <true>}", FALSE, 0, FALSE);
}

static void
add_test (const char *path, void (*func) (Fixture *self, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/peer/trace-format/asked", test_asked);
  add_test ("/peer/trace-format/told", test_told);
  add_test ("/peer/trace-format/sent", test_sent);
  add_test ("/peer/trace-format/answered", test_answered);
  add_test ("/peer/trace-format/failed", test_failed);
  add_test ("/peer/trace-format/none", test_none);
  add_test ("/peer/trace-format/unusual-bodies", test_unusual_bodies);
  add_test ("/peer/trace-format/fds", test_fds);
  g_test_add_func ("/peer/trace-format/options", test_options);

  return g_test_run ();
}
