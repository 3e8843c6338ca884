/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "await.h"

#include <string.h>

#include "geminga-actor-config-private.h"
#include "geminga-core-enums.h"

/* An actor with a property of each type. Values are kept as GObject gives them. */

#define N_PROPERTIES 18

#define WIDE_TYPE (wide_get_type ())
G_DECLARE_FINAL_TYPE (Wide, wide, TEST, WIDE, GemingaActor)

struct _Wide
{
  GemingaActor parent_instance;

  GValue values[N_PROPERTIES + 1];
};

G_DEFINE_FINAL_TYPE (Wide, wide, GEMINGA_TYPE_ACTOR)

static void
wide_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GValue *place = &TEST_WIDE (object)->values[id];

  if (!G_IS_VALUE (place))
    g_value_init (place, pspec->value_type);
  g_value_copy (value, place);
}

static void
wide_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GValue *place = &TEST_WIDE (object)->values[id];

  if (G_IS_VALUE (place))
    g_value_copy (place, value);
  else
    g_param_value_set_default (pspec, value);
}

static void
wide_finalize (GObject *object)
{
  for (guint i = 1; i <= N_PROPERTIES; i++)
    if (G_IS_VALUE (&TEST_WIDE (object)->values[i]))
      g_value_unset (&TEST_WIDE (object)->values[i]);

  G_OBJECT_CLASS (wide_parent_class)->finalize (object);
}

static void
wide_class_init (WideClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GParamSpec *specs[N_PROPERTIES + 1] = {
    NULL,
    g_param_spec_boolean ("bool", NULL, NULL, FALSE, flags),
    g_param_spec_uchar ("byte", NULL, NULL, 0, 200, 0, flags),
    g_param_spec_int ("int", NULL, NULL, G_MININT, G_MAXINT, 0, flags),
    g_param_spec_uint ("uint", NULL, NULL, 0, G_MAXUINT, 0, flags),
    g_param_spec_int64 ("int64", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags),
    g_param_spec_uint64 ("uint64", NULL, NULL, 0, G_MAXUINT64, 0, flags),
    g_param_spec_long ("long", NULL, NULL, G_MINLONG, G_MAXLONG, 0, flags),
    g_param_spec_ulong ("ulong", NULL, NULL, 0, G_MAXULONG, 0, flags),
    g_param_spec_double ("double", NULL, NULL, -8, 8, 0, flags),
    g_param_spec_float ("float", NULL, NULL, -1e30f, 1e30f, 0, flags),
    g_param_spec_string ("string", NULL, NULL, NULL, flags),
    g_param_spec_boxed ("strv", NULL, NULL, G_TYPE_STRV, flags),
    g_param_spec_variant ("variant", NULL, NULL, G_VARIANT_TYPE_ANY, NULL, flags),
    g_param_spec_enum ("an-enum", NULL, NULL, GEMINGA_TYPE_PLACEMENT, 0, flags),
    g_param_spec_int ("made", NULL, NULL, 0, 9, 0, flags | G_PARAM_CONSTRUCT_ONLY),
    g_param_spec_int ("seen", NULL, NULL, 0, 9, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS),
    g_param_spec_int ("told", NULL, NULL, 0, 9, 0, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS),
    g_param_spec_object ("object", NULL, NULL, G_TYPE_OBJECT, flags),
  };

  G_OBJECT_CLASS (klass)->set_property = wide_set_property;
  G_OBJECT_CLASS (klass)->get_property = wide_get_property;
  G_OBJECT_CLASS (klass)->finalize = wide_finalize;
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPERTIES + 1, specs);
}

static void
wide_init (Wide *self)
{
}

/* Helpers */

static GemingaActor *
construct (const char *properties, GError **error)
{
  g_autoptr (GVariant) parsed =
      properties != NULL ? g_variant_ref_sink (g_variant_new_parsed (properties)) : NULL;

  return geminga_actor_config_construct (WIDE_TYPE, parsed, error);
}

static gboolean
set (GemingaActor *actor, const char *config, GError **error)
{
  g_autoptr (GVariant) parsed = g_variant_ref_sink (g_variant_new_parsed (config));

  return geminga_actor_config_set (actor, parsed, error);
}

static void
assert_value (GemingaActor *actor, const char *name, const char *expected)
{
  g_autoptr (GVariant) config = geminga_actor_config_get (actor, G_PARAM_READABLE);
  g_autoptr (GVariant) value = g_variant_lookup_value (config, name, NULL);
  g_autofree char *text = NULL;

  g_assert_nonnull (value);
  text = g_variant_print (value, TRUE);
  g_assert_cmpstr (text, ==, expected);
}

/* Tests */

static void
test_types (void)
{
  static const struct
  {
    const char *name;
    const char *initial;
    const char *values[2];
  } rows[] = {
    { "bool", "false", { "true", "false" } },
    { "byte", "byte 0x00", { "byte 0xc8", "byte 0x01" } },
    { "int", "0", { "2147483647", "-2147483647" } },
    { "uint", "uint32 0", { "uint32 4294967295", "uint32 1" } },
    { "int64", "int64 0", { "int64 9223372036854775807", "int64 -9223372036854775807" } },
    { "uint64", "uint64 0", { "uint64 18446744073709551615", "uint64 1" } },
    { "long", "int64 0", { "int64 9223372036854775807", "int64 -9223372036854775807" } },
    { "ulong", "uint64 0", { "uint64 18446744073709551615", "uint64 1" } },
    { "double", "0.0", { "1.5", "-2.5" } },
    { "float", "0.0", { "1.5", "-0.25" } },
    { "string", "''", { "'größer'", "''" } },
    { "strv", "@as []", { "['a', 'b']", "@as []" } },
    { "variant", "<()>", { "<uint32 7>", "<@a{sv} {}>" } },
    { "an-enum", "'shared'", { "'process'", "'thread'" } },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActor) actor = construct (NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      assert_value (actor, rows[i].name, rows[i].initial);
      for (guint j = 0; j < 2; j++)
        {
          g_autofree char *config =
              g_strdup_printf ("{'%s': <%s>}", rows[i].name, rows[i].values[j]);
          g_autofree char *underscored = g_strdelimit (g_strdup (config), "-", '_');

          g_assert_true (set (actor, config, &error));
          g_assert_no_error (error);
          assert_value (actor, rows[i].name, rows[i].values[j]);
          if (strstr (rows[i].values[j], "-") == NULL)
            g_assert_true (set (actor, underscored, NULL));
        }
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *config;
    const char *message;
  } rows[] = {
    { "{'nothing': <1>}", "Wide has no property “nothing”" },
    { "{'seen': <1>}", "Property “seen” of Wide cannot be set" },
    { "{'made': <1>}", "Property “made” of Wide cannot be set" },
    { "{'id': <'x'>}", "Property “id” of Wide cannot be set" },
    { "{'int': <'x'>}", "Property “int” of Wide takes a value of type “i”, not “s”" },
    { "{'int': <1.5>}", "Property “int” of Wide takes a value of type “i”, not “d”" },
    { "{'object': <'x'>}", "Property “object” of Wide takes a value of type “none”, not “s”" },
    { "{'byte': <byte 0xc9>}", "Property “byte” of Wide does not take the value 0xc9" },
    { "{'double': <8.5>}", "Property “double” of Wide does not take the value 8.5" },
    { "{'an-enum': <'nowhere'>}", "Property “an-enum” of Wide does not take the value 'nowhere'" },
    { "{'int': <1>, 'int': <2>}", "Property “int” of Wide is there twice" },
    { "{'an-enum': <'shared'>, 'an_enum': <'shared'>}",
      "Property “an-enum” of Wide is there twice" },
  };
  g_autoptr (GemingaActor) actor = construct ("{'string': <'before'>}", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *config = g_strdup_printf ("{'string': <'after'>, %s", rows[i].config + 1);
      g_autoptr (GError) error = NULL;

      g_assert_false (set (actor, config, &error));
      g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
      g_assert_cmpstr (error->message, ==, rows[i].message);
      assert_value (actor, "string", "'before'");
    }
}

static void
test_construct (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActor) actor = construct ("{'made': <4>, 'int': <5>}", &error);
  g_autoptr (GVariant) twice =
      g_variant_ref_sink (g_variant_new_parsed ("{'made': <4>, 'made': <5>}"));
  g_autoptr (GVariant) once = g_variant_ref_sink (g_variant_new_parsed ("{'made': <4>}"));

  g_assert_no_error (error);
  assert_value (actor, "made", "4");
  assert_value (actor, "int", "5");
  g_assert_null (construct ("{'made': <10>}", &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
  g_clear_error (&error);
  g_assert_null (construct ("{'made': <4>, 'made': <5>}", &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
  g_clear_error (&error);

  g_assert_true (geminga_actor_config_check (WIDE_TYPE, once, &error));
  g_assert_no_error (error);
  g_assert_true (geminga_actor_config_check (WIDE_TYPE, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (geminga_actor_config_check (WIDE_TYPE, twice, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS);
}

static void
count_notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  g_string_append_printf (user_data, "%s ", pspec->name);
}

/* All values are there before anybody hears of one. */
static void
test_notify (void)
{
  g_autoptr (GemingaActor) actor = construct (NULL, NULL);
  g_autoptr (GString) names = g_string_new (NULL);

  g_signal_connect (actor, "notify", G_CALLBACK (count_notify_cb), names);
  g_assert_true (set (actor, "{'int': <1>, 'bool': <true>}", NULL));
  g_assert_nonnull (strstr (names->str, "int"));
  g_assert_nonnull (strstr (names->str, "bool"));
}

static void
test_list (void)
{
  g_autoptr (GPtrArray) all = geminga_actor_config_list_properties (WIDE_TYPE, 0);
  g_autoptr (GPtrArray) readable =
      geminga_actor_config_list_properties (WIDE_TYPE, G_PARAM_READABLE);
  g_autoptr (GPtrArray) both = geminga_actor_config_list_properties (WIDE_TYPE, G_PARAM_READWRITE);
  g_autoptr (GemingaActor) actor = construct (NULL, NULL);
  g_autoptr (GVariant) writable = geminga_actor_config_get (actor, G_PARAM_WRITABLE);

  /* All but that of a type which has no GVariant; Actor's own are not counted. */
  g_assert_cmpuint (all->len, ==, N_PROPERTIES - 1);
  g_assert_cmpuint (readable->len, ==, N_PROPERTIES - 2);
  g_assert_cmpuint (both->len, ==, N_PROPERTIES - 3);
  g_assert_cmpuint (g_variant_n_children (writable), ==, N_PROPERTIES - 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/actor-config/types", test_types);
  g_test_add_func ("/core/actor-config/refused", test_refused);
  g_test_add_func ("/core/actor-config/construct", test_construct);
  g_test_add_func ("/core/actor-config/notify", test_notify);
  g_test_add_func ("/core/actor-config/list", test_list);

  return g_test_run ();
}
