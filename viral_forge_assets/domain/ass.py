"""Captions as the text of an ASS file, in which no word can be taken for a command."""

import unicodedata
from collections.abc import Sequence

from viral_forge_assets.domain.caption_effects import Drawing, drawings
from viral_forge_assets.domain.caption_styles import CaptionStyle, Effect
from viral_forge_assets.domain.caption_text import Pencil, bgr
from viral_forge_assets.domain.placement import PlacedCaption
from viral_forge_assets.domain.safe_zones import Frame

# YCbCr Matrix: None draws the colours as they are written, whatever the video's matrix.
# Encoding -1: each row's direction is that of its own letters, also across a change of colour.
# Language chooses among the shapes that Chinese, Japanese and Korean give one character.
_HEADER = """\
[Script Info]
; style: {style}
; fonts: {fonts}
ScriptType: v4.00+
PlayResX: {width_px}
PlayResY: {height_px}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: None
{language}
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, \
Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Caption,{family},{size_px},{primary},{secondary},{outline_colour},{back},-1,0,0,0,100,\
100,0,0,{border},{outline_px:.1f},{shadow_px:.1f},5,0,0,0,-1
Style: Spoken,{family},{size_px},&HFF000000,&HFF000000,{word_box},&HFF000000,-1,0,0,0,100,\
100,0,0,3,{padding_px:.1f},0,5,0,0,0,-1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
_BEHIND_ALL_ROWS = 4  # border style: one box, as wide as its shadow
_OUTLINED = 1


def to_ass(
    captions: Sequence[PlacedCaption],
    style: CaptionStyle,
    *,
    frame: Frame,
    family: str,
    fonts: Sequence[str] = (),
    language: str | None = None,
) -> str:
    """The captions as an ASS file for a frame of this size.

    Args:
        captions: as they were placed on that frame.
        style: how they look and move.
        frame: of the clip.
        family: of the fonts.
        fonts: names and versions of those that draw the text; written into the file, so that it
            changes with them.
        language: of the words, two or three letters, if it is known.
    """
    pencil = Pencil(style=style, frame=frame, language=language)
    events = [
        _dialogue(drawing)
        for caption in captions
        for drawing in drawings(caption, pencil)
        if round(drawing.start_s * 100) < round(drawing.end_s * 100)
    ]
    header = _header(style, frame, family=family, fonts=fonts, language=language)
    return header + "".join(events)


def _dialogue(drawing: Drawing) -> str:
    times = f"{_time(round(drawing.start_s * 100))},{_time(round(drawing.end_s * 100))}"
    return f"Dialogue: {drawing.layer},{times},Caption,,0,0,0,,{drawing.text}\n"


def _header(
    style: CaptionStyle,
    frame: Frame,
    *,
    family: str,
    fonts: Sequence[str],
    language: str | None,
) -> str:
    unit_px = frame.unit_px
    is_swept = style.effect is Effect.SWEEP
    primary = style.accent if is_swept and style.accent else style.colour
    opacity = style.box_opacity if style.box else 0.5
    return _HEADER.format(
        style=f"{style.name}@{style.version}",
        fonts="; ".join(_plain(name) for name in fonts) or "not told",
        width_px=frame.width_px,
        height_px=frame.height_px,
        language=f"Language: {language}\n" if language and language.isalpha() else "",
        family=_plain(family).replace(",", " "),
        size_px=round(style.font_size * unit_px),
        primary=f"&H00{bgr(primary)}",
        secondary=f"&H00{bgr(style.colour)}",
        outline_colour=f"&H00{bgr(style.outline_colour)}",
        back=f"&H{round(255 * (1 - opacity)):02X}{bgr(style.box or '000000')}",
        border=_BEHIND_ALL_ROWS if style.box else _OUTLINED,
        outline_px=style.outline * unit_px,
        shadow_px=(style.padding() if style.box else style.shadow) * unit_px,
        word_box=f"&H00{bgr(style.accent_box or '000000')}",
        padding_px=style.padding() * unit_px,
    )


def _plain(name: str) -> str:
    return "".join(" " if unicodedata.category(each)[0] == "C" else each for each in name)


def _time(centiseconds: int) -> str:
    seconds, rest = divmod(centiseconds, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:02d}"
