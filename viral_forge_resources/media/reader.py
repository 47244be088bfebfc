"""Looks at media files with PyAV and Pillow, in this process; FFmpeg's binary is not needed."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.contracts.hiding import FaceLook
from viral_forge_resources.contracts.likeness import ClipPrint
from viral_forge_resources.contracts.media import MediaProbe, SceneMap, Stretch
from viral_forge_resources.contracts.media_ports import ProgressCallback
from viral_forge_resources.contracts.sight import Box, FaceSight
from viral_forge_resources.contracts.vision import Keyframe
from viral_forge_resources.media import covers, face_mask, face_sheet, keyframes, probe, sheets
from viral_forge_resources.media._sight import Sight, open_sight, sight_name
from viral_forge_resources.media._voices import hearing_name, open_voices


class AvReader:
    """What a file holds, shows and sounds like.

    Args:
        sight: what to look for faces and text with; None: what is installed, opened when needed.
    """

    def __init__(self, sight: Sight | None = None) -> None:
        self._sight = sight

    def probe(self, path: Path, *, name: str) -> MediaProbe:
        """Facts of the video at ``path``, which people know as ``name``.

        Raises:
            BadInput: no playable video; says why.
        """
        return probe.probe(path, name=name)

    def sight(self) -> str:
        """What pictures and sound are looked at with; other senses find other things."""
        eyes = sight_name() if self._sight is None else type(self._sight).__name__
        return f"{eyes}, {hearing_name()}"

    def analyse(self, path: Path, probe: MediaProbe, *, on_progress: ProgressCallback) -> SceneMap:
        """Cuts, what is in each shot, what is heard, black and frozen stretches, in one pass.

        Raises:
            BadInput: not one picture can be decoded.
        """
        from viral_forge_resources.media.analysis import analyse

        return analyse(
            path, probe, sight=self._eyes(), voices=open_voices(), on_progress=on_progress
        )

    def skim(self, path: Path, probe: MediaProbe, *, on_progress: ProgressCallback) -> SceneMap:
        """All of the sound, and cuts between pictures some seconds apart: nothing in full.

        Raises:
            BadInput: not one picture can be decoded.
        """
        from viral_forge_resources.media.skimming import skim

        return skim(path, probe, sight=self._eyes(), voices=open_voices(), on_progress=on_progress)

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
        from viral_forge_resources.media.closer import look_closer

        return look_closer(
            path, probe, skimmed, within=within, sight=self._eyes(), on_progress=on_progress
        )

    def _eyes(self) -> Sight:
        return open_sight() if self._sight is None else self._sight

    def likeness(self, path: Path, probe: MediaProbe) -> ClipPrint:
        """What the clip at ``path`` looks and sounds like, in a few numbers.

        Raises:
            BadInput: no picture or no sound of it can be decoded.
        """
        from viral_forge_resources.media.fingerprints import clip_print

        return clip_print(path, probe)

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
        from viral_forge_resources.media._every_face import every_face

        sight = self._eyes()
        if sight.faces is None:
            raise Misconfigured(
                f"faces are to be hidden, and nobody can look for them: {sight.no_faces_because}."
                " Install what is missing (`uv sync`), or take a recipe that hides none."
            )
        return every_face(path, probe, stretches, finder=sight.faces, on_progress=on_progress)

    def write_mask(
        self,
        masks: Sequence[Sequence[Box]],
        target: Path,
        *,
        size_px: tuple[int, int],
        fps: Fraction,
    ) -> None:
        """Write what a render takes as its extra ``MASK``: a picture for each of ``masks``."""
        face_mask.write_mask(masks, target, size_px=size_px, fps=fps)

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
        face_sheet.write_face_sheet(path, probe, faces, target, title=title)

    def contact_sheet(self, path: Path, target: Path, *, title: str) -> None:
        """Write a JPEG of frames spread over the video, each with its time.

        Raises:
            BadInput: no playable video.
        """
        sheets.contact_sheet(path, target, title=title)

    def keyframes(
        self, path: Path, probe: MediaProbe, moments_s: Sequence[float]
    ) -> tuple[Keyframe, ...]:
        """Small pictures that are on at those moments, in order, none twice.

        Raises:
            BadInput: not one of them can be decoded.
        """
        return keyframes.keyframes(path, probe, moments_s)

    def cover(self, path: Path, target: Path) -> None:
        """Write one telling frame of the video as a JPEG.

        Raises:
            BadInput: no frame can be decoded.
        """
        covers.write_cover(path, target)

    def thumbnail(self, sheet: Path, *, max_bytes: int) -> bytes:
        """A small JPEG of the picture at ``sheet``.

        Raises:
            BadInput: no picture, or not even a tiny one fits.
        """
        return sheets.thumbnail(sheet, max_bytes=max_bytes)
