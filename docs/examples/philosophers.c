/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Five philosophers, each in a process of its own, think and eat. Each needs the two forks beside its plate,
 * and shares each of them with a neighbour. A fork has one holder at a time; all take the fork with the
 * lower number first, so nobody waits in a circle. A philosopher who dies lets go of its forks, because
 * they watch who holds them, and is replaced.
 *
 *     busctl --user call org.example.Philosophers /org/geminga1/Philosophers/table \
 *       org.example.Table1 GetMeals
 *     busctl --user call org.example.Philosophers /org/geminga1/Philosophers/table/fork1 \
 *       org.example.Fork1 GetCounts
 */
#include <geminga.h>

static const char *const philosophers[] = { "plato", "hypatia", "hume", "kant", "arendt" };

#define N_SEATS G_N_ELEMENTS (philosophers)

/* A fork */

#define FORK_TYPE (fork_get_type ())
G_DECLARE_FINAL_TYPE (Fork, fork, EXAMPLE, FORK, GemingaActor)

struct _Fork
{
  GemingaActor parent_instance;

  GemingaActorRef *holder; /* (owned) (nullable) */
  GemingaActorRef
      *dead; /* (owned) (nullable): the last holder that died; what it sent may still come */
  guint64 n_taken;
  guint64 n_violations; /* how often it was used or put down by somebody who did not hold it */
};

G_DEFINE_FINAL_TYPE (Fork, fork, GEMINGA_TYPE_ACTOR)

/* The philosopher whose path is in the message. */
static GemingaActorRef *
find_philosopher (GemingaActor *actor, GemingaCall *call, GError **error)
{
  const char *path;

  g_variant_get (geminga_call_get_arguments (call), "(&o)", &path);

  return geminga_system_ref_actor (geminga_actor_get_system (actor), path, error);
}

static gboolean
is_ref (GemingaActorRef *known, GemingaActorRef *ref)
{
  return known != NULL && geminga_actor_ref_equal (known, ref);
}

/* Answers the call if somebody else holds the fork, which must not happen. */
static gboolean
check_holder (Fork *self, GemingaCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) philosopher = find_philosopher (GEMINGA_ACTOR (self), call, &error);

  if (philosopher == NULL)
    {
      geminga_call_return_error (call, error);
      return FALSE;
    }
  if (is_ref (self->holder, philosopher))
    return TRUE;

  if (!is_ref (self->dead, philosopher))
    self->n_violations++;
  geminga_call_return_error_literal (call, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                                     "Somebody else holds the fork");

  return FALSE;
}

static void
take (GemingaActor *actor, GemingaCall *call)
{
  Fork *self = EXAMPLE_FORK (actor);
  g_autoptr (GError) error = NULL;

  if (self->holder != NULL)
    {
      if (!geminga_call_stash (call, &error))
        geminga_call_return_error (call, error);
      return;
    }

  self->holder = find_philosopher (actor, call, &error);
  if (self->holder == NULL)
    {
      geminga_call_return_error (call, error);
      return;
    }

  geminga_actor_watch (actor, self->holder);
  self->n_taken++;
  geminga_call_return_value (call, NULL);
}

static void
use (GemingaActor *actor, GemingaCall *call)
{
  if (check_holder (EXAMPLE_FORK (actor), call))
    geminga_call_return_value (call, NULL);
}

static void
put (GemingaActor *actor, GemingaCall *call)
{
  Fork *self = EXAMPLE_FORK (actor);

  if (!check_holder (self, call))
    return;

  geminga_actor_unwatch (actor, self->holder);
  g_clear_object (&self->holder);
  geminga_actor_unstash_all (actor);
  geminga_call_return_value (call, NULL);
}

static void
get_holder (GemingaActor *actor, GemingaCall *call)
{
  GemingaActorRef *holder = EXAMPLE_FORK (actor)->holder;

  geminga_call_return_value (
      call, g_variant_new_string (holder != NULL ? geminga_actor_ref_get_id (holder) : ""));
}

static void
get_counts (GemingaActor *actor, GemingaCall *call)
{
  Fork *self = EXAMPLE_FORK (actor);

  geminga_call_return_value (call, g_variant_new ("(tt)", self->n_taken, self->n_violations));
}

static const GemingaCommandEntry fork_commands[] = {
  { "GetHolder", NULL, "s", NULL, "Tells who holds it; empty: nobody", 0, get_holder },
  { "GetCounts", NULL, "(tt)", NULL,
    "Tells how often it was taken, and how often somebody used it who did not hold it", 0,
    get_counts },
  { "Take", "(o)", NULL, "philosopher", "Takes it, as soon as nobody holds it",
    GEMINGA_COMMAND_FLAGS_PRIVATE, take },
  { "Use", "(o)", NULL, "philosopher", "Eats with it", GEMINGA_COMMAND_FLAGS_PRIVATE, use },
  { "Put", "(o)", NULL, "philosopher", "Puts it down", GEMINGA_COMMAND_FLAGS_PRIVATE, put },
};

static void
registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaActor) actor = user_data;
  g_autoptr (GError) error = NULL;

  if (!geminga_system_register_name_finish (GEMINGA_SYSTEM (source), result, &error))
    geminga_actor_fail (actor, error);
}

/* Has an actor found by its id. */
static void
register_id (GemingaActor *actor)
{
  geminga_system_register_name_async (
      geminga_actor_get_system (actor), geminga_actor_get_id (actor),
      geminga_actor_get_address (actor), NULL, registered, g_object_ref (actor));
}

/* The holder has died: it does not need the fork any more. */
static void
fork_peer_ended (GemingaActor *actor,
                 GemingaActorRef *peer,
                 GemingaExitReason reason,
                 const GError *error)
{
  Fork *self = EXAMPLE_FORK (actor);

  if (!is_ref (self->holder, peer))
    return;

  g_clear_object (&self->dead);
  self->dead = g_steal_pointer (&self->holder);
  geminga_actor_unstash_all (actor);
}

static void
fork_dispose (GObject *object)
{
  Fork *self = EXAMPLE_FORK (object);

  g_clear_object (&self->holder);
  g_clear_object (&self->dead);

  G_OBJECT_CLASS (fork_parent_class)->dispose (object);
}

static void
fork_class_init (ForkClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fork_dispose;
  actor_class->started = register_id;
  actor_class->peer_ended = fork_peer_ended;
  geminga_actor_class_set_interface_name (actor_class, "org.example.Fork1");
  geminga_actor_class_add_commands (actor_class, fork_commands, G_N_ELEMENTS (fork_commands));
}

static void
fork_init (Fork *self)
{
}

/* The table: it has the forks, and counts the meals. */

#define TABLE_TYPE (table_get_type ())
G_DECLARE_FINAL_TYPE (Table, table, EXAMPLE, TABLE, GemingaSupervisor)

struct _Table
{
  GemingaSupervisor parent_instance;

  guint64 n_meals[N_SEATS];
};

G_DEFINE_FINAL_TYPE (Table, table, GEMINGA_TYPE_SUPERVISOR)

static void
serve (GemingaActor *actor, GemingaCall *call)
{
  guint seat;

  g_variant_get (geminga_call_get_arguments (call), "(u)", &seat);
  if (seat >= N_SEATS)
    {
      geminga_call_return_error_literal (call, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                                         "There is no such seat");
      return;
    }

  EXAMPLE_TABLE (actor)->n_meals[seat]++;
  geminga_call_return_value (call, NULL);
}

static void
get_meals (GemingaActor *actor, GemingaCall *call)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  for (gsize i = 0; i < N_SEATS; i++)
    g_variant_builder_add (&builder, "{st}", philosophers[i], EXAMPLE_TABLE (actor)->n_meals[i]);
  geminga_call_return_value (call, g_variant_builder_end (&builder));
}

static const GemingaCommandEntry table_commands[] = {
  { "GetMeals", NULL, "a{st}", NULL, "Tells how often each philosopher has eaten", 0, get_meals },
  { "Serve", "(u)", NULL, "seat", "Somebody has eaten", GEMINGA_COMMAND_FLAGS_PRIVATE, serve },
};

static void
table_started (GemingaActor *actor)
{
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < N_SEATS; i++)
    {
      g_autofree char *id = g_strdup_printf ("fork%" G_GSIZE_FORMAT, i);

      if (!geminga_supervisor_add_child (GEMINGA_SUPERVISOR (actor), id, FORK_TYPE, NULL, &error))
        {
          geminga_actor_fail (actor, error);
          return;
        }
    }
  register_id (actor);
}

static void
table_class_init (TableClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  actor_class->started = table_started;
  geminga_actor_class_set_interface_name (actor_class, "org.example.Table1");
  geminga_actor_class_add_commands (actor_class, table_commands, G_N_ELEMENTS (table_commands));
}

static void
table_init (Table *self)
{
}

/* A philosopher */

enum
{
  FIRST_FORK,
  SECOND_FORK,
  TABLE,
  N_NEEDS,
};

#define PHILOSOPHER_TYPE (philosopher_get_type ())
G_DECLARE_FINAL_TYPE (Philosopher, philosopher, EXAMPLE, PHILOSOPHER, GemingaActor)

struct _Philosopher
{
  GemingaActor parent_instance;

  guint seat;
  GemingaActorRef *needs[N_NEEDS]; /* (owned) (nullable): found so far */
  guint n_forks;                   /* so many of them are in its hands */
  GCancellable *cancellable;       /* (owned) */
};

enum
{
  PROP_SEAT = 1,
};

G_DEFINE_FINAL_TYPE (Philosopher, philosopher, GEMINGA_TYPE_ACTOR)

static void go_on (Philosopher *self);

static void
dine (GemingaActor *actor, gpointer user_data)
{
  go_on (EXAMPLE_PHILOSOPHER (actor));
}

/* Milliseconds. It fails only when the philosopher is about to end. */
static void
wait_some_time (Philosopher *self, int least, int most, GemingaActorFunc func)
{
  g_autoptr (GError) error = NULL;

  if (geminga_actor_add_timer_func (GEMINGA_ACTOR (self), g_random_int_range (least, most),
                                    GEMINGA_TIMER_FLAGS_NONE, func, NULL, NULL, &error) == 0)
    g_debug ("%s", error->message);
}

/* Messages to forks say who sends them. */
static GVariant *
say_who (Philosopher *self)
{
  GemingaActorRef *address = geminga_actor_get_address (GEMINGA_ACTOR (self));

  return g_variant_new ("(o)", geminga_actor_ref_get_path (address));
}

static void
tell_forks (Philosopher *self, const char *command)
{
  for (guint i = 0; i < self->n_forks; i++)
    geminga_actor_ref_tell (self->needs[i], command, say_who (self), NULL);
}

static void
put_forks (Philosopher *self)
{
  tell_forks (self, "Put");
  self->n_forks = 0;
}

/* Something is not there, such as a fork that is being replaced. */
static void
start_over (Philosopher *self, const GError *error)
{
  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  g_info ("“%s” starts over: %s", geminga_actor_get_id (GEMINGA_ACTOR (self)), error->message);
  put_forks (self);
  for (guint i = 0; i < N_NEEDS; i++)
    g_clear_object (&self->needs[i]);
  wait_some_time (self, 50, 100, dine);
}

/* Of the two forks beside a plate, the first one has the lower number. */
static char *
name_need (Philosopher *self, guint need)
{
  guint left = self->seat;
  guint right = (self->seat + 1) % N_SEATS;

  if (need == TABLE)
    return g_strdup ("table");

  return g_strdup_printf ("fork%u", need == FIRST_FORK ? MIN (left, right) : MAX (left, right));
}

static guint
count_found (Philosopher *self)
{
  guint n_found = 0;

  while (n_found < N_NEEDS && self->needs[n_found] != NULL)
    n_found++;

  return n_found;
}

static void
found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Philosopher) self = user_data;
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref =
      geminga_system_wait_for_name_finish (GEMINGA_SYSTEM (source), result, &error);

  if (ref == NULL)
    {
      start_over (self, error);
      return;
    }

  self->needs[count_found (self)] = ref;
  go_on (self);
}

static void
taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Philosopher) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  if (answer == NULL)
    {
      start_over (self, error);
      return;
    }

  self->n_forks++;
  go_on (self);
}

static void
eaten (GemingaActor *actor, gpointer user_data)
{
  Philosopher *self = EXAMPLE_PHILOSOPHER (actor);

  put_forks (self);
  geminga_actor_ref_tell (self->needs[TABLE], "Serve", g_variant_new ("(u)", self->seat), NULL);
  wait_some_time (self, 1, 20, dine);
}

/* Finds what it needs, takes the forks, eats. */
static void
go_on (Philosopher *self)
{
  GemingaSystem *system = geminga_actor_get_system (GEMINGA_ACTOR (self));
  guint n_found = count_found (self);

  if (n_found < N_NEEDS)
    {
      g_autofree char *name = name_need (self, n_found);

      geminga_system_wait_for_name_async (system, name, -1, self->cancellable, found,
                                          g_object_ref (self));
    }
  else if (self->n_forks <= SECOND_FORK)
    {
      geminga_actor_ref_ask_async (self->needs[self->n_forks], "Take", say_who (self), G_MAXINT,
                                   self->cancellable, taken, g_object_ref (self));
    }
  else
    {
      tell_forks (self, "Use");
      wait_some_time (self, 1, 10, eaten);
    }
}

static void
philosopher_started (GemingaActor *actor)
{
  wait_some_time (EXAMPLE_PHILOSOPHER (actor), 1, 20, dine);
}

/* Its forks need not be put down: they see that it ends. */
static void
philosopher_stopping (GemingaActor *actor)
{
  g_cancellable_cancel (EXAMPLE_PHILOSOPHER (actor)->cancellable);
}

static void
philosopher_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, EXAMPLE_PHILOSOPHER (object)->seat);
}

static void
philosopher_set_property (GObject *object,
                          guint property_id,
                          const GValue *value,
                          GParamSpec *pspec)
{
  EXAMPLE_PHILOSOPHER (object)->seat = g_value_get_uint (value);
}

static void
philosopher_dispose (GObject *object)
{
  Philosopher *self = EXAMPLE_PHILOSOPHER (object);

  for (guint i = 0; i < N_NEEDS; i++)
    g_clear_object (&self->needs[i]);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (philosopher_parent_class)->dispose (object);
}

static void
philosopher_class_init (PhilosopherClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  object_class->get_property = philosopher_get_property;
  object_class->set_property = philosopher_set_property;
  object_class->dispose = philosopher_dispose;
  g_object_class_install_property (
      object_class, PROP_SEAT,
      g_param_spec_uint ("seat", NULL, NULL, 0, N_SEATS - 1, 0,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
  actor_class->started = philosopher_started;
  actor_class->stopping = philosopher_stopping;
  geminga_actor_class_set_interface_name (actor_class, "org.example.Philosopher1");
}

static void
philosopher_init (Philosopher *self)
{
  self->cancellable = g_cancellable_new ();
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaService) service = geminga_service_new ("org.example.Philosophers");
  g_autoptr (GError) error = NULL;

  g_type_ensure (FORK_TYPE);
  if (!geminga_service_add_actor (service, TABLE_TYPE, "table", GEMINGA_PLACEMENT_PROCESS, NULL,
                                  &error))
    g_error ("%s", error->message);
  for (guint i = 0; i < N_SEATS; i++)
    {
      g_autoptr (GVariant) properties =
          g_variant_ref_sink (g_variant_new_parsed ("{'seat': <%u>}", i));

      if (!geminga_service_add_actor (service, PHILOSOPHER_TYPE, philosophers[i],
                                      GEMINGA_PLACEMENT_PROCESS, properties, &error))
        g_error ("%s", error->message);
    }

  return geminga_service_run (service, argc, argv);
}
