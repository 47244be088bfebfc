"""What holds of access to accounts whoever gives it."""

from viral_forge_resources.contracts.accounts import AccessToken
from viral_forge_resources.contracts.errors import (
    Permanent,
    ReauthorisationNeeded,
    Transient,
)

_TOKEN = AccessToken(value="ya29.secret", account_id="UC1", expires_at=None)


def test_a_token_that_is_printed_does_not_show_its_value():
    assert "ya29" not in repr(_TOKEN)
    assert "ya29" not in str(_TOKEN)


def test_access_that_has_ended_says_nothing_about_a_post():
    error = ReauthorisationNeeded("youtube:main", reason="access has ended", remedy="Connect it.")

    assert not isinstance(error, Permanent | Transient)
    assert str(error) == "youtube:main: access has ended. Connect it."
