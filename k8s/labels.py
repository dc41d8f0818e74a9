"""Names that others find our objects by."""

from typing import Final

MANAGED_BY: Final = "app.kubernetes.io/managed-by"
PART_OF: Final = "app.kubernetes.io/part-of"
NAME: Final = "app.kubernetes.io/name"
COMPONENT: Final = "app.kubernetes.io/component"
OURS: Final = "synergai"
"""Value of `MANAGED_BY` and of `PART_OF`, and the field manager of what we apply."""
FIELD_MANAGER: Final = OURS

DEPLOYMENT: Final = "synergai.org/deployment"
POOL: Final = "synergai.org/pool"
ARCHITECTURE: Final = "synergai.org/architecture"
MODEL_GROUP: Final = "synergai.org/model-group"

GENERATION: Final = "synergai.org/generation"
"""Annotation: the pool's generation."""
TOPIC: Final = "synergai.org/topic"
"""Annotation: the pool's topic, which is its consumer group too."""
CONFIGURATION: Final = "synergai.org/configuration"
"""Annotation: the key of the pool's configuration."""
MODELS: Final = "synergai.org/models"
"""Annotation: the pool's models, comma separated."""
SLOTS: Final = "synergai.org/slots"
"""Annotation: requests that an instance of the pool computes at a time."""
COLD_START: Final = "synergai.org/cold-start-seconds"
"""Annotation: what the profiles say an instance takes to get ready."""
MEASURED_COLD_START: Final = "synergai.org/measured-cold-start-seconds"
"""Annotation, written by the controller: what it took lately."""
STATE: Final = "synergai.org/state"
"""Annotation: `DRAINING` from when a pool is to be removed."""
DRAINING: Final = "draining"
DRAINED: Final = "synergai.org/drained"
"""Annotation, written by the controller: nothing is placed on the draining pool any more."""


def of_deployment(name: str) -> dict[str, str]:
    """What every object of a deployment carries, and by which it is found."""
    return {MANAGED_BY: OURS, PART_OF: OURS, DEPLOYMENT: name}


def selector(name: str) -> str:
    """A label selector that finds every object of a deployment, and nothing else."""
    return f"{MANAGED_BY}={OURS},{DEPLOYMENT}={name}"
