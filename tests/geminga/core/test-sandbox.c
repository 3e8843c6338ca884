/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-sandbox-private.h"
#include "geminga.h"

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
  g_autoptr (GemingaSandbox) first = geminga_sandbox_new ();
  g_autoptr (GemingaSandbox) sandbox = geminga_sandbox_new ();

  geminga_sandbox_set_required (sandbox, TRUE);
  geminga_actor_class_set_sandbox (GEMINGA_ACTOR_CLASS (klass), first);
  geminga_actor_class_set_sandbox (GEMINGA_ACTOR_CLASS (klass), sandbox);
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
}

static void
child_init (Child *self)
{
}

#define FREE_TYPE (free_child_get_type ())
G_DECLARE_FINAL_TYPE (FreeChild, free_child, TEST, FREE_CHILD, Parent)

struct _FreeChild
{
  Parent parent_instance;
};

G_DEFINE_FINAL_TYPE (FreeChild, free_child, PARENT_TYPE)

static void
free_child_class_init (FreeChildClass *klass)
{
  geminga_actor_class_set_sandbox (GEMINGA_ACTOR_CLASS (klass), NULL);
}

static void
free_child_init (FreeChild *self)
{
}

static void
assert_described (GemingaSandbox *sandbox, const char *wanted)
{
  g_autoptr (GVariant) description = geminga_sandbox_to_variant (sandbox);
  g_autoptr (GVariant) parsed = g_variant_ref_sink (g_variant_new_parsed (wanted));
  GVariantDict dict;
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_assert_false (g_variant_is_floating (description));
  g_assert_cmpuint (g_variant_n_children (description), ==, g_variant_n_children (parsed));
  g_variant_dict_init (&dict, description);
  g_variant_iter_init (&iter, parsed);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) found = g_variant_dict_lookup_value (&dict, name, NULL);

      g_test_message ("%s", name);
      g_assert_nonnull (found);
      g_assert_cmpvariant (found, value);
    }
  g_variant_dict_clear (&dict);
}

static void
test_new (void)
{
  g_autoptr (GemingaSandbox) sandbox = geminga_sandbox_new ();

  assert_described (sandbox, "{'required': <false>, 'no-new-privs': <false>}");
  g_assert_false (geminga_sandbox_has_limits (sandbox));
  geminga_sandbox_deny_paths (sandbox);
  assert_described (sandbox, "{'required': <false>, 'no-new-privs': <true>, "
                             "'read-paths': <@aay []>, 'write-paths': <@aay []>}");
}

static void
test_set (void)
{
  g_autoptr (GemingaSandbox) sandbox = geminga_sandbox_new ();

  geminga_sandbox_set_required (sandbox, TRUE);
  geminga_sandbox_set_user (sandbox, "somebody");
  geminga_sandbox_set_user (sandbox, "nobody");
  geminga_sandbox_set_no_new_privs (sandbox, TRUE);
  geminga_sandbox_add_read_path (sandbox, "/usr");
  geminga_sandbox_add_write_path (sandbox, "/var/tmp");
  geminga_sandbox_allow_system_calls (sandbox, (const char *const[]){ "@io", NULL });
  geminga_sandbox_allow_system_calls (sandbox, (const char *const[]){ "ptrace", NULL });
  geminga_sandbox_set_system_call_action (sandbox, GEMINGA_SYSTEM_CALL_ACTION_FAIL);
  geminga_sandbox_set_memory_max (sandbox, 4294967296);
  geminga_sandbox_set_cpu_quota (sandbox, 150);
  geminga_sandbox_set_tasks_max (sandbox, 10);
  g_assert_true (geminga_sandbox_has_limits (sandbox));
  assert_described (sandbox, "{'required': <true>, 'no-new-privs': <true>, 'user': <'nobody'>, "
                             "'read-paths': <[b'/usr']>, 'write-paths': <[b'/var/tmp']>, "
                             "'system-calls': <['@io', 'ptrace']>, 'system-call-action': <'fail'>, "
                             "'memory-max': <uint64 4294967296>, 'cpu-quota': <uint32 150>, "
                             "'tasks-max': <uint32 10>}");
}

static void
test_boxed (void)
{
  g_autoptr (GemingaSandbox) sandbox = geminga_sandbox_new ();
  GemingaSandbox *copy = g_boxed_copy (GEMINGA_TYPE_SANDBOX, sandbox);

  g_assert_true (copy == sandbox);
  g_boxed_free (GEMINGA_TYPE_SANDBOX, copy);
  assert_described (sandbox, "{'required': <false>, 'no-new-privs': <false>}");
}

static void
test_wrong (gconstpointer data)
{
  if (g_test_subprocess ())
    {
      g_autoptr (GemingaSandbox) sandbox = geminga_sandbox_new ();

      g_log_set_always_fatal (0);
      g_log_set_fatal_mask (G_LOG_DOMAIN, 0);
      if (GPOINTER_TO_INT (data) == 0)
        geminga_sandbox_add_read_path (sandbox, "usr");
      else if (GPOINTER_TO_INT (data) == 1)
        geminga_sandbox_add_write_path (sandbox, "");
      else
        geminga_sandbox_set_user (sandbox, "");
      assert_described (sandbox, "{'required': <false>, 'no-new-privs': <false>}");
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*CRITICAL*geminga_sandbox_*");
}

static void
test_classes (void)
{
  g_autoptr (GemingaActorClass) parent = g_type_class_ref (PARENT_TYPE);
  g_autoptr (GemingaActorClass) child = g_type_class_ref (CHILD_TYPE);
  GemingaSandbox *sandbox = geminga_actor_class_get_sandbox (parent);

  assert_described (sandbox, "{'required': <true>, 'no-new-privs': <false>}");
  g_assert_true (geminga_actor_class_get_sandbox (child) == sandbox);
  g_assert_true (geminga_sandbox_peek_for_type (CHILD_TYPE) == sandbox);
  g_assert_null (geminga_sandbox_peek_for_type (FREE_TYPE));
  g_assert_null (geminga_sandbox_peek_for_type (GEMINGA_TYPE_ACTOR));
  g_assert_null (geminga_sandbox_peek_for_type (G_TYPE_OBJECT));
  g_assert_null (geminga_sandbox_peek_for_type (G_TYPE_INVALID));
}

/* Without a process of its own it has no sandbox. */
static void
test_placements (void)
{
  static const GemingaPlacement placements[] = { GEMINGA_PLACEMENT_SHARED,
                                                 GEMINGA_PLACEMENT_THREAD };
  g_autoptr (GemingaSystem) system = geminga_system_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (placements); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          geminga_system_spawn (system, CHILD_TYPE, "child", placements[i], NULL, &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_UNSUPPORTED_PLACEMENT);
      g_assert_cmpstr (error->message, ==,
                       "Actors of class Child must have their sandbox, and with it a process of "
                       "their own");
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/sandbox/new", test_new);
  g_test_add_func ("/core/sandbox/set", test_set);
  g_test_add_func ("/core/sandbox/boxed", test_boxed);
  g_test_add_data_func ("/core/sandbox/wrong/read-path", GINT_TO_POINTER (0), test_wrong);
  g_test_add_data_func ("/core/sandbox/wrong/write-path", GINT_TO_POINTER (1), test_wrong);
  g_test_add_data_func ("/core/sandbox/wrong/user", GINT_TO_POINTER (2), test_wrong);
  g_test_add_func ("/core/sandbox/classes", test_classes);
  g_test_add_func ("/core/sandbox/placements", test_placements);

  return g_test_run ();
}
