# One image for every part; `compose.yaml` says which of them each container runs.
FROM python:3.11-slim

WORKDIR /opt/dusal
# First what seldom changes: a new version of ours then builds in seconds.
COPY requirements.lock ./
RUN python -m pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation .

RUN useradd --system --home-dir /srv/dusal --create-home dusal
USER dusal
# Settings come from the environment (DUSAL_…), or from a config.yaml mounted here.
WORKDIR /srv/dusal
VOLUME /srv/dusal/data

# The process itself is told to stop, and not a shell that keeps it to itself.
ENTRYPOINT ["dusal"]
CMD ["serve"]
