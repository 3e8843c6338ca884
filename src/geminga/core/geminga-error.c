/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-error.h"

/* One row a code: static_assert below ties the table to the enumeration. */
static const GDBusErrorEntry error_entries[] = {
  { GEMINGA_ERROR_FAILED, "org.geminga1.Error.Failed" },
  { GEMINGA_ERROR_NO_SUCH_ACTOR, "org.geminga1.Error.NoSuchActor" },
  { GEMINGA_ERROR_NO_SUCH_COMMAND, "org.geminga1.Error.NoSuchCommand" },
  { GEMINGA_ERROR_INVALID_ARGUMENTS, "org.geminga1.Error.InvalidArguments" },
  { GEMINGA_ERROR_TIMED_OUT, "org.geminga1.Error.TimedOut" },
  { GEMINGA_ERROR_CANCELLED, "org.geminga1.Error.Cancelled" },
  { GEMINGA_ERROR_DIED, "org.geminga1.Error.Died" },
  { GEMINGA_ERROR_DROPPED, "org.geminga1.Error.Dropped" },
  { GEMINGA_ERROR_MAILBOX_FULL, "org.geminga1.Error.MailboxFull" },
  { GEMINGA_ERROR_ALREADY_EXISTS, "org.geminga1.Error.AlreadyExists" },
  { GEMINGA_ERROR_UNSUPPORTED_PLACEMENT, "org.geminga1.Error.UnsupportedPlacement" },
  { GEMINGA_ERROR_SPAWN_FAILED, "org.geminga1.Error.SpawnFailed" },
  { GEMINGA_ERROR_INVALID_STATE, "org.geminga1.Error.InvalidState" },
  { GEMINGA_ERROR_NOT_AUTHORIZED, "org.geminga1.Error.NotAuthorized" },
  { GEMINGA_ERROR_NOT_SUPPORTED, "org.geminga1.Error.NotSupported" },
  { GEMINGA_ERROR_TOO_LARGE, "org.geminga1.Error.TooLarge" },
  { GEMINGA_ERROR_SUPERSEDED, "org.geminga1.Error.Superseded" },
  { GEMINGA_ERROR_DEADLOCK, "org.geminga1.Error.Deadlock" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (error_entries) == GEMINGA_ERROR_DEADLOCK + 1);

/**
 * geminga_error_quark:
 *
 * Gives the error domain of actors, calls and supervision.
 *
 * Returns: the quark
 *
 * Since: 0.1
 */
GQuark
geminga_error_quark (void)
{
  static gsize quark;

  g_dbus_error_register_error_domain ("geminga-error-quark", &quark, error_entries,
                                      G_N_ELEMENTS (error_entries));

  return (GQuark) quark;
}
