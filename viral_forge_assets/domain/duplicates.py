"""Which videos are one and the same, seen on several platforms or put there twice."""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from rapidfuzz import fuzz

from viral_forge_assets.domain.addresses import canonical_address
from viral_forge_resources.contracts.scanning import NichePolicy, ScannedVideo

_HASH_BITS = 64
_MOST_BITS_APART = 15  # beyond, pictures that have nothing in common would be one
_RARE_WORDS = 4
_MOST_COMPARED = 200  # of the titles that share a rare word, the length and the numbers
_LEAST_BYTES = 12  # of a title: shorter ones, such as "Funny cat", many videos have
_PLACEHOLDER = 4  # more videos than this with the very same picture: it is the platform's own
_TOLERANCE = 0.02
_TOLERANCE_S = 1.5  # platforms round to seconds, and their encoders add some frames
_OFFSET_S = _TOLERANCE_S / _TOLERANCE
_HASHTAG = re.compile(r"#\w+")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")
_LONGEST_WORD = 3  # of other scripts, where words may not be set apart

_Block = tuple[str, int, str]  # a rare word, the slot of the length, the numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """What a video is compared by.

    Attributes:
        key: names it in the answer.
        addresses: canonical ones.
        title: made comparable.
    """

    key: str
    addresses: frozenset[str]
    title: str
    duration_s: float | None = None
    thumbnail_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Which video it is that another one is the same as, and how that is known."""

    of: str
    why: str


def comparable(key: str, video: ScannedVideo, *, thumbnail_hash: str | None = None) -> Comparable:
    """``video`` as it is compared."""
    addresses = (canonical_address(each) for each in (video.page_url or "", video.locator))
    return Comparable(
        key=key,
        addresses=frozenset(each for each in addresses if each is not None),
        title=comparable_title(video.title),
        duration_s=video.duration_s,
        thumbnail_hash=thumbnail_hash,
    )


def comparable_title(title: str) -> str:
    """Its words alone, in small letters; hashtags are left out unless it has nothing else."""
    text = unicodedata.normalize("NFKC", title).casefold()
    words = _WORD.findall(_HASHTAG.sub(" ", text)) or _WORD.findall(text)
    return " ".join(words)


class Originals:
    """Videos, each of which no other one of them is the same as; finds the twin of one more.

    Twins by title share one of their rarest words, their numbers, and their length within the
    tolerance. Of twins by thumbnail, whose hashes differ in d bits at most, one of d + 1
    stretches of the hash is the same. So each is compared with a few only.
    """

    def __init__(self, videos: Sequence[Comparable], policy: NichePolicy) -> None:
        """None yet.

        Args:
            videos: all that will be compared: says which words are rare.
            policy: how alike titles and thumbnails have to be.
        """
        self._similarity = 100 * policy.title_similarity
        self._distance = max(0, min(policy.thumbnail_distance, _MOST_BITS_APART))
        self._words = Counter(word for each in videos for word in _pieces(each.title))
        self._pictures = Counter(each.thumbnail_hash for each in videos)
        self._by_address: dict[str, Comparable] = {}
        self._by_title: defaultdict[str, list[Comparable]] = defaultdict(list)
        self._by_word: defaultdict[_Block, list[Comparable]] = defaultdict(list)
        self._by_stretch: defaultdict[tuple[int, int], list[Comparable]] = defaultdict(list)

    def add(self, video: Comparable) -> None:
        """Compare those that come after it with ``video``, too."""
        for address in video.addresses:
            self._by_address.setdefault(address, video)
        if _says_enough(video.title):
            self._by_title[video.title].append(video)
            for block in self._blocks(video, apart=(0,)):
                self._by_word[block].append(video)
        for stretch in self._stretches(video):
            self._by_stretch[stretch].append(video)

    def twin_of(self, video: Comparable) -> Duplicate | None:
        """The original that ``video`` is the same as."""
        return self._by_same_address(video) or self._by_like_title(video) or self._by_look(video)

    def _by_same_address(self, video: Comparable) -> Duplicate | None:
        for address in sorted(video.addresses):
            if address in self._by_address:
                return Duplicate(of=self._by_address[address].key, why="has the same address")
        return None

    def _by_like_title(self, video: Comparable) -> Duplicate | None:
        if not _says_enough(video.title):
            return None
        for other in self._by_title.get(video.title, ()):
            if _lengths_agree(video, other):
                return Duplicate(of=other.key, why="has the same title")
        for other in self._of_same_words(video):
            alike = fuzz.ratio(video.title, other.title, score_cutoff=self._similarity)
            if alike and _lengths_agree(video, other):
                why = f"has the same length, and a title that is {alike:.0f} % the same"
                return Duplicate(of=other.key, why=why)
        return None

    def _of_same_words(self, video: Comparable) -> Iterator[Comparable]:
        near = (self._by_word.get(block, ()) for block in self._blocks(video, apart=(0, -1, 1)))
        return islice(chain.from_iterable(near), _MOST_COMPARED)

    def _blocks(self, video: Comparable, *, apart: tuple[int, ...]) -> Iterator[_Block]:
        """Where twins by title meet; parts and episodes have the same title but for numbers."""
        if video.duration_s is None:
            return
        slot, numbers = _slot(video.duration_s), " ".join(_NUMBER.findall(video.title))
        for word in self._rare_words(video.title):
            for offset in apart:
                yield word, slot + offset, numbers

    def _rare_words(self, title: str) -> list[str]:
        """The rarest first; a word that no other title has finds nothing."""
        shared = {piece for piece in _pieces(title) if self._words[piece] > 1}
        return sorted(shared, key=lambda word: (self._words[word], word))[:_RARE_WORDS]

    def _by_look(self, video: Comparable) -> Duplicate | None:
        for stretch in self._stretches(video):
            for other in self._by_stretch.get(stretch, ()):
                bits = _bits_apart(video, other)
                if bits <= self._distance and _lengths_agree(video, other):
                    why = f"has a thumbnail that differs in {bits} of {_HASH_BITS} bits"
                    return Duplicate(of=other.key, why=why)
        return None

    def _stretches(self, video: Comparable) -> Iterator[tuple[int, int]]:
        shown = video.thumbnail_hash
        if shown is None or self._pictures[shown] > _PLACEHOLDER:
            return
        bits, count = int(shown, 16), self._distance + 1
        for number in range(count):
            start, end = _HASH_BITS * number // count, _HASH_BITS * (number + 1) // count
            yield number, (bits >> start) & ((1 << (end - start)) - 1)


def _pieces(title: str) -> Iterator[str]:
    """Words, and of other scripts' long ones each run of three letters."""
    for word in title.split():
        if word.isascii() or len(word) <= _LONGEST_WORD:
            yield word
        else:
            for start in range(len(word) - _LONGEST_WORD + 1):
                yield word[start : start + _LONGEST_WORD]


def _says_enough(title: str) -> bool:
    return len(title.encode("utf-8", "surrogatepass")) >= _LEAST_BYTES


def _bits_apart(video: Comparable, other: Comparable) -> int:
    return (int(video.thumbnail_hash or "", 16) ^ int(other.thumbnail_hash or "", 16)).bit_count()


def _lengths_agree(video: Comparable, other: Comparable) -> bool:
    """Whether they may be of one length: alike within the tolerance, or unknown."""
    if video.duration_s is None or other.duration_s is None:
        return True
    shorter, longer = sorted((video.duration_s, other.duration_s))
    return longer - shorter <= _TOLERANCE_S + _TOLERANCE * shorter


def _slot(duration_s: float) -> int:
    """Lengths within the tolerance lie in the same slot or in neighbouring ones."""
    return math.floor(math.log(max(duration_s, 0.0) + _OFFSET_S) / math.log(1 + _TOLERANCE))
