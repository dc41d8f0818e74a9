"""The subcommands of ``synergai`` that belong to this room."""
