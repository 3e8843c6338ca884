/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-remote-private.h"

#include "geminga-actor-ref-private.h"
#include "geminga-dead-letters-private.h"
#include "geminga-error.h"
#include "geminga-exit-private.h"

struct _GemingaRemote
{
  GemingaTarget target;

  GemingaNode *node; /* (owned) */
  char *path;        /* (owned) */
  gboolean has_process;
  _Atomic (GemingaLink *) link; /* (owned) (nullable), set once */

  atomic_bool has_ended;
  GError *failure;          /* (owned) (nullable), written before has_ended is set */
  GemingaExitReason reason; /* the same */
};

/* Helpers */

static GemingaLink *
get_link (GemingaRemote *self, GError **error)
{
  GemingaLink *link = atomic_load (&self->link);
  GemingaLink *expected = NULL;

  if (link != NULL)
    return link;

  link = geminga_node_ref_link (self->node, self->target.node, error);
  if (link == NULL)
    return NULL;
  if (atomic_compare_exchange_strong (&self->link, &expected, link))
    return link;

  geminga_link_unref (link);

  return expected;
}

static GVariant *
new_nothing (void)
{
  return g_variant_ref_sink (g_variant_new_tuple (NULL, 0));
}

/* As a mailbox answers when its actor has ended. */
static void
answer_ended (GemingaRemote *self, GemingaMessage *message)
{
  const char *id = self->target.id;

  geminga_dead_letters_note (&self->target, message, GEMINGA_DEAD_LETTER_REASON_ENDED);
  if (message->ask != NULL && message->kind == GEMINGA_MESSAGE_WATCH)
    geminga_exit_answer (message->ask, self->reason, self->failure);
  if (message->ask != NULL && message->kind == GEMINGA_MESSAGE_EXIT && self->failure == NULL)
    geminga_ask_answer (message->ask, new_nothing (), NULL, NULL);
  else if (message->ask != NULL && message->kind != GEMINGA_MESSAGE_CALL &&
           message->kind != GEMINGA_MESSAGE_TELL && self->failure != NULL)
    geminga_ask_answer (message->ask, NULL, NULL, g_error_copy (self->failure));

  if (message->kind == GEMINGA_MESSAGE_READY)
    geminga_message_refuse (message, GEMINGA_ERROR_DIED, "Actor “%s” has ended", id);
  else
    geminga_message_refuse (message, GEMINGA_ERROR_NO_SUCH_ACTOR, "There is no actor “%s” any more",
                            id);
}

static void
watch_ended (gpointer data, GVariant *result, GUnixFDList *fds, const GError *error)
{
  GemingaRemote *self = data;

  self->reason = geminga_exit_parse (result, error, &self->failure);
  atomic_store (&self->has_ended, TRUE);
}

/* GemingaTarget */

static void
remote_post (GemingaTarget *target, GemingaMessage *message)
{
  GemingaRemote *self = (GemingaRemote *) target;
  g_autoptr (GError) error = NULL;
  GemingaLink *link;

  if (atomic_load (&self->has_ended))
    {
      answer_ended (self, message);
      return;
    }

  link = get_link (self, &error);
  if (link == NULL)
    {
      geminga_dead_letters_note (target, message, GEMINGA_DEAD_LETTER_REASON_ENDED);
      geminga_message_refuse (message, error->code, "%s", error->message);
      return;
    }

  if (message->kind == GEMINGA_MESSAGE_KILL && (self->has_process || !self->node->is_root))
    geminga_node_kill_soon (self->node, target->node, self->has_process ? NULL : target->id);
  geminga_link_post (link, target, self->path, message);
}

static void
remote_free (GemingaTarget *target)
{
  GemingaRemote *self = (GemingaRemote *) target;
  GemingaLink *link = atomic_load (&self->link);

  g_clear_pointer (&link, geminga_link_unref);
  g_clear_pointer (&self->node, geminga_node_unref);
  g_clear_error (&self->failure);
  g_free (self->path);
  g_free (self);
}

static gboolean
remote_has_ended (GemingaTarget *target)
{
  return atomic_load (&((GemingaRemote *) target)->has_ended);
}

static const GemingaTargetClass remote_class = { remote_post, remote_free, remote_has_ended };

/* Private API */

GemingaRemote *
geminga_remote_new (GemingaNode *node,
                    guint32 number,
                    const char *id,
                    GemingaLink *link,
                    gboolean has_process)
{
  GemingaRemote *self = g_new0 (GemingaRemote, 1);

  geminga_target_init (&self->target, &remote_class, node->system, number, id);
  self->node = geminga_node_ref (node);
  self->path = geminga_target_dup_path (&self->target);
  self->has_process = has_process;
  atomic_init (&self->link, link != NULL ? geminga_link_ref (link) : NULL);
  atomic_init (&self->has_ended, FALSE);

  return self;
}

GemingaTarget *
geminga_remote_get_target (GemingaRemote *self)
{
  return &self->target;
}

void
geminga_remote_watch (GemingaRemote *self)
{
  g_autoptr (GemingaAsk) ask = geminga_link_request_new (self->node->context, watch_ended,
                                                         geminga_target_ref (&self->target),
                                                         (GDestroyNotify) geminga_target_unref);

  geminga_target_post (&self->target, geminga_message_new (GEMINGA_MESSAGE_WATCH, ask));
}
