/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/*
 * How long the asks of somebody who died may take to fail, in microseconds. It is a promise to users, of
 * programs without sanitizers, which take many times as long.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DEATH_LIMIT (1000 * G_TIME_SPAN_MILLISECOND)
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define DEATH_LIMIT (1000 * G_TIME_SPAN_MILLISECOND)
#else
#define DEATH_LIMIT (50 * G_TIME_SPAN_MILLISECOND)
#endif
#else
#define DEATH_LIMIT (50 * G_TIME_SPAN_MILLISECOND)
#endif
