"""Record requests as they came, replay them live or simulated, compare two runs."""
