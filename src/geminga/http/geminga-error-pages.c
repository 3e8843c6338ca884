/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-error-pages.h"

#include <string.h>

#include "geminga-http-response-private.h"

/**
 * GemingaErrorPages:
 *
 * Tells of errors in the way that the client wants: as HTML, as `application/problem+json` (RFC 9457), or as
 * text, by its field `Accept`.
 *
 * Answers with a status from 400 on whose body is plain text, as those of the router and of
 * [method@Geminga.Request.respond_error], are rewritten; others are left alone.
 *
 * Since: 0.1
 */
struct _GemingaErrorPages
{
  GemingaMiddleware parent_instance;
};

G_DEFINE_FINAL_TYPE (GemingaErrorPages, geminga_error_pages, GEMINGA_TYPE_MIDDLEWARE)

/* Helpers */

static char *
make_html (guint status, const char *phrase, const char *detail)
{
  g_autofree char *escaped = g_markup_escape_text (detail, -1);

  return g_strdup_printf ("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
                          "<title>%u %s</title></head>\n<body><h1>%u %s</h1>\n<p>%s</p></body>\n"
                          "</html>\n",
                          status, phrase, status, phrase, escaped);
}

static char *
make_problem (guint status, const char *phrase, const char *detail)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "type");
  json_builder_add_string_value (builder, "about:blank");
  json_builder_set_member_name (builder, "title");
  json_builder_add_string_value (builder, phrase);
  json_builder_set_member_name (builder, "status");
  json_builder_add_int_value (builder, status);
  json_builder_set_member_name (builder, "detail");
  json_builder_add_string_value (builder, detail);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);

  return json_to_string (root, FALSE);
}

/* GemingaMiddleware */

static gboolean
geminga_error_pages_after (GemingaMiddleware *middleware,
                           GemingaRequest *request,
                           GemingaResponse *response)
{
  static const char *const offers[] = { "text/plain", "application/problem+json",
                                        "application/json", "text/html", NULL };
  guint status = geminga_response_get_status (response);
  const char *type = geminga_response_get_header (response, "Content-Type");
  const char *text = geminga_response_get_body_text (response);
  const char *phrase = geminga_http_status_get_phrase (status);
  const char *chosen = NULL;
  g_autofree char *detail = NULL;
  g_autofree char *page = NULL;
  g_autoptr (GBytes) body = NULL;

  if (status < 400 || type == NULL || !g_str_has_prefix (type, "text/plain") || text == NULL)
    return FALSE;

  geminga_response_add_header (response, "Vary", "Accept", NULL);
  chosen = geminga_request_choose_type (request, offers);
  if (chosen == NULL || chosen == offers[0])
    return FALSE;

  detail = g_strchomp (g_strdup (text));
  page = chosen == offers[3] ? make_html (status, phrase, detail)
                             : make_problem (status, phrase, detail);
  body = g_bytes_new_take (page, strlen (page));
  page = NULL;
  geminga_response_set_body (
      response, chosen == offers[3] ? "text/html; charset=utf-8" : "application/problem+json",
      body);

  return FALSE;
}

/* GObject */

static void
geminga_error_pages_class_init (GemingaErrorPagesClass *klass)
{
  GEMINGA_MIDDLEWARE_CLASS (klass)->after = geminga_error_pages_after;
}

static void
geminga_error_pages_init (GemingaErrorPages *self)
{
}

/* Public API */

/**
 * geminga_error_pages_new:
 *
 * Creates a middleware that rewrites errors.
 *
 * Returns: (transfer full): the middleware
 *
 * Since: 0.1
 */
GemingaMiddleware *
geminga_error_pages_new (void)
{
  return g_object_new (GEMINGA_TYPE_ERROR_PAGES, NULL);
}
