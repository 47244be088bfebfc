"""Videos at addresses that platforms fetch them from, where they take no files."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from viral_forge_resources.contracts.errors import Misconfigured, Rejected
from viral_forge_resources.contracts.storage import Lender, Storage

_LASTS = timedelta(hours=6)
"""Platforms fetch within minutes."""


@dataclass(frozen=True, slots=True)
class StorageLending:
    """``_tools.Lending`` by the storage, in a place of its own where nothing is rendered anew."""

    storage: Storage

    def lend(self, video: Path, sha256: str) -> str:
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
        stored = storage.put_file(video, _key(sha256))
        if stored.sha256 != sha256:
            storage.delete(stored.key)
            raise Rejected(
                f"the clip's content hash is {stored.sha256}, but {sha256} was to be posted"
            )
        return storage.lent(stored.key, lasts=_LASTS)

    def take_back(self, sha256: str) -> None:
        """Nobody can read them there any more."""
        self.storage.delete(_key(sha256))


def _key(sha256: str) -> str:
    return f"_lent/{sha256}.mp4"
