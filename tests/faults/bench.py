"""A file of records, the processes that use it, and what must be in it afterwards."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ECO = [sys.executable, "-m", "ecocli"]
CALL = ("--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
TRACEBACK = b"Traceback"

RECORDER = """
import sys, typer
from ecocli.cli.main import app
command, (name, number) = typer.main.get_command(app), sys.argv[1:]
for at in range(int(number)):
    try:
        command.main(["record", "--id", f"{name}-{at}", "--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5"], prog_name="eco")
    except SystemExit as end:
        if end.code:
            raise
"""
"""`eco record` again and again in one process: more of them meet at the file than when each starts Python first."""


@dataclass
class Tally:
    """How often something was tried, and what was lost."""

    name: str
    rounds: int = 0
    acknowledged: int = 0
    losses: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.name:<42} {self.rounds:>5} rounds {self.acknowledged:>7} acknowledged {len(self.losses):>3} losses"

    def expect(self, holds: bool, loss: object) -> None:
        if not holds:
            self.losses.append(str(loss))


@dataclass(frozen=True)
class Bench:
    """One file of records in a folder."""

    folder: Path
    env: dict[str, str]
    name: str = "eco.db"

    @property
    def path(self) -> Path:
        return self.folder / self.name

    def start(self, *arguments: str, command: Iterable[str] = ECO, **options: Any) -> "subprocess.Popen[bytes]":
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        env = self.env | {"ECO_DB": str(self.path)} | options.pop("variables", {})
        return subprocess.Popen([*command, *arguments], env=env, cwd=self.folder, **pipes | options)

    def start_recorder(self, name: str, number: int) -> "subprocess.Popen[bytes]":
        return self.start(name, str(number), command=[sys.executable, "-c", RECORDER])

    def run(self, *arguments: str, **options: Any) -> "subprocess.CompletedProcess[bytes]":
        with self.start(*arguments, **options) as process:
            out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def ids(self) -> list[str]:
        """Whatever is recorded, read without eco."""
        if not self.path.exists() or not self.path.stat().st_size:
            return []
        with closing(sqlite3.connect(self.path)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'calls'").fetchone():
                return []
            return [row[0] for row in connection.execute("SELECT call_id FROM calls")]

    def is_whole(self) -> bool:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

    def damage(self, rng: Any, places: int) -> None:
        """Random bytes at random places of the file, all of it in one piece before."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        content = bytearray(self.path.read_bytes())
        for _ in range(places):
            at, length = rng.randrange(len(content)), rng.choice((1, 4, 64, 2000))
            content[at : at + length] = rng.randbytes(len(content[at : at + length]))
        self.path.write_bytes(content)
        for ending in ("-wal", "-shm"):
            Path(f"{self.path}{ending}").unlink(missing_ok=True)


def acknowledged(out: bytes) -> list[str]:
    """The ids of the answers that came out whole."""
    return [json.loads(line)["id"] for line in out.split(b"\n")[:-1]]
