/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-state-private.h"

/* Bytes that may wait for a bus that does not read; what actors say beyond is dropped. */
#define MAX_UNSENT (8 * 1024 * 1024)

/* Helpers */

/* Made once a type, however many actors are of it. */
static GemingaBusClass *
ensure_class (GemingaBus *self, GType type)
{
  GemingaBusClass *klass = g_hash_table_lookup (self->classes, GSIZE_TO_POINTER (type));

  if (klass == NULL)
    {
      klass = geminga_bus_class_new (type);
      g_hash_table_insert (self->classes, GSIZE_TO_POINTER (type), klass);
    }

  return klass;
}

/* One message in the log for each time that the bus stops reading, and one when it reads again. */
static gboolean
may_send_event (GemingaBus *self)
{
  gsize n_unsent = geminga_bus_gate_get_unsent (self->gate);

  if (n_unsent > MAX_UNSENT || (self->n_dropped > 0 && n_unsent > MAX_UNSENT / 2))
    {
      if (self->n_dropped++ == 0)
        g_warning ("Events are dropped: the bus has not read %" G_GSIZE_FORMAT " bytes yet",
                   n_unsent);
      return FALSE;
    }

  if (self->n_dropped > 0)
    g_message ("The bus reads again; %" G_GUINT64_FORMAT " events were dropped", self->n_dropped);
  self->n_dropped = 0;

  return TRUE;
}

static gboolean
is_path_below_root (const char *path)
{
  return g_variant_is_object_path (path) && (g_str_equal (path, GEMINGA_BUS_ROOT_PATH) ||
                                             g_str_has_prefix (path, GEMINGA_BUS_ROOT_PATH "/"));
}

/* A signal against the rules would make the bus close the connection. */
static gboolean
is_valid_signal (const char *interface, const char *member, GVariant *arguments)
{
  return g_dbus_is_interface_name (interface) && g_dbus_is_member_name (member) &&
         g_variant_is_of_type (arguments, G_VARIANT_TYPE_TUPLE) &&
         g_variant_is_signature (g_variant_get_type_string (arguments));
}

/* Private API */

GemingaBusNode *
geminga_bus_lookup_actor (GemingaBus *self, const char *path)
{
  GemingaBusNode *node = geminga_bus_tree_lookup (self->tree, path);

  return node != NULL && node->klass != NULL ? node : NULL;
}

void
geminga_bus_send_signal (GemingaBus *self,
                         const char *path,
                         const char *interface,
                         const char *member,
                         GVariant *arguments)
{
  g_autoptr (GDBusMessage) message = NULL;
  g_autoptr (GVariant) sunk = g_variant_ref_sink (arguments);
  g_autoptr (GError) error = NULL;

  if (self->gate == NULL || !may_send_event (self))
    return;

  message = g_dbus_message_new_signal (path, interface, member);
  g_dbus_message_set_body (message, sunk);
  if (!geminga_bus_gate_send (self->gate, message, &error))
    g_warning ("Event %s.%s of %s cannot be sent: %s", interface, member, path, error->message);
  geminga_bus_connection_check_age (self);
}

void
geminga_bus_add_actor (GemingaBus *self, const char *path, GType type, GemingaActorRef *ref)
{
  GemingaBusNode *node;

  g_return_if_fail (self != NULL);
  g_return_if_fail (path != NULL && is_path_below_root (path));
  g_return_if_fail (g_type_is_a (type, GEMINGA_TYPE_ACTOR));
  g_return_if_fail (GEMINGA_IS_ACTOR_REF (ref));

  if (geminga_bus_lookup_actor (self, path) != NULL)
    geminga_bus_remove_actor (self, path);

  node = geminga_bus_tree_ensure (self->tree, path);
  geminga_bus_node_set_actor (node, ensure_class (self, type), ref);
  geminga_bus_manager_added (self, path);
}

void
geminga_bus_remove_actor (GemingaBus *self, const char *path)
{
  g_autoptr (GemingaBusClass) klass = NULL;
  GemingaBusNode *node;

  g_return_if_fail (self != NULL);
  g_return_if_fail (path != NULL && is_path_below_root (path));

  node = geminga_bus_lookup_actor (self, path);
  if (node == NULL)
    return;

  klass = geminga_bus_class_ref (node->klass);
  geminga_bus_node_clear_actor (node);
  geminga_bus_manager_removed (self, path, klass);
}

void
geminga_bus_emit_event (GemingaBus *self,
                        const char *path,
                        const char *interface,
                        const char *member,
                        GVariant *arguments)
{
  g_autoptr (GVariant) sunk = NULL;
  GemingaBusNode *node;

  g_return_if_fail (self != NULL);
  g_return_if_fail (path != NULL && interface != NULL && member != NULL && arguments != NULL);

  sunk = g_variant_ref_sink (arguments);
  if (self->gate == NULL || !g_variant_is_object_path (path))
    return;

  node = geminga_bus_lookup_actor (self, path);
  if (node == NULL || geminga_bus_class_is_private_event (node->klass, interface, member))
    return;

  if (is_valid_signal (interface, member, sunk))
    geminga_bus_send_signal (self, path, interface, member, sunk);
  else
    g_warning ("Event %s.%s of %s cannot be sent: it is no signal of D-Bus", interface, member,
               path);
}
