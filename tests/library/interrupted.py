"""A process that is killed at a chosen moment, again and again: replays and recordings that end with SIGKILL.

Run as a program, it reads what to do as JSON from its input: the server, and a list of cases with ``kind`` ("replay"
or "record"), ``path`` and ``moment``. Each case runs in a fork of its own, which is what dies. It prints, for each
case, how the fork ended: ``"killed"``, or what it had to say.

Moments of a replay are the names of `Step`, perhaps with how often it has come ("ANSWERED 2"), a fault of the
transport, ``"sqlite N"``: the N-th thousandth of what SQLite does while the files are marked, or ``"any N"``: the N-th
thousandth of the lines of the whole package, with the server where that is in the process. Moments of a recording are
``"line N"``: the N-th thousandth of the lines that write the file after the block was left.
"""

import json
import os
import signal
import sys
from pathlib import Path

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

import trackteroid
from trackteroid.operations import deferred_operations, recording, replay
from trackteroid.operations.format import container, file, places
from trackteroid.operations.replaying import Step
from trackteroid.session import Session

PACKAGE = os.path.dirname(os.path.realpath(trackteroid.__file__))
#: What writes the file.
WRITING = tuple(os.path.realpath(module.__file__) for module in (container, file, places, recording))
FAULTS = ("killed before the answer is read", "request lost", "answer lost", "sent twice")


def die():
    os.kill(os.getpid(), signal.SIGKILL)


class Unreliable(BaseAdapter):
    """A transport that breaks once it is told to."""

    fault = ""

    def __init__(self, transport):
        super().__init__()
        self._transport = transport

    def close(self):
        self._transport.close()

    def send(self, request, *arguments, **options):
        if not self.fault:
            return self._transport.send(request, *arguments, **options)
        if self.fault == "request lost":
            raise requests.exceptions.ConnectionError("the request is lost")
        answer = self._transport.send(request, *arguments, **options)
        assert answer.content
        if self.fault == "killed before the answer is read":
            die()
        if self.fault == "answer lost":
            raise requests.exceptions.ConnectionError("the answer is lost")
        return self._transport.send(request, *arguments, **options)


def transport_of(session):
    """What a fork of this process may send through: nothing of its parent's."""
    request = session._request  # a server in this process is opened anew for a fork
    return request.get_adapter(session.server_url) if session.database_url else HTTPAdapter()


class Countdown:
    """Counts what happens, and dies at the last."""

    def __init__(self, limit=None):
        self.count, self.limit = 0, limit

    def __call__(self, *_):
        self.count += 1
        if self.count == self.limit:
            die()


_claimed = []


def remember_claims():
    """Know the connections of claimed containers from now on."""
    initialise = container._SqliteClaim.__init__

    def remembered(self, path):
        initialise(self, path)
        _claimed.append(self._connection)

    container._SqliteClaim.__init__ = remembered


def watch_sqlite(countdown):
    """Call *countdown* with every instruction that SQLite runs for the claimed containers from now on."""
    for connection in _claimed:
        connection.set_progress_handler(countdown, 1)


def watch_lines(countdown, places=WRITING):
    """Call *countdown* with every line of the modules at, or in the folders of, some *places*."""

    def local(_, event, __):
        if event == "line":
            countdown()
        return local

    sys.settrace(lambda frame, _, __: local if frame.f_code.co_filename.startswith(places) else None)


def replaying(session, path, moment, countdown, **options):
    seen = []
    adapter = Unreliable(transport_of(session))
    session._request.mount(session.server_url, adapter)
    if moment.startswith("any"):
        watch_lines(countdown, PACKAGE)

    def follow(step):
        seen.append(step)
        if moment in (step.name, f"{step.name} {seen.count(step)}"):
            die()
        if step is Step.PREPARED and moment.startswith("sqlite"):
            watch_sqlite(countdown)
        if step is Step.SENDING and moment in FAULTS:
            adapter.fault = moment

    replay(session, path, on_step=follow, **options)
    sys.settrace(None)


def five_scopes(session):
    for number in range(5):
        session.create("Scope", {"name": f"scope {number}"})


def recording_into(session, path, countdown, work=five_scopes):
    session._request.mount(session.server_url, transport_of(session))
    with deferred_operations(session, path):
        work(session)
        watch_lines(countdown)
    sys.settrace(None)


def in_fork(work):
    """Run *work* in a fork and return what it returned as text, or that it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            text = str(work())
        except BaseException as error:  # noqa: BLE001  (it is printed, whatever it is)
            text = f"{type(error).__name__}: {error}"
        os.write(writing, text.encode()[:60000])
        os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read().decode()
    return "killed" if os.WIFSIGNALED(status) else said


def run(session, case):
    """Do what a *case* says in a fork; returns how the fork ended, or as text how much was counted until its end."""
    path, moment = Path(case["path"]), case["moment"]
    if case["kind"] == "replay":
        options = {name: case[name] for name in ("at_once",) if name in case}
        work = lambda countdown: replaying(session, path, moment, countdown, **options)  # noqa: E731
    else:
        work = lambda countdown: recording_into(session, path, countdown, case.get("work", five_scopes))  # noqa: E731
    limit = None
    if case.get("total") and moment.split()[0] in ("sqlite", "line", "any"):
        thousandth = int(moment.split()[1])
        limit = max(1, case["total"] * thousandth // 1000)
    countdown = Countdown(limit)

    def counted():
        work(countdown)
        return countdown.count

    return in_fork(counted)


def main():
    order = json.load(sys.stdin)
    remember_claims()
    with Session(**order["session"], schema_cache_path=False, plugin_paths=[]) as session:
        assert session.types
        totals = {}
        for case in order["measures"]:
            totals[case["kind"]] = int(run(session, {**case, "total": 0}))
        outcomes = [run(session, {**case, "total": totals.get(case["kind"], 0)}) for case in order["cases"]]
    json.dump({"totals": totals, "outcomes": outcomes}, sys.stdout)


if __name__ == "__main__":
    main()
