/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-state-private.h"

/*
 * org.freedesktop.DBus.ObjectManager. Both what it tells and what it announces has the properties of
 * actors, which are asked for it; one that does not answer in time is told without values, and holds
 * nobody else up.
 */

/* Helpers */

/* NULL: they could not be got in time. */
static GVariant *
finish_values (GObject *source, GAsyncResult *result)
{
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, NULL);

  return answer != NULL && g_variant_is_of_type (answer, G_VARIANT_TYPE ("(a{sv})"))
             ? g_variant_get_child_value (answer, 0)
             : NULL;
}

/* GetManagedObjects */

typedef struct
{
  guint ref_count;
  GemingaBusCall *call; /* (owned) */
  GPtrArray *objects;   /* (owned) (element-type Object): as they were when it was asked */
  guint n_asked;
  guint n_answered;
  GVariantBuilder builder;
} Gather;

typedef struct
{
  Gather *gather; /* not owned */
  char *path;     /* (owned) */
  GemingaBusClass *klass;
  GemingaActorRef *ref;
} Object;

static void
object_free (gpointer data)
{
  Object *self = data;

  geminga_bus_class_unref (self->klass);
  g_object_unref (self->ref);
  g_free (self->path);
  g_free (self);
}

static void
gather_object (GemingaBusNode *node, gpointer user_data)
{
  Gather *gather = user_data;
  Object *object = g_new0 (Object, 1);

  object->gather = gather;
  object->path = geminga_bus_node_dup_path (node);
  object->klass = geminga_bus_class_ref (node->klass);
  object->ref = g_object_ref (node->ref);
  g_ptr_array_add (gather->objects, object);
}

static void
gather_finish (Gather *self)
{
  geminga_bus_call_return (
      self->call, g_variant_new ("(@a{oa{sa{sv}}})", g_variant_builder_end (&self->builder)));
  g_ptr_array_unref (self->objects);
  geminga_bus_call_unref (self->call);
  g_free (self);
}

static void gather_more (Gather *self);

static void
gathered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Object *object = user_data;
  Gather *self = object->gather;
  g_autoptr (GVariant) values = finish_values (source, result);

  g_variant_builder_add (&self->builder, "{o@a{sa{sv}}}", object->path,
                         geminga_bus_class_pick_properties (object->klass, values));
  self->n_answered++;
  gather_more (self);
}

static void
gather_more (Gather *self)
{
  while (self->n_asked < self->objects->len &&
         self->n_asked - self->n_answered < GEMINGA_BUS_GATHER_WINDOW)
    {
      Object *object = g_ptr_array_index (self->objects, self->n_asked++);

      geminga_actor_ref_ask_async (object->ref, "GetProperties", NULL, GEMINGA_BUS_GATHER_TIMEOUT,
                                   self->call->cancellable, gathered_cb, object);
    }

  if (self->n_answered == self->objects->len)
    gather_finish (self);
}

/* InterfacesAdded */

struct _GemingaBusNews
{
  GemingaBus *bus;           /* (owned) */
  char *path;                /* (owned) */
  GemingaBusClass *klass;    /* (owned) */
  GemingaActorRef *ref;      /* (owned) */
  GCancellable *cancellable; /* (owned): when it is no news any more */
};

static void
news_free (GemingaBusNews *self)
{
  g_object_unref (self->cancellable);
  g_object_unref (self->ref);
  geminga_bus_class_unref (self->klass);
  g_free (self->path);
  geminga_bus_unref (self->bus);
  g_free (self);
}

static void news_more (GemingaBus *bus);

static void
news_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GemingaBusNews *self = user_data;
  GemingaBus *bus = geminga_bus_ref (self->bus);
  g_autoptr (GVariant) values = finish_values (source, result);

  bus->n_news_asked--;
  if (!g_cancellable_is_cancelled (self->cancellable))
    {
      g_hash_table_remove (bus->news, self->path);
      geminga_bus_send_signal (
          bus, GEMINGA_BUS_ROOT_PATH, GEMINGA_BUS_MANAGER, "InterfacesAdded",
          g_variant_new ("(o@a{sa{sv}})", self->path,
                         geminga_bus_class_pick_properties (self->klass, values)));
    }
  news_free (self);
  news_more (bus);
  geminga_bus_unref (bus);
}

static void
news_more (GemingaBus *bus)
{
  while (bus->n_news_asked < GEMINGA_BUS_GATHER_WINDOW && bus->news_waiting.length > 0)
    {
      GemingaBusNews *news = g_queue_pop_head (&bus->news_waiting);

      if (g_cancellable_is_cancelled (news->cancellable))
        {
          news_free (news);
          continue;
        }

      bus->n_news_asked++;
      geminga_actor_ref_ask_async (news->ref, "GetProperties", NULL, GEMINGA_BUS_GATHER_TIMEOUT,
                                   news->cancellable, news_cb, news);
    }
}

/* Private API */

void
geminga_bus_manager_init (GemingaBus *self)
{
  self->news = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->news_waiting);
}

void
geminga_bus_manager_handle (GemingaBusCall *call)
{
  GemingaBusNode *root;
  Gather *self;

  if (!geminga_bus_call_check_arguments (call, G_VARIANT_TYPE_UNIT))
    return;

  self = g_new0 (Gather, 1);
  self->call = geminga_bus_call_ref (call);
  self->objects = g_ptr_array_new_with_free_func (object_free);
  g_variant_builder_init (&self->builder, G_VARIANT_TYPE ("a{oa{sa{sv}}}"));
  root = geminga_bus_tree_lookup (call->bus->tree, GEMINGA_BUS_ROOT_PATH);
  geminga_bus_node_foreach_below (root, gather_object, self);

  geminga_bus_callers_add (call->bus, call);
  gather_more (self);
}

void
geminga_bus_manager_added (GemingaBus *self, const char *path)
{
  GemingaBusNode *node = geminga_bus_lookup_actor (self, path);
  GemingaBusNews *news;

  /* Who comes to the bus with us asks for all. */
  if (self->gate == NULL || g_str_equal (path, GEMINGA_BUS_ROOT_PATH))
    return;

  news = g_new0 (GemingaBusNews, 1);
  news->bus = geminga_bus_ref (self);
  news->path = g_strdup (path);
  news->klass = geminga_bus_class_ref (node->klass);
  news->ref = g_object_ref (node->ref);
  news->cancellable = g_cancellable_new ();
  g_hash_table_insert (self->news, news->path, news);
  g_queue_push_tail (&self->news_waiting, news);
  news_more (self);
}

void
geminga_bus_manager_removed (GemingaBus *self, const char *path, GemingaBusClass *klass)
{
  GemingaBusNews *news = g_hash_table_lookup (self->news, path);

  if (news != NULL)
    {
      g_hash_table_remove (self->news, path);
      g_cancellable_cancel (news->cancellable);
    }

  /* Also what was not announced yet: it may have been listed. */
  if (self->gate != NULL && !g_str_equal (path, GEMINGA_BUS_ROOT_PATH))
    geminga_bus_send_signal (self, GEMINGA_BUS_ROOT_PATH, GEMINGA_BUS_MANAGER, "InterfacesRemoved",
                             g_variant_new ("(o@as)", path, geminga_bus_class_list_names (klass)));
}

void
geminga_bus_manager_forget (GemingaBus *self)
{
  GHashTableIter iter;
  gpointer news;

  g_hash_table_iter_init (&iter, self->news);
  while (g_hash_table_iter_next (&iter, NULL, &news))
    {
      g_hash_table_iter_remove (&iter);
      g_cancellable_cancel (((GemingaBusNews *) news)->cancellable);
    }
  while ((news = g_queue_pop_head (&self->news_waiting)) != NULL)
    news_free (news);
}
