# An agent and the daemon of its readers, of the packages that `make deb` built. Not tried by an engine of containers: see Docs/install.md.
FROM debian:bookworm-slim
RUN --mount=type=bind,source=.build/deb,target=/packages \
    apt-get update && apt-get install --yes --no-install-recommends \
        /packages/kazasu-common_*.deb /packages/kazasu-command_*.deb /packages/kazasu-reader_*.deb && rm -rf /var/lib/apt/lists/*
USER kazasu
WORKDIR /var/lib/kazasu
VOLUME /var/lib/kazasu
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/lib/kazasu/reader-agent", "--town", "/etc/kazasu/town.yaml", "--data", "/var/lib/kazasu/data"]
CMD ["--agent", "gate-1"]
