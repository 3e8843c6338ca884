# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An asyncio loop that the main loop of GLib steps: coroutines live beside everything else."""

import asyncio
import heapq
import itertools
import selectors
import threading

from gi.repository import Gio, GLib

_local = threading.local()


def get_context():
    """The thread's; a loop does not keep it, for it is kept by sources of its context."""
    return GLib.MainContext.get_thread_default() or GLib.MainContext.default()


class Loop(asyncio.SelectorEventLoop):
    """Makes a step whenever asyncio has something to do; never blocks and never runs by itself."""

    def __init__(self):
        self._next_step = None  # source: something is ready
        self._next_timer = None  # source: for the first of the timers
        self._timers = []  # heap of (time, number, handle)
        self._numbers = itertools.count()
        self._tasks = set()  # asyncio itself only has weak references
        selector = selectors.EpollSelector()
        super().__init__(selector)
        files = GLib.unix_fd_source_new(selector.fileno(), GLib.IOCondition.IN)
        self._files = self._attach(files, self._step)

    def __del__(self, _warn=None):
        if not self.is_closed():
            self.close()

    def _attach(self, source, function):
        source.set_callback(function)
        source.attach(get_context())
        return source

    def _step(self, *_unused):
        # Not again if a coroutine itself runs the main loop.
        if self.is_running():
            return GLib.SOURCE_CONTINUE
        if self._next_step is not None:
            self._next_step.destroy()
            self._next_step = None
        now = self.time()
        super().call_soon(self.stop)
        self.run_forever()
        self._arm_timer(now)
        return GLib.SOURCE_CONTINUE

    def _schedule_step(self):
        if self._next_step is None and not self.is_closed():
            self._next_step = self._attach(GLib.Idle(priority=GLib.PRIORITY_DEFAULT), self._step)

    def _arm_timer(self, done_until=0):
        if self._next_timer is not None:
            self._next_timer.destroy()
            self._next_timer = None
        while self._timers and (self._timers[0][2].cancelled() or self._timers[0][0] <= done_until):
            heapq.heappop(self._timers)
        if self._timers:
            delay = max(0, int((self._timers[0][0] - self.time()) * 1000) + 1)
            self._next_timer = self._attach(GLib.Timeout(delay), self._step)

    def call_soon(self, callback, *arguments, context=None):
        self._schedule_step()
        return super().call_soon(callback, *arguments, context=context)

    def call_at(self, when, callback, *arguments, context=None):
        handle = super().call_at(when, callback, *arguments, context=context)
        heapq.heappush(self._timers, (when, next(self._numbers), handle))
        if self._timers[0][2] is handle and not self.is_running():
            self._arm_timer()
        return handle

    def close(self):
        for source in (self._files, self._next_step, self._next_timer):
            if source is not None:
                source.destroy()
        self._next_step = self._next_timer = None
        super().close()

    def spawn(self, coroutine, context=None):
        """Starts a task that lives until it is done."""
        task = self.create_task(coroutine, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def get_loop():
    """The loop of this thread's main context; made when it is first asked for."""
    loop = getattr(_local, "loop", None)
    if loop is None or loop.is_closed():
        loop = _local.loop = Loop()
    return loop


def run(coroutine):
    """Runs the main loop until the coroutine is done, and gives its result."""
    task = get_loop().spawn(coroutine)
    while not task.done():
        get_context().iteration(True)
    return task.result()


def start_operation(start, finish):
    """Calls an asynchronous function of C and gives a future; both are cancelled together."""
    future = get_loop().create_future()
    cancellable = Gio.Cancellable.new()

    def on_ready(_source, result, *_data):
        try:
            value, error = finish(result), None
        except Exception as caught:
            value, error = None, caught
        if future.done():
            return
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)

    future.add_done_callback(lambda done: cancellable.cancel() if done.cancelled() else None)
    start(cancellable, on_ready)
    return future
