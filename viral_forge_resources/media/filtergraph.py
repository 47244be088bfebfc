"""The text of FFmpeg's filter graphs: what a clip looks and sounds like, as FFmpeg is told it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from viral_forge_resources.contracts.media import Framing, FramingMode, RenderSpec
from viral_forge_resources.media._cuts import SOUND_RATE_HZ, Cut, Span, clip_frames
from viral_forge_resources.media._inserts import inserted
from viral_forge_resources.media._layouts import even, laid_out, over_blurred, runs_of, scaled
from viral_forge_resources.media._panning import pan_of
from viral_forge_resources.media._source import SourceFacts
from viral_forge_resources.media._veil import veiled

GRAPH_VERSION = 9
"""Rises with every change that gives other bytes for the same RenderSpec."""

CAPTIONS_FILE = "captions.ass"
CROP_FILE = "crop.cmd"
"""Names in FFmpeg's working folder: nothing from outside stands in a graph."""

SOUNDTRACK = "soundtrack"
"""Name of the extra that is mixed with the cut sound."""

PICTURE = "[picture]"
SOUND = "[sound]"

_PAD_S = 1.0
"""A sound track often outlasts its picture by part of a second; the last picture stays on."""

_FADE_SAMPLES = 384
"""8 ms: no click at a joint, no word swallowed."""

LIMIT = 0.79
"""-2 dBFS: AAC at 192 kb/s was seen to add up to 0.8 dB, and platforms want a true peak <= -1."""

_OVERSAMPLED_HZ = 4 * SOUND_RATE_HZ
"""The limiter sees peaks between the samples, as players rebuild them."""

_HDR_WHITE_NITS = 203
"""Diffuse white of HDR by ITU-R BT.2408."""

_TONE_CURVE = "mobius:param=0.6"
"""Up to 0.6 of diffuse white, where skin and most of a picture lie, light stays what it was; white
comes out at 229 of 255, 400 nits at 245, and highlights share the rest. FFmpeg's own 0.3 makes
white a dull 208."""


def picture_graph(
    spec: RenderSpec, spans: Sequence[Span], *, facts: SourceFacts, has_captions: bool
) -> str:
    """From the inputs' pictures to ``PICTURE``, at the spec's size, rate and number of frames."""
    parts = [_cut_picture(spans, spec.fps, facts)]
    shown = "[cut]"
    if spec.hiding is not None:
        parts.append(veiled(spec, spec.hiding, source=shown, target="[veiled]"))
        shown = "[veiled]"
    before_crop = ["setsar=1"] if spec.is_hdr else ["setsar=1", "format=yuv420p"]
    if spec.framing.mode is FramingMode.FIT or spec.framing.layouts:
        toned = _tone_down(_size_of_whole(spec)) if spec.is_hdr else []
        parts.append(f"{shown}{','.join([*before_crop, *toned, *spec.source_filters])}[whole]")
        parts.append(_laid_out(spec, clip_frames(spans)))
    else:
        crop, exact_crop = _crop(spec)
        toned = _tone_down(_size_if_smaller(spec)) if spec.is_hdr else []
        chain = [*before_crop, *crop, *toned, *spec.source_filters]
        chain += [scaled(*_fitted(spec)), *exact_crop]
        parts.append(f"{shown}{','.join(chain)}[framed]")
    shown = "[framed]"
    if spec.inserts:
        parts.append(inserted(spec, source=shown, target="[inserted]"))
        shown = "[inserted]"
    captions = [f"ass=f={CAPTIONS_FILE}"] if has_captions else []
    last = [
        *spec.frame_filters,
        *captions,
        "format=yuv420p",
        # FFmpeg 9 takes colour tags from the last filter only.
        "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv",
    ]
    parts.append(f"{shown}{','.join(last)}{PICTURE}")
    return ";\n".join(parts)


def sound_graph(
    spans: Sequence[Span],
    *,
    gain_db: float | None,
    has_sound: bool,
    soundtrack_db: float | None = None,
    meter: str = "",
) -> str:
    """From the inputs' sound to ``SOUND``: 48 kHz stereo, as long as the picture to the sample.

    ``soundtrack_db`` is what the extra ``soundtrack`` is raised by and laid over the cut sound;
    None: there is none. ``meter`` is a filter at the very end.
    """
    samples = sum(cut.samples for span in spans for cut in span.cuts)
    if has_sound:
        parts = [_cut_sound(spans)]
    else:
        parts = [f"anullsrc=r={SOUND_RATE_HZ}:cl=stereo,atrim=end_sample={samples}[heard]"]
    chain = [*_louder(gain_db), *([meter] if meter else [])] or ["anull"]
    if soundtrack_db is not None:
        parts.append(
            f"[{SOUNDTRACK}:a:0]aresample={SOUND_RATE_HZ},"
            "aformat=sample_fmts=fltp:channel_layouts=stereo,"
            f"apad=whole_len={samples},atrim=end_sample={samples},"
            f"volume={soundtrack_db:.2f}dB[soundtrack]"
        )
        chain = ["[soundtrack]amix=inputs=2:duration=first:normalize=0", *chain]
    parts.append(f"[heard]{','.join(chain)}{SOUND}")
    return ";\n".join(parts)


def crop_commands(spec: RenderSpec) -> str:
    """What ``sendcmd`` reads: each key half a frame early, or it would act a frame late."""
    if not _moves(spec.framing):
        return ""
    pan = pan_of(spec)
    lines = []
    for number, key in enumerate(spec.framing.path[1:], start=1):
        frame = round(key.at_s * spec.fps)
        at_s = max(0.0, float((frame - Fraction(1, 2)) / spec.fps))
        lines.append(f"{at_s:.6f} {pan.commands(number)};\n")
    return "".join(lines)


def _cut_picture(spans: Sequence[Span], fps: Fraction, facts: SourceFacts) -> str:
    # fps comes first: on its grid a cut is a number of frames, whatever the source's own rate is.
    matrix = f"setparams=colorspace={facts.assumed_matrix}," if facts.assumed_matrix else ""
    # Combs would be scaled into stripes. Files exist that mix both kinds of pictures.
    combed = "bwdif=mode=send_frame:deint=interlaced," if facts.is_interlaced else ""
    head = (
        f"{matrix}{combed}fps={fps.numerator}/{fps.denominator}:start_time=0,"
        f"tpad=stop_mode=clone:stop_duration={_PAD_S},split"
    )
    square = "scale=w='if(eq(sar,1),iw,trunc(iw*sar/2)*2)':h=ih"
    return _joined(spans, "V", head=head, cut=_trimmed_picture, tail=f"concat=n={{}},{square}[cut]")


def _cut_sound(spans: Sequence[Span]) -> str:
    head = (
        # Broken and late sound tracks: gaps become silence, so nothing moves against the picture.
        f"atrim=start=0,aresample={SOUND_RATE_HZ}:async=1:first_pts=0,"
        "aformat=sample_fmts=fltp:channel_layouts=stereo,asplit"
    )
    return _joined(spans, "a", head=head, cut=_trimmed_sound, tail="concat=n={}:v=0:a=1[heard]")


def _joined(
    spans: Sequence[Span], stream: str, *, head: str, cut: Callable[[Cut], str], tail: str
) -> str:
    parts = []
    pieces = ""
    for number, span in enumerate(spans):
        labels = [f"{stream}{number}_{index}" for index in range(len(span.cuts))]
        outputs = "".join(f"[{label}]" for label in labels)
        parts.append(f"[{number}:{stream}:0]{head}={len(labels)}{outputs}")
        parts += [
            f"[{label}]{cut(each)}[{label}_cut]"
            for label, each in zip(labels, span.cuts, strict=True)
        ]
        pieces += "".join(f"[{label}_cut]" for label in labels)
    parts.append(pieces + tail.format(sum(len(span.cuts) for span in spans)))
    return ";\n".join(parts)


def _trimmed_picture(cut: Cut) -> str:
    end_frame = cut.first_frame + cut.frames
    return f"trim=start_frame={cut.first_frame}:end_frame={end_frame},setpts=PTS-STARTPTS"


def _trimmed_sound(cut: Cut) -> str:
    fade = min(_FADE_SAMPLES, cut.samples // 2)
    end_sample = cut.first_sample + cut.samples
    return (
        f"atrim=start_sample={cut.first_sample}:end_sample={end_sample},"
        f"apad=whole_len={cut.samples},asetpts=N/SR/TB,"
        f"afade=t=in:ss=0:ns={fade},afade=t=out:ss={cut.samples - fade}:ns={fade}"
    )


def _louder(gain_db: float | None) -> list[str]:
    if gain_db is None:
        return []
    return [
        f"volume={gain_db:.2f}dB",
        f"aresample={_OVERSAMPLED_HZ}",
        # level=false: left to itself it raises the result to 0 dB again.
        f"alimiter=limit={LIMIT}:level=false:latency=true",
        f"aresample={SOUND_RATE_HZ}",
        # The limiter may stamp what follows a joint late by its look-ahead of 5 ms.
        "asetpts=N/SR/TB",
    ]


def _crop(spec: RenderSpec) -> tuple[list[str], list[str]]:
    """Filters ahead of the scaling and behind it."""
    if _moves(spec.framing):
        pan = pan_of(spec)
        return [f"sendcmd=f={CROP_FILE}", pan.first_stage()], [pan.second_stage()]
    # Exact, with more than 8 bits, FFmpeg 9 reads colour from half a sample aside where a corner
    # is odd: green turns to magenta.
    framing, first = spec.framing, spec.framing.path[0]
    crop = (
        f"crop@src=w='min({framing.width_px},iw)':h='min({framing.height_px},ih)'"
        f":x={round(first.x_px)}:y={round(first.y_px)}:exact={int(not spec.is_hdr)}"
    )
    return [crop], []


def _moves(framing: Framing) -> bool:
    return framing.mode is FramingMode.CROP and len(framing.path) > 1


def _laid_out(spec: RenderSpec, frames: int) -> str:
    if spec.framing.mode is FramingMode.FIT:
        front = scaled(*_fitted(spec))
        return over_blurred(spec, front, source="[whole]", target="[framed]")
    # What was HDR is toned down by now: its corners may be exact.
    crop, exact_crop = _crop(replace(spec, is_hdr=False))
    return laid_out(spec, runs_of(spec, frames), [*crop, scaled(*_fitted(spec)), *exact_crop])


def _size_of_whole(spec: RenderSpec) -> str:
    return _size_if_smaller(spec) if spec.framing.mode is FramingMode.FIT else ""


def _size_if_smaller(spec: RenderSpec) -> str:
    """Toning fewer pixels costs less."""
    width_px, height_px = _fitted(spec)
    return f"w={width_px}:h={height_px}:" if width_px < spec.framing.width_px else ""


def _tone_down(size: str) -> list[str]:
    return [
        "crop=w=trunc(iw/2)*2:h=trunc(ih/2)*2",
        "setparams=color_primaries=bt2020:colorspace=bt2020nc",
        f"zscale={size}t=linear:npl={_HDR_WHITE_NITS}",
        "format=gbrpf32le",
        "zscale=p=bt709",
        f"tonemap={_TONE_CURVE}:desat=0",
        "zscale=t=bt709:m=bt709:r=tv",
        "format=yuv420p",
    ]


def _fitted(spec: RenderSpec) -> tuple[int, int]:
    """Size at which the framed part stands in the frame; a moving crop needs a little more."""
    framing = spec.framing
    if _moves(framing):
        pan = pan_of(spec)
        return pan.across.scaled_px, pan.down.scaled_px
    if framing.mode is FramingMode.CROP:
        return spec.width_px, spec.height_px
    scale = min(spec.width_px / framing.width_px, spec.height_px / framing.height_px)
    return even(framing.width_px * scale), even(framing.height_px * scale)
