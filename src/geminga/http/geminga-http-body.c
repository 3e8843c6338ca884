/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-body-private.h"

#define SPARE_SIZE (64 * 1024) /* set aside at once, whatever the head says */

struct _GemingaHttpBody
{
  guint64 max;
  guint64 length; /* unless it is chunked */
  guint64 received;
  gboolean is_chunked;
  gboolean is_done;
  GemingaHttpChunked chunked;
  GByteArray *collected; /* with a pipe: what goes there next */
  GemingaHttpPipe *pipe; /* (owned) (nullable) */
};

/* Helpers */

static guint
feed_chunked (GemingaHttpBody *self, const guint8 *data, gsize size, gsize *consumed)
{
  guint len = self->collected->len;
  guint64 max = self->pipe != NULL ? self->max - self->received : self->max;
  guint status =
      geminga_http_chunked_feed (&self->chunked, data, size, consumed, self->collected, max);

  self->received += self->collected->len - len;
  self->is_done = self->chunked.is_done;

  return status;
}

static void
feed_plain (GemingaHttpBody *self, const guint8 *data, gsize size, gsize *consumed)
{
  *consumed = (gsize) MIN (size, self->length - self->received);
  g_byte_array_append (self->collected, data, (guint) *consumed);
  self->received += *consumed;
  self->is_done = self->received == self->length;
}

/* It has room, or nobody reads any more: then the rest is of no interest. */
static void
pass_on (GemingaHttpBody *self)
{
  if (self->collected->len > 0)
    geminga_http_pipe_write (self->pipe, self->collected->data, self->collected->len, NULL);
  g_byte_array_set_size (self->collected, 0);
  if (self->is_done)
    geminga_http_pipe_end (self->pipe, NULL);
}

/* Private API */

GemingaHttpBody *
geminga_http_body_new (const GemingaHttpHead *head, guint64 max, GemingaHttpPipe *pipe)
{
  GemingaHttpBody *self = g_new0 (GemingaHttpBody, 1);

  self->max = max;
  self->length = head->content_length;
  self->is_chunked = head->is_chunked;
  if (pipe != NULL)
    self->pipe = geminga_http_pipe_ref (pipe);
  self->collected = g_byte_array_sized_new ((guint) MIN (self->length, SPARE_SIZE));

  return self;
}

void
geminga_http_body_free (GemingaHttpBody *self)
{
  g_clear_pointer (&self->collected, g_byte_array_unref);
  g_clear_pointer (&self->pipe, geminga_http_pipe_unref);
  g_free (self);
}

guint
geminga_http_body_feed (GemingaHttpBody *self, const guint8 *data, gsize size, gsize *consumed)
{
  guint status = 0;

  *consumed = 0;
  if (self->is_done || (self->pipe != NULL && !geminga_http_pipe_has_room (self->pipe)))
    return 0;

  if (self->is_chunked)
    status = feed_chunked (self, data, size, consumed);
  else
    feed_plain (self, data, size, consumed);
  if (self->pipe != NULL && status == 0)
    pass_on (self);

  return status;
}

gboolean
geminga_http_body_is_done (const GemingaHttpBody *self)
{
  return self->is_done;
}

gboolean
geminga_http_body_ends_within (const GemingaHttpBody *self, gsize size)
{
  return self->is_done || (!self->is_chunked && self->length - self->received <= size);
}

GBytes *
geminga_http_body_steal (GemingaHttpBody *self)
{
  return g_byte_array_free_to_bytes (g_steal_pointer (&self->collected));
}
