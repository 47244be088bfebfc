"""``.env.example`` tells every setting there is.

To write it anew: ``python -m tests.unit.test_env_example > .env.example``
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

import viral_forge_resources.llm
import viral_forge_resources.oauth
import viral_forge_resources.publishers
import viral_forge_resources.scanners
import viral_forge_resources.storage
import viral_forge_resources.vision
import viral_forge_resources.voices
from viral_forge_resources.plugins import get_plugin, plugin_names
from viral_forge_resources.settings import Settings
from viral_forge_resources.workers.parts.ytdlp import YtdlpSettings

EXAMPLE = Path(__file__).parents[2] / ".env.example"
_PACKAGES = (
    viral_forge_resources.scanners,
    viral_forge_resources.publishers,
    viral_forge_resources.storage,
    viral_forge_resources.voices,
    viral_forge_resources.llm,
    viral_forge_resources.vision,
    viral_forge_resources.oauth,
)
_INTRODUCTION = """\
# Copy to .env and take the '#' away where you want another value than the one shown, which is the
# default. The environment wins over .env. Settings of a plugin count once the plugin is enabled.
"""
OF_CONTAINERS = {
    "VIRAL_FORGE_POSTGRES_PASSWORD": ("", "Password of the database, letters and digits; needed."),
    "VIRAL_FORGE_IMAGE": ("viral_forge:local", "Image of the studio."),
    "VIRAL_FORGE_WEBSERVER_PORT": ("3000", "Port of the Dagster UI on this machine."),
    "VIRAL_FORGE_CONSOLE_PORT": ("3001", "Port of the console on this machine."),
    "VIRAL_FORGE_DOCKER_GROUP": (
        "0",
        "Group that owns /var/run/docker.sock: stat -c %g /var/run/docker.sock",
    ),
}


def settings_classes() -> Mapping[str, type[BaseSettings]]:
    """Title to settings class: the studio's first, yt-dlp's, then each plugin's."""
    found: dict[str, type[BaseSettings]] = {"The studio": Settings, "yt-dlp": YtdlpSettings}
    for package in _PACKAGES:
        kind = package.__name__.rpartition(".")[2]
        for name in plugin_names(package):
            found[f"{kind}: {name}"] = get_plugin(package, name).Settings
    return found


def variables_of(settings_class: type[BaseSettings]) -> dict[str, FieldInfo]:
    prefix = settings_class.model_config["env_prefix"]
    return {f"{prefix}{name.upper()}": field for name, field in settings_class.model_fields.items()}


def default_of(field: FieldInfo) -> object:
    return field.get_default(call_default_factory=True, validated_data={})


def shown(default: object) -> str:
    if default is None:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, dict):
        return json.dumps(default)
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    return str(default)


def env_example() -> str:
    """The whole text of ``.env.example``."""
    sections = [_INTRODUCTION]
    told: set[str] = set()
    for title, settings_class in settings_classes().items():
        variables = variables_of(settings_class)
        is_shared = " (those of its platform, told above, count here too)"
        sections.append(f"\n## {title}{is_shared if told & variables.keys() else ''}\n")
        for name, field in variables.items():
            if name in told:  # scanners of one platform share its account
                continue
            told.add(name)
            needed = " Needed." if field.is_required() else ""
            default = "" if field.is_required() else shown(default_of(field))
            sections.append(f"# {field.description}{needed}\n#{name}={default}\n")
    sections.append("\n## Containers (docker/compose.yaml)\n")
    for name, (default, description) in OF_CONTAINERS.items():
        sections.append(f"# {description}\n#{name}={default}\n")
    return "".join(sections)


def lines_with_values() -> Iterator[str]:
    for line in EXAMPLE.read_text().splitlines():
        if line.startswith("#VIRAL_FORGE_"):
            yield line.removeprefix("#")


def test_the_example_tells_every_setting_as_it_is() -> None:
    assert EXAMPLE.read_text() == env_example(), (
        "write it anew: python -m tests.unit.test_env_example > .env.example"
    )


def test_every_setting_is_described() -> None:
    undescribed = [
        name
        for settings_class in settings_classes().values()
        for name, field in variables_of(settings_class).items()
        if not field.description
    ]
    assert undescribed == []


def test_no_variable_means_two_things() -> None:
    names = [line.partition("=")[0] for line in lines_with_values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "title",
    [
        title
        for title, settings_class in settings_classes().items()
        if not any(field.is_required() for field in settings_class.model_fields.values())
    ],
)
def test_the_values_shown_are_the_defaults(title: str, tmp_path: Path) -> None:
    settings_class = settings_classes()[title]
    dotenv = tmp_path / ".env"
    dotenv.write_text("\n".join(lines_with_values()))

    assert settings_class(_env_file=dotenv) == settings_class(_env_file=None)


if __name__ == "__main__":
    sys.stdout.write(env_example())
