/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

/*
 * What an actor has saved for its successor, on its way: an a{sv} in a sealed memfd, the only descriptor of a
 * list. So it passes from one process to another, and from one program to the next, without being looked
 * at or copied.
 */

/* Bytes that one actor may save. */
#define GEMINGA_SAVED_STATE_MAX_SIZE (64 * 1024 * 1024)

GUnixFDList *geminga_saved_state_pack (GVariant *state, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *geminga_saved_state_unpack (GUnixFDList *saved, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
