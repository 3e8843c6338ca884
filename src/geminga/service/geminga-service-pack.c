/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-error.h"
#include "geminga-service-private.h"

/*
 * What the arbiter tells the processes it starts: "a{sv}", for each service by its id its settings, how many
 * of the sockets it has, and its handout.
 */
#define PACK_TYPE "(@a{sv}u@a{sv})"

/* Helpers */

static GVariant *
ref_handout (GemingaService *service)
{
  GVariant *handout = geminga_service_get_handout (service);

  return handout != NULL ? g_variant_ref (handout)
                         : g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
}

/* Private API */

GVariant *
geminga_service_pack (GPtrArray *services)
{
  GVariantBuilder packed;

  g_variant_builder_init (&packed, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < services->len; i++)
    {
      GemingaService *service = g_ptr_array_index (services, i);
      g_autoptr (GPtrArray) sockets = geminga_service_list_sockets (service);
      g_autoptr (GVariant) values =
          geminga_settings_to_variant (geminga_service_get_settings (service));
      g_autoptr (GVariant) handout = ref_handout (service);

      g_variant_builder_add (&packed, "{sv}", geminga_service_get_id (service),
                             g_variant_new (PACK_TYPE, values, sockets->len, handout));
    }

  return g_variant_ref_sink (g_variant_builder_end (&packed));
}

gboolean
geminga_service_unpack_settings (GPtrArray *services, GVariant *packed, GError **error)
{
  for (guint i = 0; i < services->len; i++)
    {
      GemingaService *service = g_ptr_array_index (services, i);
      g_autoptr (GVariant) values = NULL;

      if (!g_variant_lookup (packed, geminga_service_get_id (service), PACK_TYPE, &values, NULL,
                             NULL))
        {
          g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_STATE,
                       "The main process does not know the service “%s”: make the same services "
                       "in every process",
                       geminga_service_get_id (service));
          return FALSE;
        }
      if (!geminga_settings_from_variant (geminga_service_get_settings (service), values, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
geminga_service_unpack (GPtrArray *services, GVariant *packed, GPtrArray *sockets, GError **error)
{
  guint n_taken = 0;

  if (!geminga_service_unpack_settings (services, packed, error))
    return FALSE;

  for (guint i = 0; i < services->len; i++)
    {
      GemingaService *service = g_ptr_array_index (services, i);
      g_autoptr (GPtrArray) own = g_ptr_array_new ();
      g_autoptr (GVariant) handout = NULL;
      guint32 n_sockets = 0;

      g_variant_lookup (packed, geminga_service_get_id (service), PACK_TYPE, NULL, &n_sockets,
                        &handout);
      geminga_service_take_handout (service, handout);
      for (guint j = 0; j < n_sockets && n_taken < sockets->len; j++)
        g_ptr_array_add (own, g_ptr_array_index (sockets, n_taken++));
      geminga_service_set_sockets (service, own);
    }

  return TRUE;
}
