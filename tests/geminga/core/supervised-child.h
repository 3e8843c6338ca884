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

/* A supervisor of such children */

typedef struct
{
  GemingaSystem *system;
  GemingaActorRef *ref; /* (owned): the supervisor */
} Tree;

#define A "{'id': <'a'>, 'type': <'Child'>}"
#define B "{'id': <'b'>, 'type': <'Child'>}"
#define C "{'id': <'c'>, 'type': <'Child'>}"
/* With more options. */
#define A_WITH(options) "{'id': <'a'>, 'type': <'Child'>, " options "}"
#define B_WITH(options) "{'id': <'b'>, 'type': <'Child'>, " options "}"
#define MODE(mode)      "'properties': <{'mode': <'" mode "'>}>"
#define TREE(children)  "'first-delay': <0>, 'children': <<[" children "]>>"

static inline GemingaActorRef *
spawn_supervisor (GemingaSystem *system, const char *id, const char *properties)
{
  g_autofree char *text = g_strdup_printf ("{%s}", properties);
  g_autoptr (GError) error = NULL;
  GVariant *dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  GemingaActorRef *ref;

  g_assert_no_error (error);
  ref = geminga_system_spawn (system, GEMINGA_TYPE_SUPERVISOR, id, GEMINGA_PLACEMENT_SHARED, dict,
                              &error);
  g_variant_unref (dict);
  g_assert_no_error (error);

  return ref;
}

static inline void
tree_init (Tree *self, const char *properties)
{
  child_log = g_string_new (NULL);
  self->system = geminga_system_new ();
  self->ref = spawn_supervisor (self->system, "top", properties);
}

static inline void
tree_init_ready (Tree *self, const char *properties)
{
  g_autoptr (GError) error = NULL;

  tree_init (self, properties);
  g_assert_true (wait_ready (self->ref, &error));
  g_assert_no_error (error);
}

static inline void
tree_clear (Tree *self)
{
  g_clear_object (&self->ref);
  end_system (self->system);
  g_string_free (g_steal_pointer (&child_log), TRUE);
}

static inline void
assert_log (const char *expected)
{
  AWAIT (strlen (child_log->str) >= strlen (expected));
  g_assert_cmpstr (child_log->str, ==, expected);
  g_string_set_size (child_log, 0);
}

static inline GemingaActorRef *
find (Tree *self, const char *id)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_ref_actor (self->system, id, &error);

  g_assert_no_error (error);

  return ref;
}

static inline void
tell (Tree *self, const char *id, const char *command)
{
  g_autoptr (GemingaActorRef) ref = find (self, id);

  geminga_actor_ref_tell (ref, command, NULL, NULL);
}

/* The state of each child: "a running, b stopped, ". */
static inline char *
list_states (GemingaActorRef *ref)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (ref, "ListChildren", NULL, &error);
  g_autoptr (GVariant) list = NULL;
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  list = g_variant_get_child_value (answer, 0);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (list, i);
      const char *id;
      const char *state;

      g_assert_true (g_variant_lookup (child, "id", "&s", &id));
      g_assert_true (g_variant_lookup (child, "state", "&s", &state));
      g_string_append_printf (text, "%s %s, ", id, state);
    }

  return g_string_free (text, FALSE);
}

static inline void
assert_states (GemingaActorRef *ref, const char *expected)
{
  g_autofree char *states = list_states (ref);

  g_assert_cmpstr (states, ==, expected);
}

/* The last record. */
static inline GVariant *
get_record (GemingaActorRef *ref, guint n_records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (ref, "GetRestarts", NULL, &error);
  g_autoptr (GVariant) list = NULL;

  g_assert_no_error (error);
  list = g_variant_get_child_value (answer, 0);
  g_assert_cmpuint (g_variant_n_children (list), ==, n_records);

  return g_variant_get_child_value (list, n_records - 1);
}

static inline void
assert_record (GemingaActorRef *ref,
               guint n_records,
               const char *id,
               const char *reason,
               gboolean was_restarted)
{
  g_autoptr (GVariant) record = get_record (ref, n_records);
  const char *text;
  gboolean is_restarted;
  guint64 time;

  g_assert_true (g_variant_lookup (record, "actor", "&s", &text));
  g_assert_cmpstr (text, ==, id);
  g_assert_true (g_variant_lookup (record, "reason", "&s", &text));
  g_assert_cmpstr (text, ==, reason);
  g_assert_true (g_variant_lookup (record, "restarted", "b", &is_restarted));
  g_assert_cmpint (is_restarted, ==, was_restarted);
  g_assert_true (g_variant_lookup (record, "time", "t", &time));
  g_assert_cmpint (g_get_real_time () - (gint64) time, <, G_TIME_SPAN_MINUTE);
}

static inline void
assert_gives_up (GemingaActorRef *ref, const char *why)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (wait_ended (ref, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED);
  if (strstr (error->message, why) == NULL)
    g_error ("“%s” is not in: %s", why, error->message);
}
