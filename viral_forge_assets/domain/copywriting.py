"""The words of a post, made from what is known of its clip; says nothing that the clip does not."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from viral_forge_assets.domain.stop_words import STOP_WORDS
from viral_forge_assets.domain.title_styles import has_style, spoken_title
from viral_forge_resources.contracts.counting_text import (
    ELLIPSIS,
    Unit,
    counted,
    shortened,
    without,
)
from viral_forge_resources.contracts.errors import Permanent
from viral_forge_resources.contracts.experiments import TitleStyle
from viral_forge_resources.contracts.media import Transcript
from viral_forge_resources.contracts.publishing import PostText, TextLimits

_MEDIA_FILE = re.compile(r"\.(3gp|avi|flv|m4v|mkv|mov|mp4|mpe?g|ogv|ts|webm|wmv)$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…\u3002\uff01\uff1f]+[\"'\u201d\u2019)]*$")
_WORD = re.compile(r"[^\W\d_]{4,20}")
# They change how the text around them is shown, and no post needs them.
_DIRECTION_MARKS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# A hook is read at a glance: about two lines of a phone.
_LONGEST_HOOK = 160
_LONGEST_UNPUNCTUATED_HOOK_WORDS = 18
# More than a handful reads as spam on every platform.
_MOST_TAGS = 8
# A word of the title says more about the clip than one that was spoken once.
_TITLE_WEIGHT = 3
_LEAST_WEIGHT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidWords:
    """What a post says of money.

    Attributes:
        notice: that somebody pays for it; stands first, where nobody has to unfold it.
        lines: where to buy; below the words, above what is owed to others.
    """

    notice: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Title, description and tags that a model wrote for one clip on one platform.

    Attributes:
        written_by: provider and model.
        style: what the title was asked to do, and does.
    """

    title: str
    description: str
    tags: tuple[str, ...]
    written_by: str
    style: TitleStyle | None = None


def compose_text(
    *,
    title: str,
    niche: str,
    transcript: Transcript | None,
    attribution: str | None,
    limits: TextLimits,
    tags: tuple[str, ...] = (),
    paid: PaidWords = PaidWords(),
    copy: Copy | None = None,
    style: TitleStyle | None = None,
) -> PostText:
    """Title, description and tags of a post, inside ``limits``.

    The attribution stands at the end of the description and is never shortened.

    Args:
        title: the source's own; a file name will do.
        niche: its name, which becomes the first tag.
        transcript: words of the clip; None or an empty one gives a post without a hook.
        attribution: text that is owed beside every use; None where none is.
        limits: of the platform.
        tags: what is always added, most important first.
        paid: what is said of money; lines that do not fit are left out, the notice never is.
        copy: what a model wrote; None: the words are those of the clip.
        style: what the title shall do; where nothing that is known makes such a title it does what
            it usually does, and ``title_style`` is None.

    Raises:
        Permanent: the description may not hold even the attribution.
    """
    spoken = tuple(clean(word.text) for word in transcript.words) if transcript else ()
    heading = clean_title(title) or _hook(spoken) or clean(niche.replace("-", " "))
    owed = without(clean(attribution), limits.forbidden) if attribution else None
    titled, has_it = _titled(heading, transcript, limits, copy, style)
    said = copy.description if copy else _hook(spoken)
    found = copy.tags if copy else _salient_words(heading, spoken)
    return PostText(
        title=shortened(without(titled, limits.forbidden), limits.max_title, limits.unit),
        description=_description(said, owed or None, limits, paid),
        tags=_tags((niche, *tags, *found), limits.max_tags),
        attribution=owed or None,
        written_by=copy.written_by if copy else None,
        title_style=style if has_it else None,
    )


def _titled(
    heading: str,
    transcript: Transcript | None,
    limits: TextLimits,
    copy: Copy | None,
    style: TitleStyle | None,
) -> tuple[str, bool]:
    """A title, and whether it does what ``style`` says."""
    if copy is not None:
        return copy.title, copy.style is style
    words = transcript.words if transcript else ()
    if style is None or not words:
        return heading, False
    said = " ".join(word.text for word in words)
    spoken = spoken_title(
        [replace(word, text=clean(word.text)) for word in words],
        style,
        language=transcript.language if transcript else None,
        most=limits.max_title,
        unit=limits.unit,
    )
    chosen = spoken or heading
    return chosen, has_style(chosen, style, said=said)


def clean(text: str) -> str:
    """``text`` on one line, without characters that cannot be seen or that turn text around."""
    kept = (
        " " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character
        for character in unicodedata.normalize("NFC", text)
        if unicodedata.category(character) not in {"Cs", "Co", "Cn"}
        and character not in _DIRECTION_MARKS
    )
    return " ".join("".join(kept).replace("\ufeff", "").split())


def clean_title(title: str) -> str:
    """``title`` as a heading: a file name loses its ending and its underscores."""
    cleaned = clean(title)
    stem = _MEDIA_FILE.sub("", cleaned)
    if stem != cleaned or " " not in stem:
        stem = stem.replace("_", " ")
    return " ".join(stem.split())


def numbered(text: PostText, *, number: int, of: int, limits: TextLimits) -> PostText:
    """``text`` with ``(2/3)`` behind its title, so that clips of one source can be told apart."""
    if of <= 1:
        return text
    ending = f" ({number}/{of})"
    room = None if limits.max_title is None else max(limits.max_title - len(ending), 0)
    return replace(text, title=shortened(text.title, room, limits.unit) + ending)


def _hook(spoken: tuple[str, ...]) -> str:
    """The first sentence, or the first two where both fit; empty where nothing is said."""
    ends = [place for place, word in enumerate(spoken, 1) if _SENTENCE_END.search(word)][:2]
    for end in reversed(ends):
        hook = " ".join(spoken[:end])
        if len(hook) <= _LONGEST_HOOK:
            return hook
    words = spoken[: ends[0]] if ends else spoken[:_LONGEST_UNPUNCTUATED_HOOK_WORDS]
    hook = " ".join(words)
    if not ends and len(words) < len(spoken):
        hook += ELLIPSIS
    return shortened(hook, _LONGEST_HOOK)


def _description(said: str, owed: str | None, limits: TextLimits, paid: PaidWords) -> str:
    """Notice, words, where to buy, what is owed: in this order; only the words are shortened."""
    limit, unit = limits.max_description, limits.description_unit
    notice = without(clean(paid.notice), limits.forbidden)
    lines = [without(clean(line), limits.forbidden) for line in paid.lines]
    before = [notice] if notice else []
    after = [owed] if owed else []
    if limit is not None and counted(_joined([*before, *after]), unit) > limit:
        raise Permanent(
            f"a description may have {limit} {unit}: too few for the attribution that is owed, and"
            f" for what is said of money: {_joined([*before, *after])!r}"
        )
    while lines and limit is not None and _size(before, lines, after, unit) > limit:
        lines.pop()
    after = ["\n".join(lines), *after] if lines else after
    hook = without(said, limits.forbidden)
    if limit is not None:
        parting = counted(_joined([*before, "", *after]), unit) if before or after else 0
        room = limit - parting
        hook = shortened(hook, room, unit) if room > len(ELLIPSIS) else ""
    return _joined([*before, hook, *after] if hook.strip(ELLIPSIS) else [*before, *after])


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(parts)


def _size(before: Sequence[str], lines: Sequence[str], after: Sequence[str], unit: Unit) -> int:
    return counted(_joined([*before, "\n".join(lines), *after]), unit)


def _salient_words(title: str, spoken: tuple[str, ...]) -> tuple[str, ...]:
    """Words that matter most, best first: of the title, and those said more than once."""
    in_title = [word for word in _words(title) if word not in STOP_WORDS]
    in_speech = [word for word in _words(" ".join(spoken)) if word not in STOP_WORDS]
    weights = Counter(in_speech)
    for word in dict.fromkeys(in_title):
        weights[word] += _TITLE_WEIGHT
    order = {word: place for place, word in enumerate(dict.fromkeys(in_title + in_speech))}
    ranked = sorted(weights, key=lambda word: (-weights[word], order[word]))
    return tuple(word for word in ranked if weights[word] >= _LEAST_WEIGHT)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _tags(wanted: tuple[str, ...], limit: int | None) -> tuple[str, ...]:
    """Each tag as one word, once; one that does not fit leaves room for a shorter one."""
    chosen: list[str] = []
    used = 0
    for tag in dict.fromkeys(re.sub(r"[\W_]+", "", clean(word).casefold()) for word in wanted):
        cost = len(tag) + (1 if chosen else 0)
        if not tag or (limit is not None and used + cost > limit):
            continue
        chosen.append(tag)
        used += cost
        if len(chosen) == _MOST_TAGS:
            break
    return tuple(chosen)
