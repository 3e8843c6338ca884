/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <geminga-wire-private.h>
#include <string.h>
#include <time.h>

/*
 * The wire codec beside GDBusMessage, in one process and one thread: messages written, and messages
 * read, a second of processor time. Every figure is the best of five short runs, taken in turns.
 */

#define N_RUNS   5
#define RUN_TIME 0.1 /* seconds */

typedef struct
{
  GemingaWireMessage message;
  GemingaWireTemplate *template; /* (owned) */
  GemingaWireHeaderCache cache;
  GemingaWireHeaderCache *use_cache; /* (nullable) */
  GByteArray *out;                   /* (owned) */
  GByteArray *input;                 /* (owned) one message */
} Fixture;

typedef void (*Operation) (Fixture *self);

/* Helpers */

static double
processor_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);

  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* Operations a second. */
static double
run (Fixture *fixture, Operation operation)
{
  double start = processor_time ();
  double end = start;
  guint64 n = 0;

  while (end - start < RUN_TIME)
    {
      for (guint i = 0; i < 32; i++)
        operation (fixture);
      n += 32;
      end = processor_time ();
    }

  return (double) n / (end - start);
}

static void
compare (const char *name,
         Fixture *fixture,
         Operation ours,
         const char *peer,
         Operation theirs,
         double gate)
{
  double value = 0;
  double peer_value = 0;

  for (guint i = 0; i < N_RUNS; i++)
    {
      value = MAX (value, run (fixture, ours));
      peer_value = MAX (peer_value, run (fixture, theirs));
    }

  g_print ("{\"name\":\"%s\",\"value\":%.0f,\"unit\":\"messages/s\",\"cpu_per_op\":%.3f,"
           "\"peer\":\"%s\",\"peer_value\":%.0f,\"ratio\":%.2f,\"gate\":%.1f,\"holds\":%s}\n",
           name, value, 1e6 / value, peer, peer_value, value / peer_value, gate,
           value >= gate * peer_value ? "true" : "false");
}

static void
fixture_init (Fixture *self, GVariant *body)
{
  const char *type = g_variant_get_type_string (body);
  g_autofree char *signature = g_strndup (type + 1, strlen (type) - 2);

  *self = (Fixture){ .message = { .type = GEMINGA_WIRE_MESSAGE_CALL,
                                  .serial = 1,
                                  .path = "/org/geminga1/calculator/worker1",
                                  .interface = "org.example.Calculator1",
                                  .member = "Add",
                                  .body = g_variant_ref_sink (body) } };
  geminga_wire_message_set_extension (&self->message, GEMINGA_WIRE_EXTENSION_DEADLINE, 30000000);
  self->template = geminga_wire_template_new (&self->message, signature, NULL);
  self->out = g_byte_array_new ();
  self->input = g_byte_array_new ();
  if (!geminga_wire_write (self->input, &self->message, NULL))
    g_error ("The message cannot be written");
}

static void
fixture_clear (Fixture *self)
{
  g_clear_pointer (&self->message.body, g_variant_unref);
  g_clear_pointer (&self->template, geminga_wire_template_free);
  g_clear_pointer (&self->out, g_byte_array_unref);
  g_clear_pointer (&self->input, g_byte_array_unref);
}

/* Operations */

static void
op_write (Fixture *self)
{
  g_byte_array_set_size (self->out, 0);
  if (!geminga_wire_write (self->out, &self->message, NULL))
    g_error ("The message cannot be written");
}

static void
op_template (Fixture *self)
{
  g_byte_array_set_size (self->out, 0);
  if (!geminga_wire_template_write (self->template, self->out, &self->message, NULL))
    g_error ("The message cannot be written");
}

static void
op_parse (Fixture *self)
{
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;

  if (!geminga_wire_parse (self->input->data, self->input->len, &geminga_wire_limits_default,
                           self->use_cache, &message, NULL))
    g_error ("The message cannot be read");
}

static void
op_parse_cached (Fixture *self)
{
  self->use_cache = &self->cache;
  op_parse (self);
  self->use_cache = NULL;
}

static void
op_gdbus_write (Fixture *self)
{
  g_autoptr (GDBusMessage) message = g_dbus_message_new_method_call (
      NULL, self->message.path, self->message.interface, self->message.member);
  g_autofree guint8 *blob = NULL;
  gsize size;

  g_dbus_message_set_serial (message, 1);
  g_dbus_message_set_body (message, self->message.body);
  blob = g_dbus_message_to_blob (message, &size, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);
  if (blob == NULL)
    g_error ("GDBus cannot write the message");
}

static void
op_gdbus_parse (Fixture *self)
{
  g_autoptr (GDBusMessage) message = g_dbus_message_new_from_blob (
      self->input->data, self->input->len, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);

  if (message == NULL)
    g_error ("GDBus cannot read the message");
}

static GVariant *
new_bytes_body (gsize size)
{
  g_autofree guint8 *bytes = g_malloc0 (size);

  return g_variant_new ("(@ay)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, size, 1));
}

int
main (void)
{
  const struct
  {
    const char *name;
    GVariant *body;
    double gate;
    double header_gate; /* what template and cache must gain, 0: the header does not matter */
  } rows[] = {
    { "number", g_variant_new ("(t)", (guint64) 1), 5, 1.3 },
    { "dictionary",
      g_variant_new_parsed ("('calculator', [<1.5>, <'two'>], {'a': <1>, 'b': <@as ['x', 'y']>})"),
      5, 1 },
    { "64-kib", new_bytes_body (64 * 1024), 1.5, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *write = g_strdup_printf ("wire/write/%s", rows[i].name);
      g_autofree char *parse = g_strdup_printf ("wire/parse/%s", rows[i].name);
      g_autofree char *template = g_strdup_printf ("wire/template/%s", rows[i].name);
      g_autofree char *cache = g_strdup_printf ("wire/cache/%s", rows[i].name);
      Fixture fixture;

      fixture_init (&fixture, rows[i].body);
      compare (write, &fixture, op_write, "GDBusMessage", op_gdbus_write, rows[i].gate);
      compare (parse, &fixture, op_parse, "GDBusMessage", op_gdbus_parse, rows[i].gate);
      if (rows[i].header_gate > 0)
        compare (template, &fixture, op_template, "without template", op_write,
                 rows[i].header_gate);
      if (rows[i].header_gate > 0)
        compare (cache, &fixture, op_parse_cached, "without cache", op_parse, rows[i].header_gate);
      fixture_clear (&fixture);
    }

  return 0;
}
