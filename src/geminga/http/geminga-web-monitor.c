/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-web-monitor-private.h"

#include <unistd.h>

#include "geminga-call.h"
#include "geminga-http-counters-private.h"
#include "geminga-web-worker-private.h"

struct _GemingaWebMonitor
{
  GemingaMonitor parent_instance;

  GHashTable *pages;        /* (owned) (element-type utf8 GemingaHttpCounters): by worker */
  GemingaHttpCounters past; /* of the workers that ended */
  gint64 started_at;        /* microseconds since 1970 */
  gint64 started;           /* monotonic */
};

G_DEFINE_FINAL_TYPE (GemingaWebMonitor, geminga_web_monitor, GEMINGA_TYPE_MONITOR)

/* Helpers */

static void
on_shared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = geminga_actor_ref_ask_with_fds_finish (GEMINGA_ACTOR_REF (source), NULL, result, &error);
  if (answer == NULL && error != NULL)
    g_debug ("A worker counts for itself: %s", error->message);
}

/* Takes over @fd. */
static void
share (GemingaChild *child, int fd)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new_from_array (&fd, 1);

  geminga_actor_ref_ask_with_fds_async (child->ref, GEMINGA_WEB_WORKER_SHARE_COUNTERS,
                                        g_variant_new ("(h)", 0), fds, G_MAXINT, NULL, on_shared,
                                        NULL);
}

/* GemingaMonitorHooks */

static void
web_monitor_spawned (GemingaMonitor *monitor, GemingaChild *child)
{
  GemingaWebMonitor *self = GEMINGA_WEB_MONITOR (monitor);
  GemingaHttpCounters *page;
  g_autoptr (GError) error = NULL;
  int fd;

  if (geminga_pool_get_spec (child->pool)->type != GEMINGA_TYPE_WEB_WORKER)
    return;

  page = geminga_http_counters_new_page (&fd, &error);
  if (page == NULL)
    {
      g_warning ("%s: the requests of %s are not counted: %s",
                 geminga_monitor_get_service_id (monitor), child->id, error->message);
      return;
    }

  g_hash_table_insert (self->pages, g_strdup (child->id), page);
  share (child, fd);
}

static void
web_monitor_ended (GemingaMonitor *monitor, GemingaChild *child)
{
  GemingaWebMonitor *self = GEMINGA_WEB_MONITOR (monitor);
  GemingaHttpCounters *page = g_hash_table_lookup (self->pages, child->id);
  GemingaHttpCounters values;

  if (page == NULL)
    return;

  geminga_http_counters_read (page, &values);
  geminga_http_counters_end (&values);
  geminga_http_counters_add (&self->past, &values);
  g_hash_table_remove (self->pages, child->id);
}

static const GemingaMonitorHooks hooks = { web_monitor_spawned, web_monitor_ended };

/* Commands */

static void
handle_get_statistics (GemingaActor *actor, GemingaCall *call)
{
  GemingaWebMonitor *self = GEMINGA_WEB_MONITOR (actor);
  GemingaHttpCounters sum = self->past;
  GHashTableIter iter;
  gpointer page;
  GVariantDict statistics;

  g_hash_table_iter_init (&iter, self->pages);
  while (g_hash_table_iter_next (&iter, NULL, &page))
    {
      GemingaHttpCounters values;

      geminga_http_counters_read (page, &values);
      geminga_http_counters_add (&sum, &values);
    }

  g_variant_dict_init (&statistics, NULL);
  geminga_http_counters_tell (&sum, &statistics);
  g_variant_dict_insert (&statistics, "started-at", "t", (guint64) self->started_at);
  g_variant_dict_insert (&statistics, "uptime", "t",
                         (guint64) (g_get_monotonic_time () - self->started));
  geminga_call_return_value (call, g_variant_dict_end (&statistics));
}

static const GemingaCommandEntry commands[] = {
  { "GetStatistics", NULL, "a{sv}", NULL, "Tells what all workers have done since the start", 0,
    handle_get_statistics },
};

/* GObject */

static void
geminga_web_monitor_finalize (GObject *object)
{
  g_hash_table_unref (GEMINGA_WEB_MONITOR (object)->pages);

  G_OBJECT_CLASS (geminga_web_monitor_parent_class)->finalize (object);
}

static void
geminga_web_monitor_class_init (GemingaWebMonitorClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = geminga_web_monitor_finalize;

  geminga_actor_class_set_interface_name (actor_class, "org.geminga1.WebService");
  geminga_actor_class_add_commands (actor_class, commands, G_N_ELEMENTS (commands));
}

static void
geminga_web_monitor_init (GemingaWebMonitor *self)
{
  GEMINGA_MONITOR (self)->hooks = &hooks;
  self->pages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) geminga_http_counters_free_page);
  self->started_at = g_get_real_time ();
  self->started = g_get_monotonic_time ();
}
