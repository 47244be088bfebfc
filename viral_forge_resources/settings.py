"""The studio's own settings; each plugin keeps its own beside its code."""

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Annotated, Literal

from pydantic import AnyUrl, Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.plugins import get_plugin

ENV_PREFIX = "VIRAL_FORGE_"

_KEY_BYTES = 32

_Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def settings_config(plugin: str = "") -> SettingsConfigDict:
    """Where settings are read: ``VIRAL_FORGE_*``, of a plugin ``VIRAL_FORGE_<KIND>_<PLUGIN>_*``.

    An empty variable is an absent one. What is read is in no error text: it may be a secret.
    """
    return SettingsConfigDict(
        env_prefix=f"{ENV_PREFIX}{plugin}_" if plugin else ENV_PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
    )


def comma_separated(value: object) -> object:
    """The parts of a text as it stands in an environment variable; anything else as it is."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


class _Home(BaseSettings):
    model_config = settings_config()

    home: Path = Field(
        default=Path(".viral_forge"), description="Folder for everything that is kept locally."
    )


def is_key(text: str) -> bool:
    """Whether ``text`` is a key of Fernet: 32 bytes in base64url."""
    try:
        return (
            len(base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)) == _KEY_BYTES
        )
    except ValueError:  # also what is no ASCII
        return False


def in_home(name: str) -> Path:
    """The folder ``name`` in the home folder: the default of plugins that keep things locally."""
    return _Home().home / name


class EnabledPlugins(_Home):
    """Which plugins are enabled; known also where every other setting is wrong."""

    storage: str = Field(default="local", description="Storage plugin: local, s3 or oci.")
    scanners: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("inbox",), description="Scanner plugins, comma-separated."
    )
    publishers: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("folder",), description="Publisher plugins, comma-separated."
    )
    llm: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Language-model plugins, comma-separated, in the order in which they are"
        " asked: groq, openai_compatible. None: our own score decides alone.",
    )

    vision: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Plugins that are shown 6 to 12 small pictures of a clip whose recipe asks for"
        " a look, comma-separated: gemini. The pictures leave this machine. None: the colours of"
        " those pictures decide, here.",
    )

    @field_validator("scanners", "publishers", "llm", "vision", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return comma_separated(value)


class Settings(EnabledPlugins):
    """Read once, in ``viral_forge_assets.definitions``, from the environment and ``.env``."""

    state_url: str | None = Field(
        default=None,
        description="SQLAlchemy URL of the state database; empty: SQLite in the home folder.",
        repr=False,
    )
    recipe: str = Field(default="clean", description="Recipe of niches that name none.")
    llm_daily_usd: float = Field(
        default=1.0, ge=0, description="Most that models may cost in one day (UTC)."
    )
    llm_daily_tokens: int = Field(
        default=1_000_000,
        ge=0,
        description="Most tokens that models may use in one day (UTC): what holds those without a"
        " price.",
    )
    daily_usd: float | None = Field(
        default=None,
        ge=0,
        description="Most that everything together may cost in one day (UTC), as far as prices are"
        " set; empty: no limit.",
    )
    clip_usd: float | None = Field(
        default=None,
        ge=0,
        description="Most that one clip may cost in all, as far as prices are set; empty: no"
        " limit.",
    )
    price_cpu_hour_usd: float | None = Field(
        default=None, ge=0, description="What an hour of one CPU core costs; empty: not known."
    )
    price_gpu_hour_usd: float | None = Field(
        default=None, ge=0, description="What an hour of a GPU costs; empty: not known."
    )
    price_gb_month_usd: float | None = Field(
        default=None,
        ge=0,
        description="What a gigabyte stored for 30 days costs; empty: not known.",
    )
    price_api_units_usd: dict[str, _Price] = Field(
        default={"x:posts": 0.005, "x:authors": 0.01, "x:own_reads": 0.001},
        description="What a unit that a platform charges for costs, by platform:bucket: of X a post"
        " of others that a scan reads, its author, and a post of our own; those left out take"
        " nothing.",
    )
    price_posts_usd: dict[str, _Price] = Field(
        default={"x": 0.015, "x_with_link": 0.2},
        description="What a post costs, by publisher, and by publisher_with_link where it shows a"
        " link; those left out take nothing.",
    )
    currency_usd: dict[str, _Price] = Field(
        default={},
        description='What one of another currency is worth, such as {"EUR": 1.08}; revenue in those'
        " left out is added to nothing.",
    )
    requires_approval: bool = Field(
        default=True, description="A person approves the bytes of each clip before it is posted."
    )
    dry_run: bool = Field(
        default=True,
        description="Send nothing to platforms: record what would have been sent; the folder"
        " publisher works all the same.",
    )
    whisper_model: str = Field(
        default="small",
        description="faster-whisper model, name or folder; 'off' for subtitles only.",
    )
    whisper_device: str = Field(default="auto", description="auto, cpu or cuda.")
    font_folders: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(),
        description="Folders of fonts for letters that DejaVu Sans lacks, comma-separated.",
    )
    font_family: str = Field(
        default="", description="Font of captions, from those folders; empty: DejaVu Sans."
    )
    music_folder: Path | None = Field(
        default=None,
        description="Folder of music tracks, each with a sidecar; empty: music in the home folder.",
    )
    max_source_bytes: int = Field(default=4_000_000_000, gt=0, description="Largest source.")
    max_source_seconds: float = Field(default=14_400, gt=0, description="Longest source.")
    max_source_pixels: int = Field(
        default=8_294_400, gt=0, description="Most pixels a frame of a source may have (4K)."
    )
    download_deadline_seconds: float = Field(
        default=1_800, gt=0, description="A download that takes longer is ended."
    )
    encoder: Literal["auto", "cpu", "nvenc", "videotoolbox", "qsv", "vaapi"] = Field(
        default="auto",
        description="What encodes clips: auto is the first hardware that works and gives the same"
        " bytes twice, else the CPU; cpu; or nvenc, videotoolbox, qsv or vaapi.",
    )
    concurrent_renders: int = Field(
        default=1, ge=1, description="Renders at once; FFmpeg gets cores / this many threads."
    )
    scan_deadline_seconds: float = Field(
        default=120, gt=0, description="A platform that takes longer for one niche has failed."
    )
    concurrent_niches: int = Field(
        default=4, ge=1, description="Niches scanned at once, each on all of its platforms."
    )
    concurrent_workers: int = Field(
        default=2, ge=1, description="Processes at once that ask platforms for a scan."
    )
    most_videos_per_platform: int = Field(
        default=500, ge=1, description="Most videos that a scan takes of one platform for a niche."
    )
    youtube_statistics_days: int = Field(
        default=30, ge=1, description="Days that statistics of others' YouTube videos are kept."
    )
    scan_outcomes_days: int = Field(
        default=90, ge=1, description="Days that it is kept how scans ended."
    )
    allow_private_addresses: bool = Field(
        default=False, description="Let downloads and scans reach private and loopback addresses."
    )
    console_url: HttpUrl = Field(
        default=HttpUrl("http://127.0.0.1:3001"), description="Where people reach the console."
    )
    webserver_url: HttpUrl = Field(
        default=HttpUrl("http://127.0.0.1:3000"), description="Where the Dagster UI listens."
    )
    token_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(),
        description="Keys that accounts' tokens are encrypted with, comma-separated, the newest"
        " first; `viral-forge keys new` makes one.",
    )
    public_url: HttpUrl | None = Field(
        default=None,
        description="Where browsers reach the console from outside, such as"
        " https://studio.example.org: platforms send people back there after they logged in. Empty:"
        " accounts are connected from a terminal.",
    )
    connect_port: int = Field(
        default=0,
        ge=0,
        le=65_535,
        description="Port of 127.0.0.1 that `viral-forge connect` waits at; 0: any that is free,"
        " where the platform allows that.",
    )

    @field_validator("token_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        return comma_separated(value)

    @field_validator("token_keys")
    @classmethod
    def _are_keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for number, key in enumerate(value, start=1):
            if not is_key(key.get_secret_value()):
                raise ValueError(f"number {number} is no key; `viral-forge keys new` makes one")
        return value

    @field_validator("font_folders", mode="before")
    @classmethod
    def _split_folders(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(Path(part.strip()) for part in value.split(",") if part.strip())
        return value

    @field_validator("font_folders")
    @classmethod
    def _are_there(cls, value: tuple[Path, ...]) -> tuple[Path, ...]:
        for folder in value:
            if not folder.is_dir():
                raise ValueError(f"there is no folder '{folder}'")
        return value


def settings_problems(
    enabled: Mapping[ModuleType, Iterable[str]], *, also: Iterable[type[BaseSettings]] = ()
) -> list[str]:
    """Every problem of the studio's settings and of the enabled plugins': one line each, no values.

    Args:
        enabled: plugin package to the names of its enabled plugins.
        also: settings that belong to no plugin.
    """
    own: tuple[type[BaseSettings], ...] = (Settings, *also)
    problems = [line for each in own for line in _problems_of(each)]
    for package, names in enabled.items():
        for name in names:
            try:
                problems += _problems_of(get_plugin(package, name).Settings)
            except Misconfigured as error:
                problems.append(str(error))
    return problems


def addresses_in(settings: BaseSettings) -> list[str]:
    """Every web address among the settings, also in a list of them: the operator chose these."""
    found = []
    for value in (getattr(settings, name) for name in type(settings).model_fields):
        several = value if isinstance(value, tuple | list | frozenset | set) else (value,)
        found += [str(each) for each in several if isinstance(each, AnyUrl)]
    return found


def _problems_of(settings_class: type[BaseSettings]) -> list[str]:
    try:
        settings_class()
    except ValidationError as error:
        prefix = str(settings_class.model_config["env_prefix"])
        return [
            f"{prefix}{'__'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            for problem in error.errors(include_input=False, include_url=False)
        ]
    return []
