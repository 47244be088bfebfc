"""Inserts: pictures of others that cover a clip's own for a moment, while its sound goes on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from viral_forge_assets.domain.b_roll import BRollWish, Cue
from viral_forge_assets.domain.terms import folded
from viral_forge_resources.contracts.media import MediaProbe, Stretch
from viral_forge_resources.contracts.records import Material
from viral_forge_resources.contracts.scanning import ScannedVideo
from viral_forge_resources.contracts.storage import StoredFile
from viral_forge_resources.contracts.vision import Tones

ROLE = "insert"
"""What an insert is among a clip's materials."""

_LONGEST_SOURCE_S = 600.0
_STARTS_S = (0.5, 1.5, 3.0, 5.0, 8.0)
"""Where in its own video an insert may start: beginnings often fade in, or show a title."""

_DARKEST, _FLATTEST = 0.12, 0.04
_SMALLEST_SIDE_PX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """One picture over the clip's own.

    Attributes:
        name: of the extra that holds it.
        stretch: of the *clip*.
        from_s: where in the insert's own video it starts.
        query: what it was found with.
        said: the words that it stands on.
        rights_id: the ledger row under which it was fetched.
        licence: SPDX id of that row.
    """

    name: str
    stretch: Stretch
    from_s: float
    query: str
    said: str
    file: StoredFile
    material: Material
    rights_id: str
    licence: str

    @property
    def told(self) -> str:
        """One line for people."""
        title = " ".join(self.material.title.split())
        by = f" by {self.material.author}" if self.material.author else ""
        return (
            f"insert at {self.stretch.start_s:.1f} s for '{self.query}': '{title}'{by}"
            f" ({self.material.platform}, {self.licence})"
        )


def on_frames(stretch: Stretch, fps: Fraction) -> tuple[int, int]:
    """First frame and number of frames of a stretch of a clip."""
    first = round(stretch.start_s * fps)
    return first, max(round(stretch.end_s * fps) - first, 1)


def ordered(videos: Iterable[ScannedVideo], cue: Cue, wish: BRollWish) -> list[ScannedVideo]:
    """Videos that may serve, from where we prefer to look first, short ones ahead."""
    places = {name: place for place, name in enumerate(wish.scanners)}
    length_s = cue.stretch.duration_s

    def merit(video: ScannedVideo) -> tuple[int, float, str]:
        return (
            places.get(video.platform, len(places)),
            video.duration_s or _LONGEST_SOURCE_S,
            video.platform_video_id,
        )

    fitting = [
        video
        for video in videos
        if video.duration_s is None or length_s <= video.duration_s <= _LONGEST_SOURCE_S
    ]
    return sorted(fitting, key=merit)


def why_unfit(probe: MediaProbe, cue: Cue) -> str | None:
    """Why a fetched video makes no insert for the cue; None if it does."""
    if probe.duration_s < cue.stretch.duration_s:
        return f"lasts {probe.duration_s:.1f} s, not {cue.stretch.duration_s:.1f} s"
    if min(probe.width_px, probe.height_px) < _SMALLEST_SIDE_PX:
        return f"is too small: {probe.width_px}x{probe.height_px}"
    return "is HDR" if probe.is_hdr else None


def starts_in(probe: MediaProbe, cue: Cue) -> tuple[float, ...]:
    """Where in its own video an insert may start, in the order in which that is tried."""
    latest_s = probe.duration_s - cue.stretch.duration_s
    return tuple(dict.fromkeys(max(0.0, min(start_s, latest_s)) for start_s in _STARTS_S))


def seen_between(start_s: float, cue: Cue) -> tuple[float, float]:
    """Moments of its own video near the ends of an insert that starts at ``start_s``."""
    length_s = cue.stretch.duration_s
    return start_s + 0.1 * length_s, start_s + 0.8 * length_s


def shows_something(tones: Iterable[Tones]) -> bool:
    """Whether pictures are neither dark nor empty."""
    return all(each.brightness >= _DARKEST and each.contrast >= _FLATTEST for each in tones)


def material_of(video: ScannedVideo) -> Material:
    """The video as a material of a clip."""
    return Material(
        role=ROLE,
        platform=video.platform,
        platform_video_id=video.platform_video_id,
        title=video.title,
        author=video.author,
        page_url=video.page_url,
    )


def merged_cuts(cuts_s: Sequence[float], inserts: Sequence[Insert]) -> tuple[float, ...]:
    """Moments at which the picture jumps, with those at which an insert comes and goes."""
    edges = [edge for each in inserts for edge in (each.stretch.start_s, each.stretch.end_s)]
    hidden = [
        cut_s
        for cut_s in cuts_s
        if any(each.stretch.start_s < cut_s < each.stretch.end_s for each in inserts)
    ]
    return tuple(sorted({*cuts_s, *edges} - set(hidden)))


def names(video: ScannedVideo, query: str) -> bool:
    """Whether title or tags name the thing, in the singular or in the plural."""
    told = f" {folded(' '.join((video.title, *video.tags)))} "
    stems = [word.removesuffix("s") for word in query.split()]
    return all(f" {stem} " in told or f" {stem}s " in told for stem in stems)
