/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "wire-check.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Each run has an own cache that a first message fills; the same bytes then come a second time. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  GemingaWireHeaderCache cache = { 0 };
  gsize position = 0;

  /* A stream: as many messages as there are, then the rest. */
  while (position < size)
    {
      gsize needed;

      if (!geminga_wire_peek_size (data + position, size - position, &geminga_wire_limits_default,
                                   &needed, NULL))
        needed = size - position;

      needed = MIN (needed, size - position);
      wire_check_bytes (data + position, needed, &cache);
      wire_check_bytes (data + position, needed, &cache);
      position += needed;
    }

  return 0;
}
