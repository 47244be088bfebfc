"""The bytes of a video, of which the last ones are given out only if all are what was approved."""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from viral_forge_resources.contracts.errors import Rejected
from viral_forge_resources.contracts.publishing import Post
from viral_forge_resources.contracts.stamps import Stamp

_PIECE_BYTES = 1 << 20
_MOST_WAITING = 8
"""Pieces that wait to be hashed: sending is not held up by a core that is busy for a moment."""


class ApprovedVideo:
    """A video file that is read piece by piece; close it.

    While it bears its stamp its bytes are the approved ones, and nothing is hashed. From the first
    piece on that it did not bear it for, or where it has none, it is hashed beside the sending.

    Attributes:
        size: in bytes.
        is_handed_over: its last bytes were given out: a platform may have all of it.
    """

    def __init__(self, path: Path, sha256: str, stamp: Stamp | None) -> None:
        self._file = path.open("rb")
        self.size = self._file.seek(0, 2)
        self.is_handed_over = False
        self._count = -(-self.size // _PIECE_BYTES)
        self._sha256 = sha256
        self._stamp = stamp
        self._hash = _PiecesHash()
        self._last = -1, b""

    @classmethod
    def of(cls, post: Post) -> "ApprovedVideo":
        """The video of ``post``."""
        return cls(post.video, post.content_sha256, post.stamp)

    def __enter__(self) -> "ApprovedVideo":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._hash.close()
        self._file.close()

    def pieces(self, start: int, end: int, keep: Callable[[], None]) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to and without ``end``; ``keep`` is called for each.

        Raises:
            Rejected: the file is not what was approved; its last bytes were not given out.
        """
        place = start
        while place < end:
            number, skipped = divmod(place, _PIECE_BYTES)
            piece = self._piece(number)[skipped : end - number * _PIECE_BYTES]
            place += len(piece)
            if place >= self.size:
                self._require_approved()
                self.is_handed_over = True
            keep()
            yield piece

    def _piece(self, number: int) -> bytes:
        if self._last[0] != number:
            piece = self._read(number)
            if not self._is_stamped():
                self._hash_up_to(number)
                self._hash.take(number, piece)
            self._last = number, piece
        return self._last[1]

    def _read(self, number: int) -> bytes:
        place = number * _PIECE_BYTES
        size = min(_PIECE_BYTES, self.size - place)
        if self._file.tell() != place:
            self._file.seek(place)
        piece = self._file.read(size)
        if len(piece) < size:
            raise Rejected("the clip's file was cut off while it was sent")
        return piece

    def _is_stamped(self) -> bool:
        """Whether all that was read so far was approved: a stamp that broke stays broken."""
        if self._stamp is not None and self._stamp != Stamp.of(os.fstat(self._file.fileno())):
            self._stamp = None
        return self._stamp is not None

    def _hash_up_to(self, number: int) -> None:
        for earlier in range(self._hash.count, number):
            self._hash.take(earlier, self._read(earlier))

    def _require_approved(self) -> None:
        if self._stamp is not None:  # it was borne when the last piece was read
            return
        self._hash_up_to(self._count)
        found = self._hash.hexdigest()
        if found != self._sha256:
            raise Rejected(
                f"the clip's content hash is {found}, but {self._sha256} was to be posted"
            )


class _PiecesHash:
    """SHA-256 of pieces in a row, which may be shown again, but not changed; close it.

    Attributes:
        count: of the pieces so far.
    """

    def __init__(self) -> None:
        self.count = 0
        # Hashing lets go of the interpreter: it costs no time where there is a second core.
        self._hasher = ThreadPoolExecutor(1)
        self._hashing: deque[Future[None]] = deque()
        self._after = [hashlib.sha256()]

    def close(self) -> None:
        self._hasher.shutdown()

    def take(self, number: int, piece: bytes) -> None:
        """Go on by ``piece``, or compare it with the one of that number.

        Raises:
            Rejected: that was another one.
        """
        if number == self.count:
            self._settle(most_left=_MOST_WAITING)
            self.count += 1
            self._hashing.append(self._hasher.submit(self._go_on, piece))
            return
        self._settle(most_left=0)
        again = self._after[number].copy()
        again.update(piece)
        if again.digest() != self._after[number + 1].digest():
            raise Rejected("the clip's file was changed while it was sent")

    def hexdigest(self) -> str:
        self._settle(most_left=0)
        return self._after[-1].hexdigest()

    def _go_on(self, piece: bytes) -> None:
        longer = self._after[-1].copy()
        longer.update(piece)
        self._after.append(longer)

    def _settle(self, *, most_left: int) -> None:
        while len(self._hashing) > most_left:
            self._hashing.popleft().result()
