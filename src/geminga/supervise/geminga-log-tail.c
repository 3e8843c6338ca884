/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-log-tail-private.h"

#include <string.h>

/* Helpers */

/* What is there in the order it was written, the first line perhaps without its beginning. */
static char *
dup_text (GemingaLogTail *self, gboolean *is_cut)
{
  guint end = atomic_load_explicit (&self->n_written, memory_order_acquire);
  guint middle = end % GEMINGA_LOG_TAIL_SIZE;
  char *text = g_malloc (GEMINGA_LOG_TAIL_SIZE + 1);
  gsize n_old = end > GEMINGA_LOG_TAIL_SIZE ? GEMINGA_LOG_TAIL_SIZE - middle : 0;
  gsize n_new = end == GEMINGA_LOG_TAIL_SIZE ? end : middle;

  memcpy (text, self->bytes + middle, n_old);
  memcpy (text + n_old, self->bytes, n_new);
  text[n_old + n_new] = '\0';
  *is_cut = n_old > 0;

  return text;
}

/* Public API */

void
geminga_log_tail_append (GemingaLogTail *self, const char *line)
{
  guint end = atomic_load_explicit (&self->n_written, memory_order_relaxed);
  gsize length = strlen (line);
  gsize skipped = length > GEMINGA_LOG_TAIL_SIZE ? length - GEMINGA_LOG_TAIL_SIZE : 0;
  gsize n_first;

  line += skipped;
  length -= skipped;
  n_first = MIN (length, GEMINGA_LOG_TAIL_SIZE - end % GEMINGA_LOG_TAIL_SIZE);
  memcpy (self->bytes + end % GEMINGA_LOG_TAIL_SIZE, line, n_first);
  memcpy (self->bytes, line + n_first, length - n_first);

  /* Where the count would begin anew it stays a number that says that everything is full. */
  if (end > G_MAXUINT - 2 * GEMINGA_LOG_TAIL_SIZE)
    end = GEMINGA_LOG_TAIL_SIZE + end % GEMINGA_LOG_TAIL_SIZE;
  atomic_store_explicit (&self->n_written, end + (guint) length, memory_order_release);
}

GStrv
geminga_log_tail_dup_lines (GemingaLogTail *self, guint max)
{
  gboolean is_cut = FALSE;
  g_autofree char *text = dup_text (self, &is_cut);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_auto (GStrv) lines = g_strsplit (valid, "\n", -1);
  GStrvBuilder *last = g_strv_builder_new ();
  /* What is after the last newline is nothing, or half a line of a process that died in it. */
  guint n = g_strv_length (lines);
  guint first = is_cut ? 1 : 0;
  GStrv found;

  n -= MIN (n, 1);
  for (guint i = n > max ? MAX (first, n - max) : first; i < n; i++)
    g_strv_builder_add (last, lines[i]);
  found = g_strv_builder_end (last);
  g_strv_builder_unref (last);

  return found;
}
