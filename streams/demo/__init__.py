"""The demo: a minute of a real arrival trace, replayed on three architectures, with a report."""
