"""The platforms' logins, each with what is its own."""

import hashlib
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from tests.platforms.oauth import CLIENT_ID, CLIENT_SECRET, Consent, Emulator, Issued, error
from tests.platforms.oauth_replies import Call, Reply, json_reply

_DAY = timedelta(days=1)


def base64url(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def hexadecimal(verifier: str) -> str:
    return hashlib.sha256(verifier.encode()).hexdigest()


def client_in(call: Call) -> tuple[str, str]:
    """Id and secret, from Basic authentication or the form."""
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    if scheme == "Basic":
        client_id, _, secret = b64decode(value).decode().partition(":")
        return unquote(client_id), unquote(secret)
    return call.form.get("client_id", ""), call.form.get("client_secret", "")


class Standard(Emulator):
    """RFC 6749 with a refresh token."""

    life = timedelta(seconds=7200)
    refresh_life = 180 * _DAY
    rotates = False
    gives_refresh = True
    basic_only = False

    def token(self, call: Call) -> Reply:
        client_id, secret = client_in(call)
        if self.basic_only and "client_secret" in call.form:
            return error("invalid_client", "Use Basic authentication", status=401)
        if (client_id, secret) != (CLIENT_ID, CLIENT_SECRET):
            return error("invalid_client", "Unauthorized", status=401)
        if call.form.get("grant_type") == "authorization_code":
            code = self.spent_code(call.form, base64url)
            if code is None:
                return error("invalid_grant", "Bad Request")
            return json_reply(self.granted(code.consent, code=code))
        return self._refreshed(call.form.get("refresh_token", ""))

    def _refreshed(self, value: str) -> Reply:
        old = self.living(self.refresh, value)
        if old is None:
            return error("invalid_grant", "Token has been expired or revoked.")
        self.refreshes += 1
        old.is_used = self.rotates
        return json_reply(self.granted(old.consent, code=None))

    def granted(self, consent: Consent, *, code: Issued | None) -> dict[str, Any]:
        """The token endpoint's answer."""
        token = self.issue(self.access, consent, life=self.life, prefix=f"{self.platform}-at")
        document: dict[str, Any] = {
            "access_token": token,
            "expires_in": int(self.life.total_seconds()),
            "token_type": "bearer",
            "scope": self.separator.join(consent.scopes),
        }
        if self.gives_refresh and (code is not None or self.rotates):
            document["refresh_token"] = self.new_refresh(consent)
        return document

    def new_refresh(self, consent: Consent) -> str:
        return self.issue(
            self.refresh, consent, life=self.refresh_life, prefix=f"{self.platform}-rt"
        )

    def api(self, call: Call) -> Reply:
        if call.path == "revoke":
            return self.revoked(call.form.get("token", ""))
        issued = self.bearer(call)
        if issued is None:
            return json_reply({"title": "Unauthorized", "status": 401}, status=401)
        return json_reply(self.me(issued))

    def revoked(self, token: str) -> Reply:
        issued = self.access.get(token) or self.refresh.get(token)
        if issued is None or issued.consent.is_revoked:
            return error("invalid_token", "Token expired or revoked")
        issued.consent.is_revoked = True
        return json_reply({})

    def me(self, issued: Issued) -> dict[str, Any]:
        """What says whose token it is."""
        raise NotImplementedError


class Google(Standard):
    """A refresh token only with offline access and a consent asked for anew; never on refresh.

    Attributes:
        is_in_testing: refresh tokens die after seven days.
        has_channel: the account has a YouTube channel.
    """

    platform = "youtube"
    needs_pkce = True
    takes_any_port = True
    life = timedelta(seconds=3599)
    is_in_testing = False
    has_channel = True

    def granted(self, consent: Consent, *, code: Issued | None) -> dict[str, Any]:
        document = super().granted(consent, code=None)
        is_asked_anew = code is not None and code.about["prompt"] == "consent"
        if code is not None and is_asked_anew and code.about["access_type"] == "offline":
            document["refresh_token"] = self.new_refresh(consent)
        return document

    def new_refresh(self, consent: Consent) -> str:
        life = 7 * _DAY if self.is_in_testing else 3650 * _DAY
        return self.issue(self.refresh, consent, life=life, prefix="1//")

    def me(self, issued: Issued) -> dict[str, Any]:
        person = issued.consent.person
        item = {"id": person.account_id, "snippet": {"title": person.name}}
        return {"items": [item]} if self.has_channel else {"pageInfo": {"totalResults": 0}}


class X(Standard):
    """A pair for each use; needs PKCE, and offline.access for a refresh token."""

    platform = "x"
    needs_pkce = True
    rotates = True

    def me(self, issued: Issued) -> dict[str, Any]:
        person = issued.consent.person
        return {"data": {"id": person.account_id, "username": person.name.replace(" ", "")}}


class Linkedin(Standard):
    """Sixty days and nothing to prolong them with."""

    platform = "linkedin"
    life = 60 * _DAY
    gives_refresh = False

    def me(self, issued: Issued) -> dict[str, Any]:
        return {"sub": issued.consent.person.account_id, "name": issued.consent.person.name}


class Pinterest(Standard):
    """Basic authentication; scopes between commas going there, between blanks coming back."""

    platform = "pinterest"
    separator = ","
    life = 30 * _DAY
    refresh_life = 60 * _DAY
    rotates = True
    basic_only = True

    def granted(self, consent: Consent, *, code: Issued | None) -> dict[str, Any]:
        document = super().granted(consent, code=code)
        document["scope"] = " ".join(consent.scopes)
        document["refresh_token_expires_in"] = int(self.refresh_life.total_seconds())
        document["response_type"] = "authorization_code" if code else "refresh_token"
        return document

    def _refreshed(self, value: str) -> Reply:
        reply = super()._refreshed(value)
        if value in self.refresh:
            self.refresh[value].is_used = False  # a continuous one may be used until it ends
        return reply

    def me(self, issued: Issued) -> dict[str, Any]:
        person = issued.consent.person
        return {"id": person.account_id, "username": person.name.replace(" ", "").lower()}


class Tiktok(Standard):
    """client_key, hexadecimal challenges, flat errors that may come with 200, rotation."""

    platform = "tiktok"
    client_name = "client_key"
    separator = ","
    needs_pkce = True
    takes_any_port = True
    rotates = True

    def token(self, call: Call) -> Reply:
        form = call.form
        if (form.get("client_key"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return self._flat("invalid_client", "Client key or secret is incorrect.", status=401)
        if form.get("grant_type") == "authorization_code":
            code = self.spent_code(form, hexadecimal)
            if code is None:
                return self._flat("invalid_grant", "Authorization code is expired.")
            return json_reply(self.granted(code.consent, code=code))
        old = self.living(self.refresh, form.get("refresh_token", ""))
        if old is None:
            return self._flat("invalid_grant", "Refresh token is invalid or expired.")
        self.refreshes += 1
        old.is_used = True
        return json_reply(self.granted(old.consent, code=None))

    def granted(self, consent: Consent, *, code: Issued | None) -> dict[str, Any]:
        document = super().granted(consent, code=code)
        life = int(self.refresh_life.total_seconds())
        return document | {"refresh_expires_in": life, "open_id": consent.person.account_id}

    def _flat(self, word: str, description: str, *, status: int = 200) -> Reply:
        return error(word, description, status=status, log_id="20261126")

    def api(self, call: Call) -> Reply:
        if call.path == "revoke":
            issued = self.access.get(call.form.get("token", ""))
            if issued is not None:
                issued.consent.is_revoked = True
            return Reply()
        issued = self.bearer(call)
        problem = {"code": "access_token_invalid", "message": "The access token is invalid."}
        if issued is None or call.path != "user/info":
            return json_reply({"data": {}, "error": problem}, status=401)
        person = issued.consent.person
        user = {"open_id": person.account_id, "display_name": person.name}
        fine = {"code": "ok", "message": "", "log_id": "1"}
        return json_reply({"data": {"user": user}, "error": fine})


def graph_error(code: int, message: str, *, status: int = 400) -> Reply:
    """A refusal of Meta's Graph API."""
    said = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return json_reply({"error": said}, status=status)


_ENDED = (190, "Error validating access token: Session has expired.")


class Pages(Emulator):
    """Facebook's login: short, then long tokens of a person; tokens of Pages that do not end.

    Attributes:
        pages: id, name and linked Instagram account of each Page.
    """

    platform = "facebook"
    separator = ","

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[tuple[str, str, str | None]] = [("page-1", "Knot Lab", "ig-1")]

    def token(self, call: Call) -> Reply:
        query = call.query
        if (query.get("client_id"), query.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return graph_error(1, "Error validating client secret.")
        if query.get("grant_type") == "fb_exchange_token":
            short = self.living(self.access, query.get("fb_exchange_token", ""))
            if short is None:
                return graph_error(*_ENDED)
            return json_reply(self._person(short.consent, life=60 * _DAY))
        code = self.spent_code(query, base64url)
        if code is None:
            return graph_error(100, "This authorization code has been used.")
        return json_reply(self._person(code.consent, life=timedelta(hours=1)))

    def _person(self, consent: Consent, *, life: timedelta) -> dict[str, Any]:
        token = self.issue(self.access, consent, life=life, prefix="EAA", kind="person")
        seconds = int(life.total_seconds())
        return {"access_token": token, "token_type": "bearer", "expires_in": seconds}

    def api(self, call: Call) -> Reply:
        issued = self.bearer(call)
        if issued is None:
            return graph_error(*_ENDED, status=401)
        if call.path == "graph/me":
            return json_reply({"id": issued.consent.person.account_id})
        if call.path == "graph/me/permissions":
            return self._permissions(call, issued)
        return json_reply({"data": [self._page(issued, *page) for page in self.pages]})

    def _permissions(self, call: Call, issued: Issued) -> Reply:
        if call.method == "DELETE":
            issued.consent.is_revoked = True
            return json_reply({"success": True})
        granted = [{"permission": each, "status": "granted"} for each in issued.consent.scopes]
        declined = [{"permission": each, "status": "declined"} for each in self.unticked]
        return json_reply({"data": granted + declined})

    def _page(self, issued: Issued, page: str, name: str, linked: str | None) -> Mapping[str, Any]:
        token = self.issue(
            self.access, issued.consent, life=3650 * _DAY, prefix="EAAPage", page=page
        )
        document: dict[str, Any] = {"id": page, "name": name, "access_token": token}
        if linked:
            document["instagram_business_account"] = {"id": linked, "username": f"{linked}-name"}
        return document


class InstagramPages(Pages):
    """Instagram's accounts by Facebook's login."""

    platform = "instagram"


class Users(Emulator):
    """Instagram's own login, and Threads': one token, good for sixty days, that is its refresh."""

    platform = "threads"
    separator = ","
    prefix = "th"
    user_id = "id"

    def token(self, call: Call) -> Reply:
        if call.method == "POST":
            return self._short(call.form)
        grant_type = call.query.get("grant_type")
        old = self.living(self.access, call.query.get("access_token", ""))
        if old is None:
            return graph_error(*_ENDED)
        if grant_type == f"{self.prefix}_exchange_token":
            if call.query.get("client_secret") != CLIENT_SECRET:
                return graph_error(101, "Error validating client secret.")
        elif self.now() - old.issued_at < _DAY:
            return graph_error(100, "The token is younger than a day.")
        else:
            self.refreshes += 1
        token = self.issue(self.access, old.consent, life=60 * _DAY, prefix="THQ")
        return json_reply({"access_token": token, "token_type": "bearer", "expires_in": 5_184_000})

    def _short(self, form: Mapping[str, str]) -> Reply:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return graph_error(101, "Error validating client secret.")
        code = self.spent_code(form, base64url)
        if code is None:
            said = {"error_type": "OAuthException", "code": 400, "error_message": "Matching code"}
            return json_reply(said, status=400)
        token = self.issue(self.access, code.consent, life=timedelta(hours=1), prefix="THS")
        user_id = code.consent.person.account_id
        permissions = list(code.consent.scopes)
        return json_reply({"access_token": token, "user_id": user_id, "permissions": permissions})

    def api(self, call: Call) -> Reply:
        issued = self.bearer(call)
        if issued is None:
            return graph_error(*_ENDED, status=401)
        person = issued.consent.person
        return json_reply({self.user_id: person.account_id, "username": person.name})


class InstagramUsers(Users):
    """Instagram's own login."""

    platform = "instagram_users"
    prefix = "ig"
    user_id = "user_id"


def all_emulators() -> dict[str, Emulator]:
    """A new one of each platform."""
    kinds = (
        Google,
        Tiktok,
        InstagramPages,
        InstagramUsers,
        Pages,
        Users,
        X,
        Linkedin,
        Pinterest,
    )
    return {kind.platform: kind() for kind in kinds}


def settings_for(url: str) -> dict[str, str]:
    """The settings, without ``VIRAL_FORGE_OAUTH_``, that lead every login to ``url``."""
    told: dict[str, str] = {}
    for platform in ("youtube", "tiktok", "x", "linkedin", "pinterest", "threads", "facebook"):
        name, at = platform.upper(), f"{url}/{platform}"
        told |= {f"{name}_AUTHORISE_URL": f"{at}/authorise", f"{name}_TOKEN_URL": f"{at}/token"}
    for platform in ("youtube", "tiktok", "x", "linkedin"):
        told[f"{platform.upper()}_REVOKE_URL"] = f"{url}/{platform}/revoke"
    for platform in ("youtube", "tiktok", "x", "linkedin", "pinterest"):
        told[f"{platform.upper()}_API_URL"] = f"{url}/{platform}"
    del told["FACEBOOK_TOKEN_URL"]
    told |= {
        "FACEBOOK_GRAPH_URL": f"{url}/facebook/graph",
        "INSTAGRAM_FACEBOOK_AUTHORISE_URL": f"{url}/instagram/authorise",
        "INSTAGRAM_FACEBOOK_GRAPH_URL": f"{url}/instagram/graph",
        "INSTAGRAM_AUTHORISE_URL": f"{url}/instagram_users/authorise",
        "INSTAGRAM_TOKEN_URL": f"{url}/instagram_users/token",
        "INSTAGRAM_GRAPH_URL": f"{url}/instagram_users/token",
        "INSTAGRAM_USER_URL": f"{url}/instagram_users/me",
        "THREADS_GRAPH_URL": f"{url}/threads/token",
        "THREADS_USER_URL": f"{url}/threads/me",
    }
    for platform in (
        "youtube",
        "tiktok",
        "x",
        "linkedin",
        "pinterest",
        "threads",
        "facebook",
        "instagram",
    ):
        told |= {
            f"{platform.upper()}_CLIENT_ID": CLIENT_ID,
            f"{platform.upper()}_CLIENT_SECRET": CLIENT_SECRET,
        }
    return told
