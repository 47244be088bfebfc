"""Emoji: libass draws none in colour, so captions leave them out; titles and SRT keep them."""

import unicodedata

_ALONE = frozenset(
    "⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕"  # noqa: RUF001
)
"""Of the older symbols, those with Emoji_Presentation. Source: https://www.unicode.org/reports/tr51/"""
_AS_EMOJI = "\ufe0f"
_AS_TEXT = "\ufe0e"
_KEYCAP = "\u20e3"
_JOINER = "\u200d"


def parted(text: str) -> tuple[str, str]:
    """``text`` without its emoji, and the emoji; a digit on a key stays, without the key."""
    kept: list[str] = []
    left_out: list[str] = []
    following = [*text[1:], ""]
    for character, after in zip(text, following, strict=True):
        if _is_emoji(character, after):
            left_out.append(character)
        elif character == _JOINER and left_out and not (kept and kept[-1].isalpha()):
            continue
        elif character not in {_AS_EMOJI, _AS_TEXT, _KEYCAP}:
            kept.append(character)
    return "".join(kept), "".join(left_out)


def _is_emoji(character: str, after: str) -> bool:
    if character < "\u2000":
        return False
    if after == _AS_TEXT:
        return False
    if character in _ALONE or after == _AS_EMOJI:
        return True
    is_pictograph = "\U0001f000" <= character <= "\U0001faff"
    is_tag = "\U000e0020" <= character <= "\U000e007f"
    return is_tag or (is_pictograph and unicodedata.category(character) in {"So", "Sk", "Cn"})
