"""Videos at addresses that platforms fetch them from, where they take no files."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from viral_forge_resources.contracts.errors import Misconfigured, Rejected
from viral_forge_resources.contracts.storage import Lender, Storage

_LASTS = timedelta(hours=6)
"""Platforms fetch within minutes."""

_PLACE = "_lent/"
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StorageLending:
    """``_tools.Lending`` by the storage, in a place of its own where nothing is rendered anew."""

    storage: Storage
    clock: Callable[[], datetime]

    def lend(self, video: Path, sha256: str, *, to: str) -> str:
        """Where anybody may read these very bytes for some hours; a secret.

        Raises:
            Rejected: the file holds other bytes.
            Misconfigured: the storage cannot be read from outside.
        """
        storage = self.storage
        if not isinstance(storage, Lender):
            raise Misconfigured(
                "this platform fetches videos from a public address, and this storage has none."
                " Keep the files in a bucket: VIRAL_FORGE_STORAGE=s3 or oci"
            )
        today = self.clock().date()
        self._sweep(today - _A_DAY)
        stored = storage.put_file(video, f"{_PLACE}{today.isoformat()}/{to}.mp4")
        if stored.sha256 != sha256:
            storage.delete(stored.key)
            raise Rejected(
                f"the clip's content hash is {stored.sha256}, but {sha256} was to be posted"
            )
        return storage.lent(stored.key, lasts=_LASTS)

    def take_back(self, to: str) -> None:
        """Nobody can read them there any more; what was lent to others is still there."""
        for key in list(self.storage.keys(_PLACE)):
            if key.endswith(f"/{to}.mp4"):
                self.storage.delete(key)

    def _sweep(self, before: date) -> None:
        """Take back what was lent before that day: its post was withdrawn, or its run died."""
        for key in list(self.storage.keys(_PLACE)):
            if key.removeprefix(_PLACE) < before.isoformat():
                self.storage.delete(key)
