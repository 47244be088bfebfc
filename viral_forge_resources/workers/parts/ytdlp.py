"""How yt-dlp is set up and what its errors mean, for listing and downloading alike."""

import errno
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.http import shown_address
from viral_forge_resources.settings import settings_config

_LONGEST_REASON = 300
_LONGEST_RETRY_S = 20
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s'\"<>]+", re.IGNORECASE)
_TERMINAL_CODE = re.compile(r"\x1b\[[0-9;]*m")
_PLEA = re.compile(
    r"[;,.]?\s*(please report this issue|Confirm you are on the latest).*", re.DOTALL
)
_ROBOT_CHECK = re.compile(
    r"not a bot|captcha|too many requests|rate limit|(blocked|rejected) by server", re.IGNORECASE
)
_WANTS_COOKIES = re.compile(r"--cookies|log(ged)?[ -]?in|sign in|account", re.IGNORECASE)
_RUNTIME_REMEDY = (
    "Install 'yt-dlp[default,deno]', or name another runtime in VIRAL_FORGE_YTDLP_JS_RUNTIME "
    "and VIRAL_FORGE_YTDLP_JS_RUNTIME_PATH; until then YouTube offers few formats or none."
)


class YtdlpSettings(BaseSettings):
    """How yt-dlp asks the sites."""

    model_config = settings_config("YTDLP")

    cookie_file: Path | None = Field(
        default=None,
        description="Netscape cookie file for sites that need an account; each job gets a copy.",
    )
    js_runtime: Literal["deno", "node", "bun", "quickjs"] = Field(
        default="deno", description="JavaScript runtime that YouTube needs."
    )
    js_runtime_path: Path | None = Field(
        default=None, description="Where that runtime is; empty: beside Python, then on the PATH."
    )
    impersonate: str | None = Field(
        default=None,
        description="Browser to pose as everywhere, such as chrome; empty: where a site needs it.",
    )
    rate_limit_bytes: int | None = Field(
        default=None, gt=0, description="Most bytes a second of one download."
    )
    sleep_seconds: float = Field(
        default=1.0, ge=0, description="Pause between two requests of one job."
    )
    allowed_extractors: str = Field(
        default="default",
        description="Regular expression of the yt-dlp extractors that may be used.",
    )
    proxy: SecretStr | None = Field(
        default=None,
        description="Proxy for yt-dlp; which addresses it reaches is then its own matter.",
    )


def read_settings() -> YtdlpSettings:
    """The settings of this process's environment.

    Raises:
        Misconfigured: names what is wrong with them, without the values.
    """
    try:
        return YtdlpSettings()
    except ValidationError as error:
        problems = "; ".join(
            f"VIRAL_FORGE_YTDLP_{str(problem['loc'][0]).upper()}: {problem['msg']}"
            for problem in error.errors(include_input=False, include_url=False)
        )
        raise Misconfigured(problems) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class JsRuntime:
    """The JavaScript runtime that yt-dlp will use for YouTube.

    Attributes:
        version: None when there is no such program.
        problem: why YouTube will not work well, and what to do; None when it will.
    """

    name: str
    version: str | None
    problem: str | None


def js_runtime(settings: YtdlpSettings) -> JsRuntime:
    """Look for the runtime that is set; starts it once to ask for its version."""
    from yt_dlp.globals import supported_js_runtimes

    path = None if settings.js_runtime_path is None else str(settings.js_runtime_path)
    found = supported_js_runtimes.value[settings.js_runtime](path=path).info
    version = None if found is None else str(found.version)
    problem = None
    if found is None:
        problem = f"there is no {settings.js_runtime}. {_RUNTIME_REMEDY}"
    elif not found.supported:
        problem = f"{found.name} {version} is too old for yt-dlp. {_RUNTIME_REMEDY}"
    elif find_spec("yt_dlp_ejs") is None:
        problem = f"the scripts of yt-dlp-ejs are missing. {_RUNTIME_REMEDY}"
    return JsRuntime(name=settings.js_runtime, version=version, problem=problem)


def common_options(
    settings: YtdlpSettings, *, folder: Path, proxy: str | None, timeout_s: float = 15
) -> dict[str, Any]:
    """Parameters of ``YoutubeDL`` that every job shares.

    Args:
        settings: the operator's choices.
        folder: of this job alone and removed after it; the copy of the cookies lies there.
        proxy: what every request goes through; None leaves it to the environment.
        timeout_s: longest silence of a site.
    """
    runtime = {} if settings.js_runtime_path is None else {"path": str(settings.js_runtime_path)}
    options: dict[str, Any] = {
        "quiet": True,
        "noprogress": True,
        "logger": _Silent(),
        "cachedir": False,
        "socket_timeout": timeout_s,
        "retries": 3,
        "fragment_retries": 3,
        "extractor_retries": 2,
        "retry_sleep_functions": dict.fromkeys(("http", "fragment", "extractor"), _pause_s),
        "sleep_interval_requests": settings.sleep_seconds,
        "js_runtimes": {settings.js_runtime: runtime},
        "remote_components": [],  # no code from elsewhere: the scripts come with yt-dlp-ejs
        "allowed_extractors": [settings.allowed_extractors],
        "cookiefile": _copied_cookies(settings, folder),
        "ratelimit": settings.rate_limit_bytes,
    }
    if settings.impersonate is not None:
        options["impersonate"] = _target(settings.impersonate)
    return options if proxy is None else {**options, "proxy": proxy}


def _pause_s(n: int) -> float:
    """How long to wait after the failure numbered ``n``, from 0 on; yt-dlp names it so."""
    return min(2.0**n, _LONGEST_RETRY_S)


def _target(name: str) -> Any:  # noqa: ANN401  yt-dlp is not typed
    from yt_dlp.networking.impersonate import ImpersonateTarget

    try:
        return ImpersonateTarget.from_str(name.lower())
    except ValueError as error:
        raise Misconfigured(f"VIRAL_FORGE_YTDLP_IMPERSONATE: {_cleaned(str(error))}.") from error


def opened(options: dict[str, Any]) -> Any:  # noqa: ANN401  yt-dlp is not typed
    """A ``YoutubeDL``, for one job and one thread; close it.

    Raises:
        Misconfigured: it does not take the options.
    """
    import yt_dlp

    try:
        return yt_dlp.YoutubeDL(options)
    except yt_dlp.utils.YoutubeDLError as error:
        raise Misconfigured(f"yt-dlp: {_cleaned(str(error))}.") from error


def _copied_cookies(settings: YtdlpSettings, folder: Path) -> str | None:
    """A copy: yt-dlp rewrites the file when it ends, and jobs run at the same time."""
    if settings.cookie_file is None:
        return None
    copy = folder / "cookies.txt"
    copy.touch(mode=0o600)
    try:
        shutil.copyfile(settings.cookie_file, copy)
    except OSError as error:
        raise Misconfigured(
            f"VIRAL_FORGE_YTDLP_COOKIE_FILE: cannot be read ({type(error).__name__})."
        ) from error
    return str(copy)


class _Silent:
    """Swallows what yt-dlp says; its errors arrive as exceptions."""

    def debug(self, message: str) -> None:
        """Ignore it."""

    warning = error = debug


_Kind = Literal[
    "settings",
    "status",
    "unreachable",
    "unsupported",
    "disk_full",
    "robot_check",
    "needs_account",
    "unavailable",
    "broken",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class YtdlpFailure:
    """What an exception of yt-dlp comes down to.

    Attributes:
        reason: in yt-dlp's words, without addresses' queries and pleas for bug reports.
        status: of the refusal, where it was one.
    """

    kind: _Kind
    reason: str
    status: int | None = None
    retry_after: str | None = None


def failure(error: BaseException) -> YtdlpFailure:
    """The first cause of ``error`` that says something, or else what its own words say."""
    for cause in _causes(error):
        if (found := _known(cause)) is not None:
            return found
    reason = _cleaned(str(error))
    if _ROBOT_CHECK.search(reason):
        return YtdlpFailure(kind="robot_check", reason=reason)
    if not any(getattr(cause, "expected", False) for cause in _causes(error)):
        return YtdlpFailure(kind="broken", reason=reason)
    kind: _Kind = "needs_account" if _WANTS_COOKIES.search(reason) else "unavailable"
    return YtdlpFailure(kind=kind, reason=reason)


def _known(cause: BaseException) -> YtdlpFailure | None:
    from yt_dlp.cookies import CookieLoadError
    from yt_dlp.networking.exceptions import HTTPError, RequestError, TransportError
    from yt_dlp.utils import UnsupportedError

    reason = _cleaned(str(cause))
    if isinstance(cause, HTTPError):
        retry_after = cause.response.headers.get("Retry-After")
        status = int(cause.status)
        return YtdlpFailure(kind="status", reason=reason, status=status, retry_after=retry_after)
    kinds: tuple[tuple[type[BaseException], _Kind], ...] = (
        (CookieLoadError, "settings"),
        (TransportError, "unreachable"),
        (UnsupportedError, "unsupported"),
        (RequestError, "unsupported"),  # not even a web address
    )
    for known, kind in kinds:
        if isinstance(cause, known):
            return YtdlpFailure(kind=kind, reason=reason)
    if isinstance(cause, OSError) and cause.errno == errno.ENOSPC:
        return YtdlpFailure(kind="disk_full", reason=reason)
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        inner = getattr(error, "exc_info", None)
        error = (inner[1] if inner else None) or error.__cause__ or error.__context__


def _cleaned(message: str) -> str:
    plain = _PLEA.sub("", _TERMINAL_CODE.sub("", message)).removeprefix("ERROR: ")
    shown = _ADDRESS.sub(lambda match: shown_address(match[0]), " ".join(plain.split()))
    return shown[:_LONGEST_REASON].rstrip(" .")
