/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-trace-private.h"

#include "geminga-interface-private.h"

/* What may wait for the reader. */
#define MAX_RECORDS 4096
#define MAX_BYTES   (8 * 1024 * 1024)

struct _GemingaTrace
{
  atomic_int ref_count;
  void (*wake) (gpointer data);
  gpointer data;

  GMutex lock;
  GemingaTarget *target; /* (owned) (nullable), under lock: while it is traced */
  GQueue records;        /* (element-type GemingaTraceRecord), under lock */
  gsize n_bytes;         /* under lock: of their bodies */
  guint64 n_lost;        /* under lock: since something was taken */
  gboolean is_over;      /* under lock: nothing will come */
  gboolean is_awaited;   /* under lock: the reader wants to be woken */
};

/* Helpers: records */

static gsize
get_size (const GemingaTraceRecord *record)
{
  return record->body != NULL ? g_variant_get_size (record->body) : 0;
}

static void
record_clear (gpointer data)
{
  GemingaTraceRecord *self = data;

  g_clear_pointer (&self->peer, geminga_target_unref);
  g_clear_pointer (&self->command, g_ref_string_release);
  g_clear_pointer (&self->body, g_variant_unref);
  g_clear_error (&self->error);
}

/* The class that has the command says what it belongs to. */
static const char *
find_interface (GType type, const char *command)
{
  for (; type != G_TYPE_INVALID; type = g_type_parent (type))
    {
      GemingaInterface *interface = geminga_interface_peek_for_type (type);

      if (interface != NULL && geminga_interface_lookup_command (interface, command) != NULL)
        return geminga_interface_get_name (interface);
    }

  return NULL;
}

static GemingaTraceRecord *
record_new (GemingaMailbox *mailbox, GemingaTraceKind kind, const GemingaMessage *message)
{
  GemingaTraceRecord *self = g_atomic_rc_box_new0 (GemingaTraceRecord);
  atomic_uint *counter = &geminga_mailbox_get_extras (mailbox)->n_traced;

  self->kind = kind;
  do
    self->number = atomic_fetch_add_explicit (counter, 1, memory_order_relaxed) + 1;
  while (self->number == 0);
  self->time = g_get_real_time ();
  if (message != NULL)
    {
      self->command = g_ref_string_new (geminga_message_get_command (message));
      self->is_tell = message->ask == NULL || message->kind == GEMINGA_MESSAGE_TELL;
    }

  return self;
}

static void
set_body (GemingaTraceRecord *self, GVariant *body, GUnixFDList *fds)
{
  self->body = g_variant_ref (body);
  self->n_fds = fds != NULL ? (guint) g_unix_fd_list_get_length (fds) : 0;
}

/* Helpers: traces */

static void
add_locked (GemingaTrace *self, GemingaTraceRecord *record)
{
  gboolean is_full = self->records.length >= MAX_RECORDS || self->n_bytes >= MAX_BYTES;

  if (record->kind == GEMINGA_TRACE_ENDED)
    self->is_over = TRUE;
  else if (is_full)
    self->n_lost++;
  if (!is_full || record->kind == GEMINGA_TRACE_ENDED)
    {
      g_queue_push_tail (&self->records, geminga_trace_record_ref (record));
      self->n_bytes += get_size (record);
    }

  if (self->is_awaited)
    self->wake (self->data);
  self->is_awaited = FALSE;
}

static void
add (GemingaTrace *self, GemingaTraceRecord *record)
{
  g_mutex_lock (&self->lock);
  if (!self->is_over)
    add_locked (self, record);
  g_mutex_unlock (&self->lock);
}

static gpointer
copy_ref (gconstpointer trace, gpointer user_data)
{
  return geminga_trace_ref ((GemingaTrace *) trace);
}

static GPtrArray *
ref_traces (GemingaMailbox *mailbox)
{
  GPtrArray *traces = NULL;
  GemingaMailboxExtras *extras;

  g_mutex_lock (&mailbox->lock);
  extras = atomic_load (&mailbox->extras);
  if (extras != NULL && extras->traces != NULL)
    traces = g_ptr_array_copy (extras->traces, copy_ref, NULL);
  g_mutex_unlock (&mailbox->lock);

  return traces;
}

static void
add_to_all (GPtrArray *traces, GemingaTraceRecord *record)
{
  for (guint i = 0; traces != NULL && i < traces->len; i++)
    add (g_ptr_array_index (traces, i), record);
}

static void
add_to_traces (GemingaMailbox *mailbox, GemingaTraceRecord *record)
{
  g_autoptr (GPtrArray) traces = ref_traces (mailbox);

  add_to_all (traces, record);
}

/* FALSE: the actor has ended. */
static gboolean
attach (GemingaMailbox *mailbox, GemingaTrace *trace)
{
  GemingaMailboxExtras *extras;
  gboolean is_alive;

  g_mutex_lock (&mailbox->lock);
  is_alive = mailbox->state != GEMINGA_MAILBOX_ENDED;
  if (is_alive)
    {
      extras = geminga_mailbox_get_extras_locked (mailbox);
      if (extras->traces == NULL)
        extras->traces = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_trace_unref);
      g_ptr_array_add (extras->traces, geminga_trace_ref (trace));
      atomic_fetch_or (&mailbox->detours, GEMINGA_MAILBOX_IS_TRACED);
    }
  g_mutex_unlock (&mailbox->lock);

  return is_alive;
}

static void
detach (GemingaMailbox *mailbox, GemingaTrace *trace)
{
  GemingaMailboxExtras *extras;

  g_mutex_lock (&mailbox->lock);
  extras = atomic_load (&mailbox->extras);
  if (extras->traces != NULL)
    {
      g_ptr_array_remove (extras->traces, trace);
      if (extras->traces->len == 0)
        atomic_fetch_and (&mailbox->detours, (guint8) ~GEMINGA_MAILBOX_IS_TRACED);
    }
  g_mutex_unlock (&mailbox->lock);
}

/* Private API: records */

GemingaTraceRecord *
geminga_trace_record_ref (GemingaTraceRecord *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
geminga_trace_record_unref (GemingaTraceRecord *self)
{
  g_atomic_rc_box_release_full (self, record_clear);
}

/* Private API: the reader's side */

GemingaTrace *
geminga_trace_new (void (*wake) (gpointer data), gpointer data)
{
  GemingaTrace *self = g_new0 (GemingaTrace, 1);

  atomic_init (&self->ref_count, 1);
  self->wake = wake;
  self->data = data;
  g_mutex_init (&self->lock);
  g_queue_init (&self->records);

  return self;
}

GemingaTrace *
geminga_trace_ref (GemingaTrace *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

void
geminga_trace_unref (GemingaTrace *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_queue_clear_full (&self->records, (GDestroyNotify) geminga_trace_record_unref);
  g_clear_pointer (&self->target, geminga_target_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
geminga_trace_start (GemingaTrace *self, GemingaTarget *target)
{
  g_return_val_if_fail (self->target == NULL, FALSE);

  if (!geminga_target_is_mailbox (target))
    return FALSE;

  g_mutex_lock (&self->lock);
  self->target = geminga_target_ref (target);
  g_mutex_unlock (&self->lock);
  if (attach ((GemingaMailbox *) target, self))
    return TRUE;

  geminga_trace_stop (self);

  return FALSE;
}

void
geminga_trace_stop (GemingaTrace *self)
{
  g_autoptr (GemingaTarget) target = NULL;

  g_mutex_lock (&self->lock);
  self->is_over = TRUE;
  self->is_awaited = FALSE;
  target = g_steal_pointer (&self->target);
  g_mutex_unlock (&self->lock);

  if (target != NULL && atomic_load (&((GemingaMailbox *) target)->extras) != NULL)
    detach ((GemingaMailbox *) target, self);
}

gboolean
geminga_trace_wait (GemingaTrace *self)
{
  gboolean has_some;

  g_mutex_lock (&self->lock);
  has_some = self->records.length > 0 || self->is_over;
  self->is_awaited = !has_some;
  g_mutex_unlock (&self->lock);

  return has_some;
}

GPtrArray *
geminga_trace_take (GemingaTrace *self, guint max, guint64 *n_lost)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) geminga_trace_record_unref);

  g_mutex_lock (&self->lock);
  while (records->len < max && self->records.length > 0)
    {
      GemingaTraceRecord *record = g_queue_pop_head (&self->records);

      self->n_bytes -= get_size (record);
      g_ptr_array_add (records, record);
    }
  *n_lost = self->n_lost;
  self->n_lost = 0;
  g_mutex_unlock (&self->lock);

  return records;
}

gboolean
geminga_trace_is_over (GemingaTrace *self)
{
  gboolean is_over;

  g_mutex_lock (&self->lock);
  is_over = self->is_over && self->records.length == 0;
  g_mutex_unlock (&self->lock);

  return is_over;
}

/* Private API: the actor's side */

guint32
geminga_trace_received (GemingaMailbox *mailbox, const GemingaMessage *message)
{
  GemingaTraceKind kind = message->ask != NULL ? GEMINGA_TRACE_ASKED : GEMINGA_TRACE_TOLD;
  g_autoptr (GemingaTraceRecord) record = record_new (mailbox, kind, message);

  record->interface = find_interface (mailbox->target.type, record->command);
  if (message->sender != NULL)
    record->peer = geminga_target_ref (message->sender);
  set_body (record, geminga_message_get_arguments (message), message->fds);
  add_to_traces (mailbox, record);

  return record->number;
}

void
geminga_trace_answered (GemingaMailbox *mailbox,
                        const GemingaMessage *message,
                        guint32 number,
                        gint64 duration,
                        GVariant *result,
                        GUnixFDList *fds,
                        const GError *error)
{
  GemingaTraceKind kind = error != NULL ? GEMINGA_TRACE_FAILED : GEMINGA_TRACE_ANSWERED;
  g_autoptr (GemingaTraceRecord) record = record_new (mailbox, kind, message);

  record->reply_to = number;
  record->duration = duration;
  if (message->sender != NULL)
    record->peer = geminga_target_ref (message->sender);
  if (result != NULL)
    set_body (record, result, fds);
  if (error != NULL)
    record->error = g_error_copy (error);
  add_to_traces (mailbox, record);
}

void
geminga_trace_forwarded (GemingaMailbox *mailbox,
                         const GemingaMessage *message,
                         guint32 number,
                         GemingaTarget *target)
{
  g_autoptr (GemingaTraceRecord) record = record_new (mailbox, GEMINGA_TRACE_FORWARDED, message);

  record->reply_to = number;
  record->peer = geminga_target_ref (target);
  add_to_traces (mailbox, record);
}

void
geminga_trace_stashed (GemingaMailbox *mailbox, const GemingaMessage *message, guint32 number)
{
  g_autoptr (GemingaTraceRecord) record = record_new (mailbox, GEMINGA_TRACE_STASHED, message);

  record->reply_to = number;
  add_to_traces (mailbox, record);
}

void
geminga_trace_sent (GemingaMailbox *mailbox, const GemingaMessage *message, GemingaTarget *target)
{
  g_autoptr (GemingaTraceRecord) record = record_new (mailbox, GEMINGA_TRACE_ASKS, message);

  if (record->is_tell)
    record->kind = GEMINGA_TRACE_TELLS;
  record->interface = find_interface (target->type, record->command);
  record->peer = geminga_target_ref (target);
  set_body (record, geminga_message_get_arguments (message), message->fds);
  add_to_traces (mailbox, record);
}

void
geminga_mailbox_end_traces (GemingaMailbox *mailbox)
{
  g_autoptr (GPtrArray) traces = NULL;
  g_autoptr (GemingaTraceRecord) record = NULL;
  GemingaMailboxExtras *extras;

  g_mutex_lock (&mailbox->lock);
  extras = atomic_load (&mailbox->extras);
  if (extras != NULL)
    traces = g_steal_pointer (&extras->traces);
  g_mutex_unlock (&mailbox->lock);
  if (traces == NULL)
    return;

  record = record_new (mailbox, GEMINGA_TRACE_ENDED, NULL);
  add_to_all (traces, record);
}
