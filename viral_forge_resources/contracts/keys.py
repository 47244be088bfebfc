"""Partition keys, storage keys and the ids made from them."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from viral_forge_resources.contracts.errors import BadInput

_KEY = re.compile(r"([a-z0-9_-]{1,40}):([a-z0-9_-]{1,20}):([A-Za-z0-9_-]{1,64})")
_NICHE = re.compile(r"[a-z0-9_-]{1,40}")
_LONGEST_SLUG = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateKey:
    """``<niche>:<platform>:<id>`` in its parts."""

    niche: str
    platform: str
    platform_video_id: str

    def __str__(self) -> str:
        """The partition key."""
        return f"{self.niche}:{self.platform}:{self.platform_video_id}"

    def storage_key(self, group: str, file: str) -> str:
        """Where a file of this candidate is stored; the same for every run."""
        return f"{self.niche}/{self.platform}/{self.platform_video_id}/{group}/{file}"


def parse_candidate_key(text: str) -> CandidateKey:
    """The parts of a partition key.

    Raises:
        BadInput: not of the form; Dagster itself validates nothing that is typed in its UI.
    """
    match = _KEY.fullmatch(text)
    if match is None:
        raise BadInput(
            text,
            reason="is not a candidate's partition key",
            remedy="A key reads niche:platform:id, such as cooking:inbox:pasta-1a2b3c4d.",
        )
    return CandidateKey(niche=match[1], platform=match[2], platform_video_id=match[3])


def checked_niche_name(name: str) -> str:
    """``name``, if it may name a niche.

    Raises:
        BadInput: it may not.
    """
    if _NICHE.fullmatch(name) is None:
        raise BadInput(
            name,
            reason="cannot name a niche",
            remedy="Use 1 to 40 lower-case letters, digits, '-' and '_'.",
        )
    return name


def slug(text: str) -> str:
    """``text`` as 1 to 40 ASCII letters, digits and dashes; ``video`` if nothing of it is left."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")
    return words[:_LONGEST_SLUG].strip("-") or "video"


def short_hash(*parts: str, length: int = 16) -> str:
    """``length`` hex digits that stand for ``parts``, the same on every machine."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogateescape")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()[:length]
