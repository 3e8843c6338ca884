/* SPDX-FileCopyrightText: 2026 The Geminga authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "placement-world.h"

#include "geminga-actor-private.h"
#include "geminga-actor-ref-private.h"
#include "geminga-exit-private.h"

/* Who watches and who ends may be anywhere: each case runs for all pairs of placements. */

#define WATCHER_TYPE (watcher_get_type ())
G_DECLARE_FINAL_TYPE (Watcher, watcher, TEST, WATCHER, GemingaActor)

struct _Watcher
{
  GemingaActor parent_instance;

  GQueue ends;       /* (element-type GVariant): not told yet */
  GemingaCall *call; /* (owned) (nullable): wants the next */
};

G_DEFINE_FINAL_TYPE (Watcher, watcher, GEMINGA_TYPE_ACTOR)

static void
watcher_tell (Watcher *self)
{
  g_autoptr (GemingaCall) call = NULL;
  g_autoptr (GVariant) end = NULL;

  if (self->call == NULL || g_queue_is_empty (&self->ends))
    return;

  call = g_steal_pointer (&self->call);
  end = g_queue_pop_head (&self->ends);
  geminga_call_return_value (call, end);
}

static void
watcher_next (GemingaActor *actor, GemingaCall *call)
{
  g_set_object (&TEST_WATCHER (actor)->call, call);
  watcher_tell (TEST_WATCHER (actor));
}

static void
watcher_peer_ended (GemingaActor *actor,
                    GemingaActorRef *peer,
                    GemingaExitReason reason,
                    const GError *error)
{
  Watcher *self = TEST_WATCHER (actor);

  g_assert_true ((error == NULL) == (reason == GEMINGA_EXIT_REASON_NORMAL));
  g_assert_true (geminga_thread_get ()->actor == actor);
  g_queue_push_tail (&self->ends, g_variant_ref_sink (g_variant_new (
                                      "(ssss)", geminga_actor_ref_get_id (peer),
                                      geminga_exit_reason_get_nick (reason),
                                      error != NULL ? g_quark_to_string (error->domain) : "",
                                      error != NULL ? error->message : "")));
  watcher_tell (self);
}

/* What was sent before has arrived, whether or not there is somebody. */
static void
watcher_pinged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GemingaCall) call = user_data;
  g_autoptr (GVariant) answer =
      geminga_actor_ref_ask_finish (GEMINGA_ACTOR_REF (source), result, NULL);

  geminga_call_return_value (call, NULL);
}

static void
watcher_act (GemingaActor *actor, GemingaCall *call)
{
  g_autoptr (GemingaActorRef) ref = NULL;
  g_autoptr (GError) error = NULL;
  const char *verb;
  const char *path;

  g_variant_get (geminga_call_get_arguments (call), "(&s&o)", &verb, &path);
  ref = geminga_system_ref_actor (geminga_actor_get_system (actor), path, &error);
  g_assert_no_error (error);
  if (g_str_equal (verb, "watch"))
    geminga_actor_watch (actor, ref);
  else if (g_str_equal (verb, "unwatch"))
    geminga_actor_unwatch (actor, ref);
  else if (g_str_equal (verb, "link"))
    geminga_actor_link (actor, ref);
  else
    geminga_actor_unlink (actor, ref);
  geminga_actor_ref_ask_async (ref, "Ping", NULL, -1, NULL, watcher_pinged_cb, g_object_ref (call));
}

static const GemingaCommandEntry watcher_commands[] = {
  { "Act", "(so)", NULL, "verb path", NULL, 0, watcher_act },
  { "Next", NULL, "(ssss)", NULL, NULL, 0, watcher_next },
};

static void
watcher_finalize (GObject *object)
{
  g_queue_clear_full (&TEST_WATCHER (object)->ends, (GDestroyNotify) g_variant_unref);
  g_clear_object (&TEST_WATCHER (object)->call);

  G_OBJECT_CLASS (watcher_parent_class)->finalize (object);
}

static void
watcher_class_init (WatcherClass *klass)
{
  GemingaActorClass *actor_class = GEMINGA_ACTOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = watcher_finalize;
  actor_class->peer_ended = watcher_peer_ended;
  geminga_actor_class_add_commands (actor_class, watcher_commands, G_N_ELEMENTS (watcher_commands));
}

static void
watcher_init (Watcher *self)
{
  g_queue_init (&self->ends);
}

/* Helpers */

typedef struct
{
  World *world;
  GemingaPlacement placement; /* of the peer */
  GemingaActorRef *watcher;
} Pair;

static GemingaActorRef *
spawn_watcher (Pair *self, const char *id, gboolean traps_exits)
{
  GVariantDict dict;
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "trap-exits", "b", traps_exits);
  ref = geminga_system_spawn (self->world->system, WATCHER_TYPE, id, self->world->placement,
                              g_variant_dict_end (&dict), &error);
  g_assert_no_error (error);

  return ref;
}

static GemingaActorRef *
spawn_peer (Pair *self, const char *id)
{
  g_autoptr (GError) error = NULL;
  GemingaActorRef *ref =
      geminga_system_spawn (self->world->system, SAMPLE_TYPE, id, self->placement, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (wait_ready (ref, &error));
  g_assert_no_error (error);

  return ref;
}

static void
act (GemingaActorRef *watcher, const char *verb, GemingaActorRef *peer)
{
  ask_plainly (watcher, "Act", g_variant_new ("(so)", verb, geminga_actor_ref_get_path (peer)));
}

static void
assert_next (GemingaActorRef *watcher, const char *id, const char *reason, const char *domain)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ask (watcher, "Next", NULL, &error);
  const char *told_id;
  const char *told_reason;
  const char *told_domain;
  const char *told_message;

  g_assert_no_error (error);
  g_variant_get (answer, "(&s&s&s&s)", &told_id, &told_reason, &told_domain, &told_message);
  g_test_message ("%s ended: %s, %s", told_id, told_reason, told_message);
  g_assert_cmpstr (told_id, ==, id);
  g_assert_cmpstr (told_reason, ==, reason);
  g_assert_cmpstr (told_domain, ==, domain);
}

static pid_t
get_pid (GemingaActorRef *ref)
{
  g_autoptr (GVariant) answer = ask (ref, "Info", NULL, NULL);
  g_autoptr (GVariant) info = g_variant_get_child_value (answer, 0);
  guint32 pid = 0;

  g_assert_true (g_variant_lookup (info, "pid", "u", &pid));

  return (pid_t) pid;
}

/* The actor knows of it: one that ends before it does says nothing, and takes its process along. */
static void
begin_wait (GemingaActorRef *ref, GAsyncResult **result)
{
  geminga_actor_ref_wait_ended_async (ref, NULL, keep_result_cb, result);
  ask_plainly (ref, "Ping", NULL);
}

static void
assert_ended_linked (GemingaActorRef *ref, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;

  AWAIT (*result != NULL);
  g_assert_false (geminga_actor_ref_wait_ended_finish (ref, *result, &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "linked"));
}

/* Cases: watches */

static void
case_stop (Pair *pair)
{
  g_autoptr (GemingaActorRef) peer = spawn_peer (pair, "peer");

  act (pair->watcher, "watch", peer);
  act (pair->watcher, "watch", peer);
  geminga_actor_ref_stop (peer);
  assert_next (pair->watcher, "peer", "normal", "");

  /* Twice watched is once told. */
  act (pair->watcher, "watch", pair->world->ref);
  geminga_actor_ref_stop (pair->world->ref);
  assert_next (pair->watcher, "sample", "normal", "");
}

static void
case_fail (Pair *pair)
{
  g_autoptr (GemingaActorRef) peer = spawn_peer (pair, "peer");

  act (pair->watcher, "watch", peer);
  geminga_actor_ref_tell (peer, "Break", NULL, NULL);
  assert_next (pair->watcher, "peer", "failed", "sample-error-quark");
}

static void
case_kill (Pair *pair)
{
  g_autoptr (GemingaActorRef) peer = spawn_peer (pair, "peer");

  act (pair->watcher, "watch", peer);
  geminga_actor_ref_kill (peer);
  assert_next (pair->watcher, "peer", "killed", "geminga-error-quark");
}

/* Where the process is a child of the watcher's own, it is known how it ended. */
static void
case_signal (Pair *pair)
{
  g_autoptr (GemingaActorRef) peer = NULL;

  if (pair->placement != GEMINGA_PLACEMENT_PROCESS)
    {
      g_test_skip ("only processes get signals");
      return;
    }

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *id = g_strdup_printf ("peer%u", i);

      g_clear_object (&peer);
      peer = spawn_peer (pair, id);
      act (pair->watcher, "watch", peer);
      kill (get_pid (peer), SIGKILL);
      assert_next (pair->watcher, id,
                   pair->world->placement == GEMINGA_PLACEMENT_PROCESS ? "lost" : "signal",
                   "geminga-error-quark");
    }
}

/* How an actor ended is known for good to who has its ref; its path leads nowhere any more. */
static void
case_ended (Pair *pair)
{
  g_autoptr (GemingaActorRef) peer = spawn_peer (pair, "peer");
  GemingaMailbox *mailbox = (GemingaMailbox *) geminga_actor_ref_get_target (pair->watcher);
  g_autofree char *path = g_strconcat (geminga_actor_ref_get_path (pair->world->ref), "x", NULL);

  geminga_actor_ref_tell (peer, "Break", NULL, NULL);
  g_assert_false (wait_ended (peer, NULL));
  switch (pair->world->placement)
    {
    case GEMINGA_PLACEMENT_SHARED:
      ask_plainly (pair->watcher, "Ping", NULL);
      geminga_actor_watch (mailbox->actor, peer);
      assert_next (pair->watcher, "peer", "failed", "sample-error-quark");
      break;
    case GEMINGA_PLACEMENT_PROCESS:
      ask_plainly (pair->watcher, "Act", g_variant_new ("(so)", "watch", path));
      assert_next (pair->watcher, "samplex", "never", "geminga-error-quark");
      break;
    case GEMINGA_PLACEMENT_THREAD:
    default:
      g_test_skip ("its refs cannot be used from here");
    }
}

static void
case_unwatch (Pair *pair)
{
  g_autoptr (GemingaActorRef) peer = spawn_peer (pair, "peer");
  g_autoptr (GemingaActorRef) other = spawn_peer (pair, "other");

  act (pair->watcher, "unwatch", peer);
  act (pair->watcher, "watch", peer);
  act (pair->watcher, "watch", other);
  act (pair->watcher, "unwatch", peer);
  geminga_actor_ref_stop (peer);
  g_assert_true (wait_ended (peer, NULL));
  geminga_actor_ref_stop (other);
  assert_next (pair->watcher, "other", "normal", "");
}

/* Neither side's end leaves anything behind: systems are finalized after each case. */
static void
case_watcher_ends (Pair *pair)
{
  g_autoptr (GemingaActorRef) peer = spawn_peer (pair, "peer");
  g_autoptr (GemingaActorRef) watcher = spawn_watcher (pair, "second", FALSE);

  act (watcher, "watch", peer);
  act (pair->watcher, "watch", peer);
  geminga_actor_ref_stop (watcher);
  g_assert_true (wait_ended (watcher, NULL));
  geminga_actor_ref_stop (peer);
  assert_next (pair->watcher, "peer", "normal", "");
}

/* Cases: links */

static void
case_link (Pair *pair)
{
  g_autoptr (GemingaActorRef) peer = spawn_peer (pair, "peer");
  g_autoptr (GAsyncResult) result = NULL;

  act (pair->watcher, "link", peer);
  begin_wait (pair->watcher, &result);
  geminga_actor_ref_tell (peer, "Break", NULL, NULL);
  assert_ended_linked (pair->watcher, &result);
}

static void
case_link_back (Pair *pair)
{
  g_autoptr (GemingaActorRef) peer = spawn_peer (pair, "peer");
  g_autoptr (GAsyncResult) result = NULL;

  act (pair->watcher, "link", peer);
  begin_wait (peer, &result);
  geminga_actor_ref_kill (pair->watcher);
  assert_ended_linked (peer, &result);
}

static void
case_link_normal (Pair *pair)
{
  g_autoptr (GemingaActorRef) peer = spawn_peer (pair, "peer");
  g_autoptr (GemingaActorRef) watcher = spawn_watcher (pair, "second", FALSE);

  act (pair->watcher, "link", peer);
  act (watcher, "link", peer);
  geminga_actor_ref_stop (watcher);
  g_assert_true (wait_ended (watcher, NULL));
  ask_plainly (peer, "Ping", NULL);
  act (pair->watcher, "watch", peer);
  geminga_actor_ref_stop (peer);
  assert_next (pair->watcher, "peer", "normal", "");
  ask_plainly (pair->watcher, "Ping", NULL);
}

static void
case_trap (Pair *pair)
{
  g_autoptr (GemingaActorRef) peer = spawn_peer (pair, "peer");
  g_autoptr (GemingaActorRef) other = spawn_peer (pair, "other");
  g_autoptr (GemingaActorRef) watcher = spawn_watcher (pair, "second", TRUE);

  act (watcher, "link", peer);
  act (watcher, "link", other);
  geminga_actor_ref_tell (peer, "Break", NULL, NULL);
  assert_next (watcher, "peer", "failed", "sample-error-quark");
  geminga_actor_ref_stop (other);
  assert_next (watcher, "other", "normal", "");
  ask_plainly (watcher, "Ping", NULL);
}

static void
case_link_chain (Pair *pair)
{
  g_autoptr (GemingaActorRef) peer = spawn_peer (pair, "peer");
  g_autoptr (GemingaActorRef) second = spawn_watcher (pair, "second", FALSE);
  g_autoptr (GemingaActorRef) third = spawn_watcher (pair, "third", TRUE);

  act (pair->watcher, "link", peer);
  act (second, "link", pair->watcher);
  act (third, "watch", second);
  geminga_actor_ref_tell (peer, "Break", NULL, NULL);
  assert_next (third, "second", "linked", "sample-error-quark");
}

static void
case_unlink (Pair *pair)
{
  g_autoptr (GemingaActorRef) peer = spawn_peer (pair, "peer");
  g_autoptr (GemingaActorRef) second = spawn_watcher (pair, "second", FALSE);

  act (pair->watcher, "link", peer);
  act (pair->watcher, "unlink", peer);
  act (second, "link", pair->watcher);
  act (pair->watcher, "unlink", second);
  ask_plainly (second, "Ping", NULL);
  geminga_actor_ref_tell (peer, "Break", NULL, NULL);
  g_assert_false (wait_ended (peer, NULL));
  ask_plainly (pair->watcher, "Ping", NULL);
  geminga_actor_ref_kill (second);
  g_assert_false (wait_ended (second, NULL));
  ask_plainly (pair->watcher, "Ping", NULL);
}

static void
case_link_never (Pair *pair)
{
  g_autofree char *path = g_strconcat (geminga_actor_ref_get_path (pair->world->ref), "x", NULL);
  g_autoptr (GAsyncResult) result = NULL;

  if (pair->world->placement != GEMINGA_PLACEMENT_PROCESS)
    {
      g_test_skip ("an actor of the same process can be looked for");
      return;
    }

  begin_wait (pair->watcher, &result);
  geminga_actor_ref_tell (pair->watcher, "Act", g_variant_new ("(so)", "link", path), NULL);
  assert_ended_linked (pair->watcher, &result);
}

/* The table */

typedef struct
{
  const char *name;
  void (*run) (Pair *pair);
} Case;

static const Case cases[] = {
  { "stop", case_stop },
  { "fail", case_fail },
  { "kill", case_kill },
  { "signal", case_signal },
  { "ended", case_ended },
  { "unwatch", case_unwatch },
  { "watcher-ends", case_watcher_ends },
  { "link", case_link },
  { "link-back", case_link_back },
  { "link-normal", case_link_normal },
  { "trap", case_trap },
  { "link-chain", case_link_chain },
  { "unlink", case_unlink },
  { "link-never", case_link_never },
};

typedef struct
{
  const Case *the_case;
  GemingaPlacement watcher;
  GemingaPlacement peer;
} Run;

/* Processes can be made from both sides; a world with one of them has them all. */
static void
run_case (gconstpointer data)
{
  const Run *run = data;
  g_autoptr (World) world = world_new_with_processes (run->watcher);
  Pair pair = { world, run->peer, NULL };

  pair.watcher = spawn_watcher (&pair, "watcher", FALSE);
  run->the_case->run (&pair);
  g_object_unref (pair.watcher);
}

static void
test_trap_exits (void)
{
  g_autoptr (GemingaActor) actor = g_object_new (WATCHER_TYPE, NULL);
  guint n_notified = 0;

  g_signal_connect_swapped (actor, "notify::trap-exits", G_CALLBACK (g_atomic_int_inc),
                            &n_notified);
  g_assert_false (geminga_actor_get_trap_exits (actor));
  geminga_actor_set_trap_exits (actor, TRUE);
  geminga_actor_set_trap_exits (actor, TRUE);
  g_assert_true (geminga_actor_get_trap_exits (actor));
  g_assert_cmpuint (n_notified, ==, 1);
  g_object_set (actor, "trap-exits", FALSE, NULL);
  g_assert_false (geminga_actor_get_trap_exits (actor));
}

/* Of itself nobody is told. */
static void
test_itself (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) ref =
      geminga_system_spawn (system, WATCHER_TYPE, "watcher", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  GemingaMailbox *mailbox = (GemingaMailbox *) geminga_actor_ref_get_target (ref);

  g_assert_true (wait_ready (ref, NULL));
  geminga_actor_watch (mailbox->actor, ref);
  geminga_actor_link (mailbox->actor, ref);
  geminga_actor_unlink (mailbox->actor, ref);
  geminga_actor_unwatch (mailbox->actor, ref);
  ask_plainly (ref, "Ping", NULL);
  stop_system (system);
}

/* A report that is on its way is not told to who has given up. */
static void
test_unwatch_late (void)
{
  g_autoptr (GemingaSystem) system = geminga_system_new ();
  g_autoptr (GemingaActorRef) peer = NULL;
  g_autoptr (GemingaActorRef) ref = NULL;
  GemingaMailbox *mailbox;

  peer = geminga_system_spawn (system, SAMPLE_TYPE, "peer", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  ref =
      geminga_system_spawn (system, WATCHER_TYPE, "watcher", GEMINGA_PLACEMENT_SHARED, NULL, NULL);
  g_assert_true (wait_ready (ref, NULL));
  geminga_actor_ref_stop (peer);
  g_assert_true (wait_ended (peer, NULL));
  mailbox = (GemingaMailbox *) geminga_actor_ref_get_target (ref);

  geminga_actor_watch (mailbox->actor, peer);
  geminga_actor_unwatch (mailbox->actor, peer);
  ask_plainly (ref, "Ping", NULL);
  g_assert_true (g_queue_is_empty (&TEST_WATCHER (mailbox->actor)->ends));
  stop_system (system);
}

int
main (int argc, char *argv[])
{
  static const char *const placements[] = { "shared", "thread", "process" };

  g_type_ensure (WATCHER_TYPE);
  if (g_getenv (WORKER_VARIABLE) != NULL)
    return run_worker ();

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/actor-links/trap-exits", test_trap_exits);
  g_test_add_func ("/core/actor-links/itself", test_itself);
  g_test_add_func ("/core/actor-links/unwatch-late", test_unwatch_late);
  for (guint i = 0; i < 9; i++)
    for (guint j = 0; j < G_N_ELEMENTS (cases); j++)
      {
        g_autofree char *path = g_strdup_printf ("/core/actor-links/%s-%s/%s", placements[i / 3],
                                                 placements[i % 3], cases[j].name);
        Run *run = g_new (Run, 1);

        *run = (Run){ &cases[j], (GemingaPlacement) (i / 3), (GemingaPlacement) (i % 3) };
        g_test_add_data_func_full (path, run, run_case, g_free);
      }

  return g_test_run ();
}
