"""A process that publishes and is killed at a chosen moment, again and again.

Run as a program, it reads as JSON from its input: the server, the key, the id of a shot, the files, a folder of a disk,
and how many moments are passed over. Each case runs in a fork of its own, which publishes once and dies at one of its
moments: before or after one of its requests or of what it does to a disk, or whenever more of a file was read. It
prints how many moments there are, and how the last fork ended, which was not killed.
"""

import json
import os
import signal
import sys

import ftrack_api.accessor.disk
import ftrack_api.structure.standard
import requests

from trackteroid import Query, Session, Shot


class Moments:
    """Counts what happens, and dies when it is time."""

    def __init__(self, limit):
        self.left = limit

    def pass_by(self, *_):
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


def connect(told):
    session = Session(told["server"], told["key"], "demo", plugin_paths=[], schema_cache_path=False)
    location = session.query("Location where name is studio.disk").one()
    location.accessor = ftrack_api.accessor.disk.DiskAccessor(prefix=told["disk"])
    location.structure = ftrack_api.structure.standard.StandardStructure()
    shot = Query(Shot, session=session).by_id(told["shot"]).get_one()
    # The forks have connections of their own.
    session._request.close()
    return shot


def publish(told, shot, limit):
    moments, send = Moments(limit), requests.Session.send

    def sending(self, request, **options):
        moments.pass_by()
        answer = send(self, request, **options)
        if not options.get("stream"):
            assert answer.content is not None
        moments.pass_by()
        return answer

    def watched(do):
        def done(*arguments, **options):
            moments.pass_by()
            result = do(*arguments, **options)
            moments.pass_by()
            return result

        return done

    requests.Session.send = sending
    for name in ("fsync", "link", "replace", "rename", "mkdir", "unlink"):
        setattr(os, name, watched(getattr(os, name)))
    options = {"asset": told["asset"], "type": "Scene", "location": told["location"]}
    shot.publish(told["files"], **options, on_progress=moments.pass_by)


def main():
    told = json.load(sys.stdin)
    shot = connect(told)
    limit = 0
    while True:
        child = os.fork()
        if child == 0:
            try:
                publish(told, shot, limit)
            except BaseException:  # noqa: BLE001  # whatever it is, the test shows it
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            print(json.dumps({"moments": limit, "ended": os.WEXITSTATUS(status)}))
            return
        limit += told["stride"]


if __name__ == "__main__":
    main()
