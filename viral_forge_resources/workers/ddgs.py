"""The job that searches videos with DuckDuckGo, through the unofficial library ddgs.

Arguments: ``query``, ``limit``, ``timelimit`` (``d``, ``w``, ``m`` or ``y``), ``licence``
(``creativeCommon``) and ``duration`` (``short``, ``medium`` or ``long``); all but the first two
may be null. Answers with the library's dictionaries.

Its class ``DDGS`` says "no results" for a refusal and for an empty page alike, so the engine that
it would use is asked itself.
"""

import json
from typing import Any, Protocol

from ddgs.engines.duckduckgo_videos import DuckduckgoVideos
from ddgs.exceptions import DDGSException, RatelimitException, TimeoutException
from ddgs.http_client import HttpClient, Response

from viral_forge_resources.workers.parts.answering import Job, JobError, serve
from viral_forge_resources.workers.parts.guard import Guard

_NAME = "duckduckgo.com"
_TIMEOUT_S = 15
_MOST_PAGES = 5
_OK = 200
_CHALLENGE = 202
"""How DuckDuckGo answers whoever asks too often."""


class _Engine(Protocol):
    def search(self, query: str, **options: Any) -> list[Any] | None: ...  # noqa: ANN401


class _HonestClient(HttpClient):
    """Tells refusals apart from empty answers."""

    def request(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        response = super().request(*args, **kwargs)
        if response.status_code == _CHALLENGE:
            raise JobError("rate_limited", _NAME, "wants to know whether we are a robot")
        if response.status_code != _OK:
            raise JobError("status", _NAME, status=response.status_code)
        return response


def main() -> None:
    """Answer one request."""
    serve(_searched)


def _searched(job: Job) -> list[dict[str, Any]]:
    proxy = None if job.allow_private_addresses else Guard().proxy
    engine = DuckduckgoVideos(proxy=proxy, timeout=_TIMEOUT_S)
    engine.http_client = _HonestClient(proxy=proxy, timeout=_TIMEOUT_S)
    return found(engine, **job.arguments)


def found(
    engine: _Engine,
    *,
    query: str,
    limit: int,
    timelimit: str | None = None,
    licence: str | None = None,
    duration: str | None = None,
) -> list[dict[str, Any]]:
    """At most ``limit`` results, each address once; empty when DuckDuckGo knows none.

    Raises:
        JobError: it did not answer, or something else than results.
    """
    results: dict[str, dict[str, Any]] = {}
    filters = {"duration": duration, "license_videos": licence}
    for page in range(1, _MOST_PAGES + 1):
        before = len(results)
        for result in _page(engine, query, page=page, timelimit=timelimit, **filters):
            results.setdefault(str(result["content"]), result)
        if len(results) >= limit or len(results) == before:
            break
    return list(results.values())[:limit]


def _page(engine: _Engine, query: str, **options: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    try:
        return [dict(vars(result)) for result in engine.search(query, **options) or ()]
    except TimeoutException as error:
        raise JobError("unreachable", _NAME, "did not answer in time") from error
    except RatelimitException as error:
        raise JobError("rate_limited", _NAME, "asks us to wait") from error
    except DDGSException as error:
        if error.__cause__ is not None:  # what its HTTP library said
            raise JobError("unreachable", _NAME, "gave no answer") from error
        raise JobError("unexpected", _NAME, "answered with another page") from error
    except (json.JSONDecodeError, AttributeError, TypeError) as error:
        raise JobError("unexpected", _NAME, "answered with something else") from error


if __name__ == "__main__":
    main()
