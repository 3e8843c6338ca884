/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-link-state-private.h"

/* For the link's own files */

char *
geminga_link_make_key (guint32 from, guint32 to, guint32 serial)
{
  return g_strdup_printf ("call:%u:%u:%u", from, to, serial);
}

/* Private API */

void
geminga_link_survey (GemingaLink *self, GVariantBuilder *nodes)
{
  guint32 node;
  GHashTableIter iter;
  gpointer serial;
  gpointer value;

  if (self->system == NULL)
    return;

  node = geminga_system_get_node (self->system);
  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, &serial, &value))
    {
      GemingaPending *pending = value;
      g_autofree char *key = geminga_ask_dup_key (pending->ask, node);
      g_autofree char *call = geminga_link_make_key (node, self->node, GPOINTER_TO_UINT (serial));
      const char *const waited_for[] = { call, NULL };
      const char *const above[] = { NULL };

      if (key != NULL && !geminga_ask_is_answered (pending->ask))
        g_variant_builder_add (nodes, "(sss^as^asb)", key, "", "", waited_for, above, TRUE);
    }
}
