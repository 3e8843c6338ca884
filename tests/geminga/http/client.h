/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string.h>

#include "geminga-test-client.h"

/* Requests to a router, one line each: waits for the answer. */

static inline void
client_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* @fields is "Name: value" lines, or NULL. */
static inline GemingaResponse *
client_send (GemingaTestClient *client,
             const char *method,
             const char *target,
             const char *fields,
             const char *body)
{
  g_autoptr (SoupMessageHeaders) headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  g_auto (GStrv) lines = g_strsplit (fields != NULL ? fields : "", "\n", -1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GemingaResponse *response = NULL;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *colon = strchr (lines[i], ':');

      if (colon == NULL)
        continue;
      *colon = '\0';
      soup_message_headers_append (headers, lines[i], g_strchug (colon + 1));
    }

  geminga_test_client_send_async (client, method, target, headers, bytes, NULL, client_answered_cb,
                                  &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  response = geminga_test_client_send_finish (client, result, &error);
  g_assert_no_error (error);

  return response;
}
