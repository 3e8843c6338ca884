/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-dead-letters-private.h"

#include "geminga-actor-ref-private.h"
#include "geminga-core-enums.h"

/* So many wait for a listener's loop; what comes meanwhile is only counted. */
#define MAX_PENDING 1024
/* At most one line in the log in this time, in microseconds. */
#define LOG_INTERVAL G_TIME_SPAN_SECOND

/* Those of one actor system. It is there as long as somebody needs it. */
typedef struct
{
  atomic_int ref_count;
  atomic_ullong n_letters;
  _Atomic (gint64) logged_at; /* monotonic microseconds */

  GMutex lock;
  GPtrArray *listeners; /* (owned) (element-type GemingaDeadLetters), under lock: they leave it */
} Office;

/* Those of all systems of this process. */
typedef struct
{
  GMutex lock;
  GHashTable *offices; /* (owned) (element-type GemingaSystem Office), under lock: by address */
} Offices;

/**
 * GemingaDeadLetters:
 *
 * Somebody who listens to what becomes of messages that no actor handles.
 *
 * A message is a dead letter if its actor has ended or was never there, if the actor's mailbox is full and
 * refuses or drops it, or if the actor's class does not handle it. It does not matter whether somebody
 * waits for an answer, who then gets an error as well. A message whose place a newer one has taken is
 * none, and neither is an ask that its caller has given up.
 *
 * The signals come in the thread-default main context of who made the object, and end with it. If nobody
 * listens, dead letters are only counted, see [method@Geminga.System.get_n_dead_letters]. The object is
 * of one thread.
 *
 * Since: 0.1
 */
struct _GemingaDeadLetters
{
  GObject parent_instance;

  GemingaSystem *system; /* (owned) (nullable), fixed at construction */
  guint max_rate;        /* letters a second, 0: no limit; fixed at construction */
  Office *office;        /* (owned) (nullable) */
  GemingaLoop *loop;     /* (owned) (nullable) */

  atomic_uint n_pending;
  atomic_ullong n_missed;

  /* under the office's lock */
  gint64 second_start; /* monotonic microseconds */
  guint n_this_second;
};

G_DEFINE_FINAL_TYPE (GemingaDeadLetters, geminga_dead_letters, G_TYPE_OBJECT)

enum
{
  PROP_SYSTEM = 1,
  PROP_MAX_RATE,
  PROP_N_MISSED,
  N_PROPS
};

enum
{
  SIGNAL_ARRIVED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* On its way to one listener. */
typedef struct
{
  GemingaLoopItem item;
  GemingaDeadLetters *listener; /* (owned) */
  char *target;                 /* (owned) */
  char *command;                /* (owned) */
  GVariant *arguments;          /* (owned) */
  GemingaDeadLetterReason reason;
  char *sender; /* (owned) (nullable) */
} Letter;

/* Helpers: offices */

static Office *
office_ref (Office *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

static void
office_unref (Office *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_ptr_array_unref (self->listeners);
  g_mutex_clear (&self->lock);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Office, office_unref)

static Office *
office_new (void)
{
  Office *self = g_new0 (Office, 1);

  atomic_init (&self->ref_count, 1);
  g_mutex_init (&self->lock);
  self->listeners = g_ptr_array_new ();

  return self;
}

static gpointer
make_offices (gpointer data)
{
  Offices *self = g_new0 (Offices, 1);

  self->offices = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) office_unref);

  return self;
}

static Offices *
get_offices (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, make_offices, NULL);
}

/* NULL: the system is gone. */
static Office *
ref_office (gpointer system)
{
  Offices *all = get_offices ();
  Office *office;

  g_mutex_lock (&all->lock);
  office = g_hash_table_lookup (all->offices, system);
  if (office != NULL)
    office_ref (office);
  g_mutex_unlock (&all->lock);

  return office;
}

/* Helpers: letters */

static void
letter_free (Letter *self)
{
  g_object_unref (self->listener);
  g_free (self->target);
  g_free (self->command);
  g_variant_unref (self->arguments);
  g_free (self->sender);
  g_free (self);
}

static void
run_letter (GemingaLoopItem *item)
{
  Letter *self = (Letter *) ((char *) item - G_STRUCT_OFFSET (Letter, item));

  atomic_fetch_sub (&self->listener->n_pending, 1);
  g_signal_emit (self->listener, signals[SIGNAL_ARRIVED], 0, self->target, self->command,
                 self->arguments, self->reason, self->sender);
  letter_free (self);
}

static gboolean
is_within_rate_locked (GemingaDeadLetters *self)
{
  gint64 now;

  if (self->max_rate == 0)
    return TRUE;

  now = g_get_monotonic_time ();
  if (now - self->second_start >= G_TIME_SPAN_SECOND)
    {
      self->second_start = now;
      self->n_this_second = 0;
    }

  return self->n_this_second++ < self->max_rate;
}

/* Those who want it, and are not too far behind. */
static GPtrArray *
list_listeners (Office *self)
{
  GPtrArray *list = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->listeners->len; i++)
    {
      GemingaDeadLetters *listener = g_ptr_array_index (self->listeners, i);

      if (!is_within_rate_locked (listener) || atomic_load (&listener->n_pending) >= MAX_PENDING)
        {
          atomic_fetch_add (&listener->n_missed, 1);
          continue;
        }
      if (list == NULL)
        list = g_ptr_array_new ();
      g_ptr_array_add (list, g_object_ref (listener));
    }
  g_mutex_unlock (&self->lock);

  return list;
}

static void
post_letter (GemingaDeadLetters *listener,
             const char *path,
             const GemingaMessage *message,
             GemingaDeadLetterReason reason)
{
  Letter *letter = g_new0 (Letter, 1);

  letter->item.run = run_letter;
  letter->listener = listener;
  letter->target = g_strdup (path);
  letter->command = g_strdup (geminga_message_get_command (message));
  letter->arguments = g_variant_ref (geminga_message_get_arguments (message));
  letter->reason = reason;
  if (message->sender != NULL)
    letter->sender = geminga_target_dup_path (message->sender);

  atomic_fetch_add (&listener->n_pending, 1);
  geminga_loop_post (listener->loop, &letter->item);
}

static const char *
get_nick (GemingaDeadLetterReason reason)
{
  g_autoptr (GEnumClass) reasons = g_type_class_ref (GEMINGA_TYPE_DEAD_LETTER_REASON);

  return g_enum_get_value (reasons, (int) reason)->value_nick;
}

/* Where many get lost, one line in a while tells how many there were. */
static void
log_now_and_then (Office *self,
                  const char *path,
                  const GemingaMessage *message,
                  GemingaDeadLetterReason reason,
                  guint64 n_letters)
{
  gint64 now = g_get_monotonic_time ();
  gint64 logged_at = atomic_load (&self->logged_at);

  if ((logged_at != 0 && now - logged_at < LOG_INTERVAL) ||
      !atomic_compare_exchange_strong (&self->logged_at, &logged_at, now))
    return;

  g_debug ("%s to actor %s is a dead letter (%s), %" G_GUINT64_FORMAT " so far",
           geminga_message_get_command (message), path, get_nick (reason), n_letters);
}

static gboolean
is_letter (const GemingaMessage *message)
{
  return (message->kind == GEMINGA_MESSAGE_CALL || message->kind == GEMINGA_MESSAGE_TELL) &&
         (message->ask == NULL || !geminga_ask_is_answered (message->ask));
}

static gboolean
has_somebody_to_tell (Office *self)
{
  gint64 logged_at = atomic_load (&self->logged_at);
  gboolean has_listeners;

  g_mutex_lock (&self->lock);
  has_listeners = self->listeners->len > 0;
  g_mutex_unlock (&self->lock);

  return has_listeners || logged_at == 0 || g_get_monotonic_time () - logged_at >= LOG_INTERVAL;
}

/* The path is made only if somebody sees it. */
static void
note (gpointer system,
      GemingaTarget *target,
      const char *known_path,
      const GemingaMessage *message,
      GemingaDeadLetterReason reason)
{
  g_autoptr (Office) office = NULL;
  g_autoptr (GPtrArray) listeners = NULL;
  g_autofree char *path = NULL;
  guint64 n_letters;

  if (!is_letter (message))
    return;
  office = ref_office (system);
  if (office == NULL)
    return;

  n_letters = atomic_fetch_add (&office->n_letters, 1) + 1;
  if (!has_somebody_to_tell (office))
    return;

  path = known_path != NULL ? g_strdup (known_path) : geminga_target_dup_path (target);
  log_now_and_then (office, path, message, reason, n_letters);
  listeners = list_listeners (office);
  for (guint i = 0; listeners != NULL && i < listeners->len; i++)
    post_letter (g_ptr_array_index (listeners, i), path, message, reason);
}

/* GObject */

static void
geminga_dead_letters_constructed (GObject *object)
{
  GemingaDeadLetters *self = GEMINGA_DEAD_LETTERS (object);

  G_OBJECT_CLASS (geminga_dead_letters_parent_class)->constructed (object);

  self->loop = geminga_loop_ref_thread_default ();
  self->office = ref_office (self->system);
  if (self->office == NULL)
    return;

  g_mutex_lock (&self->office->lock);
  g_ptr_array_add (self->office->listeners, self);
  g_mutex_unlock (&self->office->lock);
}

static void
geminga_dead_letters_get_property (GObject *object,
                                   guint property_id,
                                   GValue *value,
                                   GParamSpec *pspec)
{
  GemingaDeadLetters *self = GEMINGA_DEAD_LETTERS (object);

  switch (property_id)
    {
    case PROP_SYSTEM:
      g_value_set_object (value, self->system);
      break;
    case PROP_MAX_RATE:
      g_value_set_uint (value, self->max_rate);
      break;
    case PROP_N_MISSED:
      g_value_set_uint64 (value, geminga_dead_letters_get_n_missed (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_dead_letters_set_property (GObject *object,
                                   guint property_id,
                                   const GValue *value,
                                   GParamSpec *pspec)
{
  GemingaDeadLetters *self = GEMINGA_DEAD_LETTERS (object);

  switch (property_id)
    {
    case PROP_SYSTEM:
      self->system = g_value_dup_object (value);
      break;
    case PROP_MAX_RATE:
      self->max_rate = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_dead_letters_dispose (GObject *object)
{
  GemingaDeadLetters *self = GEMINGA_DEAD_LETTERS (object);

  if (self->office != NULL)
    {
      g_mutex_lock (&self->office->lock);
      g_ptr_array_remove_fast (self->office->listeners, self);
      g_mutex_unlock (&self->office->lock);
    }
  g_clear_object (&self->system);

  G_OBJECT_CLASS (geminga_dead_letters_parent_class)->dispose (object);
}

/* A letter that is being posted may hold the object until here. */
static void
geminga_dead_letters_finalize (GObject *object)
{
  GemingaDeadLetters *self = GEMINGA_DEAD_LETTERS (object);

  g_clear_pointer (&self->office, office_unref);
  g_clear_pointer (&self->loop, geminga_loop_unref);

  G_OBJECT_CLASS (geminga_dead_letters_parent_class)->finalize (object);
}

static void
install_signals (GemingaDeadLettersClass *klass)
{
  /**
   * GemingaDeadLetters::arrived:
   * @self: who listens
   * @target: path of the actor that the message was for, see [method@Geminga.ActorRef.get_path]
   * @command: name of the command
   * @arguments: its arguments, a tuple
   * @reason: why it was not handled
   * @sender: (nullable): path of the actor that sent it, or %NULL
   *
   * A message was not handled.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ARRIVED] = g_signal_new (
      "arrived", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 5,
      G_TYPE_STRING, G_TYPE_STRING, G_TYPE_VARIANT, GEMINGA_TYPE_DEAD_LETTER_REASON, G_TYPE_STRING);
}

static void
geminga_dead_letters_class_init (GemingaDeadLettersClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = geminga_dead_letters_constructed;
  object_class->get_property = geminga_dead_letters_get_property;
  object_class->set_property = geminga_dead_letters_set_property;
  object_class->dispose = geminga_dead_letters_dispose;
  object_class->finalize = geminga_dead_letters_finalize;

  /**
   * GemingaDeadLetters:system: (getter get_system)
   *
   * The system whose dead letters they are.
   *
   * Since: 0.1
   */
  props[PROP_SYSTEM] =
      g_param_spec_object ("system", NULL, NULL, GEMINGA_TYPE_SYSTEM,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GemingaDeadLetters:max-rate: (getter get_max_rate)
   *
   * So many letters a second are told at most, or 0 for no limit. The others are missed.
   *
   * Since: 0.1
   */
  props[PROP_MAX_RATE] =
      g_param_spec_uint ("max-rate", NULL, NULL, 0, G_MAXUINT, 0,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GemingaDeadLetters:n-missed: (getter get_n_missed)
   *
   * How many letters came too fast to be told. Changes are not notified.
   *
   * Since: 0.1
   */
  props[PROP_N_MISSED] = g_param_spec_uint64 ("n-missed", NULL, NULL, 0, G_MAXUINT64, 0,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
  install_signals (klass);
}

static void
geminga_dead_letters_init (GemingaDeadLetters *self)
{
}

/* Private API */

void
geminga_dead_letters_open (GemingaSystem *system)
{
  Offices *all = get_offices ();

  g_mutex_lock (&all->lock);
  g_hash_table_replace (all->offices, system, office_new ());
  g_mutex_unlock (&all->lock);
}

void
geminga_dead_letters_close (GemingaSystem *system)
{
  Offices *all = get_offices ();

  g_mutex_lock (&all->lock);
  g_hash_table_remove (all->offices, system);
  g_mutex_unlock (&all->lock);
}

guint64
geminga_dead_letters_count (GemingaSystem *system)
{
  g_autoptr (Office) office = ref_office (system);

  return office != NULL ? atomic_load (&office->n_letters) : 0;
}

void
geminga_dead_letters_note (GemingaTarget *target,
                           const GemingaMessage *message,
                           GemingaDeadLetterReason reason)
{
  note (target->system, target, NULL, message, reason);
}

void
geminga_dead_letters_note_path (GemingaSystem *system,
                                const char *path,
                                const GemingaMessage *message,
                                GemingaDeadLetterReason reason)
{
  note (system, NULL, path, message, reason);
}

/* Public API */

/**
 * geminga_dead_letters_new:
 * @system: a system
 *
 * Listens to the dead letters of a system, those in this process.
 *
 * Returns: (transfer full): who listens
 *
 * Since: 0.1
 */
GemingaDeadLetters *
geminga_dead_letters_new (GemingaSystem *system)
{
  return g_object_new (GEMINGA_TYPE_DEAD_LETTERS, "system", system, NULL);
}

/**
 * geminga_dead_letters_get_system: (get-property system)
 * @self: who listens
 *
 * Tells whose dead letters they are.
 *
 * Returns: (transfer none) (nullable): the system
 *
 * Since: 0.1
 */
GemingaSystem *
geminga_dead_letters_get_system (GemingaDeadLetters *self)
{
  g_return_val_if_fail (GEMINGA_IS_DEAD_LETTERS (self), NULL);

  return self->system;
}

/**
 * geminga_dead_letters_get_max_rate: (get-property max-rate)
 * @self: who listens
 *
 * Tells how many letters a second are told at most.
 *
 * Returns: how many, or 0 for no limit
 *
 * Since: 0.1
 */
guint
geminga_dead_letters_get_max_rate (GemingaDeadLetters *self)
{
  g_return_val_if_fail (GEMINGA_IS_DEAD_LETTERS (self), 0);

  return self->max_rate;
}

/**
 * geminga_dead_letters_get_n_missed: (get-property n-missed)
 * @self: who listens
 *
 * Tells how many letters came too fast to be told: above [property@Geminga.DeadLetters:max-rate], or
 * while 1024 waited for the listener's loop.
 *
 * Returns: how many
 *
 * Since: 0.1
 */
guint64
geminga_dead_letters_get_n_missed (GemingaDeadLetters *self)
{
  g_return_val_if_fail (GEMINGA_IS_DEAD_LETTERS (self), 0);

  return atomic_load (&self->n_missed);
}
