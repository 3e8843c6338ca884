/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-privileges-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "geminga-settings-error.h"

/* An entry larger than this is none. */
#define MAX_ENTRY (1024 * 1024)

/* What is looked up: by name, or by number if that is NULL. */
typedef struct
{
  const char *name;
  id_t id;
} Key;

typedef struct
{
  gboolean is_found;
  uid_t uid;
  gid_t gid;
  char *name; /* (owned) (nullable) */
} Entry;

typedef int (*LookupFunc) (const Key *key, Entry *entry, char *buffer, gsize size);

/* Helpers: the databases */

static int
look_up_user (const Key *key, Entry *entry, char *buffer, gsize size)
{
  struct passwd user = { 0 };
  struct passwd *found = NULL;
  int code = key->name != NULL ? getpwnam_r (key->name, &user, buffer, size, &found)
                               : getpwuid_r (key->id, &user, buffer, size, &found);

  if (found != NULL)
    *entry = (Entry){ TRUE, user.pw_uid, user.pw_gid, g_strdup (user.pw_name) };

  return code;
}

static int
look_up_group (const Key *key, Entry *entry, char *buffer, gsize size)
{
  struct group group = { 0 };
  struct group *found = NULL;
  int code = getgrnam_r (key->name, &group, buffer, size, &found);

  if (found != NULL)
    *entry = (Entry){ TRUE, 0, group.gr_gid, g_strdup (group.gr_name) };

  return code;
}

/* FALSE if the database cannot be asked, which is not the same as having no such entry. */
static gboolean
look_up (LookupFunc func, const Key *key, const char *text, Entry *entry, GError **error)
{
  for (gsize size = 4096; size <= MAX_ENTRY; size *= 2)
    {
      g_autofree char *buffer = g_malloc (size);
      int code = func (key, entry, buffer, size);

      if (code == ERANGE || code == EINTR)
        continue;
      /* Some databases say with these that there is no such entry. */
      if (entry->is_found || code == 0 || code == ENOENT || code == ESRCH)
        return TRUE;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   _ ("Cannot look up “%s” in the system's database: %s"), text, g_strerror (code));
      return FALSE;
    }

  return TRUE;
}

/* Helpers: what was asked for */

static gboolean
parse_id (const char *text, id_t *id)
{
  guint64 number = 0;

  /* The largest one means “none” to the system. */
  if (!g_ascii_isdigit (text[0]) ||
      !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32 - 1, &number, NULL))
    return FALSE;

  *id = number;
  return TRUE;
}

static gboolean
find_user (GemingaPrivileges *self, const char *user, gboolean has_group, GError **error)
{
  Entry entry = { 0 };
  Key key = { .name = user };
  gboolean is_number = FALSE;

  if (!look_up (look_up_user, &key, user, &entry, error))
    return FALSE;

  is_number = !entry.is_found && parse_id (user, &key.id);
  key.name = NULL;
  if (is_number && !look_up (look_up_user, &key, user, &entry, error))
    return FALSE;

  if (entry.is_found)
    {
      self->uid = entry.uid;
      self->gid = entry.gid;
      self->user = entry.name;
      return TRUE;
    }
  if (is_number && has_group)
    {
      self->uid = key.id;
      return TRUE;
    }

  g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
               is_number ? _ ("User %s has no account here, so that --group has to be given too")
                         : _ ("There is no user “%s” here"),
               user);
  return FALSE;
}

static gboolean
find_group (GemingaPrivileges *self, const char *group, GError **error)
{
  Entry entry = { 0 };
  Key key = { .name = group };

  if (!look_up (look_up_group, &key, group, &entry, error))
    return FALSE;

  g_free (entry.name);
  if (entry.is_found)
    self->gid = entry.gid;
  else if (parse_id (group, &key.id))
    self->gid = key.id;
  else
    {
      g_set_error (error, GEMINGA_SETTINGS_ERROR, GEMINGA_SETTINGS_ERROR_INVALID_VALUE,
                   _ ("There is no group “%s” here"), group);
      return FALSE;
    }

  return TRUE;
}

/* What the process is already. */
static gboolean
is_same (const GemingaPrivileges *self)
{
  uid_t uids[3];
  gid_t gids[3];

  return getresuid (&uids[0], &uids[1], &uids[2]) == 0 &&
         getresgid (&gids[0], &gids[1], &gids[2]) == 0 && uids[0] == self->uid &&
         uids[1] == self->uid && uids[2] == self->uid && gids[0] == self->gid &&
         gids[1] == self->gid && gids[2] == self->gid;
}

static gboolean
fail_to_drop (const GemingaPrivileges *self, const char *why, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               _ ("Cannot run as user %u and group %u: %s"), self->uid, self->gid, why);
  return FALSE;
}

/* Private API */

gboolean
geminga_privileges_find (GemingaPrivileges *self,
                         const char *user,
                         const char *group,
                         GError **error)
{
  gboolean has_user = user != NULL && *user != '\0';
  gboolean has_group = group != NULL && *group != '\0';

  *self = (GemingaPrivileges){ .uid = geteuid (), .gid = getegid () };
  if (has_user && !find_user (self, user, has_group, error))
    return FALSE;
  if (has_group && !find_group (self, group, error))
    return FALSE;

  self->is_change = (has_user || has_group) && !is_same (self);
  if (self->is_change && geteuid () != 0)
    return fail_to_drop (self, _ ("only root can change to another user or group"), EPERM, error);

  return TRUE;
}

gboolean
geminga_privileges_drop (const GemingaPrivileges *self, GError **error)
{
  gid_t gid = self->gid;

  if (!self->is_change)
    return TRUE;

  /* Groups first: whoever is not root cannot. */
  if ((self->user != NULL ? initgroups (self->user, gid) : setgroups (1, &gid)) < 0 ||
      setresgid (gid, gid, gid) < 0 || setresuid (self->uid, self->uid, self->uid) < 0)
    return fail_to_drop (self, g_strerror (errno), errno, error);
  if (!is_same (self) || (self->uid != 0 && setuid (0) == 0))
    return fail_to_drop (self, _ ("the system did not change them"), EPERM, error);

  return TRUE;
}

void
geminga_privileges_clear (GemingaPrivileges *self)
{
  g_clear_pointer (&self->user, g_free);
}
