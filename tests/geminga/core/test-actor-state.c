/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"
#include "ledger-actor.h"
#include "sample-actor.h"

#include <string.h>

#include "geminga-actor-state-private.h"

/* A class that is derived from another one, as a new version of it may be. */

#define PARENT_TYPE (parent_get_type ())
G_DECLARE_DERIVABLE_TYPE (Parent, parent, TEST, PARENT, GemingaActor)

struct _ParentClass
{
  GemingaActorClass parent_class;
};

G_DEFINE_TYPE (Parent, parent, GEMINGA_TYPE_ACTOR)

static void
parent_class_init (ParentClass *klass)
{
  geminga_actor_class_add_state_entry (GEMINGA_ACTOR_CLASS (klass), "count", "u");
}

static void
parent_init (Parent *self)
{
}

#define CHILD_TYPE (child_get_type ())
G_DECLARE_FINAL_TYPE (Child, child, TEST, CHILD, Parent)

struct _Child
{
  Parent parent_instance;
};

G_DEFINE_FINAL_TYPE (Child, child, PARENT_TYPE)

static void
child_class_init (ChildClass *klass)
{
  geminga_actor_class_add_state_entry (GEMINGA_ACTOR_CLASS (klass), "count", "t");
  geminga_actor_class_add_state_entry (GEMINGA_ACTOR_CLASS (klass), "names", "as");
}

static void
child_init (Child *self)
{
}

static void
assert_state (GType type, const char *expected)
{
  g_autoptr (GemingaActorClass) klass = g_type_class_ref (type);
  g_autoptr (GVariant) state = geminga_actor_class_describe_state (klass);
  g_autofree char *text = g_variant_print (state, FALSE);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_entries (void)
{
  assert_state (SAMPLE_TYPE, "{}");
  assert_state (PARENT_TYPE, "{'count': 'u'}");
  assert_state (CHILD_TYPE, "{'count': 't', 'names': 'as'}");
  assert_state (PARENT_TYPE, "{'count': 'u'}");
  g_assert_true (geminga_actor_class_saves_state (LEDGER_TYPE));
  g_assert_false (geminga_actor_class_saves_state (SAMPLE_TYPE));
}

static void
test_restore (void)
{
  g_autoptr (GemingaActor) actor = g_object_new (LEDGER_TYPE, NULL);
  g_autoptr (GVariant) good = g_variant_ref_sink (g_variant_new_parsed ("{'count': <uint32 3>}"));
  g_autoptr (GVariant) wrong = g_variant_ref_sink (g_variant_new_parsed ("{'count': <'three'>}"));
  g_autoptr (GVariant) unknown = g_variant_ref_sink (g_variant_new_parsed ("{'size': <3>}"));
  g_autoptr (GemingaActor) plain = g_object_new (SAMPLE_TYPE, NULL);
  g_autoptr (GVariant) saved = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (geminga_actor_run_restore_state (actor, good, &error));
  g_assert_no_error (error);
  saved = geminga_actor_run_save_state (actor, &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (saved, "count", "u", NULL));

  g_assert_false (geminga_actor_run_restore_state (actor, wrong, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_STATE_REFUSED);
  g_assert_nonnull (strstr (error->message, "“count” is of type “s”, not “u”"));
  g_clear_error (&error);
  g_assert_false (geminga_actor_run_restore_state (actor, unknown, &error));
  g_assert_nonnull (strstr (error->message, "“size” is no entry"));
  g_clear_error (&error);
  g_assert_false (geminga_actor_run_restore_state (plain, good, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_STATE_REFUSED);
  g_assert_nonnull (strstr (error->message, "class Sample restores none"));
  g_clear_error (&error);
  g_assert_null (geminga_actor_run_save_state (plain, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/actor-state/entries", test_entries);
  g_test_add_func ("/core/actor-state/restore", test_restore);

  return g_test_run ();
}
