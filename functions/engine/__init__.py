"""The heart of an instance: a bounded queue by deadline, batches, slots, repeats."""
