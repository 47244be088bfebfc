"""What the logins' emulators get and give."""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{platform}</title>
<style>body{{font:17px/1.5 system-ui,sans-serif;max-width:30rem;margin:8vh auto}}
button{{font:inherit;padding:.5rem 1.4rem;margin-right:1rem}}</style></head><body>
<h1>{platform} (emulator)</h1><p>viral_forge asks for:</p><ul>{scopes}</ul>
<form method="post" action="consent">{hidden}
<p>as {people}</p>
<button id="allow" name="answer" value="allow">Allow</button>
<button id="deny" name="answer" value="deny">Deny</button></form></body></html>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request.

    Attributes:
        path: below the platform's, without slashes around it.
        headers: by lower-case name.
    """

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def json_reply(document: Any, *, status: int = 200) -> Reply:
    """``document`` as JSON."""
    return Reply(status=status, body=json.dumps(document).encode())


def redirect_reply(address: str) -> Reply:
    """Sends the browser to ``address``."""
    return Reply(status=302, headers={"location": address})


def consent_page(
    platform: str,
    people: Sequence[tuple[str, str]],
    scopes: Sequence[str],
    *,
    hidden: Mapping[str, str],
) -> Reply:
    """Where a person says yes or no."""
    fields = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in hidden.items()
    )
    radios = "".join(
        f'<label><input type="radio" name="person" value="{html.escape(account)}"'
        f"{' checked' if account == people[0][0] else ''}> {html.escape(name)}</label> "
        for account, name in people
    )
    listed = "".join(f"<li>{html.escape(scope)}</li>" for scope in scopes)
    page = _PAGE.format(platform=platform, scopes=listed, hidden=fields, people=radios)
    headers = {"x-first-person": people[0][0]}
    return Reply(body=page.encode(), kind="text/html; charset=utf-8", headers=headers)
