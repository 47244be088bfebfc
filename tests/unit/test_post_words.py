"""Posts in tables are read by people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from tests.builders import publication
from viral_forge_assets.metadata import markdown_table
from viral_forge_assets.post_words import link, state_words, when
from viral_forge_resources.contracts.publishing import PublicationState

_AT = datetime(2026, 11, 26, 22, 45, tzinfo=UTC)


def _cell(url: str | None) -> str:
    return str(markdown_table([{"post": link(url)}]).value).splitlines()[-1]


@pytest.mark.parametrize("state", list(PublicationState))
def test_every_state_has_words_of_its_own(state):
    assert [each for each in PublicationState if state_words(each) == state_words(state)] == [state]


def test_a_post_that_nobody_approved_says_what_it_waits_for():
    assert state_words(PublicationState.PLANNED) == "waiting for approval"


def test_a_time_is_shown_with_its_zone_and_what_it_is_the_time_of():
    row = replace(publication(), due_at=_AT, published_at=None)
    assert when(row) == "due 2026-11-26 22:45 UTC"
    row = replace(row, published_at=_AT + timedelta(minutes=2))
    assert when(row) == "posted 2026-11-26 22:47 UTC"


def test_an_address_of_the_web_can_be_clicked_on():
    url = "https://www.youtube.com/shorts/a_b-c?x=1&y=2"
    assert _cell(url) == f"| [open]({url}) |"


@pytest.mark.parametrize(
    "url", ["file:///home/ann/post", "javascript:alert(1)", "https://[x", None]
)
def test_anything_else_is_text(url):
    assert not isinstance(link(url), dg.UrlMetadataValue)


def test_an_address_that_a_platform_made_up_does_not_leave_its_link():
    cell = _cell("https://evil.example/) ![x](http://spy.example/a.png) | <b>`")
    assert cell.count("(") == cell.count(")") == 1
    assert cell.count("|") == 2
    assert not set("!<>` ") & set(cell.removeprefix("| ").removesuffix(" |")) - {"!"}
