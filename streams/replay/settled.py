"""What flags, environment and stack file come to."""

from pathlib import Path
from typing import Any

from streams.settings import Settings, from_environment
from streams.stack.schema import StackFile, load, this_machine


def settled(
    stack_file: Path | None, policy: str | None, **overrides: Any
) -> tuple[StackFile, str, Settings]:
    """The stack, its name for messages, and the settings with the policy that counts."""
    stack = load(stack_file) if stack_file else this_machine()
    settings = from_environment(fallback={"policy": stack.variant}, policy=policy, **overrides)
    return stack, str(stack_file or "this machine"), settings
