#!/bin/sh
# Installs Debian's PostgreSQL server for `make test-postgresql`, unless one is there.
set -eu
if command -v initdb >/dev/null 2>&1; then exit 0; fi
for found in /usr/lib/postgresql/*/bin/initdb /usr/local/pgsql/bin/initdb; do # where with-postgresql.sh looks
    if [ -x "$found" ]; then exit 0; fi
done
if ! command -v apt-get >/dev/null 2>&1; then
    echo "PostgreSQL is not installed, and there is no apt-get to install it with" >&2
    exit 1
fi
sudo=""
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1 || ! sudo -n true 2>/dev/null; then
        echo "PostgreSQL is not installed, and only root can install it: apt-get install postgresql" >&2
        exit 1
    fi
    sudo="sudo"
fi
apt() {
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=5 -o Acquire::http::Timeout=60 \
        -o Acquire::https::Timeout=60 -o DPkg::Lock::Timeout=300 "$@"
}
for pause in 5 20 0; do
    apt update || true # one list of many may be missing: what is there may do
    if apt install -y --no-install-recommends postgresql >/dev/null; then exit 0; fi
    sleep "$pause"
done
echo "PostgreSQL could not be installed" >&2
exit 1
