"""An ASGI application behind ``requests``, in this process."""

import asyncio
import io
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from client_support import in_threads

from trackteroid.client.inprocess.asgi import AsgiAdapter, BorrowedAdapter

URL = "http://app.invalid"
ENDLESS = 10_000


async def body_of(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    return body


async def respond(send: Any, *pieces: bytes, status: int = 200, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})


Mount = Callable[[Any], requests.Session]


@pytest.fixture
def mount() -> Iterator[Mount]:
    sessions: list[requests.Session] = []
    before = threading.enumerate()  # with those of other tests in this process

    def mounted(app: Any) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.mount(URL, AsgiAdapter(app))
        sessions.append(session)
        return session

    yield mounted
    for session in sessions:
        session.close()
    after = [thread for thread in threading.enumerate() if thread not in before]
    assert "trackteroid-asgi" not in [thread.name for thread in after]


async def echo(scope: Any, receive: Any, send: Any) -> None:
    await respond(send, await body_of(receive), headers=((b"content-type", b"text/plain"),))


def test_the_application_sees_the_request(mount: Mount) -> None:
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)
        await respond(send, b"{}", status=201, headers=((b"content-type", b"application/json"), (b"x-one", b"1")))

    response = mount(app).post(f"{URL}:8080/a%20b/ü?q=1&r=%C3%BC", data=b"x", headers={"X-Key": "käse"})
    assert (seen["type"], seen["method"], seen["scheme"], seen["http_version"]) == ("http", "POST", "http", "1.1")
    assert (seen["path"], seen["raw_path"], seen["query_string"]) == ("/a b/ü", b"/a%20b/%C3%BC", b"q=1&r=%C3%BC")
    assert seen["server"] == ("app.invalid", 8080)
    headers = dict(seen["headers"])
    assert headers[b"host"] == b"app.invalid:8080"
    assert headers[b"x-key"] == "käse".encode("latin-1")
    assert headers[b"content-length"] == b"1"
    assert (response.status_code, response.reason, response.json()) == (201, "Created", {})
    assert response.headers["X-One"] == "1"
    assert response.request.url == response.url


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, b""),
        (b"bytes", b"bytes"),
        ("text ü", "text ü".encode()),
        ({"form": "1"}, b"form=1"),
        (iter([b"in ", "pieces"]), b"in pieces"),
        (io.BytesIO(b"z" * 200_000), b"z" * 200_000),
        (io.StringIO("text file"), b"text file"),
    ],
    ids=["nothing", "bytes", "text", "a form", "pieces", "a file", "a text file"],
)
def test_every_kind_of_body_arrives(body: Any, expected: bytes, mount: Mount) -> None:
    assert mount(echo).put(f"{URL}/", data=body).content == expected


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
def test_every_method_works(method: str, mount: Mount) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, b"" if scope["method"] == "HEAD" else scope["method"].encode())

    assert mount(app).request(method, f"{URL}/").text == ("" if method == "HEAD" else method)


def test_a_streamed_answer_is_read_while_it_is_written(mount: Mount) -> None:
    written: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(ENDLESS):
            await send({"type": "http.response.body", "body": b"%06d" % number, "more_body": True})
            written.append(number)

    with mount(app).get(f"{URL}/", stream=True) as response:
        assert response.raw.read(12) == b"000000000001"
    assert len(written) < 100, "the application does not wait for its reader"


def test_leaving_a_streamed_answer_cancels_the_application(mount: Mount) -> None:
    cancelled = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    mount(app).get(f"{URL}/", stream=True).close()
    assert cancelled.wait(5)


def test_an_application_can_wait_for_the_client_to_leave(mount: Mount) -> None:
    left = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await body_of(receive)
        leaving = asyncio.ensure_future(receive())
        await respond(send, b"done")
        assert (await leaving)["type"] == "http.disconnect"
        left.set()

    assert mount(app).get(f"{URL}/").text == "done"
    assert left.wait(5)


def test_waiting_too_long_is_a_timeout(mount: Mount) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    session = mount(app)
    for timeout in (0.02, (5, 0.02)):
        with pytest.raises(requests.exceptions.ReadTimeout, match=r"did not answer within 0\.02 seconds"):
            session.get(f"{URL}/", timeout=timeout)


def test_waiting_too_long_for_the_rest_is_an_error(mount: Mount) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await asyncio.Event().wait()

    with pytest.raises(requests.exceptions.ConnectionError):
        mount(app).get(f"{URL}/", timeout=0.02)


def test_a_failing_application_is_a_connection_error_with_its_cause(mount: Mount) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise ZeroDivisionError("by zero")

    with pytest.raises(requests.exceptions.ConnectionError, match=r"failed before its answer to GET /path") as caught:
        mount(app).get(f"{URL}/path")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_an_application_that_ends_without_an_answer_is_a_connection_error(mount: Mount) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        return None

    with pytest.raises(requests.exceptions.ConnectionError, match="ended before its answer"):
        mount(app).get(f"{URL}/")


def test_a_failure_in_the_middle_of_an_answer_is_not_taken_for_its_end(mount: Mount) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ZeroDivisionError

    with pytest.raises(requests.exceptions.RequestException, match="before its answer"):
        mount(app).get(f"{URL}/")


def test_a_failure_after_the_answer_is_logged(mount: Mount, caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, b"fine")
        raise ZeroDivisionError

    session = mount(app)
    assert session.get(f"{URL}/late").text == "fine"
    session.close()
    assert "after it had answered GET /late" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_cookies_are_kept(mount: Mount) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, dict(scope["headers"]).get(b"cookie", b""), headers=((b"set-cookie", b"a=b; Path=/"),))

    session = mount(app)
    assert session.get(f"{URL}/").text == ""
    assert session.get(f"{URL}/").text == "a=b"


def test_many_threads_share_one_event_loop(mount: Mount) -> None:
    loops: set[int] = set()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        loops.add(id(asyncio.get_running_loop()))
        await respond(send, await body_of(receive))

    session = mount(app)
    numbers = iter(range(1000))
    bodies = in_threads(
        8, lambda: [(body := b"%d" % next(numbers)) == session.post(f"{URL}/", data=body).content for _ in range(10)]
    )
    assert bodies == [[True] * 10] * 8
    assert len(loops) == 1


def test_a_closed_adapter_starts_again(mount: Mount) -> None:
    session = mount(echo)
    assert session.post(f"{URL}/", data=b"1").content == b"1"
    session.close()
    session.close()
    assert session.post(f"{URL}/", data=b"2").content == b"2"


def test_closing_a_borrowed_adapter_leaves_the_owners_open() -> None:
    loops: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        loops.append(asyncio.get_running_loop())
        await respond(send, b"")

    owner = AsgiAdapter(app)
    for _ in range(2):
        with requests.Session() as session:
            session.mount(URL, BorrowedAdapter(owner))
            session.get(f"{URL}/")
    owner.close()
    assert loops[0] is loops[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_process_starts_its_own_event_loop(mount: Mount) -> None:
    session = mount(echo)
    assert session.post(f"{URL}/", data=b"parent").content == b"parent"
    child = os.fork()
    if child == 0:
        fine = session.post(f"{URL}/", data=b"child", timeout=10).content == b"child"
        os._exit(0 if fine else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert session.post(f"{URL}/", data=b"parent").content == b"parent"
