/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-link-slots-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The least size of a slot; others are powers of two. */
#define MIN_CAPACITY ((gsize) 1024 * 1024)
/* What the slots of one end may have together. */
#define MAX_TOTAL ((gsize) 128 * 1024 * 1024)
/* Slots that nobody uses keep pages up to this together. */
#define MAX_KEPT ((gsize) 8 * 1024 * 1024)

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW)

/* One that this end writes to. */
typedef struct
{
  int fd; /* (owned) */
  guint8 *bytes;
  gsize capacity;
  gsize n_kept; /* bytes at the front that may have pages */
  gboolean is_busy;
  gboolean is_known; /* to the other end */
} Own;

/* One of the other end. What came in it holds a reference. */
typedef struct
{
  atomic_int ref_count;
  atomic_bool is_held; /* something that came in it is still needed */
  guint32 number;
  const guint8 *bytes;
  gsize capacity;

  GemingaLinkSlotsFunc released;
  gpointer data; /* (owned) while it is held */
  GDestroyNotify unref;
} Other;

struct _GemingaLinkSlots
{
  GemingaLinkSlotsFunc released;
  gpointer data; /* not owned */
  gpointer (*ref) (gpointer data);
  GDestroyNotify unref;

  Own own[GEMINGA_LINK_MAX_SLOTS];
  guint n_own;
  gsize total;  /* of their capacities */
  gsize n_kept; /* of those that are not busy */

  Other *other[GEMINGA_LINK_MAX_SLOTS]; /* (owned) (nullable) */
  gsize other_total;
};

/* Where an array is, as the message says. */
typedef struct
{
  guint32 member;
  guint32 slot;
  guint64 size;
} Place;

/* Helpers */

/* Whatever the bytes of such an array are, they are numbers. */
static gboolean
is_plain_array (const char *type)
{
  return type[0] == 'a' && type[1] != '\0' && strchr ("ynqiuxtd", type[1]) != NULL &&
         type[2] == '\0';
}

static gsize
get_number_size (char code)
{
  return code == 'y' ? 1 : strchr ("nq", code) != NULL ? 2 : strchr ("iu", code) != NULL ? 4 : 8;
}

/* Takes a floating @member. */
static GVariant *
replace_member (GVariant *body, gsize index, GVariant *member)
{
  gsize n_members = g_variant_n_children (body);
  g_autofree GVariant **members = g_new (GVariant *, n_members);
  GVariant *replaced;

  for (gsize i = 0; i < n_members; i++)
    members[i] = i == index ? g_variant_ref_sink (member) : g_variant_get_child_value (body, i);
  replaced = g_variant_ref_sink (g_variant_new_tuple (members, n_members));
  for (gsize i = 0; i < n_members; i++)
    g_variant_unref (members[i]);

  return replaced;
}

/* Helpers: own slots */

static gboolean
own_init (Own *self, gsize capacity)
{
  int fd = memfd_create ("geminga-slot", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  gpointer bytes;

  if (fd < 0)
    return FALSE;

  if (ftruncate (fd, (off_t) capacity) != 0 || fcntl (fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) != 0)
    {
      close (fd);
      return FALSE;
    }

  bytes = mmap (NULL, capacity, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (bytes == MAP_FAILED)
    {
      close (fd);
      return FALSE;
    }

  *self = (Own){ .fd = fd, .bytes = bytes, .capacity = capacity };

  return TRUE;
}

static void
own_clear (Own *self)
{
  munmap (self->bytes, self->capacity);
  close (self->fd);
}

static gsize
choose_capacity (gsize size)
{
  gsize capacity = MIN_CAPACITY;

  while (capacity < size)
    capacity *= 2;

  return capacity;
}

/* The smallest free one that is large enough, preferably one that has its pages. */
static Own *
find_free (GemingaLinkSlots *self, gsize size)
{
  Own *best = NULL;

  for (guint i = 0; i < self->n_own; i++)
    {
      Own *own = &self->own[i];

      if (own->is_busy || own->capacity < size)
        continue;
      if (best == NULL || own->capacity < best->capacity ||
          (own->capacity == best->capacity && own->n_kept > best->n_kept))
        best = own;
    }

  return best;
}

/* NULL: the array has to be copied, as the other end holds too much. */
static Own *
take_slot (GemingaLinkSlots *self, gsize size)
{
  gsize capacity = choose_capacity (size);
  Own *own = find_free (self, size);

  if (own == NULL)
    {
      if (self->n_own == GEMINGA_LINK_MAX_SLOTS || self->total + capacity > MAX_TOTAL ||
          !own_init (&self->own[self->n_own], capacity))
        return NULL;

      own = &self->own[self->n_own++];
      self->total += capacity;
    }

  self->n_kept -= own->n_kept;
  own->n_kept = MAX (own->n_kept, size);
  own->is_busy = TRUE;

  return own;
}

/* The first member that is large enough. */
static GVariant *
find_large_member (GVariant *body, guint32 *index)
{
  gsize n_members = g_variant_n_children (body);

  for (gsize i = 0; i < n_members; i++)
    {
      g_autoptr (GVariant) member = g_variant_get_child_value (body, i);

      if (!is_plain_array (g_variant_get_type_string (member)) ||
          g_variant_get_size (member) < GEMINGA_LINK_SHARED_SIZE ||
          g_variant_get_size (member) > geminga_wire_limits_default.max_array)
        continue;

      *index = (guint32) i;
      return g_steal_pointer (&member);
    }

  return NULL;
}

/* Helpers: the other end's slots */

static void
other_unref (Other *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) != 1)
    return;

  munmap ((gpointer) self->bytes, self->capacity);
  g_free (self);
}

/* Any thread: nobody has the array any more. */
static void
other_release (gpointer data)
{
  Other *self = data;
  gpointer owner = g_steal_pointer (&self->data);
  GDestroyNotify unref = self->unref;
  GemingaLinkSlotsFunc released = self->released;
  guint32 number = self->number;

  atomic_store (&self->is_held, FALSE);
  other_unref (self);
  released (owner, number, TRUE);
  unref (owner);
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED, "Shared body: %s", what);

  return FALSE;
}

/* A file that can become smaller would kill who reads beyond its end. */
static Other *
other_new (GemingaLinkSlots *self, int fd, GError **error)
{
  struct stat status;
  gpointer bytes;
  Other *other;
  int seals = fcntl (fd, F_GET_SEALS);

  if (seals < 0 || (seals & SEALS) != SEALS || fstat (fd, &status) != 0)
    {
      fail (error, "its slot is no memory of a size that stays");
      return NULL;
    }
  if (status.st_size < (off_t) MIN_CAPACITY || (guint64) status.st_size > MAX_TOTAL ||
      self->other_total + (gsize) status.st_size > MAX_TOTAL)
    {
      fail (error, "its slot has a size that slots have not, or there are too many");
      return NULL;
    }

  bytes = mmap (NULL, (gsize) status.st_size, PROT_READ, MAP_SHARED, fd, 0);
  if (bytes == MAP_FAILED)
    {
      fail (error, g_strerror (errno));
      return NULL;
    }

  other = g_new0 (Other, 1);
  atomic_init (&other->ref_count, 1);
  atomic_init (&other->is_held, FALSE);
  other->bytes = bytes;
  other->capacity = (gsize) status.st_size;
  other->released = self->released;
  other->unref = self->unref;
  self->other_total += other->capacity;

  return other;
}

static gboolean
read_place (GVariant *wrapper, GVariant **body, Place *place, GError **error)
{
  g_autoptr (GVariant) inner = NULL;
  g_autoptr (GVariant) member = NULL;

  if (!g_variant_is_of_type (wrapper, G_VARIANT_TYPE ("(vuut)")))
    return fail (error, "it does not say where it is");

  g_variant_get (wrapper, "(vuut)", &inner, &place->member, &place->slot, &place->size);
  if (!g_variant_is_of_type (inner, G_VARIANT_TYPE_TUPLE) ||
      place->member >= g_variant_n_children (inner))
    return fail (error, "it has no such member");

  member = g_variant_get_child_value (inner, place->member);
  if (!is_plain_array (g_variant_get_type_string (member)))
    return fail (error, "the member is no array of numbers");
  if (place->slot >= GEMINGA_LINK_MAX_SLOTS)
    return fail (error, "there is no such slot");
  if (place->size > geminga_wire_limits_default.max_array)
    return fail (error, "the array is too large");

  *body = g_steal_pointer (&inner);

  return TRUE;
}

/* The slot that the array is in, which this end knows or hears of now. */
static Other *
find_other (GemingaLinkSlots *self, guint32 slot, GUnixFDList *fds, GError **error)
{
  Other *other = self->other[slot];

  if (fds != NULL)
    {
      int n_fds;
      const int *list = g_unix_fd_list_peek_fds (fds, &n_fds);

      if (n_fds != 1 || other != NULL)
        {
          fail (error, "its slot has been announced already");
          return NULL;
        }
      other = self->other[slot] = other_new (self, list[0], error);
      if (other != NULL)
        other->number = slot;
      return other;
    }

  if (other == NULL)
    fail (error, "its slot has not been announced");
  else if (atomic_load (&other->is_held))
    {
      fail (error, "what came in its slot before is still needed");
      return NULL;
    }

  return other;
}

static GVariant *
other_to_array (GemingaLinkSlots *self, Other *other, const char *type, gsize size)
{
  g_autoptr (GBytes) bytes = NULL;

  atomic_fetch_add_explicit (&other->ref_count, 1, memory_order_relaxed);
  atomic_store (&other->is_held, TRUE);
  other->data = self->ref (self->data);
  bytes = g_bytes_new_with_free_func (other->bytes, size, other_release, other);

  return g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, TRUE);
}

/* Private API */

GemingaLinkSlots *
geminga_link_slots_new (GemingaLinkSlotsFunc released,
                        gpointer data,
                        gpointer (*ref) (gpointer data),
                        GDestroyNotify unref)
{
  GemingaLinkSlots *self = g_new0 (GemingaLinkSlots, 1);

  self->released = released;
  self->data = data;
  self->ref = ref;
  self->unref = unref;

  return self;
}

void
geminga_link_slots_free (GemingaLinkSlots *self)
{
  for (guint i = 0; i < self->n_own; i++)
    own_clear (&self->own[i]);
  for (guint i = 0; i < G_N_ELEMENTS (self->other); i++)
    g_clear_pointer (&self->other[i], other_unref);
  g_free (self);
}

gboolean
geminga_link_slots_pack (GemingaLinkSlots *self,
                         GVariant *body,
                         GVariant **packed,
                         GUnixFDList **fds,
                         guint32 *slot)
{
  g_autoptr (GVariant) large = NULL;
  g_autoptr (GVariant) rest = NULL;
  guint32 index;
  Own *own;

  if (body == NULL || !g_variant_is_of_type (body, G_VARIANT_TYPE_TUPLE) ||
      g_variant_get_size (body) < GEMINGA_LINK_SHARED_SIZE)
    return FALSE;

  large = find_large_member (body, &index);
  own = large != NULL ? take_slot (self, g_variant_get_size (large)) : NULL;
  if (own == NULL)
    return FALSE;

  *slot = (guint32) (own - self->own);
  *fds = NULL;
  if (!own->is_known)
    {
      *fds = g_unix_fd_list_new ();
      if (g_unix_fd_list_append (*fds, own->fd, NULL) < 0)
        {
          g_clear_object (fds);
          geminga_link_slots_release (self, *slot, FALSE);
          return FALSE;
        }
      own->is_known = TRUE;
    }

  g_variant_store (large, own->bytes);
  rest = replace_member (
      body, index,
      g_variant_new_array (g_variant_type_element (g_variant_get_type (large)), NULL, 0));
  *packed = g_variant_ref_sink (
      g_variant_new ("(vuut)", rest, index, *slot, (guint64) g_variant_get_size (large)));

  return TRUE;
}

void
geminga_link_slots_release (GemingaLinkSlots *self, guint32 slot, gboolean is_known)
{
  Own *own;

  if (slot >= self->n_own || !self->own[slot].is_busy)
    return;

  own = &self->own[slot];
  own->is_busy = FALSE;
  own->is_known = own->is_known && is_known;
  if (self->n_kept + own->n_kept > MAX_KEPT &&
      fallocate (own->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t) own->n_kept) == 0)
    own->n_kept = 0;
  self->n_kept += own->n_kept;
}

gboolean
geminga_link_slots_unpack (GemingaLinkSlots *self,
                           GemingaWireMessage *message,
                           GUnixFDList **fds,
                           gboolean are_fds_lost,
                           GError **error)
{
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GVariant) member = NULL;
  Place place;
  Other *other;
  gsize element_size;

  if (!read_place (message->body, &body, &place, error))
    return FALSE;

  message->n_fds = 0;
  if (are_fds_lost)
    {
      /* The rest of the body, to answer with an error. */
      self->released (self->data, place.slot, FALSE);
      g_variant_unref (message->body);
      message->body = g_steal_pointer (&body);
      return TRUE;
    }

  other = find_other (self, place.slot, *fds, error);
  g_clear_object (fds);
  if (other == NULL)
    return FALSE;

  member = g_variant_get_child_value (body, place.member);
  element_size = get_number_size (g_variant_get_type_string (member)[1]);
  if (place.size > other->capacity || place.size % element_size != 0)
    return fail (error, "the array is larger than its slot, or ends inside an element");

  g_variant_unref (message->body);
  message->body = replace_member (
      body, place.member,
      other_to_array (self, other, g_variant_get_type_string (member), (gsize) place.size));

  return TRUE;
}
