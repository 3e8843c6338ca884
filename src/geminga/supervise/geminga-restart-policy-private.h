/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a supervised child ended. */
typedef enum
{
  GEMINGA_END_WISHED, /* it was asked to, or did so by itself and in order */
  GEMINGA_END_KILLED, /* somebody killed it while it worked: that says nothing about the program */
  GEMINGA_END_FAILED, /* it crashed, failed, hung or did not get ready */
} GemingaEnd;

/*
 * GemingaRestartPolicy: when a child that has ended is started again. The first failure is mended at
 * once, the next ones wait 100 ms, 200 ms, 400 ms … up to 30 s, each a quarter more or less at random so
 * that siblings do not start all together. More than @limit failures within a minute are too many.
 * Being killed from outside counts a quarter of a failure and does not wait.
 */
typedef struct
{
  guint limit;    /* failures in a minute */
  GRand *random;  /* (owned) */
  GArray *recent; /* (owned): of the last minute */
} GemingaRestartPolicy;

void geminga_restart_policy_init (GemingaRestartPolicy *self, guint limit, guint32 seed);
void geminga_restart_policy_clear (GemingaRestartPolicy *self);

/* Times are monotonic microseconds. FALSE: do not start it again. */
gboolean
geminga_restart_policy_next (GemingaRestartPolicy *self, GemingaEnd end, gint64 now, gint64 *delay);
/* Forgets what was: somebody changed something. */
/* The next start would not have to wait, however the last one ends. */
gboolean geminga_restart_policy_is_calm (GemingaRestartPolicy *self, gint64 now);
void geminga_restart_policy_reset (GemingaRestartPolicy *self);
/* Failures in the last minute, for messages. */
guint geminga_restart_policy_count (GemingaRestartPolicy *self);

G_END_DECLS
