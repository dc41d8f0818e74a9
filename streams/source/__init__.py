"""The local event source: takes placements from the pools' topics and POSTs them to functions.

It stands in for Knative's KafkaSource and keeps its delivery rules, so that a function cannot tell
which of the two it is under.
"""
