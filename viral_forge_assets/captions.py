"""Stage 3, by candidate: the words as spoken, and the lines as shown."""

import dagster as dg

from viral_forge_assets.domain.ass import to_ass
from viral_forge_assets.domain.captioning import CAPTION_STYLES, caption_lines
from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan, words_in_clip
from viral_forge_assets.domain.subtitle_text import to_srt
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.metadata import Metadata, file_metadata
from viral_forge_assets.partitions import candidate_partitions
from viral_forge_assets.provenance import keep, kept, load, made_from
from viral_forge_resources.contracts.keys import CandidateKey, parse_candidate_key
from viral_forge_resources.contracts.media import Transcript, TranscriptOrigin
from viral_forge_resources.contracts.media_ports import Fonts, SubtitleReader, Transcriber
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.works import CaptionTrack, ClipCaptions, SourceFile

_TRANSCRIPT_VERSION = 1
_CAPTION_TRACK_VERSION = 1
_MOST_TEXT_SHOWN = 900


@dg.asset(
    key_prefix="captions",
    group_name="captions",
    partitions_def=candidate_partitions,
    deps=[dg.AssetKey(["source", "source_video"])],
    kinds={"whisper"},
    pool="transcriber",
    code_version=str(_TRANSCRIPT_VERSION),
)
def transcript(
    context: dg.AssetExecutionContext,
    storage: dg.ResourceParam[Storage],
    subtitles: dg.ResourceParam[SubtitleReader],
    transcriber: dg.ResourceParam[Transcriber],
) -> dg.MaterializeResult[None]:
    """Words as spoken with their times, in seconds from the first video frame.

    From subtitles beside the source, else heard by faster-whisper. Where there are no words, the
    reason is stored in their place; no word is ever invented.
    """
    key = parse_candidate_key(context.partition_key)
    document = key.storage_key("captions", "transcript.json")
    with dagster_failures("getting the words"):
        source = _source(storage, key)
        origin = made_from(
            source=source.video.sha256,
            subtitles=source.subtitles.sha256 if source.subtitles else None,
            model=transcriber.model,
            version=_TRANSCRIPT_VERSION,
        )
        words = kept(storage, document, Transcript, origin=origin)
        # Without a model nothing was heard; there may be one now.
        is_reused = words is not None and words.origin is not TranscriptOrigin.NO_MODEL
        if words is None or not is_reused:
            words = _words(storage, source, subtitles, transcriber)
        stored = keep(storage, document, words, origin=origin)
    return dg.MaterializeResult(metadata=file_metadata(stored, reused=is_reused) | _facts(words))


def _source(storage: Storage, key: CandidateKey) -> SourceFile:
    document = key.storage_key("source", "probe.json")
    return load(storage, document, SourceFile, made_by="source_video")


def _words(
    storage: Storage, source: SourceFile, subtitles: SubtitleReader, transcriber: Transcriber
) -> Transcript:
    if source.subtitles is not None:
        return subtitles(
            storage.get_bytes(source.subtitles.key), name=f"subtitles of {source.name}"
        )
    with storage.as_file(source.video.key) as path:
        return transcriber.transcribe(path, source.probe)


def _facts(words: Transcript) -> Metadata:
    text = " ".join(word.text for word in words.words)
    return {
        "origin": words.origin.value,
        "words": len(words.words),
        "language": words.language or "not known",
        "model": words.model or "none",
        "is_timing_estimated": words.is_timing_estimated,
        "text": text[:_MOST_TEXT_SHOWN],
        "note": words.note or "",
    }


@dg.asset(
    key_prefix="captions",
    group_name="captions",
    partitions_def=candidate_partitions,
    deps=[transcript, dg.AssetKey(["transform", "edit_plan"])],
    kinds={"ass"},
    code_version=str(_CAPTION_TRACK_VERSION),
)
def caption_track(
    context: dg.AssetExecutionContext,
    storage: dg.ResourceParam[Storage],
    fonts: dg.ResourceParam[Fonts],
) -> dg.MaterializeResult[None]:
    """Lines with times and style on the edited timeline, as ASS to burn in and SRT for players.

    The word being spoken is highlighted. Characters that no font can draw are left out and named.
    """
    key = parse_candidate_key(context.partition_key)
    with dagster_failures("writing the captions"):
        document = key.storage_key("captions", "transcript.json")
        words = load(storage, document, Transcript, made_by="transcript")
        document = key.storage_key("transform", "edit_plan.json")
        plan = load(storage, document, EditPlan, made_by="edit_plan")
        captions = [_captions(storage, fonts, key, plan, clip, words) for clip in plan.clips]
        track = CaptionTrack(clips=tuple(captions), note=words.note)
        document = key.storage_key("captions", "caption_track.json")
        stored = keep(storage, document, track, origin=made_from(version=_CAPTION_TRACK_VERSION))
    missing = sorted({each for clip in track.clips for each in clip.missing_characters})
    style = plan.caption_style if plan.has_captions else "the recipe wants no captions"
    return dg.MaterializeResult(
        metadata=file_metadata(stored)
        | {"lines": sum(clip.lines for clip in track.clips), "style": style}
        | {"missing_characters": " ".join(missing), "note": track.note or ""}
    )


def _captions(
    storage: Storage,
    fonts: Fonts,
    key: CandidateKey,
    plan: EditPlan,
    clip: ClipPlan,
    words: Transcript,
) -> ClipCaptions:
    heard = words_in_clip(words.words, clip.segments)
    if not heard or not plan.has_captions:
        return ClipCaptions(number=clip.number, lines=0)
    style = CAPTION_STYLES[plan.caption_style]
    lines = caption_lines(heard, style)
    missing = fonts.missing("".join(word.text for word in heard))
    ass = to_ass(
        lines,
        style,
        width_px=plan.width_px,
        height_px=plan.height_px,
        family=fonts.family(),
        drop=frozenset(missing),
    )
    name = f"clip-{clip.number}"
    return ClipCaptions(
        number=clip.number,
        lines=len(lines),
        ass=storage.put_bytes(ass.encode(), key.storage_key("captions", f"{name}.ass")),
        srt=storage.put_bytes(to_srt(lines).encode(), key.storage_key("captions", f"{name}.srt")),
        missing_characters=missing,
    )
