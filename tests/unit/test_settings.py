"""Settings are right as a whole, or every problem is told at once and no value with it."""

from pathlib import Path

import pytest
from pydantic import HttpUrl, SecretStr, ValidationError
from pydantic_settings import BaseSettings

import viral_forge_resources.publishers
import viral_forge_resources.scanners
import viral_forge_resources.storage
from viral_forge_assets.definitions import read_settings
from viral_forge_assets.doctor import examine
from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.plugins import open_plugin
from viral_forge_resources.settings import Settings, addresses_in, in_home, settings_problems

_SECRET = "hunter2-hunter2"


@pytest.fixture(autouse=True)
def _no_dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch):
    """Set ``VIRAL_FORGE_<NAME>``."""
    return lambda name, value: monkeypatch.setenv(f"VIRAL_FORGE_{name}", value)


def test_nothing_has_to_be_set():
    assert settings_problems({}) == []
    assert read_settings() == Settings()


def test_every_problem_is_told_at_once(setting):
    setting("CONCURRENT_RENDERS", "0")
    setting("MAX_SOURCE_BYTES", "plenty")
    setting("CONSOLE_URL", "not an address")

    with pytest.raises(Misconfigured) as caught:
        read_settings()

    first, *problems = str(caught.value).splitlines()
    assert first == "these settings are wrong:"
    assert [problem.partition(":")[0] for problem in problems] == [
        "VIRAL_FORGE_MAX_SOURCE_BYTES",
        "VIRAL_FORGE_CONCURRENT_RENDERS",
        "VIRAL_FORGE_CONSOLE_URL",
    ]


def test_problems_of_every_enabled_plugin_are_told_at_once(setting):
    setting("STORAGE", "oci")
    setting("SCANNER_INBOX_SETTLE_SECONDS", "-1")
    setting("SCANNERS", "inbox,myspace")

    with pytest.raises(Misconfigured) as caught:
        read_settings()

    text = str(caught.value)
    for name in ("BUCKET", "NAMESPACE", "REGION", "USER", "TENANCY", "FINGERPRINT"):
        assert f"VIRAL_FORGE_STORAGE_OCI_{name}: Field required" in text
    assert "VIRAL_FORGE_SCANNER_INBOX_SETTLE_SECONDS: " in text
    assert "no scanners plugin is named 'myspace'. There are: " in text


def test_problems_of_the_studio_do_not_hide_those_of_its_plugins(setting):
    setting("MAX_SOURCE_BYTES", "plenty")
    setting("SCANNERS", "inbox,myspace")
    setting("SCANNER_INBOX_SETTLE_SECONDS", "-1")

    with pytest.raises(Misconfigured) as caught:
        read_settings()
    told = [finding.text for finding in examine() if not finding.is_good]

    assert str(caught.value).splitlines()[1:] == told
    assert [problem.partition(":")[0] for problem in told] == [
        "VIRAL_FORGE_MAX_SOURCE_BYTES",
        "VIRAL_FORGE_SCANNER_INBOX_SETTLE_SECONDS",
        "no scanners plugin is named 'myspace'. There are",
    ]


def test_a_plugin_that_is_not_enabled_may_be_set_wrong(setting):
    setting("STORAGE_S3_BUCKET", "x")

    assert read_settings().storage == "local"


@pytest.mark.parametrize(
    ("name", "known"),
    [("STORAGE", "local, oci, s3"), ("SCANNERS", "inbox"), ("PUBLISHERS", "folder")],
)
def test_an_unknown_plugin_is_named_with_the_known_ones(setting, name, known):
    setting(name, "nosuch")

    with pytest.raises(Misconfigured, match=rf"plugin is named 'nosuch'\. There are: .*{known}"):
        read_settings()


@pytest.mark.parametrize(
    "wrong",
    [
        {"SECRET_ACCESS_KEY": _SECRET},  # half a key
        {"SECRET_ACCESS_KEY": _SECRET, "ACCESS_KEY_ID": _SECRET, "ENDPOINT_URL": _SECRET},
        {"SECRET_ACCESS_KEY": _SECRET, "ACCESS_KEY_ID": _SECRET, "PREFIX": f"%{_SECRET}"},
    ],
)
def test_a_secret_in_wrong_settings_is_not_shown(setting, wrong):
    setting("STORAGE", "s3")
    setting("STORAGE_S3_BUCKET", "clips")
    for name, value in wrong.items():
        setting(f"STORAGE_S3_{name}", value)

    with pytest.raises(Misconfigured) as told:
        read_settings()
    with pytest.raises(ValidationError) as raised:
        open_plugin(viral_forge_resources.storage, "s3")

    assert "VIRAL_FORGE_STORAGE_S3_" in str(told.value)
    assert _SECRET not in f"{told.value} {raised.value} {raised.value!r}"


def test_the_address_of_state_is_not_shown_with_the_settings(setting):
    setting("STATE_URL", f"postgresql://studio:{_SECRET}@db/studio")

    settings = read_settings()

    assert _SECRET in str(settings.state_url)
    assert _SECRET not in repr(settings)


def test_wrong_settings_do_not_show_what_was_set(setting):
    setting("MAX_SOURCE_BYTES", _SECRET)

    assert _SECRET not in "".join(settings_problems({}))


def test_names_are_given_with_commas(setting):
    setting("SCANNERS", " inbox , ,inbox2,")

    assert Settings().scanners == ("inbox", "inbox2")


def test_an_empty_variable_is_an_absent_one(setting):
    setting("STATE_URL", "")
    setting("STORAGE", "")

    assert (Settings().state_url, Settings().storage) == (None, "local")


def test_the_environment_wins_over_the_file(setting, tmp_path):
    (tmp_path / ".env").write_text("VIRAL_FORGE_RECIPE=bold\nVIRAL_FORGE_WHISPER_MODEL=off\n")
    setting("RECIPE", "calm")

    settings = Settings()

    assert (settings.recipe, settings.whisper_model) == ("calm", "off")


def test_what_plugins_keep_locally_lies_in_the_home_folder(setting, tmp_path):
    setting("HOME", str(tmp_path / "studio"))

    assert in_home("inbox") == tmp_path / "studio" / "inbox"


def test_no_problem_of_a_good_plugin_is_made_up():
    enabled = {
        viral_forge_resources.storage: ("local",),
        viral_forge_resources.scanners: ("inbox",),
        viral_forge_resources.publishers: ("folder",),
    }
    assert settings_problems(enabled) == []


def test_the_addresses_among_settings_are_found_also_in_lists_and_nothing_else():
    class Scanning(BaseSettings):
        api_url: HttpUrl = HttpUrl("http://10.0.0.7:8080/api")
        feed_url: HttpUrl | None = None
        instances: tuple[HttpUrl, ...] = (
            HttpUrl("https://a.example"),
            HttpUrl("https://b.example"),
        )
        api_key: SecretStr = SecretStr("https://key.example")
        order: str = "https://words.example"

    assert addresses_in(Scanning()) == [
        "http://10.0.0.7:8080/api",
        "https://a.example/",
        "https://b.example/",
    ]
