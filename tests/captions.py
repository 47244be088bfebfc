"""Words and styles for tests of captions."""

from pathlib import Path

import viral_forge_assets
from viral_forge_assets.domain.ass import to_ass
from viral_forge_assets.domain.caption_styles import CaptionStyle, parse_caption_style
from viral_forge_assets.domain.captioning import CaptionLine, caption_lines, joined
from viral_forge_assets.domain.placement import (
    Obstacle,
    PlacedCaption,
    limits_of,
    place_captions,
)
from viral_forge_assets.domain.safe_zones import Frame
from viral_forge_resources.contracts.media import Word
from viral_forge_resources.media.font_chain import FontChain

UPRIGHT = Frame(width_px=360, height_px=640)
FONTS = FontChain()
_FOLDER = Path(viral_forge_assets.__file__).parent / "caption_styles"
STYLES = {
    path.stem: parse_caption_style(path.read_bytes(), name=path.stem)
    for path in sorted(_FOLDER.glob("*.json"))
}


def said(text: str, *, at: float = 0.0, each: float = 0.4) -> list[Word]:
    """The words of ``text``, one after another."""
    return [
        Word(text=word, start_s=at + each * number, end_s=at + each * (number + 1))
        for number, word in enumerate(text.split())
    ]


def lines_of(
    words: list[Word], style: CaptionStyle, frame: Frame = UPRIGHT
) -> tuple[CaptionLine, ...]:
    """The captions of this style."""
    return caption_lines(
        words, limits_of(style, frame), lambda text: FONTS.width(style.shown(text))
    )


def rows_of(lines: tuple[CaptionLine, ...]) -> list[str]:
    """What each caption shows, its rows parted by a stroke."""
    return [" / ".join(joined(row) for row in line.rows) for line in lines]


def placed(
    words: list[Word],
    style: CaptionStyle,
    frame: Frame = UPRIGHT,
    obstacles: tuple[Obstacle, ...] = (),
) -> tuple[PlacedCaption, ...]:
    """The captions of this style where they stand."""
    lines = lines_of(words, style, frame)
    return place_captions(
        lines, style, frame, lambda text: FONTS.width(style.shown(text)), obstacles
    )


def drawn(words: list[Word], style: CaptionStyle, frame: Frame = UPRIGHT) -> str:
    """The captions of this style as ASS."""
    captions = placed(words, style, frame)
    return to_ass(captions, style, frame=frame, family=FONTS.family())
