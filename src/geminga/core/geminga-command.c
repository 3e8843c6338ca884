/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-command-private.h"

G_DEFINE_BOXED_TYPE (GemingaCommand, geminga_command, geminga_command_ref, geminga_command_unref)

/* Helpers */

/* D-Bus has no maybe types, and what a command takes must be of a known type. */
static gboolean
is_wire_type (const GVariantType *type)
{
  const char *text = g_variant_type_peek_string (type);
  gsize length = g_variant_type_get_string_length (type);

  return g_variant_type_is_definite (type) && memchr (text, 'm', length) == NULL;
}

/* A name for each element: the given ones, then "arg2", "arg3" ... */
static char **
complete_names (const char *const *names, const GVariantType *type, const char *stem)
{
  gsize n_items = g_variant_type_n_items (type);
  char **complete = g_new0 (char *, n_items + 1);
  gsize n_names = names != NULL ? g_strv_length ((char **) names) : 0;

  for (gsize i = 0; i < n_items; i++)
    complete[i] =
        i < n_names ? g_strdup (names[i]) : g_strdup_printf ("%s%" G_GSIZE_FORMAT, stem, i + 1);

  return complete;
}

/* Private API */

GVariantType *
geminga_command_parse_signature (const char *signature)
{
  g_autoptr (GVariantType) single = NULL;

  /* What GLib makes of a type need not end with a NUL: people read these in messages. */
  if (signature == NULL || *signature == '\0')
    return (GVariantType *) g_strdup ("()");
  if (!g_variant_type_string_is_valid (signature))
    return NULL;

  single = g_variant_type_new (signature);
  if (!is_wire_type (single))
    return NULL;
  if (g_variant_type_is_tuple (single))
    return (GVariantType *) g_strdup (signature);

  return (GVariantType *) g_strdup_printf ("(%s)", signature);
}

GemingaCommand *
geminga_command_new_from_entry (const GemingaCommandEntry *entry)
{
  GemingaCommand *self = geminga_command_new (entry->name, entry->arguments, entry->result);

  if (self == NULL)
    return NULL;

  if (entry->argument_names != NULL)
    {
      g_auto (GStrv) names = g_strsplit (entry->argument_names, " ", -1);

      geminga_command_set_argument_names (self, (const char *const *) names);
    }
  if (entry->documentation != NULL)
    geminga_command_set_documentation (self, entry->documentation);
  self->flags = entry->flags;
  self->handler = entry->handler;
  geminga_command_set_coalesce_key (self, entry->coalesce_key);

  return self;
}

/* Public API */

/**
 * geminga_command_new:
 * @name: name of the command, a D-Bus member name such as `Add`
 * @arguments: (nullable): types of the arguments as a GVariant signature: `(dd)` for two, `d` for one,
 *   %NULL or an empty string for none
 * @result: (nullable): types of the results in the same way
 *
 * Makes the description of a command.
 *
 * A tuple stands for its elements, so a single tuple as argument is written `((dd))`. Types are those
 * of D-Bus: no maybe types, nothing indefinite.
 *
 * Returns: (transfer full): the command
 *
 * Since: 0.1
 */
GemingaCommand *
geminga_command_new (const char *name, const char *arguments, const char *result)
{
  g_autoptr (GVariantType) argument_type = NULL;
  g_autoptr (GVariantType) result_type = NULL;
  GemingaCommand *self;

  g_return_val_if_fail (name != NULL && g_dbus_is_member_name (name), NULL);
  argument_type = geminga_command_parse_signature (arguments);
  g_return_val_if_fail (argument_type != NULL, NULL);
  result_type = geminga_command_parse_signature (result);
  g_return_val_if_fail (result_type != NULL, NULL);

  self = g_new0 (GemingaCommand, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->name = g_strdup (name);
  self->argument_names = complete_names (NULL, argument_type, "arg");
  self->result_names = complete_names (NULL, result_type, "result");
  self->argument_type = g_steal_pointer (&argument_type);
  self->takes_nothing = g_variant_type_equal (self->argument_type, G_VARIANT_TYPE_UNIT);
  self->result_type = g_steal_pointer (&result_type);
  self->gives_nothing = g_variant_type_equal (self->result_type, G_VARIANT_TYPE_UNIT);
  self->documentation = g_strdup ("");
  self->coalesce_argument = GEMINGA_COMMAND_NEVER_COALESCES;

  return self;
}

/**
 * geminga_command_set_argument_names:
 * @self: a command
 * @names: (array zero-terminated=1): a name for each argument
 *
 * Names the arguments. Those without a name are called `arg1`, `arg2` and so on.
 *
 * Since: 0.1
 */
void
geminga_command_set_argument_names (GemingaCommand *self, const char *const *names)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (names != NULL);

  g_strfreev (self->argument_names);
  self->argument_names = complete_names (names, self->argument_type, "arg");
}

/**
 * geminga_command_set_result_names:
 * @self: a command
 * @names: (array zero-terminated=1): a name for each result
 *
 * Names the results. Those without a name are called `result1`, `result2` and so on.
 *
 * Since: 0.1
 */
void
geminga_command_set_result_names (GemingaCommand *self, const char *const *names)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (names != NULL);

  g_strfreev (self->result_names);
  self->result_names = complete_names (names, self->result_type, "result");
}

/**
 * geminga_command_set_documentation:
 * @self: a command
 * @documentation: one sentence, or more
 *
 * Says what the command does, for people.
 *
 * Since: 0.1
 */
void
geminga_command_set_documentation (GemingaCommand *self, const char *documentation)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (documentation != NULL);

  g_free (self->documentation);
  self->documentation = g_strdup (documentation);
}

/**
 * geminga_command_set_flags:
 * @self: a command
 * @flags: what is special about it
 *
 * Sets the flags.
 *
 * Since: 0.1
 */
void
geminga_command_set_flags (GemingaCommand *self, GemingaCommandFlags flags)
{
  g_return_if_fail (self != NULL);

  self->flags = flags;
}

/**
 * geminga_command_set_coalesce_key:
 * @self: a command
 * @argument: (nullable): name of an argument, an empty string for none of them, or %NULL
 *
 * Says that of messages with the same key only the newest counts.
 *
 * In a mailbox that coalesces, see %GEMINGA_MAILBOX_POLICY_COALESCE, a message of this command takes the
 * place of one that still waits and whose argument of that name has the same value; with an empty string,
 * of any one of this command. With %NULL, the default, each message counts. The names of the arguments
 * must have been set.
 *
 * Since: 0.1
 */
void
geminga_command_set_coalesce_key (GemingaCommand *self, const char *argument)
{
  g_return_if_fail (self != NULL);

  self->coalesce_argument = GEMINGA_COMMAND_NEVER_COALESCES;
  if (argument == NULL)
    return;
  if (*argument == '\0')
    {
      self->coalesce_argument = GEMINGA_COMMAND_ALWAYS_COALESCES;
      return;
    }

  for (int i = 0; self->argument_names[i] != NULL; i++)
    if (g_str_equal (self->argument_names[i], argument))
      self->coalesce_argument = i;
  g_return_if_fail (self->coalesce_argument >= 0);
}

/**
 * geminga_command_get_name:
 * @self: a command
 *
 * Tells the name.
 *
 * Returns: the name
 *
 * Since: 0.1
 */
const char *
geminga_command_get_name (GemingaCommand *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * geminga_command_get_argument_type:
 * @self: a command
 *
 * Tells the types of the arguments.
 *
 * Returns: (transfer none): a tuple type with one element an argument
 *
 * Since: 0.1
 */
const GVariantType *
geminga_command_get_argument_type (GemingaCommand *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->argument_type;
}

/**
 * geminga_command_get_result_type:
 * @self: a command
 *
 * Tells the types of the results.
 *
 * Returns: (transfer none): a tuple type with one element a result
 *
 * Since: 0.1
 */
const GVariantType *
geminga_command_get_result_type (GemingaCommand *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->result_type;
}

/**
 * geminga_command_get_argument_names:
 * @self: a command
 *
 * Tells the names of the arguments.
 *
 * Returns: (transfer none) (array zero-terminated=1): a name for each argument
 *
 * Since: 0.1
 */
const char *const *
geminga_command_get_argument_names (GemingaCommand *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->argument_names;
}

/**
 * geminga_command_get_result_names:
 * @self: a command
 *
 * Tells the names of the results.
 *
 * Returns: (transfer none) (array zero-terminated=1): a name for each result
 *
 * Since: 0.1
 */
const char *const *
geminga_command_get_result_names (GemingaCommand *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->result_names;
}

/**
 * geminga_command_get_documentation:
 * @self: a command
 *
 * Tells what the command does.
 *
 * Returns: the text, empty if there is none
 *
 * Since: 0.1
 */
const char *
geminga_command_get_documentation (GemingaCommand *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->documentation;
}

/**
 * geminga_command_get_flags:
 * @self: a command
 *
 * Tells what is special about the command.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
GemingaCommandFlags
geminga_command_get_flags (GemingaCommand *self)
{
  g_return_val_if_fail (self != NULL, GEMINGA_COMMAND_FLAGS_NONE);

  return self->flags;
}

/**
 * geminga_command_get_coalesce_key:
 * @self: a command
 *
 * Tells which argument is the key of its messages, see [method@Geminga.Command.set_coalesce_key].
 *
 * Returns: (nullable): the argument's name, an empty string, or %NULL
 *
 * Since: 0.1
 */
const char *
geminga_command_get_coalesce_key (GemingaCommand *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->coalesce_argument == GEMINGA_COMMAND_NEVER_COALESCES)
    return NULL;

  return self->coalesce_argument >= 0 ? self->argument_names[self->coalesce_argument] : "";
}

/**
 * geminga_command_ref:
 * @self: a command
 *
 * Takes one more reference. Any thread may.
 *
 * Returns: (transfer full): the command
 *
 * Since: 0.1
 */
GemingaCommand *
geminga_command_ref (GemingaCommand *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * geminga_command_unref:
 * @self: (transfer full): a command
 *
 * Gives a reference back. Any thread may.
 *
 * Since: 0.1
 */
void
geminga_command_unref (GemingaCommand *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->name);
  g_variant_type_free (self->argument_type);
  g_variant_type_free (self->result_type);
  g_strfreev (self->argument_names);
  g_strfreev (self->result_names);
  g_free (self->documentation);
  g_free (self);
}
