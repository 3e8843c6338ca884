/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * GemingaWishes: who waits for what until the workers of a service are as they shall be. Each is told
 * once: that it is done, that it failed, or that somebody wished for something else meanwhile.
 */
typedef struct _GemingaWishes GemingaWishes;

typedef enum
{
  GEMINGA_WISH_START,
  GEMINGA_WISH_SCALE,
  GEMINGA_WISH_REPLACE,
  GEMINGA_WISH_STOP,
} GemingaWish;

typedef enum
{
  GEMINGA_OUTCOME_DONE,
  GEMINGA_OUTCOME_FAILED,
  GEMINGA_OUTCOME_SUPERSEDED,
} GemingaOutcome;

/* @failure is NULL if it is done. */
typedef void (*GemingaWishFunc) (gpointer data, GemingaOutcome outcome, const char *failure);

GemingaWishes *geminga_wishes_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* Nobody waits any more. */
void geminga_wishes_free (GemingaWishes *self);

/* @n_workers is the number of workers that it leads to. */
void geminga_wishes_add (GemingaWishes *self,
                         GemingaWish wish,
                         guint n_workers,
                         GemingaWishFunc func,
                         gpointer data);
/* Tells all. */
void geminga_wishes_finish (GemingaWishes *self, GemingaOutcome outcome, const char *failure);
/* Tells those that will not get what they wait for, now that somebody has another wish; @by says which. */
void
geminga_wishes_supersede (GemingaWishes *self, GemingaWish wish, guint n_workers, const char *by);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaWishes, geminga_wishes_free)

G_END_DECLS
