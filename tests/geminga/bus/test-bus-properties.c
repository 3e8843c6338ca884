/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bus-fixture.h"

#define ERROR_(name) "org.freedesktop.DBus.Error." name

static const struct
{
  const char *path;
  const char *method;
  const char *arguments;
  const char *answer; /* or the name of the error */
  const char *text;   /* of the error */
} vectors[] = {
  { CALC_PATH, "Get", "('" CALC "', 'MaxPrecision')", "(<uint32 10>,)", NULL },
  { CALC_PATH, "Get", "('', 'Owner')", "(<'nobody'>,)", NULL },
  { CALC_PATH, "Get", "('" ACTOR "', 'Id')", "(<'calc'>,)", NULL },
  { CALC_PATH, "Get", "('" ACTOR "', 'Placement')", "(<'shared'>,)", NULL },
  { CALC_PATH, "Get", "('" CALC "', 'Id')", ERROR_ ("UnknownProperty"), "no property “Id”" },
  { CALC_PATH, "Get", "('" PROPERTIES "', 'Id')", ERROR_ ("UnknownProperty"), "Id" },
  { CALC_PATH, "Get", "('org.example.None', 'Id')", ERROR_ ("UnknownInterface"), "None" },
  { CALC_PATH, "Get", "('a',)", ERROR_ ("InvalidArgs"), "Get takes “(ss)”, not “(s)”" },
  { CALC_PATH, "GetAll", "('" CALC "',)", "({'MaxPrecision': <uint32 10>, 'Owner': <'nobody'>},)",
    NULL },
  { CALC_PATH, "GetAll", "('" PROPERTIES "',)", "({},)", NULL },
  { CALC_PATH, "GetAll", "('org.example.None',)", ERROR_ ("UnknownInterface"), "None" },
  { CALC_PATH, "GetAll", "(1,)", ERROR_ ("InvalidArgs"), "GetAll takes “(s)”" },
  { CALC_PATH, "Set", "('" CALC "', 'MaxPrecision', <uint32 3>)", ERROR_ ("PropertyReadOnly"),
    "org.geminga1.Actor.SetConfig" },
  { CALC_PATH, "Set", "('" CALC "', 'None', <1>)", ERROR_ ("UnknownProperty"), "None" },
  { CALC_PATH, "Set", "('org.example.None', 'Id', <1>)", ERROR_ ("UnknownInterface"), "None" },
  { CALC_PATH, "Set", "('a', 'b')", ERROR_ ("InvalidArgs"), "Set takes “(ssv)”" },
  { ROOT "/Hello", "Get", "('" CALC "', 'Owner')", ERROR_ ("UnknownInterface"), PROPERTIES },
};

static void
test_table (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) arguments =
          g_variant_parse (NULL, vectors[i].arguments, NULL, NULL, &error);

      g_assert_no_error (error);
      g_test_message ("%u: %s %s", i, vectors[i].method, vectors[i].arguments);
      if (vectors[i].text != NULL)
        assert_fails (self, vectors[i].path, PROPERTIES, vectors[i].method, arguments,
                      vectors[i].answer, vectors[i].text);
      else
        assert_answers (self, vectors[i].path, PROPERTIES, vectors[i].method, arguments,
                        vectors[i].answer);
    }
}

static void
test_all_interfaces (Fixture *self, gconstpointer data)
{
  g_autoptr (GVariant) reply =
      call (self, CALC_PATH, PROPERTIES, "GetAll", g_variant_new ("(s)", ""), NULL);
  g_autoptr (GVariant) values = g_variant_get_child_value (reply, 0);

  g_assert_cmpuint (g_variant_n_children (values), ==, 4);
}

static void
test_changed (Fixture *self, gconstpointer data)
{
  GVariant *config;

  subscribe (self);
  config = g_variant_new_parsed ("({'max-precision': <uint32 3>},)");
  assert_answers (self, CALC_PATH, ACTOR, "SetConfig", config, "()");
  assert_signal (self, CALC_PATH " " PROPERTIES ".PropertiesChanged ('" CALC
                                 "', {'MaxPrecision': <uint32 3>}, [])");
  assert_answers (self, CALC_PATH, PROPERTIES, "Get", g_variant_new ("(ss)", CALC, "MaxPrecision"),
                  "(<uint32 3>,)");
}

static void
test_ended (Fixture *self, gconstpointer data)
{
  geminga_actor_ref_kill (self->calc);
  assert_fails (self, CALC_PATH, PROPERTIES, "Get", g_variant_new ("(ss)", CALC, "Owner"),
                "org.geminga1.Error.NoSuchActor", "calc");
  assert_fails (self, CALC_PATH, PROPERTIES, "GetAll", g_variant_new ("(s)", CALC),
                "org.geminga1.Error.NoSuchActor", "calc");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/bus/properties/table", Fixture, NULL, fixture_set_up, test_table,
              fixture_tear_down);
  g_test_add ("/bus/properties/all-interfaces", Fixture, NULL, fixture_set_up, test_all_interfaces,
              fixture_tear_down);
  g_test_add ("/bus/properties/changed", Fixture, NULL, fixture_set_up, test_changed,
              fixture_tear_down);
  g_test_add ("/bus/properties/ended", Fixture, NULL, fixture_set_up, test_ended,
              fixture_tear_down);

  return g_test_run ();
}
