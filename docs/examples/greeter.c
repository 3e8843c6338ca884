/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A web service with a setting of its own, a path parameter, JSON and an answer that comes later:
 *
 *     greeter --greeting Ahoy
 *     curl http://127.0.0.1:8060/hello/Ada
 */
#include <geminga.h>

static const GemingaSettingEntry settings[] = {
  { .name = "greeting",
    .type = GEMINGA_SETTING_TYPE_STRING,
    .default_value = "Hello",
    .help = "The word in front of the name" },
  { .name = "notice",
    .type = GEMINGA_SETTING_TYPE_PATH,
    .default_value = "/etc/os-release",
    .help = "The file that /notice shows" },
};

static void
greet (GemingaRequest *request, gpointer user_data)
{
  GemingaSettings *own = geminga_service_get_settings (user_data);
  g_autofree char *text =
      g_strdup_printf ("%s, %s!\n", geminga_settings_get_string (own, "greeting"),
                       geminga_request_get_param (request, "name"));

  geminga_request_respond_text (request, 200, text);
}

static void
add (GemingaRequest *request, gpointer user_data)
{
  gint64 a = geminga_request_get_param_int (request, "a", 0);
  gint64 b = geminga_request_get_param_int (request, "b", 0);
  GVariantDict answer;

  g_variant_dict_init (&answer, NULL);
  g_variant_dict_insert (&answer, "sum", "d", (double) a + (double) b);
  geminga_request_respond_variant (request, 200, g_variant_dict_end (&answer));
}

static void
on_loaded (GObject *file, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaRequest) request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) notice = g_file_load_bytes_finish (G_FILE (file), result, NULL, &error);

  if (notice != NULL)
    geminga_request_respond_bytes (request, 200, "text/plain; charset=utf-8", notice);
  else
    geminga_request_respond_error (request, error);
}

static void
show_notice (GemingaRequest *request, gpointer user_data)
{
  GemingaSettings *own = geminga_service_get_settings (user_data);
  g_autoptr (GFile) file = g_file_new_for_path (geminga_settings_get_string (own, "notice"));

  g_file_load_bytes_async (file, geminga_request_get_cancellable (request), on_loaded,
                           g_object_ref (request));
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaWebService) web = geminga_web_service_new ("org.example.Greeter");
  GemingaService *service = GEMINGA_SERVICE (web);

  geminga_settings_add_entries (geminga_service_get_settings (service), settings,
                                G_N_ELEMENTS (settings), NULL);
  geminga_web_service_add_route (web, "GET", "/hello/{name}", greet, service, NULL);
  geminga_web_service_add_route (web, "GET", "/sum/{a:int}/{b:int}", add, NULL, NULL);
  geminga_web_service_add_route (web, "GET", "/notice", show_notice, service, NULL);

  return geminga_service_run (service, argc, argv);
}
