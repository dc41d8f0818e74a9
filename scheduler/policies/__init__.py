"""One file per policy; `scheduler.registry` names them."""
