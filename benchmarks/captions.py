"""The layout of the captions of ten thousand words, and what placing and writing them adds."""

import random
import sys
from collections.abc import Callable

from benchmarks._measure import in_turn, median_cpu_s, median_wall_s, report
from viral_forge_assets.definitions import shipped_caption_styles
from viral_forge_assets.domain.ass import to_ass
from viral_forge_assets.domain.caption_styles import CaptionStyle
from viral_forge_assets.domain.captioning import CaptionLine, caption_lines
from viral_forge_assets.domain.placement import limits_of, place_captions
from viral_forge_assets.domain.safe_zones import Frame
from viral_forge_resources.contracts.media import Word
from viral_forge_resources.media.font_chain import FontChain

_WORDS = 10_000
_LIMIT_S = 0.5
_STYLES = ("bold", "karaoke", "single")
_FRAME = Frame(width_px=1080, height_px=1920)
_VOCABULARY = (
    "the a of people really think that we need more practice, every day. something extraordinary"
    " about 20 kg sugar and 5 percent of it"
)


def main() -> int:
    """Print what a layout costs; 1 if the dearest style is over the limit."""
    words, fonts, styles = _talk(), FontChain(), shipped_caption_styles()
    laid_out = in_turn({name: _layout(words, styles[name], fonts) for name in _STYLES})
    lines = {name: _layout(words, styles[name], fonts)() for name in _STYLES}
    written = in_turn({name: _writing(lines[name], styles[name], fonts) for name in _STYLES})
    dearest = max(_STYLES, key=lambda name: median_cpu_s(laid_out[name]))
    return report(
        f"captions: layout of {_WORDS} words ({dearest}, the dearest of {', '.join(_STYLES)})",
        value=median_cpu_s(laid_out[dearest]),
        limit=_LIMIT_S,
        unit="CPU s",
        wall_s=median_wall_s(laid_out[dearest]),
        placing_and_writing_cpu_s=max(median_cpu_s(costs) for costs in written.values()),
    )


def _layout(
    words: list[Word], style: CaptionStyle, fonts: FontChain
) -> Callable[[], tuple[CaptionLine, ...]]:
    limits = limits_of(style, _FRAME)
    return lambda: caption_lines(words, limits, lambda text: fonts.width(style.shown(text)))


def _writing(
    lines: tuple[CaptionLine, ...], style: CaptionStyle, fonts: FontChain
) -> Callable[[], str]:
    def write() -> str:
        placed = place_captions(lines, style, _FRAME, fonts.width)
        return to_ass(placed, style, frame=_FRAME, family=fonts.family())

    return write


def _talk() -> list[Word]:
    dice = random.Random(1)  # noqa: S311  the same words every time
    words, at_s = [], 0.0
    for text in dice.choices(_VOCABULARY.split(), k=_WORDS):
        end_s = at_s + 0.08 + 0.04 * len(text)
        words.append(Word(text=text, start_s=at_s, end_s=end_s))
        at_s = end_s + (0.5 if text.endswith(".") else 0.02)
    return words


if __name__ == "__main__":
    sys.exit(main())
