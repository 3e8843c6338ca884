/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bench-peer.h"

#include <geminga.h>
#include <signal.h>
#include <unistd.h>

/*
 * Messages between two processes of a service: asks one after the other and a thousand at once,
 * messages that nobody answers, and a mebibyte. The service has an actor in a process of its own; there
 * it spawns another one into a process, and measures. Its peers are GDBus and sd-bus, each with a
 * process of its own to talk to.
 */

/* Who is asked */

#define SUMMER_TYPE (summer_get_type ())
G_DECLARE_FINAL_TYPE (Summer, summer, BENCH, SUMMER, GemingaActor)

struct _Summer
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Summer, summer, GEMINGA_TYPE_ACTOR)

static void
summer_add (GemingaActor *actor, GemingaCall *call)
{
  guint64 number;

  g_variant_get (geminga_call_get_arguments (call), "(t)", &number);
  geminga_call_return_value (call, g_variant_new_uint64 (number + 1));
}

static void
summer_size (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GVariant) bytes = g_variant_get_child_value (geminga_call_get_arguments (call), 0);

  geminga_call_return_value (call, g_variant_new_uint64 (g_variant_n_children (bytes)));
}

static void
summer_pid (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, g_variant_new_uint32 ((guint32) getpid ()));
}

static void
summer_class_init (SummerClass *klass)
{
  static const GemingaCommandEntry commands[] = {
    { "Add", "t", "t", "number", NULL, 0, summer_add },
    { "Size", "ay", "t", "bytes", NULL, 0, summer_size },
    { "Pid", NULL, "u", NULL, NULL, 0, summer_pid },
  };

  geminga_actor_class_add_commands (GEMINGA_ACTOR_CLASS (klass), commands, G_N_ELEMENTS (commands));
  /* Ten thousand messages that nobody answers are sent at once. */
  geminga_actor_class_set_mailbox_limit (GEMINGA_ACTOR_CLASS (klass), G_MAXUINT);
}

static void
summer_init (Summer *self)
{
}

/* Asking it */

typedef struct
{
  BenchCalls calls;

  GemingaActorRef *ref; /* (owned) */
  GPid pid;
} Asker;

static void
asker_call (BenchCalls *calls,
            const char *member,
            GVariant *arguments,
            GAsyncReadyCallback callback)
{
  geminga_actor_ref_ask_async (((Asker *) calls)->ref, member, arguments, -1, NULL, callback,
                               calls);
}

static GVariant *
asker_finish (BenchCalls *calls, GAsyncResult *result, GError **error)
{
  return geminga_actor_ref_ask_finish (((Asker *) calls)->ref, result, error);
}

static void
asker_tell (BenchCalls *calls, const char *member, GVariant *arguments)
{
  geminga_actor_ref_tell (((Asker *) calls)->ref, member, arguments, NULL);
}

/* Also that of the service's main process. */
static double
asker_cpu (gpointer data)
{
  return bench_cpu_process (((Asker *) data)->pid) + bench_cpu_process (getppid ());
}

static void
pid_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asker *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = geminga_actor_ref_ask_finish (self->ref, result, &error);
  guint32 pid;

  if (answer == NULL)
    g_error ("The other actor does not answer: %s", error->message);
  g_variant_get (answer, "(u)", &pid);
  self->pid = (GPid) pid;
}

static void
asker_init (Asker *self, BenchWay *way, GemingaActor *actor)
{
  g_autoptr (GError) error = NULL;

  self->calls = (BenchCalls){ .call = asker_call, .finish = asker_finish, .tell = asker_tell };
  self->ref =
      geminga_actor_spawn (actor, SUMMER_TYPE, "summer", GEMINGA_PLACEMENT_PROCESS, NULL, &error);
  if (self->ref == NULL)
    g_error ("The other actor does not start: %s", error->message);
  geminga_actor_ref_ask_async (self->ref, "Pid", NULL, -1, NULL, pid_cb, self);
  while (self->pid == 0)
    g_main_context_iteration (NULL, TRUE);

  way->name = "Geminga";
  way->cpu = asker_cpu;
  bench_calls_fill (way, &self->calls);
}

/* The figures */

#define MAX_PEERS 2
/* The only figure that is wanted, as the program's argument says. */
#define BENCH_ONLY_VARIABLE "BENCH_ONLY"

typedef struct
{
  const char *name;
  guint n;
  double gates[MAX_PEERS]; /* the least ratios to GDBus and to sd-bus, or 0 */
} Figure;

static void
measure (const Figure *figure,
         BenchOperation operation,
         const BenchWay *ours,
         const BenchWay *peers)
{
  BenchFigure own = { 0 };
  BenchFigure others[MAX_PEERS] = { { 0 } };
  const gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < BENCH_RUNS && bench_has_time (i, start); i++)
    {
      bench_run (&own, ours->run[operation], ours->cpu, ours->data, figure->n);
      for (guint j = 0; j < MAX_PEERS && peers[j].name != NULL; j++)
        bench_run (&others[j], peers[j].run[operation], peers[j].cpu, peers[j].data, figure->n);
    }

  for (guint j = 0; j < MAX_PEERS && peers[j].name != NULL; j++)
    {
      g_autofree char *name =
          j == 0 ? g_strdup (figure->name) : g_strconcat (figure->name, "/", peers[j].name, NULL);

      bench_print (name, &own, peers[j].name, &others[j], figure->gates[j]);
    }
}

/* Without peers, for a profiler; until it is ended. */
static void
run_alone (const Figure *figures, const BenchWay *ours, const char *name)
{
  for (guint i = 0; i < BENCH_N_OPERATIONS; i++)
    {
      BenchFigure own = { 0 };

      if (!g_str_equal (figures[i].name, name))
        continue;
      for (guint j = 0; j < BENCH_RUNS; j++)
        bench_run (&own, ours->run[i], ours->cpu, ours->data, figures[i].n);
      g_printerr ("%s: %.0f op/s, %.3f us\n", name, own.rate, own.cpu);
    }
  kill (getppid (), SIGTERM);
}

static gboolean
measure_cb (gpointer user_data)
{
  static const Figure figures[BENCH_N_OPERATIONS] = {
    [BENCH_ASK] = { "peer/ask-sequential", 10000, { 6, 1 } },
    [BENCH_ASK_MANY] = { "peer/ask-1000", 30000, { 7, 0 } },
    [BENCH_TELL] = { "peer/tell", 30000, { 30, 0 } },
    [BENCH_LARGE] = { "peer/payload-1MiB", 300, { 5, 0 } },
  };
  const char *only = g_getenv (BENCH_ONLY_VARIABLE);
  Asker asker = { 0 };
  BenchWay ours = { 0 };
  BenchWay peers[MAX_PEERS] = { { 0 } };

  asker_init (&asker, &ours, user_data);
  if (only != NULL)
    {
      run_alone (figures, &ours, only);
      return G_SOURCE_REMOVE;
    }

  bench_gdbus_init (&peers[0]);
#ifdef BENCH_HAVE_SDBUS
  bench_sdbus_init (&peers[1]);
#endif

  for (guint i = 0; i < BENCH_N_OPERATIONS; i++)
    measure (&figures[i], i, &ours, peers);

  bench_gdbus_clear (&peers[0]);
#ifdef BENCH_HAVE_SDBUS
  bench_sdbus_clear (&peers[1]);
#endif
  g_object_unref (asker.ref);
  kill (getppid (), SIGTERM);

  return G_SOURCE_REMOVE;
}

/* Who measures */

#define METER_TYPE (meter_get_type ())
G_DECLARE_FINAL_TYPE (Meter, meter, BENCH, METER, GemingaActor)

struct _Meter
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Meter, meter, GEMINGA_TYPE_ACTOR)

static void
meter_started (GemingaActor *actor)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, measure_cb, g_object_ref (actor), g_object_unref);
}

static void
meter_class_init (MeterClass *klass)
{
  GEMINGA_ACTOR_CLASS (klass)->started = meter_started;
}

static void
meter_init (Meter *self)
{
}

int
main (int argc, char **argv)
{
  char *arguments[] = { argv[0], (char *) "--bus", (char *) "none", NULL };
  const char *role = g_getenv (BENCH_ROLE_VARIABLE);
  g_autoptr (GemingaService) service = NULL;
  g_autoptr (GError) error = NULL;

  if (argc > 1)
    g_setenv (BENCH_ONLY_VARIABLE, argv[1], TRUE);

  if (g_strcmp0 (role, "gdbus") == 0)
    {
      bench_gdbus_serve ();
      return 0;
    }
#ifdef BENCH_HAVE_SDBUS
  if (g_strcmp0 (role, "sd-bus") == 0)
    {
      bench_sdbus_serve ();
      return 0;
    }
#endif

  g_type_ensure (SUMMER_TYPE);
  service = geminga_service_new ("org.example.Bench");
  if (!geminga_service_add_actor (service, METER_TYPE, "meter", GEMINGA_PLACEMENT_PROCESS, NULL,
                                  &error))
    g_error ("%s", error->message);

  return geminga_service_run (service, 3, arguments);
}
