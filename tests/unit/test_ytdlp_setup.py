import errno
from pathlib import Path

import pytest
from yt_dlp.utils import DownloadError, ExtractorError

from viral_forge_resources.workers.parts.ytdlp import (
    YtdlpSettings,
    common_options,
    failure,
    js_runtime,
)


def _program(folder: Path, says: str) -> Path:
    file = folder / "node"
    file.write_text(f"#!/bin/sh\necho {says}\n", encoding="utf-8")
    file.chmod(0o700)
    return file


def test_the_runtime_that_comes_along_will_do():
    found = js_runtime(YtdlpSettings())
    assert (found.name, found.problem) == ("deno", None)
    assert found.version is not None


@pytest.mark.parametrize(("version", "is_enough"), [("v20.20.2", False), ("v22.1.0", True)])
def test_an_old_runtime_is_named_with_what_to_do(tmp_path, version, is_enough):
    program = _program(tmp_path, version)
    found = js_runtime(YtdlpSettings(js_runtime="node", js_runtime_path=program))
    assert found.version == version.removeprefix("v")
    assert (found.problem is None) == is_enough
    if not is_enough:
        assert "node 20.20.2 is too old" in str(found.problem)
        assert "VIRAL_FORGE_YTDLP_JS_RUNTIME" in str(found.problem)


def test_a_missing_runtime_is_named_with_what_to_do(tmp_path):
    found = js_runtime(YtdlpSettings(js_runtime="bun", js_runtime_path=tmp_path / "bun"))
    assert found.version is None
    assert "there is no bun" in str(found.problem)


def test_nothing_is_downloaded_to_be_run_and_no_browser_is_asked_for_cookies(tmp_path):
    options = common_options(YtdlpSettings(), folder=tmp_path, proxy="socks5h://127.0.0.1:1")
    assert options["remote_components"] == []
    assert options["cookiefile"] is None
    assert "cookiesfrombrowser" not in options
    assert options["proxy"] == "socks5h://127.0.0.1:1"
    assert options["cachedir"] is False


@pytest.mark.parametrize(
    ("words", "is_expected", "kind"),
    [
        ("Sign in to confirm you're not a bot. Use --cookies", True, "robot_check"),
        ("You have exceeded the rate limit. Try again later", True, "robot_check"),
        ("Request is rejected by server (352)", True, "robot_check"),
        ("Private video. Sign in if you've been granted access", True, "needs_account"),
        ("This content is only for registered users. Use --cookies", True, "needs_account"),
        ("This video has been removed by the uploader", True, "unavailable"),
        ("Unable to extract title; please report this issue on https://x.example", False, "broken"),
    ],
)
def test_what_a_site_says_tells_whether_waiting_helps(words, is_expected, kind):
    inner = ExtractorError(words, expected=is_expected)
    error = DownloadError(f"ERROR: {words}", (ExtractorError, inner, None))
    found = failure(error)
    assert found.kind == kind
    assert "please report" not in found.reason


def test_a_full_disk_is_told_apart():
    cause = OSError(errno.ENOSPC, "No space left on device")
    assert failure(DownloadError("ERROR", (OSError, cause, None))).kind == "disk_full"


def test_addresses_in_yt_dlps_words_lose_their_secrets():
    found = failure(DownloadError("ERROR: cannot read https://u:p@a.example/v?t=s3cret#x today"))
    assert found.reason == "cannot read https://a.example/v today"
