/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-state-private.h"

/*
 * org.freedesktop.LogControl1: what "busctl" and "systemctl service-log-level" change levels with. It
 * speaks the words of syslog.
 */

static const struct
{
  const char *syslog;
  const char *level;
} levels[] = {
  /* The first of each level is what it is told as. */
  { "err", "error" },   { "warning", "warning" }, { "notice", "message" }, { "info", "info" },
  { "debug", "debug" }, { "emerg", "error" },     { "alert", "error" },    { "crit", "error" },
};

/* Helpers */

static const char *
to_syslog (const char *level)
{
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (g_strcmp0 (levels[i].level, level) == 0)
      return levels[i].syslog;

  return "info";
}

static const char *
from_syslog (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (g_str_equal (levels[i].syslog, word))
      return levels[i].level;

  return NULL;
}

/* Private API */

GVariant *
geminga_bus_log_control_get (GemingaBus *self, const char *property)
{
  const char *name = g_get_prgname ();

  if (g_str_equal (property, "LogLevel"))
    return g_variant_new_string (to_syslog (self->funcs.get_log_level (self->data)));
  if (g_str_equal (property, "LogTarget"))
    return g_variant_new_string (
        self->funcs.get_log_target != NULL ? self->funcs.get_log_target (self->data) : "console");
  if (g_str_equal (property, "SyslogIdentifier"))
    return g_variant_new_string (name != NULL ? name : self->service_id);

  return NULL;
}

GVariant *
geminga_bus_log_control_get_all (GemingaBus *self)
{
  static const char *const properties[] = { "LogLevel", "LogTarget", "SyslogIdentifier" };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    g_variant_builder_add (&builder, "{sv}", properties[i],
                           geminga_bus_log_control_get (self, properties[i]));

  return g_variant_builder_end (&builder);
}

gboolean
geminga_bus_log_control_set (GemingaBus *self,
                             const char *property,
                             GVariant *value,
                             GError **error)
{
  const char *level = NULL;

  if (!g_str_equal (property, "LogLevel"))
    {
      g_autoptr (GVariant) known = geminga_bus_log_control_get (self, property);

      if (known != NULL)
        g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_PROPERTY_READ_ONLY,
                     "Property “%s” cannot be set", property);
      else
        g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_PROPERTY,
                     "Interface %s has no property “%s”", GEMINGA_BUS_LOG_CONTROL, property);
      return FALSE;
    }

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    level = from_syslog (g_variant_get_string (value, NULL));
  if (level == NULL)
    {
      g_autofree char *text = g_variant_print (value, FALSE);

      g_set_error (
          error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
          "LogLevel takes one of emerg, alert, crit, err, warning, notice, info and debug, "
          "not %s",
          text);
      return FALSE;
    }

  return self->funcs.set_log_level (self->data, level, error);
}
