"""Scaling driven by deadlines: pools are warm before the requests that need them arrive.

`core` is pure: objects and demands in, writes and declared pools out. `shell` watches and writes.
"""
