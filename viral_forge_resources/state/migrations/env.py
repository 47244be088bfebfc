"""Runs the migrations in the transaction that ``engine.migrating`` opened."""

from alembic import context

from viral_forge_resources.state.engine import VERSION_TABLE
from viral_forge_resources.state.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite alters a table by making it anew
    transactional_ddl=True,  # SQLite has it too, once the driver leaves transactions alone
)
context.run_migrations()
