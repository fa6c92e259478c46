"""What a browser shows: small pages that tell what the database holds, and change nothing."""

from trackteroid.server.web.pages import HEADERS, Page, html_of, refusal
from trackteroid.server.web.widgets import WIDGETS, Widget, link_to, open_link, show

__all__ = ["HEADERS", "WIDGETS", "Page", "Widget", "html_of", "link_to", "open_link", "refusal", "show"]
