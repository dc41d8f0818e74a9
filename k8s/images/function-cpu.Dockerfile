# The inference function for any CPU, x86-64 or aarch64; it carries the models that it serves.
#   build: docker buildx build -f k8s/images/function-cpu.Dockerfile -t REGISTRY/synergai-function-cpu:TAG .
#   SBOM:  docker buildx build --sbom=true --provenance=true -f k8s/images/function-cpu.Dockerfile -t REGISTRY/synergai-function-cpu:TAG --push .
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
 && uv pip compile pyproject.toml --quiet --no-header --no-annotate --extra functions -c requirements/dev.lock -o names.txt \
 && uv pip install --quiet --python /opt/synergai/bin/python --only-binary :all: --require-hashes -r names.txt -c requirements/dev.lock \
 && uv pip install --quiet --no-deps -b requirements/dev.lock --python /opt/synergai/bin/python .
# of the catalogue; empty: none, for images that carry models of their own
ARG MODELS="silero-vad magika basic-pitch wake-word face-detection"
RUN mkdir -p /var/cache/synergai \
 && if [ -n "$MODELS" ]; then SYNERGAI_CACHE=/var/cache/synergai /opt/synergai/bin/synergai model pull $MODELS; fi

FROM ${BASE}
COPY --from=build /opt/synergai /opt/synergai
COPY --from=build /var/cache/synergai /var/cache/synergai
COPY LICENSE NOTICE /licences/
ENV PATH=/opt/synergai/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 SYNERGAI_CACHE=/var/cache/synergai
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["synergai"]
CMD ["function", "serve"]
