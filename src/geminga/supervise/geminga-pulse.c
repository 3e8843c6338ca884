/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-pulse-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "geminga-error.h"

/* In the page. */
typedef struct
{
  _Atomic (gint64) busy_since;
} Shown;

struct _GemingaPulse
{
  Shown *shown; /* (owned): mapped */
};

typedef struct
{
  GSource source;

  GemingaPulse *pulse; /* not owned */
} PulseSource;

/* Helpers */

static GemingaPulse *
map (int fd, int protection, GError **error)
{
  void *page = mmap (NULL, sizeof (Shown), protection, MAP_SHARED, fd, 0);
  GemingaPulse *self;

  if (page == MAP_FAILED)
    {
      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED,
                   "memory cannot be shared with it: %s", g_strerror (errno));
      return NULL;
    }

  self = g_new0 (GemingaPulse, 1);
  self->shown = page;

  return self;
}

/* Of a fixed size: whoever could make it smaller would crash the arbiter. */
static int
make_page (void)
{
  int fd = memfd_create ("geminga-pulse", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  int code;

  if (fd < 0 || (ftruncate (fd, sizeof (Shown)) == 0 &&
                 fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0))
    return fd;

  code = errno;
  close (fd);
  errno = code;

  return -1;
}

static void
show (GSource *source, gint64 time)
{
  atomic_store_explicit (&((PulseSource *) source)->pulse->shown->busy_since, time,
                         memory_order_relaxed);
}

/* GSource: it never has anything to do, but is asked before and after the main loop waits. */

static gboolean
pulse_source_prepare (GSource *source, int *timeout)
{
  *timeout = -1;
  show (source, 0);

  return FALSE;
}

static gboolean
pulse_source_check (GSource *source)
{
  show (source, g_source_get_time (source));

  return FALSE;
}

static gboolean
pulse_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .prepare = pulse_source_prepare,
  .check = pulse_source_check,
  .dispatch = pulse_source_dispatch,
};

/* Private API */

GemingaPulse *
geminga_pulse_new (int *fd, GError **error)
{
  GemingaPulse *self;

  *fd = make_page ();
  self = map (*fd, PROT_READ, error);
  if (self == NULL && *fd >= 0)
    {
      close (*fd);
      *fd = -1;
    }

  return self;
}

GemingaPulse *
geminga_pulse_new_for_fd (int fd, GError **error)
{
  return map (fd, PROT_READ | PROT_WRITE, error);
}

void
geminga_pulse_free (GemingaPulse *self)
{
  munmap (self->shown, sizeof (Shown));
  g_free (self);
}

GSource *
geminga_pulse_create_source (GemingaPulse *self)
{
  GSource *source = g_source_new (&source_funcs, sizeof (PulseSource));

  ((PulseSource *) source)->pulse = self;
  g_source_set_static_name (source, "[geminga] pulse");
  /* Before all others, or it is not asked when one of them has something to do. */
  g_source_set_priority (source, G_MININT);

  return source;
}

gint64
geminga_pulse_get_busy_since (GemingaPulse *self)
{
  return atomic_load_explicit (&self->shown->busy_since, memory_order_relaxed);
}
