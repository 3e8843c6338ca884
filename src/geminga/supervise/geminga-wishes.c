/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-wishes-private.h"

typedef struct
{
  GemingaWish wish;
  guint n_workers;
  GemingaWishFunc func;
  gpointer data;
} Waiting;

struct _GemingaWishes
{
  GArray *waiting; /* (owned) (element-type Waiting), oldest first */
};

/* Helpers */

static GArray *
new_list (void)
{
  return g_array_new (FALSE, FALSE, sizeof (Waiting));
}

/* Who is told may wish for something at once. */
static GArray *
take_all (GemingaWishes *self)
{
  GArray *waiting = self->waiting;

  self->waiting = new_list ();

  return waiting;
}

/* Starting, scaling and replacing can all be had together, except for two numbers. */
static gboolean
is_compatible (const Waiting *waiting, GemingaWish wish, guint n_workers)
{
  if (wish == GEMINGA_WISH_STOP || waiting->wish == GEMINGA_WISH_STOP)
    return wish == waiting->wish;

  return wish != GEMINGA_WISH_SCALE || waiting->wish != GEMINGA_WISH_SCALE ||
         waiting->n_workers == n_workers;
}

/* Private API */

GemingaWishes *
geminga_wishes_new (void)
{
  GemingaWishes *self = g_new0 (GemingaWishes, 1);

  self->waiting = new_list ();

  return self;
}

void
geminga_wishes_free (GemingaWishes *self)
{
  g_array_unref (self->waiting);
  g_free (self);
}

void
geminga_wishes_add (GemingaWishes *self,
                    GemingaWish wish,
                    guint n_workers,
                    GemingaWishFunc func,
                    gpointer data)
{
  Waiting waiting = { wish, n_workers, func, data };

  g_array_append_val (self->waiting, waiting);
}

void
geminga_wishes_finish (GemingaWishes *self, GemingaOutcome outcome, const char *failure)
{
  g_autoptr (GArray) waiting = take_all (self);

  for (guint i = 0; i < waiting->len; i++)
    {
      Waiting *one = &g_array_index (waiting, Waiting, i);

      one->func (one->data, outcome, failure);
    }
}

void
geminga_wishes_supersede (GemingaWishes *self, GemingaWish wish, guint n_workers, const char *by)
{
  g_autoptr (GArray) waiting = take_all (self);
  g_autofree char *failure = g_strdup_printf ("Superseded: %s", by);

  for (guint i = 0; i < waiting->len; i++)
    {
      Waiting *one = &g_array_index (waiting, Waiting, i);

      if (is_compatible (one, wish, n_workers))
        g_array_append_val (self->waiting, *one);
      else
        one->func (one->data, GEMINGA_OUTCOME_SUPERSEDED, failure);
    }
}
