/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "geminga-service-private.h"

G_BEGIN_DECLS

/*
 * Whether a program can take another one's place: what the actors of its services understand, as a
 * list of who, what and its type, a(sss), which travels between the two in a memfd.
 */

GVariant *geminga_interface_check_describe (GPtrArray *services) G_GNUC_WARN_UNUSED_RESULT;
/*
 * What who knows the one would miss in the other, a line each; empty: nothing. More is no difference,
 * nor is a service that is not there any more.
 */
GStrv geminga_interface_check_compare (GVariant *before, GVariant *now) G_GNUC_WARN_UNUSED_RESULT;

/* The file, its writing by one process, and its reading by the other; NULL: it was not written. */
int geminga_interface_check_new_fd (GError **error);
gboolean geminga_interface_check_write (int fd, GVariant *description, GError **error);
GVariant *geminga_interface_check_read (int fd) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
