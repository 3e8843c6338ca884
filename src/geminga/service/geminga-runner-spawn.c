/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-runner-state-private.h"

#include "geminga-core-enums.h"
#include "geminga-error.h"

/* Helpers */

static gboolean
read_placement (GVariant *options, GemingaPlacement *placement, GError **error)
{
  g_autoptr (GEnumClass) placements = g_type_class_ref (GEMINGA_TYPE_PLACEMENT);
  const char *nick = "process";
  GEnumValue *value;

  g_variant_lookup (options, "placement", "&s", &nick);
  value = g_enum_get_value_by_nick (placements, nick);
  if (value == NULL)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "“%s” is no placement; there are process, thread and shared", nick);
      return FALSE;
    }

  *placement = (GemingaPlacement) value->value;

  return TRUE;
}

static GType
find_type (const char *name, GError **error)
{
  GType type = g_type_from_name (name);

  if (g_type_is_a (type, GEMINGA_TYPE_ACTOR))
    return type;

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
               type != G_TYPE_INVALID ? "“%s” is not a class of actors"
                                      : "The program has no class “%s”",
               name);

  return G_TYPE_INVALID;
}

/* Private API */

gboolean
geminga_runner_spawn (GemingaRunner *self,
                      const char *type_name,
                      const char *id,
                      GVariant *properties,
                      GVariant *options,
                      char **path,
                      GError **error)
{
  GType type = find_type (type_name, error);
  g_autoptr (GemingaActorRef) ref = NULL;
  GemingaPlacement placement;

  if (type == G_TYPE_INVALID || !read_placement (options, &placement, error))
    return FALSE;
  if (self->state == GEMINGA_RUNNER_STOPPING)
    {
      g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE,
                           "The service is stopping");
      return FALSE;
    }

  ref = geminga_system_spawn (self->system, type, id, placement, properties, error);
  if (ref == NULL)
    return FALSE;

  *path = geminga_runner_choose_path (self, ref);

  return TRUE;
}
