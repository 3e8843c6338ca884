/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "cli-introspection.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "cli-bus.h"
#include "cli-error.h"
#include "cli-text.h"

/*
 * Reads introspection data with a reader of our own: it comes from whoever owns the name, and that of
 * GDBus trusts what it reads.
 */

#define MAX_LENGTH  (4 * 1024 * 1024)
#define DOC_STRING  "org.gtk.GDBus.DocString"
#define MAX_MEMBERS 10000

typedef struct
{
  CliIntrospection *introspection; /* borrows */
  guint depth;                     /* of nodes */
  char *interface;                 /* (owned) (nullable): where the reader is */
  CliMethod *method;               /* borrows, (nullable): where the reader is */
} Reading;

/* Helpers */

static void
argument_free (gpointer data)
{
  CliArgument *argument = data;

  g_free (argument->name);
  g_free (argument->type);
  g_free (argument);
}

static void
method_free (gpointer data)
{
  CliMethod *method = data;

  g_free (method->interface);
  g_free (method->name);
  g_free (method->summary);
  g_ptr_array_unref (method->in);
  g_ptr_array_unref (method->out);
  g_free (method);
}

static const char *
find_attribute (const char **names, const char **values, const char *wanted)
{
  for (gsize i = 0; names[i] != NULL; i++)
    {
      if (g_str_equal (names[i], wanted))
        return values[i];
    }

  return NULL;
}

static void
begin_node (Reading *self, const char *name)
{
  GPtrArray *children = self->introspection->children;

  self->depth++;
  if (self->depth == 2 && name != NULL && *name != '\0' && strchr (name, '/') == NULL &&
      children->len < MAX_MEMBERS)
    g_ptr_array_add (children, g_strdup (name));
}

static void
begin_interface (Reading *self, const char *name)
{
  if (self->depth != 1 || name == NULL || !g_dbus_is_interface_name (name) ||
      self->introspection->interfaces->len >= MAX_MEMBERS)
    return;

  self->interface = g_strdup (name);
  g_ptr_array_add (self->introspection->interfaces, g_strdup (name));
}

static void
begin_method (Reading *self, const char *name)
{
  CliMethod *method;

  if (self->interface == NULL || name == NULL || !g_dbus_is_member_name (name) ||
      self->introspection->methods->len >= MAX_MEMBERS)
    return;

  method = g_new0 (CliMethod, 1);
  method->interface = g_strdup (self->interface);
  method->name = g_strdup (name);
  method->in = g_ptr_array_new_with_free_func (argument_free);
  method->out = g_ptr_array_new_with_free_func (argument_free);
  g_ptr_array_add (self->introspection->methods, method);
  self->method = method;
}

static gboolean
add_argument (Reading *self,
              const char *name,
              const char *type,
              const char *direction,
              GError **error)
{
  CliArgument *argument;
  GPtrArray *arguments = g_strcmp0 (direction, "out") == 0 ? self->method->out : self->method->in;

  if (type == NULL || !g_variant_is_signature (type) || !g_variant_type_string_is_valid (type) ||
      arguments->len > 255)
    {
      g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT,
                   _ ("%s.%s has an argument without a valid type"), self->method->interface,
                   self->method->name);
      return FALSE;
    }

  argument = g_new0 (CliArgument, 1);
  argument->name =
      name != NULL && *name != '\0' ? g_strdup (name) : g_strdup_printf ("arg%u", arguments->len);
  argument->type = g_strdup (type);
  g_ptr_array_add (arguments, argument);

  return TRUE;
}

static void
element_begins (GMarkupParseContext *context,
                const char *element,
                const char **names,
                const char **values,
                gpointer user_data,
                GError **error)
{
  Reading *self = user_data;
  const char *name = find_attribute (names, values, "name");
  const char *parent = "";
  const GSList *stack = g_markup_parse_context_get_element_stack (context);

  if (stack->next != NULL)
    parent = stack->next->data;

  if (g_str_equal (element, "node"))
    begin_node (self, name);
  else if (g_str_equal (element, "interface"))
    begin_interface (self, name);
  else if (g_str_equal (element, "method"))
    begin_method (self, name);
  else if (self->method == NULL || !g_str_equal (parent, "method"))
    return;
  else if (g_str_equal (element, "arg"))
    add_argument (self, name, find_attribute (names, values, "type"),
                  find_attribute (names, values, "direction"), error);
  else if (g_str_equal (element, "annotation") && g_strcmp0 (name, DOC_STRING) == 0 &&
           self->method->summary == NULL)
    self->method->summary = g_strdup (find_attribute (names, values, "value"));
}

static void
element_ends (GMarkupParseContext *context, const char *element, gpointer user_data, GError **error)
{
  Reading *self = user_data;

  if (g_str_equal (element, "node"))
    self->depth--;
  else if (g_str_equal (element, "interface"))
    g_clear_pointer (&self->interface, g_free);
  else if (g_str_equal (element, "method"))
    self->method = NULL;
}

/* A command may be typed as Add, add or, for GetConfig, get-config. */
static gboolean
is_same_word (const char *member, const char *typed)
{
  for (; *member != '\0'; member++)
    {
      while (*typed == '-' || *typed == '_')
        typed++;
      if (g_ascii_tolower (*member) != g_ascii_tolower (*typed))
        return FALSE;
      typed++;
    }

  return *typed == '\0';
}

/* Tells how well @command names @method: 0 not at all. */
static int
rate_method (CliMethod *method, const char *command)
{
  g_autofree char *whole = g_strconcat (method->interface, ".", method->name, NULL);
  int rate;

  if (g_str_equal (whole, command))
    return 100;
  if (g_str_equal (method->name, command))
    rate = 20;
  else if (is_same_word (method->name, command))
    rate = 10;
  else
    return 0;

  /* The actor's own commands come before those that every actor has. */
  if (g_str_has_prefix (method->interface, "org.freedesktop."))
    return rate + 1;
  return g_str_equal (method->interface, CLI_ACTOR_INTERFACE) ? rate + 2 : rate + 3;
}

static void
fail_unknown (CliIntrospection *self, const char *command, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *nearest;

  for (guint i = 0; i < self->methods->len; i++)
    {
      CliMethod *method = g_ptr_array_index (self->methods, i);

      if (cli_introspection_is_own (method->interface))
        g_ptr_array_add (names, method->name);
    }
  g_ptr_array_add (names, NULL);

  nearest = cli_text_find_nearest (command, (const char *const *) names->pdata);
  if (nearest != NULL)
    g_set_error (error, CLI_ERROR, CLI_STATUS_NO_SUCH_ACTOR,
                 _ ("The actor has no command “%s”; did you mean “%s”?"), command, nearest);
  else
    g_set_error (error, CLI_ERROR, CLI_STATUS_NO_SUCH_ACTOR, _ ("The actor has no command “%s”"),
                 command);
}

/* Public API */

/* Reads introspection data; what is not known in it is left out. */
CliIntrospection *
cli_introspection_parse (const char *xml, gssize length, GError **error)
{
  const GMarkupParser parser = { .start_element = element_begins, .end_element = element_ends };
  g_autoptr (CliIntrospection) self = g_new0 (CliIntrospection, 1);
  g_autoptr (GMarkupParseContext) context = NULL;
  Reading reading = { .introspection = self };
  gboolean is_valid;

  self->interfaces = g_ptr_array_new_with_free_func (g_free);
  self->methods = g_ptr_array_new_with_free_func (method_free);
  self->children = g_ptr_array_new_with_free_func (g_free);

  context = g_markup_parse_context_new (&parser, 0, &reading, NULL);
  is_valid = g_markup_parse_context_parse (context, xml, length, error) &&
             g_markup_parse_context_end_parse (context, error);
  g_free (reading.interface);

  return is_valid ? g_steal_pointer (&self) : NULL;
}

/* Asks an object what it offers. */
CliIntrospection *
cli_introspection_get (Cli *cli, const char *bus_name, const char *path, GError **error)
{
  g_autoptr (GVariant) reply = cli_bus_call (
      cli, bus_name, path, "org.freedesktop.DBus.Introspectable", "Introspect", NULL, error);
  g_autoptr (CliIntrospection) self = NULL;
  g_autoptr (GError) local_error = NULL;
  const char *xml = NULL;

  if (reply == NULL)
    return NULL;

  if (g_variant_is_of_type (reply, G_VARIANT_TYPE ("(s)")))
    g_variant_get (reply, "(&s)", &xml);
  if (xml != NULL && strlen (xml) <= MAX_LENGTH)
    self = cli_introspection_parse (xml, (gssize) strlen (xml), &local_error);
  if (self == NULL)
    g_set_error (error, CLI_ERROR, CLI_STATUS_FAILED, _ ("Cannot read what %s of %s offers: %s"),
                 path, bus_name,
                 local_error != NULL ? local_error->message
                                     : _ ("it is no text, or too "
                                          "long"));

  return g_steal_pointer (&self);
}

void
cli_introspection_free (CliIntrospection *self)
{
  g_clear_pointer (&self->interfaces, g_ptr_array_unref);
  g_clear_pointer (&self->methods, g_ptr_array_unref);
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_free (self);
}

/* Finds the method that is meant with @command: its name, with or without that of its interface. */
CliMethod *
cli_introspection_find_method (CliIntrospection *self, const char *command, GError **error)
{
  CliMethod *best = NULL;
  CliMethod *second = NULL;
  int best_rate = 0;

  for (guint i = 0; i < self->methods->len; i++)
    {
      CliMethod *method = g_ptr_array_index (self->methods, i);
      int rate = rate_method (method, command);

      if (rate > best_rate)
        {
          best = method;
          second = NULL;
          best_rate = rate;
        }
      else if (rate == best_rate && best != NULL)
        {
          second = method;
        }
    }

  if (best == NULL)
    fail_unknown (self, command, error);
  else if (second != NULL)
    g_set_error (error, CLI_ERROR, CLI_STATUS_USAGE, _ ("“%s” can be %s.%s or %s.%s"), command,
                 best->interface, best->name, second->interface, second->name);

  return second != NULL ? NULL : best;
}

/* Tells whether an interface says what an actor does, not how D-Bus works. */
gboolean
cli_introspection_is_own (const char *interface)
{
  return !g_str_has_prefix (interface, "org.freedesktop.DBus.");
}

/* Gives a method as a person calls it: "Add a:d b:d". */
char *
cli_method_dup_usage (CliMethod *self)
{
  g_autoptr (GString) usage = g_string_new (self->name);

  for (guint i = 0; i < self->in->len; i++)
    {
      CliArgument *argument = g_ptr_array_index (self->in, i);

      g_string_append_printf (usage, " %s:%s", argument->name, argument->type);
    }

  return g_string_free (g_steal_pointer (&usage), FALSE);
}
