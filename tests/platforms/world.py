"""Every platform at once on the loopback: some broken, some with real films behind their links.

``python -m tests.platforms.world FOLDER`` serves it until it is stopped, and writes ``FOLDER/.env``
and ``FOLDER/niches.yaml`` for a studio that is to live in it.
"""

import sys
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

import viral_forge_resources.scanners
from tests import samples
from tests.grounds.scanners._recorded import RecordedGround
from tests.platforms.faults import FAULTS
from tests.platforms.recorded import RecordedPlatforms
from tests.platforms.recording import FOLDER, load
from viral_forge_resources.contracts.scanning import Niche, NichePolicy
from viral_forge_resources.plugins import get_plugin, plugin_names

BROKEN = {"dailymotion": "500", "instagram": "html", "mastodon": "429-wait", "x": "malformed"}
"""What goes wrong there, by platform."""

QUIET = "peertube"
DISABLED = "twitch"
KEYLESS = {"bluesky": "app_password", "youtube_long": "api_key", "youtube_shorts": "api_key"}
"""Platforms whose credential is not set, by platform."""

FILMS = {
    "internet_archive": ("/download/.*", samples.plain),
    "pexels": ("/video-files/.*", samples.flashes),
    "wikimedia_commons": (r"/.*\.(webm|ogv)", samples.variable_rate),
}
"""Where real bytes stand behind the links, and whose."""

_ALL_TIME = 3650  # days, the most that a niche may look back: what is recorded stays new enough


@dataclass(frozen=True, slots=True)
class World:
    """The platforms, and what a studio is told about them.

    Attributes:
        environment: variables that enable every scanner and lead it here.
    """

    grounds: Mapping[str, RecordedGround]
    environment: Mapping[str, str]

    @property
    def names(self) -> Sequence[str]:
        """Of the platforms that are recorded."""
        return tuple(self.grounds)

    def niche(self, name: str) -> Niche:
        """A niche that asks what is recorded."""
        asked = {
            platform: ground.recording.request(server=ground.platforms.address(platform))
            for platform, ground in self.grounds.items()
        }
        return Niche(
            name=name,
            queries=("cats",),
            watched={platform: each.watched for platform, each in asked.items() if each.watched},
            policy=NichePolicy(horizon_days=_ALL_TIME),
        )


@contextmanager
def whole_world(films: Path) -> Generator[World]:
    """Every platform that is recorded, on one server; ``films`` is an empty folder."""
    names = sorted(
        {path.stem for path in FOLDER.glob("*.json")}
        & set(plugin_names(viral_forge_resources.scanners))
    )
    with RecordedPlatforms() as platforms:
        grounds = {name: _mounted(name, platforms, films) for name in names}
        environment = {
            "VIRAL_FORGE_SCANNERS": ",".join(["inbox", *(n for n in names if n != DISABLED)]),
            "VIRAL_FORGE_ALLOW_PRIVATE_ADDRESSES": "true",
        }
        for name, ground in grounds.items():
            environment |= ground.environment(platforms.address(name))
        for name, setting in KEYLESS.items():
            environment.pop(grounds[name].variable(setting), None)  # some share one
        yield World(grounds, environment)


def _mounted(name: str, platforms: RecordedPlatforms, films: Path) -> RecordedGround:
    recording = load(name)
    platform = platforms.mount(recording.emptied() if name == QUIET else recording)
    platform.is_lenient = True  # other niches ask of other days
    if name in BROKEN:
        fault = FAULTS[BROKEN[name]].web(platforms)
        platform.faults = dict.fromkeys(range(len(recording.exchanges)), fault)
    if name in FILMS:
        pattern, make = FILMS[name]
        platform.offer(pattern, make(films))
    return RecordedGround(get_plugin(viral_forge_resources.scanners, name), recording, platforms)


def _serve(folder: Path) -> None:
    films = folder / "films"
    films.mkdir(parents=True, exist_ok=True)
    with whole_world(films) as world:
        lines = [f"{name}={value}\n" for name, value in world.environment.items()]
        (folder / ".env").write_text("".join(lines))
        niches = {
            name: {
                "queries": list(niche.queries),
                "watched": {each: list(things) for each, things in niche.watched.items()},
                "horizon_days": niche.policy.horizon_days,
            }
            for name in ("cats", "kittens", "tigers")
            for niche in [world.niche(name)]
        }
        (folder / "niches.yaml").write_text(yaml.safe_dump({"niches": niches}))
        threading.Event().wait()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
