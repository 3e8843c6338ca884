/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await-finalized.h"
#include "finder-actor.h"

#include <string.h>

/* What a list tells of its changes: "position-removed+added" and a space each. */
static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  g_string_append_printf (user_data, "%u-%u+%u ", position, removed, added);
}

static GemingaActorRef *
spawn (GemingaSystem *system, const char *id, GemingaPlacement placement)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_spawn (system, FINDER_TYPE, id, placement, NULL, &error);

  g_assert_no_error (error);

  return ref;
}

static gboolean
join (GemingaGroup *group, GemingaActorRef *ref, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_group_join_async (group, ref, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return geminga_group_join_finish (group, result, error);
}

static gboolean
leave (GemingaGroup *group, GemingaActorRef *ref, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_group_leave_async (group, ref, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return geminga_group_leave_finish (group, result, error);
}

static gboolean
wait_group (GemingaGroup *group, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  geminga_group_wait_ready_async (group, NULL, keep_result_cb, &result);
  AWAIT (result != NULL);

  return geminga_group_wait_ready_finish (group, result, error);
}

static void
assert_steps (GemingaActorRef *ref, guint32 from, guint32 to)
{
  g_autoptr (GVariant) answer = ask (ref, "Steps", NULL, NULL);
  guint32 first;
  guint32 next;
  gboolean is_in_order;

  g_variant_get (answer, "(uub)", &first, &next, &is_in_order);
  g_assert_cmpuint (first, ==, from);
  g_assert_cmpuint (next, ==, to);
  g_assert_true (is_in_order);
}

static void
assert_list (gpointer group, const char *expected)
{
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (group); i++)
    {
      g_autoptr (GemingaActorRef) ref = g_list_model_get_item (group, i);

      g_string_append_printf (ids, "%s ", geminga_actor_ref_get_id (ref));
    }
  g_assert_cmpstr (ids->str, ==, expected);
  g_assert_null (g_list_model_get_item (group, g_list_model_get_n_items (group)));
}

static void
test_properties (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  GemingaGroup *group = geminga_group_new (system, "room");
  g_autofree char *name = NULL;
  GemingaSystem *got = NULL;

  g_object_get (group, "name", &name, "system", &got, NULL);
  g_assert_cmpstr (name, ==, "room");
  g_assert_cmpstr (geminga_group_get_name (group), ==, "room");
  g_assert_true (got == system && geminga_group_get_system (group) == system);
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (group)) == GEMINGA_TYPE_ACTOR_REF);
  g_object_unref (got);
  await_finalized (group);
  end_system (g_steal_pointer (&system));
}

static void
test_publish (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  GemingaGroup *group = geminga_group_new (system, "room");
  GemingaGroup *same = geminga_group_new (system, "room");
  g_autoptr (GemingaActorRef) one = spawn (system, "one", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GemingaActorRef) two = spawn (system, "two", GEMINGA_PLACEMENT_THREAD);
  g_autoptr (GError) error = NULL;

  g_assert_true (join (group, one, &error));
  g_assert_true (join (same, two, &error));
  g_assert_true (join (same, two, &error));
  for (guint32 i = 1; i <= 10; i++)
    g_assert_true (
        geminga_group_publish (i % 2 == 0 ? group : same, "Step", g_variant_new ("(u)", i), NULL));
  assert_steps (one, 1, 11);
  assert_steps (two, 1, 11);

  g_assert_true (geminga_group_publish (group, "Ping", NULL, &error));
  g_assert_false (geminga_group_publish (group, "Step", g_variant_new_uint32 (1), &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
  g_assert_cmpstr (error->message, ==, "Arguments of Step must be a tuple, not “u”");
  g_clear_error (&error);

  g_assert_true (leave (group, one, &error));
  g_assert_false (leave (group, one, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_assert_cmpstr (error->message, ==, "Group “room” has no member /org/geminga1/node/0/one");
  geminga_group_publish (group, "Step", g_variant_new ("(u)", 11), NULL);
  assert_steps (one, 1, 11);
  assert_steps (two, 1, 12);
  await_finalized (group);
  g_object_unref (same);
  end_system (g_steal_pointer (&system));
}

/* Nothing is lost while the members are not known, and what follows does not overtake it. */
static void
test_publish_early (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaGroup) other = geminga_group_new (system, "room");
  g_autoptr (GemingaActorRef) member = spawn (system, "one", GEMINGA_PLACEMENT_THREAD);
  GemingaGroup *group;

  g_assert_true (join (other, member, NULL));
  g_clear_object (&other);
  group = geminga_group_new (system, "room");
  for (guint32 i = 1; i <= 5; i++)
    geminga_group_publish (group, "Step", g_variant_new ("(u)", i), NULL);
  g_assert_true (wait_group (group, NULL));
  for (guint32 i = 6; i <= 10; i++)
    geminga_group_publish (group, "Step", g_variant_new ("(u)", i), NULL);
  assert_steps (member, 1, 11);
  g_object_unref (group);
  end_system (g_steal_pointer (&system));
}

static void
test_list (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  GemingaGroup *group = geminga_group_new (system, "room");
  g_autoptr (GemingaActorRef) one = spawn (system, "one", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GemingaActorRef) two = spawn (system, "two", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GemingaActorRef) three = spawn (system, "three", GEMINGA_PLACEMENT_THREAD);
  g_autoptr (GPtrArray) members = NULL;
  g_autoptr (GString) changes = g_string_new (NULL);

  g_signal_connect (group, "items-changed", G_CALLBACK (on_items_changed), changes);
  g_assert_true (wait_group (group, NULL));
  assert_list (group, "");
  g_assert_true (join (group, one, NULL));
  g_assert_true (join (group, two, NULL));
  g_assert_true (join (group, three, NULL));
  AWAIT (g_list_model_get_n_items (G_LIST_MODEL (group)) == 3);
  assert_list (group, "one two three ");
  members = geminga_group_list_members (group);
  g_assert_cmpuint (members->len, ==, 3);
  g_assert_true (geminga_actor_ref_equal (g_ptr_array_index (members, 2), three));

  g_string_truncate (changes, 0);
  geminga_actor_ref_kill (two);
  AWAIT (g_list_model_get_n_items (G_LIST_MODEL (group)) == 2);
  assert_list (group, "one three ");
  g_assert_cmpstr (changes->str, ==, "1-1+0 ");
  g_string_truncate (changes, 0);
  ask_plainly (one, "Leave", g_variant_new ("(s)", "room"));
  ask_plainly (one, "Join", g_variant_new ("(s)", "room"));
  AWAIT (strlen (changes->str) == strlen ("0-1+0 1-0+1 "));
  assert_list (group, "three one ");
  g_assert_cmpstr (changes->str, ==, "0-1+0 1-0+1 ");
  g_object_unref (group);
  end_system (g_steal_pointer (&system));
}

/* A list that somebody else has changed meanwhile is whole when it is first looked at. */
static void
test_list_late (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  GemingaGroup *group = geminga_group_new (system, "room");
  g_autoptr (GPtrArray) actors = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < 20; i++)
    {
      g_ptr_array_add (actors, spawn (system, NULL, GEMINGA_PLACEMENT_SHARED));
      g_assert_true (join (group, g_ptr_array_index (actors, i), NULL));
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (group)), ==, 20);
  for (guint i = 0; i < 20; i += 2)
    geminga_actor_ref_stop (g_ptr_array_index (actors, i));
  AWAIT (g_list_model_get_n_items (G_LIST_MODEL (group)) == 10);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (GemingaActorRef) ref = g_list_model_get_item (G_LIST_MODEL (group), i);

      g_assert_true (geminga_actor_ref_equal (ref, g_ptr_array_index (actors, 2 * i + 1)));
    }
  g_object_unref (group);
  end_system (g_steal_pointer (&system));
}

static void
test_join_fails (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  GemingaGroup *group = geminga_group_new (system, "room");
  GemingaGroup *nameless = g_object_new (GEMINGA_TYPE_GROUP, "system", system, NULL);
  g_autoptr (GemingaActorRef) one = spawn (system, "one", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GError) error = NULL;

  g_assert_false (join (nameless, one, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
  g_clear_error (&error);
  g_assert_false (wait_group (nameless, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
  g_clear_error (&error);
  geminga_actor_ref_stop (one);
  g_assert_true (wait_ended (one, NULL));
  g_assert_false (join (group, one, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR);
  g_object_unref (nameless);
  g_object_unref (group);
  end_system (g_steal_pointer (&system));
}

static void
test_cancel (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) one = spawn (system, "one", GEMINGA_PLACEMENT_SHARED);

  for (guint i = 0; i < 6; i++)
    {
      GemingaGroup *group = geminga_group_new (system, "room");
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      gboolean is_done;

      if (i % 2 == 0)
        g_cancellable_cancel (cancellable);
      if (i < 2)
        geminga_group_join_async (group, one, cancellable, keep_result_cb, &result);
      else if (i < 4)
        geminga_group_leave_async (group, one, cancellable, keep_result_cb, &result);
      else
        geminga_group_wait_ready_async (group, cancellable, keep_result_cb, &result);
      g_cancellable_cancel (cancellable);
      AWAIT (result != NULL);
      if (i < 2)
        is_done = geminga_group_join_finish (group, result, &error);
      else if (i < 4)
        is_done = geminga_group_leave_finish (group, result, &error);
      else
        is_done = geminga_group_wait_ready_finish (group, result, &error);
      g_assert_false (is_done);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_object (&result);
      g_object_unref (group);
    }
  end_system (g_steal_pointer (&system));
}

/* When all actors have ended there is no registry either. */
static void
test_system_ends (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  GemingaGroup *group = geminga_group_new (system, "room");
  GemingaGroup *late;
  g_autoptr (GemingaActorRef) one = spawn (system, "one", GEMINGA_PLACEMENT_SHARED);
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (join (group, one, NULL));
  geminga_actor_ref_tell (one, "Join", g_variant_new ("(s)", "other"), NULL);
  geminga_system_stop_async (system, NULL, keep_result_cb, &stopped);
  late = geminga_group_new (system, "late");
  geminga_group_publish (late, "Step", g_variant_new ("(u)", 1), NULL);
  geminga_group_publish (group, "Step", g_variant_new ("(u)", 1), NULL);
  AWAIT (stopped != NULL);
  g_clear_object (&stopped);
  g_object_unref (late);
  g_object_unref (group);
  end_system (g_steal_pointer (&system));
}

/* One that is published to in several threads, and let go while it is told of changes. */

typedef struct
{
  GemingaSystem *system;
  GemingaActorRef *ref;
  guint number;
  gboolean is_done; /* atomic */
} Publisher;

static gpointer
run_publisher (gpointer data)
{
  Publisher *self = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GemingaGroup) group = geminga_group_new (self->system, "room");

      geminga_group_publish (group, "Ping", NULL, NULL);
      geminga_group_publish (group, "Ping", NULL, NULL);
    }
  g_main_context_pop_thread_default (context);
  g_atomic_int_set (&self->is_done, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  GemingaGroup *group = geminga_group_new (system, "room");
  g_autoptr (GemingaActorRef) one = spawn (system, "one", GEMINGA_PLACEMENT_THREAD);
  Publisher publishers[2] = { { system, one, 0, FALSE }, { system, one, 1, FALSE } };
  GThread *threads[2];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("publisher", run_publisher, &publishers[i]);
  for (guint i = 0; i < 50; i++)
    {
      g_assert_true (join (group, one, NULL));
      g_assert_true (leave (group, one, NULL));
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      AWAIT (g_atomic_int_get (&publishers[i].is_done));
      g_thread_join (threads[i]);
    }
  g_object_unref (group);
  end_system (g_steal_pointer (&system));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/group/properties", test_properties);
  g_test_add_func ("/core/group/publish", test_publish);
  g_test_add_func ("/core/group/publish-early", test_publish_early);
  g_test_add_func ("/core/group/list", test_list);
  g_test_add_func ("/core/group/list-late", test_list_late);
  g_test_add_func ("/core/group/join-fails", test_join_fails);
  g_test_add_func ("/core/group/cancel", test_cancel);
  g_test_add_func ("/core/group/system-ends", test_system_ends);
  g_test_add_func ("/core/group/threads", test_threads);

  return g_test_run ();
}
