"""A small web page beside the Dagster UI: lists clips, plays them, connects accounts."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from urllib.parse import urlsplit

import sqlalchemy as sa
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from viral_forge_assets.console.accounts import AccountPages
from viral_forge_assets.console.files import file_response, known_artefact
from viral_forge_assets.console.pages import (
    ClipPage,
    ClipState,
    asset_url,
    clip_page,
    overview,
    told_once,
)
from viral_forge_assets.console.posts import post_page
from viral_forge_assets.console.previews import preview_response
from viral_forge_assets.console.reports import report_response, reported_days
from viral_forge_assets.domain.redirects import CONSOLE_PATH
from viral_forge_resources.contracts.records import ArtefactKind
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.web import is_web_address
from viral_forge_resources.state import clips

_PACKAGE = "viral_forge_assets.console"
_HOSTS = ("127.0.0.1", "localhost")
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def create_app(
    *,
    state: sa.Engine,
    storage: Storage,
    dagster_url: str,
    accounts: AccountPages,
    console_host: str | None = None,
) -> Starlette:
    """The console over this state and storage.

    Args:
        state: what is listed.
        storage: where the listed files are.
        dagster_url: where the Dagster UI is, without a slash at the end.
        accounts: the pages that connect accounts.
        console_host: the name people reach the console by, besides this machine's own.
    """
    console = _Console(state, storage, dagster_url, accounts)
    public_host = urlsplit(accounts.public_url or "").hostname
    hosts = [*_HOSTS, *filter(None, (console_host, public_host))]
    return Starlette(
        routes=[
            Route("/", console.index),
            Route("/clip/{artefact_id}", console.clip),
            Route("/post/{publication_id}", console.post),
            Route("/m/{artefact_id}", console.file),
            Route("/s/{artefact_id}", console.preview),
            Route("/reports", console.reports),
            Route("/reports/{day}/{name}", console.report),
            Route("/accounts", console.accounts),
            Route("/connect", console.connect, methods=["POST"]),
            Route(CONSOLE_PATH, console.connected),
            Route("/console.css", console.stylesheet),
            Route("/favicon.ico", lambda _request: Response(status_code=204)),
        ],
        middleware=[
            Middleware(_SecurityHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        ],
        exception_handlers={HTTPException: console.refusal},
    )


class _Console:
    def __init__(
        self, state: sa.Engine, storage: Storage, dagster_url: str, accounts: AccountPages
    ) -> None:
        self._state = state
        self._storage = storage
        self._accounts = accounts
        self._templates = Environment(
            loader=PackageLoader(_PACKAGE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {
            "asset_url": partial(asset_url, dagster_url),
            "dagster_url": dagster_url,
            "kinds": ArtefactKind,
            "is_web_address": is_web_address,
            "told_once": told_once,
        }
        self._templates.filters |= {"moment": _moment, "css_class": _css_class}

    def index(self, request: Request) -> Response:
        niche = request.query_params.get("niche", "")
        clip_state = request.query_params.get("state", "")
        shown = overview(self._state, niche=niche, clip_state=clip_state)
        return self._page(
            "index.html",
            shown=shown,
            niche=niche,
            clip_state=clip_state,
            clip_states=[state.value for state in ClipState],
        )

    def clip(self, request: Request) -> Response:
        return self._page("clip.html", page=self._clip_page(request.path_params["artefact_id"]))

    def post(self, request: Request) -> Response:
        with self._state.connect() as connection:
            page = post_page(connection, request.path_params["publication_id"])
        if page is None:
            raise HTTPException(404, "No such post was planned here.")
        return self._page("post.html", page=page)

    def file(self, request: Request) -> Response:
        artefact = known_artefact(self._state, request.path_params["artefact_id"])
        return file_response(request, artefact, self._storage)

    def preview(self, request: Request) -> Response:
        artefact = known_artefact(self._state, request.path_params["artefact_id"])
        return preview_response(request, artefact, self._storage)

    def reports(self, _request: Request) -> Response:
        return self._page("reports.html", days=reported_days(self._storage))

    def report(self, request: Request) -> Response:
        told = request.path_params
        return report_response(self._storage, told["day"], told["name"])

    def accounts(self, request: Request) -> Response:
        return self._accounts.listed(request, self._page)

    async def connect(self, request: Request) -> Response:
        return await self._accounts.begin(request, self._page)

    def connected(self, request: Request) -> Response:
        return self._accounts.finish(request)

    def stylesheet(self, _request: Request) -> Response:
        content = files(_PACKAGE).joinpath("static", "console.css").read_bytes()
        return Response(content, media_type="text/css", headers={"cache-control": "no-cache"})

    def refusal(self, _request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        detail = error.detail if isinstance(error, HTTPException) else "Something went wrong."
        headers = error.headers if isinstance(error, HTTPException) else None
        return self._page(
            "refusal.html", status_code=status, headers=headers, status=status, detail=detail
        )

    def _clip_page(self, artefact_id: str) -> ClipPage:
        artefact = known_artefact(self._state, artefact_id)
        with self._state.connect() as connection:
            pages = [
                clip_page(connection, clip)
                for clip in clips.of_candidate(connection, artefact.candidate_key)
                if artefact.kind is ArtefactKind.CLIP and clip.number == artefact.clip_number
            ]
        if not pages or pages[0] is None:
            raise HTTPException(404, "No such clip is recorded.")
        return pages[0]

    def _page(
        self,
        name: str,
        *,
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        **shown: object,
    ) -> Response:
        content = self._templates.get_template(name).render(shown)
        return HTMLResponse(content, status_code=status_code, headers=headers)


class _SecurityHeaders:
    """Adds what every answer carries, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.encode(), value.encode())
                        for name, value in _HEADERS.items()
                        if name.encode() not in given
                    ),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _css_class(text: str) -> str:
    return re.sub(r"[^a-z]+", "-", text.lower())
