"""Stage 3, by candidate: the words as spoken, and the captions as shown."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import dagster as dg

from viral_forge_assets.domain.ass import to_ass
from viral_forge_assets.domain.caption_styles import CaptionStyle, with_accent
from viral_forge_assets.domain.caption_words import cleaned
from viral_forge_assets.domain.captioning import caption_lines
from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan, words_in_clip
from viral_forge_assets.domain.obstacles import obstacles_of
from viral_forge_assets.domain.placement import (
    Obstacle,
    PlacedCaption,
    limits_of,
    place_captions,
)
from viral_forge_assets.domain.safe_zones import Frame
from viral_forge_assets.domain.subtitle_text import subtitle_lines, to_srt, to_vtt
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.metadata import Metadata, file_metadata
from viral_forge_assets.partitions import candidate_partitions
from viral_forge_assets.provenance import keep, kept, load, made_from
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.keys import CandidateKey, parse_candidate_key
from viral_forge_resources.contracts.media import SceneMap, Transcript, TranscriptOrigin, Word
from viral_forge_resources.contracts.media_ports import Fonts, SubtitleReader, Transcriber
from viral_forge_resources.contracts.storage import Storage, StoredFile
from viral_forge_resources.contracts.works import (
    CaptionTrack,
    ClipCaptions,
    ShownCaption,
    SourceFile,
)

_TRANSCRIPT_VERSION = 2
_CAPTION_TRACK_VERSION = 3
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
    storage: dg.ResourceParam[Storage],
    fonts: dg.ResourceParam[Fonts],
    caption_styles: dg.ResourceParam[Mapping[str, CaptionStyle]],
) -> dg.MaterializeResult[None]:
    """Captions on the edited timeline: ASS to burn in, SRT and WebVTT for players.

    They keep clear of faces, of text in the picture and of what platforms lay over it. Emoji and
    characters that no font draws are left out of the picture and named.
    """
    key = parse_candidate_key(context.partition_key)
    with dagster_failures("writing the captions"):
        document = key.storage_key("captions", "transcript.json")
        words = load(storage, document, Transcript, made_by="transcript")
        document = key.storage_key("transform", "edit_plan.json")
        plan = load(storage, document, EditPlan, made_by="edit_plan")
        style = _chosen_style(caption_styles, plan.caption_style)
        desk = _CaptionDesk(key=key, storage=storage, fonts=fonts, style=style, transcript=words)
        in_the_way = _Picture(
            source=_source(storage, key),
            scenes=load(
                storage,
                key.storage_key("transform", "scene_map.json"),
                SceneMap,
                made_by="scene_map",
            ),
        )
        captions = [desk.write(plan, clip, in_the_way.obstacles(plan, clip)) for clip in plan.clips]
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
        "note": track.note or "",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    """What is seen in the source."""

    source: SourceFile
    scenes: SceneMap

    def obstacles(self, plan: EditPlan, clip: ClipPlan) -> tuple[Obstacle, ...]:
        """What captions should not cover in a clip."""
        return obstacles_of(
            self.scenes,
            clip.segments,
            clip.framing,
            probe=self.source.probe,
            frame=Frame(width_px=plan.width_px, height_px=plan.height_px),
            is_mirrored=clip.is_mirrored,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _CaptionDesk:
    """Writes captions of one candidate's clips into storage."""

    key: CandidateKey
    storage: Storage
    fonts: Fonts
    style: CaptionStyle
    transcript: Transcript

    def write(
        self, plan: EditPlan, clip: ClipPlan, obstacles: Sequence[Obstacle] = ()
    ) -> ClipCaptions:
        """Captions of a clip; without lines where nothing is said, or the recipe wants none."""
        heard = words_in_clip(self.transcript.words, clip.segments)
        if not heard or not plan.has_captions:
            return ClipCaptions(number=clip.number, lines=0)
        words = cleaned(heard, self.fonts.missing)
        text = "".join(self._shown(word.text) for word in words.words)
        style = replace(self.style, font_size=self.style.font_size * self.fonts.row_height(text))
        style = with_accent(style, clip.look.accent if clip.look else None)
        frame = Frame(width_px=plan.width_px, height_px=plan.height_px)
        placed = self._placed(words.words, style, frame, obstacles)
        fonts = self.fonts.used_for(text)
        ass = to_ass(
            placed,
            style,
            frame=frame,
            family=self.fonts.family(),
            fonts=fonts,
            language=self.transcript.language,
        )
        subtitles = subtitle_lines(heard)
        return ClipCaptions(
            number=clip.number,
            lines=len(placed),
            ass=self._store(clip, "ass", ass),
            srt=self._store(clip, "srt", to_srt(subtitles)),
            vtt=self._store(clip, "vtt", to_vtt(subtitles)),
            missing_characters=words.missing,
            emoji=words.emoji,
            fonts=fonts,
            shown=tuple(map(_shown_caption, placed)),
        )

    def _placed(
        self,
        words: Sequence[Word],
        style: CaptionStyle,
        frame: Frame,
        obstacles: Sequence[Obstacle],
    ) -> tuple[PlacedCaption, ...]:
        def measure(text: str) -> float:
            return self.fonts.width(self._shown(text))

        lines = caption_lines(words, limits_of(style, frame), measure)
        return place_captions(lines, style, frame, measure, obstacles)

    def _shown(self, text: str) -> str:
        return self.style.shown(text, language=self.transcript.language)

    def _store(self, clip: ClipPlan, ending: str, text: str) -> StoredFile:
        key = self.key.storage_key("captions", f"clip-{clip.number}.{ending}")
        return self.storage.put_bytes(text.encode(), key)


def _shown_caption(caption: PlacedCaption) -> ShownCaption:
    return ShownCaption(
        start_s=caption.line.start_s,
        end_s=caption.line.end_s,
        words=caption.line.words,
        left=caption.box.left,
        top=caption.box.top,
        right=caption.box.right,
        bottom=caption.box.bottom,
    )
