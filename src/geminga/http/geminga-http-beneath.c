/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-http-beneath-private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

#define MAX_TRIES 8

/* Helpers */

static int
fail (int code)
{
  errno = code;

  return -1;
}

static gboolean
is_name (const char *segment)
{
  return *segment != '\0' && strcmp (segment, ".") != 0 && strcmp (segment, "..") != 0;
}

/* One directory after the other, each of them no link. */
static int
walk (int root, const char *path)
{
  g_auto (GStrv) segments = g_strsplit (path, "/", -1);
  int fd = root;

  for (guint i = 0; segments[i] != NULL; i++)
    {
      gboolean is_last = segments[i + 1] == NULL;
      int flags = is_last ? FLAGS | O_NOFOLLOW : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
      int next = is_name (segments[i]) ? openat (fd, segments[i], flags) : fail (ENOENT);
      int code = errno;

      if (fd != root)
        close (fd);
      if (next < 0)
        return fail (code);
      fd = next;
    }

  return fd;
}

/* Private API */

int
geminga_http_beneath_open (int root, const char *path, gboolean follow_symlinks)
{
  struct open_how how = { .flags = FLAGS };
  int fd = -1;

  if (*path == '\0')
    return openat (root, ".", FLAGS | O_DIRECTORY);

  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  if (!follow_symlinks)
    how.resolve |= RESOLVE_NO_SYMLINKS;

  /* Directories that are moved meanwhile make it give up. */
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      fd = (int) syscall (SYS_openat2, root, path, &how, sizeof how);
      if (fd >= 0 || (errno != EINTR && errno != EAGAIN))
        break;
    }

  /* A sandbox that does not know the call refuses it. */
  if (fd < 0 && (errno == ENOSYS || errno == EPERM))
    return walk (root, path);

  return fd;
}
