/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "bus-fixture.h"

#define LOG_CONTROL "org.freedesktop.LogControl1"

static const struct
{
  const char *word;
  const char *level; /* NULL: it is refused */
  const char *told;
} words[] = {
  { "emerg", "error", "err" },
  { "alert", "error", "err" },
  { "crit", "error", "err" },
  { "err", "error", "err" },
  { "warning", "warning", "warning" },
  { "notice", "message", "notice" },
  { "info", "info", "info" },
  { "message", NULL, "info" },
  { "", NULL, "info" },
};

static void
test_levels (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      GVariant *arguments =
          g_variant_new ("(ssv)", LOG_CONTROL, "LogLevel", g_variant_new_string (words[i].word));
      g_autofree char *told = g_strdup_printf ("(<'%s'>,)", words[i].told);

      g_test_message ("“%s”", words[i].word);
      if (words[i].level != NULL)
        {
          assert_answers (self, ROOT, PROPERTIES, "Set", arguments, "()");
          g_assert_cmpstr (self->level, ==, words[i].level);
        }
      else
        assert_fails (self, ROOT, PROPERTIES, "Set", arguments,
                      "org.freedesktop.DBus.Error.InvalidArgs", "LogLevel takes one of emerg");
      assert_answers (self, ROOT, PROPERTIES, "Get",
                      g_variant_new ("(ss)", LOG_CONTROL, "LogLevel"), told);
    }
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  assert_fails (self, ROOT, PROPERTIES, "Set",
                g_variant_new ("(ssv)", LOG_CONTROL, "LogLevel", g_variant_new_string ("debug")),
                "org.geminga1.Error.NotSupported", "Not that much");
  assert_fails (self, ROOT, PROPERTIES, "Set",
                g_variant_new ("(ssv)", LOG_CONTROL, "LogLevel", g_variant_new_uint32 (7)),
                "org.freedesktop.DBus.Error.InvalidArgs", "not 7");
  assert_fails (self, ROOT, PROPERTIES, "Set",
                g_variant_new ("(ssv)", LOG_CONTROL, "LogTarget", g_variant_new_string ("null")),
                "org.freedesktop.DBus.Error.PropertyReadOnly", "LogTarget");
  assert_fails (self, ROOT, PROPERTIES, "Set",
                g_variant_new ("(ssv)", LOG_CONTROL, "None", g_variant_new_string ("null")),
                "org.freedesktop.DBus.Error.UnknownProperty", "None");
  assert_fails (self, ROOT, PROPERTIES, "Get", g_variant_new ("(ss)", LOG_CONTROL, "None"),
                "org.freedesktop.DBus.Error.UnknownProperty", "None");
  assert_fails (self, ROOT, LOG_CONTROL, "None", NULL, "org.freedesktop.DBus.Error.UnknownMethod",
                "None");
  assert_fails (self, CALC_PATH, PROPERTIES, "Get", g_variant_new ("(ss)", LOG_CONTROL, "LogLevel"),
                "org.freedesktop.DBus.Error.UnknownInterface", LOG_CONTROL);
}

static void
test_all (Fixture *self, gconstpointer data)
{
  const char *const interfaces[] = { LOG_CONTROL, "" };

  g_set_prgname ("hello");
  for (guint i = 0; i < G_N_ELEMENTS (interfaces); i++)
    assert_answers (self, ROOT, PROPERTIES, "GetAll", g_variant_new ("(s)", interfaces[i]),
                    "({'LogLevel': <'notice'>, 'LogTarget': <'console'>, "
                    "'SyslogIdentifier': <'hello'>},)");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/bus/log-control/levels", Fixture, NULL, fixture_set_up, test_levels,
              fixture_tear_down);
  g_test_add ("/bus/log-control/refused", Fixture, NULL, fixture_set_up, test_refused,
              fixture_tear_down);
  g_test_add ("/bus/log-control/all", Fixture, NULL, fixture_set_up, test_all, fixture_tear_down);

  return g_test_run ();
}
