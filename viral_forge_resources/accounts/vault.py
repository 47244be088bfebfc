"""Seals tokens with keys that stand in no database."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from viral_forge_resources.contracts.errors import Misconfigured, NoCredentials

VARIABLE = "VIRAL_FORGE_TOKEN_KEYS"
_ROW = "row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Ciphertext, and which key made it."""

    text: str = field(repr=False)
    key_id: str


def new_key() -> str:
    """A key, as the setting takes it."""
    return Fernet.generate_key().decode()


def key_id(key: str) -> str:
    """A name for ``key`` that tells nothing of it: 8 hexadecimal digits."""
    raw = base64.urlsafe_b64decode(key)
    return hashlib.sha256(b"viral_forge token key " + raw).hexdigest()[:8]


class Vault:
    """Seals with the newest key, opens with any.

    What is sealed names its row inside: a text that was moved to another row is not opened.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = tuple(keys)

    def __repr__(self) -> str:
        """The keys' names."""
        return f"Vault({', '.join(self.key_ids)})"

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Names of the keys, the newest first."""
        return tuple(map(key_id, self._keys))

    def require_key(self) -> None:
        """Return if there is a key.

        Raises:
            NoCredentials: there is none; says how to make one.
        """
        if not self._keys:
            raise NoCredentials(
                f"{VARIABLE} is not set: tokens are stored encrypted or not at all."
                " `viral-forge keys new` makes a key."
            )

    def seal(self, row: str, secrets: Mapping[str, str | None]) -> Sealed:
        """``secrets`` of the row, sealed with the newest key.

        Raises:
            NoCredentials: there is no key.
        """
        document = json.dumps({_ROW: row, **secrets}).encode()
        return Sealed(text=self._fernet().encrypt(document).decode(), key_id=self.key_ids[0])

    def open(self, row: str, sealed: Sealed) -> dict[str, str | None]:
        """What was sealed for the row.

        Raises:
            NoCredentials: there is no key.
            Misconfigured: no key opens it, or it was sealed for another row.
        """
        try:
            document: dict[str, str | None] = json.loads(self._fernet().decrypt(sealed.text))
        except InvalidToken:
            raise self._wrong_key(row, sealed) from None
        if document.pop(_ROW) != row:
            raise Misconfigured(
                f"what is stored for {row} was sealed for another row: somebody moved it there."
            )
        return document

    def rotate(self, row: str, sealed: Sealed) -> Sealed:
        """The same, sealed with the newest key; it keeps its time.

        Raises:
            NoCredentials: there is no key.
            Misconfigured: no key opens it.
        """
        try:
            text = self._fernet().rotate(sealed.text).decode()
        except InvalidToken:
            raise self._wrong_key(row, sealed) from None
        return Sealed(text=text, key_id=self.key_ids[0])

    def _fernet(self) -> MultiFernet:
        self.require_key()
        return MultiFernet([Fernet(key) for key in self._keys])

    def _wrong_key(self, row: str, sealed: Sealed) -> Misconfigured:
        return Misconfigured(
            f"no key in {VARIABLE} ({', '.join(self.key_ids)}) opens what is stored for {row}: it"
            f" was sealed with key {sealed.key_id}. Put that key back; nobody has to connect the"
            " account anew for that."
        )
