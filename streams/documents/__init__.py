"""The documents of our events, generated from their structs: AsyncAPI 3 and JSON Schemas."""
