/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "geminga-http-counters-private.h"

/* What one has written the other reads, also when the writer is gone. */
static void
test_page (void)
{
  GemingaHttpCounters values;
  GemingaHttpCounters *reader;
  GemingaHttpCounters *writer;
  g_autoptr (GError) error = NULL;
  int fd = -1;

  reader = geminga_http_counters_new_page (&fd, &error);
  g_assert_no_error (error);
  writer = geminga_http_counters_map_page (fd, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ftruncate (fd, 0), <, 0);
  close (fd);

  GEMINGA_HTTP_COUNT (writer, requests, 3);
  GEMINGA_HTTP_COUNT (writer, busy, 1);
  GEMINGA_HTTP_COUNT (writer, busy, -1);
  geminga_http_counters_free_page (writer);

  geminga_http_counters_read (reader, &values);
  g_assert_cmpuint (values.requests, ==, 3);
  g_assert_cmpuint (values.busy, ==, 0);
  g_assert_cmpuint (values.bytes_in, ==, 0);
  geminga_http_counters_free_page (reader);
}

static void
test_page_fails (void)
{
  g_autoptr (GError) error = NULL;
  int fd = open ("/dev/null", O_RDWR | O_CLOEXEC);

  g_assert_null (geminga_http_counters_map_page (fd, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  close (fd);

  g_assert_null (geminga_http_counters_map_page (-1, &error));
  g_assert_nonnull (error);
}

static void
test_sum (void)
{
  GemingaHttpCounters sum = { .requests = 1, .active = 2, .by_class = { 0, 0, 1 } };
  GemingaHttpCounters ended = {
    .requests = 4, .active = 1, .busy = 1, .by_class = { 0, 0, 3, 0, 0, 1 }
  };
  g_auto (GVariantDict) info = G_VARIANT_DICT_INIT (NULL);
  guint64 number = 0;
  guint32 open = 0;

  geminga_http_counters_end (&ended);
  geminga_http_counters_add (&sum, &ended);
  geminga_http_counters_tell (&sum, &info);

  g_assert_true (g_variant_dict_lookup (&info, "requests", "t", &number));
  g_assert_cmpuint (number, ==, 5);
  g_assert_true (g_variant_dict_lookup (&info, "answers-2xx", "t", &number));
  g_assert_cmpuint (number, ==, 4);
  g_assert_true (g_variant_dict_lookup (&info, "answers-5xx", "t", &number));
  g_assert_cmpuint (number, ==, 1);
  g_assert_true (g_variant_dict_lookup (&info, "active", "u", &open));
  g_assert_cmpuint (open, ==, 2);
  g_assert_true (g_variant_dict_lookup (&info, "busy", "u", &open));
  g_assert_cmpuint (open, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/counters/page", test_page);
  g_test_add_func ("/http/counters/page/fails", test_page_fails);
  g_test_add_func ("/http/counters/sum", test_sum);

  return g_test_run ();
}
