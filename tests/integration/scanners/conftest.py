"""What the tests of single scanners share: their recordings, changed in some respect."""

import json
from collections.abc import Callable, Generator, Mapping
from typing import Any

import pytest

import viral_forge_resources.scanners
from tests.grounds.scanners._recorded import RecordedGround
from tests.platforms.answers import Answer
from tests.platforms.faults import Fault
from tests.platforms.recorded import Asked, RecordedPlatforms
from tests.platforms.recording import Recording, load
from viral_forge_resources.plugins import get_plugin

OpenGround = Callable[..., RecordedGround]


@pytest.fixture(scope="session")
def platforms() -> Generator[RecordedPlatforms]:
    """The loopback platforms of this process."""
    with RecordedPlatforms() as running:
        yield running


@pytest.fixture
def open_ground(platforms: RecordedPlatforms) -> OpenGround:
    """The ground of a scanner, with other settings, another request, or other exchanges or jobs."""

    def opened(
        name: str,
        *,
        settings: Mapping[str, Any] | None = None,
        request: Mapping[str, Any] | None = None,
        **lists: Any,
    ) -> RecordedGround:
        recorded = load(name).document
        changed = {
            **recorded,
            "settings": {**recorded["settings"], **(settings or {})},
            "request": {**recorded["request"], **(request or {})},
            **lists,
        }
        plugin = get_plugin(viral_forge_resources.scanners, name)
        return RecordedGround(plugin, Recording(name, changed), platforms)

    return opened


@pytest.fixture
def asked_of(platforms: RecordedPlatforms) -> Callable[[RecordedGround], list[Asked]]:
    """Every request that the last scan on a ground made."""
    return lambda ground: platforms._platforms[ground.name].asked


@pytest.fixture
def says() -> Callable[..., Fault]:
    """A platform that refuses, or does not, in words of its own."""

    def saying(status: int, body: object, **headers: str) -> Fault:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = Answer(
            status=status,
            headers={"content-type": "application/json", **named},
            body=json.dumps(body).encode(),
        )
        return Fault(web=lambda _: answer, job=None, errors=())

    return saying
