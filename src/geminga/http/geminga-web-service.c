/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-web-service.h"

#include <glib/gi18n-lib.h>

#include "geminga-access-log-file-private.h"
#include "geminga-http-tls-private.h"
#include "geminga-service-private.h"
#include "geminga-web-monitor-private.h"
#include "geminga-web-worker-private.h"

/* Where a web service listens if nobody says otherwise. */
#define DEFAULT_ADDRESS "127.0.0.1:8060"

/**
 * GemingaWebService:
 *
 * A service whose workers answer HTTP requests.
 *
 * It listens on the addresses of the setting `bind`, 127.0.0.1:8060 if nothing else is said. Requests are
 * answered by the handlers of its routes, in a worker; see [class@Geminga.Request] for what a handler
 * does.
 *
 * ```c
 * g_autoptr (GemingaWebService) web = geminga_web_service_new ("org.example.Hello");
 *
 * geminga_web_service_add_route (web, "GET", "/", hello, NULL, NULL);
 * return geminga_service_run (GEMINGA_SERVICE (web), argc, argv);
 * ```
 *
 * A web service belongs to the thread that made it; with the placement "thread" handlers run in several
 * threads at once.
 *
 * Since: 0.1
 */
struct _GemingaWebService
{
  GemingaService parent_instance;

  GemingaRouter *router; /* (owned) */
  GMutex lock;
  /* (owned) (nullable), under lock: read when the settings were checked */
  GTlsCertificate *certificate;
  GemingaRequestHandler body_handler; /* (nullable) */
  gpointer body_data;
  GDestroyNotify body_destroy;
};

G_DEFINE_FINAL_TYPE (GemingaWebService, geminga_web_service, GEMINGA_TYPE_SERVICE)

enum
{
  PROP_ROUTER = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* GemingaService */

static gboolean
find_owner (GemingaSettings *settings, GemingaPrivileges *owner, GError **error)
{
  return geminga_privileges_find (owner, geminga_settings_get_string (settings, "user"),
                                  geminga_settings_get_string (settings, "group"), error);
}

/* What workers would find out one after the other. */
static gboolean
check_access_log (GemingaSettings *settings, GError **error)
{
  const char *path = geminga_settings_get_string (settings, "access-log");
  g_auto (GemingaPrivileges) owner = { 0 };

  /* A worker that was handed its settings tells more itself. */
  if (path == NULL || *path == '\0' ||
      g_str_equal (geminga_settings_get_origin (settings, "access-log"), "arbiter"))
    return TRUE;

  return find_owner (settings, &owner, error) &&
         geminga_access_log_file_prepare (path, &owner, error);
}

/* Workers that are not root are told after this process: by then there is a file that they can open. */
static void
on_reopen_logs (GemingaService *service)
{
  GemingaSettings *settings = geminga_service_get_settings (service);
  g_auto (GemingaPrivileges) owner = { 0 };
  g_autoptr (GError) error = NULL;

  if (find_owner (settings, &owner, &error) && owner.is_change &&
      !check_access_log (settings, &error))
    g_warning ("%s", error->message);
}

static gboolean
check_key (GemingaSettings *settings, GError **error)
{
  const char *path = geminga_settings_get_string (settings, "tls-key");

  if (path == NULL || *path == '\0')
    return TRUE;

  g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
               _ ("The setting “%s” needs “%s”"), "tls-key", "tls-certificate");

  return FALSE;
}

/* Workers in other threads may be about to take the one before. */
static void
set_certificate (GemingaWebService *self, GTlsCertificate *certificate)
{
  g_mutex_lock (&self->lock);
  g_set_object (&self->certificate, certificate);
  g_mutex_unlock (&self->lock);
}

/* As it is now: a worker that is started later shall not find another one, or half of one. */
static gboolean
hand_out (GemingaService *service, const char *path, const char *key_path, GError **error)
{
  gboolean has_key = key_path != NULL && *key_path != '\0';
  g_autofree char *certificate = NULL;
  g_autofree char *key = NULL;
  g_autofree char *pem = NULL;
  GVariantDict handout;

  if (!g_file_get_contents (path, &certificate, NULL, error) ||
      (has_key && !g_file_get_contents (key_path, &key, NULL, error)))
    return FALSE;

  pem = g_strconcat (certificate, "\n", key, NULL);
  g_variant_dict_init (&handout, NULL);
  g_variant_dict_insert (&handout, "tls", "^ay", pem);
  geminga_service_set_handout (service, g_variant_dict_end (&handout));

  return TRUE;
}

/* In a worker from what the main process has read, elsewhere from the files. */
static GTlsCertificate *
load_certificate (GemingaService *service, const char *path, const char *key_path, GError **error)
{
  GVariant *taken = geminga_service_get_taken (service);
  g_autoptr (GTlsCertificate) certificate = NULL;
  const char *pem;

  if (taken != NULL && g_variant_lookup (taken, "tls", "^&ay", &pem))
    return g_tls_certificate_new_from_pem (pem, -1, error);

  certificate = geminga_http_tls_load (path, key_path, error);
  if (certificate == NULL || !hand_out (service, path, key_path, error))
    return NULL;

  return g_steal_pointer (&certificate);
}

static gboolean
geminga_web_service_check_settings (GemingaService *service,
                                    GemingaSettings *settings,
                                    GError **error)
{
  const char *path = geminga_settings_get_string (settings, "tls-certificate");
  g_autoptr (GTlsCertificate) certificate = NULL;

  if (path == NULL || *path == '\0')
    {
      set_certificate (GEMINGA_WEB_SERVICE (service), NULL);
      geminga_service_set_handout (service, NULL);
      return check_key (settings, error) && check_access_log (settings, error);
    }

  certificate =
      load_certificate (service, path, geminga_settings_get_string (settings, "tls-key"), error);
  if (certificate == NULL)
    return FALSE;

  set_certificate (GEMINGA_WEB_SERVICE (service), certificate);

  return check_access_log (settings, error);
}

/* GObject */

static void
geminga_web_service_constructed (GObject *object)
{
  GemingaService *service = GEMINGA_SERVICE (object);
  const char *const addresses[] = { DEFAULT_ADDRESS, NULL };
  g_autoptr (GError) error = NULL;

  G_OBJECT_CLASS (geminga_web_service_parent_class)->constructed (object);

  geminga_service_set_worker_type (service, GEMINGA_TYPE_WEB_WORKER);
  geminga_service_set_monitor_type (service, GEMINGA_TYPE_WEB_MONITOR);
  if (!geminga_settings_set_default (geminga_service_get_settings (service), "bind",
                                     g_variant_new_strv (addresses, -1), &error))
    g_critical ("%s", error->message);
  g_signal_connect (service, "reopen-logs", G_CALLBACK (on_reopen_logs), NULL);
}

static void
geminga_web_service_get_property (GObject *object,
                                  guint property_id,
                                  GValue *value,
                                  GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_ROUTER:
      g_value_set_object (value, GEMINGA_WEB_SERVICE (object)->router);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_web_service_finalize (GObject *object)
{
  geminga_web_service_set_body_handler (GEMINGA_WEB_SERVICE (object), NULL, NULL, NULL);
  g_object_unref (GEMINGA_WEB_SERVICE (object)->router);
  g_clear_object (&GEMINGA_WEB_SERVICE (object)->certificate);
  g_mutex_clear (&GEMINGA_WEB_SERVICE (object)->lock);

  G_OBJECT_CLASS (geminga_web_service_parent_class)->finalize (object);
}

static void
geminga_web_service_class_init (GemingaWebServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = geminga_web_service_constructed;
  object_class->get_property = geminga_web_service_get_property;
  object_class->finalize = geminga_web_service_finalize;
  GEMINGA_SERVICE_CLASS (klass)->check_settings = geminga_web_service_check_settings;

  /**
   * GemingaWebService:router: (getter get_router)
   *
   * The routes.
   *
   * Since: 0.1
   */
  props[PROP_ROUTER] = g_param_spec_object ("router", NULL, NULL, GEMINGA_TYPE_ROUTER,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
geminga_web_service_init (GemingaWebService *self)
{
  g_mutex_init (&self->lock);
  self->router = geminga_router_new ();
}

/* Private API */

GTlsCertificate *
geminga_web_service_ref_certificate (GemingaWebService *self)
{
  GTlsCertificate *certificate;

  g_mutex_lock (&self->lock);
  certificate = self->certificate != NULL ? g_object_ref (self->certificate) : NULL;
  g_mutex_unlock (&self->lock);

  return certificate;
}

/* Public API */

/**
 * geminga_web_service_new:
 * @id: an id such as `org.example.Hello`
 *
 * Makes a web service without routes.
 *
 * Returns: (transfer full): the service
 *
 * Since: 0.1
 */
GemingaWebService *
geminga_web_service_new (const char *id)
{
  g_return_val_if_fail (id != NULL, NULL);

  return g_object_new (GEMINGA_TYPE_WEB_SERVICE, "id", id, NULL);
}

/**
 * geminga_web_service_add_route:
 * @self: a web service that does not run yet
 * @method: an HTTP method such as `GET`, or `*` for all
 * @path: a path, see [method@Geminga.Router.add_route]
 * @handler: (scope notified) (closure user_data) (destroy destroy): answers the requests, in a worker
 * @user_data: data for @handler
 * @destroy: (nullable): frees @user_data
 *
 * Says who answers the requests for a path.
 *
 * Returns: (transfer none) (nullable): the route, or %NULL when it was not added
 *
 * Since: 0.1
 */
GemingaRoute *
geminga_web_service_add_route (GemingaWebService *self,
                               const char *method,
                               const char *path,
                               GemingaRequestHandler handler,
                               gpointer user_data,
                               GDestroyNotify destroy)
{
  g_return_val_if_fail (GEMINGA_IS_WEB_SERVICE (self), NULL);

  return geminga_router_add_route (self->router, method, path, handler, user_data, destroy);
}

static void
respond_static (GemingaRequest *request, gpointer user_data)
{
  const char *path = geminga_request_get_param (request, "path");

  geminga_static_files_respond (user_data, request, path != NULL ? path : "");
}

/**
 * geminga_web_service_add_static:
 * @self: a web service
 * @prefix: a path that begins and ends with a slash, as `/static/`
 * @files: what is below it
 *
 * Adds routes for the files of a directory.
 *
 * Other routes go before it, so that it can be added for `/`.
 *
 * Since: 0.1
 */
void
geminga_web_service_add_static (GemingaWebService *self,
                                const char *prefix,
                                GemingaStaticFiles *files)
{
  g_autofree char *path = NULL;

  g_return_if_fail (GEMINGA_IS_WEB_SERVICE (self));
  g_return_if_fail (prefix != NULL);
  g_return_if_fail (g_str_has_prefix (prefix, "/") && g_str_has_suffix (prefix, "/"));
  g_return_if_fail (GEMINGA_IS_STATIC_FILES (files));

  path = g_strconcat (prefix, "{path:path}", NULL);
  geminga_router_add_route (self->router, "GET", path, respond_static, g_object_ref (files),
                            g_object_unref);
}

/**
 * geminga_web_service_set_body_handler:
 * @self: a web service that does not run
 * @handler: (nullable) (scope notified) (closure user_data) (destroy destroy): looks at requests, in a worker
 * @user_data: data for @handler
 * @destroy: (nullable): frees @user_data
 *
 * Sets what looks at each request that has a body, before that is read.
 *
 * It may answer the request, as with status 401: then the body is not read, and no other handler
 * is called. It may set how large the body may be, and choose that the handler reads it while it
 * comes:
 *
 * ```python
 * def look(request):
 *     if request.get_path().startswith("/upload/"):
 *         request.set_max_body(10 * 1024 ** 3)
 *         request.set_body_streamed(True)
 * ```
 *
 * Since: 0.1
 */
void
geminga_web_service_set_body_handler (GemingaWebService *self,
                                      GemingaRequestHandler handler,
                                      gpointer user_data,
                                      GDestroyNotify destroy)
{
  g_return_if_fail (GEMINGA_IS_WEB_SERVICE (self));

  if (self->body_destroy != NULL)
    self->body_destroy (self->body_data);

  self->body_handler = handler;
  self->body_data = user_data;
  self->body_destroy = destroy;
}

/**
 * geminga_web_service_get_router: (get-property router)
 * @self: a web service
 *
 * Gives the routes.
 *
 * Returns: (transfer none): the router
 *
 * Since: 0.1
 */
GemingaRouter *
geminga_web_service_get_router (GemingaWebService *self)
{
  g_return_val_if_fail (GEMINGA_IS_WEB_SERVICE (self), NULL);

  return self->router;
}

gboolean
geminga_web_service_has_body_handler (GemingaWebService *self)
{
  return self->body_handler != NULL;
}

void
geminga_web_service_look_at (GemingaWebService *self, GemingaRequest *request)
{
  self->body_handler (request, self->body_data);
}
