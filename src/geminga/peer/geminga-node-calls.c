/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-node-state-private.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "geminga-error.h"

/* Who may be called. */
typedef enum
{
  IN_ROOT = 1 << 0,
  IN_WORKER = 1 << 1,
  FROM_ROOT = 1 << 2, /* by the root alone */
} Where;

/* Helpers */

static void
answer_nothing (GemingaAsk *ask)
{
  if (ask != NULL)
    geminga_ask_answer (ask, g_variant_ref_sink (g_variant_new_tuple (NULL, 0)), NULL, NULL);
}

static void
answer_no_process (GemingaAsk *ask, guint32 number)
{
  geminga_ask_answer (
      ask, NULL, NULL,
      g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR, "there is no process %u", number));
}

static int
dup_fd (const GemingaLinkCall *call, gint32 handle)
{
  if (call->fds == NULL || handle < 0 || handle >= g_unix_fd_list_get_length (call->fds))
    return -1;

  return g_unix_fd_list_get (call->fds, handle, NULL);
}

/* Calls */

static void
handle_init (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  guint32 number;
  GemingaNodeNumbers numbers;

  g_variant_get (call->arguments, "(uuu)", &number, &numbers.next, &numbers.n_left);
  geminga_system_set_node (self->system, number);
  g_mutex_lock (&self->lock);
  self->numbers = numbers;
  g_mutex_unlock (&self->lock);
  answer_nothing (call->ask);
}

/* The first link to the process whose actor this one is for. */
static void
note_maker (GemingaNode *self, GemingaLink *link)
{
  g_mutex_lock (&self->lock);
  if (self->main_id != NULL && self->main_link == NULL &&
      self->main_maker == geminga_link_get_node (link))
    self->main_link = geminga_link_ref (link);
  g_mutex_unlock (&self->lock);
}

static void
handle_accept (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  g_autoptr (GemingaLink) accepted = NULL;
  guint32 number;
  gint32 handle;
  int fd;

  g_variant_get (call->arguments, "(uh)", &number, &handle);
  fd = dup_fd (call, handle);
  if (fd >= 0)
    accepted = geminga_node_add_link (self, number, fd, FALSE);
  if (accepted != NULL)
    note_maker (self, accepted);
  answer_nothing (call->ask);
}

static void
handle_connect (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  guint32 number;

  g_variant_get (call->arguments, "(u)", &number);
  if (call->ask != NULL)
    geminga_node_connect (self, link, number, call->ask);
}

static void
handle_create (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  geminga_node_create (self, link, call);
}

static void
handle_spawn_process (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  geminga_node_spawn_for (self, link, call);
}

static void
handle_kill_process (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  guint32 number;

  g_variant_get (call->arguments, "(u)", &number);
  geminga_node_kill_now (self, number);
  answer_nothing (call->ask);
}

/* Who asks knows that actor, but not whether the process is for it. */
static void
handle_kill_actor (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  g_autoptr (GemingaLink) other = NULL;
  const char *id;
  guint32 number;

  g_variant_get (call->arguments, "(u&s)", &number, &id);
  other = geminga_node_lookup_link (self, number);
  if (other != NULL && geminga_link_is_main (other, id))
    geminga_node_kill_now (self, number);
  answer_nothing (call->ask);
}

static void
handle_reserve (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  geminga_node_give_block (self, link, call);
}

static void
handle_configure (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  g_autoptr (GVariant) configuration = g_variant_get_child_value (call->arguments, 0);

  if (self->hooks->configured != NULL)
    self->hooks->configured (self->data, configuration);
  answer_nothing (call->ask);
}

static void
handle_idle (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  gint64 idle = self->hooks->get_idle != NULL ? self->hooks->get_idle (self->data) : -1;

  if (call->ask != NULL)
    geminga_ask_answer (call->ask,
                        g_variant_ref_sink (g_variant_new ("(xx)", idle, g_get_monotonic_time ())),
                        NULL, NULL);
}

static void
handle_start_trace (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  geminga_node_start_trace (self, call);
}

static void
handle_read_trace (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  geminga_node_read_trace (self, call);
}

static void
handle_stop_trace (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  geminga_node_stop_trace (self, call);
}

static const struct
{
  const char *member;
  const char *type;
  guint where;
  void (*handle) (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call);
} calls[] = {
  { "Init", "(uuu)", IN_WORKER | FROM_ROOT, handle_init },
  { "Accept", "(uh)", IN_WORKER | FROM_ROOT, handle_accept },
  { "Create", "(ssbua{sv})", IN_WORKER | FROM_ROOT, handle_create },
  { "Configure", "(a{sv})", IN_WORKER | FROM_ROOT, handle_configure },
  { "Idle", "()", IN_WORKER | FROM_ROOT, handle_idle },
  { "StartTrace", "(ssa{sv})", IN_WORKER | FROM_ROOT, handle_start_trace },
  { "ReadTrace", "(s)", IN_WORKER | FROM_ROOT, handle_read_trace },
  { "StopTrace", "(s)", IN_WORKER | FROM_ROOT, handle_stop_trace },
  { "Waits", "(x)", IN_WORKER | FROM_ROOT, geminga_node_handle_waits },
  { "Resolve", "(ass)", IN_WORKER | FROM_ROOT, geminga_node_handle_resolve },
  { "Connect", "(u)", IN_ROOT, handle_connect },
  { "SpawnProcess", "(uhssa{sv})", IN_ROOT, handle_spawn_process },
  { "KillProcess", "(u)", IN_ROOT, handle_kill_process },
  { "KillActor", "(us)", IN_ROOT, handle_kill_actor },
  { "Reserve", "()", IN_ROOT, handle_reserve },
  { "DeadLetter", "(sss)", IN_ROOT, geminga_node_handle_letter },
  { "Suspect", "()", IN_ROOT, geminga_node_handle_suspect },
};

static gboolean
may_call (GemingaNode *self, GemingaLink *link, guint where)
{
  if ((where & (self->is_root ? IN_ROOT : IN_WORKER)) == 0)
    return FALSE;

  return (where & FROM_ROOT) == 0 || link == self->root_link;
}

/* For the node's own files */

void
geminga_node_connect (GemingaNode *self, GemingaLink *link, guint32 number, GemingaAsk *ask)
{
  g_autoptr (GemingaLink) other = geminga_node_lookup_link (self, number);
  g_autoptr (GUnixFDList) one = NULL;
  g_autoptr (GUnixFDList) two = NULL;
  int fds[2];

  if (other == NULL && geminga_node_await_birth (self, link, number, ask))
    return;
  if (other == NULL || other == link)
    {
      answer_no_process (ask, number);
      return;
    }
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    {
      geminga_ask_answer (ask, NULL, NULL,
                          g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_FAILED,
                                       "process %u cannot be connected: %s", number,
                                       g_strerror (errno)));
      return;
    }

  one = g_unix_fd_list_new_from_array (&fds[0], 1);
  two = g_unix_fd_list_new_from_array (&fds[1], 1);
  geminga_link_call (other, "Accept", g_variant_new ("(uh)", geminga_link_get_node (link), 0), one,
                     NULL);
  geminga_ask_answer (ask, g_variant_ref_sink (g_variant_new ("(h)", 0)), g_steal_pointer (&two),
                      NULL);
}

gboolean
geminga_node_handle_call (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  if (call->is_signal)
    return self->is_root && geminga_node_handle_news (self, link, call);

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      if (!g_str_equal (call->member, calls[i].member))
        continue;
      if (!g_variant_is_of_type (call->arguments, G_VARIANT_TYPE (calls[i].type)) ||
          !may_call (self, link, calls[i].where))
        return FALSE;

      calls[i].handle (self, link, call);
      return TRUE;
    }

  return FALSE;
}
