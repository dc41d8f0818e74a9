"""A Kubernetes cluster for tests: real etcd, API server and Knative as processes, no containers.

Real: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, Knative Serving's webhook,
controller, autoscaler, activator and a queue-proxy per pod, and our programs in the pods. Stood in
for: the kubelets (``kubelet.py``: no images, limits or security contexts; probes, volumes and
accounts are heeded), nodes (``nodes.py``: how slow they are is emulated), the ingress
(``ingress.py``), the controller of KafkaSource (``sources.py``: our event source, posting through
the activator).
"""
