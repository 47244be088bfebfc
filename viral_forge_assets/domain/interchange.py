"""A clip's edit as an OpenTimelineIO document: what editors open with cuts and media in place."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan
from viral_forge_resources.contracts.media import MediaProbe
from viral_forge_resources.contracts.works import ShownCaption
from viral_forge_resources.documents import plain

if TYPE_CHECKING:
    import opentimelineio as otio

_OURS = "viral_forge"
"""Our part of each object's metadata."""

_CAPTION_COLOUR, _REASON_COLOUR = "CYAN", "GREEN"


def timeline_of(
    plan: EditPlan,
    clip: ClipPlan,
    *,
    probe: MediaProbe,
    source_url: str,
    source_name: str,
    captions: Sequence[ShownCaption] = (),
) -> str:
    """The edit as JSON of OpenTimelineIO.

    Cuts stand at whole frames of the source, at its own rate; the plan's exact seconds are in their
    metadata. What is done to the picture stands as effects on its track: no other program knows
    ours, so they carry their parameters and change nothing.

    Args:
        plan: what the clip is part of.
        clip: the one that is told.
        probe: of the source.
        source_url: where the source lies, seen from the document.
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
    kinds = [otio.schema.TrackKind.Video]
    kinds += [otio.schema.TrackKind.Audio] if probe.audio_channels else []
    for kind in kinds:
        track = otio.schema.Track(name=str(kind), kind=kind)
        track.extend(_cuts(clip, probe, source_url=source_url, source_name=source_name))
        timeline.tracks.append(track)
    timeline.tracks[0].effects.extend(_effects(clip))
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
    import opentimelineio as otio

    first = round(start_s * fps)
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(first, float(fps)),
        otio.opentime.RationalTime(round((start_s + duration_s) * fps) - first, float(fps)),
    )


def _ours(**facts: object) -> dict[str, object]:
    return {_OURS: facts}
