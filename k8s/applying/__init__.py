"""Objects into a cluster and out of it again: applied, waited for, shown, removed."""
