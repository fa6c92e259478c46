"""Listening: events are taken, handed to who wants them, acknowledged when all is done, and given back when not."""

from __future__ import annotations

import logging
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from trackteroid import configuration
from trackteroid.errors import InvalidArgumentsError, RefusedError, UnreachableServerError
from trackteroid.events.asking import GAP, is_passing
from trackteroid.events.dispatching import Delivery, Dispatcher, Slowness, Stopping, Task, undone_on_error
from trackteroid.events.listening import Handler, Listener
from trackteroid.events.sources import Source
from trackteroid.values import frozen

OnError: TypeAlias = Literal["continue", "stop"]

#: How many events are taken at a time.
_BATCH: Final = 100
#: How many tasks wait and run at a time, for each thread.
_WAITING: Final = 50
#: How many long actions run at the same time.
_LONG: Final = 4
#: The seconds before something is tried again; doubled each time, up to the last.
_PAUSE, _LONGEST_PAUSE = 0.5, 30.0


@dataclass(slots=True)
class Outcome:
    """What has become of the events.

    Attributes:
        handled: how many calls of listeners have succeeded.
        failed: how many have failed, of which most were repeated.
        put_aside: what was given up, one line each.
        given_back: how many events were taken and not handled when it stopped.
    """

    handled: int = 0
    failed: int = 0
    put_aside: list[str] = field(default_factory=list[str])
    given_back: int = 0


@frozen
class Told:
    """What is reported of one call.

    Attributes:
        task: what was done.
        error: what it has raised; None if it has succeeded.
        is_final: whether it is not tried again.
    """

    task: Task
    error: Exception | None = None
    is_final: bool = True


class Runner:
    """Takes events from a source and lets handlers handle them, until it is to stop.

    Args:
        session: the session of the thread that listens.
        handlers: who wants events.
        source: where they come from.
        stopping: whether to stop.
        threads: how many threads handle events; with one it is the thread that listens.
        on_error: whether to go on after an error.
        until: what else is asked whether to stop.
        report: what is told of each call.
        deliveries: how often an event may be delivered that is never acknowledged.
    """

    def __init__(
        self,
        session: Any,
        handlers: Sequence[Handler],
        source: Source,
        stopping: Stopping,
        *,
        threads: int = 1,
        on_error: OnError = "continue",
        until: Callable[[], object] | None = None,
        report: Callable[[Told], None] | None = None,
        deliveries: int = 10,
    ) -> None:
        self.outcome = Outcome()
        self._session, self._handlers, self._source, self._stopping = session, handlers, source, stopping
        self._on_error, self._until, self._report, self._deliveries = on_error, until, report, deliveries
        self._lock = threading.Lock()
        self._open: dict[Delivery, None] = {}
        self._closed: deque[Delivery] = deque()
        self._of_task: dict[Task, Delivery] = {}
        self._error: Exception | None = None
        self._batch = 0
        self._fresh: dict[int, int] = {}
        self._sessions: dict[tuple[str, int], Any] = {}
        is_threaded = threads > 1
        self._workers = Dispatcher(threads, threads * _WAITING, self._work) if is_threaded else None
        self._long: Dispatcher | None = None
        self._slowness = Slowness(self._tell_slow)

    def run(self) -> Outcome:
        """Listen, and return what has become of the events.

        Raises:
            Exception: what a listener has raised, where an error is to stop.
        """
        try:
            taken: list[Delivery] | None = None
            while not self._is_over():
                self._settle()
                taken = None
                if self._workers is not None and not self._workers.room:
                    self._workers.wait()
                    continue
                room = _BATCH if self._workers is None else min(_BATCH, self._workers.room)
                with self._stopping.idle():
                    taken = self._patiently(lambda most=room: self._source.take(most))
                self._handle(taken or [])
        finally:
            self._end()
        if self._error is not None:
            raise self._error
        return self.outcome

    def _handle(self, deliveries: list[Delivery]) -> None:
        """Let what was delivered together be handled."""
        self._open.update(dict.fromkeys(deliveries))
        if deliveries:
            self._batch += 1
            self._freshen(self._session, self._batch)
        for each in deliveries:
            each.batch = self._batch
            if each.event.get("topic") == GAP:
                gap: Mapping[str, Any] = each.event.get("data") or {}
                text = "The connection to the event hub was lost for a while. What happened then was not heard."
                if gap.get("from") is not None:
                    lost = f"The events {gap['from']} to {gap['to']}"
                    text = f"{lost} are lost: the server does not keep them any longer."
                _log().warning("%s", text)
        fresh = [each for each in deliveries if not self._is_deadly(each)]
        tasks: list[tuple[Delivery, Task]] = []
        for handler in self._handlers:
            meant = [each for each in fresh if each.is_for(requests=handler.is_asked)]
            tasks += self._prepared(handler, meant)
        for delivery, task in tasks:
            delivery.waiting += 1
            self._of_task[task] = delivery
        working = {delivery for delivery, task in tasks if not task.is_request}
        self._closed += [each for each in deliveries if each not in working]
        self._settle()
        places = {each: place for place, each in enumerate(deliveries)}
        for _, task in sorted(tasks, key=lambda found: places[found[0]]):
            if self._stopping.is_set():
                return
            self._submit(task)

    def _submit(self, task: Task) -> None:
        if task.is_long:
            if self._long is None:
                self._long = Dispatcher(_LONG, _LONG, self._work_long)
            self._long.submit(task)
        elif self._workers is not None:
            self._workers.submit(task)
        else:
            self._do(task, self._session)
            self._settle()

    def _prepared(self, handler: Handler, deliveries: list[Delivery]) -> list[tuple[Delivery, Task]]:
        """Return what a handler has to do; if that cannot be found out, its events are put aside for it."""
        if not deliveries:
            return []
        try:
            return self._patiently(lambda: handler.prepare(self._session, deliveries)) or []
        except Exception as error:  # noqa: BLE001  # of a condition that the server refuses, or a bug: others go on
            if len(deliveries) > 1:
                return [found for each in deliveries for found in self._prepared(handler, [each])]
            (delivery,) = deliveries
            told = {"topic": delivery.event.get("topic"), "event": delivery.event.get("id")}
            task = Task(handler.name, lambda _: None, told=lambda: {**told, "sequence": delivery.sequence})
            self._failed(task, error, is_final=True)
            return []

    def _patiently(self, do: Callable[[], Any]) -> Any:
        """Return what something returns, tried again while the server cannot be reached; None if it is to stop."""
        pause = _PAUSE
        while not self._stopping.is_set():
            try:
                return do()
            except (UnreachableServerError, RefusedError) as error:  # noqa: PERF203  # the loop is for that
                if not is_passing(error):
                    raise
                _log().warning("%s Trying again in %g seconds.", error, pause)
                self._stopping.pause(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
        return None

    def _is_deadly(self, delivery: Delivery) -> bool:
        """Return whether an event was delivered so often that it seems to end who handles it; then it is put aside."""
        if delivery.number <= self._deliveries:
            return False
        event = delivery.event
        self._put_aside(
            f"Put aside event {event.get('id')} ({event.get('topic')}, number {delivery.sequence}): it was delivered "
            f"{delivery.number - 1} times and never acknowledged."
        )
        return True

    def _work(self, task: Task, number: int) -> None:
        self._do(task, lambda: self._session_of("worker", number))

    def _work_long(self, task: Task, number: int) -> None:
        self._do(task, lambda: self._session_of("long", number))

    def _session_of(self, kind: str, number: int) -> Any:
        """Return the session of a thread, which nobody else uses."""
        found = self._sessions.get((kind, number))
        if found is None:
            found = self._sessions[kind, number] = self._session.another()
        return found

    def _do(self, task: Task, session: Any) -> None:
        """Do a task, while its event is held."""
        delivery = self._of_task[task]
        with self._lock:
            delivery.running += 1
        try:
            self._do_again_and_again(task, session)
        finally:
            with self._lock:
                delivery.running -= 1

    def _do_again_and_again(self, task: Task, session: Any) -> None:
        """Do a task, again and again if it fails, until it is done, put aside, or time to stop."""
        pause = _PAUSE
        if task.is_request:
            if self._stopping.is_set():
                return  # what is left in the end is told
        elif self._stopping.is_set() or self._of_task[task].is_stale:
            self._give_back(task)
            return
        for attempt in range(1, task.attempts + 1):
            if attempt > 1 and self._stopping.pause(pause):
                break
            try:
                self._call(task, session() if callable(session) else session)
            except Exception as error:  # noqa: BLE001  # whatever a listener raises
                is_final = attempt == task.attempts and self._on_error == "continue"
                self._failed(task, error, is_final=is_final)
                if is_final:
                    self._finish(task)
                    return
                if self._on_error == "stop":
                    break
            else:
                self._succeeded(task)
                return
            pause = min(2 * pause, _LONGEST_PAUSE)
        self._give_back(task)

    def _give_back(self, task: Task) -> None:
        """Let an event be delivered again, to this or another consumer, when nothing is being done for it here."""
        self._of_task[task].is_failed = True
        self._finish(task)

    def _call(self, task: Task, session: Any) -> None:
        """Do a task, and tell if it has left something behind."""
        self._freshen(session, self._of_task[task].batch)
        pending = len(session.recorded_operations)
        # Reading what was not loaded loads it, unless the session says something else.
        reading = session.reading_missing("fetch") if session.missing == "warn" else nullcontext()
        with undone_on_error(session), reading, self._slowness.watching(task):
            task.run(session)
        left = len(session.recorded_operations) - pending
        if left > 0:
            _log().warning(
                "%s has left %d changes without committing them: call commit() at its end. Whoever commits next sends "
                "them along.",
                task.name,
                left,
            )

    def _tell_slow(self, task: Task, seconds: float) -> None:
        if not task.is_long:
            _log().warning(
                "%s is still at it after %.0f seconds: %s. Other events of the same entities wait for it%s.",
                task.name,
                seconds,
                _shown(task),
                "" if self._workers is not None else ", and so does everything else",
            )

    def _freshen(self, session: Any, batch: int) -> None:
        """Let a session forget the entities that it holds, so that these events find them as they are now.

        Otherwise it would hold more and more, and values that somebody has changed since.
        """
        if self._fresh.get(id(session)) != batch and not session.recorded_operations:
            self._fresh[id(session)] = batch
            session.reset()
            session.query_results.clear()

    def _succeeded(self, task: Task) -> None:
        with self._lock:
            self.outcome.handled += 1
        if self._report is not None:
            self._report(Told(task))
        self._finish(task)

    def _failed(self, task: Task, error: Exception, *, is_final: bool) -> None:
        where = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        _log().error("%s failed for %s:\n%s", task.name, _shown(task), where.rstrip())
        with self._lock:
            self.outcome.failed += 1
            if self._on_error == "stop" and self._error is None:
                self._error = error
                self._stopping.stop()
        if self._report is not None:
            self._report(Told(task, error, is_final))
        if is_final and not task.is_request:
            self._put_aside(
                f"Put aside for {task.name} after {task.attempts} attempts: {_shown(task)}; "
                f"{type(error).__name__}: {error}"
            )

    def _put_aside(self, line: str) -> None:
        _log().error("%s", line)
        with self._lock:
            self.outcome.put_aside.append(line)

    def _finish(self, task: Task) -> None:
        delivery = self._of_task[task]
        with self._lock:
            del self._of_task[task]
            delivery.waiting -= 1
            if not delivery.waiting and not task.is_request:
                self._closed.append(delivery)

    def _settle(self) -> None:
        """Acknowledge what is done."""
        closed = [self._closed.popleft() for _ in range(len(self._closed))]
        done = [each for each in closed if not each.is_failed]
        failed = [each for each in closed if each.is_failed]
        if done:
            self._patiently_at_end(lambda: self._source.done(done))
        if failed:
            self._patiently_at_end(lambda: self._source.give_back(failed))
        self.outcome.given_back += len(failed)
        for each in closed:
            self._open.pop(each, None)

    def _patiently_at_end(self, do: Callable[[], Any]) -> None:
        """Do what is to be done also when it is time to stop; then once."""
        try:
            do()
        except (UnreachableServerError, RefusedError) as error:
            if self._stopping.is_set() or not is_passing(error):
                raise
            self._patiently(do)

    def _is_over(self) -> bool:
        if self._until is not None and not self._stopping.is_set() and self._until():
            self._stopping.stop()
        return self._stopping.is_set()

    def _end(self) -> None:
        """Let what is running finish, acknowledge it, give back the rest, and want no more."""
        self._stopping.stop()
        dispatchers = list(filter(None, (self._workers, self._long)))
        try:
            for dispatcher in dispatchers:
                dispatcher.close()
        finally:
            # Also where somebody does not want to wait for a function that hangs.
            try:
                self._settle()
                self._let_go()
            finally:
                self._source.close()
                self._slowness.close()
                if not any(each.is_working for each in dispatchers):  # what uses its session still
                    for session in self._sessions.values():
                        session.close()

    def _let_go(self) -> None:
        """Give back what is not done."""
        for task in self._of_task:
            if task.is_request:
                _log().warning("%s has not answered, because it stops: %s.", task.name, _shown(task))
        if self._open:
            self.outcome.given_back += len(self._open)
            self._source.give_back(list(self._open))


def checked_handlers(session: Any, handlers: Iterable[Handler]) -> list[Handler]:
    """Return the handlers if there are any, and nothing is wrong with them.

    Raises:
        InvalidArgumentsError: there are none.
        UnknownNameError: something in one of them is misspelt; the message suggests similar names.
    """
    found = list(handlers)
    if not found:
        raise InvalidArgumentsError(
            "Nothing listens yet. Register functions with @session.on(...), @session.answers(...) or "
            "@session.action(...) before listen()."
        )
    for each in found:
        each.check(session)
        if isinstance(each, Listener):
            each.check_custom(session)
    return found


def subscription_of(handlers: Iterable[Handler]) -> str:
    """Return one expression for all that the handlers want."""
    wanted = list(dict.fromkeys(each.subscription for each in handlers))
    return wanted[0] if len(wanted) == 1 else " or ".join(f"({each})" for each in wanted)


def _shown(task: Task) -> str:
    return ", ".join(f"{name} {value}" for name, value in task.told().items() if value is not None)


def _log() -> logging.Logger:
    return configuration.logger("events")
