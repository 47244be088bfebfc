"""A clip's edit as an OpenTimelineIO document: what editors open with cuts and media in place."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan
from viral_forge_assets.domain.inserts import Insert, on_frames
from viral_forge_resources.contracts.media import MediaProbe
from viral_forge_resources.contracts.works import ShownCaption
from viral_forge_resources.documents import plain

if TYPE_CHECKING:
    import opentimelineio as otio

_OURS = "viral_forge"
"""Our part of each object's metadata."""

_CAPTION_COLOUR, _REASON_COLOUR = "CYAN", "GREEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """Where the files of an edit lie.

    Attributes:
        source: storage key of the source.
        url_of: a storage key as an address that is seen from the document.
    """

    source: str
    url_of: Callable[[str], str]


def timeline_of(
    plan: EditPlan,
    clip: ClipPlan,
    *,
    probe: MediaProbe,
    media: Media,
    source_name: str,
    captions: Sequence[ShownCaption] = (),
) -> str:
    """The edit as JSON of OpenTimelineIO.

    Cuts stand at whole frames of the source, at its own rate; the plan's exact seconds are in their
    metadata. What is done to the picture, and by how much sound is raised, stands as effects on its
    track: no other program knows ours, so they carry their parameters and change nothing. Inserts
    have a track of their own above the source's, music and effects one each below its sound.

    Args:
        plan: what the clip is part of.
        clip: the one that is told.
        probe: of the source.
        media: where its files lie.
        source_name: what people know it as.
        captions: shown in the clip; they become markers.

    Source: https://opentimelineio.readthedocs.io/en/stable/tutorials/otio-timeline-structure.html
    """
    import opentimelineio as otio

    timeline = otio.schema.Timeline(
        name=f"{source_name} · clip {clip.number}",
        global_start_time=otio.opentime.RationalTime(0, float(clip.fps)),
        metadata=_ours(plan=plain(plan), clip=clip.number),
    )
    timeline.tracks.markers.extend([_why(clip), *(_caption(each, clip.fps) for each in captions)])

    def source_track(kind: str) -> otio.schema.Track:
        cuts = _cuts(clip, probe, source_url=media.url_of(media.source), source_name=source_name)
        return otio.schema.Track(name=kind, kind=kind, children=cuts)

    picture, sound = otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio
    timeline.tracks.append(source_track(picture))
    timeline.tracks[0].effects.extend(_effects(clip))
    if clip.inserts:
        timeline.tracks.append(_insert_track(clip, media))
    if probe.audio_channels:
        timeline.tracks.append(source_track(sound))
        timeline.tracks[-1].effects.extend(_raised(clip.sound.gain_db if clip.sound else None))
        timeline.tracks[-1].enabled = clip.is_source_heard
    timeline.tracks.extend(_stem_tracks(clip, media))
    return str(timeline.to_json_string(indent=1))


def _cuts(
    clip: ClipPlan, probe: MediaProbe, *, source_url: str, source_name: str
) -> "list[otio.schema.Clip]":
    """The segments; rounding never adds up: the whole is as long as the plan, to half a frame."""
    import opentimelineio as otio

    media = otio.schema.ExternalReference(
        target_url=source_url, available_range=_frames(0, probe.duration_s, probe.fps)
    )
    media.name = source_name
    cuts = []
    elapsed_s = 0.0
    frames_so_far = 0
    for number, segment in enumerate(clip.segments, start=1):
        elapsed_s += segment.duration_s
        frames = round(elapsed_s * probe.fps) - frames_so_far
        frames_so_far += frames
        start = otio.opentime.RationalTime(round(segment.start_s * probe.fps), float(probe.fps))
        length = otio.opentime.RationalTime(frames, float(probe.fps))
        cuts.append(
            otio.schema.Clip(
                name=f"{source_name} · {number}",
                media_reference=media.deepcopy(),
                source_range=otio.opentime.TimeRange(start, length),
                metadata=_ours(start_s=segment.start_s, end_s=segment.end_s),
            )
        )
    return cuts


def _insert_track(clip: ClipPlan, media: Media) -> "otio.schema.Track":
    """The inserts at their places, with nothing between them."""
    import opentimelineio as otio

    track = otio.schema.Track(name="inserts", kind=otio.schema.TrackKind.Video)
    filled = 0
    for insert in sorted(clip.inserts, key=lambda each: each.stretch.start_s):
        first, frames = on_frames(insert.stretch, clip.fps)
        if first > filled:
            track.append(otio.schema.Gap(source_range=_range(0, first - filled, clip.fps)))
        track.append(_laid_over(insert, frames, clip.fps, media))
        filled = first + frames
    return track


def _laid_over(insert: Insert, frames: int, fps: Fraction, media: Media) -> "otio.schema.Clip":
    import opentimelineio as otio

    first = round(insert.from_s * fps)
    reference = otio.schema.ExternalReference(
        # How long the file is stands in no plan: what is used of it is there.
        target_url=media.url_of(insert.file.key),
        available_range=_range(0, first + frames, fps),
    )
    reference.name = insert.material.title
    return otio.schema.Clip(
        name=insert.material.title,
        media_reference=reference,
        source_range=_range(first, frames, fps),
        metadata=_ours(insert=plain(insert)),
    )


def _stem_tracks(clip: ClipPlan, media: Media) -> "Iterable[otio.schema.Track]":
    """Music and effects, each as long as the clip."""
    import opentimelineio as otio

    sound = clip.sound
    raised_db = None
    if sound is not None and sound.gain_db is not None and sound.soundtrack_db is not None:
        raised_db = round(sound.gain_db + sound.soundtrack_db, 2)
    for stem in clip.stems:
        whole = _range(0, clip.frames, clip.fps)
        reference = otio.schema.ExternalReference(
            target_url=media.url_of(stem.file.key), available_range=whole
        )
        reference.name = stem.name
        laid = otio.schema.Clip(name=stem.name, media_reference=reference, source_range=whole)
        track = otio.schema.Track(name=stem.name, kind=otio.schema.TrackKind.Audio, children=[laid])
        track.effects.extend(_raised(raised_db))
        yield track


def _raised(gain_db: float | None) -> "list[otio.schema.Effect]":
    import opentimelineio as otio

    if gain_db is None:
        return []
    parameters = {"gain_db": gain_db}
    return [
        otio.schema.Effect(
            name="volume", effect_name=f"{_OURS}.volume", metadata=_ours(parameters=parameters)
        )
    ]


def _effects(clip: ClipPlan) -> "list[otio.schema.Effect]":
    import opentimelineio as otio

    found = [("framing", plain(clip.framing))]
    found += [(each.name, dict(each.parameters)) for each in clip.filters]
    return [
        otio.schema.Effect(
            name=name, effect_name=f"{_OURS}.{name}", metadata=_ours(parameters=parameters)
        )
        for name, parameters in found
    ]


def _why(clip: ClipPlan) -> "otio.schema.Marker":
    import opentimelineio as otio

    return otio.schema.Marker(
        name="why",
        marked_range=_frames(0, 0, clip.fps),
        color=_REASON_COLOUR,
        metadata=_ours(kind="reasons", reasons=list(clip.reasons), score=clip.score),
        comment="; ".join(clip.reasons),
    )


def _caption(caption: ShownCaption, fps: Fraction) -> "otio.schema.Marker":
    import opentimelineio as otio

    text = ""
    for word in caption.words:
        text += ("" if word.is_joined or not text else " ") + word.text
    return otio.schema.Marker(
        name=text,
        marked_range=_frames(caption.start_s, caption.end_s - caption.start_s, fps),
        color=_CAPTION_COLOUR,
        metadata=_ours(kind="caption", shown=plain(caption)),
        comment=text,
    )


def _frames(start_s: float, duration_s: float, fps: Fraction) -> "otio.opentime.TimeRange":
    first = round(start_s * fps)
    return _range(first, round((start_s + duration_s) * fps) - first, fps)


def _range(first: int, frames: int, fps: Fraction) -> "otio.opentime.TimeRange":
    import opentimelineio as otio

    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(first, float(fps)),
        otio.opentime.RationalTime(frames, float(fps)),
    )


def _ours(**facts: object) -> dict[str, object]:
    return {_OURS: facts}
