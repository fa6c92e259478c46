"""What a browser shows: small pages that tell what the database holds, and change nothing."""

from trackteroid.server.web.entities import about
from trackteroid.server.web.pages import HEADERS, Page, html_of, refusal
from trackteroid.server.web.start import START_HEADERS, start_page, start_text
from trackteroid.server.web.widgets import WIDGETS, Widget, link_to, open_link, show

__all__ = [
    "HEADERS",
    "START_HEADERS",
    "WIDGETS",
    "Page",
    "Widget",
    "about",
    "html_of",
    "link_to",
    "open_link",
    "refusal",
    "show",
    "start_page",
    "start_text",
]
