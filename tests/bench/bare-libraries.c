/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#include <glib-unix.h>
#include <libsoup/soup.h>

/* What a program costs that uses the libraries Geminga uses and only runs a main loop: "ready" on standard
 * output says that it does. */

static gboolean
ready_cb (gpointer user_data)
{
  g_print ("ready\n");

  return G_SOURCE_REMOVE;
}

static gboolean
on_terminated (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_CONTINUE;
}

int
main (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_type_ensure (G_TYPE_APPLICATION);
  g_assert (soup_get_major_version () == 3);
  g_unix_signal_add (SIGTERM, on_terminated, loop);
  g_idle_add (ready_cb, NULL);
  g_main_loop_run (loop);

  return 0;
}
