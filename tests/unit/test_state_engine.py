"""Opening the state database: what is refused, and who waits for whom."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import KEY, NOW, save_candidate
from viral_forge_resources.contracts.errors import Misconfigured, Unreachable
from viral_forge_resources.state import artefacts, candidates, niches
from viral_forge_resources.state.engine import migrate, open_engine, ping, sqlite_folder


def test_a_database_answers(state):
    ping(state)


@pytest.mark.parametrize(
    "url",
    [
        "no url at all",
        "mysql://user:hunter2@host/database",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:state.db?uri=true",
    ],
)
def test_what_cannot_hold_state_is_refused_at_once(url):
    with pytest.raises(Misconfigured) as caught:
        open_engine(url)
    assert "hunter2" not in str(caught.value)


def test_a_server_that_does_not_answer_is_unreachable_and_no_password_is_told():
    engine = open_engine("postgresql://user:hunter2@127.0.0.1:1/database")
    for ask in (ping, migrate):
        with pytest.raises(Unreachable) as caught:
            ask(engine)
        assert "127.0.0.1" in str(caught.value)
        assert "hunter2" not in str(caught.value)


def test_a_database_that_is_not_there_is_a_setting_to_mend(postgres_state):
    url = postgres_state.url.set(database="nowhere", drivername="postgresql")
    with pytest.raises(Misconfigured, match="nowhere"):
        ping(open_engine(url.render_as_string(hide_password=False)))


def test_a_server_that_went_away_is_unreachable(postgres_state):
    with postgres_state.connect() as connection:
        pid = connection.scalar(sa.select(sa.func.pg_backend_pid()))
        with postgres_state.connect() as other:
            other.execute(sa.select(sa.func.pg_terminate_backend(pid)))
        with pytest.raises(Unreachable):
            connection.execute(sa.text("SELECT 1"))


def test_a_connection_that_broke_while_it_rested_is_replaced(postgres_state):
    with postgres_state.connect() as connection:
        pid = connection.scalar(sa.select(sa.func.pg_backend_pid()))
    other = open_engine(postgres_state.url.render_as_string(hide_password=False))
    with other.connect() as connection:
        assert connection.scalar(sa.select(sa.func.pg_terminate_backend(pid, 10_000)))
    other.dispose()
    ping(postgres_state)


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "state.db"
    path.write_text("a shopping list, long enough to be looked at" * 50)
    with pytest.raises(Misconfigured, match=r"state\.db"):
        open_engine(f"sqlite:///{path}")
    assert path.read_text().startswith("a shopping list")


def test_a_folder_that_cannot_be_made_is_a_setting_to_mend(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match="no state database"):
        open_engine(f"sqlite:///{tmp_path}/file/state.db")


def test_the_folder_of_a_new_database_is_made(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/a/b/state.db")
    assert sqlite_folder(engine) == tmp_path / "a" / "b"
    ping(engine)


def test_a_relative_path_means_the_folder_it_was_opened_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    engine = open_engine("sqlite:///state.db")
    monkeypatch.chdir("/")
    ping(engine)
    assert (tmp_path / "state.db").exists()


def test_every_commit_of_sqlite_reaches_the_disk(sqlite_state):
    with sqlite_state.connect() as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert settings == ["wal", 2, 1, 30_000]


def test_who_reads_is_in_nobodys_way(state):
    save_candidate(state)
    with state.connect() as reader:
        before = candidates.get(reader, KEY)
        save_candidate(state, title="changed meanwhile")
        with state.begin() as writer:
            niches.save(writer, builders.niche(), now=NOW)
            assert candidates.get(reader, KEY) is not None
    assert before == builders.candidate()


def test_two_who_read_and_then_write_take_turns(state):
    with state.begin() as connection:
        connection.execute(sa.text("CREATE TABLE counters (count INTEGER)"))
        connection.execute(sa.text("INSERT INTO counters VALUES (0)"))
    counters = sa.table("counters", sa.column("count"))

    def count_one() -> None:
        with state.begin() as connection:
            count = connection.scalar(sa.select(counters.c.count).with_for_update())
            Event().wait(0.01)
            connection.execute(sa.update(counters).values(count=count + 1))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(count_one) for _ in range(8)]:
            done.result()
    with state.connect() as connection:
        assert connection.scalar(sa.select(counters.c.count)) == 8


def test_a_transaction_that_fails_leaves_nothing(state):
    def fail() -> None:
        with state.begin() as connection:
            niches.save(connection, builders.niche(), now=NOW)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    with state.connect() as connection:
        assert niches.all_niches(connection) == ()


def test_an_error_does_not_show_what_was_to_be_written(state):
    secret = builders.artefact(media_type="hunter2")
    with pytest.raises(sa.exc.IntegrityError) as caught, state.begin() as connection:
        artefacts.record(connection, secret)
    assert "hunter2" not in str(caught.value)


def test_nothing_but_the_database_lies_in_its_folder(sqlite_state):
    folder = sqlite_folder(sqlite_state)
    assert isinstance(folder, Path)
    ping(sqlite_state)
    assert {path.name for path in folder.iterdir()} <= {"state.db", "state.db-wal", "state.db-shm"}
