"""A plugin is one file, found by its name."""

import importlib
import sys
from collections.abc import Generator
from pathlib import Path
from types import ModuleType

import pytest
from pydantic_settings import BaseSettings

import viral_forge_resources.llm
import viral_forge_resources.publishers
import viral_forge_resources.scanners
import viral_forge_resources.storage
import viral_forge_resources.vision
import viral_forge_resources.voices
from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.plugins import get_plugin, open_plugin, plugin_names

_PACKAGES = [
    viral_forge_resources.scanners,
    viral_forge_resources.publishers,
    viral_forge_resources.storage,
    viral_forge_resources.voices,
    viral_forge_resources.llm,
    viral_forge_resources.vision,
]
_PLUGIN = """
from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="GADGET_ECHO_")
    word: str = "hello"

def open_plugin(settings):
    return settings.word
"""


@pytest.fixture
def gadgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[ModuleType]:
    """A package with one plugin, one that breaks on import, and what is none."""
    folder = tmp_path / "gadgets"
    (folder / "inner").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "inner" / "__init__.py").touch()
    (folder / "echo.py").write_text(_PLUGIN)
    (folder / "broken.py").write_text("1 / 0")
    (folder / "_shared.py").write_text("1 / 0")
    (folder / "notes.txt").write_text("no plugin")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("gadgets")
    for name in [name for name in sys.modules if name.partition(".")[0] == "gadgets"]:
        del sys.modules[name]


def test_a_file_is_a_plugin_named_like_it(gadgets):
    assert plugin_names(gadgets) == ("broken", "echo")


def test_naming_plugins_imports_none(gadgets):
    plugin_names(gadgets)

    assert [name for name in sys.modules if name.startswith("gadgets.")] == []


def test_a_plugin_is_opened_with_settings_of_its_own(gadgets, monkeypatch):
    monkeypatch.setenv("GADGET_ECHO_WORD", "good evening")

    assert open_plugin(gadgets, "echo") == "good evening"


@pytest.mark.parametrize("name", ["nosuch", "_shared", "inner", "echo.py", "../echo", "", "os"])
def test_what_is_no_plugin_is_refused_with_those_that_are(gadgets, name):
    with pytest.raises(Misconfigured) as caught:
        get_plugin(gadgets, name)

    assert str(caught.value) == f"no gadgets plugin is named '{name}'. There are: broken, echo."


def _shared_prefixes(settings_class: type[BaseSettings]) -> set[str]:
    """Of one account that several plugins of a platform use: ``VIRAL_FORGE_YOUTUBE_``."""
    return {
        str(base.model_config["env_prefix"])
        for base in settings_class.__bases__
        if issubclass(base, BaseSettings) and ".platforms." in base.__module__
    }


@pytest.mark.parametrize(
    ("package", "name"),
    [(package, name) for package in _PACKAGES for name in plugin_names(package)],
    ids=lambda value: value if isinstance(value, str) else value.__name__.rpartition(".")[2],
)
def test_every_plugin_of_ours_has_settings_under_its_own_prefix(package, name):
    module = get_plugin(package, name)
    kind = package.__name__.rpartition(".")[2].removesuffix("s").upper()

    assert issubclass(module.Settings, BaseSettings)
    prefixes = {f"VIRAL_FORGE_{kind}_{name.upper()}_", *_shared_prefixes(module.Settings)}
    assert module.Settings.model_config["env_prefix"] in prefixes
    assert callable(module.open_plugin)
