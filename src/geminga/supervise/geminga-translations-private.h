/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Lets the library speak the language of its user. A program that has chosen a locale keeps it. Called
 * before there are threads.
 */
void geminga_translations_init (void);

G_END_DECLS
