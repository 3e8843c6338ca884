/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include "geminga-interface-private.h"

/* A parent and a child class; the child has one command anew. */

typedef GemingaActor Parent;
typedef GemingaActorClass ParentClass;
GType parent_get_type (void);
G_DEFINE_TYPE (Parent, parent, GEMINGA_TYPE_ACTOR)

static void
parent_class_init (ParentClass *klass)
{
  g_autoptr (GemingaCommand) one = geminga_command_new ("One", "i", NULL);
  g_autoptr (GemingaCommand) two = geminga_command_new ("Two", NULL, NULL);
  g_autoptr (GemingaCommand) event = geminga_command_new ("Happened", "s", NULL);

  geminga_actor_class_set_interface_name (GEMINGA_ACTOR_CLASS (klass), "org.example.Parent1");
  geminga_actor_class_add_command (GEMINGA_ACTOR_CLASS (klass), one);
  geminga_actor_class_add_command (GEMINGA_ACTOR_CLASS (klass), two);
  geminga_actor_class_add_event (GEMINGA_ACTOR_CLASS (klass), event);
}

static void
parent_init (Parent *self)
{
}

typedef Parent Child;
typedef ParentClass ChildClass;
GType child_get_type (void);
G_DEFINE_TYPE (Child, child, parent_get_type ())

static void
child_class_init (ChildClass *klass)
{
  g_autoptr (GemingaCommand) one = geminga_command_new ("One", "s", NULL);

  geminga_actor_class_add_command (GEMINGA_ACTOR_CLASS (klass), one);
}

static void
child_init (Child *self)
{
}

typedef Parent Plain;
typedef ParentClass PlainClass;
GType plain_get_type (void);
G_DEFINE_TYPE (Plain, plain, parent_get_type ())

static void
plain_class_init (PlainClass *klass)
{
}

static void
plain_init (Plain *self)
{
}

static void
assert_arguments (GType type, const char *command, const char *expected)
{
  GemingaCommand *found = geminga_interface_find_command (type, command);
  g_autofree char *text =
      found != NULL ? g_variant_type_dup_string (geminga_command_get_argument_type (found)) : NULL;

  g_assert_cmpstr (text, ==, expected);
}

static void
test_find (void)
{
  g_type_class_unref (g_type_class_ref (child_get_type ()));
  g_type_class_unref (g_type_class_ref (plain_get_type ()));

  assert_arguments (parent_get_type (), "One", "(i)");
  assert_arguments (child_get_type (), "One", "(s)");
  assert_arguments (child_get_type (), "Two", "()");
  assert_arguments (child_get_type (), "Ping", "()");
  assert_arguments (plain_get_type (), "One", "(i)");
  assert_arguments (child_get_type (), "Three", NULL);
  assert_arguments (G_TYPE_OBJECT, "One", NULL);

  g_assert_nonnull (geminga_interface_find_event (child_get_type (), "Happened"));
  g_assert_null (geminga_interface_find_event (child_get_type (), "One"));
}

static void
test_names (void)
{
  g_type_class_unref (g_type_class_ref (child_get_type ()));

  g_assert_cmpstr (
      geminga_interface_get_name (geminga_interface_peek_for_type (parent_get_type ())), ==,
      "org.example.Parent1");
  g_assert_cmpstr (geminga_interface_get_name (geminga_interface_peek_for_type (child_get_type ())),
                   ==, "org.geminga1.Class.Child");
  g_assert_null (geminga_interface_peek_for_type (plain_get_type ()));
}

static void
test_lists (void)
{
  GemingaInterface *interface;
  g_autoptr (GPtrArray) commands = NULL;
  g_autoptr (GPtrArray) events = NULL;

  g_type_class_unref (g_type_class_ref (parent_get_type ()));
  interface = geminga_interface_peek_for_type (parent_get_type ());
  commands = geminga_interface_list_commands (interface);
  events = geminga_interface_list_events (interface);

  g_assert_cmpuint (commands->len, ==, 2);
  g_assert_cmpstr (geminga_command_get_name (commands->pdata[0]), ==, "One");
  g_assert_true (geminga_interface_lookup_command (interface, "Two") == commands->pdata[1]);
  g_assert_null (geminga_interface_lookup_command (interface, "Happened"));
  g_assert_cmpuint (events->len, ==, 1);
  g_assert_true (geminga_interface_lookup_event (interface, "Happened") == events->pdata[0]);
  g_assert_null (geminga_interface_lookup_event (interface, "One"));
}

static void
test_member_names (void)
{
  static const char *const rows[][2] = {
    { "size", "Size" }, { "max-size", "MaxSize" }, { "max_size", "MaxSize" }, { "a-b-c", "ABC" },
    { "", "" },         { "x2-y", "X2Y" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *member = geminga_interface_member_name (rows[i][0]);

      g_assert_cmpstr (member, ==, rows[i][1]);
    }
}

/* One that lives by its references alone. */
static void
test_boxed (void)
{
  GemingaInterface *interface = geminga_interface_for_type (g_type_register_static_simple (
      G_TYPE_OBJECT, "Odd+Name", sizeof (GObjectClass), NULL, sizeof (GObject), NULL, 0));
  GemingaInterface *copy;

  g_assert_cmpstr (geminga_interface_get_name (interface), ==, "org.geminga1.Class.Odd_Name");
  copy = g_boxed_copy (GEMINGA_TYPE_INTERFACE, interface);
  g_assert_true (copy == interface);
  g_boxed_free (GEMINGA_TYPE_INTERFACE, copy);
  geminga_interface_unref (geminga_interface_ref (interface));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/interface/find", test_find);
  g_test_add_func ("/core/interface/names", test_names);
  g_test_add_func ("/core/interface/lists", test_lists);
  g_test_add_func ("/core/interface/member-names", test_member_names);
  g_test_add_func ("/core/interface/boxed", test_boxed);

  return g_test_run ();
}
