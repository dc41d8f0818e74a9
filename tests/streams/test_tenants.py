"""Limits of tenants in the settings."""

from pathlib import Path

import pytest

from streams.errors import StreamsError
from streams.settings import Settings, from_environment, weights
from streams.tenants import TenantLimits

BOTH = {"SYNERGAI_TENANTS": "acme,lab"}


def found(text: str) -> Settings:
    """The settings with these limits."""
    return from_environment(BOTH | {"SYNERGAI_TENANT_LIMITS": text})


def test_a_json_object_by_tenant() -> None:
    """Tenants that are not named have no limits."""
    settings = found('{"acme": {"requests_per_s": 50, "burst": 100, "weight": 2}}')
    expected = TenantLimits(requests_per_s=50, burst=100, weight=2)
    assert settings.tenant_limits == {"acme": expected}
    assert weights(settings) == {"acme": 2.0, "lab": 1.0}


def test_a_file_with_one(tmp_path: Path) -> None:
    """Anything that does not begin as an object is the name of a file."""
    file = tmp_path / "tenants.json"
    file.write_text('{"lab": {"admission": "reject"}}')
    assert found(str(file)).tenant_limits == {"lab": TenantLimits(admission="reject")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "environment SYNERGAI_TENANT_LIMITS: no JSON"),
        ("no-such-file.json", "file no-such-file.json: No such file"),
        ('{"who": {}}', "tenant_limits: found tenant 'who', allowed: acme, lab"),
        ('{"acme": {"weight": 0}}', "tenant_limits.acme.weight: found 0, allowed: 0.001 to 1000"),
        ('{"acme": {"burst": 0}}', "tenant_limits.acme.burst: found 0, allowed: 1 to"),
        ('{"acme": {"waiting": -1}}', "tenant_limits.acme.waiting: found -1"),
        ('{"acme": {"admission": "maybe"}}', "maybe"),
        ('{"acme": {"rate": 1}}', "unknown field `rate`"),
        ('{"acme": 5}', "tenant_limits"),
    ],
)
def test_wrong(text: str, said: str) -> None:
    """What is wrong is named: place, field, what was found, what is allowed."""
    with pytest.raises(StreamsError) as caught:
        found(text)
    assert said in str(caught.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """It is named."""
    file = tmp_path / "tenants.json"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(StreamsError, match="no text"):
        found(str(file))
