"""The bytes of a video, of which the last ones are given out only if all are what was approved."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from viral_forge_resources.contracts.errors import Rejected

_PIECE_BYTES = 1 << 20
_MOST_WAITING = 8
"""Pieces that wait to be hashed: sending is not held up by a core that is busy for a moment."""


class ApprovedVideo:
    """A video file that is read once, hashed beside the sending; close it.

    Attributes:
        size: in bytes.
        is_handed_over: its last bytes were given out: a platform may have all of it.
    """

    def __init__(self, path: Path, sha256: str) -> None:
        self._file = path.open("rb")
        self.size = self._file.seek(0, 2)
        self.is_handed_over = False
        self._sha256 = sha256
        self._digest = hashlib.sha256()
        self._hashed = 0
        # Hashing lets go of the interpreter: it costs no time where there is a second core.
        self._hasher = ThreadPoolExecutor(1)
        self._hashing: deque[Future[None]] = deque()

    def __enter__(self) -> "ApprovedVideo":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._hasher.shutdown()
        self._file.close()

    def pieces(self, start: int, end: int, keep: Callable[[], None]) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to and without ``end``; ``keep`` is called for each.

        Raises:
            Rejected: the file is not what was approved; its last bytes were not given out.
        """
        if end >= self.size:
            self._hash_up_to(start)
        place = start
        while place < end:
            piece = self._read(place, min(_PIECE_BYTES, end - place))
            place += len(piece)
            if place >= self.size:
                self._verify()
                self.is_handed_over = True
            keep()
            yield piece

    def _hash_up_to(self, place: int) -> None:
        while self._hashed < place:
            self._read(self._hashed, min(_PIECE_BYTES, place - self._hashed))

    def _read(self, place: int, size: int) -> bytes:
        if self._file.tell() != place:
            self._file.seek(place)
        piece = self._file.read(size)
        if not piece:
            raise Rejected("the clip's file was cut off while it was sent")
        if place <= self._hashed < place + len(piece):
            # What is sent again may end anywhere in what was hashed: the rest of it is new.
            new = piece[self._hashed - place :]
            self._settle(most_left=_MOST_WAITING)
            self._hashed += len(new)
            self._hashing.append(self._hasher.submit(self._digest.update, new))
        return piece

    def _settle(self, *, most_left: int) -> None:
        while len(self._hashing) > most_left:
            self._hashing.popleft().result()

    def _verify(self) -> None:
        self._settle(most_left=0)
        found = self._digest.hexdigest()
        if self._hashed != self.size or found != self._sha256:
            raise Rejected(
                f"the clip's content hash is {found}, but {self._sha256} was to be posted"
            )
