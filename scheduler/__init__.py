"""The pure decision: which request runs where, and when."""
