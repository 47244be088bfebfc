"""Keeps what submissions remember secret with the keys that tokens are kept with."""

from viral_forge_resources.accounts.vault import Sealed, Vault
from viral_forge_resources.contracts.errors import Misconfigured

_TEXT = "text"


class VaultCipher:
    """``contracts.sessions.Cipher`` over the vault; a key's name stands before what it made."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def seal(self, text: str, *, bound_to: str) -> str:
        """``text``, unreadable without the key; opens for ``bound_to`` alone.

        Raises:
            NoCredentials: there is no key.
        """
        sealed = self._vault.seal(bound_to, {_TEXT: text})
        return f"{sealed.key_id}:{sealed.text}"

    def unseal(self, sealed: str, *, bound_to: str) -> str:
        """The text that was sealed.

        Raises:
            NoCredentials: there is no key.
            Misconfigured: no key opens it, or it was sealed for something else.
        """
        key_id, _, text = sealed.partition(":")
        opened = self._vault.open(bound_to, Sealed(text=text, key_id=key_id))[_TEXT]
        if opened is None:
            raise Misconfigured(f"what is stored for {bound_to} holds no text")
        return opened

    def rotate(self, sealed: str, *, bound_to: str) -> str:
        """The same, sealed with the newest key.

        Raises:
            NoCredentials: there is no key.
            Misconfigured: no key opens it.
        """
        key_id, _, text = sealed.partition(":")
        anew = self._vault.rotate(bound_to, Sealed(text=text, key_id=key_id))
        return f"{anew.key_id}:{anew.text}"
