from dataclasses import dataclass, field
from typing import Any

import pytest
from ddgs.exceptions import DDGSException, RatelimitException, TimeoutException

from viral_forge_resources.workers.ddgs import found
from viral_forge_resources.workers.parts.answering import JobError


@dataclass
class _Result:
    content: str
    title: str = "T"


@dataclass
class _FakeEngine:
    """Answers pages one after the other; an exception among them is raised."""

    pages: list[list[_Result] | Exception | None]
    asked: list[dict[str, Any]] = field(default_factory=list)

    def search(self, query: str, **options: Any) -> list[Any] | None:
        self.asked.append({"query": query, **options})
        page = self.pages.pop(0) if self.pages else []
        if isinstance(page, Exception):
            raise page
        return page


def _caused(error: Exception) -> Exception:
    error.__cause__ = OSError("refused")
    return error


def test_pages_are_asked_for_until_there_are_enough_results():
    engine = _FakeEngine(
        [[_Result("a"), _Result("b")], [_Result("b"), _Result("c")], [_Result("d")]]
    )
    got = found(engine, query="cats", limit=3, timelimit="w", licence="creativeCommon")
    assert [result["content"] for result in got] == ["a", "b", "c"]
    assert [asked["page"] for asked in engine.asked] == [1, 2]
    assert engine.asked[0]["license_videos"] == "creativeCommon"
    assert engine.asked[0]["timelimit"] == "w"


@pytest.mark.parametrize("page", [[], None])
def test_no_results_are_an_empty_list(page):
    assert found(_FakeEngine([page]), query="cats", limit=3) == []


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutException("timed out"), "unreachable"),
        (_caused(DDGSException("ConnectError")), "unreachable"),
        (RatelimitException("202"), "rate_limited"),
        (DDGSException("_extract_vqd() query='s3cret' Could not extract vqd."), "unexpected"),
        (JobError("status", "duckduckgo.com", status=403), "status"),
        (AttributeError("'list' object has no attribute 'get'"), "unexpected"),
    ],
)
def test_whatever_else_happens_is_no_empty_list(error, kind):
    with pytest.raises(JobError) as caught:
        found(_FakeEngine([error]), query="s3cret", limit=3)
    assert caught.value.facts["kind"] == kind
    assert "s3cret" not in str(caught.value.facts)
