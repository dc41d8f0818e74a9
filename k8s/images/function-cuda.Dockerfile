# The inference function for x86-64 servers with a GPU of NVIDIA; LiteRT computes on the CPU here too.
#   build: docker buildx build -f k8s/images/function-cuda.Dockerfile -t REGISTRY/synergai-function-cuda:TAG .
#   SBOM:  docker buildx build --sbom=true --provenance=true -f k8s/images/function-cuda.Dockerfile -t REGISTRY/synergai-function-cuda:TAG --push .
# Python 3.12 and CUDA 12 with cuDNN 9, as the wheel of onnxruntime-gpu.lock wants them
ARG BASE=nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04

FROM ${BASE} AS build
RUN apt-get update && apt-get install --yes --no-install-recommends python3 python3-venv && rm -rf /var/lib/apt/lists/*
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 PATH=/opt/build/bin:$PATH
WORKDIR /src
COPY requirements/ requirements/
RUN python3 -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements/bootstrap.lock
COPY pyproject.toml README.md LICENSE NOTICE synergai.py ./
COPY profiles/ profiles/
COPY scheduler/ scheduler/
COPY functions/ functions/
COPY streams/ streams/
COPY k8s/ k8s/
RUN python3 -m venv --without-pip /opt/synergai \
 && uv pip compile pyproject.toml --quiet --no-header --no-annotate --extra functions -c requirements/dev.lock -o all.txt \
 && grep -v "^onnxruntime==" all.txt > names.txt \
 && uv pip install --quiet --python /opt/synergai/bin/python --only-binary :all: --require-hashes -r names.txt -c requirements/dev.lock \
 && uv pip install --quiet --python /opt/synergai/bin/python --no-deps --require-hashes -r k8s/images/onnxruntime-gpu.lock \
 && uv pip install --quiet --no-deps -b requirements/dev.lock --python /opt/synergai/bin/python .
# of the catalogue; empty: none, for images that carry models of their own
ARG MODELS="silero-vad magika basic-pitch wake-word face-detection"
RUN mkdir -p /var/cache/synergai \
 && if [ -n "$MODELS" ]; then SYNERGAI_CACHE=/var/cache/synergai /opt/synergai/bin/synergai model pull $MODELS; fi

FROM ${BASE}
RUN apt-get update && apt-get install --yes --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/synergai /opt/synergai
COPY --from=build /var/cache/synergai /var/cache/synergai
COPY LICENSE NOTICE /licences/
ENV PATH=/opt/synergai/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 SYNERGAI_CACHE=/var/cache/synergai
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["synergai"]
CMD ["function", "serve"]
