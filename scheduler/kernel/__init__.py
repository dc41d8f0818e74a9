"""The hot path as plain functions over arrays: compiled where numba is installed, else as it is."""
