/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-web-monitor-private.h"

#include <fcntl.h>
#include <unistd.h>

#include "geminga-call.h"
#include "geminga-http-counters-private.h"
#include "geminga-web-worker-private.h"

/* What the ids of workers of the program before begin with, here. */
#define PREDECESSOR "/"

struct _GemingaWebMonitor
{
  GemingaMonitor parent_instance;

  GHashTable *pages;        /* (owned) (element-type utf8 GemingaHttpCounters): by worker */
  GemingaHttpCounters past; /* of the workers that ended */
  gint64 started_at;        /* microseconds since 1970 */
  gint64 started;           /* monotonic */
  GHashTable *fds;          /* (owned) (element-type utf8 int): of those pages */
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

/* Takes over all of it. */
static void
add_page (GemingaWebMonitor *self, char *id, GemingaHttpCounters *page, int fd)
{
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  g_hash_table_insert (self->fds, g_strdup (id), GINT_TO_POINTER (fd));
  g_hash_table_insert (self->pages, id, page);
}

static void
end_page (GemingaWebMonitor *self, const char *id)
{
  GemingaHttpCounters *page = g_hash_table_lookup (self->pages, id);
  GemingaHttpCounters values;

  if (page == NULL)
    return;

  geminga_http_counters_read (page, &values);
  geminga_http_counters_end (&values);
  geminga_http_counters_add (&self->past, &values);
  g_hash_table_remove (self->fds, id);
  g_hash_table_remove (self->pages, id);
}

static void
close_fd (gpointer fd)
{
  close (GPOINTER_TO_INT (fd));
}

static void
share (GemingaChild *child, int fd)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;

  if (g_unix_fd_list_append (fds, fd, &error) < 0)
    {
      g_warning ("The requests of %s are not counted: %s", child->id, error->message);
      return;
    }
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

  add_page (self, g_strdup (child->id), page, fd);
  share (child, fd);
}

static void
web_monitor_ended (GemingaMonitor *monitor, GemingaChild *child)
{
  end_page (GEMINGA_WEB_MONITOR (monitor), child->id);
}

/* The workers of the old program go on counting while they are there. */
static void
web_monitor_save_history (GemingaMonitor *monitor, GVariantDict *history, GArray *fds)
{
  GemingaWebMonitor *self = GEMINGA_WEB_MONITOR (monitor);
  GVariantBuilder pages;
  GHashTableIter iter;
  gpointer fd;

  g_variant_builder_init (&pages, G_VARIANT_TYPE ("ai"));
  g_hash_table_iter_init (&iter, self->fds);
  while (g_hash_table_iter_next (&iter, NULL, &fd))
    {
      int number = GPOINTER_TO_INT (fd);

      g_variant_builder_add (&pages, "i", number);
      g_array_append_val (fds, number);
    }
  g_variant_dict_insert_value (history, "pages", g_variant_builder_end (&pages));
  g_variant_dict_insert_value (history, "past", geminga_http_counters_pack (&self->past));
  g_variant_dict_insert (history, "started-at", "x", self->started_at);
  g_variant_dict_insert (history, "started", "x", self->started);
}

static void
inherit_page (GemingaWebMonitor *self, int fd)
{
  g_autoptr (GError) error = NULL;
  GemingaHttpCounters *page = geminga_http_counters_map_page (fd, &error);

  if (page != NULL)
    {
      add_page (self, g_strdup_printf (PREDECESSOR "%d", fd), page, fd);
      return;
    }

  g_warning ("%s: what an old worker counts is lost: %s",
             geminga_monitor_get_service_id (GEMINGA_MONITOR (self)), error->message);
  close (fd);
}

static void
web_monitor_restore_history (GemingaMonitor *monitor, GVariantDict *history)
{
  GemingaWebMonitor *self = GEMINGA_WEB_MONITOR (monitor);
  g_autoptr (GVariantIter) pages = NULL;
  g_autoptr (GVariant) past = g_variant_dict_lookup_value (history, "past", NULL);
  int fd;

  if (past != NULL)
    geminga_http_counters_unpack (past, &self->past);
  g_variant_dict_lookup (history, "started-at", "x", &self->started_at);
  g_variant_dict_lookup (history, "started", "x", &self->started);
  if (g_variant_dict_lookup (history, "pages", "ai", &pages))
    while (g_variant_iter_next (pages, "i", &fd))
      inherit_page (self, fd);
}

static void
web_monitor_predecessors_ended (GemingaMonitor *monitor)
{
  GemingaWebMonitor *self = GEMINGA_WEB_MONITOR (monitor);
  g_autofree gpointer *ids = g_hash_table_get_keys_as_array (self->pages, NULL);

  for (gsize i = 0; ids[i] != NULL; i++)
    if (g_str_has_prefix (ids[i], PREDECESSOR))
      end_page (self, ids[i]);
}

static const GemingaMonitorHooks hooks = {
  .spawned = web_monitor_spawned,
  .ended = web_monitor_ended,
  .save_history = web_monitor_save_history,
  .restore_history = web_monitor_restore_history,
  .predecessors_ended = web_monitor_predecessors_ended,
};

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
  g_hash_table_unref (GEMINGA_WEB_MONITOR (object)->fds);

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
  self->fds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, close_fd);
  self->started_at = g_get_real_time ();
  self->started = g_get_monotonic_time ();
}
