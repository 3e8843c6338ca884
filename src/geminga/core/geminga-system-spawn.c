/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-system-private.h"

#include "geminga-actor-ref-private.h"
#include "geminga-error.h"
#include "geminga-mailbox-private.h"

/* What an actor is made from. */
typedef struct
{
  GType type;
  const char *id; /* (nullable): one is chosen */
  GemingaPlacement placement;
  GVariant *properties; /* (nullable) */
  GUnixFDList *saved;   /* (nullable): a predecessor's state */
} Spec;

/* Helpers */

static GemingaMailbox *
make_mailbox (GemingaSystem *self, GemingaLoop *loop, const Spec *spec, GError **error)
{
  GemingaMailbox *mailbox =
      geminga_mailbox_new (self, geminga_system_get_node (self), loop, spec->type, spec->id,
                           spec->placement, spec->properties);

  if (spec->saved != NULL)
    geminga_mailbox_get_extras (mailbox)->saved = g_object_ref (spec->saved);
  if (geminga_system_add (self, &mailbox->target, spec->saved != NULL, error))
    return mailbox;

  geminga_target_unref (&mailbox->target);

  return NULL;
}

/* Without a loop, in that of the thread. */
static GemingaTarget *
spawn_in_loop (GemingaSystem *self, GemingaLoop *loop, const Spec *spec, GError **error)
{
  GemingaMailbox *mailbox;

  if (loop == NULL)
    loop = geminga_thread_get_loop (geminga_thread_get ());
  mailbox = make_mailbox (self, loop, spec, error);
  if (mailbox == NULL)
    return NULL;
  if (geminga_loop_has_scheduler (loop) && !geminga_mailbox_can_be_made (mailbox, error))
    {
      geminga_system_remove (self, &mailbox->target);
      geminga_target_unref (&mailbox->target);
      return NULL;
    }

  geminga_mailbox_start (mailbox);

  return &mailbox->target;
}

static GemingaTarget *
spawn_thread (GemingaSystem *self, const Spec *spec, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GemingaLoop) loop = geminga_loop_ref_for_context (context);
  g_autoptr (GError) failure = NULL;
  GemingaMailbox *mailbox = make_mailbox (self, loop, spec, error);

  if (mailbox == NULL)
    return NULL;
  if (!geminga_mailbox_start_thread (mailbox, context, &failure))
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED,
                   "Cannot start a thread for actor “%s”: %s",
                   geminga_target_get_id (&mailbox->target), failure->message);
      geminga_system_remove (self, &mailbox->target);
      geminga_target_unref (&mailbox->target);
      return NULL;
    }

  return &mailbox->target;
}

static GemingaTarget *
spawn_process (GemingaSystem *self, const Spec *spec, GError **error)
{
  g_autofree char *chosen = spec->id == NULL ? geminga_system_dup_free_id (self, spec->type) : NULL;
  const char *id = spec->id != NULL ? spec->id : chosen;
  gpointer data;
  const GemingaSystemBackend *backend = geminga_system_get_backend (self, &data);

  if (backend != NULL)
    return backend->spawn (data, spec->type, id, spec->properties, spec->saved, error);

  g_set_error_literal (
      error, GEMINGA_ERROR, GEMINGA_ERROR_UNSUPPORTED_PLACEMENT,
      "Placement “process” needs a running service: this actor system has one process only");

  return NULL;
}

static GemingaTarget *
spawn (GemingaSystem *self, Spec *spec, GError **error)
{
  if (!geminga_system_check_type (spec->type, error) ||
      !geminga_system_check_placement (spec->type, spec->placement, error) ||
      !geminga_system_check_properties (spec->type, spec->properties, error))
    return NULL;

  if (spec->id != NULL && *spec->id == '\0')
    spec->id = NULL;
  if (geminga_loop_has_scheduler (geminga_thread_get_loop (geminga_thread_get ())))
    return spawn_in_loop (self, NULL, spec, error);

  switch (spec->placement)
    {
    case GEMINGA_PLACEMENT_PROCESS:
      return spawn_process (self, spec, error);
    case GEMINGA_PLACEMENT_THREAD:
      return spawn_thread (self, spec, error);
    case GEMINGA_PLACEMENT_SHARED:
    default:
      spec->placement = GEMINGA_PLACEMENT_SHARED;
      return spawn_in_loop (self, NULL, spec, error);
    }
}

/* Private API */

GemingaTarget *
geminga_system_spawn_in_process (GemingaSystem *self,
                                 GType type,
                                 const char *id,
                                 GVariant *properties,
                                 GUnixFDList *saved,
                                 GError **error)
{
  const Spec spec = { type, id, GEMINGA_PLACEMENT_PROCESS, properties, saved };

  if (!geminga_system_check_type (type, error) ||
      !geminga_system_check_properties (type, properties, error))
    return NULL;

  return spawn_in_loop (self, NULL, &spec, error);
}

GemingaTarget *
geminga_system_spawn_own (GemingaSystem *self, GType type, const char *id, GError **error)
{
  const Spec spec = { .type = type, .id = id, .placement = GEMINGA_PLACEMENT_SHARED };
  g_autoptr (GemingaLoop) loop = geminga_system_ref_own_loop (self);

  if (loop != NULL)
    return spawn_in_loop (self, loop, &spec, error);

  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR,
               "There is no actor “%s” any more: all actors are being stopped", id);

  return NULL;
}

GemingaActorRef *
geminga_system_spawn_successor (GemingaSystem *self,
                                GType type,
                                const char *id,
                                GemingaPlacement placement,
                                GVariant *properties,
                                GUnixFDList *saved,
                                GError **error)
{
  Spec spec = { type, id, placement, properties, saved };
  g_autoptr (GemingaTarget) target = spawn (self, &spec, error);

  return target != NULL ? geminga_actor_ref_new (target) : NULL;
}

/* Public API */

/**
 * geminga_system_spawn:
 * @self: a system
 * @type: an actor class
 * @id: (nullable): the new actor's id, or %NULL to have one chosen
 * @placement: where it shall run
 * @properties: (nullable): construct properties, `a{sv}` by property name; a floating reference is taken
 * @error: return location for an error
 *
 * Makes an actor.
 *
 * The ref can be used at once; messages wait until the actor has started, which
 * [method@Geminga.ActorRef.wait_ready_async] tells. An actor with placement "shared" runs in the
 * thread-default main context of who spawns it.
 *
 * Fails with %GEMINGA_ERROR_INVALID_ARGUMENTS if @type is no actor class or a property is unknown or has
 * a wrong value, with %GEMINGA_ERROR_ALREADY_EXISTS if the id is taken, with
 * %GEMINGA_ERROR_UNSUPPORTED_PLACEMENT if the class cannot run there, with
 * %GEMINGA_ERROR_SPAWN_FAILED if there is no thread or process to be had.
 *
 * Returns: (transfer full): the new actor's ref
 *
 * Since: 0.1
 */
GemingaActorRef *
geminga_system_spawn (GemingaSystem *self,
                      GType type,
                      const char *id,
                      GemingaPlacement placement,
                      GVariant *properties,
                      GError **error)
{
  g_autoptr (GVariant) sunk = properties != NULL ? g_variant_ref_sink (properties) : NULL;
  Spec spec = { type, id, placement, sunk, NULL };
  g_autoptr (GemingaTarget) target = NULL;

  g_return_val_if_fail (GEMINGA_IS_SYSTEM (self), NULL);

  target = spawn (self, &spec, error);

  return target != NULL ? geminga_actor_ref_new (target) : NULL;
}
