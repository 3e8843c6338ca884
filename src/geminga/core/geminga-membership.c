/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-membership-private.h"

#include "geminga-actor-private.h"
#include "geminga-actor-ref-private.h"
#include "geminga-directory-private.h"
#include "geminga-system-private.h"

struct _GemingaMembership
{
  atomic_int ref_count;
  GemingaSystem *system; /* (owned) */
  char *name;            /* (owned) */
  char *id;              /* (owned) what the registry calls it */
  guint n_users;         /* under the directory's lock; 0: it is not in its table any more */

  GMutex lock;
  GPtrArray *listeners;  /* (owned) (element-type Listener), under lock */
  gboolean is_released;  /* under lock */
  gboolean is_following; /* under lock: an answer is on its way */
  gboolean is_known;     /* under lock: nothing that was published waits any more */
  GError *failure;       /* (owned) (nullable), under lock: why it does not follow */
  guint64 version;       /* under lock */
  GPtrArray *members; /* (owned) (element-type GemingaMember), under lock: replaced, not changed */
  GQueue waiting;     /* (element-type Publication), under lock */
  GemingaAsk *ask;    /* (owned) (nullable), under lock: the last one for news */
  GemingaAsk *stay;   /* (owned) (nullable), under lock: its end tells the registry of ours */
};

typedef struct
{
  GWeakRef object;
  gpointer key; /* the same, compared only by pointer */
  GemingaMembershipFunc func;
} Listener;

typedef struct
{
  char *command;         /* (owned) */
  GVariant *arguments;   /* (owned) */
  GemingaTarget *sender; /* (owned) (nullable) */
} Publication;

/* What waits for the registry's answer. */
typedef struct
{
  GemingaAsk parent;

  GemingaMembership *membership; /* (owned) */
  GemingaTarget *registry;       /* (owned) */
} Question;

/* Helpers: life */

static void
listener_free (gpointer data)
{
  Listener *self = data;

  g_weak_ref_clear (&self->object);
  g_free (self);
}

static void
publication_free (gpointer data)
{
  Publication *self = data;

  g_free (self->command);
  g_variant_unref (self->arguments);
  g_clear_pointer (&self->sender, geminga_target_unref);
  g_free (self);
}

static void
member_clear (gpointer data)
{
  g_object_unref (((GemingaMember *) data)->ref);
}

static void
member_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, member_clear);
}

static GemingaMembership *
membership_ref (GemingaMembership *self)
{
  atomic_fetch_add (&self->ref_count, 1);

  return self;
}

static void
membership_unref (GemingaMembership *self)
{
  g_autoptr (GemingaSystem) system = NULL; /* is the last to go */

  if (atomic_fetch_sub (&self->ref_count, 1) > 1)
    return;

  system = self->system;
  g_clear_pointer (&self->ask, geminga_ask_unref);
  g_clear_pointer (&self->stay, geminga_ask_unref);
  g_queue_clear_full (&self->waiting, publication_free);
  g_ptr_array_unref (self->listeners);
  g_ptr_array_unref (self->members);
  g_clear_error (&self->failure);
  g_mutex_clear (&self->lock);
  g_free (self->name);
  g_free (self->id);
  g_free (self);
}

static GemingaMembership *
membership_new (GemingaSystem *system, const char *name)
{
  GemingaMembership *self = g_new0 (GemingaMembership, 1);

  atomic_init (&self->ref_count, 1);
  self->system = g_object_ref (system);
  self->name = g_strdup (name);
  self->id = g_uuid_string_random ();
  g_mutex_init (&self->lock);
  self->listeners = g_ptr_array_new_with_free_func (listener_free);
  self->members = geminga_members_new ();
  g_queue_init (&self->waiting);

  return self;
}

/* Helpers: listeners */

static void
tell_listeners (GemingaMembership *self)
{
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree GemingaMembershipFunc *funcs = NULL;

  g_mutex_lock (&self->lock);
  funcs = g_new (GemingaMembershipFunc, self->listeners->len + 1);
  for (guint i = 0; i < self->listeners->len; i++)
    {
      Listener *listener = g_ptr_array_index (self->listeners, i);
      gpointer object = g_weak_ref_get (&listener->object);

      if (object == NULL)
        continue;
      funcs[objects->len] = listener->func;
      g_ptr_array_add (objects, object);
    }
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < objects->len; i++)
    funcs[i](g_ptr_array_index (objects, i));
}

/* Helpers: publications */

/* As if it were told now by who published it. */
static void
tell_later (GemingaTarget *target, Publication *publication)
{
  GemingaMessage *message = geminga_message_new (GEMINGA_MESSAGE_CALL, NULL);

  message->command = g_ref_string_new (publication->command);
  message->arguments = g_variant_ref (publication->arguments);
  if (publication->sender != NULL)
    message->sender = geminga_target_ref (publication->sender);
  geminga_target_post (target, message);
}

static gboolean
is_gone (GemingaMember *member)
{
  return geminga_target_has_ended (geminga_actor_ref_get_target (member->ref));
}

/* Those that come meanwhile wait behind; when there are none left, the members are known. */
static void
tell_waiting (GemingaMembership *self)
{
  for (;;)
    {
      g_autoptr (GPtrArray) members = NULL;
      Publication *publication;

      g_mutex_lock (&self->lock);
      publication = g_queue_pop_head (&self->waiting);
      if (publication == NULL)
        self->is_known = TRUE;
      else
        members = g_ptr_array_ref (self->members);
      g_mutex_unlock (&self->lock);
      if (publication == NULL)
        return;

      for (guint i = 0; i < members->len; i++)
        {
          GemingaMember *member = g_ptr_array_index (members, i);

          if (!is_gone (member))
            tell_later (geminga_actor_ref_get_target (member->ref), publication);
        }
      publication_free (publication);
    }
}

/* Helpers: following */

static void follow (GemingaMembership *self);

static void
fail (GemingaMembership *self, const GError *error)
{
  GQueue lost = G_QUEUE_INIT;

  g_mutex_lock (&self->lock);
  self->is_following = FALSE;
  g_clear_error (&self->failure);
  self->failure = g_error_copy (error);
  lost = self->waiting;
  g_queue_init (&self->waiting);
  g_mutex_unlock (&self->lock);

  if (lost.length > 0)
    g_message ("%u messages that were published to group “%s” are lost: %s", lost.length,
               self->name, error->message);
  g_queue_clear_full (&lost, publication_free);
  tell_listeners (self);
}

static int
compare_serials (gconstpointer a, gconstpointer b)
{
  guint64 one = *(const guint64 *) a;
  guint64 other = *(const guint64 *) b;

  return one < other ? -1 : one > other;
}

static void
copy_remaining (GPtrArray *members, GPtrArray *old, GVariant *left)
{
  g_autofree guint64 *serials = NULL;
  gconstpointer elements;
  gsize n;

  elements = g_variant_get_fixed_array (left, &n, sizeof (guint64));
  serials = g_memdup2 (elements, n * sizeof (guint64));
  if (n > 0)
    qsort (serials, n, sizeof (guint64), compare_serials);
  for (guint i = 0; i < old->len; i++)
    {
      GemingaMember *member = g_ptr_array_index (old, i);

      if (n == 0 ||
          bsearch (&member->serial, serials, n, sizeof (guint64), compare_serials) == NULL)
        g_ptr_array_add (members, g_atomic_rc_box_acquire (member));
    }
}

static void
add_joined (GemingaMembership *self, GPtrArray *members, GVariant *joined)
{
  GVariantIter iter;
  guint64 serial;
  const char *path;

  g_variant_iter_init (&iter, joined);
  while (g_variant_iter_loop (&iter, "(t&o)", &serial, &path))
    {
      GemingaActorRef *ref = geminga_system_ref_actor (self->system, path, NULL);
      GemingaMember *member;

      /* It has ended meanwhile. */
      if (ref == NULL)
        continue;
      member = g_atomic_rc_box_new (GemingaMember);
      member->serial = serial;
      member->ref = ref;
      g_ptr_array_add (members, member);
    }
}

/* Nobody else writes the members meanwhile. */
static void
take_over (GemingaMembership *self, GVariant *news)
{
  g_autoptr (GPtrArray) members = geminga_members_new ();
  g_autoptr (GPtrArray) old = NULL;
  g_autoptr (GVariant) joined = NULL;
  g_autoptr (GVariant) left = NULL;
  guint64 version;
  gboolean is_whole;

  g_variant_get (news, "(tb@a(to)@at)", &version, &is_whole, &joined, &left);
  if (!is_whole)
    copy_remaining (members, self->members, left);
  add_joined (self, members, joined);

  g_mutex_lock (&self->lock);
  self->version = version;
  old = self->members;
  self->members = g_steal_pointer (&members);
  g_mutex_unlock (&self->lock);
}

/* GemingaAsk */

static void
news_deliver (GemingaAsk *ask, GVariant *result, GUnixFDList *fds, GError *error)
{
  GemingaMembership *self = ((Question *) ask)->membership;
  g_autoptr (GVariant) news = result;
  g_autoptr (GUnixFDList) ignored = fds;
  g_autoptr (GError) failure = error;

  if (news == NULL)
    {
      fail (self, failure);
      return;
    }

  take_over (self, news);
  tell_waiting (self);
  follow (self);
  tell_listeners (self);
}

/* Only if it cannot stay, of which the other question tells. */
static void
stay_deliver (GemingaAsk *ask, GVariant *result, GUnixFDList *fds, GError *error)
{
  g_clear_pointer (&result, g_variant_unref);
  g_clear_object (&fds);
  g_clear_error (&error);
}

static void
question_free (GemingaAsk *ask)
{
  Question *self = (Question *) ask;

  geminga_target_unref (self->registry);
  membership_unref (self->membership);
}

static const GemingaAskClass news_class = { sizeof (Question), news_deliver, question_free };
static const GemingaAskClass stay_class = { sizeof (Question), stay_deliver, question_free };

/* The place is under lock; if nobody uses the membership any more nothing is asked. */
static void
put_question (GemingaMembership *self,
              GemingaTarget *registry,
              const GemingaAskClass *klass,
              GemingaAsk **place,
              const char *command,
              GVariant *arguments)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (arguments);
  g_autoptr (GemingaAsk) ask = geminga_ask_alloc (klass);
  g_autoptr (GemingaAsk) previous = NULL;
  GemingaMessage *message;
  gboolean is_released;

  ((Question *) ask)->membership = membership_ref (self);
  ((Question *) ask)->registry = geminga_target_ref (registry);
  g_mutex_lock (&self->lock);
  is_released = self->is_released;
  if (!is_released)
    {
      previous = *place;
      *place = geminga_ask_ref (ask);
    }
  g_mutex_unlock (&self->lock);
  if (is_released)
    return;

  message = geminga_message_new (GEMINGA_MESSAGE_CALL, ask);
  message->command = g_ref_string_new (command);
  message->arguments = g_steal_pointer (&sunk);
  geminga_target_post (registry, message);
}

/* Asking again says that what was told has been taken over. */
static void
follow (GemingaMembership *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaTarget) registry = geminga_directory_ref_registry (self->system, &error);
  gboolean is_staying;
  guint64 version;

  if (registry == NULL)
    {
      fail (self, error);
      return;
    }

  g_mutex_lock (&self->lock);
  is_staying = self->stay != NULL && !geminga_ask_is_answered (self->stay);
  version = self->version;
  g_mutex_unlock (&self->lock);
  if (!is_staying)
    put_question (self, registry, &stay_class, &self->stay, "Stay",
                  g_variant_new ("(ss)", self->name, self->id));
  put_question (self, registry, &news_class, &self->ask, "Follow",
                g_variant_new ("(sst)", self->name, self->id, version));
}

static void
withdraw (GemingaAsk *ask)
{
  if (ask == NULL)
    return;

  if (!atomic_exchange (&ask->is_answered, TRUE))
    geminga_target_post (((Question *) ask)->registry,
                         geminga_message_new (GEMINGA_MESSAGE_CANCEL, ask));
  geminga_ask_unref (ask);
}

/* Private API */

GPtrArray *
geminga_members_new (void)
{
  return g_ptr_array_new_with_free_func (member_unref);
}

void
geminga_membership_acquire (GemingaMembership **place,
                            GemingaSystem *system,
                            const char *name,
                            GObject *object,
                            GemingaMembershipFunc func)
{
  GemingaDirectory *directory = geminga_system_get_directory (system);
  GemingaMembership *self;
  Listener *listener = g_new0 (Listener, 1);

  g_mutex_lock (&directory->lock);
  self = g_hash_table_lookup (directory->memberships, name);
  if (self == NULL)
    {
      self = membership_new (system, name);
      g_hash_table_insert (directory->memberships, self->name, self);
    }
  else
    {
      membership_ref (self);
    }
  self->n_users++;
  g_mutex_unlock (&directory->lock);

  g_weak_ref_init (&listener->object, object);
  listener->key = object;
  listener->func = func;
  *place = self;
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->listeners, listener);
  g_mutex_unlock (&self->lock);
  geminga_membership_refresh (self);
}

void
geminga_membership_release (GemingaMembership *self, GObject *object)
{
  GemingaDirectory *directory = geminga_system_get_directory (self->system);
  GemingaAsk *ask = NULL;
  GemingaAsk *stay = NULL;
  gboolean is_last;

  g_mutex_lock (&directory->lock);
  is_last = --self->n_users == 0;
  if (is_last)
    g_hash_table_remove (directory->memberships, self->name);
  g_mutex_unlock (&directory->lock);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->listeners->len; i++)
    if (((Listener *) g_ptr_array_index (self->listeners, i))->key == object)
      {
        g_ptr_array_remove_index_fast (self->listeners, i);
        break;
      }
  if (is_last)
    {
      self->is_released = TRUE;
      ask = g_steal_pointer (&self->ask);
      stay = g_steal_pointer (&self->stay);
    }
  g_mutex_unlock (&self->lock);

  withdraw (ask);
  withdraw (stay);
  membership_unref (self);
}

GPtrArray *
geminga_membership_ref_members (GemingaMembership *self, gboolean *is_known, GError **error)
{
  GPtrArray *members;

  g_mutex_lock (&self->lock);
  members = g_ptr_array_ref (self->members);
  *is_known = self->is_known;
  if (self->failure != NULL && error != NULL)
    *error = g_error_copy (self->failure);
  g_mutex_unlock (&self->lock);

  return members;
}

void
geminga_membership_refresh (GemingaMembership *self)
{
  gboolean is_following;

  g_mutex_lock (&self->lock);
  is_following = self->is_following;
  self->is_following = TRUE;
  if (!is_following)
    g_clear_error (&self->failure);
  g_mutex_unlock (&self->lock);

  if (!is_following)
    follow (self);
}

void
geminga_membership_publish (GemingaMembership *self, const char *command, GVariant *arguments)
{
  GemingaThread *thread = geminga_thread_get ();
  g_autoptr (GPtrArray) members = NULL;
  gboolean is_following;

  g_mutex_lock (&self->lock);
  is_following = self->is_following;
  if (self->is_known)
    {
      members = g_ptr_array_ref (self->members);
    }
  else
    {
      Publication *publication = g_new0 (Publication, 1);

      publication->command = g_strdup (command);
      publication->arguments = g_variant_ref (arguments);
      if (thread->actor != NULL)
        publication->sender =
            geminga_target_ref (&geminga_actor_get_mailbox (thread->actor)->target);
      g_queue_push_tail (&self->waiting, publication);
    }
  g_mutex_unlock (&self->lock);

  for (guint i = 0; members != NULL && i < members->len; i++)
    {
      GemingaMember *member = g_ptr_array_index (members, i);

      if (!is_gone (member))
        geminga_actor_ref_tell (member->ref, command, arguments, NULL);
    }
  if (!is_following)
    geminga_membership_refresh (self);
}
