/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-actor-builtin-private.h"

#include <unistd.h>

#include "geminga-actor-config-private.h"
#include "geminga-actor-private.h"
#include "geminga-call-private.h"
#include "geminga-core-enums.h"
#include "geminga-dead-letters-private.h"
#include "geminga-error.h"
#include "geminga-interface-private.h"
#include "geminga-system-private.h"

/* Helpers */

static const char *
get_placement_nick (GemingaPlacement placement)
{
  g_autoptr (GEnumClass) placements = g_type_class_ref (GEMINGA_TYPE_PLACEMENT);

  return g_enum_get_value (placements, (int) placement)->value_nick;
}

/* Commands */

static void
handle_ping (GemingaActor *self, GemingaCall *call)
{
  geminga_call_return_value (call, g_variant_new_string ("pong"));
}

static void
handle_echo (GemingaActor *self, GemingaCall *call)
{
  geminga_call_return_value_with_fds (call, geminga_call_get_arguments (call),
                                      geminga_call_get_fds (call));
}

static void
handle_info (GemingaActor *self, GemingaCall *call)
{
  GemingaMailbox *mailbox = geminga_actor_get_mailbox (self);
  g_auto (GVariantDict) info = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&info, "id", "s", geminga_target_get_id (&mailbox->target));
  g_variant_dict_insert (&info, "type", "s", G_OBJECT_TYPE_NAME (self));
  g_variant_dict_insert (&info, "placement", "s", get_placement_nick (mailbox->placement));
  g_variant_dict_insert (&info, "pid", "u", (guint32) getpid ());
  g_variant_dict_insert (&info, "started-at", "t", (guint64) mailbox->started_at);
  g_variant_dict_insert (&info, "processed", "t", geminga_mailbox_get_n_taken (mailbox));
  g_variant_dict_insert (&info, "failed", "t", geminga_mailbox_get_n_failed (mailbox));
  g_variant_dict_insert (&info, "busy-time", "t", geminga_mailbox_get_busy_time (mailbox) / 1000);
  g_variant_dict_insert (&info, "mailbox", "u", geminga_mailbox_get_length (mailbox));
  g_variant_dict_insert (
      &info, "mailbox-age", "t",
      geminga_mailbox_get_age (mailbox, geminga_loop_read_stamp (mailbox->loop)) * 1000);
  g_variant_dict_insert (&info, "dead-letters", "t",
                         geminga_dead_letters_count (geminga_mailbox_get_system (mailbox)));
  GEMINGA_ACTOR_GET_CLASS (self)->info (self, &info);

  geminga_call_return_value (call, g_variant_dict_end (&info));
}

static void
handle_get_config (GemingaActor *self, GemingaCall *call)
{
  g_autoptr (GVariant) config = geminga_actor_config_get (self, G_PARAM_WRITABLE);

  geminga_call_return_value (call, config);
}

static void
handle_set_config (GemingaActor *self, GemingaCall *call)
{
  g_autoptr (GVariant) config = g_variant_get_child_value (geminga_call_get_arguments (call), 0);
  g_autoptr (GError) error = NULL;

  if (geminga_actor_config_set (self, config, &error))
    geminga_call_return_value (call, NULL);
  else
    geminga_call_return_error (call, error);
}

static void
handle_get_properties (GemingaActor *self, GemingaCall *call)
{
  g_autoptr (GVariant) properties = geminga_actor_config_get (self, G_PARAM_READABLE);
  g_auto (GVariantDict) all = G_VARIANT_DICT_INIT (properties);

  /* Those of every actor are not configuration, but they can be read as well. */
  g_variant_dict_insert (&all, "id", "s", geminga_actor_get_id (self));
  g_variant_dict_insert (&all, "placement", "s",
                         get_placement_nick (geminga_actor_get_placement (self)));

  geminga_call_return_value (call, g_variant_dict_end (&all));
}

static void
handle_stop (GemingaActor *self, GemingaCall *call)
{
  geminga_call_return_value (call, NULL);
  geminga_actor_stop (self);
}

static const GemingaCommandEntry commands[] = {
  { "Ping", NULL, "s", NULL, "Answers “pong” when the actor's loop runs", 0, handle_ping },
  { "Echo", "v", "v", "value", "Gives back what it got", 0, handle_echo },
  { "Info", NULL, "a{sv}", NULL, "Tells what the actor is and does", 0, handle_info },
  { "GetConfig", NULL, "a{sv}", NULL, "Tells the writable properties", 0, handle_get_config },
  { "SetConfig", "(a{sv})", NULL, "config", "Changes properties; all of them or, on error, none", 0,
    handle_set_config },
  { "GetProperties", NULL, "a{sv}", NULL, "Tells the readable properties",
    GEMINGA_COMMAND_FLAGS_PRIVATE, handle_get_properties },
  { "Stop", NULL, NULL, NULL, "Ends the actor; a supervised one is replaced", 0, handle_stop },
};

/* Private API */

void
geminga_actor_builtin_install (GemingaActorClass *klass)
{
  geminga_actor_class_set_interface_name (klass, "org.geminga1.Actor");
  geminga_actor_class_add_commands (klass, commands, G_N_ELEMENTS (commands));
}

void
geminga_actor_builtin_property_changed (GemingaActor *self,
                                        GemingaSystem *system,
                                        GParamSpec *pspec)
{
  GemingaMailbox *mailbox = geminga_actor_get_mailbox (self);
  GemingaInterface *interface = geminga_interface_peek_for_type (pspec->owner_type);
  g_autofree char *name = NULL;
  g_autoptr (GVariant) value = NULL;
  GVariantBuilder changed;

  if (interface == NULL || (pspec->flags & G_PARAM_READABLE) == 0 ||
      geminga_property_get_variant_type (pspec) == NULL || !geminga_system_has_listener (system))
    return;

  name = geminga_interface_member_name (pspec->name);
  value = geminga_property_get_variant (G_OBJECT (self), pspec);
  g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&changed, "{sv}", name, value);
  {
    g_autoptr (GVariant) arguments = g_variant_ref_sink (
        g_variant_new ("(s@a{sv}@as)", geminga_interface_get_name (interface),
                       g_variant_builder_end (&changed), g_variant_new_strv (NULL, 0)));

    geminga_system_actor_event (system, &mailbox->target, "org.freedesktop.DBus.Properties",
                                "PropertiesChanged", arguments);
  }
}
