"""The kinds of objects that are read or waited for by name."""

from typing import Final

from k8s.ports import Kind

SERVICE: Final = Kind("serving.knative.dev/v1", "Service")
REVISION: Final = Kind("serving.knative.dev/v1", "Revision")
SOURCE: Final = Kind("sources.knative.dev/v1", "KafkaSource")
DEPLOYMENT: Final = Kind("apps/v1", "Deployment")
JOB: Final = Kind("batch/v1", "Job")
POD: Final = Kind("v1", "Pod")
NODE: Final = Kind("v1", "Node")
EVENT: Final = Kind("v1", "Event")
CONFIG_MAP: Final = Kind("v1", "ConfigMap")
LEASE: Final = Kind("coordination.k8s.io/v1", "Lease")
TOPIC: Final = Kind("kafka.strimzi.io/v1", "KafkaTopic")
