/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

/*
 * Compares what a class exports with the contract in data/dbus/NAME.xml: methods with their arguments,
 * signals, properties. Results have names in the contract only.
 */

static void
contract_add_arguments (GString *line, GDBusArgInfo **arguments, gboolean is_named)
{
  for (guint i = 0; arguments != NULL && arguments[i] != NULL; i++)
    g_string_append_printf (line, " %s%s%s", arguments[i]->signature, is_named ? ":" : "",
                            is_named ? arguments[i]->name : "");
}

static int
contract_compare (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* One line a member, sorted. */
static char *
contract_describe (GDBusInterfaceInfo *info)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; info->methods != NULL && info->methods[i] != NULL; i++)
    {
      GString *line = g_string_new ("method ");

      g_string_append (line, info->methods[i]->name);
      contract_add_arguments (line, info->methods[i]->in_args, TRUE);
      g_string_append (line, " ->");
      contract_add_arguments (line, info->methods[i]->out_args, FALSE);
      g_ptr_array_add (lines, g_string_free (line, FALSE));
    }

  for (guint i = 0; info->signals != NULL && info->signals[i] != NULL; i++)
    {
      GString *line = g_string_new ("signal ");

      g_string_append (line, info->signals[i]->name);
      contract_add_arguments (line, info->signals[i]->args, TRUE);
      g_ptr_array_add (lines, g_string_free (line, FALSE));
    }

  for (guint i = 0; info->properties != NULL && info->properties[i] != NULL; i++)
    {
      const char *emits = g_dbus_annotation_info_lookup (
          info->properties[i]->annotations, "org.freedesktop.DBus.Property.EmitsChangedSignal");

      g_ptr_array_add (
          lines,
          g_strdup_printf ("property %s %s %s%s", info->properties[i]->name,
                           info->properties[i]->signature, emits != NULL ? emits : "true",
                           (info->properties[i]->flags & G_DBUS_PROPERTY_INFO_FLAGS_WRITABLE) != 0
                               ? " writable"
                               : ""));
    }

  g_ptr_array_sort (lines, contract_compare);
  g_ptr_array_add (lines, NULL);

  return g_strjoinv ("\n", (char **) lines->pdata);
}

static void
assert_contract (GDBusInterfaceInfo *exported)
{
  g_autofree char *file = g_strconcat (exported->name, ".xml", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "dbus", file, NULL);
  g_autofree char *xml = NULL;
  g_autofree char *wanted = NULL;
  g_autofree char *actual = NULL;
  g_autoptr (GDBusNodeInfo) node = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &xml, NULL, &error);
  g_assert_no_error (error);
  node = g_dbus_node_info_new_for_xml (xml, &error);
  g_assert_no_error (error);
  wanted = contract_describe (g_dbus_node_info_lookup_interface (node, exported->name));
  actual = contract_describe (exported);
  g_assert_cmpstr (actual, ==, wanted);
}
