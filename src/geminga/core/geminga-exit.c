/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "geminga-exit-private.h"

#include "geminga-core-enums.h"
#include "geminga-error.h"
#include "geminga-watch-private.h"

/* Private API */

GVariant *
geminga_exit_to_variant (GemingaExitReason reason, const GError *error)
{
  g_autofree char *message = NULL;

  if (error == NULL)
    return g_variant_ref_sink (g_variant_new (GEMINGA_EXIT_VARIANT, (guint32) reason, "", 0, ""));

  message = g_utf8_make_valid (error->message, -1);

  return g_variant_ref_sink (g_variant_new (GEMINGA_EXIT_VARIANT, (guint32) reason,
                                            g_quark_to_string (error->domain), error->code,
                                            message));
}

void
geminga_exit_answer (GemingaAsk *ask, GemingaExitReason reason, const GError *error)
{
  if (geminga_watch_is (ask))
    geminga_watch_answer (ask, reason, error);
  else if (!geminga_ask_is_answered (ask))
    geminga_ask_answer (ask, geminga_exit_to_variant (reason, error), NULL, NULL);
}

GemingaExitReason
geminga_exit_parse (GVariant *result, const GError *error, GError **failure)
{
  const char *domain;
  const char *message;
  guint32 reason;
  gint32 code;

  if (error != NULL)
    {
      *failure = g_error_copy (error);
      return g_error_matches (error, GEMINGA_ERROR, GEMINGA_ERROR_NO_SUCH_ACTOR)
                 ? GEMINGA_EXIT_REASON_NEVER
                 : GEMINGA_EXIT_REASON_LOST;
    }

  if (result == NULL || !g_variant_is_of_type (result, G_VARIANT_TYPE (GEMINGA_EXIT_VARIANT)))
    {
      *failure = g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_DIED,
                                      "Its process did not tell how the actor ended");
      return GEMINGA_EXIT_REASON_LOST;
    }

  g_variant_get (result, "(u&si&s)", &reason, &domain, &code, &message);
  if (reason == GEMINGA_EXIT_REASON_NORMAL)
    return GEMINGA_EXIT_REASON_NORMAL;

  *failure = *domain != '\0' ? g_error_new_literal (g_quark_from_string (domain), code, message)
                             : g_error_new_literal (GEMINGA_ERROR, GEMINGA_ERROR_DIED,
                                                    "The actor ended and did not tell why");

  return reason <= GEMINGA_EXIT_REASON_NEVER ? (GemingaExitReason) reason
                                             : GEMINGA_EXIT_REASON_FAILED;
}

const char *
geminga_exit_reason_get_nick (GemingaExitReason reason)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (GEMINGA_TYPE_EXIT_REASON);
  GEnumValue *value = g_enum_get_value (klass, (int) reason);

  return value != NULL ? value->value_nick : "unknown";
}
