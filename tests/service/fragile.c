/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A service whose workers start only in a good mood, and an actor that takes its time to stop. */

#include <geminga.h>
#include <unistd.h>

#define ID "org.example.Fragile"

static const char *
get_mood (GemingaActor *actor)
{
  GemingaService *service = geminga_service_lookup (geminga_actor_get_system (actor), ID);

  return geminga_settings_get_string (geminga_service_get_settings (service), "mood");
}

#define KEEPER_TYPE (keeper_get_type ())
G_DECLARE_FINAL_TYPE (Keeper, keeper, FRAGILE, KEEPER, GemingaActor)

/* It takes any mood. */
struct _Keeper
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Keeper, keeper, GEMINGA_TYPE_ACTOR)

static void
keeper_started (GemingaActor *actor)
{
  g_message ("keeper [%d] is in a %s mood", (int) getpid (), get_mood (actor));
}

static void
keeper_class_init (KeeperClass *klass)
{
  GEMINGA_ACTOR_CLASS (klass)->started = keeper_started;
}

static void
keeper_init (Keeper *self)
{
}

#define GLASS_TYPE (glass_get_type ())
G_DECLARE_FINAL_TYPE (Glass, glass, FRAGILE, GLASS, GemingaActor)

struct _Glass
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Glass, glass, GEMINGA_TYPE_ACTOR)

static void
glass_started (GemingaActor *actor)
{
  const char *mood = get_mood (actor);

  if (g_str_equal (mood, "bad"))
    {
      g_autoptr (GError) error =
          g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_FAILED, "is in a bad mood");

      geminga_actor_fail (actor, error);
      return;
    }

  g_message ("glass [%d] is in a %s mood", (int) getpid (), mood);
}

static void
glass_class_init (GlassClass *klass)
{
  GEMINGA_ACTOR_CLASS (klass)->started = glass_started;
}

static void
glass_init (Glass *self)
{
}

#define SLOTH_TYPE (sloth_get_type ())
G_DECLARE_FINAL_TYPE (Sloth, sloth, FRAGILE, SLOTH, GemingaActor)

/* Three seconds for its end are longer than the service takes for its own. */
struct _Sloth
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Sloth, sloth, GEMINGA_TYPE_ACTOR)

static gboolean
on_awake (gpointer user_data)
{
  g_autoptr (GemingaActor) actor = user_data;

  g_message ("sloth [%d] is done", (int) getpid ());
  geminga_actor_release (actor);

  return G_SOURCE_REMOVE;
}

static void
sloth_started (GemingaActor *actor)
{
  g_message ("sloth [%d] is there", (int) getpid ());
}

static void
sloth_stopping (GemingaActor *actor)
{
  g_message ("sloth [%d] stops", (int) getpid ());
  geminga_actor_hold (actor);
  g_timeout_add (3000, on_awake, g_object_ref (actor));
}

static void
sloth_class_init (SlothClass *klass)
{
  GEMINGA_ACTOR_CLASS (klass)->started = sloth_started;
  GEMINGA_ACTOR_CLASS (klass)->stopping = sloth_stopping;
}

static void
sloth_init (Sloth *self)
{
}

static const GemingaSettingEntry settings[] = {
  { .name = "mood",
    .type = GEMINGA_SETTING_TYPE_STRING,
    .default_value = "good",
    .flags = GEMINGA_SETTING_FLAGS_LIVE,
    .help = "With a bad one workers do not start, an awful one is refused" },
};

/* A service with an opinion of its own. */

#define FRAGILE_TYPE (fragile_get_type ())
G_DECLARE_FINAL_TYPE (Fragile, fragile, FRAGILE, SERVICE, GemingaService)

struct _Fragile
{
  GemingaService parent_instance;
};

G_DEFINE_FINAL_TYPE (Fragile, fragile, GEMINGA_TYPE_SERVICE)

static gboolean
fragile_check_settings (GemingaService *service, GemingaSettings *values, GError **error)
{
  if (!g_str_equal (geminga_settings_get_string (values, "mood"), "awful"))
    return TRUE;

  g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED, "The mood is too awful");

  return FALSE;
}

static void
fragile_class_init (FragileClass *klass)
{
  GEMINGA_SERVICE_CLASS (klass)->check_settings = fragile_check_settings;
}

static void
fragile_init (Fragile *self)
{
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaService) service = g_object_new (FRAGILE_TYPE, "id", ID, NULL);
  g_autoptr (GError) error = NULL;

  g_type_ensure (SLOTH_TYPE);
  geminga_settings_add_entries (geminga_service_get_settings (service), settings,
                                G_N_ELEMENTS (settings), NULL);
  geminga_service_set_worker_type (service, GLASS_TYPE);
  geminga_service_add_actor (service, KEEPER_TYPE, "keeper", GEMINGA_PLACEMENT_PROCESS, NULL,
                             &error);
  g_assert_no_error (error);

  return geminga_service_run (service, argc, argv);
}
