/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-response-private.h"

#include <libsoup/soup.h>
#include <string.h>

#include "geminga-error.h"

/* Helpers */

static guint
status_from_geminga_error (int code)
{
  switch ((GemingaError) code)
    {
    case GEMINGA_ERROR_INVALID_ARGUMENTS:
      return 400;
    case GEMINGA_ERROR_NOT_AUTHORIZED:
      return 403;
    case GEMINGA_ERROR_NO_SUCH_ACTOR:
    case GEMINGA_ERROR_NO_SUCH_COMMAND:
      return 404;
    case GEMINGA_ERROR_ALREADY_EXISTS:
    case GEMINGA_ERROR_SUPERSEDED:
      return 409;
    case GEMINGA_ERROR_TOO_LARGE:
      return 413;
    case GEMINGA_ERROR_NOT_SUPPORTED:
    case GEMINGA_ERROR_UNSUPPORTED_PLACEMENT:
      return 501;
    case GEMINGA_ERROR_MAILBOX_FULL:
    case GEMINGA_ERROR_CANCELLED:
    case GEMINGA_ERROR_DIED:
      return 503;
    case GEMINGA_ERROR_DEADLOCK:
    case GEMINGA_ERROR_TIMED_OUT:
      return 504;
    default:
      return 500;
    }
}

static guint
status_from_io_error (int code)
{
  switch (code)
    {
    case G_IO_ERROR_INVALID_ARGUMENT:
    case G_IO_ERROR_INVALID_DATA:
    case G_IO_ERROR_INVALID_FILENAME:
      return 400;
    case G_IO_ERROR_PERMISSION_DENIED:
      return 403;
    case G_IO_ERROR_NOT_FOUND:
      return 404;
    case G_IO_ERROR_EXISTS:
      return 409;
    case G_IO_ERROR_MESSAGE_TOO_LARGE:
      return 413;
    case G_IO_ERROR_NOT_SUPPORTED:
      return 501;
    case G_IO_ERROR_BUSY:
    case G_IO_ERROR_CANCELLED:
      return 503;
    case G_IO_ERROR_TIMED_OUT:
      return 504;
    default:
      return 500;
    }
}

static gboolean
has_field (const GemingaHttpResponse *response, const char *name)
{
  for (guint i = 0; response->fields != NULL && i < response->fields->len; i += 2)
    {
      if (g_ascii_strcasecmp (g_ptr_array_index (response->fields, i), name) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Helpers: the head. It is made for each request: printf() would cost more than all the rest. */

#define APPEND_LITERAL(out, text) g_string_append_len (out, "" text, sizeof text - 1)

static void
append_number (GString *out, guint64 number)
{
  char digits[20];
  gsize start = sizeof digits;

  do
    digits[--start] = (char) ('0' + number % 10);
  while ((number /= 10) > 0);

  g_string_append_len (out, digits + start, (gssize) (sizeof digits - start));
}

/* At once: four calls for each field are felt. */
static void
append_field (GString *out, const char *name, const char *value)
{
  gsize name_len = strlen (name);
  gsize value_len = strlen (value);
  gsize len = out->len;
  char *end = NULL;

  g_string_set_size (out, len + name_len + value_len + 4);
  end = mempcpy (out->str + len, name, name_len);
  end = mempcpy (end, ": ", 2);
  end = mempcpy (end, value, value_len);
  memcpy (end, "\r\n", 2);
}

static void
append_status_line (GString *out, guint status)
{
  if (status == 200)
    {
      APPEND_LITERAL (out, "HTTP/1.1 200 OK\r\n");
      return;
    }

  APPEND_LITERAL (out, "HTTP/1.1 ");
  append_number (out, status);
  APPEND_LITERAL (out, " ");
  g_string_append (out, geminga_http_status_get_phrase (status));
  APPEND_LITERAL (out, "\r\n");
}

static void
append_framing (GString *out, gint64 length, gboolean is_http10)
{
  if (length >= 0)
    {
      APPEND_LITERAL (out, "Content-Length: ");
      append_number (out, (guint64) length);
      APPEND_LITERAL (out, "\r\n");
    }
  else if (!is_http10)
    APPEND_LITERAL (out, "Transfer-Encoding: chunked\r\n");
}

/* Public API */

GemingaHttpResponse *
geminga_http_response_new (guint status, const char *content_type, GBytes *body)
{
  GemingaHttpResponse *self = g_new0 (GemingaHttpResponse, 1);

  self->status = status;
  self->content_type = g_strdup (content_type);
  self->body = body != NULL ? g_bytes_ref (body) : NULL;

  return self;
}

/* A short text for people: @text, or the status' own words. */
GemingaHttpResponse *
geminga_http_response_new_plain (guint status, const char *text)
{
  g_autoptr (GBytes) body = NULL;
  char *line = NULL;

  if (!geminga_http_status_has_body (status))
    return geminga_http_response_new (status, NULL, NULL);

  line = g_strconcat (text != NULL ? text : geminga_http_status_get_phrase (status), "\n", NULL);
  body = g_bytes_new_take (line, strlen (line));

  return geminga_http_response_new (status, "text/plain; charset=utf-8", body);
}

void
geminga_http_response_free (GemingaHttpResponse *self)
{
  g_free (self->content_type);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_clear_pointer (&self->file, geminga_http_file_free);
  if (self->pipe != NULL)
    geminga_http_pipe_fail (self->pipe, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED,
                                                             "The answer was not wanted"));
  g_clear_pointer (&self->pipe, geminga_http_pipe_unref);
  g_free (self);
}

/* Replaces every field of that name by one. */
void
geminga_http_response_set_field (GemingaHttpResponse *self, const char *name, const char *value)
{
  for (guint i = 0; self->fields != NULL && i < self->fields->len;)
    {
      if (g_ascii_strcasecmp (g_ptr_array_index (self->fields, i), name) == 0)
        g_ptr_array_remove_range (self->fields, i, 2);
      else
        i += 2;
    }

  geminga_http_response_add_field (self, name, value);
}

void
geminga_http_response_add_field (GemingaHttpResponse *self, const char *name, const char *value)
{
  if (self->fields == NULL)
    self->fields = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (self->fields, g_strdup (name));
  g_ptr_array_add (self->fields, g_strdup (value));
}

gint64
geminga_http_response_get_length (const GemingaHttpResponse *self)
{
  if (self->pipe != NULL)
    return self->pipe_length;
  if (self->file != NULL)
    return (gint64) geminga_http_file_get_size (self->file);

  return self->body != NULL ? (gint64) g_bytes_get_size (self->body) : 0;
}

void
geminga_http_response_format_head (const GemingaHttpResponse *self,
                                   GString *out,
                                   const char *date,
                                   gboolean keep_alive,
                                   gboolean is_http10)
{
  append_status_line (out, self->status);
  append_field (out, "Date", date);
  if (!has_field (self, "Server"))
    APPEND_LITERAL (out, "Server: Geminga\r\n");
  if (self->content_type != NULL)
    append_field (out, "Content-Type", self->content_type);
  for (guint i = 0; self->fields != NULL && i < self->fields->len; i += 2)
    append_field (out, g_ptr_array_index (self->fields, i),
                  g_ptr_array_index (self->fields, i + 1));
  if (geminga_http_status_has_body (self->status))
    append_framing (out, geminga_http_response_get_length (self), is_http10);

  if (!keep_alive)
    APPEND_LITERAL (out, "Connection: close\r\n");
  else if (is_http10)
    APPEND_LITERAL (out, "Connection: keep-alive\r\n");
  APPEND_LITERAL (out, "\r\n");
}

gboolean
geminga_http_status_has_body (guint status)
{
  return status >= 200 && status != 204 && status != 304;
}

const char *
geminga_http_status_get_phrase (guint status)
{
  /* Not in libsoup's table, or not by their present name. */
  switch (status)
    {
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 408:
      return "Request Timeout";
    default:
      return soup_status_get_phrase (status);
    }
}

guint
geminga_http_status_from_error (const GError *error)
{
  if (error->domain == GEMINGA_ERROR)
    return status_from_geminga_error (error->code);
  if (error->domain == G_IO_ERROR)
    return status_from_io_error (error->code);

  return 500;
}

gboolean
geminga_http_is_token (const char *text)
{
  if (*text == '\0')
    return FALSE;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (!g_ascii_isalnum (*p) && *p != '-' && strchr ("!#$%&'*+-.^_`|~", *p) == NULL)
        return FALSE;
    }

  return TRUE;
}

gboolean
geminga_http_is_field_value (const char *text)
{
  for (const guchar *p = (const guchar *) text; *p != '\0'; p++)
    {
      if ((*p < 0x20 && *p != '\t') || *p == 0x7f)
        return FALSE;
    }

  return TRUE;
}
