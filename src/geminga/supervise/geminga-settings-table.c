/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-settings.h"

#include <glib/gi18n-lib.h>

#include "geminga-listen-private.h"
#include "geminga-settings-private.h"

#define LIVE    GEMINGA_SETTING_FLAGS_LIVE
#define RESTART GEMINGA_SETTING_FLAGS_RESTART
#define PROCESS GEMINGA_SETTING_FLAGS_PROCESS
#define NO_FILE GEMINGA_SETTING_FLAGS_NO_FILE
#define OWN     GEMINGA_SETTING_FLAGS_OWN

/* Longer than this is never meant, and more would not fit what timers count in. */
#define DAY  (24.0 * 60 * 60)
#define YEAR (365 * DAY)

/* Helpers */

static gboolean
check_bus (GVariant *value, gpointer user_data, GError **error)
{
  static const char *const names[] = { "session", "system", "none", NULL };
  const char *bus = g_variant_get_string (value, NULL);

  if (g_strv_contains (names, bus) || g_dbus_is_supported_address (bus, NULL))
    return TRUE;

  g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
               _ ("“%s” is not valid; allowed is session, system, none or a D-Bus address such as "
                  "unix:path=/run/bus"),
               bus);
  return FALSE;
}

static gboolean
check_bind (GVariant *value, gpointer user_data, GError **error)
{
  g_autofree const char **addresses = g_variant_get_strv (value, NULL);

  for (gsize i = 0; addresses[i] != NULL; i++)
    {
      if (!geminga_listen_check (addresses[i], error))
        return FALSE;
    }

  return TRUE;
}

/* A person at a desktop wants to see the service there; elsewhere no bus is better than a wrong one. */
static gboolean
has_session_bus (void)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  const char *directory = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *path = NULL;

  if (address != NULL && *address != '\0')
    return g_dbus_is_supported_address (address, NULL);
  if (directory == NULL)
    return FALSE;

  path = g_build_filename (directory, "bus", NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* clang-format off */
static const GemingaSettingEntry standard[] = {
  { .name = "config", .type = GEMINGA_SETTING_TYPE_PATH, .short_flag = 'c',
    .flags = PROCESS | RESTART | NO_FILE, .section = N_("Configuration"),
    .help = N_("Read only this configuration file") },
  { .name = "reload-on-change", .type = GEMINGA_SETTING_TYPE_BOOLEAN,
    .flags = PROCESS, .section = N_("Configuration"),
    .help = N_("Reload when the program or its configuration file changes, for development") },

  { .name = "bind", .type = GEMINGA_SETTING_TYPE_STRING_LIST, .short_flag = 'b',
    .flags = RESTART | OWN, .argument_name = N_("ADDRESS"), .section = N_("Network"),
    .help = N_("Listen on HOST:PORT, [HOST]:PORT, :PORT, unix:PATH or fd:N; may be repeated"),
    .check = check_bind },
  { .name = "backlog", .type = GEMINGA_SETTING_TYPE_INT, .default_value = "1024",
    .minimum = 1, .maximum = 65535, .flags = RESTART, .section = N_("Network"),
    .help = N_("How many connections may wait to be accepted") },
  { .name = "keep-alive", .type = GEMINGA_SETTING_TYPE_DURATION, .default_value = "5",
    .maximum = YEAR, .section = N_("Network"),
    .help = N_("How long an idle connection stays open; 0 closes it after each answer") },
  { .name = "request-timeout", .type = GEMINGA_SETTING_TYPE_DURATION, .default_value = "60",
    .maximum = YEAR, .section = N_("Network"),
    .help = N_("How long a handler may take to answer, which is 503 then; 0 forever") },
  { .name = "max-body", .type = GEMINGA_SETTING_TYPE_SIZE, .default_value = "10M",
    .maximum = G_MAXINT32, .section = N_("Network"),
    .help = N_("Refuse requests whose body is larger") },
  { .name = "tls-certificate", .type = GEMINGA_SETTING_TYPE_PATH, .section = N_("Network"),
    .help = N_("PEM file with the certificate chain; turns TLS on") },
  { .name = "tls-key", .type = GEMINGA_SETTING_TYPE_PATH, .section = N_("Network"),
    .help = N_("PEM file with the private key, if it is not with the certificate") },

  { .name = "workers", .type = GEMINGA_SETTING_TYPE_INT, .short_flag = 'w', .default_value = "1",
    .maximum = 1024, .flags = LIVE, .section = N_("Workers"),
    .help = N_("Number of workers; 0 serves in the main process, for debugging") },
  { .name = "min-workers", .type = GEMINGA_SETTING_TYPE_INT, .default_value = "1", .minimum = 1,
    .maximum = 1024, .flags = LIVE, .section = N_("Workers"),
    .help = N_("Fewest workers when their number follows the load") },
  { .name = "max-workers", .type = GEMINGA_SETTING_TYPE_INT, .maximum = 1024, .flags = LIVE,
    .section = N_("Workers"),
    .help = N_("Most workers when their number follows the load; 0 keeps the number") },
  { .name = "scale-target", .type = GEMINGA_SETTING_TYPE_INT, .default_value = "70", .minimum = 5,
    .maximum = 95, .flags = LIVE, .section = N_("Workers"),
    .help = N_("Add workers when they are busy for more of the time than this, in percent") },
  { .name = "scale-cool-down", .type = GEMINGA_SETTING_TYPE_DURATION, .default_value = "60",
    .maximum = YEAR, .flags = LIVE, .section = N_("Workers"),
    .help = N_("Take a worker away when there were too many for so long") },
  { .name = "spares", .type = GEMINGA_SETTING_TYPE_INT, .default_value = "1", .maximum = 64,
    .flags = PROCESS | LIVE, .section = N_("Workers"),
    .help = N_("Processes kept at hand to replace workers that die at once") },
  { .name = "placement", .type = GEMINGA_SETTING_TYPE_CHOICE, .choices = "process|thread|shared",
    .flags = RESTART, .section = N_("Workers"),
    .help = N_("Where workers run") },
  { .name = "timeout", .type = GEMINGA_SETTING_TYPE_DURATION, .short_flag = 't',
    .default_value = "30", .maximum = YEAR, .flags = LIVE, .section = N_("Workers"),
    .help = N_("Replace a worker that does not respond for so long; 0 never") },
  { .name = "graceful-timeout", .type = GEMINGA_SETTING_TYPE_DURATION, .default_value = "30",
    .maximum = YEAR, .flags = LIVE, .section = N_("Workers"),
    .help = N_("How long a worker that stops may finish what it began") },
  { .name = "max-requests", .type = GEMINGA_SETTING_TYPE_INT, .maximum = G_MAXUINT32,
    .section = N_("Workers"),
    .help = N_("Replace a worker after so many requests; 0 never") },
  { .name = "max-requests-jitter", .type = GEMINGA_SETTING_TYPE_INT, .maximum = G_MAXUINT32,
    .section = N_("Workers"),
    .help = N_("Add up to so many requests, so that workers are not replaced all at once") },
  { .name = "max-age", .type = GEMINGA_SETTING_TYPE_DURATION, .maximum = YEAR,
    .section = N_("Workers"),
    .help = N_("Replace a worker after so long; 0 never") },
  { .name = "max-age-jitter", .type = GEMINGA_SETTING_TYPE_DURATION, .maximum = YEAR,
    .section = N_("Workers"),
    .help = N_("Add up to so long, so that workers are not replaced all at once") },
  { .name = "max-memory", .type = GEMINGA_SETTING_TYPE_SIZE, .section = N_("Workers"),
    .help = N_("Replace a worker that uses more memory; 0 never") },
  { .name = "deadlock-interval", .type = GEMINGA_SETTING_TYPE_DURATION, .default_value = "1",
    .maximum = DAY, .flags = PROCESS | LIVE, .section = N_("Workers"),
    .help = N_("How often to look whether actors that take no messages wait for each other; 0 never") },
  { .name = "max-restarts", .type = GEMINGA_SETTING_TYPE_INT, .default_value = "8",
    .maximum = 1000000, .section = N_("Workers"),
    .help = N_("Give up when workers die more often than this in a minute") },

  { .name = "user", .type = GEMINGA_SETTING_TYPE_STRING, .short_flag = 'u',
    .flags = PROCESS | RESTART, .argument_name = N_("USER"), .section = N_("Process"),
    .help = N_("Run workers as this user, by name or number") },
  { .name = "group", .type = GEMINGA_SETTING_TYPE_STRING, .short_flag = 'g',
    .flags = PROCESS | RESTART, .argument_name = N_("GROUP"), .section = N_("Process"),
    .help = N_("Run workers as this group, by name or number") },
  { .name = "umask", .type = GEMINGA_SETTING_TYPE_MODE, .maximum = 0777,
    .flags = PROCESS | RESTART, .section = N_("Process"),
    .help = N_("Which permissions new files do not get") },
  { .name = "chdir", .type = GEMINGA_SETTING_TYPE_PATH,
    .flags = PROCESS | RESTART, .argument_name = N_("DIRECTORY"), .section = N_("Process"),
    .help = N_("Change to this directory first") },
  { .name = "daemon", .type = GEMINGA_SETTING_TYPE_BOOLEAN, .short_flag = 'D',
    .flags = PROCESS | RESTART, .section = N_("Process"),
    .help = N_("Run in the background") },
  { .name = "pid-file", .type = GEMINGA_SETTING_TYPE_PATH, .short_flag = 'p',
    .flags = PROCESS | RESTART, .section = N_("Process"),
    .help = N_("Write the number of the main process to this file") },
  { .name = "name", .type = GEMINGA_SETTING_TYPE_STRING, .short_flag = 'n',
    .flags = PROCESS | RESTART, .argument_name = N_("NAME"), .section = N_("Process"),
    .help = N_("Name of the processes in lists such as that of ps") },
  { .name = "bus", .type = GEMINGA_SETTING_TYPE_STRING, .default_value = "none",
    .flags = PROCESS | RESTART, .argument_name = N_("BUS"), .section = N_("Process"),
    .default_help = N_("session if there is a session bus, otherwise none"),
    .help = N_("Be on D-Bus: session, system, none or an address"), .check = check_bus },

  { .name = "log-level", .type = GEMINGA_SETTING_TYPE_CHOICE,
    .choices = "error|warning|message|info|debug", .default_value = "info",
    .flags = PROCESS | LIVE, .section = N_("Logging"),
    .help = N_("Log what is at least as important") },
  { .name = "log-format", .type = GEMINGA_SETTING_TYPE_CHOICE, .choices = "text|json|journal",
    .flags = PROCESS, .section = N_("Logging"),
    .help = N_("What log lines look like") },
  { .name = "log-file", .type = GEMINGA_SETTING_TYPE_PATH,
    .flags = PROCESS, .section = N_("Logging"),
    .help = N_("Log to this file; standard error if empty or -") },
  { .name = "access-log", .type = GEMINGA_SETTING_TYPE_PATH, .section = N_("Logging"),
    .help = N_("Log requests to this file; - is standard output, empty is off") },
  { .name = "access-log-format", .type = GEMINGA_SETTING_TYPE_CHOICE,
    .choices = "common|combined|json", .default_value = "combined", .section = N_("Logging"),
    .help = N_("What lines about requests look like") },
};
/* clang-format on */

/* Public API */

/**
 * geminga_settings_add_standard:
 * @self: settings that were not loaded yet
 *
 * Adds the settings that every service has.
 *
 * Their defaults suit a service that listens nowhere; one that does changes the default of `bind` with
 * [method@Geminga.Settings.set_default].
 *
 * Since: 0.1
 */
void
geminga_settings_add_standard (GemingaSettings *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (GEMINGA_IS_SETTINGS (self));

  geminga_settings_add_entries (self, standard, G_N_ELEMENTS (standard), GETTEXT_PACKAGE);
  if (has_session_bus () &&
      !geminga_settings_set_default (self, "bus", g_variant_new_string ("session"), &error))
    g_critical ("%s", error->message);
}
