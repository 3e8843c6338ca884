/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-pipe-private.h"

#include <string.h>

/* Helpers */

static void
count_call (gpointer engine)
{
  (*(guint *) engine)++;
}

static gboolean
flag_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
assert_read (GemingaHttpPipe *pipe, const char *text)
{
  g_autoptr (GError) error = NULL;
  char buffer[64];
  gssize n = geminga_http_pipe_read (pipe, buffer, sizeof buffer, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (buffer, n, text, strlen (text));
}

/* Tests */

static void
test_bounded (void)
{
  g_autoptr (GemingaHttpPipe) pipe = geminga_http_pipe_new (g_main_context_default (), 4);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSource) source = NULL;
  gboolean has_room = FALSE;
  guint n_calls = 0;

  geminga_http_pipe_set_engine (pipe, count_call, &n_calls);
  g_assert_true (geminga_http_pipe_write (pipe, "abc", 3, &error));
  g_assert_true (geminga_http_pipe_write (pipe, "defgh", 5, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_calls, ==, 2);
  g_assert_false (geminga_http_pipe_has_room (pipe));
  g_assert_false (geminga_http_pipe_write (pipe, "i", 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);

  source = geminga_http_pipe_create_source (pipe, G_IO_OUT);
  g_source_set_callback (source, flag_cb, &has_room, NULL);
  g_source_attach (source, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_false (has_room);

  g_assert_false (geminga_http_pipe_is_wanted (pipe));
  assert_read (pipe, "abcdefgh");
  g_assert_true (geminga_http_pipe_is_wanted (pipe));
  while (!has_room)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpint (geminga_http_pipe_read (pipe, &has_room, 1, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  geminga_http_pipe_end (pipe, "tail");
  g_assert_true (geminga_http_pipe_is_drained (pipe));
  assert_read (pipe, "");
}

static void
test_failed (void)
{
  g_autoptr (GemingaHttpPipe) pipe = geminga_http_pipe_new (g_main_context_default (), 4);
  g_autoptr (GError) error = NULL;
  char buffer[4];

  g_assert_true (geminga_http_pipe_write (pipe, "abc", 3, NULL));
  geminga_http_pipe_fail (pipe, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "first"));
  geminga_http_pipe_fail (pipe, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "second"));
  g_assert_true (geminga_http_pipe_is_failed (pipe));
  g_assert_cmpuint (geminga_http_pipe_get_size (pipe), ==, 0);
  g_assert_cmpint (geminga_http_pipe_read (pipe, buffer, 4, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (geminga_http_pipe_write (pipe, "d", 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

/* A writer in a thread of its own waits for the reader in the loop. */

#define N_WRITTEN 2000

static gpointer
write_numbers (gpointer data)
{
  GemingaHttpPipe *pipe = data;

  for (guint i = 0; i < N_WRITTEN;)
    {
      g_autoptr (GError) error = NULL;
      guint8 byte = (guint8) i;

      if (geminga_http_pipe_write (pipe, &byte, 1, &error))
        {
          i++;
          continue;
        }
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
      g_clear_error (&error);
      g_assert_true (geminga_http_pipe_wait (pipe, G_IO_OUT, NULL, &error));
    }
  geminga_http_pipe_end (pipe, NULL);

  return NULL;
}

typedef struct
{
  GemingaHttpPipe *pipe;
  GString *out;
} Reader;

static void
take_all (gpointer engine)
{
  Reader *reader = engine;

  g_assert_cmpuint (geminga_http_pipe_get_size (reader->pipe), <=, 16);
  while (geminga_http_pipe_take (reader->pipe, reader->out, 7) > 0)
    continue;
}

static void
test_thread (void)
{
  g_autoptr (GemingaHttpPipe) pipe = geminga_http_pipe_new (g_main_context_default (), 16);
  Reader reader = { pipe, g_string_new (NULL) };
  GThread *thread = NULL;

  geminga_http_pipe_set_engine (pipe, take_all, &reader);
  thread = g_thread_new ("writer", write_numbers, pipe);
  while (!geminga_http_pipe_is_drained (pipe))
    g_main_context_iteration (NULL, FALSE);
  g_thread_join (thread);

  g_assert_cmpuint (reader.out->len, ==, N_WRITTEN);
  for (guint i = 0; i < N_WRITTEN; i++)
    g_assert_cmpuint ((guint8) reader.out->str[i], ==, i & 0xff);
  geminga_http_pipe_set_engine (pipe, NULL, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_string_free (reader.out, TRUE);
}

static gpointer
cancel (gpointer data)
{
  g_cancellable_cancel (data);

  return NULL;
}

static void
test_wait_cancelled (void)
{
  g_autoptr (GemingaHttpPipe) pipe = geminga_http_pipe_new (g_main_context_default (), 16);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("cancel", cancel, cancellable);

  g_assert_false (geminga_http_pipe_wait (pipe, G_IO_IN, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* Handlers run in the thread of the loop. */
  g_assert_true (g_main_context_acquire (NULL));

  g_test_add_func ("/http/pipe/bounded", test_bounded);
  g_test_add_func ("/http/pipe/failed", test_failed);
  g_test_add_func ("/http/pipe/thread", test_thread);
  g_test_add_func ("/http/pipe/wait/cancelled", test_wait_cancelled);

  return g_test_run ();
}
