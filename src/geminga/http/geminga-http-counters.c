/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-counters-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE 4096
/* Whoever has it cannot make it shorter under a reader. */
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

#define N_COUNTERS (sizeof (GemingaHttpCounters) / sizeof (guint64))

G_STATIC_ASSERT (sizeof (GemingaHttpCounters) <= SIZE);

/* Helpers */

static gboolean
fail (int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
               "Cannot share counters of requests: %s", g_strerror (code));

  return FALSE;
}

static GemingaHttpCounters *
map (int fd, GError **error)
{
  void *page = mmap (NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

  if (page == MAP_FAILED)
    {
      fail (errno, error);
      return NULL;
    }

  return page;
}

/* Private API */

GemingaHttpCounters *
geminga_http_counters_new_page (int *fd, GError **error)
{
  GemingaHttpCounters *page = NULL;

  *fd = memfd_create ("geminga-counters", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (*fd < 0)
    {
      fail (errno, error);
      return NULL;
    }

  if (ftruncate (*fd, SIZE) != 0 || fcntl (*fd, F_ADD_SEALS, SEALS) != 0)
    fail (errno, error);
  else
    page = map (*fd, error);
  if (page == NULL)
    {
      close (*fd);
      *fd = -1;
    }

  return page;
}

GemingaHttpCounters *
geminga_http_counters_map_page (int fd, GError **error)
{
  struct stat status;

  if (fstat (fd, &status) != 0)
    {
      fail (errno, error);
      return NULL;
    }
  if (status.st_size != SIZE)
    {
      fail (EINVAL, error);
      return NULL;
    }

  return map (fd, error);
}

void
geminga_http_counters_free_page (GemingaHttpCounters *page)
{
  munmap (page, SIZE);
}

void
geminga_http_counters_read (const GemingaHttpCounters *counters, GemingaHttpCounters *values)
{
  const guint64 *from = (const guint64 *) counters;
  guint64 *to = (guint64 *) values;

  for (gsize i = 0; i < N_COUNTERS; i++)
    to[i] = __atomic_load_n (&from[i], __ATOMIC_RELAXED);
}

void
geminga_http_counters_add (GemingaHttpCounters *sum, const GemingaHttpCounters *values)
{
  const guint64 *from = (const guint64 *) values;
  guint64 *to = (guint64 *) sum;

  for (gsize i = 0; i < N_COUNTERS; i++)
    __atomic_store_n (&to[i], to[i] + from[i], __ATOMIC_RELAXED);
}

void
geminga_http_counters_end (GemingaHttpCounters *values)
{
  values->active = 0;
  values->busy = 0;
}

void
geminga_http_counters_tell (const GemingaHttpCounters *values, GVariantDict *info)
{
  static const char *const classes[] = { NULL,          "answers-1xx", "answers-2xx",
                                         "answers-3xx", "answers-4xx", "answers-5xx" };

  g_variant_dict_insert (info, "connections", "t", values->connections);
  g_variant_dict_insert (info, "requests", "t", values->requests);
  for (gsize i = 1; i < G_N_ELEMENTS (classes); i++)
    g_variant_dict_insert (info, classes[i], "t", values->by_class[i]);
  g_variant_dict_insert (info, "timeouts", "t", values->timeouts);
  g_variant_dict_insert (info, "aborted", "t", values->aborted);
  g_variant_dict_insert (info, "bytes-in", "t", values->bytes_in);
  g_variant_dict_insert (info, "bytes-out", "t", values->bytes_out);
  g_variant_dict_insert (info, "active", "u", (guint32) values->active);
  g_variant_dict_insert (info, "busy", "u", (guint32) values->busy);
}

GVariant *
geminga_http_counters_pack (const GemingaHttpCounters *values)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, values, N_COUNTERS, sizeof (guint64));
}

void
geminga_http_counters_unpack (GVariant *packed, GemingaHttpCounters *values)
{
  gsize n;
  const guint64 *from;

  if (!g_variant_is_of_type (packed, G_VARIANT_TYPE ("at")))
    return;

  from = g_variant_get_fixed_array (packed, &n, sizeof (guint64));
  memcpy (values, from, MIN (n, N_COUNTERS) * sizeof (guint64));
}
