/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-static-listing-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Helpers */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Directories end in a slash. What is neither directory nor file cannot be asked for. */
static char *
describe (int fd, const struct dirent *entry)
{
  struct stat info;

  if (fstatat (fd, entry->d_name, &info, 0) != 0)
    return NULL;
  if (S_ISDIR (info.st_mode))
    return g_strconcat (entry->d_name, "/", NULL);

  return S_ISREG (info.st_mode) ? g_strdup (entry->d_name) : NULL;
}

static GPtrArray *
read_names (DIR *dir, gboolean hidden)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  struct dirent *entry;

  while ((entry = readdir (dir)) != NULL)
    {
      gboolean is_dots = strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0;
      char *name = NULL;

      if (!is_dots && (hidden || entry->d_name[0] != '.'))
        name = describe (dirfd (dir), entry);
      if (name != NULL)
        g_ptr_array_add (names, name);
    }
  g_ptr_array_sort (names, compare_names);

  return names;
}

static void
append_name (GString *page, const char *name)
{
  g_autofree char *uri = g_uri_escape_string (name, "/", FALSE);
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *text = g_markup_escape_text (shown, -1);

  /* The dot keeps a name with a colon from being a scheme. */
  g_string_append_printf (page, "<li><a href=\"./%s\">%s</a></li>\n", uri, text);
}

/* Private API */

GBytes *
geminga_static_listing_new (int fd, const char *title, gboolean hidden)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GString) page = NULL;
  g_autofree char *valid = g_utf8_make_valid (title, -1);
  g_autofree char *text = g_markup_escape_text (valid, -1);
  DIR *dir = fdopendir (fd);

  if (dir == NULL)
    {
      int code = errno;

      close (fd);
      errno = code;
      return NULL;
    }

  names = read_names (dir, hidden);
  closedir (dir);

  page = g_string_new (NULL);
  g_string_append_printf (page,
                          "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">"
                          "<title>%s</title></head>\n<body><h1>%s</h1>\n<ul>\n",
                          text, text);
  for (guint i = 0; i < names->len; i++)
    append_name (page, g_ptr_array_index (names, i));
  g_string_append (page, "</ul></body></html>\n");

  return g_string_free_to_bytes (g_steal_pointer (&page));
}
