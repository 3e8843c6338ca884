/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include "geminga-wait-graph-private.h"

/* Helpers */

static char **
split_keys (const char *text)
{
  return *text == '\0' || g_str_equal (text, "-") ? g_new0 (char *, 1) : g_strsplit (text, ",", -1);
}

/*
 * Nodes are written "key waits-for above", where "-" is none. What begins with a capital letter is a step, which
 * has its key for a label.
 */
static void
add (GemingaWaitGraph *graph, const char *text, gboolean is_fresh)
{
  g_auto (GStrv) lines = g_strsplit (text, "; ", -1);
  GVariantBuilder nodes;
  g_autoptr (GVariant) value = NULL;

  g_variant_builder_init (&nodes, GEMINGA_WAIT_NODES_TYPE);
  for (gsize i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", 3);
      g_auto (GStrv) waited_for = split_keys (words[1]);
      g_auto (GStrv) above = split_keys (words[2]);
      gboolean is_step = g_ascii_isupper (words[0][0]);
      g_autofree char *path = is_step ? g_strconcat ("/", words[0], NULL) : g_strdup ("");

      g_variant_builder_add (&nodes, "(sss^as^asb)", words[0], is_step ? words[0] : "", path,
                             waited_for, above, is_fresh);
    }
  value = g_variant_ref_sink (g_variant_builder_end (&nodes));
  geminga_wait_graph_add (graph, value);
}

static GemingaWaitGraph *
parse (const char *text, gboolean *is_stuck)
{
  GemingaWaitGraph *graph = geminga_wait_graph_new ();

  add (graph, text, TRUE);
  *is_stuck = geminga_wait_graph_settle (graph);

  return graph;
}

/* What the second look confirms: chains, each with its asks and actors. */
static char *
confirm (const char *first, const char *second)
{
  gboolean is_stuck;
  g_autoptr (GemingaWaitGraph) older = parse (first, &is_stuck);
  g_autoptr (GemingaWaitGraph) graph = parse (second, &is_stuck);
  g_autoptr (GPtrArray) deadlocks = geminga_wait_graph_confirm (graph, older);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < deadlocks->len; i++)
    {
      GemingaDeadlock *deadlock = g_ptr_array_index (deadlocks, i);

      g_string_append_printf (text, "%s%s [", text->len > 0 ? "; " : "", deadlock->chain);
      for (guint j = 0; j < deadlock->asks->len; j++)
        g_string_append_printf (text, "%s%s", j > 0 ? " " : "",
                                (char *) g_ptr_array_index (deadlock->asks, j));
      g_string_append (text, "]");
      for (guint j = 0; j < deadlock->actors->len; j++)
        g_string_append_printf (text, " %s", (char *) g_ptr_array_index (deadlock->actors, j));
    }

  return g_string_free (text, FALSE);
}

/* Tests */

#define TWO "A ask:1 -; ask:1 B -; B ask:2 -; ask:2 halt -; halt A -"

static void
test_settle (void)
{
  static const struct
  {
    const char *text;
    gboolean is_stuck;
  } vectors[] = {
    { "A - -", FALSE },
    { "A ask:1 -", FALSE },
    { "A ask:1 -; ask:1 B -; B - -", FALSE },
    { "A ask:1 -; ask:1 halt -; halt A -", TRUE },
    { TWO, TRUE },
    { "A ask:1 -; ask:1 B -; B ask:2 -; ask:2 C -; C ask:3 -; ask:3 halt -; halt A -", TRUE },
    /* Something else may let it go on. */
    { "A ask:1,ask:9 -; ask:1 B -; B ask:2 -; ask:2 halt -; halt A -", FALSE },
    { "A ask:1,ask:9 -; ask:1 B -; B ask:2 -; ask:2 halt -; halt A -; ask:9 D -; D - -", FALSE },
    { "A ask:1,ask:3 -; ask:1 B -; B ask:2 -; ask:2 halt -; halt A -; ask:3 B -", TRUE },
    /* Who waits for those that are stuck is as well, but nobody who only has others waiting. */
    { TWO "; C ask:4 -; ask:4 halt -", TRUE },
    /* On a stack. */
    { "A - B; B ask:1 -; ask:1 halt -; halt A -", TRUE },
    { "A ask:2 B; B ask:1 -; ask:1 halt -; halt A -", TRUE },
    { "A - B; B - -; halt A -", FALSE },
    { "A - B; B ask:1 -; ask:1 C -; C - -", FALSE },
    /* Two who do not agree. */
    { TWO "; ask:2 D -", FALSE },
    { TWO "; ask:2 halt -", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gboolean is_stuck;
      g_autoptr (GemingaWaitGraph) graph = parse (vectors[i].text, &is_stuck);

      g_test_message ("%s", vectors[i].text);
      g_assert_nonnull (graph);
      g_assert_true (is_stuck == vectors[i].is_stuck);
    }
}

static void
test_confirm (void)
{
  static const struct
  {
    const char *first;
    const char *second;
    const char *expected;
  } vectors[] = {
    { TWO, TWO, "A waits for B, which waits for A [ask:1 ask:2] /A /B" },
    { "A ask:1 -; ask:1 halt -; halt A -", "A ask:1 -; ask:1 halt -; halt A -",
      "A waits for itself [ask:1] /A" },
    /* In another order, with others, and with those who wait from outside. */
    { "B ask:2 -; halt A -; A ask:1 -; ask:2 halt -; ask:1 B -", TWO "; Z - -",
      "A waits for B, which waits for A [ask:1 ask:2] /A /B" },
    { TWO "; C ask:4 -; ask:4 halt -", "C ask:4 -; ask:4 halt -; " TWO,
      "A waits for B, which waits for A [ask:1 ask:2] /A /B" },
    /* Two at once. */
    { TWO "; C ask:3 -; ask:3 stop -; stop C -", TWO "; C ask:3 -; ask:3 stop -; stop C -",
      "A waits for B, which waits for A [ask:1 ask:2] /A /B; C waits for itself [ask:3] /C" },
    /* The alias of an ask is nobody's to fail. */
    { "A ask:1 -; ask:1 wire -; wire B -; B ask:2 -; ask:2 halt -; halt A -",
      "A ask:1 -; ask:1 wire -; wire B -; B ask:2 -; ask:2 halt -; halt A -",
      "A waits for B, which waits for A [ask:1 ask:2] /A /B" },
    { "A - B; B ask:1 -; ask:1 halt -; halt A -", "A - B; B ask:1 -; ask:1 halt -; halt A -",
      "A waits for B, which waits for A [ask:1] /A /B" },
    /* Something has changed. */
    { "A ask:1 -; ask:1 B -; B ask:7 -; ask:7 halt -; halt A -", TWO, "" },
    { "A ask:1 -; ask:1 B -; B ask:2 -; ask:2 halt2 -; halt2 A -", TWO, "" },
    { "A ask:1,ask:9 -; ask:9 B -; ask:1 B -; B ask:2 -; ask:2 halt -; halt A -", TWO, "" },
    { "A ask:1 -", TWO, "" },
    { TWO, "A ask:1 -; ask:1 B -; B - -", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text = confirm (vectors[i].first, vectors[i].second);

      g_test_message ("%s, then %s", vectors[i].first, vectors[i].second);
      g_assert_cmpstr (text, ==, vectors[i].expected);
    }
}

/* What was seen before the first look was complete says nothing about later. */
static void
test_stale (void)
{
  gboolean is_stuck;
  g_autoptr (GemingaWaitGraph) older = parse (TWO, &is_stuck);
  g_autoptr (GemingaWaitGraph) graph = geminga_wait_graph_new ();
  g_autoptr (GPtrArray) deadlocks = NULL;

  add (graph, "A ask:1 -; ask:1 B -; B ask:2 -; ask:2 halt -", TRUE);
  add (graph, "halt A -", FALSE);
  g_assert_true (geminga_wait_graph_settle (graph));
  deadlocks = geminga_wait_graph_confirm (graph, older);
  g_assert_cmpuint (deadlocks->len, ==, 0);
}

/* However long. */
static void
test_long (void)
{
  g_autoptr (GString) chain = g_string_new (NULL);
  gboolean is_stuck;
  g_autoptr (GemingaWaitGraph) stuck = NULL;
  g_autoptr (GemingaWaitGraph) live = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (chain, "A%u ask:%u -; ask:%u A%u -; ", i, i, i, i + 1);
  live = parse (chain->str, &is_stuck);
  g_assert_false (is_stuck);
  g_string_append (chain, "A10000 ask:x -; ask:x A0 -");
  stuck = parse (chain->str, &is_stuck);
  g_assert_true (is_stuck);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/wait-graph/settle", test_settle);
  g_test_add_func ("/core/wait-graph/confirm", test_confirm);
  g_test_add_func ("/core/wait-graph/stale", test_stale);
  g_test_add_func ("/core/wait-graph/long", test_long);

  return g_test_run ();
}
