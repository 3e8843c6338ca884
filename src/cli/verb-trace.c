/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "cli-actor.h"
#include "cli-bus.h"
#include "cli-capture.h"
#include "cli-error.h"
#include "cli-output.h"
#include "cli-service.h"
#include "cli-text.h"
#include "cli-verbs.h"
#include "cli-watch.h"

#define NODE_PREFIX "/org/geminga1/node/"

/* Milliseconds: the service answers sooner, if only with an empty list. */
#define READ_TIMEOUT 60000

/* One that goes on. */
typedef struct
{
  Cli *cli;
  CliService *service;
  const char *path;          /* of the actor */
  char *id;                  /* (owned) (nullable): of the trace */
  CliCapture *capture;       /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned): of reading */
  GError *error;             /* (owned) (nullable): why to end */
  guint64 n_printed;
  gboolean is_reading;
  gboolean is_over;
} Trace;

/* Helpers */

static void
trace_clear (Trace *self)
{
  g_free (self->id);
  g_clear_pointer (&self->capture, cli_capture_free);
  g_object_unref (self->cancellable);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Trace, trace_clear)

static guint64
get_time (GVariant *record)
{
  return cli_dict_get_number (record, "time");
}

static char *
dup_time (Cli *cli, guint64 time)
{
  gint64 seconds = (gint64) (time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) whole = cli->is_utc || cli->is_json
                                    ? g_date_time_new_from_unix_utc (seconds)
                                    : g_date_time_new_from_unix_local (seconds);
  g_autoptr (GDateTime) exact =
      whole != NULL ? g_date_time_add (whole, (GTimeSpan) (time % G_USEC_PER_SEC)) : NULL;

  if (exact == NULL)
    return g_strdup ("?");

  return g_date_time_format (exact, cli->is_json ? "%Y-%m-%dT%H:%M:%S.%fZ" : "%H:%M:%S.%f");
}

/* "3/worker2": the number of the process, and the actor in it. */
static char *
dup_peer (GVariant *record)
{
  const char *path = cli_dict_get_string (record, "peer");

  if (g_str_has_prefix (path, NODE_PREFIX))
    return cli_actor_dup_name (path + strlen (NODE_PREFIX));

  return *path != '\0' ? cli_text_escape (path) : g_strdup ("-");
}

static char *
dup_text (GVariant *record, const char *key)
{
  return cli_text_escape (cli_dict_get_string (record, key));
}

/* Helpers: lines */

static void
print_message (Cli *cli, GVariant *record, const char *event)
{
  g_autofree char *peer = dup_peer (record);
  g_autofree char *command = dup_text (record, "command");
  g_autofree char *text = dup_text (record, "text");
  gboolean is_received = g_str_equal (event, "asked") || g_str_equal (event, "told");

  cli_output_print (cli, "%s%s  %s  %s %s", event, is_received ? " by" : "", peer, command, text);
}

/* A command that was told has no result, but it is done. */
static void
print_outcome (Cli *cli, GVariant *record, const char *event)
{
  g_autofree char *command = dup_text (record, "command");
  g_autofree char *text = dup_text (record, "text");
  g_autofree char *name = dup_text (record, "error");
  g_autofree char *message = dup_text (record, "message");
  guint number = (guint) cli_dict_get_number (record, "reply-to");

  cli_output_print (cli, "%s #%u  %s", event, number, command);
  if (g_str_equal (event, "failed"))
    cli_output_print (cli, "  %s: %s", name, message);
  else if (*text != '\0')
    cli_output_print (cli, "  %s", text);
  if (g_str_equal (event, "forwarded"))
    {
      g_autofree char *peer = dup_peer (record);

      cli_output_print (cli, "  to %s", peer);
    }
  else if (!g_str_equal (event, "stashed"))
    {
      cli_output_print (cli, "  in %.3f ms",
                        (double) cli_dict_get_number (record, "duration") / 1000);
    }
}

/* "17:00:01.123456  #7  asked by  3/worker2  Add (1.0, 2.0)" */
static void
print_line (Trace *self, GVariant *record)
{
  static const char *const messages[] = { "asked", "told", "asks", "tells", NULL };
  static const char *const outcomes[] = { "answered", "failed", "forwarded", "stashed", NULL };
  const char *event = cli_dict_get_string (record, "event");
  g_autofree char *time = dup_time (self->cli, get_time (record));
  g_autofree char *safe = cli_text_escape (event);

  cli_output_print (self->cli, "%s  #%u  ", time, (guint) cli_dict_get_number (record, "number"));
  if (g_strv_contains (messages, event))
    print_message (self->cli, record, event);
  else if (g_strv_contains (outcomes, event))
    print_outcome (self->cli, record, event);
  else
    cli_output_print (self->cli, "%s", safe);
  cli_output_print (self->cli, "\n");
}

static void
print_json (Trace *self, GVariant *record)
{
  g_autofree char *time = dup_time (self->cli, get_time (record));
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (record);

  g_variant_dict_remove (&dict, "wire");
  g_variant_dict_insert (&dict, "time", "s", time);
  g_variant_dict_insert (&dict, "service", "s", self->service->id);
  g_variant_dict_insert (&dict, "path", "s", self->path);
  cli_output_json (self->cli, g_variant_dict_end (&dict));
}

static void
print_lost (Trace *self, guint64 n_lost)
{
  if (self->cli->is_json)
    cli_output_json (self->cli, g_variant_new_parsed ("{'lost': <%t>}", n_lost));
  else
    cli_output_print (self->cli, "-- %" G_GUINT64_FORMAT " more came faster than they were read\n",
                      n_lost);
}

static gboolean
is_text_wanted (Cli *cli)
{
  return g_strcmp0 (cli->capture, "-") != 0;
}

static void
handle_record (Trace *self, GVariant *record)
{
  g_autoptr (GVariant) wire = g_variant_lookup_value (record, "wire", G_VARIANT_TYPE_BYTESTRING);

  if (self->is_over)
    return;

  if (self->capture != NULL && wire != NULL)
    cli_capture_add (self->capture, get_time (record), wire);
  if (is_text_wanted (self->cli))
    {
      if (self->cli->is_json)
        print_json (self, record);
      else
        print_line (self, record);
    }
  if (++self->n_printed == self->cli->count ||
      g_str_equal (cli_dict_get_string (record, "event"), "ended"))
    self->is_over = TRUE;
}

static void
handle_batch (Trace *self, GVariant *reply)
{
  g_autoptr (GVariant) records = g_variant_get_child_value (reply, 0);
  guint64 n_lost;

  for (gsize i = 0; i < g_variant_n_children (records); i++)
    {
      g_autoptr (GVariant) record = g_variant_get_child_value (records, i);

      handle_record (self, record);
    }

  g_variant_get_child (reply, 1, "t", &n_lost);
  if (n_lost > 0 && !self->is_over && is_text_wanted (self->cli))
    print_lost (self, n_lost);
  if (self->capture != NULL)
    cli_capture_flush (self->capture, &self->error);
  if (self->error == NULL)
    cli_output_flush (self->cli, &self->error);
}

/* Helpers: the service */

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Trace *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  self->is_reading = FALSE;
  if (reply != NULL)
    handle_batch (self, reply);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->error = g_steal_pointer (&error);
}

static void
read_next (Trace *self)
{
  self->is_reading = TRUE;
  g_dbus_connection_call (self->cli->connection, self->service->bus_name, CLI_ARBITER_PATH,
                          CLI_ARBITER_INTERFACE, "ReadTrace", g_variant_new ("(s)", self->id),
                          G_VARIANT_TYPE ("(aa{sv}t)"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          READ_TIMEOUT, self->cancellable, read_cb, self);
}

static gboolean
start (Trace *self, GError **error)
{
  GVariantBuilder options;
  g_autoptr (GVariant) reply = NULL;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  if (self->capture != NULL)
    g_variant_builder_add (&options, "{sv}", "wire", g_variant_new_boolean (TRUE));
  reply = cli_bus_call (self->cli, self->service->bus_name, CLI_ARBITER_PATH, CLI_ARBITER_INTERFACE,
                        "StartTrace", g_variant_new ("(sa{sv})", self->path, &options), error);
  if (reply == NULL)
    return FALSE;
  if (!g_variant_is_of_type (reply, G_VARIANT_TYPE ("(s)")))
    {
      g_set_error (error, CLI_ERROR, CLI_STATUS_FAILED, _ ("%s answers %s with something else"),
                   self->service->id, "StartTrace");
      return FALSE;
    }

  g_variant_get (reply, "(s)", &self->id);

  return TRUE;
}

/* Nobody waits for the answer. */
static void
stop (Trace *self)
{
  g_cancellable_cancel (self->cancellable);
  while (self->is_reading)
    g_main_context_iteration (NULL, TRUE);
  if (g_dbus_connection_is_closed (self->cli->connection))
    return;

  g_dbus_connection_call (self->cli->connection, self->service->bus_name, CLI_ARBITER_PATH,
                          CLI_ARBITER_INTERFACE, "StopTrace", g_variant_new ("(s)", self->id), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
  g_dbus_connection_flush_sync (self->cli->connection, NULL, NULL);
}

static gboolean
on_time_over (gpointer user_data)
{
  Trace *self = user_data;

  self->is_over = TRUE;

  return G_SOURCE_CONTINUE;
}

static void
follow (Trace *self, double limit)
{
  guint timer = limit >= 0 ? g_timeout_add ((guint) (limit * 1000), on_time_over, self) : 0;
  guint reader = cli_watch_add_reader (self->cli);

  while (self->error == NULL && !self->is_over &&
         !g_cancellable_is_cancelled (self->cli->cancellable))
    {
      if (!self->is_reading)
        read_next (self);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (reader);
  if (timer != 0)
    g_source_remove (timer);
  stop (self);
}

/* Not in what programs read. */
static void
announce (Trace *self)
{
  g_autofree char *name = cli_actor_dup_name (self->path);

  if (self->cli->is_json)
    return;

  /* Translators: the name of an actor */
  fprintf (stderr, _ ("Tracing %s; Ctrl-C ends it\n"), name);
}

/* The verb */

static gboolean
run (Cli *cli, const char *const *operands, GError **error)
{
  g_autoptr (CliService) service = cli_service_resolve (cli, operands[0], error);
  g_autofree char *path = service != NULL ? cli_actor_dup_path (service, operands[1], error) : NULL;
  g_auto (Trace)
      trace = { .cli = cli, .service = service, .path = path, .cancellable = g_cancellable_new () };
  g_autoptr (GError) local_error = NULL;
  double limit = cli->timeout;

  if (path == NULL)
    return FALSE;
  if (cli->capture != NULL)
    {
      trace.capture = cli_capture_new (cli, cli->capture, error);
      if (trace.capture == NULL)
        return FALSE;
    }

  cli->is_pretty = FALSE; /* an object a line */
  cli->timeout = -1;
  if (!start (&trace, &local_error))
    {
      g_propagate_error (
          error, cli_actor_explain (cli, service, operands[1], g_steal_pointer (&local_error)));
      return FALSE;
    }

  announce (&trace);
  follow (&trace, limit);

  /* Ctrl-C is how this ends. */
  if (trace.error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&trace.error));
  return FALSE;
}

const CliVerb cli_verb_trace = {
  .name = "trace",
  .summary = N_ ("Print the messages of an actor, as they come and go"),
  .run = run,
  .usage = N_ ("ID ACTOR"),
  .min_operands = 2,
  .max_operands = 2,
  .operands = { CLI_OPERAND_SERVICE, CLI_OPERAND_ACTOR },
  .flags = CLI_VERB_TRACE,
};
