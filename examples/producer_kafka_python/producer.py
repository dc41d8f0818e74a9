"""Send a file to a model and wait for the answer: kafka-python and nothing of SynergAI."""

import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

bootstrap, model, file, media_type, topics = [*sys.argv[1:], "synergai.default"][:5]
name, now = uuid.uuid4().hex, datetime.now(UTC)
event = {"ce_specversion": "1.0", "ce_id": name, "ce_source": "/examples/producer"}
event |= {"ce_type": "org.synergai.request.submitted.v1", "ce_subject": model}
event |= {"content-type": media_type, "ce_time": now.isoformat()}
event |= {"ce_deadline": (now + timedelta(milliseconds=150)).isoformat()}
consumer = KafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed")
numbers = consumer.partitions_for_topic(f"{topics}.results")
consumer.assign([TopicPartition(f"{topics}.results", number) for number in numbers])
for place, end in consumer.end_offsets(consumer.assignment()).items():
    consumer.seek(place, end)  # only what comes from now on
with KafkaProducer(bootstrap_servers=bootstrap, max_request_size=2**22) as producer:
    headers = [(key, value.encode()) for key, value in event.items()]
    producer.send(f"{topics}.requests", Path(file).read_bytes(), name.encode(), headers)
answers = (r for r in consumer if dict(r.headers)["ce_correlationid"] == name.encode())
print(next(answers).value.decode())
consumer.close()
