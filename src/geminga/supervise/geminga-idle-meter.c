/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-idle-meter-private.h"

/* A source that is never ready: the main loop prepares it before it waits, and checks it afterwards. */
struct _GemingaIdleMeter
{
  GSource source;

  gint64 waits_since; /* monotonic */
  gint64 idle;
};

/* GSource */

static gboolean
meter_prepare (GSource *source, int *timeout)
{
  ((GemingaIdleMeter *) source)->waits_since = g_get_monotonic_time ();
  *timeout = -1;

  return FALSE;
}

static gboolean
meter_check (GSource *source)
{
  GemingaIdleMeter *self = (GemingaIdleMeter *) source;

  if (self->waits_since != 0)
    self->idle += g_get_monotonic_time () - self->waits_since;
  self->waits_since = 0;

  return FALSE;
}

static gboolean
meter_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Private API */

GemingaIdleMeter *
geminga_idle_meter_new (void)
{
  static GSourceFuncs funcs = { .prepare = meter_prepare,
                                .check = meter_check,
                                .dispatch = meter_dispatch };
  GSource *source = g_source_new (&funcs, sizeof (GemingaIdleMeter));
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  g_source_set_static_name (source, "[geminga] idle meter");
  /* Sources behind one that is ready are not asked. */
  g_source_set_priority (source, G_MININT);
  g_source_attach (source, context);

  return (GemingaIdleMeter *) source;
}

void
geminga_idle_meter_free (GemingaIdleMeter *self)
{
  g_source_destroy (&self->source);
  g_source_unref (&self->source);
}

gint64
geminga_idle_meter_get_idle (GemingaIdleMeter *self)
{
  return self->idle;
}
