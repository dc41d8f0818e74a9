"""Count how requests ended, with confluent-kafka and nothing of SynergAI."""

import json
import sys
import uuid
from collections import Counter

from confluent_kafka import Consumer

bootstrap, wanted, topics = [*sys.argv[1:], "synergai.default"][:3]
consumer = Consumer(
    {
        "bootstrap.servers": bootstrap,
        "group.id": f"example-{uuid.uuid4().hex}",
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",  # what an aborted transaction left is no outcome
        "enable.auto.commit": False,
    }
)
consumer.subscribe([f"{topics}.outcomes"])
kinds: Counter[str] = Counter()
while kinds.total() < int(wanted):
    message = consumer.poll(30)
    if message is None:
        sys.exit(f"only {kinds.total()} of {wanted} outcomes came; the last 30 s brought none")
    if message.error():
        sys.exit(str(message.error()))
    outcome = json.loads(message.value())
    kinds[outcome["kind"]] += 1
    print(outcome["request_id"], outcome["model"], outcome["kind"], outcome["pool"] or "-")
consumer.close()
print(dict(kinds))
