"""What surrounds each net: from bytes to tensors, and from tensors to an answer."""
