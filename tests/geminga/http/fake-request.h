/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string.h>

#include "geminga-request-private.h"

/* Requests without a socket: what they are answered with is kept here. The main context must be
 * acquired by the thread, as a running loop does, for answers to arrive at once. */
typedef struct
{
  GemingaHttpResponse *response; /* (nullable) */
  GemingaHttpExchange *exchange; /* of the last request */
} Answer;

static inline void
answer_cb (GemingaHttpResponse *response, gpointer user_data)
{
  Answer *answer = user_data;

  g_assert_null (answer->response);
  answer->response = response;
}

static inline void
answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->response, geminga_http_response_free);
  g_clear_pointer (&answer->exchange, geminga_http_exchange_unref);
}

static inline GemingaRequest *
request_new (Answer *answer, const char *text, const char *body)
{
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  g_autoptr (GSocketAddress) remote = g_inet_socket_address_new_from_string ("192.0.2.7", 1234);
  GemingaHttpHead head;
  GemingaRequest *request = NULL;

  g_assert_cmpuint (geminga_http_head_parse (&head, text, strlen (text)), ==, 0);
  answer_clear (answer);
  answer->exchange = geminga_http_exchange_new (g_main_context_default (), answer_cb, answer, NULL);
  request = geminga_request_new_for_exchange (answer->exchange, &head, bytes, remote, 0xabcd, 42);

  return request;
}

static inline const char *
answer_get_field (const Answer *answer, const char *name)
{
  GPtrArray *fields = answer->response->fields;

  for (guint i = 0; fields != NULL && i < fields->len; i += 2)
    {
      if (g_ascii_strcasecmp (g_ptr_array_index (fields, i), name) == 0)
        return g_ptr_array_index (fields, i + 1);
    }

  return NULL;
}

static inline char *
answer_dup_text (const Answer *answer)
{
  gsize size = 0;
  const char *data =
      answer->response->body != NULL ? g_bytes_get_data (answer->response->body, &size) : NULL;

  return g_strndup (data != NULL ? data : "", size);
}
