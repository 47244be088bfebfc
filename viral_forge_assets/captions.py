"""Stage 3, by candidate: the words as spoken, and the captions as shown."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.asking import Asker
from viral_forge_assets.caption_desk import CaptionDesk
from viral_forge_assets.domain.caption_styles import CaptionStyle
from viral_forge_assets.domain.edit_plan import EditPlan
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.in_the_way import obstacles_in
from viral_forge_assets.metadata import Metadata, file_metadata
from viral_forge_assets.metering import metered
from viral_forge_assets.partitions import candidate_partitions
from viral_forge_assets.provenance import keep, kept, load, made_from
from viral_forge_assets.translating import Translator
from viral_forge_resources.contracts.costs import Budget, CostKind
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.keys import CandidateKey, parse_candidate_key
from viral_forge_resources.contracts.llm import LanguageModel
from viral_forge_resources.contracts.media import (
    MediaProbe,
    SceneMap,
    Transcript,
    TranscriptOrigin,
)
from viral_forge_resources.contracts.media_ports import Fonts, SubtitleReader, Transcriber
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.works import (
    CaptionTrack,
    SourceFile,
)

_TRANSCRIPT_VERSION = 2
_CAPTION_TRACK_VERSION = 11
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
    state: dg.ResourceParam[sa.Engine],
    prices: dg.ResourceParam[Prices],
) -> dg.MaterializeResult[None]:
    """Words as spoken with their times, in seconds from the first video frame.

    From subtitles beside the source, else heard by faster-whisper, once for the same bytes. Where
    there are no words, the reason is stored in their place; no word is ever invented.
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
        words = _heard_before(storage, document, origin)
        is_reused = words is not None
        if words is None:
            heard_by = transcriber.model or "subtitles"
            paid = metered(state, prices, str(key), CostKind.TRANSCRIPTION, heard_by)
            with paid as used_gpu:
                hear = partial(transcriber.transcribe, used_gpu=used_gpu)
                words = _words(storage, source, subtitles, hear, origin=origin)
        stored = keep(storage, document, words, origin=origin)
    return dg.MaterializeResult(metadata=file_metadata(stored, reused=is_reused) | _facts(words))


def _source(storage: Storage, key: CandidateKey) -> SourceFile:
    document = key.storage_key("source", "probe.json")
    return load(storage, document, SourceFile, made_by="source_video")


def _heard_before(storage: Storage, document: str, origin: str) -> Transcript | None:
    words = kept(storage, document, Transcript, origin=origin)
    # Without a model nothing was heard; there may be one now.
    return None if words and words.origin is TranscriptOrigin.NO_MODEL else words


def _words(
    storage: Storage,
    source: SourceFile,
    subtitles: SubtitleReader,
    hear: Callable[[Path, MediaProbe], Transcript],
    *,
    origin: str,
) -> Transcript:
    if source.subtitles is not None:
        return subtitles(
            storage.get_bytes(source.subtitles.key), name=f"subtitles of {source.name}"
        )
    # The same bytes say the same, whichever candidate they belong to.
    shared = f"sources/{source.video.sha256}/transcript.json"
    words = _heard_before(storage, shared, origin)
    if words is None:
        with storage.as_file(source.video.key) as path:
            words = hear(path, source.probe)
        keep(storage, shared, words, origin=origin)
    return words


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
    deps=[
        transcript,
        dg.AssetKey(["transform", "scene_map"]),
        dg.AssetKey(["transform", "edit_plan"]),
    ],
    kinds={"ass"},
    code_version=str(_CAPTION_TRACK_VERSION),
)
def caption_track(
    context: dg.AssetExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    storage: dg.ResourceParam[Storage],
    fonts: dg.ResourceParam[Fonts],
    language_models: dg.ResourceParam[Sequence[LanguageModel]],
    llm_budget: dg.ResourceParam[Budget],
    prices: dg.ResourceParam[Prices],
    caption_styles: dg.ResourceParam[Mapping[str, CaptionStyle]],
) -> dg.MaterializeResult[None]:
    """Captions on the edited timeline: ASS to burn in, SRT and WebVTT for players.

    They keep clear of faces, of text in the picture and of what platforms lay over it. Emoji and
    characters that no font draws are left out of the picture and named. Where recipe or niche ask
    for another language, language models translate them; where none does, they stay as spoken.
    """
    key = parse_candidate_key(context.partition_key)
    paid = metered(state, prices, str(key), CostKind.CAPTIONS, "caption_track")
    with dagster_failures("writing the captions"), paid:
        document = key.storage_key("captions", "transcript.json")
        words = load(storage, document, Transcript, made_by="transcript")
        document = key.storage_key("transform", "edit_plan.json")
        plan = load(storage, document, EditPlan, made_by="edit_plan")
        style = _chosen_style(caption_styles, plan.caption_style)
        asker = Asker(state=state, budget=llm_budget, niche=key.niche, candidate_key=str(key))
        desk = CaptionDesk(
            key=key,
            storage=storage,
            fonts=fonts,
            style=style,
            transcript=words,
            translator=Translator(key=key, storage=storage, asker=asker, models=language_models),
        )
        source = _source(storage, key)
        document = key.storage_key("transform", "scene_map.json")
        scenes = load(storage, document, SceneMap, made_by="scene_map")
        captions = [
            desk.write(plan, clip, obstacles_in(plan, clip, scenes=scenes, probe=source.probe))
            for clip in plan.clips
        ]
        track = CaptionTrack(clips=tuple(captions), note=words.note)
        document = key.storage_key("captions", "caption_track.json")
        stored = keep(storage, document, track, origin=made_from(version=_CAPTION_TRACK_VERSION))
    missing = sorted({each for clip in track.clips for each in clip.missing_characters})
    if missing:
        context.log.warning("No font draws %s: left out of the picture.", _named(missing))
    return dg.MaterializeResult(metadata=file_metadata(stored) | _shown(track, plan, missing))


def _shown(track: CaptionTrack, plan: EditPlan, missing: list[str]) -> Metadata:
    return {
        "lines": sum(clip.lines for clip in track.clips),
        "style": plan.caption_style if plan.has_captions else "the recipe wants no captions",
        "fonts": ", ".join(dict.fromkeys(font for clip in track.clips for font in clip.fonts)),
        "missing_characters": _named(missing),
        "emoji_left_out": " ".join(dict.fromkeys(e for clip in track.clips for e in clip.emoji)),
        "languages": ", ".join(dict.fromkeys(clip.language or "not known" for clip in track.clips)),
        "note": "; ".join(
            dict.fromkeys(filter(None, [track.note, *(c.note for c in track.clips)]))
        ),
    }


def _chosen_style(styles: Mapping[str, CaptionStyle], name: str) -> CaptionStyle:
    """The caption style ``name``.

    Raises:
        BadInput: there is none of that name; says which there are.
    """
    if name not in styles:
        raise BadInput(
            name, reason="names no caption style", remedy=f"There are: {', '.join(sorted(styles))}."
        )
    return styles[name]


def _named(characters: Iterable[str]) -> str:
    """Characters with their numbers and names, for people who see a box instead of them."""
    return ", ".join(
        f"{each} (U+{ord(each):04X} {unicodedata.name(each, 'without a name')})"
        for each in characters
    )
