/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-runner-state-private.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "geminga-actor-ref-private.h"
#include "geminga-saved-state-private.h"

/*
 * What actors know goes on at an upgrade. Before the program is replaced those in processes of their own
 * save their state and wait, with what they get; each has got another line to the main process, which the new
 * program takes up. It makes their successors, and when one is ready connects it with the old one, which
 * forwards to it. What the monitors have counted is passed on as well.
 */

/* What an actor of the program before has left. */
typedef struct
{
  char *service;  /* (owned): its id */
  char *pool;     /* (owned) */
  char *id;       /* (owned) */
  guint32 number; /* of its process; 0: it is not there any more */
  int line_fd;    /* (owned): to that process, or -1 */
  int saved_fd;   /* (owned) */
} Inheritance;

/* All monitors save. */
typedef struct
{
  GemingaRunner *runner;
  GemingaRunnerFunc func;
  gpointer data;
  guint n_left;
  char *failure; /* (owned) (nullable) */
} Saving;

/* What is put together for the next program. */
typedef struct
{
  GemingaRunner *runner;
  GVariantBuilder *list;
  GArray *fds;
} Packing;

/* Helpers: saving */

static void
inheritance_clear (gpointer data)
{
  Inheritance *self = data;

  g_free (self->service);
  g_free (self->pool);
  g_free (self->id);
  if (self->line_fd >= 0)
    close (self->line_fd);
  if (self->saved_fd >= 0)
    close (self->saved_fd);
}

static void
close_line (gpointer fd)
{
  close (GPOINTER_TO_INT (fd));
}

/* Before it is told to save: when it has answered it has the line. */
static void
open_line (gpointer data, gpointer user_data)
{
  GemingaChild *child = data;
  GemingaRunner *self = user_data;
  g_autoptr (GError) error = NULL;
  int fd;

  if (child->node == 0 || child->state != GEMINGA_CHILD_RUNNING ||
      !geminga_pool_is_stateful (child->pool))
    return;

  if (geminga_node_open_line (self->node, child->node, &fd, &error))
    g_hash_table_insert (self->lines, GUINT_TO_POINTER (child->node), GINT_TO_POINTER (fd));
  else
    g_warning ("%s", error->message);
}

static void
note_saved (gpointer data, const char *failure)
{
  Saving *saving = data;

  if (failure != NULL && saving->failure == NULL)
    saving->failure = g_strdup (failure);
  if (--saving->n_left > 0)
    return;

  saving->func (saving->data, saving->failure);
  g_free (saving->failure);
  g_free (saving);
}

/* Helpers: packing */

static void
add_inheritance (Packing *self, const Inheritance *left)
{
  g_variant_builder_add (self->list, "(sssuii)", left->service, left->pool, left->id, left->number,
                         left->line_fd, left->saved_fd);
  g_array_append_val (self->fds, left->saved_fd);
  if (left->line_fd >= 0)
    g_array_append_val (self->fds, left->line_fd);
}

static int
find_line (GemingaRunner *self, guint32 number)
{
  gpointer fd;

  if (number == 0)
    return -1;
  if (g_hash_table_lookup_extended (self->lines, GUINT_TO_POINTER (number), NULL, &fd))
    return GPOINTER_TO_INT (fd);

  /* Nothing has been sent there: its successor has not got ready. */
  return geminga_node_get_link_fd (self->node, number);
}

static void
add_predecessor (gpointer data,
                 GemingaMonitor *monitor,
                 const char *pool,
                 GemingaPredecessor *predecessor)
{
  Packing *self = data;
  guint32 number =
      predecessor->ref != NULL ? geminga_actor_ref_get_target (predecessor->ref)->node : 0;
  const Inheritance left = { (char *) geminga_monitor_get_service_id (monitor),
                             (char *) pool,
                             predecessor->id,
                             number,
                             find_line (self->runner, number),
                             predecessor->saved != NULL
                                 ? g_unix_fd_list_peek_fds (predecessor->saved, NULL)[0]
                                 : -1 };

  if (predecessor->saved != NULL)
    add_inheritance (self, &left);
}

/* Helpers: inheriting */

static GUnixFDList *
take_saved (Inheritance *left)
{
  int fd = left->saved_fd;

  left->saved_fd = -1;

  return g_unix_fd_list_new_from_array (&fd, 1);
}

static void
inherit (GemingaRunner *self, GemingaMonitor *monitor, Inheritance *left)
{
  g_autoptr (GUnixFDList) saved = take_saved (left);
  g_autoptr (GemingaActorRef) ref = NULL;

  if (left->line_fd >= 0)
    ref = geminga_node_adopt (self->node, left->number, left->line_fd, G_TYPE_INVALID, left->id);
  left->line_fd = -1;
  if (!geminga_monitor_inherit (monitor, left->pool, left->id, ref, saved))
    g_warning (_ ("The state of “%s” is lost: there is no such actor any more"), left->id);
}

static void
keep_on_exec_closed (int fd)
{
  if (fd >= 0)
    fcntl (fd, F_SETFD, FD_CLOEXEC);
}

static void
read_history (GemingaRunner *self, int fd)
{
  g_autoptr (GUnixFDList) saved = g_unix_fd_list_new_from_array (&fd, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariantIter) fds = NULL;
  int other;

  self->history = geminga_saved_state_unpack (saved, &error);
  if (self->history == NULL)
    {
      g_warning ("What the program before has counted is lost: %s", error->message);
      return;
    }

  g_variant_lookup (self->history, "started-at", "x", &self->started_at);
  if (g_variant_lookup (self->history, "fds", "ai", &fds))
    while (g_variant_iter_next (fds, "i", &other))
      keep_on_exec_closed (other);
}

/* For the runner's own files */

void
geminga_runner_init_handover (GemingaRunner *self)
{
  self->inherited = g_array_new (FALSE, FALSE, sizeof (Inheritance));
  g_array_set_clear_func (self->inherited, inheritance_clear);
  self->lines = g_hash_table_new_full (NULL, NULL, NULL, close_line);
  self->started_at = g_get_real_time ();
}

void
geminga_runner_clear_handover (GemingaRunner *self)
{
  g_array_unref (self->inherited);
  g_hash_table_unref (self->lines);
  g_clear_pointer (&self->history, g_variant_unref);
}

void
geminga_runner_save_children (GemingaRunner *self,
                              gboolean is_local,
                              GemingaRunnerFunc func,
                              gpointer data)
{
  Saving *saving = g_new0 (Saving, 1);

  saving->runner = self;
  saving->func = func;
  saving->data = data;
  saving->n_left = self->monitors->len + 1;
  for (guint i = 0; i < self->monitors->len; i++)
    {
      GemingaMonitor *monitor = g_ptr_array_index (self->monitors, i);

      if (!is_local)
        geminga_monitor_foreach_child (monitor, open_line, self);
      geminga_monitor_save_children (monitor, is_local, note_saved, saving);
    }
  note_saved (saving, NULL);
}

void
geminga_runner_resume_children (GemingaRunner *self)
{
  for (guint i = 0; i < self->monitors->len; i++)
    geminga_monitor_resume_children (g_ptr_array_index (self->monitors, i));
  g_hash_table_remove_all (self->lines);
}

void
geminga_runner_pack_predecessors (GemingaRunner *self, GVariantBuilder *list, GArray *fds)
{
  Packing packing = { self, list, fds };

  for (guint i = 0; i < self->inherited->len; i++)
    add_inheritance (&packing, &g_array_index (self->inherited, Inheritance, i));
  for (guint i = 0; i < self->monitors->len; i++)
    geminga_monitor_foreach_predecessor (g_ptr_array_index (self->monitors, i), add_predecessor,
                                         &packing);
}

GUnixFDList *
geminga_runner_pack_history (GemingaRunner *self, GArray *fds)
{
  g_autoptr (GArray) own = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GVariant) packed = NULL;
  g_autoptr (GError) error = NULL;
  GUnixFDList *saved;
  GVariantDict history;
  GVariantBuilder services;

  /* It has not come so far as to add to it. */
  g_variant_dict_init (&history, self->history);
  g_variant_dict_insert (&history, "started-at", "x", self->started_at);
  if (self->monitors->len > 0)
    {
      g_variant_builder_init (&services, G_VARIANT_TYPE ("a{sa{sv}}"));
      for (guint i = 0; i < self->monitors->len; i++)
        {
          GemingaMonitor *monitor = g_ptr_array_index (self->monitors, i);
          g_autoptr (GVariant) counted = geminga_monitor_save_history (monitor, own);

          g_variant_builder_add (&services, "{s@a{sv}}", geminga_monitor_get_service_id (monitor),
                                 counted);
        }
      g_variant_dict_insert_value (&history, "services", g_variant_builder_end (&services));
      g_variant_dict_insert_value (
          &history, "fds",
          g_variant_new_fixed_array (G_VARIANT_TYPE_INT32, own->data, own->len, sizeof (int)));
      g_array_append_vals (fds, own->data, own->len);
    }

  packed = g_variant_ref_sink (g_variant_dict_end (&history));
  saved = geminga_saved_state_pack (packed, &error);
  if (saved == NULL)
    g_warning ("What was counted is not passed on: %s", error->message);
  else
    g_array_append_val (fds, g_unix_fd_list_peek_fds (saved, NULL)[0]);

  return saved;
}

void
geminga_runner_inherit_predecessors (GemingaRunner *self, GVariantIter *list, int history_fd)
{
  Inheritance left;

  while (g_variant_iter_next (list, "(sssuii)", &left.service, &left.pool, &left.id, &left.number,
                              &left.line_fd, &left.saved_fd))
    {
      keep_on_exec_closed (left.line_fd);
      keep_on_exec_closed (left.saved_fd);
      g_array_append_val (self->inherited, left);
    }
  if (history_fd >= 0)
    read_history (self, history_fd);
}

void
geminga_runner_hand_on (GemingaRunner *self, GemingaMonitor *monitor)
{
  const char *id = geminga_monitor_get_service_id (monitor);
  g_autoptr (GVariant) services = NULL;
  g_autoptr (GVariant) counted = NULL;

  for (guint i = 0; i < self->inherited->len;)
    {
      Inheritance *left = &g_array_index (self->inherited, Inheritance, i);

      if (!g_str_equal (left->service, id))
        {
          i++;
          continue;
        }
      inherit (self, monitor, left);
      g_array_remove_index (self->inherited, i);
    }

  if (self->history != NULL)
    services = g_variant_lookup_value (self->history, "services", G_VARIANT_TYPE ("a{sa{sv}}"));
  if (services != NULL)
    g_variant_lookup (services, id, "@a{sv}", &counted);
  if (counted != NULL)
    geminga_monitor_restore_history (monitor, counted);
}

void
geminga_runner_note_succeeded (GemingaRunner *self,
                               GemingaActorRef *predecessor,
                               GemingaChild *child)
{
  guint32 number = geminga_actor_ref_get_target (predecessor)->node;

  for (guint i = 0; i < self->old_workers->len; i++)
    {
      GemingaOldWorker *worker = &g_array_index (self->old_workers, GemingaOldWorker, i);

      if (worker->number == number)
        worker->is_forwarding = TRUE;
    }
  if (number != 0 && child->node != 0)
    geminga_node_join (self->node, number, child->node);
}

/* The numbers of processes go on. */
GVariant *
geminga_runner_pack_numbers (GemingaRunner *self)
{
  guint32 next = self->next_number;
  guint32 next_block = self->next_block;

  if (self->node != NULL)
    geminga_node_get_next_numbers (self->node, &next, &next_block);

  return g_variant_new ("(uu)", next, next_block);
}

gboolean
geminga_runner_has_saved_children (GemingaRunner *self)
{
  for (guint i = 0; i < self->monitors->len; i++)
    if (geminga_monitor_has_saved_children (g_ptr_array_index (self->monitors, i)))
      return TRUE;

  return FALSE;
}

/* What was changed while the service ran, such as the number of workers. */
void
geminga_runner_pack_values (GVariantBuilder *list, GemingaService *service)
{
  GemingaSettings *settings = geminga_service_get_settings (service);
  g_auto (GStrv) names = geminga_settings_list_names (settings);

  for (gsize i = 0; names[i] != NULL; i++)
    if (g_str_equal (geminga_settings_get_origin (settings, names[i]), "runtime"))
      g_variant_builder_add (list, "(ssv)", geminga_service_get_id (service), names[i],
                             geminga_settings_get_value (settings, names[i]));
}
