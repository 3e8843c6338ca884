/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-range-private.h"

static void
test_vectors (void)
{
  static const struct
  {
    const char *field;
    const char *ranges; /* offset+size; NULL: left alone */
  } vectors[] = {
    { "bytes=0-0", "0+1" },
    { "bytes=0-", "0+100" },
    { "Bytes=10-19", "10+10" },
    { "bytes=90-200", "90+10" },
    { "bytes=-5", "95+5" },
    { "bytes=-500", "0+100" },
    { "bytes=-0", "" },
    { "bytes=100-", "" },
    { "bytes=100-200, 300-", "" },
    { "bytes=0-1,5-6", "0+2 5+2" },
    { "bytes=50-59 , 0-9", "50+10 0+10" },
    { "bytes=0-9,5-14", "0+15" },
    { "bytes=0-9,10-19", "0+20" },
    { "bytes=0-1,8-9,1-8", "0+10" },
    { "bytes=200-,0-1", "0+2" },
    { "bytes=0-,0-,0-,0-", "0+100" },
    { "bytes=5-4", NULL },
    { "bytes=", NULL },
    { "bytes=-", NULL },
    { "bytes=a-b", NULL },
    { "bytes=0-1,", NULL },
    { "bytes=+1-2", NULL },
    { "bytes=1 -2", NULL },
    { "lines=0-1", NULL },
    { "bytes=9999999999999999999-", NULL },
    { "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,28-28,30-30,"
      "32-32",
      NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GArray) ranges = geminga_http_range_parse (vectors[i].field, 100);
      g_autoptr (GString) text = g_string_new (NULL);

      g_test_message ("%s", vectors[i].field);
      if (vectors[i].ranges == NULL)
        {
          g_assert_null (ranges);
          continue;
        }
      g_assert_nonnull (ranges);
      for (guint j = 0; j < ranges->len; j++)
        {
          GemingaHttpRange *range = &g_array_index (ranges, GemingaHttpRange, j);

          g_string_append_printf (text, "%s%d+%d", j > 0 ? " " : "", (int) range->offset,
                                  (int) range->size);
        }
      g_assert_cmpstr (text->str, ==, vectors[i].ranges);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/range/vectors", test_vectors);

  return g_test_run ();
}
