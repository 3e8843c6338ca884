/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-web-worker-private.h"

#include "geminga-access-log-file-private.h"
#include "geminga-call.h"
#include "geminga-error.h"
#include "geminga-http-error.h"
#include "geminga-http-server-private.h"
#include "geminga-request-private.h"
#include "geminga-service-private.h"
#include "geminga-web-service.h"

struct _GemingaWebWorker
{
  GemingaActor parent_instance;

  char *service_id;                 /* (owned) */
  GemingaWebService *service;       /* (owned) (nullable): while it runs */
  GemingaHttpServer *server;        /* (owned) (nullable): while it runs */
  GemingaAccessLogFile *access_log; /* (owned) (nullable) */
  guint64 n_left;                   /* requests until it is replaced; 0: no limit */
  gulong reopen_id;
  gboolean is_tls;
};

G_DEFINE_FINAL_TYPE (GemingaWebWorker, geminga_web_worker, GEMINGA_TYPE_ACTOR)

enum
{
  PROP_SERVICE_ID = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Helpers: settings */

static guint
get_milliseconds (GemingaSettings *settings, const char *name)
{
  return (guint) MIN (geminga_settings_get_double (settings, name) * 1000, G_MAXINT);
}

static void
set_limits (GemingaWebWorker *self, GemingaSettings *settings)
{
  gint64 max_requests = geminga_settings_get_int (settings, "max-requests");
  gint64 jitter = geminga_settings_get_int (settings, "max-requests-jitter");
  GemingaHttpLimits limits;

  geminga_http_limits_init (&limits);
  limits.keep_alive = get_milliseconds (settings, "keep-alive");
  limits.request_timeout = get_milliseconds (settings, "request-timeout");
  limits.max_body = (guint64) geminga_settings_get_int (settings, "max-body");
  limits.is_one_request_each = limits.keep_alive == 0;
  geminga_http_server_set_limits (self->server, &limits);

  if (max_requests > 0)
    self->n_left = (guint64) max_requests +
                   (jitter > 0 ? (guint64) g_random_double_range (0, (double) jitter) : 0);
}

static void
log_request (const GemingaAccessLogEntry *entry, gpointer user_data)
{
  GemingaWebWorker *self = user_data;

  geminga_access_log_file_write (self->access_log, entry);
}

static gboolean
open_access_log (GemingaWebWorker *self, GemingaSettings *settings, GError **error)
{
  const char *path = geminga_settings_get_string (settings, "access-log");
  GemingaAccessLogFormat format;

  if (path == NULL || *path == '\0')
    return TRUE;

  geminga_access_log_format_from_string (
      geminga_settings_get_string (settings, "access-log-format"), &format);
  self->access_log = geminga_access_log_file_new (path, format, error);
  if (self->access_log == NULL)
    return FALSE;

  geminga_http_server_set_access_log (self->server, log_request, self, NULL);

  return TRUE;
}

/* Helpers: logs that were moved away */

/* The file belongs to the thread of the worker, which may end while the main thread tells of it. */
typedef struct
{
  GMainContext *context; /* (owned): of the worker */
  GWeakRef worker;
} Reopening;

static void
reopening_clear (gpointer data)
{
  Reopening *self = data;

  g_main_context_unref (self->context);
  g_weak_ref_clear (&self->worker);
}

static void
reopening_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, reopening_clear);
}

static void
reopening_closed (gpointer data, GClosure *closure)
{
  reopening_unref (data);
}

/* In the thread of the worker. */
static gboolean
reopen_cb (gpointer user_data)
{
  g_autoptr (GemingaWebWorker) self = g_weak_ref_get (&((Reopening *) user_data)->worker);
  g_autoptr (GError) error = NULL;

  if (self != NULL && self->access_log != NULL &&
      !geminga_access_log_file_reopen (self->access_log, &error))
    g_warning ("%s; the old file stays in use", error->message);

  return G_SOURCE_REMOVE;
}

/* In the main thread. No message, since a worker that drains gets none and writes its log still. */
static void
on_reopen_logs (GemingaService *service, gpointer user_data)
{
  Reopening *reopening = user_data;
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_static_name (source, "[geminga] access log");
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, reopen_cb, g_atomic_rc_box_acquire (reopening), reopening_unref);
  g_source_attach (source, reopening->context);
}

static void
follow_logs (GemingaWebWorker *self)
{
  Reopening *reopening = g_atomic_rc_box_new0 (Reopening);

  reopening->context = g_main_context_ref_thread_default ();
  g_weak_ref_init (&reopening->worker, self);
  self->reopen_id = g_signal_connect_data (
      self->service, "reopen-logs", G_CALLBACK (on_reopen_logs), reopening, reopening_closed, 0);
}

/* Helpers: requests */

static void
count_request (GemingaWebWorker *self)
{
  if (self->n_left > 0 && --self->n_left == 0)
    geminga_actor_emit_event (GEMINGA_ACTOR (self), GEMINGA_WORKER_RETIRING, NULL);
}

static void
handle_request (GemingaRequest *request, gpointer user_data)
{
  GemingaWebWorker *self = user_data;

  if (self->is_tls)
    geminga_request_set_scheme (request, "https");
  geminga_router_handle (geminga_web_service_get_router (self->service), request);
  count_request (self);
}

static void
look_at (GemingaRequest *request, gpointer user_data)
{
  GemingaWebWorker *self = user_data;

  geminga_web_service_look_at (self->service, request);
}

static gboolean
add_sockets (GemingaWebWorker *self, GError **error)
{
  g_autoptr (GPtrArray) sockets = geminga_service_list_sockets (GEMINGA_SERVICE (self->service));

  for (guint i = 0; i < sockets->len; i++)
    if (!geminga_http_server_add_socket (self->server, g_ptr_array_index (sockets, i), error))
      return FALSE;

  return TRUE;
}

static gboolean
start (GemingaWebWorker *self, GError **error)
{
  GemingaSystem *system = geminga_actor_get_system (GEMINGA_ACTOR (self));
  GemingaService *service =
      self->service_id != NULL ? geminga_service_lookup (system, self->service_id) : NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  GemingaSettings *settings;

  if (!GEMINGA_IS_WEB_SERVICE (service))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED,
                   "There is no web service “%s” in this process",
                   self->service_id != NULL ? self->service_id : "");
      return FALSE;
    }

  settings = geminga_service_get_settings (service);
  self->service = GEMINGA_WEB_SERVICE (g_object_ref (service));
  self->server = geminga_http_server_new ();
  geminga_http_server_set_handler (self->server, handle_request, self, NULL);
  if (geminga_web_service_has_body_handler (self->service))
    geminga_http_server_set_body_handler (self->server, look_at, self, NULL);
  set_limits (self, settings);
  follow_logs (self);
  certificate = geminga_web_service_ref_certificate (self->service);
  geminga_http_server_set_tls_certificate (self->server, certificate);
  self->is_tls = certificate != NULL;

  return open_access_log (self, settings, error) && add_sockets (self, error);
}

/* GemingaActor */

static void
geminga_web_worker_started (GemingaActor *actor)
{
  g_autoptr (GError) error = NULL;

  if (!start (GEMINGA_WEB_WORKER (actor), &error))
    geminga_actor_fail (actor, error);
}

static void
on_drained (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaWebWorker) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!geminga_http_server_drain_finish (GEMINGA_HTTP_SERVER (source), result, &error))
    g_message ("%s: %s", geminga_actor_get_id (GEMINGA_ACTOR (self)), error->message);
  geminga_actor_release (GEMINGA_ACTOR (self));
}

static void
geminga_web_worker_stopping (GemingaActor *actor)
{
  GemingaWebWorker *self = GEMINGA_WEB_WORKER (actor);
  GemingaSettings *settings;

  if (self->service == NULL)
    return;

  settings = geminga_service_get_settings (GEMINGA_SERVICE (self->service));
  geminga_actor_hold (actor);
  geminga_http_server_drain_async (self->server, get_milliseconds (settings, "graceful-timeout"),
                                   NULL, on_drained, g_object_ref (self));
}

static void
geminga_web_worker_info (GemingaActor *actor, GVariantDict *info)
{
  GemingaWebWorker *self = GEMINGA_WEB_WORKER (actor);
  GemingaHttpCounters counters;

  if (self->server == NULL)
    return;

  geminga_http_server_get_counters (self->server, &counters);
  geminga_http_counters_tell (&counters, info);
}

/* Commands */

static void
handle_share_counters (GemingaActor *actor, GemingaCall *call)
{
  GemingaWebWorker *self = GEMINGA_WEB_WORKER (actor);
  GUnixFDList *fds = geminga_call_get_fds (call);
  g_autoptr (GError) error = NULL;
  GemingaHttpCounters *page = NULL;
  int handle = 0;

  g_variant_get (geminga_call_get_arguments (call), "(h)", &handle);
  if (fds == NULL || handle < 0 || handle >= g_unix_fd_list_get_length (fds))
    g_set_error_literal (&error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                         "There is no descriptor with the page for counters");
  else
    page = geminga_http_counters_map_page (g_unix_fd_list_peek_fds (fds, NULL)[handle], &error);
  if (page == NULL)
    {
      geminga_call_return_error (call, error);
      return;
    }

  geminga_http_server_share_counters (self->server, page);
  geminga_call_return_value (call, NULL);
}

static const GemingaCommandEntry commands[] = {
  { GEMINGA_WEB_WORKER_SHARE_COUNTERS, "(h)", NULL, "page", "Counts on where others can read it",
    GEMINGA_COMMAND_FLAGS_PRIVATE, handle_share_counters },
};

/* GObject */

static void
geminga_web_worker_set_property (GObject *object,
                                 guint property_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  GemingaWebWorker *self = GEMINGA_WEB_WORKER (object);

  switch (property_id)
    {
    case PROP_SERVICE_ID:
      self->service_id = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_web_worker_get_property (GObject *object,
                                 guint property_id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_SERVICE_ID:
      g_value_set_string (value, GEMINGA_WEB_WORKER (object)->service_id);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_web_worker_dispose (GObject *object)
{
  GemingaWebWorker *self = GEMINGA_WEB_WORKER (object);

  if (self->service != NULL)
    g_clear_signal_handler (&self->reopen_id, self->service);
  if (self->server != NULL)
    {
      geminga_http_server_close (self->server);
      geminga_http_server_set_handler (self->server, NULL, NULL, NULL);
      geminga_http_server_set_body_handler (self->server, NULL, NULL, NULL);
      geminga_http_server_set_access_log (self->server, NULL, NULL, NULL);
    }
  g_clear_object (&self->server);
  g_clear_object (&self->service);

  G_OBJECT_CLASS (geminga_web_worker_parent_class)->dispose (object);
}

static void
geminga_web_worker_finalize (GObject *object)
{
  GemingaWebWorker *self = GEMINGA_WEB_WORKER (object);

  g_clear_pointer (&self->access_log, geminga_access_log_file_free);
  g_free (self->service_id);

  G_OBJECT_CLASS (geminga_web_worker_parent_class)->finalize (object);
}

static void
geminga_web_worker_class_init (GemingaWebWorkerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);
  g_autoptr (GemingaCommand) retiring = geminga_command_new (GEMINGA_WORKER_RETIRING, NULL, NULL);

  object_class->set_property = geminga_web_worker_set_property;
  object_class->get_property = geminga_web_worker_get_property;
  object_class->dispose = geminga_web_worker_dispose;
  object_class->finalize = geminga_web_worker_finalize;
  actor_class->started = geminga_web_worker_started;
  actor_class->stopping = geminga_web_worker_stopping;
  actor_class->info = geminga_web_worker_info;

  props[PROP_SERVICE_ID] =
      g_param_spec_string ("service-id", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  geminga_actor_class_set_interface_name (actor_class, GEMINGA_WORKER_INTERFACE);
  geminga_actor_class_add_commands (actor_class, commands, G_N_ELEMENTS (commands));
  geminga_actor_class_add_event (actor_class, retiring);
}

static void
geminga_web_worker_init (GemingaWebWorker *self)
{
}
