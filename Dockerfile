# docker build --build-arg TARGETARCH=amd64 -t crcheck .
# It copies the static program that goreleaser built into dist/. docker buildx sets TARGETARCH.
FROM alpine:3.22 AS certificates
RUN apk add --no-cache ca-certificates

FROM scratch
ARG TARGETARCH
COPY --from=certificates /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY LICENSE build/THIRD_PARTY_LICENSES /licenses/
COPY dist/crcheck_linux_${TARGETARCH}*/crcheck /crcheck
USER 65534:65534
WORKDIR /work
ENTRYPOINT ["/crcheck"]
