"""Finds the weights of the policy by simulating the past of the run with others."""
