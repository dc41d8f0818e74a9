# The inference function for Jetson boards (aarch64, Linux for Tegra), as a member of the group video.
# As it is, ONNX Runtime and LiteRT compute on the board's CPU: there is no wheel for its GPU among the published ones. For the
# GPU give BASE an image of L4T that fits the board's JetPack and has Python 3.12, and put NVIDIA's wheel of ONNX Runtime for it
# into k8s/images/wheels/; it is installed over the other.
#   build: docker buildx build --platform linux/arm64 -f k8s/images/function-l4t.Dockerfile -t REGISTRY/synergai-function-l4t:TAG .
#   SBOM:  docker buildx build --platform linux/arm64 --sbom=true --provenance=true -f k8s/images/function-l4t.Dockerfile -t REGISTRY/synergai-function-l4t:TAG --push .
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
 && uv pip install --quiet --no-deps -b requirements/dev.lock --python /opt/synergai/bin/python . \
 && if ls k8s/images/wheels/*.whl 2>/dev/null; then uv pip install --no-deps --python /opt/synergai/bin/python k8s/images/wheels/*.whl; fi
# of the catalogue; empty: none, for images that carry models of their own
ARG MODELS="silero-vad magika basic-pitch wake-word face-detection"
RUN mkdir -p /var/cache/synergai \
 && if [ -n "$MODELS" ]; then SYNERGAI_CACHE=/var/cache/synergai /opt/synergai/bin/synergai model pull $MODELS; fi

FROM ${BASE}
COPY --from=build /opt/synergai /opt/synergai
COPY --from=build /var/cache/synergai /var/cache/synergai
COPY LICENSE NOTICE /licences/
ENV PATH=/opt/synergai/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 SYNERGAI_CACHE=/var/cache/synergai
USER 65532:44
EXPOSE 8080
ENTRYPOINT ["synergai"]
CMD ["function", "serve"]
