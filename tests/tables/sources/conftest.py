"""A PostgreSQL server of its own on loopback, for the tests of one module."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import adbc_driver_postgresql.dbapi as postgresql
import pytest
from adbc_driver_manager import Error

PASSWORD = "p@ss/word"  # characters that an address has to quote


class Server:
    """A running server; `address` names another user, password, port or database where given."""

    def __init__(self, port):
        self.port = port

    def address(self, *, user="shop", password=PASSWORD, port=None, database="postgres"):
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{port or self.port}/{database}"

    def run(self, *statements):
        with closing(postgresql.connect(self.address())) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            connection.commit()


def programs():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def unprivileged():
    """Return the arguments that start a program as another user: the server refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    known = {user.pw_name: user for user in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgres():
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed (Debian package postgresql)")
    home = Path(tempfile.mkdtemp(prefix="postgres"))
    identity, port = unprivileged(), free_port()
    (home / "password").write_text(PASSWORD, encoding="utf-8")
    if identity:
        for path in (home, home / "password"):
            os.chown(path, identity["user"], identity["group"])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": home, **identity}
    login = ["--username=shop", "--auth=scram-sha-256", f"--pwfile={home / 'password'}", "--encoding=UTF8"]
    subprocess.run([folder / "initdb", "-D", home / "data", *login, "--no-sync", "--locale=C"], check=True, **quiet)
    server = subprocess.Popen(
        [folder / "postgres", "-D", home / "data", "-p", str(port), "-h", "127.0.0.1", "-k", home, "-c", "fsync=off"],
        **quiet,
    )
    try:
        wait_for(Server(port))
        yield Server(port)
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(home)


def wait_for(server):
    for _ in range(200):
        try:
            return server.run("SELECT 1")
        except Error:
            time.sleep(0.05)
    raise TimeoutError("the PostgreSQL server did not start")
