/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What handlers do: each kind of answer, now or later, or none at all. */

#include <geminga.h>
#include <stdlib.h>

static void
greet (GemingaRequest *request, gpointer user_data)
{
  g_autofree char *text =
      g_strdup_printf ("Hello, %s!\n", geminga_request_get_param (request, "name"));

  geminga_request_respond_text (request, 200, text);
}

static void
find_user (GemingaRequest *request, gpointer user_data)
{
  gint64 id = geminga_request_get_param_int (request, "id", 0);

  geminga_request_respond_variant (request, 200, g_variant_new_parsed ("{'id': %x}", id));
}

static void
make_user (GemingaRequest *request, gpointer user_data)
{
  geminga_request_set_response_header (request, "Location", "/users/7", NULL);
  geminga_request_respond_json (request, 201, "{\"id\":7}");
}

static void
remove_user (GemingaRequest *request, gpointer user_data)
{
  geminga_request_respond_empty (request, 204);
}

static void
find_file (GemingaRequest *request, gpointer user_data)
{
  geminga_request_respond_text (request, 200, geminga_request_get_param (request, "name"));
}

static void
echo (GemingaRequest *request, gpointer user_data)
{
  const char *type = geminga_request_get_header (request, "Content-Type");

  geminga_request_respond_bytes (request, 200, type != NULL ? type : "application/octet-stream",
                                 geminga_request_get_body (request));
}

static void
tell_query (GemingaRequest *request, gpointer user_data)
{
  const char *name = geminga_request_get_query_param (request, "name");
  const char *agent = geminga_request_get_header (request, "User-Agent");
  g_autofree char *text =
      g_strdup_printf ("%s|%s|%s", name, agent, geminga_request_get_raw_query (request));

  geminga_request_add_response_header (request, "X-Two", "a", NULL);
  geminga_request_add_response_header (request, "X-Two", "b", NULL);
  geminga_request_respond_text (request, 200, text);
}

static void
respond_large (GemingaRequest *request, gpointer user_data)
{
  gsize size = (gsize) geminga_request_get_param_int (request, "size", 0);
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);

  geminga_request_respond_bytes (request, 200, "application/octet-stream", bytes);
}

static gboolean
on_later (gpointer user_data)
{
  geminga_request_respond_text (user_data, 200, "later\n");

  return G_SOURCE_REMOVE;
}

static void
respond_later (GemingaRequest *request, gpointer user_data)
{
  guint delay = (guint) geminga_request_get_param_int (request, "delay", 0);

  g_timeout_add_full (G_PRIORITY_DEFAULT, delay, on_later, g_object_ref (request), g_object_unref);
}

static gpointer
answer_elsewhere (gpointer data)
{
  g_autoptr (GemingaRequest) request = data;

  geminga_request_respond_text (request, 200, "from a thread\n");

  return NULL;
}

static void
respond_in_thread (GemingaRequest *request, gpointer user_data)
{
  g_thread_unref (g_thread_new ("answer", answer_elsewhere, g_object_ref (request)));
}

static gboolean
on_gone (GCancellable *cancellable, gpointer user_data)
{
  g_message ("The client has gone");

  return G_SOURCE_REMOVE;
}

/* Gives up when its client has gone. */
static void
wait_for_client (GemingaRequest *request, gpointer user_data)
{
  g_autoptr (GSource) source = g_cancellable_source_new (geminga_request_get_cancellable (request));

  g_source_set_callback (source, G_SOURCE_FUNC (on_gone), g_object_ref (request), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
  g_message ("Waiting");
}

static void
fail (GemingaRequest *request, gpointer user_data)
{
  g_autoptr (GError) error =
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "The secret is 42");

  geminga_request_respond_error (request, error);
}

static void
forget (GemingaRequest *request, gpointer user_data)
{
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaWebService) web = geminga_web_service_new ("org.example.Web");

  geminga_web_service_add_route (web, "GET", "/hello/{name}", greet, NULL, NULL);
  geminga_web_service_add_route (web, "GET", "/users/{id:int}", find_user, NULL, NULL);
  geminga_web_service_add_route (web, "POST", "/users", make_user, NULL, NULL);
  geminga_web_service_add_route (web, "DELETE", "/users/{id:int}", remove_user, NULL, NULL);
  geminga_web_service_add_route (web, "GET", "/files/{name:path}", find_file, NULL, NULL);
  geminga_web_service_add_route (web, "POST,PUT", "/echo", echo, NULL, NULL);
  geminga_web_service_add_route (web, "GET", "/query", tell_query, NULL, NULL);
  geminga_web_service_add_route (web, "GET", "/large/{size:int}", respond_large, NULL, NULL);
  geminga_web_service_add_route (web, "GET", "/later/{delay:int}", respond_later, NULL, NULL);
  geminga_web_service_add_route (web, "GET", "/thread", respond_in_thread, NULL, NULL);
  geminga_web_service_add_route (web, "GET", "/wait", wait_for_client, NULL, NULL);
  geminga_web_service_add_route (web, "GET", "/fail", fail, NULL, NULL);
  geminga_web_service_add_route (web, "GET", "/forget", forget, NULL, NULL);

  return geminga_service_run (GEMINGA_SERVICE (web), argc, argv);
}
