"""From a deployment file and profiles to the objects of a cluster; pure, the same every time."""

from collections.abc import Iterable

from k8s.pools import planned
from k8s.render import access, app, configuration, controller, namespace, network, pool, topics
from k8s.render.metadata import Manifest
from k8s.render.order import created
from k8s.render.watched import watched
from k8s.schema import Deployment
from profiles.schema import Profile

__all__ = ["Manifest", "render"]


def render(deployment: Deployment, profiles: Iterable[Profile]) -> list[Manifest]:
    """Every object, in the order in which they are created.

    Raises:
        K8sError: pools that cannot be had; says what is allowed.
    """
    known = tuple(profiles)
    pools = planned(deployment, known)
    relevant = configuration.relevant(pools, known)
    found = [
        *namespace.manifests(deployment),
        *access.accounts(deployment),
        *access.rights(deployment),
        *network.policies(deployment),
        configuration.settings(deployment),
        configuration.knowledge(deployment, relevant),
        *topics.manifests(deployment, pools),
        app.workers(deployment, relevant),
        app.budget(deployment),
        controller.replicas(deployment),
        *watched(deployment, app.COMPONENT, app.PORT),
        *watched(deployment, controller.COMPONENT, controller.PORT),
        *(pool.service(each, deployment) for each in pools),
        *(pool.source(each, deployment) for each in pools),
    ]
    return created(found)
