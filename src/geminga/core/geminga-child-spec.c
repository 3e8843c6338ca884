/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-child-spec-private.h"

#include "geminga-actor-config-private.h"
#include "geminga-core-enums.h"
#include "geminga-error.h"
#include "geminga-restart-budget-private.h"
#include "geminga-system-private.h"

#define DEFAULT_SHUTDOWN      5000
#define DEFAULT_START_TIMEOUT 30000

/* Helpers */

static gboolean
refuse (GError **error, const char *id, const char *name, GVariant *value)
{
  g_autofree char *text = g_variant_print (value, FALSE);

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
               "Child “%s”: option “%s” does not take the value %s", id, name, text);

  return FALSE;
}

static gboolean
parse_enum (GVariant *value, GType type, gpointer place)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  GEnumValue *member = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    member = g_enum_get_value_by_nick (klass, g_variant_get_string (value, NULL));
  if (member != NULL)
    *(int *) place = member->value;

  return member != NULL;
}

/* Scripts do not choose the width of a number. */
static gboolean
parse_number (GVariant *value, gint64 min, gint64 max, gint64 *number)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT32))
    *number = g_variant_get_int32 (value);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    *number = g_variant_get_uint32 (value);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    *number = g_variant_get_int64 (value);
  else
    return FALSE;

  return *number >= min && *number <= max;
}

static gboolean
parse_uint (GVariant *value, guint *place)
{
  gint64 number;

  if (!parse_number (value, 0, G_MAXUINT32, &number))
    return FALSE;

  *place = (guint) number;

  return TRUE;
}

static gboolean
parse_shutdown (GVariant *value, int *place)
{
  gint64 number;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) &&
      g_str_equal (g_variant_get_string (value, NULL), "kill"))
    number = 0;
  else if (!parse_number (value, -1, G_MAXINT32, &number))
    return FALSE;

  *place = (int) number;

  return TRUE;
}

static gboolean
parse_boolean (GVariant *value, gboolean *place)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return FALSE;

  *place = g_variant_get_boolean (value);

  return TRUE;
}

static gboolean
parse_properties (GVariant *value, GVariant **place)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    return FALSE;

  g_clear_pointer (place, g_variant_unref);
  *place = g_variant_ref (value);

  return TRUE;
}

/* -1: there is no such option. */
static int
parse_option (GemingaChildSpec *self, const char *name, GVariant *value)
{
  if (g_str_equal (name, "properties"))
    return parse_properties (value, &self->properties);
  if (g_str_equal (name, "placement"))
    return parse_enum (value, GEMINGA_TYPE_PLACEMENT, &self->placement);
  if (g_str_equal (name, "restart"))
    return parse_enum (value, GEMINGA_TYPE_RESTART, &self->restart);
  if (g_str_equal (name, "shutdown"))
    return parse_shutdown (value, &self->shutdown);
  if (g_str_equal (name, "start-timeout"))
    return parse_uint (value, &self->start_timeout);
  if (g_str_equal (name, "significant"))
    return parse_boolean (value, &self->is_significant);
  if (g_str_equal (name, "max-restarts"))
    return parse_uint (value, &self->max_restarts);
  if (g_str_equal (name, "period"))
    return parse_uint (value, &self->period);

  return -1;
}

static gboolean
parse_options (GemingaChildSpec *self, GVariant *options, GError **error)
{
  GVariantIter iter;
  const char *name;
  GVariant *child;

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &child))
    {
      g_autoptr (GVariant) value = child;
      int parsed;

      if (g_str_equal (name, "id") || g_str_equal (name, "type"))
        continue;
      parsed = parse_option (self, name, value);
      if (parsed > 0)
        continue;
      if (parsed == 0)
        return refuse (error, self->id, name, value);

      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "Child “%s”: there is no option “%s”", self->id, name);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_type (GemingaChildSpec *self, GError **error)
{
  if (g_type_is_a (self->type, GEMINGA_TYPE_ACTOR) && !G_TYPE_IS_ABSTRACT (self->type))
    return TRUE;

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
               "Child “%s”: “%s” is not a class of actors", self->id,
               self->type != G_TYPE_INVALID ? g_type_name (self->type) : "(none)");

  return FALSE;
}

/* Private API */

GemingaChildSpec *
geminga_child_spec_new (const char *id, GType type, GVariant *options, GError **error)
{
  g_autoptr (GemingaChildSpec) self = g_new0 (GemingaChildSpec, 1);

  self->id = g_strdup (id);
  self->type = type;
  self->shutdown = DEFAULT_SHUTDOWN;
  self->start_timeout = DEFAULT_START_TIMEOUT;
  self->max_restarts = GEMINGA_RESTART_UNLIMITED;
  if (*id == '\0')
    {
      g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                           "A child must have an id");
      return NULL;
    }
  if (options != NULL && !g_variant_is_of_type (options, G_VARIANT_TYPE_VARDICT))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "Child “%s”: options must be “a{sv}”, not “%s”", id,
                   g_variant_get_type_string (options));
      return NULL;
    }
  if (!check_type (self, error) || (options != NULL && !parse_options (self, options, error)) ||
      !geminga_system_check_placement (type, self->placement, error) ||
      !geminga_actor_config_check (type, self->properties, error))
    return NULL;

  return g_steal_pointer (&self);
}

GemingaChildSpec *
geminga_child_spec_parse (GVariant *spec, GError **error)
{
  const char *id = "";
  const char *type = "";

  if (!g_variant_lookup (spec, "id", "&s", &id) || !g_variant_lookup (spec, "type", "&s", &type))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "Child “%s” must have an “id” and a “type”, both text", id);
      return NULL;
    }
  if (g_type_from_name (type) == G_TYPE_INVALID)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "Child “%s”: this process does not know the class “%s”", id, type);
      return NULL;
    }

  return geminga_child_spec_new (id, g_type_from_name (type), spec, error);
}

void
geminga_child_spec_free (GemingaChildSpec *self)
{
  g_free (self->id);
  g_clear_pointer (&self->properties, g_variant_unref);
  g_free (self);
}
