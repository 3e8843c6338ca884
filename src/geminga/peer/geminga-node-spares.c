/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-node-state-private.h"

#include "geminga-sandbox-private.h"

/* Processes that wait to become an actor's. */

/* For the node's own files */

GemingaLink *
geminga_node_take_spare (GemingaNode *self, GType type)
{
  /* A process that has begun has threads that a sandbox would not hold, and may be of another user. */
  if (!self->is_root || g_thread_self () != self->thread ||
      geminga_sandbox_peek_for_type (type) != NULL)
    return NULL;

  while (self->spares != NULL && self->spares->len > 0)
    {
      guint32 number = g_array_index (self->spares, guint32, 0);
      g_autoptr (GemingaLink) link = geminga_node_lookup_link (self, number);

      g_array_remove_index (self->spares, 0);
      if (link == NULL || geminga_link_is_closed (link))
        continue;

      if (self->hooks->spare_taken != NULL)
        self->hooks->spare_taken (self->data, number);
      return g_steal_pointer (&link);
    }

  return NULL;
}

/* Private API */

guint32
geminga_node_add_spare (GemingaNode *self, GError **error)
{
  int fd = -1;
  g_autoptr (GemingaLink) link = geminga_node_start_process (self, G_TYPE_INVALID, &fd, error);
  guint32 number;

  if (link == NULL)
    {
      g_prefix_error_literal (error, "Cannot start a spare process: ");
      return 0;
    }

  number = geminga_link_get_node (link);
  if (self->spares == NULL)
    self->spares = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_array_append_val (self->spares, number);

  return number;
}

void
geminga_node_remove_spare (GemingaNode *self, guint32 node)
{
  for (guint i = 0; self->spares != NULL && i < self->spares->len; i++)
    if (g_array_index (self->spares, guint32, i) == node)
      {
        g_array_remove_index (self->spares, i);
        return;
      }
}
