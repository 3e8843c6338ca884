/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-actor-config-private.h"
#include "geminga-error.h"
#include "geminga-sandbox-private.h"
#include "geminga-system-private.h"

/* Private API */

gboolean
geminga_system_check_type (GType type, GError **error)
{
  if (g_type_is_a (type, GEMINGA_TYPE_ACTOR) && !G_TYPE_IS_ABSTRACT (type))
    return TRUE;

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
               "“%s” is not a class of actors",
               type != G_TYPE_INVALID ? g_type_name (type) : "(none)");

  return FALSE;
}

gboolean
geminga_system_check_properties (GType type, GVariant *properties, GError **error)
{
  if (properties == NULL)
    return TRUE;

  if (!g_variant_is_of_type (properties, G_VARIANT_TYPE_VARDICT))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "Construct properties must be “a{sv}”, not “%s”",
                   g_variant_get_type_string (properties));
      return FALSE;
    }

  return geminga_actor_config_check (type, properties, error);
}

/* JavaScript crashes when it is called off the main thread, whatever its class says. */
gboolean
geminga_system_check_placement (GType type, GemingaPlacement placement, GError **error)
{
  g_autoptr (GemingaActorClass) klass = g_type_class_ref (type);

  if (!geminga_sandbox_check_placement (klass, placement, error))
    return FALSE;
  if (placement != GEMINGA_PLACEMENT_THREAD ||
      (!klass->is_main_thread_only && !g_str_has_prefix (g_type_name (type), "Gjs_")))
    return TRUE;

  g_set_error (
      error, GEMINGA_ERROR, GEMINGA_ERROR_UNSUPPORTED_PLACEMENT,
      "Actors of class %s cannot run in a thread of their own; use placement “process” or “shared”",
      g_type_name (type));

  return FALSE;
}
