/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-runner-state-private.h"

#include "geminga-core-enums.h"
#include "geminga-error.h"

/* Somebody who waits until an actor is ready. */
typedef struct
{
  GemingaRunner *runner;
  GemingaCall *call; /* (owned) */
} Waiting;

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

static GemingaActorRef *
spawn (GemingaRunner *self,
       const char *type_name,
       const char *id,
       GVariant *properties,
       GVariant *options,
       GError **error)
{
  GType type = find_type (type_name, error);
  GemingaPlacement placement;

  if (type == G_TYPE_INVALID || !read_placement (options, &placement, error))
    return NULL;
  if (self->state == GEMINGA_RUNNER_STOPPING)
    {
      g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE,
                           "The service is stopping");
      return NULL;
    }

  return geminga_system_spawn (self->system, type, id, placement, properties, error);
}

static void
waiting_free (Waiting *self)
{
  g_object_unref (self->call);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Waiting, waiting_free)

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GemingaActorRef *ref = GEMINGA_ACTOR_REF (source);
  g_autoptr (Waiting) waiting = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = geminga_runner_dup_path (waiting->runner, ref);

  if (geminga_actor_ref_wait_ready_finish (ref, result, &error))
    geminga_call_return_value (waiting->call, g_variant_new_object_path (path));
  else
    geminga_call_return_error (waiting->call, error);
}

/* Private API */

void
geminga_runner_spawn (GemingaRunner *self,
                      GemingaCall *call,
                      const char *type_name,
                      const char *id,
                      GVariant *properties,
                      GVariant *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) ref = spawn (self, type_name, id, properties, options, &error);
  Waiting *waiting;

  if (ref == NULL)
    {
      geminga_call_return_error (call, error);
      return;
    }

  waiting = g_new0 (Waiting, 1);
  waiting->runner = self;
  waiting->call = g_object_ref (call);
  geminga_actor_ref_wait_ready_async (ref, geminga_call_get_cancellable (call), on_ready, waiting);
}
