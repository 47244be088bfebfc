"""What no file of a scanner may do: make something up, or go past the guarded ways out."""

import ast
from pathlib import Path

import pytest

import viral_forge_resources.platforms
import viral_forge_resources.scanners

_FOLDERS = [
    Path(next(iter(package.__path__)))
    for package in (viral_forge_resources.scanners, viral_forge_resources.platforms)
]
_FILES = sorted(path for folder in _FOLDERS for path in folder.rglob("*.py"))
_CHANCE = frozenset({"random", "secrets", "uuid", "SystemRandom", "urandom", "getrandbits"})
_NEVER_WRITTEN = frozenset({"random"})  # an answer may well have a field called uuid
_OWN_WAYS_OUT = frozenset(
    {"aiohttp", "ftplib", "httpx", "requests", "socket", "subprocess", "urllib3", "yt_dlp", "ddgs"}
)


def names_in(source: str) -> set[str]:
    """Every name that the code of ``source`` mentions, and every part of what it imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            imported = [alias.name for alias in node.names]
            module = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found.update(part for name in imported + module for part in name.split("."))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.update(_NEVER_WRITTEN & set(node.value.split(".")))
    return found


def imported_by(source: str) -> set[str]:
    """The top packages that ``source`` imports, anywhere in it, also under another name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", _FILES, ids=_shown)
def test_no_scanner_rolls_dice(path):
    assert names_in(path.read_text(encoding="utf-8")) & _CHANCE == set()


@pytest.mark.parametrize("path", _FILES, ids=_shown)
def test_no_scanner_opens_a_way_out_of_its_own(path):
    assert imported_by(path.read_text(encoding="utf-8")) & _OWN_WAYS_OUT == set()


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "import random as r",
        "from random import choice",
        "import numpy as np\nnp.random.rand()",
        "def late():\n    import secrets",
        "import_module('random')",
        "from os import urandom",
    ],
)
def test_dice_are_found_however_they_come(source):
    assert names_in(source) & _CHANCE


@pytest.mark.parametrize("source", ["import httpx", "def late():\n    from httpx import get"])
def test_a_way_out_is_found_wherever_it_is_opened(source):
    assert imported_by(source) & _OWN_WAYS_OUT
