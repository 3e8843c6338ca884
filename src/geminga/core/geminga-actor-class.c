/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-actor.h"

#include "geminga-command-private.h"
#include "geminga-interface-private.h"

/* What a class of actors declares. */

/* Public API */

/**
 * geminga_actor_class_set_interface_name:
 * @klass: an actor class
 * @name: a D-Bus interface name such as `org.example.Calc1`
 *
 * Names the interface that the class's own commands, events and properties form.
 *
 * For class_init. Without it the name is `org.geminga1.Class.` and the name of the type.
 *
 * Since: 0.1
 */
void
geminga_actor_class_set_interface_name (GemingaActorClass *klass, const char *name)
{
  g_return_if_fail (GEMINGA_IS_ACTOR_CLASS (klass));
  g_return_if_fail (name != NULL && g_dbus_is_interface_name (name));

  geminga_interface_set_name (geminga_interface_for_type (G_TYPE_FROM_CLASS (klass)), name);
}

/**
 * geminga_actor_class_add_command:
 * @klass: an actor class
 * @command: (transfer none): a command that is complete
 *
 * Declares a command. It must be new to the class; one of an ancestor may be declared anew.
 *
 * For class_init, or before the first actor of the class is made.
 *
 * Since: 0.1
 */
void
geminga_actor_class_add_command (GemingaActorClass *klass, GemingaCommand *command)
{
  g_return_if_fail (GEMINGA_IS_ACTOR_CLASS (klass));
  g_return_if_fail (command != NULL);

  geminga_interface_add_command (geminga_interface_for_type (G_TYPE_FROM_CLASS (klass)), command);
  if ((geminga_command_get_flags (command) & GEMINGA_COMMAND_FLAGS_URGENT) != 0)
    klass->has_urgent_commands = TRUE;
}

/**
 * geminga_actor_class_add_commands: (skip)
 * @klass: an actor class
 * @entries: a table of commands
 * @n_entries: how many there are
 *
 * Declares the commands of a class in C.
 *
 * Since: 0.1
 */
void
geminga_actor_class_add_commands (GemingaActorClass *klass,
                                  const GemingaCommandEntry *entries,
                                  gsize n_entries)
{
  g_return_if_fail (GEMINGA_IS_ACTOR_CLASS (klass));

  for (gsize i = 0; i < n_entries; i++)
    {
      g_autoptr (GemingaCommand) command = geminga_command_new_from_entry (&entries[i]);

      g_return_if_fail (command != NULL);
      geminga_actor_class_add_command (klass, command);
    }
}

/**
 * geminga_actor_class_add_event:
 * @klass: an actor class
 * @event: (transfer none): name and arguments, described as a command without results
 *
 * Declares an event, which actors of the class send with [method@Geminga.Actor.emit_event] and which
 * is a signal on D-Bus.
 *
 * Since: 0.1
 */
void
geminga_actor_class_add_event (GemingaActorClass *klass, GemingaCommand *event)
{
  g_return_if_fail (GEMINGA_IS_ACTOR_CLASS (klass));
  g_return_if_fail (event != NULL);

  geminga_interface_add_event (geminga_interface_for_type (G_TYPE_FROM_CLASS (klass)), event);
}

/**
 * geminga_actor_class_set_mailbox_limit:
 * @klass: an actor class
 * @limit: how many messages may wait, at least 1
 *
 * Bounds the mailboxes of the class's actors. What happens to further messages is the mailbox's policy,
 * see [method@Geminga.ActorClass.set_mailbox_policy]. The default is 65536. Commands that are urgent
 * have as much room again.
 *
 * For class_init, or before the first actor of the class is made.
 *
 * Since: 0.1
 */
void
geminga_actor_class_set_mailbox_limit (GemingaActorClass *klass, guint limit)
{
  g_return_if_fail (GEMINGA_IS_ACTOR_CLASS (klass));
  g_return_if_fail (limit > 0);

  klass->mailbox_limit = limit;
}

/**
 * geminga_actor_class_set_mailbox_policy:
 * @klass: an actor class
 * @policy: what happens to messages that find the mailbox full
 *
 * Says what a full mailbox does. The default is %GEMINGA_MAILBOX_POLICY_FAIL_CALLER.
 *
 * For class_init, or before the first actor of the class is made. It is the same wherever senders are,
 * but a tell to an actor of another process is on its way before that process can refuse it; who wants
 * to know uses [method@Geminga.ActorRef.tell_async].
 *
 * Since: 0.1
 */
void
geminga_actor_class_set_mailbox_policy (GemingaActorClass *klass, GemingaMailboxPolicy policy)
{
  g_return_if_fail (GEMINGA_IS_ACTOR_CLASS (klass));
  g_return_if_fail (policy <= GEMINGA_MAILBOX_POLICY_COALESCE);

  klass->mailbox_policy = policy;
}

/**
 * geminga_actor_class_set_main_thread_only:
 * @klass: an actor class
 * @main_thread_only: whether its code must not run in other threads
 *
 * Says that actors of the class cannot have a thread of their own. Overlays of languages that cannot
 * be called off the main thread say so for their classes; for JavaScript it is always so.
 *
 * Since: 0.1
 */
void
geminga_actor_class_set_main_thread_only (GemingaActorClass *klass, gboolean main_thread_only)
{
  g_return_if_fail (GEMINGA_IS_ACTOR_CLASS (klass));

  klass->is_main_thread_only = main_thread_only;
}

/**
 * geminga_actor_class_set_default_periodic_interval:
 * @klass: an actor class
 * @interval: milliseconds from one run to the next, 0 for none
 *
 * Has `periodic()` run again and again in each actor of the class, from its start to its end.
 *
 * An actor may change it for itself with [method@Geminga.Actor.set_periodic_interval], which also says
 * more about when it runs.
 *
 * Since: 0.1
 */
void
geminga_actor_class_set_default_periodic_interval (GemingaActorClass *klass, guint interval)
{
  g_return_if_fail (GEMINGA_IS_ACTOR_CLASS (klass));

  klass->periodic_interval = interval;
}

/**
 * geminga_actor_class_list_interfaces:
 * @klass: an actor class
 *
 * Lists what its actors understand: the interface of the class, if it declares one, and those of its
 * ancestors up to `org.geminga1.Actor`.
 *
 * Returns: (transfer container) (element-type GemingaInterface): the interfaces, the class's own first
 *
 * Since: 0.1
 */
GPtrArray *
geminga_actor_class_list_interfaces (GemingaActorClass *klass)
{
  GPtrArray *list;

  g_return_val_if_fail (GEMINGA_IS_ACTOR_CLASS (klass), NULL);

  list = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_interface_unref);
  for (GType type = G_TYPE_FROM_CLASS (klass); type != G_TYPE_OBJECT; type = g_type_parent (type))
    {
      GemingaInterface *interface = geminga_interface_peek_for_type (type);

      if (interface != NULL)
        g_ptr_array_add (list, geminga_interface_ref (interface));
    }

  return list;
}
