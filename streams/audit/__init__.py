"""Proves or disproves from the topics that every request has exactly one outcome.

Records are shown, one partition number after the other, effects before their causes; then the
findings are asked for. `reading`, `snapshot` and `run` are the edge.
"""

from streams.audit.run import examine, run
from streams.audit.schema import Finding, Note, Report

__all__ = ["Finding", "Note", "Report", "examine", "run"]
