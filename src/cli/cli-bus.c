/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-bus.h"

#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "cli-error.h"
#include "cli-service.h"

#define DEFAULT_TIMEOUT 30.0
#define LOOK_TIMEOUT    5.0 /* of what is only looked at, many at once */
#define SYSTEM_ADDRESS  "unix:path=/run/dbus/system_bus_socket"

/* Buses bound how many replies one connection may wait for; the system bus allows 128. */
#define MAX_IN_FLIGHT 64

typedef struct
{
  CliReply reply;
  CliBatch *batch; /* borrows */
  char *name;      /* (owned), as are the others */
  char *path;
  char *interface;
  char *method;
  GVariant *arguments; /* (nullable) */
} Request;

struct _CliBatch
{
  Cli *cli;
  double timeout;      /* seconds */
  GPtrArray *requests; /* (owned) (element-type Request) */
  guint n_started;
  guint n_done;
};

typedef struct
{
  GAsyncResult *result; /* (owned) (nullable) */
} Outcome;

/* Helpers */

static void
request_free (gpointer data)
{
  Request *request = data;

  g_clear_pointer (&request->reply.value, g_variant_unref);
  g_clear_error (&request->reply.error);
  g_clear_pointer (&request->arguments, g_variant_unref);
  g_free (request->name);
  g_free (request->path);
  g_free (request->interface);
  g_free (request->method);
  g_free (request);
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->result = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  Outcome *outcome = data;

  return outcome->result != NULL;
}

static gboolean
set_flag_cb (gpointer user_data)
{
  gboolean *flag = user_data;

  *flag = TRUE;

  return G_SOURCE_REMOVE;
}

/* Never one that has to be started first, which GIO would do. */
static char *
find_session_address (void)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  const char *directory = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *path = NULL;
  g_autofree char *escaped = NULL;

  if (address != NULL && *address != '\0')
    return g_strdup (address);
  if (directory == NULL || *directory == '\0')
    return NULL;

  path = g_build_filename (directory, "bus", NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;

  escaped = g_dbus_address_escape_value (path);
  return g_strconcat ("unix:path=", escaped, NULL);
}

static char *
find_system_address (void)
{
  const char *address = g_getenv ("DBUS_SYSTEM_BUS_ADDRESS");

  return g_strdup (address != NULL && *address != '\0' ? address : SYSTEM_ADDRESS);
}

/* The bus that was asked for; otherwise the session's, otherwise the system's. */
static char *
find_address (Cli *cli, GError **error)
{
  g_autofree char *address = NULL;

  if (cli->address != NULL)
    return g_strdup (cli->address);
  if (cli->is_system)
    return find_system_address ();

  address = find_session_address ();
  if (address != NULL)
    return g_steal_pointer (&address);
  if (!cli->is_user)
    return find_system_address ();

  g_set_error_literal (error, CLI_ERROR, CLI_STATUS_NO_BUS,
                       _ ("There is no session bus: DBUS_SESSION_BUS_ADDRESS is not set, and "
                          "$XDG_RUNTIME_DIR/bus does not exist"));
  return NULL;
}

static gboolean
check_address (const char *address, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (g_dbus_is_supported_address (address, &local_error))
    return TRUE;

  g_set_error (error, CLI_ERROR, CLI_STATUS_NO_BUS, _ ("Cannot connect to the bus at “%s”: %s"),
               address, local_error->message);
  return FALSE;
}

static void start_requests (CliBatch *self);

static void
request_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;

  request->reply.value =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &request->reply.error);
  if (g_error_matches (request->reply.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) &&
      !g_dbus_error_is_remote_error (request->reply.error))
    {
      g_autofree char *id = cli_service_dup_id (request->name);

      g_clear_error (&request->reply.error);
      g_set_error (&request->reply.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                   _ ("%s did not answer %s in time"), id, request->method);
    }

  request->batch->n_done++;
  start_requests (request->batch);
}

static int
get_flags (void)
{
  /* Somebody who sits there can be asked for a password. */
  return isatty (STDIN_FILENO)
             ? G_DBUS_CALL_FLAGS_NO_AUTO_START | G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION
             : G_DBUS_CALL_FLAGS_NO_AUTO_START;
}

static void
start_requests (CliBatch *self)
{
  while (self->n_started < self->requests->len && self->n_started - self->n_done < MAX_IN_FLIGHT)
    {
      Request *request = g_ptr_array_index (self->requests, self->n_started++);

      g_dbus_connection_call (self->cli->connection, request->name, request->path,
                              request->interface, request->method, request->arguments, NULL,
                              get_flags (), MAX ((int) (self->timeout * 1000), 1),
                              self->cli->cancellable, request_done_cb, request);
    }
}

/* Public API */

/* Tells how many seconds something may take that the user waits for. */
double
cli_bus_get_timeout (Cli *cli)
{
  return cli->timeout >= 0 ? cli->timeout : DEFAULT_TIMEOUT;
}

/* Lets things happen until @condition holds; gives FALSE after @seconds or on Ctrl-C. */
gboolean
cli_bus_wait (Cli *cli, double seconds, CliCondition condition, gpointer data)
{
  gboolean is_over = FALSE;
  g_autoptr (GSource) timer = g_timeout_source_new (MAX ((guint) (seconds * 1000), 1));

  g_source_set_name (timer, "geminga-cli-timeout");
  g_source_set_callback (timer, set_flag_cb, &is_over, NULL);
  g_source_attach (timer, NULL);

  while (!condition (data) && !is_over && !g_cancellable_is_cancelled (cli->cancellable))
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (timer);

  return condition (data);
}

/* Connects to the bus of the options; does nothing if that has been done. */
gboolean
cli_bus_connect (Cli *cli, GError **error)
{
  g_autofree char *address = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) local_error = NULL;
  Outcome outcome = { NULL };
  gboolean is_in_time;

  if (cli->connection != NULL)
    return TRUE;

  address = find_address (cli, error);
  if (address == NULL || !check_address (address, error))
    return FALSE;

  g_dbus_connection_new_for_address (address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                         G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, cancellable, keep_result_cb, &outcome);
  is_in_time = cli_bus_wait (cli, cli_bus_get_timeout (cli), has_result, &outcome);
  if (!is_in_time)
    {
      g_cancellable_cancel (cancellable);
      while (outcome.result == NULL)
        g_main_context_iteration (NULL, TRUE);
    }

  cli->connection = g_dbus_connection_new_for_address_finish (outcome.result, &local_error);
  g_clear_object (&outcome.result);
  if (cli->connection != NULL)
    {
      g_dbus_connection_set_exit_on_close (cli->connection, FALSE);
      return TRUE;
    }

  if (g_cancellable_is_cancelled (cli->cancellable))
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (!is_in_time)
    g_set_error (error, CLI_ERROR, CLI_STATUS_NO_BUS, _ ("The bus at “%s” does not answer"),
                 address);
  else
    g_set_error (error, CLI_ERROR, CLI_STATUS_NO_BUS, _ ("Cannot connect to the bus at “%s”: %s"),
                 address, local_error->message);
  return FALSE;
}

/* Calls a method and waits for its results. */
GVariant *
cli_bus_call (Cli *cli,
              const char *name,
              const char *path,
              const char *interface,
              const char *method,
              GVariant *arguments,
              GError **error)
{
  g_autoptr (CliBatch) batch = cli_batch_new (cli);
  CliReply *reply = cli_batch_add (batch, name, path, interface, method, arguments);

  batch->timeout = cli_bus_get_timeout (cli);
  if (!cli_batch_run (batch, error))
    return NULL;
  if (reply->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reply->error));
      return NULL;
    }

  return g_steal_pointer (&reply->value);
}

GVariant *
cli_bus_get_property (Cli *cli,
                      const char *name,
                      const char *path,
                      const char *interface,
                      const char *property,
                      GError **error)
{
  g_autoptr (GVariant) reply =
      cli_bus_call (cli, name, path, "org.freedesktop.DBus.Properties", "Get",
                    g_variant_new ("(ss)", interface, property), error);
  GVariant *value = NULL;

  if (reply == NULL)
    return NULL;
  if (g_variant_is_of_type (reply, G_VARIANT_TYPE ("(v)")))
    g_variant_get (reply, "(v)", &value);
  else
    g_set_error (error, CLI_ERROR, CLI_STATUS_FAILED, _ ("%s answers Get with something else"),
                 name);

  return value;
}

/* Gives all properties of an interface as a{sv}. */
GVariant *
cli_bus_get_properties (Cli *cli,
                        const char *name,
                        const char *path,
                        const char *interface,
                        GError **error)
{
  g_autoptr (GVariant) reply = cli_bus_call (cli, name, path, "org.freedesktop.DBus.Properties",
                                             "GetAll", g_variant_new ("(s)", interface), error);

  if (reply == NULL)
    return NULL;
  if (g_variant_is_of_type (reply, G_VARIANT_TYPE ("(a{sv})")))
    return g_variant_get_child_value (reply, 0);

  g_set_error (error, CLI_ERROR, CLI_STATUS_FAILED, _ ("%s answers GetAll with something else"),
               name);
  return NULL;
}

/* Makes a set of calls that are under way at the same time, so that one hung service delays nobody. */
CliBatch *
cli_batch_new (Cli *cli)
{
  CliBatch *self = g_new0 (CliBatch, 1);

  self->cli = cli;
  self->timeout = cli->timeout >= 0 ? cli->timeout : LOOK_TIMEOUT;
  self->requests = g_ptr_array_new_with_free_func (request_free);

  return self;
}

/* Adds a call; what it gives back is filled in by cli_batch_run() and lives as long as the batch. */
CliReply *
cli_batch_add (CliBatch *self,
               const char *name,
               const char *path,
               const char *interface,
               const char *method,
               GVariant *arguments)
{
  Request *request = g_new0 (Request, 1);

  request->batch = self;
  request->name = g_strdup (name);
  request->path = g_strdup (path);
  request->interface = g_strdup (interface);
  request->method = g_strdup (method);
  if (arguments != NULL)
    request->arguments = g_variant_ref_sink (arguments);
  g_ptr_array_add (self->requests, request);

  return &request->reply;
}

/* Makes the calls. Fails on Ctrl-C only: errors of calls are in their replies. */
gboolean
cli_batch_run (CliBatch *self, GError **error)
{
  start_requests (self);

  /* Each call has its own timeout, and all of them end when they are cancelled. */
  while (self->n_done < self->requests->len)
    g_main_context_iteration (NULL, TRUE);

  return !g_cancellable_set_error_if_cancelled (self->cli->cancellable, error);
}

void
cli_batch_free (CliBatch *self)
{
  g_assert (self->n_done == self->n_started);
  g_ptr_array_unref (self->requests);
  g_free (self);
}
