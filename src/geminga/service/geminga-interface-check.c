/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-interface-check-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "geminga-actor-config-private.h"
#include "geminga-error.h"

#define TYPE "a(sss)"

/* More than any program declares. */
#define MAX_SIZE (16 * 1024 * 1024)

typedef struct
{
  GVariantBuilder *list;
  const char *service;
} Description;

/* Helpers: describing */

static void
add (Description *self, const char *actor, const char *kind, const char *name, const char *type)
{
  g_autofree char *who = g_strconcat (self->service, "/", actor, NULL);
  g_autofree char *what = g_strconcat (kind, " ", name, NULL);

  g_variant_builder_add (self->list, "(sss)", who, what, type);
}

static void
add_command (Description *self,
             const char *actor,
             GemingaInterface *interface,
             GemingaCommand *command)
{
  g_autofree char *name = g_strconcat (geminga_interface_get_name (interface), ".",
                                       geminga_command_get_name (command), NULL);
  g_autofree char *arguments =
      g_variant_type_dup_string (geminga_command_get_argument_type (command));
  g_autofree char *results = g_variant_type_dup_string (geminga_command_get_result_type (command));
  g_autofree char *type = g_strconcat (arguments, " → ", results, NULL);

  /* Only actors of the same program send it. */
  if ((geminga_command_get_flags (command) & GEMINGA_COMMAND_FLAGS_PRIVATE) == 0)
    add (self, actor, "command", name, type);
}

static void
add_interface (Description *self, const char *actor, GemingaInterface *interface)
{
  g_autoptr (GPtrArray) commands = geminga_interface_list_commands (interface);
  g_autoptr (GPtrArray) events = geminga_interface_list_events (interface);

  for (guint i = 0; i < commands->len; i++)
    add_command (self, actor, interface, g_ptr_array_index (commands, i));
  for (guint i = 0; i < events->len; i++)
    {
      GemingaCommand *event = g_ptr_array_index (events, i);
      g_autofree char *name = g_strconcat (geminga_interface_get_name (interface), ".",
                                           geminga_command_get_name (event), NULL);
      g_autofree char *type = g_variant_type_dup_string (geminga_command_get_argument_type (event));

      add (self, actor, "event", name, type);
    }
}

static void
add_properties (Description *self, const char *actor, GType type)
{
  g_autoptr (GPtrArray) properties = geminga_actor_config_list_properties (type, 0);

  for (guint i = 0; i < properties->len; i++)
    {
      GParamSpec *pspec = g_ptr_array_index (properties, i);
      g_autofree char *signature =
          g_variant_type_dup_string (geminga_property_get_variant_type (pspec));
      g_autofree char *access = g_strconcat (
          signature, (pspec->flags & G_PARAM_WRITABLE) != 0 ? " readwrite" : " read", NULL);

      add (self, actor, "property", pspec->name, access);
    }
}

static void
add_class (gpointer data, const char *actor, GType type)
{
  g_autoptr (GemingaActorClass) klass = g_type_class_ref (type);
  g_autoptr (GPtrArray) interfaces = geminga_actor_class_list_interfaces (klass);

  for (guint i = 0; i < interfaces->len; i++)
    add_interface (data, actor, g_ptr_array_index (interfaces, i));
  add_properties (data, actor, type);
}

/* Helpers: comparing */

static char *
name_key (const char *who, const char *what)
{
  return g_strconcat (who, ": ", what, NULL);
}

/* All there is, and the services that there are. */
static GHashTable *
index_description (GVariant *description, GHashTable *services)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GVariantIter iter;
  const char *who;
  const char *what;
  const char *type;

  g_variant_iter_init (&iter, description);
  while (g_variant_iter_next (&iter, "(&s&s&s)", &who, &what, &type))
    {
      g_hash_table_insert (table, name_key (who, what), g_strdup (type));
      g_hash_table_add (services, g_strndup (who, strcspn (who, "/")));
    }

  return table;
}

static gboolean
is_same (const char *before, const char *now)
{
  /* What could be read only may be written now. */
  return g_str_equal (before, now) ||
         (g_str_has_suffix (before, " read") && g_str_has_prefix (now, before) &&
          g_str_equal (now + strlen (before), "write"));
}

static gboolean
set_failure (GError **error)
{
  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED,
               _ ("The interfaces of the program cannot be passed on: %s"), g_strerror (errno));

  return FALSE;
}

/* Private API */

GVariant *
geminga_interface_check_describe (GPtrArray *services)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE (TYPE));
  for (guint i = 0; i < services->len; i++)
    {
      GemingaService *service = g_ptr_array_index (services, i);
      Description description = { &list, geminga_service_get_name (service) };

      geminga_service_foreach_class (service, add_class, &description);
    }

  return g_variant_ref_sink (g_variant_builder_end (&list));
}

GStrv
geminga_interface_check_compare (GVariant *before, GVariant *now)
{
  g_autoptr (GHashTable) services = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) table = index_description (now, services);
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  GVariantIter iter;
  const char *who;
  const char *what;
  const char *type;

  g_variant_iter_init (&iter, before);
  while (g_variant_iter_next (&iter, "(&s&s&s)", &who, &what, &type))
    {
      g_autofree char *key = name_key (who, what);
      g_autofree char *service = g_strndup (who, strcspn (who, "/"));
      const char *type_now = g_hash_table_lookup (table, key);
      g_autofree char *line = NULL;

      if (!g_hash_table_contains (services, service) ||
          (type_now != NULL && is_same (type, type_now)))
        continue;

      line = type_now == NULL
                 ? g_strdup_printf (_ ("%s is not there any more"), key)
                 : g_strdup_printf (_ ("%s was “%s” and is “%s”"), key, type, type_now);
      g_strv_builder_add (lines, line);
    }

  return g_strv_builder_end (lines);
}

int
geminga_interface_check_new_fd (GError **error)
{
  int fd = memfd_create ("geminga-interfaces", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  if (fd < 0)
    set_failure (error);

  return fd;
}

gboolean
geminga_interface_check_write (int fd, GVariant *description, GError **error)
{
  gsize size = g_variant_get_size (description);

  return (pwrite (fd, g_variant_get_data (description), size, 0) == (gssize) size &&
          fcntl (fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0) ||
         set_failure (error);
}

GVariant *
geminga_interface_check_read (int fd)
{
  struct stat status;
  g_autofree char *data = NULL;
  g_autoptr (GVariant) description = NULL;

  if (fstat (fd, &status) != 0 || status.st_size == 0 || status.st_size > MAX_SIZE ||
      (fcntl (fd, F_GET_SEALS) & F_SEAL_WRITE) == 0)
    return NULL;

  data = g_malloc ((gsize) status.st_size);
  if (pread (fd, data, (gsize) status.st_size, 0) != status.st_size)
    return NULL;

  description = g_variant_ref_sink (g_variant_new_from_data (
      G_VARIANT_TYPE (TYPE), data, (gsize) status.st_size, FALSE, g_free, data));
  g_steal_pointer (&data);

  /* Another program wrote it. */
  return g_variant_get_normal_form (description);
}
