"""Niches as operators type them, import them and take them away."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from tests.builders import KEY, save_candidate, save_publication
from viral_forge_assets.cli import app
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.contracts.scanning import Niche, NichePolicy
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import niches as niches_state


@pytest.fixture
def state(home: Path, sqlite_state: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """The database that commands find."""
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", sqlite_state.url.render_as_string())
    return sqlite_state


def _type(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def _niches(state: sa.Engine) -> tuple[Niche, ...]:
    with state.connect() as connection:
        return niches_state.all_niches(connection)


def test_all_that_a_niche_takes_can_be_typed(state):
    words = (
        "niche add cooking --query pasta --query soup --recipe fit --watch inbox=a=b"
        " --watch inbox=c --platform inbox --language en --licence cc-by-4.0 --minimum-score 0.4"
        " --most-per-platform 3 --horizon-days 7 --not-monetised --reusable-only --adds-trends"
        " --translate-to pt-BR"
    )
    assert _type(*words.split()).exit_code == 0
    assert _niches(state) == (
        Niche(
            name="cooking",
            queries=("pasta", "soup"),
            recipe="fit",
            watched={"inbox": ("a=b", "c")},
            policy=NichePolicy(
                platforms=("inbox",),
                most_per_platform=3,
                minimum_score=0.4,
                languages=("en",),
                licences=("CC-BY-4.0",),
                is_monetised=False,
                reusable_only=True,
                horizon_days=7,
                adds_trends=True,
                translate_to="pt-BR",
            ),
        ),
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--minimum-score", "1"), "minimum_score: Input should be less than 1"),
        (("--watch", "r/cooking"), "'r/cooking': does not say which scanner watches it"),
        (("--watch", "nowhere=x"), "watched: no scanner is named 'nowhere'"),
        (("--platform", "nowhere"), "platforms.0: no scanner is named 'nowhere'"),
        (("--licence", "fair use"), "licences.0: 'fair use' is no licence that we know"),
    ],
)
def test_a_niche_that_cannot_be_is_refused_in_one_line(state, words, told):
    done = _type("niche", "add", "cooking", *words)
    assert done.exit_code == 1
    assert told in done.output
    assert len(done.output.splitlines()) == 1
    assert _niches(state) == ()


def test_what_is_shown_can_be_imported(state, tmp_path):
    _type("niche", "add", "cooking", "--query", "crème brûlée", "--minimum-score", "0.5")
    (cooking,) = _niches(state)
    file = tmp_path / "niches.yaml"
    file.write_text(_type("niche", "show", "cooking").output, encoding="utf-8")
    _type("niche", "add", "cooking")
    _type("niche", "add", "travel")
    assert _type("niche", "import", str(file)).output == "watching cooking\n"
    assert _niches(state) == (cooking, Niche(name="travel"))


def test_of_a_file_that_is_wrong_anywhere_nothing_is_imported(state, tmp_path):
    file = tmp_path / "niches.yaml"
    file.write_text("niches:\n  cooking:\n  travel: {recipe: none, queries: 3}\n", encoding="utf-8")
    done = _type("niche", "import", str(file))
    assert done.exit_code == 1
    assert "line 3: niches.travel.recipe: no recipe is named 'none'" in done.output
    assert "line 3: niches.travel.queries: " in done.output
    assert _niches(state) == ()


def test_an_imported_niche_has_a_channel(state, tmp_path):
    file = tmp_path / "niches.yaml"
    file.write_text("niches: {cooking: }\n", encoding="utf-8")
    _type("niche", "import", str(file))
    assert _type("niche", "list").output == "cooking: folder:cooking\n"


def test_a_file_that_cannot_be_read_says_so(state, tmp_path):
    done = _type("niche", "import", str(tmp_path / "none.yaml"))
    assert done.exit_code == 1
    assert "cannot be read: No such file or directory" in done.output


def test_a_removed_niche_is_watched_no_more_and_its_history_stays(state):
    _type("niche", "add", "cooking")
    published = save_publication(state)
    waiting = save_candidate(state, candidate_key=f"{KEY}-2")
    other = save_candidate(state, candidate_key="travel:inbox:boat")
    done = _type("niche", "remove", "cooking")
    assert done.output == "cooking is watched no more; 1 of its candidates will not be made\n"
    assert _niches(state) == ()
    with state.connect() as connection:
        found = {
            key: candidates_state.get(connection, key)
            for key in (published.candidate_key, waiting.candidate_key, other.candidate_key)
        }
    assert [row.status for row in found.values() if row] == [
        CandidateStatus.SHORTLISTED,
        CandidateStatus.RETIRED,
        CandidateStatus.SHORTLISTED,
    ]
    assert _type("niche", "remove", "cooking").exit_code == 1
