"""Turns a plan into a clip with one FFmpeg process, and measures sound and clips."""

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import (
    ClipFacts,
    RenderReport,
    RenderSpec,
    SoundLevel,
    Stretch,
)
from viral_forge_resources.contracts.media_ports import ProgressCallback
from viral_forge_resources.media import filtergraph, inspection, loudness
from viral_forge_resources.media._cuts import Span, clip_frames, input_arguments, spans_of
from viral_forge_resources.media._extras import extra_arguments, link_extras, with_numbers
from viral_forge_resources.media._source import SourceFacts, source_facts
from viral_forge_resources.media.ffmpeg import (
    Finished,
    ffmpeg_version,
    run_ffmpeg,
)
from viral_forge_resources.media.fonts import write_fonts_config

_ENCODER = "libx264"
_SOURCE_LINK = "source"
_CLIP = "clip.mp4"
_PICTURE_GRAPH = "picture.graph"
_SOUND_GRAPH = "sound.graph"

_KEYFRAME_EVERY_S = 2
"""Players seek to key frames; platforms re-encode cleanly from closed two-second groups."""

_MAX_RATE = "16M"
"""Grain and confetti would otherwise make files that platforms refuse."""


class FfmpegRenderer:
    """Renders with the FFmpeg that comes with imageio-ffmpeg, on the CPU.

    Args:
        concurrent_renders: how many share this machine's cores.
        font_cache: folder that keeps what is known of the fonts from one render to the next; None:
            each render reads them anew, for about 0.1 CPU-seconds.
        font_folders: of fonts for letters that DejaVu Sans lacks.
    """

    def __init__(
        self,
        *,
        concurrent_renders: int = 1,
        font_cache: Path | None = None,
        font_folders: Sequence[Path] = (),
    ) -> None:
        self._font_folders = tuple(font_folders)
        self._concurrent_renders = concurrent_renders
        self._font_cache = font_cache

    def build(self) -> str:
        """FFmpeg build, encoder and version of our graphs: part of a clip's provenance."""
        return f"ffmpeg {ffmpeg_version()}, {_ENCODER}, graph {filtergraph.GRAPH_VERSION}"

    def sound_level(
        self, source: Path, segments: tuple[Stretch, ...], *, target_lufs: float
    ) -> SoundLevel:
        """Measure the cut sound and find the gain that reaches ``target_lufs``."""
        return loudness.sound_level(source, segments, target_lufs=target_lufs)

    def inspect(self, clip: Path) -> ClipFacts:
        """Measure a finished clip."""
        return inspection.clip_facts(clip)

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
        """Write the clip to ``target``: whole, or not at all.

        Raises:
            BadInput: FFmpeg could not read the source or make the clip; says what it said.
            Misconfigured: the folder that keeps what is known of the fonts cannot be written.
            Transient: FFmpeg was ended from outside, or the disk is full.
        """
        facts = source_facts(source, name=source.name)
        spans = spans_of(spec.segments, spec.fps)
        if not spans:
            raise BadInput(
                source.name,
                reason="is to be shown for less than one frame",
                remedy="Choose a longer moment of it.",
            )
        with tempfile.TemporaryDirectory(prefix=".render-", dir=target.parent) as scratch:
            folder = Path(scratch)
            link_extras(folder, extras)
            _lay_out(folder, source, captions, spec, facts, tuple(extras))
            finished = run_ffmpeg(
                self._arguments(spec, spans, facts, tuple(extras)),
                name=source.name,
                folder=folder,
                environment=self._fonts(folder) if captions or _has_text(spec) else None,
                on_frame=_as_share(clip_frames(spans), on_progress),
            )
            _refuse_short_picture(finished, clip_frames(spans), spec, source.name)
            (folder / _CLIP).replace(target)
        on_progress(1.0)
        return RenderReport(
            encoder=_ENCODER,
            build=self.build(),
            cpu_s=finished.cpu_s,
            wall_s=finished.wall_s,
            warnings=finished.warnings(),
        )

    def _arguments(
        self,
        spec: RenderSpec,
        spans: tuple[Span, ...],
        facts: SourceFacts,
        extras: tuple[str, ...],
    ) -> list[str]:
        threads = self._thread_options()
        return [
            *input_arguments(spans, file=_SOURCE_LINK, origin_s=facts.origin_s, options=threads),
            *extra_arguments(extras, options=threads),
            *("-/filter_complex", _PICTURE_GRAPH, "-/filter_complex", _SOUND_GRAPH),
            *("-map", filtergraph.PICTURE, "-map", filtergraph.SOUND),
            *("-c:v", _ENCODER, "-preset", spec.preset, "-crf", str(spec.crf), *threads),
            # By frames, x264's threads gave other bytes each time; by slices they give the same,
            # in less time, for 1.6 % more of them.
            *("-x264-params", "sliced-threads=1"),
            *("-maxrate", _MAX_RATE, "-bufsize", _MAX_RATE, "-profile:v", "high"),
            *("-g", str(round(_KEYFRAME_EVERY_S * spec.fps)), "-fps_mode", "passthrough"),
            # The default coder now and then adds a click 2 dB above the limiter's ceiling.
            *("-c:a", "aac", "-aac_coder", "fast", "-b:a", "256k"),
            # No clock, no version, nothing of the source's: equal specs give equal bytes.
            *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"),
            *("-flags:v", "+bitexact", "-flags:a", "+bitexact"),
            *("-metadata", f"comment={spec.comment}"),
            *("-movflags", "+faststart", "-f", "mp4", _CLIP),
        ]

    def _thread_options(self) -> tuple[str, ...]:
        if self._concurrent_renders == 1:
            return ()
        share = max(1, (os.cpu_count() or 1) // self._concurrent_renders)
        return ("-threads", str(share))

    def _fonts(self, folder: Path) -> dict[str, str]:
        config = write_fonts_config(
            folder, extra_folders=self._font_folders, cache=self._font_cache
        )
        return {"FONTCONFIG_FILE": str(config)}


def _lay_out(
    folder: Path,
    source: Path,
    captions: Path | None,
    spec: RenderSpec,
    facts: SourceFacts,
    extras: tuple[str, ...],
) -> None:
    spans = spans_of(spec.segments, spec.fps)
    (folder / _SOURCE_LINK).symlink_to(source.absolute())
    picture = filtergraph.picture_graph(
        spec, spans, assumed_matrix=facts.assumed_matrix, has_captions=captions is not None
    )
    sound = filtergraph.sound_graph(spans, gain_db=spec.gain_db, has_sound=spec.has_sound)
    for file, graph in ((_PICTURE_GRAPH, picture), (_SOUND_GRAPH, sound)):
        (folder / file).write_text(with_numbers(graph, extras, first=len(spans)))
    (folder / filtergraph.CROP_FILE).write_text(filtergraph.crop_commands(spec))
    if captions is not None:
        (folder / filtergraph.CAPTIONS_FILE).write_bytes(captions.read_bytes())


def _has_text(spec: RenderSpec) -> bool:
    return any("drawtext=" in chain for chain in (*spec.source_filters, *spec.frame_filters))


def _as_share(frames: int, on_progress: ProgressCallback) -> Callable[[int], None]:
    told = 0

    def on_frame(frame: int) -> None:
        nonlocal told
        if told < frame < frames:
            told = frame
            on_progress(frame / frames)

    return on_frame


def _refuse_short_picture(finished: Finished, frames: int, spec: RenderSpec, name: str) -> None:
    if finished.frames < frames:
        missing_s = float((frames - finished.frames) / spec.fps)
        raise BadInput(
            name,
            reason=f"the picture ends {missing_s:.1f} s before the clip does",
            remedy="The file is damaged or cut short: get it again, or choose an earlier moment.",
        )
