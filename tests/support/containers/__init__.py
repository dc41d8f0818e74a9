"""Container images made from what this machine already has, without a registry."""
