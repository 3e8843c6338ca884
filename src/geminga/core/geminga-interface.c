/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-interface-private.h"

struct _GemingaInterface
{
  gatomicrefcount ref_count;
  char *name;
  GPtrArray *commands; /* (owned) (element-type GemingaCommand) */
  GPtrArray
      *events; /* (owned) (element-type GemingaCommand): their arguments are what they carry */
};

G_DEFINE_BOXED_TYPE (GemingaInterface,
                     geminga_interface,
                     geminga_interface_ref,
                     geminga_interface_unref)

static G_DEFINE_QUARK (geminga - interface, interface)

    /* Helpers */

    static GemingaInterface *interface_new (GType type)
{
  GemingaInterface *self = g_new0 (GemingaInterface, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->name = g_strdup_printf ("org.geminga1.Class.%s", g_type_name (type));
  g_strdelimit (self->name, "+-", '_');
  self->commands = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_command_unref);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_command_unref);

  return self;
}

static GemingaCommand *
find (GPtrArray *commands, const char *name)
{
  for (guint i = 0; i < commands->len; i++)
    {
      GemingaCommand *command = g_ptr_array_index (commands, i);

      if (g_str_equal (geminga_command_get_name (command), name))
        return command;
    }

  return NULL;
}

/* Private API */

GemingaInterface *
geminga_interface_peek_for_type (GType type)
{
  return g_type_get_qdata (type, interface_quark ());
}

GemingaInterface *
geminga_interface_for_type (GType type)
{
  GemingaInterface *self = geminga_interface_peek_for_type (type);

  if (self == NULL)
    {
      self = interface_new (type);
      g_type_set_qdata (type, interface_quark (), self);
    }

  return self;
}

GemingaCommand *
geminga_interface_find_command (GType type, const char *name)
{
  for (; type != G_TYPE_INVALID; type = g_type_parent (type))
    {
      GemingaInterface *self = geminga_interface_peek_for_type (type);
      GemingaCommand *command = self != NULL ? find (self->commands, name) : NULL;

      if (command != NULL)
        return command;
    }

  return NULL;
}

GemingaInterface *
geminga_interface_find_event (GType type, const char *name)
{
  for (; type != G_TYPE_INVALID; type = g_type_parent (type))
    {
      GemingaInterface *self = geminga_interface_peek_for_type (type);

      if (self != NULL && find (self->events, name) != NULL)
        return self;
    }

  return NULL;
}

void
geminga_interface_set_name (GemingaInterface *self, const char *name)
{
  g_free (self->name);
  self->name = g_strdup (name);
}

void
geminga_interface_add_command (GemingaInterface *self, GemingaCommand *command)
{
  g_return_if_fail (find (self->commands, geminga_command_get_name (command)) == NULL);

  g_ptr_array_add (self->commands, geminga_command_ref (command));
}

void
geminga_interface_add_event (GemingaInterface *self, GemingaCommand *event)
{
  g_return_if_fail (find (self->events, geminga_command_get_name (event)) == NULL);

  g_ptr_array_add (self->events, geminga_command_ref (event));
}

char *
geminga_interface_member_name (const char *property)
{
  GString *member = g_string_new (NULL);
  gboolean is_upper = TRUE;

  for (; *property != '\0'; property++)
    {
      if (*property == '-' || *property == '_')
        {
          is_upper = TRUE;
          continue;
        }

      g_string_append_c (member, is_upper ? g_ascii_toupper (*property) : *property);
      is_upper = FALSE;
    }

  return g_string_free (member, FALSE);
}

/* Public API */

/**
 * geminga_interface_get_name:
 * @self: an interface
 *
 * Tells the D-Bus name, such as `org.example.Calc1`.
 *
 * Returns: the name
 *
 * Since: 0.1
 */
const char *
geminga_interface_get_name (GemingaInterface *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * geminga_interface_list_commands:
 * @self: an interface
 *
 * Lists the commands, in the order of their declaration.
 *
 * Returns: (transfer container) (element-type GemingaCommand): the commands
 *
 * Since: 0.1
 */
GPtrArray *
geminga_interface_list_commands (GemingaInterface *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_ptr_array_ref (self->commands);
}

/**
 * geminga_interface_lookup_command:
 * @self: an interface
 * @name: name of a command
 *
 * Finds a command.
 *
 * Returns: (transfer none) (nullable): the command, or %NULL if there is none of that name
 *
 * Since: 0.1
 */
GemingaCommand *
geminga_interface_lookup_command (GemingaInterface *self, const char *name)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return find (self->commands, name);
}

/**
 * geminga_interface_list_events:
 * @self: an interface
 *
 * Lists the events that actors send, described as commands without results.
 *
 * Returns: (transfer container) (element-type GemingaCommand): the events
 *
 * Since: 0.1
 */
GPtrArray *
geminga_interface_list_events (GemingaInterface *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_ptr_array_ref (self->events);
}

/**
 * geminga_interface_lookup_event:
 * @self: an interface
 * @name: name of an event
 *
 * Finds an event.
 *
 * Returns: (transfer none) (nullable): the event, or %NULL if there is none of that name
 *
 * Since: 0.1
 */
GemingaCommand *
geminga_interface_lookup_event (GemingaInterface *self, const char *name)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return find (self->events, name);
}

/**
 * geminga_interface_ref:
 * @self: an interface
 *
 * Takes one more reference. Any thread may.
 *
 * Returns: (transfer full): the interface
 *
 * Since: 0.1
 */
GemingaInterface *
geminga_interface_ref (GemingaInterface *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * geminga_interface_unref:
 * @self: (transfer full): an interface
 *
 * Gives a reference back. Any thread may.
 *
 * Since: 0.1
 */
void
geminga_interface_unref (GemingaInterface *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->name);
  g_ptr_array_unref (self->commands);
  g_ptr_array_unref (self->events);
  g_free (self);
}
