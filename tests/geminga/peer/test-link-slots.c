/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "geminga-link-slots-private.h"

/* Both ends, in one process: what one packs the other unpacks. */
typedef struct
{
  GemingaLinkSlots *from; /* (owned) */
  GemingaLinkSlots *to;   /* (owned) */
  guint n_released;
  guint n_references; /* to the fixture */
} Fixture;

static void
on_released (gpointer data, guint32 slot, gboolean is_known)
{
  Fixture *self = data;

  self->n_released++;
  geminga_link_slots_release (self->from, slot, is_known);
}

static gpointer
fixture_ref (gpointer data)
{
  ((Fixture *) data)->n_references++;

  return data;
}

static void
fixture_unref (gpointer data)
{
  ((Fixture *) data)->n_references--;
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->from = geminga_link_slots_new (on_released, self, fixture_ref, fixture_unref);
  self->to = geminga_link_slots_new (on_released, self, fixture_ref, fixture_unref);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->from, geminga_link_slots_free);
  g_clear_pointer (&self->to, geminga_link_slots_free);
  g_assert_cmpuint (self->n_references, ==, 0);
}

/* Helpers */

static GVariant *
new_array (char code, gsize size, guint8 first)
{
  const char type[] = { 'a', code, '\0' };
  guint8 *bytes = g_malloc0 (size);

  bytes[0] = first;

  return g_variant_new_from_data (G_VARIANT_TYPE (type), bytes, size, TRUE, g_free, bytes);
}

static GVariant *
new_body (gsize size, guint8 first)
{
  return g_variant_ref_sink (g_variant_new ("(s@ayu)", "name", new_array ('y', size, first), 7));
}

/* What the other end makes of it; NULL with an error. */
static GVariant *
pass (Fixture *self, GVariant *packed, GUnixFDList *fds, GError **error)
{
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  g_autoptr (GUnixFDList) came = fds != NULL ? g_object_ref (fds) : NULL;

  message.body = g_variant_ref (packed);
  if (!geminga_link_slots_unpack (self->to, &message, &came, FALSE, error))
    return NULL;

  g_assert_null (came);

  return g_steal_pointer (&message.body);
}

static GVariant *
send_body (Fixture *self, GVariant *body, gboolean is_new)
{
  g_autoptr (GVariant) packed = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *unpacked;
  guint32 slot;

  g_assert_true (geminga_link_slots_pack (self->from, body, &packed, &fds, &slot));
  g_assert_cmpint (fds != NULL, ==, is_new);
  unpacked = pass (self, packed, fds, &error);
  g_assert_no_error (error);

  return unpacked;
}

/* Tests */

static void
test_used_again (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GVariant) body = new_body (GEMINGA_LINK_SHARED_SIZE + i, (guint8) i);
      g_autoptr (GVariant) came = send_body (self, body, i == 0);

      g_assert_cmpuint (self->n_released, ==, i);
      g_assert_cmpvariant (came, body);
    }

  g_assert_cmpuint (self->n_released, ==, 5);
}

/* Each has a slot of its own while it is needed, and outlives both ends. */
static void
test_held (Fixture *self, gconstpointer data)
{
  g_autoptr (GVariant) body = new_body (3 * 1024 * 1024, 1);
  g_autoptr (GPtrArray) came = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GVariant) packed = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  guint32 slot;

  for (guint i = 0; i < GEMINGA_LINK_MAX_SLOTS; i++)
    g_ptr_array_add (came, send_body (self, body, TRUE));
  g_assert_false (geminga_link_slots_pack (self->from, body, &packed, &fds, &slot));

  g_ptr_array_remove_index (came, 3);
  g_ptr_array_add (came, send_body (self, body, FALSE));

  g_clear_pointer (&self->to, geminga_link_slots_free);
  for (guint i = 0; i < came->len; i++)
    g_assert_cmpvariant (g_ptr_array_index (came, i), body);
  g_ptr_array_set_size (came, 0);
}

static void
test_not_packed (Fixture *self, gconstpointer data)
{
  const gsize size = 2 * GEMINGA_LINK_SHARED_SIZE;
  g_autofree char *text = g_strnfill (size, 'x');
  GVariant *bodies[] = {
    g_variant_new_tuple (NULL, 0),
    g_variant_new ("(@ay)", new_array ('y', GEMINGA_LINK_SHARED_SIZE - 1, 1)),
    g_variant_new ("(s)", text),
    g_variant_new ("(@ab)", new_array ('b', size, 1)),
    g_variant_new ("(v)", new_array ('y', size, 1)),
  };

  g_assert_false (geminga_link_slots_pack (self->from, NULL, NULL, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GVariant) body = g_variant_ref_sink (bodies[i]);
      g_autoptr (GVariant) packed = NULL;
      g_autoptr (GUnixFDList) fds = NULL;
      guint32 slot;

      g_assert_false (geminga_link_slots_pack (self->from, body, &packed, &fds, &slot));
    }
}

/* The process had no room for the descriptor: it comes once more with the next one. */
static void
test_lost (Fixture *self, gconstpointer data)
{
  g_autoptr (GVariant) body = new_body (GEMINGA_LINK_SHARED_SIZE, 1);
  g_auto (GemingaWireMessage) message = GEMINGA_WIRE_MESSAGE_INIT;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GUnixFDList) none = NULL;
  g_autoptr (GVariant) came = NULL;
  g_autoptr (GError) error = NULL;
  guint32 slot;

  g_assert_true (geminga_link_slots_pack (self->from, body, &message.body, &fds, &slot));
  g_assert_nonnull (fds);
  g_assert_true (geminga_link_slots_unpack (self->to, &message, &none, TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (g_variant_is_of_type (message.body, G_VARIANT_TYPE ("(sayu)")));
  g_assert_cmpuint (self->n_released, ==, 1);

  came = send_body (self, body, TRUE);
  g_assert_cmpvariant (came, body);
}

static void
assert_refused (Fixture *self, GVariant *wrapper, GUnixFDList *fds, const char *what)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (wrapper);
  g_autoptr (GVariant) came = NULL;
  g_autoptr (GError) error = NULL;

  came = pass (self, sunk, fds, &error);
  g_assert_null (came);
  g_assert_error (error, GEMINGA_WIRE_ERROR, GEMINGA_WIRE_ERROR_MALFORMED);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, what));
}

static GVariant *
new_wrapper (const char *body, guint32 member, guint32 slot, guint64 size)
{
  return g_variant_new ("(vuut)", g_variant_new_parsed (body), member, slot, size);
}

static void
test_malformed (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *body;
    guint32 member;
    guint32 slot;
    guint64 size;
    const char *what;
  } rows[] = {
    { "'x'", 0, 0, 1, "no such member" },
    { "(@ay [],)", 1, 0, 1, "no such member" },
    { "(@ay [], 's')", 1, 0, 1, "no array of numbers" },
    { "(@as [],)", 0, 0, 1, "no array of numbers" },
    { "(@ab [],)", 0, 0, 1, "no array of numbers" },
    { "(@ay [],)", 0, GEMINGA_LINK_MAX_SLOTS, 1, "no such slot" },
    { "(@ay [],)", 0, G_MAXUINT32, 1, "no such slot" },
    { "(@ay [],)", 0, 1, G_MAXUINT64, "too large" },
    { "(@ay [],)", 0, 1, 1, "not been announced" },
    { "(@ay [],)", 0, 0, 2 * 1024 * 1024, "larger than its slot" },
    { "(@at [],)", 0, 0, 9, "ends inside an element" },
  };
  g_autoptr (GVariant) body = new_body (GEMINGA_LINK_SHARED_SIZE, 1);
  GVariant *came = send_body (self, body, TRUE); /* slot 0 is known */

  assert_refused (self, g_variant_new ("(u)", 1), NULL, "where it is");
  assert_refused (self, new_wrapper ("(@ay [],)", 0, 0, 1), NULL, "still needed");
  g_variant_unref (came);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_refused (self, new_wrapper (rows[i].body, rows[i].member, rows[i].slot, rows[i].size),
                    NULL, rows[i].what);
}

static GUnixFDList *
new_memory (off_t size, int seals, guint n_fds)
{
  int fd = memfd_create ("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  GUnixFDList *fds = g_unix_fd_list_new ();

  g_assert_cmpint (ftruncate (fd, size), ==, 0);
  g_assert_cmpint (fcntl (fd, F_ADD_SEALS, seals), ==, 0);
  for (guint i = 0; i < n_fds; i++)
    g_assert_cmpint (g_unix_fd_list_append (fds, fd, NULL), >=, 0);
  close (fd);

  return fds;
}

/* What could shrink under the reader, and what takes too much of its address space. */
static void
test_bad_memory (Fixture *self, gconstpointer data)
{
  const int seals = F_SEAL_SHRINK | F_SEAL_GROW;
  const struct
  {
    off_t size;
    int seals;
    guint n_fds;
    const char *what;
  } rows[] = {
    { 1024 * 1024, 0, 1, "size that stays" }, { 1024 * 1024, F_SEAL_GROW, 1, "size that stays" },
    { 1, seals, 1, "slots have not" },        { (off_t) 1 << 32, seals, 1, "slots have not" },
    { 1024 * 1024, seals, 2, "announced" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GUnixFDList) fds = new_memory (rows[i].size, rows[i].seals, rows[i].n_fds);

      assert_refused (self, new_wrapper ("(@ay [],)", 0, 2, 1), fds, rows[i].what);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) \
  g_test_add ("/peer/link-slots/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("used-again", test_used_again);
  ADD ("held", test_held);
  ADD ("not-packed", test_not_packed);
  ADD ("lost", test_lost);
  ADD ("malformed", test_malformed);
  ADD ("bad-memory", test_bad_memory);
#undef ADD

  return g_test_run ();
}
