"""Finds plugins: one file in a package is one plugin, named like the file.

An adapter's file defines ``Settings`` (a ``pydantic_settings.BaseSettings``) and
``open_plugin(settings)``, which returns the adapter and does no I/O. Files whose name starts with
``_`` are no plugins.
"""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from viral_forge_resources.contracts.errors import Misconfigured


def plugin_names(package: ModuleType) -> tuple[str, ...]:
    """Names of the plugins in ``package``, sorted; imports none of them."""
    return tuple(
        sorted(
            found.name
            for found in iter_modules(package.__path__)
            if not found.name.startswith("_") and not found.ispkg
        )
    )


def get_plugin(package: ModuleType, name: str) -> ModuleType:
    """The plugin file ``name`` of ``package``, imported.

    Raises:
        Misconfigured: there is none of that name; says which there are.
    """
    names = plugin_names(package)
    if name not in names:
        kind = package.__name__.rpartition(".")[2]
        raise Misconfigured(f"no {kind} plugin is named '{name}'. There are: {', '.join(names)}.")
    return import_module(f"{package.__name__}.{name}")


def open_plugin(package: ModuleType, name: str) -> Any:  # noqa: ANN401  the port depends on the package
    """The adapter ``name`` of ``package``, with its settings read from the environment now.

    Raises:
        Misconfigured: there is none of that name.
        pydantic.ValidationError: its settings are wrong; names every problem at once.
    """
    module = get_plugin(package, name)
    return module.open_plugin(module.Settings())
