/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-watch-private.h"

/* Helpers */

static void
tell (GemingaWatch *self)
{
  geminga_target_post (self->watcher, geminga_message_new (GEMINGA_MESSAGE_TOLD, &self->parent));
}

/* GemingaAsk */

static void
watch_deliver (GemingaAsk *ask, GVariant *result, GUnixFDList *fds, GError *error)
{
  GemingaWatch *self = (GemingaWatch *) ask;

  self->reason = geminga_exit_parse (result, error, &self->error);
  g_clear_pointer (&result, g_variant_unref);
  g_clear_object (&fds);
  g_clear_error (&error);
  tell (self);
}

/* Only that it is ready, or has ended, counts: how it ended is another watch's. */
static void
watch_deliver_plainly (GemingaAsk *ask, GVariant *result, GUnixFDList *fds, GError *error)
{
  GemingaWatch *self = (GemingaWatch *) ask;

  self->error = error;
  g_clear_pointer (&result, g_variant_unref);
  g_clear_object (&fds);
  tell (self);
}

static void
watch_free (GemingaAsk *ask)
{
  GemingaWatch *self = (GemingaWatch *) ask;

  geminga_target_unref (self->watcher);
  geminga_target_unref (self->peer);
  g_clear_error (&self->error);
}

static const GemingaAskClass end_class = { sizeof (GemingaWatch), watch_deliver, watch_free };
static const GemingaAskClass plain_class = { sizeof (GemingaWatch), watch_deliver_plainly,
                                             watch_free };

/* Private API */

GemingaWatch *
geminga_watch_new (GemingaMailbox *watcher,
                   GemingaTarget *peer,
                   GemingaMessageKind kind,
                   GemingaWatchFunc func,
                   gpointer data)
{
  GemingaWatch *self =
      geminga_ask_alloc (kind == GEMINGA_MESSAGE_WATCH ? &end_class : &plain_class);

  self->watcher = geminga_target_ref (&watcher->target);
  self->peer = geminga_target_ref (peer);
  self->func = func;
  self->data = data;
  geminga_target_post (peer, geminga_message_new (kind, &self->parent));

  return self;
}

void
geminga_watch_free (GemingaWatch *self)
{
  self->func = NULL;
  if (!atomic_exchange (&self->parent.is_answered, TRUE))
    geminga_target_post (self->peer, geminga_message_new (GEMINGA_MESSAGE_CANCEL, &self->parent));
  geminga_ask_unref (&self->parent);
}

void
geminga_watch_run (GemingaAsk *ask, GemingaActor *watcher)
{
  GemingaWatch *self = (GemingaWatch *) ask;

  if (self->func != NULL)
    self->func (watcher, self);
}

gboolean
geminga_watch_is (GemingaAsk *ask)
{
  return ask->klass == &end_class;
}

void
geminga_watch_answer (GemingaAsk *ask, GemingaExitReason reason, const GError *error)
{
  GemingaWatch *self = (GemingaWatch *) ask;

  if (atomic_exchange (&ask->is_answered, TRUE))
    return;

  self->reason = reason;
  self->error = error != NULL ? g_error_copy (error) : NULL;
  tell (self);
}
