"""Helpers for the tests of tools: how much they may ask of the server, and the events that listeners get.

Load the plugin in a ``conftest.py``::

    pytest_plugins = ["trackteroid.testing.plugin"]

and say in a test what it may cost::

    @pytest.mark.request_budget(3)
    def test_report(): ...

    def test_page(request_budget):
        with request_budget(1):
            ...

and for listeners::

    def test_approval(events):
        events.deliver(events.update(task, Task.status, old="In progress", new="Approved"))
"""

from trackteroid.testing.budget import RequestBudgetError, request_budget
from trackteroid.testing.events import Events, ExpectedEventError

__all__ = ["Events", "ExpectedEventError", "RequestBudgetError", "request_budget"]
