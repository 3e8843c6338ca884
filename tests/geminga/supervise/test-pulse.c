/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-pulse-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "geminga-error.h"

typedef struct
{
  GemingaPulse *pulse; /* the arbiter's */
  GemingaPulse *own;   /* the process's */
  int fd;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->pulse = geminga_pulse_new (&self->fd, &error);
  g_assert_no_error (error);
  self->own = geminga_pulse_new_for_fd (self->fd, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  close (self->fd);
  geminga_pulse_free (self->own);
  geminga_pulse_free (self->pulse);
}

static void
test_source (Fixture *self, gconstpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) source = geminga_pulse_create_source (self->own);
  g_autoptr (GSource) work = g_idle_source_new ();
  gint64 before = g_get_monotonic_time ();
  int priority;
  int timeout;

  g_source_attach (source, context);
  g_source_set_priority (work, G_PRIORITY_HIGH);
  g_source_attach (work, context);
  g_assert_cmpint (geminga_pulse_get_busy_since (self->pulse), ==, 0);
  g_assert_true (g_main_context_acquire (context));
  for (guint i = 0; i < 2; i++)
    {
      /* Around the wait: before it, and when there is something to do. */
      g_assert_true (g_main_context_prepare (context, &priority));
      g_assert_cmpint (geminga_pulse_get_busy_since (self->pulse), ==, 0);
      g_main_context_query (context, priority, &timeout, NULL, 0);
      g_assert_true (g_main_context_check (context, priority, NULL, 0));
      g_assert_cmpint (geminga_pulse_get_busy_since (self->pulse), >=, before);
      g_assert_cmpint (geminga_pulse_get_busy_since (self->pulse), <=, g_get_monotonic_time ());
    }
  g_main_context_release (context);
  g_source_destroy (source);
}

/* Of what the other side may do to the page nothing is a crash here. */
static void
test_sealed (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (ftruncate (self->fd, 0), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint (fcntl (self->fd, F_ADD_SEALS, F_SEAL_WRITE), ==, -1);
  g_assert_cmpint (geminga_pulse_get_busy_since (self->pulse), ==, 0);
}

static void
test_new_fails (void)
{
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_null (geminga_pulse_new_for_fd (-1, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED);
  g_clear_error (&error);
  g_assert_cmpint (pipe (fds), ==, 0);
  g_assert_null (geminga_pulse_new_for_fd (fds[0], &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED);
  close (fds[0]);
  close (fds[1]);
}

#define ADD(name, func) \
  g_test_add ("/supervise/pulse/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("source", test_source);
  ADD ("sealed", test_sealed);
  g_test_add_func ("/supervise/pulse/new/fails", test_new_fails);

  return g_test_run ();
}
