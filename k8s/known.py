"""Which profiles a deployment is rendered from: its own file, or the shipped ones."""

from contextlib import suppress
from pathlib import Path

from k8s.schema import Deployment
from profiles import shipped, store
from profiles.errors import ProfileError
from profiles.schema import Profile


def profiles_of(deployment: Deployment) -> tuple[Profile, ...]:
    """Those of its file; otherwise the shipped ones of its architectures, as far as there are any.

    Raises:
        ProfileError: a file that cannot be used.
    """
    if deployment.profiles:
        return store.load(Path(deployment.profiles))
    found = {store.key(profile): profile for profile in shipped.everything()}
    for architecture in deployment.architectures:
        with suppress(ProfileError):  # no published figures: what follows from that is said later
            found |= {store.key(profile): profile for profile in shipped.everything(architecture)}
    return tuple(found[key] for key in sorted(found))
