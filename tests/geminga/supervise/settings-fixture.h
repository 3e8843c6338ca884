/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "config.h"

#include "geminga-settings.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "geminga-settings-private.h"

/* Settings to try things with, and the files they are read from. */

static const char *const no_files[] = { NULL };

static inline void
add_things (GemingaSettings *settings)
{
  static const GemingaSettingEntry entries[] = {
    { .name = "config",
      .type = GEMINGA_SETTING_TYPE_PATH,
      .short_flag = 'c',
      .flags = GEMINGA_SETTING_FLAGS_NO_FILE | GEMINGA_SETTING_FLAGS_PROCESS,
      .help = "File" },
    { .name = "workers",
      .type = GEMINGA_SETTING_TYPE_INT,
      .short_flag = 'w',
      .default_value = "1",
      .maximum = 1024,
      .flags = GEMINGA_SETTING_FLAGS_LIVE,
      .help = "Workers" },
    { .name = "timeout",
      .type = GEMINGA_SETTING_TYPE_DURATION,
      .default_value = "30",
      .help = "Timeout" },
    { .name = "bind",
      .type = GEMINGA_SETTING_TYPE_STRING_LIST,
      .short_flag = 'b',
      .flags = GEMINGA_SETTING_FLAGS_RESTART | GEMINGA_SETTING_FLAGS_OWN,
      .help = "Bind" },
    { .name = "user",
      .type = GEMINGA_SETTING_TYPE_STRING,
      .flags = GEMINGA_SETTING_FLAGS_PROCESS,
      .help = "User" },
    { .name = "level",
      .type = GEMINGA_SETTING_TYPE_CHOICE,
      .choices = "low|high",
      .flags = GEMINGA_SETTING_FLAGS_PROCESS | GEMINGA_SETTING_FLAGS_LIVE,
      .help = "Level" },
    { .name = "chatty", .type = GEMINGA_SETTING_TYPE_BOOLEAN, .help = "Chatty" },
    { .name = "log", .type = GEMINGA_SETTING_TYPE_PATH, .help = "Log" },
  };

  geminga_settings_add_entries (settings, entries, G_N_ELEMENTS (entries), NULL);
}

static inline GemingaSettings *
make_settings (void)
{
  GemingaSettings *settings = geminga_settings_new ("org.example.Test");

  geminga_settings_set_config_files (settings, no_files);
  add_things (settings);

  return settings;
}

/* A directory of its own for each test; what is written there goes away with it. */
typedef struct
{
  char *path;
  char *file;
} Directory;

static inline void
directory_init (Directory *self)
{
  g_autoptr (GError) error = NULL;

  self->path = g_dir_make_tmp ("geminga-settings-XXXXXX", &error);
  g_assert_no_error (error);
  self->file = g_build_filename (self->path, "test.conf", NULL);
}

static inline void
directory_clear (Directory *self)
{
  g_unlink (self->file);
  g_assert_cmpint (g_rmdir (self->path), ==, 0);
  g_free (self->file);
  g_free (self->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Directory, directory_clear)

static inline void
write_file (Directory *self, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (self->file, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
}

static inline gboolean
load (GemingaSettings *settings, const char *command_line, GError **error)
{
  g_auto (GStrv) argv = g_strsplit (command_line, " ", -1);

  return geminga_settings_load (settings, (const char *const *) argv, error);
}

static inline void
assert_value (GemingaSettings *settings, const char *name, const char *text, const char *origin)
{
  g_autofree char *value = geminga_settings_dup_text (settings, name);

  g_assert_cmpstr (value, ==, text);
  g_assert_cmpstr (geminga_settings_get_origin (settings, name), ==, origin);
}

static inline void
assert_names (const char *const *names, const char *joined)
{
  g_autofree char *text = g_strjoinv (" ", (char **) names);

  g_assert_cmpstr (text, ==, joined);
}
