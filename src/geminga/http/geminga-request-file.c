/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-request-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "geminga-http-conditions-private.h"
#include "geminga-http-file-private.h"
#include "geminga-http-mime-private.h"
#include "geminga-http-range-private.h"
#include "geminga-request-private.h"

/* Answers of GemingaRequest with files. */

/* Compressed siblings, the smallest first. */
static const struct
{
  const char *coding;
  const char *suffix;
} codings[] = {
  { "br", ".br" },
  { "zstd", ".zst" },
  { "gzip", ".gz" },
};

/* Helpers: opening */

/* A device or a pipe that is opened by mistake must not block. */
static int
open_path (const char *name, gpointer user_data)
{
  return open (name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static int
try_open (GemingaHttpOpened *self, const char *name, GemingaHttpOpenFunc open, gpointer user_data)
{
  int code = 0;

  self->fd = open (name, user_data);
  if (self->fd < 0)
    return errno;

  if (fstat (self->fd, &self->info) != 0)
    code = errno;
  else if (S_ISDIR (self->info.st_mode))
    code = EISDIR;
  else if (!S_ISREG (self->info.st_mode))
    code = ENOENT;
  if (code != 0)
    geminga_http_opened_clear (self);

  return code;
}

/* Helpers: answering */

static char *
format_etag (const GemingaHttpOpened *opened)
{
  const struct stat *info = &opened->info;

  return g_strdup_printf ("\"%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x-%lx%s%s\"",
                          (guint64) info->st_size, (guint64) info->st_mtim.tv_sec,
                          (gulong) info->st_mtim.tv_nsec, opened->coding != NULL ? "-" : "",
                          opened->coding != NULL ? opened->coding : "");
}

static char *
format_date (gint64 seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (seconds);

  return date != NULL ? soup_date_time_to_string (date, SOUP_DATE_HTTP) : NULL;
}

static char *
format_range (const GemingaHttpRange *range, guint64 size)
{
  return g_strdup_printf ("bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                          range->offset, range->offset + range->size - 1, size);
}

static void
set_part (GemingaHttpResponse *response, const GemingaHttpRange *range, guint64 size)
{
  g_autofree char *field = format_range (range, size);

  response->status = 206;
  geminga_http_response_set_field (response, "Content-Range", field);
  geminga_http_file_add_range (response->file, range->offset, range->size);
}

static void
set_parts (GemingaHttpResponse *response, GArray *ranges, guint64 size)
{
  g_autofree char *boundary =
      g_strdup_printf ("%08x%08x%08x", g_random_int (), g_random_int (), g_random_int ());
  g_autofree char *type = g_steal_pointer (&response->content_type);

  response->status = 206;
  response->content_type = g_strconcat ("multipart/byteranges; boundary=", boundary, NULL);
  for (guint i = 0; i < ranges->len; i++)
    {
      const GemingaHttpRange *range = &g_array_index (ranges, GemingaHttpRange, i);
      g_autofree char *field = format_range (range, size);

      geminga_http_file_add_text (response->file,
                                  g_strdup_printf ("\r\n--%s\r\n%s%s%sContent-Range: %s\r\n\r\n",
                                                   boundary, type != NULL ? "Content-Type: " : "",
                                                   type != NULL ? type : "",
                                                   type != NULL ? "\r\n" : "", field));
      geminga_http_file_add_range (response->file, range->offset, range->size);
    }
  geminga_http_file_add_text (response->file, g_strdup_printf ("\r\n--%s--\r\n", boundary));
}

static void
set_unsatisfiable (GemingaHttpResponse *response, guint64 size)
{
  g_autofree char *field = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, size);

  response->status = 416;
  g_clear_pointer (&response->content_type, g_free);
  g_clear_pointer (&response->file, geminga_http_file_free);
  geminga_http_response_set_field (response, "Content-Range", field);
}

static void
set_ranges (GemingaHttpResponse *response, GArray *ranges, guint64 size)
{
  if (ranges == NULL)
    geminga_http_file_add_range (response->file, 0, size);
  else if (ranges->len == 0)
    set_unsatisfiable (response, size);
  else if (ranges->len == 1)
    set_part (response, &g_array_index (ranges, GemingaHttpRange, 0), size);
  else
    set_parts (response, ranges, size);
}

static GArray *
get_ranges (GemingaRequest *request, const char *etag, const GemingaHttpOpened *opened)
{
  const char *field = geminga_request_get_header (request, "Range");

  if (field == NULL ||
      !geminga_http_conditions_allow_range (request, etag, opened->info.st_mtim.tv_sec))
    return NULL;

  return geminga_http_range_parse (field, (guint64) opened->info.st_size);
}

/* Private API */

int
geminga_http_opened_find (GemingaHttpOpened *self,
                          const char *name,
                          const char *accept,
                          GemingaHttpOpenFunc open,
                          gpointer user_data)
{
  memset (self, 0, sizeof *self);

  for (guint i = 0; accept != NULL && i < G_N_ELEMENTS (codings); i++)
    {
      g_autofree char *sibling = NULL;

      if (!geminga_http_conditions_accept_coding (accept, codings[i].coding))
        continue;
      sibling = g_strconcat (name, codings[i].suffix, NULL);
      if (try_open (self, sibling, open, user_data) == 0)
        {
          self->coding = codings[i].coding;
          return 0;
        }
    }

  return try_open (self, name, open, user_data);
}

void
geminga_http_opened_clear (GemingaHttpOpened *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

void
geminga_request_respond_opened (GemingaRequest *request,
                                GemingaHttpOpened *opened,
                                const char *name,
                                const char *content_type)
{
  g_autofree char *etag = format_etag (opened);
  g_autofree char *modified = format_date (opened->info.st_mtim.tv_sec);
  g_autofree char *guessed = content_type == NULL ? geminga_http_mime_guess (name) : NULL;
  guint status = geminga_http_conditions_check (request, etag, opened->info.st_mtim.tv_sec);
  GemingaHttpResponse *response = NULL;

  if (status == 412)
    response = geminga_http_response_new_plain (412, NULL);
  else
    response = geminga_http_response_new (status == 304 ? 304 : 200, NULL, NULL);
  if (geminga_request_get_response_header (request, "ETag") == NULL)
    geminga_http_response_set_field (response, "ETag", etag);
  if (modified != NULL)
    geminga_http_response_set_field (response, "Last-Modified", modified);
  if (opened->coding != NULL && status == 0)
    geminga_http_response_set_field (response, "Content-Encoding", opened->coding);

  if (status == 0)
    {
      g_autoptr (GArray) ranges = get_ranges (request, etag, opened);

      geminga_http_response_set_field (response, "Accept-Ranges", "bytes");
      response->content_type = g_strdup (content_type != NULL ? content_type : guessed);
      response->file = geminga_http_file_new (opened->fd);
      opened->fd = -1;
      set_ranges (response, ranges, (guint64) opened->info.st_size);
    }

  geminga_http_opened_clear (opened);
  geminga_request_respond (request, response);
}

void
geminga_request_respond_errno (GemingaRequest *request, const char *name, int code)
{
  switch (code)
    {
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case EXDEV:
    case ENAMETOOLONG:
    case ENXIO:
      geminga_request_respond_status (request, 404, NULL);
      return;
    case EACCES:
    case EPERM:
      geminga_request_respond_status (request, 403, NULL);
      return;
    default:
      break;
    }

  g_warning ("Request %s: %s cannot be opened: %s", geminga_request_get_id (request), name,
             g_strerror (code));
  geminga_request_respond_status (
      request, code == EMFILE || code == ENFILE || code == ENOMEM ? 503 : 500, NULL);
}

/* Public API */

/**
 * geminga_request_respond_file:
 * @self: a request
 * @path: (type filename): where the file is
 * @content_type: (nullable): the type of the file, or %NULL to tell it from its name
 *
 * Answers with a file.
 *
 * `ETag` and `Last-Modified` are sent, `If-Match`, `If-None-Match`, `If-Modified-Since`, `If-Unmodified-Since`, `If-Range` and
 * `Range`, with up to 16 parts, are honoured. When the client takes it, a sibling is sent that has been compressed
 * before: `PATH.br`, `PATH.zst` or `PATH.gz`. The kernel sends the file: it is never read into memory.
 *
 * A file that is not there, or is no regular file, is answered with status 404, one that may not be read with 403.
 *
 * A path that is made of what the client sent can lead anywhere: [class@Geminga.StaticFiles] keeps it
 * below a directory.
 *
 * Since: 0.1
 */
void
geminga_request_respond_file (GemingaRequest *self, const char *path, const char *content_type)
{
  GemingaHttpOpened opened;
  int code;

  g_return_if_fail (GEMINGA_IS_REQUEST (self));
  g_return_if_fail (path != NULL);
  g_return_if_fail (content_type == NULL || geminga_http_is_field_value (content_type));

  code = geminga_http_opened_find (
      &opened, path, geminga_request_get_header (self, "Accept-Encoding"), open_path, NULL);
  if (code != 0)
    {
      geminga_request_respond_errno (self, path, code);
      return;
    }

  if (!geminga_request_is_answered (self))
    geminga_request_add_response_header (self, "Vary", "Accept-Encoding", NULL);
  geminga_request_respond_opened (self, &opened, path, content_type);
}
