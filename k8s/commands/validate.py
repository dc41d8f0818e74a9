"""``synergai k8s validate``: what a cluster would refuse, said before it is asked."""

import json
import sys
from pathlib import Path
from typing import Any, Literal

import click


@click.command()
@click.option(
    "-f", "--file", "path", required=True, type=click.Path(path_type=Path),
    help="A deployment file, manifests (YAML or JSON), or a folder of them.",
)  # fmt: skip
@click.option(
    "--enabled", multiple=True, metavar="FLAG",
    help="A feature flag that is on; may be repeated. With it, others count as off.",
)  # fmt: skip
@click.option(
    "--output", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="Lines for people or JSON for programs.",
)  # fmt: skip
def validate(path: Path, enabled: tuple[str, ...], output: Literal["table", "json"]) -> None:
    """Check manifests by the rules of Knative's webhook, without a cluster.

    Names the feature flags that are needed, with the patch to turn them on; nothing is changed.
    Exit code 0: admitted; 1: refused, or a flag is missing among those of --enabled.
    """
    from k8s.validate import ON_BY_DEFAULT, advice, check, flags, patch, problems
    from k8s.validate.files import manifests

    found = [(each, check(each)) for each in manifests(path)]
    needed = flags(finding for _, findings in found for finding in findings)
    on = {*ON_BY_DEFAULT, *(enabled or needed)}
    wrong = [(each, problems(findings, on)) for each, findings in found]
    lines = [f"{_name(each)}: {line}" for each, stand in wrong for line in stand]
    admitted = [each for each, stand in wrong if not stand]
    advised = [f"advice: {_name(each)}: {line}" for each in admitted for line in advice(each)]
    missing = [flag for flag in needed if enabled and flag not in on]
    report = {
        "objects": len(found), "problems": lines, "advice": advised, "flags": needed,
        "missing": missing,
    }  # fmt: skip
    if output == "json":
        click.echo(json.dumps(report | {"patch": patch(needed) if needed else None}, indent=2))
    else:
        _say(report, patch(missing or needed))
    sys.exit(1 if lines else 0)


def _name(manifest: dict[str, Any]) -> str:
    metadata = manifest.get("metadata")
    named = metadata.get("name", "?") if isinstance(metadata, dict) else "?"
    return f"{manifest['kind']} {named}"


def _say(report: dict[str, Any], patch: dict[str, Any]) -> None:
    for line in (*report["problems"], *report["advice"]):
        click.echo(line)
    click.echo(f"{report['objects']} objects, {len(report['problems'])} problems")
    if report["flags"]:
        click.echo(f"needed in Knative's config-features: {', '.join(report['flags'])}")
        click.echo("turn them on, if they are not, with:")
        click.echo(
            "  kubectl patch configmap config-features -n knative-serving --type merge "
            f"-p '{json.dumps(patch)}'"
        )
