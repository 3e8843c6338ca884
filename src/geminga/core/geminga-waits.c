/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-waits-private.h"

#include "geminga-error.h"
#include "geminga-exit-private.h"

typedef struct
{
  GemingaMessageKind kind;
  GemingaAsk *ask; /* (owned) */
} Wait;

/* Most actors have at most one who waits for its end and one who waits for its start. */
struct _GemingaWaits
{
  guint n_waits;
  guint n_allocated;
  Wait waits[];
};

#define FIRST_SIZE 2u

/* Helpers */

static GemingaWaits *
grow (GemingaWaits *self)
{
  guint n_waits = self != NULL ? self->n_waits : 0;
  guint n_allocated = MAX (FIRST_SIZE, 2 * n_waits);

  self = g_realloc (self, sizeof (GemingaWaits) + n_allocated * sizeof (Wait));
  self->n_waits = n_waits;
  self->n_allocated = n_allocated;

  return self;
}

static void
answer_plain (GemingaAsk *ask, const GError *error)
{
  if (geminga_ask_is_answered (ask))
    return;

  if (error != NULL)
    geminga_ask_answer (ask, NULL, NULL, g_error_copy (error));
  else
    geminga_ask_answer (ask, g_variant_ref (geminga_get_unit ()), NULL, NULL);
}

static void
answer_never_ready (GemingaAsk *ask, GemingaTarget *actor, const GError *failure)
{
  if (failure != NULL)
    answer_plain (ask, failure);
  else
    geminga_ask_answer (ask, NULL, NULL,
                        g_error_new (GEMINGA_ERROR, GEMINGA_ERROR_DIED, "Actor “%s” has ended",
                                     geminga_target_get_id (actor)));
}

/* Private API */

void
geminga_waits_add (GemingaWaits **self, GemingaMessageKind kind, GemingaAsk *ask)
{
  if (*self == NULL || (*self)->n_waits == (*self)->n_allocated)
    *self = grow (*self);

  (*self)->waits[(*self)->n_waits++] = (Wait){ kind, geminga_ask_ref (ask) };
}

void
geminga_waits_forget (GemingaWaits **self, GemingaAsk *ask)
{
  GemingaWaits *waits = *self;

  for (guint i = 0; waits != NULL && i < waits->n_waits; i++)
    if (waits->waits[i].ask == ask)
      {
        waits->waits[i] = waits->waits[--waits->n_waits];
        geminga_ask_unref (ask);
        return;
      }
}

gboolean
geminga_waits_are_empty (GemingaWaits *self)
{
  return self == NULL || self->n_waits == 0;
}

void
geminga_waits_free (GemingaWaits *self)
{
  for (guint i = 0; self != NULL && i < self->n_waits; i++)
    geminga_ask_unref (self->waits[i].ask);
  g_free (self);
}

GemingaWaits *
geminga_waits_steal_ready (GemingaWaits **self)
{
  GemingaWaits *waits = *self;
  GemingaWaits *stolen = NULL;
  guint n_left = 0;

  for (guint i = 0; waits != NULL && i < waits->n_waits; i++)
    {
      Wait wait = waits->waits[i];

      if (wait.kind != GEMINGA_MESSAGE_READY)
        {
          waits->waits[n_left++] = wait;
          continue;
        }
      geminga_waits_add (&stolen, wait.kind, wait.ask);
      geminga_ask_unref (wait.ask);
    }
  if (waits != NULL)
    waits->n_waits = n_left;

  return stolen;
}

void
geminga_waits_answer_ready (GemingaWaits **self)
{
  GemingaWaits *waits = g_steal_pointer (self);

  for (guint i = 0; waits != NULL && i < waits->n_waits; i++)
    answer_plain (waits->waits[i].ask, NULL);
  geminga_waits_free (waits);
}

void
geminga_waits_answer_ended (GemingaWaits **self,
                            GemingaTarget *actor,
                            GemingaExitReason reason,
                            const GError *failure)
{
  GemingaWaits *waits = g_steal_pointer (self);

  for (guint i = 0; waits != NULL && i < waits->n_waits; i++)
    {
      GemingaAsk *ask = waits->waits[i].ask;

      if (waits->waits[i].kind == GEMINGA_MESSAGE_WATCH)
        geminga_exit_answer (ask, reason, failure);
      else if (waits->waits[i].kind == GEMINGA_MESSAGE_EXIT)
        answer_plain (ask, failure);
      else
        answer_never_ready (ask, actor, failure);
    }
  geminga_waits_free (waits);
}
