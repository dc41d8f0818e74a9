"""Submit one file several times and print how each request ended."""

import sys
from pathlib import Path

from streams.client import Client

bootstrap, model, file, media_type, prefix = [*sys.argv[1:], "synergai"][:5]
data = Path(file).read_bytes()

with Client(bootstrap, prefix=prefix) as client:
    tickets = [client.submit(model, data, media_type, deadline_s=0.5) for _ in range(5)]
    for answer in client.wait(tickets, timeout_s=60):
        where = f"{answer.pool} ({answer.architecture})" if answer.pool else "nowhere"
        took_ms = answer.breakdown.total_s * 1e3
        print(f"{answer.kind} in {took_ms:.1f} ms, {where}: {answer.value or answer.error}")
