/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-server-private.h"

#include <libsoup/soup.h>
#include <string.h>
#include <unistd.h>

#include "geminga-http-acceptor-private.h"
#include "geminga-http-connection-private.h"
#include "geminga-http-error.h"
#include "geminga-http-tls-private.h"
#include "geminga-request-private.h"

#define SWEEP_MINIMUM (50 * 1000) /* microseconds between two looks at all deadlines */
#define ROOM_IDLE \
  (250 * 1000) /* microseconds of idleness that let a connection be closed for others */
#define ROOM_BATCH 8

struct _GemingaHttpServer
{
  GObject parent_instance;

  GemingaHttpEnvironment env;
  GemingaHttpCounters counters;
  GemingaHttpCounters *page; /* (owned) (nullable): where it counts instead */
  GHashTable *connections;   /* (element-type GemingaHttpConnection): a set */
  GPtrArray *acceptors;
  gboolean is_full; /* accepting waits for a connection to end */

  GSource *sweep;    /* cuts connections whose deadline passed; ends a drain */
  gint64 next_sweep; /* -1: none */

  GTask *drain;             /* (nullable) */
  GSource *drain_cancelled; /* (nullable) */
  gint64 drain_deadline;

  GTlsCertificate *certificate; /* (nullable): speaks TLS with it */
  guint n_tls;                  /* TLS connections that are not closed yet */
  gint64 told;                  /* when a failure with TLS was logged last, monotonic; 0: never */

  GemingaRequestHandler handler;
  gpointer handler_data;
  GDestroyNotify handler_destroy;
  GemingaRequestHandler begin;
  gpointer begin_data;
  GDestroyNotify begin_destroy;
  GemingaHttpAccessLogFunc log;
  gpointer log_data;
  GDestroyNotify log_destroy;

  char *date;
  gint64 date_second;
};

G_DEFINE_FINAL_TYPE (GemingaHttpServer, geminga_http_server, G_TYPE_OBJECT)

/* Helpers: sweep */

static void
sweep_at (GemingaHttpServer *self, gint64 time)
{
  if (self->sweep == NULL || (self->next_sweep != -1 && self->next_sweep <= time))
    return;

  self->next_sweep = time;
  g_source_set_ready_time (self->sweep, time);
}

/* The earliest deadline to come; connections that are past theirs go to @expired. */
static gint64
find_expired (GemingaHttpServer *self, gint64 now, GPtrArray *expired)
{
  gint64 next = G_MAXINT64;
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      gint64 deadline = geminga_http_connection_get_deadline (key);

      if (deadline == 0)
        continue;
      if (deadline <= now)
        g_ptr_array_add (expired, geminga_http_connection_ref (key));
      else
        next = MIN (next, deadline);
    }

  return next;
}

static void
close_connections (GemingaHttpServer *self)
{
  GHashTableIter iter;
  gpointer key;

  /* Closing one may close others: begin again each time. */
  while (g_hash_table_iter_init (&iter, self->connections),
         g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_autoptr (GemingaHttpConnection) connection = geminga_http_connection_ref (key);

      geminga_http_connection_close (connection);
    }
}

static void
stop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
check_drain (GemingaHttpServer *self, gint64 now)
{
  g_autoptr (GTask) task = NULL;
  guint left = (guint) MAX (self->env.counters->active, self->n_tls);

  if (self->drain == NULL || (left > 0 && now < self->drain_deadline))
    return;

  close_connections (self);
  stop_source (&self->drain_cancelled);
  task = g_steal_pointer (&self->drain);
  if (left == 0)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_TIMED_OUT,
                             "%u connections were cut when the grace time had passed", left);
}

static gboolean
sweep_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_autoptr (GemingaHttpServer) self = g_object_ref (user_data);
  g_autoptr (GPtrArray) expired =
      g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_http_connection_unref);
  gint64 now = g_source_get_time (source);
  gint64 next;

  self->next_sweep = -1;
  g_source_set_ready_time (source, -1);

  next = find_expired (self, now, expired);
  for (guint i = 0; i < expired->len; i++)
    geminga_http_connection_expire (g_ptr_array_index (expired, i));

  if (self->drain != NULL)
    next = MIN (next, self->drain_deadline);
  if (next != G_MAXINT64)
    sweep_at (self, MAX (next, now + SWEEP_MINIMUM));

  check_drain (self, now);

  return G_SOURCE_CONTINUE;
}

static gboolean
call_source_func (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs sweep_funcs = { .dispatch = sweep_dispatch };

/* Helpers: environment of the connections */

static void
env_handle (gpointer server, GemingaRequest *request)
{
  g_autoptr (GemingaHttpServer) self = g_object_ref (server);

  if (self->handler != NULL)
    self->handler (request, self->handler_data);
  else
    geminga_request_respond_status (request, 404, NULL);
}

static void
env_begin (gpointer server, GemingaRequest *request)
{
  g_autoptr (GemingaHttpServer) self = g_object_ref (server);

  self->begin (request, self->begin_data);
}

static void
env_log (gpointer server, const GemingaAccessLogEntry *entry)
{
  GemingaHttpServer *self = server;

  self->log (entry, self->log_data);
}

static void
env_deadline (gpointer server, gint64 deadline)
{
  sweep_at (server, deadline);
}

static void
env_closed (gpointer server, GemingaHttpConnection *connection)
{
  GemingaHttpServer *self = server;

  if (self->is_full)
    {
      self->is_full = FALSE;
      for (guint i = 0; i < self->acceptors->len; i++)
        geminga_http_acceptor_resume (g_ptr_array_index (self->acceptors, i));
    }

  g_hash_table_remove (self->connections, connection);
  if (self->drain != NULL && self->env.counters->active == 0)
    sweep_at (self, 0);
}

static const char *
env_date (gpointer server)
{
  GemingaHttpServer *self = server;
  gint64 second = g_get_real_time () / G_USEC_PER_SEC;

  if (self->date == NULL || self->date_second != second)
    {
      g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (second);

      g_free (self->date);
      self->date = soup_date_time_to_string (now, SOUP_DATE_HTTP);
      self->date_second = second;
    }

  return self->date;
}

/* Helpers: acceptors */

static int
compare_idle (gconstpointer a, gconstpointer b)
{
  gint64 since_a = geminga_http_connection_get_idle_since (*(GemingaHttpConnection **) a);
  gint64 since_b = geminga_http_connection_get_idle_since (*(GemingaHttpConnection **) b);

  return since_a < since_b ? -1 : since_a > since_b;
}

/* Those go first that have been idle for longest. */
static gboolean
make_room (gpointer user_data)
{
  GemingaHttpServer *self = user_data;
  g_autoptr (GPtrArray) idle =
      g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_http_connection_unref);
  gint64 limit = g_get_monotonic_time () - ROOM_IDLE;
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      gint64 since = geminga_http_connection_get_idle_since (key);

      if (since != 0 && since < limit)
        g_ptr_array_add (idle, geminga_http_connection_ref (key));
    }

  g_ptr_array_sort (idle, compare_idle);
  for (guint i = 0; i < MIN (idle->len, ROOM_BATCH); i++)
    geminga_http_connection_close (g_ptr_array_index (idle, i));

  return idle->len > 0;
}

static void
stop_accepting (GemingaHttpServer *self)
{
  for (guint i = 0; i < self->acceptors->len; i++)
    geminga_http_acceptor_pause (g_ptr_array_index (self->acceptors, i));
}

static void
tls_closed (gpointer data, gpointer user_data)
{
  g_autoptr (GemingaHttpServer) self = data;

  if (--self->n_tls == 0 && self->drain != NULL)
    sweep_at (self, 0);
}

/* One needs three descriptors: when they run out here, the acceptor does not notice. */
static void
fail_to_wrap (GemingaHttpServer *self, const GError *error)
{
  gint64 now = g_get_monotonic_time ();

  make_room (self);
  if (self->told != 0 && now - self->told < G_USEC_PER_SEC)
    return;

  self->told = now;
  g_warning ("%s", error->message);
}

/* The plain side of a TLS connection. */
static int
wrap (GemingaHttpServer *self, int fd)
{
  g_autoptr (GError) error = NULL;
  int plain = geminga_http_tls_wrap (fd, self->certificate, tls_closed, self, &error);

  if (plain < 0)
    {
      fail_to_wrap (self, error);
      return -1;
    }

  g_object_ref (self);
  self->n_tls++;

  return plain;
}

static gboolean
accepted (int fd, const struct sockaddr_storage *address, socklen_t address_len, gpointer user_data)
{
  GemingaHttpServer *self = user_data;
  guint max = self->env.limits.max_connections;
  GemingaHttpConnection *connection;

  if (self->certificate != NULL)
    fd = wrap (self, fd);
  if (fd < 0)
    return TRUE;

  connection = geminga_http_connection_new (&self->env, fd, address, address_len);
  g_hash_table_add (self->connections, connection);
  geminga_http_connection_start (connection);

  if (max == 0 || self->env.counters->active < max || make_room (self))
    return TRUE;

  self->is_full = TRUE;
  stop_accepting (self);

  return FALSE;
}

static const GemingaHttpAcceptorFuncs acceptor_funcs = { accepted, make_room };

static gpointer
poller_ref (gpointer item)
{
  return geminga_http_connection_ref (item);
}

static void
poller_unref (gpointer item)
{
  geminga_http_connection_unref (item);
}

static void
poller_ready (gpointer item, guint32 events)
{
  geminga_http_connection_ready (item, events);
}

static const GemingaHttpPollerFuncs poller_funcs = { poller_ref, poller_unref, poller_ready };

/* Helpers: drain */

static gboolean
drain_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  GemingaHttpServer *self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->drain);

  stop_source (&self->drain_cancelled);
  if (task != NULL)
    g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
}

/* GObject */

static void
geminga_http_server_dispose (GObject *object)
{
  GemingaHttpServer *self = GEMINGA_HTTP_SERVER (object);

  stop_source (&self->sweep);
  stop_source (&self->drain_cancelled);
  g_ptr_array_set_size (self->acceptors, 0);
  close_connections (self);
  g_clear_pointer (&self->env.poller, geminga_http_poller_free);

  if (self->handler_destroy != NULL)
    g_steal_pointer (&self->handler_destroy) (g_steal_pointer (&self->handler_data));
  self->handler = NULL;
  if (self->begin_destroy != NULL)
    g_steal_pointer (&self->begin_destroy) (g_steal_pointer (&self->begin_data));
  self->begin = NULL;
  self->env.begin = NULL;
  if (self->log_destroy != NULL)
    g_steal_pointer (&self->log_destroy) (g_steal_pointer (&self->log_data));
  self->log = NULL;
  self->env.log = NULL;

  G_OBJECT_CLASS (geminga_http_server_parent_class)->dispose (object);
}

static void
geminga_http_server_finalize (GObject *object)
{
  GemingaHttpServer *self = GEMINGA_HTTP_SERVER (object);

  g_clear_object (&self->certificate);
  g_assert (self->drain == NULL);
  g_assert (g_hash_table_size (self->connections) == 0);
  g_clear_pointer (&self->connections, g_hash_table_unref);
  g_clear_pointer (&self->acceptors, g_ptr_array_unref);
  g_clear_pointer (&self->date, g_free);
  geminga_http_environment_clear (&self->env);
  g_clear_pointer (&self->page, geminga_http_counters_free_page);
  g_clear_pointer (&self->env.context, g_main_context_unref);

  G_OBJECT_CLASS (geminga_http_server_parent_class)->finalize (object);
}

static void
geminga_http_server_class_init (GemingaHttpServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = geminga_http_server_dispose;
  object_class->finalize = geminga_http_server_finalize;
}

static void
geminga_http_server_init (GemingaHttpServer *self)
{
  self->connections =
      g_hash_table_new_full (NULL, NULL, (GDestroyNotify) geminga_http_connection_unref, NULL);
  self->acceptors = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_http_acceptor_free);

  geminga_http_limits_init (&self->env.limits);
  self->env.context = g_main_context_ref_thread_default ();
  self->env.id_series = g_random_int () ^ (guint32) getpid ();
  self->env.counters = &self->counters;
  self->env.server = self;
  self->env.handle = env_handle;
  self->env.deadline = env_deadline;
  self->env.closed = env_closed;
  self->env.date = env_date;

  self->next_sweep = -1;
  self->sweep = g_source_new (&sweep_funcs, sizeof (GSource));
  g_source_set_static_name (self->sweep, "[geminga] http deadlines");
  g_source_set_can_recurse (self->sweep, TRUE);
  g_source_set_callback (self->sweep, call_source_func, self, NULL);
  g_source_attach (self->sweep, self->env.context);
}

/* Public API */

GemingaHttpServer *
geminga_http_server_new (void)
{
  return g_object_new (GEMINGA_TYPE_HTTP_SERVER, NULL);
}

void
geminga_http_limits_init (GemingaHttpLimits *limits)
{
  *limits = (GemingaHttpLimits){
    .max_body = 10 * 1024 * 1024,
    .max_connections = 0,
    .head_timeout = 10 * 1000,
    .body_timeout = 30 * 1000,
    .request_timeout = 60 * 1000,
    .write_timeout = 30 * 1000,
    .keep_alive = 15 * 1000,
  };
}

void
geminga_http_server_set_limits (GemingaHttpServer *self, const GemingaHttpLimits *limits)
{
  self->env.limits = *limits;
}

void
geminga_http_server_set_handler (GemingaHttpServer *self,
                                 GemingaRequestHandler handler,
                                 gpointer user_data,
                                 GDestroyNotify destroy)
{
  if (self->handler_destroy != NULL)
    self->handler_destroy (self->handler_data);

  self->handler = handler;
  self->handler_data = user_data;
  self->handler_destroy = destroy;
}

void
geminga_http_server_set_body_handler (GemingaHttpServer *self,
                                      GemingaRequestHandler handler,
                                      gpointer user_data,
                                      GDestroyNotify destroy)
{
  if (self->begin_destroy != NULL)
    self->begin_destroy (self->begin_data);

  self->begin = handler;
  self->begin_data = user_data;
  self->begin_destroy = destroy;
  self->env.begin = handler != NULL ? env_begin : NULL;
}

void
geminga_http_server_set_access_log (GemingaHttpServer *self,
                                    GemingaHttpAccessLogFunc func,
                                    gpointer user_data,
                                    GDestroyNotify destroy)
{
  if (self->log_destroy != NULL)
    self->log_destroy (self->log_data);

  self->log = func;
  self->log_data = user_data;
  self->log_destroy = destroy;
  self->env.log = func != NULL ? env_log : NULL;
}

void
geminga_http_server_set_tls_certificate (GemingaHttpServer *self, GTlsCertificate *certificate)
{
  g_set_object (&self->certificate, certificate);
}

gboolean
geminga_http_server_add_socket (GemingaHttpServer *self, GSocket *socket, GError **error)
{
  GemingaHttpAcceptor *acceptor = NULL;

  if (self->env.is_draining)
    {
      g_set_error_literal (error, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_STATE,
                           "The server is stopping: it takes no more sockets");
      return FALSE;
    }

  if (self->env.poller == NULL)
    self->env.poller = geminga_http_poller_new (self->env.context, &poller_funcs, error);
  if (self->env.poller == NULL)
    return FALSE;

  acceptor = geminga_http_acceptor_new (socket, &acceptor_funcs, self, error);
  if (acceptor == NULL)
    return FALSE;

  g_ptr_array_add (self->acceptors, acceptor);
  if (self->is_full)
    geminga_http_acceptor_pause (acceptor);

  return TRUE;
}

void
geminga_http_server_drain_async (GemingaHttpServer *self,
                                 guint grace,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, geminga_http_server_drain_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->drain != NULL)
    {
      g_task_return_new_error (task, GEMINGA_HTTP_ERROR, GEMINGA_HTTP_ERROR_INVALID_STATE,
                               "The server is being drained already");
      return;
    }

  self->env.is_draining = TRUE;
  self->is_full = FALSE;
  g_ptr_array_set_size (self->acceptors, 0);

  if (cancellable != NULL)
    {
      self->drain_cancelled = g_cancellable_source_new (cancellable);
      g_source_set_static_name (self->drain_cancelled, "[geminga] http drain cancelled");
      g_source_set_callback (self->drain_cancelled, G_SOURCE_FUNC (drain_cancelled_cb), self, NULL);
      g_source_attach (self->drain_cancelled, self->env.context);
    }

  self->drain = g_steal_pointer (&task);
  self->drain_deadline = g_get_monotonic_time () + (gint64) grace * 1000;
  sweep_at (self, self->env.counters->active == 0 ? 0 : self->drain_deadline);
}

gboolean
geminga_http_server_drain_finish (GemingaHttpServer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, geminga_http_server_drain_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
geminga_http_server_close (GemingaHttpServer *self)
{
  self->env.is_draining = TRUE;
  self->is_full = FALSE;
  g_ptr_array_set_size (self->acceptors, 0);
  close_connections (self);
}

gboolean
geminga_http_server_is_draining (GemingaHttpServer *self)
{
  return self->env.is_draining;
}

void
geminga_http_server_share_counters (GemingaHttpServer *self, GemingaHttpCounters *page)
{
  geminga_http_counters_add (page, self->env.counters);
  g_clear_pointer (&self->page, geminga_http_counters_free_page);
  self->page = page;
  self->env.counters = page;
}

void
geminga_http_server_get_counters (GemingaHttpServer *self, GemingaHttpCounters *counters)
{
  geminga_http_counters_read (self->env.counters, counters);
}
