"""Logins of the platforms on this machine, as their documentation has them, faults included.

``/<platform>/authorise`` shows a page on which a person, or a test, says yes or no. A code works
once, for a minute, for the redirect address and challenge that it was asked with. ``handed_out``
holds every secret that left: none of them may turn up anywhere.
"""

import secrets
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.platforms.oauth_replies import Call, Reply, consent_page, json_reply, redirect_reply

CLIENT_ID = "viral-forge-test-app"
CLIENT_SECRET = "the-secret-of-the-test-app"
_CODE_LIFE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may be logged in where the platform asks for consent."""

    account_id: str
    name: str


@dataclass(slots=True, kw_only=True)
class Consent:
    """What a person gave to the app; everything issued for it ends with it."""

    person: Person
    scopes: tuple[str, ...]
    given_at: datetime
    is_revoked: bool = False


@dataclass(slots=True, kw_only=True)
class Issued:
    """A code or token."""

    consent: Consent
    issued_at: datetime
    expires_at: datetime
    about: dict[str, str] = field(default_factory=dict)
    is_used: bool = False


class Emulator:
    """One platform's login. Subclasses say how it differs.

    Attributes:
        people: who may consent.
        redirect_uris: registered ones, compared to the letter.
        takes_any_port: also any port of 127.0.0.1 with the path ``/callback/``.
        unticked: scopes that people do not grant.
        faults: answers in place of the token endpoint's next ones; each may call it first.
        refreshes: how often a token was refreshed.
        calls: every request.
        handed_out: every secret that was given to the app.
    """

    platform = ""
    client_name = "client_id"
    separator = " "
    needs_pkce = False
    takes_any_port = False

    def __init__(self) -> None:
        self.people = [Person(account_id=f"{self.platform}-1", name="Knot Lab")]
        self.redirect_uris: set[str] = set()
        self.unticked: set[str] = set()
        self.faults: list[Callable[[Callable[[], Reply]], Reply]] = []
        self.refreshes = 0
        self.calls: list[Call] = []
        self.handed_out: set[str] = set()
        self.offset = timedelta(0)
        self.codes: dict[str, Issued] = {}
        self.access: dict[str, Issued] = {}
        self.refresh: dict[str, Issued] = {}
        self.lock = threading.RLock()

    def now(self) -> datetime:
        """The platform's clock, which a test may put forward."""
        return datetime.now(UTC) + self.offset

    def answer(self, call: Call) -> Reply:
        """What a request gets."""
        with self.lock:
            self.calls.append(call)
        if call.path == "authorise":
            return self._ask(call)
        if call.path == "consent":
            return self._consented(call)
        if call.path.startswith(("token", "graph/oauth")):
            with self.lock:
                fault = self.faults.pop(0) if self.faults else None
            return fault(lambda: self._locked(call)) if fault else self._locked(call)
        with self.lock:
            return self.api(call)

    def _locked(self, call: Call) -> Reply:
        with self.lock:
            return self.token(call)

    def token(self, call: Call) -> Reply:
        """What the token endpoint answers."""
        raise NotImplementedError

    def api(self, call: Call) -> Reply:
        """What any other address answers."""
        raise NotImplementedError

    def _ask(self, call: Call) -> Reply:
        problem = self.problem_with(call.query)
        if problem:
            return Reply(status=400, body=problem.encode(), kind="text/plain")
        asked = call.query["scope"].split(self.separator)
        names = [(person.account_id, person.name) for person in self.people]
        return consent_page(self.platform, names, asked, hidden=call.query)

    def problem_with(self, query: Mapping[str, str]) -> str | None:
        """Why the person sees an error page instead of being asked."""
        if query.get(self.client_name) != CLIENT_ID:
            return f"unknown {self.client_name}"
        if query.get("response_type") != "code" or not query.get("state"):
            return "response_type or state is missing"
        if not self._may_redirect(query.get("redirect_uri", "")):
            return "redirect_uri_mismatch"
        if self.needs_pkce and query.get("code_challenge_method") != "S256":
            return "code_challenge is missing"
        return None

    def _may_redirect(self, redirect_uri: str) -> bool:
        address = urlsplit(redirect_uri)
        is_loopback = address.scheme == "http" and address.hostname == "127.0.0.1"
        if self.takes_any_port and is_loopback and address.port and address.path == "/callback/":
            return not address.query
        return redirect_uri in self.redirect_uris

    def _consented(self, call: Call) -> Reply:
        asked = call.form
        back: dict[str, str] = {"state": asked["state"]}
        if asked["answer"] == "deny":
            back |= {"error": "access_denied", "error_description": "The user said no"}
        else:
            back |= self._given(asked)
        return redirect_reply(f"{asked['redirect_uri']}?{urlencode(back)}")

    def _given(self, asked: Mapping[str, str]) -> dict[str, str]:
        person = next(each for each in self.people if each.account_id == asked["person"])
        scopes = tuple(
            each for each in asked["scope"].split(self.separator) if each not in self.unticked
        )
        consent = Consent(person=person, scopes=scopes, given_at=self.now())
        about = {name: asked.get(name, "") for name in ("redirect_uri", "code_challenge")}
        about |= {"access_type": asked.get("access_type", ""), "prompt": asked.get("prompt", "")}
        code = self.issue(self.codes, consent, life=_CODE_LIFE, prefix="code", **about)
        return {"code": code}

    def issue(
        self,
        where: dict[str, Issued],
        consent: Consent,
        *,
        life: timedelta,
        prefix: str,
        **about: str,
    ) -> str:
        """A new secret of that life."""
        value = f"{prefix}.{secrets.token_urlsafe(24)}"
        with self.lock:
            now = self.now()
            where[value] = Issued(
                consent=consent, issued_at=now, expires_at=now + life, about=about
            )
            self.handed_out.add(value)
        return value

    def spent_code(self, form: Mapping[str, str], challenge: Callable[[str], str]) -> Issued | None:
        """The code's consent, once; None where anything about it is wrong."""
        code = self.codes.get(form.get("code", ""))
        if code is None or code.is_used or self.now() >= code.expires_at:
            return None
        if form.get("redirect_uri") != code.about["redirect_uri"]:
            return None
        expected = code.about["code_challenge"]
        if expected and challenge(form.get("code_verifier", "")) != expected:
            return None
        code.is_used = True
        return code

    def living(self, where: dict[str, Issued], value: str) -> Issued | None:
        """What was issued under that value, if it still counts."""
        issued = where.get(value)
        if issued is None or issued.is_used or issued.consent.is_revoked:
            return None
        return issued if self.now() < issued.expires_at else None

    def bearer(self, call: Call) -> Issued | None:
        """Whose token came with the request."""
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        return self.living(self.access, token) if scheme == "Bearer" else None

    def account_of(self, token: str) -> str | None:
        """The account that an access token opens now, for emulators of uploads."""
        issued = self.living(self.access, token)
        return issued.consent.person.account_id if issued else None

    def revoke_all(self) -> None:
        """Everybody takes their consent back."""
        for where in (self.access, self.refresh):
            for issued in where.values():
                issued.consent.is_revoked = True


class _Handler(BaseHTTPRequestHandler):
    server: "OAuthPlatforms"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        address = urlsplit(self.path)
        platform, _, path = address.path.strip("/").partition("/")
        call = Call(
            method=self.command,
            path=path,
            query=dict(parse_qsl(address.query, keep_blank_values=True)),
            form=dict(parse_qsl(body.decode(), keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
        )
        emulator = self.server.emulators.get(platform)
        reply = emulator.answer(call) if emulator else json_reply({}, status=404)
        self.send_response(reply.status)
        for name, value in {**reply.headers, "content-length": str(len(reply.body))}.items():
            self.send_header(name, value)
        self.send_header("content-type", reply.kind)
        self.end_headers()
        self.wfile.write(reply.body)

    def do_POST(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        return


class OAuthPlatforms(ThreadingHTTPServer):
    """All of them on one port."""

    daemon_threads = True

    def __init__(self, emulators: Mapping[str, Emulator]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.emulators = emulators

    @property
    def url(self) -> str:
        """Its address, without a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet: clients are killed in the middle."""

    def handed_out(self) -> set[str]:
        """Every secret that left any platform, and the app's own."""
        return {CLIENT_SECRET}.union(*(each.handed_out for each in self.emulators.values()))


def consent(address: str, *, person: str | None = None, answer: str = "allow") -> str:
    """The address that a browser ends at once its person has answered.

    The browser is none of ours: what it does is in no log of our HTTP.
    """
    asked, form = urlsplit(address), dict(parse_qsl(urlsplit(address).query))
    with closing(HTTPConnection(asked.netloc)) as browser:
        browser.request("GET", f"{asked.path}?{asked.query}")
        page = browser.getresponse()
        shown = page.read().decode()
        if page.status != HTTPStatus.OK:
            raise AssertionError(shown)
        form |= {"person": person or str(page.getheader("x-first-person")), "answer": answer}
        place = asked.path.removesuffix("authorise") + "consent"
        browser.request("POST", place, body=urlencode(form))
        return str(browser.getresponse().getheader("location"))


@contextmanager
def running(emulators: Mapping[str, Emulator]) -> Generator[OAuthPlatforms]:
    """The platforms in the background; gone afterwards."""
    with OAuthPlatforms(emulators) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def error(word: str, description: str, *, status: int = 400, **more: Any) -> Reply:
    """A refusal in the words of RFC 6749."""
    return json_reply({"error": word, "error_description": description, **more}, status=status)
