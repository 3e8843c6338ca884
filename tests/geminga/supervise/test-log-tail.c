/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-log-tail-private.h"

#include <string.h>

#define N_LINES 4000

static void
assert_lines (GemingaLogTail *tail, guint max, const char *expected)
{
  g_auto (GStrv) lines = geminga_log_tail_dup_lines (tail, max);
  g_autofree char *joined = g_strjoinv ("|", lines);

  g_assert_cmpstr (joined, ==, expected);
}

static void
test_few (void)
{
  g_autofree GemingaLogTail *tail = g_new0 (GemingaLogTail, 1);

  assert_lines (tail, 3, "");
  geminga_log_tail_append (tail, "one\n");
  geminga_log_tail_append (tail, "two\xff\n");
  assert_lines (tail, 3, "one|two\357\277\275");
  assert_lines (tail, 1, "two\357\277\275");
  /* The process died in it. */
  geminga_log_tail_append (tail, "thr");
  assert_lines (tail, 3, "one|two\357\277\275");
}

static void
test_many (void)
{
  g_autofree GemingaLogTail *tail = g_new0 (GemingaLogTail, 1);
  g_auto (GStrv) lines = NULL;

  for (guint i = 0; i <= N_LINES; i++)
    {
      g_autofree char *line = g_strdup_printf ("line %u\n", i);
      g_autofree char *expected = g_strdup_printf ("line %u|line %u", i - 1, i);

      geminga_log_tail_append (tail, line);
      if (i > 0)
        assert_lines (tail, 2, expected);
    }

  lines = geminga_log_tail_dup_lines (tail, G_MAXUINT);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_true (g_str_has_prefix (lines[i], "line "));
  g_assert_cmpuint (g_strv_length (lines), ==, GEMINGA_LOG_TAIL_SIZE / strlen ("line 4000\n"));
}

static void
test_exactly_full (void)
{
  g_autofree GemingaLogTail *tail = g_new0 (GemingaLogTail, 1);
  g_autofree char *line = g_strnfill (GEMINGA_LOG_TAIL_SIZE, 'x');

  line[GEMINGA_LOG_TAIL_SIZE - 1] = '\n';
  geminga_log_tail_append (tail, line);
  line[GEMINGA_LOG_TAIL_SIZE - 1] = '\0';
  assert_lines (tail, 2, line);
}

static void
test_too_long (void)
{
  g_autofree GemingaLogTail *tail = g_new0 (GemingaLogTail, 1);
  g_autofree char *line = g_strnfill (3 * GEMINGA_LOG_TAIL_SIZE, 'x');

  line[3 * GEMINGA_LOG_TAIL_SIZE - 1] = '\n';
  geminga_log_tail_append (tail, line);
  geminga_log_tail_append (tail, "after\n");
  assert_lines (tail, 5, "after");
}

/* The count is a number that somebody else wrote. */
static void
test_any_count (void)
{
  g_autofree GemingaLogTail *tail = g_new0 (GemingaLogTail, 1);
  const guint counts[] = { 1, GEMINGA_LOG_TAIL_SIZE - 1, GEMINGA_LOG_TAIL_SIZE + 1, G_MAXUINT };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      memset (tail->bytes, 'y', sizeof tail->bytes);
      atomic_store (&tail->n_written, counts[i]);
      assert_lines (tail, 2, "");
      geminga_log_tail_append (tail, "\nnext\n");
      assert_lines (tail, 1, "next");
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/supervise/log-tail/few", test_few);
  g_test_add_func ("/supervise/log-tail/many", test_many);
  g_test_add_func ("/supervise/log-tail/exactly-full", test_exactly_full);
  g_test_add_func ("/supervise/log-tail/too-long", test_too_long);
  g_test_add_func ("/supervise/log-tail/any-count", test_any_count);

  return g_test_run ();
}
