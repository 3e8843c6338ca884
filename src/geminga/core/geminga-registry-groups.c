/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-registry-state-private.h"

#include "geminga-actor-private.h"
#include "geminga-call-private.h"
#include "geminga-error.h"

/*
 * Groups. Each change makes a new version of the group. A process that publishes to it follows it: it asks
 * for what is newer than the version it has, and is answered when there is something. When it asks
 * again it has taken that over. So the registry knows when everybody who publishes knows of a change, and
 * answers whoever made it then. Another ask, which is never answered, is cancelled by the follower's end.
 */

typedef struct
{
  GemingaListed *listed;
  guint64 serial; /* version in which it joined */
} Member;

/* A member is gone. */
typedef struct
{
  guint64 version;
  guint64 serial; /* the member's */
} Leave;

/* Who made a change and waits for all to know of it. */
typedef struct
{
  guint64 version;
  GemingaCall *call; /* (owned) */
} Change;

typedef struct
{
  GemingaRegistry *registry; /* not owned */
  char *name;                /* (owned) */
  guint64 version;
  GPtrArray *members;   /* (owned) (element-type Member): in the order they joined */
  GHashTable *places;   /* (owned) (element-type GemingaListed Member): not owned */
  GArray *leaves;       /* (owned) (element-type Leave): since... */
  guint64 forgotten;    /* ...this version */
  GPtrArray *followers; /* (owned) (element-type Follower) */
  GQueue changes;       /* (element-type Change): owned, the oldest first */
} Group;

/* A process that follows the group. */
typedef struct
{
  Group *group;        /* not owned */
  char *id;            /* (owned) chosen by it */
  guint64 known;       /* the version it has */
  gboolean is_late;    /* it has not said for too long that it knows what it was told */
  GemingaCall *call;   /* (owned) (nullable): waits for something newer */
  GemingaCall *stay;   /* (owned) (nullable): is cancelled when the follower ends */
  gulong cancelled_id; /* of the stay's cancellable */
  GemingaTimer timer;  /* while it has been told and has not said that it knows */
} Follower;

/* Helpers: life */

static void
follower_free (gpointer data)
{
  Follower *self = data;

  geminga_loop_disarm (self->group->registry->loop, &self->timer);
  if (self->stay != NULL)
    g_signal_handler_disconnect (geminga_call_get_cancellable (self->stay), self->cancelled_id);
  g_clear_object (&self->stay);
  g_clear_object (&self->call);
  g_free (self->id);
  g_free (self);
}

static void
change_free (gpointer data)
{
  Change *self = data;

  g_object_unref (self->call);
  g_free (self);
}

static void
group_free (gpointer data)
{
  Group *self = data;

  g_ptr_array_unref (self->followers);
  g_queue_clear_full (&self->changes, change_free);
  g_hash_table_unref (self->places);
  g_ptr_array_unref (self->members);
  g_array_unref (self->leaves);
  g_free (self->name);
  g_free (self);
}

static Group *
ensure (GemingaRegistry *registry, const char *name)
{
  Group *self = g_hash_table_lookup (registry->groups, name);

  if (self != NULL)
    return self;

  self = g_new0 (Group, 1);
  self->registry = registry;
  self->name = g_strdup (name);
  self->version = self->forgotten = ++registry->last_version;
  self->members = g_ptr_array_new_with_free_func (g_free);
  self->places = g_hash_table_new (NULL, NULL);
  self->leaves = g_array_new (FALSE, FALSE, sizeof (Leave));
  self->followers = g_ptr_array_new_with_free_func (follower_free);
  g_queue_init (&self->changes);
  g_hash_table_insert (registry->groups, self->name, self);

  return self;
}

static void
remove_if_unused (Group *self)
{
  if (self->members->len == 0 && self->followers->len == 0 && self->changes.length == 0)
    g_hash_table_remove (self->registry->groups, self->name);
}

/* Helpers: followers */

/* What all of them know, but for those that are late. */
static guint64
get_known (Group *self)
{
  guint64 known = self->version;

  for (guint i = 0; i < self->followers->len; i++)
    {
      Follower *follower = g_ptr_array_index (self->followers, i);

      if (!follower->is_late)
        known = MIN (known, follower->known);
    }

  return known;
}

static void
forget_leaves (Group *self, guint64 known)
{
  guint n = 0;

  while (n < self->leaves->len && g_array_index (self->leaves, Leave, n).version <= known)
    n++;
  if (n > 0)
    g_array_remove_range (self->leaves, 0, n);
  self->forgotten = MAX (self->forgotten, known);
}

/* The group may be gone then. */
static void
settle (Group *self)
{
  guint64 known = get_known (self);
  Change *change;

  forget_leaves (self, known);
  while ((change = g_queue_peek_head (&self->changes)) != NULL && change->version <= known)
    {
      geminga_call_return_value (change->call, NULL);
      change_free (g_queue_pop_head (&self->changes));
    }
  remove_if_unused (self);
}

static void
on_stay_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Follower *follower = user_data;
  Group *group = follower->group;

  g_ptr_array_remove_fast (group->followers, follower);
  settle (group);
}

/* It hangs: when it asks again it gets the whole list. */
static void
patience_ends (gpointer user_data)
{
  Follower *follower = user_data;

  g_info ("A process that follows group “%s” does not answer", follower->group->name);
  follower->is_late = TRUE;
  settle (follower->group);
}

static GVariant *
describe_news (Group *self, guint64 known)
{
  gboolean is_whole = known < self->forgotten;
  GVariantBuilder joined;
  GVariantBuilder left;
  guint first = self->members->len;

  while (first > 0 &&
         (is_whole || ((Member *) g_ptr_array_index (self->members, first - 1))->serial > known))
    first--;

  g_variant_builder_init (&joined, G_VARIANT_TYPE ("a(to)"));
  for (guint i = first; i < self->members->len; i++)
    {
      Member *member = g_ptr_array_index (self->members, i);

      g_variant_builder_add (&joined, "(to)", member->serial, member->listed->path);
    }
  g_variant_builder_init (&left, G_VARIANT_TYPE ("at"));
  for (guint i = 0; !is_whole && i < self->leaves->len; i++)
    {
      Leave *leave = &g_array_index (self->leaves, Leave, i);

      if (leave->version > known)
        g_variant_builder_add (&left, "t", leave->serial);
    }

  return g_variant_new ("(tba(to)at)", self->version, is_whole, &joined, &left);
}

static void
tell_follower (Follower *self)
{
  g_autoptr (GemingaCall) call = NULL;

  if (self->call == NULL || self->known == self->group->version)
    return;

  call = g_steal_pointer (&self->call);
  geminga_loop_arm (self->group->registry->loop, &self->timer,
                    g_get_monotonic_time () + GEMINGA_REGISTRY_PATIENCE);
  geminga_call_return_value (call, describe_news (self->group, self->known));
}

static Follower *
find_follower (Group *group, const char *id)
{
  for (guint i = 0; i < group->followers->len; i++)
    {
      Follower *self = g_ptr_array_index (group->followers, i);

      if (g_str_equal (self->id, id))
        return self;
    }

  return NULL;
}

static Follower *
add_follower (Group *group, const char *id)
{
  Follower *self = g_new0 (Follower, 1);

  self->group = group;
  self->id = g_strdup (id);
  self->timer.func = patience_ends;
  self->timer.user_data = self;
  g_ptr_array_add (group->followers, self);

  return self;
}

/* Helpers: changes */

static void
note_change (Group *self)
{
  for (guint i = 0; i < self->followers->len; i++)
    tell_follower (g_ptr_array_index (self->followers, i));
}

/* In order of version. */
static void
add_change (Group *self, guint64 version, GemingaCall *call)
{
  Change *change = g_new0 (Change, 1);
  GList *place = self->changes.tail;

  change->version = version;
  change->call = g_object_ref (call);
  while (place != NULL && ((Change *) place->data)->version > version)
    place = place->prev;
  g_queue_insert_after (&self->changes, place, change);
}

static Member *
add_member (Group *self, GemingaListed *listed)
{
  Member *member = g_new0 (Member, 1);

  member->listed = listed;
  member->serial = self->version = ++self->registry->last_version;
  g_ptr_array_add (self->members, member);
  g_hash_table_insert (self->places, listed, member);
  g_ptr_array_add (listed->groups, self);
  geminga_registry_emit (self->registry, "Joined", self->name, listed);

  return member;
}

static guint
find_place (Group *self, Member *member)
{
  guint low = 0;
  guint high = self->members->len;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (((Member *) g_ptr_array_index (self->members, middle))->serial > member->serial)
        high = middle;
      else
        low = middle;
    }

  return low;
}

static void
remove_member (Group *self, Member *member)
{
  Leave leave = { ++self->registry->last_version, member->serial };

  self->version = leave.version;
  g_array_append_val (self->leaves, leave);
  geminga_registry_emit (self->registry, "Left", self->name, member->listed);
  g_hash_table_remove (self->places, member->listed);
  g_ptr_array_remove_index (self->members, find_place (self, member));
}

/* Commands */

static void
handle_join (GemingaActor *actor, GemingaCall *call)
{
  GemingaRegistry *registry = GEMINGA_REGISTRY (actor);
  GemingaListed *listed;
  Member *member;
  Group *self;
  const char *name;
  const char *path;

  g_variant_get (geminga_call_get_arguments (call), "(&s&o)", &name, &path);
  if (!geminga_registry_check_name (call, name))
    return;
  listed = geminga_registry_list (registry, call, path);
  if (listed == NULL)
    return;

  self = ensure (registry, name);
  member = g_hash_table_lookup (self->places, listed);
  if (member == NULL)
    member = add_member (self, listed);
  add_change (self, member->serial, call);
  note_change (self);
  settle (self);
}

static void
handle_leave (GemingaActor *actor, GemingaCall *call)
{
  GemingaRegistry *registry = GEMINGA_REGISTRY (actor);
  GemingaListed *listed;
  Member *member = NULL;
  Group *self;
  const char *name;
  const char *path;

  g_variant_get (geminga_call_get_arguments (call), "(&s&o)", &name, &path);
  self = g_hash_table_lookup (registry->groups, name);
  listed = geminga_registry_lookup (registry, path);
  if (self != NULL && listed != NULL)
    member = g_hash_table_lookup (self->places, listed);
  if (member == NULL)
    {
      geminga_call_refuse (call, GEMINGA_ERROR_NO_SUCH_ACTOR, "Group “%s” has no member %s", name,
                           path);
      return;
    }

  remove_member (self, member);
  g_ptr_array_remove_fast (listed->groups, self);
  geminga_registry_tidy (registry, listed);
  add_change (self, self->version, call);
  note_change (self);
  settle (self);
}

static void
handle_get_members (GemingaActor *actor, GemingaCall *call)
{
  GVariantBuilder builder;
  Group *self;
  const char *name;

  g_variant_get (geminga_call_get_arguments (call), "(&s)", &name);
  self = g_hash_table_lookup (GEMINGA_REGISTRY (actor)->groups, name);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("ao"));
  for (guint i = 0; self != NULL && i < self->members->len; i++)
    g_variant_builder_add (&builder, "o",
                           ((Member *) g_ptr_array_index (self->members, i))->listed->path);
  geminga_call_return_value (call, g_variant_builder_end (&builder));
}

static void
handle_list_groups (GemingaActor *actor, GemingaCall *call)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{su}"));
  g_hash_table_iter_init (&iter, GEMINGA_REGISTRY (actor)->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Group *self = value;

      if (self->members->len > 0)
        g_variant_builder_add (&builder, "{su}", self->name, self->members->len);
    }
  geminga_call_return_value (call, g_variant_builder_end (&builder));
}

/* Only who stays may follow. */
static void
handle_stay (GemingaActor *actor, GemingaCall *call)
{
  GCancellable *cancellable = geminga_call_get_cancellable (call);
  Follower *follower;
  Group *self;
  const char *name;
  const char *id;

  g_variant_get (geminga_call_get_arguments (call), "(&s&s)", &name, &id);
  if (!geminga_registry_check_name (call, name) || g_cancellable_is_cancelled (cancellable))
    return;

  self = ensure (GEMINGA_REGISTRY (actor), name);
  if (find_follower (self, id) != NULL)
    {
      geminga_call_refuse (call, GEMINGA_ERROR_ALREADY_EXISTS, "“%s” follows “%s” already", id,
                           name);
      return;
    }

  follower = add_follower (self, id);
  follower->stay = g_object_ref (call);
  follower->cancelled_id =
      g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_stay_cancelled), follower);
}

static void
handle_follow (GemingaActor *actor, GemingaCall *call)
{
  GemingaRegistry *registry = GEMINGA_REGISTRY (actor);
  Follower *follower = NULL;
  Group *self;
  const char *name;
  const char *id;
  guint64 known;

  g_variant_get (geminga_call_get_arguments (call), "(&s&st)", &name, &id, &known);
  if (!geminga_registry_check_name (call, name))
    return;

  self = g_hash_table_lookup (registry->groups, name);
  if (self != NULL)
    follower = find_follower (self, id);
  if (follower == NULL)
    {
      geminga_call_refuse (call, GEMINGA_ERROR_INVALID_STATE, "“%s” does not follow “%s”", id,
                           name);
      return;
    }

  geminga_loop_disarm (registry->loop, &follower->timer);
  follower->known = MIN (known, self->version);
  follower->is_late = FALSE;
  g_set_object (&follower->call, call);
  tell_follower (follower);
  settle (self);
}

static const GemingaCommandEntry commands[] = {
  { "Join", "(so)", NULL, "group actor",
    "Puts an actor into a group until it ends; is answered when all who publish to it know", 0,
    handle_join },
  { "Leave", "(so)", NULL, "group actor", "Takes an actor out of a group", 0, handle_leave },
  { "GetMembers", "(s)", "ao", "group", "Tells who is in a group, in the order they joined", 0,
    handle_get_members },
  { "ListGroups", NULL, "a{su}", NULL, "Tells which groups there are and how many are in them", 0,
    handle_list_groups },
  { "Stay", "(ss)", NULL, "group follower", "Follows a group until the call is cancelled",
    GEMINGA_COMMAND_FLAGS_PRIVATE, handle_stay },
  { "Follow", "(sst)", "(tba(to)at)", "group follower known",
    "Tells what is newer in a group than what is known, as soon as something is",
    GEMINGA_COMMAND_FLAGS_PRIVATE, handle_follow },
};

/* For the registry's own files */

void
geminga_registry_install_group_commands (GemingaActorClass *klass)
{
  geminga_actor_class_add_commands (klass, commands, G_N_ELEMENTS (commands));
}

GHashTable *
geminga_registry_groups_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL, group_free);
}

void
geminga_registry_leave_all (GemingaRegistry *self, GemingaListed *listed)
{
  for (guint i = 0; i < listed->groups->len; i++)
    {
      Group *group = g_ptr_array_index (listed->groups, i);

      remove_member (group, g_hash_table_lookup (group->places, listed));
      note_change (group);
      settle (group);
    }
  g_ptr_array_set_size (listed->groups, 0);
}

void
geminga_registry_end_groups (GemingaRegistry *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Group *group = value;

      for (guint i = 0; i < group->followers->len; i++)
        {
          Follower *follower = g_ptr_array_index (group->followers, i);

          if (follower->call != NULL)
            geminga_call_refuse (follower->call, GEMINGA_ERROR_DIED, "The registry ends");
          if (follower->stay != NULL)
            geminga_call_refuse (follower->stay, GEMINGA_ERROR_DIED, "The registry ends");
        }
      for (GList *link = group->changes.head; link != NULL; link = link->next)
        geminga_call_refuse (((Change *) link->data)->call, GEMINGA_ERROR_DIED,
                             "The registry ends");
    }
  g_hash_table_remove_all (self->groups);
}
