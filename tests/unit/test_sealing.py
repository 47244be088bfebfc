"""What a submission remembers opens with the key it was sealed with, and for its own row alone."""

import pytest

from viral_forge_resources.accounts.sealing import VaultCipher
from viral_forge_resources.accounts.vault import Vault, new_key
from viral_forge_resources.contracts.errors import Misconfigured, NoCredentials

ADDRESS = "https://upload.example/?upload_id=open-sesame"


def test_what_was_sealed_opens_again_also_after_a_new_key():
    old = new_key()
    sealed = VaultCipher(Vault([old])).seal(ADDRESS, bound_to="p1")
    assert "sesame" not in sealed
    assert VaultCipher(Vault([new_key(), old])).unseal(sealed, bound_to="p1") == ADDRESS


def test_what_was_sealed_for_one_row_opens_for_no_other():
    cipher = VaultCipher(Vault([new_key()]))
    with pytest.raises(Misconfigured):
        cipher.unseal(cipher.seal(ADDRESS, bound_to="p1"), bound_to="p2")


def test_another_key_does_not_open_it():
    sealed = VaultCipher(Vault([new_key()])).seal(ADDRESS, bound_to="p1")
    with pytest.raises(Misconfigured):
        VaultCipher(Vault([new_key()])).unseal(sealed, bound_to="p1")


def test_without_a_key_nothing_is_sealed():
    with pytest.raises(NoCredentials):
        VaultCipher(Vault([])).seal(ADDRESS, bound_to="p1")
