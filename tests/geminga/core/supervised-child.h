/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "await.h"

#include <string.h>

/* A child for supervisors, which notes its starts and stops, and misbehaves as it is told. */

#define CHILD_TYPE (child_get_type ())
G_DECLARE_FINAL_TYPE (Child, child, TEST, CHILD, GemingaActor)

struct _Child
{
  GemingaActor parent_instance;

  char *mode; /* (owned) (nullable): "fail-start", "never-ready", "stubborn" */
};

G_DEFINE_FINAL_TYPE (Child, child, GEMINGA_TYPE_ACTOR)

static GString *child_log;

static void
child_note (GemingaActor *actor, char what)
{
  if (child_log != NULL)
    g_string_append_printf (child_log, "%c%s ", what, geminga_actor_get_id (actor));
}

static void
child_fail (GemingaActor *actor)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "broken");

  geminga_actor_fail (actor, error);
}

static void
child_started (GemingaActor *actor)
{
  const char *mode = TEST_CHILD (actor)->mode;

  child_note (actor, '+');
  if (g_strcmp0 (mode, "fail-start") == 0)
    child_fail (actor);
  if (g_strcmp0 (mode, "never-ready") == 0)
    geminga_actor_delay_ready (actor);
}

static void
child_stopping (GemingaActor *actor)
{
  child_note (actor, '-');
  if (g_strcmp0 (TEST_CHILD (actor)->mode, "stubborn") == 0)
    geminga_actor_hold (actor);
}

static void
child_break (GemingaActor *actor, GemingaCall *call)
{
  child_fail (actor);
}

static void
child_become_ready (GemingaActor *actor, GemingaCall *call)
{
  geminga_actor_become_ready (actor);
  geminga_actor_become_ready (actor);
}

static const GemingaCommandEntry child_commands[] = {
  { "Break", NULL, NULL, NULL, NULL, 0, child_break },
  { "BecomeReady", NULL, NULL, NULL, NULL, 0, child_become_ready },
};

static void
child_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  g_free (TEST_CHILD (object)->mode);
  TEST_CHILD (object)->mode = g_value_dup_string (value);
}

static void
child_finalize (GObject *object)
{
  g_free (TEST_CHILD (object)->mode);

  G_OBJECT_CLASS (child_parent_class)->finalize (object);
}

static void
child_class_init (ChildClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->set_property = child_set_property;
  G_OBJECT_CLASS (klass)->finalize = child_finalize;
  actor_class->started = child_started;
  actor_class->stopping = child_stopping;
  geminga_actor_class_add_commands (actor_class, child_commands, G_N_ELEMENTS (child_commands));
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), 1,
      g_param_spec_string ("mode", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
}

static void
child_init (Child *self)
{
}
