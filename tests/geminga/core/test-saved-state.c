/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-saved-state-private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "geminga-error.h"

static void
test_round_trip (void)
{
  static const char *const states[] = {
    "@a{sv} {}",
    "{'count': <uint32 7>, 'names': <['Ada', 'Grace']>}",
    "{'nested': <{'a': <(1, 2.5, true)>}>, 'bytes': <b'\\000\\001'>}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_new_parsed (states[i]));
      g_autoptr (GError) error = NULL;
      g_autoptr (GUnixFDList) saved = geminga_saved_state_pack (state, &error);
      g_autoptr (GVariant) read = NULL;

      g_assert_no_error (error);
      g_assert_cmpint (g_unix_fd_list_get_length (saved), ==, 1);
      read = geminga_saved_state_unpack (saved, &error);
      g_assert_no_error (error);
      g_assert_cmpvariant (read, state);
    }
}

static void
test_too_large (void)
{
  gsize size = GEMINGA_SAVED_STATE_MAX_SIZE + 1;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);
  GVariantDict dict;
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GError) error = NULL;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "bytes",
                               g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE));
  state = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_assert_null (geminga_saved_state_pack (state, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "67.1"));
}

static void
assert_refused (GUnixFDList *saved, const char *why)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (geminga_saved_state_unpack (saved, &error));
  g_assert_error (error, GEMINGA_ERROR, GEMINGA_ERROR_STATE_REFUSED);
  g_assert_nonnull (strstr (error->message, why));
}

static GUnixFDList *
make_file (const char *data, gsize size, int seals)
{
  int fd = memfd_create ("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data, size), ==, (gssize) size);
  g_assert_cmpint (fcntl (fd, F_ADD_SEALS, seals), ==, 0);

  return g_unix_fd_list_new_from_array (&fd, 1);
}

static void
test_refused (void)
{
  g_autoptr (GUnixFDList) none = g_unix_fd_list_new ();
  g_autoptr (GUnixFDList) open = make_file ("x", 1, F_SEAL_SHRINK);
  g_autoptr (GUnixFDList) damaged =
      make_file ("\xff\xff\xff\xff\xff", 5, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW);

  assert_refused (none, "no file");
  assert_refused (open, "sealed");
  assert_refused (damaged, "damaged");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/saved-state/round-trip", test_round_trip);
  g_test_add_func ("/core/saved-state/too-large", test_too_large);
  g_test_add_func ("/core/saved-state/refused", test_refused);

  return g_test_run ();
}
