/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include "geminga-target-private.h"
#include "geminga-thread-private.h"

/* Helpers */

static void
use_messages (guint n_messages)
{
  GemingaMessage *messages[10];

  g_assert_cmpuint (n_messages, <=, G_N_ELEMENTS (messages));
  for (guint i = 0; i < n_messages; i++)
    messages[i] = geminga_message_new (GEMINGA_MESSAGE_STOP, NULL);
  for (guint i = 0; i < n_messages; i++)
    geminga_message_free (messages[i]);
}

static gpointer
get_twice (gpointer data)
{
  GemingaThread *thread = geminga_thread_get ();

  g_assert_true (geminga_thread_get () == thread);
  g_assert_true (thread != data);

  return NULL;
}

/* Runs after the library's own destructor. */
static void
use_late (gpointer data)
{
  guint *n_spare = data;

  *n_spare = geminga_thread_get ()->messages.n_spare;
  use_messages (1);
}

static gpointer
leave_work (gpointer data)
{
  static GPrivate work = G_PRIVATE_INIT (use_late);

  use_messages (10);
  g_private_set (&work, data);

  return NULL;
}

/* Tests */

static void
test_get (void)
{
  get_twice (NULL);
  g_thread_join (g_thread_new ("other", get_twice, geminga_thread_get ()));
}

/* What a thread does when its private data is freed finds no data that is freed already. */
static void
test_late (void)
{
  guint n_spare = G_MAXUINT;

  geminga_thread_get ();
  g_thread_join (g_thread_new ("late", leave_work, &n_spare));
  g_assert_cmpuint (n_spare, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/thread/get", test_get);
  g_test_add_func ("/core/thread/late", test_late);

  return g_test_run ();
}
