/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-actor-ref.h"
#include "geminga-error.h"
#include "geminga-system-private.h"

/*
 * Names of actors: what the registry, an actor in the service's first process, is asked for.
 */

/* Helpers */

static void
ask (GemingaSystem *self,
     const char *command,
     GVariant *arguments,
     int timeout,
     gpointer tag,
     GCancellable *cancellable,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE); /* the ask is cancelled, and tells */
  geminga_directory_ask (self, command, arguments, timeout, task);
}

static GVariant *
finish (GemingaSystem *self, gpointer tag, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_SYSTEM (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, tag), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
finish_change (GemingaSystem *self, gpointer tag, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = finish (self, tag, result, error);

  return answer != NULL;
}

static GemingaActorRef *
finish_search (GemingaSystem *self, gpointer tag, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = finish (self, tag, result, error);
  const char *path;

  if (answer == NULL)
    return NULL;

  g_variant_get (answer, "(&o)", &path);

  return geminga_system_ref_actor (self, path, error);
}

/* Public API */

/**
 * geminga_system_register_name_async:
 * @self: a system
 * @name: a name, any text but the empty one
 * @ref: an actor, of any process
 * @cancellable: (nullable): cancels the wait; the actor may have the name nevertheless
 * @callback: (nullable): called in the caller's main context
 * @user_data: data for @callback
 *
 * Gives an actor a name by which it is found in all processes of the service.
 *
 * It keeps the name until it ends, wherever it is, or until the name is taken away. An actor may have
 * several names. One that a supervisor starts again in its stead is a new actor, which registers itself.
 *
 * Since: 0.1
 */
void
geminga_system_register_name_async (GemingaSystem *self,
                                    const char *name,
                                    GemingaActorRef *ref,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_return_if_fail (GEMINGA_IS_SYSTEM (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (GEMINGA_IS_ACTOR_REF (ref));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  ask (self, "Register", g_variant_new ("(so)", name, geminga_actor_ref_get_path (ref)), -1,
       geminga_system_register_name_async, cancellable, callback, user_data);
}

/**
 * geminga_system_register_name_finish:
 * @self: a system
 * @result: what the callback got
 * @error: return location for an error
 *
 * Tells whether the actor has the name. It is no error if it had it before.
 *
 * Fails with %GEMINGA_ERROR_ALREADY_EXISTS if another actor that lives has the name, with
 * %GEMINGA_ERROR_NO_SUCH_ACTOR if the actor has ended, with %GEMINGA_ERROR_INVALID_ARGUMENTS if the name is
 * empty, with %G_IO_ERROR_CANCELLED when it was cancelled.
 *
 * Returns: %TRUE if it has
 *
 * Since: 0.1
 */
gboolean
geminga_system_register_name_finish (GemingaSystem *self, GAsyncResult *result, GError **error)
{
  return finish_change (self, geminga_system_register_name_async, result, error);
}

/**
 * geminga_system_unregister_name_async:
 * @self: a system
 * @name: a name
 * @cancellable: (nullable): cancels the wait; the name may be taken away nevertheless
 * @callback: (nullable): called in the caller's main context
 * @user_data: data for @callback
 *
 * Takes a name away from the actor that has it.
 *
 * Since: 0.1
 */
void
geminga_system_unregister_name_async (GemingaSystem *self,
                                      const char *name,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_return_if_fail (GEMINGA_IS_SYSTEM (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  ask (self, "Unregister", g_variant_new ("(s)", name), -1, geminga_system_unregister_name_async,
       cancellable, callback, user_data);
}

/**
 * geminga_system_unregister_name_finish:
 * @self: a system
 * @result: what the callback got
 * @error: return location for an error
 *
 * Tells whether the name was taken away.
 *
 * Returns: %TRUE if it was, %FALSE with %GEMINGA_ERROR_NO_SUCH_ACTOR if nobody has it, or with
 *   %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
gboolean
geminga_system_unregister_name_finish (GemingaSystem *self, GAsyncResult *result, GError **error)
{
  return finish_change (self, geminga_system_unregister_name_async, result, error);
}

/**
 * geminga_system_lookup_name_async:
 * @self: a system
 * @name: a name
 * @cancellable: (nullable): cancels the wait
 * @callback: (nullable): called in the caller's main context
 * @user_data: data for @callback
 *
 * Finds the actor that has a name, in any process of the service.
 *
 * Since: 0.1
 */
void
geminga_system_lookup_name_async (GemingaSystem *self,
                                  const char *name,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (GEMINGA_IS_SYSTEM (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  ask (self, "Lookup", g_variant_new ("(s)", name), -1, geminga_system_lookup_name_async,
       cancellable, callback, user_data);
}

/**
 * geminga_system_lookup_name_finish:
 * @self: a system
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gives the actor that has the name.
 *
 * Returns: (transfer full): its ref, or %NULL with %GEMINGA_ERROR_NO_SUCH_ACTOR if nobody has the name, or
 *   with %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
GemingaActorRef *
geminga_system_lookup_name_finish (GemingaSystem *self, GAsyncResult *result, GError **error)
{
  return finish_search (self, geminga_system_lookup_name_async, result, error);
}

/**
 * geminga_system_wait_for_name_async:
 * @self: a system
 * @name: a name
 * @timeout: milliseconds to wait, -1 for %GEMINGA_DEFAULT_TIMEOUT, %G_MAXINT for ever
 * @cancellable: (nullable): cancels the wait
 * @callback: (nullable): called in the caller's main context
 * @user_data: data for @callback
 *
 * Finds the actor that has a name, as soon as one has: at once, or when it is registered.
 *
 * Since: 0.1
 */
void
geminga_system_wait_for_name_async (GemingaSystem *self,
                                    const char *name,
                                    int timeout,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_return_if_fail (GEMINGA_IS_SYSTEM (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  ask (self, "WaitFor", g_variant_new ("(s)", name), timeout, geminga_system_wait_for_name_async,
       cancellable, callback, user_data);
}

/**
 * geminga_system_wait_for_name_finish:
 * @self: a system
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gives the actor that has the name.
 *
 * Returns: (transfer full): its ref, or %NULL with %GEMINGA_ERROR_TIMED_OUT if nobody had the name in time,
 *   with %GEMINGA_ERROR_NO_SUCH_ACTOR if it has ended already, with %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
GemingaActorRef *
geminga_system_wait_for_name_finish (GemingaSystem *self, GAsyncResult *result, GError **error)
{
  return finish_search (self, geminga_system_wait_for_name_async, result, error);
}

/**
 * geminga_system_list_names_async:
 * @self: a system
 * @cancellable: (nullable): cancels the wait
 * @callback: (nullable): called in the caller's main context
 * @user_data: data for @callback
 *
 * Finds out which names actors have.
 *
 * Since: 0.1
 */
void
geminga_system_list_names_async (GemingaSystem *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (GEMINGA_IS_SYSTEM (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  ask (self, "ListNames", g_variant_new_tuple (NULL, 0), -1, geminga_system_list_names_async,
       cancellable, callback, user_data);
}

/**
 * geminga_system_list_names_finish:
 * @self: a system
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gives the names and the paths of the actors that have them, see [method@Geminga.System.ref_actor].
 *
 * Returns: (transfer full): an `a{so}`, or %NULL with %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
GVariant *
geminga_system_list_names_finish (GemingaSystem *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = finish (self, geminga_system_list_names_async, result, error);

  return answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;
}
