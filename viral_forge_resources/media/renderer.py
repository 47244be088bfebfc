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
from viral_forge_resources.contracts.sound import Soundtrack
from viral_forge_resources.media import filtergraph, inspection, loudness
from viral_forge_resources.media._codecs import CPU, X264
from viral_forge_resources.media._cuts import Span, clip_frames, input_arguments, spans_of
from viral_forge_resources.media._extras import extra_arguments, link_extras, with_numbers
from viral_forge_resources.media._handing_over import handed_over
from viral_forge_resources.media._source import SourceFacts, source_facts
from viral_forge_resources.media.encoders import Choice, encoded, encoders_of
from viral_forge_resources.media.ffmpeg import (
    Finished,
    ffmpeg_binary,
    ffmpeg_version,
    run_ffmpeg,
)
from viral_forge_resources.media.fidelity import (
    Sample,
    fidelity,
    samples_of,
    why_not_measured,
)
from viral_forge_resources.media.fonts import write_fonts_config

_SOURCE_LINK = "source"
_CLIP = "clip.mp4"
_PICTURE_GRAPH = "picture.graph"
_SOUND_GRAPH = "sound.graph"

_KEYFRAME_EVERY_S = 2
"""Players seek to key frames; platforms re-encode cleanly from closed two-second groups."""


class FfmpegRenderer:
    """Renders with the FFmpeg that comes with imageio-ffmpeg.

    Args:
        encoder: one of ``ENCODER_NAMES``; libx264 and a note stand in for one that does not work.
        concurrent_renders: how many share this machine's cores.
        font_cache: folder that keeps what is known of the fonts from one render to the next; None:
            each render reads them anew, for about 0.1 CPU-seconds.
        font_folders: of fonts for letters that DejaVu Sans lacks.
        binary: another FFmpeg.
    """

    def __init__(
        self,
        *,
        encoder: str = CPU,
        concurrent_renders: int = 1,
        font_cache: Path | None = None,
        font_folders: Sequence[Path] = (),
        binary: str | None = None,
    ) -> None:
        self._encoder = encoder
        self._binary = binary or ffmpeg_binary()
        self._font_folders = tuple(font_folders)
        self._concurrent_renders = concurrent_renders
        self._font_cache = font_cache

    def build(self) -> str:
        """FFmpeg build, wanted encoder and version of our graphs: part of a clip's provenance.

        What ``auto`` comes to is in a clip's report, not here: a GPU that is busy or gone must not
        make every clip anew, for then each would want a new approval.
        """
        return self._built_with(X264.codec if self._encoder == CPU else f"{self._encoder} encoder")

    def encoder(self) -> Choice:
        """What a render would encode with now, and why."""
        return encoders_of(self._binary).choice(self._encoder)

    def _built_with(self, encoder: str) -> str:
        version = ffmpeg_version(self._binary)
        return f"ffmpeg {version}, {encoder}, graph {filtergraph.GRAPH_VERSION}"

    def sound_level(
        self,
        source: Path,
        segments: tuple[Stretch, ...],
        *,
        target_lufs: float,
        has_sound: bool = True,
        soundtrack: Path | None = None,
    ) -> SoundLevel:
        """Measure the cut sound and find the gain that reaches ``target_lufs``."""
        return loudness.sound_level(
            source,
            segments,
            target_lufs=target_lufs,
            has_sound=has_sound,
            soundtrack=soundtrack,
        )

    def compose(self, soundtrack: Soundtrack, target: Path, *, track: Path | None) -> None:
        """Write what is heard besides the source as one file."""
        from viral_forge_resources.media.soundtrack import compose

        track_lufs = None if track is None else loudness.track_lufs(track)
        compose(soundtrack, target, track=track, track_lufs=track_lufs)

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
            environment = self._fonts(folder) if captions or _has_text(spec) else None

            def run(choice: Choice) -> Finished:
                finished = run_ffmpeg(
                    self._arguments(spec, spans, facts, tuple(extras), choice, folder),
                    name=source.name,
                    folder=folder,
                    environment=environment,
                    on_frame=_as_share(clip_frames(spans), on_progress),
                    binary=self._binary,
                )
                _refuse_short_picture(finished, clip_frames(spans), spec, source.name)
                return finished

            finished, choice = encoded(run, encoders_of(self._binary), self._encoder)
            samples = self._samples(spec, spans)
            like = (
                fidelity(folder, _CLIP, samples, spec.fps, binary=self._binary) if samples else None
            )
            (folder / _CLIP).replace(target)
        on_progress(1.0)
        return RenderReport(
            encoder=choice.encoder.codec,
            encoder_note=choice.note,
            build=self._built_with(choice.encoder.codec),
            cpu_s=finished.cpu_s,
            wall_s=finished.wall_s,
            warnings=finished.warnings(),
            fidelity=like,
            no_fidelity_because=why_not_measured(self._binary) if spec.compared else None,
        )

    def _arguments(
        self,
        spec: RenderSpec,
        spans: tuple[Span, ...],
        facts: SourceFacts,
        extras: tuple[str, ...],
        choice: Choice,
        folder: Path,
    ) -> list[str]:
        threads = self._thread_options()
        to_encoder = handed_over(folder, _PICTURE_GRAPH, choice.encoder, self._samples(spec, spans))
        return [
            "-y",  # after hardware that gave up, what it left
            *choice.before,
            *input_arguments(spans, file=_SOURCE_LINK, origin_s=facts.origin_s, options=threads),
            *extra_arguments(extras, options=threads),
            *("-/filter_complex", to_encoder.file, "-/filter_complex", _SOUND_GRAPH),
            *("-map", to_encoder.picture, "-map", filtergraph.SOUND),
            *("-c:v", choice.encoder.codec, *choice.encoder.options(spec.crf, spec.preset)),
            *threads,
            *("-g", str(round(_KEYFRAME_EVERY_S * spec.fps)), "-fps_mode", "passthrough"),
            # The default coder now and then adds a click 2 dB above the limiter's ceiling.
            *("-c:a", "aac", "-aac_coder", "fast", "-b:a", "256k"),
            # No clock, no version, nothing of the source's: equal specs give equal bytes.
            *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"),
            *("-flags:v", "+bitexact", "-flags:a", "+bitexact"),
            *("-metadata", f"comment={spec.comment}"),
            *("-movflags", "+faststart", "-f", "mp4", _CLIP),
            *to_encoder.second_output,
        ]

    def _samples(self, spec: RenderSpec, spans: tuple[Span, ...]) -> tuple[Sample, ...]:
        if why_not_measured(self._binary) is not None:
            return ()
        return samples_of(spec.compared, spec.fps, clip_frames(spans))

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
    picture = filtergraph.picture_graph(spec, spans, facts=facts, has_captions=captions is not None)
    sound = filtergraph.sound_graph(
        spans,
        gain_db=spec.gain_db,
        has_sound=spec.has_sound,
        soundtrack_db=spec.soundtrack_db,
    )
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
