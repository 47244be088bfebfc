"""Reads SRT and WebVTT: untrusted text in, words with times out."""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import Transcript, TranscriptOrigin, Word

_MAX_BYTES = 10_000_000  # four hours of rolling captions take 3 MB
_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_INLINE_TIME = re.compile(rf"<{_TIME}>")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
_ESCAPED_SPACE = re.compile(r"\\[Nnh]")
_INDEX = re.compile(r"\s*\d{1,9}\s*")
_JOINERS = "\u200c\u200d"  # Persian, Indic scripts and emoji are spelt with them
_ASCII = bytes(range(128))
_ASCII_BUT_LETTERS = bytes(byte for byte in _ASCII if not chr(byte).isalpha())
_MOST_NON_ASCII = 0.3  # of the letters of a Western European text
_TOGETHER = 0.25  # of the shorter cue
_ROLLING_SHARE = 1 / 3  # YouTube shows each line a second time alone
_FEWEST_ROLLING_CUES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cue:
    start_s: float
    end_s: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """Text of which no finer time is known."""

    start_s: float
    end_s: float
    texts: tuple[str, ...]


def parse_subtitles(content: bytes, *, name: str) -> tuple[Word, ...]:
    """The words of an SRT or WebVTT file, in time order.

    Raises:
        BadInput: no subtitle in it, or its encoding cannot be told.
    """
    return read_subtitles(content, name=name).words


def read_subtitles(content: bytes, *, name: str) -> Transcript:
    """The words of an SRT or WebVTT file and whether their times were measured.

    Words that share one time, such as all words of an SRT cue, divide it by their length.

    Raises:
        BadInput: no subtitle in it, or its encoding cannot be told.
    """
    cues = _cues(_decoded(content, name=name))
    if not cues:
        raise BadInput(
            name,
            reason="holds no subtitle with a time",
            remedy="Save it as SRT or WebVTT, or remove it to have the speech recognised.",
        )
    pieces = [piece for cue in _untangled(cues) for piece in _pieces(cue)]
    words = [
        word
        for piece in pieces
        for word in shared_out(piece.texts, start_s=piece.start_s, end_s=piece.end_s)
    ]
    return Transcript(
        origin=TranscriptOrigin.SUBTITLES,
        words=tuple(sorted(words, key=lambda word: word.start_s)),
        is_timing_estimated=any(len(piece.texts) > 1 for piece in pieces),
    )


def shared_out(texts: Sequence[str], *, start_s: float, end_s: float) -> list[Word]:
    """The words of a stretch of speech, its time divided by their length."""
    total = sum(len(text) for text in texts)
    words = []
    done = 0
    for text in texts:
        from_s = start_s + (end_s - start_s) * done / total
        done += len(text)
        to_s = start_s + (end_s - start_s) * done / total
        words.append(Word(text=text, start_s=round(from_s, 3), end_s=round(to_s, 3)))
    return words


def _decoded(content: bytes, *, name: str) -> str:
    if len(content) > _MAX_BYTES:
        raise BadInput(
            name,
            reason=f"is larger than {_MAX_BYTES // 1_000_000} MB, too large for subtitles",
            remedy="Give the subtitles of this video only.",
        )
    for encoding in _likely_encodings(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(
        name,
        reason="is in an encoding that cannot be told",
        remedy="Save it as UTF-8.",
    )


def _likely_encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if content[:400].count(b"\0") > len(content[:400]) // 4:
        return ("utf-16-le",) if content[1:2] == b"\0" else ("utf-16-be",)
    return ("utf-8-sig", "cp1252", "latin-1") if _looks_western(content) else ("utf-8-sig",)


def _looks_western(content: bytes) -> bool:
    letters = len(content.translate(None, _ASCII_BUT_LETTERS))
    non_ascii = len(content.translate(None, _ASCII))
    not_utf8 = len(content) - len(content.decode("utf-8", "ignore").encode())
    # Cyrillic and Greek code pages decode as Western too, to nonsense: there nearly every letter is
    # above ASCII. UTF-8 with a broken byte would as well: there most of them are whole.
    return non_ascii <= letters * _MOST_NON_ASCII and not_utf8 > non_ascii / 2


def _cues(text: str) -> list[_Cue]:
    lines = re.split(r"\r\n|\r|\n", text)
    # In WebVTT a blank line ends the cue; in SRT only the next time does, as players read it.
    ends_at_blank = lines[0].lstrip("\ufeff").startswith("WEBVTT")
    found: list[tuple[float, float, list[str]]] = []
    is_open = False
    for line in lines:
        timing = _TIMING.fullmatch(line)
        if timing is not None:
            if found and not ends_at_blank:
                _drop_index(found[-1][2])
            found.append((_seconds(*timing.groups()[:4]), _seconds(*timing.groups()[4:]), []))
            is_open = True
        elif ends_at_blank and not line.strip():
            is_open = False
        elif is_open:
            found[-1][2].append(line)
    return [
        _Cue(start_s=start, end_s=max(start, end), lines=tuple(texts))
        for start, end, texts in found
    ]


def _drop_index(lines: list[str]) -> None:
    if lines and _INDEX.fullmatch(lines[-1]):
        lines.pop()


def _seconds(
    hours: str | None, minutes: str | None, seconds: str | None, fraction: str | None
) -> float:
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + float(f"0.{fraction or 0}")


def _untangled(cues: list[_Cue]) -> list[_Cue]:
    """Cues in time order, none over another."""
    groups: list[list[_Cue]] = []
    for cue in sorted(_without_repeats(cues), key=lambda cue: cue.start_s):
        if groups and _are_together(groups[-1][0], cue):
            groups[-1].append(cue)
        else:
            groups.append([cue])
    starts = [group[0].start_s for group in groups]
    ends = [min(cue.end_s for cue in group) for group in groups]
    return [
        _Cue(
            start_s=start_s,
            end_s=min(end_s, next_s),
            lines=tuple(line for cue in group for line in cue.lines),
        )
        for group, start_s, end_s, next_s in zip(
            groups, starts, ends, [*starts[1:], ends[-1]], strict=True
        )
    ]


def _are_together(first: _Cue, second: _Cue) -> bool:
    """Two speakers at once; a title that stays while others speak is not meant."""
    shorter_s = min(first.end_s - first.start_s, second.end_s - second.start_s)
    return second.start_s - first.start_s < shorter_s * _TOGETHER


def _without_repeats(cues: list[_Cue]) -> list[_Cue]:
    """Cues without the lines that rolling captions (YouTube's automatic ones) show again."""
    shown = [tuple(text for line in cue.lines if (text := " ".join(_texts(line)))) for cue in cues]
    rolls = [len(now) > 1 and now[:1] == before[-1:] for before, now in pairwise(shown)]
    if len(cues) < _FEWEST_ROLLING_CUES or sum(rolls) < len(rolls) * _ROLLING_SHARE:
        return cues
    kept = cues[:1]
    before: tuple[str, ...] = shown[0]
    for cue, now in zip(cues[1:], shown[1:], strict=True):
        fresh = tuple(line for line in cue.lines if " ".join(_texts(line)) not in before)
        if fresh:
            kept.append(replace(cue, lines=fresh))
        before = now or before
    return kept


def _pieces(cue: _Cue) -> list[_Piece]:
    """The cue cut at the times that stand inside its text."""
    text = " ".join(cue.lines)
    marks = [
        (min(max(_seconds(*mark.groups()), cue.start_s), cue.end_s), mark)
        for mark in _INLINE_TIME.finditer(text)
    ]
    starts = [cue.start_s, *(at for at, _ in marks)]
    ends = [*starts[1:], cue.end_s]
    froms = [0, *(mark.end() for _, mark in marks)]
    tos = [*(mark.start() for _, mark in marks), len(text)]
    return [
        _Piece(start_s=start, end_s=max(start, end), texts=texts)
        for start, end, begin, stop in zip(starts, ends, froms, tos, strict=True)
        if (texts := _texts(text[begin:stop]))
    ]


def _texts(text: str) -> tuple[str, ...]:
    """The words of a line of markup: tags, overrides and invisible characters are gone."""
    plain = _TAG.sub("", _INLINE_TIME.sub("", _OVERRIDE.sub("", text)))
    spaced = _ESCAPED_SPACE.sub(" ", plain)
    visible = "".join(map(_visible, html.unescape(spaced)))
    return tuple(word for word in visible.split() if word.strip(_JOINERS))


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    if character in _JOINERS or unicodedata.category(character)[0] != "C":
        return character
    return ""
