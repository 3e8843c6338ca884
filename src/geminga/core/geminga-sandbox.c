/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-sandbox-private.h"

#include "geminga-error.h"

G_DEFINE_BOXED_TYPE (GemingaSandbox, geminga_sandbox, geminga_sandbox_ref, geminga_sandbox_unref)

/* Helpers */

static void
add_path (GemingaSandbox *self, GPtrArray *paths, const char *path)
{
  g_ptr_array_add (paths, g_strdup (path));
  self->restricts_paths = TRUE;
}

static GVariant *
new_paths (GPtrArray *paths)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE_BYTESTRING_ARRAY);
  for (guint i = 0; i < paths->len; i++)
    g_variant_builder_add (&list, "^ay", g_ptr_array_index (paths, i));

  return g_variant_builder_end (&list);
}

static GVariant *
new_names (GPtrArray *names)
{
  return g_variant_new_strv ((const char *const *) names->pdata, names->len);
}

/* Private API */

gboolean
geminga_sandbox_has_limits (const GemingaSandbox *self)
{
  return self->memory_max > 0 || self->cpu_quota > 0 || self->tasks_max > 0;
}

GemingaSandbox *
geminga_sandbox_peek_for_type (GType type)
{
  g_autoptr (GTypeClass) klass = NULL;

  if (!g_type_is_a (type, GEMINGA_TYPE_ACTOR))
    return NULL;

  /* Classes of actors are never taken back. */
  klass = g_type_class_ref (type);

  return GEMINGA_ACTOR_CLASS (klass)->sandbox;
}

gboolean
geminga_sandbox_check_placement (GemingaActorClass *klass,
                                 GemingaPlacement placement,
                                 GError **error)
{
  const GemingaSandbox *sandbox = klass->sandbox;

  if (sandbox == NULL || placement == GEMINGA_PLACEMENT_PROCESS || !sandbox->is_required)
    return TRUE;

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_UNSUPPORTED_PLACEMENT,
               "Actors of class %s must have their sandbox, and with it a process of their own",
               G_OBJECT_CLASS_NAME (klass));

  return FALSE;
}

/* Public API */

/**
 * geminga_sandbox_new:
 *
 * Makes a sandbox in which everything is allowed.
 *
 * ```c
 * g_autoptr (GemingaSandbox) sandbox = geminga_sandbox_new ();
 *
 * geminga_sandbox_set_required (sandbox, TRUE);
 * geminga_sandbox_add_read_path (sandbox, "/usr/share/example");
 * geminga_sandbox_allow_system_calls (sandbox, (const char *const[]){ "@io", NULL });
 * geminga_actor_class_set_sandbox (GEMINGA_ACTOR_CLASS (klass), sandbox);
 * ```
 *
 * Returns: (transfer full): the sandbox
 *
 * Since: 0.1
 */
GemingaSandbox *
geminga_sandbox_new (void)
{
  GemingaSandbox *self = g_new0 (GemingaSandbox, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->read_paths = g_ptr_array_new_with_free_func (g_free);
  self->write_paths = g_ptr_array_new_with_free_func (g_free);

  return self;
}

/**
 * geminga_sandbox_set_required:
 * @self: a sandbox
 * @required: whether no actor of the class may run without all of it
 *
 * Chooses what happens where the system does not support a part of the sandbox: with %TRUE the actor
 * is not made, and who spawned it gets %GEMINGA_ERROR_SPAWN_FAILED with what is missing; with %FALSE,
 * the default, the log has a warning, once a class, and the actor runs without that part.
 *
 * What is a mistake rather than unsupported, such as a path or a user that does not exist, is an error
 * either way. Actors of a class whose sandbox is required cannot be placed in a shared loop or a
 * thread, which is %GEMINGA_ERROR_UNSUPPORTED_PLACEMENT; those of another have no sandbox there.
 *
 * Since: 0.1
 */
void
geminga_sandbox_set_required (GemingaSandbox *self, gboolean required)
{
  g_return_if_fail (self != NULL);

  self->is_required = required;
}

/**
 * geminga_sandbox_set_user:
 * @self: a sandbox
 * @user: (nullable): name or number of a user; %NULL: that of the service
 *
 * Runs the processes as another user than the service's workers, with that user's groups.
 *
 * Only a service that was started by root can; elsewhere it is not supported.
 *
 * Since: 0.1
 */
void
geminga_sandbox_set_user (GemingaSandbox *self, const char *user)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (user == NULL || *user != '\0');

  g_free (self->user);
  self->user = g_strdup (user);
}

/**
 * geminga_sandbox_set_no_new_privs:
 * @self: a sandbox
 * @no_new_privs: whether programs that a process executes get no privileges that it does not have
 *
 * Takes the effect from set-user-ID bits and file capabilities. Restricting paths or system calls
 * implies it.
 *
 * Since: 0.1
 */
void
geminga_sandbox_set_no_new_privs (GemingaSandbox *self, gboolean no_new_privs)
{
  g_return_if_fail (self != NULL);

  self->has_no_new_privs = no_new_privs;
}

/**
 * geminga_sandbox_add_read_path:
 * @self: a sandbox
 * @path: (type filename): an absolute path
 *
 * Allows to read, list and execute a file, or what is in and below a directory.
 *
 * With the first path every other one is denied: opening it fails with EACCES. Files that are open
 * already, and those that another process passes on, stay usable. Links are followed when the sandbox
 * is put on. Landlock does it; there the kernel must have it.
 *
 * Since: 0.1
 */
void
geminga_sandbox_add_read_path (GemingaSandbox *self, const char *path)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (path != NULL && g_path_is_absolute (path));

  add_path (self, self->read_paths, path);
}

/**
 * geminga_sandbox_add_write_path:
 * @self: a sandbox
 * @path: (type filename): an absolute path
 *
 * Allows to read and to change a file, or what is in and below a directory: also to make, to rename
 * and to remove there. The rest is as with [method@Geminga.Sandbox.add_read_path].
 *
 * Since: 0.1
 */
void
geminga_sandbox_add_write_path (GemingaSandbox *self, const char *path)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (path != NULL && g_path_is_absolute (path));

  add_path (self, self->write_paths, path);
}

/**
 * geminga_sandbox_deny_paths:
 * @self: a sandbox
 *
 * Denies every path that is not added. Adding one does that too; this is for a process that needs none.
 *
 * Since: 0.1
 */
void
geminga_sandbox_deny_paths (GemingaSandbox *self)
{
  g_return_if_fail (self != NULL);

  self->restricts_paths = TRUE;
}

/**
 * geminga_sandbox_allow_system_calls:
 * @self: a sandbox
 * @names: (array zero-terminated=1): names of system calls such as `openat`, and of groups such as
 *   `@io`
 *
 * Allows system calls. With the first call of this function all others are denied, but for the group
 * `@basic`, without which no process could answer messages and end.
 *
 * Groups are described in the book's chapter about sandboxes. A name that is neither a system call nor
 * a group is an error when the sandbox is put on. Seccomp does it; there the kernel must have it, and
 * the library must have been built with libseccomp.
 *
 * Since: 0.1
 */
void
geminga_sandbox_allow_system_calls (GemingaSandbox *self, const char *const *names)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (names != NULL);

  if (self->system_calls == NULL)
    self->system_calls = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; names[i] != NULL; i++)
    g_ptr_array_add (self->system_calls, g_strdup (names[i]));
}

/**
 * geminga_sandbox_set_system_call_action:
 * @self: a sandbox
 * @action: what happens
 *
 * Chooses what a system call that is not allowed does. The default is
 * %GEMINGA_SYSTEM_CALL_ACTION_KILL; what supervises the actor then has a record with the name of the
 * call.
 *
 * Since: 0.1
 */
void
geminga_sandbox_set_system_call_action (GemingaSandbox *self, GemingaSystemCallAction action)
{
  g_return_if_fail (self != NULL);

  self->action = action;
}

/**
 * geminga_sandbox_set_memory_max:
 * @self: a sandbox
 * @bytes: how much memory each process may use, with what it starts; 0: no limit
 *
 * Limits memory. A process that wants more is killed by the system.
 *
 * This and the other two limits need a control group (version 2) that the service may divide, as it
 * has with `Delegate=yes` in a unit of systemd.
 *
 * Since: 0.1
 */
void
geminga_sandbox_set_memory_max (GemingaSandbox *self, guint64 bytes)
{
  g_return_if_fail (self != NULL);

  self->memory_max = bytes;
}

/**
 * geminga_sandbox_set_cpu_quota:
 * @self: a sandbox
 * @percent: how much time of the processors each process gets, 100 being all of one; 0: no limit
 *
 * Limits processor time, as [method@Geminga.Sandbox.set_memory_max] limits memory.
 *
 * Since: 0.1
 */
void
geminga_sandbox_set_cpu_quota (GemingaSandbox *self, guint percent)
{
  g_return_if_fail (self != NULL);

  self->cpu_quota = percent;
}

/**
 * geminga_sandbox_set_tasks_max:
 * @self: a sandbox
 * @tasks: how many threads there may be, also those of what the process starts; 0: no limit
 *
 * Limits threads and processes, as [method@Geminga.Sandbox.set_memory_max] limits memory.
 *
 * Since: 0.1
 */
void
geminga_sandbox_set_tasks_max (GemingaSandbox *self, guint tasks)
{
  g_return_if_fail (self != NULL);

  self->tasks_max = tasks;
}

/**
 * geminga_sandbox_to_variant:
 * @self: a sandbox
 *
 * Describes it as an `a{sv}`: `required` (b) and `no-new-privs` (b); if they were set, `user` (s),
 * `read-paths` and `write-paths` (aay), `system-calls` (as) and `system-call-action` (s: `kill` or
 * `fail`), `memory-max` (t, bytes), `cpu-quota` (u, per cent of one processor), `tasks-max` (u).
 *
 * Returns: (transfer full): the description
 *
 * Since: 0.1
 */
GVariant *
geminga_sandbox_to_variant (GemingaSandbox *self)
{
  GVariantDict dict;

  g_return_val_if_fail (self != NULL, NULL);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "required", "b", self->is_required);
  g_variant_dict_insert (&dict, "no-new-privs", "b",
                         self->has_no_new_privs || self->restricts_paths ||
                             self->system_calls != NULL);
  if (self->user != NULL)
    g_variant_dict_insert (&dict, "user", "s", self->user);
  if (self->restricts_paths)
    {
      g_variant_dict_insert_value (&dict, "read-paths", new_paths (self->read_paths));
      g_variant_dict_insert_value (&dict, "write-paths", new_paths (self->write_paths));
    }
  if (self->system_calls != NULL)
    {
      g_variant_dict_insert_value (&dict, "system-calls", new_names (self->system_calls));
      g_variant_dict_insert (&dict, "system-call-action", "s",
                             self->action == GEMINGA_SYSTEM_CALL_ACTION_FAIL ? "fail" : "kill");
    }
  if (self->memory_max > 0)
    g_variant_dict_insert (&dict, "memory-max", "t", self->memory_max);
  if (self->cpu_quota > 0)
    g_variant_dict_insert (&dict, "cpu-quota", "u", self->cpu_quota);
  if (self->tasks_max > 0)
    g_variant_dict_insert (&dict, "tasks-max", "u", self->tasks_max);

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/**
 * geminga_sandbox_ref:
 * @self: a sandbox
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
GemingaSandbox *
geminga_sandbox_ref (GemingaSandbox *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * geminga_sandbox_unref:
 * @self: (transfer full): a sandbox
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
geminga_sandbox_unref (GemingaSandbox *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->user);
  g_ptr_array_unref (self->read_paths);
  g_ptr_array_unref (self->write_paths);
  g_clear_pointer (&self->system_calls, g_ptr_array_unref);
  g_free (self);
}

/**
 * geminga_actor_class_set_sandbox:
 * @klass: an actor class
 * @sandbox: (transfer none) (nullable): a sandbox that is complete
 *
 * Gives processes that are started for actors of the class a sandbox. Subclasses have it too, unless
 * they set another, or none with %NULL.
 *
 * For class_init, or before the first actor of the class and the first subclass are made. It is the
 * class of the actor that a process was made for that counts: what that one spawns in its own process
 * is in the same sandbox, and what it spawns in another process is in that of its own class. Spare
 * processes, which have begun already, are not used for such classes.
 *
 * Since: 0.1
 */
void
geminga_actor_class_set_sandbox (GemingaActorClass *klass, GemingaSandbox *sandbox)
{
  GemingaActorClass *parent;

  g_return_if_fail (GEMINGA_IS_ACTOR_CLASS (klass));

  parent = g_type_class_peek_parent (klass);
  if (sandbox != NULL)
    geminga_sandbox_ref (sandbox);
  /* A copy of the parent's pointer is not a reference. */
  if (klass->sandbox != NULL &&
      (!GEMINGA_IS_ACTOR_CLASS (parent) || parent->sandbox != klass->sandbox))
    geminga_sandbox_unref (klass->sandbox);
  klass->sandbox = sandbox;
}

/**
 * geminga_actor_class_get_sandbox:
 * @klass: an actor class
 *
 * Gets what [method@Geminga.ActorClass.set_sandbox] has set, here or in an ancestor.
 *
 * Returns: (transfer none) (nullable): the sandbox
 *
 * Since: 0.1
 */
GemingaSandbox *
geminga_actor_class_get_sandbox (GemingaActorClass *klass)
{
  g_return_val_if_fail (GEMINGA_IS_ACTOR_CLASS (klass), NULL);

  return klass->sandbox;
}
