/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-test-loop.h"

/* When the clock starts, in microseconds: the same in each run, and no time that means nothing. */
#define START G_TIME_SPAN_SECOND

/* So many steps without time moving on never end. */
#define MAX_STEPS 1000000

/* FNV-1a */
#define DIGEST_START 0xcbf29ce484222325u
#define DIGEST_PRIME 0x100000001b3u

/**
 * GemingaTestLoop:
 *
 * A clock, and what chance decides, for tests of actors that do the same each time.
 *
 * While it is there, time stands still in the thread-default main context that it was made in, and jumps
 * to the next timer or deadline when nothing else is left to do: a test of what happens after an hour
 * takes no time. One actor handles one message at a step, and which one comes next is chosen at random,
 * from a seed. All else that could differ from run to run, the jitter of restarts and the faults that are
 * asked for with the properties, comes from the same seed: who knows it can replay what happened.
 *
 * It is made before the first actor of the context, and let go of after the last one has ended. Actors
 * with placements "thread" and "process" that are spawned meanwhile run in the context too. What is not
 * made of actors (files, sockets, timeouts of GLib's own) goes on in real time. Stamps for people, such
 * as when an actor was started, stay real as well.
 *
 * Only in the thread of its context. One context has one test loop at a time.
 *
 * Since: 0.1
 */
struct _GemingaTestLoop
{
  GObject parent_instance;

  guint seed; /* fixed at construction */
  gboolean keeps_trace;
  double send_failure_rate; /* of faults, from 0 to 1 */
  double delay_rate;
  double spawn_failure_rate;
  double crash_rate;
  guint max_delay; /* milliseconds */
  gboolean has_faults;

  GMainContext *context; /* (owned) */
  GSource *clock;        /* (owned): moves the time on when nothing else is left to do */
  gboolean stands_still; /* it does not */
  gboolean is_installed;
  GRand *random;      /* (owned) */
  GHashTable *spared; /* (owned) (element-type utf8): ids of actors without faults */
  gint64 now;         /* microseconds */
  guint64 digest;
  GString *trace; /* (owned) (nullable) */
};

typedef struct
{
  GSource source;
  GemingaTestLoop *loop; /* owns this */
} Clock;

G_DEFINE_FINAL_TYPE (GemingaTestLoop, geminga_test_loop, G_TYPE_OBJECT)

enum
{
  PROP_SEED = 1,
  PROP_KEEP_TRACE,
  PROP_SEND_FAILURE_RATE,
  PROP_DELAY_RATE,
  PROP_SPAWN_FAILURE_RATE,
  PROP_CRASH_RATE,
  PROP_MAX_DELAY,
  PROP_HAS_FAULTS,
  N_PROPS
};

enum
{
  SIGNAL_FAULT,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* Helpers */

static void
digest_text (GemingaTestLoop *self, const char *text)
{
  for (const char *c = text != NULL ? text : ""; *c != '\0'; c++)
    self->digest = (self->digest ^ (guchar) *c) * DIGEST_PRIME;
  self->digest = (self->digest ^ 0xff) * DIGEST_PRIME;
}

static void
note (gpointer user_data, const char *event, const char *actor, const char *detail)
{
  GemingaTestLoop *self = user_data;

  digest_text (self, event);
  digest_text (self, actor);
  digest_text (self, detail);
  if (self->trace != NULL)
    g_string_append_printf (self->trace, "%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT " %s %s%s%s\n",
                            self->now / G_TIME_SPAN_SECOND, self->now % G_TIME_SPAN_SECOND, event,
                            actor, detail != NULL ? " " : "", detail != NULL ? detail : "");
}

static void
set_time (GemingaTestLoop *self, gint64 now)
{
  self->now = now;
  self->digest = (self->digest ^ (guint64) now) * DIGEST_PRIME;
}

static gint64
get_time (gpointer user_data)
{
  return ((GemingaTestLoop *) user_data)->now;
}

static guint
choose (gpointer user_data, guint n_choices)
{
  GemingaTestLoop *self = user_data;

  return g_rand_int (self->random) % n_choices;
}

static gboolean
has_luck (GemingaTestLoop *self, double rate)
{
  return rate > 0 && g_rand_double (self->random) < rate;
}

static GemingaFault
draw_fault (GemingaTestLoop *self, GemingaFaultPoint point, gint64 *delay)
{
  switch (point)
    {
    case GEMINGA_FAULT_POINT_SEND:
      if (has_luck (self, self->send_failure_rate))
        return GEMINGA_FAULT_FAIL;
      if (!has_luck (self, self->delay_rate))
        return GEMINGA_FAULT_NONE;
      *delay = (gint64) (g_rand_double (self->random) * self->max_delay * G_TIME_SPAN_MILLISECOND);
      return GEMINGA_FAULT_DELAY;
    case GEMINGA_FAULT_POINT_SPAWN:
      return has_luck (self, self->spawn_failure_rate) ? GEMINGA_FAULT_FAIL : GEMINGA_FAULT_NONE;
    case GEMINGA_FAULT_POINT_RUN:
      if (!has_luck (self, self->crash_rate))
        return GEMINGA_FAULT_NONE;
      return g_rand_boolean (self->random) ? GEMINGA_FAULT_FAIL : GEMINGA_FAULT_KILL;
    default:
      return GEMINGA_FAULT_NONE;
    }
}

static const char *
name_fault (GemingaFaultPoint point, GemingaFault fault)
{
  if (fault == GEMINGA_FAULT_DELAY)
    return "delay";
  if (fault == GEMINGA_FAULT_KILL)
    return "kill";
  if (point == GEMINGA_FAULT_POINT_SEND)
    return "refuse";

  return point == GEMINGA_FAULT_POINT_SPAWN ? "spawn-failure" : "crash";
}

static GemingaFault
inject (gpointer user_data,
        GemingaFaultPoint point,
        const char *actor,
        const char *detail,
        gint64 *delay)
{
  GemingaTestLoop *self = user_data;
  GemingaFault fault;

  if (!self->has_faults || g_hash_table_contains (self->spared, actor))
    return GEMINGA_FAULT_NONE;

  fault = draw_fault (self, point, delay);
  if (fault != GEMINGA_FAULT_NONE)
    {
      note (self, name_fault (point, fault), actor, detail);
      g_signal_emit (self, signals[SIGNAL_FAULT], 0, name_fault (point, fault), actor);
    }

  return fault;
}

static const GemingaScheduler scheduler = { get_time, choose, inject, note, { NULL } };

static double *
get_rate (GemingaTestLoop *self, guint property_id)
{
  switch (property_id)
    {
    case PROP_SEND_FAILURE_RATE:
      return &self->send_failure_rate;
    case PROP_DELAY_RATE:
      return &self->delay_rate;
    case PROP_SPAWN_FAILURE_RATE:
      return &self->spawn_failure_rate;
    case PROP_CRASH_RATE:
      return &self->crash_rate;
    default:
      return NULL;
    }
}

/* GSource: the clock */

static gboolean
can_move_on (GSource *source)
{
  GemingaTestLoop *self = ((Clock *) source)->loop;

  return !self->stands_still && geminga_scheduler_is_idle (self->context) &&
         geminga_scheduler_get_next_deadline (self->context) != G_MAXINT64;
}

static gboolean
clock_prepare (GSource *source, int *timeout)
{
  *timeout = -1;

  return can_move_on (source);
}

static gboolean
clock_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  GemingaTestLoop *self = ((Clock *) source)->loop;

  if (can_move_on (source))
    set_time (self, geminga_scheduler_get_next_deadline (self->context));

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs clock_funcs = { clock_prepare, can_move_on, clock_dispatch, NULL, NULL, NULL };

/* After everything else, what is idle included. */
static GSource *
make_clock (GemingaTestLoop *self)
{
  GSource *source = g_source_new (&clock_funcs, sizeof (Clock));

  ((Clock *) source)->loop = self;
  g_source_set_static_name (source, "GemingaTestLoop");
  g_source_set_priority (source, G_PRIORITY_LOW);
  g_source_attach (source, self->context);

  return source;
}

/* GObject */

static void
geminga_test_loop_constructed (GObject *object)
{
  GemingaTestLoop *self = GEMINGA_TEST_LOOP (object);

  G_OBJECT_CLASS (geminga_test_loop_parent_class)->constructed (object);

  self->random = g_rand_new_with_seed (self->seed);
  if (self->keeps_trace)
    self->trace = g_string_new (NULL);
  self->is_installed = geminga_scheduler_install (self->context, &scheduler, self);
  if (!self->is_installed)
    g_error ("There is a GemingaTestLoop in this main context already");
  self->clock = make_clock (self);
}

static void
geminga_test_loop_dispose (GObject *object)
{
  GemingaTestLoop *self = GEMINGA_TEST_LOOP (object);

  if (self->is_installed && !geminga_scheduler_uninstall (self->context))
    g_error ("The GemingaTestLoop with seed %u is let go of while actors live: stop their system",
             self->seed);
  self->is_installed = FALSE;
  if (self->clock != NULL)
    {
      g_source_destroy (self->clock);
      g_clear_pointer (&self->clock, g_source_unref);
    }

  G_OBJECT_CLASS (geminga_test_loop_parent_class)->dispose (object);
}

static void
geminga_test_loop_finalize (GObject *object)
{
  GemingaTestLoop *self = GEMINGA_TEST_LOOP (object);

  g_rand_free (self->random);
  g_hash_table_unref (self->spared);
  if (self->trace != NULL)
    g_string_free (self->trace, TRUE);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (geminga_test_loop_parent_class)->finalize (object);
}

static void
geminga_test_loop_get_property (GObject *object,
                                guint property_id,
                                GValue *value,
                                GParamSpec *pspec)
{
  GemingaTestLoop *self = GEMINGA_TEST_LOOP (object);
  double *rate = get_rate (self, property_id);

  if (rate != NULL)
    g_value_set_double (value, *rate);
  else if (property_id == PROP_SEED)
    g_value_set_uint (value, self->seed);
  else if (property_id == PROP_KEEP_TRACE)
    g_value_set_boolean (value, self->keeps_trace);
  else if (property_id == PROP_MAX_DELAY)
    g_value_set_uint (value, self->max_delay);
  else if (property_id == PROP_HAS_FAULTS)
    g_value_set_boolean (value, self->has_faults);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
geminga_test_loop_set_property (GObject *object,
                                guint property_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  GemingaTestLoop *self = GEMINGA_TEST_LOOP (object);
  double *rate = get_rate (self, property_id);

  if (rate != NULL)
    *rate = g_value_get_double (value);
  else if (property_id == PROP_SEED)
    self->seed = g_value_get_uint (value);
  else if (property_id == PROP_KEEP_TRACE)
    self->keeps_trace = g_value_get_boolean (value);
  else if (property_id == PROP_MAX_DELAY)
    self->max_delay = g_value_get_uint (value);
  else if (property_id == PROP_HAS_FAULTS)
    self->has_faults = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static GParamSpec *
rate_property (const char *name)
{
  return g_param_spec_double (name, NULL, NULL, 0, 1, 0,
                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
}

static void
make_rates (void)
{
  /**
   * GemingaTestLoop:send-failure-rate:
   *
   * How many of the commands that are sent are refused, as by a full mailbox: from 0 to 1.
   *
   * Since: 0.1
   */
  props[PROP_SEND_FAILURE_RATE] = rate_property ("send-failure-rate");

  /**
   * GemingaTestLoop:delay-rate:
   *
   * How many of the commands that are sent take their time: from 0 to 1. Those from one sender to one
   * actor arrive in their order nevertheless.
   *
   * Since: 0.1
   */
  props[PROP_DELAY_RATE] = rate_property ("delay-rate");

  /**
   * GemingaTestLoop:spawn-failure-rate:
   *
   * How many actors cannot be made: from 0 to 1.
   *
   * Since: 0.1
   */
  props[PROP_SPAWN_FAILURE_RATE] = rate_property ("spawn-failure-rate");

  /**
   * GemingaTestLoop:crash-rate:
   *
   * How often an actor that is about to handle a message fails, or is killed, instead: from 0 to 1.
   *
   * Since: 0.1
   */
  props[PROP_CRASH_RATE] = rate_property ("crash-rate");
}

static void
geminga_test_loop_class_init (GemingaTestLoopClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = geminga_test_loop_constructed;
  object_class->dispose = geminga_test_loop_dispose;
  object_class->finalize = geminga_test_loop_finalize;
  object_class->get_property = geminga_test_loop_get_property;
  object_class->set_property = geminga_test_loop_set_property;

  /**
   * GemingaTestLoop:seed: (getter get_seed)
   *
   * What all chance comes from.
   *
   * Since: 0.1
   */
  props[PROP_SEED] =
      g_param_spec_uint ("seed", NULL, NULL, 0, G_MAXUINT, 0,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GemingaTestLoop:keep-trace:
   *
   * Whether what happens is kept as text, see [method@GemingaTesting.Loop.dup_trace].
   *
   * Since: 0.1
   */
  props[PROP_KEEP_TRACE] =
      g_param_spec_boolean ("keep-trace", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  make_rates ();

  /**
   * GemingaTestLoop:max-delay:
   *
   * How long a command that takes its time is under way at most, in milliseconds.
   *
   * Since: 0.1
   */
  props[PROP_MAX_DELAY] = g_param_spec_uint ("max-delay", NULL, NULL, 0, G_MAXINT, 1000,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);

  /**
   * GemingaTestLoop:has-faults:
   *
   * Whether things go wrong as the rates say. A test that has made trouble enough turns this off and
   * looks whether all is well again.
   *
   * Since: 0.1
   */
  props[PROP_HAS_FAULTS] = g_param_spec_boolean ("has-faults", NULL, NULL, TRUE,
                                                 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * GemingaTestLoop::fault:
   * @self: the test loop
   * @fault: what: "refuse", "delay", "spawn-failure", "crash" or "kill"
   * @actor: the actor's id
   *
   * Something is about to go wrong.
   *
   * Since: 0.1
   */
  signals[SIGNAL_FAULT] =
      g_signal_new ("fault", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
geminga_test_loop_init (GemingaTestLoop *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->spared = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->now = START;
  self->digest = DIGEST_START;
  self->has_faults = TRUE;
  self->max_delay = 1000;
}

/* Public API */

/**
 * geminga_test_loop_new:
 * @seed: what all chance comes from
 *
 * Puts a test loop in the place of time and chance in the thread-default main context.
 *
 * It is a mistake to make one where there is one, or to let go of it while actors live there.
 *
 * Returns: (transfer full): the test loop
 *
 * Since: 0.1
 */
GemingaTestLoop *
geminga_test_loop_new (guint seed)
{
  return g_object_new (GEMINGA_TEST_TYPE_LOOP, "seed", seed, NULL);
}

/**
 * geminga_test_loop_get_seed: (get-property seed)
 * @self: a test loop
 *
 * Tells what all chance comes from.
 *
 * Returns: the seed
 *
 * Since: 0.1
 */
guint
geminga_test_loop_get_seed (GemingaTestLoop *self)
{
  g_return_val_if_fail (GEMINGA_TEST_IS_LOOP (self), 0);

  return self->seed;
}

/**
 * geminga_test_loop_spare:
 * @self: a test loop
 * @actor: id of an actor, which need not be there yet
 *
 * Lets nothing go wrong with that actor.
 *
 * Since: 0.1
 */
void
geminga_test_loop_spare (GemingaTestLoop *self, const char *actor)
{
  g_return_if_fail (GEMINGA_TEST_IS_LOOP (self));
  g_return_if_fail (actor != NULL);

  g_hash_table_add (self->spared, g_strdup (actor));
}

/**
 * geminga_test_loop_step:
 * @self: a test loop
 *
 * Lets one thing happen: an actor handles a message, a callback runs, or the clock moves on to the next
 * timer.
 *
 * Returns: %FALSE if nothing can happen any more
 *
 * Since: 0.1
 */
gboolean
geminga_test_loop_step (GemingaTestLoop *self)
{
  g_return_val_if_fail (GEMINGA_TEST_IS_LOOP (self), FALSE);

  return g_main_context_iteration (self->context, FALSE);
}

/**
 * geminga_test_loop_settle:
 * @self: a test loop
 *
 * Lets everything happen that happens before time moves on. What never ends is an error: the program is
 * aborted.
 *
 * Since: 0.1
 */
void
geminga_test_loop_settle (GemingaTestLoop *self)
{
  gboolean stood_still;
  guint n_steps = 0;

  g_return_if_fail (GEMINGA_TEST_IS_LOOP (self));

  stood_still = self->stands_still;
  self->stands_still = TRUE;
  while (g_main_context_iteration (self->context, FALSE))
    if (++n_steps > MAX_STEPS)
      g_error ("With seed %u something goes on without end while time stands still", self->seed);
  self->stands_still = stood_still;
}

/**
 * geminga_test_loop_advance:
 * @self: a test loop
 * @interval: milliseconds
 *
 * Lets everything happen that happens within that time. The clock then shows exactly so much more.
 *
 * Since: 0.1
 */
void
geminga_test_loop_advance (GemingaTestLoop *self, guint interval)
{
  gint64 end;
  gint64 next;

  g_return_if_fail (GEMINGA_TEST_IS_LOOP (self));

  end = self->now + (gint64) interval * G_TIME_SPAN_MILLISECOND;
  geminga_test_loop_settle (self);
  while ((next = geminga_scheduler_get_next_deadline (self->context)) <= end)
    {
      set_time (self, next);
      geminga_test_loop_settle (self);
    }
  set_time (self, end);
}

/**
 * geminga_test_loop_get_time:
 * @self: a test loop
 *
 * Tells what the clock shows, as [method@Geminga.Actor.get_time] does in an actor.
 *
 * Returns: microseconds; the first is 1000000
 *
 * Since: 0.1
 */
gint64
geminga_test_loop_get_time (GemingaTestLoop *self)
{
  g_return_val_if_fail (GEMINGA_TEST_IS_LOOP (self), 0);

  return self->now;
}

/**
 * geminga_test_loop_choose:
 * @self: a test loop
 * @n_choices: how many there are, at least 1
 *
 * Chooses something for the test, from the seed.
 *
 * Returns: a number below @n_choices
 *
 * Since: 0.1
 */
guint
geminga_test_loop_choose (GemingaTestLoop *self, guint n_choices)
{
  g_return_val_if_fail (GEMINGA_TEST_IS_LOOP (self), 0);
  g_return_val_if_fail (n_choices > 0, 0);

  return choose (self, n_choices);
}

/**
 * geminga_test_loop_dup_digest:
 * @self: a test loop
 *
 * Tells in a few letters all that has happened and when. Two runs that did the same have the same digest.
 *
 * Returns: (transfer full): the digest
 *
 * Since: 0.1
 */
char *
geminga_test_loop_dup_digest (GemingaTestLoop *self)
{
  g_return_val_if_fail (GEMINGA_TEST_IS_LOOP (self), NULL);

  return g_strdup_printf ("%016" G_GINT64_MODIFIER "x", self->digest);
}

/**
 * geminga_test_loop_dup_trace:
 * @self: a test loop
 *
 * Tells all that has happened, one line each: the time in seconds, what happened ("spawn", "start",
 * "send", "run", "end" or a fault), the actor, and the class, command or reason.
 *
 * Returns: (transfer full) (nullable): the lines, or %NULL if they are not kept, see
 *   [property@GemingaTesting.Loop:keep-trace]
 *
 * Since: 0.1
 */
char *
geminga_test_loop_dup_trace (GemingaTestLoop *self)
{
  g_return_val_if_fail (GEMINGA_TEST_IS_LOOP (self), NULL);

  return self->trace != NULL ? g_strdup (self->trace->str) : NULL;
}
