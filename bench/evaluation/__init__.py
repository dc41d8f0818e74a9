"""The evaluation that anyone can rerun: `python -m bench.evaluation`.

`mixes` are the machines, `cells` what is asked of them, `variants` who is judged; `playing` makes
one run, `runner` all of them; `outcome` and `figures` make the numbers, `report` and `plots` show
them. Nothing in docs/evaluation is written by hand.
"""
