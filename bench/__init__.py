"""Speed, as ratios within one run, with machine, versions and seed in the output."""
