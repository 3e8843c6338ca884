/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-actor-config-private.h"

#include <string.h>

#include "geminga-error.h"

/* Helpers */

static const struct
{
  GType gtype;
  const char *type;
} variant_types[] = {
  { G_TYPE_BOOLEAN, "b" }, { G_TYPE_UCHAR, "y" },  { G_TYPE_INT, "i" },    { G_TYPE_UINT, "u" },
  { G_TYPE_INT64, "x" },   { G_TYPE_UINT64, "t" }, { G_TYPE_LONG, "x" },   { G_TYPE_ULONG, "t" },
  { G_TYPE_DOUBLE, "d" },  { G_TYPE_FLOAT, "d" },  { G_TYPE_STRING, "s" }, { G_TYPE_VARIANT, "v" },
};

static GVariant *
enum_to_variant (const GValue *value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (G_VALUE_TYPE (value));
  GEnumValue *member = g_enum_get_value (klass, g_value_get_enum (value));

  return g_variant_ref_sink (g_variant_new_string (member != NULL ? member->value_nick : ""));
}

static gboolean
enum_from_variant (GValue *value, GVariant *variant)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (G_VALUE_TYPE (value));
  GEnumValue *member = g_enum_get_value_by_nick (klass, g_variant_get_string (variant, NULL));

  if (member != NULL)
    g_value_set_enum (value, member->value);

  return member != NULL;
}

/* Through the type of the same width that GVariant knows. */
static gboolean
plain_from_variant (GValue *value, GVariant *variant)
{
  g_auto (GValue) plain = G_VALUE_INIT;

  if (G_VALUE_HOLDS_VARIANT (value))
    {
      g_value_take_variant (value, g_variant_get_variant (variant));
      return TRUE;
    }

  g_dbus_gvariant_to_gvalue (variant, &plain);

  return g_value_transform (&plain, value);
}

static gboolean
is_number (const GVariantType *type)
{
  return strchr ("ynqiuxtd", *g_variant_type_peek_string (type)) != NULL;
}

/* Python and JavaScript do not know the width of a number: any will do if the value is the same. */
static GVariant *
as_type (GVariant *variant, const GVariantType *type)
{
  g_autofree char *text = NULL;

  if (g_variant_is_of_type (variant, type))
    return g_variant_ref (variant);
  if (!is_number (type) || !is_number (g_variant_get_type (variant)))
    return NULL;

  text = g_variant_print (variant, FALSE);
  if (g_str_has_suffix (text, ".0"))
    text[strlen (text) - 2] = '\0';

  return g_variant_parse (type, text, NULL, NULL, NULL);
}

static gboolean
value_from_variant (GValue *value, GParamSpec *pspec, GVariant *given, GError **error)
{
  const GVariantType *type = geminga_property_get_variant_type (pspec);
  g_autoptr (GVariant) variant = type != NULL ? as_type (given, type) : NULL;
  gboolean is_set;

  if (variant == NULL)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "Property “%s” of %s takes a value of type “%s”, not “%s”", pspec->name,
                   g_type_name (pspec->owner_type), type != NULL ? (const char *) type : "none",
                   g_variant_get_type_string (given));
      return FALSE;
    }

  g_value_init (value, pspec->value_type);
  is_set = G_VALUE_HOLDS_ENUM (value) ? enum_from_variant (value, variant)
                                      : plain_from_variant (value, variant);
  if (!is_set || g_param_value_validate (pspec, value))
    {
      g_autofree char *text = g_variant_print (variant, FALSE);

      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "Property “%s” of %s does not take the value %s", pspec->name,
                   g_type_name (pspec->owner_type), text);
      return FALSE;
    }

  return TRUE;
}

static GParamSpec *
find_property (GObjectClass *klass, const char *name, gboolean is_construction, GError **error)
{
  GParamSpec *pspec = g_object_class_find_property (klass, name);

  if (pspec == NULL)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS, "%s has no property “%s”",
                   G_OBJECT_CLASS_NAME (klass), name);
      return NULL;
    }

  if ((pspec->flags & G_PARAM_WRITABLE) == 0 ||
      (!is_construction && (pspec->flags & G_PARAM_CONSTRUCT_ONLY) != 0))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "Property “%s” of %s cannot be set", name, G_OBJECT_CLASS_NAME (klass));
      return NULL;
    }

  return pspec;
}

typedef struct
{
  GPtrArray *names; /* (owned) (element-type utf8): as the classes know them */
  GArray *values;   /* (owned) (element-type GValue) */
} Values;

static void
values_clear (Values *values)
{
  g_ptr_array_unref (values->names);
  g_array_unref (values->values);
}

static void
values_init (Values *values)
{
  values->names = g_ptr_array_new ();
  values->values = g_array_new (FALSE, TRUE, sizeof (GValue));
  g_array_set_clear_func (values->values, (GDestroyNotify) g_value_unset);
}

static gboolean
values_add (Values *values, GParamSpec *pspec, GVariant *variant, GError **error)
{
  GValue value = G_VALUE_INIT;

  if (g_ptr_array_find (values->names, pspec->name, NULL))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "Property “%s” of %s is there twice", pspec->name,
                   g_type_name (pspec->owner_type));
      return FALSE;
    }

  if (!value_from_variant (&value, pspec, variant, error))
    {
      if (G_IS_VALUE (&value))
        g_value_unset (&value);
      return FALSE;
    }

  g_ptr_array_add (values->names, (char *) pspec->name);
  g_array_append_val (values->values, value);

  return TRUE;
}

/* All or nothing: every value is looked at before any is set. */
static gboolean
values_parse (Values *values,
              GType type,
              GVariant *properties,
              gboolean is_construction,
              GError **error)
{
  g_autoptr (GTypeClass) type_class = g_type_class_ref (type);
  GObjectClass *klass = G_OBJECT_CLASS (type_class);
  GVariantIter iter;
  const char *name;
  GVariant *variant;

  if (properties == NULL)
    return TRUE;

  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &variant))
    {
      GParamSpec *pspec = find_property (klass, name, is_construction, error);

      if (pspec == NULL || !values_add (values, pspec, variant, error))
        {
          g_variant_unref (variant);
          return FALSE;
        }
    }

  return TRUE;
}

/* Private API */

const GVariantType *
geminga_property_get_variant_type (GParamSpec *pspec)
{
  if (G_TYPE_IS_ENUM (pspec->value_type))
    return G_VARIANT_TYPE_STRING;
  if (pspec->value_type == G_TYPE_STRV)
    return G_VARIANT_TYPE_STRING_ARRAY;

  for (guint i = 0; i < G_N_ELEMENTS (variant_types); i++)
    if (pspec->value_type == variant_types[i].gtype)
      return G_VARIANT_TYPE (variant_types[i].type);

  return NULL;
}

GVariant *
geminga_property_get_variant (GObject *object, GParamSpec *pspec)
{
  const GVariantType *type = geminga_property_get_variant_type (pspec);
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, pspec->value_type);
  g_object_get_property (object, pspec->name, &value);
  if (G_VALUE_HOLDS_ENUM (&value))
    return enum_to_variant (&value);
  if (G_VALUE_HOLDS_VARIANT (&value))
    {
      GVariant *held = g_value_get_variant (&value);

      return g_variant_ref_sink (
          g_variant_new_variant (held != NULL ? held : g_variant_new ("()")));
    }
  /* GDBus does not know these. */
  if (G_VALUE_HOLDS_FLOAT (&value))
    return g_variant_ref_sink (g_variant_new_double ((double) g_value_get_float (&value)));
  if (G_VALUE_HOLDS_LONG (&value))
    return g_variant_ref_sink (g_variant_new_int64 (g_value_get_long (&value)));
  if (G_VALUE_HOLDS_ULONG (&value))
    return g_variant_ref_sink (g_variant_new_uint64 (g_value_get_ulong (&value)));

  return g_dbus_gvalue_to_gvariant (&value, type); /* never floating */
}

GPtrArray *
geminga_actor_config_list_properties (GType type, GParamFlags flags)
{
  g_autoptr (GTypeClass) type_class = g_type_class_ref (type);
  GObjectClass *klass = G_OBJECT_CLASS (type_class);
  GPtrArray *list = g_ptr_array_new ();
  guint n_properties;
  g_autofree GParamSpec **properties = g_object_class_list_properties (klass, &n_properties);

  for (guint i = 0; i < n_properties; i++)
    if (properties[i]->owner_type != GEMINGA_TYPE_ACTOR &&
        (properties[i]->flags & flags) == flags &&
        geminga_property_get_variant_type (properties[i]) != NULL)
      g_ptr_array_add (list, properties[i]);

  return list;
}

GVariant *
geminga_actor_config_get (GemingaActor *self, GParamFlags flags)
{
  g_autoptr (GPtrArray) properties =
      geminga_actor_config_list_properties (G_OBJECT_TYPE (self), flags | G_PARAM_READABLE);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < properties->len; i++)
    {
      GParamSpec *pspec = g_ptr_array_index (properties, i);
      g_autoptr (GVariant) value = geminga_property_get_variant (G_OBJECT (self), pspec);

      g_variant_builder_add (&builder, "{sv}", pspec->name, value);
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

gboolean
geminga_actor_config_set (GemingaActor *self, GVariant *config, GError **error)
{
  Values values;
  gboolean is_parsed;

  values_init (&values);
  is_parsed = values_parse (&values, G_OBJECT_TYPE (self), config, FALSE, error);
  if (is_parsed)
    {
      g_object_freeze_notify (G_OBJECT (self));
      for (guint i = 0; i < values.names->len; i++)
        g_object_set_property (G_OBJECT (self), g_ptr_array_index (values.names, i),
                               &g_array_index (values.values, GValue, i));
      g_object_thaw_notify (G_OBJECT (self));
    }
  values_clear (&values);

  return is_parsed;
}

gboolean
geminga_actor_config_check (GType type, GVariant *properties, GError **error)
{
  Values values;
  gboolean is_parsed;

  values_init (&values);
  is_parsed = values_parse (&values, type, properties, TRUE, error);
  values_clear (&values);

  return is_parsed;
}

GemingaActor *
geminga_actor_config_construct (GType type, GVariant *properties, GError **error)
{
  Values values;
  GemingaActor *actor = NULL;

  values_init (&values);
  if (values_parse (&values, type, properties, TRUE, error))
    actor = GEMINGA_ACTOR (g_object_new_with_properties (type, values.names->len,
                                                         (const char **) values.names->pdata,
                                                         (const GValue *) values.values->data));
  values_clear (&values);

  return actor;
}
