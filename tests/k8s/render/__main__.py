"""Write the golden manifests anew: ``python -m tests.k8s.render``; then read the difference."""

from k8s.render.writing import as_yaml
from tests.k8s.rendered import CASES, GOLDEN, case

for name in CASES:
    (GOLDEN / name / "manifests.yaml").write_text(as_yaml(case(name)))
