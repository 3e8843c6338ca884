/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-balancer.h"

#include "geminga-actor-ref-private.h"
#include "geminga-core-enums.h"
#include "geminga-error.h"

/**
 * GemingaBalancer:
 *
 * Spreads messages over similar actors: each goes to one of them.
 *
 * The actors are those in a [iface@Gio.ListModel] of refs, such as a [class@Geminga.Group], and may be
 * anywhere. Who joins gets its share from then on. Who ends gets nothing from the moment that is known
 * here, even if it is in the list still; what it was asked fails, as always, for only the caller knows
 * whether it may be asked twice.
 *
 * A key chooses the actor by rendezvous hashing (Thaler and Ravishankar, 1998): each process chooses the
 * same one, and when one comes or goes only the keys that it gets or had move.
 *
 * A balancer belongs to the main context that was the thread's default when it was made, as does the list.
 *
 * Since: 0.1
 */
struct _GemingaBalancer
{
  GObject parent_instance;

  GListModel *members; /* (owned) */
  GemingaBalancing balancing;
  gulong changed_id;    /* of the members */
  GPtrArray *receivers; /* (owned) (element-type Receiver): as the members are */
  guint next;           /* whose turn it is */
};

/* A member, as long as something waits for it. */
typedef struct
{
  GemingaActorRef *ref; /* (owned) */
  GCancellable *watch;  /* (owned) cancels the wait for its end */
  guint64 hash;
  guint n_asked; /* that it has not answered */
  gboolean has_ended;
} Receiver;

/* An ask that waits for its answer. */
typedef struct
{
  GTask *task;        /* (owned) */
  Receiver *receiver; /* (owned) */
} Asked;

G_DEFINE_FINAL_TYPE (GemingaBalancer, geminga_balancer, G_TYPE_OBJECT)

enum
{
  PROP_MEMBERS = 1,
  PROP_BALANCING,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Helpers: hashes */

/* The last step of SplitMix64: each bit depends on all. */
static guint64
mix (guint64 value)
{
  value = (value ^ (value >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ (value >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return value ^ (value >> 31);
}

/* FNV-1a: the same in all processes. */
static guint64
hash (const char *text)
{
  guint64 value = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (; *text != '\0'; text++)
    value = (value ^ (guchar) *text) * G_GUINT64_CONSTANT (0x100000001b3);

  return mix (value);
}

/* Helpers: receivers */

static void
receiver_clear (gpointer data)
{
  Receiver *self = data;

  g_object_unref (self->ref);
  g_object_unref (self->watch);
}

static void
receiver_unref (gpointer data)
{
  g_rc_box_release_full (data, receiver_clear);
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Receiver *receiver = user_data;

  geminga_actor_ref_wait_ended_finish (GEMINGA_ACTOR_REF (source), result, NULL);
  receiver->has_ended = !g_cancellable_is_cancelled (receiver->watch);
  receiver_unref (receiver);
}

static Receiver *
receiver_new (GemingaActorRef *ref)
{
  Receiver *self = g_rc_box_new0 (Receiver);

  self->ref = g_object_ref (ref);
  self->watch = g_cancellable_new ();
  self->hash = hash (geminga_actor_ref_get_path (ref));
  geminga_actor_ref_wait_ended_async (ref, self->watch, ended_cb, g_rc_box_acquire (self));

  return self;
}

static void
receiver_remove (gpointer data)
{
  Receiver *self = data;

  g_cancellable_cancel (self->watch);
  receiver_unref (self);
}

static void
on_members_items_changed (GListModel *members,
                          guint position,
                          guint removed,
                          guint added,
                          GemingaBalancer *self)
{
  if (removed > 0)
    g_ptr_array_remove_range (self->receivers, position, removed);
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (GemingaActorRef) ref = g_list_model_get_item (members, position + i);

      g_ptr_array_insert (self->receivers, (int) (position + i), receiver_new (ref));
    }
}

static gboolean
is_there (Receiver *self)
{
  return !self->has_ended && !geminga_target_has_ended (geminga_actor_ref_get_target (self->ref));
}

/* Helpers: choices */

/* Those after the one that was chosen last come first. */
static Receiver *
get_in_turn (GemingaBalancer *self, guint i)
{
  return g_ptr_array_index (self->receivers, (self->next + i) % self->receivers->len);
}

static Receiver *
choose_least_loaded (GemingaBalancer *self, guint limit)
{
  Receiver *best = NULL;
  guint place = 0;

  for (guint i = 0; i < self->receivers->len && (best == NULL || best->n_asked > limit); i++)
    {
      Receiver *receiver = get_in_turn (self, i);

      if (!is_there (receiver) || (best != NULL && best->n_asked <= receiver->n_asked))
        continue;
      best = receiver;
      place = i;
    }
  if (best != NULL)
    self->next = (self->next + place + 1) % self->receivers->len;

  return best;
}

static Receiver *
choose_by_key (GemingaBalancer *self, const char *key)
{
  guint64 key_hash = hash (key);
  Receiver *best = NULL;

  for (guint i = 0; i < self->receivers->len; i++)
    {
      Receiver *receiver = g_ptr_array_index (self->receivers, i);

      if (is_there (receiver) &&
          (best == NULL || mix (key_hash ^ receiver->hash) > mix (key_hash ^ best->hash)))
        best = receiver;
    }

  return best;
}

static Receiver *
choose (GemingaBalancer *self, const char *key, GError **error)
{
  Receiver *receiver;

  if (self->balancing == GEMINGA_BALANCING_CONSISTENT_HASH && key == NULL)
    {
      g_set_error_literal (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                           "A balancer with consistent hashes needs a key");
      return NULL;
    }

  if (self->balancing == GEMINGA_BALANCING_CONSISTENT_HASH)
    receiver = choose_by_key (self, key);
  else
    receiver = choose_least_loaded (
        self, self->balancing == GEMINGA_BALANCING_ROUND_ROBIN ? G_MAXUINT : 0);
  if (receiver == NULL)
    g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR,
                 "The balancer has nobody to choose: none of its %u members is there",
                 self->receivers->len);

  return receiver;
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;
  g_autoptr (GTask) task = asked->task;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  asked->receiver->n_asked--;
  receiver_unref (asked->receiver);
  g_free (asked);
  if (answer != NULL)
    g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) g_variant_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* GObject */

static void
geminga_balancer_constructed (GObject *object)
{
  GemingaBalancer *self = GEMINGA_BALANCER (object);

  G_OBJECT_CLASS (geminga_balancer_parent_class)->constructed (object);

  g_return_if_fail (self->members != NULL);

  self->changed_id = g_signal_connect (self->members, "items-changed",
                                       G_CALLBACK (on_members_items_changed), self);
  on_members_items_changed (self->members, 0, 0, g_list_model_get_n_items (self->members), self);
}

static void
geminga_balancer_dispose (GObject *object)
{
  GemingaBalancer *self = GEMINGA_BALANCER (object);

  if (self->members != NULL)
    g_clear_signal_handler (&self->changed_id, self->members);
  g_clear_object (&self->members);
  g_ptr_array_set_size (self->receivers, 0);

  G_OBJECT_CLASS (geminga_balancer_parent_class)->dispose (object);
}

static void
geminga_balancer_finalize (GObject *object)
{
  g_ptr_array_unref (GEMINGA_BALANCER (object)->receivers);

  G_OBJECT_CLASS (geminga_balancer_parent_class)->finalize (object);
}

static void
geminga_balancer_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  GemingaBalancer *self = GEMINGA_BALANCER (object);

  switch (property_id)
    {
    case PROP_MEMBERS:
      g_value_set_object (value, self->members);
      break;
    case PROP_BALANCING:
      g_value_set_enum (value, (int) self->balancing);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_balancer_set_property (GObject *object,
                               guint property_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  GemingaBalancer *self = GEMINGA_BALANCER (object);

  switch (property_id)
    {
    case PROP_MEMBERS:
      self->members = g_value_dup_object (value);
      break;
    case PROP_BALANCING:
      self->balancing = (GemingaBalancing) g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_balancer_class_init (GemingaBalancerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = geminga_balancer_constructed;
  object_class->dispose = geminga_balancer_dispose;
  object_class->finalize = geminga_balancer_finalize;
  object_class->get_property = geminga_balancer_get_property;
  object_class->set_property = geminga_balancer_set_property;

  /**
   * GemingaBalancer:members: (getter get_members)
   *
   * The actors, a list of [class@Geminga.ActorRef].
   *
   * Since: 0.1
   */
  props[PROP_MEMBERS] = g_param_spec_object ("members", NULL, NULL, G_TYPE_LIST_MODEL, flags);

  /**
   * GemingaBalancer:balancing: (getter get_balancing)
   *
   * How one of them is chosen.
   *
   * Since: 0.1
   */
  props[PROP_BALANCING] = g_param_spec_enum ("balancing", NULL, NULL, GEMINGA_TYPE_BALANCING,
                                             GEMINGA_BALANCING_ROUND_ROBIN, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
geminga_balancer_init (GemingaBalancer *self)
{
  self->receivers = g_ptr_array_new_with_free_func (receiver_remove);
}

/* Public API */

/**
 * geminga_balancer_new:
 * @members: a list of [class@Geminga.ActorRef], such as a [class@Geminga.Group]
 * @balancing: how to choose one of them
 *
 * Makes a balancer.
 *
 * Returns: (transfer full): the balancer
 *
 * Since: 0.1
 */
GemingaBalancer *
geminga_balancer_new (GListModel *members, GemingaBalancing balancing)
{
  g_return_val_if_fail (G_IS_LIST_MODEL (members), NULL);
  g_return_val_if_fail (g_type_is_a (g_list_model_get_item_type (members), GEMINGA_TYPE_ACTOR_REF),
                        NULL);

  return g_object_new (GEMINGA_TYPE_BALANCER, "members", members, "balancing", balancing, NULL);
}

/**
 * geminga_balancer_tell:
 * @self: a balancer
 * @key: (nullable): what the message is about; it counts with consistent hashes only, which need it
 * @command: name of a command
 * @arguments: (nullable): a tuple with the arguments, or %NULL for none; a floating reference is taken
 * @error: return location for an error
 *
 * Sends a command to one of the actors, see [method@Geminga.ActorRef.tell]. Messages with the same key
 * arrive in the order they were sent, as long as the same actors are there.
 *
 * Returns: %TRUE if the message is on its way, %FALSE with %GEMINGA_ERROR_NO_SUCH_ACTOR if there is
 *   nobody, or with %GEMINGA_ERROR_INVALID_ARGUMENTS
 *
 * Since: 0.1
 */
gboolean
geminga_balancer_tell (GemingaBalancer *self,
                       const char *key,
                       const char *command,
                       GVariant *arguments,
                       GError **error)
{
  g_autoptr (GVariant) sunk = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  Receiver *receiver;

  g_return_val_if_fail (GEMINGA_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (command != NULL, FALSE);

  receiver = choose (self, key, error);

  return receiver != NULL && geminga_actor_ref_tell (receiver->ref, command, sunk, error);
}

/**
 * geminga_balancer_ask_async:
 * @self: a balancer
 * @key: (nullable): what the message is about; it counts with consistent hashes only, which need it
 * @command: name of a command
 * @arguments: (nullable): a tuple with the arguments, or %NULL for none; a floating reference is taken
 * @timeout: milliseconds, see [method@Geminga.ActorRef.ask_async]
 * @cancellable: (nullable): cancels the wait
 * @callback: (nullable): called in the caller's main context when the answer is there
 * @user_data: data for @callback
 *
 * Sends a command to one of the actors and waits for its answer.
 *
 * Since: 0.1
 */
void
geminga_balancer_ask_async (GemingaBalancer *self,
                            const char *key,
                            const char *command,
                            GVariant *arguments,
                            int timeout,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GVariant) sunk = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  Receiver *receiver;
  Asked *asked;

  g_return_if_fail (GEMINGA_IS_BALANCER (self));
  g_return_if_fail (command != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, geminga_balancer_ask_async);
  g_task_set_check_cancellable (task, FALSE); /* the ask is cancelled, and tells */
  receiver = choose (self, key, &error);
  if (receiver == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  asked = g_new0 (Asked, 1);
  asked->task = g_steal_pointer (&task);
  asked->receiver = g_rc_box_acquire (receiver);
  receiver->n_asked++;
  geminga_actor_ref_ask_async (receiver->ref, command, sunk, timeout, cancellable, asked_cb, asked);
}

/**
 * geminga_balancer_ask_finish:
 * @self: a balancer
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gives the answer to [method@Geminga.Balancer.ask_async].
 *
 * Fails as [method@Geminga.ActorRef.ask_finish] does, also with %GEMINGA_ERROR_NO_SUCH_ACTOR if there was
 * nobody to ask, and with %GEMINGA_ERROR_INVALID_ARGUMENTS if a key was needed.
 *
 * Returns: (transfer full): a tuple with one element a result
 *
 * Since: 0.1
 */
GVariant *
geminga_balancer_ask_finish (GemingaBalancer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_BALANCER (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, geminga_balancer_ask_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * geminga_balancer_choose:
 * @self: a balancer
 * @key: (nullable): what it is about; it counts with consistent hashes only, which need it
 * @error: return location for an error
 *
 * Chooses the actor that the next message would go to, for [method@Geminga.Call.forward] for example. It is
 * not known here when that one has finished, so it does not count as load.
 *
 * Returns: (transfer full): its ref, or %NULL with %GEMINGA_ERROR_NO_SUCH_ACTOR if there is nobody, or with
 *   %GEMINGA_ERROR_INVALID_ARGUMENTS if a key is needed
 *
 * Since: 0.1
 */
GemingaActorRef *
geminga_balancer_choose (GemingaBalancer *self, const char *key, GError **error)
{
  Receiver *receiver;

  g_return_val_if_fail (GEMINGA_IS_BALANCER (self), NULL);

  receiver = choose (self, key, error);

  return receiver != NULL ? g_object_ref (receiver->ref) : NULL;
}

/**
 * geminga_balancer_get_members: (get-property members)
 * @self: a balancer
 *
 * Gives the actors.
 *
 * Returns: (transfer none): the list
 *
 * Since: 0.1
 */
GListModel *
geminga_balancer_get_members (GemingaBalancer *self)
{
  g_return_val_if_fail (GEMINGA_IS_BALANCER (self), NULL);

  return self->members;
}

/**
 * geminga_balancer_get_balancing: (get-property balancing)
 * @self: a balancer
 *
 * Tells how one of them is chosen.
 *
 * Returns: how
 *
 * Since: 0.1
 */
GemingaBalancing
geminga_balancer_get_balancing (GemingaBalancer *self)
{
  g_return_val_if_fail (GEMINGA_IS_BALANCER (self), GEMINGA_BALANCING_ROUND_ROBIN);

  return self->balancing;
}
