"""What an operator types, and what comes back: done, or why not."""

import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from tests.builders import KEY, NOW, clip, save_candidate, save_publication, scan_outcome, sha256
from viral_forge_assets.cli import app
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.records import CandidateStatus, CheckResult
from viral_forge_resources.contracts.scanning import ScanState
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import publications as publications_state
from viral_forge_resources.state import scan_outcomes


@pytest.fixture
def state(home: Path, sqlite_state: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """The database that commands find."""
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", sqlite_state.url.render_as_string())
    return sqlite_state


def _type(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_a_niche_that_was_added_is_listed_with_its_folder_channel(state, home):
    added = _type("niche", "add", "cooking", "--recipe", "fit")
    assert added.exit_code == 0
    assert f"put videos into {home / 'inbox' / 'cooking'}" in added.output
    assert _type("niche", "list").output == "cooking: folder:cooking\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("niche", "add", "Fine Dining"), "'Fine Dining': cannot name a niche. Use 1 to 40"),
        (
            ("niche", "add", "x", "--recipe", "none"),
            "no recipe is named 'none'. There are: cinema,",
        ),
        (("inbox", "nowhere"), "'nowhere': names no niche. Add it with `viral-forge niche add"),
        (("rights", "show", KEY), f"'{KEY}': names no candidate"),
        (("rights", "show", "pasta"), "'pasta': is not a candidate's partition key"),
        (("rights", "revoke", "nothing"), "no right in force has the id 'nothing'"),
        (
            ("approve", "0123456789ab"),
            "'0123456789ab': is the content hash of no clip as it is now",
        ),
        (("approve", "0123"), "'0123': is too short for a content hash: 4 digits"),
        (("channel", "add", "nowhere", "main"), "'nowhere': names no niche"),
    ],
)
def test_a_command_that_cannot_be_done_says_why_in_one_line(state, words, told):
    done = _type(*words)
    assert done.exit_code == 1
    assert told in done.output
    assert len(done.output.splitlines()) == 1


def test_make_demo_hands_its_video_over_whatever_its_name(tmp_path):
    """``make demo VIDEO=…`` made its sample instead: the command did not read the variable."""
    name = 'it\'s "a" 100% path.mp4'
    make = shutil.which("make") or pytest.fail("make is not on this machine")
    told = subprocess.run(  # noqa: S603  our own Makefile
        [make, "--no-print-directory", "-o", ".venv/ready", "demo", f"VIDEO=/nowhere/{name}"],
        cwd=Path(__file__).parents[2],
        env={"PATH": os.defpath, "HOME": str(tmp_path), "VIRAL_FORGE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode != 0
    assert f"'/nowhere/{name}': is no file" in told.stderr


def test_the_inbox_shows_what_became_of_each_video_and_what_would_change_that(state, home):
    _type("niche", "add", "cooking")
    remedy = f"viral-forge rights add {KEY}"
    refused = CandidateStatus.REFUSED
    save_candidate(state, status=refused, reason="no licence is known", remedy=remedy)
    assert _type("inbox", "cooking").output.splitlines() == [
        f"inbox of cooking: {home / 'inbox' / 'cooking'}",
        f"{KEY}  refused: no licence is known",
        f"    {remedy}",
    ]


def test_the_inbox_names_files_that_could_not_even_become_candidates(state):
    _type("niche", "add", "cooking")
    failed = scan_outcome(state=ScanState.FAILED, found=None, reason="'a.json': is no sidecar")
    with state.begin() as connection:
        scan_outcomes.append(connection, failed)
    assert "last scan of inbox: 'a.json': is no sidecar\n" in _type("inbox", "cooking").output


def test_a_right_is_shown_while_it_holds_and_after_it_was_withdrawn(state):
    _type("niche", "add", "cooking")
    save_candidate(state, status=CandidateStatus.REFUSED, rights_id=None)
    assert f"the ledger holds nothing on {KEY}\nmay NOT be used now" in (
        _type("rights", "show", KEY).output
    )
    added = _type("rights", "add", KEY, "--licence", "CC-BY-4.0", "--evidence", "its page")
    rights_id = added.output.partition(":")[0]
    assert added.output.startswith(f"{rights_id}: CC-BY-4.0 for {KEY}")
    assert f"{rights_id}: CC-BY-4.0 (its page; " in _type("rights", "show", KEY).output
    revoked = _type("rights", "revoke", rights_id).output
    assert revoked.startswith(f"{rights_id} is revoked\n{KEY} is frozen")
    assert "; revoked 20" in _type("rights", "show", KEY).output
    assert _type("rights", "revoke", rights_id).exit_code == 1


def test_a_licence_that_gives_no_right_is_refused(state):
    save_candidate(state)
    told = _type("rights", "add", KEY, "--licence", "fair use", "--evidence", "I think so")
    assert told.exit_code == 1
    assert "'fair use': is no licence that gives a right" in told.output


def test_approving_some_of_several_clips_is_all_or_nothing(state):
    _save_checked_clip(state)
    done = _type("approve", sha256("clip")[:12], "0123456789ab")
    assert done.exit_code == 1
    assert _publication_state(state) is PublicationState.PLANNED
    done = _type("approve", sha256("clip")[:12])
    assert (done.exit_code, done.output) == (0, f"approved clip 1 of {KEY}\n")
    assert _publication_state(state) is PublicationState.APPROVED


def test_a_rejected_clip_is_withdrawn(state):
    _save_checked_clip(state)
    assert _type("reject", sha256("clip")).output == f"rejected clip 1 of {KEY}\n"
    assert _publication_state(state) is PublicationState.WITHDRAWN


def _save_checked_clip(state: sa.Engine) -> None:
    save_publication(state)
    check = CheckResult(name="duration", passed=True, message="12.0 s")
    with state.begin() as connection:
        clips_state.record(connection, clip())
        clips_state.record_checks(
            connection, KEY, 1, content_sha256=sha256("clip"), checks=(check,)
        )


def _publication_state(state: sa.Engine) -> PublicationState:
    with state.connect() as connection:
        (row,) = publications_state.of_candidate(connection, KEY)
    return row.state


def _lose_a_post(state: sa.Engine) -> str:
    """Id of a post whose end nobody knows."""
    row = save_publication(state)
    with state.begin() as connection:
        publications_state.approve(connection, row.content_sha256, now=NOW)
        publications_state.claim(
            connection, row.publication_id, claimed_by="run-1", lease=-timedelta(hours=1), now=NOW
        )
        publications_state.expire_leases(connection, now=NOW)
    return row.publication_id


@pytest.mark.parametrize(
    ("words", "ends_as"),
    [(("--live", "https://example.com/p/1"), "published"), (("--absent",), "approved")],
)
def test_a_lost_post_is_settled_by_the_word_of_a_person(state, words, ends_as):
    lost = _lose_a_post(state)
    done = _type("settle", lost, *words)
    told = f"clip 1 of {KEY} on folder:main is {ends_as} now\n"
    assert (done.exit_code, done.output) == (0, told)
    assert _publication_state(state) == ends_as
    again = _type("settle", lost, *words)
    assert (again.exit_code, "its end is not unknown" in again.output) == (1, True)


@pytest.mark.parametrize("words", [(), ("--live", "https://example.com/p/1", "--absent")])
def test_a_lost_post_is_either_live_or_absent(state, words):
    assert _type("settle", _lose_a_post(state), *words).exit_code == 2
    assert _publication_state(state) is PublicationState.UNKNOWN


def test_the_doctor_says_what_works(state, monkeypatch):
    monkeypatch.setenv("VIRAL_FORGE_WHISPER_MODEL", "off")
    told = _type("doctor")
    assert told.exit_code == 0
    assert "✗" not in told.output
    for subject in ("settings", "state", "storage", "FFmpeg", "fonts", "speech", "publishers"):
        assert f"✓ {subject}: " in told.output


def test_the_doctor_names_every_wrong_setting_at_once_and_no_secret(home, monkeypatch):
    monkeypatch.setenv("VIRAL_FORGE_MAX_SOURCE_BYTES", "plenty")
    monkeypatch.setenv("VIRAL_FORGE_CONCURRENT_RENDERS", "0")
    monkeypatch.setenv("VIRAL_FORGE_CONSOLE_URL", "nowhere")
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", "postgresql://ada:hunter2@db/forge")
    told = _type("doctor")
    assert told.exit_code == 1
    for name in ("MAX_SOURCE_BYTES", "CONCURRENT_RENDERS", "CONSOLE_URL"):
        assert f"✗ settings: VIRAL_FORGE_{name}: " in told.output
    assert "hunter2" not in told.output
    assert "plenty" not in told.output


def test_the_doctor_names_what_plugins_lack(home, monkeypatch):
    monkeypatch.setenv("VIRAL_FORGE_STORAGE", "s3")
    monkeypatch.setenv("VIRAL_FORGE_PUBLISHERS", "folder,nowhere")
    told = _type("doctor")
    assert told.exit_code == 1
    assert "VIRAL_FORGE_STORAGE_S3_BUCKET" in told.output
    assert "nowhere" in told.output


def test_a_database_that_does_not_answer_is_told_without_its_password(home, monkeypatch):
    url = "postgresql://ada:hunter2@127.0.0.1:9/forge"
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", url)
    for words in (("doctor",), ("niche", "list")):
        told = _type(*words)
        assert told.exit_code == 1
        assert "127.0.0.1" in told.output
        assert "hunter2" not in told.output
        assert "Traceback" not in told.output
