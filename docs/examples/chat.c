/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A chat: three people, each in a process of its own, talk in rooms. A room is a group; who says something
 * publishes it to the room, and it goes directly to everybody who is there.
 *
 *     busctl --user call org.example.Chat /org/geminga1/Chat/ada org.example.Person1 Say s Hello
 *     busctl --user call org.example.Chat /org/geminga1/Chat/bob org.example.Person1 GetHeard
 *     busctl --user call org.example.Chat /org/geminga1/Chat/bob org.example.Person1 Enter s kitchen
 *     busctl --user call org.example.Chat /org/geminga1/registry org.geminga1.Registry GetMembers s lobby
 */
#include <geminga.h>

#define PERSON_TYPE (person_get_type ())
G_DECLARE_FINAL_TYPE (Person, person, EXAMPLE, PERSON, GemingaActor)

struct _Person
{
  GemingaActor parent_instance;

  GemingaGroup *room; /* (owned) (nullable) */
  GPtrArray *heard;   /* (owned) (element-type utf8) */
};

G_DEFINE_FINAL_TYPE (Person, person, GEMINGA_TYPE_ACTOR)

/* Helpers */

static GemingaGroup *
find_room (GemingaActor *actor, const char *name)
{
  return geminga_group_new (geminga_actor_get_system (actor), name);
}

/* From here on everything that is said in the room is heard, whoever says it. */
static void
entered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaCall) call = user_data;
  g_autoptr (GError) error = NULL;

  if (geminga_group_join_finish (GEMINGA_GROUP (source), result, &error))
    geminga_call_return_value (call, NULL);
  else
    geminga_call_return_error (call, error);
}

/* Commands */

static void
enter (GemingaActor *actor, GemingaCall *call)
{
  Person *self = EXAMPLE_PERSON (actor);
  const char *name;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &name);
  if (*name == '\0')
    {
      geminga_call_return_error_literal (call, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                                         "A room has a name");
      return;
    }

  if (self->room != NULL)
    geminga_group_leave_async (self->room, geminga_actor_get_address (actor), NULL, NULL, NULL);
  g_clear_object (&self->room);
  self->room = find_room (actor, name);
  geminga_group_join_async (self->room, geminga_actor_get_address (actor),
                            geminga_call_get_cancellable (call), entered, g_object_ref (call));
}

static void
say (GemingaActor *actor, GemingaCall *call)
{
  Person *self = EXAMPLE_PERSON (actor);
  const char *text;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &text);
  geminga_group_publish (self->room, "Hear",
                         g_variant_new ("(ss)", geminga_actor_get_id (actor), text), NULL);
  geminga_call_return_value (call, NULL);
}

static void
hear (GemingaActor *actor, GemingaCall *call)
{
  const char *who;
  const char *text;

  g_variant_get (geminga_call_get_arguments (call), "(&s&s)", &who, &text);
  g_ptr_array_add (EXAMPLE_PERSON (actor)->heard, g_strdup_printf ("%s: %s", who, text));
  geminga_call_return_value (call, NULL);
}

static void
get_heard (GemingaActor *actor, GemingaCall *call)
{
  GPtrArray *heard = EXAMPLE_PERSON (actor)->heard;

  geminga_call_return_value (
      call, g_variant_new_strv ((const char *const *) heard->pdata, (gssize) heard->len));
}

static const GemingaCommandEntry person_commands[] = {
  { "Enter", "(s)", NULL, "room", "Leaves the room and goes to another one", 0, enter },
  { "Say", "(s)", NULL, "text", "Says something to everybody in the room", 0, say },
  { "GetHeard", NULL, "as", NULL, "Tells what was said in rooms where this person was", 0,
    get_heard },
  { "Hear", "(ss)", NULL, "who text", "Somebody in the room says something",
    GEMINGA_COMMAND_FLAGS_PRIVATE, hear },
};

/* GemingaActor */

static void
arrived (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaActor) actor = user_data;
  g_autoptr (GError) error = NULL;

  if (geminga_group_join_finish (GEMINGA_GROUP (source), result, &error))
    geminga_actor_become_ready (actor);
  else
    geminga_actor_fail (actor, error);
}

/* Everybody comes in through the lobby, also who was away. */
static void
person_started (GemingaActor *actor)
{
  Person *self = EXAMPLE_PERSON (actor);

  geminga_actor_delay_ready (actor);
  self->room = find_room (actor, "lobby");
  geminga_group_join_async (self->room, geminga_actor_get_address (actor), NULL, arrived,
                            g_object_ref (actor));
}

static void
person_stopping (GemingaActor *actor)
{
  g_clear_object (&EXAMPLE_PERSON (actor)->room);
}

static void
person_finalize (GObject *object)
{
  g_ptr_array_unref (EXAMPLE_PERSON (object)->heard);

  G_OBJECT_CLASS (person_parent_class)->finalize (object);
}

static void
person_class_init (PersonClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = person_finalize;
  actor_class->started = person_started;
  actor_class->stopping = person_stopping;
  geminga_actor_class_set_interface_name (actor_class, "org.example.Person1");
  geminga_actor_class_add_commands (actor_class, person_commands, G_N_ELEMENTS (person_commands));
}

static void
person_init (Person *self)
{
  self->heard = g_ptr_array_new_with_free_func (g_free);
}

int
main (int argc, char *argv[])
{
  static const char *const people[] = { "ada", "bob", "cyd" };
  g_autoptr (GemingaService) service = geminga_service_new ("org.example.Chat");
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (people); i++)
    if (!geminga_service_add_actor (service, PERSON_TYPE, people[i], GEMINGA_PLACEMENT_PROCESS,
                                    NULL, &error))
      g_error ("%s", error->message);

  return geminga_service_run (service, argc, argv);
}
