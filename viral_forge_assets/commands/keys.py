"""``viral-forge keys``: what tokens are encrypted with."""

import typer

from viral_forge_assets import definitions
from viral_forge_assets.commands.connect import studio
from viral_forge_assets.commands.terminal import say, told_plainly
from viral_forge_resources.accounts.resealing import reseal
from viral_forge_resources.accounts.vault import VARIABLE, key_id, new_key

app = typer.Typer(no_args_is_help=True, help="Keys that accounts' tokens are encrypted with.")


@app.command("new")
def keys_new() -> None:
    """Make a key, and say where it goes. It is shown this once, and stored nowhere."""
    with told_plainly():
        has_keys = bool(definitions.read_settings().token_keys)
    key = new_key()
    if not has_keys:
        say(f"{VARIABLE}={key}")
        say(f"\nPut this line into .env. It is key {key_id(key)}; who loses it connects anew.")
        return
    say(key)
    say(
        f"\nPut it first in {VARIABLE}, a comma after it, before the keys that stand there; then"
        f" `viral-forge keys rotate`. It is key {key_id(key)}."
    )


@app.command("rotate")
def keys_rotate() -> None:
    """Encrypt all tokens with the newest key, the first one; then the others may go."""
    with studio() as (settings, engine):
        vault = definitions.vault_of(settings)
        done = reseal(engine, vault)
    newest, *older = vault.key_ids
    say(f"{done} accounts' tokens are encrypted with key {newest} now")
    if older:
        say(f"{', '.join(older)} may be taken out of {VARIABLE}")
