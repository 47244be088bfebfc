"""Videos lent out of a folder: the address is the file's own path, behind a name."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from viral_forge_resources.contracts.errors import Rejected

_HOST = "https://media.example"


@dataclass(frozen=True, slots=True)
class FakeLending:
    """``publishers._tools.Lending`` that copies into ``folder``."""

    folder: Path

    def lend(self, video: Path, sha256: str, *, to: str) -> str:
        content = video.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Rejected("other bytes")
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / to).write_bytes(content)
        return f"{_HOST}{self.folder.absolute() / to}"

    def take_back(self, to: str) -> None:
        (self.folder / to).unlink(missing_ok=True)


def fetched(address: str) -> bytes | None:
    """What anybody reads at an address that was lent; None where nothing is there."""
    path = Path(address.removeprefix(_HOST))
    return path.read_bytes() if path.is_file() else None
