"""
Clients of the package index against `eco serve` on this machine: calls in, rows and counts out.

    python -m tests.clients [NAME ...]
"""

import sys
import tempfile
from pathlib import Path

from tests.clients.runs import CLIENTS, run


def main(names: list[str]) -> int:
    if unknown := set(names) - {client.name for client in CLIENTS}:
        print(f"no client {', '.join(sorted(unknown))}; there are {', '.join(client.name for client in CLIENTS)}", file=sys.stderr)
        return 2
    print("| client | version | calls | rows | counts (input, output, cached, reasoning) of the first | as sent |\n|---|---|---|---|---|---|")
    wrong = 0
    for client in CLIENTS:
        if names and client.name not in names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            ran = run(client, Path(folder))
        good = ran.rows == ran.expected and not ran.keeps_texts
        wrong += not good
        first = ", ".join(map(str, ran.rows[0])) if ran.rows else "–"
        print(f"| {client.name} | {ran.version} | {ran.calls} | {len(ran.rows)} | {first} | {'yes' if good else f'no: {ran.rows}'} |", flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
