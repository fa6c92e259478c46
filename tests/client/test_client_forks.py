"""Sessions in child processes, in several threads, and several of them in one process."""

import concurrent.futures
import multiprocessing
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import requests
from client_support import FakeServer, Mounting, in_threads
from requests.adapters import HTTPAdapter

from trackteroid import Project, Query
from trackteroid.client import fork
from trackteroid.server import EmbeddedServer
from trackteroid.session import Session

pytestmark = pytest.mark.slow

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

PREAMBLE = """
    import os, sys, traceback
    from trackteroid.session import Session

    def in_child(work):
        "Run work in a forked child; its output is that of this program, and it must succeed."
        sys.stdout.flush()
        child = os.fork()
        if not child:
            try:
                work()
                sys.stdout.flush()
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        _, status = os.waitpid(child, 0)
        assert status == 0, "the child failed"
"""


def run(program: str, *arguments: str) -> str:
    """Run a program of its own: forking a process that runs tests in threads is no good idea."""
    code = textwrap.dedent(PREAMBLE) + textwrap.dedent(program)
    command = [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", "-W", "ignore::UserWarning"]
    done = subprocess.run([*command, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@needs_fork
def test_a_child_opens_the_database_of_an_embedded_server_anew(tmp_path: Path) -> None:
    program = """
        session = Session(server_url=sys.argv[1], plugin_paths=[], schema_cache_path=False)
        schema = session.query("ProjectSchema").first()
        project = session.create("Project", {"name": "a", "full_name": "A", "project_schema": schema})
        session.commit()
        before = session._lease.pid, session.api_key

        def work():
            assert project["name"] == "a"
            assert {each["name"] for each in session.query("select name from Project").all()} == {"a"}
            assert session._lease.pid == os.getpid() != before[0]
            assert session.api_key != before[1]
            project["full_name"] = "written by the child"
            session.commit()
            in_child(lambda: print(len(session.query("Project").all()), "project in the grandchild"))
            session.close()

        in_child(work)
        in_child(lambda: sys.exit(0) if session.closed else None)
        print(session.query("select full_name from Project").one()["full_name"])
        assert (session._lease.pid, session.api_key) == before
    """
    output = run(program, f"sqlite:///{tmp_path / 'production.db'}")
    assert output.splitlines() == ["1 project in the grandchild", "written by the child"]


@needs_fork
@pytest.mark.parametrize("address", ["'sqlite://'", "EmbeddedServer('sqlite://')"])
def test_a_server_in_memory_is_out_of_reach_for_a_child_and_says_so(address: str) -> None:
    program = f"""
        from trackteroid.errors import ForkedSessionError
        from trackteroid.server import EmbeddedServer
        session = Session(server_url={address}, plugin_paths=[], schema_cache_path=False)
        assert session.types
        parent = os.getpid()

        def work():
            try:
                session.query("Project").all()
            except ForkedSessionError as error:
                assert f"forked from process {{parent}}" in str(error) and "sqlite:///file.db" in str(error)
                print("refused")
            session.close()

        in_child(work)
        print(len(session.query("Project").all()), "projects")
    """
    assert run(program).splitlines() == ["refused", "0 projects"]


@needs_fork
def test_a_child_makes_an_http_connection_of_its_own() -> None:
    program = """
        import http.server, json, threading
        sys.path.insert(0, sys.argv[1])
        from client_support import start_up
        ports = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_POST(self):
                batch = json.loads(self.rfile.read(int(self.headers["content-length"])))
                ports.append(self.client_address[1])
                known = batch[0]["action"] != "query"
                answer = start_up(batch[0]) if known else {"action": "query", "data": [], "metadata": {}}
                content = json.dumps([answer]).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            def log_message(self, *args):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        session = Session(url, "key", "ada", plugin_paths=[], schema_cache_path=False, headers={"own": "header"})
        session.query("Task").all()
        hub = session.event_hub

        def work():
            assert session._request.headers["own"] == "header"
            assert not session._connection_lock._is_owned()
            session.query("Task").all()
            assert session.event_hub is hub and not hub.connected

        with session._connection_lock, session._thread_lock:
            thread = threading.Thread(target=lambda: in_child(work))  # a lock of another thread is held in the child
            thread.start()
            thread.join()
        session.query("Task").all()
        print(len(set(ports[:3])), ports[3] != ports[0], ports[4] == ports[0])
    """
    assert run(program, str(Path(__file__).parent)).split() == ["1", "True", "True"]


def test_a_connection_of_its_own_has_the_same_settings() -> None:
    connection = requests.Session()
    connection.verify = "/bundle.pem"
    connection.cookies.set("a", "b")
    connection.mount("http://many.test", HTTPAdapter(pool_maxsize=50))
    connection.mount("http://canned.test", FakeServer())
    own = fork.own_connection(connection)
    assert (own.verify, own.cookies.get("a"), own.cookies is connection.cookies) == ("/bundle.pem", "b", False)
    assert list(own.adapters) == list(connection.adapters)
    assert own.get_adapter("http://canned.test") is connection.get_adapter("http://canned.test")
    many: Any = own.get_adapter("http://many.test")
    assert many._pool_maxsize == 50
    assert many.poolmanager is not connection.get_adapter("http://many.test").poolmanager  # type: ignore[attr-defined]


def count_projects(address: str) -> int:
    with Session(server_url=address, plugin_paths=[], schema_cache_path=False) as session:
        return len(session.query("Project").all())


def test_a_spawned_child_opens_a_session_of_its_own(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'production.db'}"
    with Session(server_url=address, plugin_paths=[], schema_cache_path=False) as session:
        schema = session.query("ProjectSchema").first()
        session.create("Project", {"name": "a", "full_name": "A", "project_schema": schema})
        session.commit()
        context = multiprocessing.get_context("spawn")
        with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
            assert pool.submit(count_projects, address).result(timeout=60) == 1


# Several sessions and threads.


def test_two_servers_in_one_process_never_mix(tmp_path: Path) -> None:
    addresses = ["sqlite://", "sqlite://", f"sqlite:///{tmp_path / 'a.db'}", f"sqlite:///{tmp_path / 'b.db'}"]
    sessions = [Session(server_url=address, plugin_paths=[], schema_cache_path=False) for address in addresses]
    for number, session in enumerate(sessions):
        schema = session.query("ProjectSchema").first()
        session.create("Project", {"name": f"project{number}", "full_name": "", "project_schema": schema})
    for session in sessions:
        session.commit()
    for number, session in enumerate(sessions):
        found = Query(Project, session=session).get_all()
        assert list(found.name) == [f"project{number}"]
        assert session.recorded_operations is not sessions[number - 1].recorded_operations
    sessions[0].close()
    assert len(sessions[1].query("Project").all()) == 1
    for session in sessions:
        session.close()


@pytest.mark.promise("threads-can-share-a-session")
def test_eight_threads_query_and_read_through_one_session() -> None:
    def answer(operation: dict[str, Any]) -> Any:
        number = int(operation["expression"].partition('name is "')[2].partition('"')[0])
        rows = [
            {
                "__entity_type__": "Task",
                "id": f"t{each}",
                "name": f"task {each}",
                "bid": each,
                "status": {"__entity_type__": "Status", "id": f"s{each % 3}", "name": f"status {each % 3}"},
                "notes": [{"__entity_type__": "Note", "id": f"n{each}", "content": f"note {each}"}],
            }
            for each in range(number, number + 15)
        ]
        return {"action": "query", "data": rows, "metadata": {"next": {"offset": None}}}

    session = Mounting(FakeServer(answer)).ours()
    starts = iter(range(0, 1_000, 7))

    def work() -> None:
        for _ in range(4):
            start = next(starts)
            found = session.query(f'select name from Task where name is "{start}"').all()
            for number, task in zip(range(start, start + 15), found, strict=True):
                assert (task["name"], task["bid"]) == (f"task {number}", number)
                assert task["status"]["name"] == f"status {number % 3}"
                assert [note["content"] for note in task["notes"]] == [f"note {number}"]
                assert session.get("Task", f"t{number}") is task

    assert in_threads(8, work) == [None] * 8
    assert len(session.recorded_operations) == 0


def test_eight_threads_query_an_embedded_server() -> None:
    with Session(server_url=EmbeddedServer("sqlite://"), plugin_paths=[], schema_cache_path=False) as session:
        expected = sorted(status["name"] for status in session.query("select name from Status").all())
        results = in_threads(8, lambda: [sorted(s["name"] for s in session.query("select name from Status").all())] * 3)
        assert results == [[expected] * 3] * 8
