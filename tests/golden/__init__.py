"""Every event format as it was once written, kept for good: see kept.py."""
