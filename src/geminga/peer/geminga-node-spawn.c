/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-node-state-private.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "geminga-error.h"
#include "geminga-remote-private.h"

/* With so few left a process asks for more. */
#define LOW_NUMBERS 128u

/* How long an actor's process may take to end by itself when it is killed, in microseconds. */
#define KILL_GRACE (100 * G_TIME_SPAN_MILLISECOND)

/* A process that is being made. */
typedef struct
{
  GemingaLoopItem item;
  GemingaNode *node; /* (owned) */
  GemingaLink *link; /* (owned) */
  GType type;        /* of the actor it is for, or G_TYPE_INVALID */
  int fd;            /* (owned) its end; -1 once it has it */
} Birth;

/* A process that is being killed. */
typedef struct
{
  GemingaTimer timer;
  GemingaNode *node; /* (owned) */
  guint32 number;
  char *id; /* (owned) (nullable): only if the process is for that actor, which the root knows */
} Death;

/* Helpers: numbers */

static gboolean
take_number (GemingaNodeNumbers *numbers, guint32 *number)
{
  if (numbers->n_left == 0)
    return FALSE;

  numbers->n_left--;
  *number = numbers->next++;

  return TRUE;
}

static void
reserved (gpointer data, GVariant *result, GUnixFDList *fds, const GError *error)
{
  GemingaNode *self = data;

  g_mutex_lock (&self->lock);
  self->is_reserving = FALSE;
  if (error == NULL && g_variant_is_of_type (result, G_VARIANT_TYPE ("(uu)")))
    g_variant_get (result, "(uu)", &self->reserve.next, &self->reserve.n_left);
  g_mutex_unlock (&self->lock);
}

static gboolean
choose_number (GemingaNode *self, guint32 *number, GError **error)
{
  gboolean is_chosen;
  gboolean is_low;

  g_mutex_lock (&self->lock);
  is_chosen = take_number (&self->numbers, number) || take_number (&self->reserve, number);
  if (self->numbers.n_left == 0 && self->reserve.n_left > 0)
    {
      self->numbers = self->reserve;
      self->reserve = (GemingaNodeNumbers){ 0, 0 };
    }
  is_low = !self->is_root && !self->is_reserving && self->reserve.n_left == 0 &&
           self->numbers.n_left < LOW_NUMBERS;
  self->is_reserving = self->is_reserving || is_low;
  g_mutex_unlock (&self->lock);

  if (is_low)
    {
      g_autoptr (GemingaAsk) ask = geminga_link_request_new (
          self->context, reserved, geminga_node_ref (self), (GDestroyNotify) geminga_node_unref);

      geminga_link_call (self->root_link, "Reserve", NULL, NULL, ask);
    }
  if (!is_chosen)
    g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED,
                         "this process makes others faster than it gets numbers for them");

  return is_chosen;
}

static GemingaNodeNumbers
next_block (GemingaNode *self, guint32 owner)
{
  GemingaNodeNumbers block = { 0, 0 };

  g_mutex_lock (&self->lock);
  if (self->next_block == 0)
    self->next_block = GEMINGA_NODE_FIRST_BLOCK;
  if (self->next_block <= G_MAXUINT32 - 2 * GEMINGA_NODE_BLOCK_SIZE)
    {
      block = (GemingaNodeNumbers){ self->next_block, GEMINGA_NODE_BLOCK_SIZE };
      self->next_block += GEMINGA_NODE_BLOCK_SIZE;
    }
  g_mutex_unlock (&self->lock);
  if (block.n_left > 0)
    geminga_node_note_block (self, block.next, owner);

  return block;
}

/* Helpers: birth */

static void
birth_free (Birth *self)
{
  if (self->fd >= 0)
    close (self->fd);
  geminga_link_unref (self->link);
  geminga_node_unref (self->node);
  g_free (self);
}

static Birth *
birth_new (GemingaNode *node, GemingaLink *link, int fd)
{
  Birth *self = g_new0 (Birth, 1);

  self->node = geminga_node_ref (node);
  self->link = geminga_link_ref (link);
  self->fd = fd;

  return self;
}

/* A reply that says whether it can be; what waits for the actor learns it if not. */
static void
birth_replied (gpointer data, GVariant *result, GUnixFDList *fds, const GError *error)
{
  Birth *self = data;

  if (error != NULL && !geminga_link_is_closed (self->link))
    geminga_node_close_link (self->node, self->link, GEMINGA_ERROR_SPAWN_FAILED, error->message);
}

static GemingaAsk *
birth_request_new (GemingaNode *node, GemingaLink *link)
{
  return geminga_link_request_new (node->context, birth_replied, birth_new (node, link, -1),
                                   (GDestroyNotify) birth_free);
}

/* The root, in its loop. */
static gboolean
start_process (GemingaNode *self, GemingaLink *link, GType type, int fd, GError **error)
{
  if (self->hooks->spawn_process != NULL)
    return self->hooks->spawn_process (self->data, geminga_link_get_node (link), type, fd, error);

  g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED,
                       "there is nobody to start processes");

  return FALSE;
}

static void
run_birth (GemingaLoopItem *item)
{
  Birth *self = (Birth *) ((char *) item - G_STRUCT_OFFSET (Birth, item));
  g_autoptr (GError) error = NULL;

  if (!geminga_link_is_closed (self->link) &&
      !start_process (self->node, self->link, self->type, self->fd, &error))
    geminga_node_discard_link (self->node, self->link, GEMINGA_ERROR_SPAWN_FAILED, error->message);
  birth_free (self);
}

/* The root. Off the node's thread the outcome comes later: what was posted to the actor learns it. */
static gboolean
start (GemingaNode *self, GemingaLink *link, GType type, int fd, GError **error)
{
  g_autoptr (GError) failure = NULL;
  Birth *birth;

  birth = birth_new (self, link, fd);
  birth->type = type;
  if (g_thread_self () != self->thread)
    {
      birth->item.run = run_birth;
      geminga_loop_post (self->loop, &birth->item);
      return TRUE;
    }

  if (!start_process (self, link, type, fd, &failure))
    {
      geminga_node_discard_link (self, link, GEMINGA_ERROR_SPAWN_FAILED, failure->message);
      g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED, failure->message);
    }
  birth_free (birth);

  return failure == NULL;
}

/* The first thing a process is told. */
static void
introduce (GemingaNode *self, GemingaLink *link)
{
  GemingaNodeNumbers block = next_block (self, geminga_link_get_node (link));

  geminga_link_call (
      link, "Init", g_variant_new ("(uuu)", geminga_link_get_node (link), block.next, block.n_left),
      NULL, NULL);
}

/* Gives the link to a process that is yet to be; @fd is that one's end. */
static GemingaLink *
new_process_link (GemingaNode *self, guint32 number, int *fd, GError **error)
{
  GemingaLink *link;
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    {
      g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED, g_strerror (errno));
      return NULL;
    }

  link = geminga_node_add_link (self, number, fds[0], TRUE);
  if (link != NULL)
    {
      if (self->is_root)
        {
          geminga_link_set_patient (link);
          introduce (self, link);
        }
      *fd = fds[1];
      return link;
    }

  close (fds[1]);
  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED,
               "there is a process %u already, or the service ends", number);

  return NULL;
}

/* @maker is the process whose actor it is. Always over the root's link: see spawn_by_root(). */
static void
create (GemingaLink *link,
        const char *type,
        const char *id,
        guint32 maker,
        GVariant *properties,
        GemingaAsk *ask)
{
  geminga_link_set_main (link, id);
  geminga_link_call (link, "Create",
                     g_variant_new ("(ssbu@a{sv})", type, id, TRUE, maker, properties), NULL, ask);
}

/*
 * A worker. The root not only starts the process but also tells it of its actor, before anything else
 * that comes over the root's link: whoever hears of the actor and sends it something, or wants to be
 * connected, comes later.
 */
static void
spawn_by_root (GemingaNode *self,
               GemingaLink *link,
               int fd,
               const char *type,
               const char *id,
               GVariant *properties)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new_from_array (&fd, 1);
  g_autoptr (GemingaAsk) ask = birth_request_new (self, link);

  geminga_link_set_main (link, id);
  geminga_link_call (
      self->root_link, "SpawnProcess",
      g_variant_new ("(uhss@a{sv})", geminga_link_get_node (link), 0, type, id, properties), fds,
      ask);
}

/* Helpers: death */

static void
death_comes (gpointer user_data)
{
  Death *self = user_data;

  if (self->id == NULL)
    geminga_node_expect_end (self->node, self->number, GEMINGA_EXIT_REASON_KILLED);
  if (self->node->is_root)
    geminga_node_kill_now (self->node, self->number);
  else if (self->id != NULL)
    geminga_link_call (self->node->root_link, "KillActor",
                       g_variant_new ("(us)", self->number, self->id), NULL, NULL);
  else
    geminga_link_call (self->node->root_link, "KillProcess", g_variant_new ("(u)", self->number),
                       NULL, NULL);
  geminga_node_unref (self->node);
  g_free (self->id);
  g_free (self);
}

/* For the node's own files */

GemingaLink *
geminga_node_start_process (GemingaNode *self, GType type, int *fd, GError **error)
{
  g_autoptr (GemingaLink) link = NULL;
  guint32 number;

  if (!choose_number (self, &number, error))
    return NULL;

  link = new_process_link (self, number, fd, error);
  if (link == NULL || (self->is_root && !start (self, link, type, *fd, error)))
    return NULL;

  return g_steal_pointer (&link);
}

GemingaTarget *
geminga_node_spawn (gpointer data, GType type, const char *id, GVariant *properties, GError **error)
{
  GemingaNode *self = data;
  g_autoptr (GVariant) given = NULL;
  g_autoptr (GemingaLink) link = geminga_node_take_spare (self, type);
  GemingaRemote *remote;
  int fd = -1;

  if (link == NULL)
    link = geminga_node_start_process (self, type, &fd, error);
  if (link == NULL)
    {
      g_prefix_error (error, "Cannot start a process for actor “%s”: ", id);
      return NULL;
    }

  remote = geminga_remote_new (self, geminga_link_get_node (link), id, link, TRUE);
  geminga_remote_get_target (remote)->type = type;
  given = properties != NULL ? g_variant_ref (properties)
                             : g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  if (self->is_root)
    {
      g_autoptr (GemingaAsk) ask = birth_request_new (self, link);

      create (link, g_type_name (type), id, 0, given, ask);
    }
  else
    {
      spawn_by_root (self, link, fd, g_type_name (type), id, given);
    }
  geminga_remote_watch (remote);

  return geminga_remote_get_target (remote);
}

static gboolean
claim_main (GemingaNode *self, GemingaLink *link, const char *id, guint32 maker)
{
  gboolean is_claimed;

  g_mutex_lock (&self->lock);
  is_claimed = self->main_id == NULL;
  if (is_claimed)
    {
      self->main_id = g_strdup (id);
      self->main_maker = maker;
      if (maker == 0)
        self->main_link = geminga_link_ref (link);
    }
  g_mutex_unlock (&self->lock);

  return is_claimed;
}

static GemingaTarget *
make_actor (GemingaNode *self,
            const char *name,
            const char *id,
            GVariant *properties,
            GError **error)
{
  GType type = g_type_from_name (name);

  if (type != G_TYPE_INVALID && self->hooks->admit != NULL &&
      !self->hooks->admit (self->data, type, error))
    return NULL;
  if (type != G_TYPE_INVALID)
    return geminga_system_spawn_in_process (self->system, type, id, properties, error);

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED,
               "the program does not know the class “%s” in its worker processes: register it "
               "before geminga_service_run()",
               name);

  return NULL;
}

void
geminga_node_create (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  g_autoptr (GVariant) properties = NULL;
  g_autoptr (GemingaTarget) target = NULL;
  g_autoptr (GError) error = NULL;
  const char *type;
  const char *id;
  guint32 maker;
  gboolean is_main;

  g_variant_get (call->arguments, "(&s&sbu@a{sv})", &type, &id, &is_main, &maker, &properties);
  if (is_main && !claim_main (self, link, id, maker))
    g_set_error_literal (&error, GEMINGA_ERROR, GEMINGA_ERROR_ALREADY_EXISTS,
                         "this process is another actor's already");
  else
    target = make_actor (self, type, id, properties, &error);

  if (is_main && target == NULL &&
      !g_error_matches (error, GEMINGA_ERROR, GEMINGA_ERROR_ALREADY_EXISTS))
    geminga_node_begin_end (self);
  if (call->ask == NULL)
    return;

  if (target != NULL)
    geminga_ask_answer (call->ask, g_variant_ref_sink (g_variant_new_tuple (NULL, 0)), NULL, NULL);
  else
    geminga_ask_answer (call->ask, NULL, NULL, g_steal_pointer (&error));
}

void
geminga_node_spawn_for (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  g_autoptr (GemingaLink) born = NULL;
  g_autoptr (GVariant) properties = NULL;
  g_autoptr (GError) error = NULL;
  guint32 maker = geminga_link_get_node (link);
  const char *type;
  const char *id;
  guint32 number;
  gint32 handle;
  int fd = -1;

  g_variant_get (call->arguments, "(uh&s&s@a{sv})", &number, &handle, &type, &id, &properties);
  if (number < GEMINGA_NODE_FIRST_BLOCK)
    g_set_error (&error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED,
                 "number %u is the root's to give", number);
  else if (call->fds == NULL || handle >= g_unix_fd_list_get_length (call->fds))
    g_set_error_literal (&error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED,
                         "the new process has no link to who wants it");
  else
    born = new_process_link (self, number, &fd, &error);

  if (born != NULL && !start_process (self, born, g_type_from_name (type), fd, &error))
    geminga_node_discard_link (self, born, GEMINGA_ERROR_SPAWN_FAILED, error->message);
  if (fd >= 0)
    close (fd);
  if (error == NULL)
    {
      /* The new process itself says whether it can be. */
      create (born, type, id, maker, properties, call->ask);
      geminga_link_call (born, "Accept", g_variant_new ("(uh)", maker, handle), call->fds, NULL);
    }
  else if (call->ask != NULL)
    {
      geminga_ask_answer (call->ask, NULL, NULL, g_steal_pointer (&error));
    }
  geminga_node_hear_of (self, number);
}

void
geminga_node_give_block (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  GemingaNodeNumbers block = next_block (self, geminga_link_get_node (link));

  if (call->ask != NULL)
    geminga_ask_answer (call->ask,
                        g_variant_ref_sink (g_variant_new ("(uu)", block.next, block.n_left)), NULL,
                        NULL);
}

void
geminga_node_kill_soon (GemingaNode *self, guint32 number, const char *id)
{
  Death *death = g_new0 (Death, 1);

  death->node = geminga_node_ref (self);
  death->number = number;
  death->id = g_strdup (id);
  death->timer.func = death_comes;
  death->timer.user_data = death;
  geminga_loop_arm (self->loop, &death->timer, g_get_monotonic_time () + KILL_GRACE);
}

void
geminga_node_kill_now (GemingaNode *self, guint32 number)
{
  g_autoptr (GemingaLink) link = geminga_node_lookup_link (self, number);

  if (link == NULL)
    return;

  if (self->hooks->kill_process != NULL)
    self->hooks->kill_process (self->data, number);
  geminga_link_set_end_reason (link, GEMINGA_EXIT_REASON_KILLED);
  geminga_node_close_link (self, link, GEMINGA_ERROR_DIED, "its process was killed");
}
