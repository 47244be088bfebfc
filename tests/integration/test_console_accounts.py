"""Accounts are connected in the browser that began it, and in no other."""

import html
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from tests.accounts import KEY, Studio, account_pages, emulated, watch_cooking
from tests.platforms.oauth import Person, consent
from viral_forge_assets.console.app import create_app
from viral_forge_resources.accounts.vault import Vault
from viral_forge_resources.storage.local import LocalStorage

_PUBLIC = "https://studio.example"
_CALLBACK = f"{_PUBLIC}/connect/callback"


@pytest.fixture
def studio(sqlite_state: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    watch_cooking(sqlite_state)
    with emulated(monkeypatch) as platforms:
        for emulator in platforms.emulators.values():
            emulator.redirect_uris.add(_CALLBACK)
        yield Studio(sqlite_state, platforms, Vault([KEY]))


def _browser(studio: Studio, *, public_url: str | None = _PUBLIC, keys=(KEY,)) -> TestClient:
    app = create_app(
        state=studio.engine,
        storage=LocalStorage(Path("storage")),
        dagster_url="http://127.0.0.1:3000",
        accounts=account_pages(studio.engine, public_url=public_url, keys=keys),
    )
    return TestClient(app, base_url=public_url or "http://127.0.0.1:3001")


@pytest.fixture
def browser(studio) -> TestClient:
    return _browser(studio)


def _form(browser: TestClient, **more: str) -> dict[str, str]:
    proof = re.search(r'name="proof" value="(\w+)"', browser.get("/accounts").text)
    assert proof is not None
    form = {"platform": "x", "channel": "main", "niche": "cooking"}
    return {"proof": proof[1], **form, **more}


def _sent_to(browser: TestClient, **more: str) -> str:
    page = browser.post("/connect", data=_form(browser, **more))
    assert page.status_code == 200, page.text
    link = re.search(r'id="continue" href="([^"]+)"', page.text)
    assert link is not None
    return html.unescape(link[1])


def test_an_account_is_connected_in_the_browser(studio, browser):
    back = consent(_sent_to(browser))
    assert back.startswith(f"{_CALLBACK}?")
    done = browser.get(back, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (
        303,
        "/accounts?connected=x%3Amain",
    )
    page = browser.get(done.headers["location"]).text
    assert "x:main is connected." in page
    assert "@KnotLab (x-1)" in page
    assert studio.accounts.access_token("x:main").account_id == "x-1"


def test_an_answer_that_another_browser_brings_connects_nothing(studio, browser):
    back = consent(_sent_to(browser))
    other = _browser(studio)
    other.get("/accounts")
    refused = other.get(back, follow_redirects=False)
    assert refused.status_code == 400
    assert "another browser began this" in refused.text
    assert browser.get(back, follow_redirects=False).status_code == 303


def test_an_answer_that_a_terminal_waits_for_is_left_to_it(studio, browser):
    studio.emulator("x").redirect_uris.add(_CALLBACK)
    browser.get("/accounts")
    address = studio.begin("x").replace(
        "http%3A%2F%2F127.0.0.1%3A53682%2Fcallback%2F", _CALLBACK.replace("/", "%2F")
    )
    refused = browser.get(consent(address), follow_redirects=False)
    assert refused.status_code == 400


@pytest.mark.parametrize("proof", ["", "forged"])
def test_no_other_page_begins_anything(browser, proof):
    form = _form(browser) | {"proof": proof}
    assert browser.post("/connect", data=form).status_code == 403


def test_a_form_without_the_cookie_begins_nothing(studio, browser):
    form = _form(browser)
    assert _browser(studio).post("/connect", data=form).status_code == 403


def test_a_form_that_is_too_long_is_refused(browser):
    assert browser.post("/connect", content=b"x" * 20_000).status_code == 413


def test_a_person_who_says_no_reads_so(browser):
    refused = browser.get(consent(_sent_to(browser), answer="deny"), follow_redirects=False)
    assert refused.status_code == 400
    assert "x:main is not connected" in refused.text


def test_another_account_than_before_is_taken_only_where_it_is_meant(studio, browser):
    studio.emulator("x").people.append(Person(account_id="x-2", name="Other"))
    browser.get(consent(_sent_to(browser)))
    refused = browser.get(consent(_sent_to(browser), person="x-2"), follow_redirects=False)
    assert "is connected with @KnotLab" in html.unescape(refused.text)
    browser.get(consent(_sent_to(browser, replace="yes"), person="x-2"))
    assert studio.accounts.access_token("x:main").account_id == "x-2"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"platform": "myspace"}, "no oauth plugin is named 'myspace'"),
        ({"niche": "nowhere"}, "'nowhere': names no niche"),
        ({"niche": ""}, "is a new channel"),
    ],
)
def test_what_cannot_be_connected_is_said(browser, more, told):
    page = browser.post("/connect", data=_form(browser, **more))
    assert page.status_code == 400
    assert told in html.unescape(page.text)


def test_an_app_that_is_registered_for_another_address_is_not_begun_here(browser, monkeypatch):
    monkeypatch.setenv("VIRAL_FORGE_OAUTH_X_REDIRECT_URL", "https://elsewhere.example/")
    page = browser.post("/connect", data=_form(browser))
    assert "x cannot send people back here" in html.unescape(page.text)


def test_without_a_public_address_the_terminal_is_named(studio):
    page = _browser(studio, public_url=None).get("/accounts").text
    assert "VIRAL_FORGE_PUBLIC_URL" in page
    assert "<form" not in page


def test_without_a_key_the_command_that_makes_one_is_named(studio):
    page = _browser(studio, keys=()).get("/accounts").text
    assert "viral-forge keys new" in page
    assert "<form" not in page


def test_the_cookie_is_for_this_site_alone(browser):
    cookie = browser.get("/accounts").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" in cookie


def test_names_of_accounts_are_shown_as_text(studio, browser):
    studio.emulator("linkedin").people[0] = Person(account_id="l", name="<script>alert(1)</script>")
    browser.get(consent(_sent_to(browser, platform="linkedin")))
    page = browser.get("/accounts").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
