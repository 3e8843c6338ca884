/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-maintenance.h"

/**
 * GemingaMaintenance:
 *
 * Answers all requests with status 503 while it is active. It is not, until it is told so.
 *
 * It may be switched from any thread, in its own process: each worker has its own.
 *
 * Since: 0.1
 */
struct _GemingaMaintenance
{
  GemingaMiddleware parent_instance;

  guint retry_after; /* seconds */
  int active;        /* atomic */
};

G_DEFINE_FINAL_TYPE (GemingaMaintenance, geminga_maintenance, GEMINGA_TYPE_MIDDLEWARE)

/* GemingaMiddleware */

static gboolean
geminga_maintenance_before (GemingaMiddleware *middleware, GemingaRequest *request)
{
  GemingaMaintenance *self = GEMINGA_MAINTENANCE (middleware);
  g_autofree char *text = NULL;

  if (!g_atomic_int_get (&self->active))
    return FALSE;

  text = g_strdup_printf ("%u", self->retry_after);
  geminga_request_set_response_header (request, "Retry-After", text, NULL);
  geminga_request_respond_text (request, 503, "Service in maintenance\n");

  return FALSE;
}

/* GObject */

static void
geminga_maintenance_class_init (GemingaMaintenanceClass *klass)
{
  GEMINGA_MIDDLEWARE_CLASS (klass)->before = geminga_maintenance_before;
}

static void
geminga_maintenance_init (GemingaMaintenance *self)
{
}

/* Public API */

/**
 * geminga_maintenance_new:
 * @retry_after: after how many seconds clients should come again
 *
 * Creates a middleware that is not active.
 *
 * Returns: (transfer full): the middleware
 *
 * Since: 0.1
 */
GemingaMiddleware *
geminga_maintenance_new (guint retry_after)
{
  GemingaMaintenance *self = g_object_new (GEMINGA_TYPE_MAINTENANCE, NULL);

  self->retry_after = retry_after;

  return GEMINGA_MIDDLEWARE (self);
}

/**
 * geminga_maintenance_set_active:
 * @self: a middleware
 * @active: whether requests are refused
 *
 * Switches it on or off.
 *
 * Since: 0.1
 */
void
geminga_maintenance_set_active (GemingaMaintenance *self, gboolean active)
{
  g_return_if_fail (GEMINGA_IS_MAINTENANCE (self));

  g_atomic_int_set (&self->active, active);
}

/**
 * geminga_maintenance_is_active:
 * @self: a middleware
 *
 * Tells whether requests are refused.
 *
 * Returns: %TRUE if they are
 *
 * Since: 0.1
 */
gboolean
geminga_maintenance_is_active (GemingaMaintenance *self)
{
  g_return_val_if_fail (GEMINGA_IS_MAINTENANCE (self), FALSE);

  return g_atomic_int_get (&self->active);
}
