/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-directory-private.h"

#include "geminga-actor-ref-private.h"
#include "geminga-registry-private.h"
#include "geminga-system-private.h"

/* Helpers */

static GemingaTarget *
find_registry (GemingaSystem *system, GError **error)
{
  guint32 node = geminga_system_get_node (system);

  if (node != 0)
    return geminga_system_resolve (system, 0, GEMINGA_REGISTRY_ID, error);

  return geminga_system_spawn_own (system, GEMINGA_TYPE_REGISTRY, GEMINGA_REGISTRY_ID, error);
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  if (answer != NULL)
    g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) g_variant_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Private API */

GemingaDirectory *
geminga_directory_new (void)
{
  GemingaDirectory *self = g_new0 (GemingaDirectory, 1);

  g_mutex_init (&self->lock);
  self->memberships = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

void
geminga_directory_free (GemingaDirectory *self)
{
  /* Each holds a reference to the system. */
  g_assert (g_hash_table_size (self->memberships) == 0);
  g_hash_table_unref (self->memberships);
  g_clear_pointer (&self->registry, geminga_target_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GemingaTarget *
geminga_directory_ref_registry (GemingaSystem *system, GError **error)
{
  GemingaDirectory *self = geminga_system_get_directory (system);
  GemingaTarget *target = NULL;

  g_mutex_lock (&self->lock);
  if (self->registry != NULL && geminga_target_has_ended (self->registry))
    g_clear_pointer (&self->registry, geminga_target_unref);
  if (self->registry == NULL)
    self->registry = find_registry (system, error);
  if (self->registry != NULL)
    target = geminga_target_ref (self->registry);
  g_mutex_unlock (&self->lock);

  return target;
}

void
geminga_directory_ask (GemingaSystem *system,
                       const char *command,
                       GVariant *arguments,
                       int timeout,
                       GTask *task)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (arguments);
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaTarget) target = geminga_directory_ref_registry (system, &error);
  g_autoptr (GemingaActorRef) registry = NULL;

  if (target == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
      return;
    }

  registry = geminga_actor_ref_new (target);
  geminga_actor_ref_ask_async (registry, command, sunk, timeout, g_task_get_cancellable (task),
                               asked_cb, task);
}
