/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What a server has done. One thread writes; others, and other processes, may read at any time. They can
 * be on a page of their own, which whoever made it can read however the writer ends.
 */
typedef struct
{
  guint64 connections; /* accepted, ever */
  guint64 requests;    /* answered, ever */
  guint64 by_class[6]; /* of these, by the first digit of the status */
  guint64 timeouts;    /* connections cut or answered because a time passed */
  guint64 aborted;     /* connections that ended in the middle of a request or response */
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 active; /* connections now */
  guint64 busy;   /* connections with a request in progress now */
} GemingaHttpCounters;

#define GEMINGA_HTTP_COUNT(counters, field, n) \
  __atomic_store_n (&(counters)->field, (counters)->field + (guint64) (n), __ATOMIC_RELAXED)

/* A page with counters that are all 0, and a descriptor to hand to the writer. */
GemingaHttpCounters *geminga_http_counters_new_page (int *fd, GError **error);
/* The same page elsewhere; @fd stays the caller's. */
GemingaHttpCounters *geminga_http_counters_map_page (int fd, GError **error);
void geminga_http_counters_free_page (GemingaHttpCounters *page);

void geminga_http_counters_read (const GemingaHttpCounters *counters, GemingaHttpCounters *values);
void geminga_http_counters_add (GemingaHttpCounters *sum, const GemingaHttpCounters *values);
/* It has ended: what is now is nothing. */
void geminga_http_counters_end (GemingaHttpCounters *values);
/* By their names on the outside. */
void geminga_http_counters_tell (const GemingaHttpCounters *values, GVariantDict *info);

/* All of them, for another version of the program, which may have more or fewer: an at. */
GVariant *geminga_http_counters_pack (const GemingaHttpCounters *values);
void geminga_http_counters_unpack (GVariant *packed, GemingaHttpCounters *values);

G_END_DECLS
