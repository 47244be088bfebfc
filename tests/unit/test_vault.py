"""What is sealed is opened by its keys, for its row, and by nothing else."""

import json

import pytest
from cryptography.fernet import Fernet

from tests.accounts import KEY, OTHER_KEY
from viral_forge_resources.accounts.vault import Sealed, Vault, key_id, new_key
from viral_forge_resources.contracts.errors import Misconfigured, NoCredentials
from viral_forge_resources.settings import is_key

_SECRETS = {"access_token": "ya29.secret", "refresh_token": None}


def test_what_is_sealed_comes_back_and_does_not_show():
    sealed = Vault([KEY]).seal("youtube:main", _SECRETS)
    assert "ya29" not in sealed.text
    assert sealed.text not in repr(sealed)
    assert Vault([KEY]).open("youtube:main", sealed) == _SECRETS


def test_the_newest_key_seals_and_every_key_opens():
    old = Vault([KEY]).seal("a", _SECRETS)
    both = Vault([OTHER_KEY, KEY])
    assert both.open("a", old) == _SECRETS
    assert both.seal("a", _SECRETS).key_id == key_id(OTHER_KEY)


def test_rotating_keeps_the_time():
    old = Vault([KEY]).seal("a", _SECRETS)
    new = Vault([OTHER_KEY, KEY]).rotate("a", old)
    assert Vault([OTHER_KEY]).open("a", new) == _SECRETS
    times = [
        Fernet(key).extract_timestamp(each.text) for key, each in ((KEY, old), (OTHER_KEY, new))
    ]
    assert times[0] == times[1]


def test_a_wrong_key_is_named_by_its_id_alone():
    sealed = Vault([KEY]).seal("a", _SECRETS)
    with pytest.raises(Misconfigured, match=key_id(KEY)) as caught:
        Vault([OTHER_KEY]).open("a", sealed)
    assert KEY not in str(caught.value)
    assert OTHER_KEY not in str(caught.value)
    assert sealed.text not in str(caught.value)


def test_what_was_sealed_for_one_row_is_not_opened_for_another():
    sealed = Vault([KEY]).seal("a", _SECRETS)
    with pytest.raises(Misconfigured, match="sealed for another row"):
        Vault([KEY]).open("b", sealed)


def test_without_a_key_nothing_is_sealed():
    with pytest.raises(NoCredentials, match="keys new"):
        Vault([]).seal("a", _SECRETS)


def test_a_row_cannot_be_forged_by_its_secrets():
    plain = json.dumps({"row": "b", **_SECRETS})
    forged = Sealed(text=Fernet(OTHER_KEY).encrypt(plain.encode()).decode(), key_id="00000000")
    with pytest.raises(Misconfigured):
        Vault([KEY]).open("b", forged)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (KEY, True),
        ("", False),
        ("short", False),
        (f"{KEY}x", False),
        ("ключ", False),
    ],
)
def test_keys_are_told_from_other_words(text, expected):
    assert is_key(text) is expected


def test_a_new_key_is_one():
    assert is_key(new_key())
