/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-saved-state-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "geminga-error.h"

/* What is read must not change, nor become shorter than it was when it was mapped. */
#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)

/* Helpers */

static gboolean
write_all (int fd, const char *data, gsize size)
{
  while (size > 0)
    {
      gssize n = write (fd, data, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      size -= (gsize) n;
    }

  return TRUE;
}

static gboolean
set_errno (GError **error)
{
  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_FAILED, _ ("The state cannot be passed on: %s"),
               g_strerror (errno));

  return FALSE;
}

static gboolean
fill (int fd, GVariant *state, GError **error)
{
  gsize size = g_variant_get_size (state);

  return (write_all (fd, g_variant_get_data (state), size) &&
          fcntl (fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) == 0) ||
         set_errno (error);
}

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_STATE_REFUSED,
               _ ("What was handed over is no state: %s"), why);

  return FALSE;
}

static gboolean
check (int fd, gsize *size, GError **error)
{
  struct stat status;
  int seals = fcntl (fd, F_GET_SEALS);

  if (seals < 0 || (seals & SEALS) != SEALS)
    return refuse (error, _ ("it is no sealed file in memory"));
  if (fstat (fd, &status) != 0)
    return refuse (error, g_strerror (errno));
  if (status.st_size > GEMINGA_SAVED_STATE_MAX_SIZE)
    return refuse (error, _ ("it is too large"));

  *size = (gsize) status.st_size;

  return TRUE;
}

/* Private API */

GUnixFDList *
geminga_saved_state_pack (GVariant *state, GError **error)
{
  GUnixFDList *saved;
  int fd;

  if (g_variant_get_size (state) > GEMINGA_SAVED_STATE_MAX_SIZE)
    {
      g_autofree char *size = g_format_size (g_variant_get_size (state));
      g_autofree char *limit = g_format_size (GEMINGA_SAVED_STATE_MAX_SIZE);

      g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_TOO_LARGE,
                   _ ("The state has %s, and no more than %s can be handed over"), size, limit);
      return NULL;
    }

  fd = memfd_create ("geminga-state", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0)
    {
      set_errno (error);
      return NULL;
    }
  if (!fill (fd, state, error))
    {
      close (fd);
      return NULL;
    }

  saved = g_unix_fd_list_new_from_array (&fd, 1);

  return saved;
}

GVariant *
geminga_saved_state_unpack (GUnixFDList *saved, GError **error)
{
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) state = NULL;
  gsize size = 0;

  if (g_unix_fd_list_get_length (saved) != 1)
    {
      refuse (error, _ ("there is no file"));
      return NULL;
    }
  if (!check (g_unix_fd_list_peek_fds (saved, NULL)[0], &size, error))
    return NULL;
  /* An empty dictionary has no bytes, which cannot be mapped. */
  if (size == 0)
    return g_variant_ref_sink (g_variant_new ("a{sv}", NULL));

  file = g_mapped_file_new_from_fd (g_unix_fd_list_peek_fds (saved, NULL)[0], FALSE, error);
  if (file == NULL)
    return NULL;

  bytes = g_mapped_file_get_bytes (file);
  state = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
  /* Another process wrote it. */
  if (g_variant_is_normal_form (state))
    return g_steal_pointer (&state);

  refuse (error, _ ("it is damaged"));

  return NULL;
}
