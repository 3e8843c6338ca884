/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-static-files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "geminga-http-beneath-private.h"
#include "geminga-request-file-private.h"
#include "geminga-request-private.h"
#include "geminga-static-listing-private.h"

/**
 * GemingaStaticFiles:
 *
 * Answers requests with the files below a directory, and with nothing outside of it.
 *
 * ```python
 * site = Geminga.StaticFiles(root="/srv/site", cache_control="max-age=3600")
 * service.add_static("/", site)
 * ```
 *
 * A path of several names is looked up by the kernel below the root: dots lead nowhere, and a symbolic link only
 * to what is below the root too. Names that begin with a dot are not there, except
 * `.well-known`. A directory is answered with its index file, or with a list of its
 * files when [property@Geminga.StaticFiles:listing] is set; asked for without a slash at its end it redirects there.
 * Files are sent as [method@Geminga.Request.respond_file] does.
 *
 * The directory is opened for each request, so that it may be replaced as a whole. Properties must not
 * be changed while requests are answered; otherwise it may be used in any thread.
 *
 * Since: 0.1
 */
struct _GemingaStaticFiles
{
  GObject parent_instance;

  char *root;
  char *index;
  char *cache_control; /* (nullable) */
  gboolean listing;
  gboolean hidden;
  gboolean follow_symlinks;
  gboolean precompressed;
};

enum
{
  PROP_ROOT = 1,
  PROP_INDEX,
  PROP_CACHE_CONTROL,
  PROP_LISTING,
  PROP_HIDDEN,
  PROP_FOLLOW_SYMLINKS,
  PROP_PRECOMPRESSED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (GemingaStaticFiles, geminga_static_files, G_TYPE_OBJECT)

/* One request. */
typedef struct
{
  GemingaStaticFiles *files;
  GemingaRequest *request;
  const char *path;
  int root;
} Lookup;

/* Helpers */

static gboolean
is_segment_allowed (GemingaStaticFiles *self, const char *segment, gboolean is_first)
{
  if (*segment == '\0' || strcmp (segment, ".") == 0 || strcmp (segment, "..") == 0)
    return FALSE;
  if (*segment != '.' || self->hidden)
    return TRUE;

  return is_first && strcmp (segment, ".well-known") == 0;
}

/* The last segment is empty where a directory is asked for. */
static gboolean
is_path_allowed (GemingaStaticFiles *self, const char *path)
{
  g_auto (GStrv) segments = NULL;

  if (strchr (path, '\\') != NULL)
    return FALSE;

  segments = g_strsplit (path, "/", -1);
  for (guint i = 0; segments[i] != NULL; i++)
    {
      gboolean is_end = *segments[i] == '\0' && segments[i + 1] == NULL;

      if (!is_end && !is_segment_allowed (self, segments[i], i == 0))
        return FALSE;
    }

  return TRUE;
}

static int
open_beneath (const char *name, gpointer user_data)
{
  Lookup *lookup = user_data;

  return geminga_http_beneath_open (lookup->root, name, lookup->files->follow_symlinks);
}

static int
find (Lookup *lookup, const char *name, GemingaHttpOpened *opened)
{
  const char *accept = NULL;

  if (lookup->files->precompressed)
    accept = geminga_request_get_header (lookup->request, "Accept-Encoding");

  return geminga_http_opened_find (opened, name, accept, open_beneath, lookup);
}

static void
send_opened (Lookup *lookup, GemingaHttpOpened *opened, const char *name)
{
  GemingaStaticFiles *self = lookup->files;

  if (self->precompressed)
    geminga_request_add_response_header (lookup->request, "Vary", "Accept-Encoding", NULL);
  if (self->cache_control != NULL &&
      geminga_request_get_response_header (lookup->request, "Cache-Control") == NULL)
    geminga_request_set_response_header (lookup->request, "Cache-Control", self->cache_control,
                                         NULL);
  geminga_request_respond_opened (lookup->request, opened, name, NULL);
}

/* The raw path begins with one slash: no segment was empty, so it names no other host. */
static void
redirect_to_directory (Lookup *lookup)
{
  const char *path = geminga_request_get_raw_path (lookup->request);
  const char *query = geminga_request_get_raw_query (lookup->request);
  g_autofree char *location =
      g_strconcat (path, "/", query != NULL ? "?" : "", query != NULL ? query : "", NULL);

  if (g_str_has_prefix (path, "//"))
    geminga_request_respond_status (lookup->request, 404, NULL);
  else
    geminga_request_respond_redirect (lookup->request, 308, location);
}

static void
send_listing (Lookup *lookup, const char *directory)
{
  g_autoptr (GBytes) page = NULL;
  int fd = open_beneath (directory, lookup);

  if (fd >= 0)
    page = geminga_static_listing_new (fd, geminga_request_get_path (lookup->request),
                                       lookup->files->hidden);
  if (page == NULL)
    geminga_request_respond_errno (lookup->request, lookup->path, errno);
  else
    geminga_request_respond_bytes (lookup->request, 200, "text/html; charset=utf-8", page);
}

static void
send_directory (Lookup *lookup)
{
  g_autofree char *directory = g_strdup (lookup->path);
  g_autofree char *index = g_strconcat (lookup->path, lookup->files->index, NULL);
  gsize len = strlen (directory);
  GemingaHttpOpened opened;
  int code = ENOENT;

  if (len > 0)
    directory[len - 1] = '\0';
  if (*lookup->files->index != '\0')
    code = find (lookup, index, &opened);

  if (code == 0)
    send_opened (lookup, &opened, index);
  else if (code == ENOENT && lookup->files->listing)
    send_listing (lookup, directory);
  else
    geminga_request_respond_errno (lookup->request, index, code);
}

static void
send_path (Lookup *lookup)
{
  GemingaHttpOpened opened;
  int code;

  if (*lookup->path == '\0' || g_str_has_suffix (lookup->path, "/"))
    {
      send_directory (lookup);
      return;
    }

  code = find (lookup, lookup->path, &opened);
  if (code == 0)
    send_opened (lookup, &opened, lookup->path);
  else if (code == EISDIR)
    redirect_to_directory (lookup);
  else
    geminga_request_respond_errno (lookup->request, lookup->path, code);
}

static gboolean
check_method (GemingaRequest *request)
{
  const char *method = geminga_request_get_method (request);

  if (strcmp (method, "GET") == 0 || strcmp (method, "HEAD") == 0)
    return TRUE;

  geminga_request_set_response_header (request, "Allow", "GET, HEAD", NULL);
  geminga_request_respond_status (request, 405, NULL);

  return FALSE;
}

/* GObject */

static void
geminga_static_files_finalize (GObject *object)
{
  GemingaStaticFiles *self = GEMINGA_STATIC_FILES (object);

  g_free (self->root);
  g_free (self->index);
  g_free (self->cache_control);

  G_OBJECT_CLASS (geminga_static_files_parent_class)->finalize (object);
}

static void
geminga_static_files_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GemingaStaticFiles *self = GEMINGA_STATIC_FILES (object);

  switch (prop_id)
    {
    case PROP_ROOT:
      g_value_set_string (value, self->root);
      break;
    case PROP_INDEX:
      g_value_set_string (value, self->index);
      break;
    case PROP_CACHE_CONTROL:
      g_value_set_string (value, self->cache_control);
      break;
    case PROP_LISTING:
      g_value_set_boolean (value, self->listing);
      break;
    case PROP_HIDDEN:
      g_value_set_boolean (value, self->hidden);
      break;
    case PROP_FOLLOW_SYMLINKS:
      g_value_set_boolean (value, self->follow_symlinks);
      break;
    case PROP_PRECOMPRESSED:
      g_value_set_boolean (value, self->precompressed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
set_text (char **field, const GValue *value)
{
  g_free (*field);
  *field = g_value_dup_string (value);
}

static void
geminga_static_files_set_property (GObject *object,
                                   guint prop_id,
                                   const GValue *value,
                                   GParamSpec *pspec)
{
  GemingaStaticFiles *self = GEMINGA_STATIC_FILES (object);

  switch (prop_id)
    {
    case PROP_ROOT:
      set_text (&self->root, value);
      break;
    case PROP_INDEX:
      set_text (&self->index, value);
      break;
    case PROP_CACHE_CONTROL:
      set_text (&self->cache_control, value);
      break;
    case PROP_LISTING:
      self->listing = g_value_get_boolean (value);
      break;
    case PROP_HIDDEN:
      self->hidden = g_value_get_boolean (value);
      break;
    case PROP_FOLLOW_SYMLINKS:
      self->follow_symlinks = g_value_get_boolean (value);
      break;
    case PROP_PRECOMPRESSED:
      self->precompressed = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      break;
    }
}

static void
geminga_static_files_constructed (GObject *object)
{
  GemingaStaticFiles *self = GEMINGA_STATIC_FILES (object);

  G_OBJECT_CLASS (geminga_static_files_parent_class)->constructed (object);

  if (self->root == NULL)
    g_critical ("GemingaStaticFiles needs a root");
  if (self->index == NULL)
    self->index = g_strdup ("");
}

static void
geminga_static_files_class_init (GemingaStaticFilesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = geminga_static_files_constructed;
  object_class->finalize = geminga_static_files_finalize;
  object_class->get_property = geminga_static_files_get_property;
  object_class->set_property = geminga_static_files_set_property;

  /**
   * GemingaStaticFiles:root:
   *
   * The directory.
   *
   * Since: 0.1
   */
  props[PROP_ROOT] = g_param_spec_string ("root", NULL, NULL, NULL, flags);

  /**
   * GemingaStaticFiles:index:
   *
   * The name of the file that answers for a directory; empty: none does.
   *
   * Since: 0.1
   */
  props[PROP_INDEX] = g_param_spec_string ("index", NULL, NULL, "index.html", flags);

  /**
   * GemingaStaticFiles:cache-control:
   *
   * The value of the field `Cache-Control` of files, as `max-age=3600`.
   *
   * Since: 0.1
   */
  props[PROP_CACHE_CONTROL] = g_param_spec_string ("cache-control", NULL, NULL, NULL, flags);

  /**
   * GemingaStaticFiles:listing:
   *
   * Whether a directory without an index file is answered with a list of its files.
   *
   * Since: 0.1
   */
  props[PROP_LISTING] = g_param_spec_boolean ("listing", NULL, NULL, FALSE, flags);

  /**
   * GemingaStaticFiles:hidden:
   *
   * Whether there are files and directories whose names begin with a dot.
   *
   * Since: 0.1
   */
  props[PROP_HIDDEN] = g_param_spec_boolean ("hidden", NULL, NULL, FALSE, flags);

  /**
   * GemingaStaticFiles:follow-symlinks:
   *
   * Whether symbolic links are followed to what is below the root too.
   *
   * Since: 0.1
   */
  props[PROP_FOLLOW_SYMLINKS] = g_param_spec_boolean ("follow-symlinks", NULL, NULL, TRUE, flags);

  /**
   * GemingaStaticFiles:precompressed:
   *
   * Whether compressed siblings of files are looked for.
   *
   * Since: 0.1
   */
  props[PROP_PRECOMPRESSED] = g_param_spec_boolean ("precompressed", NULL, NULL, TRUE, flags);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
geminga_static_files_init (GemingaStaticFiles *self)
{
}

/* Public API */

/**
 * geminga_static_files_new:
 * @root: (type filename): a directory
 *
 * Creates what answers with the files below a directory.
 *
 * Returns: (transfer full): new static files
 *
 * Since: 0.1
 */
GemingaStaticFiles *
geminga_static_files_new (const char *root)
{
  g_return_val_if_fail (root != NULL, NULL);

  return g_object_new (GEMINGA_TYPE_STATIC_FILES, "root", root, NULL);
}

/**
 * geminga_static_files_respond:
 * @self: static files
 * @request: a request
 * @path: what is asked for, decoded and relative to the root; empty for the root itself
 *
 * Answers a request with a file.
 *
 * What is not there, or must not be seen, is answered with status 404, what may not be read with 403, and other
 * methods than `GET` and `HEAD` with 405.
 *
 * Since: 0.1
 */
void
geminga_static_files_respond (GemingaStaticFiles *self, GemingaRequest *request, const char *path)
{
  Lookup lookup = { self, request, path, -1 };

  g_return_if_fail (GEMINGA_IS_STATIC_FILES (self));
  g_return_if_fail (GEMINGA_IS_REQUEST (request));
  g_return_if_fail (path != NULL);

  if (!check_method (request))
    return;
  if (!is_path_allowed (self, path))
    {
      geminga_request_respond_status (request, 404, NULL);
      return;
    }

  lookup.root = open (self->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (lookup.root < 0)
    {
      geminga_request_respond_errno (request, self->root, errno);
      return;
    }

  send_path (&lookup);
  close (lookup.root);
}
