/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-actor-state-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "geminga-actor-private.h"
#include "geminga-error.h"
#include "geminga-thread-private.h"

/* What an actor leaves to the one that takes its place. */

/* Helpers: what is declared */

static const char *
lookup_type (GemingaActorClass *klass, const char *name)
{
  return klass->state_entries != NULL ? g_hash_table_lookup (klass->state_entries, name) : NULL;
}

/* A subclass begins with what its parent has declared. */
static GHashTable *
own_entries (GemingaActorClass *klass)
{
  GemingaActorClass *parent = g_type_class_peek_parent (klass);
  GHashTable *inherited = klass->state_entries;
  GHashTableIter iter;
  gpointer name;
  gpointer type;

  if (inherited != NULL && !(GEMINGA_IS_ACTOR_CLASS (parent) && parent->state_entries == inherited))
    return inherited;

  klass->state_entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (inherited == NULL)
    return klass->state_entries;

  g_hash_table_iter_init (&iter, inherited);
  while (g_hash_table_iter_next (&iter, &name, &type))
    g_hash_table_insert (klass->state_entries, g_strdup (name), g_strdup (type));

  return klass->state_entries;
}

/* NULL: every entry is what the class declares, or it declares none. */
static char *
find_mismatch (GemingaActorClass *klass, GVariant *state)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  if (klass->state_entries == NULL)
    return NULL;

  g_variant_iter_init (&iter, state);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) owned = value;
      const char *type = lookup_type (klass, name);

      if (type == NULL)
        return g_strdup_printf (_ ("“%s” is no entry of the state of class %s"), name,
                                G_OBJECT_CLASS_NAME (klass));
      if (!g_variant_is_of_type (value, G_VARIANT_TYPE (type)))
        return g_strdup_printf (_ ("“%s” is of type “%s”, not “%s”"), name,
                                g_variant_get_type_string (value), type);
    }

  return NULL;
}

/* Helpers: the actor's code */

static GemingaActor *
enter (GemingaActor *self)
{
  GemingaThread *thread = geminga_thread_get ();
  GemingaActor *previous = thread->actor;

  thread->actor = self;

  return previous;
}

static void
leave (GemingaActor *previous)
{
  geminga_thread_get ()->actor = previous;
}

static void
set_refused (GError **error, GemingaActor *self, const char *why)
{
  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_STATE_REFUSED,
               _ ("Actor “%s” does not take the state of its predecessor: %s"),
               geminga_actor_get_id (self), why);
}

/* Private API */

gboolean
geminga_actor_class_saves_state (GType type)
{
  g_autoptr (GemingaActorClass) klass = g_type_class_ref (type);

  return klass->save_state != NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

GVariant *
geminga_actor_class_describe_state (GemingaActorClass *klass)
{
  GList *names = klass->state_entries != NULL ? g_hash_table_get_keys (klass->state_entries) : NULL;
  GVariantBuilder builder;

  names = g_list_sort (names, compare_names);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  for (GList *name = names; name != NULL; name = name->next)
    g_variant_builder_add (&builder, "{ss}", name->data, lookup_type (klass, name->data));
  g_list_free (names);

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

GVariant *
geminga_actor_run_save_state (GemingaActor *self, GError **error)
{
  GemingaActorClass *klass = GEMINGA_ACTOR_GET_CLASS (self);
  g_autoptr (GemingaActor) kept = g_object_ref (self);
  g_autoptr (GVariant) state = NULL;
  g_autofree char *why = NULL;
  GemingaActor *previous;

  if (klass->save_state == NULL)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NOT_SUPPORTED,
                   "Actors of class %s save no state", G_OBJECT_TYPE_NAME (self));
      return NULL;
    }

  previous = enter (self);
  state = klass->save_state (self);
  leave (previous);

  /* An exception in another language ends here as well: it has been printed. */
  if (state == NULL)
    why = g_strdup (_ ("it gave none"));
  else if (!g_variant_is_of_type (g_variant_take_ref (state), G_VARIANT_TYPE_VARDICT))
    why = g_strdup_printf (_ ("it gave a value of type “%s”, not “a{sv}”"),
                           g_variant_get_type_string (state));
  else
    why = find_mismatch (klass, state);
  if (why == NULL)
    return g_steal_pointer (&state);

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED,
               _ ("Actor “%s” of class %s could not save its state: %s"),
               geminga_actor_get_id (self), G_OBJECT_TYPE_NAME (self), why);

  return NULL;
}

gboolean
geminga_actor_run_restore_state (GemingaActor *self, GVariant *state, GError **error)
{
  GemingaActorClass *klass = GEMINGA_ACTOR_GET_CLASS (self);
  g_autoptr (GError) failure = NULL;
  g_autofree char *why = NULL;
  GemingaActor *previous;
  gboolean is_restored;

  if (klass->restore_state == NULL)
    why = g_strdup_printf (_ ("class %s restores none"), G_OBJECT_TYPE_NAME (self));
  else
    why = find_mismatch (klass, state);
  if (why != NULL)
    {
      set_refused (error, self, why);
      return FALSE;
    }

  previous = enter (self);
  is_restored = klass->restore_state (self, state, &failure);
  leave (previous);
  if (is_restored && failure == NULL)
    return TRUE;

  /* An exception in another language says nothing here: it has been printed. */
  set_refused (error, self,
               failure != NULL ? failure->message
                               : _ ("restore_state() returned FALSE and did not say why"));

  return FALSE;
}

/* Public API */

/**
 * geminga_actor_class_add_state_entry:
 * @klass: an actor class
 * @name: the name of an entry of the dictionary that `save_state()` gives
 * @type: the type of its value, such as `u`
 *
 * Declares an entry of the state that actors of the class leave to their successors.
 *
 * A class that declares entries has its state checked: each entry that `save_state()` gives and that
 * `restore_state()` is about to get must be declared and of that type. And an upgrade is refused before
 * anything happens if the new program declares one with another type, or not any more. Entries need not be
 * there, so that a new version of a class can have more than the one before.
 *
 * Subclasses inherit them, and may declare one anew. For class_init, or before the first actor of the class is
 * made.
 *
 * Since: 0.1
 */
void
geminga_actor_class_add_state_entry (GemingaActorClass *klass, const char *name, const char *type)
{
  g_return_if_fail (GEMINGA_IS_ACTOR_CLASS (klass));
  g_return_if_fail (name != NULL && *name != '\0');
  g_return_if_fail (type != NULL && g_variant_type_string_is_valid (type));

  g_hash_table_replace (own_entries (klass), g_strdup (name), g_strdup (type));
}
