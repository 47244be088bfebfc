"""What stages keep in storage for each other, as JSON documents."""

from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import urlsplit

from viral_forge_resources.contracts.media import MediaProbe, RenderReport, Word
from viral_forge_resources.contracts.storage import StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """The stored source video of one candidate.

    Attributes:
        name: what people know it as: a file name, or an address without its query.
        rights_id: the ledger row under which it was fetched.
        sheet: its contact sheet.
        subtitles: subtitles that came with it.
    """

    name: str
    probe: MediaProbe
    rights_id: str
    video: StoredFile
    sheet: StoredFile
    subtitles: StoredFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """A file that a clip is made of besides its source: music, a mask, an insert.

    Attributes:
        name: lower-case letters, digits and ``_``; what the render spec calls it.
        file: as it was stored for the plan, under a key that no other content is stored under.
    """

    name: str
    file: StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCaption:
    """What is shown at once: its words at their times, and the part of the frame that it takes.

    Attributes:
        left: share of the frame's width, as ``right``; ``top`` and ``bottom`` are of its height.
    """

    start_s: float
    end_s: float
    words: tuple[Word, ...]
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipCaptions:
    """Captions of one clip.

    Attributes:
        ass: what is burnt in; None where there are no words.
        srt: the same words in rows as players show them; None where there are no words.
        vtt: the same as WebVTT.
        missing_characters: left out of the picture, since no font can draw them.
        emoji: left out of the picture, where they would have no colour; players show them.
        fonts: names and versions of those that draw the picture's text.
        shown: what stands where, and when.
        language: of the words; None where it is not known.
        note: by whom they were translated, or why they were not; empty where nobody wanted it.
    """

    number: int
    lines: int
    ass: StoredFile | None = None
    srt: StoredFile | None = None
    vtt: StoredFile | None = None
    missing_characters: tuple[str, ...] = ()
    emoji: tuple[str, ...] = ()
    fonts: tuple[str, ...] = ()
    shown: tuple[ShownCaption, ...] = ()
    language: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionTrack:
    """Captions of every clip of a candidate.

    Attributes:
        note: why there are none, if there are none.
    """

    clips: tuple[ClipCaptions, ...]
    note: str | None = None

    def of_clip(self, number: int) -> ClipCaptions:
        """Captions of clip ``number``; without lines where it has none."""
        for captions in self.clips:
            if captions.number == number:
                return captions
        return ClipCaptions(number=number, lines=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedClip:
    """One finished clip in storage.

    Attributes:
        subtitles: the lines that are burnt in, for players; None where there are no words.
        timeline: the edit for other programs, OpenTimelineIO.
    """

    number: int
    plan_hash: str
    video: StoredFile
    sheet: StoredFile
    cover: StoredFile
    probe: MediaProbe
    report: RenderReport
    timeline: StoredFile
    subtitles: StoredFile | None = None


def name_of(locator: str) -> str:
    """What people know the video at ``locator`` as; never a query, which may hold a token."""
    address = urlsplit(locator)
    if address.scheme in {"http", "https"}:
        return f"{address.scheme}://{address.netloc.rpartition('@')[2]}{address.path}"
    return PurePath(locator).name
