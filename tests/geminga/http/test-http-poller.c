/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-poller-private.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct _Item Item;
struct _Item
{
  int fds[2];
  guint refs;
  guint ready;
  gboolean gone;
  GemingaHttpPoller *poller;
  Item *victim; /* (nullable): removed when this one is ready */
};

/* Helpers */

static gpointer
item_ref (gpointer data)
{
  ((Item *) data)->refs++;

  return data;
}

static void
item_unref (gpointer data)
{
  g_assert_cmpuint (((Item *) data)->refs, >, 0);
  ((Item *) data)->refs--;
}

static void
item_ready (gpointer data, guint32 events)
{
  Item *item = data;

  g_assert_cmpuint (item->refs, >, 0);
  if (item->gone)
    return;

  item->ready++;
  if (item->victim != NULL && !item->victim->gone)
    {
      geminga_http_poller_remove (item->poller, item->victim->fds[0]);
      item->victim->gone = TRUE;
    }
}

static const GemingaHttpPollerFuncs funcs = { item_ref, item_unref, item_ready };

static void
item_init (Item *item, GemingaHttpPoller *poller)
{
  *item = (Item){ .poller = poller };
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, item->fds), ==, 0);
  g_assert_true (geminga_http_poller_add (poller, item->fds[0], EPOLLIN, item));
}

static void
item_clear (Item *item)
{
  if (!item->gone)
    geminga_http_poller_remove (item->poller, item->fds[0]);
  close (item->fds[0]);
  close (item->fds[1]);
  g_assert_cmpuint (item->refs, ==, 0);
}

static void
turn (GMainContext *context)
{
  g_main_context_iteration (context, FALSE);
}

/* Tests */

static void
test_events (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GError) error = NULL;
  GemingaHttpPoller *poller = geminga_http_poller_new (context, &funcs, &error);
  Item item;

  g_assert_no_error (error);
  item_init (&item, poller);
  turn (context);
  g_assert_cmpuint (item.ready, ==, 0);

  g_assert_cmpint (write (item.fds[1], "x", 1), ==, 1);
  turn (context);
  turn (context);
  g_assert_cmpuint (item.ready, ==, 2);

  geminga_http_poller_modify (poller, item.fds[0], EPOLLRDHUP, &item);
  turn (context);
  g_assert_cmpuint (item.ready, ==, 2);
  g_assert_cmpint (shutdown (item.fds[1], SHUT_WR), ==, 0);
  turn (context);
  g_assert_cmpuint (item.ready, ==, 3);

  item_clear (&item);
  geminga_http_poller_free (poller);
}

/* One item ends another whose events were fetched already. */
static void
test_removed_in_turn (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GemingaHttpPoller *poller = geminga_http_poller_new (context, &funcs, NULL);
  Item a, b;

  item_init (&a, poller);
  item_init (&b, poller);
  a.victim = &b;
  b.victim = &a;
  g_assert_cmpint (write (a.fds[1], "x", 1), ==, 1);
  g_assert_cmpint (write (b.fds[1], "x", 1), ==, 1);
  turn (context);
  g_assert_cmpuint (a.ready + b.ready, ==, 1);

  item_clear (&a);
  item_clear (&b);
  geminga_http_poller_free (poller);
}

static void
test_many (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GemingaHttpPoller *poller = geminga_http_poller_new (context, &funcs, NULL);
  Item items[100];
  guint missed = G_N_ELEMENTS (items);

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      item_init (&items[i], poller);
      g_assert_cmpint (write (items[i].fds[1], "x", 1), ==, 1);
    }

  /* More than a batch: nobody starves. */
  for (guint turns = 0; turns < 10 && missed > 0; turns++)
    {
      turn (context);
      missed = 0;
      for (guint i = 0; i < G_N_ELEMENTS (items); i++)
        missed += items[i].ready == 0;
    }
  g_assert_cmpuint (missed, ==, 0);

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    item_clear (&items[i]);
  geminga_http_poller_free (poller);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/poller/events", test_events);
  g_test_add_func ("/http/poller/removed-in-turn", test_removed_in_turn);
  g_test_add_func ("/http/poller/many", test_many);

  return g_test_run ();
}
