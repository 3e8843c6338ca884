/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-node-state-private.h"

#include "geminga-actor-ref-private.h"
#include "geminga-core-enums.h"
#include "geminga-mailbox-private.h"

/*
 * What actors do, on its way to the root's hooks. A worker sends it as a signal; in the root it crosses
 * from the actor's thread to the node's.
 */
typedef struct
{
  GemingaLoopItem item;
  GemingaNode *node;   /* (owned) */
  const char *member;  /* static */
  char *id;            /* (owned) */
  GVariant *arguments; /* (owned) */
} News;

/* Helpers */

static const struct
{
  const char *member;
  const char *type;
} kinds[] = {
  { "Event", "(ssv)" },  /* interface, member, arguments; for none, which D-Bus has not, a byte */
  { "Started", "(ss)" }, /* class, placement */
  { "Ended", "(ss)" },   /* error name, "" if it was asked to end, and message */
};

static gboolean
is_closed (GemingaNode *self)
{
  gboolean result;

  g_mutex_lock (&self->lock);
  result = self->is_closed;
  g_mutex_unlock (&self->lock);

  return result;
}

static void
tell_event (GemingaNode *self, guint32 number, const char *id, GVariant *arguments)
{
  g_autoptr (GVariant) payload = NULL;
  const char *interface;
  const char *member;

  g_variant_get (arguments, "(&s&sv)", &interface, &member, &payload);
  if (!g_variant_is_of_type (payload, G_VARIANT_TYPE_TUPLE))
    {
      g_variant_unref (payload);
      payload = g_variant_ref_sink (g_variant_new_tuple (NULL, 0));
    }
  if (self->hooks->actor_event != NULL)
    self->hooks->actor_event (self->data, number, id, interface, member, payload);
}

static void
tell_started (GemingaNode *self, guint32 number, const char *id, GVariant *arguments)
{
  const char *type;
  const char *placement;

  g_variant_get (arguments, "(&s&s)", &type, &placement);
  if (self->hooks->actor_started != NULL)
    self->hooks->actor_started (self->data, number, id, type, placement);
}

static void
tell_ended (GemingaNode *self, guint32 number, const char *id, GVariant *arguments)
{
  g_autoptr (GError) failure = NULL;
  const char *name;
  const char *text;

  g_variant_get (arguments, "(&s&s)", &name, &text);
  if (*name != '\0')
    failure = geminga_wire_error_from (name, text);
  if (self->hooks->actor_ended != NULL)
    self->hooks->actor_ended (self->data, number, id, failure);
}

static void
tell (GemingaNode *self, guint32 number, const char *id, const char *member, GVariant *arguments)
{
  if (g_str_equal (member, "Event"))
    tell_event (self, number, id, arguments);
  else if (g_str_equal (member, "Started"))
    tell_started (self, number, id, arguments);
  else
    tell_ended (self, number, id, arguments);
}

static void
run_news (GemingaLoopItem *item)
{
  News *self = (News *) ((char *) item - G_STRUCT_OFFSET (News, item));

  if (!is_closed (self->node))
    tell (self->node, 0, self->id, self->member, self->arguments);
  geminga_node_unref (self->node);
  g_variant_unref (self->arguments);
  g_free (self->id);
  g_free (self);
}

static void
spread (GemingaNode *self, GemingaTarget *actor, const char *member, GVariant *arguments)
{
  News *news;

  if (!self->is_root)
    {
      geminga_link_signal (self->root_link, actor, member, arguments);
      return;
    }

  news = g_new0 (News, 1);
  news->item.run = run_news;
  news->node = geminga_node_ref (self);
  news->member = member;
  news->id = g_strdup (geminga_target_get_id (actor));
  news->arguments = g_variant_ref_sink (arguments);
  geminga_loop_post (self->loop, &news->item);
}

/* For the node's own files */

void
geminga_node_actor_event (gpointer data,
                          GemingaTarget *actor,
                          const char *interface,
                          const char *member,
                          GVariant *arguments)
{
  GVariant *payload = g_variant_n_children (arguments) > 0 ? arguments : g_variant_new_byte (0);

  spread (data, actor, "Event", g_variant_new ("(ssv)", interface, member, payload));
}

void
geminga_node_actor_started (gpointer data, GemingaTarget *actor)
{
  GemingaMailbox *mailbox = (GemingaMailbox *) actor;
  g_autoptr (GEnumClass) placements = g_type_class_ref (GEMINGA_TYPE_PLACEMENT);

  spread (data, actor, "Started",
          g_variant_new ("(ss)", g_type_name (actor->type),
                         g_enum_get_value (placements, (int) mailbox->placement)->value_nick));
}

void
geminga_node_actor_ended (gpointer data, GemingaTarget *actor, const GError *failure)
{
  GemingaNode *self = data;
  g_autofree char *name = failure != NULL ? geminga_wire_error_to_name (failure) : g_strdup ("");
  g_autofree char *text =
      failure != NULL ? g_utf8_make_valid (failure->message, -1) : g_strdup ("");
  gboolean is_main;

  spread (self, actor, "Ended", g_variant_new ("(ss)", name, text));

  g_mutex_lock (&self->lock);
  is_main = g_strcmp0 (self->main_id, geminga_target_get_id (actor)) == 0;
  g_mutex_unlock (&self->lock);
  if (is_main)
    geminga_node_begin_end (self);
}

gboolean
geminga_node_handle_news (GemingaNode *self, GemingaLink *link, const GemingaLinkCall *call)
{
  g_autofree char *id = NULL;
  guint32 number;

  if (!geminga_target_parse_path (call->path, &number, &id) ||
      number != geminga_link_get_node (link))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (call->member, kinds[i].member) &&
        g_variant_is_of_type (call->arguments, G_VARIANT_TYPE (kinds[i].type)))
      {
        tell (self, number, id, kinds[i].member, call->arguments);
        return TRUE;
      }

  return FALSE;
}
