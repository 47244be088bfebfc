"""The library comes with the environment: it speaks anywhere."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from viral_forge_resources.contracts.speech import Voice
from viral_forge_resources.voices.espeak import Settings, open_plugin


@contextmanager
def open_on_ground(folder: Path) -> Generator[Voice]:
    """A voice of the usual settings."""
    del folder
    yield open_plugin(Settings())
