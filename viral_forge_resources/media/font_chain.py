"""The fonts that captions are drawn with: DejaVu, and behind it those of the operator's folders."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path

from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.media._font_files import FontFace, faces_in, font_files
from viral_forge_resources.media.fonts import dejavu_folder

_DEJAVU = "DejaVu Sans"
_DEJAVU_FILES = ("DejaVuSans-Bold.ttf", "DejaVuSans.ttf")
_WITHOUT_GLYPH = 0.6
"""Width of the box that stands for a missing letter."""

_HOW_TO_GET_FONTS = (
    "Put fonts into a folder and name it in VIRAL_FORGE_FONT_FOLDERS: on Debian those of the"
    " packages fonts-noto-core and fonts-noto-cjk (/usr/share/fonts/truetype/noto,"
    "/usr/share/fonts/opentype/noto), elsewhere Noto Sans from https://fonts.google.com/noto"
)
_SAMPLES = {
    "Latin": "aZñß",
    "Cyrillic": "яЖ",
    "Greek": "λΩ",
    "Arabic": "مر",
    "Hebrew": "של",
    "Chinese": "你们",
    "Japanese": "かナ",
    "Korean": "한국",
    "Devanagari": "नम",
    "Thai": "สว",
}


class FontChain:
    """Fonts in the order in which a letter is looked for.

    Args:
        folders: of fonts for what DejaVu Sans lacks; also searched below.
        family: first font of the chain, one of those folders; None is DejaVu Sans.
    """

    def __init__(self, *, folders: Sequence[Path] = (), family: str | None = None) -> None:
        self._folders = tuple(folders)
        self._family = family

    def family(self) -> str:
        """Name of the first font of the chain.

        Raises:
            Misconfigured: no font in the folders is of the family that is asked for.
        """
        if self._family and not self._chain().has_family:
            raise Misconfigured(
                f"VIRAL_FORGE_FONT_FAMILY is '{self._family}', but no font in the folders of"
                " VIRAL_FORGE_FONT_FOLDERS is of that family: put it there, or name another."
            )
        return self._family or _DEJAVU

    def missing(self, text: str) -> tuple[str, ...]:
        """Characters of ``text`` that no font of the chain can draw, sorted, each once.

        Raises:
            BadInput: a file of the folders is no font.
        """
        fonts = self._chain()
        return tuple(
            sorted(each for each in set(text) if _is_drawn(each) and fonts.face_of(each) is None)
        )

    def width(self, text: str) -> float:
        """Length of ``text`` in one row, in heights of a row; each letter in the font that has it.

        Raises:
            BadInput: a file of the folders is no font.
        """
        width_of = self._chain().width_of
        return sum(map(width_of, text))

    def row_height(self, text: str) -> float:
        """How many times as high as the first font's rows must be for letters as large as its own.

        Fonts of some scripts leave much room above and below: their letters would look small.
        """
        fonts = self._chain()
        faces = [fonts.face_of(each) for each in text if each.isalpha()]
        heights = [face.row_em for face in faces if face is not None]
        first = fonts.face_of("a") or next(filter(None, faces), None)
        return sum(heights) / len(heights) / first.row_em if heights and first else 1.0

    def used_for(self, text: str) -> tuple[str, ...]:
        """Names and versions of the fonts that draw ``text``, in the order of the chain."""
        fonts = self._chain()
        used = {id(face) for face in map(fonts.face_of, set(text)) if face is not None}
        return tuple(face.name for face in fonts.faces if id(face) in used)

    def missing_scripts(self) -> str | None:
        """Scripts that no font draws and how to get them drawn; None if there are all."""
        missing = [script for script, sample in _SAMPLES.items() if self.missing(sample)]
        if not missing:
            return None
        return f"no letters for {', '.join(missing)}. {_HOW_TO_GET_FONTS}."

    def _chain(self) -> "_Faces":
        return _faces(self._folders, self._family)


class _Faces:
    """Opened font by font, as letters ask for it."""

    def __init__(self, paths: Sequence[Path], *, has_family: bool = True) -> None:
        self.has_family = has_family
        self.faces: list[FontFace] = []
        self._unread = list(reversed(paths))
        self._found: dict[str, FontFace | None] = {}
        self._widths: dict[str, float] = {}

    def face_of(self, character: str) -> FontFace | None:
        """The first font that has it."""
        if character not in self._found:
            self._found[character] = self._search(ord(character))
        return self._found[character]

    def width_of(self, character: str) -> float:
        """In heights of a row."""
        width = self._widths.get(character)
        if width is None:
            width = self._widths[character] = self._measured(character)
        return width

    def _search(self, code: int) -> FontFace | None:
        for face in self.faces:
            if code in face.glyphs:
                return face
        while self._unread:
            opened = faces_in(self._unread.pop())
            self.faces += opened
            for face in opened:
                if code in face.glyphs:
                    return face
        return None

    def _measured(self, character: str) -> float:
        # Marks stand on their letter, whatever advance a font gives them before it is shaped.
        if unicodedata.category(character) in {"Mn", "Me", "Cf", "Cc"}:
            return 0.0
        face = self.face_of(character)
        return _WITHOUT_GLYPH if face is None else face.widths[face.glyphs[ord(character)]]


def _is_drawn(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) not in {"Cc", "Cf"}


@lru_cache(maxsize=4)
def _faces(folders: tuple[Path, ...], family: str | None) -> _Faces:
    dejavu = [dejavu_folder() / name for name in _DEJAVU_FILES]
    own = list(dict.fromkeys(chain.from_iterable(map(font_files, folders))))
    if family is None or family == _DEJAVU:
        return _Faces([*dejavu, *own])
    first = [path for path in own if any(family in face.families for face in faces_in(path))]
    rest = [path for path in own if path not in first]
    return _Faces([*first, *dejavu, *rest], has_family=bool(first))
