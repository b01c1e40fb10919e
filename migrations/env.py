"""Runs migrations on the site's database: all that are due in one transaction, one process at a time."""

from alembic import context
from flask import current_app
from sqlalchemy import text

# Any number will do as long as it stays the same.
MIGRATION_LOCK = 7_408_021

migrate = current_app.extensions["migrate"]


def run() -> None:
    engine = migrate.db.engine
    # On SQLite this option makes the first statement BEGIN IMMEDIATE, so that two starting sites queue up.
    with engine.connect().execution_options(lintas_writes=True) as connection:
        context.configure(connection=connection, target_metadata=migrate.db.metadata, **migrate.configure_args)
        with context.begin_transaction():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("migrations run on a database only; they look at what is there")
run()
