"""One request from its event to its outcome: what happened when, and what its time was spent on.

`finding` reads the topics; `story`, `steps`, `causes` and `words` are pure.
"""
