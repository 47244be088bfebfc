"""What we know of a media file, and how a clip is to be rendered."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from viral_forge_resources.contracts.hearing import SoundMap
from viral_forge_resources.contracts.hiding import Hiding
from viral_forge_resources.contracts.sight import Box, Face, WrittenText

_ROUNDING_S = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaProbe:
    """Facts of one playable video file.

    Attributes:
        width_px: of the picture as it is shown: upright, with square pixels.
        height_px: as ``width_px``.
        rotation_deg: clockwise turn that shows the stored picture upright: 0, 90, 180 or 270.
        pixel_aspect: width of a stored pixel over its height; 1 is square.
        fps: average rate.
        start_s: time of the first video frame in the file.
        audio_channels: None without a sound track.
    """

    container: str
    duration_s: float
    width_px: int
    height_px: int
    rotation_deg: int
    pixel_aspect: Fraction
    fps: Fraction
    is_variable_rate: bool
    is_hdr: bool
    video_codec: str
    pixel_format: str
    start_s: float
    audio_channels: int | None = None
    audio_rate_hz: int | None = None
    audio_codec: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """From ``start_s`` up to ``end_s``, seconds from the first video frame."""

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusPoint:
    """Where the one thing that moves was seen at a moment.

    Attributes:
        x: share of the upright picture, 0 left to 1 right.
        y: the same, 0 top to 1 bottom.
    """

    at_s: float
    x: float
    y: float


MOVEMENT_STEP_S = 0.5
"""Of ``Shot.movement``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """What lies between two cuts.

    Attributes:
        focus_x: centre of what moves, 0 left to 1 right; None where nothing moves.
        focus_y: the same, 0 top to 1 bottom.
        track: where one thing moves, in time order, up to five times a second; nothing for
            moments at which nothing moved, several things did, or the camera.
        movement: for each whole half second of the shot, how much moves against the rest of the
            picture from one picture to the next, 0 to 1; nothing where no one looked.
        side_bars: at its left and its right, what is black in all of its pictures but black ones,
            as shares of the width; (0, 0) where no one looked.
        faces: of each person, the most prominent first.
        texts: in the order in which they appear.
    """

    start_s: float
    end_s: float
    focus_x: float | None = None
    focus_y: float | None = None
    track: tuple[FocusPoint, ...] = ()
    movement: tuple[float, ...] = ()
    side_bars: tuple[float, float] = (0.0, 0.0)
    faces: tuple[Face, ...] = ()
    texts: tuple[WrittenText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneMap:
    """What one analysis pass saw and heard; times in seconds from the first video frame.

    Of a long source every picture is looked at in its most promising stretches alone. Elsewhere
    shots come from key frames: cuts may be missing, and faces, texts, movement, black, frozen and
    damaged stretches were not looked for.

    Attributes:
        in_full: where every picture was looked at, in time order and apart; None: everywhere.
        sound: None without a sound track that can be read.
        damaged: where pictures could not be decoded, up to the next one that stands alone.
        no_faces_because: why nobody looked for faces; None where somebody did.
        no_texts_because: the same for text.
    """

    duration_s: float
    shots: tuple[Shot, ...]
    silences: tuple[Stretch, ...]
    black: tuple[Stretch, ...] = ()
    frozen: tuple[Stretch, ...] = ()
    damaged: tuple[Stretch, ...] = ()
    no_faces_because: str | None = None
    no_texts_because: str | None = None
    in_full: tuple[Stretch, ...] | None = None
    sound: SoundMap | None = None

    def is_seen_in_full(self, stretch: Stretch) -> bool:
        """Whether every picture of ``stretch`` was looked at."""
        return self.in_full is None or any(
            seen.start_s - _ROUNDING_S <= stretch.start_s
            and stretch.end_s <= seen.end_s + _ROUNDING_S
            for seen in self.in_full
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word as spoken; seconds from the first video frame.

    Attributes:
        is_joined: it is written onto the word before it without a space, as in Thai and Chinese.
    """

    text: str
    start_s: float
    end_s: float
    is_joined: bool = False


class TranscriptOrigin(StrEnum):
    """Where the words come from, or why there are none."""

    SUBTITLES = "subtitles"
    RECOGNISED = "recognised"
    NO_SPEECH = "no_speech"
    NO_SOUND = "no_sound"
    NO_MODEL = "no_model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Words with times, or the reason why there are none.

    Attributes:
        is_timing_estimated: words share the time of their subtitle by length, no one measured it.
        note: what a person should know, such as how to get captions where there are none.
    """

    origin: TranscriptOrigin
    words: tuple[Word, ...] = ()
    language: str | None = None
    model: str | None = None
    is_timing_estimated: bool = False
    note: str | None = None


class FramingMode(StrEnum):
    """How a picture of another shape fills the frame."""

    CROP = "crop"
    FIT = "fit"


@dataclass(frozen=True, slots=True, kw_only=True)
class CropKey:
    """From ``at_s`` of the *clip* on: the crop's top left corner, in upright source pixels.

    It may lie between two pixels: a clip has finer ones than most sources.
    """

    at_s: float
    x_px: float
    y_px: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a stretch of the *clip* shows in place of the crop.

    Attributes:
        panes: parts of the source, one above the other, all as high; none: the whole picture over
            a blurred one.
    """

    stretch: Stretch
    panes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """Which part of the upright source picture fills the clip's frame.

    Attributes:
        width_px: of the crop, even; the whole picture for ``fit``.
        height_px: as ``width_px``.
        path: corners in time order, the first at 0 s; empty for ``fit``.
        layouts: where a clip with a crop shows something else, in time order.
    """

    mode: FramingMode
    width_px: int
    height_px: int
    path: tuple[CropKey, ...] = ()
    layouts: tuple[Layout, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundLevel:
    """Loudness of the cut sound and what brings it to the target.

    Attributes:
        measured_lufs: integrated loudness of the cut sound as it is; None where it is silent.
        gain_db: to apply ahead of the limiter; None where there is nothing to raise, because the
            sound is silent or inaudible: the clip is made as of a source without sound.
        expected_lufs: what gain and limiter were measured to give; None where ``gain_db`` is.
        note: why the target is not reached, if it is not.
        is_held_back: its peaks stand so far above the rest that it ends below the target; the note
            says where.
        is_heard: the cut sound itself is part of the clip; else nobody would hear it.
        soundtrack_db: what music and effects are raised by ahead of that; None: there are none.
    """

    measured_lufs: float | None
    gain_db: float | None
    expected_lufs: float | None
    note: str | None = None
    is_heard: bool = True
    is_held_back: bool = False
    soundtrack_db: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertSpec:
    """A picture of another file that covers the clip's own.

    Attributes:
        name: of the render's extra that holds it.
        first_frame: of the clip; it is seen for ``frames``.
        from_s: where in its own file it starts.
        filters: FFmpeg filter chains for it alone.
    """

    name: str
    first_frame: int
    frames: int
    from_s: float
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSpec:
    """Everything one FFmpeg process needs to know, besides paths.

    A chain may speak of the render's extras by their names, ``[mask:v]``. What moves in one goes
    through ``fps`` first and the merging filter ends with the clip (``shortest``): else the clip
    gets as many frames as the extra has.

    Attributes:
        segments: stretches of the source, in the order they are shown.
        source_filters: FFmpeg filter chains for the picture before it is scaled; none may move it,
            for a moving crop is finished behind them.
        frame_filters: FFmpeg filter chains for the finished frame, under the captions.
        inserts: pictures over the clip's own, under frame filters and captions, none over another.
        hiding: how faces are hidden that the extra ``faces`` marks; None: no face is.
        gain_db: see ``SoundLevel``; None leaves the sound alone.
        soundtrack_db: see ``SoundLevel``; the extra ``soundtrack`` is mixed in.
        has_sound: the source's sound is used; else the clip gets a silent track.
        is_hdr: the source is PQ or HLG and is toned down to SDR.
        comment: written into the file.
        compared: stretches of the clip whose pictures are compared with what the encoder was given.
    """

    segments: tuple[Stretch, ...]
    width_px: int
    height_px: int
    fps: Fraction
    framing: Framing
    source_filters: tuple[str, ...] = ()
    frame_filters: tuple[str, ...] = ()
    gain_db: float | None = None
    soundtrack_db: float | None = None
    has_sound: bool = True
    is_hdr: bool = False
    crf: int = 21
    preset: str = "veryfast"
    comment: str = ""
    inserts: tuple[InsertSpec, ...] = ()
    hiding: Hiding | None = None
    compared: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fidelity:
    """How like the clip's pictures are to what its encoder was given, on sampled seconds.

    Attributes:
        vmaf: mean of the pictures, 0 to 100. Source: https://github.com/Netflix/vmaf
        lowest: of a single picture.
        pictures: how many were compared.
        cpu_s: what the comparison cost.
    """

    vmaf: float
    lowest: float
    pictures: int
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderReport:
    """What one render cost, and with which encoder and build it was made.

    Attributes:
        encoder_note: why it was made with this encoder and not another; None where there is nothing
            to say.
        fidelity: None where the spec compares nothing, and where nobody could.
        no_fidelity_because: why nobody could.
    """

    encoder: str
    build: str
    cpu_s: float
    wall_s: float
    warnings: tuple[str, ...] = ()
    encoder_note: str | None = None
    fidelity: Fidelity | None = None
    no_fidelity_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFacts:
    """What a rendered clip is, measured on the file itself.

    Attributes:
        sync_offset_s: start of the sound minus start of the picture, and the same at the end,
            whichever is further from 0; None without a sound track.
        loudness_lufs: integrated; None where the clip is silent.
        true_peak_dbtp: None where the clip is silent.
        black_s: seconds of black picture; ``frozen_s``: seconds without movement.
    """

    duration_s: float
    width_px: int
    height_px: int
    fps: Fraction
    is_variable_rate: bool
    sync_offset_s: float | None
    loudness_lufs: float | None
    true_peak_dbtp: float | None
    black_s: float
    frozen_s: float
