/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-supervisor.h"

G_BEGIN_DECLS

/* How a supervisor makes, restarts and ends one child. */
typedef struct
{
  char *id; /* (owned) */
  GType type;
  GVariant *properties; /* (owned) (nullable) */
  GemingaPlacement placement;
  GemingaRestart restart;
  int shutdown;        /* milliseconds until it is killed; 0: at once, -1: never */
  guint start_timeout; /* milliseconds until it must be ready; 0: it may take for ever */
  gboolean is_significant;
  guint max_restarts; /* of this child; GEMINGA_RESTART_UNLIMITED: what its supervisor allows */
  guint period;       /* milliseconds; 0: the supervisor's */
} GemingaChildSpec;

/* @options may be NULL. */
GemingaChildSpec *geminga_child_spec_new (const char *id,
                                          GType type,
                                          GVariant *options,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* From an a{sv} with the id and the name of the type among the options. */
GemingaChildSpec *geminga_child_spec_parse (GVariant *spec,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
void geminga_child_spec_free (GemingaChildSpec *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GemingaChildSpec, geminga_child_spec_free)

G_END_DECLS
