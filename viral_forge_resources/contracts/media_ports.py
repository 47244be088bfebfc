"""Who can fetch, look at, listen to and render media."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from viral_forge_resources.contracts.hiding import FaceLook
from viral_forge_resources.contracts.likeness import ClipPrint
from viral_forge_resources.contracts.media import (
    ClipFacts,
    MediaProbe,
    RenderReport,
    RenderSpec,
    SceneMap,
    SoundLevel,
    Stretch,
    Transcript,
)
from viral_forge_resources.contracts.sight import Box, FaceSight
from viral_forge_resources.contracts.sound import Soundtrack
from viral_forge_resources.contracts.vision import Keyframe

ProgressCallback = Callable[[float], None]
"""Told the share that is done, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """What a source may cost before it is refused."""

    max_bytes: int
    max_duration_s: float
    max_pixels: int
    deadline_s: float


class Downloader(Protocol):
    """Brings a source video to this machine: copy, HTTP or yt-dlp."""

    def fetch(
        self, locator: str, target: Path, *, limits: FetchLimits, on_progress: ProgressCallback
    ) -> None:
        """Leave the whole file at ``target``, or nothing at all.

        Raises:
            BadInput: missing, too large, too long, a private address, or not a video.
            Transient: the other side did not answer.
        """


class MediaReader(Protocol):
    """Looks at media files."""

    def probe(self, path: Path, *, name: str) -> MediaProbe:
        """Facts of the video at ``path``, which people know as ``name``.

        Raises:
            BadInput: no playable video; says why.
        """

    def sight(self) -> str:
        """What pictures and sound are looked at with; other senses find other things."""

    def analyse(self, path: Path, probe: MediaProbe, *, on_progress: ProgressCallback) -> SceneMap:
        """Cuts, what is in each shot, what is heard, black and frozen stretches, in one pass."""

    def skim(self, path: Path, probe: MediaProbe, *, on_progress: ProgressCallback) -> SceneMap:
        """All of the sound, and cuts between pictures some seconds apart: nothing in full."""

    def look_closer(
        self,
        path: Path,
        probe: MediaProbe,
        skimmed: SceneMap,
        *,
        within: Sequence[Stretch],
        on_progress: ProgressCallback,
    ) -> SceneMap:
        """``skimmed`` with every picture looked at ``within`` stretches that are apart."""

    def likeness(self, path: Path, probe: MediaProbe) -> ClipPrint:
        """What the clip at ``path`` looks and sounds like, in a few numbers."""

    def find_faces(
        self,
        path: Path,
        probe: MediaProbe,
        stretches: Sequence[Stretch],
        *,
        on_progress: ProgressCallback,
    ) -> tuple[FaceLook, ...]:
        """All that may be faces on each picture of the stretches, in time order.

        Raises:
            BadInput: a stretch has no picture that can be decoded.
            Misconfigured: nobody can look for faces.
        """

    def write_mask(
        self,
        masks: Sequence[Sequence[Box]],
        target: Path,
        *,
        size_px: tuple[int, int],
        fps: Fraction,
    ) -> None:
        """Write what a render takes as its extra ``MASK``: a picture for each of ``masks``.

        Boxes are pixels of an upright source of ``size_px``. Equal masks give equal bytes.
        """

    def face_sheet(
        self,
        path: Path,
        probe: MediaProbe,
        faces: Sequence[tuple[str, FaceSight]],
        target: Path,
        *,
        title: str,
    ) -> None:
        """Write a JPEG of the faces, each over its label.

        Raises:
            BadInput: not one of them can be decoded.
        """

    def contact_sheet(self, path: Path, target: Path, *, title: str) -> None:
        """Write a JPEG of frames spread over the video, each with its time."""

    def keyframes(
        self, path: Path, probe: MediaProbe, moments_s: Sequence[float]
    ) -> tuple[Keyframe, ...]:
        """Small pictures that are on at those moments, in order, none twice.

        Raises:
            BadInput: not one of them can be decoded.
        """

    def cover(self, path: Path, target: Path) -> None:
        """Write one telling frame of the video as a JPEG."""

    def thumbnail(self, sheet: Path, *, max_bytes: int) -> bytes:
        """A small JPEG of the picture at ``sheet``."""


class SubtitleReader(Protocol):
    """Reads subtitles that came with a video."""

    def __call__(self, content: bytes, *, name: str) -> Transcript:
        """The words of an SRT or WebVTT file; ``name`` is what people know it as.

        Raises:
            BadInput: no subtitle in it, or its encoding cannot be told.
        """


class Transcriber(Protocol):
    """Hears words.

    Attributes:
        model: what it hears with, by name.
    """

    model: str

    def transcribe(
        self, path: Path, probe: MediaProbe, *, used_gpu: Callable[[float], None]
    ) -> Transcript:
        """Words spoken in the file; ``origin`` says so where there are none, or no model.

        ``used_gpu`` is told for how many seconds a GPU was busy, also where it failed.
        """


class Renderer(Protocol):
    """Turns a plan into a clip with one FFmpeg process, and measures the result."""

    def build(self) -> str:
        """FFmpeg build and encoder that a render would use: part of a clip's provenance."""

    def sound_level(
        self,
        source: Path,
        segments: tuple[Stretch, ...],
        *,
        target_lufs: float,
        has_sound: bool = True,
        soundtrack: Path | None = None,
    ) -> SoundLevel:
        """Measure the cut sound and find the gain that reaches ``target_lufs``.

        Args:
            source: the whole source.
            segments: what is cut out of it.
            target_lufs: of the finished clip.
            has_sound: the source has a sound track.
            soundtrack: what is heard besides, as ``compose`` wrote it.
        """

    def compose(self, soundtrack: Soundtrack, target: Path, *, track: Path | None) -> None:
        """Write what is heard besides the source as one file, the same for the same arguments.

        Raises:
            BadInput: ``track``, the music that it asks for, cannot be read or is silent.
        """

    def render(
        self,
        source: Path,
        target: Path,
        *,
        spec: RenderSpec,
        captions: Path | None,
        on_progress: ProgressCallback,
        extras: Mapping[str, Path] = {},
    ) -> RenderReport:
        """Write the clip to ``target``.

        ``extras`` are the further files that the spec speaks of, by the names that it gives them.

        Raises:
            BadInput: FFmpeg could not read the source or make the clip; says what it said.
        """

    def inspect(self, clip: Path) -> ClipFacts:
        """Measure a finished clip."""


class Fonts(Protocol):
    """The fonts that captions are drawn with."""

    def family(self) -> str:
        """Name of the first font of the chain."""

    def missing(self, text: str) -> tuple[str, ...]:
        """Characters of ``text`` that no font of the chain can draw, sorted, each once."""

    def width(self, text: str) -> float:
        """Length of ``text`` in one row, in heights of a row."""

    def row_height(self, text: str) -> float:
        """How many times as high as the first font's rows must be for letters as large as its own.

        Fonts of some scripts leave much room above and below: their letters would look small.
        """

    def used_for(self, text: str) -> tuple[str, ...]:
        """Names and versions of the fonts that draw ``text``, in the order of the chain."""
