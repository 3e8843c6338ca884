/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-runner-state-private.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "geminga-cgroup-private.h"
#include "geminga-error.h"
#include "geminga-interface-check-private.h"
#include "geminga-listen-private.h"

/*
 * The program is executed anew in its own process, so that its number, its parent and its children stay.
 * What it needs of the old one is in an environment variable: the descriptors of the listening sockets
 * with the ids of their services, each worker with the descriptor of its link, which keeps it alive until
 * the new workers serve, and the program itself, which is executed again if they never do. A trial first
 * shows that the new program takes the settings.
 */
#define UPGRADE_VARIABLE "GEMINGA_UPGRADE"
#define TRIAL_VARIABLE   "GEMINGA_TRIAL"
#define STATE_TYPE       "(ia(ibs)a(ii)a(ssv)is)"

/* Where a trial writes what the program's actors understand; programs from before do not. */
#define INTERFACES_FD 3

/* How long a trial may take, in milliseconds. */
#define TRIAL_TIME (20 * 1000)

typedef struct
{
  GemingaRunner *runner;
  GemingaRunnerFunc func;
  gpointer data;
  gboolean is_forced; /* whatever its actors understand */
  int interfaces_fd;  /* (owned): what they understand; -1 while none is tried */
  GSource *timer;     /* (owned) (nullable) */
} Trial;

/* Helpers: executing */

static void
add_socket (GemingaRunner *self, GVariantBuilder *list, GArray *fds, GSocket *socket)
{
  int fd = g_socket_get_fd (socket);

  g_variant_builder_add (list, "(ibs)", fd, geminga_listen_owns_file (socket),
                         geminga_runner_find_owner (self, socket));
  g_array_append_val (fds, fd);
}

static void
add_worker (GVariantBuilder *list, GArray *fds, GPid pid, int fd)
{
  g_variant_builder_add (list, "(ii)", (int) pid, fd);
  if (fd >= 0)
    g_array_append_val (fds, fd);
}

/* What was changed while the service ran, such as the number of workers. */
static void
add_runtime_values (GVariantBuilder *list, GemingaService *service)
{
  GemingaSettings *settings = geminga_service_get_settings (service);
  g_auto (GStrv) names = geminga_settings_list_names (settings);

  for (gsize i = 0; names[i] != NULL; i++)
    if (g_str_equal (geminga_settings_get_origin (settings, names[i]), "runtime"))
      g_variant_builder_add (list, "(ssv)", geminga_service_get_id (service), names[i],
                             geminga_settings_get_value (settings, names[i]));
}

static char *
pack_state (GemingaRunner *self, GArray *fds, int program_fd)
{
  /* If it does not come as far as to have any, there are none. */
  g_autoptr (GArray) nodes = self->processes != NULL ? geminga_processes_list (self->processes)
                                                     : g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GVariant) state = NULL;
  GVariantBuilder sockets;
  GVariantBuilder workers;
  GVariantBuilder values;

  g_variant_builder_init (&values, G_VARIANT_TYPE ("a(ssv)"));
  for (guint i = 0; i < self->services->len; i++)
    add_runtime_values (&values, g_ptr_array_index (self->services, i));

  g_variant_builder_init (&sockets, G_VARIANT_TYPE ("a(ibs)"));
  for (guint i = 0; i < self->sockets->len; i++)
    add_socket (self, &sockets, fds, g_ptr_array_index (self->sockets, i));

  g_variant_builder_init (&workers, G_VARIANT_TYPE ("a(ii)"));
  for (guint i = 0; i < nodes->len; i++)
    {
      guint32 node = g_array_index (nodes, guint32, i);
      int fd = geminga_node_get_link_fd (self->node, node);

      add_worker (&workers, fds, geminga_processes_get_pid (self->processes, node), fd);
    }
  for (guint i = 0; i < self->old_workers->len; i++)
    {
      GemingaOldWorker *worker = &g_array_index (self->old_workers, GemingaOldWorker, i);

      add_worker (&workers, fds, worker->pid, worker->link_fd);
    }

  if (program_fd >= 0)
    g_array_append_val (fds, program_fd);
  state =
      g_variant_ref_sink (g_variant_new (STATE_TYPE, (int) getpid (), &sockets, &workers, &values,
                                         program_fd, geminga_program_get_path (self->program)));

  return g_variant_print (state, FALSE);
}

/* It goes on as it is. */
static void
stay (GemingaRunner *self)
{
  self->is_upgrading = FALSE;
  self->is_leaving = FALSE;
  if (self->state == GEMINGA_RUNNER_STOPPING)
    return;

  for (guint i = 0; i < self->monitors->len; i++)
    geminga_monitor_start_local_children (g_ptr_array_index (self->monitors, i));
  if (self->bus != NULL)
    geminga_bus_start (self->bus, geminga_settings_get_string (self->settings, "bus"));
  geminga_runner_check_wishes (self);
}

/* Returns only if it fails. */
static void
become (GemingaRunner *self, const char *file, int program_fd, GError **error)
{
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));
  g_autofree char *state = pack_state (self, fds, program_fd);

  geminga_notify_reloading (self->notify);
  geminga_notify_export (self->notify);
  geminga_program_exec (self->program, file, UPGRADE_VARIABLE, state,
                        (const int *) (gpointer) fds->data, fds->len, error);
}

static void
execute (GemingaRunner *self)
{
  g_autoptr (GError) error = NULL;
  int program_fd;

  /* The new program would not know that it was told to stop. */
  if (self->state == GEMINGA_RUNNER_STOPPING)
    {
      stay (self);
      return;
    }

  g_info ("%s is executed anew", geminga_service_get_id (self->service));
  program_fd = open ("/proc/self/exe", O_PATH | O_CLOEXEC);
  become (self, NULL, program_fd, &error);

  if (program_fd >= 0)
    close (program_fd);
  g_warning ("The program goes on as it is: %s", error->message);
  geminga_notify_withdraw (self->notify);
  geminga_notify_ready (self->notify);
  stay (self);
}

/* Helpers: leaving */

/*
 * What runs in this process ends with the program: it finishes what it has, while the kernel keeps new
 * connections for the successor.
 */

static void
drop_leaving (GemingaRunner *self)
{
  if (self->leaving != NULL)
    g_source_destroy (self->leaving);
  g_clear_pointer (&self->leaving, g_source_unref);
}

static gboolean
has_local_children (GemingaRunner *self)
{
  for (guint i = 0; i < self->monitors->len; i++)
    if (geminga_monitor_has_local_children (g_ptr_array_index (self->monitors, i)))
      return TRUE;

  return FALSE;
}

static gboolean
on_left (gpointer user_data)
{
  GemingaRunner *self = user_data;

  drop_leaving (self);
  execute (self);

  return G_SOURCE_REMOVE;
}

static void
set_leaving (GemingaRunner *self, guint delay)
{
  drop_leaving (self);
  self->leaving = delay == 0 ? g_idle_source_new () : g_timeout_source_new (delay);
  g_source_set_priority (self->leaving, G_PRIORITY_HIGH);
  g_source_set_static_name (self->leaving, "[geminga] upgrade");
  g_source_set_callback (self->leaving, on_left, self, NULL);
  g_source_attach (self->leaving, NULL);
}

static void
end_local_children (GemingaRunner *self)
{
  double grace = geminga_settings_get_double (self->settings, "graceful-timeout");

  self->is_leaving = TRUE;
  if (self->state != GEMINGA_RUNNER_STOPPING)
    for (guint i = 0; i < self->monitors->len; i++)
      geminga_monitor_stop_local_children (g_ptr_array_index (self->monitors, i));

  if (has_local_children (self))
    g_info ("%s finishes what it has", geminga_service_get_id (self->service));
  /* Actors that do not let themselves be ended in time end with the program. */
  set_leaving (self, has_local_children (self) ? (guint) (grace * 1000) + 1000 : 0);
}

/* Whoever asked over the bus has the answer now. */
static void
on_off_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GemingaRunner *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!geminga_bus_stop_finish (self->bus, result, &error))
    g_debug ("The bus was not left in order: %s", error->message);
  end_local_children (self);
}

/* By now the answer to who asked is on its way. */
static gboolean
leave_bus (gpointer user_data)
{
  GemingaRunner *self = user_data;

  if (self->bus != NULL && self->state != GEMINGA_RUNNER_STOPPING)
    geminga_bus_stop_async (self->bus, NULL, on_off_bus, self);
  else
    end_local_children (self);

  return G_SOURCE_REMOVE;
}

/* Helpers: the trial */

static void
close_interfaces (Trial *trial)
{
  if (trial->interfaces_fd >= 0)
    close (trial->interfaces_fd);
  trial->interfaces_fd = -1;
}

static void
trial_free (Trial *trial)
{
  close_interfaces (trial);
  g_free (trial);
}

static void
finish_trial (Trial *trial, const char *failure)
{
  GemingaRunner *self = trial->runner;

  if (self->state == GEMINGA_RUNNER_STOPPING)
    failure = "The service is stopping";
  if (trial->func != NULL)
    trial->func (trial->data, failure);
  trial_free (trial);

  if (failure == NULL)
    {
      g_idle_add_full (G_PRIORITY_LOW, leave_bus, self, NULL);
      return;
    }

  self->is_upgrading = FALSE;
  geminga_runner_check_wishes (self);
}

static gboolean
on_trial_time (gpointer user_data)
{
  Trial *trial = user_data;

  geminga_runner_abort_trial (trial->runner);

  return G_SOURCE_REMOVE;
}

static void on_trial_ended (GPid pid, int wait_status, gpointer user_data);

static gboolean
begin_trial (Trial *trial, GError **error)
{
  GemingaRunner *self = trial->runner;
  g_autofree char *maker = g_strdup_printf ("%d:%d", (int) getpid (), INTERFACES_FD);
  GSource *source;
  GPid pid;

  close_interfaces (trial);
  trial->interfaces_fd = geminga_interface_check_new_fd (error);
  if (trial->interfaces_fd < 0 ||
      !geminga_program_spawn_new (self->program, TRIAL_VARIABLE, maker, &trial->interfaces_fd, 1,
                                  &pid, error))
    return FALSE;

  self->trial_pid = pid;
  trial->timer = g_timeout_source_new (TRIAL_TIME);
  g_source_set_static_name (trial->timer, "[geminga] trial");
  g_source_set_callback (trial->timer, on_trial_time, trial, NULL);
  g_source_attach (trial->timer, NULL);

  source = g_child_watch_source_new (pid);
  g_source_set_static_name (source, "[geminga] trial");
  g_source_set_callback (source, G_SOURCE_FUNC (on_trial_ended), trial, NULL);
  geminga_runner_add_source (self, source);

  return TRUE;
}

/* Somebody has asked for an upgrade again: the program may be another one than that which was tried. */
static gboolean
has_to_try_again (Trial *trial)
{
  GemingaRunner *self = trial->runner;
  gboolean wants_upgrade = self->wants_upgrade;

  self->wants_upgrade = FALSE;

  return wants_upgrade && self->state != GEMINGA_RUNNER_STOPPING;
}

/* What who knows this program would miss in the new one; NULL: nothing. */
static char *
compare_interfaces (Trial *trial)
{
  g_autoptr (GVariant) before = geminga_interface_check_describe (trial->runner->services);
  g_autoptr (GVariant) now = geminga_interface_check_read (trial->interfaces_fd);
  g_auto (GStrv) lines = now != NULL ? geminga_interface_check_compare (before, now) : NULL;
  g_autofree char *text = NULL;

  if (lines == NULL || lines[0] == NULL)
    return NULL;

  text = g_strjoinv ("\n", lines);
  if (!trial->is_forced)
    return g_strdup_printf (_ ("The new program is not compatible with this one:\n%s"), text);

  g_warning (_ ("The new program is not compatible with this one, which is wished for:\n%s"), text);

  return NULL;
}

static void
on_trial_ended (GPid pid, int wait_status, gpointer user_data)
{
  Trial *trial = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *failure = NULL;

  trial->runner->trial_pid = 0;
  g_source_destroy (trial->timer);
  g_clear_pointer (&trial->timer, g_source_unref);
  if (has_to_try_again (trial))
    {
      if (begin_trial (trial, &error))
        return;
      failure = g_strdup (error->message);
    }
  else if (!g_spawn_check_wait_status (wait_status, &error))
    {
      failure = g_strdup_printf ("The new program does not start: %s", error->message);
    }
  else
    {
      failure = compare_interfaces (trial);
    }
  finish_trial (trial, failure);
}

/* Helpers: the successor */

static gboolean
on_old_worker_grace (gpointer user_data)
{
  geminga_runner_signal_old_workers (user_data, SIGKILL);

  return G_SOURCE_REMOVE;
}

static void
on_old_worker_ended (GPid pid, int wait_status, gpointer user_data)
{
  GemingaRunner *self = user_data;

  for (guint i = 0; i < self->old_workers->len; i++)
    {
      GemingaOldWorker *worker = &g_array_index (self->old_workers, GemingaOldWorker, i);

      if (worker->pid != pid)
        continue;
      if (worker->link_fd >= 0)
        close (worker->link_fd);
      geminga_cgroup_remove (pid);
      g_array_remove_index (self->old_workers, i);
      break;
    }
  geminga_runner_check_end (self);
}

static void
adopt_worker (GemingaRunner *self, int pid, int fd)
{
  GemingaOldWorker worker = { pid, fd };
  GSource *source = g_child_watch_source_new (pid);

  if (fd >= 0)
    fcntl (fd, F_SETFD, FD_CLOEXEC);
  g_array_append_val (self->old_workers, worker);
  g_source_set_static_name (source, "[geminga] old worker");
  g_source_set_callback (source, G_SOURCE_FUNC (on_old_worker_ended), self, NULL);
  geminga_runner_add_source (self, source);
}

/* The new program has that service no more. */
static void
drop_socket (GSocket *socket, const char *id)
{
  g_autofree char *address = geminga_listen_describe (socket);
  g_autoptr (GPtrArray) one = g_ptr_array_new ();

  g_message ("%s is closed: there is no service %s any more", address, id);
  g_ptr_array_add (one, socket);
  geminga_listen_unlink (one);
}

static gboolean
adopt_socket (GemingaRunner *self, int fd, gboolean owns_file, const char *id, GError **error)
{
  GemingaService *service = geminga_runner_find_service (self, id, NULL);
  g_autoptr (GSocket) socket = geminga_listen_adopt (fd, error);

  if (socket == NULL)
    return FALSE;

  if (owns_file)
    geminga_listen_own_file (socket);
  if (service != NULL)
    geminga_runner_add_socket (self, service, socket);
  else
    drop_socket (socket, id);

  return TRUE;
}

/* After a way back its file may be another one by now, and be found no more under its name. */
static void
adopt_program (GemingaRunner *self, int fd, const char *path)
{
  if (fd >= 0)
    fcntl (fd, F_SETFD, FD_CLOEXEC);
  self->rollback_fd = fd;
  if (fd < 0)
    geminga_program_set_path (self->program, path);
}

static void
restore_values (GemingaRunner *self, GVariantIter *values)
{
  const char *id;
  const char *name;
  GVariant *value;

  while (g_variant_iter_loop (values, "(&s&sv)", &id, &name, &value))
    {
      g_autoptr (GError) error = NULL;
      GemingaService *service = geminga_runner_find_service (self, id, NULL);

      if (service != NULL &&
          !geminga_settings_set_value (geminga_service_get_settings (service), name, value, &error))
        g_message ("The value that “%s” had is not kept: %s", name, error->message);
    }
}

/* Helpers: the way back */

/* Returns only if it fails, or the service is told to stop meanwhile. */
static void
go_back (GemingaRunner *self, GError **error)
{
  g_autofree char *file = g_strdup_printf ("/proc/self/fd/%d", self->rollback_fd);

  if (self->state != GEMINGA_RUNNER_STOPPING)
    become (self, file, -1, error);
  geminga_runner_forget_predecessor (self);
}

static gboolean
on_roll_back (gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  go_back (user_data, &error);
  if (error != NULL)
    geminga_runner_fail (user_data, error->message);

  return G_SOURCE_REMOVE;
}

/* For the runner's own files */

gboolean
geminga_runner_roll_back (GemingaRunner *self, const char *why, gboolean is_urgent)
{
  if (self->rollback_fd < 0 || self->was_ready || self->state == GEMINGA_RUNNER_STOPPING)
    return FALSE;
  if (self->is_going_back)
    return TRUE;

  self->is_going_back = TRUE;
  g_warning (_ ("%s: the new program does not get ready, so the one from before goes on: %s"),
             geminga_service_get_id (self->service), why);
  if (!is_urgent)
    g_idle_add_full (G_PRIORITY_HIGH, on_roll_back, self, NULL);
  else
    go_back (self, NULL);

  return !is_urgent;
}

void
geminga_runner_forget_predecessor (GemingaRunner *self)
{
  if (self->rollback_fd >= 0)
    close (self->rollback_fd);
  self->rollback_fd = -1;
}

gboolean
geminga_runner_tell_interfaces (GemingaRunner *self, GError **error)
{
  const char *value = g_getenv (TRIAL_VARIABLE);
  const char *fd = value != NULL ? strchr (value, ':') : NULL;
  g_autoptr (GVariant) description = NULL;

  /* A program from before gives none. */
  if (fd == NULL)
    return TRUE;

  description = geminga_interface_check_describe (self->services);

  return geminga_interface_check_write (INTERFACES_FD, description, error);
}

gboolean
geminga_runner_is_trial (void)
{
  const char *value = g_getenv (TRIAL_VARIABLE);

  return value != NULL && g_ascii_strtoll (value, NULL, 10) == getppid ();
}

gboolean
geminga_runner_is_successor (void)
{
  return g_getenv (UPGRADE_VARIABLE) != NULL;
}

gboolean
geminga_runner_inherit (GemingaRunner *self, GError **error)
{
  g_autofree char *text = g_strdup (g_getenv (UPGRADE_VARIABLE));
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariantIter) sockets = NULL;
  g_autoptr (GVariantIter) workers = NULL;
  g_autoptr (GVariantIter) values = NULL;
  const char *id;
  gboolean owns_file;
  int maker;
  const char *path;
  int program_fd;
  int pid;
  int fd;

  if (text == NULL)
    return TRUE;

  g_unsetenv (UPGRADE_VARIABLE);
  state = g_variant_parse (G_VARIANT_TYPE (STATE_TYPE), text, NULL, NULL, error);
  if (state == NULL)
    {
      g_prefix_error (error, "%s is wrong: ", UPGRADE_VARIABLE);
      return FALSE;
    }

  g_variant_get (state, "(ia(ibs)a(ii)a(ssv)i&s)", &maker, &sockets, &workers, &values, &program_fd,
                 &path);
  /* It belongs to a program that ran in this very process; from elsewhere it means nothing. */
  if (maker != getpid ())
    return TRUE;

  adopt_program (self, program_fd, path);
  while (g_variant_iter_next (sockets, "(ib&s)", &fd, &owns_file, &id))
    if (!adopt_socket (self, fd, owns_file, id, error))
      return FALSE;
  while (g_variant_iter_next (workers, "(ii)", &pid, &fd))
    adopt_worker (self, pid, fd);

  restore_values (self, values);

  return TRUE;
}

void
geminga_runner_check_leaving (GemingaRunner *self)
{
  /* Not from within what has just ended. */
  if (self->is_leaving && self->leaving != NULL && !has_local_children (self))
    set_leaving (self, 0);
}

void
geminga_runner_abort_trial (GemingaRunner *self)
{
  if (self->trial_pid != 0)
    kill (self->trial_pid, SIGKILL);
}

void
geminga_runner_signal_old_workers (GemingaRunner *self, int number)
{
  for (guint i = 0; i < self->old_workers->len; i++)
    kill (g_array_index (self->old_workers, GemingaOldWorker, i).pid, number);
}

void
geminga_runner_dismiss_old_workers (GemingaRunner *self, gboolean is_quick)
{
  double grace = geminga_settings_get_double (self->settings, "graceful-timeout");
  GSource *source;

  if (self->old_workers->len == 0)
    return;

  geminga_runner_signal_old_workers (self, is_quick ? SIGKILL : SIGTERM);
  source = g_timeout_source_new ((guint) (grace * 1000) + 1000);
  g_source_set_static_name (source, "[geminga] grace of old workers");
  g_source_set_callback (source, on_old_worker_grace, self, NULL);
  geminga_runner_add_source (self, source);
}

/* Private API */

void
geminga_runner_upgrade (GemingaRunner *self,
                        gboolean is_forced,
                        GemingaRunnerFunc func,
                        gpointer data)
{
  g_autoptr (GError) error = NULL;
  Trial *trial;

  if (self->is_upgrading || self->state != GEMINGA_RUNNER_RUNNING)
    {
      func (data, "The service is busy starting, reloading, upgrading or stopping");
      return;
    }

  trial = g_new0 (Trial, 1);
  trial->runner = self;
  trial->func = func;
  trial->data = data;
  trial->is_forced = is_forced;
  trial->interfaces_fd = -1;
  if (begin_trial (trial, &error))
    {
      self->is_upgrading = TRUE;
      return;
    }

  func (data, error->message);
  trial_free (trial);
}
