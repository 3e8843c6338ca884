/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-registry-private.h"
#include "geminga-watch-private.h"

G_BEGIN_DECLS

/* What the files of the registry share; nobody else includes this. All of it is in the actor's loop. */

struct _GemingaRegistry
{
  GemingaActor parent_instance;

  GemingaLoop *loop;  /* (owned) (nullable): its own, once it has started */
  GHashTable *actors; /* (owned) (element-type utf8 GemingaListed): by path */
  GHashTable *names;  /* (owned) (element-type utf8 GemingaListed): not owned */
  GHashTable *waits;  /* (owned) (element-type utf8 GPtrArray): by name, of those who wait for it */
  GHashTable *groups; /* (owned) (element-type utf8 GemingaRegistryGroup) */
  guint64 last_version; /* of any group; never used again */
};

/* An actor that has a name or is in a group. */
typedef struct
{
  char *path;           /* (owned) */
  GemingaActorRef *ref; /* (owned) */
  GemingaWatch *watch;  /* (owned) */
  GPtrArray *names;     /* (owned) (element-type utf8) */
  GPtrArray *groups;    /* (owned) (element-type GemingaRegistryGroup): not owned */
} GemingaListed;

/* NULL: there is no such actor, and the call is answered. */
GemingaListed *geminga_registry_list (GemingaRegistry *self, GemingaCall *call, const char *path);
/* The same for an actor that is listed; NULL: it is not. */
GemingaListed *geminga_registry_lookup (GemingaRegistry *self, const char *path);
/* Forgets it, if it has no name and is in no group. */
void geminga_registry_tidy (GemingaRegistry *self, GemingaListed *listed);
/* FALSE: it is no name for an actor or a group, and the call is answered. */
gboolean geminga_registry_check_name (GemingaCall *call, const char *name);
void geminga_registry_emit (GemingaRegistry *self,
                            const char *event,
                            const char *name,
                            GemingaListed *listed);

/* geminga-registry-groups.c */
void geminga_registry_install_group_commands (GemingaActorClass *klass);
void geminga_registry_leave_all (GemingaRegistry *self, GemingaListed *listed);
GHashTable *geminga_registry_groups_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* Answers all who wait for something of a group. */
void geminga_registry_end_groups (GemingaRegistry *self);

G_END_DECLS
