"""What holds for all tests."""

import signal


def pytest_configure() -> None:
    """Let the programs that tests start mind Ctrl-C, also when the tests run in the background of a shell.

    A shell makes what it runs in its background ignore interrupts, and that is passed on to every process it starts.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
