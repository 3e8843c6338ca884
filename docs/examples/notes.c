/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Notes over HTTP: routes with rules, a router below a prefix, middleware, JSON and forms. */
#include <geminga.h>

/* One worker's notes: the service runs one, so that they are everybody's. */
static void
show_note (GemingaRequest *request, gpointer user_data)
{
  GPtrArray *notes = user_data;
  gint64 id = geminga_request_get_param_int (request, "id", 0);

  if (id > notes->len)
    geminga_request_respond_text (request, 404, "There is no such note\n");
  else
    geminga_request_respond_text (request, 200, g_ptr_array_index (notes, id - 1));
}

static void
add_note (GemingaRequest *request, gpointer user_data)
{
  GPtrArray *notes = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = geminga_request_dup_json_variant (request, "a{ss}", &error);
  g_autofree char *path = NULL;
  char *text = NULL;

  if (value == NULL)
    {
      geminga_request_respond_error (request, error);
      return;
    }

  if (!g_variant_lookup (value, "text", "s", &text))
    {
      geminga_request_respond_text (request, 422, "A note has a “text”\n");
      return;
    }

  g_ptr_array_add (notes, text);
  path = geminga_request_build_path (request, "api.note",
                                     g_variant_new_parsed ("{'id': <%u>}", notes->len), NULL);
  geminga_request_set_response_header (request, "Location", path, NULL);
  geminga_request_respond_empty (request, 201);
}

static gboolean
check_key (GemingaRequest *request, gpointer user_data)
{
  if (g_strcmp0 (geminga_request_get_header (request, "X-Key"), "open sesame") != 0)
    geminga_request_respond_text (request, 403, "Who are you?\n");

  return FALSE;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaWebService) web = geminga_web_service_new ("org.example.Notes");
  GemingaRouter *router = geminga_web_service_get_router (web);
  g_autoptr (GemingaRouter) api = geminga_router_new ();
  g_autoptr (GemingaMiddleware) pages = geminga_error_pages_new ();
  g_autoptr (GemingaMiddleware) key = geminga_middleware_new_before_func (check_key, NULL, NULL);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  GemingaRoute *add = NULL;
  GemingaRoute *show = NULL;

  show = geminga_router_add_route (api, "GET", "/notes/{id:int(min=1)}", show_note, notes, NULL);
  add = geminga_router_add_route (api, "POST", "/notes", add_note, notes, NULL);
  geminga_route_add_middleware (add, key);
  geminga_router_add_middleware (router, pages);

  if (!geminga_route_set_name (show, "note", &error) ||
      !geminga_router_mount (router, "/api", "api", api, &error))
    g_error ("%s", error->message);

  return geminga_service_run (GEMINGA_SERVICE (web), argc, argv);
}
