/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga.h"

#include <glib-unix.h>
#include <unistd.h>

/* An actor with a command for everything that tests ask of actors, in any placement. */

#define SAMPLE_TYPE (sample_get_type ())
G_DECLARE_FINAL_TYPE (Sample, sample, TEST, SAMPLE, GemingaActor)

#define SAMPLE_ERROR (g_quark_from_static_string ("sample-error-quark"))

struct _Sample
{
  GemingaActor parent_instance;

  guint32 number; /* properties */
  char *label;    /* (owned) (nullable) */
  int limit;

  guint n_added; /* handler runs of Add */
  guint n_cancelled;
  guint next; /* of Step */
  gboolean is_out_of_order;
  GPtrArray *kept; /* (owned) (element-type GemingaCall): not answered */
};

G_DEFINE_FINAL_TYPE (Sample, sample, GEMINGA_TYPE_ACTOR)

static GMutex sample_gate;

static void
sample_add (GemingaActor *actor, GemingaCall *call)
{
  double a;
  double b;

  TEST_SAMPLE (actor)->n_added++;
  g_variant_get (geminga_call_get_arguments (call), "(dd)", &a, &b);
  geminga_call_return_value (call, g_variant_new_double (a + b));
}

static void
sample_added (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_value (call, g_variant_new_uint32 (TEST_SAMPLE (actor)->n_added));
}

static void
sample_fail (GemingaActor *actor, GemingaCall *call)
{
  geminga_call_return_error_literal (call, SAMPLE_ERROR, -7, "Außer Betrieb");
}

static void
sample_drop (GemingaActor *actor, GemingaCall *call)
{
}

static void
on_kept_cancelled (GCancellable *cancellable, gpointer user_data)
{
  TEST_SAMPLE (user_data)->n_cancelled++;
}

static void
sample_keep (GemingaActor *actor, GemingaCall *call)
{
  g_ptr_array_add (TEST_SAMPLE (actor)->kept, g_object_ref (call));
  g_cancellable_connect (geminga_call_get_cancellable (call), G_CALLBACK (on_kept_cancelled), actor,
                         NULL);
}

static void
sample_kept (GemingaActor *actor, GemingaCall *call)
{
  Sample *self = TEST_SAMPLE (actor);

  geminga_call_return_value (call, g_variant_new ("(uu)", self->kept->len, self->n_cancelled));
}

static void
sample_answer_kept (GemingaActor *actor, GemingaCall *call)
{
  Sample *self = TEST_SAMPLE (actor);

  for (guint i = 0; i < self->kept->len; i++)
    geminga_call_return_value (g_ptr_array_index (self->kept, i), NULL);
  g_ptr_array_set_size (self->kept, 0);
  geminga_call_return_value (call, NULL);
}

static void
sample_step (GemingaActor *actor, GemingaCall *call)
{
  Sample *self = TEST_SAMPLE (actor);
  guint32 number;

  g_variant_get (geminga_call_get_arguments (call), "(u)", &number);
  if (number != self->next++)
    self->is_out_of_order = TRUE;
  geminga_call_return_value (call, NULL);
}

static void
sample_steps (GemingaActor *actor, GemingaCall *call)
{
  Sample *self = TEST_SAMPLE (actor);

  geminga_call_return_value (call, g_variant_new ("(ub)", self->next, !self->is_out_of_order));
}

static GemingaActorRef *
sample_find (GemingaActor *actor, const char *path, GemingaCall *call)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref = geminga_system_ref_actor (geminga_actor_get_system (actor), path, &error);

  if (ref == NULL)
    geminga_call_return_error (call, error);

  return ref;
}

static void
sample_asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, &error);

  if (answer != NULL)
    geminga_call_return_value (call, g_variant_new_variant (answer));
  else
    geminga_call_return_error (call, error);
}

/* Asks the actor with that path, and gives its answer. */
static void
sample_ask (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GVariant) argument = NULL;
  const char *path;
  const char *command;

  g_variant_get (geminga_call_get_arguments (call), "(&o&s@av)", &path, &command, &argument);
  ref = sample_find (actor, path, call);
  if (ref != NULL)
    {
      g_autoptr (GVariant) value = NULL;

      if (g_variant_n_children (argument) > 0)
        g_variant_get_child (argument, 0, "v", &value);
      geminga_actor_ref_ask_async (
          ref, command, value != NULL ? g_variant_new_tuple (&value, 1) : NULL, -1,
          geminga_call_get_cancellable (call), sample_asked_cb, g_object_ref (call));
    }
}

static void
sample_tell (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) ref = NULL;
  const char *path;
  guint32 count;

  g_variant_get (geminga_call_get_arguments (call), "(&ou)", &path, &count);
  ref = sample_find (actor, path, call);
  for (guint32 i = 0; ref != NULL && i < count; i++)
    geminga_actor_ref_tell (ref, "Step", g_variant_new ("(u)", i), NULL);
  if (ref != NULL)
    geminga_call_return_value (call, NULL);
}

/* Lets the actor with that path tell who asked, and who it is. */
static void
sample_relay (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) target = NULL;
  g_autoptr (GemingaActorRef) sender = geminga_call_dup_sender (call);
  GemingaActorRef *self = geminga_actor_get_address (actor);
  const char *path;

  g_variant_get (geminga_call_get_arguments (call), "(&o)", &path);
  target = sample_find (actor, path, call);
  if (target == NULL)
    return;

  if (geminga_actor_ref_equal (target, self))
    geminga_call_return_value (
        call, g_variant_new ("(oo)", sender != NULL ? geminga_actor_ref_get_path (sender) : "/",
                             geminga_actor_ref_get_path (self)));
  else
    geminga_call_forward (call, target);
}

/* Keeps its calls if it is the one with that path. */
static void
sample_relay_keep (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) target = NULL;
  const char *path;

  g_variant_get (geminga_call_get_arguments (call), "(&o)", &path);
  target = sample_find (actor, path, call);
  if (target == NULL)
    return;

  if (geminga_actor_ref_equal (target, geminga_actor_get_address (actor)))
    sample_keep (actor, call);
  else
    geminga_call_forward (call, target);
}

static void
sample_spawn (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GemingaActorRef) child = NULL;
  const char *id;
  guint32 placement;

  g_variant_get (geminga_call_get_arguments (call), "(&su)", &id, &placement);
  child = geminga_actor_spawn (actor, SAMPLE_TYPE, id, (GemingaPlacement) placement, NULL, &error);
  if (child != NULL)
    geminga_call_return_value (call,
                               g_variant_new_object_path (geminga_actor_ref_get_path (child)));
  else
    geminga_call_return_error (call, error);
}

/* Reads one byte from a descriptor, and gives a pipe that has it. */
static void
sample_pass_fd (GemingaActor *actor, GemingaCall *call)
{
  GUnixFDList *fds = geminga_call_get_fds (call);
  g_autoptr (GUnixFDList) answer = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;
  gint32 handle;
  char byte = '\0';
  int fd;
  int ends[2];

  g_variant_get (geminga_call_get_arguments (call), "(h)", &handle);
  g_assert_nonnull (fds);
  fd = g_unix_fd_list_get (fds, handle, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (fd, &byte, 1), ==, 1);
  close (fd);

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (ends[1], &byte, 1), ==, 1);
  handle = g_unix_fd_list_append (answer, ends[0], NULL);
  close (ends[0]);
  close (ends[1]);
  geminga_call_return_value_with_fds (call, g_variant_new_handle (handle), answer);
}

static void
sample_size (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GVariant) bytes = g_variant_get_child_value (geminga_call_get_arguments (call), 0);

  geminga_call_return_value (call, g_variant_new_uint64 (g_variant_n_children (bytes)));
}

static void
sample_remaining (GemingaActor *actor, GemingaCall *call)
{
  gint64 deadline = geminga_call_get_deadline (call);

  geminga_call_return_value (
      call, g_variant_new_int64 (deadline != 0 ? deadline - g_get_monotonic_time () : 0));
}

/* Says so through the descriptor, then does not return as long as the gate is locked. */
static void
sample_hang (GemingaActor *actor, GemingaCall *call)
{
  GUnixFDList *fds = geminga_call_get_fds (call);
  int fd = g_unix_fd_list_get (fds, 0, NULL);

  if (geminga_actor_get_placement (actor) == GEMINGA_PLACEMENT_PROCESS)
    g_mutex_lock (&sample_gate);
  g_assert_cmpint (write (fd, "x", 1), ==, 1);
  close (fd);
  g_mutex_lock (&sample_gate);
  g_mutex_unlock (&sample_gate);
}

static void
sample_break (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GError) error = g_error_new_literal (SAMPLE_ERROR, 3, "broken");

  geminga_call_return_value (call, NULL);
  geminga_actor_fail (actor, error);
}

static void
sample_hold (GemingaActor *actor, GemingaCall *call)
{
  geminga_actor_hold (actor);
  geminga_call_return_value (call, NULL);
}

static const GemingaCommandEntry sample_commands[] = {
  { "Add", "(dd)", "d", "a b", NULL, 0, sample_add },
  { "Added", NULL, "u", NULL, NULL, 0, sample_added },
  { "Fail", NULL, NULL, NULL, NULL, 0, sample_fail },
  { "Drop", NULL, NULL, NULL, NULL, 0, sample_drop },
  { "Keep", NULL, NULL, NULL, NULL, 0, sample_keep },
  { "Kept", NULL, "(uu)", NULL, NULL, 0, sample_kept },
  { "AnswerKept", NULL, NULL, NULL, NULL, 0, sample_answer_kept },
  { "Step", "(u)", NULL, "number", NULL, 0, sample_step },
  { "Steps", NULL, "(ub)", NULL, NULL, 0, sample_steps },
  { "Ask", "(osav)", "v", "path command argument", NULL, 0, sample_ask },
  { "Tell", "(ou)", NULL, "path count", NULL, 0, sample_tell },
  { "Relay", "(o)", "(oo)", "path", NULL, 0, sample_relay },
  { "RelayKeep", "(o)", NULL, "path", NULL, 0, sample_relay_keep },
  { "Spawn", "(su)", "o", "id placement", NULL, 0, sample_spawn },
  { "PassFd", "(h)", "h", "fd", NULL, 0, sample_pass_fd },
  { "Size", "(ay)", "t", "bytes", NULL, 0, sample_size },
  { "Remaining", NULL, "x", NULL, NULL, 0, sample_remaining },
  { "Hang", "(h)", NULL, "fd", NULL, 0, sample_hang },
  { "Break", NULL, NULL, NULL, NULL, 0, sample_break },
  { "Hold", NULL, NULL, NULL, NULL, 0, sample_hold },
};

/* Calls that nobody answers any more must not keep the actor. */
static void
sample_stopping (GemingaActor *actor)
{
  g_ptr_array_set_size (TEST_SAMPLE (actor)->kept, 0);
}

static void
sample_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_SAMPLE (object)->kept);
  g_free (TEST_SAMPLE (object)->label);

  G_OBJECT_CLASS (sample_parent_class)->finalize (object);
}

static void
sample_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  Sample *self = TEST_SAMPLE (object);

  if (id == 1)
    self->number = g_value_get_uint (value);
  else if (id == 2)
    {
      g_free (self->label);
      self->label = g_value_dup_string (value);
    }
  else
    self->limit = g_value_get_int (value);
}

static void
sample_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  Sample *self = TEST_SAMPLE (object);

  if (id == 1)
    g_value_set_uint (value, self->number);
  else if (id == 2)
    g_value_set_string (value, self->label);
  else
    g_value_set_int (value, self->limit);
}

static void
sample_class_init (SampleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  object_class->finalize = sample_finalize;
  object_class->set_property = sample_set_property;
  object_class->get_property = sample_get_property;
  actor_class->stopping = sample_stopping;
  geminga_actor_class_set_interface_name (actor_class, "org.example.Sample1");
  geminga_actor_class_add_commands (actor_class, sample_commands, G_N_ELEMENTS (sample_commands));

  g_object_class_install_property (object_class, 1,
                                   g_param_spec_uint ("number", NULL, NULL, 0, 1000, 0,
                                                      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      object_class, 2,
      g_param_spec_string ("label", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      object_class, 3,
      g_param_spec_int ("limit", NULL, NULL, -5, 5, 2,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
}

static void
sample_init (Sample *self)
{
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
}
