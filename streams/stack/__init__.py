"""The local stack: broker, app, event source and pools of one file, as local processes."""
