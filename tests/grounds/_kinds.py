"""Where the contract tests open each plugin: its test ground, found by its name.

The plugin ``viral_forge_resources/<kind>/<plugin>.py`` brings ``tests/grounds/<kind>/<plugin>.py``:
a folder, an emulator, a platform on the loopback. That file defines

``open_on_ground(folder: Path)``
    A context manager. Inside it is the adapter, on ground that is new and empty: no post, no file.
    ``folder`` is there, empty, and nobody else's. What was started ends with it. Storage stays open
    for a whole file of tests, which empties it through its own port; the others are opened by each
    test.
``settings_of_nowhere(folder: Path)``, storage only
    The plugin's ``Settings`` for a place that is not there and where nobody answers; what may lie
    on this machine would lie in ``folder``.
"""

from importlib import import_module
from types import ModuleType

import tests.grounds.publishers
import tests.grounds.storage
import tests.grounds.voices
import viral_forge_resources.publishers
import viral_forge_resources.storage
import viral_forge_resources.voices
from viral_forge_resources.plugins import plugin_names

GROUNDS = {
    viral_forge_resources.publishers: tests.grounds.publishers,
    viral_forge_resources.storage: tests.grounds.storage,
    viral_forge_resources.voices: tests.grounds.voices,
}
"""Package of grounds by package of plugins."""


def grounded(plugins: ModuleType) -> tuple[str, ...]:
    """Names of the plugins that brought their ground, sorted; that the others did not is a test."""
    return tuple(sorted({*plugin_names(plugins)} & {*plugin_names(GROUNDS[plugins])}))


def ground_of(plugins: ModuleType, name: str) -> ModuleType:
    """The ground file of the plugin ``name``, imported."""
    return import_module(f"{GROUNDS[plugins].__name__}.{name}")


def emulated_publishers() -> tuple[str, ...]:
    """Names of the publishers whose platform is emulated: what tests of faults and kills take."""
    kind = viral_forge_resources.publishers
    return tuple(name for name in grounded(kind) if hasattr(ground_of(kind, name), "emulator"))
