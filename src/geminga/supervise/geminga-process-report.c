/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-process-report-private.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "geminga-error.h"

/* The lock, then the text. */
#define TEXT_OFFSET 4096
#define MAX_TEXT    (16 * 1024)
#define MAX_LINES   10

/* The C library keeps the word that the kernel looks at where a mutex begins. */
typedef struct
{
  union
  {
    atomic_uint life;
    pthread_mutex_t mutex;
  };
  GemingaLogTail log;
} Page;

G_STATIC_ASSERT (sizeof (Page) <= TEXT_OFFSET);

struct _GemingaProcessReport
{
  int fd; /* (owned) */
  Page *page;
};

/* Helpers */

static gboolean
set_failure (GError **error)
{
  g_set_error (error, GEMINGA_ERROR, GEMINGA_ERROR_SPAWN_FAILED,
               "it cannot share memory with the main process: %s", g_strerror (errno));

  return FALSE;
}

static Page *
map (int fd)
{
  return mmap (NULL, TEXT_OFFSET, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static gboolean
set_up (GemingaProcessReport *self, GError **error)
{
  self->page = MAP_FAILED;
  self->fd = memfd_create ("geminga-report", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (self->fd < 0 || ftruncate (self->fd, TEXT_OFFSET) != 0 ||
      fcntl (self->fd, F_ADD_SEALS, GEMINGA_PROCESS_REPORT_SEALS) != 0)
    return set_failure (error);

  self->page = map (self->fd);

  return self->page != MAP_FAILED || set_failure (error);
}

static void
report_clear (gpointer data)
{
  GemingaProcessReport *self = data;

  if (self->page != MAP_FAILED)
    munmap (self->page, TEXT_OFFSET);
  if (self->fd >= 0)
    close (self->fd);
}

/* Private API */

GemingaProcessReport *
geminga_process_report_new (GError **error)
{
  g_autoptr (GemingaProcessReport) self = g_atomic_rc_box_new0 (GemingaProcessReport);

  return set_up (self, error) ? g_steal_pointer (&self) : NULL;
}

GemingaProcessReport *
geminga_process_report_ref (GemingaProcessReport *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
geminga_process_report_unref (GemingaProcessReport *self)
{
  g_atomic_rc_box_release_full (self, report_clear);
}

int
geminga_process_report_get_fd (GemingaProcessReport *self)
{
  return self->fd;
}

atomic_uint *
geminga_process_report_get_life (GemingaProcessReport *self)
{
  return &self->page->life;
}

char *
geminga_process_report_dup_text (GemingaProcessReport *self)
{
  g_autofree char *text = g_malloc (MAX_TEXT);
  gssize size = pread (self->fd, text, MAX_TEXT, TEXT_OFFSET);

  if (size <= 0)
    return NULL;

  return g_strchomp (g_utf8_make_valid (text, size));
}

GStrv
geminga_process_report_dup_log (GemingaProcessReport *self)
{
  return geminga_log_tail_dup_lines (&self->page->log, MAX_LINES);
}

GemingaLogTail *
geminga_process_report_join (int fd, GError **error)
{
  pthread_mutexattr_t attributes;
  Page *page = map (fd);

  if (page == MAP_FAILED || lseek (fd, TEXT_OFFSET, SEEK_SET) < 0)
    {
      set_failure (error);
      return NULL;
    }

  pthread_mutexattr_init (&attributes);
  pthread_mutexattr_setpshared (&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust (&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init (&page->mutex, &attributes);
  pthread_mutexattr_destroy (&attributes);
  /* Never unlocked: the mapping and the lock end with the process. */
  pthread_mutex_lock (&page->mutex);

  return &page->log;
}
