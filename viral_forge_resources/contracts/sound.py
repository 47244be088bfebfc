"""What is heard in a clip besides its source: music under it, short effects in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.records import Material
from viral_forge_resources.contracts.rights import RightsRecord

EffectKind = Literal["whoosh", "pop", "riser", "thump"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A piece of music in the music folder.

    Attributes:
        sha256: of the file.
        stated: what its sidecar says of the right to it; None where it says nothing.
        moods: in small letters.
        bpm: beats a minute, where the sidecar says so: it is looped by whole bars.
    """

    path: Path
    sha256: str
    work: Material
    stated: RightsRecord | None = None
    moods: tuple[str, ...] = ()
    bpm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MusicShelf:
    """What is in the music folder: tracks by name, and what is wrong with the rest."""

    tracks: tuple[Track, ...]
    problems: tuple[BadInput, ...] = ()


class MusicLibrary(Protocol):
    """Where the studio's music lies."""

    folder: Path

    def shelf(self) -> MusicShelf:
        """Every track as it is now.

        Raises:
            Misconfigured: the folder cannot be made or read.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class MusicCue:
    """Music under a whole clip; levels count from the loudness of the clip's own sound.

    Attributes:
        level_db: while nobody speaks.
        duck_points: moments in order and how far below ``level_db`` it is at each, evenly between;
            none: it stays there.
        fade_in_s: at the clip's start, as ``fade_out_s`` is at its end.
    """

    track_sha256: str
    level_db: float
    duck_points: tuple[tuple[float, float], ...]
    fade_in_s: float
    fade_out_s: float
    bpm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectCue:
    """A short sound of our own making at a moment of the clip.

    Attributes:
        at_s: where it is loudest: a whoosh in its middle, a riser at its end.
        level_db: how loud its loudest tenth of a second is beside the clip's own sound.
    """

    kind: EffectKind
    at_s: float
    level_db: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundtrack:
    """All that is heard in a clip besides its source."""

    duration_s: float
    music: MusicCue | None = None
    effects: tuple[EffectCue, ...] = ()
