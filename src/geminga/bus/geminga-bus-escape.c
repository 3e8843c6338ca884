/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-bus-private.h"

/* Ids as elements of object paths and bus names, the way sd_bus_path_encode () writes them. */

#define NAME_PREFIX "org.geminga1.Service."

/* Helpers */

static int
parse_byte (const char *text)
{
  int high = g_ascii_xdigit_value (text[0]);
  int low = high >= 0 ? g_ascii_xdigit_value (text[1]) : -1;

  return low >= 0 ? high << 4 | low : 0;
}

/* Private API */

char *
geminga_bus_escape (const char *id)
{
  GString *escaped = g_string_new (*id == '\0' ? "_" : NULL);

  for (; *id != '\0'; id++)
    {
      if (g_ascii_isalnum (*id))
        g_string_append_c (escaped, *id);
      else
        g_string_append_printf (escaped, "_%02x", (guchar) *id);
    }

  return g_string_free (escaped, FALSE);
}

char *
geminga_bus_unescape (const char *escaped)
{
  g_autoptr (GString) id = g_string_new (NULL);

  if (g_str_equal (escaped, "_"))
    return g_strdup ("");

  for (; *escaped != '\0'; escaped++)
    {
      int byte = *escaped == '_' ? parse_byte (escaped + 1) : *escaped;

      if (byte == 0)
        return NULL;

      g_string_append_c (id, (char) byte);
      if (*escaped == '_')
        escaped += 2;
    }

  return id->len > 0 ? g_strdup (id->str) : NULL;
}

char *
geminga_bus_build_path (const char *parent, const char *id)
{
  g_autofree char *escaped = geminga_bus_escape (id);

  return g_strconcat (parent, "/", escaped, NULL);
}

char *
geminga_bus_dup_service_name (const char *service_id)
{
  g_autofree char *escaped = geminga_bus_escape (service_id);

  return g_strconcat (NAME_PREFIX, escaped, NULL);
}
