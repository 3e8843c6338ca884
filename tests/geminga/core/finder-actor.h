/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "await.h"

/* An actor that finds others by name and talks to groups, in any placement. */

#define FINDER_TYPE (finder_get_type ())
G_DECLARE_FINAL_TYPE (Finder, finder, TEST, FINDER, GemingaActor)

struct _Finder
{
  GemingaActor parent_instance;

  GHashTable *groups; /* (owned) (element-type utf8 GemingaGroup) */
  guint32 first;      /* step */
  guint32 next;
  gboolean is_out_of_order;
};

G_DEFINE_FINAL_TYPE (Finder, finder, GEMINGA_TYPE_ACTOR)

static GemingaGroup *
finder_get_group (Finder *self, const char *name)
{
  GemingaGroup *group = g_hash_table_lookup (self->groups, name);

  if (group == NULL)
    {
      group = geminga_group_new (geminga_actor_get_system (GEMINGA_ACTOR (self)), name);
      g_hash_table_insert (self->groups, g_strdup (name), group);
    }

  return group;
}

static void
finder_answer (GemingaCall *call, gboolean is_done, const GError *error)
{
  if (is_done)
    geminga_call_return_value (call, NULL);
  else
    geminga_call_return_error (call, error);
}

static void
finder_joined_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaCall) call = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = geminga_group_join_finish (GEMINGA_GROUP (source), result, &error);

  finder_answer (call, is_done, error);
}

static void
finder_join (GemingaActor *actor, GemingaCall *call)
{
  const char *name;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &name);
  geminga_group_join_async (finder_get_group (TEST_FINDER (actor), name),
                            geminga_actor_get_address (actor), NULL, finder_joined_cb,
                            g_object_ref (call));
}

static void
finder_left_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaCall) call = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = geminga_group_leave_finish (GEMINGA_GROUP (source), result, &error);

  finder_answer (call, is_done, error);
}

static void
finder_leave (GemingaActor *actor, GemingaCall *call)
{
  const char *name;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &name);
  geminga_group_leave_async (finder_get_group (TEST_FINDER (actor), name),
                             geminga_actor_get_address (actor), NULL, finder_left_cb,
                             g_object_ref (call));
}

static void
finder_publish (GemingaActor *actor, GemingaCall *call)
{
  guint32 first;
  guint32 count;
  const char *name;

  g_variant_get (geminga_call_get_arguments (call), "(&suu)", &name, &first, &count);
  for (guint32 i = first; i < first + count; i++)
    geminga_group_publish (finder_get_group (TEST_FINDER (actor), name), "Step",
                           g_variant_new ("(u)", i), NULL);
  geminga_call_return_value (call, NULL);
}

static void
finder_counted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaCall) call = user_data;
  g_autoptr (GError) error = NULL;

  if (geminga_group_wait_ready_finish (GEMINGA_GROUP (source), result, &error))
    geminga_call_return_value (
        call, g_variant_new_uint32 (g_list_model_get_n_items (G_LIST_MODEL (source))));
  else
    geminga_call_return_error (call, error);
}

static void
finder_count (GemingaActor *actor, GemingaCall *call)
{
  const char *name;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &name);
  geminga_group_wait_ready_async (finder_get_group (TEST_FINDER (actor), name), NULL,
                                  finder_counted_cb, g_object_ref (call));
}

static void
finder_registered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaCall) call = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = geminga_system_register_name_finish (GEMINGA_SYSTEM (source), result, &error);

  finder_answer (call, is_done, error);
}

static void
finder_register (GemingaActor *actor, GemingaCall *call)
{
  const char *name;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &name);
  geminga_system_register_name_async (geminga_actor_get_system (actor), name,
                                      geminga_actor_get_address (actor), NULL, finder_registered_cb,
                                      g_object_ref (call));
}

static void
finder_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) ref =
      geminga_system_lookup_name_finish (GEMINGA_SYSTEM (source), result, &error);

  if (ref != NULL)
    geminga_call_return_value (call, g_variant_new_object_path (geminga_actor_ref_get_path (ref)));
  else
    geminga_call_return_error (call, error);
}

static void
finder_find (GemingaActor *actor, GemingaCall *call)
{
  const char *name;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &name);
  geminga_system_lookup_name_async (geminga_actor_get_system (actor), name, NULL, finder_found_cb,
                                    g_object_ref (call));
}

static void
finder_step (GemingaActor *actor, GemingaCall *call)
{
  Finder *self = TEST_FINDER (actor);
  guint32 number;

  g_variant_get (geminga_call_get_arguments (call), "(u)", &number);
  if (self->next == 0)
    self->first = self->next = number;
  if (number != self->next++)
    self->is_out_of_order = TRUE;
  geminga_call_return_value (call, NULL);
}

static void
finder_steps (GemingaActor *actor, GemingaCall *call)
{
  Finder *self = TEST_FINDER (actor);

  geminga_call_return_value (
      call, g_variant_new ("(uub)", self->first, self->next, !self->is_out_of_order));
}

static void
finder_asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  if (answer != NULL)
    geminga_call_return_value (call, answer);
  else
    geminga_call_return_error (call, error);
}

/* What another one has got: asked by who published, the question comes after that. */
static void
finder_steps_of (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GError) error = NULL;
  const char *path;

  g_variant_get (geminga_call_get_arguments (call), "(&o)", &path);
  ref = geminga_system_ref_actor (geminga_actor_get_system (actor), path, &error);
  if (ref == NULL)
    geminga_call_return_error (call, error);
  else
    geminga_actor_ref_ask_async (ref, "Steps", NULL, -1, NULL, finder_asked_cb,
                                 g_object_ref (call));
}

static void
finder_stopping (GemingaActor *actor)
{
  g_hash_table_remove_all (TEST_FINDER (actor)->groups);
}

static void
finder_finalize (GObject *object)
{
  g_hash_table_unref (TEST_FINDER (object)->groups);

  G_OBJECT_CLASS (finder_parent_class)->finalize (object);
}

static const GemingaCommandEntry finder_commands[] = {
  { "Join", "(s)", NULL, "group", NULL, 0, finder_join },
  { "Leave", "(s)", NULL, "group", NULL, 0, finder_leave },
  { "Publish", "(suu)", NULL, "group first count", NULL, 0, finder_publish },
  { "Count", "(s)", "u", "group", NULL, 0, finder_count },
  { "Register", "(s)", NULL, "name", NULL, 0, finder_register },
  { "Find", "(s)", "o", "name", NULL, 0, finder_find },
  { "Step", "(u)", NULL, "number", NULL, 0, finder_step },
  { "Steps", NULL, "(uub)", NULL, NULL, 0, finder_steps },
  { "StepsOf", "(o)", "(uub)", "path", NULL, 0, finder_steps_of },
};

static void
finder_class_init (FinderClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finder_finalize;
  actor_class->stopping = finder_stopping;
  geminga_actor_class_set_interface_name (actor_class, "org.example.Finder1");
  geminga_actor_class_set_mailbox_limit (actor_class, 100000);
  geminga_actor_class_add_commands (actor_class, finder_commands, G_N_ELEMENTS (finder_commands));
}

static void
finder_init (Finder *self)
{
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}
