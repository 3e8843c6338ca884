/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-output-private.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* More of it at once, and a fast reader would have the loop for itself. */
#define TURN_SIZE (4 * 1024 * 1024)

/* Helpers */

static GemingaHttpOutputResult
tell_errno (int code)
{
  return code == EAGAIN ? GEMINGA_HTTP_OUTPUT_BLOCKED : GEMINGA_HTTP_OUTPUT_FAILED;
}

static void
advance (GemingaHttpOutput *self, gsize sent)
{
  gsize left = self->bytes != NULL ? self->bytes->len - self->bytes_done : 0;
  gsize of_bytes = MIN (sent, left);

  self->bytes_done += of_bytes;
  if (self->bytes != NULL && self->bytes_done == self->bytes->len)
    {
      self->bytes_done = 0;
      g_string_truncate (self->bytes, 0);
    }

  if (self->body == NULL)
    return;
  self->body_done += sent - of_bytes;
  if (self->body_done == g_bytes_get_size (self->body))
    g_clear_pointer (&self->body, g_bytes_unref);
}

static GemingaHttpOutputResult
send_bytes (GemingaHttpOutput *self, int fd, gsize *sent)
{
  struct iovec parts[2];
  struct msghdr message = { .msg_iov = parts };
  int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
  gssize n;

  if (self->bytes != NULL && self->bytes->len > 0)
    parts[message.msg_iovlen++] =
        (struct iovec){ self->bytes->str + self->bytes_done, self->bytes->len - self->bytes_done };
  if (self->body != NULL)
    {
      gsize size = 0;
      const char *data = g_bytes_get_data (self->body, &size);

      parts[message.msg_iovlen++] =
          (struct iovec){ (char *) data + self->body_done, size - self->body_done };
    }
  if (self->file != NULL)
    flags |= MSG_MORE;

  do
    n = sendmsg (fd, &message, flags);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return tell_errno (errno);

  advance (self, (gsize) n);
  *sent += (gsize) n;

  return GEMINGA_HTTP_OUTPUT_SENT;
}

/* Once the bytes before it are sent. */
static GemingaHttpOutputResult
send_file (GemingaHttpOutput *self, int fd, gsize *sent)
{
  gsize n = 0;
  int code = 0;

  if (geminga_http_file_is_sent (self->file))
    {
      g_clear_pointer (&self->file, geminga_http_file_free);
      return GEMINGA_HTTP_OUTPUT_SENT;
    }

  if (self->bytes == NULL)
    self->bytes = g_string_new (NULL);
  code = geminga_http_file_send (self->file, fd, self->bytes, &n);
  *sent += n;

  return code == 0 ? GEMINGA_HTTP_OUTPUT_SENT : tell_errno (code);
}

/* Private API */

void
geminga_http_output_set_body (GemingaHttpOutput *self, GBytes *body, GemingaHttpFile *file)
{
  g_assert (!geminga_http_output_has_body (self));

  self->body = body;
  self->body_done = 0;
  self->file = file;
}

gboolean
geminga_http_output_has_body (const GemingaHttpOutput *self)
{
  return self->body != NULL || self->file != NULL;
}

gboolean
geminga_http_output_is_empty (const GemingaHttpOutput *self)
{
  return !geminga_http_output_has_body (self) && (self->bytes == NULL || self->bytes->len == 0);
}

GemingaHttpOutputResult
geminga_http_output_flush (GemingaHttpOutput *self, int fd, gsize *sent)
{
  GemingaHttpOutputResult result = GEMINGA_HTTP_OUTPUT_SENT;
  gsize before = *sent;

  while (result == GEMINGA_HTTP_OUTPUT_SENT && !geminga_http_output_is_empty (self))
    {
      if (*sent - before > TURN_SIZE)
        return GEMINGA_HTTP_OUTPUT_BLOCKED;
      if ((self->bytes != NULL && self->bytes->len > 0) || self->body != NULL)
        result = send_bytes (self, fd, sent);
      else
        result = send_file (self, fd, sent);
    }

  return result;
}

void
geminga_http_output_clear (GemingaHttpOutput *self)
{
  if (self->bytes != NULL)
    g_string_free (self->bytes, TRUE);
  self->bytes = NULL;
  self->bytes_done = 0;
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->file, geminga_http_file_free);
}
