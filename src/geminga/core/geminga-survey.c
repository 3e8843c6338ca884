/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-survey-private.h"

#include "geminga-actor-ref-private.h"
#include "geminga-actor-timers-private.h"
#include "geminga-caller-private.h"

/* Code of an actor that may wait for something. */
typedef struct
{
  gconstpointer mailbox; /* compared only */
  char *label;           /* (owned) */
  char *path;            /* (owned) */
  guint64 above;         /* 0: none */
  gboolean is_halted;    /* its actor takes nothing, not even what timers tell */
  gboolean is_fresh;
  GPtrArray *asks; /* (owned) (element-type utf8): keys of those that it has made */
} Step;

/* An ask that a step has made. */
typedef struct
{
  guint64 step;
  GemingaAsk *ask; /* (owned) */
} Made;

/* An ask that a step handles; 0: nothing is known to happen for it. */
typedef struct
{
  gconstpointer mailbox;
  guint64 step;
  char *key; /* (owned) */
} Handled;

struct _GemingaSurvey
{
  guint32 node;
  GHashTable *steps; /* (owned) (element-type guint64 Step) */
  GHashTable *loops; /* (owned) (element-type GemingaLoop): where such steps have asked */
  GHashTable *timed; /* (owned): mailboxes that a timer will tell something, compared only */
  GHashTable *shut;  /* (owned): mailboxes that receive nothing, compared only */
  GArray *made;      /* (owned) (element-type Made) */
  GArray *handled;   /* (owned) (element-type Handled) */
  GVariantBuilder nodes;
};

/* What peek_open () finds in a mailbox. */
typedef struct
{
  GemingaSurvey *survey;
  GemingaMailbox *mailbox;
  gboolean has_steps;
} Visit;

/* Helpers: what is gathered */

static void
step_free (gpointer data)
{
  Step *self = data;

  g_free (self->label);
  g_free (self->path);
  g_ptr_array_unref (self->asks);
  g_free (self);
}

static void
clear_made (gpointer data)
{
  geminga_ask_unref (((Made *) data)->ask);
}

static void
clear_handled (gpointer data)
{
  g_free (((Handled *) data)->key);
}

static Step *
lookup_step (GemingaSurvey *self, guint64 number)
{
  return g_hash_table_lookup (self->steps, &number);
}

/* Takes the label and the path. */
static Step *
add_step (GemingaSurvey *self, guint64 number, gconstpointer mailbox, char *label, char *path)
{
  Step *step = g_new0 (Step, 1);

  step->mailbox = mailbox;
  step->label = label;
  step->path = path;
  step->is_fresh = TRUE;
  step->asks = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_insert (self->steps, g_memdup2 (&number, sizeof number), step);

  return step;
}

static char *
make_step_key (GemingaSurvey *self, guint64 number)
{
  return g_strdup_printf ("step:%u:%" G_GUINT64_FORMAT, self->node, number);
}

/* Helpers: nodes */

static GPtrArray *
new_keys (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

static void
add_node (GemingaSurvey *self,
          const char *key,
          const char *label,
          const char *path,
          GPtrArray *waited_for,
          GPtrArray *above,
          gboolean is_fresh)
{
  GVariant *edges[2];
  GPtrArray *lists[2] = { waited_for, above };

  for (guint i = 0; i < 2; i++)
    edges[i] = lists[i] != NULL ? g_variant_new_strv ((const char *const *) lists[i]->pdata,
                                                      (gssize) lists[i]->len)
                                : g_variant_new_strv (NULL, 0);
  g_variant_builder_add (&self->nodes, "(sss@as@asb)", key, label, path, edges[0], edges[1],
                         is_fresh);
}

static void
add_ask_node (GemingaSurvey *self, const char *key, const char *label, const char *waited_for)
{
  g_autoptr (GPtrArray) keys = new_keys ();

  g_ptr_array_add (keys, g_strdup (waited_for));
  add_node (self, key, label, "", keys, NULL, TRUE);
}

/* An actor that keeps its promise to receive nothing may be let go on by any of its calls. */
static void
add_open_calls (GemingaSurvey *self, gconstpointer mailbox, GPtrArray *keys)
{
  for (guint i = 0; i < self->handled->len; i++)
    {
      Handled *handled = &g_array_index (self->handled, Handled, i);

      if (handled->mailbox == mailbox)
        g_ptr_array_add (keys, make_step_key (self, handled->step));
    }
}

static void
add_halt_node (GemingaSurvey *self, const GemingaHalt *halt, gboolean is_fresh)
{
  g_autoptr (GPtrArray) keys = new_keys ();

  if (halt->step != 0)
    g_ptr_array_add (keys, make_step_key (self, halt->step));
  else
    add_open_calls (self, halt->mailbox, keys);
  add_node (self, halt->key, "", halt->path, keys, NULL, is_fresh);

  for (guint i = 0; i < halt->asks->len; i++)
    add_ask_node (self, g_ptr_array_index (halt->asks, i), g_ptr_array_index (halt->commands, i),
                  halt->key);
}

/* A timer may be there to go on without an answer. */
static void
add_step_node (GemingaSurvey *self, guint64 number, Step *step)
{
  g_autofree char *key = make_step_key (self, number);
  g_autoptr (GPtrArray) above = new_keys ();
  gboolean may_be_told = !step->is_halted && !g_hash_table_contains (self->shut, step->mailbox) &&
                         g_hash_table_contains (self->timed, step->mailbox);

  if (step->above != 0)
    g_ptr_array_add (above, make_step_key (self, step->above));
  add_node (self, key, step->label, step->path, may_be_told ? NULL : step->asks, above,
            step->is_fresh);
}

/* Helpers: visits */

static void
visit_open_call (GemingaAsk *ask, const char *command, guint64 step, gpointer user_data)
{
  Visit *visit = user_data;
  GemingaSurvey *self = visit->survey;
  GemingaTarget *target = &visit->mailbox->target;
  Handled handled = { visit->mailbox, step, geminga_ask_dup_key (ask, self->node) };

  if (handled.key != NULL || g_hash_table_contains (self->shut, visit->mailbox))
    g_array_append_val (self->handled, handled);
  if (step == 0)
    return;

  visit->has_steps = TRUE;
  if (lookup_step (self, step) == NULL)
    add_step (self, step, visit->mailbox,
              g_strdup_printf ("%s.%s", geminga_target_get_id (target), command),
              geminga_target_dup_path (target));
  else
    lookup_step (self, step)->is_fresh |= lookup_step (self, step)->above == 0;
}

static void
visit_timer (GemingaTimer *timer, gpointer user_data)
{
  GemingaSurvey *self = user_data;
  Made made = { 0, NULL };
  GemingaMailbox *mailbox = geminga_actor_timer_peek_locked (timer);

  if (mailbox != NULL)
    {
      g_hash_table_add (self->timed, mailbox);
      return;
    }

  made.step = geminga_caller_peek_locked (timer, &made.ask);
  if (made.step != 0)
    g_array_append_val (self->made, made);
}

static void
match_made (GemingaSurvey *self)
{
  for (guint i = 0; i < self->made->len; i++)
    {
      Made *made = &g_array_index (self->made, Made, i);
      Step *step = lookup_step (self, made->step);

      if (step != NULL)
        g_ptr_array_add (step->asks, geminga_ask_dup_key (made->ask, self->node));
    }
}

/* Private API */

GemingaSurvey *
geminga_survey_new (guint32 node)
{
  GemingaSurvey *self = g_new0 (GemingaSurvey, 1);

  self->node = node;
  self->steps = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, step_free);
  self->loops = g_hash_table_new_full (NULL, NULL, (GDestroyNotify) geminga_loop_unref, NULL);
  self->timed = g_hash_table_new (NULL, NULL);
  self->shut = g_hash_table_new (NULL, NULL);
  self->made = g_array_new (FALSE, FALSE, sizeof (Made));
  g_array_set_clear_func (self->made, clear_made);
  self->handled = g_array_new (FALSE, FALSE, sizeof (Handled));
  g_array_set_clear_func (self->handled, clear_handled);
  g_variant_builder_init (&self->nodes, GEMINGA_WAIT_NODES_TYPE);

  return self;
}

void
geminga_survey_free (GemingaSurvey *self)
{
  g_hash_table_unref (self->steps);
  g_hash_table_unref (self->loops);
  g_hash_table_unref (self->timed);
  g_hash_table_unref (self->shut);
  g_array_unref (self->made);
  g_array_unref (self->handled);
  g_variant_builder_clear (&self->nodes);
  g_free (self);
}

void
geminga_survey_visit_halt (GemingaSurvey *self, const GemingaHalt *halt, gboolean is_fresh)
{
  Step *step;

  if (halt->step == 0)
    {
      if (is_fresh)
        g_hash_table_add (self->shut, (gpointer) halt->mailbox);
      return;
    }

  step = add_step (self, halt->step, halt->mailbox, g_strdup (halt->label), g_strdup (halt->path));
  step->above = halt->above;
  step->is_halted = is_fresh;
  step->is_fresh = is_fresh;
}

void
geminga_survey_visit_mailbox (GemingaSurvey *self, GemingaMailbox *mailbox)
{
  Visit visit = { self, mailbox, FALSE };

  geminga_mailbox_peek_open (mailbox, visit_open_call, &visit);
  if (visit.has_steps)
    geminga_survey_visit_loop (self, mailbox->loop);
}

void
geminga_survey_visit_loop (GemingaSurvey *self, GemingaLoop *loop)
{
  if (!g_hash_table_contains (self->loops, loop))
    g_hash_table_add (self->loops, geminga_loop_ref (loop));
}

void
geminga_survey_list_made (GemingaSurvey *self)
{
  GHashTableIter iter;
  gpointer loop;

  g_hash_table_iter_init (&iter, self->loops);
  while (g_hash_table_iter_next (&iter, &loop, NULL))
    geminga_loop_foreach_timer_locked (loop, visit_timer, self);
}

void
geminga_survey_add_halt (GemingaSurvey *self, const GemingaHalt *halt, gboolean is_fresh)
{
  add_halt_node (self, halt, is_fresh);
}

GVariant *
geminga_survey_end (GemingaSurvey *self)
{
  GHashTableIter iter;
  gpointer number;
  gpointer step;

  match_made (self);
  g_hash_table_iter_init (&iter, self->steps);
  while (g_hash_table_iter_next (&iter, &number, &step))
    add_step_node (self, *(guint64 *) number, step);
  for (guint i = 0; i < self->handled->len; i++)
    {
      Handled *handled = &g_array_index (self->handled, Handled, i);
      g_autofree char *key = make_step_key (self, handled->step);

      if (handled->key != NULL && handled->step != 0)
        add_ask_node (self, handled->key, "", key);
    }

  return g_variant_ref_sink (g_variant_builder_end (&self->nodes));
}

void
geminga_survey_foreach_made (GemingaSurvey *self,
                             void (*func) (GemingaAsk *ask, const char *key, gpointer user_data),
                             gpointer user_data)
{
  for (guint i = 0; i < self->made->len; i++)
    {
      GemingaAsk *ask = g_array_index (self->made, Made, i).ask;
      g_autofree char *key = geminga_ask_dup_key (ask, self->node);

      func (ask, key, user_data);
    }
}
