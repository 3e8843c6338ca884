/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-accept-private.h"

#include <string.h>

#define MAX_ITEMS 100

/* Helpers */

/* "0", "0.5", "1.000": thousandths. What is wrong is as good as nothing: 0. */
static guint
parse_quality (const char *text)
{
  guint quality = 0;
  guint unit = 100;

  if ((text[0] != '0' && text[0] != '1') || (text[1] != '\0' && text[1] != '.'))
    return 0;

  quality = (guint) (text[0] - '0') * 1000;
  for (const char *p = text[1] != '\0' ? text + 2 : text + 1; *p != '\0'; p++, unit /= 10)
    {
      if (!g_ascii_isdigit (*p) || unit == 0)
        return 0;
      quality += (guint) (*p - '0') * unit;
    }

  return quality <= 1000 ? quality : 0;
}

/* How closely a media range fits a type; 0: not at all. Parameters of the offer must be those of the range. */
static guint
match_type (const char *range, const char *offer)
{
  gsize range_len = strcspn (range, ";");
  gsize type_len = strcspn (offer, "/");

  if (strncmp (range, "*/*", 3) == 0 && range_len == 3)
    return 1;
  if (range_len == type_len + 2 && g_ascii_strncasecmp (range, offer, type_len + 1) == 0 &&
      range[type_len + 1] == '*')
    return 2;
  if (g_ascii_strcasecmp (range, offer) == 0)
    return range[range_len] == ';' ? 4 : 3;

  return range[range_len] == '\0' && strcspn (offer, ";") == range_len &&
                 g_ascii_strncasecmp (range, offer, range_len) == 0
             ? 3
             : 0;
}

static guint
match_language (const char *range, const char *offer)
{
  gsize len = strlen (range);

  if (strcmp (range, "*") == 0)
    return 1;
  if (g_ascii_strncasecmp (range, offer, len) == 0 && (offer[len] == '\0' || offer[len] == '-'))
    return 2 + (guint) len;

  return 0;
}

static guint
match (GemingaHttpAcceptKind kind, const char *range, const char *offer)
{
  switch (kind)
    {
    case GEMINGA_HTTP_ACCEPT_TYPE:
      return match_type (range, offer);
    case GEMINGA_HTTP_ACCEPT_LANGUAGE:
      return match_language (range, offer);
    default:
      return strcmp (range, "*") == 0 ? 1 : g_ascii_strcasecmp (range, offer) == 0 ? 2 : 0;
    }
}

/* Takes the quality out of "text/html;level=1;q=0.5", with the blanks. */
static guint
split_quality (char *item)
{
  g_auto (GStrv) parts = g_strsplit (item, ";", -1);
  g_autoptr (GString) rest = g_string_new (g_strstrip (parts[0] != NULL ? parts[0] : item));
  guint quality = 1000;

  for (guint i = 1; parts[0] != NULL && parts[i] != NULL; i++)
    {
      char *part = g_strstrip (parts[i]);

      if (g_ascii_strncasecmp (part, "q=", 2) == 0)
        {
          quality = parse_quality (part + 2);
          break;
        }
      g_string_append_printf (rest, ";%s", part);
    }

  /* Never longer than it was. */
  strcpy (item, rest->str);

  return quality;
}

/* Public API */

guint
geminga_http_accept_get_quality (GemingaHttpAcceptKind kind, const char *field, const char *offer)
{
  g_auto (GStrv) items = NULL;
  guint best = 0;
  guint quality = 0;

  if (field == NULL)
    return 1000;

  items = g_strsplit (field, ",", MAX_ITEMS);
  for (guint i = 0; items[i] != NULL; i++)
    {
      guint item_quality = split_quality (items[i]);
      guint closeness = match (kind, items[i], offer);

      if (closeness > best)
        {
          best = closeness;
          quality = item_quality;
        }
    }

  if (best == 0 && kind == GEMINGA_HTTP_ACCEPT_ENCODING && strcmp (offer, "identity") == 0)
    return 1;

  return quality;
}

int
geminga_http_accept_choose (GemingaHttpAcceptKind kind,
                            const char *field,
                            const char *const *offers)
{
  int chosen = -1;
  guint best = 0;

  for (int i = 0; offers[i] != NULL; i++)
    {
      guint quality = geminga_http_accept_get_quality (kind, field, offers[i]);

      if (quality > best)
        {
          best = quality;
          chosen = i;
        }
    }

  return chosen;
}
