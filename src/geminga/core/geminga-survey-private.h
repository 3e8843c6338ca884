/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-halts-private.h"
#include "geminga-wait-graph-private.h"

G_BEGIN_DECLS

/*
 * GemingaSurvey: what one process knows of who waits for whom, gathered for a GemingaWaitGraph. First it is
 * shown the halts, then the mailboxes, then it lists the asks that were made in the loops where something
 * waits; then it is told the halts again, and ends. For one thread, which may be any.
 *
 * A step is known by a number that no other one has. It is found with its asks if it is that of an open call,
 * or is on a stack; what nobody waits for does not matter.
 */
typedef struct _GemingaSurvey GemingaSurvey;

GemingaSurvey *geminga_survey_new (guint32 node) G_GNUC_WARN_UNUSED_RESULT;
void geminga_survey_free (GemingaSurvey *self);

void geminga_survey_visit_halt (GemingaSurvey *self, const GemingaHalt *halt, gboolean is_fresh);
void geminga_survey_visit_mailbox (GemingaSurvey *self, GemingaMailbox *mailbox);
void geminga_survey_visit_loop (GemingaSurvey *self, GemingaLoop *loop);
void geminga_survey_list_made (GemingaSurvey *self);
void geminga_survey_add_halt (GemingaSurvey *self, const GemingaHalt *halt, gboolean is_fresh);
/* Gives the nodes. */
GVariant *geminga_survey_end (GemingaSurvey *self) G_GNUC_WARN_UNUSED_RESULT;

/* The asks that were listed, all of callers. */
void
geminga_survey_foreach_made (GemingaSurvey *self,
                             void (*func) (GemingaAsk *ask, const char *key, gpointer user_data),
                             gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaSurvey, geminga_survey_free)

G_END_DECLS
