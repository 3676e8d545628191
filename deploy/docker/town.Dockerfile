# The town's machine as an image, of the packages that `make deb` built. Not tried by an engine of containers: see Docs/install.md.
FROM debian:bookworm-slim
RUN --mount=type=bind,source=.build/deb,target=/packages \
    apt-get update && apt-get install --yes --no-install-recommends \
        /packages/kazasu-common_*.deb /packages/kazasu-command_*.deb /packages/kazasu-programs_*.deb && rm -rf /var/lib/apt/lists/*
USER kazasu
WORKDIR /var/lib/kazasu
VOLUME /var/lib/kazasu
EXPOSE 8883
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/lib/kazasu/kazasu"]
CMD ["up", "/etc/kazasu/town.yaml", "--data", "/var/lib/kazasu/data", "--no-agents"]
