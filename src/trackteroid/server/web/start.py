"""The page under the address of the server, which shows the entity that a link names.

What follows the `#` of a link is never sent, so the page asks for it with a script of its own. Whoever looks says who
they are as clients do, with a name and a key in headers: neither is in an address, in a cookie, or kept.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Final

from trackteroid.server.web.pages import HEADERS, STYLE

_TEXT: Final = """This is a Trackteroid server. Clients of ftrack talk to it under this address:

    FTRACK_SERVER={url}

Links to entities (#slideEntityId=ID&slideEntityType=TYPE) are shown by this page in a browser with JavaScript. In a
shell:

    trackteroid get TypedContext ID     (task)
    trackteroid get Project ID          (show)
    trackteroid get AssetVersion ID     (assetversion)
"""

_SCRIPT: Final = """
"use strict";
const [start, form, told, page] = ["start", "who", "told", "page"].map((id) => document.getElementById(id));
const title = document.title;
let who = null;
let latest = 0;

function named() {
  const link = new URLSearchParams(location.hash.slice(1));
  const [id, type] = ["Id", "Type"].map((end) => link.get("slideEntity" + end) || link.get("entity" + end));
  return id && type ? new URLSearchParams({ id, type }) : null;
}

async function answerTo(asked) {
  const headers = { "ftrack-user": who.user, "ftrack-api-key": who.key };
  const options = { headers, credentials: "omit", cache: "no-store", redirect: "error" };
  const answer = await fetch("entity?" + asked, options);
  const kind = answer.headers.get("content-type") || "";
  if (!kind.startsWith("text/html")) throw new Error("The server answered with " + answer.status + ".");
  const found = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [answer.status, found];
}

async function show() {
  const asked = named();
  const turn = ++latest;
  start.hidden = asked !== null;
  form.hidden = asked === null || who !== null;
  page.replaceChildren();
  told.textContent = asked && who ? "Loading ..." : "";
  document.title = title;
  if (!asked || !who) return;
  try {
    const [status, found] = await answerTo(asked);
    if (turn !== latest) return;
    told.textContent = "";
    if (status === 401) {
      who = null;
      form.hidden = false;
      told.textContent = found.querySelector("main p").textContent;
      return;
    }
    document.title = found.title;
    page.replaceChildren(...found.querySelector("main").childNodes);
  } catch (error) {
    if (turn !== latest) return;
    who = null;
    form.hidden = false;
    told.textContent = "That did not work: " + error.message;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  who = { user: form.elements.user.value, key: form.elements.key.value };
  form.elements.key.value = "";
  show();
});
addEventListener("hashchange", show);
document.getElementById("open").hidden = isSecureContext;
show();
"""

_PAGE: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Trackteroid</title><meta name="viewport" content="width=device-width">
<style>:root {{ color-scheme: light dark; }}{style}[hidden] {{ display: none; }}
label {{ display: block; margin-top: .5em; }}</style></head>
<body>
<pre id="start">{text}</pre>
<form id="who" hidden>
<p>Say who you are to see what this link leads to. Your name and key go to this server only, and this page forgets
them when it is closed or loaded again.</p>
<p id="open" hidden>This connection is not encrypted: others in the network can read the key.</p>
<label>User <input name="user" autocomplete="username" required></label>
<label>API key <input name="key" type="password" autocomplete="current-password" required></label>
<p><button>Show</button></p>
</form>
<noscript><p>Without JavaScript this page cannot know what a link leads to: what follows its # is never sent to a
server. The commands above show it.</p></noscript>
<p id="told" role="status"></p>
<main id="page"></main>
<script>{script}</script>
</body>
</html>
"""

_DIGEST: Final = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()

#: What goes with the start page: it runs its one script, which asks this server and nobody else.
START_HEADERS: Final = {
    **HEADERS,
    "Content-Security-Policy": HEADERS["Content-Security-Policy"]
    + f"; script-src 'sha256-{_DIGEST}'; connect-src 'self'; img-src 'self'",
    "Vary": "Accept",
}


def start_text(url: str) -> str:
    """Return what the address of the server says to programs."""
    return _TEXT.format(url=url)


def start_page(url: str) -> str:
    """Return what it says to browsers."""
    return _PAGE.format(text=escape(start_text(url)), style=STYLE, script=_SCRIPT)
