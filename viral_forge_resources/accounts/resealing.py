"""Seals what is kept with the newest key."""

import sqlalchemy as sa

from viral_forge_resources.accounts.keeping import lock_name
from viral_forge_resources.accounts.sealing import VaultCipher
from viral_forge_resources.accounts.vault import Sealed, Vault
from viral_forge_resources.state import oauth_tokens, sessions
from viral_forge_resources.state.locks import alone


def reseal(engine: sa.Engine, vault: Vault) -> int:
    """How many accounts' tokens are sealed with the newest key now that were not.

    What submissions remember is sealed anew as well.

    Raises:
        NoCredentials: there is no key.
        Misconfigured: no key opens a row; those before it are done.
    """
    vault.require_key()
    newest = vault.key_ids[0]
    with engine.connect() as connection:
        channel_ids = [each.channel_id for each in oauth_tokens.all_accounts(connection)]
        publication_ids = tuple(sessions.all_sealed(connection))
    for publication_id in publication_ids:
        _reseal_session(engine, vault, publication_id)
    return sum(_reseal(engine, vault, channel_id, newest) for channel_id in channel_ids)


def _reseal(engine: sa.Engine, vault: Vault, channel_id: str, newest: str) -> bool:
    with alone(engine, lock_name(channel_id)), engine.begin() as connection:
        account = oauth_tokens.get(connection, channel_id)
        if account is None or account.key_id == newest:
            return False
        sealed = vault.rotate(channel_id, Sealed(text=account.sealed, key_id=account.key_id))
        return oauth_tokens.change(
            connection,
            account,
            sealed=sealed.text,
            key_id=sealed.key_id,
            version=account.version + 1,
        )


def _reseal_session(engine: sa.Engine, vault: Vault, publication_id: str) -> None:
    with engine.begin() as connection:
        sealed = sessions.all_sealed(connection).get(publication_id)
        if sealed is not None:
            anew = VaultCipher(vault).rotate(sealed, bound_to=publication_id)
            sessions.replace_sealed(connection, publication_id, sealed, anew)
