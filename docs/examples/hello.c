/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <geminga.h>

static void
hello (GemingaRequest *request, gpointer user_data)
{
  geminga_request_respond_text (request, 200, "Hello World!\n");
}

int
main (int argc, char *argv[])
{
  g_autoptr (GemingaWebService) web = geminga_web_service_new ("org.example.Hello");

  geminga_web_service_add_route (web, "GET", "/", hello, NULL, NULL);
  return geminga_service_run (GEMINGA_SERVICE (web), argc, argv);
}
