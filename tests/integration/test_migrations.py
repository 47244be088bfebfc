"""The migrations make the very schema that ``tables.py`` speaks of, on both databases."""

import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade, upgrade
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.state import engine as engine_module
from viral_forge_resources.state.engine import HEAD, VERSION_TABLE, migrate, migrating, open_engine
from viral_forge_resources.state.tables import metadata


def _tables(state: sa.Engine) -> set[str]:
    return set(sa.inspect(state).get_table_names()) - {"viral_forge_version"}


def test_the_migrated_schema_is_the_one_in_tables(state):
    with state.connect() as connection:
        options = {"compare_server_default": True, "version_table": VERSION_TABLE}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_migrated_checks_are_those_in_tables(state):
    inspector = sa.inspect(state)
    for table in metadata.sorted_tables:
        declared = {
            constraint.name
            for constraint in table.constraints
            if isinstance(constraint, sa.CheckConstraint)
        }
        migrated = {found["name"] for found in inspector.get_check_constraints(table.name)}
        assert migrated == declared, table.name


def test_the_schema_goes_down_to_nothing_and_up_again(state):
    with migrating(state) as config:
        downgrade(config, "base")
    assert _tables(state) == set()
    migrate(state)
    assert _tables(state) == set(metadata.tables)


def test_the_newest_revision_is_the_one_a_start_looks_for(state):
    with migrating(state) as config:
        assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


@contextmanager
def _opened(url: sa.URL) -> Generator[sa.Engine, None, None]:
    engine = open_engine(url.render_as_string(hide_password=False))
    yield engine
    engine.dispose()


def _migrate_on_its_own(url: sa.URL) -> None:
    with _opened(url) as engine:
        migrate(engine)


def test_several_may_migrate_at_once(state):
    with migrating(state) as config:
        downgrade(config, "base")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(_migrate_on_its_own, [state.url] * 4))
    assert _tables(state) == set(metadata.tables)


def test_several_processes_may_make_one_sqlite_file_at_once(tmp_path):
    url = f"sqlite:///{tmp_path}/new/state.db"
    program = (
        "from viral_forge_resources.state.engine import migrate, open_engine;"
        f"migrate(open_engine({url!r}))"
    )
    command = [sys.executable, "-c", program]
    started = [subprocess.Popen(command) for _ in range(3)]  # noqa: S603  the program above
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    assert _tables(open_engine(url)) == set(metadata.tables)


def test_a_migration_that_fails_leaves_the_database_as_it_was(state):
    with migrating(state) as config:
        downgrade(config, "base")

    def migrate_half() -> None:
        with migrating(state) as config:
            upgrade(config, "head")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        migrate_half()
    assert _tables(state) == set()


def test_a_database_of_a_newer_version_is_refused(state):
    with state.begin() as connection:
        connection.execute(sa.text("UPDATE viral_forge_version SET version_num = '9999'"))
    with pytest.raises(Misconfigured, match="newer version"):
        migrate(state)


def test_a_migration_that_orphans_rows_is_undone(sqlite_state):
    def orphan() -> None:
        with migrating(sqlite_state) as config:
            config.attributes["connection"].exec_driver_sql(
                "INSERT INTO artefacts VALUES"
                " ('a', 'nobody', 'clip', 1, 'key', 'video/mp4', 'abc', 1, '2026-01-01 00:00:00')"
            )

    with pytest.raises(Misconfigured, match="artefacts"):
        orphan()
    with sqlite_state.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM artefacts")) == 0


def test_a_start_on_a_current_database_loads_no_alembic(sqlite_state):
    program = (
        "import sys; from viral_forge_resources.state.engine import migrate, open_engine;"
        f"migrate(open_engine({str(sqlite_state.url)!r})); sys.exit('alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, check=False, timeout=60)  # noqa: S603  the program above
    assert done.returncode == 0


def test_the_migrations_lie_inside_the_package():
    assert (Path(engine_module.__file__).parent / "migrations" / "env.py").is_file()
