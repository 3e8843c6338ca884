/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-connection-parts-private.h"

#define UPLOAD_SIZE (64 * 1024) /* of a streamed body that nobody has read yet */

/* Helpers: bodies of requests */

void
geminga_http_connection_end_upload (GemingaHttpConnection *self, GError *error)
{
  g_autoptr (GemingaHttpPipe) upload = g_steal_pointer (&self->upload);

  if (upload == NULL)
    {
      g_clear_error (&error);
      return;
    }

  geminga_http_pipe_set_engine (upload, NULL, NULL);
  geminga_http_pipe_fail (upload, error);
}

/* No more of it is wanted. What came already does not stand in the way of the next request. */
void
geminga_http_connection_end_body (GemingaHttpConnection *self)
{
  if (self->body != NULL && !geminga_http_body_is_done (self->body))
    {
      self->keep_alive = FALSE;
      self->linger = TRUE;
    }
  if (self->upload != NULL)
    geminga_http_connection_end_upload (
        self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED,
                                   "The request is answered: its body cannot be read"));
  g_clear_pointer (&self->body, geminga_http_body_free);
}

void
geminga_http_connection_skip_body (GemingaHttpConnection *self)
{
  gsize n = 0;

  if (self->body == NULL || geminga_http_body_is_done (self->body) ||
      !geminga_http_body_ends_within (self->body, geminga_http_connection_get_unread (self)))
    return;

  if (self->upload != NULL)
    geminga_http_pipe_set_limit (self->upload, G_MAXSIZE);
  self->is_feeding = TRUE;
  if (geminga_http_body_feed (self->body, self->in->data + self->in_done,
                              geminga_http_connection_get_unread (self), &n) == 0)
    geminga_http_connection_consume (self, n);
  self->is_feeding = FALSE;
}

/* The handler reads faster than the body comes. */
gboolean
geminga_http_connection_wants_upload (GemingaHttpConnection *self)
{
  return self->upload != NULL && self->body != NULL && !geminga_http_body_is_done (self->body) &&
         geminga_http_pipe_has_room (self->upload);
}

/* The client waits to be asked for the body. Nothing else is on its way: 25 bytes fit, or it does not
 * read. */
static void
ask_for_body (GemingaHttpConnection *self)
{
  static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

  if (!self->awaits_continue)
    return;

  self->awaits_continue = FALSE;
  if (geminga_http_connection_get_unread (self) == 0)
    g_string_append_len (geminga_http_connection_get_out (self), go_on, sizeof go_on - 1);
}

/* Passes on what is there. FALSE: the body was refused. */
gboolean
geminga_http_connection_feed_upload (GemingaHttpConnection *self)
{
  gsize n = 0;
  guint status = 0;

  self->is_feeding = TRUE;
  while (status == 0 && self->upload != NULL && geminga_http_connection_get_unread (self) > 0 &&
         geminga_http_connection_wants_upload (self))
    {
      status = geminga_http_body_feed (self->body, self->in->data + self->in_done,
                                       geminga_http_connection_get_unread (self), &n);
      geminga_http_connection_consume (self, n);
      self->phase_size += n;
    }
  self->is_feeding = FALSE;

  if (status == 0)
    return TRUE;

  /* An answer that has begun cannot be taken back. */
  if (self->state == GEMINGA_HTTP_STATE_HANDLER)
    geminga_http_connection_refuse (self, status);
  else
    geminga_http_connection_close (self);

  return FALSE;
}

/* The handler read some of the body, or began to. */
static void
on_upload (gpointer engine)
{
  g_autoptr (GemingaHttpConnection) self = geminga_http_connection_ref (engine);

  if (self->state != GEMINGA_HTTP_STATE_HANDLER && self->state != GEMINGA_HTTP_STATE_STREAM)
    return;
  if (self->state == GEMINGA_HTTP_STATE_HANDLER && geminga_http_pipe_is_wanted (self->upload))
    ask_for_body (self);
  if (self->is_processing || self->is_feeding)
    return;

  if (geminga_http_connection_feed_upload (self) &&
      geminga_http_connection_send_output (self) != GEMINGA_HTTP_OUTPUT_FAILED &&
      self->body != NULL && !geminga_http_body_is_done (self->body))
    geminga_http_connection_set_handler_deadline (self);
  geminga_http_connection_watch (self);
}

static void
begin_upload (GemingaHttpConnection *self, GemingaRequest *request)
{
  guint64 max = geminga_request_get_max_body (request, self->env->limits.max_body);

  self->upload = geminga_http_pipe_new (self->env->context, UPLOAD_SIZE);
  self->body = geminga_http_body_new (geminga_request_get_head (request), max, self->upload);
  geminga_http_pipe_set_engine (self->upload, on_upload, self);
  geminga_request_set_body_pipe (request, self->upload);
  geminga_http_connection_begin_phase (self);
  geminga_http_connection_hand_over (self, request);
}

/* Who handles the request may look at its head before its body is read. */
void
geminga_http_connection_begin_body (GemingaHttpConnection *self)
{
  g_autoptr (GemingaRequest) request = geminga_http_connection_new_request (self);
  const GemingaHttpHead *head = geminga_request_get_head (request);
  guint64 max;

  self->awaits_continue = head->expects_continue;
  self->state = GEMINGA_HTTP_STATE_HANDLER;
  self->body = geminga_http_body_new (head, G_MAXUINT64, NULL);
  if (self->env->begin != NULL)
    self->env->begin (self->env->server, request);
  if (self->exchange == NULL)
    return;

  max = geminga_request_get_max_body (request, self->env->limits.max_body);
  g_clear_pointer (&self->body, geminga_http_body_free);
  if (head->content_length > max)
    {
      geminga_http_connection_refuse (self, 413);
      return;
    }
  if (geminga_request_is_body_streamed (request))
    {
      begin_upload (self, request);
      return;
    }

  self->body = geminga_http_body_new (head, max, NULL);
  self->request = g_steal_pointer (&request);
  self->state = GEMINGA_HTTP_STATE_BODY;
  geminga_http_connection_begin_phase (self);
  geminga_http_connection_set_rate_deadline (self, self->env->limits.body_timeout);
  ask_for_body (self);
}

gboolean
geminga_http_connection_take_body (GemingaHttpConnection *self)
{
  g_autoptr (GemingaRequest) request = NULL;
  guint status;
  gsize n = 0;

  if (geminga_http_connection_get_unread (self) == 0)
    return FALSE;

  status = geminga_http_body_feed (self->body, self->in->data + self->in_done,
                                   geminga_http_connection_get_unread (self), &n);
  geminga_http_connection_consume (self, n);
  self->phase_size += n;

  if (status != 0)
    {
      geminga_http_connection_refuse (self, status);
      return FALSE;
    }
  if (!geminga_http_body_is_done (self->body))
    {
      geminga_http_connection_set_rate_deadline (self, self->env->limits.body_timeout);
      return FALSE;
    }

  request = g_steal_pointer (&self->request);
  geminga_request_take_body (request, geminga_http_body_steal (self->body));
  g_clear_pointer (&self->body, geminga_http_body_free);
  geminga_http_connection_hand_over (self, request);

  return TRUE;
}
