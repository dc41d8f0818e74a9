"""A Kubernetes cluster for tests: real etcd, API server and Knative as processes, no containers.

Real: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, Knative Serving's webhook,
controller, autoscaler, activator and a queue-proxy per pod, and our functions. Stood in for: the
kubelets (``kubelet.py``), the ingress (``ingress.py``), the controller of KafkaSource (our own
event source, posting through the activator).
"""
