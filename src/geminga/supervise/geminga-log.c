/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-log-private.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "geminga-log-file-private.h"
#include "geminga-log-line-private.h"
#include "geminga-settings-error.h"

/* How long a line may wait for a reader of a pipe that never blocks, in milliseconds. */
#define PATIENCE 100
/* The journal gets these and its own identifier. */
#define MAX_FIELDS 64

typedef enum
{
  FORMAT_TEXT,
  FORMAT_JSON,
  FORMAT_JOURNAL,
} Format;

static const char *const format_names[] = {
  [FORMAT_TEXT] = "text",
  [FORMAT_JSON] = "json",
  [FORMAT_JOURNAL] = "journal",
};

typedef struct
{
  const char *name;
  GLogLevelFlags least; /* the least important level it shows */
} Threshold;

static const Threshold thresholds[] = {
  { "error", G_LOG_LEVEL_CRITICAL },  { "warning", G_LOG_LEVEL_WARNING },
  { "message", G_LOG_LEVEL_MESSAGE }, { "info", G_LOG_LEVEL_INFO },
  { "debug", G_LOG_LEVEL_DEBUG },
};

#define DEFAULT_THRESHOLD 3

struct _GemingaLog
{
  int threshold; /* atomic: index */
  int format;    /* atomic */
  int is_colour; /* atomic: the file is a terminal that has colours */

  GMutex lock;
  char *path;              /* (owned) (nullable), under lock: standard error if NULL; absolute */
  GemingaPrivileges owner; /* under lock: who can open the file again */
  int fd;                  /* (owned unless it is standard error), under lock */
  guint64 n_lost;          /* under lock: lines since the last one that was written */
  int lost_code;           /* under lock: what the first of them failed with */
  gboolean is_torn;        /* under lock: only a part of the last line was written */
  GemingaLogTail *tail;    /* (nullable): keeps the last lines; appended to under lock */
};

/* Helpers: writing */

/* Nothing of a line is better than half of it, which somebody else's next line would follow. */
static int
give_up (GemingaLog *self, gsize n_written, guint n_writes, int code)
{
  gboolean is_own = self->path != NULL && n_writes == 1;

  if (n_written > 0 && !(is_own && geminga_log_file_cut (self->fd, n_written)))
    self->is_torn = TRUE;

  return code;
}

/* 0, or what errno was. */
static int
write_all (GemingaLog *self, const char *text, gsize length)
{
  const char *start = text;
  guint n_writes = 0;

  while (length > 0)
    {
      gssize written = write (self->fd, text, length);
      struct pollfd poll_fd = { .fd = self->fd, .events = POLLOUT };

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0 && errno == EAGAIN && poll (&poll_fd, 1, PATIENCE) > 0)
        continue;
      if (written <= 0)
        return give_up (self, text - start, n_writes, written < 0 ? errno : EIO);

      text += written;
      length -= written;
      n_writes++;
    }
  self->is_torn = FALSE;

  return 0;
}

static char *
format_line (GemingaLog *self, GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  gint64 now = g_get_real_time ();

  if (g_atomic_int_get (&self->format) == FORMAT_JSON)
    return geminga_log_line_json (now, level, fields, n_fields);

  return geminga_log_line_text (now, level, fields, n_fields, g_atomic_int_get (&self->is_colour));
}

/* The line before the next one, once there is room again. */
static char *
format_loss (GemingaLog *self)
{
  g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, self->n_lost);
  g_autofree char *message =
      g_strdup_printf (_ ("Lines of the log that could not be written: %s (%s)"), count,
                       g_strerror (self->lost_code));
  const GLogField fields[] = {
    { "MESSAGE", message, -1 },
    { "GLIB_DOMAIN", G_LOG_DOMAIN, -1 },
    { "LOST_LINES", count, -1 },
  };

  return format_line (self, G_LOG_LEVEL_WARNING, fields, G_N_ELEMENTS (fields));
}

static void
write_line_locked (GemingaLog *self, const char *line)
{
  int code = 0;

  if (self->n_lost > 0)
    {
      g_autofree char *loss = format_loss (self);
      g_autofree char *both = g_strconcat (self->is_torn ? "\n" : "", loss, line, NULL);

      code = write_all (self, both, strlen (both));
    }
  else
    code = write_all (self, line, strlen (line));

  if (code == 0)
    self->n_lost = 0;
  else if (self->n_lost++ == 0)
    self->lost_code = code;
}

static void
write_line (GemingaLog *self, const char *line)
{
  int saved = errno;

  g_mutex_lock (&self->lock);
  write_line_locked (self, line);
  g_mutex_unlock (&self->lock);
  errno = saved;
}

static gboolean
write_journal (GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  GLogField all[MAX_FIELDS + 1];
  const char *program = g_get_prgname ();

  if (program == NULL || n_fields > MAX_FIELDS ||
      geminga_log_line_find_field (fields, n_fields, "SYSLOG_IDENTIFIER") != NULL)
    return g_log_writer_journald (level, fields, n_fields, NULL) == G_LOG_WRITER_HANDLED;

  if (n_fields > 0)
    memcpy (all, fields, n_fields * sizeof *fields);
  all[n_fields] = (GLogField){ "SYSLOG_IDENTIFIER", program, -1 };

  return g_log_writer_journald (level, all, n_fields + 1, NULL) == G_LOG_WRITER_HANDLED;
}

static gboolean
is_shown (GemingaLog *self, GLogLevelFlags flags, const GLogField *fields, gsize n_fields)
{
  GLogLevelFlags level = geminga_log_line_get_level (flags);
  g_autofree char *domain = NULL;

  if (level <= thresholds[g_atomic_int_get (&self->threshold)].least)
    return TRUE;
  if (level < G_LOG_LEVEL_INFO)
    return FALSE;

  domain = geminga_log_line_dup_field (fields, n_fields, "GLIB_DOMAIN");
  return !g_log_writer_default_would_drop (level, domain);
}

static void
keep_line (GemingaLog *self, GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  g_autofree char *line =
      geminga_log_line_text (g_get_real_time (), level, fields, n_fields, FALSE);

  g_mutex_lock (&self->lock);
  geminga_log_tail_append (g_atomic_pointer_get (&self->tail), line);
  g_mutex_unlock (&self->lock);
}

static GLogWriterOutput
write_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  GemingaLog *self = user_data;

  if (!is_shown (self, level, fields, n_fields))
    return G_LOG_WRITER_HANDLED;

  if (g_atomic_pointer_get (&self->tail) != NULL)
    keep_line (self, level, fields, n_fields);
  if (g_atomic_int_get (&self->format) != FORMAT_JOURNAL ||
      !write_journal (level, fields, n_fields))
    {
      g_autofree char *line = format_line (self, level, fields, n_fields);

      write_line (self, line);
    }

  return G_LOG_WRITER_HANDLED;
}

/* Helpers: configuring */

static gboolean
find_threshold (const char *name, int *threshold, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (thresholds); i++)
    {
      if (strcmp (thresholds[i].name, name) == 0)
        {
          *threshold = i;
          return TRUE;
        }
    }

  g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
               _ ("“%s” is no level of the log"), name);
  return FALSE;
}

static gboolean
find_format (const char *name, int *format, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (format_names); i++)
    {
      if (strcmp (format_names[i], name) == 0)
        {
          *format = i;
          return TRUE;
        }
    }

  g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
               _ ("“%s” is no format of the log"), name);
  return FALSE;
}

static gboolean
open_file (const char *path, const GemingaPrivileges *owner, int *fd, GError **error)
{
  *fd = STDERR_FILENO;
  if (path == NULL)
    return TRUE;

  *fd = geminga_log_file_open (path, owner, error);
  if (*fd < 0)
    g_prefix_error (error, _ ("Cannot open the log file %s: "), path);

  return *fd >= 0;
}

static gboolean
has_colours (int fd)
{
  const char *no_color = g_getenv ("NO_COLOR");
  const char *term = g_getenv ("TERM");

  return (no_color == NULL || *no_color == '\0') && isatty (fd) &&
         (term == NULL || strcmp (term, "dumb") != 0);
}

static void
copy_owner (GemingaPrivileges *owner, const GemingaPrivileges *other)
{
  *owner = *other;
  owner->user = g_strdup (other->user);
}

/* Takes @path and @fd. */
static void
use_file (GemingaLog *self, char *path, const GemingaPrivileges *owner, int fd)
{
  int old = -1;

  g_mutex_lock (&self->lock);
  old = self->fd;
  self->fd = fd;
  g_free (self->path);
  self->path = path;
  geminga_privileges_clear (&self->owner);
  copy_owner (&self->owner, owner);
  self->is_torn = FALSE;
  g_atomic_int_set (&self->is_colour, has_colours (fd));
  g_mutex_unlock (&self->lock);

  if (old != STDERR_FILENO && close (old) < 0)
    g_info ("Cannot close the old log file: %s", g_strerror (errno));
}

static GemingaLog *
make_log (void)
{
  GemingaLog *self = g_new0 (GemingaLog, 1);
  struct sigaction action = { 0 };

  g_mutex_init (&self->lock);
  self->threshold = DEFAULT_THRESHOLD;
  self->format = FORMAT_TEXT;
  self->fd = STDERR_FILENO;
  self->is_colour = has_colours (STDERR_FILENO);

  /* A pipe whose reader is gone is no reason to end, as GIO thinks too, nor is a file that is full. */
  if (sigaction (SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
    signal (SIGPIPE, SIG_IGN);
  if (sigaction (SIGXFSZ, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
    signal (SIGXFSZ, SIG_IGN);

  return self;
}

/* Private API */

GemingaLog *
geminga_log_install (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      GemingaLog *self = make_log ();

      g_log_set_writer_func (write_cb, self, NULL);
      g_once_init_leave (&once, (gsize) self);
    }

  return (GemingaLog *) once;
}

gboolean
geminga_log_configure (GemingaLog *self,
                       const char *level,
                       const char *format,
                       const char *file,
                       const GemingaPrivileges *owner,
                       GError **error)
{
  static const GemingaPrivileges same = { 0 };
  gboolean is_stderr = file == NULL || *file == '\0' || strcmp (file, "-") == 0;
  g_autofree char *path = is_stderr ? NULL : g_canonicalize_filename (file, NULL);
  int threshold = 0;
  int kind = 0;
  int fd = -1;

  if (!find_threshold (level, &threshold, error) || !find_format (format, &kind, error) ||
      !open_file (path, owner, &fd, error))
    return FALSE;

  g_atomic_int_set (&self->threshold, threshold);
  g_atomic_int_set (&self->format, kind);
  use_file (self, g_steal_pointer (&path), owner != NULL ? owner : &same, fd);

  return TRUE;
}

const char *
geminga_log_default_format (void)
{
  const char *stream = g_getenv ("JOURNAL_STREAM");
  g_autofree char *own = NULL;
  struct stat status;

  if (stream == NULL || fstat (STDERR_FILENO, &status) < 0)
    return "text";

  own = g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, (guint64) status.st_dev,
                         (guint64) status.st_ino);
  return strcmp (stream, own) == 0 ? "journal" : "text";
}

gboolean
geminga_log_set_level (GemingaLog *self, const char *level, GError **error)
{
  int threshold = 0;

  if (!find_threshold (level, &threshold, error))
    return FALSE;

  g_atomic_int_set (&self->threshold, threshold);
  return TRUE;
}

const char *
geminga_log_get_level (GemingaLog *self)
{
  return thresholds[g_atomic_int_get (&self->threshold)].name;
}

const char *
geminga_log_get_format (GemingaLog *self)
{
  return format_names[g_atomic_int_get (&self->format)];
}

void
geminga_log_keep_lines (GemingaLog *self, GemingaLogTail *tail)
{
  g_atomic_pointer_set (&self->tail, tail);
}

gboolean
geminga_log_reopen (GemingaLog *self, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autofree char *path = NULL;
  g_auto (GemingaPrivileges) owner = { 0 };
  int fd = -1;

  g_mutex_lock (&self->lock);
  path = g_strdup (self->path);
  copy_owner (&owner, &self->owner);
  g_mutex_unlock (&self->lock);

  if (open_file (path, &owner, &fd, &own_error))
    {
      use_file (self, g_steal_pointer (&path), &owner, fd);
      return TRUE;
    }

  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "MESSAGE",
                    _ ("%s; what is logged still goes to the old file"), own_error->message);
  g_propagate_error (error, g_steal_pointer (&own_error));
  return FALSE;
}
