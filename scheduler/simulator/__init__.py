"""A world to try policies in: discrete events, a virtual clock, seeded draws, nothing measured.

`scenario` says what a world is made of, `workload` and `generate` what is asked of it,
`estimation` what a policy is told beforehand, `engine` plays, `results` counts.
"""
