"""Writes the captions of one candidate's clips: drawn, and as files for players."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from viral_forge_assets.domain.ass import to_ass
from viral_forge_assets.domain.caption_styles import CaptionStyle, with_accent
from viral_forge_assets.domain.caption_words import cleaned
from viral_forge_assets.domain.captioning import caption_lines
from viral_forge_assets.domain.clip_times import jumps_back_s
from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan, words_in_clip
from viral_forge_assets.domain.placement import (
    Obstacle,
    PlacedCaption,
    limits_of,
    place_captions,
)
from viral_forge_assets.domain.safe_zones import Frame
from viral_forge_assets.domain.subtitle_text import subtitle_lines, to_srt, to_vtt
from viral_forge_assets.domain.translation import Translation
from viral_forge_assets.translating import Translator
from viral_forge_resources.contracts.keys import CandidateKey
from viral_forge_resources.contracts.media import Transcript
from viral_forge_resources.contracts.media_ports import Fonts
from viral_forge_resources.contracts.storage import Storage, StoredFile
from viral_forge_resources.contracts.works import (
    ClipCaptions,
    ShownCaption,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionDesk:
    """Writes captions of one candidate's clips into storage."""

    key: CandidateKey
    storage: Storage
    fonts: Fonts
    style: CaptionStyle
    transcript: Transcript
    translator: Translator

    def write(
        self, plan: EditPlan, clip: ClipPlan, obstacles: Sequence[Obstacle] = ()
    ) -> ClipCaptions:
        """Captions of a clip; without lines where nothing is said, or the recipe wants none."""
        spoken = words_in_clip(self.transcript.words, clip.segments)
        if not spoken or not plan.has_captions:
            return ClipCaptions(number=clip.number, lines=0)
        said = self.translator.translate(
            spoken, language=self.transcript.language, to=plan.translate_to
        )
        return replace(
            self._drawn(plan, clip, said, obstacles), language=said.language, note=said.note
        )

    def _drawn(
        self, plan: EditPlan, clip: ClipPlan, said: Translation, obstacles: Sequence[Obstacle]
    ) -> ClipCaptions:
        words = cleaned(said.words, self.fonts.missing)
        text = "".join(self._shown(word.text, said.language) for word in words.words)
        style = replace(self.style, font_size=self.style.font_size * self.fonts.row_height(text))
        style = with_accent(style, clip.look.accent if clip.look else None)
        frame = Frame(width_px=plan.width_px, height_px=plan.height_px)
        breaks_s = jumps_back_s(clip.segments)
        placed = self._placed(replace(said, words=words.words), style, frame, obstacles, breaks_s)
        fonts = self.fonts.used_for(text)
        ass = to_ass(
            placed,
            style,
            frame=frame,
            family=self.fonts.family(),
            fonts=fonts,
            language=said.language,
        )
        subtitles = subtitle_lines(said.words)
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
        said: Translation,
        style: CaptionStyle,
        frame: Frame,
        obstacles: Sequence[Obstacle],
        breaks_s: Sequence[float],
    ) -> tuple[PlacedCaption, ...]:
        def measure(text: str) -> float:
            return self.fonts.width(self._shown(text, said.language))

        lines = caption_lines(said.words, limits_of(style, frame), measure, breaks_s=breaks_s)
        return place_captions(lines, style, frame, measure, obstacles)

    def _shown(self, text: str, language: str | None) -> str:
        return self.style.shown(text, language=language)

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
