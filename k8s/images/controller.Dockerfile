# The controller that warms pools, and the event source for clusters without KafkaSource. x86-64 or aarch64.
#   build: docker buildx build -f k8s/images/controller.Dockerfile -t REGISTRY/synergai-controller:TAG .
#   SBOM:  docker buildx build --sbom=true --provenance=true -f k8s/images/controller.Dockerfile -t REGISTRY/synergai-controller:TAG --push .
ARG BASE=python:3.12.12-slim-bookworm

FROM ${BASE} AS build
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
WORKDIR /src
COPY requirements/ requirements/
RUN python -m pip install --no-cache-dir --require-hashes -r requirements/bootstrap.lock
COPY pyproject.toml README.md LICENSE NOTICE synergai.py ./
COPY profiles/ profiles/
COPY scheduler/ scheduler/
COPY functions/ functions/
COPY streams/ streams/
COPY k8s/ k8s/
RUN python -m venv --without-pip /opt/synergai \
 && uv pip compile pyproject.toml --quiet --no-header --no-annotate --extra k8s -c requirements/dev.lock -o names.txt \
 && uv pip install --quiet --python /opt/synergai/bin/python --only-binary :all: --require-hashes -r names.txt -c requirements/dev.lock \
 && uv pip install --quiet --no-deps -b requirements/dev.lock --python /opt/synergai/bin/python .

FROM ${BASE}
COPY --from=build /opt/synergai /opt/synergai
COPY LICENSE NOTICE /licences/
ENV PATH=/opt/synergai/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1
USER 65532:65532
ENTRYPOINT ["synergai"]
CMD ["k8s", "controller"]
