"""Helpers for the tests of tools: how much they may ask of the server.

Load the plugin in a ``conftest.py``::

    pytest_plugins = ["trackteroid.testing.plugin"]

and say in a test what it may cost::

    @pytest.mark.request_budget(3)
    def test_report(): ...

    def test_page(request_budget):
        with request_budget(1):
            ...
"""

from trackteroid.testing.budget import RequestBudgetError, request_budget

__all__ = ["RequestBudgetError", "request_budget"]
