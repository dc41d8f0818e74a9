"""One worker around the core: intake, ownership, ledger, publishing, feeds. Nothing of Faust."""
