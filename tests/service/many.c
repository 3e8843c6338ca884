/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Several services in one program: two that serve requests, and one with an actor of which there is one. */

#include <geminga.h>
#include <unistd.h>

#define CLERK_TYPE (clerk_get_type ())
G_DECLARE_FINAL_TYPE (Clerk, clerk, MANY, CLERK, GemingaActor)

struct _Clerk
{
  GemingaActor parent_instance;
};

G_DEFINE_FINAL_TYPE (Clerk, clerk, GEMINGA_TYPE_ACTOR)

static void
clerk_class_init (ClerkClass *klass)
{
}

static void
clerk_init (Clerk *self)
{
}

static void
answer_name (GemingaRequest *request, gpointer user_data)
{
  g_autofree char *text = g_strdup_printf ("%s %d\n", (const char *) user_data, (int) getpid ());

  geminga_request_respond_text (request, 200, text);
}

/* As a handler that computes for long. */
static void
hang (GemingaRequest *request, gpointer user_data)
{
  g_message ("Hanging");
  pause ();
}

/* Has something to do. */
static void
work (GemingaRequest *request, gpointer user_data)
{
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < end)
    continue;
  geminga_request_respond_text (request, 200, "done\n");
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaWebService) front = geminga_web_service_new ("org.example.Front");
  g_autoptr (GemingaWebService) admin = geminga_web_service_new ("org.example.Admin");
  const char *any_port = "127.0.0.1:0"; /* tests run side by side */
  g_autoptr (GemingaService) office = geminga_service_new ("org.example.Office");
  g_autoptr (GError) error = NULL;

  geminga_web_service_add_route (front, "GET", "/", answer_name, (gpointer) "front", NULL);
  geminga_web_service_add_route (front, "GET", "/hang", hang, NULL, NULL);
  geminga_web_service_add_route (front, "GET", "/busy", work, NULL, NULL);
  geminga_web_service_add_route (admin, "GET", "/", answer_name, (gpointer) "admin", NULL);
  geminga_service_add_actor (office, CLERK_TYPE, "clerk", GEMINGA_PLACEMENT_PROCESS, NULL, &error);
  g_assert_no_error (error);
  if (!geminga_settings_set_default (geminga_service_get_settings (GEMINGA_SERVICE (admin)), "bind",
                                     g_variant_new_strv (&any_port, 1), &error))
    g_error ("%s", error->message);
  geminga_service_add_service (GEMINGA_SERVICE (front), "admin", GEMINGA_SERVICE (admin), &error);
  g_assert_no_error (error);
  geminga_service_add_service (GEMINGA_SERVICE (front), "office", office, &error);
  g_assert_no_error (error);

  return geminga_service_run (GEMINGA_SERVICE (front), argc, argv);
}
