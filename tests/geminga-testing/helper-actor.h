/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <geminga-testing.h>

/* An actor that takes its time. */

#define HELPER_TYPE (helper_get_type ())
G_DECLARE_FINAL_TYPE (Helper, helper, TEST, HELPER, GemingaActor)

struct _Helper
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Helper, helper, GEMINGA_TYPE_ACTOR)

static void
wake (GemingaActor *actor, gpointer user_data)
{
  geminga_call_return_value (user_data, NULL);
}

static void
answer_later (GemingaActor *actor, GemingaCall *call, guint interval)
{
  if (geminga_actor_add_timer_func (actor, interval, GEMINGA_TIMER_FLAGS_NONE, wake,
                                    g_object_ref (call), g_object_unref, NULL) == 0)
    g_assert_not_reached ();
}

static void
helper_sleep (GemingaActor *actor, GemingaCall *call)
{
  guint32 interval;

  g_variant_get (geminga_call_get_arguments (call), "(u)", &interval);
  answer_later (actor, call, interval);
}

static const GemingaCommandEntry helper_commands[] = {
  { "Sleep", "(u)", NULL, "interval", NULL, 0, helper_sleep },
};

static void
helper_class_init (HelperClass *klass)
{
  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), helper_commands,
                                    G_N_ELEMENTS (helper_commands));
}

static void
helper_init (Helper *self)
{
}
