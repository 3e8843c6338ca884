/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-group.h"

#include "geminga-actor-ref.h"
#include "geminga-directory-private.h"
#include "geminga-error.h"
#include "geminga-loop-private.h"
#include "geminga-membership-private.h"
#include "geminga-target-private.h"

/**
 * GemingaGroup:
 *
 * Actors, of any process of the service, that are told what is published to all of them.
 *
 * A group has a name and is there as soon as somebody uses it. This object is one's own way to it: whoever
 * joins with one and publishes with another one of the same name, here or in another process, meets in
 * the same group. A member leaves when it ends, wherever that happens.
 *
 * What is published goes directly to each member. A member gets it once and in the order it was
 * published, as far as one publisher is concerned; it is told to who publishes as well, if that is a member.
 *
 * The group is a [iface@Gio.ListModel] of its members' refs, in the order they joined. As a list it belongs
 * to the thread-default main context in which it was made; its other functions may be called in any thread.
 *
 * Since: 0.1
 */
struct _GemingaGroup
{
  GObject parent_instance;

  GemingaSystem *system;         /* (owned), constant */
  char *name;                    /* (owned), constant */
  GemingaMembership *membership; /* (owned), constant */
  GemingaLoop *loop;             /* (owned), constant */
  GemingaLoopItem item;          /* holds a reference while it is posted */
  atomic_bool is_posted;
  atomic_bool is_read; /* somebody has looked at the list */

  GMutex lock;
  GPtrArray *waits; /* (owned) (element-type Wait), under lock: for the members to be known */

  /* the context's thread only */
  GPtrArray *items;     /* (owned) (element-type GemingaMember): what the list shows */
  gboolean is_showing;  /* a change, to handlers */
  gboolean is_outdated; /* meanwhile */
};

/* Somebody waits for the members to be known. */
typedef struct
{
  GTask *task;      /* (owned) */
  GSource *cancels; /* (owned) (nullable) */
} Wait;

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GemingaGroup,
                               geminga_group,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  PROP_SYSTEM = 1,
  PROP_NAME,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Helpers: who waits */

static void
wait_free (gpointer data)
{
  Wait *self = data;

  if (self->cancels != NULL)
    {
      g_source_destroy (self->cancels);
      g_source_unref (self->cancels);
    }
  g_object_unref (self->task);
  g_free (self);
}

static Wait *
steal_wait (GemingaGroup *self, GTask *task)
{
  Wait *found = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->waits->len && found == NULL; i++)
    if (((Wait *) g_ptr_array_index (self->waits, i))->task == task)
      found = g_ptr_array_steal_index (self->waits, i);
  g_mutex_unlock (&self->lock);

  return found;
}

static gboolean
wait_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  Wait *wait = steal_wait (g_task_get_source_object (task), task);

  if (wait == NULL)
    return G_SOURCE_REMOVE;

  g_task_return_error_if_cancelled (task);
  wait_free (wait);

  return G_SOURCE_REMOVE;
}

static void
add_wait (GemingaGroup *self, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Wait *wait = g_new0 (Wait, 1);

  wait->task = g_object_ref (task);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->waits, wait);
  if (cancellable != NULL)
    {
      wait->cancels = g_cancellable_source_new (cancellable);
      g_source_set_callback (wait->cancels, G_SOURCE_FUNC (wait_cancelled_cb), g_object_ref (task),
                             g_object_unref);
      g_source_set_static_name (wait->cancels, "geminga_group_wait_ready_async cancelled");
      g_source_attach (wait->cancels, g_task_get_context (task));
    }
  g_mutex_unlock (&self->lock);
}

static gboolean
has_waits (GemingaGroup *self)
{
  gboolean result;

  g_mutex_lock (&self->lock);
  result = self->waits->len > 0;
  g_mutex_unlock (&self->lock);

  return result;
}

static void
answer_waits (GemingaGroup *self, const GError *error)
{
  g_autoptr (GPtrArray) waits = g_ptr_array_new_with_free_func (wait_free);

  g_mutex_lock (&self->lock);
  g_ptr_array_extend_and_steal (waits, g_steal_pointer (&self->waits));
  self->waits = g_ptr_array_new_with_free_func (wait_free);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < waits->len; i++)
    {
      Wait *wait = g_ptr_array_index (waits, i);

      if (error != NULL)
        g_task_return_error (wait->task, g_error_copy (error));
      else
        g_task_return_boolean (wait->task, TRUE);
    }
}

/* Helpers: the list */

static GemingaMember *
get_member (GPtrArray *members, guint position)
{
  return position < members->len ? g_ptr_array_index (members, position) : NULL;
}

static gpointer
copy_member (gconstpointer member, gpointer user_data)
{
  return g_atomic_rc_box_acquire ((gpointer) member);
}

static GPtrArray *
copy_members (GPtrArray *members)
{
  return g_ptr_array_copy (members, copy_member, NULL);
}

static void
hide (GemingaGroup *self, guint position, guint n)
{
  if (n == 0)
    return;

  g_ptr_array_remove_range (self->items, position, n);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n, 0);
}

/* Both lists are in the order of serials. */
static void
hide_those_gone (GemingaGroup *self, GPtrArray *members)
{
  guint rest = members->len;
  guint n_gone = 0;

  for (guint i = self->items->len; i > 0; i--)
    {
      guint64 serial = get_member (self->items, i - 1)->serial;

      while (rest > 0 && get_member (members, rest - 1)->serial > serial)
        rest--;
      if (rest == 0 || get_member (members, rest - 1)->serial != serial)
        {
          n_gone++;
          continue;
        }
      hide (self, i, n_gone);
      n_gone = 0;
    }
  hide (self, 0, n_gone);
}

static void
show_those_new (GemingaGroup *self, GPtrArray *members)
{
  guint position = self->items->len;
  guint64 last = position > 0 ? get_member (self->items, position - 1)->serial : 0;
  guint first = members->len;

  while (first > 0 && get_member (members, first - 1)->serial > last)
    first--;
  for (guint i = first; i < members->len; i++)
    g_ptr_array_add (self->items, g_atomic_rc_box_acquire (get_member (members, i)));
  if (first < members->len)
    g_list_model_items_changed (G_LIST_MODEL (self), position, 0, members->len - first);
}

static void
post_update (GemingaGroup *self)
{
  if (atomic_exchange (&self->is_posted, TRUE))
    return;

  g_object_ref (self);
  geminga_loop_post (self->loop, &self->item);
}

static void
run_update (GemingaLoopItem *item)
{
  g_autoptr (GemingaGroup) self =
      (GemingaGroup *) ((char *) item - G_STRUCT_OFFSET (GemingaGroup, item));
  g_autoptr (GPtrArray) members = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_known;

  atomic_store (&self->is_posted, FALSE);
  /* A handler of changes runs a loop of its own. */
  if (self->is_showing)
    {
      self->is_outdated = TRUE;
      return;
    }

  members = geminga_membership_ref_members (self->membership, &is_known, &error);
  self->is_showing = TRUE;
  self->is_outdated = FALSE;
  hide_those_gone (self, members);
  show_those_new (self, members);
  self->is_showing = FALSE;
  if (self->is_outdated)
    post_update (self);
  else if (is_known || error != NULL)
    answer_waits (self, is_known ? NULL : error);
}

static gboolean
has_handler (GemingaGroup *self)
{
  return g_signal_has_handler_pending (self, g_signal_lookup ("items-changed", G_TYPE_LIST_MODEL),
                                       0, TRUE);
}

/* Most groups are only published to. */
static void
membership_changed (GObject *object)
{
  GemingaGroup *self = GEMINGA_GROUP (object);

  if (atomic_load (&self->is_read) || has_waits (self) || has_handler (self))
    post_update (self);
}

static void
ensure_read (GemingaGroup *self)
{
  g_autoptr (GPtrArray) members = NULL;
  gboolean is_known;

  if (atomic_exchange (&self->is_read, TRUE))
    return;

  /* They are told of each change. */
  if (has_handler (self))
    {
      post_update (self);
      return;
    }

  members = geminga_membership_ref_members (self->membership, &is_known, NULL);
  g_ptr_array_unref (self->items);
  self->items = copy_members (members);
}

/* Helpers: changes */

static void
change (GemingaGroup *self,
        const char *command,
        GemingaActorRef *ref,
        gpointer tag,
        GCancellable *cancellable,
        GAsyncReadyCallback callback,
        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE); /* the ask is cancelled, and tells */
  geminga_directory_ask (self->system, command,
                         g_variant_new ("(so)", self->name, geminga_actor_ref_get_path (ref)), -1,
                         task);
}

static gboolean
finish_change (GemingaGroup *self, gpointer tag, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = NULL;

  g_return_val_if_fail (GEMINGA_IS_GROUP (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, tag), FALSE);

  answer = g_task_propagate_pointer (G_TASK (result), error);

  return answer != NULL;
}

/* GListModel */

static GType
group_get_item_type (GListModel *model)
{
  return GEMINGA_TYPE_ACTOR_REF;
}

static guint
group_get_n_items (GListModel *model)
{
  GemingaGroup *self = GEMINGA_GROUP (model);

  ensure_read (self);

  return self->items->len;
}

static gpointer
group_get_item (GListModel *model, guint position)
{
  GemingaGroup *self = GEMINGA_GROUP (model);
  GemingaMember *member;

  ensure_read (self);
  member = get_member (self->items, position);

  return member != NULL ? g_object_ref (member->ref) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = group_get_item_type;
  iface->get_n_items = group_get_n_items;
  iface->get_item = group_get_item;
}

/* GObject */

static void
geminga_group_constructed (GObject *object)
{
  GemingaGroup *self = GEMINGA_GROUP (object);

  G_OBJECT_CLASS (geminga_group_parent_class)->constructed (object);

  g_return_if_fail (self->system != NULL);

  if (self->name == NULL)
    self->name = g_strdup ("");
  geminga_membership_acquire (&self->membership, self->system, self->name, object,
                              membership_changed);
}

static void
geminga_group_finalize (GObject *object)
{
  GemingaGroup *self = GEMINGA_GROUP (object);

  if (self->membership != NULL)
    geminga_membership_release (self->membership, object);
  g_ptr_array_unref (self->waits);
  g_ptr_array_unref (self->items);
  geminga_loop_unref (self->loop);
  g_clear_object (&self->system);
  g_mutex_clear (&self->lock);
  g_free (self->name);

  G_OBJECT_CLASS (geminga_group_parent_class)->finalize (object);
}

static void
geminga_group_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  GemingaGroup *self = GEMINGA_GROUP (object);

  switch (property_id)
    {
    case PROP_SYSTEM:
      g_value_set_object (value, self->system);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_group_set_property (GObject *object,
                            guint property_id,
                            const GValue *value,
                            GParamSpec *pspec)
{
  GemingaGroup *self = GEMINGA_GROUP (object);

  switch (property_id)
    {
    case PROP_SYSTEM:
      self->system = g_value_dup_object (value);
      break;
    case PROP_NAME:
      self->name = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
geminga_group_class_init (GemingaGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = geminga_group_constructed;
  object_class->finalize = geminga_group_finalize;
  object_class->get_property = geminga_group_get_property;
  object_class->set_property = geminga_group_set_property;

  /**
   * GemingaGroup:system: (getter get_system)
   *
   * The actor system of this process.
   *
   * Since: 0.1
   */
  props[PROP_SYSTEM] = g_param_spec_object ("system", NULL, NULL, GEMINGA_TYPE_SYSTEM, flags);

  /**
   * GemingaGroup:name: (getter get_name)
   *
   * The group's name, the same in all processes of the service.
   *
   * Since: 0.1
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
geminga_group_init (GemingaGroup *self)
{
  g_mutex_init (&self->lock);
  self->loop = geminga_loop_ref_thread_default ();
  self->item.run = run_update;
  self->waits = g_ptr_array_new_with_free_func (wait_free);
  self->items = geminga_members_new ();
}

/* Public API */

/**
 * geminga_group_new:
 * @system: an actor system
 * @name: the group's name, any text but the empty one
 *
 * Makes a way to a group. As long as it is there, this process knows who the members are, or is
 * about to: see [method@Geminga.Group.wait_ready_async].
 *
 * Returns: (transfer full): the group
 *
 * Since: 0.1
 */
GemingaGroup *
geminga_group_new (GemingaSystem *system, const char *name)
{
  g_return_val_if_fail (GEMINGA_IS_SYSTEM (system), NULL);
  g_return_val_if_fail (name != NULL && *name != '\0', NULL);

  return g_object_new (GEMINGA_TYPE_GROUP, "system", system, "name", name, NULL);
}

/**
 * geminga_group_join_async:
 * @self: a group
 * @ref: an actor, of any process
 * @cancellable: (nullable): cancels the wait; the actor may be a member nevertheless
 * @callback: (nullable): called in the caller's main context
 * @user_data: data for @callback
 *
 * Puts an actor into the group, until it leaves or ends.
 *
 * When it is done, every process that publishes to the group knows of the new member: what is published
 * from then on, anywhere, is told to it. A process that hangs is waited for up to five seconds.
 *
 * Since: 0.1
 */
void
geminga_group_join_async (GemingaGroup *self,
                          GemingaActorRef *ref,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (GEMINGA_IS_GROUP (self));
  g_return_if_fail (GEMINGA_IS_ACTOR_REF (ref));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  change (self, "Join", ref, geminga_group_join_async, cancellable, callback, user_data);
}

/**
 * geminga_group_join_finish:
 * @self: a group
 * @result: what the callback got
 * @error: return location for an error
 *
 * Tells whether the actor is a member. It is no error if it was one before.
 *
 * Returns: %TRUE if it is, %FALSE with %GEMINGA_ERROR_NO_SUCH_ACTOR if it has ended, or with
 *   %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
gboolean
geminga_group_join_finish (GemingaGroup *self, GAsyncResult *result, GError **error)
{
  return finish_change (self, geminga_group_join_async, result, error);
}

/**
 * geminga_group_leave_async:
 * @self: a group
 * @ref: a member
 * @cancellable: (nullable): cancels the wait; the actor may have left nevertheless
 * @callback: (nullable): called in the caller's main context
 * @user_data: data for @callback
 *
 * Takes an actor out of the group. When it is done, what is published anywhere from then on is not told to
 * it.
 *
 * Since: 0.1
 */
void
geminga_group_leave_async (GemingaGroup *self,
                           GemingaActorRef *ref,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (GEMINGA_IS_GROUP (self));
  g_return_if_fail (GEMINGA_IS_ACTOR_REF (ref));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  change (self, "Leave", ref, geminga_group_leave_async, cancellable, callback, user_data);
}

/**
 * geminga_group_leave_finish:
 * @self: a group
 * @result: what the callback got
 * @error: return location for an error
 *
 * Tells whether the actor has left.
 *
 * Returns: %TRUE if it has, %FALSE with %GEMINGA_ERROR_NO_SUCH_ACTOR if it is no member, or with
 *   %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
gboolean
geminga_group_leave_finish (GemingaGroup *self, GAsyncResult *result, GError **error)
{
  return finish_change (self, geminga_group_leave_async, result, error);
}

/**
 * geminga_group_publish:
 * @self: a group
 * @command: name of a command
 * @arguments: (nullable): a tuple with the arguments, or %NULL for none; a floating reference is taken
 * @error: return location for an error
 *
 * Sends a command to all members, and does not wait for an answer, see [method@Geminga.ActorRef.tell].
 *
 * If this process does not know yet who the members are, the message waits for that. If the registry is not
 * there to tell, because the service ends, it is lost, with a note in the log.
 *
 * Returns: %TRUE if the message is on its way, %FALSE with %GEMINGA_ERROR_INVALID_ARGUMENTS if the
 *   arguments are no tuple
 *
 * Since: 0.1
 */
gboolean
geminga_group_publish (GemingaGroup *self, const char *command, GVariant *arguments, GError **error)
{
  g_autoptr (GVariant) sunk = NULL;

  g_return_val_if_fail (GEMINGA_IS_GROUP (self), FALSE);
  g_return_val_if_fail (command != NULL, FALSE);

  sunk = g_variant_ref_sink (arguments != NULL ? arguments : geminga_get_unit ());
  if (!g_variant_is_of_type (sunk, G_VARIANT_TYPE_TUPLE))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_INVALID_ARGUMENTS,
                   "Arguments of %s must be a tuple, not “%s”", command,
                   g_variant_get_type_string (sunk));
      return FALSE;
    }

  geminga_membership_publish (self->membership, command, sunk);

  return TRUE;
}

/**
 * geminga_group_get_system: (get-property system)
 * @self: a group
 *
 * Gives the actor system of this process.
 *
 * Returns: (transfer none): the system
 *
 * Since: 0.1
 */
GemingaSystem *
geminga_group_get_system (GemingaGroup *self)
{
  g_return_val_if_fail (GEMINGA_IS_GROUP (self), NULL);

  return self->system;
}

/**
 * geminga_group_get_name: (get-property name)
 * @self: a group
 *
 * Tells the group's name.
 *
 * Returns: the name
 *
 * Since: 0.1
 */
const char *
geminga_group_get_name (GemingaGroup *self)
{
  g_return_val_if_fail (GEMINGA_IS_GROUP (self), NULL);

  return self->name;
}

/**
 * geminga_group_list_members:
 * @self: a group
 *
 * Tells who the members are, as far as this process knows. Any thread may ask.
 *
 * Returns: (transfer container) (element-type GemingaActorRef): their refs, in the order they joined
 *
 * Since: 0.1
 */
GPtrArray *
geminga_group_list_members (GemingaGroup *self)
{
  g_autoptr (GPtrArray) members = NULL;
  GPtrArray *refs;
  gboolean is_known;

  g_return_val_if_fail (GEMINGA_IS_GROUP (self), NULL);

  members = geminga_membership_ref_members (self->membership, &is_known, NULL);
  refs = g_ptr_array_new_full (members->len, g_object_unref);
  for (guint i = 0; i < members->len; i++)
    g_ptr_array_add (refs, g_object_ref (get_member (members, i)->ref));

  return refs;
}

/**
 * geminga_group_wait_ready_async:
 * @self: a group
 * @cancellable: (nullable): cancels the wait
 * @callback: (nullable): called in the caller's main context
 * @user_data: data for @callback
 *
 * Waits until this process knows who the members are, and the list shows them. The main context in which the
 * group was made must run.
 *
 * Since: 0.1
 */
void
geminga_group_wait_ready_async (GemingaGroup *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GEMINGA_IS_GROUP (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, geminga_group_wait_ready_async);
  add_wait (self, task);
  geminga_membership_refresh (self->membership);
  post_update (self);
}

/**
 * geminga_group_wait_ready_finish:
 * @self: a group
 * @result: what the callback got
 * @error: return location for an error
 *
 * Tells whether the members are known. If the registry cannot be asked, the error says why.
 *
 * Returns: %TRUE if they are, %FALSE with an error of the registry's, or %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
gboolean
geminga_group_wait_ready_finish (GemingaGroup *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (GEMINGA_IS_GROUP (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, geminga_group_wait_ready_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
