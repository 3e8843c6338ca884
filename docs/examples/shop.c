/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A supervised pair: clerks depend on the store, so when the store fails they are restarted with it.
 *
 *     busctl --user call org.example.Shop /org/geminga1/Shop/shop org.geminga1.Supervisor ListChildren
 *     busctl --user call org.example.Shop /org/geminga1/Shop/shop org.geminga1.Supervisor GetRestarts
 */
#include <geminga.h>

/* What both do here: fail when they are told to. */

#define PART_TYPE (part_get_type ())
G_DECLARE_FINAL_TYPE (Part, part, EXAMPLE, PART, GemingaActor)

struct _Part
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Part, part, GEMINGA_TYPE_ACTOR)

static void
fail (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "It is full");

  geminga_call_return_value (call, NULL);
  geminga_actor_fail (actor, error);
}

static const GemingaCommandEntry part_commands[] = {
  { "Fail", NULL, NULL, NULL, "Fails", 0, fail },
};

static void
part_class_init (PartClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  geminga_actor_class_set_interface_name (actor_class, "org.example.Part1");
  geminga_actor_class_add_commands (actor_class, part_commands, G_N_ELEMENTS (part_commands));
}

static void
part_init (Part *self)
{
}

/* The supervisor */

#define SHOP_TYPE (shop_get_type ())
G_DECLARE_FINAL_TYPE (Shop, shop, EXAMPLE, SHOP, GemingaSupervisor)

struct _Shop
{
  GemingaSupervisor parent_instance;
};

G_DEFINE_FINAL_TYPE (Shop, shop, GEMINGA_TYPE_SUPERVISOR)

static void
shop_started (GemingaActor *actor)
{
  GemingaSupervisor *self = GEMINGA_SUPERVISOR (actor);
  g_autoptr (GError) error = NULL;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "restart", "s", "transient");
  g_variant_dict_insert (&options, "shutdown", "i", 1000);

  if (!geminga_supervisor_add_child (self, "store", PART_TYPE, NULL, &error) ||
      !geminga_supervisor_add_child (self, "clerk", PART_TYPE, g_variant_dict_end (&options),
                                     &error))
    geminga_actor_fail (actor, error);
}

static void
shop_class_init (ShopClass *klass)
{
  GEMINGA_ACTOR_CLASS (klass)->started = shop_started;
}

static void
shop_init (Shop *self)
{
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaService) service = geminga_service_new ("org.example.Shop");
  g_autoptr (GVariant) properties = NULL;
  g_autoptr (GError) error = NULL;

  g_type_ensure (PART_TYPE);
  properties = g_variant_ref_sink (g_variant_new_parsed ("{'strategy': <'rest-for-one'>}"));
  if (!geminga_service_add_actor (service, SHOP_TYPE, "shop", GEMINGA_PLACEMENT_PROCESS, properties,
                                  &error))
    g_error ("%s", error->message);

  return geminga_service_run (service, argc, argv);
}
