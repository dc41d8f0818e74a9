"""Dead letters as operators see them: read, selected, sent again, put away."""
